"""Nothing changes by the admin API of auth without a row in the log: who, what, before and after
(A-18)."""


import pytest

from administrator import (add_permission, documented, done, file_profile, path_of_test,
                           permission_row, restriction)
from members import errors
from staff import ADDRESS, AGENT, audit_rows, label, last_activity, sql, staff, superadmin


@pytest.fixture(scope="module")
def boss(stack):
    return superadmin()


@pytest.fixture
def user(stack):
    return staff()


def change_user_state(boss, user):
    done(boss.put("/admin/users", uid=user.uid, state="banned"))
    return {"state": "active"}, {"state": "banned"}, user.uid


def change_user_otp(boss, user):
    sql("UPDATE {}.users SET otp = TRUE WHERE id = %s", user.id)
    done(boss.post("/admin/users/update", uid=user.uid, otp=False))
    return {"otp": True}, {"otp": False}, user.uid


def change_role(boss, user):
    done(boss.post("/admin/users/role", uid=user.uid, role="support"))
    return {"role": "member"}, {"role": "support"}, user.uid


def add_label(boss, user):
    done(boss.post("/admin/users/labels", uid=user.uid, key="vip", value="yes", description="d"))
    return None, {"key": "vip", "value": "yes", "description": "d"}, user.uid


def set_label(boss, user):
    label(user, "vip", "not", "public")
    done(boss.post("/admin/users/labels/update", uid=user.uid, key="vip", value="yes",
                   scope="public"))
    return {"value": "not"}, {"value": "yes"}, user.uid


def put_label(boss, user):
    label(user, "vip", "not", "public")
    done(boss.put("/admin/users/labels", uid=user.uid, key="vip", value="yes", scope="public"))
    return {"value": "not"}, {"value": "yes"}, user.uid


def remove_label(boss, user):
    label(user, "vip", "not", "public")
    done(boss.delete("/admin/users/labels", uid=user.uid, key="vip", scope="public"))
    return {"value": "not"}, None, user.uid


def remove_storage(boss, user):
    sql("INSERT INTO {}.data_storages (user_id, title, data, created_at, updated_at)"
        " VALUES (%s, 'settings', '{{}}', NOW(6), NOW(6))", user.id)
    label(user, "settings", "recorded")
    answer = boss.delete("/admin/users/data_storage", uid=user.uid, title="settings")
    assert answer.status_code == 200 and answer.json()["data_storages"] == []
    assert answer.json()["labels"][0]["key"] == "settings"
    return {"title": "settings"}, None, user.uid


def comment(boss, user):
    answer = boss.post("/admin/users/comments", uid=user.uid, title="first", data="look closer")
    assert answer.status_code == 201, answer.text
    (shown,) = answer.json()["comments"]
    assert (shown["title"], shown["data"], shown["author_uid"]) == ("first", "look closer",
                                                                    boss.uid)
    return shown["id"]


def add_comment(boss, user):
    comment(boss, user)
    return None, {"title": "first", "data": "look closer"}, user.uid


def put_comment(boss, user):
    answer = boss.put("/admin/users/comments", id=comment(boss, user), data="all is well")
    assert answer.json()["comments"][0]["data"] == "all is well"
    return {"data": "look closer"}, {"title": "first", "data": "all is well"}, user.uid


def remove_comment(boss, user):
    answer = boss.delete("/admin/users/comments", id=comment(boss, user))
    assert answer.status_code == 200 and answer.json()["comments"] == []
    return {"title": "first"}, None, user.uid


def judge_profile(boss, user):
    file_profile(boss, user)
    answer = boss.put("/admin/profiles", uid=user.uid, state="verified")
    assert answer.status_code == 200 and answer.json()["state"] == "verified"
    return {"state": "submitted"}, {"state": "verified"}, user.uid


def put_permission(boss, user):
    path = path_of_test()
    done(boss.post("/admin/permissions", role="member", verb="get", path=path, action="accept"))
    done(boss.put("/admin/permissions", id=permission_row(path), verb="all"))
    return {"verb": "GET"}, {"verb": "ALL"}, None


def remove_permission(boss, user):
    path = path_of_test()
    done(boss.post("/admin/permissions", role="member", verb="get", path=path, action="accept"))
    done(boss.delete("/admin/permissions", id=permission_row(path)))
    return {"path": path}, None, None


def add_restriction(boss, user):
    value, _ = restriction(boss)
    return None, {"value": value, "code": 401}, None


def put_restriction(boss, user):
    _, number = restriction(boss)
    done(boss.put("/admin/restrictions", id=number, code=418))
    return {"code": 401}, {"code": 418}, None


def remove_restriction(boss, user):
    value, number = restriction(boss)
    done(boss.delete("/admin/restrictions", id=number))
    return {"value": value}, None, None


def make_link(boss, user):
    answer = boss.post("/admin/restrictions/whitelink", expire_time=2, range="hour")
    assert answer.status_code == 201 and len(answer.json()["whitelink_token"]) == 64
    return None, {}, None


CHANGES = {
    ("PUT", "/admin/users"): change_user_state,
    ("POST", "/admin/users/update"): change_user_otp,
    ("POST", "/admin/users/role"): change_role,
    ("POST", "/admin/users/labels"): add_label,
    ("POST", "/admin/users/labels/update"): set_label,
    ("PUT", "/admin/users/labels"): put_label,
    ("DELETE", "/admin/users/labels"): remove_label,
    ("DELETE", "/admin/users/data_storage"): remove_storage,
    ("POST", "/admin/users/comments"): add_comment,
    ("PUT", "/admin/users/comments"): put_comment,
    ("DELETE", "/admin/users/comments"): remove_comment,
    ("POST", "/admin/profiles"): file_profile,
    ("PUT", "/admin/profiles"): judge_profile,
    ("POST", "/admin/permissions"): add_permission,
    ("PUT", "/admin/permissions"): put_permission,
    ("DELETE", "/admin/permissions"): remove_permission,
    ("POST", "/admin/restrictions"): add_restriction,
    ("PUT", "/admin/restrictions"): put_restriction,
    ("DELETE", "/admin/restrictions"): remove_restriction,
    ("POST", "/admin/restrictions/whitelink"): make_link,
}


def test_every_change_is_tested(stack):
    assert {key for key in documented() if key[0] != "GET"} == set(CHANGES)


def holds(side, expected):
    if expected is None or side is None:
        return expected is None and side is None
    return expected.items() <= side.items()


@pytest.mark.parametrize("key", CHANGES, ids=lambda key: " ".join(key))
def test_a_change_leaves_who_what_before_and_after(boss, user, key):
    mark = last_activity()
    before, after, target = CHANGES[key](boss, user)
    topic, action, target_uid, data, ip, agent = audit_rows(boss, mark)[-1]
    assert set(data) == {"before", "after"}
    assert holds(data["before"], before) and holds(data["after"], after), data
    assert (target_uid, ip, agent) == (target, ADDRESS, AGENT)
    assert topic == key[1].split("/")[2]
    assert action == {True: "create", False: "update"}[before is None] if after else "delete"


def test_a_refused_change_leaves_nothing(boss, user):
    mark = last_activity()
    assert errors(boss.put("/admin/users", uid=user.uid, state="active")) == [
        "admin.user.state_no_change"]
    assert audit_rows(boss, mark) == []


def test_the_log_can_only_grow(stack):
    grants = [row[0] for row in sql("SHOW GRANTS FOR bourse_auth_service")]
    about = [line for line in grants if "`activities`" in line]
    assert about and all("UPDATE" not in line and "DELETE" not in line for line in about)

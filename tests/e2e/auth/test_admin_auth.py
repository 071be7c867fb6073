"""The admin API of auth: what it answers, who may call it, and that nothing changes without a row in
the log (A-11, A-18)."""

import secrets
import time

import pytest
import requests

from members import errors
from staff import (ADDRESS, AGENT, API, audit_rows, label, last_activity, sql, staff, superadmin)

NOBODY = "ID0000000000"


@pytest.fixture(scope="module")
def boss(stack):
    return superadmin()


@pytest.fixture
def user(stack):
    return staff()


def done(answer, status=200):
    assert answer.status_code == status, answer.text
    assert answer.json() == status
    return answer


# ---- the role x endpoint table (A-11) ----

MANAGE = ("read", "create", "update", "destroy")
EVERYTHING = ("User", "Level", "Label", "Profile", "Activity", "APIKey", "Permission",
              "Restriction", "Document")
# Reference 2.9, by hand and not from our file.
ROLES = {
    "superadmin": {verb: EVERYTHING for verb in MANAGE},
    "admin": {verb: tuple(set(EVERYTHING) - {"Activity", "Permission"}) if verb != "read"
              else EVERYTHING for verb in MANAGE},
    "technical": {"read": ("User", "Level", "Label", "Profile", "Activity", "APIKey",
                           "Restriction"),
                  **{verb: ("APIKey", "Restriction") for verb in MANAGE[1:]}},
    "accountant": {"read": ("User", "Level", "Label", "Profile", "Activity")},
    "compliance": {"read": ("Document", "User", "Level", "Label", "Profile"),
                   **{verb: ("User", "Level", "Label", "Profile") for verb in MANAGE[1:]}},
    "support": {"read": ("Label", "Level", "Profile", "Activity", "User"),
                **{verb: ("User",) for verb in MANAGE[1:]}},
    "member": {}, "trader": {}, "broker": {}, "maker": {}, "sa_maker": {}, "reporter": {},
}
LABEL = {"uid": NOBODY, "key": "phone", "value": "verified", "scope": "private"}
# (method, path): (ability, subject, parameters that get past their rules and change nothing)
TABLE = {
    ("GET", "/admin/users"): ("read", "User", {"uid": NOBODY}),
    ("POST", "/admin/users/update"): ("update", "User", {"uid": NOBODY, "state": "banned"}),
    ("PUT", "/admin/users"): ("update", "User", {"uid": NOBODY, "state": "banned"}),
    ("POST", "/admin/users/role"): ("update", "User", {"uid": NOBODY, "role": "trader"}),
    ("GET", "/admin/users/documents/pending"): ("read", "User", {"uid": NOBODY}),
    ("GET", "/admin/users/labels/list"): ("read", "User", {}),
    ("GET", "/admin/users/labels"): ("read", "User", {"key": "email", "value": "no-such"}),
    ("GET", "/admin/users/{uid}"): ("read", "User", {}),
    ("POST", "/admin/users/labels"): ("create", "Label", LABEL),
    ("POST", "/admin/users/labels/update"): ("update", "Label", LABEL),
    ("PUT", "/admin/users/labels"): ("update", "Label", LABEL),
    ("DELETE", "/admin/users/labels"): ("destroy", "Label", LABEL),
    ("DELETE", "/admin/users/data_storage"): ("destroy", "User", {"uid": NOBODY, "title": "x"}),
    # Barong asks for no ability of these, so that whoever has a token could write.
    ("POST", "/admin/users/comments"): ("update", "User",
                                        {"uid": NOBODY, "title": "t", "data": "d"}),
    ("PUT", "/admin/users/comments"): ("update", "User", {"id": "999999999"}),
    ("DELETE", "/admin/users/comments"): ("update", "User", {"id": "999999999"}),
    ("GET", "/admin/profiles"): ("read", "Profile", {}),
    ("PUT", "/admin/profiles"): ("update", "Profile", {"uid": NOBODY, "state": "verified"}),
    ("POST", "/admin/profiles"): ("create", "Profile", {"uid": NOBODY}),
    ("GET", "/admin/permissions"): ("read", "Permission", {}),
    ("POST", "/admin/permissions"): ("create", "Permission",
                                     {"role": "no-such", "verb": "get", "path": "x",
                                      "action": "accept"}),
    ("PUT", "/admin/permissions"): ("update", "Permission", {"id": "999999999"}),
    ("DELETE", "/admin/permissions"): ("destroy", "Permission", {"id": "999999999"}),
    ("GET", "/admin/restrictions"): ("read", "Restriction", {}),
    ("POST", "/admin/restrictions"): ("create", "Restriction",
                                      {"scope": "ip", "value": "no-ip",
                                       "category": "blacklist"}),
    ("PUT", "/admin/restrictions"): ("update", "Restriction", {"id": "999999999"}),
    ("DELETE", "/admin/restrictions"): ("destroy", "Restriction", {"id": "999999999"}),
    ("POST", "/admin/restrictions/whitelink"): ("create", "Restriction", {}),
    ("GET", "/admin/activities"): ("read", "Activity", {"uid": NOBODY}),
    ("GET", "/admin/activities/admin"): ("read", "Activity", {"uid": NOBODY}),
    ("GET", "/admin/api_keys"): ("read", "APIKey", {"uid": NOBODY}),
    ("GET", "/admin/levels"): ("read", "Level", {}),
    ("GET", "/admin/metrics"): ("read", "User", {}),
    ("GET", "/admin/abilities"): (None, None, {}),  # everybody may ask what he may do
}


def documented():
    """Every operation of the admin document, below the base of the edge."""
    document = requests.get(API + "/admin/swagger", timeout=30).json()
    for path, methods in document["paths"].items():
        path = path.removeprefix("/api/v2/barong")
        if path == "/admin/swagger" or path.startswith("/admin/oauth"):
            continue  # everybody's; and those of OAuth clients have a test of their own
        yield from ((method.upper(), path) for method in methods)


def test_every_endpoint_is_in_the_table(stack):
    assert set(documented()) == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_roles_may_what_the_table_says(stack, role):
    person = staff(role)
    for (method, path), (verb, subject, params) in TABLE.items():
        keyword = "params" if method in ("GET", "DELETE") else "json"
        answer = person.call(method, path.replace("{uid}", NOBODY), **{keyword: params})
        allowed = verb is None or subject in ROLES[role].get(verb, ())
        where = f"{role} {method} {path}: {answer.status_code} {answer.text}"
        if allowed:
            assert answer.status_code != 401, where
        else:
            assert answer.status_code == 401, where
            assert answer.json() == {"errors": ["admin.ability.not_permitted"]}, where


def test_nobody_without_a_token(stack):
    for method, path in documented():
        answer = requests.request(method, API + path.replace("{uid}", NOBODY), timeout=30)
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.json() == {"errors": ["jwt.decode_and_verify"]}


def test_abilities_are_those_of_the_role(stack):
    assert "User" in staff("support").get("/admin/abilities").json()["manage"]
    assert staff("member").get("/admin/abilities").json() == {}


# ---- each change has its row (A-18) ----

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


PROFILE = {"first_name": "Ada", "last_name": "Lovelace", "dob": "1985-12-10",
           "address": "12 St James's Square", "postcode": "SW1Y 4JH", "city": "London",
           "country": "GB"}


def file_profile(boss, user):
    answer = boss.post("/admin/profiles", uid=user.uid, **PROFILE)
    assert answer.status_code == 201, answer.text
    assert PROFILE.items() <= {**answer.json(), "country": "GB"}.items()
    assert answer.json()["state"] == "submitted"
    return None, {"state": "submitted", "author": boss.uid}, user.uid


def judge_profile(boss, user):
    file_profile(boss, user)
    answer = boss.put("/admin/profiles", uid=user.uid, state="verified")
    assert answer.status_code == 200 and answer.json()["state"] == "verified"
    return {"state": "submitted"}, {"state": "verified"}, user.uid


def path_of_test():
    return "api/v2/x" + secrets.token_hex(4)


def permission_row(path):
    return sql("SELECT id FROM {}.permissions WHERE path = %s", path)[0][0]


def add_permission(boss, user):
    path = path_of_test()
    done(boss.post("/admin/permissions", role="member", verb="get", path="/" + path,
                   action="accept"))
    return None, {"verb": "GET", "action": "ACCEPT", "path": path}, None


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


def address_of_test():
    return ".".join(str(byte) for byte in (198, 18, *secrets.token_bytes(2)))


def restriction(boss, **more):
    value = address_of_test()
    done(boss.post("/admin/restrictions", scope="ip", category="blacklist", value=value,
                   state="disabled", **more))
    return value, sql("SELECT id FROM {}.restrictions WHERE value = %s", value)[0][0]


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


# ---- users ----

def test_users_are_filtered_ordered_and_paged(boss):
    state = "s" + secrets.token_hex(4)
    people = [staff(state=state, level=n) for n in range(3)]
    uids = [person.uid for person in people]

    def listed(**params):
        return [row["uid"] for row in boss.get("/admin/users", state=state, **params).json()]

    assert listed() == uids
    assert listed(ordering="desc") == uids[::-1]
    assert listed(order_by="level", ordering="desc") == uids[::-1]
    assert listed(level=1) == [uids[1]]
    assert listed(uid=uids[2], first_name="ignored") == [uids[2]]
    assert listed(email=people[0].email.upper()) == [uids[0]]
    assert listed(role="admin") == []
    assert listed(country="de") == []
    now = int(time.time())
    assert listed(**{"from": now - 60, "to": now + 60}) == uids
    assert listed(**{"range": "updated", "to": now - 3600}) == []

    page = boss.get("/admin/users", state=state, limit=2, page=2)
    assert [row["uid"] for row in page.json()] == uids[2:]
    assert (page.headers["Total"], page.headers["Per-Page"], page.headers["Page"]) == ("3", "2",
                                                                                       "2")
    assert page.links["prev"]["url"] == f"/api/v2/barong/admin/users?state={state}&limit=2&page=1"
    assert "next" not in page.links


@pytest.mark.parametrize("params, codes", [
    ({"ordering": "up"}, ["user.ordering.invalid_ordering"]),
    ({"order_by": "password_digest"}, ["user.ordering.invalid_attribute"]),
    ({"extended": "maybe"}, ["admin.user.non_boolean_extended"]),
    ({"range": "deleted"}, ["admin.user.invalid_range"]),
    ({"page": "x"}, ["non_integer_page", "non_positive_page"]),
    ({"page": "0"}, ["non_positive_page"]),
    ({"limit": "101"}, ["invalid_limit"]),
    ({"limit": "x"}, ["non_integer_limit", "invalid_limit"]),
])
def test_bad_filters(boss, params, codes):
    assert errors(boss.get("/admin/users", **params)) == codes


def test_nothing_of_a_user_but_his_row_is_in_a_plain_list(boss, user):
    (row,) = boss.get("/admin/users", uid=user.uid).json()
    assert {"email", "uid", "role", "level", "otp", "state", "referral_uid", "data",
            "username"} <= set(row)
    assert "password_digest" not in row and "labels" not in row


def test_one_user(boss, user):
    label(user, "email", "verified")
    shown = boss.get(f"/admin/users/{user.uid}").json()
    assert shown["uid"] == user.uid and shown["labels"][0]["key"] == "email"
    assert "description" in shown["labels"][0]
    for part in ("profiles", "phones", "documents", "data_storages", "comments"):
        assert shown[part] == []
    assert errors(boss.get(f"/admin/users/{NOBODY}"), 404) == ["admin.user.doesnt_exist"]


def test_update_takes_exactly_one(boss, user):
    for body in ({}, {"state": "banned", "otp": False}):
        assert errors(boss.post("/admin/users/update", uid=user.uid, **body)) == [
            "admin.user.one_of_state_otp"]
        assert errors(boss.put("/admin/users", uid=user.uid, **body)) == [
            "admin.user.one_of_state_otp_email"]
    assert errors(boss.post("/admin/users/update", state="banned")) == [
        "admin.user.missing_uid", "admin.user.empty_uid"]


def test_update_refusals(boss, user):
    admin = staff("admin")
    put = "/admin/users"
    assert errors(boss.put(put, uid=NOBODY, state="banned"), 404) == ["admin.user.doesnt_exist"]
    assert errors(admin.put(put, uid=boss.uid, state="banned")) == [
        "admin.user.superadmin_change"]
    assert errors(boss.put(put, uid=boss.uid, state="banned")) == ["admin.user.update_himself"]
    assert errors(boss.put(put, uid=user.uid, otp=True)) == ["admin.user.enable_2fa"]
    assert errors(boss.put(put, uid=user.uid, otp=False)) == ["admin.user.otp_no_change"]
    assert errors(boss.put(put, uid=user.uid, state="so bad")) == ["state.invalid"]
    assert errors(admin.put(put, uid=user.uid, email="new@example.com")) == [
        "superadmin.user.update_email"]
    assert errors(boss.put(put, uid=user.uid, email=user.email)) == ["admin.user.email_no_change"]
    assert errors(boss.put(put, uid=user.uid, email="nonsense")) == ["email.invalid"]
    assert errors(boss.put(put, uid=user.uid, email=boss.email)) == ["email.taken"]
    assert (user.row("state"), user.row("email")) == ("active", user.email)


def test_roles(boss, user):
    admin = staff("admin")
    role = "/admin/users/role"
    assert errors(boss.post(role, uid=user.uid, role="member")) == ["admin.user.role_no_change"]
    assert errors(boss.post(role, uid=user.uid, role="no-such")) == ["role.doesnt_exist"]
    assert errors(boss.post(role, uid=boss.uid, role="member")) == ["admin.user.update_himself"]
    assert errors(admin.post(role, uid=boss.uid, role="member")) == [
        "admin.user.superadmin_change"]
    # Who is no superadmin makes none: not of himself (above), and not of a friend.
    assert errors(admin.post(role, uid=user.uid, role="superadmin")) == [
        "admin.user.superadmin_change"]
    done(admin.post(role, uid=user.uid, role="trader"))
    assert user.row("role") == "trader"


def test_taking_the_second_factor_takes_its_label(boss, user):
    label(user, "email", "verified")
    label(user, "otp", "enabled")
    sql("UPDATE {}.users SET otp = TRUE WHERE id = %s", user.id)
    done(boss.put("/admin/users", uid=user.uid, otp=False))
    keys = [row[0] for row in sql("SELECT `key` FROM {}.labels WHERE user_id = %s", user.id)]
    assert keys == ["email"] and user.row("otp") == 0


# ---- labels ----

def test_private_labels_move_level_and_state(boss):
    person = staff(state="pending", level=0)
    for key, level in (("email", 1), ("phone", 2), ("document", 3)):
        done(boss.post("/admin/users/labels", uid=person.uid, key=key, value="verified",
                       scope="private"))
        assert person.row("level") == level
    assert person.row("state") == "active"
    done(boss.put("/admin/users/labels", uid=person.uid, key="phone", value="rejected",
                  scope="private"))
    assert person.row("level") == 1
    done(boss.delete("/admin/users/labels", uid=person.uid, key="email", scope="private"))
    assert (person.row("level"), person.row("state")) == (0, "pending")


def test_label_refusals(boss, user):
    body = {"uid": user.uid, "key": "vip", "value": "yes", "scope": "public"}
    post, update = "/admin/users/labels", "/admin/users/labels/update"
    assert errors(boss.put(post, **body), 404) == ["admin.label.doesnt_exist"]
    assert errors(boss.post(update, **body, replace=False), 404) == ["admin.label.doesnt_exist"]
    assert errors(boss.delete(post, uid=user.uid, key="vip", scope="public"), 404) == [
        "admin.label.doesnt_exist"]
    done(boss.post(update, **body, description="for now"))
    assert errors(boss.post(post, **body)) == ["key.taken"]
    assert errors(boss.post(post, **{**body, "key": "a"})) == ["key.too_short"]
    assert errors(boss.post(post, **{**body, "key": "other", "value": "b@d"})) == [
        "value.invalid"]
    assert errors(boss.post(post, **{**body, "value": "b@d", "description": "d" * 256})) == [
        "key.taken", "value.invalid", "description.too_long"]
    assert errors(boss.put(post, **body, description="d" * 256)) == ["description.too_long"]
    assert errors(boss.post(update, **body, replace="maybe")) == [
        "admin.user.non_boolean_replace"]
    assert errors(boss.post(post, **{**body, "uid": NOBODY}), 404) == ["admin.user.doesnt_exist"]
    assert errors(staff("admin").post(post, **{**body, "uid": boss.uid})) == [
        "admin.user.superadmin_change"]
    done(boss.post(update, **{**body, "value": "not"}))
    assert sql("SELECT value, description FROM {}.labels WHERE user_id = %s", user.id) == (
        ("not", None),)


def test_users_by_label_and_how_many_have_each(boss, user):
    value = "v" + secrets.token_hex(4)
    label(user, "vip", value, "public")
    label(user, "tier", value)
    (row,) = boss.get("/admin/users/labels", key="vip", value=value).json()
    assert row["uid"] == user.uid
    counts = boss.get("/admin/users/labels/list").json()
    assert counts[f'["tier", "{value}"]'] == 1
    assert f'["vip", "{value}"]' not in counts


def test_pending_documents_wait_in_order(boss):
    people = [staff() for _ in range(2)]
    for person, value in zip(people, ("replaced", "pending")):
        label(person, "document", value)
    sql("UPDATE {}.labels SET updated_at = '2001-01-01' WHERE user_id = %s AND `key` = 'document'",
        people[1].id)
    listed = [row["uid"] for row in boss.get("/admin/users/documents/pending").json()]
    assert listed.index(people[1].uid) < listed.index(people[0].uid)
    (shown,) = boss.get("/admin/users/documents/pending", uid=people[0].uid,
                        extended=True).json()
    assert shown["labels"][0]["value"] == "replaced"


# ---- profiles, comments, storages ----

def test_profiles_are_clear_for_administrators(boss, user):
    file_profile(boss, user)
    (extended,) = boss.get("/admin/users", uid=user.uid, extended=True).json()
    assert extended["profiles"][0]["last_name"] == "Lovelace"
    assert boss.get(f"/admin/users/{user.uid}").json()["profiles"][0]["dob"] == "1985-12-10"
    first = boss.get("/admin/profiles", limit=1)
    assert first.json()[0]["last_name"] == "Lovelace" and int(first.headers["Total"]) >= 1
    assert [row["uid"] for row in boss.get("/admin/users", uid=user.uid, country="GB").json()] == [
        user.uid]
    rows = sql("SELECT `key`, value, scope FROM {}.labels WHERE user_id = %s", user.id)
    assert rows == (("profile", "submitted", "private"),)
    # Sealed at rest, and not told by the log.
    stored = sql("SELECT last_name, dob FROM {}.profiles WHERE user_id = %s", user.id)[0]
    assert "Lovelace" not in str(stored) and "1985" not in str(stored)
    logged = sql("SELECT data FROM {}.activities WHERE target_uid = %s", user.uid)
    assert logged and "Lovelace" not in str(logged)


def test_profile_refusals(boss, user):
    path = "/admin/profiles"
    assert errors(boss.put(path, uid=user.uid, state="verified"), 404) == [
        "admin.profiles.doesnt_exist_or_not_editable"]
    assert errors(boss.put(path, uid=NOBODY, state="verified"), 404) == ["admin.user.doesnt_exist"]
    assert errors(boss.post(path, uid=NOBODY), 404) == ["admin.user.doesnt_exist"]
    assert errors(boss.put(path, uid=user.uid, state="submitted")) == ["value"]
    file_profile(boss, user)
    assert errors(boss.post(path, uid=user.uid, **PROFILE)) == ["state.exists"]
    assert errors(staff("admin").put(path, uid=boss.uid, state="verified")) == [
        "admin.profiles.superadmin_change"]


def test_comment_refusals(boss, user):
    path = "/admin/users/comments"
    assert errors(boss.post(path, uid=user.uid, title="t" * 65, data="d")) == [
        "admin.comments.title_too_long"]
    assert errors(boss.post(path, uid=user.uid, title="t", data="d" * 65536)) == [
        "admin.comments.data_too_long"]
    assert errors(boss.post(path, uid=NOBODY, title="t", data="d"), 404) == [
        "admin.user.doesnt_exist"]
    assert errors(boss.put(path, id=999999999, title="t"), 404) == ["record.not_found"]
    assert errors(boss.delete(path, id=999999999), 404) == ["record.not_found"]
    assert errors(boss.delete("/admin/users/data_storage", uid=user.uid, title="none"), 404) == [
        "admin.storage.doesnt_exist"]


# ---- permissions and restrictions ----

def test_permission_refusals(boss):
    post = {"role": "member", "verb": "get", "path": "api/v2/x", "action": "accept"}
    path = "/admin/permissions"
    assert errors(boss.post(path)) == [
        f"admin.permission.{what}_{name}" for name in ("role", "verb", "path", "action")
        for what in ("missing", "empty")]
    assert errors(boss.post(path, **{**post, "verb": "frob"})) == [
        "admin.permissions.invalid_verb"]
    assert errors(boss.post(path, **{**post, "action": "frob"})) == [
        "admin.permissions.invalid_action"]
    assert errors(boss.post(path, **{**post, "role": "nobody"})) == [
        "admin.permission.role_doesnt_exist"]
    assert errors(boss.put(path, id=999999999), 404) == ["admin.permission.doesnt_exist"]
    assert errors(boss.delete(path, id=999999999), 404) == ["admin.permission.doesnt_exist"]


def test_permissions_are_listed(boss):
    answer = boss.get("/admin/permissions", limit=3)
    assert len(answer.json()) == 3 and int(answer.headers["Total"]) >= 170
    assert set(answer.json()[0]) == {"id", "action", "role", "verb", "path", "topic",
                                     "created_at", "updated_at"}


def test_changes_are_announced_to_every_process(boss):
    mark = sql("SELECT COALESCE(MAX(seq), 0) FROM {}.changes")[0][0]
    add_permission(boss, None)
    restriction(boss)
    kinds = {row[0] for row in sql("SELECT kind FROM {}.changes WHERE seq > %s", mark)}
    assert {"permissions", "restrictions"} <= kinds


def test_restriction_refusals(boss):
    path = "/admin/restrictions"
    good = {"scope": "ip", "value": address_of_test(), "category": "maintenance",
            "state": "disabled"}
    assert errors(boss.post(path, **{**good, "scope": "moon"})) == [
        "admin.restriction.invalid_scope"]
    assert errors(boss.post(path, **{**good, "category": "moon"})) == [
        "admin.restriction.invalid_category"]
    assert errors(boss.post(path, **{**good, "state": "moon"})) == [
        "admin.restriction.invalid_state"]
    assert errors(boss.post(path, **{**good, "value": "1.2.3"})) == ["value.invalid"]
    assert errors(boss.post(path, **{**good, "scope": "ip_subnet"})) == ["value.invalid"]
    assert errors(boss.post(path, **good, code=200)) == ["admin.restriction.invalid_code"]
    done(boss.post(path, **good))
    assert errors(boss.post(path, **good)) == ["value.taken"]
    assert sql("SELECT code FROM {}.restrictions WHERE value = %s", good["value"]) == ((471,),)
    assert errors(boss.put(path, id=999999999), 404) == ["admin.restriction.doesnt_exist"]
    assert errors(boss.post(path + "/whitelink", expire_time=31)) == [
        "admin.restriction.invalid_expire"]
    assert errors(boss.post(path + "/whitelink", range="year")) == [
        "admin.restriction.invalid_range"]


def test_restrictions_are_filtered(boss):
    value, number = restriction(boss, code=499)
    rows = boss.get("/admin/restrictions", scope="ip", category="blacklist",
                    **{"from": int(time.time()) - 60}).json()
    (row,) = [row for row in rows if row["id"] == number]
    assert (row["value"], row["code"], row["state"]) == (value, 499, "disabled")
    assert number not in [row["id"] for row in
                          boss.get("/admin/restrictions", category="whitelist").json()]
    assert boss.get("/admin/restrictions", to=1).json() == []


def test_a_lock_out_ends_every_session(boss, user):
    sql("INSERT INTO {}.sessions (id, user_id, csrf_hash, user_ip, user_agent, user_agent_hash,"
        " methods, authenticated_at, created_at, expires_at, ends_at) VALUES (%s, %s, %s, '', '',"
        " %s, 'pwd', NOW(6), NOW(6), NOW(6) + INTERVAL 1 DAY, NOW(6) + INTERVAL 1 DAY)",
        secrets.token_bytes(32), user.id, bytes(32), bytes(32))
    value = address_of_test()
    done(boss.post("/admin/restrictions", scope="ip", category="blocklogin", value=value,
                   state="enabled"))
    assert sql("SELECT COUNT(*) FROM {}.sessions") == ((0,),)
    number = sql("SELECT id FROM {}.restrictions WHERE value = %s", value)[0][0]
    done(boss.delete("/admin/restrictions", id=number))


# ---- the log ----

def test_activities(boss, user):
    sql("INSERT INTO {}.activities (user_id, category, user_ip, user_agent, topic, action, result)"
        " VALUES (%s, 'user', '198.51.100.1', 'x', 'session', 'login', 'failed')", user.id)
    (row,) = boss.get("/admin/activities", uid=user.uid).json()
    assert row["user"]["uid"] == user.uid and "id" not in row
    assert (row["topic"], row["action"], row["result"]) == ("session", "login", "failed")
    assert boss.get("/admin/activities", uid=user.uid, topic="otp").json() == []

    done(boss.put("/admin/users", uid=user.uid, state="banned"))
    (row,) = boss.get("/admin/activities/admin", target_uid=user.uid).json()
    assert (row["admin"]["uid"], row["target"]["uid"]) == (boss.uid, user.uid)
    assert errors(boss.get("/admin/activities/admin", range="updated")) == [
        "admin.activity.invalid_range"]


def test_metrics(boss, user):
    days = {time.strftime("%Y-%m-%d", time.gmtime())}
    sql("INSERT INTO {}.activities (user_id, category, user_ip, user_agent, topic, action, result)"
        " VALUES (%s, 'user', '198.51.100.1', 'x', 'session', 'login::2fa', 'succeed')", user.id)
    shown = boss.get("/admin/metrics").json()
    assert set(shown) == {"signups", "sucessful_logins", "failed_logins", "pending_applications"}
    days.add(time.strftime("%Y-%m-%d", time.gmtime()))  # midnight may have passed
    assert any(shown["sucessful_logins"].get(day, 0) >= 1 for day in days)
    assert boss.get("/admin/metrics", created_to=1).json()["sucessful_logins"] == {}


def test_api_keys(boss, user):
    sql("INSERT INTO {}.api_keys (kid, user_id, algorithm, scope, secret, created_at, updated_at)"
        " VALUES (%s, %s, 'HS256', 'trade', '', NOW(6), NOW(6))", secrets.token_hex(8), user.id)
    (key,) = boss.get("/admin/api_keys", uid=user.uid).json()
    assert (key["scope"], key["state"]) == (["trade"], "active") and "secret" not in key
    assert errors(boss.get("/admin/api_keys", uid=NOBODY), 404) == ["admin.user.doesnt_exist"]
    assert errors(boss.get("/admin/api_keys", uid=user.uid, ordering="up")) == [
        "api_keys.ordering.invalid_ordering"]
    assert errors(boss.get("/admin/api_keys", uid=user.uid, order_by="secret")) == [
        "api_keys.ordering.invalid_attribute"]


def test_levels(boss):
    assert [(row["id"], row["key"]) for row in boss.get("/admin/levels").json()] == [
        (1, "email"), (2, "phone"), (3, "document")]

"""The admin API of auth about permissions, restrictions, the log and what there is to count."""

import secrets
import time

import pytest

from administrator import NOBODY, add_permission, address_of_test, done, restriction
from members import errors
from staff import sql, staff, superadmin


@pytest.fixture(scope="module")
def boss(stack):
    return superadmin()


@pytest.fixture
def user(stack):
    return staff()


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

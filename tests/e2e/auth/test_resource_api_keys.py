"""API keys of users and of their service accounts (reference barong.md §2.12, §2.13, §7.7)."""

import hashlib
import hmac
import re
import secrets
import time

import pytest
import requests
from visitor import errors, signed_in, sql, totp

from world import WORLD, wait_for


def said(answer, status, *codes):
    assert (answer.status_code, errors(answer)) == (status, list(codes)), answer.text


class Owner:
    """Somebody with a second factor, who shows a fresh code with each call."""

    def __init__(self):
        self.person = signed_in()
        self.seed = self.person.otp_enable()

    def code(self):
        # Each code is good once: the tests need more than two in half a minute.
        sql("UPDATE {}.totp_factors SET last_step = 0 WHERE user_id = %s", self.person.row["id"])
        return totp(self.seed)

    def call(self, method, path, **body):
        return self.person.call(method, f"/resource/{path}",
                                json={"totp_code": self.code(), **body})

    def remove(self, path, **params):
        return self.person.delete(f"/resource/{path}", totp_code=self.code(), **params)

    def make(self, **body):
        answer = self.call("POST", "api_keys", **{"algorithm": "HS256", **body})
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def owner(stack):
    return Owner()


def service_account(person, state="active"):
    uid = "SI" + secrets.token_hex(5).upper()
    sql("INSERT INTO {}.uids (uid, kind) VALUES (%s, 'service_account')", uid)
    sql("INSERT INTO {}.service_accounts (uid, owner_id, email, role, level, state, created_at,"
        " updated_at) VALUES (%s, %s, %s, 'member', 3, %s, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
        uid, person.row["id"], f"{uid.lower()}@example.com", state)
    return uid


def signed_call(key, path="/api/v2/barong/resource/users/me"):
    nonce = str(int(time.time() * 1000))
    mac = hmac.new(key["secret"].encode(), (nonce + key["kid"]).encode(), hashlib.sha256)
    return requests.get(f"http://127.0.0.1:{WORLD.edge_port}{path}", timeout=30, headers={
        "X-Auth-Apikey": key["kid"], "X-Auth-Nonce": nonce, "X-Auth-Signature": mac.hexdigest()})


# ---- keys of users ----

def test_a_key_is_made_shown_once_and_signs(owner):
    key = owner.make(scope="trade, read")
    assert re.fullmatch("[0-9a-f]{16}", key["kid"]) and re.fullmatch("[0-9a-f]{32}", key["secret"])
    assert (key["algorithm"], key["scope"], key["state"]) == ("HS256", ["trade", "read"], "active")
    listed = owner.person.get("/resource/api_keys")
    assert listed.headers["Total"] == "1"
    assert [(row["kid"], "secret" in row) for row in listed.json()] == [(key["kid"], False)]
    stored = sql("SELECT secret FROM {}.api_keys WHERE kid = %s", key["kid"])[0][0]
    assert key["secret"] not in stored
    assert signed_call(key).json()["uid"] == owner.person.row["uid"]
    assert signed_call({**key, "secret": "0" * 32}).status_code == 401


def test_without_a_second_factor_there_are_no_keys(stack):
    person = signed_in()
    said(person.post("/resource/api_keys", algorithm="HS256", totp_code="123456"), 400,
         "resource.api_key.2fa_disabled")
    # Before anything else: who has no factor is asked for no code.
    disabled = "resource.api_key.2fa_disabled"
    said(person.post("/resource/api_keys"), 400, disabled)
    said(person.delete("/resource/api_keys/" + "0" * 16), 400, disabled)
    said(person.post("/resource/service_accounts/api_keys"), 400,
         "resource.service_accounts.2fa_disabled")
    assert person.get("/resource/api_keys").json() == []


def test_wrong_requests_say_what_is_wrong(owner):
    said(owner.person.post("/resource/api_keys", algorithm="HS256"), 422,
         "resource.api_key.missing_totp", "resource.apikey.empty_totp_code")
    said(owner.person.post("/resource/api_keys", totp_code="1"), 422,
         "resource.apikey.missing_algorithm", "resource.apikey.empty_algorithm")
    said(owner.person.post("/resource/api_keys", algorithm="HS256", totp_code="000000"), 422,
         "resource.api_key.invalid_totp")
    said(owner.call("POST", "api_keys", algorithm="kek"), 422, "kid.blank", "algorithm.inclusion")
    for scope, code in (("a;b", "scope.invalid"), (",", "scope.invalid"),
                        ("read," * 201, "scope.invalid"), ("read, root", "scope.inclusion"),
                        ("openid", "scope.inclusion"), ("Trade", "scope.inclusion")):
        said(owner.call("POST", "api_keys", algorithm="HS256", scope=scope), 422, code)
    said(owner.person.get("/resource/api_keys", ordering="up"), 422,
         "resource.api_key.invalid_ordering")
    said(owner.person.get("/resource/api_keys", order_by="secret"), 422,
         "resource.api_key.invalid_attribute")
    assert owner.person.get("/resource/api_keys").json() == []


def test_keys_are_listed_in_order_and_paged(owner):
    kids = [owner.make()["kid"] for _ in range(3)]
    for order, wanted in (("asc", kids), ("desc", kids[::-1])):
        rows = owner.person.get("/resource/api_keys", ordering=order).json()
        assert [row["kid"] for row in rows] == wanted
    rows = owner.person.get("/resource/api_keys", order_by="kid", limit=1, page=2).json()
    assert [row["kid"] for row in rows] == [sorted(kids)[1]]


def test_a_key_is_changed_and_removed_with_a_code(owner):
    key = owner.make(scope="trade")
    path = f"api_keys/{key['kid']}"
    assert signed_call(key).status_code == 200
    answer = owner.call("PATCH", path, state="disabled")
    assert (answer.status_code, answer.json()["state"], answer.json()["scope"]) == (
        200, "disabled", ["trade"])
    wait_for(lambda: signed_call(key).status_code == 401, what="the end of the key")
    answer = owner.call("PATCH", path, state="active", scope="sell")
    assert (answer.json()["state"], answer.json()["scope"]) == ("active", ["sell"])
    wait_for(lambda: signed_call(key).status_code == 200, what="the key again")
    said(owner.call("PATCH", path, scope="root"), 422, "scope.inclusion")
    # A key of before keeps words that nobody knows until somebody sets others.
    sql("UPDATE {}.api_keys SET scope = 'frobnicate' WHERE kid = %s", key["kid"])
    assert owner.call("PATCH", path, state="active").json()["scope"] == ["frobnicate"]
    said(owner.person.delete(f"/resource/{path}", totp_code="000000"), 422,
         "resource.api_key.invalid_totp")
    said(owner.person.delete(f"/resource/{path}"), 422, "resource.api_key.missing_totp",
         "resource.apikey.empty_totp_code")
    answer = owner.remove(path)
    assert (answer.status_code, answer.text) == (204, "")
    said(owner.remove(path), 404, "record.not_found")
    wait_for(lambda: signed_call(key).status_code == 401, what="the end of the key")


def test_keys_stop_with_the_second_factor(owner):
    key = owner.make()
    assert owner.person.post("/resource/otp/disable", code=owner.code()).status_code == 200
    assert sql("SELECT state FROM {}.api_keys WHERE kid = %s", key["kid"]) == (("inactive",),)
    wait_for(lambda: signed_call(key).status_code == 401, what="the end of the key")


def test_somebody_elses_key_does_not_exist(owner):
    key, other = owner.make(), Owner()
    said(other.call("PATCH", f"api_keys/{key['kid']}", state="disabled"), 404, "record.not_found")
    said(other.remove(f"api_keys/{key['kid']}"), 404, "record.not_found")
    assert signed_call(key).status_code == 200


def test_a_pending_owner_makes_no_key(owner):
    sql("UPDATE {}.users SET state = 'pending' WHERE uid = %s", owner.person.row["uid"])
    said(owner.call("POST", "api_keys", algorithm="HS256"), 422, "key_holder_account.invalid")


# ---- keys of service accounts ----

def test_service_accounts_are_listed_with_milliseconds(owner):
    uid = service_account(owner.person)
    rows = owner.person.get("/resource/service_accounts").json()
    assert [set(row) for row in rows] == [{"id", "uid", "owner_id", "email", "role", "level",
                                           "state", "created_at", "updated_at"}]
    assert (rows[0]["uid"], rows[0]["owner_id"]) == (uid, owner.person.row["id"])
    assert re.search(r"\.\d{3}Z$", rows[0]["created_at"])


def test_keys_of_a_service_account_live_like_those_of_users(owner):
    uid, path = service_account(owner.person), "service_accounts/api_keys"
    answer = owner.call("POST", path, service_account_uid=uid, algorithm="HS256", scope="read")
    key = answer.json()
    assert (answer.status_code, key["scope"], len(key["secret"])) == (201, ["read"], 32)
    rows = owner.person.get(f"/resource/{path}", service_account_uid=uid).json()
    assert [(row["kid"], "secret" in row) for row in rows] == [(key["kid"], False)]
    assert owner.person.get("/resource/api_keys").json() == []
    answer = owner.call("PUT", f"{path}/{key['kid']}", service_account_uid=uid, state="disabled")
    assert (answer.status_code, answer.json()["state"]) == (200, "disabled")
    assert owner.remove(f"{path}/{key['kid']}", service_account_uid=uid).status_code == 204
    said(owner.call("POST", path, service_account_uid=uid, algorithm="kek"), 422, "kid.blank",
         "algorithm.inclusion")
    said(owner.person.post(f"/resource/{path}", service_account_uid=uid, algorithm="HS256"), 422,
         "resource.service_accounts.missing_totp", "resource.serviceaccount.empty_totp_code")
    said(owner.person.post(f"/resource/{path}", service_account_uid=uid, algorithm="HS256",
                           totp_code="000000"), 422, "resource.service_accounts.invalid_totp")
    said(owner.person.get(f"/resource/{path}", service_account_uid=uid, ordering="x",
                          order_by="y"), 422, "resource.service_accounts.invalid_ordering",
         "resource.service_accounts.invalid_attribute")


def test_service_accounts_of_others_do_not_exist(owner):
    uid, other = service_account(owner.person), Owner()
    path = "service_accounts/api_keys"
    kid = owner.call("POST", path, service_account_uid=uid, algorithm="HS256").json()["kid"]
    mine = service_account(other.person)
    gone = "resource.service_account.doesnt_exist"
    said(other.person.get(f"/resource/{path}", service_account_uid=uid), 404, gone)
    said(other.call("POST", path, service_account_uid=uid, algorithm="HS256"), 404, gone)
    said(other.call("PUT", f"{path}/{kid}", service_account_uid=uid, state="x"), 404, gone)
    said(other.remove(f"{path}/{kid}", service_account_uid=uid), 404, gone)
    # Nor does the key by way of one's own account.
    said(other.call("PUT", f"{path}/{kid}", service_account_uid=mine, state="x"), 404,
         "record.not_found")
    assert other.person.get("/resource/service_accounts").json()[0]["uid"] == mine


def test_service_accounts_follow_their_owner(owner):
    uid = service_account(owner.person)
    sql("UPDATE {}.service_accounts SET level = 0 WHERE uid = %s", uid)
    assert owner.person.post("/resource/profiles").status_code == 201  # nothing of level or state
    answer = owner.person.delete("/resource/users/me", password=owner.person.password,
                                 otp_code=owner.code())
    assert answer.status_code == 200
    assert sql("SELECT state, level FROM {}.service_accounts WHERE uid = %s", uid) == (
        ("deleted", 3),)

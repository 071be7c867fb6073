"""API keys at the edge (reference barong.md §2.12, §3.2, §7.8.8; A-17), and what a second replica
knows: keys, sessions and users that end are refused by all within five seconds (A-08)."""

import hashlib
import hmac
import os
import subprocess
import time
from contextlib import contextmanager

import jwt
import pytest
import requests
from test_resource_api_keys import Owner, service_account

from doors import AUTH, Guest, announce, passed, refused, sql
from ports import free_base
from world import REPOSITORY, WORLD, wait_for

BALANCES = "peatio/account/balances"


@pytest.fixture(scope="module")
def owner(stack):
    return Owner()


@pytest.fixture
def key(owner):
    return owner.make()


def signature(key, nonce):
    return hmac.new(key["secret"].encode(), (nonce + key["kid"]).encode(),
                    hashlib.sha256).hexdigest()


def signed(key, shift_ms=0, **more):
    nonce = str(int(time.time() * 1000) + shift_ms)
    headers = {"X-Auth-Apikey": key["kid"], "X-Auth-Nonce": nonce,
               "X-Auth-Signature": signature(key, nonce), **more}
    return {name: value for name, value in headers.items() if value is not None}


def ask(key, method="GET", path=BALANCES, api=AUTH, **headers):
    return requests.request(method, f"{api}/api/v2/auth/api/v2/{path}", timeout=30, headers={
        "X-Forwarded-For": "203.0.113.80", **signed(key, **headers)})


def soon(condition, what):
    return wait_for(condition, what=what)


def test_signed_requests_pass_without_csrf_and_from_anywhere(owner, key):
    for method in ("GET", "POST", "PUT", "DELETE"):
        passed(ask(key, method))
    order = {"market": "btcusd", "side": "buy", "volume": "0.001", "price": "1000"}
    answer = requests.post(f"{WORLD.edge}/market/orders", json=order, headers=signed(key),
                           timeout=30)
    assert answer.status_code in (201, 422) and "authz" not in answer.text  # funds are his business


def test_headers_that_are_not_whole(key):
    for name in ("X-Auth-Apikey", "X-Auth-Nonce", "X-Auth-Signature"):
        for value in (None, ""):
            refused(ask(key, **{name: value}), "authz.invalid_api_key_headers", 422)
    # A session does not help: who shows a key is judged by it.
    guest = Guest.made().enter()
    refused(guest.ask("GET", BALANCES, **{"X-Auth-Apikey": key["kid"]}),
            "authz.invalid_api_key_headers", 422)


def test_key_is_not_hidden_by_a_cookie_of_its_name(key):
    """Who knows the id of somebody's key shows it as a cookie: that nobody has such a session says
    nothing about the key."""
    stranger = Guest("ID0")
    stranger.cookie = key["kid"]
    refused(stranger.ask("GET", BALANCES), "authz.invalid_session")
    passed(ask(key))


def test_wrong_keys_nonces_and_signatures(key):
    refused(ask({**key, "kid": "0" * 16}), "authz.unexistent_apikey")
    refused(ask({**key, "kid": "x" * 200}), "authz.unexistent_apikey")
    for nonce in ("nonce", "0", "-5", "1e12", "1.5"):
        refused(ask(key, **{"X-Auth-Nonce": nonce}), "authz.nonce_not_valid_timestamp")
    for shift in (-10000, 10000, -5100):
        refused(ask(key, shift_ms=shift), "authz.nonce_expired")
    refused(ask({**key, "secret": "0" * 32}), "authz.invalid_signature")
    for wrong in ("x", "0" * 64, "A" * 64):
        refused(ask(key, **{"X-Auth-Signature": wrong}), "authz.invalid_signature")
    other = signature(key, str(int(time.time() * 1000) - 1))
    refused(ask(key, **{"X-Auth-Signature": other}), "authz.invalid_signature")


def test_key_opens_what_its_holder_may(owner, key):
    refused(ask(key, path="peatio/admin/orders"), "authz.invalid_permission")
    refused(ask(key, path="peatio/management/x"), "authz.permission_denied")


READS = [("GET", "peatio/account/balances"), ("GET", "peatio/market/orders"),
         ("GET", "ranger/private")]  # the last one: the websocket
ME = [("GET", "barong/resource/users/me"), ("GET", "barong/resource/labels")]
TRADES = [("POST", "peatio/market/orders"), ("POST", "peatio/market/orders/1/cancel")]
PAYS = [("POST", "peatio/account/withdraws"), ("POST", "peatio/account/internal_transfers"),
        ("POST", "peatio/account/beneficiaries"), ("GET", "peatio/account/deposit_address/ltc")]
REST = [("GET", "barong/resource/api_keys"), ("POST", "barong/resource/api_keys"),
        ("PUT", "barong/resource/users/password"), ("POST", "barong/resource/otp/disable")]
TOO_NARROW = "authz.insufficient_scope"


@pytest.mark.parametrize("scope, opened", [
    ("", READS + ME + TRADES + PAYS + REST), ("read", READS + ME + PAYS[-1:]),
    ("trade", READS + ME + TRADES + PAYS[-1:]), ("sell", READS + ME + TRADES + PAYS[-1:]),
    ("peatio.read", READS + PAYS[-1:]), ("peatio.trade", READS[1:2] + TRADES),
    ("peatio", READS + TRADES + PAYS), ("barong", ME),
    # What keys of before may have: words that nobody knows, which open nothing.
    ("frobnicate", []), ("frobnicate,read", READS + ME + PAYS[-1:])])
def test_scope_of_a_key_is_its_limit(owner, key, scope, opened):
    """A-17: at the edge."""
    sql("UPDATE bourse_auth.api_keys SET scope = %s WHERE kid = %s", scope, key["kid"])
    for method, path in READS + ME + TRADES + PAYS + REST:
        answer = ask(key, method, path)
        if (method, path) in opened:
            passed(answer)
        else:
            refused(answer, TOO_NARROW, 403)


def test_scope_of_a_key_is_its_limit_in_the_services_too(owner):
    """A-17, barong#540: who has the token that the edge puts on a request gets no further with it."""
    order = {"market": "btcusd", "side": "buy", "volume": "0.001", "price": "1000"}
    reading, trading, whole = (owner.make(**scope) for scope in (
        {"scope": "read"}, {"scope": "peatio.trade"}, {}))
    auth = f"{AUTH}/api/v2"

    def status(key, method, url, **body):
        headers = {"Authorization": ask(key, path="peatio/market/orders").headers["Authorization"],
                   "X-Forwarded-For": "203.0.113.80"}
        answer = requests.request(method, url, json=body or None, headers=headers, timeout=30)
        assert (answer.status_code == 403) == (TOO_NARROW in answer.text), answer.text
        return answer.status_code

    assert status(reading, "GET", f"{WORLD.api}/account/balances") == 200
    assert status(reading, "GET", f"{auth}/resource/users/me") == 200
    for method, url, body in (("POST", f"{WORLD.api}/market/orders", order),
                              ("POST", f"{WORLD.api}/market/orders/cancel", {}),
                              ("POST", f"{WORLD.api}/account/withdraws", {"currency": "btc"}),
                              ("GET", f"{WORLD.api}/admin/orders", {}),
                              ("GET", f"{auth}/resource/api_keys", {}),
                              ("POST", f"{auth}/resource/api_keys", {"algorithm": "HS256"}),
                              ("GET", f"{auth}/admin/users", {})):
        assert status(reading, method, url, **body) == 403, url
    assert status(trading, "POST", f"{WORLD.api}/market/orders", **order) in (201, 422)
    assert status(trading, "GET", f"{WORLD.api}/account/balances") == 403
    assert status(trading, "POST", f"{WORLD.api}/account/withdraws", currency="btc") == 403
    # A key without a scope is what it always was, also beside others of the same holder.
    assert status(whole, "GET", f"{auth}/resource/api_keys") == 200
    assert status(whole, "POST", f"{WORLD.api}/account/withdraws", currency="btc") == 422

    # And by the edge, from outside.
    def outside(key, method, path, **body):
        return requests.request(method, f"{WORLD.edge}/{path}", json=body or None,
                                headers=signed(key), timeout=30)
    assert outside(reading, "GET", "account/balances").status_code == 200
    for path, body in (("market/orders", order), ("account/withdraws", {"currency": "btc"})):
        answer = outside(reading, "POST", path, **body)
        assert (answer.status_code, answer.json()) == (403, {"errors": [TOO_NARROW]})


def test_token_of_a_narrow_key_says_who_its_holder_is_now(owner):
    """It is kept in memory; a change of the holder makes another one."""
    key = owner.make(scope="read")

    def claims():
        bearer = passed(ask(key)).split()[1]
        return jwt.decode(bearer, options={"verify_signature": False})
    user, before = Guest(owner.person.row["uid"]), claims()
    assert before["scope"] == "barong peatio.read" and before["uid"] == user.uid
    assert passed(ask(key)) == passed(ask(key))
    for level in (before["level"] + 1, before["level"]):
        user.set("level", level)
        soon(lambda level=level: claims()["level"] == level, f"level {level}")


def test_key_that_was_switched_off_is_refused(owner, key):
    passed(ask(key))
    assert owner.call("PATCH", f"api_keys/{key['kid']}", state="inactive").status_code == 200
    refused(ask(key), "authz.apikey_not_active")  # at once: the same process changed it
    removed = owner.make()
    passed(ask(removed))
    assert owner.remove(f"api_keys/{removed['kid']}").status_code == 204
    refused(ask(removed), "authz.unexistent_apikey")


def test_holder_who_is_banned_or_lost_his_second_factor(stack):
    owner = Owner()
    key, user = owner.make(), Guest(owner.person.row["uid"])
    passed(ask(key))
    user.set("otp", 0)
    soon(lambda: ask(key).status_code == 401, "the end of the factor")
    refused(ask(key), "authz.disabled_2fa")
    user.set("otp", 1)
    soon(lambda: ask(key).status_code == 200, "the factor")
    user.set("state", "banned")
    soon(lambda: ask(key).status_code == 401, "the ban")
    refused(ask(key), "authz.invalid_session")


def test_service_account_has_no_second_factor(owner):
    uid = service_account(owner.person)
    answer = owner.call("POST", "service_accounts/api_keys", service_account_uid=uid,
                        algorithm="HS256")
    assert answer.status_code == 201, answer.text
    bearer = passed(ask(answer.json())).split()[1]
    claims = jwt.decode(bearer, options={"verify_signature": False})
    assert claims["uid"] == uid and "username" not in claims and "referral_id" not in claims
    sql("UPDATE bourse_auth.service_accounts SET state = 'disabled' WHERE uid = %s", uid)
    announce("service_account", uid)
    soon(lambda: ask(answer.json()).status_code == 401, "the end of the account")


# ---- replicas ----

@contextmanager
def replica():
    """A second process of auth beside the stack's, on ports of its own."""
    port = free_base()
    environment = {**os.environ, **WORLD.env("auth"), "HTTP_PORT": str(port),
                   "HTTP_SOCKET": "", "OPS_PORT": str(port + 1)}
    with open(WORLD.file("log/auth-replica.log"), "w") as log:
        process = subprocess.Popen([WORLD.binaries / "bourse-auth"], env=environment,
                                   cwd=REPOSITORY, stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL)

    def ready():
        try:
            return requests.get(f"http://127.0.0.1:{port + 1}/ready", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    try:
        wait_for(ready, what="the replica")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def test_what_ends_at_one_replica_ends_at_all(owner):
    """A-08: session, key, role and user, changed through one process, refused by the other."""
    with replica() as other:
        key = owner.make()
        passed(ask(key, api=other))
        assert owner.remove(f"api_keys/{key['kid']}").status_code == 204
        soon(lambda: ask(key, api=other).status_code == 401, "the end of the key")

        # A scope: narrower, and wide again.
        key = owner.make(scope="trade")
        order = ("POST", "peatio/market/orders")
        for scope, status in (("read", 403), ("trade", 200)):
            path = f"api_keys/{key['kid']}"
            assert owner.call("PATCH", path, scope=scope).json()["scope"] == [scope]
            assert ask(key, *order).status_code == status
            soon(lambda status=status: ask(key, *order, api=other).status_code == status,
                 f"scope {scope} at the replica")
        passed(ask(key, *order, api=other))
        assert owner.call("PATCH", path, scope="read").status_code == 200
        soon(lambda: ask(key, *order, api=other).status_code == 403, "the narrow scope")

        guest = Guest.made().enter()
        there = Guest(guest.uid, api=other)
        there.cookie, there.csrf = guest.cookie, guest.csrf
        passed(there.ask("GET", BALANCES))
        thief = Guest(guest.uid, agent="Mozilla/5.0 thief")
        thief.cookie = guest.cookie
        refused(thief.ask("GET", BALANCES), "authz.client_session_mismatch")
        soon(lambda: there.ask("GET", BALANCES).status_code == 401, "the end of the session")

        # Used here, it does not end there.
        busy = Guest.made().enter(seconds=120)
        there = Guest(busy.uid, api=other)
        there.cookie = busy.cookie
        before = sql("SELECT expires_at FROM bourse_auth.sessions WHERE id = %s", busy.session_id)
        passed(there.ask("GET", BALANCES))
        soon(lambda: sql("SELECT expires_at FROM bourse_auth.sessions WHERE id = %s",
                         busy.session_id) > before, "the new end")
        passed(busy.ask("GET", BALANCES))
        busy.set("state", "banned")
        for one in (busy, there):
            soon(lambda one=one: one.ask("GET", BALANCES).status_code == 401, "the ban")

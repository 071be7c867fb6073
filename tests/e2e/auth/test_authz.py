"""What authz answers, asked as the edge asks (reference barong.md §3, §7.8; A-08, A-11, A-16): real
sessions, real tables, from any address."""

import http.client
import time
from contextlib import contextmanager

import jwt
import pytest
import requests
import yaml

from doors import (AUTH, BROWSER, COOKIE, Guest, announce, passed, passwords, refused, sql,
                   until_heard)
from members import private_key, token
from world import REPOSITORY, WORLD, wait_for

BALANCES = "peatio/account/balances"
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def soon(condition, what):
    return wait_for(condition, what=what)


@pytest.fixture
def guest(stack):
    return Guest.made().enter()


# ---- the session ----

@pytest.mark.parametrize("method", VERBS)
def test_session_passes_with_a_token_of_its_user(guest, method):
    bearer = passed(guest.ask(method, BALANCES)).removeprefix("Bearer ")
    header = jwt.get_unverified_header(bearer)
    claims = jwt.decode(bearer, private_key("jwt").public_key(), ["RS256"], audience="peatio")
    assert header["alg"] == "RS256" and header["kid"]
    assert claims["uid"] == guest.uid and claims["email"] == f"{guest.uid.lower()}@example.com"
    assert (claims["role"], claims["level"], claims["state"]) == ("member", 3, "active")
    assert claims["username"] is None and claims["referral_id"] is None
    assert claims["sub"] == "session" and claims["iss"] == "barong"
    assert claims["aud"] == ["peatio", "barong"] and len(claims["jti"]) == 20
    assert claims["exp"] - claims["iat"] == 3600
    answer = requests.get(f"{WORLD.api}/account/balances", timeout=30,
                          headers={"Authorization": "Bearer " + bearer})
    assert answer.status_code == 200


def test_signed_in_by_password_through_the_edge(stack):
    (email, password), *_ = list(passwords().items())[1:]
    edge = requests.Session()
    edge.headers["User-Agent"] = BROWSER
    base = WORLD.edge.removesuffix("/peatio")
    answer = edge.post(base + "/barong/identity/sessions", timeout=30,
                       json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    csrf = {"X-CSRF-Token": answer.json()["csrf_token"]}
    assert edge.get(base + "/peatio/account/balances", timeout=30).status_code == 200
    order = {"market": "btcusd", "side": "buy", "volume": "0.001", "price": "1000"}
    refused(edge.post(base + "/peatio/market/orders", json=order, timeout=30),
            "authz.missing_csrf_token")
    answer = edge.post(base + "/peatio/market/orders", json=order, timeout=30, headers=csrf)
    assert answer.status_code == 201, answer.text
    assert edge.delete(base + "/barong/identity/sessions", timeout=30).status_code == 200
    refused(edge.get(base + "/peatio/account/balances", timeout=30), "authz.invalid_session")


def test_nobody_is_refused(stack):
    nobody = Guest("ID0000000000")
    refused(nobody.ask("GET", BALANCES), "authz.invalid_session")
    nobody.cookie = "0" * 32
    refused(nobody.ask("GET", BALANCES), "authz.invalid_session")
    refused(nobody.ask("GET", BALANCES, Cookie=f"{COOKIE}="), "authz.invalid_session")
    refused(nobody.ask("GET", BALANCES, Authorization="Bearer x.y.z"), "jwt.decode_and_verify")


@pytest.mark.parametrize("change", [
    {"ip": "168.27.3.225"}, {"agent": "Mozilla/5.0 other"},
    {"ip": "168.27.3.225", "agent": "Mozilla/5.0 other"}, {"agent": ""}])
def test_session_shown_by_another_ends_for_all(stack, change):
    guest = Guest.made(ip="168.238.57.64").enter()
    passed(guest.ask("GET", BALANCES))
    thief = Guest(guest.uid, **{"ip": guest.ip, "agent": guest.agent, **change})
    thief.cookie = guest.cookie
    answer = thief.ask("GET", BALANCES)
    refused(answer, "authz.client_session_mismatch")
    assert f"{COOKIE}=;" in answer.headers["Set-Cookie"]
    refused(guest.ask("GET", BALANCES), "authz.invalid_session")
    assert not sql("SELECT 1 FROM bourse_auth.sessions WHERE id = %s", guest.session_id)


@pytest.mark.parametrize("there, here, same", [
    ("168.238.57.64", "168.238.1.1", True), ("168.238.57.64", "168.239.57.64", False),
    ("2001:db8::1:1", "2001:db8::2:2", True), ("2001:db8::1:1", "2001:db8:0:0:0:1:1:1", False),
    ("168.238.57.64", "2001:db8::1", False)])
def test_session_wanders_in_its_neighbourhood(stack, there, here, same):
    guest = Guest.made(ip=there).enter()
    guest.ip = here
    answer = guest.ask("GET", BALANCES)
    assert passed(answer) if same else refused(answer, "authz.client_session_mismatch")


def test_user_who_may_not_enter(guest):
    passed(guest.ask("GET", BALANCES))
    for state in ("banned", "deleted", "locked", "whatever"):
        guest.set("state", state)
        soon(lambda: guest.ask("GET", BALANCES).status_code == 401, state)
        refused(guest.ask("GET", BALANCES), "authz.user_not_active")
    guest.set("state", "pending")
    soon(lambda: guest.ask("GET", BALANCES).status_code == 200, "pending")


def test_session_slides_with_use_and_ends_without(stack):
    guest = Guest.made().enter(seconds=120)
    before = sql("SELECT expires_at FROM bourse_auth.sessions WHERE id = %s", guest.session_id)
    passed(guest.ask("GET", BALANCES))
    after = soon(lambda: [row for row in sql(
        "SELECT expires_at FROM bourse_auth.sessions WHERE id = %s", guest.session_id)
        if row[0] > before[0][0]], "the new end in the table")
    assert 1600 < (after[0][0] - before[0][0]).total_seconds() < 1800
    idle = Guest.made().enter(seconds=2)
    time.sleep(2.2)  # its time is over, however slow this machine is
    refused(idle.ask("GET", BALANCES), "authz.invalid_session")


def test_session_never_outlives_its_end(stack):
    guest = Guest.made().enter()
    sql("UPDATE bourse_auth.sessions SET ends_at = UTC_TIMESTAMP(6) + INTERVAL 8 SECOND,"
        " expires_at = UTC_TIMESTAMP(6) + INTERVAL 8 SECOND WHERE id = %s", guest.session_id)
    passed(guest.ask("GET", BALANCES))
    soon(lambda: guest.ask("GET", BALANCES).status_code == 401, "the end of the session")


# ---- CSRF ----

def test_what_changes_something_needs_the_csrf_token(guest):
    for method in VERBS:
        answer = guest.ask(method, BALANCES, **{"X-CSRF-Token": None})
        if method in ("GET", "HEAD"):
            passed(answer)
        else:
            refused(answer, "authz.missing_csrf_token")
            refused(guest.ask(method, BALANCES, **{"X-CSRF-Token": ""}),
                    "authz.missing_csrf_token")
            refused(guest.ask(method, BALANCES, **{"X-CSRF-Token": "f" * 20}),
                    "authz.csrf_token_mismatch")
            refused(guest.ask(method, BALANCES, **{"X-CSRF-Token": Guest.made().enter().csrf}),
                    "authz.csrf_token_mismatch")
            passed(guest.ask(method, BALANCES))
    # Before the session is even looked for.
    refused(Guest("ID0").ask("POST", BALANCES), "authz.missing_csrf_token")


# ---- paths ----

def test_paths_that_pass_and_paths_that_are_closed(guest):
    for path in ("barong/public/ping", "barong/identity/sessions", "peatio/public/markets",
                 "peatio/coingecko/pairs", "ranger/public"):
        for who in (guest, Guest("ID0")):
            answer = who.ask("POST", path, Authorization="Bearer of.the.client")
            assert answer.status_code == 200 and answer.text == ""
            assert "Authorization" not in answer.headers
    for path in ("barong/management/users/get", "peatio/management/members",
                 "peatio//management/x", "peatio/internal/matching",
                 "barong/auth/api/v2/peatio/account/balances"):
        refused(guest.ask("GET", path), "authz.permission_denied")
    # The question itself is the edge's alone, whoever asks.
    answer = requests.get(f"http://127.0.0.1:{WORLD.edge_port}/api/v2/barong/auth/api/v2/{BALANCES}",
                          headers=guest.headers(), timeout=30)
    assert answer.status_code == 404 and "Authorization" not in answer.headers


@pytest.mark.parametrize("path", ["peatio/%2e%2e/barong/public/x",
                                  "peatio/a%5cb", "peatio/a%0ab", "peatio/a%2fb", "peatio/./x"])
def test_second_spellings_find_no_hole(guest, path):
    answer = requests.request("GET", f"{AUTH}/api/v2/auth/api/v2/{path}", timeout=30,
                              headers=guest.headers())
    assert answer.status_code in (400, 401) and "Authorization" not in answer.headers


# ---- permissions ----

@contextmanager
def permissions(*rows):
    """Rows (role, verb, path, action, topic) for the time of the block."""
    for row in rows:
        sql("INSERT INTO bourse_auth.permissions (role, verb, path, action, topic)"
            " VALUES (%s, %s, %s, %s, %s)", *row)
    announce("permissions")
    until_heard()
    try:
        yield
    finally:
        sql("DELETE FROM bourse_auth.permissions WHERE role IN %s", [row[0] for row in rows])
        announce("permissions")


def denied_rows(guest):
    return sql("SELECT topic, action, result, target_uid, data, category FROM"
               " bourse_auth.activities WHERE user_id = %s ORDER BY id", guest.id)


def test_role_is_let_to_its_paths_only(stack):
    lister = Guest.made(role="lister").enter()
    with permissions(("lister", "GET", "api/v2/admin/users/list", "ACCEPT", None)):
        passed(lister.ask("GET", "admin/users/list"))
        for method, path in (("POST", "admin/users/list"), ("GET", "admin/users"),
                             ("GET", "admin/users/lis"), ("PATCH", "admin/users/list")):
            refused(lister.ask(method, path), "authz.invalid_permission")
    soon(lambda: lister.ask("GET", "admin/users/list").status_code == 401, "the rows' end")


def test_denied_and_audited_requests_are_written_down(stack):
    clerk, target = Guest.made(role="clerk").enter(), Guest.made()
    with permissions(("clerk", "ALL", "api/v2/admin/markets", "ACCEPT", None),
                     ("clerk", "ALL", "api/v2/admin/markets", "AUDIT", None),
                     ("clerk", "GET", "api/v2/admin/secrets", "DROP", "hidden")):
        refused(clerk.ask("GET", "admin"), "authz.invalid_permission")
        refused(clerk.ask("GET", "admin/secrets/1"), "authz.invalid_permission")
        passed(clerk.ask("PATCH", "admin/markets/update",
                         f"?user_uid={target.uid}&otp_code=123456&name=a%20b"))
        passed(clerk.ask("HEAD", "admin/markets"))
    rows = soon(lambda: len(found := denied_rows(clerk)) >= 4 and found, "the rows")
    assert [row[:4] for row in rows] == [
        ("general", "read", "denied", None), ("hidden", "read", "denied", None),
        ("markets", "update", "succeed", target.uid), ("markets", "system", "succeed", None)]
    data = yaml.safe_load(rows[2][4])
    assert data == {"path": "api/v2/admin/markets/update", "user_uid": target.uid,
                    "otp_code": "***", "name": "a b"}
    assert {row[5] for row in rows} == {"admin"}


def test_strange_browser_is_noted(stack):
    bot = Guest.made(agent="evil/1.0").enter()
    refused(bot.ask("GET", "peatio/admin/orders"), "authz.invalid_permission")
    (row,) = soon(lambda: denied_rows(bot), "the row")
    assert yaml.safe_load(row[4])["note"] == "Detected suspicious browser"


def table_says(rows, role, verb, path):
    """The rule of the contract, written a second time."""
    actions = {row["action"] for row in rows
               if row["role"] == role and row["verb"] in ("all", verb.lower())
               and path.startswith(row["path"])}
    return "accept" in actions and "drop" not in actions


def test_role_by_endpoint_table(stack):
    """A-11: each role on each prefix of the table and beside it, with each verb: as the table says,
    and no where it says nothing."""
    rows = yaml.safe_load((REPOSITORY / "deploy/seed/auth/permissions.yml").read_text())
    roles = sorted({row["role"] for row in rows}) + ["stranger"]
    paths = sorted({row["path"] for row in rows} | {row["path"] + "/x" for row in rows}
                   | {"api/v2/nowhere", "api/v3/x", "x"})
    wrong, count = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", WORLD.port_base + 8, timeout=60)
    for role in roles:
        bearer = "Bearer " + token("ID0123456789", role=role)
        for path in paths:
            for verb in VERBS:
                connection.request(verb, f"/api/v2/auth/{path}", headers={
                    "Authorization": bearer, "X-Forwarded-For": "203.0.113.5"})
                answer = connection.getresponse()
                answer.read()
                count += 1
                if (answer.status == 200) != table_says(rows, role, verb, path):
                    wrong.append((role, verb, path, answer.status))
    connection.close()
    assert count > 5000 and not wrong, wrong[:20]


def test_change_of_role_counts_within_seconds(guest):
    refused(guest.ask("GET", "peatio/admin/members"), "authz.invalid_permission")
    guest.set("role", "superadmin")
    soon(lambda: guest.ask("GET", "peatio/admin/members").status_code == 200, "the new role")
    bearer = passed(guest.ask("GET", BALANCES)).removeprefix("Bearer ")
    assert jwt.decode(bearer, options={"verify_signature": False})["role"] == "superadmin"
    guest.set("role", "member")
    soon(lambda: guest.ask("GET", "peatio/admin/members").status_code == 401, "the old role")


# ---- restrictions ----

@contextmanager
def restrictions(*rows):
    """Rows (category, scope, value, code, state) for the time of the block."""
    for row in rows:
        sql("INSERT INTO bourse_auth.restrictions (category, scope, value, code, state)"
            " VALUES (%s, %s, %s, %s, %s)", *row)
    announce("restrictions")
    until_heard()
    try:
        yield
    finally:
        for row in rows:
            sql("DELETE FROM bourse_auth.restrictions WHERE category = %s AND scope = %s"
                " AND value = %s", *row[:3])
        announce("restrictions")
        until_heard()


def test_restrictions_by_address(stack):
    guest, other = Guest.made(ip="198.18.1.1").enter(), Guest.made(ip="198.19.1.1").enter()
    with restrictions(("blacklist", "ip", "198.18.1.1", None, "enabled"),
                      ("blacklist", "ip", "198.19.1.1", None, "disabled")):
        refused(guest.ask("GET", BALANCES), "authz.restrict.blacklist")
        refused(guest.ask("GET", "peatio/public/markets"), "authz.restrict.blacklist")
        assert guest.ask("POST", "barong/identity/users/access").status_code == 200
        passed(other.ask("GET", BALANCES))
    with restrictions(("blacklist", "ip_subnet", "198.18.0.0/16", None, "enabled"),
                      ("whitelist", "ip", "198.18.1.2", None, "enabled")):
        refused(guest.ask("GET", BALANCES), "authz.restrict.blacklist", 403)
        guest.ip = "198.18.1.2"
        passed(guest.ask("GET", BALANCES))


def test_maintenance_and_blocked_sign_in(stack):
    guest = Guest.made(ip="198.18.2.1").enter()
    with restrictions(("maintenance", "ip_subnet", "198.18.2.0/24", None, "enabled"),
                      ("blacklist", "ip", "198.18.2.1", None, "enabled")):
        refused(guest.ask("GET", BALANCES), "authz.restrict.maintenance", 471)
    with restrictions(("maintenance", "ip", "198.18.2.1", 472, "enabled"),
                      ("whitelist", "ip_subnet", "198.18.0.0/16", None, "enabled")):
        passed(guest.ask("GET", BALANCES))
    with restrictions(("blocklogin", "ip", "198.18.2.1", 425, "enabled")):
        refused(guest.ask("POST", "barong/identity/sessions"), "authz.restrict.blocklogin", 425)
        passed(guest.ask("GET", BALANCES))


def test_restrictions_see_the_real_peer_behind_the_edge(stack):
    """A-16: a whitelisted address in a header of the client is worth nothing."""
    url = WORLD.edge + "/public/markets"
    with restrictions(("blacklist", "ip", "127.0.0.1", 451, "enabled"),
                      ("whitelist", "ip", "198.18.3.1", None, "enabled")):
        for headers in ({}, {"X-Forwarded-For": "198.18.3.1"}, {"X-Real-IP": "198.18.3.1"},
                        {"Forwarded": "for=198.18.3.1"}, {"True-Client-IP": "198.18.3.1"},
                        {"CF-Connecting-IP": "198.18.3.1"}):
            answer = requests.get(url, headers=headers, timeout=30)
            assert answer.status_code == 451, headers
            assert answer.json() == {"errors": ["authz.restrict.blacklist"]}
    soon(lambda: requests.get(url, timeout=30).status_code == 200, "the end of the restriction")


# ---- what ends counts everywhere ----

@pytest.mark.parametrize("end", ["session", "user_sessions", "all_sessions"])
def test_ended_sessions_are_refused_within_seconds(guest, end):
    """A-08."""
    passed(guest.ask("GET", BALANCES))
    sql("DELETE FROM bourse_auth.sessions WHERE id = %s", guest.session_id)
    announce(end, {"session": guest.session_id.hex(), "user_sessions": guest.uid,
                   "all_sessions": ""}[end])
    soon(lambda: guest.ask("GET", BALANCES).status_code == 401, "the end of the session")


def test_change_that_commits_late_is_seen(guest):
    """Numbers of changes are given before they are visible: a lower one may come after a higher."""
    import pymysql
    env = WORLD.env("operator")
    passed(guest.ask("GET", BALANCES))
    late = pymysql.connect(unix_socket=env["DB_SOCKET"], user=env["DB_USER"],
                           database="bourse_auth", autocommit=False)
    try:
        with late.cursor() as cursor:
            cursor.execute("INSERT INTO changes (kind, `key`) VALUES ('session', %s)",
                           [guest.session_id.hex()])
            for _ in range(5):
                announce("user", "ID0000000001")
            time.sleep(1)
            passed(guest.ask("GET", BALANCES))
            cursor.execute("DELETE FROM sessions WHERE id = %s", [guest.session_id])
        late.commit()
    finally:
        late.close()
    soon(lambda: guest.ask("GET", BALANCES).status_code == 401, "the late change")


@pytest.mark.parametrize("place", ["before", "behind"])
def test_more_changes_at_once_than_are_remembered(guest, place):
    """All grants of everybody ended, or keys by the thousand: what came with them counts as well."""
    flood = ("INSERT INTO bourse_auth.changes (kind, `key`) SELECT 'api_key', seq"
             " FROM seq_1_to_70000")  # auth remembers 65,536 numbers
    passed(guest.ask("GET", BALANCES))
    if place == "behind":
        sql(flood)
    sql("UPDATE bourse_auth.users SET state = 'banned' WHERE uid = %s", guest.uid)
    announce("user", guest.uid)
    if place == "before":
        sql(flood)
    soon(lambda: guest.ask("GET", BALANCES).status_code == 401, "the ban")
    until_heard()
    passed(Guest.made().enter().ask("GET", BALANCES))


def test_secrets_are_nowhere_in_the_log(guest):
    """A-15 for this door: cookies, tokens and CSRF tokens are not logged, refused or not."""
    mark = WORLD.log_mark("auth")
    bearer = passed(guest.ask("POST", BALANCES)).split()[1]
    guest.ask("POST", BALANCES, **{"X-CSRF-Token": "canary-csrf"})
    guest.ask("GET", BALANCES, **{"X-Auth-Apikey": "canarykid", "X-Auth-Nonce": "1",
                                  "X-Auth-Signature": "canary-signature"})
    guest.ask("GET", BALANCES, Authorization="Bearer canary-token")
    log = WORLD.log_since("auth", mark)
    for secret in (guest.cookie, guest.csrf, bearer, "canary-csrf", "canary-signature",
                   "canary-token"):
        assert secret not in log


def test_token_of_somebody_who_was_banned_since_opens_nothing_of_auth_itself(stack):
    """A token that left the edge before the ban, inside the network."""
    guest = Guest.made()
    me = {"url": f"{AUTH}/api/v2/resource/users/me", "timeout": 60,
          "headers": {"Authorization": "Bearer " + token(guest.uid)}}
    assert requests.get(**me).status_code == 200
    for state in ("banned", "deleted", "locked"):
        guest.set("state", state)
        refused(requests.get(**me), "authz.user_not_active")
    guest.set("state", "pending")
    assert requests.get(**me).status_code == 200


# ---- fails closed ----

@pytest.mark.outage
def test_database_away_nobody_passes_who_needs_a_name(guest):
    """What is remembered is trusted for seconds; then the answer is 503, and for the edge that is no."""
    passed(guest.ask("GET", BALANCES))
    with WORLD.paused("mariadb"):
        wait_for(lambda: guest.ask("GET", BALANCES).status_code == 503, what="503")
        assert "Authorization" not in guest.ask("GET", BALANCES).headers
        answer = requests.get(f"{WORLD.edge}/account/balances", timeout=30,
                              headers={"Authorization": "Bearer " + token("ID0123456789")})
        assert answer.status_code == 503 and "Retry-After" in answer.headers
        # What everybody may see goes on.
        assert requests.get(f"{WORLD.edge}/public/markets/btcusd/depth",
                            timeout=30).status_code == 200
    wait_for(lambda: guest.ask("GET", BALANCES).status_code == 200, what="the database")


@pytest.mark.outage
def test_auth_away_the_edge_lets_nothing_through(stack):
    with WORLD.paused("auth"):
        for path in ("/public/markets", "/account/balances"):
            answer = requests.get(WORLD.edge + path, timeout=30,
                                  headers={"Authorization": "Bearer " + token("ID0123456789")})
            assert answer.status_code == 503
            assert answer.json() == {"errors": ["server.unavailable"]}
    wait_for(lambda: requests.get(WORLD.edge + "/public/markets", timeout=30).status_code == 200,
             what="auth")

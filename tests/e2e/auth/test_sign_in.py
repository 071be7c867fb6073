"""Signing in and out (reference barong.md §7.2), and the end of sessions."""

import crypt
import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pymysql
import pytest

from applicant import COOKIE, PASSWORD, Applicant, new_email, sql, until_refused
from members import errors, people, private_key
from world import WORLD, wait_for


@pytest.fixture(autouse=True)
def fresh_limits(stack):
    sql("DELETE FROM {}.throttles")


@pytest.fixture(scope="module")
def anna(stack):
    return Applicant().sign_up().confirm()


def test_seeded_people_sign_in():
    for person in (people()["admin"], *people()["traders"]):
        one = Applicant(person["email"], person["password"]).sign_in()
        assert one.get("/resource/users/me").json()["uid"] == person["uid"]


def test_missing_parameters():
    path = "/identity/sessions"
    assert errors(Applicant().post(path)) == ["identity.session.missing_email",
                                              "identity.session.missing_password"]
    assert errors(Applicant().post(path, email="a@example.com")) == [
        "identity.session.missing_password"]


def test_a_wrong_password_and_nobody_are_the_same(anna):
    wrong = anna.elsewhere().try_sign_in(password="wrong")
    nobody = Applicant().try_sign_in()
    assert errors(wrong, 401) == errors(nobody, 401) == ["identity.session.invalid_params"]
    varying = ("Date", "X-Request-Id")
    assert ({name: value for name, value in wrong.headers.items() if name not in varying}
            == {name: value for name, value in nobody.headers.items() if name not in varying})
    assert anna.activities("session")[-1] == (
        "login", "failed", '{"reason":"Invalid Email or Password"}')


@pytest.mark.parametrize("state, code", [
    ("banned", "banned"), ("deleted", "deleted"), ("locked", "not_active"),
    ("not-active", "not_active")])
def test_a_state_that_may_not_enter(state, code):
    bert = Applicant().sign_up()
    bert.set_state(state)
    assert errors(bert.elsewhere().try_sign_in(), 401) == [f"identity.session.{code}"]
    # Only to who knows the password: everybody else learns nothing of the account.
    assert errors(bert.elsewhere().try_sign_in(password="wrong"), 401) == [
        "identity.session.invalid_params"]
    assert until_refused(bert) == ["authz.user_not_active"]


def test_pending_may_enter():
    assert Applicant().sign_up().elsewhere().sign_in()


def test_every_sign_in_has_a_new_id(anna):
    """A-09: what a browser brought along is never taken over."""
    thief = anna.elsewhere()
    thief.browser.cookies.set(COOKIE, "0" * 32)
    answer = thief.try_sign_in()
    cookies = [answer.cookies[COOKIE], anna.elsewhere().try_sign_in().cookies[COOKIE]]
    assert "0" * 32 not in cookies and cookies[0] != cookies[1]
    assert all(len(cookie) == 32 for cookie in cookies)
    assert not sql("SELECT 1 FROM {}.sessions WHERE HEX(id) LIKE %s", cookies[0] + "%")


def test_signing_out():
    bert = Applicant().sign_up()
    kept = dict(bert.browser.cookies)
    answer = bert.delete("/identity/sessions")
    assert (answer.status_code, answer.text) == (200, "200")
    assert COOKIE in answer.headers["Set-Cookie"]
    again = bert.delete("/identity/sessions")
    assert (again.status_code, again.text) == (404, '{"errors":["identity.session.not_found"]}')
    bert.browser.cookies.update(kept)
    assert until_refused(bert) == ["authz.invalid_session"]
    assert bert.activities("session")[-1][:2] == ("logout", "succeed")


def test_the_oldest_session_gives_way(stack):
    with stack.service_with("auth", SESSIONS_MAX=3):
        bert = Applicant().sign_up()
        later = [bert.elsewhere().sign_in() for _ in range(3)]
        assert until_refused(bert)
        assert all(one.get("/resource/users/me").status_code == 200 for one in later)


def test_a_session_that_nobody_uses_ends(stack):
    bert = Applicant().sign_up()
    sql("UPDATE {}.sessions SET expires_at = UTC_TIMESTAMP(6) WHERE user_id = %s", bert.row("id"))
    sql("INSERT INTO {}.changes (kind, `key`) VALUES ('user_sessions', %s)", bert.row("uid"))
    assert until_refused(bert)


def test_an_imported_bcrypt_hash_is_verified_and_renewed(anna):
    bert = Applicant().sign_up()
    digest = crypt.crypt(PASSWORD, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16))
    sql("UPDATE {}.users SET password_digest = %s WHERE email = %s", digest, bert.email)
    assert bert.elsewhere().try_sign_in(password="wrong").status_code == 401
    assert bert.row("password_digest") == digest
    bert.elsewhere().sign_in()
    assert bert.row("password_digest").startswith("$argon2id$")
    bert.elsewhere().sign_in()


def somebody_waits():
    """For a lock of the database, which tells anew only who does not ask all the time."""
    time.sleep(0.2)
    return sql("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")


def test_a_password_that_is_changed_meanwhile_opens_no_session():
    """It was right when it was verified; the reset, which ends all sessions, was faster."""
    bert, env = Applicant().sign_up(), WORLD.env("operator")
    digest = crypt.crypt("Another-Tecohvi0", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16))
    reset = pymysql.connect(unix_socket=env["DB_SOCKET"], user=env["DB_USER"],
                            database="bourse_auth", autocommit=False)
    try:
        with reset.cursor() as cursor, ThreadPoolExecutor(1) as pool:
            cursor.execute("UPDATE users SET password_digest = %s WHERE email = %s",
                           [digest, bert.email])
            answer = pool.submit(bert.elsewhere().try_sign_in)
            wait_for(somebody_waits, what="the sign-in to wait")
            reset.commit()
            assert errors(answer.result(), 401) == ["identity.session.invalid_params"]
    finally:
        reset.close()
    assert bert.row("password_digest") == digest


def test_csrf(anna):
    bert = anna.elsewhere().sign_in()
    bert.csrf = None
    assert bert.get("/resource/users/me").status_code == 200
    body = {"data": '{"language":"en"}'}
    assert errors(bert.put("/resource/users/me", **body), 401) == ["authz.missing_csrf_token"]
    bert.csrf = "0" * 20
    assert errors(bert.put("/resource/users/me", **body), 401) == ["authz.csrf_token_mismatch"]


def test_events_and_activities_of_a_sign_in(anna):
    before = len(anna.activities("session"))
    anna.elsewhere().sign_in()
    assert anna.activities("session")[before:] == (("login", "succeed", None),)


# ---- password reset (reference barong.md §7.3) ----

NEW = "Another-Tecohvi1"
RESET = "/identity/users/password/confirm_code"


def reset(token, password=NEW, **more):
    body = {"reset_password_token": token, "password": password, "confirm_password": password}
    return Applicant().post(RESET, **{**body, **more})


def test_reset_sets_the_password_and_ends_all_sessions():
    bert = Applicant().sign_up().confirm()
    other = bert.elsewhere().sign_in()
    first, second = bert.ask_reset(), bert.ask_reset()
    assert errors(reset(first)) == ["identity.user.utilized_token"]
    answer = reset(second)
    assert (answer.status_code, answer.text) == (201, "201")
    assert until_refused(bert) and until_refused(other)
    assert bert.elsewhere().try_sign_in().status_code == 401
    assert bert.elsewhere().try_sign_in(password=NEW).status_code == 200
    assert errors(reset(second)) == ["identity.user.utilized_token"]
    assert [row[:2] for row in bert.activities("password")] == [
        ("request password reset", "succeed"), ("request password reset", "succeed"),
        ("password reset", "succeed")]


def test_reset_says_what_is_wrong():
    assert errors(Applicant().post(RESET)) == [
        "identity.user.missing_pass_token", "identity.user.empty_reset_password_token",
        "identity.user.missing_password", "identity.user.empty_password",
        "identity.user.missing_confirm_password", "identity.user.empty_confirm_password"]
    assert errors(reset("", "")) == [
        "identity.user.empty_reset_password_token", "identity.user.empty_password",
        "identity.user.empty_confirm_password"]
    assert errors(reset("invalid")) == ["jwt.decode_and_verify.segments"]
    assert errors(reset("invalid", confirm_password="other")) == [
        "identity.user.passwords_doesnt_match"]
    token = Applicant().sign_up().token()
    assert errors(reset(token)) == ["jwt.decode_and_verify.confirmation"]
    mine = Applicant().sign_up()
    link = mine.ask_reset()
    assert errors(reset(link, "Simple")) == ["password.requirements"]
    assert errors(reset(link, "Password1")) == ["password.weak"]
    assert reset(link).status_code == 201  # a refused password does not use it up


def aged(token, seconds):
    """The same token, made so long before: signed by the key that made it."""
    claims = jwt.decode(token, options={"verify_signature": False})
    claims.update(iat=claims["iat"] - seconds, exp=claims["exp"] - seconds)
    return jwt.encode(claims, private_key("jwt"), "RS256", headers=jwt.get_unverified_header(token))


def test_a_token_expires():
    bert = Applicant().sign_up()
    confirmation, link = bert.token(), bert.ask_reset()
    assert errors(reset(aged(link, 3600))) == ["jwt.decode_and_verify.expired"]
    assert errors(Applicant().post("/identity/users/email/confirm_code", token=aged(confirmation, 3600))) == [
        "jwt.decode_and_verify.expired"]
    assert reset(aged(link, 3000)).status_code == 201  # it was its age


def test_a_reset_is_over_when_the_address_changes():
    bert = Applicant().sign_up()
    link = bert.ask_reset()
    sql("UPDATE {}.users SET email = %s WHERE email = %s", new_email(), bert.email)
    assert errors(reset(link)) == ["identity.user.utilized_token"]


def test_a_reset_is_over_when_the_password_changes():
    """A-07."""
    bert = Applicant().sign_up().confirm()
    link = bert.ask_reset()
    answer = bert.put("/resource/users/password", old_password=PASSWORD, new_password=NEW + "x",
                      confirm_password=NEW + "x")
    assert answer.status_code == 201, answer.text
    assert errors(reset(link)) == ["identity.user.utilized_token"]


OTHER_SITES = [{"Origin": "https://elsewhere.example"}, {"Origin": "null"},
               {"Sec-Fetch-Site": "cross-site"},
               {"Sec-Fetch-Site": "same-site", "Origin": "https://elsewhere.example"}]


@pytest.mark.parametrize("headers", OTHER_SITES)
def test_a_page_of_another_site_signs_nobody_in_or_out(anna, headers):
    """Login CSRF: a victim would type his secrets into an account of somebody else."""
    victim = anna.elsewhere()
    form = {"email": anna.email, "password": PASSWORD}
    for path, body in (("/identity/sessions", form),
                       ("/identity/users", {"email": new_email(), "password": PASSWORD})):
        for kind in ("json", "data"):
            answer = victim.call("POST", path, headers=headers, **{kind: body})
            assert errors(answer, 403) == ["identity.session.cross_site"]
            assert "Set-Cookie" not in answer.headers
    victim.sign_in()
    answer = victim.call("DELETE", "/identity/sessions", headers=headers)
    assert errors(answer, 403) == ["identity.session.cross_site"]
    assert victim.get("/resource/users/me").status_code == 200
    assert victim.call("GET", "/identity/configs", headers=headers).status_code == 200


def test_our_own_pages_sign_in_and_out(anna):
    edge = f"http://127.0.0.1:{WORLD.edge_port}"
    for headers in ({"Origin": edge}, {"Origin": "http://127.0.0.1:3000"},
                    {"Origin": edge, "Sec-Fetch-Site": "same-origin"},
                    {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-origin"}):
        person = anna.elsewhere()
        person.entered(person.call("POST", "/identity/sessions", headers=headers,
                                   json={"email": anna.email, "password": PASSWORD}), 200)
        assert person.call("DELETE", "/identity/sessions", headers=headers).status_code == 200

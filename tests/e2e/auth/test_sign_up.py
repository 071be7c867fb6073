"""Signing up (reference barong.md §7.1): what a form can break, and what a good one makes."""

import base64
import json

import pytest

from applicant import PASSWORD, Applicant, new_email, sql
from members import errors

GOOD = "eeC2BiCucxWEQ"


def codes(status=422, **form):
    return errors(Applicant().post("/identity/users", **form), status)


@pytest.mark.parametrize("form, expected", [
    ({}, ["identity.user.missing_email", "identity.user.empty_email",
          "identity.user.missing_password", "identity.user.empty_password"]),
    ({"email": "", "password": GOOD}, ["identity.user.empty_email"]),
    ({"email": "bad_format", "password": "Password1"}, ["email.invalid", "password.weak"]),
    ({"email": "a@example.com", "password": "password"}, ["password.requirements"]),
    ({"email": "a@example.com", "password": GOOD + "x" * 60}, ["password.too_long"]),
    ({"email": "a@example.com", "password": "Summer2024"}, ["password.weak"]),
    ({"email": "a@example.com", "password": GOOD, "refid": "ID1231231231"},
     ["identity.user.referral_doesnt_exist"]),
    ({"email": "a@example.com", "password": GOOD, "refid": "UID123"},
     ["identity.user.invalid_referral_format"]),
    ({"email": "a@example.com", "password": GOOD, "username": "qwe"}, ["username.too_short"]),
    ({"email": "a@example.com", "password": GOOD, "username": "q" * 13}, ["username.too_long"]),
    ({"email": "a@example.com", "password": GOOD, "username": "qwerty@="}, ["username.invalid"]),
    ({"email": "a@example.com", "password": GOOD, "username": ""},
     ["username.too_short", "username.invalid"]),
    ({"email": "a@example.com", "password": GOOD, "data": "phone_number: 380955555555"},
     ["data.invalid_format"]),
    ({"email": "a@example.com", "password": GOOD, "data": json.dumps({"a": "b" * 1024})},
     ["data.too_long"]),
])
def test_a_form_that_breaks_rules(form, expected):
    assert codes(**form) == expected
    assert errors(Applicant().call("POST", "/identity/users", data=form)) == expected


def test_a_good_form_opens_a_session_at_once():
    anna = Applicant(password=GOOD)
    answer = anna.post("/identity/users", email=anna.email, password=GOOD)
    anna.entered(answer, 201)
    assert {"email", "uid", "role", "level", "otp", "state", "referral_uid", "csrf_token", "data",
            "created_at", "updated_at", "labels", "phones", "profiles", "data_storages",
            "username"} <= set(answer.json())
    assert answer.json()["state"] == "pending" and answer.json()["role"] == "member"
    cookie = answer.headers["Set-Cookie"]
    assert "_barong_session=" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert anna.get("/resource/users/me").json()["uid"] == answer.json()["uid"]
    assert anna.row("password_digest").startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert anna.activities("account") == (("signup", "succeed", None),)
    # The account knows this browser from now on.
    assert sql("SELECT COUNT(*) FROM {}.known_devices WHERE user_id = %s", anna.row("id")) == ((1,),)


def test_the_password_goes_nowhere_but_into_its_hash(stack):
    canary = "Kanarienvogel-9173-aXq"
    Applicant(password=canary).sign_up()
    for path in stack.file("log").glob("*.log"):
        assert canary not in path.read_text(errors="replace"), path.name


def test_what_is_unique_is_compared_without_case():
    anna = Applicant().sign_up(username="NICK" + new_email()[:6])
    name = anna.get("/resource/users/me").json()["username"]
    assert name == name.lower()
    assert codes(email=anna.email.upper(), password=GOOD) == ["email.taken"]
    assert codes(email=new_email(), password=GOOD, username=name.upper()) == ["username.taken"]
    Applicant().sign_up()
    Applicant().sign_up()  # two without a username


def test_a_referral_is_kept():
    anna, bert = Applicant().sign_up(), Applicant()
    bert.sign_up(refid=anna.row("uid"))
    me = bert.get("/resource/users/me").json()
    assert me["referral_uid"] == me["referal_uid"] == anna.row("uid")


def test_data_may_be_text_or_an_object():
    for data in ('{"language":"de"}', {"language": "de"}):
        anna = Applicant().sign_up(data=data)
        assert json.loads(anna.get("/resource/users/me").json()["data"]) == {"language": "de"}


def test_a_platform_without_the_role_takes_nobody():
    rows = sql("SELECT id FROM {}.permissions WHERE role = 'member'")
    sql("UPDATE {}.permissions SET role = 'nobody' WHERE role = 'member'")
    try:
        assert codes(email=new_email(), password=GOOD) == ["role.doesnt_exist"]
    finally:
        sql("UPDATE {}.permissions SET role = 'member' WHERE role = 'nobody'")
    assert sql("SELECT id FROM {}.permissions WHERE role = 'member'") == rows


# ---- confirmation (reference barong.md §7.3) ----

def confirm(token):
    return Applicant().post("/identity/users/email/confirm_code", token=token)


def test_the_mail_confirms_the_address_once():
    anna = Applicant().sign_up()
    token = anna.token()
    answer = confirm(token)
    assert answer.status_code == 201, answer.text
    me = answer.json()
    assert (me["state"], me["level"], me["csrf_token"] != "") == ("active", 1, True)
    assert [(one["key"], one["value"], one["scope"]) for one in me["labels"]] == [
        ("email", "verified", "private")]
    assert errors(confirm(token)) == ["identity.user.active_or_doesnt_exist"]
    anna.set_state("pending")
    assert errors(confirm(token)) == ["identity.user.utilized_token"]


def test_confirmation_of_what_is_no_token():
    path = "/identity/users/email/confirm_code"
    assert errors(Applicant().post(path)) == ["identity.user.missing_token",
                                              "identity.user.empty_token"]
    assert errors(confirm("invalid token")) == ["jwt.decode_and_verify.segments"]
    token = Applicant().sign_up().token()
    head, claims, signature = token.split(".")
    forged = signature[:20] + ("AAAA" if signature[20:24] != "AAAA" else "BBBB") + signature[24:]
    assert errors(confirm(f"{head}.{claims}.{forged}")) == ["jwt.decode_and_verify.raised"]
    assert errors(confirm(f"{head}.{claims}=.{signature}")) == ["jwt.decode_and_verify.encoding"]
    # Times whose microseconds are above 2^63: nothing is reckoned with them.
    for times in (b'{"iat":9223372036854775807,"exp":1}', b'{"iat":1,"exp":9223372036854775807}',
                  b'{"iat":1,"exp":-9223372036854775808}'):
        far = base64.urlsafe_b64encode(times).rstrip(b"=").decode()
        assert errors(confirm(f"{head}.{far}.{signature}")) == ["jwt.decode_and_verify.raised"]
    reset = Applicant().sign_up().ask_reset()
    assert errors(confirm(reset)) == ["jwt.decode_and_verify.reset"]


def test_asking_again_answers_everybody_alike():
    anna, bert = Applicant().sign_up(), Applicant().sign_up().confirm()
    for email in (anna.email, bert.email, new_email()):
        answer = Applicant().post("/identity/users/email/generate_code", email=email)
        assert (answer.status_code, answer.text) == (201, "201")
    first = anna.token()
    assert confirm(anna.token([first])).status_code == 201
    assert errors(Applicant().post("/identity/users/email/generate_code")) == [
        "identity.user.missing_email", "identity.user.empty_email"]


def test_a_platform_that_tells_nobody_who_has_an_account(stack):
    """A-02: with SIGN_UP_TELLS_TAKEN=false a second sign-up looks like the first."""
    with stack.service_with("auth", SIGN_UP_TELLS_TAKEN="false"):
        anna = Applicant().sign_up().confirm()
        stranger = Applicant(anna.email, password="Another-Tecohvi1")
        answer = stranger.post("/identity/users", email=anna.email, password=stranger.password)
        fresh = Applicant()
        other = fresh.post("/identity/users", email=fresh.email, password=PASSWORD)
        assert answer.status_code == other.status_code == 201
        assert set(answer.json()) == set(other.json())
        assert answer.json()["state"] == "pending" and answer.json()["labels"] == []
        assert stranger.get("/resource/users/me").status_code == 401
        assert stranger.try_sign_in().status_code == 401
        assert sql("SELECT COUNT(*) FROM {}.users WHERE email LIKE '%%taken.invalid'") == ((0,),)
        assert anna.token(purpose="reset")  # a link to set a new password, for the owner


@pytest.fixture(autouse=True)
def mails_are_there(stack):
    """Limits of mails count for the whole run: none of these tests is about them."""
    sql("DELETE FROM {}.throttles")

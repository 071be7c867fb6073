"""Getting rid of lost second factors: slowly, loudly, and stopped by whoever has one (§5.2: a reset
never gets past the second factor at once)."""

import re

import pytest
from authenticator import Authenticator
from mails import letter, letters
from visitor import errors, newcomer, signed_in, sql, totp

from world import WORLD, wait_for

ORIGIN = f"http://localhost:{WORLD.edge_port}"
PATH = "/identity/users/factor_reset"
BEGIN, NOTICE = "Remove the second factors", "will be removed"


def ask(person, **more):
    body = {"email": person.email, "password": person.password, **more}
    return person.elsewhere().post(PATH + "/generate_code", **body)


def link(person, subject):
    return re.search(r"token=([^&\s]+)", letter(person, subject).text).group(1)


def lost():
    """Somebody with an app and a passkey, who asked for a reset; the token of the mail."""
    person = signed_in()
    person.seed = person.otp_enable()
    person.key = Authenticator(ORIGIN)
    assert person.passkey_add(person.key).status_code == 201
    answer = ask(person)
    assert (answer.status_code, answer.json()) == (201, 201)
    return person


def waiting():
    person = lost()
    answer = person.elsewhere().post(PATH + "/confirm_code", token=link(person, BEGIN))
    assert answer.status_code == 201, answer.text
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer.json()["due_at"])
    return person


def state(person):
    rows = sql("SELECT state, cancelled_by FROM {}.factor_resets WHERE user_id = %s ORDER BY id",
               person.row["id"])
    return rows[-1]


def make_due(person):
    sql("UPDATE {}.factor_resets SET due_at = NOW(6) - INTERVAL 1 SECOND WHERE user_id = %s",
        person.row["id"])


def test_it_takes_the_password_the_mailbox_and_the_wait():
    person = waiting()
    assert state(person) == ("waiting", None)
    # Until it is due nothing is weaker than before.
    answer = person.elsewhere().sign_in()
    assert (answer.status_code, errors(answer)) == (401, ["identity.session.missing_otp"])
    sql("UPDATE {}.sessions SET expires_at = ends_at WHERE user_id = %s", person.row["id"])
    make_due(person)
    wait_for(lambda: state(person) == ("done", None), what="the reset")
    assert not person.row["otp"]
    assert person.elsewhere().sign_in().status_code == 200
    for table in ("totp_factors", "passkeys", "recovery_codes"):
        assert sql(f"SELECT COUNT(*) FROM {{}}.{table} WHERE user_id = %s",
                   person.row["id"])[0][0] == 0
    assert person.elsewhere().passkey_sign_in(person.key).status_code == 401
    # The session that was open is over.
    wait_for(lambda: person.get("/resource/users/me").status_code == 401, what="the session's end")
    letter(person, "were removed")


def test_the_owner_stops_it_by_the_link_of_the_notice():
    person = waiting()
    token = link(person, NOTICE)
    assert person.elsewhere().post(PATH + "/cancel", token=token).status_code == 200
    assert state(person) == ("cancelled", "link")
    answer = person.elsewhere().post(PATH + "/cancel", token=token)
    assert (answer.status_code, errors(answer)) == (422, ["identity.factor_reset.invalid_token"])
    make_due(person)
    assert person.elsewhere().sign_in().status_code == 401
    letter(person, "was stopped")


@pytest.mark.parametrize("way", ["code", "passkey"])
def test_who_signs_in_with_a_factor_has_not_lost_it(way):
    person = waiting()
    browser = person.elsewhere()
    answer = browser.sign_in(otp_code=totp(person.seed, 1)) if way == "code" \
        else browser.passkey_sign_in(person.key)
    assert answer.status_code == 200, answer.text
    assert state(person) == ("cancelled", "sign-in")


def test_the_link_is_good_once_and_one_reset_waits():
    person = waiting()
    answer = person.elsewhere().post(PATH + "/confirm_code", token=link(person, BEGIN))
    assert (answer.status_code, errors(answer)) == (422, ["identity.user.utilized_token"])
    assert ask(person).status_code == 201
    wait_for(lambda: link(person, BEGIN), what="the second mail")
    newest = wait_for(lambda: newer_link(person), what="a new link")
    answer = person.elsewhere().post(PATH + "/confirm_code", token=newest)
    assert (answer.status_code, errors(answer)) == (422, ["identity.factor_reset.waiting"])


def newer_link(person):
    found = {re.search(r"token=([^&\s]+)", one.text).group(1)
             for one in letters(person) if BEGIN in one.subject}
    used = link(person, BEGIN)
    return used if len(found) > 1 else None


def test_the_owner_is_reminded():
    person = waiting()
    sql("UPDATE {}.factor_resets SET reminded_at = NOW(6) - INTERVAL 25 HOUR WHERE user_id = %s",
        person.row["id"])
    wait_for(lambda: sum(NOTICE in one.subject for one in letters(person)) == 2, what="a reminder")
    assert state(person) == ("waiting", None)


@pytest.mark.parametrize("body, status, code", [
    ({"password": "wrong"}, 401, "identity.session.invalid_params"),
    ({"email": "nobody@example.com"}, 401, "identity.session.invalid_params"),
    ({"password": ""}, 422, "identity.factor_reset.empty_password"),
])
def test_asking_takes_the_password(body, status, code):
    person = newcomer()
    answer = ask(person, **body)
    assert (answer.status_code, errors(answer)) == (status, [code])


def test_who_has_no_factor_has_none_to_lose():
    answer = ask(newcomer())
    assert (answer.status_code, errors(answer)) == (422, ["identity.factor_reset.no_factor"])


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_link_that_is_none_of_ours_starts_nothing(token):
    answer = newcomer().post(PATH + "/confirm_code", token=token)
    assert answer.status_code == 422
    assert errors(answer)[0].startswith("jwt.decode_and_verify")


def test_an_operator_who_has_seen_the_person_resets_at_once():
    person = waiting()
    done = WORLD.service("auth", "--reset-factors", person.row["uid"])
    assert done.returncode == 0, done.stderr
    assert state(person) == ("cancelled", "operator")
    assert person.elsewhere().sign_in().status_code == 200
    wait_for(lambda: person.get("/resource/users/me").status_code == 401, what="the session's end")
    assert WORLD.service("auth", "--reset-factors", "ID0000000000").returncode == 1

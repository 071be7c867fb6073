"""Second factors: passkeys, recovery codes, step-up (A-05, A-06, and §5.5 of the catalogue)."""

import base64
import re
import shutil
import subprocess
import threading

import pytest
from authenticator import PRESENT, VERIFIED, Authenticator
from visitor import errors, newcomer, signed_in, sql, totp

from world import WORLD, wait_for

INVALID = ["identity.session.invalid_params"]
ORIGIN = f"http://localhost:{WORLD.edge_port}"


@pytest.fixture
def key():
    return Authenticator(ORIGIN)


def with_passkey(key):
    person = signed_in()
    answer = person.passkey_add(key)
    assert answer.status_code == 201, answer.text
    return person


# ---- passkeys ----

def test_a_passkey_is_added_and_signs_in_without_a_password(key):
    person = with_passkey(key)
    shown = person.get("/resource/passkeys").json()
    assert [(one["name"], one["backed_up"], one["last_used_at"]) for one in shown] == [
        ("my phone", False, None)]
    other = person.elsewhere()
    answer = other.passkey_sign_in(key)
    assert answer.status_code == 200, answer.text
    assert answer.json()["email"] == person.email
    assert other.get("/resource/users/me").status_code == 200
    assert person.get("/resource/passkeys").json()[0]["last_used_at"]
    methods = sql("SELECT methods FROM {}.sessions WHERE user_id = %s ORDER BY created_at",
                  person.row["id"])
    assert [one for (one,) in methods] == ["pwd hwk", "hwk"]


def test_with_a_passkey_a_password_alone_does_not_let_in(key):
    person = with_passkey(key)
    answer = person.elsewhere().sign_in()
    assert (answer.status_code, errors(answer)) == (401, ["identity.session.missing_otp"])
    answer = person.elsewhere().sign_in(otp_code="123456")
    assert (answer.status_code, errors(answer)) == (403, ["identity.session.invalid_otp"])


def test_a_challenge_is_good_once_and_for_its_browser(key):
    person = with_passkey(key)
    browser, stranger = person.elsewhere(), person.elsewhere()
    options = browser.post("/identity/sessions/passkey/challenge").json()
    credential = key.get(options)
    # Another browser has another cookie, or none.
    answer = stranger.post("/identity/sessions/passkey", credential=credential)
    assert (answer.status_code, errors(answer)) == (401, INVALID)
    stranger.post("/identity/sessions/passkey/challenge")
    answer = stranger.post("/identity/sessions/passkey", credential=credential)
    assert (answer.status_code, errors(answer)) == (401, INVALID)
    cookie = browser.browser.cookies["_barong_challenge"]
    assert browser.post("/identity/sessions/passkey", credential=credential).status_code == 200
    browser.browser.cookies.set("_barong_challenge", cookie)
    answer = browser.post("/identity/sessions/passkey", credential=credential)
    assert (answer.status_code, errors(answer)) == (401, INVALID)


def lie_origin(key):
    key.origin = "https://evil.example"


def lie_site(key):
    key.rp_id = "evil.example"


def lie_unverified(key):
    key.flags = PRESENT


def lie_absent(key):
    key.flags = VERIFIED


def lie_other_key(key):
    key.key = Authenticator(ORIGIN).key


def lie_other_user(key):
    key.handle = bytes(32)


def lie_unknown(key):
    key.id = bytes(32)


LIES = [lie_origin, lie_site, lie_unverified, lie_absent, lie_other_key, lie_other_user, lie_unknown]


@pytest.mark.parametrize("lie", LIES, ids=lambda one: one.__name__)
def test_what_is_not_as_it_must_be_is_refused_with_one_answer(key, lie):
    person = with_passkey(key)
    lie(key)
    answer = person.elsewhere().passkey_sign_in(key)
    assert (answer.status_code, answer.json()) == (401, {"errors": INVALID})


@pytest.mark.parametrize("lie", [lie_origin, lie_site, lie_unverified, lie_absent])
def test_a_passkey_that_is_not_as_it_must_be_is_not_added(key, lie):
    person = signed_in()
    lie(key)
    answer = person.passkey_add(key)
    assert (answer.status_code, errors(answer)) == (422, ["resource.passkey.invalid"])
    assert person.get("/resource/passkeys").json() == []


def test_a_counter_that_goes_back_is_refused_and_written_down(key):
    key.count = 5
    person = with_passkey(key)
    key.count = 6
    assert person.elsewhere().passkey_sign_in(key).status_code == 200
    for count in (6, 2, 0):
        key.count = count
        assert person.elsewhere().passkey_sign_in(key).status_code == 401
    key.count = 7
    assert person.elsewhere().passkey_sign_in(key).status_code == 200
    rows = sql("SELECT data FROM {}.activities WHERE user_id = %s AND action = 'use passkey'",
               person.row["id"])
    assert len(rows) == 3


def test_a_credential_belongs_to_one_user(key):
    with_passkey(key)
    other = signed_in()
    answer = other.passkey_add(key)
    assert (answer.status_code, errors(answer)) == (422, ["resource.passkey.exists"])


@pytest.mark.parametrize("state, code", [("banned", "banned"), ("deleted", "deleted"),
                                         ("locked", "not_active")])
def test_the_state_of_an_account_counts_for_passkeys_too(key, state, code):
    person = with_passkey(key)
    sql("UPDATE {}.users SET state = %s WHERE id = %s", state, person.row["id"])
    answer = person.elsewhere().passkey_sign_in(key)
    assert (answer.status_code, errors(answer)) == (401, [f"identity.session.{code}"])


def test_a_passkey_is_renamed_and_removed_by_its_owner_only(key):
    person, stranger = with_passkey(key), signed_in()
    number = person.get("/resource/passkeys").json()[0]["id"]
    assert stranger.put(f"/resource/passkeys/{number}", name="mine").status_code == 404
    assert stranger.delete(f"/resource/passkeys/{number}").status_code == 404
    assert person.put(f"/resource/passkeys/{number}", name="").status_code == 422
    assert person.put(f"/resource/passkeys/{number}", name="key ring").status_code == 200
    assert person.get("/resource/passkeys").json()[0]["name"] == "key ring"
    other = person.elsewhere()
    assert other.passkey_sign_in(key).status_code == 200
    assert person.delete(f"/resource/passkeys/{number}").status_code == 204
    assert person.elsewhere().passkey_sign_in(key).status_code == 401
    assert person.elsewhere().sign_in().status_code == 200
    # A change of factors ends the other sessions.
    ended = sql("SELECT COUNT(*) FROM {}.sessions WHERE user_id = %s AND methods = 'hwk'",
                person.row["id"])
    assert ended[0][0] == 0


# ---- step-up ----

def grow_old(person):
    sql("UPDATE {}.sessions SET authenticated_at = NOW(6) - INTERVAL 1 HOUR WHERE user_id = %s",
        person.row["id"])


def test_dangerous_actions_ask_again_who_one_is(key):
    person = signed_in()
    assert person.get("/resource/factors").json()["step_up_valid_until"]
    grow_old(person)
    assert person.get("/resource/factors").json()["step_up_valid_until"] is None
    answer = person.post("/resource/passkeys/challenge")
    assert (answer.status_code, errors(answer)) == (403, ["resource.step_up.required"])
    answer = person.post("/resource/step_up", password="wrong")
    assert (answer.status_code, errors(answer)) == (422, ["resource.step_up.invalid"])
    for body in ({}, {"password": "a", "otp_code": "b"}):
        answer = person.post("/resource/step_up", **body)
        assert errors(answer) == ["resource.step_up.one_of_password_otp_code_credential"]
    answer = person.post("/resource/step_up", password=person.password)
    assert answer.status_code == 200, answer.text
    assert answer.json()["step_up_valid_until"]
    assert person.passkey_add(key).status_code == 201


def test_who_has_a_factor_steps_up_with_it_and_not_by_password(key):
    person = with_passkey(key)
    grow_old(person)
    answer = person.post("/resource/step_up", password=person.password)
    assert (answer.status_code, errors(answer)) == (422, ["resource.step_up.invalid"])
    options = person.post("/resource/step_up/challenge").json()
    assert len(options["allowCredentials"]) == 1
    answer = person.post("/resource/step_up", credential=key.get(options))
    assert answer.status_code == 200, answer.text
    answer = person.post("/resource/step_up", credential=key.get(options))
    assert (answer.status_code, errors(answer)) == (422, ["resource.step_up.invalid"])


def test_a_step_up_takes_no_passkey_of_somebody_else(key):
    person, other_key = with_passkey(key), Authenticator(ORIGIN)
    with_passkey(other_key)
    grow_old(person)
    options = person.post("/resource/step_up/challenge").json()
    answer = person.post("/resource/step_up", credential=other_key.get(options))
    assert (answer.status_code, errors(answer)) == (422, ["resource.step_up.invalid"])


def test_a_challenge_to_sign_in_is_none_to_step_up(key):
    person = with_passkey(key)
    options = person.post("/identity/sessions/passkey/challenge").json()
    answer = person.post("/resource/step_up", credential=key.get(options))
    assert (answer.status_code, errors(answer)) == (422, ["resource.step_up.invalid"])


# ---- recovery codes ----

def test_recovery_codes_let_in_once_each(key):
    person = with_passkey(key)
    answer = person.post("/resource/recovery_codes")
    assert answer.status_code == 201, answer.text
    codes = answer.json()["codes"]
    assert len(set(codes)) == 10
    assert person.get("/resource/factors").json()["recovery_codes_left"] == 10
    typed = codes[0].lower().replace("-", " ")
    assert person.elsewhere().sign_in(otp_code=typed).status_code == 200
    answer = person.elsewhere().sign_in(otp_code=codes[0])
    assert (answer.status_code, errors(answer)) == (403, ["identity.session.invalid_otp"])
    assert person.get("/resource/factors").json()["recovery_codes_left"] == 9
    # New ones make the old ones void.
    assert person.post("/resource/recovery_codes").status_code == 201
    assert person.elsewhere().sign_in(otp_code=codes[1]).status_code == 403


def test_recovery_codes_are_for_those_who_have_a_factor():
    answer = signed_in().post("/resource/recovery_codes")
    assert (answer.status_code, errors(answer)) == (422, ["resource.recovery_codes.no_factor"])


def test_recovery_codes_of_somebody_else_let_nobody_in(key):
    person, other = with_passkey(key), with_passkey(Authenticator(ORIGIN))
    code = other.post("/resource/recovery_codes").json()["codes"][0]
    assert person.elsewhere().sign_in(otp_code=code).status_code == 403
    assert other.elsewhere().sign_in(otp_code=code).status_code == 200


# ---- one-time codes (A-05) ----

def with_codes():
    person = signed_in()
    return person, person.otp_enable()


def test_a_code_is_good_once_and_within_a_step():
    person, seed = with_codes()
    assert person.row["otp"]
    code = totp(seed)
    assert person.elsewhere().sign_in(otp_code=code).status_code == 200
    answer = person.elsewhere().sign_in(otp_code=code)
    assert (answer.status_code, errors(answer)) == (422, ["totp.error"])
    # A code of an earlier step is used up too; one that is two steps away never was good.
    assert person.elsewhere().sign_in(otp_code=totp(seed, -1)).status_code in (403, 422)
    assert person.elsewhere().sign_in(otp_code=totp(seed, 3)).status_code == 403


def test_of_a_race_with_one_code_one_wins():
    person, seed = with_codes()
    code, statuses = totp(seed, 1), []
    browsers = [person.elsewhere() for _ in range(6)]
    threads = [threading.Thread(target=lambda one=one: statuses.append(
        one.sign_in(otp_code=code).status_code)) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 422, 422, 422, 422, 422]


def test_guessing_stops_after_ten_and_a_restart_does_not_help():
    person, seed = with_codes()
    statuses = [person.elsewhere().sign_in(otp_code=f"{number:06d}").status_code
                for number in range(12)]
    assert statuses[:10].count(403) >= 9 and statuses[10:] == [429, 429]
    WORLD.kill("auth")
    WORLD.until_ready()
    wait_for(lambda: person.get("/public/ping").status_code == 200, what="auth")
    # A correct password opens nothing, and the right code is refused as well: it was guessing.
    answer = person.elsewhere().sign_in(otp_code=totp(seed))
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


def test_guessing_by_one_account_holds_back_no_other():
    person, _ = with_codes()
    for number in range(11):
        person.elsewhere().sign_in(otp_code=f"{number:06d}")
    other, seed = with_codes()
    assert other.elsewhere().sign_in(otp_code=totp(seed)).status_code == 200


def test_a_seed_that_is_not_confirmed_lets_nobody_in(key):
    person = with_passkey(key)
    seed = person.otp_begin()
    assert person.elsewhere().sign_in(otp_code=totp(seed)).status_code == 403


def test_seeds_are_sealed():
    person, seed = with_codes()
    (stored,), = sql("SELECT seed FROM {}.totp_factors WHERE user_id = %s", person.row["id"])
    assert re.match(r"s1\.\d+\.", stored) and seed not in stored  # a test before may have rotated the key


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="zbar-tools is not installed")
def test_a_phone_can_read_the_picture(tmp_path):
    data = signed_in().post("/resource/otp/generate_qrcode").json()["data"]
    picture = tmp_path / "code.png"
    picture.write_bytes(base64.b64decode(data["barcode"]))
    done = subprocess.run(["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True)
    assert done.stdout.strip() == data["url"]

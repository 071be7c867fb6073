"""Vault as the store of secrets: what goes where, and that it may be sealed, away, or refuse our token
(A-20): clear errors, sessions that go on, nobody let through."""

import base64
import json
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from visitor import errors, signed_in, sql, totp

from world import WORLD, wait_for

from vault import Vault

pytestmark = pytest.mark.outage
METRIC = "bourse_auth_secret_store_up"


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def secrets_of_file():
    """What the local store holds: the file is base64url of nonce, ciphertext and tag."""
    env = WORLD.env("auth")
    with open(env["SECRET_KEY_FILE"], encoding="ascii") as file:
        key = unb64(file.read().strip())
    with open(env["SECRET_FILE"], encoding="ascii") as file:
        head, text = file.read().splitlines()
    assert head == "bourse-secrets 1"
    sealed = unb64(text)
    return json.loads(AESGCM(key).decrypt(sealed[:12], sealed[12:], b"bourse-secrets"))


@contextmanager
def auth_with(vault, **settings):
    """auth with Vault instead of its file; the keyring moves over, so that what was sealed opens."""
    vault.put("bourse/keyring", secrets_of_file()["keyring"])
    with WORLD.service_with("auth", SECRET_STORE="vault", VAULT_ADDR=vault.url, **settings):
        wait_for(lambda: WORLD.is_ready("auth"), what="auth to be ready")
        yield


@pytest.fixture
def vault(stack):
    with Vault() as one:
        yield one


@pytest.fixture
def auth(vault):
    with auth_with(vault, VAULT_TOKEN=vault.token):
        yield vault


def test_seeds_are_sealed_by_transit_and_bound_to_their_user(auth):
    person, other = signed_in(), signed_in()
    seed = person.otp_enable()
    other.otp_enable()
    (sealed,), = sql("SELECT seed FROM {}.totp_factors WHERE user_id = %s", person.row["id"])
    assert sealed.startswith("vault:v1:")
    assert person.elsewhere().sign_in(otp_code=totp(seed)).status_code == 200
    # A seed that was moved to another row does not open there.
    sql("UPDATE {}.totp_factors SET seed = %s, last_step = 0 WHERE user_id = %s", sealed,
        other.row["id"])
    answer = other.elsewhere().sign_in(otp_code=totp(seed, 1))
    assert (answer.status_code, errors(answer)) == (422, ["totp.error"])


def test_sealed_vault_stops_codes_and_nothing_else(auth):
    person, plain = signed_in(), signed_in()
    seed = person.otp_enable()
    auth.sealed = True
    wait_for(lambda: WORLD.metric("auth", METRIC) == 0, what="the metric")
    assert person.get("/resource/users/me").status_code == 200
    assert plain.elsewhere().sign_in().status_code == 200
    for code in (totp(seed), "000000"):
        answer = person.elsewhere().sign_in(otp_code=code)
        assert (answer.status_code, errors(answer)) == (422, ["totp.error"])
    answer = plain.post("/resource/otp/generate_qrcode")
    assert (answer.status_code, errors(answer)) == (422, ["totp.error"])
    assert WORLD.is_ready("auth")
    auth.sealed = False
    wait_for(lambda: WORLD.metric("auth", METRIC) == 1, what="the metric")
    assert person.elsewhere().sign_in(otp_code=totp(seed)).status_code == 200


def test_vault_that_is_away_at_the_start_is_waited_for(auth):
    person = signed_in()
    with auth.away():
        WORLD.kill("auth")
        wait_for(lambda: "secrets" in refusal(), what="auth to start and to say what it waits for")
    wait_for(lambda: WORLD.is_ready("auth"), what="auth to be ready")
    wait_for(lambda: person.get("/resource/users/me").status_code == 200, what="the session")


def refusal():
    """Why auth is not ready; the database may be the first reason after a start."""
    status, text = WORLD.ops("auth", "/ready")
    return text if status == 503 else ""


def test_token_is_taken_anew_from_its_file(vault, tmp_path):
    path = tmp_path / "token"
    path.write_text(vault.token + "\n")
    with auth_with(vault, VAULT_TOKEN_FILE=path):
        person = signed_in()
        seed = person.otp_enable()
        vault.tokens.clear()
        vault.grant("fresh", 0)
        answer = person.elsewhere().sign_in(otp_code=totp(seed))
        assert (answer.status_code, errors(answer)) == (422, ["totp.error"])
        path.write_text("fresh\n")
        assert person.elsewhere().sign_in(otp_code=totp(seed)).status_code == 200


def test_role_logs_in_again_and_renews_ahead(vault, tmp_path):
    path = tmp_path / "secret_id"
    path.write_text(vault.secret_id)
    with auth_with(vault, VAULT_ROLE_ID=vault.role, VAULT_SECRET_ID_FILE=path):
        person = signed_in()
        seed = person.otp_enable()
        # Half of its life is over: it is renewed before anybody notices.
        for token, (_, life) in list(vault.tokens.items()):
            if life:
                vault.tokens[token] = (vault.tokens[token][0] - life * 0.6, life)
        wait_for(lambda: ("POST", "auth/token/renew-self") in vault.calls, what="a renewal")
        # And one that was revoked is replaced within the call that finds out.
        logins = vault.calls.count(("POST", "auth/approle/login"))
        vault.tokens.clear()
        assert person.elsewhere().sign_in(otp_code=totp(seed)).status_code == 200
        assert vault.calls.count(("POST", "auth/approle/login")) > logins

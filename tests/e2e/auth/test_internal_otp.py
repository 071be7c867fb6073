"""One-time codes that another service asks about: POST /internal/otp/verify."""

import secrets
import time

import jwt
import pytest
import requests
from visitor import newcomer, signed_in, totp

from members import private_key
from world import WORLD


def bearer(name="accounting", **changes):
    now = int(time.time())
    claims = {"iss": name, "aud": "auth", "sub": "service", "iat": now, "exp": now + 60,
              "jti": secrets.token_hex(8), **changes}
    return jwt.encode(claims, private_key(name), algorithm="ES256", headers={"kid": name})


def ask(uid, code, token=None):
    return requests.post(f"http://127.0.0.1:{WORLD.port_base + 8}/api/v2/internal/otp/verify",
                         json={"uid": uid, "code": code}, timeout=30,
                         headers={"Authorization": "Bearer " + (token or bearer())})


@pytest.fixture(scope="module")
def person():
    person = signed_in()
    person.seed = person.otp_enable()
    person.uid = person.row["uid"]
    return person


def test_a_right_code_is_good_once(person):
    code = totp(person.seed, 1)
    assert ask(person.uid, code).json() == {"valid": True}
    assert ask(person.uid, code).json() == {"valid": False}


def test_wrong_codes_and_people_without_codes_have_none(person):
    assert ask(person.uid, "000000").json() == {"valid": False}
    assert ask("IDNOBODY0001", "123456").json() == {"valid": False}
    assert ask(newcomer().row["uid"], "123456").json() == {"valid": False}


@pytest.mark.parametrize("token", [
    "nonsense", lambda: bearer("matching"), lambda: bearer(iss="matching"),
    lambda: bearer(aud="accounting"), lambda: bearer(sub="session"),
    lambda: bearer(exp=int(time.time()) - 10)])
def test_only_services_that_auth_trusts_may_ask(person, token):
    answer = ask(person.uid, "123456", token() if callable(token) else token)
    assert answer.status_code == 401


def test_the_edge_has_no_such_path():
    answer = requests.post(f"http://127.0.0.1:{WORLD.edge_port}/api/v2/barong/internal/otp/verify",
                           json={}, timeout=30)
    assert answer.status_code == 404

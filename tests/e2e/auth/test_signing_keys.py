"""Keys of session tokens: how others learn them, and their rotation under load without a failed
request (services/auth/actions/signing_keys.h)."""

import json
import threading

import jwt
import requests

from doors import AUTH, BROWSER, Guest, passed, sql
from members import private_key, token
from world import WORLD, wait_for

BALANCES = "peatio/account/balances"
JWKS = "/.well-known/jwks.json"


def published():
    answer = requests.get(AUTH + JWKS, timeout=30)
    assert answer.status_code == 200
    return {key["kid"]: key for key in answer.json()["keys"]}


def test_public_keys_are_public_and_nothing_else(stack):
    for url in (AUTH + JWKS, WORLD.edge.removesuffix("/api/v2/peatio") + JWKS):
        answer = requests.get(url, timeout=30)
        assert answer.headers["Content-Type"] == "application/json"
        assert "max-age" in answer.headers["Cache-Control"]
        for key in answer.json()["keys"]:
            assert set(key) == {"kty", "use", "kid", "alg", "n", "e"}
            assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")


def test_session_tokens_name_a_published_key(stack):
    bearer = passed(Guest.made().enter().ask("GET", BALANCES)).split()[1]
    key = published()[jwt.get_unverified_header(bearer)["kid"]]
    jwt.decode(bearer, jwt.PyJWK(key).key, ["RS256"], audience="barong", issuer="barong")


class Load(threading.Thread):
    """One browser that asks the edge as fast as it can, and keeps what was not a 200."""

    def __init__(self, guest):
        super().__init__()
        self.guest, self.over, self.wrong, self.count = guest, False, [], 0

    def run(self):
        with requests.Session() as browser:
            browser.headers.update(self.guest.headers())
            while not self.over:
                answer = browser.get(f"{WORLD.edge}/account/balances", timeout=30)
                self.count += 1
                if answer.status_code != 200:
                    self.wrong.append((answer.status_code, answer.text))


def kid_of(guest):
    bearer = passed(guest.ask("GET", BALANCES)).split()[1]
    return jwt.get_unverified_header(bearer)["kid"], bearer




def test_keys_rotate_under_load_without_a_failed_request(stack):
    """Also with a verifier that asks for keys only once a minute, and tokens that live a minute."""
    quick = {"JWT_KEY_PUBLISH_TIME": 2, "JWT_KEY_RETIRE_TIME": 8, "JWT_EXPIRE_TIME": 60}
    with WORLD.service_with("auth", **quick):
        local = {name: str(value) for name, value in quick.items()}
        guests = [Guest.made(ip="127.0.0.1").enter() for _ in range(4)]
        loads = [Load(guest) for guest in guests]
        for load in loads:
            load.start()
        try:
            old, old_bearer = kid_of(guests[0])
            for _ in range(2):
                done = WORLD.service("auth", "--rotate-keys", environment=local)
                assert done.returncode == 0, done.stderr
                new = done.stdout.split()[0]
                keys = wait_for(lambda kid=new: kid in (shown := published()) and shown, 60,
                                "the new key to be published")
                assert old in keys
                # Whoever has a fresh token of the new key is let in, everywhere.
                wait_for(lambda kid=new: kid_of(Guest.made().enter())[0] == kid, 60,
                         "the new key to sign")
                fresh = Guest.made().enter()
                _, bearer = kid_of(fresh)
                answer = requests.get(f"{WORLD.api}/account/balances", timeout=30,
                                      headers={"Authorization": "Bearer " + bearer})
                assert answer.status_code == 200
                wait_for(lambda kid=old: kid not in published(), 60, "the end of the old key")
                old = new
        finally:
            for load in loads:
                load.over = True
            for load in loads:
                load.join(60)
        assert all(load.count > 10 for load in loads)
        assert not [load.wrong[:3] for load in loads if load.wrong]
        # A token of a key that is gone opens nothing, once accounting has asked again.
        gone, gone_bearer = kid_of(guests[0])
        assert gone in published()


def test_secret_halves_are_sealed(stack):
    for (sealed,) in sql("SELECT private_sealed FROM bourse_auth.signing_keys"):
        assert "PRIVATE KEY" not in sealed and "BEGIN" not in sealed


def test_token_without_a_name_is_of_the_configured_key_only(stack):
    """What tools/token makes; and no key of the table may stand in for it."""
    bearer = token("ID0123456789")
    assert "kid" not in jwt.get_unverified_header(bearer)
    answer = requests.get(f"{WORLD.api}/account/balances", timeout=30,
                          headers={"Authorization": "Bearer " + bearer, "User-Agent": BROWSER})
    assert answer.status_code == 200
    from cryptography.hazmat.primitives.asymmetric import rsa
    other = rsa.generate_private_key(65537, 2048)
    claims = jwt.decode(bearer, private_key("jwt").public_key(), ["RS256"], audience="peatio")
    for headers in ({}, {"kid": "user"}, {"kid": next(iter(published()))}):
        forged = jwt.encode(claims, other, "RS256", headers=headers)
        answer = requests.get(f"{WORLD.api}/account/balances", timeout=30,
                              headers={"Authorization": "Bearer " + forged})
        assert answer.status_code == 401 and json.loads(answer.text) == {
            "errors": ["jwt.decode_and_verify"]}

"""Keys of session tokens: how others learn them, and their rotation under load without a failed
request (services/auth/actions/signing_keys.h)."""

import json
import threading
import time

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from applicant import Applicant
from doors import AUTH, BROWSER, Guest, passed, sql
from members import errors, private_key, token
from world import WORLD, wait_for

BALANCES = "peatio/account/balances"
JWKS = "/.well-known/jwks.json"
UNAVAILABLE, BUSY_TRIES = '{"errors":["server.unavailable"]}', 5
EDGE_WAITS_S = 3  # for auth, deploy/nginx/edge.conf.template


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
    """One browser that asks the edge as fast as it can, and keeps what was not a 200. Where the edge waited its
    three seconds for auth in vain a machine was busy, and it is asked again; a refusal before that is one."""

    def __init__(self, guest):
        super().__init__()
        self.guest, self.over, self.wrong, self.count = guest, False, [], 0

    def run(self):
        with requests.Session() as browser:
            browser.headers.update(self.guest.headers())
            while not self.over:
                for _ in range(BUSY_TRIES):
                    began = time.monotonic()
                    answer = browser.get(f"{WORLD.edge}/account/balances", timeout=60)
                    if answer.text != UNAVAILABLE or time.monotonic() - began < EDGE_WAITS_S:
                        break
                self.count += 1
                if answer.status_code != 200:
                    self.wrong.append((answer.status_code, answer.text))


def kid_of(guest):
    bearer = passed(guest.ask("GET", BALANCES)).split()[1]
    return jwt.get_unverified_header(bearer)["kid"], bearer




def test_keys_rotate_under_load_without_a_failed_request(stack):
    """Also with a verifier that asks for keys only once a minute, and tokens that live a minute."""
    quick = {"JWT_KEY_PUBLISH_TIME": 2, "JWT_KEY_RETIRE_TIME": 6, "JWT_EXPIRE_TIME": 60}
    with WORLD.service_with("auth", **quick):
        local = {name: str(value) for name, value in quick.items()}
        guests = [Guest.made(ip="127.0.0.1").enter() for _ in range(4)]
        loads = [Load(guest) for guest in guests]
        for load in loads:
            load.start()
        try:
            old, old_bearer = kid_of(guests[0])
            for _ in range(2):
                began = time.monotonic()
                done = WORLD.service("auth", "--rotate-keys", environment=local)
                assert done.returncode == 0, done.stderr
                new = done.stdout.split()[0]
                keys = wait_for(lambda kid=new: kid in (shown := published()) and shown,
                                what="the new key to be published")
                # It stays for its time; on a busy machine that may be over when we look.
                assert old in keys or time.monotonic() - began > quick["JWT_KEY_RETIRE_TIME"]
                # Whoever has a fresh token of the new key is let in, everywhere.
                wait_for(lambda kid=new: kid_of(Guest.made().enter())[0] == kid, what="the new key to sign")
                fresh = Guest.made().enter()
                _, bearer = kid_of(fresh)
                answer = requests.get(f"{WORLD.api}/account/balances", timeout=30,
                                      headers={"Authorization": "Bearer " + bearer})
                assert answer.status_code == 200
                wait_for(lambda kid=old: kid not in published(), what="the end of the old key")
                old = new
        finally:
            for load in loads:
                load.over = True
            for load in loads:
                load.join(60)
        assert all(load.count > 10 for load in loads)
        assert not [load.wrong[:3] for load in loads if load.wrong]
        signer, _ = kid_of(guests[0])
        assert signer in published()
        # The configured key was retired too: no session is believed by it, at the service itself neither.
        assert own_api(token(guests[0].uid)) == 401


def own_api(bearer):
    return requests.get(f"{AUTH}/api/v2/resource/users/me", timeout=60,
                        headers={"Authorization": "Bearer " + bearer}).status_code


def pem_pair(key):
    return (key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption()),
            key.public_key().public_bytes(serialization.Encoding.PEM,
                                          serialization.PublicFormat.SubjectPublicKeyInfo))


def test_key_that_is_replaced_in_its_files_is_gone_at_once(stack, tmp_path):
    """A stolen key: of what it signed nothing counts any more, without a restart."""
    files = tmp_path / "jwt.key", tmp_path / "jwt.pub"
    for file in files:
        file.write_bytes(WORLD.file(f"keys/{file.name}").read_bytes())
    with WORLD.service_with("auth", JWT_PRIVATE_KEY_FILE=files[0], JWT_PUBLIC_KEY_FILE=files[1],
                            JWT_KEY_RETIRE_TIME=2592000):
        member, anna = Guest.made(), Applicant().sign_up()
        stolen, link = token(member.uid), anna.token()
        assert own_api(stolen) == 200
        mark = WORLD.log_mark("auth")
        pair = pem_pair(rsa.generate_private_key(65537, 2048))
        files[0].write_bytes(pair[0])
        wait_for(lambda: "are no pair" in WORLD.log_since("auth", mark), what="the half to be seen")
        assert own_api(stolen) == 200  # half of a new key is none
        files[1].write_bytes(pair[1])
        wait_for(lambda: own_api(stolen) == 401, what="the end of the stolen key")
        answer = anna.post("/identity/users/email/confirm_code", token=link)
        assert errors(answer) == ["jwt.decode_and_verify.raised"]
        assert anna.post("/identity/users/email/generate_code", email=anna.email).status_code == 201
        assert anna.post("/identity/users/email/confirm_code",
                         token=anna.token([link])).status_code == 201


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
    other = rsa.generate_private_key(65537, 2048)
    claims = jwt.decode(bearer, private_key("jwt").public_key(), ["RS256"], audience="peatio")
    for headers in ({}, {"kid": "user"}, {"kid": next(iter(published()))}):
        forged = jwt.encode(claims, other, "RS256", headers=headers)
        answer = requests.get(f"{WORLD.api}/account/balances", timeout=30,
                              headers={"Authorization": "Bearer " + forged})
        assert answer.status_code == 401 and json.loads(answer.text) == {
            "errors": ["jwt.decode_and_verify"]}

"""Captcha providers and Auth0, each played by a real HTTP server that answers as its provider does."""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from applicant import Applicant, new_email, sql, until_refused
from members import errors

KEY, SECRET, GEETEST_ID = "geetest-key", "recaptcha-secret", "geetest-id"
SIGN_UP, SIGN_IN = "/identity/users", "/identity/sessions"


@pytest.fixture(autouse=True)
def fresh_limits(stack):
    sql("DELETE FROM {}.throttles")


@contextmanager
def provider(answer):
    """answer(path, fields) gives the text; fields are those of the query and of the form."""
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.reply(parse_qs(urlsplit(self.path).query))

        def do_POST(self):
            self.reply(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

        def reply(self, fields):
            text = answer(urlsplit(self.path).path, {key: one[0] for key, one in fields.items()})
            body = (text or "").encode()
            self.send_response(200 if text is not None else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


# ---- captcha ----

def recaptcha(path, fields):
    assert path == "/recaptcha/api/siteverify" and set(fields) == {"secret", "response"}
    return json.dumps({"success": fields == {"secret": SECRET, "response": "a human & more"}})


def test_recaptcha(stack):
    with provider(recaptcha) as url, stack.service_with(
            "auth", CAPTCHA="recaptcha", RECAPTCHA_SITE_KEY="site", RECAPTCHA_SECRET_KEY=SECRET,
            CAPTCHA_URL=url):
        configs = Applicant().get("/identity/configs").json()
        assert (configs["captcha_type"], configs["captcha_id"]) == ("recaptcha", "site")
        anna = Applicant()
        form = {"email": anna.email, "password": anna.password}
        for path in (SIGN_UP, SIGN_IN):
            assert errors(anna.post(path, **form), 400) == ["identity.captcha.required"]
            assert errors(anna.post(path, **form, captcha_response="a robot")) == [
                "identity.captcha.verification_failed"]
        for path in ("/identity/users/email/generate_code", "/identity/users/password/generate_code"):
            assert errors(anna.post(path, email=anna.email), 400) == ["identity.captcha.required"]
        assert errors(anna.post(SIGN_IN, **form, captcha_response=["x"])) == [
            "identity.session.invalid_captcha_format"]
        anna.sign_up(captcha_response="a human & more")
        anna.elsewhere().sign_in(captcha_response="a human & more")


def test_a_provider_that_is_away_lets_nobody_in(stack):
    with stack.service_with("auth", CAPTCHA="recaptcha", RECAPTCHA_SECRET_KEY=SECRET,
                            CAPTCHA_URL="http://127.0.0.1:9"):
        assert errors(Applicant().post(SIGN_UP, email=new_email(), password="Tecohvi0",
                                       captcha_response="x")) == [
            "identity.captcha.verification_failed"]


def geetest(path, fields):
    if path == "/register.php":
        return "random" if fields == {"gt": GEETEST_ID} else None
    assert path == "/validate.php"
    return md5(fields["seccode"]) if fields["seccode"] == "good|jordan" else "false"


def test_geetest(stack):
    with provider(geetest) as url, stack.service_with(
            "auth", CAPTCHA="geetest", GEETEST_ID=GEETEST_ID, GEETEST_KEY=KEY, CAPTCHA_URL=url):
        challenge = Applicant().get("/identity/users/register_geetest").json()
        assert challenge == {"gt": GEETEST_ID, "challenge": md5("random" + KEY)}
        good = {"geetest_challenge": "abc", "geetest_validate": md5(KEY + "geetest" + "abc"),
                "geetest_seccode": "good|jordan"}
        anna = Applicant()
        form = {"email": anna.email, "password": anna.password}

        def codes(captcha, status):
            return errors(anna.post(SIGN_UP, **form, captcha_response=captcha), status)

        assert errors(anna.post(SIGN_UP, **form), 400) == ["identity.captcha.required"]
        assert codes({"a": "b"}, 400) == ["identity.captcha.mandatory_fields"]
        assert codes("text", 400) == ["identity.captcha.mandatory_fields"]
        for wrong in ({"geetest_validate": "x" * 32}, {"geetest_seccode": "bad"}):
            assert codes({**good, **wrong}, 422) == ["identity.captcha.verification_failed"]
        anna.sign_up(captcha_response=good)
    with stack.service_with("auth", CAPTCHA="geetest", CAPTCHA_URL="http://127.0.0.1:9"):
        assert Applicant().get("/identity/users/register_geetest").text == '""'


# ---- Auth0 ----

TENANT, CLIENT = "tenant.example.com", "client-of-ours"


def number(value):
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(
        b"=").decode()


class Tenant:
    def __init__(self):
        self.keys = {}
        self.rotate("first")

    def rotate(self, kid):
        self.kid, self.keys[kid] = kid, rsa.generate_private_key(65537, 2048)

    def answer(self, path, _):
        assert path == "/.well-known/jwks.json"
        public = {kid: key.public_key().public_numbers() for kid, key in self.keys.items()}
        return json.dumps({"keys": [
            {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": number(one.n),
             "e": number(one.e)} for kid, one in public.items()]})

    def token(self, email, key=None, **changes):
        now = int(time.time())
        claims = {"iss": f"https://{TENANT}/", "aud": CLIENT, "sub": "auth0|1", "iat": now,
                  "exp": now + 60, "email": email, "email_verified": True, **changes}
        return jwt.encode({name: value for name, value in claims.items() if value is not None},
                          key or self.keys[self.kid], algorithm="RS256", headers={"kid": self.kid})


def test_auth0(stack):
    tenant, path = Tenant(), "/identity/sessions/auth0"
    with provider(tenant.answer) as url, stack.service_with(
            "auth", AUTH0_DOMAIN=TENANT, AUTH0_CLIENT_ID=CLIENT, AUTH0_KEYS_URL=url
            + "/.well-known/jwks.json"):
        assert Applicant().get("/public/configs/auth0").json() == {
            "auth0_domain": TENANT, "auth0_client_id": CLIENT}
        assert errors(Applicant().post(path)) == ["identity.session.missing_id_token",
                                                  "identity.session.empty_id_token"]
        assert errors(Applicant().post(path, id_token="")) == ["identity.session.empty_id_token"]
        code = ["identity.session.auth0.invalid_params"]

        # Somebody new gets an account that is confirmed already; then it is his.
        anna = Applicant()
        for _ in range(2):
            anna.entered(anna.post(path, id_token=tenant.token(anna.email)), 201)
        me = anna.get("/resource/users/me").json()
        assert (me["state"], me["level"], len(me["labels"])) == ("active", 1, 1)
        tenant.rotate("second")
        time.sleep(1.1)  # the tenant is asked once a second at most
        anna.entered(anna.post(path, id_token=tenant.token(anna.email)), 201)

        # A stranger was first, with a password of his: the address is not his, so nothing of it is.
        thief = Applicant().sign_up()
        owner = Applicant(thief.email)
        owner.entered(owner.post(path, id_token=tenant.token(owner.email)), 201)
        assert owner.get("/resource/users/me").json()["state"] == "active"
        assert until_refused(thief)
        assert thief.elsewhere().try_sign_in().status_code == 401

        stranger = rsa.generate_private_key(65537, 2048)
        for changes in ({"exp": int(time.time()) - 100}, {"aud": "another"}, {"key": stranger},
                        {"iss": "https://evil.example.com/"}, {"exp": None}):
            token = tenant.token(anna.email, **changes)
            assert errors(Applicant().post(path, id_token=token)) == code
        assert errors(Applicant().post(path, id_token="x.y.z")) == code
        nobody = new_email()
        for changes in ({"email_verified": False}, {"email_verified": "true"}, {"email": None}):
            for email in (nobody, anna.email):
                token = tenant.token(**{"email": email, **changes})
                assert errors(Applicant().post(path, id_token=token), 401) == code
        assert not sql("SELECT 1 FROM {}.users WHERE email = %s", nobody)
        anna.set_state("banned")
        assert errors(Applicant().post(path, id_token=tenant.token(anna.email)), 401) == [
            "identity.session.not_active"]


def test_without_a_tenant_no_token_is_good():
    assert errors(Applicant().post("/identity/sessions/auth0", id_token="a.b.c")) == [
        "identity.session.auth0.invalid_params"]

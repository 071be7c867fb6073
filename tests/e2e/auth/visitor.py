"""A person with a browser: cookies, the CSRF token, and the paths of auth behind the edge.

    anna = newcomer(); anna.sign_in(); anna.post("/resource/step_up", password=anna.password)

`newcomer` puts a row into the table: who signs up is tested elsewhere. Its password hash is a cheap
bcrypt, which auth takes and replaces.
"""

import base64
import crypt
import hashlib
import hmac
import secrets
import struct
import time
from urllib.parse import parse_qs, urlsplit

import requests

from world import WORLD

TIMEOUT_S = 60
AGENT = "Bourse-tests/1.0"
PASSWORD = "Tecohvi0-Fai5aesoL"
STEP_S = 30


def sql(statement, *arguments):
    """A statement about auth's tables; {} stands for the schema."""
    return WORLD.sql(statement.format("bourse_auth"), *arguments)


def totp(seed, step=0):
    """The code of a seed in base32, `step` periods from now (RFC 6238, by hand)."""
    counter = int(time.time()) // STEP_S + step
    key = base64.b32decode(seed + "=" * (-len(seed) % 8))
    mac = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


class Visitor:
    def __init__(self, email, password=PASSWORD, agent=AGENT):
        self.email, self.password = email, password
        self.base = f"http://localhost:{WORLD.edge_port}/api/v2/barong"
        self.browser = requests.Session()
        self.browser.headers["User-Agent"] = agent
        self.csrf = None

    def call(self, method, path, **arguments):
        headers = {"X-CSRF-Token": self.csrf} if self.csrf else {}
        return self.browser.request(method, self.base + path, timeout=TIMEOUT_S,
                                    headers={**headers, **arguments.pop("headers", {})},
                                    **arguments)

    def get(self, path, **params):
        return self.call("GET", path, params=params)

    def post(self, path, **body):
        return self.call("POST", path, json=body)

    def put(self, path, **body):
        return self.call("PUT", path, json=body)

    def delete(self, path, **params):
        return self.call("DELETE", path, params=params)

    def opened(self, answer):
        """Remembers what came with a session."""
        if answer.status_code in (200, 201):
            self.csrf = answer.json()["csrf_token"]
        return answer

    def sign_in(self, **more):
        return self.opened(self.post("/identity/sessions", email=self.email,
                                     password=self.password, **more))

    def elsewhere(self):
        """The same person in another browser."""
        return Visitor(self.email, self.password)

    @property
    def row(self):
        columns = ("id", "uid", "otp", "state", "level")
        values = sql(f"SELECT {', '.join(columns)} FROM {{}}.users WHERE email = %s", self.email)
        return dict(zip(columns, values[0]))

    # ---- one-time codes ----

    def otp_begin(self):
        answer = self.post("/resource/otp/generate_qrcode")
        assert answer.status_code == 201, answer.text
        url = answer.json()["data"]["url"]
        return parse_qs(urlsplit(url).query)["secret"][0]

    def otp_enable(self):
        """Gives the seed; the code of the step before now is used up."""
        seed = self.otp_begin()
        while True:
            step = int(time.time()) // STEP_S
            answer = self.post("/resource/otp/enable", code=totp(seed, -1))
            if answer.status_code == 201:
                return seed
            assert int(time.time()) // STEP_S != step, answer.text  # it was too old when it came

    # ---- passkeys ----

    def passkey_add(self, authenticator, name="my phone"):
        asked = self.post("/resource/passkeys/challenge")
        assert asked.status_code == 201, asked.text
        return self.post("/resource/passkeys", name=name,
                         credential=authenticator.create(asked.json()))

    def passkey_sign_in(self, authenticator):
        asked = self.post("/identity/sessions/passkey/challenge")
        assert asked.status_code == 201, asked.text
        return self.opened(self.post("/identity/sessions/passkey",
                                     credential=authenticator.get(asked.json())))


def newcomer(role="member", state="active", level=3):
    uid = "ID" + secrets.token_hex(5).upper()
    email = f"{uid.lower()}@example.com"
    digest = crypt.crypt(PASSWORD, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16))
    sql("INSERT INTO {}.uids (uid, kind) VALUES (%s, 'user')", uid)
    sql("INSERT INTO {}.users (uid, email, password_digest, role, state, level)"
        " VALUES (%s, %s, %s, %s, %s, %s)", uid, email, digest, role, state, level)
    for number in range(level):
        sql("INSERT INTO {}.labels (user_id, `key`, value, scope) SELECT u.id, l.`key`, l.value,"
            " 'private' FROM {0}.users u, {0}.levels l WHERE u.uid = %s AND l.id = %s"
            .replace("{}", "{0}"), uid, number + 1)
    return Visitor(email)


def signed_in(**more):
    person = newcomer(**more)
    answer = person.sign_in()
    assert answer.status_code == 200, answer.text
    return person


def errors(answer):
    return answer.json()["errors"]

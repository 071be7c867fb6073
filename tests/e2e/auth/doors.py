"""People who come to the edge, and the edge's question to auth asked by ourselves, so that a test can
come from any address.

    guest = Guest.made(role="member"); guest.enter()
    assert guest.ask("GET", "peatio/account/balances").status_code == 200
"""

import hashlib
import json
import secrets

import requests

from members import new_uid
from world import WORLD, wait_for

AUTH = f"http://127.0.0.1:{WORLD.port_base + 8}"
COOKIE = "_barong_session"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"


def sql(statement, *arguments):
    return WORLD.sql(statement, *arguments)


def announce(kind, key=""):
    """What auth writes in the transaction of every change."""
    sql("INSERT INTO bourse_auth.changes (kind, `key`) VALUES (%s, %s)", kind, key)


def until_heard():
    """Until auth knows all that was announced before. It reads changes in turns and its tables at the end
    of a turn: whoever sees the effect of a later turn sees all of the turn before it."""
    for _ in range(2):
        canary = Guest.made().enter()
        passed(canary.ask("GET", "peatio/account/balances"))
        canary.set("state", "banned")
        wait_for(lambda one=canary: one.ask("GET", "peatio/account/balances").status_code == 401,
                 what="auth to hear of a change")


def passwords():
    people = json.loads(WORLD.file("credentials.json").read_text())
    return {one["email"]: one["password"] for one in (people["admin"], *people["traders"])}


class Guest:
    """A user with a browser and an address. What he sends goes to authz as the edge would send it."""

    def __init__(self, uid, ip="203.0.113.77", agent=BROWSER, api=AUTH):
        self.uid, self.ip, self.agent, self.api = uid, ip, agent, api
        self.cookie = self.csrf = None

    @classmethod
    def made(cls, role="member", state="active", level=3, **more):
        uid = new_uid()
        sql("INSERT INTO bourse_auth.uids (uid, kind) VALUES (%s, 'user')", uid)
        sql("INSERT INTO bourse_auth.users (uid, email, password_digest, role, state, level)"
            " VALUES (%s, %s, '', %s, %s, %s)", uid, f"{uid.lower()}@example.com", role, state,
            level)
        return cls(uid, **more)

    @property
    def id(self):
        return sql("SELECT id FROM bourse_auth.users WHERE uid = %s", self.uid)[0][0]

    def enter(self, seconds=1800):
        """A session, as sign-in makes it."""
        self.cookie, self.csrf = secrets.token_hex(16), secrets.token_hex(10)
        sql("INSERT INTO bourse_auth.sessions (id, user_id, csrf_hash, user_ip, user_agent,"
            " user_agent_hash, methods, authenticated_at, created_at, expires_at, ends_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, 'pwd', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6),"
            " UTC_TIMESTAMP(6) + INTERVAL %s SECOND, UTC_TIMESTAMP(6) + INTERVAL 1 DAY)",
            self.session_id, self.id, digest(self.csrf), self.ip, self.agent, digest(self.agent),
            seconds)
        return self

    @property
    def session_id(self):
        return digest(self.cookie)

    def headers(self, method="GET", **more):
        headers = {"User-Agent": self.agent, "X-Forwarded-For": self.ip}
        if self.cookie:
            headers["Cookie"] = f"{COOKIE}={self.cookie}"
        if self.csrf and method not in ("GET", "HEAD"):
            headers["X-CSRF-Token"] = self.csrf
        headers.update(more)
        return {name: value for name, value in headers.items() if value is not None}

    def ask(self, method, path, query="", **more):
        """The edge's question about /api/v2/PATH."""
        return requests.request(method, f"{self.api}/api/v2/auth/api/v2/{path}{query}",
                                headers=self.headers(method, **more), timeout=30,
                                allow_redirects=False)

    def set(self, column, value):
        assert column in ("state", "role", "level", "otp")
        sql(f"UPDATE bourse_auth.users SET {column} = %s WHERE uid = %s", value, self.uid)
        announce("user", self.uid)


def digest(text):
    return hashlib.sha256(text.encode()).digest()


def refused(answer, code, status=401):
    """The answer is this refusal, and carries nothing to pass with."""
    assert (answer.status_code, answer.text) == (status, json.dumps({"errors": [code]},
                                                                    separators=(",", ":")))
    assert "Authorization" not in answer.headers
    return True


def passed(answer):
    assert answer.status_code == 200, answer.text
    assert answer.text == "" and answer.headers["Authorization"].startswith("Bearer ")
    return answer.headers["Authorization"]

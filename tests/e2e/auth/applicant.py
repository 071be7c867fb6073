"""Somebody who comes to the edge and has no account yet: signs up, follows the link of the mail, signs
in. Cookies and CSRF token are kept as a browser keeps them.

    anna = Applicant().sign_up().confirm()
    anna.get("/resource/users/me").json()["state"] == "active"
"""

import re
import secrets

import requests

from mails import letters
from world import WORLD, wait_for

TIMEOUT_S = 60
PASSWORD = "Tecohvi0-Fai5aesoL"
COOKIE = "_barong_session"
LINKS = {"confirmation": re.compile(r"confirmation_token=([\w.-]+)"),
         "reset": re.compile(r"reset_token=([\w.-]+)")}


def sql(statement, *arguments):
    """A statement about auth's tables; {} stands for the schema."""
    return WORLD.sql(statement.replace("{}", "bourse_auth"), *arguments)


def new_email():
    return f"{secrets.token_hex(8)}@example.com"


class Applicant:
    def __init__(self, email=None, password=PASSWORD, agent="Bourse-tests/1.0"):
        self.email, self.password = email or new_email(), password
        self.base = f"http://127.0.0.1:{WORLD.edge_port}/api/v2/barong"
        self.browser = requests.Session()
        self.browser.headers["User-Agent"] = agent
        self.csrf = None

    # ---- calls ----

    def call(self, method, path, **arguments):
        headers = {"X-CSRF-Token": self.csrf} if self.csrf else {}
        return self.browser.request(method, self.base + path, timeout=TIMEOUT_S,
                                    headers={**headers, **arguments.pop("headers", {})}, **arguments)

    def get(self, path, **params):
        return self.call("GET", path, params=params)

    def post(self, path, **body):
        return self.call("POST", path, json=body)

    def put(self, path, **body):
        return self.call("PUT", path, json=body)

    def delete(self, path, **params):
        return self.call("DELETE", path, params=params)

    def entered(self, answer, status):
        assert answer.status_code == status, answer.text
        self.csrf = answer.json()["csrf_token"]
        return self

    # ---- the life of an account ----

    def sign_up(self, **more):
        return self.entered(self.post("/identity/users", email=self.email, password=self.password,
                                      **more), 201)

    def try_sign_in(self, **more):
        return self.post("/identity/sessions",
                         **{"email": self.email, "password": self.password, **more})

    def sign_in(self, **more):
        return self.entered(self.try_sign_in(**more), 200)

    def confirm(self):
        return self.entered(self.post("/identity/users/email/confirm_code", token=self.token()), 201)

    def elsewhere(self, **more):
        """The same person in another browser."""
        return Applicant(self.email, self.password, **more)

    # ---- mails ----

    def tokens(self, purpose="confirmation"):
        """Of all mails, the oldest first."""
        found = (LINKS[purpose].search(one.text) for one in letters(self))
        return [one.group(1) for one in found if one]

    def token(self, known=(), purpose="confirmation"):
        """The newest that is not known."""
        found = wait_for(lambda: [one for one in self.tokens(purpose) if one not in known], what="a mail")
        return found[-1]

    def ask_reset(self):
        known = self.tokens("reset")
        answer = self.post("/identity/users/password/generate_code", email=self.email)
        assert (answer.status_code, answer.text) == (201, "201")
        return self.token(known, "reset")

    # ---- rows ----

    def row(self, column):
        assert column in ("id", "uid", "state", "role", "level", "password_digest")
        return sql(f"SELECT {column} FROM {{}}.users WHERE email = %s", self.email)[0][0]

    def set_state(self, state):
        sql("UPDATE {}.users SET state = %s WHERE email = %s", state, self.email)
        sql("INSERT INTO {}.changes (kind, `key`) VALUES ('user', %s)", self.row("uid"))

    def activities(self, topic):
        return sql("SELECT a.action, a.result, a.data FROM {}.activities a JOIN {}.users u"
                   " ON u.id = a.user_id WHERE u.email = %s AND a.topic = %s ORDER BY a.id",
                   self.email, topic)


def until_refused(person):
    """A session that was ended elsewhere is refused soon, within five seconds where nothing else runs; with
    these codes."""
    return wait_for(lambda: refusal(person), what="the end of the session")


def refusal(person):
    answer = person.get("/resource/users/me")
    return answer.json()["errors"] if answer.status_code == 401 else None

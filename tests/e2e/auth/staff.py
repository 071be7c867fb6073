"""Users of auth as its tests of the admin and management APIs need them: rows that are just there,
with a token of their own; who signs up and signs in is tested elsewhere.

    boss = staff("superadmin"); boss.put("/admin/users", uid=uid, state="banned")
"""

import json
import secrets

import requests

from members import API_TIMEOUT_S, Member, people
from world import WORLD

from management import Signer

API = f"http://127.0.0.1:{WORLD.port_base + 8}/api/v2"
AGENT = "Bourse-tests/1.0"
ADDRESS = "203.0.113.7"


def sql(statement, *arguments):
    """A statement about auth's tables; {} stands for the schema."""
    return WORLD.sql(statement.format("bourse_auth"), *arguments)


class Staff(Member):
    """Somebody with a token, who calls auth as the edge would hand it on."""

    def __init__(self, uid, role, email):
        super().__init__(uid, base=API, role=role, email=email)
        self.role, self.email = role, email

    @property
    def headers(self):
        return {**super().headers, "User-Agent": AGENT, "X-Forwarded-For": ADDRESS}

    # A permission has a parameter `path`: ours has no name.
    def post(self, path, /, **body):
        return self.call("POST", path, json=body)

    def put(self, path, /, **body):
        return self.call("PUT", path, json=body)

    def delete(self, path, /, **params):
        return self.call("DELETE", path, params=params)

    @property
    def id(self):
        return sql("SELECT id FROM {}.users WHERE uid = %s", self.uid)[0][0]

    def row(self, column):
        return sql(f"SELECT {column} FROM {{}}.users WHERE uid = %s", self.uid)[0][0]


def staff(role="member", state="active", level=3, **columns):
    """A new user of this role. `columns` of the table users replace the defaults."""
    uid = "ID" + secrets.token_hex(5).upper()
    values = {"uid": uid, "email": f"{uid.lower()}@example.com", "password_digest": "",
              "role": role, "state": state, "level": level, **columns}
    names = ", ".join(f"`{name}`" for name in values)
    sql("INSERT INTO {}.uids (uid, kind) VALUES (%s, 'user')", uid)
    sql(f"INSERT INTO {{}}.users ({names}) VALUES ({', '.join(['%s'] * len(values))})",
        *values.values())
    return Staff(uid, role, values["email"])


def superadmin():
    """The seeded one."""
    person = people()["admin"]
    return Staff(person["uid"], "superadmin", person["email"])


def label(person, key, value, scope="private"):
    sql("INSERT INTO {}.labels (user_id, `key`, value, scope) VALUES (%s, %s, %s, %s)",
        person.id, key, value, scope)


def manage(path, data=None, method="POST", **claims):
    """A call of the management API, signed as another server would."""
    signer = Signer("local", WORLD.file("keys/management.key").read_text())
    return requests.request(method, f"{API}/management{path}",
                            data=signer.document(data or {}, **claims),
                            headers={"Content-Type": "application/json"}, timeout=API_TIMEOUT_S)


def audit_rows(admin, after=0):
    """What the log says that an administrator changed: (topic, action, target, data, ip, agent)."""
    rows = sql("SELECT topic, action, target_uid, data, user_ip, user_agent FROM {}.activities"
               " WHERE user_id = %s AND category = 'admin' AND id > %s ORDER BY id",
               admin.id, after)
    return [(topic, action, target, json.loads(data), ip, agent)
            for topic, action, target, data, ip, agent in rows]


def last_activity():
    return sql("SELECT COALESCE(MAX(id), 0) FROM {}.activities")[0][0]

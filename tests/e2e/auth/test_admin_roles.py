"""Who may call which endpoint of the admin API of auth: the whole table (A-11)."""

import pytest
import requests

from administrator import NOBODY, documented
from staff import API, staff


MANAGE = ("read", "create", "update", "destroy")
EVERYTHING = ("User", "Level", "Label", "Profile", "Activity", "APIKey", "Permission",
              "Restriction", "Document")
# Reference 2.9, by hand and not from our file.
ROLES = {
    "superadmin": {verb: EVERYTHING for verb in MANAGE},
    "admin": {verb: tuple(set(EVERYTHING) - {"Activity", "Permission"}) if verb != "read"
              else EVERYTHING for verb in MANAGE},
    "technical": {"read": ("User", "Level", "Label", "Profile", "Activity", "APIKey",
                           "Restriction"),
                  **{verb: ("APIKey", "Restriction") for verb in MANAGE[1:]}},
    "accountant": {"read": ("User", "Level", "Label", "Profile", "Activity")},
    "compliance": {"read": ("Document", "User", "Level", "Label", "Profile"),
                   **{verb: ("User", "Level", "Label", "Profile") for verb in MANAGE[1:]}},
    "support": {"read": ("Label", "Level", "Profile", "Activity", "User"),
                **{verb: ("User",) for verb in MANAGE[1:]}},
    "member": {}, "trader": {}, "broker": {}, "maker": {}, "sa_maker": {}, "reporter": {},
}
LABEL = {"uid": NOBODY, "key": "phone", "value": "verified", "scope": "private"}
# (method, path): (ability, subject, parameters that get past their rules and change nothing)
TABLE = {
    ("GET", "/admin/users"): ("read", "User", {"uid": NOBODY}),
    ("POST", "/admin/users/update"): ("update", "User", {"uid": NOBODY, "state": "banned"}),
    ("PUT", "/admin/users"): ("update", "User", {"uid": NOBODY, "state": "banned"}),
    ("POST", "/admin/users/role"): ("update", "User", {"uid": NOBODY, "role": "trader"}),
    ("GET", "/admin/users/documents/pending"): ("read", "User", {"uid": NOBODY}),
    ("GET", "/admin/users/labels/list"): ("read", "User", {}),
    ("GET", "/admin/users/labels"): ("read", "User", {"key": "email", "value": "no-such"}),
    ("GET", "/admin/users/{uid}"): ("read", "User", {}),
    ("POST", "/admin/users/labels"): ("create", "Label", LABEL),
    ("POST", "/admin/users/labels/update"): ("update", "Label", LABEL),
    ("PUT", "/admin/users/labels"): ("update", "Label", LABEL),
    ("DELETE", "/admin/users/labels"): ("destroy", "Label", LABEL),
    ("DELETE", "/admin/users/data_storage"): ("destroy", "User", {"uid": NOBODY, "title": "x"}),
    # Barong asks for no ability of these, so that whoever has a token could write.
    ("POST", "/admin/users/comments"): ("update", "User",
                                        {"uid": NOBODY, "title": "t", "data": "d"}),
    ("PUT", "/admin/users/comments"): ("update", "User", {"id": "999999999"}),
    ("DELETE", "/admin/users/comments"): ("update", "User", {"id": "999999999"}),
    ("GET", "/admin/profiles"): ("read", "Profile", {}),
    ("PUT", "/admin/profiles"): ("update", "Profile", {"uid": NOBODY, "state": "verified"}),
    ("POST", "/admin/profiles"): ("create", "Profile", {"uid": NOBODY}),
    ("GET", "/admin/permissions"): ("read", "Permission", {}),
    ("POST", "/admin/permissions"): ("create", "Permission",
                                     {"role": "no-such", "verb": "get", "path": "x",
                                      "action": "accept"}),
    ("PUT", "/admin/permissions"): ("update", "Permission", {"id": "999999999"}),
    ("DELETE", "/admin/permissions"): ("destroy", "Permission", {"id": "999999999"}),
    ("GET", "/admin/restrictions"): ("read", "Restriction", {}),
    ("POST", "/admin/restrictions"): ("create", "Restriction",
                                      {"scope": "ip", "value": "no-ip",
                                       "category": "blacklist"}),
    ("PUT", "/admin/restrictions"): ("update", "Restriction", {"id": "999999999"}),
    ("DELETE", "/admin/restrictions"): ("destroy", "Restriction", {"id": "999999999"}),
    ("POST", "/admin/restrictions/whitelink"): ("create", "Restriction", {}),
    ("GET", "/admin/activities"): ("read", "Activity", {"uid": NOBODY}),
    ("GET", "/admin/activities/admin"): ("read", "Activity", {"uid": NOBODY}),
    ("GET", "/admin/api_keys"): ("read", "APIKey", {"uid": NOBODY}),
    ("GET", "/admin/levels"): ("read", "Level", {}),
    ("GET", "/admin/metrics"): ("read", "User", {}),
    ("GET", "/admin/abilities"): (None, None, {}),  # everybody may ask what he may do
}


def test_every_endpoint_is_in_the_table(stack):
    assert set(documented()) == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_roles_may_what_the_table_says(stack, role):
    person = staff(role)
    for (method, path), (verb, subject, params) in TABLE.items():
        keyword = "params" if method in ("GET", "DELETE") else "json"
        answer = person.call(method, path.replace("{uid}", NOBODY), **{keyword: params})
        allowed = verb is None or subject in ROLES[role].get(verb, ())
        where = f"{role} {method} {path}: {answer.status_code} {answer.text}"
        if allowed:
            assert answer.status_code != 401, where
        else:
            assert answer.status_code == 401, where
            assert answer.json() == {"errors": ["admin.ability.not_permitted"]}, where


def test_nobody_without_a_token(stack):
    for method, path in documented():
        answer = requests.request(method, API + path.replace("{uid}", NOBODY), timeout=30)
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.json() == {"errors": ["jwt.decode_and_verify"]}


def test_abilities_are_those_of_the_role(stack):
    assert "User" in staff("support").get("/admin/abilities").json()["manage"]
    assert staff("member").get("/admin/abilities").json() == {}

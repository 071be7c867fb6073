"""What administrators do in more than one file of tests.

    boss = superadmin(); done(restriction(boss, category="blacklist"))
"""

import secrets

import requests

from staff import API, sql

NOBODY = "ID0000000000"


def done(answer, status=200):
    assert answer.status_code == status, answer.text
    assert answer.json() == status
    return answer


PROFILE = {"first_name": "Ada", "last_name": "Lovelace", "dob": "1985-12-10",
           "address": "12 St James's Square", "postcode": "SW1Y 4JH", "city": "London",
           "country": "GB"}


def file_profile(boss, user):
    answer = boss.post("/admin/profiles", uid=user.uid, **PROFILE)
    assert answer.status_code == 201, answer.text
    assert PROFILE.items() <= {**answer.json(), "country": "GB"}.items()
    assert answer.json()["state"] == "submitted"
    return None, {"state": "submitted", "author": boss.uid}, user.uid


def address_of_test():
    return ".".join(str(byte) for byte in (198, 18, *secrets.token_bytes(2)))


def restriction(boss, **more):
    value = address_of_test()
    done(boss.post("/admin/restrictions", scope="ip", category="blacklist", value=value,
                   state="disabled", **more))
    return value, sql("SELECT id FROM {}.restrictions WHERE value = %s", value)[0][0]


def documented():
    """Every operation of the admin document, below the base of the edge."""
    document = requests.get(API + "/admin/swagger", timeout=30).json()
    for path, methods in document["paths"].items():
        path = path.removeprefix("/api/v2/barong")
        if path == "/admin/swagger" or path.startswith("/admin/oauth"):
            continue  # everybody's; and those of OAuth clients have a test of their own
        yield from ((method.upper(), path) for method in methods)


def path_of_test():
    return "api/v2/x" + secrets.token_hex(4)


def permission_row(path):
    return sql("SELECT id FROM {}.permissions WHERE path = %s", path)[0][0]


def add_permission(boss, user):
    path = path_of_test()
    done(boss.post("/admin/permissions", role="member", verb="get", path="/" + path,
                   action="accept"))
    return None, {"verb": "GET", "action": "ACCEPT", "path": path}, None

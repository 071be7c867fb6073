"""A-10: every call of the user API that names a thing, tried by another user with the owner's names. The
calls come from the OpenAPI document: one that is new is tried too, or fails here."""

import requests
from test_resource_api_keys import Owner, service_account
from visitor import signed_in, sql

from world import WORLD

# Names in paths, and whose they are. A path with another name makes the test fail.
NAMES = {"key": "label", "kid": "key", "topic": "topic", "id": "passkey"}
# What is not one user's: links with a signature of their own, and what OAuth and the edge ask.
OPEN = ("/public/", "/identity/", "/oauth2/", "/.well-known/", "/auth/", "/outbox")


def document():
    url = f"http://127.0.0.1:{WORLD.edge_port}/api/v2/barong/swagger"
    answer = requests.get(url, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def calls_that_name_something():
    for path, operations in document()["paths"].items():
        if "{" not in path or any(word in path for word in OPEN):
            continue
        for method in operations:
            yield method.upper(), path


def test_names_of_others_open_nothing(stack):
    owner, thief = Owner(), Owner()
    uid = service_account(owner.person)
    kid = owner.make()["kid"]
    account_kid = owner.call("POST", "service_accounts/api_keys", service_account_uid=uid,
                             algorithm="HS256").json()["kid"]
    assert owner.person.post("/resource/labels", key="secret-hobby", value="chess"
                             ).status_code == 201
    before = state_of(owner)
    tried = 0
    for method, path in calls_that_name_something():
        names = [word.strip("{}") for word in path.split("/") if word.startswith("{")]
        assert all(name in NAMES for name in names), f"{path}: whose is it?"
        values = {"key": "secret-hobby", "topic": "password", "id": "1",
                  "kid": account_kid if "service_accounts" in path else kid}
        target = path.replace("/api/v2/barong", "").format(**values)
        body = {"totp_code": thief.code(), "service_account_uid": uid, "state": "disabled",
                "scope": "x", "value": "stolen", "name": "stolen", "password": "x"}
        answer = (thief.person.delete(target, **body) if method == "DELETE"
                  else thief.person.get(target, service_account_uid=uid) if method == "GET"
                  else thief.person.call(method, target, json=body))
        # 422: the thief has nothing of his own to show; 403: he must step up first.
        assert answer.status_code in (403, 404, 422), f"{method} {target}: {answer.status_code}"
        assert "secret-hobby" not in answer.text and "chess" not in answer.text
        tried += 1
    assert tried >= 8
    assert state_of(owner) == before


def state_of(owner):
    user_id = owner.person.row["id"]
    return [sql(statement, user_id) for statement in (
        "SELECT `key`, value, scope, updated_at FROM {}.labels WHERE user_id = %s ORDER BY id",
        "SELECT kid, state, scope, updated_at FROM {}.api_keys WHERE user_id = %s",
        "SELECT k.kid, k.state, k.scope, k.updated_at FROM {}.api_keys k JOIN"
        " {}.service_accounts s ON s.id = k.service_account_id WHERE s.owner_id = %s"
        .replace("{}", "{0}"))]


def test_lists_show_only_what_is_mine(stack):
    owner, thief = Owner(), signed_in()
    owner.make()
    service_account(owner.person)
    owner.person.post("/resource/profiles", first_name="Canary")
    owner.person.post("/resource/data_storage", title="personal", data='"private"')
    for path in ("api_keys", "service_accounts", "profiles/me", "documents", "phones"):
        assert thief.get(f"/resource/{path}").json() == [], path
    assert "Canary" not in thief.get("/resource/users/me").text

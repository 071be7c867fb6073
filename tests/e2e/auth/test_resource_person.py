"""What a user says of himself: labels, profiles, data, his password, and leaving (reference barong.md
§1.3, §7.6, §7.9)."""

import json

import pytest
from visitor import AGENT, PASSWORD, Visitor, errors, newcomer, signed_in, sql, totp

from world import WORLD, wait_for

PROFILE = {"first_name": "Oliver", "last_name": "Kahn", "dob": "1990-05-31",
           "address": "28~1/2 \"Kevin & Brook\": (Miami, USA)", "postcode": "SW1A 2AA",
           "city": "Saint-Denis", "country": "FR"}


def said(answer, status, *codes):
    """The answer is this refusal."""
    assert (answer.status_code, errors(answer)) == (status, list(codes)), answer.text


def labels_of(person, scope="private"):
    return {row["key"]: row["value"] for row in person.get("/resource/labels").json()
            if row["scope"] == scope}


@pytest.fixture
def anna(stack):
    return signed_in()


# ---- who I am ----

def test_me_has_all_that_belongs_to_me(anna):
    shown = anna.get("/resource/users/me")
    assert shown.status_code == 200
    body = shown.json()
    assert set(body) == {"email", "uid", "role", "level", "otp", "state", "referral_uid",
                         "referal_uid", "data", "username", "labels", "phones", "phone", "profiles",
                         "data_storages", "created_at", "updated_at"}
    assert (body["email"], body["level"], body["phone"]) == (anna.email, 3, body["phones"])


def test_without_a_session_nothing_is_shown(stack):
    nobody = Visitor("nobody@example.com")
    for method, path in (("GET", "users/me"), ("GET", "labels"), ("GET", "profiles/me"),
                         ("GET", "documents"), ("GET", "phones"), ("GET", "api_keys")):
        assert nobody.call(method, f"/resource/{path}").status_code == 401


def test_data_is_json_of_a_bounded_length(anna):
    said(anna.put("/resource/users/me"), 422, "resource.user.missing_data",
         "resource.user.empty_data")
    said(anna.put("/resource/users/me", data=""), 422, "resource.user.empty_data")
    said(anna.put("/resource/users/me", data=None), 422, "resource.user.empty_data")
    said(anna.put("/resource/users/me", data="{ bar: baz }"), 422, "data.invalid_format")
    said(anna.put("/resource/users/me", data=json.dumps("x" * 1024)), 422, "data.too_long")
    text = '{"note":"' + "é" * 1000 + '"}'
    assert anna.put("/resource/users/me", data=text).status_code == 200
    text = json.dumps({"language": "de"})
    answer = anna.put("/resource/users/me", data=text)
    assert (answer.status_code, answer.json()["data"]) == (200, text)


# ---- labels ----

def test_labels_are_listed_in_their_order_and_changed_when_public(anna):
    listed = anna.get("/resource/labels").json()
    assert [row["key"] for row in listed] == ["email", "phone", "document"]
    answer = anna.post("/resource/labels", key="  HoBby ", value="Chess")
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in ("key", "value", "scope")} == {
        "key": "hobby", "value": "chess", "scope": "public"}
    said(anna.post("/resource/labels", key="hobby", value="chess"), 422, "key.taken")
    descending = anna.get("/resource/labels", ordering="desc").json()
    assert [row["key"] for row in descending] == ["hobby", "document", "phone", "email"]
    said(anna.get("/resource/labels", ordering="up"), 422, "value")
    assert anna.call("PATCH", "/resource/labels/hobby", json={"value": "golf"}).status_code == 200
    assert anna.get("/resource/labels/hobby").json()["value"] == "golf"
    said(anna.call("PATCH", "/resource/labels/hobby", json={"value": "a b"}), 422, "value.invalid")
    answer = anna.delete("/resource/labels/hobby")
    assert (answer.status_code, answer.text) == (204, "")
    said(anna.get("/resource/labels/hobby"), 404, "record.not_found")
    said(anna.delete("/resource/labels/hobby"), 404, "record.not_found")


def test_private_labels_are_the_platforms(anna):
    said(anna.call("PATCH", "/resource/labels/email", json={"value": "none"}), 400,
         "resource.labels.private")
    said(anna.delete("/resource/labels/email"), 400, "resource.labels.private")
    assert labels_of(anna)["email"] == "verified"


@pytest.mark.parametrize("key, value", [("lock", "yes"), ("delete", "yes"), ("document", "verified"),
                                        ("phone", "verified"), ("email", "verified")])
def test_a_public_label_never_moves_level_or_state(stack, key, value):
    """A-12: who names a label `document` is not verified, and `lock` locks nobody."""
    person = signed_in(level=1)
    assert person.post("/resource/labels", key=key, value=value).status_code == 201
    assert person.post("/resource/profiles", **PROFILE).status_code == 201  # a private label moves
    row = person.row
    assert (row["level"], row["state"]) == (1, "active")


def test_wrong_labels_say_what_is_wrong(anna):
    said(anna.post("/resource/labels"), 422, "resource.label.missing_key",
         "resource.label.empty_key", "resource.label.missing_value", "resource.label.empty_value")
    said(anna.post("/resource/labels", key="ab", value="abc"), 422, "key.too_short")
    said(anna.post("/resource/labels", key="a" * 256, value="abc"), 422, "key.too_long")
    said(anna.post("/resource/labels", key="a.b.c", value="abc"), 422, "key.invalid")
    said(anna.post("/resource/labels", key="a!", value="b!"), 422, "key.too_short", "key.invalid",
         "value.too_short", "value.invalid")
    assert anna.post("/resource/labels", key="sport", value="chess").status_code == 201
    said(anna.post("/resource/labels", key="sport", value="x!x"), 422, "key.taken",
         "value.invalid")
    said(anna.call("PATCH", "/resource/labels/sport", json={"value": "x"}), 422,
         "value.too_short")
    assert anna.delete("/resource/labels/sport").status_code == 204


# ---- profiles ----

def test_a_profile_is_drafted_then_submitted_then_closed(anna):
    assert anna.get("/resource/profiles/me").json() == []
    answer = anna.post("/resource/profiles")
    assert (answer.status_code, answer.json()["state"]) == (201, "drafted")
    assert labels_of(anna)["profile"] == "drafted"
    said(anna.post("/resource/profiles", **PROFILE), 422, "state.exists")
    answer = anna.put("/resource/profiles", **PROFILE)
    assert (answer.status_code, answer.json()["state"]) == (200, "drafted")
    answer = anna.put("/resource/profiles", confirm=True, metadata=json.dumps({"a": 1}))
    body = answer.json()
    assert (body["state"], body["last_name"], body["dob"], body["metadata"]) == (
        "submitted", "K***", "1990-05-**", '{"a": 1}')
    assert body["address"] == PROFILE["address"]
    assert labels_of(anna)["profile"] == "submitted"
    said(anna.put("/resource/profiles", city="Lyon"), 404,
         "resource.profile.doesnt_exist_or_not_editable")
    said(anna.post("/resource/profiles", **PROFILE), 422, "state.exists")
    assert [row["state"] for row in anna.get("/resource/profiles/me").json()] == ["submitted"]


def test_what_identifies_a_person_is_sealed_in_the_table(anna):
    assert anna.post("/resource/profiles", **PROFILE).status_code == 201
    rows = sql("SELECT first_name, last_name, dob, address FROM {}.profiles WHERE user_id = %s",
               anna.row["id"])
    for sealed, clear in zip(rows[0], ("Oliver", "Kahn", "1990-05-31", "Miami")):
        assert clear not in sealed


def test_wrong_profiles_say_what_is_wrong(anna):
    said(anna.post("/resource/profiles", first_name="J@ck", last_name="<b>", city="a@b",
                   postcode="1", address="me@home", country="Germany"), 422,
         "first_name.invalid", "last_name.invalid", "city.invalid", "postcode.too_short",
         "address.invalid", "country.must have alpha2 or alpha3 format")
    said(anna.post("/resource/profiles", dob="soon"), 422, "invalid")
    said(anna.post("/resource/profiles", dob="2999-01-01"), 422, "dob.invalid")
    said(anna.post("/resource/profiles", metadata="{ bar: baz }"), 422, "metadata.invalid_format")
    assert anna.get("/resource/profiles/me").json() == []
    korean = {"first_name": "\uc21c\uc2e0", "last_name": "\uc774", "dob": "31/05/1990"}
    answer = anna.post("/resource/profiles", **korean)
    assert (answer.status_code, answer.json()["first_name"]) == (201, korean["first_name"])


def test_of_two_profiles_at_once_one_is_filed(anna):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: anna.post("/resource/profiles", **PROFILE), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]


# ---- data storage ----

def test_data_storage_keeps_one_thing_for_each_title(anna):
    answer = anna.post("/resource/data_storage", title="personal", data='{"a":1}')
    assert (answer.status_code, answer.text) == (201, "201")
    assert labels_of(anna)["personal"] == "recorded"
    assert [row["title"] for row in anna.get("/resource/users/me").json()["data_storages"]] == [
        "personal"]
    said(anna.post("/resource/data_storage", title="personal", data="{}"), 422, "title.taken")
    said(anna.post("/resource/data_storage", title="profile", data="x"), 422, "title.inclusion",
         "title.exclusion", "data.invalid_format")
    said(anna.post("/resource/data_storage", title="company", data=json.dumps("x" * 5200)), 422,
         "data.too_long")
    said(anna.post("/resource/data_storage"), 422, "resource.datastorage.missing_title",
         "resource.datastorage.empty_title", "resource.datastorage.missing_data",
         "resource.datastorage.empty_data")


# ---- what I did ----

def test_activities_are_mine_newest_first_and_paged(anna):
    anna.put("/resource/users/password", old_password="wrong", new_password="aB3dEfgh.iJ",
             confirm_password="aB3dEfgh.iJ")
    answer = anna.get("/resource/users/activity/all", limit=1, page=2)
    assert (answer.headers["Total"], answer.headers["Page"], answer.headers["Per-Page"]) == (
        "2", "2", "1")
    row = answer.json()[0]
    assert (row["topic"], row["action"], row["result"]) == ("session", "login", "succeed")
    assert row["user_agent"] == AGENT
    rows = anna.get("/resource/users/activity/password").json()
    assert [(row["action"], row["result"]) for row in rows] == [("password change", "failed")]
    assert len(anna.get("/resource/users/activity/all", result="failed").json()) == 1
    said(anna.get("/resource/users/activity/otp"), 422, "resource.user.no_activity")
    said(anna.get("/resource/users/activity/all", time_to=1), 422, "resource.user.no_activity")
    said(anna.get("/resource/users/activity/everything"), 422, "resource.user.wrong_topic")
    said(anna.get("/resource/users/activity/all", time_from="x"), 422,
         "resource.user.non_integer_time_from")
    said(anna.get("/resource/users/activity/all", limit=101, page=0), 422, "non_positive_page",
         "invalid_limit")


# ---- the password ----

def test_a_new_password_signs_in_and_ends_the_other_sessions(anna):
    other = anna.elsewhere()
    assert other.sign_in().status_code == 200
    new = "Xwqe213PZCXwe"
    said(anna.put("/resource/users/password"), 422,
         *(f"resource.user.{what}_{name}" for name in ("old_password", "new_password",
                                                       "confirm_password")
           for what in ("missing", "empty")))
    body = {"old_password": PASSWORD, "new_password": new, "confirm_password": new}
    said(anna.put("/resource/users/password", **{**body, "confirm_password": "x"}), 422,
         "resource.password.doesnt_match")
    said(anna.put("/resource/users/password", **{**body, "old_password": "x"}), 400,
         "resource.password.prev_pass_not_correct")
    said(anna.put("/resource/users/password", old_password=PASSWORD, new_password=PASSWORD,
                  confirm_password=PASSWORD), 400, "resource.password.no_change_provided")
    said(anna.put("/resource/users/password", old_password=PASSWORD, new_password="Simple",
                  confirm_password="Simple"), 422, "password.requirements")
    answer = anna.put("/resource/users/password", **body)
    assert (answer.status_code, answer.text) == (201, "201")
    assert anna.get("/resource/users/me").status_code == 200
    wait_for(lambda: other.get("/resource/users/me").status_code == 401, what="the other's end")
    assert anna.elsewhere().sign_in().status_code == 401
    assert Visitor(anna.email, new).sign_in().status_code == 200


# ---- leaving ----

def test_who_leaves_is_deleted_and_comes_in_no_more(anna):
    said(anna.delete("/resource/users/me"), 422, "resource.user.missing_password",
         "resource.user.empty_password")
    said(anna.delete("/resource/users/me", password="wrong"), 422,
         "resource.user.invalid_password")
    answer = anna.delete("/resource/users/me", password=PASSWORD)
    assert (answer.status_code, answer.text) == (200, "200")
    assert anna.row["state"] == "deleted"
    wait_for(lambda: anna.get("/resource/users/me").status_code == 401, what="the end")
    assert anna.elsewhere().sign_in().json() == {"errors": ["identity.session.deleted"]}


def test_leaving_needs_the_second_factor(anna):
    seed = anna.otp_enable()
    said(anna.delete("/resource/users/me", password=PASSWORD), 422,
         "resource.user.missing_otp_code")
    said(anna.delete("/resource/users/me", password=PASSWORD, otp_code=" "), 422,
         "resource.user.empty_otp_code")
    said(anna.delete("/resource/users/me", password=PASSWORD, otp_code="000000"), 422,
         "resource.user.invalid_otp")
    assert anna.delete("/resource/users/me", password=PASSWORD,
                       otp_code=totp(seed)).status_code == 200


def test_passwords_are_not_guessed_without_end(stack):
    person = newcomer()
    assert person.sign_in().status_code == 200
    answers = [person.delete("/resource/users/me", password="wrong").status_code
               for _ in range(int(WORLD.env("auth").get("LIMIT_SIGN_IN_ACCOUNT", 50)) + 3)]
    assert answers[0] == 422 and answers[-1] == 429

"""The management API of auth: calls of other servers, signed; their answers, refusals, and what they
leave in the tables."""

import base64
import crypt
import hashlib
import hmac
import json
import secrets
import struct
import time

import jwt as pyjwt
import pytest
import requests

from members import private_key
from staff import API, label, manage, sql, staff

from management import Signer
from world import WORLD

NOBODY = "ID0000000000"
PROFILE = {"first_name": "Ada", "last_name": "Lovelace", "dob": "1985-12-10",
           "address": "12 St James's Square", "postcode": "SW1Y 4JH", "city": "London",
           "country": "GB"}
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
                       "hgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture
def user(stack):
    return staff()


def error(answer, status=422):
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json()["error"]


def made(answer, status=201):
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json()


def new_email():
    return f"u{secrets.token_hex(6)}@example.com"


def new_number():
    return "44741" + f"{secrets.randbelow(10**7):07d}"


# ---- the door ----

def test_who_may_not_call(stack):
    url = f"{API}/management/timestamp"
    good = {"Content-Type": "application/json"}
    signer = Signer("local", WORLD.file("keys/management.key").read_text())
    stranger = Signer("stranger", WORLD.file("keys/management.key").read_text())
    assert error(requests.get(url, timeout=30), 405) == "Only POST and PUT verbs are allowed."
    assert error(requests.post(url + "?a=1", timeout=30), 400) == (
        "Query parameters are not allowed.")
    assert error(requests.post(url, data="{}", timeout=30), 400) == "Only JSON body is accepted."
    assert error(requests.post(url, data="{", headers=good, timeout=30), 400) == (
        "Couldn't parse JWT.")
    assert error(requests.post(url, data=stranger.document({}), headers=good, timeout=30), 401) == (
        "Not enough signatures for the action.")
    for claims in ({"exp": 1}, {"jti": None}, {"iat": 4102444800, "exp": 4102448400}):
        document = signer.document({}, **claims)
        assert error(requests.post(url, data=document, headers=good, timeout=30), 401) == (
            "Failed to verify JWT.")
    once = signer.document({})
    assert made(requests.post(url, data=once, headers=good, timeout=30), 200)["timestamp"] == (
        pytest.approx(time.time(), abs=60))
    assert error(requests.post(url, data=once, headers=good, timeout=30), 401) == (
        "Failed to verify JWT.")


def test_the_edge_does_not_let_them_in(stack):
    answer = requests.post(f"http://127.0.0.1:{WORLD.edge_port}/api/v2/barong/management/timestamp",
                           timeout=30)
    assert answer.status_code == 401
    assert answer.json() == {"errors": ["authz.permission_denied"]}


# ---- users ----

def test_get_a_user(user):
    number = new_number()
    made(manage("/phones", {"uid": user.uid, "number": number}))
    for key, value in (("uid", user.uid), ("email", user.email), ("phone_num", "+" + number)):
        shown = made(manage("/users/get", {key: value}))
        assert shown["uid"] == user.uid and shown["phones"][0]["number"] == number
        assert {"labels", "profiles", "documents", "data_storages", "comments"} <= set(shown)
    assert error(manage("/users/get", {"uid": user.uid, "email": user.email})) == (
        "uid, email, phone_num are mutually exclusive")
    assert error(manage("/users/get", {})) == (
        "uid, email, phone_num are missing, exactly one parameter must be provided")
    assert error(manage("/users/get", {"uid": NOBODY}), 404) == "Record is not found"
    assert error(manage("/users/get", {"phone_num": "12"}), 404) == "Record is not found"


def test_list_users(user):
    state = "s" + secrets.token_hex(4)
    people = [staff(state=state) for _ in range(3)]
    answer = manage("/users/list", {"state": state, "limit": 2, "page": 2})
    assert [row["uid"] for row in made(answer, 200)] == [people[2].uid]
    assert (answer.headers["Total"], answer.headers["Per-Page"]) == ("3", "2")
    (row,) = made(manage("/users/list", {"uid": people[0].uid, "extended": True}), 200)
    assert row["profiles"] == []


def test_create_a_user(stack):
    email = new_email()
    referrer = staff()
    shown = made(manage("/users", {"email": email, "password": "Qq9-vv_Ttz4k",
                                   "referral_uid": referrer.uid}))
    assert (shown["email"], shown["state"], shown["level"], shown["referral_uid"]) == (
        email, "pending", 0, referrer.uid)
    stored = sql("SELECT password_digest FROM {}.users WHERE email = %s", email)[0][0]
    assert stored.startswith("$argon2id$")
    assert error(manage("/users", {"email": email, "password": "Qq9-vv_Ttz4k"})) == [
        "Email has already been taken"]
    assert error(manage("/users", {"email": "nonsense", "password": "Password1"})) == [
        "Email is invalid", "Password weak"]
    assert error(manage("/users", {"email": new_email(), "password": "short"})) == [
        "Password requirements"]
    assert error(manage("/users", {"password": ""})) == (
        "email is missing, email is empty, password is empty")


def test_update_a_user(user):
    shown = made(manage("/users/update", {"uid": user.uid, "role": "trader",
                                          "data": json.dumps({"language": "de"})}))
    assert (shown["role"], shown["data"]) == ("trader", '{"language": "de"}')
    assert error(manage("/users/update", {"uid": NOBODY, "role": "trader"})) == (
        "user.doesnt_exist")
    assert error(manage("/users/update", {"uid": user.uid})) == (
        "role, data are missing, at least one parameter must be provided")
    # One broken rule undoes the whole call.
    assert error(manage("/users/update", {"uid": user.uid, "role": "no-such", "data": "{}"})) == [
        "Role doesnt_exist"]
    assert (user.row("role"), user.row("data")) == ("trader", '{"language": "de"}')


def bcrypt_of(password):
    return crypt.crypt(password, "$2b$10$" + secrets.token_hex(11))


def test_import_with_a_bcrypt_digest_signs_in_and_is_hashed_anew(stack):
    email, password, number = new_email(), "Ancient-Secret-77", new_number()
    digest = bcrypt_of(password)
    shown = made(manage("/users/import", {"email": email, "password_digest": digest,
                                          "phone": number, "state": "verified", **PROFILE}))
    assert shown["profiles"][0]["last_name"] == "Lovelace"
    assert shown["profiles"][0]["state"] == "verified"
    (phone,) = made(manage("/phones/get", {"uid": shown["uid"]}))
    assert phone["number"] == number and phone["validated_at"]

    url = f"http://127.0.0.1:{WORLD.edge_port}/api/v2/barong/identity/sessions"
    wrong = requests.post(url, json={"email": email, "password": "Wrong-Secret-77"}, timeout=30)
    assert wrong.status_code == 401
    answer = requests.post(url, json={"email": email, "password": password}, timeout=30)
    assert answer.status_code == 200 and answer.json()["uid"] == shown["uid"]
    stored = sql("SELECT password_digest FROM {}.users WHERE email = %s", email)[0][0]
    assert stored.startswith("$argon2id$")


def test_import_refusals(stack):
    good = {"email": new_email(), "password_digest": bcrypt_of("x")}
    assert error(manage("/users/import", {**good, "phone": "12"})) == ["Number is invalid"]
    assert error(manage("/users/import", {**good, "country": "Atlantis"})) == [
        "Country must have alpha2 or alpha3 format"]
    assert sql("SELECT COUNT(*) FROM {}.users WHERE email = %s", good["email"]) == ((0,),)
    for digest in ("plain", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA", "$2b$10$short"):
        assert error(manage("/users/import", {**good, "password_digest": digest})) == [
            "Password digest is invalid"]
    made(manage("/users/import", good))
    assert error(manage("/users/import", good)) == "User already exists by this email"


def test_profiles(user):
    shown = made(manage("/profiles", {"uid": user.uid, "state": "verified", **PROFILE}))
    assert shown["profiles"][0]["state"] == "verified"
    assert error(manage("/profiles", {"uid": NOBODY})) == "user.doesnt_exist"
    assert error(manage("/profiles", {"uid": user.uid, "dob": "2999-01-01"})) == [
        "Dob is invalid"]
    bad = {"uid": user.uid, "address": "@", "postcode": "1", "city": "#"}
    assert error(manage("/profiles", bad)) == [
        "City is invalid", "Postcode is too short (minimum is 2 characters)",
        "Address is invalid"]


# ---- labels ----

def test_labels(stack):
    person = staff(state="pending", level=0)
    body = {"user_uid": person.uid, "key": "Email", "value": "Verified", "description": "seen"}
    shown = made(manage("/labels", body))
    assert (shown["key"], shown["value"], shown["scope"]) == ("email", "verified", "private")
    assert (person.row("state"), person.row("level")) == ("active", 1)
    assert error(manage("/labels", body)) == {"key": ["has already been taken"]}
    assert error(manage("/labels", {**body, "key": "x"})) == {
        "key": ["is too short (minimum is 3 characters)"]}
    assert error(manage("/labels", {**body, "key": "other", "description": "d" * 256})) == {
        "description": ["is too long (maximum is 255 characters)"]}
    assert error(manage("/labels", {**body, "key": "x!", "value": "y!z"})) == {
        "key": ["is too short (minimum is 3 characters)", "is invalid"], "value": ["is invalid"]}
    (row,) = made(manage("/labels/list", {"user_uid": person.uid}))
    assert row["description"] == "seen"

    changed = {"user_uid": person.uid, "key": "tier", "value": "gold"}
    assert error(manage("/labels", {**changed, "replace": False}, "PUT"), 404) == (
        "label doesnt exist")
    assert made(manage("/labels", changed, "PUT"), 200)["value"] == "gold"
    assert made(manage("/labels", {**changed, "value": "iron"}, "PUT"), 200)["value"] == "iron"

    gone = {"user_uid": person.uid, "key": "email"}
    answer = manage("/labels/delete", gone)
    assert (answer.status_code, answer.text) == (204, "")
    assert (person.row("state"), person.row("level")) == ("pending", 0)
    assert error(manage("/labels/delete", gone), 404) == "Record is not found"
    assert error(manage("/labels/list", {"user_uid": NOBODY}), 404) == "Record is not found"
    assert error(manage("/labels/list", {})) == "user_uid is missing, user_uid is empty"


def test_public_labels_are_not_touched(user):
    label(user, "tier", "iron", "public")
    made(manage("/labels", {"user_uid": user.uid, "key": "tier", "value": "gold"}, "PUT"), 200)
    rows = sql("SELECT value, scope FROM {}.labels WHERE user_id = %s ORDER BY scope", user.id)
    assert set(rows) == {("gold", "private"), ("iron", "public")}


def test_users_by_label(user):
    value = "v" + secrets.token_hex(4)
    label(user, "tier", value)
    made(manage("/profiles", {"uid": user.uid, **PROFILE}))
    (row,) = made(manage("/labels/filter/users", {"key": "tier", "value": value}), 200)
    assert row["uid"] == user.uid
    (row,) = made(manage("/labels/filter/users",
                         {"key": "tier", "value": value, "extended": True}), 200)
    assert row["profiles"][0]["last_name"] == "L*******"
    assert made(manage("/labels/filter/users",
                       {"key": "tier", "value": value, "scope": "public"}), 200) == []


# ---- phones ----

def test_phones(user):
    number = new_number()
    body = {"uid": user.uid, "number": "+" + number}
    shown = made(manage("/phones", body))
    assert (shown["number"], shown["country"]) == (number, "GB") and shown["validated_at"]
    assert error(manage("/phones", body), 400) == "management.phone.number_exist"
    assert error(manage("/phones", {"uid": staff().uid, "number": number}), 400) == (
        "management.phone.number_exist")
    assert error(manage("/phones", {**body, "number": "123"}), 400) == (
        "management.phone.invalid_num")
    assert error(manage("/phones/get", {"uid": NOBODY})) == "user.doesnt_exist"
    assert made(manage("/phones/delete", body))["number"] == number
    assert error(manage("/phones/delete", body)) == "management.phone.doesnt_exists"
    assert made(manage("/phones/get", {"uid": user.uid})) == []
    assert sql("SELECT COUNT(*) FROM {}.labels WHERE user_id = %s", user.id) == ((0,),)


# ---- documents ----

def test_documents(user):
    body = {"uid": user.uid, "doc_type": "Passport", "doc_number": "AB123456", "filename": "p",
            "file_ext": ".png", "doc_expire": "2999-01-01",
            "upload": base64.b64encode(PNG).decode()}
    answer = manage("/documents", body)
    assert answer.status_code == 201, answer.text
    (document,) = made(manage("/users/get", {"uid": user.uid}))["documents"]
    assert document["doc_number"] == "AB123456" and document["upload"]["url"]
    assert error(manage("/documents", {**body, "uid": NOBODY})) == "user doesnt exist"
    assert error(manage("/documents", {**body, "upload": "not base64!"})) == "upload is invalid"
    bad = base64.b64encode(b"<?php evil(); ?>").decode()
    assert manage("/documents", {**body, "upload": bad}).status_code == 422
    assert error(manage("/documents", {**body, "doc_type": "Ticket", "doc_number": "@"})) == [
        "Doc type is not included in the list", "Doc number is invalid"]


# ---- otp/sign ----

def enable_otp(person):
    """Turns one-time codes on by the contract; the seed."""
    envelope = person.post("/resource/otp/generate_qrcode").json()
    seed = base64.b32decode(_pad(envelope["data"]["url"].split("secret=")[1].split("&")[0]))
    while True:
        step = int(time.time()) // 30
        answer = person.post("/resource/otp/enable", code=code_of(seed, -1))
        if answer.status_code == 201:
            return seed
        assert int(time.time()) // 30 != step, answer.text  # it was too old when it came


def _pad(text):
    return text + "=" * (-len(text) % 8)


def code_of(seed, step=0):
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(seed, counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def test_a_document_is_signed_for_a_good_code(user):
    label(user, "email", "verified")  # or the label of the second factor would make him pending
    signer = Signer("local", WORLD.file("keys/management.key").read_text())
    document = json.loads(signer.document({"amount": "1.0"}))
    body = {"user_uid": user.uid, "otp_code": "000000", "jwt": document}
    assert error(manage("/otp/sign", body)) == "Account has not enabled 2FA"
    seed = enable_otp(user)
    assert error(manage("/otp/sign", body)) == "OTP code is invalid"

    # What could pass for a token of ours is not signed, and no code is used up for it.
    forged = json.loads(signer.document({}, sub="session", uid=NOBODY))
    assert "names a subject" in error(manage("/otp/sign", {**body, "jwt": forged}))
    assert error(manage("/otp/sign", {**body, "jwt": {"a": 1}})) == "jwt is invalid"

    code = code_of(seed)
    signed = made(manage("/otp/sign", {**body, "otp_code": code}))
    assert signed["payload"] == document["payload"]
    assert signed["signatures"][0] == document["signatures"][0]
    ours = signed["signatures"][1]
    assert ours["header"] == {"kid": "barong"}
    compact = f"{ours['protected']}.{signed['payload']}.{ours['signature']}"
    claims = pyjwt.decode(compact, private_key("jwt").public_key(), algorithms=["RS256"])
    assert claims["data"] == {"amount": "1.0"}
    # Single use.
    assert manage("/otp/sign", {**body, "otp_code": code}).status_code == 422
    assert error(manage("/otp/sign", {**body, "user_uid": NOBODY}), 404) == "Record is not found"


# ---- service accounts ----

def test_service_accounts(user):
    path = "/service_accounts"
    shown = made(manage(path + "/create", {"service_account_role": "trader",
                                           "owner_uid": user.uid}))
    uid = shown["uid"]
    local, domain = user.email.split("@")
    assert uid.startswith("SI") and shown["email"] == f"{local}+{uid}@{domain}"
    assert (shown["level"], shown["state"], shown["user"]["uid"]) == (3, "active", user.uid)
    assert made(manage(path + "/get", {"uid": uid}), 200)["role"] == "trader"
    assert made(manage(path + "/get", {"email": shown["email"]}), 200)["uid"] == uid
    (row,) = made(manage(path + "/list", {"owner_uid": user.uid}), 200)
    assert row["uid"] == uid
    assert len(made(manage(path + "/list", {"owner_uid": NOBODY}), 200)) >= 1

    orphan = made(manage(path + "/create", {
        "service_account_role": "trader", "service_account_uid": "SI" + secrets.token_hex(4),
        "service_account_email": new_email(), "service_account_state": "active",
        "service_account_level": 2}))
    assert (orphan["level"], orphan["state"], orphan["user"]) == (2, "active", None)
    again = {"service_account_role": "trader", "service_account_uid": orphan["uid"]}
    assert error(manage(path + "/create", again)) == ["Email or uid not_uniq"]
    again = {"service_account_role": "trader", "service_account_email": orphan["email"]}
    assert error(manage(path + "/create", again)) == ["Email or uid not_uniq"]
    assert error(manage(path + "/create", {"service_account_role": "no-such"})) == [
        "Role doesnt_exist"]
    assert error(manage(path + "/create", {"service_account_role": "trader",
                                           "service_account_email": "nonsense"})) == [
        "Email is invalid"]

    taken = made(manage(path + "/update", {"uid": orphan["uid"], "owner_uid": user.uid}))
    assert (taken["level"], taken["user"]["uid"]) == (3, user.uid)
    assert error(manage(path + "/update", {"uid": "SInothing"})) == (
        "Service account doesnt exist")
    assert made(manage(path + "/delete", {"uid": uid}), 200)["state"] == "disabled"
    assert error(manage(path + "/delete", {"uid": "SInothing"}), 404) == "Record is not found"
    assert error(manage(path + "/get", {"uid": "SInothing"}), 404) == "Record is not found"


# ---- API keys ----

def test_api_keys_are_off_unless_switched_on(user):
    body = {"algorithm": "HS256", "uid": user.uid}
    assert error(manage("/api_keys", body)) == "disabled_management_endpoint"
    assert error(manage("/api_keys", {**body, "uid": "SI1"})) == "disabled_management_endpoint"
    assert error(manage("/api_keys", {**body, "uid": "XX1"})) == "uid_prefix_doesnt_exist"
    assert error(manage("/api_keys/update", {"uid": user.uid, "kid": "x"})) == (
        "disabled_management_endpoint")


# ---- the whole document ----

SCOPES = {"tools", "read_users", "write_users", "read_labels", "write_labels", "read_phones",
          "write_phones", "otp_sign", "write_documents", "read_service_accounts",
          "write_service_accounts", "write_apikeys"}


def test_every_call_asks_for_a_signature(stack):
    document = requests.get(API + "/management/swagger", timeout=30).json()
    operations = [(method.upper(), path) for path, methods in document["paths"].items()
                  for method in methods if not path.endswith("/swagger")]
    assert len(operations) >= 22
    stranger = Signer("stranger", WORLD.file("keys/management.key").read_text())
    for method, path in operations:
        answer = requests.request(method, API.removesuffix("/api/v2") + path,
                                  data=stranger.document({}),
                                  headers={"Content-Type": "application/json"}, timeout=30)
        assert answer.status_code == 401, f"{method} {path}: {answer.text}"

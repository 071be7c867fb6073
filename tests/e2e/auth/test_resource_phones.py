"""Telephone numbers and the codes that prove them (reference barong.md §2.5, §7.4; A-14)."""

import re
import secrets

import pytest
from peers import Twilio
from visitor import errors, signed_in, sql

from world import WORLD

VERIFIED = "resource.phone.verification_invalid"


def new_number():
    return "4474" + "".join(secrets.choice("0123456789") for _ in range(8))


def said(answer, status, *codes):
    assert (answer.status_code, errors(answer)) == (status, list(codes)), answer.text


def messages(number):
    """What was sent to the number, the oldest first."""
    texts = [path.read_text() for path in sorted(WORLD.file("sms").glob("*.txt"))]
    return [text for text in texts if text.startswith(f"To: +{number}\n")]


def code_of(text):
    return re.search(r"(\d+)\s*$", text).group(1)


def with_phone(person, number):
    answer = person.post("/resource/phones", phone_number=number)
    assert (answer.status_code, answer.json()) == (
        201, {"message": "Code was sent successfully via sms"})
    return code_of(messages(number)[-1])


def verified(person, number):
    code = with_phone(person, number)
    answer = person.post("/resource/phones/verify", phone_number=number, verification_code=code)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def anna(stack):
    return signed_in(level=1)


def test_a_phone_is_added_and_proven_by_its_code(anna):
    number = new_number()
    code = with_phone(anna, number)
    assert re.fullmatch(r"\d{5}", code)
    shown = anna.get("/resource/phones").json()
    assert shown == [{"country": "GB", "number": f"44******{number[-4:]}", "validated_at": None}]
    answer = anna.post("/resource/phones/verify", phone_number=number, verification_code=code)
    body = answer.json()
    assert (answer.status_code, body["level"]) == (201, 2)
    assert re.fullmatch(r"[-\d]+T[:\d]+\.\d{3}Z", body["phones"][0]["validated_at"])
    labels = {row["key"]: row["value"] for row in body["labels"] if row["scope"] == "private"}
    assert labels["phone"] == "verified"


def test_spellings_of_a_number_are_one_number(anna):
    number = new_number()
    verified(signed_in(), number)
    for spelling in (number, f"+{number}", f"++{number}", f"+44 0{number[2:]}",
                     f"+44 (0) {number[2:6]}-{number[6:]}"):
        for path in ("", "/send_code"):
            said(anna.post(f"/resource/phones{path}", phone_number=spelling), 400,
                 "resource.phone.number_exist")
        said(anna.post("/resource/phones/verify", phone_number=spelling,
                       verification_code="12345"), 400, "resource.phone.number_exist")


def test_wrong_requests_say_what_is_wrong(anna):
    said(anna.post("/resource/phones"), 422, "resource.phone.missing_phone_number",
         "resource.phone.empty_phone_number")
    said(anna.post("/resource/phones", phone_number=""), 422,
         "resource.phone.empty_phone_number")
    said(anna.post("/resource/phones", phone_number="123"), 400, "resource.phone.invalid_num")
    said(anna.post("/resource/phones", phone_number=new_number(), channel="pigeon"), 422,
         "resource.phone.invalid_channel")
    said(anna.post("/resource/phones/verify", phone_number="", verification_code=""), 422,
         "resource.phone.empty_phone_number", "resource.phone.empty_verification_code")
    said(anna.post("/resource/phones/verify", phone_number="123", verification_code="1"), 400,
         "resource.phone.invalid_num")
    number = new_number()
    for path, more in (("/send_code", {}), ("/verify", {"verification_code": "12345"})):
        said(anna.post(f"/resource/phones{path}", phone_number=number, **more), 404,
             "resource.phone.doesnt_exist")
    with_phone(anna, number)
    said(anna.post("/resource/phones", phone_number=number), 400, "resource.phone.exists")


def test_numbers_and_codes_are_not_readable_in_the_table(anna):
    number = new_number()
    code = with_phone(anna, number)
    row = sql("SELECT number, number_index, code_hash FROM {}.phones WHERE user_id = %s",
              anna.row["id"])[0]
    assert not any(number[2:] in value or code == value for value in row)


# ---- guessing ----

def test_a_code_is_guessed_five_times_and_no_more(anna):
    number = new_number()
    code = with_phone(anna, number)
    wrong = "00000" if code != "00000" else "00001"
    for _ in range(5):
        said(anna.post("/resource/phones/verify", phone_number=number, verification_code=wrong),
             404, VERIFIED)
    said(anna.post("/resource/phones/verify", phone_number=number, verification_code=code), 404,
         VERIFIED)
    anna.post("/resource/phones/send_code", phone_number=number)
    code = code_of(messages(number)[-1])
    assert anna.post("/resource/phones/verify", phone_number=number,
                     verification_code=code).status_code == 201


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(anna):
    number = new_number()
    first = with_phone(anna, number)
    anna.post("/resource/phones/send_code", phone_number=number)
    second = code_of(messages(number)[-1])
    if first != second:
        said(anna.post("/resource/phones/verify", phone_number=number, verification_code=first),
             404, VERIFIED)
    sql("UPDATE {}.phones SET code_expires_at = code_expires_at - INTERVAL 10 MINUTE"
        " WHERE user_id = %s", anna.row["id"])
    said(anna.post("/resource/phones/verify", phone_number=number, verification_code=second), 404,
         VERIFIED)


def test_of_two_owners_of_a_number_the_first_who_proves_it_has_it(stack):
    number, anna, bob = new_number(), signed_in(level=1), signed_in(level=1)
    code, other = with_phone(anna, number), with_phone(bob, number)
    assert anna.post("/resource/phones/verify", phone_number=number,
                     verification_code=code).status_code == 201
    said(bob.post("/resource/phones/verify", phone_number=number, verification_code=other), 400,
         "resource.phone.number_exist")
    assert bob.row["level"] == 1


def test_somebody_elses_code_is_not_mine(stack):
    number, anna, bob = new_number(), signed_in(level=1), signed_in(level=1)
    code, other = with_phone(anna, number), with_phone(bob, number)
    if code != other:
        said(bob.post("/resource/phones/verify", phone_number=number, verification_code=code), 404,
             VERIFIED)


# ---- what messages cost ----

def test_messages_are_bounded_for_a_number_whoever_asks(stack):
    number, sent = new_number(), 0
    for _ in range(4):
        person = signed_in()
        for path in ("", "/send_code", "/send_code"):
            answer = person.post(f"/resource/phones{path}", phone_number=number)
            assert answer.status_code in (201, 429), answer.text
            sent += answer.status_code == 201
    assert (sent, len(messages(number))) == (5, 5)
    assert answer.headers["Retry-After"]


def test_messages_are_bounded_for_a_user_whatever_the_number(stack):
    person = signed_in()
    statuses = [person.post("/resource/phones", phone_number=new_number()).status_code
                for _ in range(12)]
    assert statuses == [201] * 10 + [429] * 2


# ---- Twilio ----

@pytest.mark.outage
def test_twilio_sends_our_code_and_its_refusals_have_their_codes(stack):
    with Twilio() as twilio, WORLD.service_with("auth", **twilio.settings("twilio_sms")):
        person, number = signed_in(level=1), new_number()
        assert person.post("/resource/phones", phone_number=number).status_code == 201
        form = twilio.forms("/Messages.json")[-1]
        assert (form["To"], form["From"]) == (f"+{number}", twilio.NUMBER)
        answer = person.post("/resource/phones/verify", phone_number=number,
                             verification_code=code_of(form["Body"]))
        assert answer.status_code == 201
        for code, key in ((21612, "num_not_reachable"), (21614, "num_not_valid"),
                          (21618, "sms_content_invalid"), (21610, "unsubscribed_recipient"),
                          (99999, "twilio_unexpected")):
            twilio.refusal = code
            said(person.post("/resource/phones", phone_number=new_number()), 422,
                 f"resource.phone.{key}")
        twilio.refusal = 500
        assert person.post("/resource/phones", phone_number=new_number()).status_code == 503
        log = WORLD.file("log/auth.log").read_text()
        assert twilio.TOKEN not in log and code_of(form["Body"]) + '"' not in log


@pytest.mark.outage
def test_twilio_verify_sends_and_compares_its_own_code(stack):
    with Twilio() as twilio, WORLD.service_with("auth", **twilio.settings("twilio_verify")):
        person, number = signed_in(level=1), new_number()
        answer = person.post("/resource/phones", phone_number=number, channel="call")
        assert (answer.status_code, answer.json()) == (
            201, {"message": "Code was sent successfully via call"})
        assert twilio.forms("/Verifications")[-1] == {"To": f"+{number}", "Channel": "call"}
        said(person.post("/resource/phones/verify", phone_number=number,
                         verification_code="111111"), 404, VERIFIED)
        assert person.post("/resource/phones/verify", phone_number=number,
                           verification_code=twilio.right_code).status_code == 201


@pytest.mark.outage
def test_the_mock_takes_any_code_of_ones_own_number(stack):
    with WORLD.service_with("auth", PHONE_VERIFICATION="mock"):
        person, number = signed_in(level=1), new_number()
        assert person.post("/resource/phones", phone_number=number).status_code == 201
        said(person.post("/resource/phones/verify", phone_number=new_number(),
                         verification_code="1"), 404, "resource.phone.doesnt_exist")
        assert person.post("/resource/phones/verify", phone_number=number,
                           verification_code="1").status_code == 201

"""The mailer (reference platform.md §7): which events become mails, in which language, once."""

import json
import re

import pytest
import requests

from mails import (DEAD, Person, all_is_taken, document, letter, letters, private_key, publish,
                     publish_peatio, row, sql, tell, until_row)
from world import WORLD, wait_for

EDGE = f"http://127.0.0.1:{WORLD.edge_port}"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.canary_of_the_mail_tests.c2lnbmF0dXJl"


def dead_messages():
    return WORLD.queue_length(DEAD)


# ---- letters ----

def test_confirmation_has_a_link_to_our_domain_in_both_forms(stack):
    person = Person()
    tell("system.user.email.confirmation.token", person, domain="http://evil.test", token=TOKEN)
    mail = letter(person, "Confirm your e-mail address")
    link = f"{EDGE}/accounts/confirmation?confirmation_token={TOKEN}&lang=en"
    assert link in mail.text.split("\n")
    assert f'href="{link.replace("&", "&amp;")}"' in mail.html
    assert "evil.test" not in mail.text + mail.html
    assert person.email in mail.to and "not.used" not in mail.to, "the table knows the address"
    assert mail.message["From"] == "Bourse <noreply@bourse.localhost>"
    assert mail.message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("language, subject", [
    ("en", "Set a new password"), ("DE", "Neues Passwort setzen"),
    ("fr", "Choisissez un nouveau mot de passe"), ("RU", "Задайте новый пароль"),
    ("tlh", "Set a new password")])
def test_language_is_the_users_or_the_default(stack, language, subject):
    person = Person(language)
    tell("system.user.password.reset.token", person, token=TOKEN)
    mail = letter(person, "reset_token=")
    known = language.lower() if language != "tlh" else "en"
    assert (mail.subject, mail.language) == (subject, known)
    assert f"reset_token={TOKEN}&lang={known}" in mail.text


def test_what_comes_from_outside_is_text(stack):
    person = Person()
    agent = "<img src=x>\r\nBcc: eve@evil.test\r\n\r\n[click](http://evil.test/)"
    tell("system.session.create", person, user_ip="192.0.2.1", user_agent=agent)
    mail = letter(person, "New sign-in")
    assert mail.message["Bcc"] is None
    assert "Browser: <img src=x>  Bcc: eve@evil.test    [click](http://evil.test/)" in mail.text
    assert "<img" not in mail.html and 'href="http://evil' not in mail.html


def test_labels_are_told_when_they_say_something(stack):
    person = Person()
    for key, value in (("email", "verified"), ("document", "pending"), ("phone", "verified")):
        tell("model.label.created", person, id=1, key=key, value=value)
    tell("model.label.updated", person, id=1, key="document", value="rejected",
         description="the photo is blurred")
    assert "Your phone number was verified" in letter(person, "Verification passed").text
    rejected = letter(person, "Verification not passed")
    assert "Your document could not be verified. The reason: the photo" in rejected.text.replace(
        "\n", " ")
    wait_for(all_is_taken, what="the queue to be empty")
    assert len(letters(person)) == 2


def test_accountings_events_become_mails_by_their_state(stack):
    person = Person()
    money = {"tid": "TIDABC", "uid": person.uid, "currency": "btc", "amount": "1.5"}
    publish_peatio("model.deposit.updated", person.record(**money, state="accepted"),
                   {"state": "submitted"})
    publish_peatio("model.deposit.updated", person.record(**money, state="collected"),
                   {"state": "accepted"})
    publish_peatio("model.deposit.created", person.record(**money, state="submitted", blockchain_txid="aa11"))
    publish_peatio("model.deposit.reverted", person.record(**money, state="collected"))
    publish_peatio("model.withdraw.updated", person.record(**money, state="accepted"), {"state": "prepared"})
    publish_peatio("model.withdraw.updated", person.record(**money, state="confirming", blockchain_txid="bb22"),
                   {"state": "processing"})
    publish_peatio("model.withdraw.updated", person.record(**money, state="skipped"), {"state": "processing"})
    publish_peatio("model.beneficiary.updated", person.record(currency="btc", name="my wallet", state="active"),
                   {"state": "pending"})
    publish_peatio("model.withdraw.updated", person.record(**money, state="succeed"),
                   {"state": "confirming"})
    publish_peatio("model.withdraw.updated", person.record(**money, state="rejected"),
                   {"state": "accepted"})
    publish_peatio("model.beneficiary.created", person.record(
        currency="btc", name="my wallet", pin=654321, state="pending"))
    assert "1.5 btc" in letter(person, "Deposit received").text
    assert "aa11" in letter(person, "Deposit seen").text
    assert "TIDABC" in letter(person, "Deposit taken back").text
    assert "TIDABC" in letter(person, "Withdrawal asked for").text
    assert "bb22" in letter(person, "Withdrawal on its way").text
    assert "is held for it" in letter(person, "Withdrawal delayed").text
    assert "my wallet" in letter(person, "Withdrawal address confirmed").text
    assert "TIDABC" in letter(person, "Withdrawal completed").text
    assert "it is rejected" in letter(person, "Withdrawal not sent").text
    assert "Code: 654321" in letter(person, "Confirm a new withdrawal address").text
    wait_for(all_is_taken, what="the queue to be empty")
    assert len(letters(person)) == 10


# ---- once, and only what is believed ----

def test_event_that_comes_again_is_one_mail(stack):
    person = Person()
    body = document("barong", private_key("jwt"), "system.session.create",
                    person.record(user_ip="192.0.2.1", user_agent="once"))
    for _ in range(5):
        publish("barong", "system.session.create", body)
    letter(person, "once")
    wait_for(all_is_taken, what="the queue to be empty")
    assert len(letters(person)) == 1
    assert [state for state, _, _ in row(person)] == ["sent"]


def test_forged_events_are_put_aside_and_hold_up_nobody(stack):
    person, before = Person(), dead_messages()
    name = "system.session.create"
    record = person.record(user_ip="192.0.2.1", user_agent="forged")
    good = json.loads(document("barong", private_key("jwt"), name, record))
    other = json.loads(document("barong", private_key("jwt"), name, {**record, "user_ip": "::1"}))
    forged = [
        document("barong", private_key("event"), name, record),  # another's key
        document("peatio", private_key("jwt"), name, record),
        document("barong", private_key("matching"), name, record),
        document("barong", private_key("jwt"), name, record, iss="peatio"),
        json.dumps({**good, "payload": other["payload"]}).encode(),
        json.dumps({**good, "signatures": []}).encode(),
        json.dumps({**good, "signatures": good["signatures"] * 2}).encode(),
        b"", b"{}", b"no json", b"\xff" * 100, json.dumps({"payload": good["payload"]}).encode(),
    ]
    for body in forged:
        publish("barong", name, body)
    tell(name, person, user_ip="192.0.2.1", user_agent="the neighbour")
    letter(person, "the neighbour")
    wait_for(lambda: all_is_taken() and dead_messages() >= before + len(forged) - 1, what="the dead")
    assert not [one for one in letters(person) if "forged" in one.text and one.text.count("::1")]
    # The same signature twice is still one signer: it may be believed, as one mail.
    assert len([one for one in letters(person) if "forged" in one.text]) <= 1


def test_event_with_anothers_name_is_not_anothers_event(stack):
    """Accounting's key signs no sign-ins, and auth's none of accounting's events."""
    person = Person()
    session = person.record(user_ip="192.0.2.1", user_agent="x")
    publish("barong", "system.session.create",
            document("peatio", private_key("event"), "system.session.create", session))
    publish("peatio", "model.deposit.updated",
            document("barong", private_key("jwt"), "model.deposit.updated",
                     person.record(amount="1", currency="btc", tid="x", state="accepted"),
                     {"state": "submitted"}))
    wait_for(all_is_taken, what="the queue to be empty")
    assert letters(person) == [] and row(person) == ()


def test_stale_events_unknown_people_and_floods_are_dropped(stack):
    person, now = Person(), 60
    old = sql("SELECT UNIX_TIMESTAMP() - 7200")[0][0]
    body = document("barong", private_key("jwt"), "system.user.password.reset.token",
                    person.record(token=TOKEN), iat=int(old), exp=int(old) + now)
    publish("barong", "system.user.password.reset.token", body)
    until_row(person, "dropped", "stale")

    nobody = Person()
    sql("DELETE FROM {}.users WHERE uid = %s", nobody.uid)
    tell("system.session.create", nobody, user_ip="192.0.2.1", user_agent="x")
    until_row(nobody, "dropped", "nobody")

    greedy = Person()
    for number in range(15):
        tell("system.session.create", greedy, user_ip="192.0.2.1", user_agent=str(number))
    wait_for(lambda: len(row(greedy)) == 15, what="all of them")
    wait_for(all_is_taken, what="the queue to be empty")
    assert len(letters(greedy)) == 10, "per_hour of the configuration"
    assert [state for state, _, _ in row(greedy)].count("sent") == 10


def test_letter_that_cannot_be_written_is_put_aside(stack):
    person, before = Person(), dead_messages()
    tell("system.session.create", person)  # no address, no browser
    until_row(person, "dead", "INTERNAL")
    wait_for(lambda: dead_messages() > before, what="the dead-letter queue")
    other = Person()
    tell("system.user.email.confirmation.token", other, token='x"><script>')
    until_row(other, "dead", "INVALID")
    assert letters(other) == []


# ---- secrets (A-15) ----

def test_no_log_holds_a_token_a_code_or_an_address(stack):
    person, canary = Person(), "canary.0f3c9b.token"
    tell("system.user.email.confirmation.token", person, token=canary)
    letter(person, canary)
    tell("system.user.password.reset.token", person, token=canary + '"')  # can't be a link
    publish_peatio("model.beneficiary.created", person.record(
        currency="btc", name="w", pin=190283746, state="pending"))
    letter(person, "190283746")
    body = document("barong", private_key("event"), "system.user.password.reset.token",
                    person.record(token=canary))
    publish("barong", "system.user.password.reset.token", body)
    wait_for(all_is_taken, what="the queue to be empty")
    for path in WORLD.file("log").iterdir():
        text = path.read_text(errors="replace")
        for secret in (canary, "190283746", person.email):
            assert secret not in text, f"{secret} in {path.name}"
    for service in ("auth", "mail"):
        assert canary not in WORLD.ops(service, "/metrics")[1]
    assert not sql("SELECT 1 FROM {}.mails WHERE CONCAT(event, uid, COALESCE(reason, '')) LIKE %s",
                   f"%{canary}%")


# ---- the page ----

def test_outbox_page_lists_and_shows_mails(stack):
    person = Person("ru")
    tell("system.user.email.confirmation.token", person, token=TOKEN)
    letter(person, TOKEN)
    page = requests.get(f"{EDGE}/outbox", timeout=30)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in page.headers, "no web site reads this"
    (found,) = re.findall(rf'href="(/outbox/[^"]+)">([^<]+)</a></td><td>&lt;{person.email}',
                          page.text)
    assert found[1] == "Подтвердите адрес электронной почты"
    shown = requests.get(EDGE + found[0], timeout=30)
    link = f"{EDGE}/accounts/confirmation?confirmation_token={TOKEN}&amp;lang=ru"
    assert f'<a href="{link}">' in shown.text
    raw = requests.get(EDGE + found[0] + "/message", timeout=30)
    assert raw.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert raw.text.startswith("From: ")


@pytest.mark.parametrize("name", ["nothing.eml", "..%2f..%2fenv%2fmail.env", ".new.eml",
                                  "..%252fenv.eml"])
def test_outbox_page_shows_nothing_else(stack, name):
    for path in (f"/outbox/{name}", f"/outbox/{name}/message"):
        assert requests.get(EDGE + path, timeout=30).status_code in (400, 404)
    for verb in ("POST", "PUT", "DELETE"):
        assert requests.request(verb, f"{EDGE}/outbox", timeout=30).status_code == 405

"""Money by bank: the webhooks of a payment gateway (forged, repeated, old, out of order), payments that nobody
knows, and two people for what is large or was assigned by hand."""

import hashlib
import hmac
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import requests

from members import API_TIMEOUT_S, Member, administrator, errors, transfer
from world import WORLD, wait_for

LARGE = "5000"  # of euros; the stack asks for a second person above 1000 of the platform's currency


@pytest.fixture(scope="module")
def second(stack):
    """Another operator; the first is the stack's administrator."""
    operator = Member(role="admin")
    assert operator.get("/account/members/me").status_code == 200
    return operator


@pytest.fixture(scope="module")
def first(stack):
    return administrator()


def newcomer():
    member = Member(level=3)
    assert member.get("/account/members/me").status_code == 200
    return member


def secret():
    return WORLD.file("secrets/payment_webhook").read_text()


def sign(body, timestamp, key=None):
    return hmac.new((key or secret()).encode(), f"{timestamp}.{body}".encode(),
                    hashlib.sha256).hexdigest()


def send(body, timestamp=None, signature=None, gateway="local", base=None):
    timestamp = int(time.time()) if timestamp is None else timestamp
    headers = {"Content-Type": "application/json", "X-Payment-Timestamp": str(timestamp),
               "X-Payment-Signature": signature or sign(body, timestamp)}
    return requests.post(f"{base or WORLD.api}/public/payments/{gateway}", data=body,
                         headers=headers, timeout=API_TIMEOUT_S)


def payment(reference, amount="12.50", currency="eur", **more):
    return {"id": "e-" + secrets.token_hex(8), "type": "payment.received", "amount": amount,
            "currency": currency, "reference": reference, "payer": "A. Payer",
            "payer_account": "DE89370400440532013000", **more}


def told(news, **more):
    answer = send(json.dumps(news), **more)
    assert (answer.status_code, answer.json()) == (200, {"received": news["id"]}), answer.text
    return news["id"]


def reference_of(member, currency="eur"):
    answer = member.get(f"/account/deposit_reference/{currency}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(operator, event_id):
    rows = operator.get("/admin/fiat_payments", event_id=event_id).json()
    assert len(rows) == 1, rows
    return rows[0]


def decide(operator, event_id, action, **body):
    return operator.post(f"/admin/fiat_payments/{shown(operator, event_id)['id']}/{action}", **body)


def has(member, currency="eur"):
    return member.balance(currency)[0]


# ---- references ----

def test_reference__one_for_ever__with_the_account_to_pay_to():
    member, other = newcomer(), newcomer()
    row = reference_of(member)
    assert row == reference_of(member) == reference_of(member, "EUR")
    assert row["reference"] == row["reference_shown"].replace(" ", "")
    assert row["iban"].startswith("DE") and row["bic"] and row["account_holder"]
    digits = "".join(str(int(c, 36)) for c in row["reference"][4:] + row["reference"][:4])
    assert int(digits) % 97 == 1
    references = [reference_of(member)["reference"], reference_of(member, "usd")["reference"],
                  reference_of(other)["reference"]]
    assert len(set(references)) == 3


def test_reference__asked_for_by_many_at_once__is_one():
    member = newcomer()
    with ThreadPoolExecutor(16) as pool:
        rows = set(pool.map(lambda _: reference_of(member)["reference"], range(32)))
    assert len(rows) == 1


def test_reference__of_a_coin__is_refused():
    member = newcomer()
    assert errors(member.get("/account/deposit_reference/btc")) == ["account.currency.doesnt_exist"]


# ---- webhooks ----

def test_webhook__with_a_reference__is_credited_once(first):
    member = newcomer()
    news = payment("deposit, " + reference_of(member)["reference_shown"].lower())
    told(news)
    assert has(member) == Decimal("12.5")
    row = shown(first, news["id"])
    assert (row["state"], row["uid"]) == ("credited", member.uid)
    deposits = member.get("/account/deposits", currency="eur").json()
    assert [(one["tid"], one["state"], one["amount"]) for one in deposits] == [
        (row["deposit_tid"], "accepted", "12.5")]
    # Repeated: another signature and time, the same answer, nothing credited.
    for _ in range(3):
        told(news, timestamp=int(time.time()) - 5)
    assert has(member) == Decimal("12.5")
    # The same name for another payment.
    assert errors(send(json.dumps({**news, "amount": "99"}))) == ["public.payment.differs"]
    assert has(member) == Decimal("12.5")


def test_webhook__fifty_at_once__is_credited_once():
    member = newcomer()
    news = payment(reference_of(member)["reference"])
    body = json.dumps(news)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: send(body), range(50)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert any(answer.status_code == 200 for answer in answers)
    assert has(member) == Decimal("12.5")


def test_webhook__forged_or_old__changes_nothing(first):
    member = newcomer()
    news = payment(reference_of(member)["reference"])
    body, now = json.dumps(news), int(time.time())
    refused = [
        send(body, signature="0" * 64),
        send(body, signature=sign(body, now, key="x" * 40), timestamp=now),
        send(body, signature=sign(body, now - 1), timestamp=now),
        send(body.replace("12.50", "92.50"), signature=sign(body, now), timestamp=now),
        send(body, timestamp=now - 3600),
        send(body, timestamp=now + 3600),
        requests.post(f"{WORLD.api}/public/payments/local", data=body, timeout=30),
    ]
    for answer in refused:
        assert errors(answer, 401) == ["public.payment.invalid_signature"]
    assert send(body, gateway="other").status_code == 404
    assert has(member) == 0
    assert first.get("/admin/fiat_payments", event_id=news["id"]).json() == []
    assert WORLD.metric("accounting", "bourse_accounting_fiat_webhooks_refused_total") >= len(refused)


def test_webhook__signed_nonsense_or_too_large__is_refused():
    for body in ("{", "{}", json.dumps(payment("x", amount="-1")), json.dumps({"id": "x", "type": "y"})):
        assert send(body).status_code == 400
    assert send(json.dumps(payment("x" * 20000))).status_code == 413


def test_webhook__at_the_edge__asks_for_no_session():
    member = newcomer()
    news = payment(reference_of(member)["reference"])
    base = WORLD.edge
    told(news, base=base)
    assert send(json.dumps(news), signature="0" * 64, base=base).status_code == 401
    assert has(member) == Decimal("12.5")


def test_webhook__taken_back_before_and_after(first):
    member = newcomer()
    news = payment(reference_of(member)["reference"])
    back = {"id": "r-" + secrets.token_hex(8), "type": "payment.reversed", "payment": news["id"]}
    # Out of order: told again later.
    assert send(json.dumps(back)).status_code == 404
    told(news)
    assert has(member) == Decimal("12.5")
    told(back)
    told(back)
    assert has(member) == 0
    assert member.balance("eur")[1] == Decimal("12.5")
    assert shown(first, news["id"])["state"] == "reversed"
    # The payment told once more brings nothing.
    told(news)
    assert has(member) == 0


@pytest.fixture
def fee_of_one(first):
    row, = (row for row in first.get("/admin/blockchain_currencies", limit=1000).json()
            if row["currency_id"] == "eur")

    def charge(fee):
        answer = first.post("/admin/blockchain_currencies/update", id=row["id"], deposit_fee=fee)
        assert answer.status_code in (200, 201), answer.text
    charge("1")
    yield
    charge(row["deposit_fee"])


def booked(event, row):
    """Of the deposit of a payment, by code of the account."""
    total = {}
    for code_a, amount_a, code_b, amount_b in WORLD.sql(
            "SELECT l.code_a, l.amount_a, l.code_b, l.amount_b FROM ledger l JOIN deposits d ON"
            " l.reference_type = 'deposit' AND l.reference_id = d.id WHERE d.tid = %s AND l.event = %s",
            row["deposit_tid"], event):
        for code, amount in ((code_a, amount_a), (code_b, amount_b)):
            if code:
                total[code] = total.get(code, 0) + amount
    return total


def test_claim__of_what_was_taken_back__is_settled_by_two_people_once(first, second, fee_of_one):
    member, other = newcomer(), newcomer()
    news = payment(reference_of(member)["reference"], amount="100")
    told(news)
    assert has(member) == 99
    assert transfer(member.uid, other.uid, eur="60").status_code in (200, 201)
    event = news["id"]
    assert errors(decide(first, event, "claim")) == ["admin.fiat_payment.cannot_claim"]
    back = {"id": "r-" + event, "type": "payment.reversed", "payment": event}
    told(back)
    # The bank took the fee as well.
    assert member.balance("eur") == (0, 39)
    assert booked("revert", shown(first, event))[101] == -100
    assert errors(decide(first, event, "settle")) == ["admin.fiat_payment.cannot_settle"]
    for collect in ("-1", "61.01"):
        assert errors(decide(first, event, "claim", collect=collect)) == [
            "admin.fiat_payment.invalid_collect"]
    row = decide(first, event, "claim", collect="20", note="lost at the bank").json()
    assert (row["state"], row["claimer"], Decimal(row["frozen"])) == ("settling", first.uid, 39)
    assert errors(decide(first, event, "settle", collect="20")) == ["admin.fiat_payment.same_operator"]
    assert errors(decide(second, event, "settle")) == ["admin.fiat_payment.changed"]
    assert errors(decide(second, event, "settle", collect="20")) == [
        "admin.fiat_payment.insufficient_balance"]
    assert member.balance("eur") == (0, 39)
    assert transfer(other.uid, member.uid, eur="25").status_code in (200, 201)
    row = decide(second, event, "settle", collect="20").json()
    assert (row["state"], row["settler"], Decimal(row["frozen"])) == ("settled", second.uid, 0)
    assert member.balance("eur") == (5, 0)
    assert booked("settle", row) == {121: -100, 211: -39, 201: -20, 401: 41}
    # It is over, whoever says it again.
    told(back)
    told(news)
    for action in ("claim", "settle"):
        assert errors(decide(second, event, action)) == [f"admin.fiat_payment.cannot_{action}"]
    assert member.balance("eur") == (5, 0)


@pytest.mark.parametrize("changes, reason", [
    ({"reference": ""}, "no_reference"),
    ({"reference": "RF18539007547034"}, "unknown_reference"),
    ({"currency": "usd"}, "other_currency"),
    ({"currency": "xyz"}, "other_currency"),
    ({"amount": "0.001"}, "bad_amount")])
def test_webhook__nobody_to_credit__is_parked(first, changes, reason):
    member = newcomer()
    news = {**payment(reference_of(member)["reference"]), **changes}
    told(news)
    row = shown(first, news["id"])
    assert (row["state"], row["reason"]) == ("parked", reason)
    assert has(member) == 0


# ---- two people ----

def test_assigned__waits_for_another_operator(first, second):
    member = newcomer()
    event = told(payment("for my account please"))
    assert errors(decide(first, event, "approve")) == ["admin.fiat_payment.cannot_approve"]
    assert errors(decide(first, event, "assign", uid="IDNOBODY")) == [
        "admin.fiat_payment.user_doesnt_exist"]
    answer = decide(first, event, "assign", uid=member.uid, note="called the bank")
    assert answer.status_code == 201 and answer.json()["state"] == "waiting"
    assert has(member) == 0
    assert errors(decide(first, event, "approve")) == ["admin.fiat_payment.same_operator"]
    assert has(member) == 0
    row = decide(second, event, "approve").json()
    assert (row["state"], row["checker"]) == ("credited", second.uid)
    assert has(member) == Decimal("12.5")
    assert errors(decide(second, event, "approve")) == ["admin.fiat_payment.cannot_approve"]
    assert errors(decide(second, event, "refuse")) == ["admin.fiat_payment.cannot_refuse"]
    assert has(member) == Decimal("12.5")


def test_assigned__to_oneself__is_not_approved_by_oneself(first, second):
    event = told(payment("?"))
    assert decide(first, event, "assign", uid=second.uid).status_code == 201
    assert errors(decide(second, event, "approve")) == ["admin.fiat_payment.own_payment"]
    assert decide(second, event, "refuse", note="no").json()["state"] == "refused"


def test_large__waits_and_is_credited_once(first, second):
    member = newcomer()
    event = told(payment(reference_of(member)["reference"], amount=LARGE))
    row = shown(first, event)
    assert (row["state"], row["reason"], row["uid"]) == ("waiting", "large", member.uid)
    assert has(member) == 0
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: decide(second, event, "approve"), range(8)))
    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert has(member) == Decimal(LARGE)


def test_roles__who_may(first):
    event = told(payment("?"))
    number = shown(first, event)["id"]
    for role, reads, writes in (("accountant", 200, 422), ("compliance", 200, 403),
                                ("support", 403, 403)):
        operator = Member(role=role)
        assert operator.get("/admin/fiat_payments").status_code == reads, role
        answer = operator.post(f"/admin/fiat_payments/{number}/assign", uid="IDNOBODY")
        assert answer.status_code == writes, role


# ---- kills ----

@pytest.mark.outage
def test_killed_between__nothing_is_lost_or_doubled():
    """The gateway tells until it is answered; accounting is killed again and again meanwhile."""
    members = [newcomer() for _ in range(12)]
    bodies = [json.dumps(payment(reference_of(member)["reference"])) for member in members]

    def until_answered(body):
        def is_taken():
            try:
                return send(body).status_code == 200
            except requests.RequestException:
                return False
        wait_for(is_taken, 120, "the webhook to be taken")

    with ThreadPoolExecutor(6) as pool:
        rounds = [pool.submit(until_answered, body) for body in bodies]
        for _ in range(2):
            WORLD.kill("accounting")
            WORLD.until_ready()
        for one in rounds:
            one.result()
    for body in bodies:
        assert send(body).status_code == 200
    assert [has(member) for member in members] == [Decimal("12.5")] * len(members)

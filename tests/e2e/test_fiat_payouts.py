"""Withdrawals by bank: batches (pain.001) that one operator makes and another one releases, each withdrawal in one
of them, and what the bank's statement says of them: paid, come back, paid twice."""

import json
import threading
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import requests

from members import administrator, errors, manage
from test_fiat_payments import newcomer, second  # noqa: F401 (a fixture)
from test_fiat_statements import entry, imported, results, statement
from world import WORLD

PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.03}"
IBAN = "GB82WEST12345698765432"


@pytest.fixture(scope="module")
def admin(stack):
    return administrator()


def ok(answer, status=201):
    assert answer.status_code == status, answer.text
    return answer.json()


def withdrawal(member, amount="10", number=IBAN, currency="eur"):
    beneficiary = ok(manage("/beneficiaries", {
        "uid": member.uid, "currency": currency, "name": "mine", "state": "active",
        "data": {"full_name": "Ada <Lovelace> & Co", "account_number": number}}))
    return ok(manage("/withdraws/new", {"uid": member.uid, "currency": currency, "amount": amount,
                                        "beneficiary_id": beneficiary["id"]}))["tid"]


def rich(amount="100"):
    member = newcomer()
    ok(manage("/deposits/new", {"uid": member.uid, "currency": "eur", "amount": amount,
                                "state": "accepted"}))
    return member


def shown(admin, tid):
    return admin.get("/admin/withdraws", tid=tid).json()[0]


def accept(admin, tid):
    row = shown(admin, tid)
    if row["state"] == "prepared":
        ok(admin.post("/admin/withdraws/actions", id=row["id"], action="accept"))
    assert shown(admin, tid)["state"] == "accepted"
    return tid


def batch(admin, *tids):
    return ok(admin.post("/admin/fiat_batches", currency="eur", tids=list(tids)))


def release(operator, made):
    row = ok(operator.post(f"/admin/fiat_batches/{made['id']}/release"))
    assert row["state"] == "released"
    return row


def sent(admin, second, *tids):  # noqa: F811
    return release(second, batch(admin, *tids))


def file_of(admin, made):
    answer = admin.get(f"/admin/fiat_batches/{made['id']}/pain001")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/xml")
    return answer.text


def payments_of(text):
    return {one.find(f"{PAIN}PmtId/{PAIN}EndToEndId").text: one
            for one in ElementTree.fromstring(text).iter(f"{PAIN}CdtTrfTxInf")}


def lines_of(admin, made):
    answer = admin.get(f"/admin/fiat_batches/{made['id']}/payments")
    assert answer.status_code == 200, answer.text
    return {row["tid"]: row for row in answer.json()}


def paid(tid, amount="10", **more):
    return entry(sign="DBIT", amount=amount, end_to_end=tid, **more)


def test_batch__the_whole_way__paid_by_a_statement(admin, second):  # noqa: F811
    member = rich()
    tid, other = (accept(admin, withdrawal(member)) for _ in range(2))
    made = batch(admin, tid)
    assert (made["state"], made["payments"], Decimal(made["sum"])) == ("made", 1, 10)
    assert lines_of(admin, made)[tid]["iban"] == IBAN
    # The bank gets nothing before a second operator said yes; a second batch doesn't get it either.
    path = f"/admin/fiat_batches/{made['id']}"
    assert errors(admin.get(f"{path}/pain001")) == ["admin.fiat_batch.not_released"]
    assert errors(admin.post("/admin/fiat_batches", currency="eur", tids=[tid])) == [
        "admin.fiat_batch.already_in_batch"]
    assert errors(admin.post(f"{path}/release")) == ["admin.fiat_batch.same_operator"]
    assert shown(admin, tid)["state"] == "processing"
    release(second, made)
    text = file_of(admin, made)
    assert text == file_of(second, made)
    root = ElementTree.fromstring(text)
    assert {one.text for one in root.iter(f"{PAIN}NbOfTxs")} == {"1"}
    assert {one.text for one in root.iter(f"{PAIN}CtrlSum")} == {"10.00"}
    payments = payments_of(text)
    assert list(payments) == [tid]
    one = payments[tid]
    assert one.find(f"{PAIN}Amt/{PAIN}InstdAmt").text == "10.00"
    assert one.find(f"{PAIN}Amt/{PAIN}InstdAmt").attrib == {"Ccy": "EUR"}
    assert one.find(f"{PAIN}CdtrAcct/{PAIN}Id/{PAIN}IBAN").text == IBAN
    assert one.find(f"{PAIN}Cdtr/{PAIN}Nm").text == "Ada <Lovelace> & Co"
    # It may be at the bank: nobody cancels it any more, nor gives the batch up.
    assert shown(admin, tid)["state"] == "confirming"
    assert manage("/withdraws/action", {"tid": tid, "action": "cancel"}, "PUT").status_code == 422
    assert errors(second.post(f"{path}/drop")) == ["admin.fiat_batch.cannot_drop"]
    assert errors(second.post(f"{path}/release")) == ["admin.fiat_batch.cannot_release"]
    assert member.balance("eur") == (Decimal(80), Decimal(20))
    # Another amount, then the right one, twice; then the bank pays it again.
    assert results(imported(admin, statement(paid(tid, amount="9"), total="-9"))) == [
        ("refused", "payout_differs")]
    report = statement(paid(tid), total="-10")
    assert results(imported(admin, report)) == [("paid", None)]
    assert results(imported(admin, report)) == [("known", None)]
    assert shown(admin, tid)["state"] == "succeed"
    assert member.balance("eur") == (Decimal(80), Decimal(10))
    assert results(imported(admin, statement(paid(tid), total="-10"))) == [("refused", "payout_differs")]
    # Not in a batch: the bank can't have been asked.
    assert results(imported(admin, statement(paid(other), total="-10"))) == [
        ("refused", "payout_not_due")]
    assert text == file_of(admin, made)


def test_batch__what_a_bank_cannot_pay__is_said_by_name_or_left_out(admin, second):  # noqa: F811
    member = rich()
    good = accept(admin, withdrawal(member))
    no_iban = accept(admin, withdrawal(member, number="none of a bank"))
    mistyped = accept(admin, withdrawal(member, number=IBAN[:-1] + "3"))
    dollars = rich_in_dollars()
    for tid, code in ((no_iban, "invalid_account"), (mistyped, "invalid_account"),
                      (dollars, "invalid_currency"), ("TIDNOBODY", "invalid_tid")):
        assert errors(admin.post("/admin/fiat_batches", currency="eur", tids=[good, tid])) == [
            f"admin.fiat_batch.{code}"]
    assert shown(admin, good)["state"] == "accepted"  # nothing of a refused batch is left
    made = ok(admin.post("/admin/fiat_batches", currency="eur"))
    lines = lines_of(admin, made)
    assert good in lines and not {no_iban, mistyped, dollars} & set(lines)
    assert Decimal(made["sum"]) == sum(Decimal(line["amount"]) for line in lines.values())
    assert errors(admin.post("/admin/fiat_batches", currency="btc")) != []
    ok(second.post(f"/admin/fiat_batches/{made['id']}/drop"))


def rich_in_dollars():
    member = newcomer()
    ok(manage("/deposits/new", {"uid": member.uid, "currency": "usd", "amount": "100",
                                "state": "accepted"}))
    return withdrawal(member, currency="usd")


def test_batch__dropped__its_withdrawals_go_into_another_one(admin, second):  # noqa: F811
    member = rich()
    tid = accept(admin, withdrawal(member))
    made = batch(admin, tid)
    assert ok(admin.post(f"/admin/fiat_batches/{made['id']}/drop"))["state"] == "dropped"
    assert errors(second.post(f"/admin/fiat_batches/{made['id']}/release")) == [
        "admin.fiat_batch.cannot_release"]
    again = ok(admin.post("/admin/fiat_batches", currency="eur"))
    assert tid in lines_of(admin, again)
    # One was given back meanwhile: what the second operator saw is no more.
    row = shown(admin, tid)
    ok(admin.post("/admin/withdraws/actions", id=row["id"], action="cancel"))
    assert errors(second.post(f"/admin/fiat_batches/{again['id']}/release")) == [
        "admin.fiat_batch.changed"]
    assert member.balance("eur") == (Decimal(100), 0)
    ok(second.post(f"/admin/fiat_batches/{again['id']}/drop"))


def test_batch__one_given_back_meanwhile__is_left_out_when_the_rest_is_confirmed(admin, second):  # noqa: F811
    member = rich()
    gone, kept = accept(admin, withdrawal(member)), accept(admin, withdrawal(member, amount="20"))
    made = batch(admin, gone, kept)
    path = f"/admin/fiat_batches/{made['id']}/release"
    ok(admin.post("/admin/withdraws/actions", id=shown(admin, gone)["id"], action="cancel"))
    # Who releases it says what he saw, whole and right.
    for wrong in ({}, {"payments": 2, "sum": "30"}, {"payments": 1, "sum": "10"}, {"payments": 2, "sum": "20"}):
        assert errors(second.post(path, **wrong)) == ["admin.fiat_batch.changed"]
    assert errors(second.post(path, payments=1)) == ["admin.fiat_batch.payments_and_sum"]
    assert errors(admin.post(path, payments=1, sum="20")) == ["admin.fiat_batch.same_operator"]
    assert set(lines_of(admin, made)) == {gone, kept}
    row = ok(second.post(path, payments=1, sum="20"))
    assert (row["state"], row["payments"], Decimal(row["sum"])) == ("released", 1, 20)
    assert list(lines_of(admin, made)) == list(payments_of(file_of(admin, made))) == [kept]
    assert [shown(admin, tid)["state"] for tid in (gone, kept)] == ["canceled", "confirming"]
    assert member.balance("eur") == (Decimal(80), Decimal(20))
    # Nothing is left of another one: it can only be dropped.
    empty = batch(admin, accept(admin, withdrawal(member)))
    tid = list(lines_of(admin, empty))[0]
    ok(admin.post("/admin/withdraws/actions", id=shown(admin, tid)["id"], action="cancel"))
    assert errors(second.post(f"/admin/fiat_batches/{empty['id']}/release", payments=0, sum="0")) == [
        "admin.fiat_batch.changed"]
    ok(second.post(f"/admin/fiat_batches/{empty['id']}/drop"))


def test_batch__failed_by_an_operator__is_refunded_once(admin, second):  # noqa: F811
    member = rich()
    tid = accept(admin, withdrawal(member))
    sent(admin, second, tid)
    row = shown(admin, tid)
    ok(admin.post("/admin/withdraws/actions", id=row["id"], action="fail"))
    assert errors(admin.post("/admin/withdraws/actions", id=row["id"], action="fail")) == [
        "admin.withdraw.cannot_fail"]
    assert (shown(admin, tid)["state"], member.balance("eur")) == ("failed", (Decimal(100), 0))
    assert results(imported(admin, statement(paid(tid), total="-10"))) == [("refused", "payout_not_due")]


def test_return__before_it_was_paid__is_refunded(admin, second):  # noqa: F811
    member = rich()
    tid = accept(admin, withdrawal(member))
    back = statement(entry(amount="10", end_to_end=tid, returned=True), total="10")
    made = batch(admin, tid)
    assert results(imported(admin, back)) == [("refused", "payout_not_due")]  # it never left
    release(second, made)
    assert results(imported(admin, back)) == [("returned", None)]
    assert results(imported(admin, back)) == [("known", None)]
    assert (shown(admin, tid)["state"], member.balance("eur")) == ("failed", (Decimal(100), 0))
    assert results(imported(admin, statement(paid(tid), total="-10"))) == [("refused", "payout_not_due")]


def test_return__after_it_was_paid__waits_and_is_credited(admin, second):  # noqa: F811
    member = rich()
    tid = accept(admin, withdrawal(member))
    sent(admin, second, tid)
    both = statement(paid(tid), entry(amount="10", end_to_end=tid, returned=True), total="0")
    report = imported(admin, both)
    assert results(report) == [("paid", None), ("waiting", "returned")]
    assert imported(admin, both)["known"] == 2
    assert member.balance("eur") == (Decimal(90), 0)
    path = f"/admin/fiat_payments/{report['lines'][1]['payment']}/approve"
    assert errors(admin.post(path)) == ["admin.fiat_payment.same_operator"]
    ok(second.post(path))
    assert member.balance("eur") == (Decimal(100), 0)


def test_batch__from_the_shell__released_by_an_operator(admin):
    tid = accept(admin, withdrawal(rich()))
    done = WORLD.service("accounting", "--make-fiat-batch", "eur")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert tid in lines_of(admin, made)
    early = WORLD.service("accounting", "--write-fiat-batch", str(made["id"]))
    assert early.returncode != 0 and "is made" in early.stderr
    release(admin, made)
    done = WORLD.service("accounting", "--write-fiat-batch", str(made["id"]))
    assert done.returncode == 0, done.stderr
    assert done.stdout == file_of(admin, made) and tid in payments_of(done.stdout)


def found_once(admin, tids, before=0):
    rows = admin.get("/admin/fiat_batches", limit=1000).json()
    found = [tid for row in rows if row["id"] > before for tid in lines_of(admin, row) if tid in tids]
    assert sorted(found) == sorted(tids)


def test_batches__many_at_once__each_withdrawal_is_in_one(admin):
    tids = [accept(admin, withdrawal(rich())) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: admin.post("/admin/fiat_batches", currency="eur"), range(6)))
    assert {answer.status_code for answer in answers} <= {201, 422, 503}
    admin.post("/admin/fiat_batches", currency="eur")
    found_once(admin, tids)


@pytest.mark.outage
def test_batch__killed_between__none_is_lost_or_twice(admin, second):  # noqa: F811
    tids = [accept(admin, withdrawal(rich())) for _ in range(6)]

    def first_try():
        try:
            admin.post("/admin/fiat_batches", currency="eur")
        except requests.RequestException:
            pass  # it is killed meanwhile

    thread = threading.Thread(target=first_try)
    thread.start()
    WORLD.kill("accounting")
    thread.join(60)
    WORLD.until_ready()
    admin.post("/admin/fiat_batches", currency="eur")
    found_once(admin, tids)
    row = next(row for row in admin.get("/admin/fiat_batches", state="made", limit=1000).json()
               if set(tids) & set(lines_of(admin, row)))

    def release_try():
        try:
            second.post(f"/admin/fiat_batches/{row['id']}/release")
        except requests.RequestException:
            pass

    thread = threading.Thread(target=release_try)
    thread.start()
    WORLD.kill("accounting")
    thread.join(60)
    WORLD.until_ready()
    second.post(f"/admin/fiat_batches/{row['id']}/release")
    states = {shown(admin, tid)["state"] for tid in lines_of(admin, row)}
    assert states == {"confirming"}
    assert set(payments_of(file_of(admin, row))) == set(lines_of(admin, row))

"""Withdrawals of members over REST (reference 2.5), against a gateway that plays the contract: codes, limits, parallel
requests, and what a kill leaves behind."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from members import Member, errors, funded, seeded
from withdraw_world import (
    CHAIN, WHO, act, active, address, ask, ok, payout_comes, rows_of, shown, state_comes, take)
from withdraw_world import calm, gateway, member  # noqa: F401 (fixtures)
from world import WORLD, wait_for


# ---- withdrawals: what is wrong ----

def test_withdraw__nothing__lacks_everything(member):
    codes = errors(member.post("/account/withdraws"))
    for name in ("otp", "amount", "currency", "beneficiary_id"):
        assert f"account.withdraw.missing_{name}" in codes
    assert "account.withdraw.empty_otp" in codes


@pytest.mark.parametrize("changes, code", [
    ({"beneficiary_id": ""}, "empty_beneficiary_id"),
    ({"beneficiary_id": "str"}, "non_integer_beneficiary_id"),
    ({"otp": ""}, "empty_otp"), ({"otp": "x"}, "non_integer_otp"),
    ({"amount": ""}, "non_positive_amount"), ({"amount": "-1"}, "non_positive_amount"),
    ({"amount": "str"}, "non_decimal_amount"), ({"amount": "0.123456789"}, "invalid_amount"),
    ({"amount": "0.0005"}, "invalid_amount"), ({"amount": "11"}, "insufficient_balance"),
    ({"note": "n" * 257}, "too_long_note")])
def test_withdraw__what_is_wrong__has_its_code(member, changes, code):
    answer = take(member, active(member), **changes)
    assert f"account.withdraw.{code}" in errors(answer), answer.text


def test_withdraw__wrong_beneficiaries__have_their_codes(member):
    assert errors(take(member, {"id": 999999999})) == ["account.beneficiary.doesnt_exist"]
    assert errors(take(member, active(seeded(0)))) == ["account.beneficiary.doesnt_exist"]
    pending = ok(ask(member))
    assert errors(take(member, pending)) == [
        "account.beneficiary.invalid_state_for_withdrawal"]
    member.call("DELETE", f"/account/beneficiaries/{pending['id']}")
    assert errors(take(member, pending)) == ["account.beneficiary.doesnt_exist"]


def test_withdraw__low_level__is_forbidden(member):
    low = Member(level=2)
    assert errors(low.get("/account/withdraws"), 403) == ["account.withdraw.not_permitted"]
    assert errors(low.get("/account/beneficiaries"), 403) == ["account.withdraw.not_permitted"]


# ---- withdrawals: the way ----

def test_withdraw__within_limits__is_asked_of_the_gateway():
    member = funded(btc="0.0015")
    beneficiary = active(member)
    made = ok(take(member, beneficiary, "0.001", note="rent"))
    assert made["state"] == "processing" and made["rid"] == beneficiary["data"]["address"]
    assert (made["amount"], made["fee"], made["note"]) == ("0.001", "0.0004", "rent")
    assert made["blockchain_key"] == CHAIN and made["transfer_type"] == "crypto"
    assert member.balance("btc") == (Decimal("0.0005"), Decimal("0.001"))
    payout = payout_comes(made)
    body = payout["body"]
    assert body["to"] == made["rid"] and body["units"] == "60000" and body["chain"] == CHAIN
    assert body["purpose"] == "withdrawal" and body["contract"] == ""
    assert rows_of(made) == [(202, Decimal("-0.001")), (212, Decimal("0.001"))]
    listed = member.get("/account/withdraws", rid=made["rid"])
    assert [row["id"] for row in listed.json()] == [made["id"]]
    assert listed.headers["Total"] == "1"
    sums = ok(member.get("/account/withdraws/sums"), 200)
    assert sums == {"last_24_hours": "60.0", "last_1_month": "60.0"}
    cancelled = ok(member.post(f"/account/withdraws/{made['id']}/cancel"))
    assert cancelled["state"] == "canceled" and payout["state"] == "cancelled"
    assert member.balance("btc") == (Decimal("0.0015"), 0)


def test_withdraw__signed__cannot_be_cancelled_or_given_back():
    member = funded(btc="1")
    made = ok(take(member, active(member)))
    payout_comes(made)["state"] = "signed"
    assert errors(member.post(f"/account/withdraws/{made['id']}/cancel")) == [
        "account.withdraw.cannot_cancel"]
    assert errors(act(made, "fail")) == ["admin.withdraw.cannot_fail"]
    assert errors(act(made, "dispatch", txid="by-hand")) == ["admin.withdraw.cannot_dispatch"]
    assert shown(made)["state"] == "processing" and member.balance("btc")[1] == Decimal("0.001")


def test_withdraw__gateway_away__waits_and_is_paid_once(gateway):
    member = funded(btc="1")
    beneficiary = active(member)
    with gateway.gone():
        made = ok(take(member, beneficiary))
        assert made["state"] == "processing"
        answer = member.post(f"/account/withdraws/{made['id']}/cancel")
        assert answer.status_code == 503  # nobody knows what the gateway has
    payout_comes(made)
    assert member.balance("btc")[1] == Decimal("0.001")


def test_withdraw__refused_by_the_gateway__is_for_an_operator(gateway):
    member = funded(btc="1")
    beneficiary = active(member)
    with gateway.gone():
        made = ok(take(member, beneficiary))
        gateway.refuse[f"withdraw-{made['id']}"] = (422, "blockchain.payout.dust")
    row = state_comes(made, "errored")
    assert row["error"][0]["message"] == "blockchain.payout.dust"
    assert member.balance("btc")[1] == Decimal("0.001")
    gateway.refuse.clear()
    assert ok(act(made, "process"))["state"] == "processing"
    payout_comes(made)["state"] = "queued"
    assert ok(act(made, "fail"))["state"] == "failed"
    assert member.balance("btc") == (1, 0)
    assert [code for code, _ in rows_of(made)] == [202, 212, 212, 202]


def test_withdraw__another_payment_of_that_name__stays_for_people(gateway):
    member = funded(btc="1")
    beneficiary = active(member)
    with gateway.gone():
        made = ok(take(member, beneficiary))
        gateway.refuse[f"withdraw-{made['id']}"] = (409, "blockchain.payout.differs")
    wait_for(lambda: WORLD.sql("SELECT state FROM payout_requests WHERE withdraw_id = %s",
                               made["id"]) == (("conflict",),), what="the conflict")
    assert shown(made)["state"] == "processing"
    assert errors(act(made, "fail")) == ["admin.withdraw.cannot_fail"]


def test_w18_kill__leaves_one_request_and_right_funds():
    member = funded(btc="1")
    beneficiary = active(member)
    made = ok(take(member, beneficiary))
    WORLD.kill("accounting")
    WORLD.until_ready()
    payout = payout_comes(made)
    assert payout["body"]["units"] == "60000"
    assert member.balance("btc") == (Decimal("0.999"), Decimal("0.001"))
    assert len([name for name in WHO.gateway.payouts if name == f"withdraw-{made['id']}"]) == 1


def test_w25_parallel__whole_balance__succeeds_once():
    member = funded(btc="0.0016")
    beneficiary = active(member)
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: take(member, beneficiary, "0.0016"), range(200)))
    good = [answer for answer in answers if answer.status_code == 201]
    assert len(good) == 1, {answer.text for answer in answers}
    assert {tuple(answer.json()["errors"]) for answer in answers if answer is not good[0]} == {
        ("account.withdraw.insufficient_balance",)}
    assert member.balance("btc") == (0, Decimal("0.0016"))


# ---- limits ----

def test_w26_limits__not_exceeded_by_a_unit__in_parallel():
    """100 in 24 hours, at 60,000 a BTC: 0.00166666 is 99.9996; each of ten takes 0.001 = 60."""
    member = funded(btc="1")
    beneficiary = active(member)
    with ThreadPoolExecutor(10) as pool:
        made = [ok(answer) for answer in
                pool.map(lambda _: take(member, beneficiary, "0.001"), range(10))]
    states = sorted(row["state"] for row in made)
    assert states == ["accepted"] * 9 + ["processing"]
    assert {row.get("reason") for row in made if row["state"] == "accepted"} == {"limit_24_hour"}
    assert member.balance("btc") == (Decimal("0.99"), Decimal("0.01"))
    sums = ok(member.get("/account/withdraws/sums"), 200)
    assert sums["last_24_hours"] == "600.0"


def test_w26_limits__exactly_reached_is_within__one_unit_above_is_not():
    for amount, state in (("0.00166666", "processing"), ("0.00166667", "accepted")):
        member = funded(btc="1")
        assert ok(take(member, active(member), amount))["state"] == state


def test_w26_limits__month__counts_older_ones():
    member = funded(btc="1")
    beneficiary = active(member)
    first = ok(take(member, beneficiary, "0.0012"))
    WORLD.sql("UPDATE withdraws SET created_at = created_at - INTERVAL 2 DAY, sum = 0.0162,"
              " amount = 0.0162 - fee WHERE id = %s", first["id"])
    try:
        second = ok(take(member, beneficiary, "0.0012"))
        assert (second["state"], second["reason"]) == ("accepted", "limit_1_month")
    finally:
        WORLD.sql("UPDATE withdraws SET sum = 0.0012, amount = 0.0012 - fee WHERE id = %s",
                  first["id"])


def test_w26_limits__price_unknown__stays_for_an_operator():
    member = funded(btc="1")
    beneficiary = active(member)
    WORLD.sql("UPDATE currencies SET price = 0 WHERE id = 'btc'")
    try:
        made = ok(take(member, beneficiary))
        assert (made["state"], made["reason"]) == ("accepted", "price_unknown")
    finally:
        WORLD.sql("UPDATE currencies SET price = 60000 WHERE id = 'btc'")
    assert ok(act(made, "process"))["state"] == "processing"


# ---- inside ----

def deposit_address_of(member):
    """As if the gateway had given it out."""
    where = address()
    wallet = WORLD.sql("SELECT id FROM wallets WHERE blockchain_key = %s LIMIT 1", CHAIN)
    if not wallet:
        ok(WHO.admin.post("/admin/wallets/new", blockchain_key=CHAIN, name="w24", kind="deposit",
                          gateway="bitcoind", currencies=["btc"]))
        wallet = WORLD.sql("SELECT id FROM wallets WHERE blockchain_key = %s LIMIT 1", CHAIN)
    WORLD.sql("INSERT INTO payment_addresses (member_id, wallet_id, blockchain_key, address,"
              " request_id) SELECT id, %s, %s, %s, %s FROM members WHERE uid = %s",
              wallet[0][0], CHAIN, where, secrets.token_hex(8), member.uid)
    WHO.gateway.addresses[where] = {"ours": True, "purpose": "deposit"}
    return where


def test_w24_address_of_a_member__is_paid_inside_without_a_fee():
    sender, receiver = funded(btc="1"), funded(btc="1")
    beneficiary = active(sender, data={"address": deposit_address_of(receiver)})
    made = ok(take(sender, beneficiary, "0.0015"))
    assert (made["state"], made["fee"], made["reason"]) == ("succeed", "0.0", "internal")
    assert sender.balance("btc") == (Decimal("0.9985"), 0)
    assert receiver.balance("btc") == (Decimal("1.0015"), 0)
    assert f"withdraw-{made['id']}" not in WHO.gateway.payouts
    for who, direction in ((sender, "out"), (receiver, "in")):
        row = ok(who.get("/account/internal_transfers"), 200)[0]
        assert (row["amount"], row["direction"]) == ("0.0015", direction)
    assert rows_of(made)[2:] == [(212, Decimal("-0.0015")), (202, Decimal("0.0015"))]


def test_w24_own_address__is_refused_and_nothing_locked():
    member = funded(btc="1")
    beneficiary = active(member, data={"address": deposit_address_of(member)})
    assert errors(take(member, beneficiary)) == ["account.withdraw.own_address"]
    assert member.balance("btc") == (1, 0)


# ---- the history ----

def test_transactions__are_both_kinds_in_order():
    member = funded(btc="1")
    first = ok(take(member, active(member)))
    second = ok(take(member, active(member)))
    rows = ok(member.get("/account/transactions"), 200)
    assert [row["address"] for row in rows] == [second["rid"], first["rid"]]
    assert {row["type"] for row in rows} == {"Withdraw"} and rows[0]["amount"] == "0.0006"
    rows = ok(member.get("/account/transactions", order_by="asc", limit=1, page=2), 200)
    assert [row["address"] for row in rows] == [second["rid"]]
    assert ok(member.get("/account/transactions", withdraw_state="succeed"), 200) == []
    for params, code in (({"currency": "xyz"}, "currency_doesnt_exist"),
                         ({"order_by": "up"}, "order_by_invalid"),
                         ({"time_from": ""}, "empty_time_from"),
                         ({"time_to": "x"}, "non_integer_time_to"),
                         ({"withdraw_state": "x"}, "invalid_withdraw_state"),
                         ({"deposit_state": "x"}, "invalid_deposit_state"),
                         ({"limit": 0}, "invalid_limit"), ({"page": 0}, "non_positive_page")):
        assert errors(member.get("/account/transactions", **params)) == [
            "account.transactions." + code], params


def test_withdraws__list__filters_and_pages():
    member = funded(btc="1")
    beneficiary = active(member)
    ids = [ok(take(member, beneficiary))["id"] for _ in range(11)]
    page = member.get("/account/withdraws", limit=10, page=2)
    assert [row["id"] for row in page.json()] == [ids[0]]
    assert (page.headers["Total"], page.headers["Per-Page"]) == ("11", "10")
    rows = ok(member.get("/account/withdraws", **{"state[]": ["accepted", "processing"]}), 200)
    assert len(rows) == 11 and rows[0]["id"] == ids[-1]
    for params, code in (({"page": -1}, "non_positive_page"), ({"limit": 101}, "invalid_limit"),
                         ({"state": "x"}, "invalid_state"), ({"rid": ""}, "empty_rid"),
                         ({"blockchain_key": "x"}, "blockchain_key_doesnt_exist"),
                         ({"time_from": "x"}, "non_integer_time_from")):
        assert errors(member.get("/account/withdraws", **params)) == [
            "account.withdraw." + code], params

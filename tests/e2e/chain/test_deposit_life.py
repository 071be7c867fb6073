"""The life of a coin deposit: the gateway's signed events in every order and number, kill -9 between them
(reference 11.5)."""

import json
import secrets
from decimal import Decimal

import pytest

from deposit_world import CHAIN, CONFIRM_S, WHO, Depositor, deposited, errors, network_of, ok, units, until
from deposit_world import gateway  # noqa: F401 (fixture)
from management import Signer
from members import manage
from stand_in import QUEUE, hexadecimal
from world import WORLD, wait_for


# ---- the life of a coin deposit ----

def test_deposit__seen_then_confirmed__submitted_then_credited(gateway):
    member = Depositor()
    transfer = member.transfer("1.25")
    until(gateway.tell("transfer.seen", **transfer))
    shown = member.shown(transfer)
    assert (shown["state"], shown["amount"], shown["fee"], shown["completed_at"]) == ("submitted", "1.25", "0.0", None)
    assert member.balance("eth") == (0, 0)
    until(gateway.tell("transfer.confirmed", **transfer))
    assert member.state(transfer) in ("processing", "collected", "errored")
    assert member.balance("eth") == (Decimal("1.25"), 0)
    rows = WORLD.sql("SELECT l.code_a, l.amount_a, l.code_b, l.amount_b FROM ledger l JOIN deposits d"
                     " ON d.id = l.reference_id WHERE l.reference_type = 'deposit' AND d.txid = %s",
                     transfer["txid"])
    assert rows == ((102, Decimal("1.25"), 202, Decimal("1.25")),)


def test_deposit__every_event_twice_and_in_another_order__credited_once(gateway):
    """W-02: duplicates over the broker and over HTTP, early ones before their turn."""
    member = Depositor()
    transfer = member.transfer("2")
    number = gateway.first + len(gateway.events)
    seen = gateway.document(number, {"name": "transfer.seen", "chain": CHAIN, **transfer})
    confirmed = gateway.document(number + 1, {"name": "transfer.confirmed", "chain": CHAIN, **transfer})
    for text in (confirmed, seen, confirmed, seen, confirmed):
        gateway.send(text)
    gateway.events += [seen, confirmed]
    until(number + 1)
    gateway.send(confirmed)
    until(gateway.tell("transfer.confirmed", **transfer))  # the same news under a new number
    assert member.balance("eth") == (Decimal(2), 0)
    wait_for(lambda: WORLD.queue_length(QUEUE) == 0, CONFIRM_S, "an empty queue")


def test_deposit__forged_and_malformed__nothing_is_credited(gateway):
    """W-32, poison: a foreign key, another issuer, no signature, no JSON; the feed goes on."""
    member = Depositor()
    transfer = member.transfer("3")
    number = gateway.first + len(gateway.events)
    event = {"name": "transfer.confirmed", "chain": CHAIN, **transfer}
    stranger = Signer("blockchain", WORLD.file("keys/matching.key").read_text())
    for text in (gateway.document(number, event, signer=stranger), gateway.document(number, event, iss="other"),
                 gateway.document(number, event, jti=None), '{"payload":"e30","signatures":[]}', "x", "{}"):
        gateway.send(text)
    wait_for(lambda: WORLD.queue_length(QUEUE) == 0, CONFIRM_S, "an empty queue")
    assert member.shown(transfer) is None and member.balance("eth") == (0, 0)
    deposited(gateway, member, "4")
    assert member.balance("eth") == (Decimal(4), 0)


def test_deposit__killed_between__once_and_whole(gateway):
    member = Depositor()
    transfers = [member.transfer("0.5", index=index) for index in range(20)]
    for transfer in transfers:
        gateway.tell("transfer.seen", **transfer)
    for index, transfer in enumerate(transfers):
        last = gateway.tell("transfer.confirmed", **transfer)
        if index % 5 == 2:
            WORLD.kill("accounting")
            WORLD.until_ready()
    until(last)
    assert member.balance("eth") == (Decimal(10), 0)


def test_deposit__zero__not_shown(gateway):
    """W-15"""
    member = Depositor()
    transfer = deposited(gateway, member, "0")
    assert member.shown(transfer) is None


def explained(gateway, transfer):
    """The same by the API and by the command line: the books and the chain in one place."""
    story = {"txid": transfer["txid"], "place": "mined", "reasons": ["It is confirmed."]}
    gateway.stories[CHAIN, transfer["txid"]] = story
    told = ok(WHO.admin.get("/admin/deposits/explain", txid=transfer["txid"]), 200)
    [deposit] = told["deposits"]
    assert (deposit["state"], deposit["hold_reason"], deposit["credited"]) == ("submitted", "below_minimum", False)
    assert "minimum" in told["sentence"]
    assert told["chains"] == [{"blockchain_key": CHAIN, "error": None, "gateway": story}]
    done = WORLD.service("accounting", "--explain-deposit", transfer["txid"], environment=gateway.settings)
    assert done.returncode == 0 and json.loads(done.stdout) == told, done.stdout + done.stderr
    unknown = ok(WHO.admin.get("/admin/deposits/explain", txid="0x" + "ab" * 32, blockchain_key=CHAIN), 200)
    assert unknown["deposits"] == [] and "no deposit" in unknown["sentence"]
    assert unknown["chains"][0]["gateway"] is None and "not know" in unknown["chains"][0]["error"]
    errors(WHO.admin.get("/admin/deposits/explain", txid="../x"), "admin.deposit.invalid_txid")


def test_deposit__below_the_minimum__credited_when_the_sum_reaches_it(gateway):
    """W-11"""
    member = Depositor()
    network = network_of("eth")
    minimum = "0.3"
    ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"], min_deposit_amount=minimum))
    try:
        first = deposited(gateway, member, "0.1")
        assert (member.state(first), member.shown(first)["hold_reason"]) == ("submitted", "below_minimum")
        explained(gateway, first)
        second = deposited(gateway, member, "0.15")
        assert member.balance("eth") == (0, 0)
        third = deposited(gateway, member, "0.05")
        assert member.balance("eth") == (Decimal("0.3"), 0)
        assert all("hold_reason" not in member.shown(one) for one in (first, second, third))
        alone = deposited(gateway, member, "0.01")
        row = ok(WHO.admin.get("/admin/deposits", txid=alone["txid"]), 200)[0]
        ok(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="accept"))
        assert member.balance("eth") == (Decimal("0.31"), 0)
    finally:
        ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"],
                          min_deposit_amount=network["min_deposit_amount"]))


def test_deposit__disabled__held_with_its_reason_until_an_operator_accepts(gateway):
    """W-12"""
    member = Depositor()
    network = network_of("eth")
    ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"], deposit_enabled=False))
    try:
        errors(member.get("/account/deposit_address/eth", blockchain_key=CHAIN), "account.currency.deposit_disabled")
        transfer = deposited(gateway, member, "1")
        assert member.shown(transfer)["hold_reason"] == "deposit_disabled" and member.balance("eth") == (0, 0)
    finally:
        ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"], deposit_enabled=True))
    row = ok(WHO.admin.get("/admin/deposits", txid=transfer["txid"]), 200)[0]
    assert ok(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="accept"))["state"] == "processing"
    assert member.balance("eth") == (Decimal(1), 0)
    errors(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="accept"), "admin.depodit.cannot_accept")


def test_deposit__unknown_asset_or_address__parked_and_applied_later(gateway):
    """W-12, W-17: nothing is forgotten, and it stops nobody else."""
    member = Depositor()
    unknown = member.transfer("1", contract="0x" + hexadecimal(20))
    number = gateway.tell("transfer.confirmed", **unknown)
    stranger = member.transfer("1", address="0x" + hexadecimal(20))
    gateway.tell("transfer.confirmed", **stranger)
    deposited(gateway, member, "5")
    assert member.balance("eth") == (Decimal(5), 0)
    reasons = [row[0] for row in WORLD.sql("SELECT reason FROM chain_parked WHERE seq IN (%s, %s) AND state = 'parked'"
                                           " ORDER BY seq", number, number + 1)]
    assert "no currency is" in reasons[0] and "nobody has the address" in reasons[1]
    shown = {row["seq"]: row for row in ok(WHO.admin.get("/admin/parked_events"), 200)}
    assert shown[number]["event"]["txid"] == unknown["txid"] and shown[number]["name"] == "transfer.confirmed"


def test_parked__more_than_a_round_that_can_never_be_applied__hold_up_nobody(gateway):
    """W-17"""
    member, first = Depositor(), 10**12
    hopeless = json.dumps({"name": "transfer.confirmed", "chain": CHAIN, "transfer_id": "x"})
    mine = json.dumps({"name": "transfer.confirmed", "chain": CHAIN, **member.transfer("1")})
    rows = [(first + number, hopeless) for number in range(230)] + [(first + 500, mine)]
    try:
        for seq, event in rows:
            WORLD.sql("INSERT INTO chain_parked (source, seq, name, reason, event) VALUES ('blockchain', %s, "
                      "'transfer.confirmed', 'a test', %s)", seq, event)
        wait_for(lambda: member.balance("eth") == (Decimal(1), 0), 120, "the one that can be applied")
        waits = WORLD.sql("SELECT reason FROM chain_parked WHERE seq = %s AND state = 'parked'", first)[0][0]
        assert waits != "a test"  # it says why today
    finally:
        WORLD.sql("DELETE FROM chain_parked WHERE seq BETWEEN %s AND %s", first, first + 499)


def test_deposit__reverted_while_submitted__back_and_again(gateway):
    """W-01, uncredited"""
    member = Depositor()
    transfer = member.transfer("1")
    gateway.tell("transfer.seen", **transfer)
    until(gateway.tell("transfer.reverted", **transfer, was="seen", reason="reorg"))
    assert (member.state(transfer), member.shown(transfer)["confirmations"]) == ("submitted", 0)
    row = ok(WHO.admin.get("/admin/deposits", txid=transfer["txid"]), 200)[0]
    errors(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="accept"), "admin.depodit.cannot_accept")
    until(gateway.tell("transfer.reverted", **transfer, was="seen", reason="replaced"))
    assert member.state(transfer) == "canceled"
    until(gateway.tell("transfer.seen", **{**transfer, "height": 95}))
    assert member.state(transfer) == "submitted"
    until(gateway.tell("transfer.confirmed", **{**transfer, "height": 95}))
    assert member.balance("eth") == (Decimal(1), 0)


def test_deposit__another_amount_in_another_block__that_one_is_credited(gateway):
    """W-01: a reorganised transaction runs again, and a contract may pay less then."""
    member = Depositor()
    transfer = member.transfer("5")
    gateway.tell("transfer.seen", **transfer)
    until(gateway.tell("transfer.reverted", **transfer, was="seen", reason="reorg"))
    again = {**transfer, "height": 95, "units": units("0.5")}
    gateway.tell("transfer.seen", **again)
    until(gateway.tell("transfer.confirmed", **again))
    assert member.balance("eth") == (Decimal("0.5"), 0)


def test_deposit__another_amount_after_the_credit__stays_frozen_and_waits_for_an_operator(gateway):
    member = Depositor()
    transfer = deposited(gateway, member, "5")
    gateway.tell("transfer.reverted", **transfer, was="confirmed", reason="reorg")
    again = {**transfer, "height": 95, "units": units("0.5")}
    number = gateway.tell("transfer.seen", **again)
    until(gateway.tell("transfer.confirmed", **again))
    assert member.balance("eth") == (0, Decimal(5))
    reasons = [row[0] for row in WORLD.sql("SELECT reason FROM chain_parked WHERE seq IN (%s, %s) ORDER BY seq",
                                           number, number + 1)]
    assert "is back with" in reasons[0] and "earlier event" in reasons[1]


def suspense():
    rows = WORLD.sql("SELECT COALESCE(SUM(IF(code_a = 122, amount_a, 0) + IF(code_b = 122, amount_b, 0)), 0)"
                     " FROM ledger WHERE currency_id = 'eth' AND reference_type = 'deposit'")
    return rows[0][0]


@pytest.mark.parametrize("spent", ["0", "0.75"])
def test_deposit__reverted_after_the_credit__frozen_then_credited_once_again(gateway, spent):
    """W-01, credited: what the member still has is frozen, all of it is in suspense, nothing is below zero."""
    member, friend = Depositor(), Depositor()
    transfer = deposited(gateway, member, "1")
    before = suspense()
    if Decimal(spent):
        ok(manage("/transfers/new", {"key": secrets.token_hex(8), "category": "purchases", "operations": [
            {"currency": "eth", "amount": spent, "account_src": {"code": 202, "uid": member.uid},
             "account_dst": {"code": 202, "uid": friend.uid}}]}))
    left = 1 - Decimal(spent)
    until(gateway.tell("transfer.reverted", **transfer, was="confirmed", reason="reorg"))
    assert member.balance("eth") == (0, left)
    assert suspense() - before == 1
    until(gateway.tell("transfer.reverted", **transfer, was="confirmed", reason="reorg"))
    assert suspense() - before == 1
    gateway.tell("transfer.seen", **{**transfer, "height": 99})
    until(gateway.tell("transfer.confirmed", **{**transfer, "height": 99}))
    until(gateway.tell("transfer.confirmed", **{**transfer, "height": 99}))
    assert member.balance("eth") == (left, 0) and suspense() == before


def test_network_fee__booked_to_expenses_to_the_last_unit(gateway):
    def expenses():
        return WORLD.sql("SELECT COALESCE(SUM(amount_b), 0) FROM ledger WHERE reference_type = 'network_fee'"
                         " AND currency_id = 'eth' AND code_a = 102 AND code_b = 402 AND amount_a = -amount_b")[0][0]
    WORLD.sql("DELETE FROM chain_dust")
    before = expenses()
    for _ in range(4):
        last = gateway.tell("network_fee.paid", payout_id="collect-1-1", contract="", units="21000000000050")
    until(last)
    # 50 of 100 wei that make a unit of ours: each second fee carries it over.
    assert expenses() - before == Decimal("0.0000840000000002")

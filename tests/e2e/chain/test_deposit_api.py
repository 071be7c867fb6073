"""Deposits against a gateway of the test's own: its signed events in every order and number, kill -9
between them, and what the three APIs say and refuse (reference 1.4, 1.8.4, 1.9, 2.2, 11.5, 11.8)."""

import json
import secrets
import time
from decimal import Decimal
from types import SimpleNamespace

import pytest
import requests

from management import Signer
from members import Member, manage
from stand_in import QUEUE, Gateway, hexadecimal
from world import WORLD, wait_for

CHAIN, DECIMALS = "eth-testnet", 18
CONFIRM_S = 60
WHO = SimpleNamespace()


def position():
    return WORLD.sql("SELECT seq FROM chain_feed WHERE source = 'blockchain'")[0][0]


@pytest.fixture(scope="module", autouse=True)
def gateway(admin, alice):
    WHO.admin, WHO.alice = admin, alice
    before = position()
    with Gateway() as stand_in, WORLD.accounting_with(**stand_in.settings):
        stand_in.start_after(before)
        WHO.wallet = ok(admin.post("/admin/wallets/new", name="d" + hexadecimal(4), kind="deposit", gateway="geth",
                                   blockchain_key=CHAIN, currencies=["eth"]))
        yield stand_in
        ok(admin.post("/admin/wallets/update", id=WHO.wallet["id"], status="disabled"))
    # The stack's own gateway goes on where it was.
    WORLD.sql("UPDATE chain_feed SET seq = %s WHERE source = 'blockchain'", before)


def errors(response, *codes, status=422):
    assert (response.status_code, response.json()["errors"]) == (status, list(codes))


def ok(response, status=201):
    assert response.status_code == status, response.text
    return response.json()


def units(amount):
    return str(int(Decimal(amount) * 10 ** DECIMALS))


class Depositor(Member):
    def __init__(self):
        super().__init__(level=3)
        self.address = ok(self.get("/account/deposit_address/eth", blockchain_key=CHAIN), 200)["address"]
        assert self.address

    def transfer(self, amount, **changes):
        return {"transfer_id": hexadecimal(8), "txid": "0x" + hexadecimal(32), "index": 0, "contract": "",
                "address": self.address, "owner": self.uid, "units": units(amount), "height": 90,
                "block_hash": "0x" + hexadecimal(32), "confirmations": 1, "from": ["0x" + hexadecimal(20)],
                "currency": "eth", **changes}

    def shown(self, transfer):
        found = self.get(f"/account/deposits/{transfer['txid']}")
        return found.json() if found.status_code == 200 else None

    def state(self, transfer):
        shown = self.shown(transfer)
        return shown and shown["state"]


def until(number):
    wait_for(lambda: position() >= number, CONFIRM_S, f"event {number} in the books")


def deposited(gateway, member, amount, **changes):
    transfer = member.transfer(amount, **changes)
    gateway.tell("transfer.seen", **transfer)
    until(gateway.tell("transfer.confirmed", **transfer))
    return transfer


# ---- addresses ----

def test_address__asked_twice__is_the_same_and_exactly_ordered(gateway):
    member = Member(level=3)
    first = member.get("/account/deposit_address/ETH", blockchain_key=CHAIN)
    assert list(ok(first, 200)) == ["currencies", "blockchain_key", "address", "state"]
    assert first.json()["state"] == "active" and first.json()["currencies"] == ["eth"]
    assert member.get("/account/deposit_address/eth", blockchain_key=CHAIN).json() == first.json()


def test_address__gateway_away__pending_then_active(gateway):
    member = Member(level=3)
    gateway.is_away = True
    try:
        shown = ok(member.get("/account/deposit_address/eth", blockchain_key=CHAIN), 200)
        assert (shown["address"], shown["state"]) == (None, "pending")
    finally:
        gateway.is_away = False
    wait_for(lambda: member.get("/account/deposit_address/eth",
                                blockchain_key=CHAIN).json()["state"] == "active", CONFIRM_S)


def test_address__refused__every_code(gateway):
    member = WHO.alice
    errors(member.get("/account/deposit_address/dildocoin"), "account.currency.doesnt_exist")
    errors(member.get("/account/deposit_address/usd"), "account.currency.doesnt_exist")
    errors(member.get("/account/deposit_address/eth", blockchain_key="no", address_format="no"),
           "account.deposit.blockchain_key_doesnt_exist", "account.deposit_address.invalid_address_format")
    errors(member.get("/account/deposit_address/eth", address_format="cash"),
           "account.deposit_address.doesnt_support_cash_address_format")
    errors(member.get("/account/deposit_address/eth", blockchain_key="btc-testnet"), "record.not_found", status=404)
    errors(member.get("/account/deposit_address/btc"), "account.wallet.not_found")
    errors(Member(level=0).get("/account/deposit_address/eth",
                               blockchain_key=CHAIN), "account.deposit.not_permitted", status=403)
    errors(Member(level=0).get("/account/deposits"), "account.deposit.not_permitted", status=403)


def test_address__management__a_new_one_each_time(gateway):
    member = Member(level=3)
    ok(member.get("/account/members/me"), 200)
    asked = {"uid": member.uid, "currency": "eth", "blockchain_key": CHAIN, "remote": True}
    first, second = (ok(manage("/deposit_address/new", asked), 200) for _ in range(2))
    assert first["address"] != second["address"] and (first["uid"], first["remote"]) == (member.uid, True)
    assert ok(member.get("/account/deposit_address/eth",
                         blockchain_key=CHAIN), 200)["address"] not in (first["address"], second["address"])
    for changes, sentence in (({"uid": "nobody"}, "uid management.payment_address.uid_doesnt_exist"),
                              ({"currency": "usd"}, "currency management.payment_address.currency_doesnt_exist"),
                              ({"blockchain_key": "no"},
                               "blockchain_key management.payment_address.blockchain_key_doesnt_exist"),
                              ({"remote": "x"}, "remote management.payment_address.non_boolean_remote")):
        refused = manage("/deposit_address/new", {**asked, **changes})
        assert (refused.status_code, refused.json()) == (422, {"error": sentence})
    gateway.is_away = True
    try:
        refused = manage("/deposit_address/new", asked)
        assert refused.json() == {"errors": ["management.payment_address.failed_to_generate"]}
    finally:
        gateway.is_away = False


def test_balances__show_the_addresses(gateway):
    member = Depositor()
    row = next(one for one in ok(member.get("/account/balances"), 200) if one["currency"] == "eth")
    address = {"currencies": ["eth"], "blockchain_key": CHAIN, "address": member.address, "state": "active"}
    assert row["deposit_addresses"] == [address] and row["deposit_address"] == address


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


def test_deposit__below_the_minimum__credited_when_the_sum_reaches_it(gateway):
    """W-11"""
    member = Depositor()
    network = network_of("eth")
    minimum = "0.3"
    ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"], min_deposit_amount=minimum))
    try:
        first = deposited(gateway, member, "0.1")
        assert (member.state(first), member.shown(first)["hold_reason"]) == ("submitted", "below_minimum")
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


def network_of(currency):
    return next(row for row in ok(WHO.admin.get(f"/admin/currencies/{currency}"), 200)["networks"]
                if row["blockchain_key"] == CHAIN)


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


# ---- lists ----

def test_list__filters_pages_and_headers(gateway):
    member = Depositor()
    transfers = [deposited(gateway, member, "0.2", index=index) for index in range(4)]
    shown = member.get("/account/deposits")
    assert len(ok(shown, 200)) == 4 and shown.headers["Total"] == "4"
    page = member.get("/account/deposits", limit=2)
    assert len(ok(page, 200)) == 2 and page.headers["Total"] == "4"
    assert len(ok(member.get("/account/deposits", limit=1, page=2), 200)) == 1
    assert [row["txid"] for row in shown.json()] == [one["txid"] for one in reversed(transfers)]
    assert len(ok(member.get("/account/deposits", txid=transfers[0]["txid"], currency="eth"), 200)) == 1
    assert ok(member.get("/account/deposits", currency="btc"), 200) == []
    assert ok(member.get("/account/deposits", time_to=1), 200) == []
    assert len(ok(member.get("/account/deposits", time_from=1, time_to=int(time.time()) + 60), 200)) == 4
    errors(Depositor().get(f"/account/deposits/{transfers[0]['txid']}"), "record.not_found", status=404)
    errors(member.get("/account/deposits", currency="no", state="no", blockchain_key="no", time_from="token",
                      limit=101, page=0, txid=""),
           "account.currency.doesnt_exist", "account.deposit.invalid_state", "account.deposit.empty_txid",
           "account.deposit.blockchain_key_doesnt_exist", "account.deposit.non_integer_time_from",
           "account.deposit.invalid_limit", "account.deposit.non_positive_page")
    errors(member.get("/account/deposits", time_to="", limit="x", page="x"), "account.deposit.empty_time_to",
           "account.deposit.non_integer_limit", "account.deposit.invalid_limit", "account.deposit.non_integer_page",
           "account.deposit.non_positive_page")


def test_admin__lists_and_refuses(gateway):
    member = Depositor()
    transfer = deposited(gateway, member, "0.2")
    row = ok(WHO.admin.get("/admin/deposits", uid=member.uid, type="coin", range="updated"), 200)[0]
    assert (row["txid"], row["uid"], row["email"], row["txout"], row["address"], row["type"]) == \
        (transfer["txid"], member.uid, f"{member.uid.lower()}@example.com", 0, member.address, "coin")
    errors(WHO.admin.get("/admin/deposits", state="no", blockchain_key="no", currency="no", type="no", range="no"),
           "admin.deposit.invalid_state", "admin.beneficiary.blockchain_key_doesnt_exist",
           "admin.currency.doesnt_exist", "admin.currency.invalid_type", "value")
    errors(WHO.admin.get("/admin/deposits", uid="nobody"), "admin.user.doesnt_exist")
    errors(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="no"), "admin.deposit.invalid_action")
    errors(WHO.admin.post("/admin/deposits/actions", id=99999999, action="accept"), "record.not_found", status=404)
    errors(WHO.admin.post("/admin/deposit_address", uid="nobody", currency="usd", blockchain_key="no"),
           "admin.deposit.currency_doesnt_exist", "admin.beneficiary.blockchain_key_doesnt_exist")
    errors(WHO.admin.post("/admin/deposit_address", uid="nobody", currency="eth", blockchain_key=CHAIN),
           "admin.deposit.user_doesnt_exist")
    shown = ok(WHO.admin.post("/admin/deposit_address", uid=member.uid, currency="eth", blockchain_key=CHAIN))
    assert shown["address"] == member.address
    errors(WHO.admin.post("/admin/deposits/x/refund", address="0x"), "admin.deposit.non_integer_type")


# ---- fiat ----

def fiat(member, **changes):
    return {"uid": member.uid, "currency": "usd", "amount": "12.5", "tid": "T" + hexadecimal(8), **changes}


def test_fiat__management__state_machine(gateway):
    member = Member(level=3)
    ok(member.get("/account/members/me"), 200)
    asked = fiat(member, transfer_type="sepa")
    row = ok(manage("/deposits/new", asked))
    assert (row["state"], row["amount"], row["type"], row["transfer_type"]) == ("submitted", "12.5", "fiat", "sepa")
    assert ok(manage("/deposits/get", {"tid": asked["tid"]})) == row
    accepted = ok(manage("/deposits/state", {"tid": asked["tid"], "state": "accepted"}, method="PUT"), 200)
    assert accepted["state"] == "accepted" and member.balance("usd") == (Decimal("12.5"), 0)
    for state in ("accepted", "canceled"):
        assert manage("/deposits/state", {"tid": asked["tid"], "state": state}, method="PUT").status_code == 422
    assert member.balance("usd") == (Decimal("12.5"), 0)
    at_once = ok(manage("/deposits/new", fiat(member, state="accepted")))
    assert at_once["state"] == "accepted" and member.balance("usd") == (25, 0)
    canceled = fiat(member)
    ok(manage("/deposits/new", canceled))
    row = ok(manage("/deposits/state", {"tid": canceled["tid"], "state": "canceled"}, method="PUT"), 200)
    assert row["state"] == "canceled"
    listed = ok(manage("/deposits", {"uid": member.uid, "state": "canceled", "currency": "usd"}), 200)
    assert [one["tid"] for one in listed] == [canceled["tid"]]
    again = manage("/deposits/new", asked)
    assert (again.status_code, again.json()) == (422, {"errors": ["Tid has already been taken"]})
    assert manage("/deposits/new", fiat(member, currency="eth")).json() == \
        {"error": "currency does not have a valid value"}
    assert manage("/deposits/new", fiat(member, transfer_type="x")).json() == \
        {"error": "transfer_type account.deposit.transfer_type_not_in_list"}
    unknown = manage("/deposits/new", fiat(SimpleNamespace(uid="nobody")))
    assert (unknown.status_code, unknown.json()) == (422, {"errors": ["Member must exist"]})


def test_fiat__management__a_coin_is_not_found(gateway):
    member = Depositor()
    transfer = deposited(gateway, member, "0.2")
    tid = member.shown(transfer)["tid"]
    refused = manage("/deposits/state", {"tid": tid, "state": "accepted"}, method="PUT")
    assert (refused.status_code, refused.json()) == (404, {"error": "Couldn't find record."})


def test_fiat__admin__new_and_process(gateway):
    member = Member(level=3)
    ok(member.get("/account/members/me"), 200)
    row = ok(WHO.admin.post("/admin/deposits/new", uid=member.uid, currency="usd", amount="5"))
    assert (row["state"], row["type"], row["transfer_type"], row["tid"][:3]) == ("submitted", "fiat", "fiat", "TID")
    errors(WHO.admin.post("/admin/deposits/new", uid=member.uid, currency="eth", amount="x"),
           "admin.deposit.currency_doesnt_exist", "admin.deposit.non_decimal_amount")
    errors(WHO.admin.post("/admin/deposits/new", uid="nobody", currency="usd", amount="1"),
           "admin.deposit.user_doesnt_exist")
    ok(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="accept"))
    errors(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="process"), "admin.depodit.cannot_process")
    assert member.balance("usd") == (5, 0)


# ---- collection and refunds ----

@pytest.fixture
def hot_and_cold(gateway):
    """A hot wallet with room for 0.5 eth, and a cold one; the price of eth is 10."""
    eth = ok(WHO.admin.get("/admin/currencies/eth"), 200)
    ok(WHO.admin.post("/admin/currencies/update", code="eth", price="10"))
    for other in ok(WHO.admin.get("/admin/wallets", blockchain_key=CHAIN, limit=1000), 200):
        if other["kind"] != "deposit" and other["status"] == "active":
            ok(WHO.admin.post("/admin/wallets/update", id=other["id"], status="disabled"))
    hot, cold = (ok(WHO.admin.post("/admin/wallets/new", name=kind + hexadecimal(4), kind=kind, gateway="geth",
                                   blockchain_key=CHAIN, currencies=["eth"], max_balance=most,
                                   address="0x" + hexadecimal(20)))
                 for kind, most in (("hot", "5"), ("cold", "1000")))
    yield hot, cold
    for wallet in (hot, cold):
        ok(WHO.admin.post("/admin/wallets/update", id=wallet["id"], status="disabled"))
    ok(WHO.admin.post("/admin/currencies/update", code="eth", price=eth["price"]))


def row_of(transfer):
    return ok(WHO.admin.get("/admin/deposits", txid=transfer["txid"]), 200)[0]


def asked(gateway, deposit, count, prefix="collect"):
    """The payouts of a deposit, when there are so many."""
    def found():
        names = [name for name in sorted(gateway.payouts) if name.startswith(f"{prefix}-{deposit['id']}-")]
        return [(name, gateway.payouts[name]) for name in names] if len(names) == count else None
    return wait_for(found, CONFIRM_S, f"{count} payouts of deposit {deposit['id']}")


def paid(gateway, name, state, **more):
    return gateway.tell("payout.updated", payout_id=name, state=state, **{
        "txid": "0x" + hexadecimal(32), "fee_units": "0", "height": 99, "reason": "", **more})


def test_collection__spread_over_hot_and_cold__collected_when_both_are_mined(gateway, hot_and_cold):
    hot, cold = hot_and_cold
    member = Depositor()
    transfer = deposited(gateway, member, "1.25")
    row = row_of(transfer)
    (first, body), (second, other) = asked(gateway, row, 2)
    assert body == {"chain": CHAIN, "contract": "", "to": hot["address"], "units": units("0.5"),
                    "purpose": "collection", "from": member.address, "fee_cap_units": "", "owner": member.uid,
                    "subtract_fee": True, "approvals": []}
    assert (other["to"], other["units"]) == (cold["address"], units("0.75"))
    until(paid(gateway, first, "waiting", reason="fee"))
    assert row_of(transfer)["state"] == "fee_processing"
    until(paid(gateway, first, "confirmed"))
    assert row_of(transfer)["state"] == "fee_processing"
    until(paid(gateway, second, "confirmed"))
    collected = row_of(transfer)
    assert collected["state"] == "collected"
    assert [(part["to_address"], part["status"]) for part in collected["spread"]] == \
        [(hot["address"], "succeed"), (cold["address"], "succeed")]
    assert member.balance("eth") == (Decimal("1.25"), 0)


def test_collection__a_part_fails__errored_and_only_that_part_again(gateway, hot_and_cold):
    member = Depositor()
    transfer = deposited(gateway, member, "1.25")
    row = row_of(transfer)
    (first, _), (second, _) = asked(gateway, row, 2)
    until(paid(gateway, first, "confirmed"))
    until(paid(gateway, second, "failed", reason="reverted"))
    assert row_of(transfer)["state"] == "errored"
    ok(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="process"))
    again = asked(gateway, row, 4)[2:]
    assert sum(int(body["units"]) for _, body in again) == int(units("0.75"))
    for name, _ in again:
        until(paid(gateway, name, "confirmed"))
    assert row_of(transfer)["state"] == "collected"


def test_collection__below_its_minimum__skipped_and_sent_back(gateway, hot_and_cold):
    member = Depositor()
    network = network_of("eth")
    ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"], min_collection_amount="0.4"))
    try:
        transfer = deposited(gateway, member, "0.3")
        wait_for(lambda: row_of(transfer)["state"] == "skipped", CONFIRM_S)
    finally:
        ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"],
                          min_collection_amount=network["min_collection_amount"]))
    row, outside = row_of(transfer), "0x" + hexadecimal(20)
    refund = ok(WHO.admin.post(f"/admin/deposits/{row['id']}/refund", address=outside))
    assert (refund["address"], refund["deposit"]["state"]) == (outside, "refunding")
    assert member.balance("eth") == (0, Decimal("0.3"))
    errors(WHO.admin.post(f"/admin/deposits/{row['id']}/refund", address=outside), "admin.depodit.cannot_refund")
    name = f"refund-{refund['id']}"
    wait_for(lambda: name in gateway.payouts, CONFIRM_S, name)
    assert (gateway.payouts[name]["to"], gateway.payouts[name]["from"]) == (outside, member.address)
    # The network's fee came off the amount: the assets lose the deposit, and the fee not once more.
    before, fee = booked(), 21_000_000_000_007
    until(paid(gateway, name, "confirmed", paid_units=str(int(units("0.3")) - fee)))
    assert member.balance("eth") == (0, 0)
    until(gateway.tell("network_fee.paid", payout_id=name, contract="", units=str(fee), txid="0x1"))
    after = booked()
    assert before - after == Decimal("0.3").scaleb(18)
    assert gateway.payouts[name]["units"] == units("0.3")


def booked():
    """Units of eth in the assets of coins, without what waits to be booked."""
    assets = WORLD.sql("SELECT SUM(IF(code_a = 102, amount_a, 0) + IF(code_b = 102, amount_b, 0)) FROM ledger "
                       "WHERE currency_id = 'eth'")[0][0]
    dust = WORLD.sql("SELECT COALESCE(SUM(units), 0) FROM chain_dust WHERE currency_id = 'eth'")[0][0]
    return assets.scaleb(18) - dust


def test_refund__of_what_was_never_credited__costs_the_assets_nothing(gateway):
    member, before = Depositor(), booked()
    network = network_of("eth")
    ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"], min_deposit_amount="5"))
    try:
        transfer = member.transfer("0.3")
        until(gateway.tell("transfer.confirmed", **transfer))
    finally:
        ok(WHO.admin.post("/admin/blockchain_currencies/update", id=network["id"],
                          min_deposit_amount=network["min_deposit_amount"]))
    refund = ok(WHO.admin.post(f"/admin/deposits/{row_of(transfer)['id']}/refund",
                               address="0x" + hexadecimal(20)))
    name, fee = f"refund-{refund['id']}", 42_000_000_000_011
    wait_for(lambda: name in gateway.payouts, CONFIRM_S, name)
    until(gateway.tell("network_fee.paid", payout_id=name, contract="", units=str(fee), txid="0x2"))
    until(paid(gateway, name, "confirmed", paid_units=str(int(units("0.3")) - fee)))
    assert booked() == before


def test_wallets__without_address__the_gateway_makes_one_and_tells_what_it_holds(gateway):
    wallet = ok(WHO.admin.post("/admin/wallets/new", name="h" + hexadecimal(4), kind="hot", gateway="geth",
                               blockchain_key=CHAIN, currencies=["eth"]))
    shown = wait_for(lambda: next((row for row in [ok(WHO.admin.get(f"/admin/wallets/{wallet['id']}"), 200)]
                                   if row["address"]), None), CONFIRM_S, "an address")
    assert shown["address"] == gateway.addresses[CHAIN, f"wallet-{wallet['id']}"]
    ok(WHO.admin.post("/admin/wallets/update", id=wallet["id"], status="disabled"))


# ---- what is asked of the gateway ----

def chain_id():
    return next(row["id"] for row in ok(WHO.admin.get("/admin/blockchains", key=CHAIN), 200))


def test_blockchains__latest_block_and_process_block__by_the_gateway(gateway):
    latest = WHO.admin.get(f"/admin/blockchains/{chain_id()}/latest_block")
    assert (latest.status_code, latest.json()) == (200, gateway.height)
    assert ok(WHO.admin.post("/admin/blockchains/process_block", id=chain_id(), block_number=7))["key"] == CHAIN
    errors(WHO.admin.get("/admin/blockchains/99999/latest_block"), "admin.blockchain.latest_block")
    gateway.is_away = True
    try:
        errors(WHO.admin.get(f"/admin/blockchains/{chain_id()}/latest_block"), "admin.blockchain.latest_block")
        errors(WHO.admin.post("/admin/blockchains/process_block", id=chain_id(), block_number=7),
               "admin.blockchain.process_block")
    finally:
        gateway.is_away = False


def test_webhook__handed_to_the_gateway__or_refused(gateway):
    url = f"{WORLD.api}/public/webhooks"
    taken = requests.post(f"{url}/bitgo/deposit", json={"hash": "x"}, timeout=30)
    assert taken.status_code == 200 and gateway.webhooks == [("bitgo", "deposit", '{"hash": "x"}')]
    errors(requests.post(f"{url}/bitgo/no", json={}, timeout=30), "public.webhook.invalid_event")
    gateway.is_away = True
    try:
        errors(requests.post(f"{url}/bitgo/withdraw", json={}, timeout=30),
               "public.webhook.cannot_perfom_bitgo_withdraw")
    finally:
        gateway.is_away = False

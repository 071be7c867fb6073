"""Deposits on their way into the wallets, and back to where they came from (reference 11.8)."""

from decimal import Decimal

import pytest

from deposit_world import (
    CHAIN, CONFIRM_S, WHO, Depositor, asked, deposited, errors, network_of, ok, paid, row_of, units,
    until)
from deposit_world import gateway  # noqa: F401 (fixture)
from stand_in import hexadecimal
from world import WORLD, wait_for


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

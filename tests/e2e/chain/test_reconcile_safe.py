"""A Safe contract wallet among our addresses: its coins against the books (W-34)."""

import pytest

import test_reconcile as coins
from members import Member
from test_payouts_safe import number, safe
from test_reconcile import checked, lines_of, ok, settled, standing, take, until_succeed, watching
from world import WORLD, wait_for

pytestmark = pytest.mark.outage
assert safe and settled and watching  # fixtures


def is_watched(address):
    return WORLD.sql("SELECT 1 FROM bourse_blockchain.addresses WHERE LOWER(address) = LOWER(%s) AND "
                     "purpose = 'safe'", address)


def test_safe__what_it_held_is_taken_on_once__then_balanced__coins_gone_stop(safe):
    wait_for(lambda: is_watched(safe.address), coins.SECONDS, "the Safe to be watched")
    for currency in ("eth", "usdt"):
        coins.settle(currency)
    before, first = coins.Decimal(standing("eth")["difference"]), number(safe)
    member = Member(level=3)
    ok(member.get("/account/members/me"))
    address = wait_for(lambda: ok(member.get("/account/deposit_address/eth", blockchain_key=coins.ETH))["address"],
                       coins.SECONDS, "an address")
    safe.node.pay("eth", address, "0.75")
    safe.node.pay("eth", safe.address, "0.5")  # an operator's
    for currency, amount in (("eth", "0.03"), ("usdt", "20")):
        withdraw = take(currency, amount)
        until_succeed(withdraw)
        row = checked(currency, "balanced")
        assert coins.adds_up(row), lines_of(row)
    wait_for(lambda: member.balance("eth")[0] == coins.Decimal("0.75"), coins.SECONDS, "the deposit")
    row = checked("eth", "balanced")
    assert coins.Decimal(row["difference"]) == before, lines_of(row)
    assert number(safe) == first + 2  # both left the Safe
    with coins.without(safe.address, 10 ** 18):
        stopped = checked("eth", "stopped")
        assert coins.Decimal(stopped["difference"]) == before - 1, lines_of(stopped)
        withdraw = take("eth", "0.03")
        checked("eth", "stopped")
        coins.waits_in_accounting(withdraw)
        assert ok(coins.acknowledge("eth", stopped["difference"]))["state"] == "balanced"
        until_succeed(withdraw)
        assert checked("eth")["state"] == "balanced"
    assert number(safe) == first + 3

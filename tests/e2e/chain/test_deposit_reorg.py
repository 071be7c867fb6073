"""A credited deposit whose blocks leave a real chain (W-01): frozen and in suspense, never below zero, and
credited once more when its transaction is in a block again."""

from decimal import Decimal

from coins import CHAIN_S, CONFIRMATIONS, Holder
from world import WORLD, wait_for


def suspense(currency):
    rows = WORLD.sql("SELECT COALESCE(SUM(IF(code_a = 122, amount_a, 0) + IF(code_b = 122, amount_b, 0)), 0)"
                     " FROM ledger WHERE currency_id = %s AND reference_type = 'deposit'", currency)
    return rows[0][0]


def empty_blocks(node, count):
    """Blocks that leave out what waits."""
    for _ in range(count):
        node.call("generateblock", node.outside_address(), [])


def test_reorganisation_after_the_credit__frozen_then_credited_once_again(litecoin):
    anna, before = Holder(), suspense("ltc")
    deposit = anna.receive("ltc", "1.5")
    assert anna.balance("ltc") == (Decimal("1.5"), 0)
    litecoin.reorg(CONFIRMATIONS)
    empty_blocks(litecoin, CONFIRMATIONS + 1)
    wait_for(lambda: anna.balance("ltc") == (0, Decimal("1.5")), CHAIN_S, "the frozen deposit")
    assert suspense("ltc") - before == Decimal("1.5")
    assert anna.deposit(deposit["txid"])["confirmations"] == 0
    litecoin.mine(CONFIRMATIONS + 1)
    wait_for(lambda: anna.balance("ltc") == (Decimal("1.5"), 0), CHAIN_S, "the deposit, credited again")
    assert suspense("ltc") == before
    accepted = WORLD.sql("SELECT COUNT(*) FROM ledger l JOIN deposits d ON d.id = l.reference_id"
                         " WHERE l.reference_type = 'deposit' AND l.event = 'accept' AND d.txid = %s", deposit["txid"])
    assert accepted == ((1,),)


def test_reorganisation_before_the_credit__back_and_credited_once(litecoin):
    anna = Holder()
    txid = litecoin.pay("ltc", anna.address("ltc"), "0.75")
    litecoin.mine(1)
    wait_for(lambda: anna.member.get(f"/account/deposits/{txid}").status_code == 200, CHAIN_S, "the deposit")
    litecoin.reorg(1)
    empty_blocks(litecoin, 2)
    wait_for(lambda: anna.deposit(txid)["confirmations"] == 0, CHAIN_S, "a deposit in no block")
    assert anna.balance("ltc") == (0, 0)
    litecoin.mine(CONFIRMATIONS + 1)
    wait_for(lambda: anna.balance("ltc") == (Decimal("0.75"), 0), CHAIN_S, "the credit")

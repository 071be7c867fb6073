"""The whole way of a coin: paid to a member, credited, withdrawn with a code and a mail to somebody
outside, and there on the chain; at the end the checker counts every coin."""

import json
from decimal import Decimal

import pytest

from coins import Holder, node_of, until_paid
from world import WORLD


@pytest.fixture(scope="module")
def anna(chains):
    return Holder()


@pytest.mark.parametrize("currency, amount, out", [
    ("ltc", "2.5", "0.3"), ("eth", "3.25", "0.01"), ("usdt", "250.5", "20")])
def test_paid_in_credited_withdrawn_and_on_the_chain(anna, chains, currency, amount, out):
    node = node_of(currency)
    deposit = anna.receive(currency, amount)
    assert Decimal(deposit["amount"]) == Decimal(amount)
    told = WORLD.service("accounting", "--explain-deposit", deposit["txid"])
    assert told.returncode == 0, told.stdout + told.stderr
    story = json.loads(told.stdout)
    assert [row["credited"] for row in story["deposits"]] == [True]
    assert [chain["gateway"]["place"] for chain in story["chains"]] == ["mined"], story

    outside = node.outside_address()
    before = node.balance(currency, outside)
    asked = anna.withdraw(currency, out, anna.beneficiary(currency, outside, f"outside {currency}"))
    row = until_paid(anna, asked["id"])
    assert row["rid"].lower() == outside.lower()
    assert node.balance(currency, outside) - before == Decimal(row["amount"]) - Decimal(row["fee"])
    assert sum(anna.balance(currency)) == Decimal(amount) - Decimal(out)


def test_every_coin_is_where_the_books_say(anna):
    if WORLD.is_ours:
        pytest.skip("other tests paid by the gateway alone: RUN_DIR names a stack that has only books")
    done = WORLD.tool("check", "--wait", "60", capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok      the coins on the chains are those of the books" in done.stdout, done.stdout

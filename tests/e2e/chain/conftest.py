"""Tests of money in and out, on the real nodes of the stack: see coins.py."""

import sys
from pathlib import Path

import pytest

from world import WORLD, wait_for

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "auth")]
sys.path.append(str(Path(__file__).resolve().parents[2] / "chain"))

from payouts import Gateway  # noqa: E402  (after the path is set)

HOT_LTC, HOT_ETH, HOT_USDT, FEE_ETH = 50, 50, 100_000, 10


@pytest.fixture(scope="session")
def gateway(stack):
    return Gateway(WORLD)


def chain_or_skip(key):
    node = WORLD.chains.get(key)
    if not node:
        pytest.skip(f"no node of {key} on this machine")
    return node


@pytest.fixture(scope="session")
def ltc(gateway):
    """litecoind, with coins in the hot account."""
    node = chain_or_skip("ltc-regtest")
    for _ in range(5):  # several coins: transactions that wait for no change
        node.pay("ltc", gateway.address("ltc-regtest", "hot", "e2e-hot"), HOT_LTC)
    node.mine(3)
    wait_for(lambda: hot_coins(gateway) >= 5, what="coins of the hot account")
    return node


def hot_coins(gateway):
    return gateway.sql("SELECT COUNT(*) FROM transfers t JOIN addresses a ON a.id = t.address_id WHERE "
                       "t.chain_key = 'ltc-regtest' AND a.purpose = 'hot' AND t.state = 'confirmed'")[0][0]


@pytest.fixture(scope="session")
def eth(gateway):
    """anvil, with coins and tokens in the hot account and gas in the fee account."""
    node = chain_or_skip("eth-anvil")
    hot = gateway.address("eth-anvil", "hot", "e2e-hot")
    first = gateway.sql("SELECT address FROM addresses WHERE chain_key = 'eth-anvil' AND purpose = 'hot' "
                        "AND assigned_at IS NOT NULL AND account IS NOT NULL ORDER BY idx LIMIT 1")
    hot = first[0][0] if first else hot
    node.pay("eth", hot, HOT_ETH)
    node.pay("usdt", hot, HOT_USDT)
    gateway.address("eth-anvil", "fee", "e2e-fee")
    fee = gateway.sql("SELECT address FROM addresses WHERE chain_key = 'eth-anvil' AND purpose = 'fee' "
                      "AND assigned_at IS NOT NULL AND account IS NOT NULL ORDER BY idx LIMIT 1")[0][0]
    node.pay("eth", fee, FEE_ETH)
    node.mine(2)
    return node


@pytest.fixture(scope="session")
def chains(stack):
    """The nodes by chain key; what needs one that is not there is skipped."""
    return WORLD.chains


@pytest.fixture(scope="session")
def litecoin(chains):
    if "ltc-regtest" not in chains:
        pytest.skip("litecoind is not installed")
    return chains["ltc-regtest"]


@pytest.fixture(scope="session")
def ethereum(chains):
    if "eth-anvil" not in chains:
        pytest.skip("anvil could not be fetched")
    return chains["eth-anvil"]


@pytest.fixture(scope="session", autouse=True)
def chain_without_a_node(stack, admin):
    """eth moves on a second chain as well, which has no node: for the gateway that tests stand in for."""
    made = admin.post("/admin/blockchain_currencies/new", currency_id="eth",
                      blockchain_key="eth-testnet", base_factor=10 ** 18)
    assert made.status_code == 201 or "already" in made.text, made.text

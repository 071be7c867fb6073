"""A gateway that follows litecoind, honest or not, on chains of its own for each test."""

import secrets
from decimal import Decimal

import pytest

from gateway import gateway, node_url, stood_in
from world import WORLD, wait_for

CAREFUL = f"ltc-{secrets.token_hex(4)}"  # the chain with SECOND_OPINION
TRUSTING = f"ltc-{secrets.token_hex(4)}"  # and the one in SINGLE_PROVIDER_ALLOWED


@pytest.fixture(scope="module")
def node():
    if "ltc-regtest" not in WORLD.chains:
        pytest.skip("litecoind is not installed")
    return WORLD.chains["ltc-regtest"]


@pytest.fixture(scope="module")
def stand(node):
    with stood_in(SECOND_OPINION=f"{CAREFUL}:=100000000", SINGLE_PROVIDER_ALLOWED=f"other {TRUSTING}",
                  BLOCKS_KEPT="10") as stand:
        yield stand


def first_address(chain):
    """Addresses are derived when the chain's network is known."""
    def ask():
        answer = gateway("PUT", f"/internal/chains/{chain.key}/addresses/first", {"purpose": "deposit",
                                                                                  "owner": "ID0"})
        return answer.status_code < 300 and answer.json()["address"]
    return wait_for(ask, what="an address")


@pytest.fixture
def chain(stand, node):
    """A chain of its own that begins at the present tip."""
    chain = stand.chain([node_url(node)], node.height() + 1)
    chain.until_ready()
    first_address(chain)
    return chain


def mine(node, chain, blocks=1):
    node.mine(blocks)
    chain.until_height(node.height())


def units(amount):
    return str(int(Decimal(amount) * 10**8))

"""Payouts on a chain without EIP-1559 (geth-heco): a real anvil of the time before London."""

import secrets

import pytest

import evm
from gateway import stood_in
from ports import free_base
from world import REPOSITORY, WORLD, wait_for

pytestmark = pytest.mark.outage  # the gateway and the signer are restarted with other settings
ETHER, CLIENT = 10**18, "geth-heco"


@pytest.fixture(scope="module")
def place(gateway):
    """(anvil, chain) with coins in the hot account; the real signer, with a policy that lists the chain."""
    why = evm.install()
    if why:
        pytest.skip(why)
    policy = WORLD.file("legacy_policy.yml")
    text = (REPOSITORY / "deploy/config/signer_policy.yml").read_text()
    policy.write_text(text.replace("client: geth\n", f"client: {CLIENT}\n"))
    signer_url = WORLD.env("blockchain")["SIGNER_URL"]
    with evm.Anvil(free_base() + 1, hardfork="berlin", mnemonic_seed_unsafe=8) as anvil, \
            WORLD.service_with("signer", POLICY_FILE=str(policy)), \
            stood_in(SIGNER_URL=signer_url, BUMP_BLOCKS="1") as stand:
        assert "baseFeePerGas" not in anvil.rpc("eth_getBlockByNumber", "latest", False)
        chain = stand.chain([anvil.url], anvil.height, key=f"heco-{secrets.token_hex(4)}", client=CLIENT,
                            assets=[{"currency": "ht", "contract": "", "decimals": 18, "min_deposit": "1",
                                     "deposit_enabled": True, "status": "enabled"}])
        chain.until_ready()
        anvil.fund(chain.address(purpose="hot"), 10 * ETHER)
        anvil.mine(3)
        yield anvil, chain
        chain.change(status="disabled")


def test_payout__without_a_fee_market__goes_out_at_the_price_of_gas(gateway, place):
    anvil, chain = place
    payout, to = f"withdraw-{secrets.token_hex(4)}", "0x" + secrets.token_hex(20)
    assert gateway.put(payout, chain.key, to, ETHER)[0] == 201
    done = gateway.until(payout, "confirmed", mine=anvil)
    sent = anvil.rpc("eth_getTransactionByHash", done["txid"])
    assert sent["type"] == "0x0" and int(sent["v"], 16) in (2 * 31337 + 35, 2 * 31337 + 36)
    assert anvil.balance(to) == ETHER
    assert int(done["fee_units"]) == 21000 * int(sent["gasPrice"], 16)


def test_payout__not_mined__is_replaced_at_a_higher_price_of_gas(gateway, place):
    anvil, chain = place
    payout, to = f"withdraw-{secrets.token_hex(4)}", "0x" + secrets.token_hex(20)
    anvil.rpc("evm_setAutomine", False)
    try:
        gateway.put(payout, chain.key, to, ETHER)
        before = gateway.until(payout, "broadcast")
        price = int(anvil.rpc("eth_getTransactionByHash", before["txid"])["gasPrice"], 16)
        with WORLD.paused("blockchain"):
            anvil.rpc("anvil_dropTransaction", before["txid"])
            anvil.mine(1)
        wait_for(lambda: len(gateway.get(payout)["transactions"]) > 1, what="a replacement")
        done = gateway.until(payout, "confirmed", mine=anvil)
        last = done["transactions"][-1]["txid"]
        assert int(anvil.rpc("eth_getTransactionByHash", last)["gasPrice"], 16) > price
        assert len({tx["nonce"] for tx in done["transactions"]}) == 1
        assert anvil.balance(to) == ETHER
    finally:
        anvil.rpc("evm_setAutomine", True)

"""Payouts on an Ethereum-like chain, a real anvil (W-18 to W-24, W-30)."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
import requests

from gateway import gateway as ask
from members import token
from payouts import outside_address, received
from world import WORLD, wait_for

CHAIN = "eth-anvil"
GWEI = 10**9


def new_id(name="withdraw"):
    return f"{name}-{secrets.token_hex(4)}"


@pytest.fixture
def by_hand(eth):
    """Blocks come only when they are asked for."""
    eth.call("evm_setAutomine", False)
    yield eth
    eth.call("evm_setAutomine", True)
    eth.mine(1)


def operator(uid="IDADA1000001", role="admin"):
    return token(uid, role=role)


def refused(word):
    return 422, {"errors": [f"blockchain.settlement.{word}"]}


def unsettled(chain):
    return ask("GET", f"/api/v2/admin/payouts?chain={chain}", token=operator()).json()


def deep_enough(node, answer):
    """What was settled; None, and a block more, as long as that is not deep enough."""
    if answer == refused("may_be_paid"):
        node.mine(1)
        return None
    assert answer[0] in (200, 202), answer
    return answer[1]


def hot_account(gateway, eth):
    """Address, index and next nonce of the account that pays: it has a row when it has paid."""
    first = new_id()
    gateway.put(first, CHAIN, outside_address(eth), 10**15)
    gateway.until(first, "confirmed", mine=eth)
    return gateway.sql(
        "SELECT n.address, a.idx, n.next_nonce FROM account_nonces n JOIN addresses a ON a.chain_key = n.chain_key AND "
        "a.address = n.address WHERE a.chain_key = %s AND a.purpose = 'hot' ORDER BY a.idx LIMIT 1", CHAIN)[0]


def test_payout__native_and_token__arrive_once(gateway, eth):
    coin, token, to = new_id(), new_id(), outside_address(eth)
    assert gateway.put(coin, CHAIN, to, 10**17)[0] == 201
    assert gateway.put(token, CHAIN, to, 25_000_000, contract=eth.TOKEN)[0] == 201
    assert gateway.put(coin, CHAIN, to, 10**17)[0] == 200
    gateway.until(coin, "confirmed", mine=eth)
    gateway.until(token, "confirmed", mine=eth)
    assert received(eth, "eth", to) == 10**17
    assert received(eth, "usdt", to) == 25_000_000


def test_payouts__many_at_once__have_nonces_without_holes(gateway, by_hand):
    ids = [new_id() for _ in range(10)]
    to = outside_address(by_hand)
    for payout in ids:
        gateway.put(payout, CHAIN, to, 10**15)
    done = [gateway.until(payout, "confirmed", mine=by_hand) for payout in ids]
    nonces = sorted(payout["transactions"][0]["nonce"] for payout in done)
    assert nonces == list(range(nonces[0], nonces[0] + 10))
    assert received(by_hand, "eth", to) == 10**16


def test_payout__not_mined__is_replaced_at_its_nonce(gateway, by_hand):
    payout, to = new_id(), outside_address(by_hand)
    with WORLD.service_with("blockchain", BUMP_BLOCKS="1"):
        gateway.put(payout, CHAIN, to, 10**16)
        before = gateway.until(payout, "broadcast")
        with WORLD.paused("blockchain"):
            by_hand.call("anvil_dropTransaction", before["txid"])
            by_hand.mine(1)
        wait_for(lambda: len(gateway.get(payout)["transactions"]) > 1, what="a replacement")
        done = gateway.until(payout, "confirmed", mine=by_hand)
    assert len({tx["nonce"] for tx in done["transactions"]}) == 1
    assert received(by_hand, "eth", to) == 10**16


def test_payout__node_forgot_it__the_same_bytes_go_out_again(gateway, by_hand):
    """W-20: a restart of the node loses its pool."""
    payout, to = new_id(), outside_address(by_hand)
    gateway.put(payout, CHAIN, to, 10**16)
    before = gateway.until(payout, "broadcast")
    by_hand.call("anvil_dropTransaction", before["txid"])
    done = gateway.until(payout, "confirmed", mine=by_hand)
    assert done["txid"] == before["txid"]
    assert received(by_hand, "eth", to) == 10**16


def test_payout__reverted_in_its_block__failed_and_its_fee_is_told(gateway, by_hand):
    """The receiver stops taking coins between the estimate and the block."""
    payout, to = new_id(), outside_address(by_hand)
    gateway.put(payout, CHAIN, to, 10**16)
    gateway.until(payout, "broadcast")
    by_hand.call("anvil_setCode", to, "0x60006000fd")  # it reverts
    done = gateway.until(payout, "failed", mine=by_hand)
    assert done["reason"] == "reverted"
    assert gateway.sql("SELECT COUNT(*) FROM events WHERE name = 'network_fee.paid' AND "
                       "JSON_VALUE(body, '$.payout_id') = %s", payout)[0][0] == 1
    assert received(by_hand, "eth", to) == 0


def test_payout__confirmed_then_mined_again_without_effect__somebody_is_told(gateway, by_hand):
    """W-01: a reorganisation that is deeper than the confirmations, and many blocks before the gateway looks again.
    What it left behind one operator ends: the chain proves that nothing was paid."""
    payout, to = new_id(), outside_address(by_hand)
    gateway.put(payout, CHAIN, to, 10**15)
    done = gateway.until(payout, "confirmed", mine=by_hand)
    depth = by_hand.height() - done["height"] + 1
    with WORLD.paused("blockchain"):
        by_hand.call("anvil_reorg", depth, [])
        by_hand.call("anvil_setCode", to, "0x60006000fd")  # it reverts
        by_hand.mine(depth + 40)

    def told():
        return gateway.sql("SELECT 1 FROM events WHERE name = 'chain.health' AND JSON_VALUE(body, '$.reason') = %s",
                           f"failed_after_reorg {done['txid']}")

    # Blocks come only when it was seen to be out of its own: the gateway looks back some blocks, not all.
    wait_for(lambda: told() or gateway.sql("SELECT mined_height FROM payout_txs WHERE txid = %s",
                                           done["txid"])[0][0] is None, what="a look back")
    wait_for(lambda: told() or (by_hand.mine(1) and None), what="the alarm")
    by_hand.mine(2)
    assert len(told()) == 1
    after = gateway.get(payout)
    assert (after["state"], after["reason"]) == ("confirmed", "failed_after_reorg")
    assert received(by_hand, "eth", to) == 0
    assert payout in [row["payout_id"] for row in unsettled(CHAIN)]
    assert gateway.settle(payout, "paid", done["txid"], operator()) == refused("failed")
    settled = wait_for(lambda: deep_enough(by_hand, gateway.settle(payout, "unpaid", "", operator())), 60, "its depth")
    assert (settled["state"], settled["confirmed_by"]) == ("done", None)
    after = gateway.get(payout)
    assert (after["state"], after["reason"]) == ("failed", "settled_unpaid")
    assert gateway.told(payout)[-2:] == ["confirmed", "failed"]


def test_payout__fee_above_the_cap__waits_and_goes_when_it_falls(gateway, eth):
    payout, to = new_id(), outside_address(eth)
    eth.call("anvil_setNextBlockBaseFeePerGas", hex(5000 * GWEI))
    eth.mine(1)
    gateway.put(payout, CHAIN, to, 10**16)
    assert gateway.until(payout, "waiting")["reason"] == "fee"
    eth.call("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    eth.mine(1)
    gateway.until(payout, "confirmed", mine=eth)
    assert received(eth, "eth", to) == 10**16


def test_payout__bad_or_own_address__is_refused(gateway, eth):
    own = gateway.address(CHAIN, "deposit", "e2e-deposit")
    broken = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # EIP-55's example, one letter too tall
    for to in (own, "0x" + 40 * "0", broken, "0x12"):
        status, payout = gateway.put(new_id(), CHAIN, to, 10**15)
        assert (status, payout["state"]) == (201, "refused"), (to, payout)
    status, payout = gateway.put(new_id(), CHAIN, eth.TOKEN, 1000, contract=eth.TOKEN)
    assert (status, payout["state"]) == (201, "refused")


def test_collection__of_a_token__has_its_gas_paid_once(gateway, eth):
    """W-30; the gateway is killed between the gas and the sweep."""
    deposit = gateway.address(CHAIN, "deposit", f"e2e-{secrets.token_hex(4)}")
    hot = gateway.address(CHAIN, "hot", f"e2e-{secrets.token_hex(4)}")
    eth.pay("usdt", deposit, 70)
    eth.mine(2)
    payout = new_id("collect")
    gateway.put(payout, CHAIN, hot, 70_000_000, "collection", contract=eth.TOKEN, **{"from": deposit})
    wait_for(lambda: gateway.sql("SELECT 1 FROM payouts WHERE id = %s", f"gas-{payout}-1"), what="gas")
    WORLD.kill("blockchain")
    gateway.until(payout, "confirmed", mine=eth)
    assert received(eth, "usdt", deposit) == 0
    assert received(eth, "usdt", hot) == 70_000_000
    gas = gateway.sql("SELECT id, state FROM payouts WHERE id LIKE %s", f"gas-{payout}-%")
    assert [row[0] for row in gas] == [f"gas-{payout}-1"]


def test_payout__its_nonce_taken_by_somebody_else__failed_when_that_is_deep_enough(gateway, by_hand):
    """W-19: failed by proof, and not before; then nothing goes out from that key."""
    payout, to = new_id(), outside_address(by_hand)
    with WORLD.service_with("blockchain", VOID_CONFIRMATIONS="4"):
        gateway.put(payout, CHAIN, to, 10**16)
        lost = gateway.until(payout, "broadcast")
        sent = gateway.sql("SELECT from_address, nonce FROM payout_txs WHERE txid = %s", lost["txid"])
        hot, nonce = sent[0]
        held = by_hand.call("eth_getBalance", hot, "latest")
        with WORLD.paused("blockchain"):
            by_hand.call("anvil_dropTransaction", lost["txid"])
            by_hand.call("anvil_impersonateAccount", hot)
            by_hand.call("eth_sendTransaction", {"from": hot, "to": hot, "value": "0x1",
                                                 "nonce": hex(nonce), "gas": hex(21000)})
            by_hand.mine(1)
            by_hand.call("anvil_setBalance", hot, held)  # the books know nothing of that fee
        wait_for(lambda: gateway.sql("SELECT void_height FROM payout_txs WHERE txid = %s",
                                     lost["txid"])[0][0], what="the doubt")
        assert gateway.get(payout)["state"] in ("broadcast", "unknown")
        done = gateway.until(payout, "failed", mine=by_hand)
    assert done["reason"] == "inputs_spent_elsewhere"
    assert received(by_hand, "eth", to) == 0
    assert gateway.sql("SELECT stopped FROM account_nonces WHERE address = %s", hot)[0][0] != ""
    set_free(gateway, by_hand, hot)


def sign_elsewhere(gateway, payout, to, units, nonce):
    """A transaction of a payout that the gateway has no row of: as after an old backup of its tables."""
    now, key = int(time.time()), WORLD.file("keys/blockchain.key").read_text()
    token = jwt.encode({"iat": now, "exp": now + 60, "jti": secrets.token_hex(16), "sub": "service",
                        "iss": "blockchain", "aud": "signer"}, key, algorithm="ES256")
    account, index = gateway.sql("SELECT account, idx FROM addresses WHERE chain_key = %s AND purpose = 'hot' AND "
                                 "assigned_at IS NOT NULL AND account IS NOT NULL ORDER BY idx LIMIT 1", CHAIN)[0]
    answer = requests.post(
        WORLD.env("blockchain")["SIGNER_URL"] + "/internal/sign/evm", timeout=60,
        headers={"Authorization": f"Bearer {token}"},
        json={"payout_id": payout, "purpose": "withdrawal", "client": "geth", "chain_id": "31337",
              "account": account, "index": index, "nonce": nonce, "to": to, "value": str(units), "data": "0x",
              "gas": 21000, "max_fee": str(2 * GWEI), "max_priority_fee": str(GWEI),
              "payment": {"contract": "", "to": to, "units": str(units)}, "approvals": []})
    assert answer.status_code == 200, answer.text


def test_payout__the_signer_signed_something_else_for_it__is_set_aside_and_the_others_go_on(gateway, eth):
    """W-19, W-20: not paid again, not given back; the nonce is not lost."""
    lost, behind, to = new_id(), new_id(), outside_address(eth)
    sign_elsewhere(gateway, lost, to, 10**15, 1_000_000)
    gateway.put(lost, CHAIN, to, 10**15)
    gateway.put(behind, CHAIN, to, 2 * 10**15)
    done = gateway.until(behind, "confirmed", mine=eth)
    aside = gateway.until(lost, "unknown")
    assert aside["reason"] == "signed_before"
    tried = gateway.sql("SELECT t.nonce FROM payout_txs t JOIN payout_payments p ON p.tx_id = t.id WHERE "
                        "p.payout_id = %s", lost)
    assert [row[0] for row in tried] == [done["transactions"][0]["nonce"]]
    assert gateway.cancel(lost)[0] == 409
    assert received(eth, "eth", to) == 2 * 10**15
    assert gateway.told(lost)[-1] == "unknown"


def test_payout__nonces_before_it_that_nothing_has__are_filled(gateway, eth):
    """W-20: an address that was set free with a number that is too high."""
    payout, to = new_id(), outside_address(eth)
    hot, _, _ = hot_account(gateway, eth)
    held = received(eth, "eth", hot)
    gateway.sql("UPDATE account_nonces SET next_nonce = next_nonce + 2 WHERE address = %s", hot)
    gateway.put(payout, CHAIN, to, 10**15)
    done = gateway.until(payout, "confirmed", mine=eth)
    nonce = done["transactions"][0]["nonce"]
    of_fills = ("SELECT t.nonce, t.fee_units, p.units, p.to_address, p.id FROM payouts p JOIN payout_payments x ON "
                "x.payout_id = p.id JOIN payout_txs t ON t.id = x.tx_id WHERE p.purpose = 5 ORDER BY t.nonce")
    for row in gateway.sql(of_fills):
        gateway.until(row[4], "confirmed", mine=eth)  # what each cost is known then
    fills = gateway.sql(of_fills)
    assert [(row[0], row[2], row[3]) for row in fills] == [(nonce - 2, 0, hot), (nonce - 1, 0, hot)]
    assert received(eth, "eth", to) == 10**15
    fees = sum(int(row[1]) for row in fills) + int(done["fee_units"])
    assert received(eth, "eth", hot) == held - 10**15 - fees


def test_settlement__signed_elsewhere__unpaid_only_when_its_nonce_went_to_something_else(gateway, eth):
    """W-19: two operators, and never a refund of what may still be mined."""
    lost, filler, to = new_id(), new_id(), outside_address(eth)
    hot, index, nonce = hot_account(gateway, eth)
    sign_elsewhere(gateway, lost, to, 10**15, nonce + 1)
    gateway.put(lost, CHAIN, to, 10**15)
    gateway.until(lost, "unknown")
    used = f"evm:1/{index}:{nonce + 1}"
    assert gateway.settle(lost, "unpaid", f"evm:1/{index}:1000000", operator()) == refused("may_be_paid")
    assert gateway.settle(lost, "unpaid", used, operator()) == refused("may_be_paid")
    assert gateway.settle(lost, "unpaid", "evm:1/x:1", operator()) == refused("invalid_evidence")
    for role in ("accountant", "technical"):
        assert gateway.settle(lost, "unpaid", used, operator(role=role))[0] == 403
    gateway.put(filler, CHAIN, to, 2 * 10**15)
    gateway.until(filler, "confirmed", mine=eth)
    behind = new_id()
    gateway.put(behind, CHAIN, to, 2 * 10**15)
    done = gateway.until(behind, "confirmed", mine=eth)
    assert [tx["nonce"] for tx in done["transactions"]] == [nonce + 1]
    assert gateway.settle(lost, "paid", done["txid"], operator()) == refused("pays_otherwise")
    first = wait_for(lambda: deep_enough(eth, gateway.settle(lost, "unpaid", used, operator())), 60, "its depth")
    assert first["state"] == "open" and done["txid"] in first["found"]
    assert gateway.settle(lost, "unpaid", used, operator())[1]["state"] == "open", "one person is one"
    assert gateway.get(lost)["state"] == "unknown"
    status, row = gateway.settle(lost, "unpaid", used, operator("IDADA1000002"))
    assert (status, row["proposed_by"], row["confirmed_by"]) == (200, "IDADA1000001", "IDADA1000002")
    assert gateway.settle(lost, "unpaid", used, operator())[0] == 200, "again is fine"
    after = gateway.get(lost)
    assert (after["state"], after["reason"], gateway.told(lost)[-1]) == ("failed", "settled_unpaid", "failed")
    assert gateway.settle(lost, "paid", done["txid"], operator()) == refused("ends_by_itself")
    assert received(eth, "eth", to) == 4 * 10**15
    story = gateway.call("GET", f"/internal/explain/payout/{lost}")[1]
    assert story["settlements"][0]["state"] == "done" and hot


def test_payouts__asked_for_and_cancelled_at_once__either_paid_or_cancelled(gateway, eth):
    """L-02 on the way out: many ask for and cancel the same payouts at the same time."""
    to = outside_address(eth)
    ids = [new_id() for _ in range(12)]
    with ThreadPoolExecutor(12) as hands:
        puts = [hands.submit(gateway.put, payout, CHAIN, to, 10**12) for payout in ids * 3]
        cancels = [hands.submit(gateway.cancel, payout) for payout in ids[::2]]
        assert {put.result()[0] for put in puts} <= {200, 201}
        assert {cancel.result()[0] for cancel in cancels} <= {200, 404, 409}
    done = [gateway.until(payout, "confirmed", "cancelled", mine=eth) for payout in ids]
    paid = [payout for payout in done if payout["state"] == "confirmed"]
    assert received(eth, "eth", to) == len(paid) * 10**12


def set_free(gateway, eth, address):
    """What an operator does when he knows who used the key."""
    gateway.sql("UPDATE account_nonces SET stopped = '', next_nonce = %s WHERE address = %s",
                int(eth.call("eth_getTransactionCount", address, "latest"), 16), address)


def test_payout__key_used_by_somebody_else__nothing_goes_out_any_more(gateway, eth):
    """W-20. The last test of this file: the hot account is stopped, and set free by hand."""
    hot, _, _ = hot_account(gateway, eth)
    eth.call("anvil_setNonce", hot, hex(int(eth.call("eth_getTransactionCount", hot, "latest"), 16) + 5))
    payout = new_id()
    gateway.put(payout, CHAIN, outside_address(eth), 10**15)
    assert gateway.until(payout, "waiting")["reason"] == "approval"
    assert gateway.sql("SELECT stopped FROM account_nonces WHERE address = %s", hot)[0][0] != ""
    assert gateway.sql("SELECT COUNT(*) FROM events WHERE name = 'chain.health' AND body LIKE "
                       "'%%foreign_nonce%%'")[0][0] >= 1
    assert gateway.cancel(payout)[0] == 200
    set_free(gateway, eth, hot)

"""Payouts out of a Safe-compatible contract wallet, two owners of three, on a real anvil (W-18, W-27, W-29). Two
owners are keys of two signers, the third is a key outside; the hot account pays the gas."""

import os
import secrets
import subprocess
import time
from types import SimpleNamespace

import jwt
import pytest
import requests
import yaml

from evm import Evm
from payouts import outside_address, received
from ports import free_base
from world import REPOSITORY, WORLD, wait_for

CHAIN, SECONDS = "eth-anvil", 180
NOWHERE = "0x" + "5a" * 20
STRANGER = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"  # its address


class SecondSigner:
    """bourse-signer once more, with a seed of its own: of another person, in another place."""

    def __init__(self, folder, policy):
        self.base, self.folder, self.process = free_base(), folder, None
        self.url = f"http://127.0.0.1:{self.base + 1}"
        self.environment = {**os.environ, **WORLD.env("signer"), "HTTP_PORT": str(self.base + 1),
                            "OPS_PORT": str(self.base + 2), "POLICY_FILE": str(policy),
                            "AUDIT_FILE": str(folder / "audit.jsonl"), "SECRET_FILE": str(folder / "secrets"),
                            "SECRET_KEY_FILE": str(folder / "secrets.key")}

    def start(self):
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen([WORLD.binaries / "bourse-signer"], env=self.environment, stderr=log,
                                            stdout=log, stdin=subprocess.DEVNULL)
        wait_for(self.is_ready, SECONDS, "the second signer")

    def is_ready(self):
        try:
            return requests.get(f"http://127.0.0.1:{self.base + 2}/ready", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None


def owner_signs(url, safe, nonce, payout, signatures=()):
    """What a signer says as an owner to a payment of one wei, which is none of the gateway's."""
    now = int(time.time())
    token = jwt.encode({"iss": "blockchain", "aud": "signer", "sub": "service", "iat": now, "exp": now + 60,
                        "jti": secrets.token_hex(8)}, WORLD.file("keys/blockchain.key").read_text(),
                       algorithm="ES256", headers={"kid": "blockchain"})
    body = {"payout_id": payout, "purpose": "withdrawal", "client": "geth", "chain_id": 31337, "account": 1, "index": 0,
            "safe": safe, "nonce": nonce, "to": STRANGER, "value": "1", "data": "0x", "signatures": list(signatures),
            "payment": {"contract": "", "to": STRANGER, "units": "1"}}
    answer = requests.post(f"{url}/internal/sign/safe", json=body, timeout=SECONDS,
                           headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def first_signer():
    return f"http://127.0.0.1:{WORLD.port_base + 15}"


def write_policy(path, safes):
    policy = yaml.safe_load((REPOSITORY / "deploy/config/signer_policy.yml").read_text())
    for chain in policy["chains"]:
        if chain["name"] == CHAIN:
            chain["safes"] = list(safes)
            for rule in chain["rules"]:
                if rule["purpose"] == "collection":
                    rule["to"] = list(safes)
    path.write_text(yaml.safe_dump(policy, width=10_000))


@pytest.fixture(scope="module")
def safe(gateway, eth, admin, tmp_path_factory):
    """The contract, with coins and tokens, as a hot wallet of the exchange; the second signer is on."""
    folder = tmp_path_factory.mktemp("safe")
    policy, chain = folder / "policy.yml", Evm(eth.url)
    write_policy(policy, [NOWHERE])
    second = SecondSigner(folder, policy)
    second.start()
    try:
        with WORLD.service_with("signer", POLICY_FILE=policy):
            nonce = secrets.randbelow(2**40)  # a signer signs each once, and others ask for a contract too
            owners = [owner_signs(url, NOWHERE, nonce, new_id())["owner"] for url in (first_signer(), second.url)]
        address = chain.deploy("Multisig", [*owners, STRANGER], 2)
        chain.send(address, 5 * 10**18)
        eth.pay("usdt", address, 1000)
        eth.mine(2)
        write_policy(policy, [NOWHERE, address])
        second.stop()
        second.start()
        made = admin.post("/admin/wallets/new", blockchain_key=CHAIN, name="eth-safe", kind="hot", gateway="gnosis",
                          address=address, currencies=["eth", "usdt"], status="active", max_balance="1000000")
        assert made.status_code == 201, made.text
        with WORLD.service_with("signer", POLICY_FILE=policy), \
                WORLD.service_with("blockchain", SAFE_SIGNER_URLS=second.url, CATALOGUE_POLL_MS="200"):
            yield SimpleNamespace(address=address, chain=chain, second=second, node=eth, gateway=gateway)
            # Before the gateway starts again, so that it never hears of it for the tests that follow.
            assert admin.post("/admin/wallets/update", id=made.json()["id"], status="disabled").status_code == 201
    finally:
        second.stop()


def new_id():
    return f"withdraw-{secrets.token_hex(4)}"


def row_of(safe, payout):
    rows = safe.gateway.sql("SELECT nonce, digest, call_data FROM safe_txs WHERE payout_id = %s", payout)
    return SimpleNamespace(nonce=rows[0][0], digest=rows[0][1], call=rows[0][2]) if rows else None


def number(safe):
    return safe.chain.read(safe.address, "nonce()")


def until_leaves_the_safe(safe):
    """The catalogue with the new wallet is known."""
    wait_for(lambda: safe.gateway.call("GET", f"/internal/chains/{CHAIN}")[0] == 200, SECONDS, "the gateway")


def test_two_of_three__native_and_token__leave_the_safe_once(safe):
    until_leaves_the_safe(safe)
    to, coin, token = outside_address(safe.node), new_id(), new_id()
    before, first = safe.chain.balance(safe.address), number(safe)
    assert safe.gateway.put(coin, CHAIN, to, 10**17)[0] == 201
    safe.gateway.until(coin, "confirmed", mine=safe.node, seconds=SECONDS)
    assert safe.gateway.put(coin, CHAIN, to, 10**17)[0] == 200
    assert safe.gateway.put(token, CHAIN, to, 25_000_000, contract=safe.node.TOKEN)[0] == 201
    done = safe.gateway.until(token, "confirmed", mine=safe.node, seconds=SECONDS)
    assert received(safe.node, "eth", to) == 10**17
    assert received(safe.node, "usdt", to) == 25_000_000
    assert safe.chain.balance(safe.address) == before - 10**17
    assert number(safe) == first + 2
    # What our signers call the transaction is what the contract calls it (EIP-712).
    row = row_of(safe, coin)
    asked = safe.chain.data(safe.address, "getTransactionHash(address,uint256,bytes,uint8,uint256,uint256,uint256,"
                            "address,address,uint256)", to, 10**17, b"", 0, 0, 0, 0, "0x0", "0x0", row.nonce)
    assert safe.chain.rpc("eth_call", {"to": safe.address, "data": asked}, "latest") == row.digest
    assert safe.gateway.cancel(token)[0] == 409
    # A replay: the contract takes no number twice, whoever sends it.
    assert safe.chain.send(safe.address, 0, row.call, succeeds=False)["status"] == "0x0"
    assert received(safe.node, "eth", to) == 10**17 and done["fee_units"] != "0"


def test_one_of_three__waits_and_says_so__kills_between__is_paid_once(safe):
    to, payout, other = outside_address(safe.node), new_id(), new_id()
    first = number(safe)
    safe.second.stop()
    safe.gateway.put(payout, CHAIN, to, 10**16)
    wait_for(lambda: (row := row_of(safe, payout)) and row.digest, SECONDS, "the first owner's signature")
    assert safe.gateway.until(payout, "waiting")["reason"] == "owner_signatures"
    # A signature is out: it can't be cancelled any more. Nobody overtakes it.
    assert safe.gateway.cancel(payout)[1] == {"errors": ["blockchain.payout.signed"]}
    safe.gateway.put(other, CHAIN, to, 10**15)
    assert safe.gateway.until(other, "waiting")["reason"] == "safe_busy"
    WORLD.kill("blockchain")
    WORLD.kill("signer")
    WORLD.until_ready()
    assert number(safe) == first and received(safe.node, "eth", to) == 0
    safe.second.start()
    safe.gateway.until(payout, "broadcast", "confirmed", seconds=SECONDS)
    WORLD.kill("blockchain")
    safe.gateway.until(payout, "confirmed", mine=safe.node, seconds=SECONDS)
    safe.gateway.until(other, "confirmed", mine=safe.node, seconds=SECONDS)
    assert received(safe.node, "eth", to) == 10**16 + 10**15
    assert number(safe) == first + 2
    assert row_of(safe, payout).nonce == first


def test_sent_by_somebody_else__is_found_by_the_log_and_paid_once(safe):
    """Anybody may send what the owners signed: ours then fails for its gas, and the payout does not."""
    to, payout = outside_address(safe.node), new_id()
    safe.node.call("evm_setAutomine", False)
    try:
        safe.gateway.put(payout, CHAIN, to, 10**16)
        ours = safe.gateway.until(payout, "broadcast", seconds=SECONDS)["txid"]
        gas = {"from": safe.chain.accounts[0], "to": safe.address, "data": row_of(safe, payout).call,
               "gas": hex(400_000), "maxPriorityFeePerGas": hex(10**11), "maxFeePerGas": hex(10**12)}
        theirs = safe.chain.rpc("eth_sendTransaction", gas)
        safe.node.mine(1)
    finally:
        safe.node.call("evm_setAutomine", True)
    assert safe.chain.receipt(theirs)["status"] == "0x1" and safe.chain.receipt(ours)["status"] == "0x0"
    safe.gateway.until(payout, "confirmed", mine=safe.node, seconds=SECONDS)
    assert received(safe.node, "eth", to) == 10**16
    assert theirs in [row[0] for row in safe.gateway.sql(
        "SELECT JSON_VALUE(body, '$.txid') FROM events WHERE name = 'payout.updated' AND "
        "JSON_VALUE(body, '$.payout_id') = %s", payout)]


def use_up(safe, nonce, theirs, payout):
    """Two owners use a number of the Safe for something else; `theirs`: what one of them signed."""
    ours = owner_signs(first_signer(), safe.address, nonce, payout, [{"signature": theirs["signature"]}])
    gas = {"from": safe.chain.accounts[0], "to": safe.address, "data": ours["call"], "gas": hex(400_000),
           "maxPriorityFeePerGas": hex(10**11), "maxFeePerGas": hex(10**12)}
    return safe.chain.rpc("eth_sendTransaction", gas)


def test_number_used_for_something_else__ends_it_by_proof_alone(safe):
    to, early, late, other = outside_address(safe.node), new_id(), new_id(), new_id()
    # While it waits for the second owner.
    nonce = number(safe)
    theirs = owner_signs(safe.second.url, safe.address, nonce, other)
    safe.second.stop()
    safe.gateway.put(early, CHAIN, to, 10**16)
    wait_for(lambda: (row := row_of(safe, early)) and row.digest, SECONDS, "the first owner's signature")
    assert safe.chain.receipt(use_up(safe, nonce, theirs, other))["status"] == "0x1"
    done = safe.gateway.until(early, "refused", mine=safe.node, seconds=SECONDS)
    assert done["reason"] == "safe_number_spent_elsewhere"
    # When it was sent, and is in no block.
    safe.second.start()
    nonce, other = number(safe), new_id()
    theirs = owner_signs(safe.second.url, safe.address, nonce, other)
    safe.node.call("evm_setAutomine", False)
    try:
        safe.gateway.put(late, CHAIN, to, 10**16)
        ours = safe.gateway.until(late, "broadcast", seconds=SECONDS)["txid"]
        use_up(safe, nonce, theirs, other)
        safe.node.mine(1)
    finally:
        safe.node.call("evm_setAutomine", True)
    assert safe.chain.receipt(ours)["status"] == "0x0"
    done = safe.gateway.until(late, "failed", mine=safe.node, seconds=SECONDS)
    assert done["reason"] == "safe_number_spent_elsewhere"
    assert received(safe.node, "eth", to) == 0


def test_more_than_the_safe_has__takes_no_number_and_can_be_cancelled(safe):
    first, payout = number(safe), new_id()
    assert safe.gateway.put(payout, CHAIN, outside_address(safe.node), 10**18 * 4)[0] == 201
    safe.gateway.until(payout, "confirmed", mine=safe.node, seconds=SECONDS)
    short = new_id()
    safe.gateway.put(short, CHAIN, outside_address(safe.node), 10**19)
    assert safe.gateway.until(short, "waiting", seconds=SECONDS)["reason"] == "liquidity"
    assert row_of(safe, short) is None and number(safe) == first + 1
    assert safe.gateway.cancel(short)[0] == 200


def test_collection__goes_to_the_safe_as_to_any_wallet(safe):
    deposit = safe.gateway.address(CHAIN, "deposit", f"e2e-{secrets.token_hex(4)}")
    before = safe.chain.balance(safe.address)
    safe.node.pay("eth", deposit, 1)
    safe.node.mine(2)
    payout = f"collect-{secrets.token_hex(4)}"
    safe.gateway.put(payout, CHAIN, safe.address, 10**18 // 2, "collection", **{"from": deposit})
    safe.gateway.until(payout, "confirmed", mine=safe.node, seconds=SECONDS)
    assert safe.chain.balance(safe.address) == before + 10**18 // 2

"""m-of-n P2WSH on a real litecoind: a PSBT goes from the platform's signer to a person off-line, and from person to
person; one signature of two is worth nothing (W-29)."""

import hmac
import importlib.util
import secrets
import struct
import subprocess
import time
from types import SimpleNamespace

import jwt
import pytest
import requests

from chain.nodes import NodeError
from payouts import outside_address, received
from world import REPOSITORY, WORLD

# Beside it here is a coins.py of another kind.
SPEC = importlib.util.spec_from_file_location("coin_codec", REPOSITORY / "tests/support/coins.py")
coins = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(coins)

PATH = "m/84'/1'/1'/0/0"
PAID, FEE = 30_000_000, 10_000


@pytest.fixture
def signer():
    """The signer of the stack, as the gateway calls it."""
    def call(method, path, body=None):
        now = int(time.time())
        token = jwt.encode({"iss": "blockchain", "aud": "signer", "sub": "service", "iat": now, "exp": now + 60,
                            "jti": secrets.token_hex(8)}, WORLD.file("keys/blockchain.key").read_text(),
                           algorithm="ES256", headers={"kid": "blockchain"})
        answer = requests.request(method, f"http://127.0.0.1:{WORLD.port_base + 15}/internal{path}", json=body,
                                  headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()
    return call


def public_child(xpub, *numbers):
    """A key of which only the public half is known (BIP-32)."""
    public, code = coins.xpub_of(xpub)
    for number in numbers:
        digest = hmac.digest(code, public + struct.pack(">I", number), "sha512")
        public = coins.compress(coins.add(coins.multiply(int.from_bytes(digest[:32], "big")), coins.decompress(public)))
        code = digest[32:]
    return SimpleNamespace(public=public)


class Wallet:
    """2 of 3: the platform's signer and two people with a seed on paper each, with a coin on it."""

    def __init__(self, node, signer, folder):
        self.node, self.folder, self.seeds = node, folder, [secrets.token_hex(32) for _ in range(2)]
        ours = public_child(signer("GET", "/keys/litecoin/regtest/1")["xpub"], 0, 0)
        people = [coins.Key.of_seed(bytes.fromhex(seed)).path(PATH) for seed in self.seeds]
        self.script = coins.multisig(2, [ours, *people])
        lock = coins.p2wsh(self.script)
        self.address = coins.bech32("rltc", lock[2:])
        txid = node.pay("ltc", self.address, "0.5")
        node.mine(1)
        outputs = node.call("getrawtransaction", txid, True)["vout"]
        index = next(one["n"] for one in outputs if one["scriptPubKey"]["hex"] == lock.hex())
        self.coin = coins.Coin(txid, index, 50_000_000, ours, PATH, lock, self.script)
        self.coin.others = [(key, PATH) for key in people]

    def outputs(self, to):
        script = bytes.fromhex(self.node.call("validateaddress", to)["scriptPubKey"])
        return [coins.Payment(PAID, script), coins.Payment(50_000_000 - PAID - FEE, self.coin.script)]

    def psbt(self, to):
        return coins.psbt([self.coin], self.outputs(to))

    def sign(self, text, seed):
        """bourse-signer --sign-file, on a machine without network."""
        number = secrets.token_hex(4)
        file, seed_file = self.folder / f"in-{number}", self.folder / f"seed-{number}"
        file.write_text(text)
        seed_file.write_text(seed + "\n")
        done = subprocess.run([WORLD.binaries / "bourse-signer", "--sign-file", file, "--seed-file", seed_file,
                               "--chain", "litecoin/regtest", "--yes"],
                              env={}, text=True, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return (self.folder / f"in-{number}.signed").read_text().strip()


@pytest.fixture
def wallet(ltc, signer, tmp_path):
    return Wallet(ltc, signer, tmp_path)


@pytest.fixture
def to(ltc):
    return outside_address(ltc)


def is_half(node, psbt):
    """One signature is there, the node makes nothing of it."""
    final = node.call("finalizepsbt", psbt)
    signed = node.call("decodepsbt", psbt)["inputs"][0].get("partial_signatures", {})
    return final["complete"] is False and len(signed) == 1


def pay_once(node, raw, to):
    txid = node.call("sendrawtransaction", raw)
    node.mine(2)
    assert received(node, "ltc", to) == PAID
    with pytest.raises(NodeError):
        node.call("sendrawtransaction", raw)
    return txid


def test_two_of_three__the_signer_and_a_person__are_taken_by_the_chain(ltc, signer, wallet, to):
    payout = f"withdraw-{secrets.token_hex(4)}"
    half = signer("POST", "/sign/psbt", {
        "purpose": "withdrawal", "client": "litecoin", "network": "regtest", "psbt": wallet.psbt(to), "approvals": [],
        "payments": [{"payout_id": payout, "to": to, "units": str(PAID)}]})
    assert half["complete"] is False and is_half(ltc, half["psbt"])
    raw = wallet.sign(half["psbt"], wallet.seeds[1])
    assert ltc.call("testmempoolaccept", [raw])[0]["allowed"]
    pay_once(ltc, raw, to)


def test_two_of_three__two_people__are_taken_in_either_order(ltc, wallet, to):
    half = wallet.sign(wallet.psbt(to), wallet.seeds[0])
    other = wallet.sign(wallet.psbt(to), wallet.seeds[1])
    assert is_half(ltc, half) and is_half(ltc, other)
    raw = wallet.sign(half, wallet.seeds[1])
    assert wallet.sign(other, wallet.seeds[0]) == raw
    # The node puts the halves together to the same transaction.
    whole = ltc.call("finalizepsbt", ltc.call("combinepsbt", [half, other]))
    assert whole["complete"] and whole["hex"] == raw
    pay_once(ltc, raw, to)


def test_one_of_three__signed_twice__is_one(ltc, wallet, to):
    half = wallet.sign(wallet.psbt(to), wallet.seeds[0])
    again = wallet.sign(half, wallet.seeds[0])
    assert is_half(ltc, again)
    unsigned = coins.transaction([wallet.coin], wallet.outputs(to))
    assert not ltc.call("testmempoolaccept", [unsigned.hex()])[0]["allowed"]
    assert received(ltc, "ltc", to) == 0

"""bourse-signer alone, with a seed that the test knows: what it signs is verified by code that shares nothing
with it, what its policy forbids is refused, no payout is signed twice, and nothing of this is forgotten
by kill -9. The seeds are canaries: they are looked for in logs, in the audit file and in answers (W-31).
"""

import base64
import functools
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

import coins  # noqa: E402  (after the path is set)
from coins import Coin, Payment  # noqa: E402
from management import Signer as Approver  # noqa: E402
from ports import free_base  # noqa: E402

BINARY = Path(os.environ.get("BOURSE_BIN") or REPOSITORY / "build/release/bin") / "bourse-signer"
WAIT_SECONDS = 90
SEEDS = {"bitcoin": "5eed0bc1" * 8, "ethereum": "5eed0e74" * 8}
TOKEN = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
SAFE = "0xcBa28b38103307Ec8dA98377ffF9816C164f9AFa"
STRANGER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
OUTSIDE = coins.p2wpkh(coins.Key(7, b"").public)
OUTSIDE_ADDRESS = coins.bech32("rltc", OUTSIDE[2:])

POLICY = """
four_eyes: 2
approvers:
{approvers}
chains:
  - client: litecoin
    network: regtest
    name: ltc-regtest
    fee_max: "1000000"
    fee_day_max: "5000000"
    rules:
      - {{purpose: withdrawal, from: [hot], to: any, payment_max: "100000000", day_max: "300000000",
          approve_above: "90000000"}}
      - {{purpose: collection, from: [deposit], to_own: [hot, warm], payment_max: "900000000",
          day_max: "900000000"}}
      - {{purpose: offload, from: [warm], to: [{outside}], payment_max: "900000000", day_max: "900000000"}}
  - client: geth
    network: "31337"
    name: eth-anvil
    fee_max: "10000000000000000"
    fee_day_max: "1000000000000000000"
    safes: ["{safe}"]
    rules:
      - {{purpose: withdrawal, from: [hot], to: any, payment_max: "5000000000000000000",
          day_max: "9000000000000000000"}}
      - {{purpose: withdrawal, contract: "{token}", from: [hot], to: any, payment_max: "1000000",
          day_max: "5000000"}}
      - {{purpose: gas, from: [fee], to_own: [deposit], payment_max: "100000000000000000",
          day_max: "100000000000000000"}}
      - {{purpose: fill, from: [hot], to_own: [hot, fee], payment_max: "1", day_max: "1"}}
"""


@functools.cache
def key_of(seed, path):
    return coins.Key.of_seed(bytes.fromhex(seed)).path(path)


class Keys:
    """A key pair of a service or of a person, ES256."""

    def __init__(self):
        key = ec.generate_private_key(ec.SECP256R1())
        self.private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()).decode()
        self.public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class World:
    """A signer in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.process, self.answers = folder, None, []
        self.base = free_base()
        self.services = {name: Keys() for name in ("blockchain", "accounting")}
        self.people = {name: Keys() for name in ("alice", "bob", "carol")}
        for name, keys in self.services.items():
            (folder / f"{name}.pub").write_text(keys.public)
        self.write_policy(POLICY)
        self.audit = folder / "audit.jsonl"
        self.environment = {
            "HTTP_PORT": str(self.base + 1), "OPS_PORT": str(self.base + 2),
            "SERVICE_KEYS": ",".join(f"{name}={folder}/{name}.pub" for name in self.services),
            "POLICY_FILE": str(folder / "policy.yml"), "AUDIT_FILE": str(self.audit),
            "SECRET_FILE": str(folder / "secrets"), "SECRET_KEY_FILE": str(folder / "secrets.key"),
            "LOG_LEVEL": "debug"}
        for family, seed in SEEDS.items():
            done = self.run("--put-seed", family, input=seed + "\n")
            assert done.returncode == 0, done.stderr

    def write_policy(self, text):
        approvers = "".join(f"  - name: {name}\n    key: |\n" + "".join(
            f"      {line}\n" for line in keys.public.splitlines()) for name, keys in self.people.items())
        (self.folder / "policy.yml").write_text(
            text.format(approvers=approvers, outside=OUTSIDE_ADDRESS, token=TOKEN, safe=SAFE))

    def run(self, *arguments, **options):
        return subprocess.run([BINARY, *arguments], env=self.environment, text=True, capture_output=True,
                              timeout=WAIT_SECONDS, **options)

    def start(self):
        log = open(self.folder / "signer.log", "a")
        self.process = subprocess.Popen([BINARY], env=self.environment, stderr=log, stdout=log)
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                return self.process.returncode
            try:
                if requests.get(f"http://127.0.0.1:{self.base + 2}/ready", timeout=5).status_code == 200:
                    return None
            except requests.RequestException:
                time.sleep(0.02)
        raise AssertionError("not ready")

    def stop(self, number=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(WAIT_SECONDS)
        self.process = None

    def restart(self, number=signal.SIGKILL):
        self.stop(number)
        assert self.start() is None

    def log(self):
        return (self.folder / "signer.log").read_text()

    def token(self, name="blockchain", audience="signer", issuer=None):
        now = int(time.time())
        claims = {"iss": issuer or name, "aud": audience, "sub": "service", "iat": now, "exp": now + 30,
                  "jti": secrets.token_hex(8)}
        return jwt.encode(claims, self.services[name].private, algorithm="ES256", headers={"kid": name})

    def call(self, method, path, body=None, token=None):
        reply = requests.request(method, f"http://127.0.0.1:{self.base + 1}/internal{path}", json=body,
                                 headers={"Authorization": f"Bearer {token or self.token()}"}, timeout=WAIT_SECONDS)
        self.answers.append(reply.text)
        return reply

    # ---- requests ----

    def key(self, path):
        return key_of(SEEDS["bitcoin" if path.startswith("m/84'") else "ethereum"], path)

    def coin(self, txid=None, index=0, value=50_000_000, place="1'/0/0"):
        path = f"m/84'/1'/{place}"
        return Coin(txid or secrets.token_hex(32), index, value, self.key(path), path)

    def change(self, value, place="1'/0/3"):
        path = f"m/84'/1'/{place}"
        key = self.key(path)
        return Payment(value, coins.p2wpkh(key.public), key, path)

    def psbt(self, payout, spent, outputs, claims, purpose="withdrawal", **more):
        body = {"payout_ids": [payout], "purpose": purpose, "client": "litecoin", "network": "regtest",
                "psbt": coins.psbt(spent, outputs), "payments": claims, "approvals": [], **more}
        return self.call("POST", "/sign/psbt", body)

    def pay(self, payout, units, spent=None, fee=1000, to=OUTSIDE, **more):
        """A withdrawal of one coin, with change."""
        spent = spent or [self.coin(value=units + 10_000_000)]
        left = sum(coin.value for coin in spent) - units - fee
        outputs = [Payment(units, to), self.change(left)]
        return self.psbt(payout, spent, outputs, [claim(payout, units, coins.bech32("rltc", to[2:]))], **more)

    def evm(self, payout, nonce, units, contract="", **more):
        to, data, value = STRANGER, "0x", str(units)
        if contract:
            data = "0xa9059cbb" + STRANGER[2:].lower().rjust(64, "0") + f"{units:064x}"
            to, value = contract, "0"
        body = {"payout_id": payout, "purpose": "withdrawal", "client": "geth", "chain_id": "31337",
                "account": 1, "index": 0, "nonce": nonce, "to": to, "value": value, "data": data, "gas": 21000,
                "max_fee": "2000000000", "max_priority_fee": "1000000000",
                "payment": {"contract": contract, "to": STRANGER, "units": str(units)}, "approvals": [], **more}
        return self.call("POST", "/sign/evm", body)


def claim(payout, units, to=OUTSIDE_ADDRESS, **more):
    return {"payout_id": payout, "to": to, "units": str(units), **more}


def refused(reply, rule):
    assert reply.status_code == 403, reply.text
    assert reply.json() == {"errors": [f"signer.policy.{rule}"]}


def signed(reply):
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    assert world.start() is None
    yield world
    world.stop()
    look_for_seeds(world)


def look_for_seeds(world):
    """W-31: neither seed nor key in what the signer writes or says."""
    said = [world.log(), "\n".join(world.answers)] + (
        [world.audit.read_text()] if world.audit.exists() else [])
    masters = [coins.Key.of_seed(bytes.fromhex(seed)) for seed in SEEDS.values()]
    canaries = [*SEEDS.values(), *(f"{key.secret:064x}" for key in masters),
                *(f"{world.key(path).secret:064x}" for path in ("m/84'/1'/1'/0/0", "m/44'/60'/1'/0/0"))]
    for text in said:
        assert not re.search("[xt]prv[1-9A-HJ-NP-Za-km-z]{100}", text)
        for canary in canaries:
            assert canary not in text.lower()


# ---- keys ----

def test_account_keys_are_those_of_the_seed(world):
    for client, network, path in (("litecoin", "regtest", "m/84'/1'/0'"), ("geth", "31337", "m/44'/60'/0'")):
        for account in ("0", "deposit"):
            answer = signed(world.call("GET", f"/keys/{client}/{network}/{account}"))
            assert answer["path"] == path
            key = world.key(path)
            assert coins.xpub_of(answer["xpub"]) == (key.public, key.code)


def test_keys_of_a_chain_that_is_not_listed_are_refused(world):
    refused(world.call("GET", "/keys/bitcoin/main/0"), "chain_unlisted")
    assert world.call("GET", "/keys/litecoin/regtest/4").status_code == 404


def test_only_the_gateway_is_let_in(world):
    path = "/keys/litecoin/regtest/0"
    assert world.call("GET", path, token=world.token("accounting")).status_code == 403
    assert world.call("GET", path, token=world.token(audience="accounting")).status_code == 401
    assert world.call("GET", path, token=world.token("accounting", issuer="blockchain")).status_code == 401
    assert requests.get(f"http://127.0.0.1:{world.base + 1}/internal{path}", timeout=30).status_code == 401


# ---- PSBT ----

def test_withdrawal_is_signed_and_complete(world):
    spent = [world.coin(value=30_000_000), world.coin(value=40_000_000, place="1'/0/7")]
    outputs = [Payment(60_000_000, OUTSIDE), world.change(9_990_000)]
    answer = signed(world.psbt("withdraw-1", spent, outputs, [claim("withdraw-1", 60_000_000)]))
    assert answer["complete"] is True
    assert answer["txid"] == coins.txid_of(coins.transaction(spent, outputs))
    raw = bytes.fromhex(answer["raw"])
    for at, coin in enumerate(spent):
        key = compact_push(coin.key.public)
        begin = raw.index(key) - 1
        length = next(n for n in (70, 71, 72) if raw[begin - n] == n) if raw[begin + 1] == 33 else 0
        signature = raw[begin - length + 1:begin + 1]
        assert signature[-1] == 1
        r, s = coins.der_read(signature[:-1])
        assert s <= coins.N // 2
        assert coins.verify(coin.key.public, coins.witness_digest(spent, outputs, at), r, s)


def compact_push(data):
    return bytes([len(data)]) + data


def test_same_request_again_is_the_same_answer_and_counts_once(world):
    spent = [world.coin(value=110_000_000)]
    first = signed(world.pay("withdraw-1", 80_000_000, spent))
    for _ in range(10):
        assert signed(world.pay("withdraw-1", 80_000_000, spent)) == first
    world.restart()
    assert signed(world.pay("withdraw-1", 80_000_000, spent)) == first
    assert day(world, "withdrawal") == 80_000_000


def day(world, purpose, client="litecoin", contract=""):
    rules = signed(world.call("GET", "/policy"))
    return next(int(rule["day"]) for rule in rules
                if (rule["client"], rule["purpose"], rule["contract"]) == (client, purpose, contract))


def test_outputs_must_be_what_was_named(world):
    spent = [world.coin(value=60_000_000)]
    rest = world.change(9_000_000)
    cases = [
        ([Payment(50_000_000, OUTSIDE), Payment(9_000_000, b"\x00\x14" + b"\x01" * 20)], 50_000_000),
        ([Payment(50_000_001, OUTSIDE), rest], 50_000_000),
        ([Payment(50_000_000, b"\x00\x14" + b"\x01" * 20), rest], 50_000_000),
        ([rest], 50_000_000),
        ([Payment(25_000_000, OUTSIDE), Payment(25_000_000, OUTSIDE), rest], 25_000_000),
        ([Payment(50_000_000, OUTSIDE), Payment(0, b"\x6a\x02hi"), rest], 50_000_000),
    ]
    for number, (outputs, units) in enumerate(cases):
        refused(world.psbt(f"w-{number}", spent, outputs, [claim(f"w-{number}", units)]), "outputs")


def test_change_goes_to_the_hot_account_alone(world):
    spent = [world.coin(value=60_000_000)]
    for place in ("0'/0/3", "2'/0/3"):
        outputs = [Payment(50_000_000, OUTSIDE), world.change(9_990_000, place)]
        refused(world.psbt("w-1", spent, outputs, [claim("w-1", 50_000_000)]), "outputs")
    # A path of ours beside a script that is not: the script decides.
    outputs = [Payment(50_000_000, OUTSIDE), world.change(9_990_000)]
    outputs[1].script = b"\x00\x14" + b"\x05" * 20
    refused(world.psbt("w-1", spent, outputs, [claim("w-1", 50_000_000)]), "outputs")


def test_coins_of_others_are_refused(world):
    coin = world.coin(value=60_000_000)
    coin.script = coins.p2wpkh(coins.Key(9, b"").public)
    outputs = [Payment(50_000_000, OUTSIDE), world.change(9_990_000)]
    refused(world.psbt("w-1", [coin], outputs, [claim("w-1", 50_000_000)]), "inputs")


def test_caps_of_payment_day_and_fee(world):
    refused(world.pay("w-1", 100_000_001), "payment_max")
    refused(world.pay("w-2", 80_000_000, fee=1_000_001), "fee_max")
    for number in range(3):
        signed(world.pay(f"w-1{number}", 80_000_000))
    refused(world.pay("w-20", 80_000_000), "day_max")
    signed(world.pay("w-21", 60_000_000))
    world.restart()
    refused(world.pay("w-22", 1), "day_max")
    assert day(world, "withdrawal") == 300_000_000


def test_fees_of_a_day_have_a_cap(world):
    for number in range(5):
        signed(world.pay(f"w-{number}", 1000, fee=900_000))
    refused(world.pay("w-9", 1000, fee=900_000), "fee_day_max")


def test_what_is_not_listed_is_refused(world):
    refused(world.pay("w-1", 1000, purpose="refund"), "unlisted")
    refused(world.pay("w-1", 1000, client="bitcoin"), "chain_unlisted")
    refused(world.pay("w-1", 1000, spent=[world.coin(place="0'/0/5")]), "account")
    warm, stranger = [world.coin(place="2'/0/0")], b"\x00\x14" + b"\x02" * 20
    refused(world.pay("w-1", 1000, spent=warm, purpose="offload", to=stranger), "destination")


def test_collection_goes_to_our_wallets_alone(world):
    spent = [world.coin(value=50_000_000, place="0'/0/5")]
    hot = world.change(49_000_000, "1'/0/0")
    address = coins.bech32("rltc", hot.script[2:])
    outputs = [Payment(49_990_000, hot.script)]
    signed(world.psbt("c-1", spent, outputs, [claim("c-1", 49_990_000, address)], purpose="collection"))
    far = world.change(1, "1'/0/1000")
    address = coins.bech32("rltc", far.script[2:])
    outputs, spent = [Payment(49_990_000, far.script)], [world.coin(value=50_000_000, place="0'/0/5")]
    refused(world.psbt("c-2", spent, outputs, [claim("c-2", 49_990_000, address)], purpose="collection"),
            "destination")
    placed = claim("c-2", 49_990_000, address, account=1, index=1000)
    signed(world.psbt("c-2", spent, outputs, [placed], purpose="collection"))
    outputs = [Payment(49_990_000, OUTSIDE)]
    for more in ({}, {"account": 1, "index": 0}):
        reply = world.psbt("c-3", spent, outputs, [claim("c-3", 49_990_000, **more)], purpose="collection")
        refused(reply, "own_address" if more else "destination")


# ---- one payout, one spend ----

def test_second_transaction_must_share_an_input(world):
    first, second, third = (world.coin(value=60_000_000) for _ in range(3))
    signed(world.pay("w-1", 50_000_000, [first, second]))
    refused(world.pay("w-1", 50_000_000, [third]), "payout_second")
    signed(world.pay("w-1", 50_000_000, [first, third], fee=2000))
    refused(world.pay("w-1", 50_000_000, [second], fee=2000), "payout_second")  # beside the one before
    assert day(world, "withdrawal") == 50_000_000
    world.restart()
    refused(world.pay("w-1", 50_000_000, [third, second], fee=3000), "payout_second")
    refused(world.pay("w-1", 50_000_001, [first], fee=3000), "payout_differs")
    refused(world.pay("w-1", 50_000_000, [first], to=b"\x00\x14" + b"\x03" * 20), "payout_differs")


def test_two_stories_of_what_inputs_are_worth_are_refused(world):
    """Else two signatures of one transaction, each by a lie about the other's value, make a fee of the rest."""
    one, other = world.coin(value=60_000_000), world.coin(value=1_000_000)
    outputs = [Payment(50_000_000, OUTSIDE), world.change(10_990_000)]
    claims = [claim("w-1", 50_000_000)]
    signed(world.psbt("w-1", [one, other], outputs, claims))
    one.value, other.value = 50_000_000, 11_000_000
    refused(world.psbt("w-1", [one, other], outputs, claims), "tx_again")
    refused(world.psbt("w-2", [one, other], outputs, [claim("w-2", 50_000_000)]), "tx_again")
    world.restart()
    refused(world.psbt("w-1", [one, other], outputs, claims), "tx_again")


def test_payout_twice_in_one_transaction_is_refused(world):
    spent = [world.coin(value=60_000_000)]
    outputs = [Payment(20_000_000, OUTSIDE), Payment(20_000_000, OUTSIDE), world.change(19_990_000)]
    refused(world.psbt("w-1", spent, outputs, [claim("w-1", 20_000_000)] * 2), "payout_twice")
    signed(world.psbt("w-1", spent, outputs, [claim("w-1", 20_000_000), claim("w-2", 20_000_000)]))


# ---- four eyes ----

def approval(world, *names, payout="w-1", units=95_000_000, to=OUTSIDE_ADDRESS, chain="ltc-regtest", **claims):
    people = [Approver(name, world.people[name].private) for name in names]
    return people[0].document(also=people[1:], payout_id=payout, chain=chain, contract="", to=to,
                              units=str(units), **claims)


def test_large_payment_needs_two_people(world):
    spent = [world.coin(value=105_000_000)]

    def pay(*approvals):
        return world.pay("w-1", 95_000_000, spent, approvals=list(approvals))

    refused(pay(), "approvals")
    refused(pay(approval(world, "alice")), "approvals")
    refused(pay(approval(world, "alice"), approval(world, "alice")), "approvals")
    refused(pay(approval(world, "alice"), approval(world, "bob", units=94_000_000)), "approval_differs")
    refused(pay(approval(world, "alice"), approval(world, "bob", payout="w-2")), "approval_differs")
    refused(pay(approval(world, "alice"), approval(world, "bob", chain="eth-anvil")), "approval_differs")
    refused(pay(approval(world, "alice", "bob", exp=int(time.time()) - 10)), "approval_invalid")
    forged = approval(world, "alice", "bob").replace('"kid": "bob"', '"kid": "carol"')
    refused(pay(forged), "approval_invalid")
    note = {"uid": "ID1", "digest": "ab" * 32, "at": "2026-11-27T20:00:00Z"}  # accounting's own approvals
    refused(pay(note, note, approval(world, "alice")), "approvals")
    signed(pay(note, approval(world, "alice"), json.loads(approval(world, "bob"))))


def approve_off_line(world, key, *arguments, returncode=0, name="dora", **payment):
    """bourse-signer --approve, as an approver runs it; the signed document."""
    paid = {"payout_id": "w-1", "chain": "ltc-regtest", "contract": "", "to": OUTSIDE_ADDRESS, "units": "95000000"}
    (world.folder / "payment.json").write_text(json.dumps({**paid, **payment}))
    (world.folder / "approver.pem").write_text(key)
    done = subprocess.run([BINARY, "--approve", world.folder / "payment.json", "--key-file",
                           world.folder / "approver.pem", "--name", name, *arguments],
                          env={}, text=True, capture_output=True, timeout=WAIT_SECONDS)
    assert done.returncode == returncode, done.stderr
    return done.stderr if returncode or not done.stdout else done.stdout.strip()


def test_approvers_sign_off_line_with_keys_of_their_own(world):
    dora = ed25519.Ed25519PrivateKey.generate()
    secret = dora.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption()).decode()
    public = dora.public_key().public_bytes(serialization.Encoding.PEM,
                                            serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    lines = "".join(f"      {line}\n" for line in public.splitlines())
    world.write_policy(POLICY.replace("chains:", "  - name: dora\n    algorithm: EdDSA\n    key: |\n"
                                      + lines + "chains:", 1))
    world.restart()
    spent = [world.coin(value=100_000_000)]
    shown = approve_off_line(world, secret)
    assert "Nothing is signed" in shown and OUTSIDE_ADDRESS in shown
    first = approve_off_line(world, secret, "--yes")
    second = approve_off_line(world, world.people["bob"].private, "--yes", "--hours", "1", name="bob")
    refused(world.pay("w-1", 95_000_000, spent, approvals=[first, first]), "approvals")
    other = approve_off_line(world, secret, "--yes", units="95000001")
    refused(world.pay("w-1", 95_000_000, spent, approvals=[other, second]), "approval_differs")
    signed(world.pay("w-1", 95_000_000, spent, approvals=[first, json.loads(second)]))
    refused(world.pay("w-2", 95_000_000, approvals=[first, second]), "approval_differs")  # a replay
    assert "units" in approve_off_line(world, secret, returncode=1, units="1.5")
    assert "members" in approve_off_line(world, secret, returncode=1, note="x")
    assert "key" in approve_off_line(world, public, returncode=1)


def test_small_payment_needs_nobody(world):
    signed(world.pay("w-1", 90_000_000))


# ---- Ethereum-like ----

def evm_read(raw):
    """(fields, sender) of a type-2 transaction."""
    data = bytes.fromhex(raw[2:])
    assert data[0] == 2
    fields, rest = coins.rlp_read(data[1:])
    assert rest == b""
    digest = coins.keccak(b"\x02" + coins.rlp_write(fields[:9]))
    parity, r, s = (int.from_bytes(field, "big") for field in fields[9:])
    assert s <= coins.N // 2
    return fields, coins.evm_address(coins.compress(coins.recover(digest, parity, r, s)))


def test_native_and_token_payments_are_signed(world):
    sender = coins.evm_address(world.key("m/44'/60'/1'/0/0").public)
    for nonce, (units, contract) in enumerate(((10**18, ""), (1_000_000, TOKEN))):
        answer = signed(world.evm(f"w-{nonce}", nonce, units, contract))
        fields, signer = evm_read(answer["raw"])
        assert signer == sender
        assert answer["txid"] == "0x" + coins.keccak(bytes.fromhex(answer["raw"][2:])).hex()
        assert int.from_bytes(fields[0], "big") == 31337
        assert int.from_bytes(fields[1], "big") == nonce
        assert fields[5].hex() == (contract or STRANGER)[2:].lower()


def test_calls_must_say_what_was_named(world):
    other = {"contract": "", "to": TOKEN, "units": str(10**18)}
    refused(world.evm("w-1", 0, 10**18, payment=other), "outputs")
    refused(world.evm("w-1", 0, 10**18, payment={**other, "to": STRANGER, "units": "1"}), "outputs")
    refused(world.evm("w-1", 0, 1000, TOKEN, payment={**other, "to": STRANGER, "units": "1000"}), "outputs")
    refused(world.evm("w-1", 0, 1000, TOKEN, value="1"), "data")
    approve = "0x095ea7b3" + STRANGER[2:].lower().rjust(64, "0") + f"{1000:064x}"
    refused(world.evm("w-1", 0, 1000, TOKEN, data=approve), "data")
    refused(world.evm("w-1", 0, 1000, STRANGER), "unlisted")
    refused(world.evm("w-1", 0, 10**18, gas=10**7), "fee_max")
    refused(world.evm("w-1", 0, 10**18, chain_id="1"), "chain_unlisted")
    refused(world.evm("w-1", 0, 10**18, account=0), "account")


def test_replacement_has_the_nonce_of_the_first(world):
    first = signed(world.evm("w-1", 4, 10**18))
    refused(world.evm("w-1", 5, 10**18), "payout_second")
    refused(world.evm("w-1", 4, 10**18, index=1, max_fee="3000000000"), "payout_second")
    dearer = signed(world.evm("w-1", 4, 10**18, max_fee="3000000000"))
    assert dearer["txid"] != first["txid"]
    world.restart()
    assert signed(world.evm("w-1", 4, 10**18)) == first
    refused(world.evm("w-1", 5, 10**18), "payout_second")
    refused(world.evm("w-2", 4, 10**18), "tx_again")
    assert day(world, "withdrawal", "geth") == 10**18


def test_gas_goes_to_our_deposit_addresses(world):
    address = coins.evm_address(world.key("m/44'/60'/0'/0/70").public)
    body = {"purpose": "gas", "account": 3, "to": address, "value": "1000"}
    payment = {"contract": "", "to": address, "units": "1000"}
    refused(world.evm("g-1", 0, 1000, payment=payment, **body), "destination")
    signed(world.evm("g-1", 0, 1000, payment={**payment, "account": 0, "index": 70}, **body))
    refused(world.evm("g-2", 1, 1000, payment={**payment, "account": 0, "index": 71}, **body), "own_address")


def test_a_number_is_filled_by_nothing_to_its_own_sender(world):
    """W-20: the purpose can be nothing else, whatever the policy lists."""
    own, other, fee = (coins.evm_address(world.key(f"m/44'/60'/{place}").public)
                       for place in ("1'/0/0", "1'/0/1", "3'/0/0"))

    def fill(payout, to, units=0, account=1, index=0, **more):
        payment = {"contract": "", "to": to, "units": str(units), "account": account, "index": index}
        return world.evm(payout, 7, units, purpose="fill", to=to, value=str(units), payment=payment, **more)

    refused(fill("f-1", own, units=1), "payment_empty")
    refused(fill("f-1", other, index=1), "destination")
    refused(fill("f-1", fee, account=3), "destination")
    signed(fill("f-1", own))


# ---- multi-signature ----

def test_signature_in_m_of_n_is_one_of_several(world):
    path = "m/84'/1'/1'/0/0"
    ours, other = world.key(path), coins.Key(1234, b"")
    script = coins.multisig(2, [ours, other])
    coin = Coin(secrets.token_hex(32), 0, 60_000_000, ours, path, coins.p2wsh(script), script)
    outputs = [Payment(50_000_000, OUTSIDE), Payment(9_990_000, coins.p2wsh(script))]
    answer = signed(world.psbt("w-1", [coin], outputs, [claim("w-1", 50_000_000)]))
    assert answer["complete"] is False and answer["raw"] == ""
    document = base64.b64decode(answer["psbt"])
    begin = document.index(b"\x22\x02" + ours.public) + 35
    signature = document[begin + 1:begin + 1 + document[begin]]
    r, s = coins.der_read(signature[:-1])
    assert coins.verify(ours.public, coins.witness_digest([coin], outputs, 0), r, s)


def test_signatures_of_two_signers_make_a_transaction(world):
    """W-29: 2 of 3, by a PSBT that goes from the signer to a person off-line; a forged part is refused."""
    path, seed = "m/84'/1'/1'/0/0", "c01d" * 16
    ours, theirs, third = world.key(path), key_of(seed, path), coins.Key(1234, b"")
    script = coins.multisig(2, [ours, theirs, third])
    coin = Coin(secrets.token_hex(32), 0, 60_000_000, ours, path, coins.p2wsh(script), script)
    coin.others = [(theirs, path)]
    outputs = [Payment(50_000_000, OUTSIDE), Payment(9_990_000, coins.p2wsh(script))]
    half = signed(world.psbt("w-1", [coin], outputs, [claim("w-1", 50_000_000)]))
    assert half["complete"] is False
    raw = offline(world, half["psbt"], seed)
    digest = coins.witness_digest([coin], outputs, 0)
    signatures = witness_of(bytes.fromhex(raw))[1:3]
    keys = sorted((ours.public, theirs.public))
    for key, signature in zip(keys, signatures):
        assert coins.verify(key, digest, *coins.der_read(signature[:-1]))
    forged = bytearray(base64.b64decode(half["psbt"]))
    forged[forged.index(b"\x22\x02" + ours.public) + 45] ^= 1
    assert "signature" in offline(world, base64.b64encode(forged).decode(), seed, returncode=1)


def witness_of(raw):
    """The stack of the only input of a transaction."""
    begin = raw.rindex(b"\x04\x00", 0, len(raw) - 4)
    count, at, items = raw[begin], begin + 1, []
    for _ in range(count):
        length = raw[at]
        items.append(raw[at + 1:at + 1 + length])
        at += 1 + length
    assert at == len(raw) - 4
    return items


# ---- off-line ----

def offline(world, text, seed, *arguments, returncode=0, chain="litecoin/regtest"):
    """Signs a file; the text that was written, or what was said when it fails."""
    number = secrets.token_hex(4)
    file, seed_file = world.folder / f"in-{number}", world.folder / f"seed-{number}"
    file.write_text(text)
    seed_file.write_text(seed + "\n")
    done = subprocess.run([BINARY, "--sign-file", file, "--seed-file", seed_file, "--chain", chain,
                           "--yes", *arguments], env={}, text=True, capture_output=True, timeout=WAIT_SECONDS)
    assert done.returncode == returncode, done.stderr
    assert seed not in done.stdout + done.stderr
    return done.stderr if returncode else Path(f"{file}.signed").read_text().strip()


def test_file_is_shown_and_signed_only_when_told(world):
    coin, path = world.coin(value=60_000_000, place="2'/0/4"), world.folder / "cold.psbt"
    outputs = [Payment(50_000_000, OUTSIDE), world.change(9_990_000)]
    text = coins.psbt([coin], outputs)
    path.write_text(text)
    (world.folder / "seed").write_text(SEEDS["bitcoin"])
    command = [BINARY, "--sign-file", path, "--seed-file", world.folder / "seed", "--chain", "litecoin/regtest"]
    shown = subprocess.run(command, env={}, text=True, capture_output=True, timeout=WAIT_SECONDS)
    assert shown.returncode == 0
    for line in (f"pays 50000000 to {OUTSIDE_ADDRESS}", "(ours: account hot, 3)", "fee 10000",
                 "of a key of this seed", "Nothing is signed"):
        assert line in shown.stdout
    assert not Path(f"{path}.signed").exists()
    raw = bytes.fromhex(offline(world, text, SEEDS["bitcoin"]))
    signature, public = witness_of_key(raw)
    assert public == coin.key.public
    assert coins.verify(public, coins.witness_digest([coin], outputs, 0), *coins.der_read(signature[:-1]))
    assert "no input is of this seed" in offline(world, text, "ab" * 32, returncode=1)
    assert "there is no chain" in offline(world, text, SEEDS["bitcoin"], returncode=1, chain="litecoin/moon")


def witness_of_key(raw):
    length = raw[-4 - 34 - 72] if raw[-4 - 34 - 72] == 71 else raw[-4 - 34 - 71]
    end = len(raw) - 4 - 34
    return raw[end - length:end], raw[-4 - 33:-4]


def test_file_of_an_ethereum_like_chain_is_signed(world):
    fields = {"client": "geth", "chain_id": 31337, "account": 2, "index": 0, "nonce": 3, "to": STRANGER,
              "value": "5", "data": "0x", "gas": 21000, "max_fee": "2000000000", "max_priority_fee": "1"}
    _, sender = evm_read(offline(world, json.dumps(fields), SEEDS["ethereum"]))
    assert sender == coins.evm_address(world.key("m/44'/60'/2'/0/0").public)
    assert "nonce" in offline(world, json.dumps({**fields, "nonce": -1}), SEEDS["ethereum"], returncode=1)


def word(value):
    return (int(value, 16) if isinstance(value, str) else value).to_bytes(32, "big")


def safe_digest(safe, nonce, to, value):
    """Of a SafeTx without data (EIP-712)."""
    domain = coins.keccak(coins.keccak(b"EIP712Domain(uint256 chainId,address verifyingContract)")
                          + word(31337) + word(safe))
    fields = coins.keccak(coins.keccak(
        b"SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"
        b"uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)")
        + word(to) + word(value) + coins.keccak(b"") + word(0) * 6 + word(nonce))
    return coins.keccak(b"\x19\x01" + domain + fields)


def sign_safe(world, payout, nonce, account=1, safe=SAFE, **more):
    return world.call("POST", "/sign/safe", {
        "payout_id": payout, "purpose": "withdrawal", "client": "geth", "chain_id": 31337, "account": account,
        "index": 0, "safe": safe, "nonce": nonce, "to": STRANGER, "value": "1000", "data": "0x",
        "payment": {"contract": "", "to": STRANGER, "units": "1000"}, **more})


def test_owner_signs_for_a_contract_wallet_that_is_listed(world):
    answer = signed(sign_safe(world, "w-1", 7))
    assert answer["digest"] == "0x" + safe_digest(SAFE, 7, STRANGER, 1000).hex()
    r, s, v = (int(answer["signature"][2:][begin:end], 16) for begin, end in ((0, 64), (64, 128), (128, 130)))
    point = coins.recover(bytes.fromhex(answer["digest"][2:]), v - 27, r, s)
    assert coins.evm_address(coins.compress(point)) == answer["owner"]
    assert answer["owner"] == coins.evm_address(world.key("m/44'/60'/1'/0/0").public)
    assert answer["call"].startswith("0x6a761202") and answer["signature"][2:] in answer["call"]
    # The same again, with the signature of the other owner beside ours.
    others = [{"signature": answer["signature"]}]
    assert signed(sign_safe(world, "w-1", 7, signatures=others)) == answer
    refused(sign_safe(world, "w-1", 8), "payout_second")
    refused(sign_safe(world, "w-2", 8, safe=STRANGER), "safe_unlisted")
    refused(sign_safe(world, "w-2", 8, account=2), "account")
    refused(sign_safe(world, "w-2", 8, value="1001"), "outputs")


def test_gas_of_a_contract_wallet_is_paid_for_what_its_owner_signed(world):
    owner = signed(sign_safe(world, "w-1", 7))
    safe = {"nonce": 7, "to": STRANGER, "value": "1000", "data": "0x", "signatures": owner["signatures"]}

    def send(payout="w-1", nonce=0, **more):
        return world.evm(payout, nonce, 1000, **{"to": SAFE, "value": "0", "safe": safe, **more})

    answer = signed(send())
    fields, sender = evm_read(answer["raw"])
    assert sender == coins.evm_address(world.key("m/44'/60'/1'/0/0").public)
    assert fields[5].hex() == SAFE[2:].lower() and "0x" + fields[7].hex() == owner["call"]
    assert signed(send()) == answer
    signed(send(max_fee="3000000000"))
    signed(send(nonce=1))  # the contract takes its number 7 once, whatever account sends it
    refused(send(safe={**safe, "nonce": 8}, max_fee="3500000000"), "payout_second")
    refused(send("w-2"), "tx_again")
    refused(send(safe={**safe, "value": "1001"}), "outputs")
    refused(send(value="1"), "data")
    refused(send(to=STRANGER), "safe_unlisted")
    assert send(data=owner["call"]).status_code == 422
    assert send(safe={**safe, "signatures": "0x"}).status_code == 422
    assert day(world, "withdrawal", "geth") == 1000


def test_a_fill_is_no_call_of_a_contract_wallet(world):
    owner = signed(sign_safe(world, "w-1", 7))
    own = coins.evm_address(world.key("m/44'/60'/1'/0/0").public)
    safe = {"nonce": 8, "to": own, "value": "0", "data": "0x", "signatures": owner["signatures"]}
    payment = {"contract": "", "to": own, "units": "0", "account": 1, "index": 0}
    refused(world.evm("f-1", 7, 0, purpose="fill", to=SAFE, value="0", safe=safe, payment=payment), "destination")
    refused(sign_safe(world, "f-2", 8, purpose="fill"), "unlisted")


# ---- the file of decisions ----

def test_kill_between_requests_forgets_nothing(world):
    paid = 0
    for number in range(12):
        signed(world.pay(f"w-{number}", 10_000_000 + number))
        paid += 10_000_000 + number
        world.restart(signal.SIGKILL)
        assert day(world, "withdrawal") == paid
        refused(world.pay(f"w-{number}", 10_000_000 + number), "payout_second")
    assert world.run("--verify-audit", str(world.audit)).returncode == 0


def test_kill_during_requests_never_signs_what_is_not_written(world):
    """Whatever was answered is in the file after a kill at any moment."""
    answered, stop = [], threading.Event()

    def ask(lane):
        for number in range(10_000):
            if stop.is_set():
                return
            try:
                reply = world.pay(f"w-{lane}-{number}", 1000)
            except requests.RequestException:
                return
            if reply.status_code == 200:
                answered.append((f"w-{lane}-{number}", reply.json()["txid"]))

    for round_number in range(3):
        threads = [threading.Thread(target=ask, args=(f"{round_number}-{lane}",)) for lane in range(3)]
        for thread in threads:
            thread.start()
        target = len(answered) + 20
        until = time.monotonic() + WAIT_SECONDS
        while len(answered) < target and time.monotonic() < until:
            time.sleep(0.001)
        world.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
        assert world.start() is None
    stop.set()
    lines = [json.loads(line) for line in world.audit.read_text().splitlines()]
    written = {(line["payments"][0]["payout"], line["tx"]) for line in lines if line["event"] == "signed"}
    assert len(answered) >= 60 and set(answered) <= written
    assert day(world, "withdrawal") == 1000 * len(written)


def test_half_a_line_is_cut_and_noted(world):
    signed(world.pay("w-1", 1000))
    world.stop()
    with open(world.audit, "a") as file:
        file.write('{"n":99,"at":1790000')
    assert "not written whole" in world.run("--verify-audit", str(world.audit)).stdout
    assert world.start() is None
    signed(world.pay("w-2", 1000))
    started = [json.loads(line) for line in world.audit.read_text().splitlines()
               if '"started"' in line]
    assert started[-1]["torn_bytes"] == 20
    assert world.run("--verify-audit", str(world.audit)).returncode == 0


def test_changed_file_refuses_to_start(world):
    signed(world.pay("w-1", 80_000_000))
    signed(world.pay("w-2", 1000))
    world.stop()
    text = world.audit.read_text()
    world.audit.write_text(text.replace('"80000000"', '"00000001"'))
    assert world.start() == 78
    assert world.run("--verify-audit", str(world.audit)).returncode == 1
    world.audit.write_text(text)
    assert world.start() is None


def test_seeds_without_their_file_refuse_to_start(world):
    signed(world.pay("w-1", 80_000_000))
    world.stop()
    world.audit.rename(world.folder / "elsewhere")
    assert world.start() == 78
    assert "would be forgotten" in world.log()
    (world.folder / "elsewhere").rename(world.audit)
    assert world.start() is None


def test_refusals_are_written_as_well(world):
    refused(world.pay("w-1", 100_000_001), "payment_max")
    refused(world.pay("w-2", 1000, purpose="gas"), "unlisted")
    lines = [json.loads(line) for line in world.audit.read_text().splitlines()]
    rules = [line["rule"] for line in lines if line["event"] == "refused"]
    assert rules == ["signer.policy.payment_max", "signer.policy.unlisted"]


# ---- configuration, memory ----

@pytest.mark.parametrize("before, after, says", [
    ('fee_max: "1000000"', 'fee_max: "0.1"', "policy.yml:27: fee_max"),
    ("from: [hot]", "from: [cold]", "from: deposit, hot, warm or fee"),
    ("purpose: collection", "purpose: collecting", "purpose: withdrawal, collection"),
    ("to_own: [hot, warm]", "to: any", "only withdrawals and refunds"),
    ("network: regtest", "network: moon", "there is no chain litecoin/moon"),
    ("name: ltc-regtest", "title: ltc-regtest", "title"),
    ('payment_max: "100000000"', 'payment_max: "900000000"', "payment_max is above day_max"),
])
def test_mistake_in_the_policy_is_named(tmp_path, before, after, says):
    world = World(tmp_path)
    assert before in POLICY
    world.write_policy(POLICY.replace(before, after, 1))
    assert world.start() == 78
    done = world.run("--print-policy", str(tmp_path / "policy.yml"))
    assert done.returncode == 1 and says in done.stderr, done.stderr


def test_seed_is_never_written_over(world):
    done = world.run("--put-seed", "bitcoin", input="ab" * 32)
    assert done.returncode == 1 and "is there" in done.stderr
    assert world.run("--put-seed", "bitcoin", input=SEEDS["bitcoin"]).returncode == 0


def test_memory_is_shut_and_seeds_are_not_kept_as_text(world):
    signed(world.pay("w-1", 1000))
    pid = world.process.pid
    assert os.stat(f"/proc/{pid}/mem").st_uid == 0  # not dumpable: it belongs to root
    if os.geteuid() != 0:
        with pytest.raises(PermissionError):
            open(f"/proc/{pid}/mem", "rb")
        return
    # Who is root can look: the texts of the seeds, and the seeds, were wiped after their use.
    found = memory_has(pid, [seed.encode() for seed in SEEDS.values()]
                       + [bytes.fromhex(seed) for seed in SEEDS.values()])
    assert not found


def memory_has(pid, needles):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            place, rights, *_, = line.split()
            if "rw" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            begin, end = (int(number, 16) for number in place.split("-"))
            memory.seek(begin)
            try:
                data = memory.read(end - begin)
            except OSError:
                continue
            if any(needle in data for needle in needles):
                return True
    return False

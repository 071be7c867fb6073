"""A bourse-signer alone, with a seed that the test knows. The seeds are canaries: they are looked for in logs, in
the audit file and in answers (W-31)."""

import functools
import os
import re
import secrets
import signal
import subprocess
import time
from pathlib import Path

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import coins
from coins import Coin, Payment
from ports import free_base

REPOSITORY = Path(__file__).resolve().parents[2]

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


def day(world, purpose, client="litecoin", contract=""):
    rules = signed(world.call("GET", "/policy"))
    return next(int(rule["day"]) for rule in rules
                if (rule["client"], rule["purpose"], rule["contract"]) == (client, purpose, contract))


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

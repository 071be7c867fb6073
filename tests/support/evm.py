"""A test chain of Ethereum's kind: anvil, and what tests do on it. No key is needed: anvil signs for its own
accounts.

    chain = Evm("http://127.0.0.1:8545")
    token = chain.deploy("Token", "USDT", 6, 10**15)
    chain.call(token, "transfer(address,uint256)", to, 5_000_000)   # mined when the call returns
    chain.mine(2)

Contracts come from tests/chain/compile; `contract(name)` compiles them when that was not done yet.
"""

import fcntl
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import requests

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "tests/chain"
ZERO = "0x" + "0" * 40


def artifacts():
    return Path(os.environ.get("BUILD") or REPOSITORY / "build").resolve() / "chain"


def install():
    """What npm has to fetch, once; why not, when it can't. One at a time, as tools/up does: who only sees half
    of it waits for the rest."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "node and npm are not installed"
    with open(FOLDER / "package-lock.json", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (FOLDER / "node_modules/solc").is_dir() and anvil_binary().exists():
            return None
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FOLDER,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return None if done.returncode == 0 else "no npm registry is reachable"


def anvil_binary():
    return FOLDER / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"


def contract(name):
    subprocess.run(["node", FOLDER / "compile", artifacts()], check=True, stdin=subprocess.DEVNULL)
    return json.loads((artifacts() / f"{name}.json").read_text())


# ---- the ABI, as far as our contracts need it ----

def word(value):
    if isinstance(value, str):
        value = int(value, 16)
    return (int(value) % 2**256).to_bytes(32, "big")


def encode(types, values):
    """bool, uintN, address, bytes32, string, bytes, and arrays of the first four."""
    head, tail = b"", b""
    assert len(types) == len(values)
    for kind, value in zip(types, values):
        if kind.endswith("[]"):
            body = word(len(value)) + b"".join(word(each) for each in value)
        elif kind in ("string", "bytes"):
            raw = value.encode() if isinstance(value, str) else bytes(value)
            body = word(len(raw)) + raw + b"\0" * (-len(raw) % 32)
        else:
            head += word(value)
            continue
        head += word(32 * len(types) + len(tail))
        tail += body
    return head + tail


def types_of(signature):
    inner = signature[signature.index("(") + 1:-1]
    return inner.split(",") if inner else []


class RpcError(Exception):
    pass


class Evm:
    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.contracts = {}

    def rpc(self, method, *params, timeout=60):
        answer = self.http.post(self.url, json={"jsonrpc": "2.0", "id": 1, "method": method,
                                                "params": list(params)}, timeout=timeout).json()
        if "error" in answer:
            raise RpcError(f"{method}: {answer['error']}")
        return answer["result"]

    @property
    def accounts(self):
        return self.rpc("eth_accounts")

    @property
    def height(self):
        return int(self.rpc("eth_blockNumber"), 16)

    def mine(self, blocks=1):
        self.rpc("anvil_mine", hex(blocks))

    def balance(self, address):
        return int(self.rpc("eth_getBalance", address, "latest"), 16)

    def fund(self, address, wei):
        self.rpc("anvil_setBalance", address, hex(wei))

    def receipt(self, txid, seconds=60):
        """A receipt may be null for a moment after its block was mined."""
        deadline = time.monotonic() + seconds
        while True:
            receipt = self.rpc("eth_getTransactionReceipt", txid)
            if receipt:
                return receipt
            assert time.monotonic() < deadline, f"no receipt of {txid}"
            time.sleep(0.01)

    def submit(self, to=None, value=0, data="0x", sender=None, gas=3_000_000):
        """The txid of a transaction that may fail; in the pool, and mined unless automine is off."""
        request = {"from": sender or self.accounts[0], "value": hex(value), "data": data, "gas": hex(gas)}
        if to:
            request["to"] = to
        return self.rpc("eth_sendTransaction", request)

    def send(self, to=None, value=0, data="0x", sender=None, gas=3_000_000, succeeds=True):
        txid = self.submit(to, value, data, sender, gas)
        receipt = self.receipt(txid)
        assert not succeeds or receipt["status"] == "0x1", receipt
        return receipt

    # ---- contracts ----

    def deploy(self, name, *arguments, value=0, sender=None):
        """The address of a new contract of tests/chain/contracts."""
        made = contract(name)
        constructor = [part for part in made["abi"] if part["type"] == "constructor"]
        types = [given["type"] for given in constructor[0]["inputs"]] if constructor else []
        data = made["bytecode"] + encode(types, arguments).hex()
        address = self.send(None, value, data, sender, gas=6_000_000)["contractAddress"]
        self.contracts[address] = made
        return address

    def data(self, address, signature, *arguments):
        selector = self.contracts[address]["selectors"][signature]
        return "0x" + selector + encode(types_of(signature), arguments).hex()

    def call(self, address, signature, *arguments, value=0, sender=None, succeeds=True, gas=3_000_000):
        return self.send(address, value, self.data(address, signature, *arguments), sender, gas, succeeds)

    def read(self, address, signature, *arguments):
        return int(self.rpc("eth_call", {"to": address, "data": self.data(address, signature, *arguments)},
                            "latest"), 16)

    def token_balance(self, token, holder):
        return self.read(token, "balanceOf(address)", holder)


class Anvil(Evm):
    """An anvil of our own, ended by close().

        with Anvil(port) as chain: ...
    """

    def __init__(self, port, chain_id=31337, **more):
        super().__init__(f"http://127.0.0.1:{port}")
        more = [part for name, value in more.items() for part in (f"--{name.replace('_', '-')}", str(value))]
        self.command = [anvil_binary(), "--host", "127.0.0.1", "--port", str(port), "--chain-id", str(chain_id),
                        "--silent", *more]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 90
        while True:
            try:
                self.rpc("eth_chainId", timeout=10)
                return
            except requests.RequestException:
                assert self.process.poll() is None and time.monotonic() < deadline, "anvil does not start"
                time.sleep(0.05)

    def restart(self):
        """From its file (state="PATH"), which has all blocks and the state of the last one alone."""
        self.process.terminate()
        self.process.wait()
        self.start()

    def close(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

"""libs/chain and libs/hdkey beside the programs of others: addresses as litecoind reads and makes them, a payment
from each kind of coin that litecoind takes, PSBTs both ways, and transactions that anvil takes.

    /usr/bin/python3 -m pytest tests/integration/chain/test_codec.py           (BOURSE_TESTS: the built programs)
"""

import os
import shutil
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(REPOSITORY / "tests/support"), str(REPOSITORY / "tools")]

import evm  # noqa: E402
from chain.nodes import Litecoin, NodeError  # noqa: E402
from ports import free_base  # noqa: E402

LITECOIND = "/usr/lib/litecoin/litecoind"
KINDS = ("p2pkh", "p2wpkh", "p2wsh")
START_SECONDS = 120
ETHER = 10**18


def programs():
    out = os.environ.get("BOURSE_BIN")
    return (Path(out).parent if out else REPOSITORY / os.environ.get("BUILD", "build") / "release") / "tests"


def tool(*arguments):
    """The lines that the tool says, as {first word: rest}, or the only line."""
    done = subprocess.run([programs() / "integration/chain/codec_tool", *map(str, arguments)],
                          capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    return lines[0] if len(lines) == 1 else dict(line.split(" ", 1) for line in lines)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    if not shutil.which(LITECOIND):
        pytest.skip("litecoind is not installed")
    port, folder = free_base() + 1, tmp_path_factory.mktemp("litecoind")
    process = subprocess.Popen(
        [LITECOIND, "-regtest", f"-datadir={folder}", "-server", "-listen=0", "-dnsseed=0", "-connect=0",
         "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", f"-rpcport={port}", "-rpcuser=u", "-rpcpassword=p",
         "-fallbackfee=0.0001", "-txindex=1", "-printtoconsole=0"], stdout=subprocess.DEVNULL)
    try:
        chain = Litecoin(port, "u", "p")
        deadline = time.monotonic() + START_SECONDS
        while not chain.answers():
            assert process.poll() is None and time.monotonic() < deadline, "litecoind did not start"
            time.sleep(0.2)
        chain.prepare()
        yield chain
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def anvil():
    why = evm.install()
    if why:
        pytest.skip(why)
    with evm.Anvil(free_base() + 1) as chain:
        yield chain


def test_addresses_that_the_node_makes__read_as_the_node_reads_them(node):
    names = {"legacy": "p2pkh", "p2sh-segwit": "p2sh", "bech32": "p2wpkh"}
    for form, kind in names.items():
        for _ in range(20):
            address = node.call("getnewaddress", "", form)
            canonical, ours, script = tool("script", address).split()
            assert (canonical, ours) == (address, kind)
            assert script == node.call("validateaddress", address)["scriptPubKey"]
            if form == "bech32":
                assert tool("script", address.upper()).split()[0] == address


def test_addresses_that_we_make__valid_to_the_node(node):
    for kind in KINDS:
        for index in range(0, 60, 3):
            address = tool("address", kind, index)
            said = node.call("validateaddress", address)
            assert said["isvalid"] and said["scriptPubKey"] == tool("script", address).split()[2]


def fund(node, kind, index, amount="0.5"):
    """A coin of ours, as the tool wants it told."""
    txid = node.pay("ltc", tool("address", kind, index), amount)
    node.mine(1)
    raw = node.call("getrawtransaction", txid)
    script = tool("script", tool("address", kind, index)).split()[2]
    outputs = node.call("decoderawtransaction", raw)["vout"]
    at = next(one["n"] for one in outputs if one["scriptPubKey"]["hex"] == script)
    units = int(Decimal(amount) * 10**8)
    return f"{kind}:{index}:{txid}:{at}:{units}:{raw if kind == 'p2pkh' else ''}", units


def test_payment_from_every_kind_of_coin__the_node_takes_it(node):
    coins = [fund(node, kind, index) for kind in KINDS for index in (100, 200)]
    to, units = node.outside_address(), sum(units for _, units in coins) - 20000
    made = tool("coin", to, units, *(coin for coin, _ in coins))

    decoded = node.call("decoderawtransaction", made["raw"])
    assert decoded["txid"] == made["txid"] and decoded["vsize"] == int(made["vsize"])
    verdict = node.call("testmempoolaccept", [made["raw"]])[0]
    assert verdict["allowed"], verdict
    assert node.call("sendrawtransaction", made["raw"]) == made["txid"]
    node.mine(1)
    assert node.balance("ltc", to) == Decimal(units) / 10**8

    # The same PSBT in the node's hands.
    unsigned = node.call("decodepsbt", made["unsigned"])
    assert unsigned["tx"]["txid"] != "" and len(unsigned["inputs"]) == len(coins)
    done = node.call("finalizepsbt", made["signed"])
    assert done["complete"] and done["hex"] == made["raw"]
    assert node.call("finalizepsbt", made["final"])["hex"] == made["raw"]


def test_a_coin_spent_twice__the_node_refuses(node):
    coin, units = fund(node, "p2wpkh", 300)
    first = tool("coin", node.outside_address(), units - 10000, coin)
    node.call("sendrawtransaction", first["raw"])
    node.mine(1)
    second = tool("coin", node.outside_address(), units - 20000, coin)
    with pytest.raises(NodeError):
        node.call("sendrawtransaction", second["raw"])


def test_psbt_of_the_node__read_and_written_the_same(node):
    made = node.call("walletcreatefundedpsbt", [], [{node.outside_address(): "1.5"}])["psbt"]
    for text in (made, node.call("walletprocesspsbt", made)["psbt"],
                 node.call("walletprocesspsbt", made, False)["psbt"]):
        again = tool("psbt", text).removeprefix("again ")
        assert node.call("decodepsbt", again) == node.call("decodepsbt", text)


def test_transactions_of_both_kinds__anvil_takes_them(anvil):
    account = tool("account")
    chain_id = int(anvil.rpc("eth_chainId"), 16)
    anvil.fund(account, 10 * ETHER)
    to = "0x" + "5d" * 20
    for nonce, kind in enumerate(("fee_market", "legacy", "fee_market")):
        made = tool("evm", kind, chain_id, nonce, to, ETHER, 20 * 10**9)
        assert anvil.rpc("eth_sendRawTransaction", made["raw"]) == made["hash"]
        receipt = anvil.receipt(made["hash"])
        assert receipt["status"] == "0x1" and receipt["from"] == account.lower()
    assert anvil.balance(to) == 3 * ETHER

"""What the Ethereum-like family sees in blocks of a real anvil: tokens good and hostile, inner payments, nodes
that lie. It is asked by the program family_probe, without a gateway around it.

    /usr/bin/python3 -m pytest tests/integration/chain/test_evm_family.py      (BOURSE_TESTS: the built programs)
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY / "tests/support"))

import evm  # noqa: E402
import lying_node as lies  # noqa: E402
from ports import free_base  # noqa: E402

OURS = "0x" + "a1" * 20
OTHER = "0x" + "b2" * 20
STRANGER = "0x" + "c3" * 20
ETHER = 10**18
TIMEOUT_MS = 5000


def programs():
    out = os.environ.get("BOURSE_BIN")
    return (Path(out).parent if out else REPOSITORY / os.environ.get("BUILD", "build") / "release") / "tests"


@pytest.fixture(scope="module")
def chain():
    why = evm.install()
    if why:
        pytest.skip(why)
    with evm.Anvil(free_base() + 1) as anvil:
        yield anvil


@pytest.fixture(scope="module")
def usdt(chain):
    return chain.deploy("Token", "USDT", 6, 10**30)


@pytest.fixture(scope="module")
def sender(chain):
    return chain.deploy("MultiSend")


class Refused(Exception):
    pass


def probe(url, *arguments, client="geth"):
    """The lines that the family says; Refused with the code when it fails."""
    done = subprocess.run([programs() / "integration/chain/family_probe", client, url, *map(str, arguments)],
                          capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**os.environ, "TIMEOUT_MS": str(TIMEOUT_MS)})
    assert done.returncode in (0, 1), done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode:
        raise Refused(lines[-1]["error"], lines[-1]["what"])
    return lines


def refusal(url, *arguments):
    with pytest.raises(Refused) as caught:
        probe(url, *arguments)
    return caught.value.args


def found(chain, receipt, *assets, watch=(OURS, OTHER), url=None, what="transfer"):
    """What the block of a receipt pays to our addresses: (index, contract, address, units)."""
    lines = probe(url or chain.url, "block", int(receipt["blockNumber"], 16), ",".join(assets), *watch)
    return [line for line in lines if line["what"] == what]


def amounts(*arguments, **more):
    return [(line["contract"], line["address"], int(line["units"])) for line in found(*arguments, **more)]


# ---- coins ----

def test_a_plain_payment_is_found_once_at_place_zero(chain):
    receipt = chain.send(OURS, ETHER)
    [line] = found(chain, receipt)
    assert (line["txid"], line["index"], line["contract"], line["units"]) == (
        receipt["transactionHash"], 0, "", str(ETHER))
    assert line["from"].lower() == chain.accounts[0].lower()


def test_w15_a_payment_of_nothing_is_no_transfer(chain, usdt):
    assert not found(chain, chain.send(OURS, 0))
    assert not found(chain, chain.call(usdt, "transfer(address,uint256)", OURS, 0), usdt)


def test_w06_a_failed_transaction_pays_nobody(chain, sender):
    failed = chain.call(sender, "fail()", value=5, succeeds=False)
    assert failed["status"] == "0x0"
    assert not found(chain, failed, watch=(sender,))
    burnt = chain.call(sender, "burnGas()", value=5, succeeds=False, gas=100_000)
    assert burnt["status"] == "0x0"
    assert not found(chain, burnt, watch=(sender,))


def test_our_own_transaction_is_told_with_its_fee_and_nonce(chain, sender):
    account = chain.accounts[3]
    nonce = int(chain.rpc("eth_getTransactionCount", account, "latest"), 16)
    for value, receipt in ((7, chain.send(OTHER, 7, sender=account)),
                           (0, chain.call(sender, "fail()", sender=account, succeeds=False))):
        [spend] = found(chain, receipt, watch=(account,), what="spend")
        assert spend["nonce"] == nonce and spend["failed"] == (value == 0)
        assert int(spend["fee"]) == int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)
        nonce += 1


# ---- inner payments ----

def test_w07_coins_that_a_contract_sends_are_found_by_traces(chain, sender):
    receipt = chain.call(sender, "pay(address[],uint256[])", [OURS, OTHER, OURS], [5, 6, 7], value=18)
    assert sorted(amounts(chain, receipt)) == [("", 1, 12), ("", 2, 6)]
    assert {line["index"] for line in found(chain, receipt)} == {1}


def test_w07_a_contract_that_dies_or_is_born_pays(chain):
    mortal = chain.deploy("MultiSend")
    receipt = chain.call(mortal, "die(address)", OURS, value=9)
    assert amounts(chain, receipt) == [("", 1, 9)]
    chain.deploy("BirthPayment", OURS, value=11)
    assert amounts(chain, {"blockNumber": hex(chain.height)}) == [("", 1, 11)]


def test_w06_inner_payments_of_a_void_frame_are_none(chain, sender):
    receipt = chain.call(sender, "payAndRevert(address,uint256)", OURS, 5, value=5)
    assert receipt["status"] == "0x1"
    assert not found(chain, receipt)
    receipt = chain.call(sender, "payTwice(address,address,uint256)", OURS, OTHER, 5, value=10)
    assert amounts(chain, receipt) == [("", 2, 5)]
    receipt = chain.call(sender, "payDeep(address,uint256)", OURS, 5, value=5)
    assert not found(chain, receipt)


def test_w07_a_node_without_traces_still_tells_the_rest(chain, sender):
    receipt = chain.call(sender, "pay(address[],uint256[])", [OURS], [5], value=5)
    plain = chain.send(OURS, 6)
    with lies.LyingNode(chain.url) as node:
        node.lie(lies.error(-32601, "the method debug_traceBlockByHash does not exist/is not available"),
                 "debug_traceBlockByHash")
        assert not found(chain, receipt, url=node.url)
        assert amounts(chain, plain, url=node.url) == [("", 1, 6)]
        # One block that can't be traced is kept for later, not forgotten.
        node.lie(lies.error(-32000, "historical state is not available for this block"), "debug_traceBlockByHash")
        [parked] = found(chain, receipt, url=node.url, what="parked")
        assert parked["reason"] == "traces_missing"


# ---- tokens ----

def test_a_token_is_found_by_its_log_and_contract(chain, usdt):
    receipt = chain.call(usdt, "transfer(address,uint256)", OURS, 2_500_000)
    [line] = found(chain, receipt, usdt)
    assert (line["contract"], line["units"], line["index"]) == (usdt, "2500000", 0)
    assert not found(chain, receipt)  # not listed: not ours


def test_tokens_that_a_contract_sends_are_found_too(chain, usdt, sender):
    """Demand P#2637: not by `to` of the transaction."""
    chain.call(usdt, "transfer(address,uint256)", sender, 100)
    receipt = chain.call(sender, "payToken(address,address[],uint256[])", usdt, [OURS, STRANGER, OURS, OTHER],
                         [5, 6, 7, 8])
    assert sorted((line["index"], line["address"], line["units"]) for line in found(chain, receipt, usdt)) == [
        (0, 1, "5"), (2, 1, "7"), (3, 2, "8")]


def test_w01_the_place_of_a_log_stays_when_its_transaction_moves(chain, usdt):
    """logIndex counts in the block: it is another one when others come before."""
    chain.rpc("evm_setAutomine", False)
    try:
        before = [chain.submit(usdt, data=chain.data(usdt, "transfer(address,uint256)", STRANGER, 1), gas=100_000)
                  for _ in range(3)]
        ours = chain.submit(usdt, data=chain.data(usdt, "transfer(address,uint256)", OURS, 77), gas=100_000)
        chain.mine()
    finally:
        chain.rpc("evm_setAutomine", True)
    receipt = chain.receipt(ours)
    assert before and receipt["logs"][0]["logIndex"] != "0x0"
    assert [(line["index"], line["units"]) for line in found(chain, receipt, usdt)] == [(0, "77")]


def test_w03_a_token_that_says_false_pays_nobody(chain):
    token = chain.deploy("FalseToken")
    receipt = chain.call(token, "transfer(address,uint256)", OURS, 5)
    assert receipt["status"] == "0x1"
    assert not found(chain, receipt, token)


def test_w04_a_log_of_a_foreign_contract_pays_nobody(chain, usdt):
    foreign = chain.deploy("Emitter")
    receipt = chain.call(foreign, "transferLog(address,address,uint256)", STRANGER, OURS, 10**12)
    assert not found(chain, receipt, usdt)
    # Even if the node tells it, for the contracts that we asked for.
    with lies.LyingNode(chain.url) as node:
        logs = chain.rpc("eth_getLogs", {"blockHash": receipt["blockHash"]})
        node.lie(lies.result(logs), "eth_getLogs")
        assert not found(chain, receipt, usdt, url=node.url)


@pytest.mark.parametrize("topics, size", [(0, 32), (1, 32), (2, 32), (3, 0), (3, 31), (3, 33), (3, 64), (4, 32),
                                          (4, 0)])
def test_w04_logs_of_an_odd_form_pay_nobody(chain, topics, size):
    listed = chain.deploy("Emitter")
    receipt = chain.call(listed, "raw(uint256,bytes32,bytes32,bytes32,bytes)", topics, STRANGER, OURS, OURS,
                         (b"\0" * 31 + b"\5") * 2 if size == 64 else b"\5" * size)
    assert not found(chain, receipt, listed)


def test_w04_a_topic_with_more_than_an_address_pays_nobody(chain):
    listed = chain.deploy("Emitter")
    receipt = chain.call(listed, "raw(uint256,bytes32,bytes32,bytes32,bytes)", 3, STRANGER,
                         "0x01" + "00" * 11 + OURS[2:], 0, b"\0" * 31 + b"\5")
    assert not found(chain, receipt, listed)


def test_w04_amounts_beyond_reason_are_put_aside(chain):
    listed = chain.deploy("Emitter")
    receipt = chain.call(listed, "transferLog(address,address,uint256)", STRANGER, OURS, 2**256 - 1)
    assert not found(chain, receipt, listed)
    [parked] = found(chain, receipt, listed, what="parked")
    assert parked["reason"] == "amount_absurd"
    # This one would fit, but did not come (W-05).
    receipt = chain.call(listed, "transferLog(address,address,uint256)", STRANGER, OURS, 10**65 - 1)
    assert not found(chain, receipt, listed)
    [parked] = found(chain, receipt, listed, what="parked")
    assert parked["reason"].startswith("brought_otherwise: in 9999")
    # And this one did.
    token = chain.deploy("Token", "WIDE", 6, 10**65 - 1)
    receipt = chain.call(token, "transfer(address,uint256)", OURS, 10**65 - 1)
    assert amounts(chain, receipt, token) == [(token, 1, 10**65 - 1)]


def test_w08_one_log_is_one_transfer_of_one_contract(chain, usdt):
    """peatio#2931: one transfer in two currencies."""
    second = chain.deploy("Token", "USDT", 18, 10**30)
    receipt = chain.call(second, "transfer(address,uint256)", OURS, 5)
    assert amounts(chain, receipt, usdt, second) == [(second, 1, 5)]


def test_many_logs_of_one_transaction_are_all_found(chain, usdt, sender):
    chain.call(usdt, "transfer(address,uint256)", sender, 300)
    receipt = chain.call(sender, "payToken(address,address[],uint256[])", usdt, [OURS, OTHER] * 50, [3] * 100)
    assert [line["index"] for line in found(chain, receipt, usdt)] == list(range(100))
    assert not found(chain, receipt, usdt, what="parked")


def test_w05_many_logs_that_brought_nothing_are_all_put_aside(chain):
    listed = chain.deploy("Emitter")
    receipt = chain.call(listed, "many(address,address,uint256,uint256)", STRANGER, OURS, 3, 100)
    assert not found(chain, receipt, listed)
    assert [line["index"] for line in found(chain, receipt, listed, what="parked")] == list(range(100))


def test_w01_a_reorganised_block_is_another_block(chain, usdt):
    receipt = chain.call(usdt, "transfer(address,uint256)", OURS, 5)
    chain.mine(2)
    assert amounts(chain, receipt, usdt) == [(usdt, 1, 5)]
    chain.rpc("anvil_reorg", 3, [])
    assert not found(chain, receipt, usdt)
    assert probe(chain.url, "status", receipt["transactionHash"])[0]["place"] != "mined"


# ---- receipts ----

def test_a_receipt_that_is_not_there_yet_is_asked_again(chain, usdt):
    coins, token = chain.send(OURS, 5), chain.call(usdt, "transfer(address,uint256)", OURS, 6)
    with lies.LyingNode(chain.url) as node:
        node.lie(lies.null_result, "eth_getTransactionReceipt")
        for receipt, asset in ((coins, usdt), (token, usdt)):
            assert not found(chain, receipt, asset, url=node.url)
            [parked] = found(chain, receipt, asset, url=node.url, what="parked")
            assert parked["reason"] == "receipt_missing" and parked["txid"] == receipt["transactionHash"]


# ---- what else a node is asked ----

def test_the_chain_is_named_by_its_id(chain):
    [line] = probe(chain.url, "identify")
    assert line["network"] == "31337" and line["software"].startswith("anvil/")


def test_w33_unlocked_accounts_on_a_real_chain_are_refused(chain):
    with lies.LyingNode(chain.url) as node:
        node.lie(lies.result("0x1"), "eth_chainId")
        code, what = refusal(node.url, "identify")
        assert code == "CONFIG" and "unlocked" in what
        node.lie(lies.result([]), "eth_accounts")
        assert probe(node.url, "identify")[0]["network"] == "1"
        node.lie(lies.error(-32601, "no such method"), "eth_accounts")
        assert probe(node.url, "identify")[0]["network"] == "1"


def test_w09_decimals_and_symbol_are_read_from_the_contract(chain, usdt):
    assert probe(chain.url, "asset", usdt) == [{"decimals": 6, "symbol": "USDT"}]
    code, what = refusal(chain.url, "asset", chain.deploy("OddAnswers"))
    assert code == "INVALID" and "decimals" in what
    code, what = refusal(chain.url, "asset", STRANGER)
    assert code == "INVALID" and "no contract" in what
    code, what = refusal(chain.url, "asset", chain.deploy("MultiSend"))
    assert code == "INVALID" and "decimals" in what


def test_balances_nonces_gas_and_code(chain, usdt):
    holder, other = "0x" + "d4" * 20, "0x" + "e5" * 20
    chain.send(holder, 3 * ETHER)
    chain.call(usdt, "transfer(address,uint256)", holder, 42)
    assert probe(chain.url, "balance", holder, "") == [{"units": str(3 * ETHER)}]
    assert probe(chain.url, "balance", holder, usdt) == [{"units": "42"}]
    assert probe(chain.url, "balances", usdt, chain.height, holder, other) == [{"units": "42"}, {"units": "0"}]
    assert probe(chain.url, "balances", "", chain.height, other, holder) == [{"units": "0"},
                                                                             {"units": str(3 * ETHER)}]
    [nonce] = probe(chain.url, "nonce", chain.accounts[0])
    count = int(chain.rpc("eth_getTransactionCount", chain.accounts[0], "latest"), 16)
    assert nonce["mined"] == nonce["pooled"] == count
    assert probe(chain.url, "contract", usdt) == [{"contract": 1}]
    assert probe(chain.url, "contract", holder) == [{"contract": 0}]
    assert probe(chain.url, "gas", chain.accounts[0], holder, 1, "0x")[0]["gas"] == 21000
    transfer = chain.data(usdt, "transfer(address,uint256)", other, 1)
    assert 21000 < probe(chain.url, "gas", chain.accounts[0], usdt, 0, transfer)[0]["gas"] < 90000
    assert refusal(chain.url, "gas", other, usdt, 0, transfer)[0] == "NODE_REFUSED"


def test_fees_follow_the_speed(chain):
    fees = {speed: probe(chain.url, "fee", speed)[0] for speed in ("safelow", "standard", "fast")}
    standard = fees["standard"]["per_unit"]
    assert fees["safelow"]["per_unit"] == standard * 9 // 10
    assert fees["fast"]["per_unit"] == standard * 11 // 10
    assert int(fees["standard"]["native_units"]) == standard * 21000
    assert 0 < fees["standard"]["priority"] <= standard


def test_a_transaction_is_found_in_the_pool_and_in_its_block(chain):
    assert probe(chain.url, "status", "0x" + "12" * 32)[0]["place"] == "unknown"
    chain.rpc("evm_setAutomine", False)
    try:
        txid = chain.submit(STRANGER, 1, gas=21000)
        assert probe(chain.url, "status", txid)[0]["place"] == "mempool"
        chain.mine(3)
    finally:
        chain.rpc("evm_setAutomine", True)
    [status] = probe(chain.url, "status", txid)
    receipt = chain.receipt(txid)
    assert (status["place"], status["confirmations"], status["failed"]) == ("mined", 3, 0)
    assert status["block_hash"] == receipt["blockHash"] and int(status["fee"]) > 0


def test_w19_what_the_node_has_already_counts_as_sent(chain):
    chain.rpc("evm_setAutomine", False)
    try:
        raw = chain.rpc("eth_getRawTransactionByHash", chain.submit(STRANGER, 1, gas=21000))
        assert probe(chain.url, "broadcast", raw) == [{"sent": 1}]  # it is in the pool
        chain.mine()
    finally:
        chain.rpc("evm_setAutomine", True)
    assert probe(chain.url, "broadcast", raw) == [{"sent": 1}]  # it is in a block
    assert probe(chain.url, "broadcast", raw[2:]) == [{"sent": 1}]
    assert refusal(chain.url, "broadcast", raw[:-2] + "00")[0] == "NODE_REFUSED"
    with lies.LyingNode(chain.url) as node:
        node.lie(lies.hang_up, "eth_sendRawTransaction")
        assert refusal(node.url, "broadcast", raw)[0] == "PEER_UNAVAILABLE"


def test_addresses_are_derived_from_the_account_key(chain):
    """BIP-32 and BIP-44: the account m/44'/60'/0' of the words "test test ... junk", as anvil has it."""
    xpub = ("xpub6Ce9NcJvTk36xtLSrJLZqE7wtgA5deCeYs7rSQtreh4cj6ByPtrg9sD7V2FNFLPnf8heNP3FGkeV9qwfzvZNSd"
            "54JoNXVsXFYSYwHsnJxqP")
    for index in (0, 1, 9):
        [line] = probe(chain.url, "derive", xpub, index)
        assert line["address"].lower() == chain.accounts[index].lower()
    assert refusal(chain.url, "derive", xpub[:-1] + "l", 0)[0]


def test_addresses_are_checked(chain):
    good = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    for text in (good, good.lower(), "0x" + good[2:].upper()):
        [form] = probe(chain.url, "form", text)
        assert form["valid"] == 1 and form["canonical"] == good
    for text in (good[:-1] + "D", good[:-1], good + "0", good[2:], "0x" + "0" * 40,
                 "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"):
        [form] = probe(chain.url, "form", text)
        assert form["valid"] == 0 and form["reason"]


# ---- W-16: the node lies ----

LIES = {
    "html": (lies.html, "PROTOCOL"),
    "bad gateway": (lies.bad_gateway, "PEER_UNAVAILABLE"),
    "unauthorized": (lies.unauthorized, "PEER_UNAVAILABLE"),
    "hang up": (lies.hang_up, "PEER_UNAVAILABLE"),
    "empty": (lies.empty, "PROTOCOL"),
    "truncated": (lies.truncated, "PROTOCOL"),
    "cut": (lies.cut, "PEER_UNAVAILABLE"),
    "huge number": (lies.huge_number, "PROTOCOL"),
    "huge quantity": (lies.huge_quantity, "PROTOCOL"),
    "nested": (lies.nested, "PROTOCOL"),
    "slow drip": (lies.slow_drip, "PEER_UNAVAILABLE"),
    "endless": (lies.endless, "PROTOCOL"),
    "gzip bomb": (lies.gzip_bomb, "PROTOCOL"),
    "an object": (lies.result({}), "PROTOCOL"),
    "a list": (lies.result([[]]), "PROTOCOL"),
}


@pytest.mark.parametrize("name", LIES)
@pytest.mark.parametrize("method", ["eth_getBlockByNumber", "eth_getBlockByHash", "eth_getLogs",
                                    "eth_getTransactionReceipt"])
def test_w16_a_lie_is_an_error_and_never_an_empty_block(chain, usdt, name, method):
    receipt = chain.call(usdt, "transfer(address,uint256)", OURS, 5)
    lie, code = LIES[name]
    with lies.LyingNode(chain.url) as node:
        node.lie(lie, method)
        assert refusal(node.url, "block", int(receipt["blockNumber"], 16), usdt, OURS)[0] == code
        node.tell_the_truth()
        assert amounts(chain, receipt, usdt, url=node.url) == [(usdt, 1, 5)]


def test_w16_blocks_that_are_missing_or_wrong_are_not_taken(chain, usdt):
    receipt = chain.call(usdt, "transfer(address,uint256)", OURS, 5)
    height = int(receipt["blockNumber"], 16)
    other = chain.rpc("eth_getBlockByNumber", hex(height - 1), True)
    with lies.LyingNode(chain.url) as node:
        for method in ("eth_getBlockByNumber", "eth_getBlockByHash", "eth_getLogs"):
            node.tell_the_truth()
            node.lie(lies.null_result, method)
            assert refusal(node.url, "block", height, usdt, OURS)[0] == "NOT_FOUND"
        node.tell_the_truth()
        node.lie(lies.result(other), "eth_getBlockByHash")
        assert refusal(node.url, "block", height, usdt, OURS)[0] == "PROTOCOL"
        node.tell_the_truth()
        node.lie(lies.result(chain.rpc("eth_getLogs", {"fromBlock": "0x0"})), "eth_getLogs")
        assert refusal(node.url, "block", height, usdt, OURS)[0] == "PROTOCOL"
        node.tell_the_truth()
        node.lie(lies.result("0x0"), "eth_chainId")
        assert refusal(node.url, "identify")[0] == "PROTOCOL"
        node.lie(lies.edited(lambda receipt: {**receipt, "transactionHash": "0x" + "11" * 32}),
                 "eth_getTransactionReceipt")
        assert refusal(node.url, "block", height, usdt, OURS)[0] == "PROTOCOL"
        node.lie(lies.edited(lambda receipt: {**receipt, "blockHash": "0x" + "11" * 32}),
                 "eth_getTransactionReceipt")
        assert refusal(node.url, "block", height, usdt, OURS)[0] == "PEER_UNAVAILABLE"


def test_w16_traces_that_are_not_of_every_transaction_are_not_taken(chain, sender):
    receipt = chain.call(sender, "pay(address[],uint256[])", [OURS], [5], value=5)
    with lies.LyingNode(chain.url) as node:
        node.lie(lies.result([]), "debug_traceBlockByHash")
        assert refusal(node.url, "block", int(receipt["blockNumber"], 16), "", OURS)[0] == "PROTOCOL"

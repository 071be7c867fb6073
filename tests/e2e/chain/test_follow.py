"""Bitcoin-like chains, followed: real litecoind in regtest, re-organised and lied about (reliability.md W-01,
W-02, W-10, W-12, W-16, W-17)."""

import hashlib
import json
import secrets
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from gateway import Liar, events_after, gateway, is_ready, node_url, stood_in
from members import token
from world import WORLD, wait_for

pytestmark = pytest.mark.outage
CAREFUL = f"ltc-{secrets.token_hex(4)}"  # the chain with SECOND_OPINION
TRUSTING = f"ltc-{secrets.token_hex(4)}"  # and the one in SINGLE_PROVIDER_ALLOWED
MAIN_GENESIS = "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"


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
    return wait_for(ask, 60, "an address")


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


# ---- deposits ----

def test_deposit__seen_then_confirmed__each_told_once_without_holes(chain, node):
    address = chain.address("deposit-1", owner="ID7")
    txid = node.pay("ltc", address, "1.5")
    mine(node, chain)
    [seen] = chain.until_events("transfer.seen", address)
    assert (seen["txid"], seen["units"], seen["owner"], seen["currency"], seen["confirmations"]) == \
        (txid, units("1.5"), "ID7", "ltc", 1)
    assert chain.transfers("transfer.confirmed", address) == []
    mine(node, chain)
    [confirmed] = chain.until_events("transfer.confirmed", address)
    assert (confirmed["transfer_id"], confirmed["confirmations"]) == (seen["transfer_id"], 2)
    mine(node, chain, 3)
    assert len(chain.transfers("transfer.confirmed", address)) == 1
    numbers = [number for number, _ in events_after(0)[0]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_request__the_same_twice__the_same_address_for_ever(chain):
    with ThreadPoolExecutor(8) as pool:
        addresses = list(pool.map(lambda _: chain.address("same"), range(16)))
    assert len(set(addresses)) == 1
    assert len({chain.address() for _ in range(10)}) == 10
    answer = gateway("PUT", f"/internal/chains/{chain.key}/addresses/same", {"purpose": "deposit", "owner": "ID2"})
    assert answer.json() == {"errors": ["blockchain.address.differs"]}
    looked = gateway("GET", f"/internal/chains/{chain.key}/addresses/{addresses[0].upper()}").json()
    assert (looked["valid"], looked["ours"], looked["canonical"], looked["owner"]) == \
        (True, True, addresses[0], "ID1")


# ---- W-10: what counts as a payment, and how much ----

def compact(number):
    return bytes([number]) if number < 253 else b"\xfd" + struct.pack("<H", number)


def transaction(inputs, outputs, lock_time=0, sequence=0xfffffffe):
    """Unsigned: [(txid, vout)], [(units, script)]."""
    raw = struct.pack("<i", 2) + compact(len(inputs))
    for txid, vout in inputs:
        raw += bytes.fromhex(txid)[::-1] + struct.pack("<I", vout) + b"\0" + struct.pack("<I", sequence)
    raw += compact(len(outputs))
    for amount, script in outputs:
        raw += struct.pack("<q", amount) + compact(len(script)) + script
    return (raw + struct.pack("<I", lock_time)).hex()


def coin(node, least="1"):
    """An unspent output of the purse: (txid, vout), units, its address."""
    found = next(row for row in node.call("listunspent") if row["amount"] >= Decimal(least))
    return (found["txid"], found["vout"]), int(found["amount"] * 10**8)


def signed(node, raw):
    answer = node.call("signrawtransactionwithwallet", raw)
    assert answer["complete"], answer
    return answer["hex"]


def program_of(node, address):
    return bytes.fromhex(node.call("getaddressinfo", address)["witness_program"])


def in_block(node, raw):
    """A block with this transaction, whatever the node's pool thinks of it."""
    where = node.call("getnewaddress", "rewards", "bech32")
    return node.call("generateblock", where, [raw])


# name: (script of the output, from our address' hash and a key that is ours), counts?
SCRIPTS = {
    "p2wpkh": (lambda h, key: b"\x00\x14" + h, True),
    "p2wpkh again": (lambda h, key: b"\x00\x14" + h, True),
    "p2pkh of the same hash": (lambda h, key: b"\x76\xa9\x14" + h + b"\x88\xac", False),
    "p2sh of the same hash": (lambda h, key: b"\xa9\x14" + h + b"\x87", False),
    "op_return with the hash": (lambda h, key: b"\x6a\x14" + h, False),
    "p2pk": (lambda h, key: b"\x21" + key + b"\xac", False),
    "bare 1 of 2": (lambda h, key: b"\x51\x21" + key + b"\x21" + key + b"\x52\xae", False),
    "time-locked": (lambda h, key: b"\x02\x10\x27\xb1\x75\x76\xa9\x14" + h + b"\x88\xac", False),
    "witness of version 2": (lambda h, key: b"\x52\x14" + h, False),
    "witness with a tail": (lambda h, key: b"\x00\x14" + h + b"\x51", False),
    "version 0 of 32 bytes": (lambda h, key: b"\x00\x20" + h + bytes(12), False),
}


def test_scripts__every_kind__only_those_that_pay_exactly_our_address(chain, node):
    address = chain.address("scripts")
    ours, key = program_of(node, address), b"\x02" + secrets.token_bytes(32)
    outpoint, value = coin(node)
    outputs = [(10000 + place, make(ours, key)) for place, (make, _) in enumerate(SCRIPTS.values())]
    outputs.append((546, b"\x00\x14" + ours))  # dust counts: the minimum is accounting's business
    outputs.append((0, b"\x00\x14" + ours))  # nothing is no payment
    change = program_of(node, node.call("getnewaddress", "", "bech32"))
    outputs.append((value - sum(amount for amount, _ in outputs) - 20000, b"\x00\x14" + change))
    in_block(node, signed(node, transaction([outpoint], outputs)))
    chain.until_height(node.height())
    expected = [(place, str(10000 + place)) for place, (_, counts) in enumerate(SCRIPTS.values()) if counts]
    expected.append((len(SCRIPTS), "546"))
    found = chain.until_events("transfer.seen", address, len(expected))
    assert sorted((event["index"], event["units"]) for event in found) == expected


def test_coinbase__to_our_address__waits_for_its_maturity(chain, node):
    address = chain.address("mined")
    node.call("generatetoaddress", 1, address)
    first = node.height()
    mine(node, chain, 98)
    [seen] = chain.until_events("transfer.seen", address)
    assert seen["height"] == first and chain.transfers("transfer.confirmed", address) == []
    mine(node, chain)
    [confirmed] = chain.until_events("transfer.confirmed", address)
    assert confirmed["confirmations"] == 100


# ---- W-01: re-organisations ----

@pytest.mark.parametrize("depth", [1, 2, 4])
def test_reorganisation__the_transaction_comes_back__reverted_and_seen_again_as_the_same(chain, node, depth):
    address = chain.address()
    node.pay("ltc", address, "0.25")
    mine(node, chain, depth)
    [seen] = chain.until_events("transfer.seen", address)
    was = "confirmed" if depth >= 2 else "seen"
    if was == "confirmed":
        chain.until_events("transfer.confirmed", address)
    node.reorg(depth)
    node.mine(depth + 1)
    chain.until_height(node.height())
    [reverted] = chain.until_events("transfer.reverted", address)
    assert (reverted["transfer_id"], reverted["was"], reverted["reason"]) == (seen["transfer_id"], was, "reorg")
    again = chain.until_events("transfer.seen", address, 2)[-1]
    assert again["transfer_id"] == seen["transfer_id"] and again["block_hash"] != seen["block_hash"]
    mine(node, chain, 2)
    last = chain.until_events("transfer.confirmed", address, 2 if was == "confirmed" else 1)
    assert last[-1]["transfer_id"] == seen["transfer_id"]
    depths = [event["depth"] for event in chain.events() if event["name"] == "block.reverted"]
    assert depths == list(range(1, depth + 1))
    assert chain.show()["hash"] == node.block_hash(node.height())


def test_reorganisation__a_conflicting_transaction_instead__reverted_for_good(chain, node):
    address = chain.address("conflict")
    outpoint, value = coin(node)
    pays = signed(node, transaction([outpoint], [(value - 20000, b"\x00\x14" + program_of(node, address))]))
    elsewhere = program_of(node, node.call("getnewaddress", "", "bech32"))
    conflict = signed(node, transaction([outpoint], [(value - 30000, b"\x00\x14" + elsewhere)]))
    in_block(node, pays)
    chain.until_height(node.height())
    chain.until_events("transfer.seen", address)
    node.reorg(1)
    in_block(node, conflict)
    mine(node, chain, 3)
    chain.until_events("transfer.reverted", address)
    assert len(chain.transfers("transfer.seen", address)) == 1
    assert chain.transfers("transfer.confirmed", address) == []


def test_fork__node_goes_back_and_stays_shorter__nothing_is_skipped(chain, node):
    address = chain.address("shorter")
    mine(node, chain, 3)
    high = node.height()
    node.reorg(3)
    node.mine(1)  # another block where ours was, two below our height
    node.pay("ltc", address, "0.5")
    chain.until_ready()
    assert wait_for(lambda: (now := chain.show())["height"] == high - 2 and now, 60, "the shorter chain")
    node.mine(4)
    chain.until_height(node.height())
    [seen] = chain.until_events("transfer.seen", address)
    assert seen["height"] == high - 1
    assert chain.show()["hash"] == node.block_hash(node.height())


def test_reorganisation__deeper_than_the_hashes_that_are_kept__stops_and_says_so(chain, node):
    mine(node, chain, 16)
    node.reorg(15)
    chain.until_stuck("behind our block")
    node.mine(16)
    assert "deeper than the hashes" in chain.until_stuck("deeper than")["reason"]
    before = chain.show()["height"]
    node.mine(1)
    chain.until_stuck("deeper than")
    assert chain.show()["height"] == before  # an operator has to look at it


# ---- W-02: the same block twice ----

def test_block__scanned_again_by_many__counted_once(chain, node):
    address = chain.address("again")
    node.pay("ltc", address, "0.125")
    mine(node, chain)
    height = node.height()
    chain.until_events("transfer.seen", address)

    def scan(_):
        return gateway("POST", f"/internal/chains/{chain.key}/blocks/{height}/scan").json()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(scan, range(8)))
    assert {answer["transfers"] for answer in answers} == {1}
    mine(node, chain, 2)
    chain.until_events("transfer.confirmed", address)
    scan(0)
    assert len(chain.transfers("transfer.seen", address)) == len(chain.transfers("transfer.confirmed", address)) == 1
    above = gateway("POST", f"/internal/chains/{chain.key}/blocks/{node.height() + 5}/scan")
    assert above.json() == {"errors": ["blockchain.block.not_taken"]}


def test_gateway__killed_while_blocks_come__every_deposit_once(chain, node):
    addresses = [chain.address() for _ in range(6)]
    for address in addresses:
        node.pay("ltc", address, "0.01")
        node.mine(1)
        wait_for(is_ready, 60, "the gateway")
        WORLD.kill("blockchain")
    node.mine(2)
    chain.until_height(node.height())
    for address in addresses:
        [confirmed] = chain.until_events("transfer.confirmed", address)
        assert len(chain.transfers("transfer.seen", address)) == 1 and confirmed["units"] == units("0.01")
    numbers = [number for number, _ in events_after(0)[0]]
    assert numbers == list(range(1, len(numbers) + 1))


# ---- W-16: nodes that lie or lag ----

def lie_about(method, told):
    return lambda asked, params, answer: told(params, answer) if asked == method else answer


def flipped(_params, answer):
    """One digit of the first transaction of a raw block, behind the header: it was never mined like that."""
    text, place = answer["result"], 180
    return {**answer, "result": text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1:]}


def error(code, message):
    return lambda _params, answer: (500, ('{"result":null,"error":{"code":%d,"message":"%s"},"id":1}'
                                          % (code, message)).encode())


LIES = {
    "an error page": (lie_about("getblock", lambda p, a: (502, b"<html>Bad gateway</html>")), "502"),
    "a page with status 200": (lie_about("getblock", lambda p, a: b"<html>hello</html>"), "no JSON-RPC"),
    "no result": (lie_about("getblock", lambda p, a: {**a, "result": None}), "no plain text"),
    "half of it": (lie_about("getblock", lambda p, a: b'{"result":"00ab'), "no JSON-RPC"),
    "half a block": (lie_about("getblock", lambda p, a: {**a, "result": a["result"][:200]}), "raw block"),
    "a changed block": (lie_about("getblock", flipped), "raw block"),
    "another block": (lie_about("getblock", lambda p, a: {**a, "result": "00" * 80 + "01"}), "are none of"),
    "pruned": (lie_about("getblock", error(-1, "Block not available (pruned data)")), "pruned"),
    "warming up": (lie_about("getblockchaininfo", error(-28, "Loading block index...")), "Loading"),
    "no access": (lie_about("getblockchaininfo", lambda p, a: (401, b"")), "401"),
    "a height of two megabytes": (lie_about("getblockchaininfo",
                                            lambda p, a: b'{"result":{"blocks":' + b"9" * 2000000 + b"},\"id\":1}"),
                                  ""),
}


@pytest.mark.parametrize("name", LIES)
def test_node__lies__the_chain_says_why_and_skips_nothing(stand, node, name):
    lie, words = LIES[name]
    liar = Liar(node)
    try:
        chain = stand.chain([liar.url], node.height() + 1)
        chain.until_ready()
        address = first_address(chain)
        liar.lie = lie
        node.pay("ltc", address, "0.1")
        node.mine(1)
        height = node.height()
        said = chain.until_stuck(words)
        assert said["height"] < height
        node.mine(1)
        liar.lie = None
        chain.until_height(height + 1)
        [seen] = chain.until_events("transfer.seen", address)
        assert seen["height"] == height
        chain.until_ready()
    finally:
        liar.close()


def test_node__of_another_network__is_not_asked(stand, node):
    liar = Liar(node)
    try:
        chain = stand.chain([liar.url], node.height() + 1)
        chain.until_ready()
        liar.lie = lambda method, params, answer: \
            {**answer, "result": MAIN_GENESIS} if (method, params) == ("getblockhash", [0]) else answer
        assert "network main, expected regtest" in chain.until_stuck("network main")["reason"]
        before = chain.show()["height"]
        node.mine(2)
        liar.lie = lambda method, params, answer: \
            {**answer, "result": secrets.token_hex(32)} if (method, params) == ("getblockhash", [0]) else answer
        chain.until_stuck("no network of litecoin begins with")
        assert chain.show()["height"] == before
        liar.lie = None
        chain.until_height(node.height())
    finally:
        liar.close()


def header_without_work(raw):
    """The header of a block with another nonce, which its bits don't allow."""
    for nonce in range(1000):
        header = raw[:76] + struct.pack("<I", nonce)
        if hashlib.scrypt(header, salt=header, n=1024, r=1, p=1, dklen=32)[31] > 0x7f:
            return header
    raise AssertionError("all of them have it")


def test_node__header_without_work__is_not_taken(stand, node):
    liar = Liar(node)
    try:
        height = node.height() + 1
        chain = stand.chain([liar.url], height)
        chain.until_ready()
        address = first_address(chain)
        node.pay("ltc", address, "0.1")
        made = {}

        def lie(method, params, answer):
            if method == "getblockhash" and params == [height] and answer["result"]:
                raw = bytes.fromhex(node.call("getblock", answer["result"], 0))
                header = header_without_work(raw)
                name = hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1].hex()
                made[name] = (header + raw[80:]).hex()
                return {**answer, "result": name}
            if method == "getblock" and params[0] in made:
                told = {"result": made[params[0]], "error": None, "id": answer["id"]}
                return 200, json.dumps(told).encode()
            return answer

        liar.lie = lie
        node.mine(1)
        chain.until_stuck("has not the work")
        assert made and chain.show()["height"] < height
        liar.lie = None
        [seen] = chain.until_events("transfer.seen", address)
        assert seen["height"] == height
    finally:
        liar.close()


def test_node__without_an_index_of_transactions__the_chain_says_what_it_needs(stand, node):
    liar = Liar(node)
    try:
        liar.lie = lie_about("getindexinfo", lambda p, a: {**a, "result": {}})
        chain = stand.chain([liar.url], node.height() + 1)
        chain.until_stuck("start it with txindex=1")
        # A node that is too old for that question gives itself away by its answer about a transaction.
        liar.lie = lie_about("getindexinfo", error(-32601, "Method not found"))
        chain.until_ready()
        liar.lie = lambda method, params, answer: error(
            -5, "No such mempool transaction. Use -txindex or provide a block hash")(params, answer) \
            if method == "getrawtransaction" else error(-32601, "Method not found")(params, answer) \
            if method == "getindexinfo" else answer
        asked = gateway("GET", f"/internal/explain/{chain.key}/tx/{secrets.token_hex(32)}")
        assert "does not know" not in asked.text
    finally:
        liar.close()


def on_main_network(node):
    liar = Liar(node)
    liar.lie = lambda method, params, answer: \
        {**answer, "result": MAIN_GENESIS} if (method, params) == ("getblockhash", [0]) else answer
    return liar


def test_main_network__one_provider__is_refused_unless_it_is_allowed(stand, node):
    liars = [on_main_network(node) for _ in range(2)]
    try:
        chain = stand.chain([liars[0].url], node.height())
        chain.until_stuck("SINGLE_PROVIDER_ALLOWED")
        chain.change(servers=[liars[0].url, liars[0].url.replace("://", "://user:password@")])
        chain.until_stuck("SINGLE_PROVIDER_ALLOWED")  # the same one twice
        # Past that, its blocks are looked at: they are those of a test.
        chain.change(servers=[liar.url for liar in liars])
        chain.until_stuck("are none of Litecoin")
        allowed = stand.chain([liars[0].url], node.height(), key=TRUSTING)
        allowed.until_stuck("are none of Litecoin")
    finally:
        for liar in liars:
            liar.close()


def test_providers__one_away_one_stuck__the_best_is_followed(stand, node):
    stuck, dead = Liar(node), Liar(node)
    height = node.height()
    frozen = node.call("getblockchaininfo")
    try:
        dead.lie = lambda *_: (503, b"gone")
        stuck.lie = lie_about("getblockchaininfo",
                              lambda p, a: {**a, "result": {**a["result"], "blocks": height,
                                                            "headers": height,
                                                            "bestblockhash": frozen["bestblockhash"],
                                                            "difficulty": 1, "verificationprogress": 1}})
        chain = stand.chain([dead.url, stuck.url, node_url(node)], height + 1)
        node.mine(6)
        shown = chain.until_height(node.height())
        rows = wait_for(lambda: not (rows := chain.show()["providers"])[1]["healthy"] and rows, 60, "its lag")
        assert [row["healthy"] for row in rows] == [False, False, True] and rows[0]["errors"] > 0
        assert shown["ready"] and "@" not in str(rows)
    finally:
        stuck.close()
        dead.close()


def test_provider__takes_forever__the_others_are_asked(stand, node):
    slow = Liar(node)
    let_go = threading.Event()
    try:
        chain = stand.chain([slow.url, node_url(node)], node.height() + 1)
        chain.until_ready()
        address = first_address(chain)

        def wait(_method, _params, answer):
            let_go.wait(20)
            return answer

        slow.lie = wait
        for _ in range(4):
            node.pay("ltc", address, "0.01")
            mine(node, chain)
        chain.until_events("transfer.confirmed", address, 3)
        first = wait_for(lambda: not (row := chain.show()["providers"][0])["healthy"] and row, 60, "its health")
        assert "no answer" in first["reason"] and chain.until_ready()
        slow.lie = None
        let_go.set()
        wait_for(lambda: chain.show()["providers"][0]["healthy"], 60, "its recovery")
    finally:
        let_go.set()
        slow.close()


def test_value__two_providers_disagree__nothing_is_taken_until_they_agree(stand, node):
    liar = Liar(node)
    try:
        chain = stand.chain([node_url(node), liar.url], node.height() + 1, key=CAREFUL)
        chain.until_ready()
        address = first_address(chain)
        liar.lie = lambda method, params, answer: {**answer, "result": secrets.token_hex(32)} \
            if method == "getblockhash" and params != [0] else answer
        node.pay("ltc", address, "0.5")
        mine(node, chain)  # not worth a second opinion
        node.pay("ltc", address, "1")
        node.mine(1)
        chain.until_stuck("second opinion")
        assert len(chain.transfers("transfer.seen", address)) == 1
        liar.lie = None
        chain.until_height(node.height())
        chain.until_events("transfer.seen", address, 2)
    finally:
        liar.close()


# ---- W-17: a part that can't be taken ----

def test_transfer__can_not_be_written__is_parked_and_the_rest_goes_on(chain, node):
    bad, good = chain.address("bad"), chain.address("good")
    where = "UPDATE bourse_blockchain.addresses SET chain_key = %s WHERE address = %s AND chain_key = %s"
    WORLD.sql(where, "lost", bad, chain.key)
    paid = {address: node.pay("ltc", address, "0.3") for address in (bad, good)}
    mine(node, chain)
    chain.until_events("transfer.seen", good)
    mine(node, chain, 2)
    chain.until_events("transfer.confirmed", good)

    def parked():
        answer = gateway("GET", f"/api/v2/admin/parked?chain={chain.key}", token=operator())
        return [row for row in answer.json() if row["txid"] == paid[bad]]

    [row] = wait_for(parked, 60, "the parked part")
    assert row["state"] == "waiting" and "no address" in row["reason"]
    story = gateway("GET", f"/internal/explain/{chain.key}/tx/{paid[bad]}").json()
    assert any("parked" in reason for reason in story["reasons"])
    WORLD.sql(where, chain.key, bad, "lost")
    assert gateway("POST", f"/api/v2/admin/parked/{row['id']}/retry", token=operator()).status_code == 202
    [seen] = chain.until_events("transfer.seen", bad)
    assert seen["txid"] == paid[bad] and chain.until_events("transfer.confirmed", bad)
    wait_for(lambda: parked()[0]["state"] == "done", 60, "its end")


# ---- operators ----

def operator(role="admin"):
    return token("IDADA1000001", role=role)


def test_explain__a_transaction__says_where_it_stands(chain, node):
    address = chain.address("explained", owner="ID9")
    txid = node.pay("ltc", address, "0.2")

    def explain(what=txid, kind="tx"):
        return gateway("GET", f"/internal/explain/{chain.key}/{kind}/{what}").json()

    assert explain()["place"] == "mempool" and "no block yet" in explain()["reasons"][0]
    mine(node, chain)
    chain.until_events("transfer.seen", address)
    assert "1 of 2 confirmations" in explain()["reasons"][0]
    mine(node, chain)
    chain.until_events("transfer.confirmed", address)
    story = explain()
    assert (story["place"], story["transfers"][0]["owner"]) == ("mined", "ID9")
    assert "confirmed" in story["reasons"][0]
    other = node.pay("ltc", node.outside_address(), "0.1")
    mine(node, chain)
    assert "pays none of our addresses" in explain(other)["reasons"][0]
    assert "does not know" in explain(secrets.token_hex(32))["reasons"][0]
    assert explain(address, "address")["transfers"][0]["txid"] == txid
    assert "not ours" in explain(node.outside_address(), "address")["reasons"][0]
    assert "no address of this chain" in explain("rltc1nonsense", "address")["reasons"][0]


def test_operators__pause_and_resume__the_role_decides(chain, node):
    def admin(method, path, role="admin"):
        return gateway(method, f"/api/v2/admin/{path}", token=operator(role))

    assert admin("GET", "chains", role="member").status_code == 403
    assert admin("GET", "chains", role="accountant").status_code == 200
    assert admin("POST", f"chains/{chain.key}/pause", role="accountant").status_code == 403
    assert admin("GET", "chains").status_code == 200
    assert admin("POST", f"chains/{chain.key}/pause").json()["paused"]
    chain.until_stuck("paused")
    before = chain.show()["height"]
    node.mine(2)
    assert chain.show()["height"] == before
    assert not admin("POST", f"chains/{chain.key}/resume").json()["paused"]
    chain.until_height(node.height())
    assert admin("GET", f"parked?chain={chain.key}").json() == []
    assert gateway("GET", "/internal/chains", token="nothing").status_code == 401

"""Bitcoin-like chains, followed: real litecoind in regtest, re-organised (reliability.md W-01, W-02, W-10, W-12,
W-17)."""

import secrets
import struct
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from follow_world import mine, units
from follow_world import chain, node, stand  # noqa: F401 (fixtures)
from gateway import events_after, gateway, is_ready
from members import token
from world import WORLD, wait_for

pytestmark = pytest.mark.outage


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
    assert wait_for(lambda: (now := chain.show())["height"] == high - 2 and now, what="the shorter chain")
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
        wait_for(is_ready, what="the gateway")
        WORLD.kill("blockchain")
    node.mine(2)
    chain.until_height(node.height())
    for address in addresses:
        [confirmed] = chain.until_events("transfer.confirmed", address)
        assert len(chain.transfers("transfer.seen", address)) == 1 and confirmed["units"] == units("0.01")
    numbers = [number for number, _ in events_after(0)[0]]
    assert numbers == list(range(1, len(numbers) + 1))


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

    [row] = wait_for(parked, what="the parked part")
    assert row["state"] == "waiting" and "no address" in row["reason"]
    story = gateway("GET", f"/internal/explain/{chain.key}/tx/{paid[bad]}").json()
    assert any("parked" in reason for reason in story["reasons"])
    WORLD.sql(where, chain.key, bad, "lost")
    assert gateway("POST", f"/api/v2/admin/parked/{row['id']}/retry", token=operator()).status_code == 202
    [seen] = chain.until_events("transfer.seen", bad)
    assert seen["txid"] == paid[bad] and chain.until_events("transfer.confirmed", bad)
    wait_for(lambda: parked()[0]["state"] == "done", what="its end")


# ---- operators ----

def operator(role="admin", **claims):
    return token("IDADA1000001", role=role, **claims)


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


def test_command_line__pauses_resumes_and_scans__beside_the_service(chain, node):
    def said(*flags, code=0):
        done = WORLD.service("blockchain", *flags)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    address = chain.address("shell")
    txid = node.pay("ltc", address, "0.5")
    mine(node, chain)
    chain.until_events("transfer.seen", address)
    assert "1 transfers to us" in said("--scan", f"{chain.key}/{node.height()}")
    assert "is paused" in said("--pause", chain.key)
    chain.until_stuck("paused by an operator")
    before = chain.show()["height"]
    node.mine(2)
    assert chain.show()["height"] == before
    assert "not taken in yet" in said("--scan", f"{chain.key}/{before + 1}", code=1)
    assert "is followed" in said("--resume", chain.key)
    chain.until_height(node.height())
    [seen] = chain.transfers("transfer.seen", address)  # by the block and its second look: once
    assert seen["txid"] == txid
    for flags, words in [(("--pause", "no-such"), "no chain no-such"), (("--scan", chain.key), "CHAIN/HEIGHT"),
                         (("--scan", f"{chain.key}/1x"), "CHAIN/HEIGHT"),
                         (("--scan", f"{chain.key}/-1"), "CHAIN/HEIGHT")]:
        assert words in said(*flags, code=1)


def test_operators__pause_and_resume__the_role_decides(chain, node):
    def admin(method, path, role="admin", **claims):
        return gateway(method, f"/api/v2/admin/{path}", token=operator(role, **claims))

    # A token that was made for less than its user has.
    narrow = admin("GET", "chains", scope="barong peatio")
    assert (narrow.status_code, narrow.json()) == (403, {"errors": ["authz.insufficient_scope"]})
    assert admin("GET", "chains", scope="root").status_code == 401
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

"""Nodes that lie, lag, are away or of another network (W-16): nothing of theirs is believed, nothing skipped."""

import hashlib
import json
import secrets
import struct
import threading

import pytest

from follow_world import CAREFUL, TRUSTING, first_address, mine
from follow_world import chain, node, stand  # noqa: F401 (fixtures)
from gateway import Liar, gateway, node_url
from world import wait_for

pytestmark = pytest.mark.outage
MAIN_GENESIS = "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"


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
        rows = wait_for(lambda: not (rows := chain.show()["providers"])[1]["healthy"] and rows, what="its lag")
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
        first = wait_for(lambda: not (row := chain.show()["providers"][0])["healthy"] and row, what="its health")
        assert "no answer" in first["reason"] and chain.until_ready()
        slow.lie = None
        let_go.set()
        wait_for(lambda: chain.show()["providers"][0]["healthy"], what="its recovery")
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

"""What is absurd is refused where it arrives; neighbours don't notice (M-14 for orders, Q-07 for
messages)."""

import json
import os
import struct
import time

import pika
import pytest

from members import errors, funded, seeded, settled, trade
from world import WORLD, wait_for

from checker import wire as protocol

COMMANDS, RESULTS = "bourse.commands.0", "bourse.results"
RESULT = struct.Struct("<QQIBBBB")
ITEM = struct.Struct("<BBBB4xQQQQqqQ")
assert RESULT.size == 24 and ITEM.size == 64

BIG = 2 ** 63


# ---- M-14: orders at the gate ----

POISON_ORDERS = [
    {"price": "0"}, {"volume": "0"}, {"price": "0", "volume": "0"}, {"price": "-0"},
    {"volume": "-1"},
    {"price": "0.001"}, {"price": "0.0000000000000001"}, {"volume": "0.0000001"},
    {"volume": "0.000001"}, {"price": "10000000.01"}, {"price": "99999999999999999999"},
    {"volume": "99999999999999999999"}, {"volume": str(BIG), "price": "10000000"},
    {"volume": "9223372036854.775807"}, {"volume": "1152921504606.846977"},
    {"market": "nope"}, {"market": ""}, {"market": "btc"}, {"market": "BTCUSD"},
    {"market": "btcusd "},
    {"market": "btcusd\n"}, {"market": "usdbtc"}, {"market": "x" * 24}, {"market": "x" * 5000},
    {"market": ["btcusd"]}, {"market": {"id": "btcusd"}}, {"market": 1}, {"market": None},
    {"side": ""}, {"side": "both"}, {"side": "Buy"}, {"side": 0}, {"side": ["buy", "sell"]},
    {"ord_type": "stop"}, {"ord_type": ""}, {"ord_type": "market"}, {"ord_type": "limit\0"},
    {"ord_type": "stop_limit"}, {"ord_type": "stop_limit", "stop_price": "0"},
    {"ord_type": "stop_limit", "stop_price": "99999999999999999999"},
    {"ord_type": "stop_limit", "stop_price": "0.001"}, {"stop_price": "5"},
    {"time_in_force": "day"}, {"time_in_force": "", "ord_type": "post_only", "price": ""},
    {"self_trade_prevention": "all"}, {"client_order_id": "x" * 65}, {"client_order_id": "a b"},
    {"client_order_id": "'; --"}, {"client_order_id": ["a"]},
]


def test_absurd_orders_are_refused_at_the_gate():
    """M-14: each with a code, none in the journal, and the worker does not even see them."""
    member = funded(btc="10", usd="100000")
    good = {"market": "btcusd", "side": "sell", "volume": "1", "price": "50000"}
    worker, seen = WORLD.pid("matching"), WORLD.metric("matching",
                                                       "bourse_matching_commands_applied_total")
    WORLD.until_quiet()
    commands = WORLD.sql("SELECT SUM(command_seq) FROM market_commands")
    for change in POISON_ORDERS:
        for side in ("sell", "buy"):
            body = {**good, "side": side, **change}
            answer = member.post("/market/orders", **body)
            assert answer.status_code in (400, 422), (body, answer.status_code, answer.text)
            assert answer.json()["errors"], body
    assert WORLD.sql("SELECT SUM(command_seq) FROM market_commands") == commands
    assert WORLD.metric("matching", "bourse_matching_commands_applied_total") == seen
    assert WORLD.pid("matching") == worker
    assert member.balance("btc") == (10, 0) and member.balance("usd") == (100000, 0)


def test_extremes_that_are_allowed_work():
    """M-14: the lowest and the highest price, the smallest volume: book, trade and cancel."""
    seller, buyer = funded(btc="10"), funded(usd="20000000")
    low = buyer.order("btcusd", "buy", "0.00001", "0.01")
    high = seller.order("btcusd", "sell", "1", "10000000")
    assert low.status_code == high.status_code == 201, (low.text, high.text)
    assert buyer.balance("usd")[1] == float("0.0000001") or str(buyer.balance("usd")[1]) == "1E-7"
    settled(buyer, buyer.order("btcusd", "buy", "1", "10000000").json()["id"], "done")
    sold = seller.order("btcusd", "sell", "0.00001", "0.01").json()
    shown = settled(seller, sold["id"], "done")
    assert shown["avg_price"] == "0.01"
    assert settled(buyer, low.json()["id"], "done")["executed_volume"] == "0.00001"


@pytest.mark.parametrize("path, change", [
    ("/market/orders/0", {"price": "1"}), (f"/market/orders/{BIG}", {"price": "1"}),
    ("/market/orders/-1", {"price": "1"}), ("/market/orders/1e3", {"price": "1"})])
def test_absurd_amends_and_cancels(alice, path, change):
    """M-14: ids that nobody has."""
    assert alice.put(path, **change).status_code in (404, 422)
    assert alice.post(path + "/cancel").status_code in (404, 422)


def test_amends_to_absurd_values_leave_the_order_as_it_was():
    """M-14: an amended order follows the rules of a new one."""
    member = funded(btc="2")
    order = member.order("btcusd", "sell", "1", "50000").json()
    for change in ({"price": "0"}, {"price": "-1"}, {"price": "0.001"}, {"price": "10000001"},
                   {"volume": "0"}, {"volume": "-1"}, {"volume": "0.0000001"}, {"volume": "3"},
                   {"volume": "99999999999999999999"}, {"price": "1e3"}, {"volume": "1,5"}):
        codes = errors(member.put(f"/market/orders/{order['id']}", **change))
        assert codes, change
    WORLD.until_quiet()
    shown = member.shown(order["id"])
    assert (shown["price"], shown["origin_volume"], shown["state"]) == ("50000.0", "1.0", "wait")
    assert member.balance("btc") == (1, 1)


# ---- messages ----

def header(magic, market, first_seq, count, size, version=1, state_hash=0):
    return protocol.HEADER.pack(magic, version, 0, market.encode(), first_seq, count, size,
                                state_hash)


def batch(magic, market, first_seq, records, **more):
    body = b"".join(records)
    return header(magic, market, first_seq, more.pop("count", len(records)),
                  more.pop("size", protocol.HEADER.size + len(body)), **more) + body


def command(seq, kind=1, order_id=10 ** 9, side=0, type_=0):
    return protocol.COMMAND.pack(seq, order_id, 1, 100, 100, 0, 0, 0, 0, kind, side, type_, 0, 0)


def result(seq, order_id, items=(), kind=1, status=0):
    return RESULT.pack(seq, order_id, len(items), kind, status, 0, 0) + b"".join(items)


def no_batches(magic, record):
    """Bytes that follow no protocol, with the name of what is wrong with them."""
    good = batch(magic, "btcusd", 1, [record])
    other = b"BRR1" if magic == b"BRC1" else b"BRC1"
    return {
        "empty": b"", "one byte": b"B", "zeros": b"\0" * 200, "noise": os.urandom(500),
        "text": b"hello",
        "JSON": json.dumps({"action": "submit", "order": {"id": 1}}).encode(),
        "header only": good[:56], "half a header": good[:20], "cut off": good[:-1],
        "a byte too many": good + b"\0", "of the other kind": other + good[4:],
        "unknown magic": b"XXXX" + good[4:],
        "version 0": batch(magic, "btcusd", 1, [record], version=0),
        "version 2": batch(magic, "btcusd", 1, [record], version=2),
        "count of none": batch(magic, "btcusd", 1, [record], count=0),
        "count too large": batch(magic, "btcusd", 1, [record], count=2 ** 32 - 1),
        "length of another": batch(magic, "btcusd", 1, [record], size=2 ** 32 - 1),
        "number zero": batch(magic, "btcusd", 0, [record]),
        "number 2^64-1": batch(magic, "btcusd", 2 ** 64 - 1, [record]),
        "numbers not consecutive": batch(magic, "btcusd", 1, [record, record]),
        "unknown market": batch(magic, "nomarket", 1, [record]),
        "market without an end": batch(magic, "m" * 24, 1, [record]),
        "unknown kind": good[:56] + b"\xff" * (len(good) - 56),
        "sixteen megabytes": batch(magic, "btcusd", 1, [record]).ljust(16 << 20, b"\0"),
    }


def publish(queue, body, kind=None):
    with WORLD.broker() as channel:
        channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2, type=kind))


def purge(queue):
    with WORLD.broker() as channel:
        channel.queue_purge(queue)


@pytest.mark.parametrize("queue, service, magic, record", [
    (COMMANDS, "matching", b"BRC1", command(1, kind=9)),
    (RESULTS, "accounting", b"BRR1", result(1, 1)),
], ids=["commands", "results"])
def test_poison_messages_end_in_the_dead_letters(queue, service, magic, record):
    """Q-07: each is parked with a log line that says why, once; the process lives, and orders that
    come in between are traded."""
    purge(queue + ".dead")
    bodies = no_batches(magic, record)
    mark, pid = WORLD.log_mark(service), WORLD.pid(service)
    for number, (name, body) in enumerate(bodies.items(), 1):
        publish(queue, body)
        if number % 4 == 0:
            trade()
        wait_for(lambda: WORLD.queue_length(queue + ".dead") == number, what=f"the dead letter of {name}")

    def said():
        lines = map(json.loads, WORLD.log_lines_since(service, mark))
        return [line for line in lines if line["message"].endswith("message rejected")]

    rejected = wait_for(lambda: len(found := said()) >= len(bodies) and found, what="the log lines")
    assert len(rejected) == len(bodies)
    assert all(line["level"] == "error" and line["error"] for line in rejected)
    assert WORLD.pid(service) == pid and WORLD.is_ready(service)
    assert WORLD.queue_length(queue) == 0
    purge(queue + ".dead")


@pytest.mark.parametrize("body", [b"", b"{", b'{"reload":1}', b'{"reload":"nomarket"}', b"[]",
                                  b"\xff"])
def test_poison_reload_requests(body):
    """Q-07 for the other kind of message of that queue."""
    purge(COMMANDS + ".dead")
    publish(COMMANDS, body, kind="reload")
    wait_for(lambda: WORLD.queue_length(COMMANDS + ".dead") == 1, what="the dead letter")
    trade()
    purge(COMMANDS + ".dead")


def state_of(market):
    """(number of the last command, number of the last settled result)"""
    return WORLD.sql("SELECT c.command_seq, s.settled_seq FROM market_commands c "
                     "JOIN market_settlements s ON s.market_id = c.market_id "
                     "WHERE c.market_id = %s", market)[0]


def trade_on(market, price):
    maker, taker = seeded(0), seeded(1)
    maker.order(market, "sell", "1", price)
    order = taker.order(market, "buy", "1", price).json()
    return settled(taker, order["id"], "done")


def impossible_results(market, seq):
    """Well-formed results that nobody computed from the journal."""
    trade_item = ITEM.pack(1, 0, 3, 0, 10 ** 12, 10 ** 12 + 1, 1, 2, 100, 100, 0)
    closed = ITEM.pack(2, 0, 0, 1, 10 ** 12, 0, 1, 0, 0, 100, 0)
    results = {
        "a command that was never given": result(seq + 1, 1, kind=2),
        "a trade of orders that don't exist": result(seq + 1, 10 ** 12, [trade_item]),
        "the end of an order that doesn't exist": result(seq + 1, 10 ** 12, [closed], kind=2),
        "far ahead": result(seq + 1000, 1, kind=2),
        "long ago": result(1, 1, kind=2),
    }
    return {name: batch(b"BRR1", market, int.from_bytes(one[:8], "little"), [one])
            for name, one in results.items()}


def test_impossible_results_change_nothing_and_the_market_goes_on():
    """Q-07: well-formed, but the books say otherwise. No number is moved, nothing is lost."""
    market = "ltcusd"
    trade_on(market, "70")
    WORLD.until_quiet()
    for name in impossible_results(market, 0):
        command_seq, settled_seq = state_of(market)
        assert command_seq == settled_seq
        mark = WORLD.log_mark("accounting")
        publish(RESULTS, impossible_results(market, settled_seq)[name])
        wait_for(lambda: WORLD.queue_length(RESULTS) == 0, what="the end of the message")
        if name in ("far ahead", "long ago"):
            time.sleep(0.3)  # nothing tells that it was dropped
        else:
            wait_for(lambda at=mark: any("RESULT REFUSED" in line and market in line for line in
                                         WORLD.log_lines_since("accounting", at)), what=name)
        assert state_of(market) == (command_seq, settled_seq), name
        trade_on(market, "71")
        WORLD.until_quiet()
    assert WORLD.metric("accounting", "bourse_accounting_market_stuck") == 0


def test_impossible_commands_change_nothing_and_the_market_goes_on():
    """Q-07: commands that are not in the journal. Numbers that were applied are dropped, numbers
    that come later make the worker look into the journal; what is not there is not believed."""
    market = "ltcusd"
    trade_on(market, "70")
    WORLD.until_quiet()
    for ahead in (-1, 0, 1000):
        command_seq, settled_seq = state_of(market)
        seq = command_seq + ahead
        publish(COMMANDS, batch(b"BRC1", market, seq, [command(seq, kind=2)]))
        wait_for(lambda: WORLD.queue_length(COMMANDS) == 0, what="the end of the message")
        trade_on(market, "71")
        WORLD.until_quiet()
        assert state_of(market)[0] == command_seq + 2
    purge(COMMANDS + ".dead")

"""What leaves the outbox: signed domain events (reference 7.3) and the topic of the websocket gateway
(7.4, 5.5), read from the broker as their consumers would."""

import base64
import json
import time
from contextlib import contextmanager
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from members import depth, settled
from world import WORLD, wait_for

RANGER, MARKET = "peatio.events.ranger", "peatio.events.market"
ORDER_EVENTS = ("order_created", "order_updated", "order_canceled", "order_completed",
                "trade_completed")


class Listener:
    """A queue of its own, bound as asked."""

    def __init__(self, channel):
        self.channel = channel
        self.queue = channel.queue_declare("", exclusive=True).method.queue
        self.messages = []  # (exchange, routing key, JSON)

    def bind(self, exchange, *keys):
        for key in keys:
            self.channel.queue_bind(self.queue, exchange, key)

    def read(self):
        while True:
            method, _, body = self.channel.basic_get(self.queue, auto_ack=True)
            if not method:
                return self.messages
            self.messages.append((method.exchange, method.routing_key, json.loads(body)))

    def bodies(self, key):
        return [body for _, routing_key, body in self.read() if routing_key == key]

    def until(self, condition, what):
        return wait_for(lambda: condition(self.read()), what=what)


@contextmanager
def listener(market, *uids):
    with WORLD.broker() as channel:
        made = Listener(channel)
        made.bind(RANGER, f"public.{market}.*", *(f"private.{uid}.*" for uid in uids))
        made.bind(MARKET, *(f"{market}.{event}" for event in ORDER_EVENTS))
        yield made


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def event_of(document):
    """The event of a signed document, whose signature and claims fit."""
    public = serialization.load_pem_public_key(WORLD.file("keys/event.pub").read_bytes())
    (signature,) = document["signatures"]
    assert signature["header"] == {"kid": "peatio"}
    assert json.loads(decode(signature["protected"])) == {"alg": "ES256"}
    raw = decode(signature["signature"])
    public.verify(utils.encode_dss_signature(int.from_bytes(raw[:32], "big"),
                                             int.from_bytes(raw[32:], "big")),
                  f"{signature['protected']}.{document['payload']}".encode(),
                  ec.ECDSA(hashes.SHA256()))
    claims = json.loads(decode(document["payload"]))
    assert claims["iss"] == "peatio" and len(claims["jti"]) == 36
    # Signed in this test, which may have waited for quiet meanwhile.
    assert claims["exp"] == claims["iat"] + 60 and abs(claims["iat"] - time.time()) < 600
    return claims["event"]


def test_life_of_two_orders_is_told(alice, bob):
    with listener("ltcusd", alice.uid, bob.uid) as heard:
        ask = alice.order("ltcusd", "sell", "2", "80").json()["id"]
        settled(bob, bob.order("ltcusd", "buy", "0.5", "80").json()["id"], "done")
        settled(alice, alice.cancel(ask).json()["id"], "cancel")
        heard.until(lambda messages: any(key == "ltcusd.order_canceled" for _, key, _ in messages),
                    "the last event")
        WORLD.until_quiet()

        created = [event_of(body) for body in heard.bodies("ltcusd.order_created")]
        assert [event["type"] for event in created] == ["sell", "buy"]
        assert created[0]["name"] == "market.ltcusd.order_created"
        assert (created[0]["trader_uid"], created[0]["state"]) == (alice.uid, "open")
        assert (created[0]["initial_income_amount"], created[0]["initial_outcome_amount"]) == (
            "160.0", "2.0")
        (done,) = map(event_of, heard.bodies("ltcusd.order_completed"))
        assert done["trader_uid"] == bob.uid and "completed_at" in done
        (updated,) = map(event_of, heard.bodies("ltcusd.order_updated"))
        assert updated["id"] == ask and updated["current_outcome_amount"] == "1.5"
        (canceled,) = map(event_of, heard.bodies("ltcusd.order_canceled"))
        assert canceled["id"] == ask and "canceled_at" in canceled

        (trade,) = map(event_of, heard.bodies("ltcusd.trade_completed"))
        assert (trade["maker_uid"], trade["taker_uid"]) == (alice.uid, bob.uid)
        assert (trade["maker_income_unit"], trade["maker_income_amount"]) == ("usd", "40.0")
        assert (trade["taker_outcome_unit"], trade["taker_outcome_amount"]) == ("usd", "40.0")
        assert Decimal(trade["taker_income_fee"]) > 0

        orders = heard.bodies(f"private.{alice.uid}.order")
        assert [order["state"] for order in orders] == ["wait", "wait", "cancel"]
        assert list(orders[0]) == [
            "id", "market", "kind", "side", "ord_type", "price", "avg_price", "state",
            "origin_volume", "remaining_volume", "executed_volume", "at", "created_at",
            "updated_at", "trades_count"]
        (mine,) = heard.bodies(f"private.{bob.uid}.trade")
        assert list(mine) == ["id", "price", "amount", "total", "market", "side", "taker_type",
                              "created_at", "order_id"]
        assert mine["side"] == "buy"
        (public,) = heard.bodies("public.ltcusd.trades")
        assert public == {"trades": [{"tid": mine["id"], "taker_type": "buy",
                                      "date": mine["created_at"], "price": "80.0",
                                      "amount": "0.5"}]}
        balances = heard.bodies(f"private.{alice.uid}.balances")
        assert {"ltc", "usd"} == {row["currency"] for row in balances}
        last = [row for row in balances if row["currency"] == "ltc"][-1]
        assert (Decimal(last["balance"]), Decimal(last["locked"])) == alice.balance("ltc")


def test_market_order_is_told_when_it_is_over(alice, bob):
    with listener("ltcusd", alice.uid, bob.uid) as heard:
        alice.order("ltcusd", "sell", "1", "80")
        wait_for(lambda: depth("ltcusd")["asks"], what="the ask")
        order = bob.order("ltcusd", "buy", "1", ord_type="market").json()
        heard.until(lambda _: heard.bodies(f"private.{bob.uid}.order"), "the market order")
        WORLD.until_quiet()
        (told,) = heard.bodies(f"private.{bob.uid}.order")
        assert (told["id"], told["state"], told["price"]) == (order["id"], "done", None)
        assert not any(event_of(body)["id"] == order["id"] for key in ORDER_EVENTS[:4]
                       for body in heard.bodies(f"ltcusd.{key}"))


def of_the_last_process(messages):
    """What came behind the last restart of the sequence: a process that was killed may have told of its
    book just before."""
    first, last = 0, 0
    for place, (key, body) in enumerate(messages):
        if key.endswith(("ob-snap", "ob-inc")):
            first, last = (place if body["sequence"] < last else first), body["sequence"]
    return messages[first:]


def follow(book, messages):
    """Applies the increments behind the first snapshot; sequences must have no hole."""
    for key, body in of_the_last_process(messages):
        if key.endswith("ob-snap"):
            if not book:
                book.update({side: dict(body[side]) for side in ("asks", "bids")},
                            sequence=body["sequence"])
            assert book["sequence"] == body["sequence"]
            assert {side: dict(body[side]) for side in ("asks", "bids")} == {
                side: book[side] for side in ("asks", "bids")}
        elif key.endswith("ob-inc") and book:
            assert body["sequence"] == book["sequence"] + 1
            book["sequence"] = body["sequence"]
            (side,) = set(body) - {"sequence"}
            price, volume = body[side]
            if volume:
                book[side][price] = volume
            else:
                book[side].pop(price)
    return book


@pytest.mark.outage
def test_books_of_the_stream_are_exact_over_restarts(alice, bob):
    """Snapshots and increments of one market from a restart of accounting on, through a restart of
    the broker's connections: what a client adds up is what GET depth says."""
    alice.order("btceur", "sell", "1", "50000")
    WORLD.until_quiet()
    with listener("btceur") as heard:
        WORLD.kill("accounting")
        WORLD.until_ready()
        heard.until(lambda _: heard.bodies("public.btceur.ob-snap"), "the first snapshot")
        for step in range(30):
            maker, taker = (alice, bob) if step % 2 else (bob, alice)
            maker.order("btceur", "sell", "0.01", str(49000 + 10 * step))
            taker.order("btceur", "buy", "0.005", str(48000 + 40 * step))
        WORLD.until_quiet()

        def is_as_shown():
            book = follow({}, [(key, body) for _, key, body in heard.read()])
            shown = depth("btceur")
            return book and all(book[side] == dict(shown[side]) for side in ("asks", "bids"))

        wait_for(is_as_shown, what="the book of the stream to be the one that is shown")


def test_clock_tells_tickers_and_k_lines(alice, bob):
    alice.order("ethusd", "sell", "0.1", "2000")
    settled(bob, bob.order("ethusd", "buy", "0.1", "2000").json()["id"], "done")
    with WORLD.broker() as channel:
        heard = Listener(channel)
        heard.bind(RANGER, "public.global.tickers", "public.ethusd.#")
        heard.until(lambda _: any(Decimal(told["ethusd"]["last"]) == 2000 for told in
                                  heard.bodies("public.global.tickers")), "tickers")
        tickers = heard.bodies("public.global.tickers")[-1]
        assert list(tickers) == ["btcusd", "ethusd", "ltcusd", "ethbtc", "btceur"]
        assert list(tickers["ethusd"]) == ["at", "avg_price", "high", "last", "low", "open",
                                           "price_change_percent", "volume", "amount"]
        assert Decimal(tickers["ethusd"]["last"]) == 2000
        for period in ("1m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d", "3d", "1w"):
            points = heard.until(lambda _, one=period: heard.bodies(f"public.ethusd.kline-{one}"), "k-lines")
            point = points[0]
            assert len(point) == 6 and all(isinstance(value, (int, float)) for value in point)


@pytest.mark.outage
def test_events_wait_while_the_broker_is_away(alice):
    """What is accepted without a broker is told when it is back."""
    with WORLD.switched_off("rabbitmq"):
        placed = alice.order("ltcusd", "sell", "1", "85").json()
        assert placed["state"] == "wait"
        wait_for(lambda: WORLD.sql("SELECT COUNT(*) FROM outbox")[0][0] > 0, what="the event")
        time.sleep(1)
        assert WORLD.sql("SELECT COUNT(*) FROM outbox")[0][0] > 0
    WORLD.until_ready()
    WORLD.until_quiet()
    wait_for(lambda: WORLD.sql("SELECT COUNT(*) FROM outbox")[0][0] == 0, what="the last event to be told")

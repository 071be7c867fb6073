"""Parts of the stack die, hang and come back: nobody waits for ever, nothing is lost or doubled,
and everything recovers without help (L-05, M-17, Q-09, D-05, D-06, O-02, O-05, O-06, O-13)."""

import os
import secrets
import subprocess
import threading
import time
from contextlib import contextmanager, suppress

import pytest
import requests

from db_proxy import through_proxy
from members import Member, funded, seeded, settled
from ports import free_base
from wire import connect, member_request, read_answer
from world import WORLD, wait_for

pytestmark = pytest.mark.outage

# The promise is ten seconds, and can be held to where nothing else runs: TRADING_AGAIN_S=10 pytest ...
TRADING_AGAIN_S = float(os.environ.get("TRADING_AGAIN_S") or 120)
ANSWER_S = 60  # far above the edge's own limit of 15 s for an answer


def key():
    return "o-" + secrets.token_hex(8)


def order_body(**more):
    return {"market": "btcusd", "side": "sell", "volume": "0.5", "price": "950000",
            "client_order_id": key(), **more}


def post(member, body):
    """An order through the edge."""
    return requests.post(f"{WORLD.edge}/market/orders", json=body, headers=member.headers,
                         timeout=ANSWER_S)


def post_until_answered(member, body, seconds=TRADING_AGAIN_S + ANSWER_S):
    """Asks with the same client order id until there is a definite answer, as clients do."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = post(member, body)
            if answer.status_code < 500 and answer.status_code != 429:
                return answer
        except requests.RequestException:
            pass
        assert time.monotonic() < deadline, "no definite answer"
        time.sleep(0.1)


def trades_now():
    """Whether two orders are accepted and meet, at once."""
    try:
        maker, taker = seeded(0), seeded(1)
        body = {"market": "btceur", "volume": "0.001", "price": "40000"}
        for member, side in ((maker, "sell"), (taker, "buy")):
            answer = requests.post(f"{WORLD.edge}/market/orders", json={**body, "side": side},
                                   headers=member.headers, timeout=15)
            if answer.status_code != 201:
                return False
        order = answer.json()["id"]
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if taker.shown(order)["state"] == "done":
                return True
            time.sleep(0.05)
    except (requests.RequestException, KeyError):
        pass
    return False


def until_trading(seconds=TRADING_AGAIN_S):
    """Seconds until orders trade: at most `seconds`."""
    began = time.monotonic()
    wait_for(trades_now, seconds, "trading")
    return time.monotonic() - began


def is_clear_refusal(answer):
    """503 (or 504 of the edge) with a code and a time to come back."""
    return (answer.status_code in (503, 504) and answer.json()["errors"]
            and answer.headers.get("Retry-After", "").isdigit())


def is_our_refusal(answer):
    """A clear one of a service that knows; 504 is the edge's, which waited in vain."""
    return is_clear_refusal(answer) and answer.status_code != 504


def not_ready(service):
    """Alive, and says that it is not ready."""
    wait_for(lambda: WORLD.ops(service, "/ready")[0] == 503, what=f"{service} not ready")
    wait_for(lambda: WORLD.ops(service, "/alive")[0] == 200, what=f"{service} alive")


def count_orders(body):
    return WORLD.sql("SELECT COUNT(*) FROM orders WHERE client_order_id = %s",
                     body["client_order_id"])[0][0]


@pytest.fixture(autouse=True)
def healthy():
    """Whatever a test did, the next one begins with a stack that trades."""
    yield
    WORLD.until_ready()
    until_trading()


# ---- between the commit and the answer ----

def test_killed_between_commit_and_reply_the_same_id_gives_the_original():
    """L-05: the service dies knowing nothing of its commit; the retry gets the order that was
    made."""
    member, body = funded(btc="1"), order_body()
    with through_proxy() as proxy:
        proxy.hold(body["client_order_id"].encode())
        with connect(WORLD.api_port) as peer:
            peer.sendall(member_request(member, "POST", "/api/v2/market/orders", body))
            assert proxy.held.wait(60), "the write did not come"
            wait_for(lambda: count_orders(body) == 1, what="the commit")
            WORLD.kill("accounting")
            with suppress(ConnectionResetError):
                assert peer.recv(1) == b""  # no answer
        WORLD.until_ready()
        again = post_until_answered(member, body)
    assert again.status_code == 201 and again.headers["Idempotent-Replayed"] == "true"
    assert count_orders(body) == 1
    stored = WORLD.sql("SELECT id FROM orders WHERE client_order_id = %s", body["client_order_id"])
    assert again.json()["id"] == stored[0][0]
    WORLD.until_quiet()
    assert str(member.balance("btc")[1]) == "0.5"


def test_link_cut_after_commit_is_an_unknown_outcome_that_the_id_resolves():
    """D-05, L-06: told as unknown, never as a failure; the id is not freed and not charged
    twice."""
    member, body = funded(btc="1"), order_body()
    with through_proxy() as proxy:
        proxy.hold(body["client_order_id"].encode())
        with connect(WORLD.api_port) as peer:
            peer.sendall(member_request(member, "POST", "/api/v2/market/orders", body))
            assert proxy.held.wait(60), "the write did not come"
            wait_for(lambda: count_orders(body) == 1, what="the commit")
            proxy.cut()
            first = read_answer(peer)
        if first.status_code != 201:  # resolved inside of the service, or told to the client
            assert first.status_code == 503
            assert first.json() == {"errors": ["server.outcome_unknown"]}
            assert first.headers["Retry-After"].isdigit()
        again = post_until_answered(member, body)
        assert again.status_code == 201 and again.headers["Idempotent-Replayed"] == "true"
        assert count_orders(body) == 1
        WORLD.until_quiet()
        assert str(member.balance("btc")[1]) == "0.5"


# ---- kill -9 under load ----

class Load(threading.Thread):
    """Clients that place orders, each with its id, and ask again until they know."""

    def __init__(self, number):
        super().__init__(daemon=True)
        self.member, self.side = seeded(number), ("sell", "buy")[number % 2]
        self.ending, self.acknowledged, self.unsure = threading.Event(), [], 0

    def run(self):
        while not self.ending.is_set():
            body = {"market": "ethusd", "side": self.side, "volume": "0.01", "price": "2000",
                    "client_order_id": key()}
            while True:
                try:
                    answer = requests.post(f"{WORLD.edge}/market/orders", json=body,
                                           timeout=ANSWER_S,
                                           headers=self.member.headers)
                    if answer.status_code == 201:
                        self.acknowledged.append((body["client_order_id"], answer.json()["id"]))
                        break
                except requests.RequestException:
                    pass
                self.unsure += 1
                if self.ending.wait(0.2):
                    return
            self.ending.wait(0.02)


@contextmanager
def light_load():
    clients = [Load(number) for number in range(4)]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        for client in clients:
            client.ending.set()
        for client in clients:
            client.join(ANSWER_S + 5)


def assert_history(clients):
    """Every acknowledged order is there, once."""
    rows = WORLD.sql("SELECT client_order_id, id FROM orders WHERE client_order_id LIKE 'o-%%'")
    stored = dict(rows)
    assert len(stored) == len(rows)
    for client in clients:
        for client_order_id, order_id in client.acknowledged:
            assert stored.get(client_order_id) == order_id


class FirstTime(threading.Thread):
    """Notes after how many seconds something is true."""

    def __init__(self, condition):
        super().__init__(daemon=True)
        self.condition, self.began, self.seconds = condition, time.monotonic(), float("inf")
        self.start()

    def run(self):
        wait_for(self.condition, TRADING_AGAIN_S)
        self.seconds = time.monotonic() - self.began


@pytest.mark.parametrize("name", ["accounting", "matching", "mariadb", "rabbitmq", "nginx"])
def test_killed_under_load_trading_goes_on(name):
    """D-06, O-05, O-06: kill -9; every acknowledged order is there once."""
    with light_load() as clients:
        wait_for(lambda: sum(len(client.acknowledged) for client in clients) > 20, what="orders")
        WORLD.kill(name)
        broker = FirstTime(WORLD.broker_answers)
        took = until_trading()
        broker.join()
        count = sum(len(client.acknowledged) for client in clients)
        wait_for(lambda: sum(len(client.acknowledged) for client in clients) > count, what="new orders")
    WORLD.until_quiet()
    assert_history(clients)
    print(f"{name}: trading again after {took:.1f} s, of them {broker.seconds:.1f} s until the "
          "broker answered")


# ---- away: the database ----

def test_database_away():
    """O-02, O-06: 503 with Retry-After at once, memory still answers, alive and not ready; a
    service that starts meanwhile waits; and all recovers alone."""
    member = funded(btc="1")
    with WORLD.switched_off("mariadb"):
        not_ready("accounting")
        assert requests.get(f"{WORLD.edge}/public/markets/btcusd/depth",
                            timeout=ANSWER_S).status_code == 200
        for _ in range(3):
            answer = post(member, order_body())
            assert is_our_refusal(answer), answer.text
        answer = requests.get(f"{WORLD.edge}/market/orders", headers=member.headers,
                              timeout=ANSWER_S)
        assert is_clear_refusal(answer), answer.text
        answer = requests.get(f"{WORLD.edge}/account/balances", headers=Member().headers,
                              timeout=ANSWER_S)  # a member whom nobody knows yet
        assert is_clear_refusal(answer), answer.text
        assert requests.get(f"{WORLD.edge}/public/health/alive", timeout=ANSWER_S).status_code == 503

        WORLD.kill("accounting")
        not_ready("accounting")
        answer = post(member, order_body())
        assert is_our_refusal(answer), answer.text
    until_trading()
    WORLD.until_ready()


def test_database_hangs():
    """O-09: a database that takes bytes and says nothing. No client waits longer than the edge
    allows, and what was asked for exists at most once."""
    member, body = funded(btc="1"), order_body()
    with WORLD.paused("mariadb"):
        answer = post(member, body)
        assert is_clear_refusal(answer), answer.status_code
        not_ready("accounting")
        assert requests.get(f"{WORLD.edge}/public/markets/btcusd/depth",
                            timeout=ANSWER_S).status_code == 200
    until_trading()
    assert post_until_answered(member, body).status_code == 201
    assert count_orders(body) == 1
    WORLD.until_quiet()
    assert str(member.balance("btc")[1]) == "0.5"


# ---- away: the broker ----

def test_broker_away():
    """O-02, O-05: not ready, but what is accepted is in the journal and is matched when the
    broker is back; a worker that starts meanwhile waits."""
    maker, taker = funded(btc="1"), funded(usd="1000000")
    with WORLD.switched_off("rabbitmq"):
        for service in ("accounting", "matching"):
            not_ready(service)
        answers = [post(maker, order_body(price="60000")), post(taker, order_body(
            side="buy", price="60000"))]
        for answer in answers:
            assert answer.status_code == 201 or is_our_refusal(answer), answer.text
        WORLD.kill("matching")
        not_ready("matching")
    until_trading()
    for member, answer in zip((maker, taker), answers):
        if answer.status_code == 201:
            settled(member, answer.json()["id"], "done")


def test_broker_hangs():
    """O-09: a broker that is paused; accepting goes on or is refused clearly, nothing is lost."""
    maker, taker = funded(btc="1"), funded(usd="1000000")
    with WORLD.paused("rabbitmq"):
        answers = [post(maker, order_body(price="61000")), post(taker, order_body(
            side="buy", price="61000"))]
        assert all(answer.status_code == 201 or is_our_refusal(answer) for answer in answers)
    until_trading()
    for member, answer in zip((maker, taker), answers):
        if answer.status_code == 201:
            settled(member, answer.json()["id"], "done")


def test_broker_alarm():
    """Q-09: memory alarm: publishing is blocked. Not ready; orders are accepted into the journal
    or refused clearly, never left hanging; consumers live; it recovers alone."""
    maker, taker = funded(btc="1"), funded(usd="1000000")
    WORLD.rabbitmqctl("set_vm_memory_high_watermark", "0.00001")
    try:
        answers = []
        deadline = time.monotonic() + 60
        while WORLD.is_ready("accounting") and time.monotonic() < deadline:
            answers.append((maker, post(maker, order_body(volume="0.001", price="62000"))))
            time.sleep(0.1)
        assert not WORLD.is_ready("accounting"), "ready while the broker blocks"
        answers.append((taker, post(taker, order_body(side="buy", volume="0.001", price="62000"))))
        assert all(answer.status_code == 201 or is_our_refusal(answer) for _, answer in answers)
        for service in ("accounting", "matching"):
            wait_for(lambda one=service: WORLD.ops(one, "/alive")[0] == 200, what=f"{service} alive")
    finally:
        WORLD.rabbitmqctl("set_vm_memory_high_watermark", "0.4")
    until_trading()
    WORLD.until_ready()
    for member, answer in answers:
        if answer.status_code == 201:
            member.cancel(answer.json()["id"])
    WORLD.until_quiet()
    for member, answer in answers:
        if answer.status_code == 201:
            assert member.shown(answer.json()["id"])["state"] in ("done", "cancel")


# ---- away: accounting ----

def test_accounting_away():
    """O-03: the edge says so, the worker waits, and finds its market again."""
    with WORLD.switched_off("accounting"):
        answer = requests.get(f"{WORLD.edge}/public/markets", timeout=ANSWER_S)
        assert is_clear_refusal(answer) and answer.json() == {"errors": ["server.unavailable"]}
        WORLD.kill("matching")
        not_ready("matching")
    until_trading()


# ---- two workers ----

def is_up(ops_port):
    try:
        return requests.get(f"http://127.0.0.1:{ops_port}/ready", timeout=10).status_code == 200
    except requests.RequestException:
        return False


def test_two_matching_workers_do_no_harm():
    """O-13: somebody starts a second worker on the same queue. Both compute, each result is
    settled once."""
    environment = {**os.environ, **WORLD.env("matching"), "OPS_PORT": str(free_base())}
    with light_load() as clients:
        wait_for(lambda: sum(len(client.acknowledged) for client in clients) > 10, what="orders")
        log = WORLD.file("log/matching-second.log").open("w")
        second = subprocess.Popen([WORLD.binaries / "bourse-matching"], env=environment, stderr=log,
                                  stdin=subprocess.DEVNULL, stdout=log)
        try:
            wait_for(lambda: is_up(environment["OPS_PORT"]), what="the second worker")
            for _ in range(3):
                until_trading()
            assert second.poll() is None
        finally:
            second.kill()
            second.wait()
        until_trading()
    WORLD.until_quiet()
    assert_history(clients)
    mine = WORLD.sql("SELECT COUNT(*), COUNT(DISTINCT id) FROM trades")
    assert mine[0][0] == mine[0][1]


# ---- everything ----

def face_of(market, until):
    """What the world sees of a market; the clock left out."""
    def get(path):
        return requests.get(f"{WORLD.api}/public/markets/{market}{path}", timeout=30).json()

    depth = get("/depth")
    ticker = get("/tickers")["ticker"]
    return {"asks": depth["asks"], "bids": depth["bids"], "trades": get("/trades"),
            "ticker": ticker,
            "order book": get("/order-book"),
            "k-line": [get(f"/k-line?period={period}&time_to={until}")
                       for period in (1440, 10080)]}


def test_after_a_restart_of_everything_all_is_as_it_was():
    """M-17, M-11, L-04: stop orders wait and are set off once, books keep their order, market
    data are the same, balances too, and a client order id of before still names its order."""
    maker, taker = funded(ltc="100", usd="100000"), funded(ltc="100", usd="100000")
    body = order_body(market="ltcusd", volume="1", price="300")
    first = maker.post("/market/orders", **body).json()
    stop = taker.order("ltcusd", "sell", "2", "40", ord_type="stop_limit", stop_price="50").json()
    market_stop = taker.order("ltcusd", "buy", "1", ord_type="stop_market", stop_price="200").json()
    bids = [maker.order("ltcusd", "buy", "1", "45").json() for _ in range(3)]
    sold = taker.order("ltcusd", "sell", "1", "55").json()
    settled(maker, maker.order("ltcusd", "buy", "1", "55").json()["id"], "done")
    WORLD.until_quiet()
    now = int(time.time()) // 60 * 60 - 60
    before = face_of("ltcusd", now), maker.balance("usd"), taker.balance("ltc"), taker.balance("usd")

    WORLD.restart()

    assert (face_of("ltcusd", now), maker.balance("usd"), taker.balance("ltc"),
            taker.balance("usd")) == before
    assert taker.shown(sold["id"])["state"] == "done"
    again = maker.post("/market/orders", **body)
    assert again.headers["Idempotent-Replayed"] == "true" and again.json()["id"] == first["id"]
    assert [taker.shown(order["id"])["state"] for order in (stop, market_stop)] == ["wait", "wait"]
    # a trade at 45 sets off the first stop; it takes what is left of the bids, in their order
    taker.order("ltcusd", "sell", "0.5", "45")
    WORLD.until_quiet()
    shown = taker.shown(stop["id"])
    assert (shown["state"], shown["executed_volume"], shown["trades_count"]) == ("done", "2.0", 3)
    assert [maker.shown(bid["id"])["executed_volume"] for bid in bids] == ["1.0", "1.0", "0.5"]
    assert taker.shown(market_stop["id"])["state"] == "wait"

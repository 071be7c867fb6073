"""A bot that places, cancels and amends orders around a price, and writes down what it was told."""

import random
import threading
import time

from .client import Client, Refused, Unknown

RETRIES_MAX = 60
RETRY_PAUSE_S = 0.5
OPEN_MAX = 40


class Trader(threading.Thread):
    """`history` gets one dict for each order that it asked for: client_order_id, the request, `id` and
    `state` of the 201 (absent: never acknowledged), `refused`."""

    def __init__(self, number, base, token, seed, markets, stop, pause_s=0.0):
        super().__init__(name=f"trader-{number}", daemon=True)
        self.client = Client(base, token)
        self.random = random.Random(seed * 1000 + number)
        self.number, self.seed, self.markets, self.stop, self.pause_s = \
            number, seed, markets, stop, pause_s
        self.history, self.open, self.latencies = [], [], []
        self.counts = {"orders": 0, "refused": 0, "unknown": 0, "cancels": 0, "amends": 0}

    def run(self):
        while not self.stop.is_set():
            try:
                self.step()
            except Unknown:
                self.counts["unknown"] += 1
                self.stop.wait(RETRY_PAUSE_S)
            if self.pause_s:
                self.stop.wait(self.pause_s)
        self.client.close()

    def step(self):
        draw = self.random.random()
        if self.open and (draw < 0.25 or len(self.open) > OPEN_MAX):
            self.cancel()
        elif self.open and draw < 0.30:
            self.amend()
        elif draw < 0.305:
            self.tolerate("POST", "/market/orders/cancel", {"market": self.random.choice(
                list(self.markets))})
            self.open.clear()
        else:
            self.order()

    def tolerate(self, method, path, body=None):
        """A call whose refusal is part of the game (the order was filled meanwhile)."""
        try:
            return self.client.call(method, path, body)
        except Refused:
            return None

    def cancel(self):
        order_id = self.open.pop(self.random.randrange(len(self.open)))
        self.counts["cancels"] += 1
        self.tolerate("POST", f"/market/orders/{order_id}/cancel", {})

    def amend(self):
        order_id = self.random.choice(self.open)
        self.counts["amends"] += 1
        self.tolerate("PUT", f"/market/orders/{order_id}",
                      {"volume": f"{self.random.randint(1, 400) / 1000:.3f}"})

    def make_request(self):
        market, (price, step) = self.random.choice(list(self.markets.items()))
        request = {"market": market, "side": self.random.choice(("buy", "sell")),
                   "volume": f"{self.random.randint(1, 300) / 1000:.3f}",
                   "client_order_id": f"s{self.seed}-t{self.number}-{len(self.history)}"}
        kind = self.random.random()
        limit = f"{price + self.random.randint(-15, 15) * step:.2f}"
        if kind < 0.05:
            request["ord_type"] = "market"
        elif kind < 0.10:
            request.update(ord_type="stop_limit", price=limit,
                           stop_price=f"{price + self.random.randint(-10, 10) * step:.2f}")
        elif kind < 0.15:
            request.update(ord_type="post_only", price=limit)
        else:
            request["price"] = limit
            if kind < 0.25:
                request["time_in_force"] = self.random.choice(("ioc", "fok"))
            if kind > 0.9:
                request["self_trade_prevention"] = self.random.choice(
                    ("cancel_newest", "cancel_oldest", "decrement"))
        return request

    def order(self):
        """Places one order; when the outcome is unknown, asks again with the same client order id until
        there is an answer: that is what the id is for."""
        record = {"request": self.make_request()}
        self.history.append(record)
        for _ in range(RETRIES_MAX):
            began = time.perf_counter()
            try:
                answer = self.client.call("POST", "/market/orders", record["request"])
            except Refused as refused:
                record["refused"] = refused.codes
                self.counts["refused"] += 1
                return
            except Unknown:
                self.counts["unknown"] += 1
                if self.stop.wait(RETRY_PAUSE_S):
                    return
                continue
            self.latencies.append(time.perf_counter() - began)
            record["id"], record["state"] = answer["id"], answer["state"]
            self.counts["orders"] += 1
            if answer["state"] == "wait" and record["request"].get("ord_type") != "market":
                self.open.append(answer["id"])
            return


MARKETS = {"btcusd": (50000, 10), "ethusd": (3000, 1), "ltcusd": (100, 0.5)}

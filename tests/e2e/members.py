"""People of the stack: tokens signed by its key, members and what they do, and funds for them.

    maker = funded(btc="1"); order = maker.order("btcusd", "sell", "1", "50000").json()
"""

import functools
import json
import secrets
import time
from decimal import Decimal

import jwt
import requests
from cryptography.hazmat.primitives import serialization

from world import WORLD, wait_for

from management import Signer

API_TIMEOUT_S = 60
FIAT = ("usd", "eur")
CODE_MAIN = {True: 201, False: 202}  # chart of accounts: what the platform owes members, by is fiat


@functools.lru_cache(maxsize=None)
def private_key(name):
    return serialization.load_pem_private_key(WORLD.file(f"keys/{name}.key").read_bytes(), None)


def claims_of(uid, /, **changes):
    """The claims of a good session token. None leaves a claim out."""
    now = int(time.time())
    claims = {"iat": now, "exp": now + 1800, "jti": secrets.token_hex(10), "sub": "session",
              "iss": "barong", "aud": ["peatio", "barong"], "uid": uid,
              "email": f"{str(uid).lower()}@example.com", "role": "member", "level": 3,
              "state": "active", **changes}
    return {key: value for key, value in claims.items() if value is not None}


def token(uid, /, **changes):
    return jwt.encode(claims_of(uid, **changes), private_key("jwt"), algorithm="RS256")


def new_uid():
    return "ID" + secrets.token_hex(5).upper()


class Member:
    def __init__(self, uid=None, base=None, **changes):
        self.uid = uid or new_uid()
        self.base = base or WORLD.api
        self.bearer = token(self.uid, **changes)

    @property
    def headers(self):
        return {"Authorization": "Bearer " + self.bearer}

    def call(self, method, path, **arguments):
        headers = {**self.headers, **arguments.pop("headers", {})}
        return requests.request(method, self.base + path, timeout=API_TIMEOUT_S, headers=headers,
                                **arguments)

    def get(self, path, **params):
        return self.call("GET", path, params=params)

    def post(self, path, **body):
        return self.call("POST", path, json=body)

    def put(self, path, **body):
        return self.call("PUT", path, json=body)

    def order(self, market, side, volume, price=None, **more):
        body = dict(market=market, side=side, volume=volume, **more)
        if price is not None:
            body["price"] = price
        return self.post("/market/orders", **body)

    def shown(self, order_id):
        return self.get(f"/market/orders/{order_id}").json()

    def cancel(self, order_id):
        return self.post(f"/market/orders/{order_id}/cancel")

    def balance(self, currency):
        """(available, locked)"""
        rows = {row["currency"]: row for row in self.get("/account/balances").json()}
        return Decimal(rows[currency]["balance"]), Decimal(rows[currency]["locked"])


def people():
    return json.loads(WORLD.file("credentials.json").read_text())


def seeded(index):
    person = people()["traders"][index]
    return Member(person["uid"], email=person["email"], username=person["email"].split("@")[0])


def administrator():
    person = people()["admin"]
    return Member(person["uid"], email=person["email"], role="superadmin", username="admin")


def errors(answer, status=422):
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json()["errors"]


def settled(member, order_id, state):
    """Waits for the state of an order, and gives the order."""
    wait_for(lambda: member.shown(order_id)["state"] == state, what=f"order {order_id} in {state}")
    return member.shown(order_id)


# ---- funds ----

def manage(path, data, method="POST"):
    """A call of the management API, signed as another server would."""
    signer = Signer("local", WORLD.file("keys/management.key").read_text())
    return requests.request(method, f"{WORLD.api}/management{path}", data=signer.document(data),
                            headers={"Content-Type": "application/json"}, timeout=API_TIMEOUT_S)


def transfer_operation(source, target, currency, amount):
    code = CODE_MAIN[currency in FIAT]
    return {"currency": currency, "amount": amount, "account_src": {"code": code, "uid": source},
            "account_dst": {"code": code, "uid": target}}


def transfer(source, target, key=None, **amounts):
    """Moves amounts (btc="1") from one member to another: the answer of the management API."""
    return manage("/transfers/new", {
        "key": key or secrets.token_hex(8), "category": "purchases", "description": "a test",
        "operations": [transfer_operation(source, target, currency, amount)
                       for currency, amount in amounts.items()]})


def funded(level=3, base=None, **amounts):
    """A new member with these amounts, given by the last seeded trader."""
    member = Member(base=base, level=level)
    assert member.get("/account/members/me").status_code == 200
    answer = transfer(people()["traders"][-1]["uid"], member.uid, **amounts)
    assert answer.status_code == 201, answer.text
    return member


def depth(market):
    return requests.get(f"{WORLD.api}/public/markets/{market}/depth", timeout=30).json()


def trade(market="btceur", price="40000", volume="0.001"):
    """One trade between two seeded traders, settled: its taker order. Proves that trading works."""
    maker, taker = seeded(0), seeded(1)
    maker.order(market, "sell", volume, price)
    order = taker.order(market, "buy", volume, price)
    assert order.status_code == 201, order.text
    return settled(taker, order.json()["id"], "done")

"""What the API says, against the tables of the same quiet moment."""

import json
import urllib.error
import urllib.request
from decimal import Decimal

from .invariants import BUY, SELL, WAIT, depth_of


def get(url, token=None):
    request = urllib.request.Request(url)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def check_depth(books, base):
    for market_id in books.markets:
        try:
            shown = get(f"{base}/public/markets/{market_id}/depth?limit=1000")
        except urllib.error.HTTPError as error:
            if error.code != 422:
                yield f"depth of {market_id}: HTTP {error.code}"
            continue
        bids, asks = depth_of(books, market_id)
        for name, side, levels in (("bids", bids, shown["bids"]), ("asks", asks, shown["asks"])):
            expected = sorted(side.items(), reverse=name == "bids")[:1000]
            if [(Decimal(p), Decimal(v)) for p, v in levels] != expected:
                yield f"{market_id}: the {name} of /depth are not the open orders of the tables"


def check_trades(books, base):
    for market_id in books.markets:
        try:
            shown = get(f"{base}/public/markets/{market_id}/trades?limit=1000")
        except urllib.error.HTTPError:
            continue
        rows = sorted((t for t in books.data["trades"] if t["market_id"] == market_id),
                      key=lambda row: -row["id"])[:1000]
        if [t["id"] for t in shown] != [row["id"] for row in rows]:
            yield f"{market_id}: /trades does not list the last trades of the table"
        for got, row in zip(shown, rows):
            side = "buy" if row["taker_side"] == BUY else "sell"
            if Decimal(str(got["price"])) != row["price"] or got["taker_type"] != side:
                yield f"trade {row['id']}: /trades shows another price or side"


def check_member(books, base, member_id, token):
    """Balances and open orders of a member whose token we have."""
    rows = {row["currency_id"]: row for row in books.data["accounts"]
            if row["member_id"] == member_id}
    for shown in get(f"{base}/account/balances?limit=1000", token):
        row = rows.get(shown["currency"], {"balance": 0, "locked": 0})
        if Decimal(shown["balance"]) != row["balance"] or Decimal(shown["locked"]) != row["locked"]:
            yield f"member {member_id}: /balances shows another {shown['currency']}"
    listed, page = {}, 1
    while True:
        orders = get(f"{base}/market/orders?state=wait&limit=1000&page={page}", token)
        listed.update((order["id"], order) for order in orders)
        if len(orders) < 1000:
            break
        page += 1
    mine = {o["id"]: o for o in books.orders.values()
            if o["member_id"] == member_id and o["state"] == WAIT}
    if set(listed) != set(mine):
        yield f"member {member_id}: /orders?state=wait lists other orders than the table"
    for number, shown in listed.items():
        row = mine.get(number)
        if row and (Decimal(shown["remaining_volume"]) != row["volume"] or
                    shown["side"] != ("sell" if row["side"] == SELL else "buy")):
            yield f"order {number}: /orders shows another volume or side"

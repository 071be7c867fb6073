"""I1 to I9: what must be true of the books at every committed moment. Each check yields sentences that
say what is wrong; none means that it holds."""

import hashlib
from collections import defaultdict
from datetime import timezone
from decimal import ROUND_DOWN, Decimal, getcontext

from . import book as model
from . import money, tables, wire

getcontext().prec = 80
ZERO = Decimal(0)
BUY, SELL = 0, 1
WAIT, DONE, CANCEL, REJECT = 100, 200, -100, -200
ASSET, LIABILITY, REVENUE, EXPENSE = 1, 2, 3, 4


def legs_of_entry(row):
    """(code, currency, member, amount) of a ledger row; amounts: credit above zero."""
    legs = [(row["code_a"], row["amount_a"])]
    if row["code_b"] is not None:
        legs.append((row["code_b"], row["amount_b"]))
    for code, amount in legs:
        yield code, row["currency_id"], row["member_id"], amount


def legs_of_trade(row, coins):
    """The same of a trade's row: it is its own entry."""
    base, quote = row["base_unit"], row["quote_unit"]
    b, q = (2 if base in coins else 1), (2 if quote in coins else 1)
    buyer, seller = (row["taker_id"], row["maker_id"]) if row["taker_side"] == BUY else \
        (row["maker_id"], row["taker_id"])
    yield 210 + b, base, seller, -row["amount"]
    yield 210 + q, quote, buyer, -row["total"]
    yield 200 + b, base, buyer, row["amount"] - row["buyer_fee_amount"]
    yield 200 + q, quote, seller, row["total"] - row["seller_fee_amount"]
    for member, side, release in ((row["maker_id"], 1 - row["taker_side"], row["maker_release"]),
                                  (row["taker_id"], row["taker_side"], row["taker_release"])):
        currency, kind = (quote, q) if side == BUY else (base, b)
        yield 210 + kind, currency, member, -release
        yield 200 + kind, currency, member, release
    yield 300 + q, quote, seller, row["seller_fee_amount"]
    yield 300 + b, base, buyer, row["buyer_fee_amount"]


class Books:
    """The rows of one snapshot, and what is derived from the journal once for all checks."""

    def __init__(self, data):
        self.data = data
        self.coins = {row["id"] for row in data["currencies"] if row["type"] == "coin"}
        self.markets = {row["id"]: row for row in data["markets"]}
        self.orders = {row["id"]: row for row in data["orders"]}
        self.codes = defaultdict(Decimal)      # (code, currency)
        self.members = defaultdict(Decimal)    # (member, currency, locked?)
        self.unbalanced = []
        for row in data["ledger"]:
            self._book(("ledger row", row["id"], row["reference_type"], row["event"]),
                       legs_of_entry(row))
        for row in data["trades"]:
            self._book(("trade", row["id"], "trade", ""), legs_of_trade(row, self.coins))

    def _book(self, what, legs):
        sums = defaultdict(Decimal)
        for code, currency, member, amount in legs:
            self.codes[code, currency] += amount
            sign = 1 if code // 100 in (ASSET, EXPENSE) else -1
            sums[currency] += sign * amount
            if code // 100 == LIABILITY:
                self.members[member, currency, code // 10 % 10 == 1] += amount
        for currency, total in sums.items():
            if total:
                self.unbalanced.append((what, currency, total))

    def outcome(self, order):
        market = self.markets[order["market_id"]]
        return market["quote_unit"] if order["side"] == BUY else market["base_unit"]


def i1_zero_sum(books):
    """Every entry sums to zero; single operations of the management API and the two or more owners
    of a transfer are entries of one leg and must cancel out over all of their kind; those of deposits
    and withdrawals (fees, two owners) over all of one kind, which money.py looks at one by one."""
    rest = defaultdict(Decimal)
    for (kind, number, reference, event), currency, total in books.unbalanced:
        if kind == "ledger row" and reference in ("", "operation", "transfer", "internal_transfer",
                                                      "deposit", "withdraw"):
            rest[reference, currency] += total
        else:
            yield f"{kind} {number} ({reference} {event}) is off by {total} {currency}"
    for (reference, currency), total in rest.items():
        if total:
            yield f"entries of {reference or 'operation'} in {currency} are off by {total}"


def i2_conservation(books):
    currencies = {currency for _, currency in books.codes}
    held = defaultdict(Decimal)
    for row in books.data["accounts"]:
        held[row["currency_id"]] += row["balance"] + row["locked"]
    for currency in sorted(currencies | set(held)):
        side = defaultdict(Decimal)
        for (code, of), amount in books.codes.items():
            if of == currency:
                side[code // 100] += amount
        if held[currency] != side[LIABILITY]:
            yield f"{currency}: accounts hold {held[currency]}, liabilities say {side[LIABILITY]}"
        if side[ASSET] + side[EXPENSE] != side[LIABILITY] + side[REVENUE]:
            yield (f"{currency}: assets {side[ASSET]} + expenses {side[EXPENSE]} != liabilities "
                   f"{side[LIABILITY]} + revenues {side[REVENUE]}")
    yield from money.in_and_out(books)


def i3_no_negatives(books):
    for row in books.data["accounts"]:
        if row["balance"] < 0 or row["locked"] < 0:
            yield f"member {row['member_id']} {row['currency_id']}: {row['balance']}/{row['locked']}"


def i4_locks(books):
    """Locked funds are the locks of open orders, unfinished withdrawals and held deposits, account by
    account."""
    need = money.locks(books)
    for order in books.orders.values():
        if order["state"] == WAIT:
            need[order["member_id"], books.outcome(order)] += order["locked"]
    for row in books.data["accounts"]:
        key = (row["member_id"], row["currency_id"])
        if row["locked"] != need.pop(key, ZERO):
            yield (f"member {key[0]} {key[1]}: locked {row['locked']} is not what its orders, "
                   "withdrawals and deposits lock")
    for key, amount in need.items():
        if amount:
            yield f"member {key[0]} {key[1]}: orders lock {amount}, there is no account"


def i5_cache(books):
    """Stored balances are the journal's."""
    derived = dict(books.members)
    for row in books.data["accounts"]:
        for locked, stored in ((False, row["balance"]), (True, row["locked"])):
            journal = derived.pop((row["member_id"], row["currency_id"], locked), ZERO)
            if stored != journal:
                yield (f"member {row['member_id']} {row['currency_id']} "
                       f"{'locked' if locked else 'balance'}: stored {stored}, journal {journal}")
    for (member, currency, _), amount in derived.items():
        if amount:
            yield f"member {member} {currency}: journal has {amount}, there is no account"


def i6_trades(books):
    """Legs of each trade are exact, and fit its orders."""
    for trade in books.data["trades"]:
        name = f"trade {trade['id']}"
        if trade["price"] * trade["amount"] != trade["total"] or trade["amount"] <= 0:
            yield f"{name}: total is not price times amount"
        taker_buys = trade["taker_side"] == BUY
        buyer_rate, seller_rate = (trade["taker_fee"], trade["maker_fee"]) if taker_buys else \
            (trade["maker_fee"], trade["taker_fee"])
        if trade["amount"] * buyer_rate != trade["buyer_fee_amount"]:
            yield f"{name}: the buyer's fee is not {buyer_rate} of {trade['amount']}"
        if trade["total"] * seller_rate != trade["seller_fee_amount"]:
            yield f"{name}: the seller's fee is not {seller_rate} of {trade['total']}"
        for role in ("maker", "taker"):
            order = books.orders.get(trade[f"{role}_order_id"])
            side = trade["taker_side"] if role == "taker" else 1 - trade["taker_side"]
            if order is None or order["member_id"] != trade[f"{role}_id"] or order["side"] != side \
                    or order["market_id"] != trade["market_id"]:
                yield f"{name}: its {role} order does not fit"
            elif order[f"{role}_fee"] != trade[f"{role}_fee"]:
                yield f"{name}: the {role}'s fee is not the one frozen on the order"


def i7_once(books):
    """Each source is booked exactly once."""
    seen = defaultdict(int)
    for trade in books.data["trades"]:
        seen["trade", trade["market_id"], trade["command_seq"], trade["maker_order_id"],
             trade["taker_order_id"]] += 1
    submits, cancels = defaultdict(int), defaultdict(int)
    for row in books.data["ledger"]:
        if row["reference_type"] == "order" and row["event"] == "submit":
            submits[row["reference_id"]] += 1
        elif row["reference_type"] == "order" and row["event"] == "cancel":
            cancels[row["reference_id"]] += 1
    for key, count in seen.items():
        if count != 1:
            yield f"{key} is booked {count} times"
    for order in books.orders.values():
        if order["state"] != REJECT and submits.pop(order["id"], 0) != 1:
            yield f"order {order['id']} has not exactly one submit entry"
        released = order["state"] == CANCEL and order["locked"] > 0
        if cancels.pop(order["id"], 0) != (1 if released else 0):
            yield f"order {order['id']} (state {order['state']}) has a wrong number of cancel entries"
    for number in (*submits, *cancels):
        yield f"the ledger knows order {number}, the orders do not"
    numbers = defaultdict(int)
    for row in books.data["client_orders"]:
        numbers[row["order_id"]] += 1
        if row["order_id"] not in books.orders:
            yield f"client order id {row['client_order_id']} has no order"
    for number, count in numbers.items():
        if count != 1:
            yield f"order {number} answers to {count} client order ids"
    yield from money.deposits_once(books)
    yield from money.withdraws_once(books)
    yield from posted_index(books)


def posted_index(books):
    """The index of what trading did not book names those rows and no others."""
    expected = {(code // 100, row["id"]) for row in books.data["ledger"]
                for code in (row["code_a"], row["code_b"])
                if code and row["reference_type"] != "order"}
    found = {(row["type"], row["ledger_id"]) for row in books.data["ledger_posted"]}
    for kind, number in sorted(expected ^ found)[:10]:
        yield f"ledger row {number}: ledger_posted is wrong about type {kind}"


def plain(number):
    """A decimal as the seals write it: no exponent, at least one fractional digit."""
    text = format(number or ZERO, "f")
    if "." in text:
        text = text.rstrip("0")
    else:
        text += "."
    text = text + "0" if text.endswith(".") else text
    return "0.0" if text == "-0.0" else text


def micros(moment):
    whole = int(moment.replace(microsecond=0, tzinfo=timezone.utc).timestamp())
    return whole * 1000000 + moment.microsecond


def line_of_entry(row):
    return "|".join(["L", str(row["id"]), row["reference_type"], str(row["reference_id"]),
                     row["event"], row["currency_id"], str(row["member_id"] or 0),
                     str(row["code_a"]), plain(row["amount_a"]), str(row["code_b"] or 0),
                     plain(row["amount_b"]), str(micros(row["created_at"]))]) + "\n"


def line_of_trade(row):
    return "|".join(["T", str(row["id"]), row["market_id"], str(row["command_seq"]),
                     plain(row["price"]), plain(row["amount"]), plain(row["total"]),
                     row["base_unit"], row["quote_unit"], str(row["taker_side"]),
                     str(row["maker_order_id"]), str(row["taker_order_id"]), str(row["maker_id"]),
                     str(row["taker_id"]), plain(row["maker_fee"]), plain(row["taker_fee"]),
                     plain(row["buyer_fee_amount"]), plain(row["seller_fee_amount"]),
                     plain(row["maker_release"]), plain(row["taker_release"]),
                     str(micros(row["created_at"]))]) + "\n"


def i8_history(books):
    """No row was changed, added or removed behind the chains of seals."""
    lines = {row["id"]: line_of_entry(row) for row in books.data["ledger"]}
    for row in books.data["trades"]:
        lines[row["id"]] = line_of_trade(row)
    chains = defaultdict(list)
    for seal in books.data["seals"]:
        chains[seal["writer"]].append(seal)
    heads = {row["writer"]: row for row in books.data["seal_heads"]}
    for writer, seals in chains.items():
        digest = bytes(32)
        for number, seal in enumerate(sorted(seals, key=lambda s: s["seq"]), start=1):
            text = "".join(lines.pop(at, f"missing {at}\n")
                           for at in range(seal["first_id"], seal["last_id"] + 1))
            digest = hashlib.sha256(digest + text.encode()).digest()
            if seal["seq"] != number:
                yield f"{writer}: seal {number} is missing"
                break
            if digest != seal["digest"]:
                yield (f"{writer}: journal rows {seal['first_id']} to {seal['last_id']} are not what "
                       "was sealed")
                digest = seal["digest"]
        head = heads.get(writer)
        if head is None or head["seq"] != len(seals) or head["digest"] != digest:
            yield f"{writer}: the chain does not end at its head"
    for number in sorted(lines)[:10]:
        yield f"journal row {number} is in no seal"


def i9_orders(books):
    """Filled volume, spent funds and states of every order follow from its trades."""
    filled, spent, received, count = (defaultdict(Decimal) for _ in range(4))
    for trade in books.data["trades"]:
        for role, side in (("maker", 1 - trade["taker_side"]), ("taker", trade["taker_side"])):
            number = trade[f"{role}_order_id"]
            filled[number] += trade["amount"]
            count[number] += 1
            spent[number] += trade["total"] if side == BUY else trade["amount"]
            received[number] += trade["amount"] if side == BUY else trade["total"]
    for order in books.orders.values():
        number, name = order["id"], f"order {order['id']}"
        if order["origin_volume"] - order["volume"] != filled[number] or order["volume"] < 0:
            yield f"{name}: filled {filled[number]}, volume says otherwise"
        if order["origin_locked"] - order["locked"] != spent[number] or order["locked"] < 0:
            yield f"{name}: spent {spent[number]}, locked says otherwise"
        if order["funds_received"] != received[number] or order["trades_count"] != count[number]:
            yield f"{name}: funds received or number of trades don't fit its trades"
        if order["state"] == DONE and order["volume"] != 0:
            yield f"{name}: done with {order['volume']} left"
        if order["state"] == WAIT and order["volume"] == 0:
            yield f"{name}: waits with nothing left"
        if order["state"] not in (WAIT, DONE, CANCEL, REJECT):
            yield f"{name}: state {order['state']}"


def own_book(books, connection):
    """The journal of commands through the checker's own book gives the trades and the open orders of
    the tables, for every market whose journal is whole, up to what is settled."""
    settled = {row["market_id"]: row["settled_seq"] for row in books.data["market_settlements"]}
    trades = defaultdict(list)
    for trade in sorted(books.data["trades"], key=lambda row: row["id"]):
        trades[trade["market_id"]].append(trade)
    for market_id, market in books.markets.items():
        tick = Decimal(1).scaleb(-market["price_precision"])
        lot = Decimal(1).scaleb(-market["amount_precision"])
        book, expected = model.Book(), []
        if tables.first_command(connection, market_id) > 1:
            print(f"  note    {market_id}: the journal was pruned, it can't be played from its begin")
            continue
        for first, last, blob in tables.command_rows(connection, market_id):
            if first > settled.get(market_id, 0):
                break
            for command in wire.read_batch(blob, market_id, first, last):
                if command.seq > settled[market_id]:
                    break
                expected += [(command.seq, *trade) for trade in book.apply(command)]
        if book.seq != settled.get(market_id, 0):
            yield f"{market_id}: the journal ends at {book.seq}, settled is {settled.get(market_id)}"
        found = [(t["command_seq"], t["maker_order_id"], t["taker_order_id"], int(t["price"] / tick),
                  int(t["amount"] / lot)) for t in trades[market_id]]
        if found != expected:
            at = next((i for i, pair in enumerate(zip(found, expected)) if pair[0] != pair[1]),
                      min(len(found), len(expected)))
            yield (f"{market_id}: trade number {at + 1}: the table has "
                   f"{found[at] if at < len(found) else 'no more'}, the model "
                   f"{expected[at] if at < len(expected) else 'no more'}")
        open_now = {o["id"]: int(o["volume"] / lot) for o in books.orders.values()
                    if o["market_id"] == market_id and o["state"] == WAIT
                    and o["command_seq"] <= settled.get(market_id, 0)}
        if open_now != {o.id: o.left for o in book.orders.values()}:
            odd = set(open_now.items()) ^ {(o.id, o.left) for o in book.orders.values()}
            yield f"{market_id}: open orders differ from the model: {sorted(odd)[:6]}"


def depth_of(books, market_id):
    """(bids, asks) of the tables: price -> volume."""
    sides = (defaultdict(Decimal), defaultdict(Decimal))
    for order in books.orders.values():
        if order["market_id"] == market_id and order["state"] == WAIT and not order["waiting"] \
                and order["price"] is not None:
            sides[order["side"]][order["price"]] += order["volume"]
    return sides



CHECKS = [
    ("I1 every entry sums to zero", i1_zero_sum),
    ("I2 assets are liabilities and revenues, and what came in less what went out", i2_conservation),
    ("I3 nothing is below zero", i3_no_negatives),
    ("I4 locked funds are the locks of orders, withdrawals and deposits", i4_locks),
    ("I5 balances are the journal's", i5_cache),
    ("I6 trades are exact", i6_trades),
    ("I7 everything is booked once", i7_once),
    ("I8 no row was changed", i8_history),
    ("I9 orders follow from their trades", i9_orders),
]

"""Amounts come in and go out exactly, or are refused with the name of the field (L-11, L-12,
H-05, H-06).

Rows are JSON as a client writes it. Where an amount is accepted it must come back as the same
number; nothing is ever rounded, guessed or read by a locale.
"""

import json
import random
from decimal import Decimal
from urllib.parse import quote

import pytest

from members import errors, funded, manage, people, transfer_operation
from wire import burst, member_request
from world import WORLD

import secrets

ORDERS = "/api/v2/market/orders"

# literal in the JSON body: the number that it is
ACCEPTED = {
    '"1"': "1", '"1.0"': "1", '"1.500"': "1.5", '"0.25"': "0.25", '"001.5"': "1.5",
    '"1.00000000000000000000"': "1", '"\\u0031.5"': "1.5", "1": "1", "1.0": "1", "1.50": "1.5",
    "0.25": "0.25", "2.000000000000000000000": "2",
}
NOT_DECIMAL = [
    '"1e0"', '"1E2"', '"1e-18"', '"1e400"', '".5"', '"5."', '"."', '"+5"', '"--5"', '"- 5"', '" 5"',
    '"5 "', '"5\\n"', '"\\t5"', '"1,5"', '"1.000,5"', '"1 000"', '"1_000"', '"1\'000"', '"0x10"',
    '"0b1"', '"NaN"', '"nan"', '"Infinity"', '"-Infinity"', '"inf"', '"1.1.1"', '"1..1"', '"1-1"',
    '"1.5f"', '"$1"', '"1%"', '"١٢"', '"１"', '"½"', '"一"', '"\\u00a05"', '"\\u200b5"',
    '"true"',
    '"0.00000000000000001"', '"1.00000000000000001"', '"100000000000000000000"',
    '"' + "9" * 41 + '"', '"' + "1" * 1000 + '"', '"1.' + "1" * 1000 + '"', "true", "[]", "{}",
    '["1"]', '{"a":"1"}', "1e0", "1E2", "1e-18", "15e-1", "9007199254740993", "0.1234567890123456",
    "100000000000000000001", "1.000000000000001234", "99999999999999999999",
]
NOT_POSITIVE = ['"0"', '"0.0"', '"-0"', '"-0.0"', '"-1"', '"-1.5"', '"-99999999999999999999"', "0",
                "-0", "-0.0", "-1", "-1.5"]
MISSING = ['""', "null"]
# no JSON at all
BROKEN = ["NaN", "Infinity", "-Infinity", "+1", "01", "-01", ".5", "5.", "1.", "1e", "1e400",
          "-1E400",
          "1e99999999", "0x10", "1_000", "1,5", "١", "１", "1" * 41, "1." + "1" * 60, "'1'",
          "1f", "--1",
          '"1\\u0000"', '"\\ud800"', '"1\n"']
FIELDS = ("volume", "price", "stop_price")


def order_with(field, literal):
    """The body of an order that rests, with one amount as this text."""
    fields = {"market": '"btcusd"', "side": '"buy"', "volume": '"1"', "price": '"2"'}
    if field == "stop_price":
        fields.update(ord_type='"stop_limit"', price='"5000000"', stop_price=literal)
        fields["side"] = '"sell"'
    fields[field] = literal
    return ("{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}").encode()


def send(member, bodies):
    """All bodies, some at a time."""
    requests = [member_request(member, "POST", ORDERS, body) for body in bodies]
    requests = [r.replace(b"Content-Length", b"Content-Type: application/json\r\nContent-Length", 1)
                for r in requests]
    answers = []
    for start in range(0, len(requests), 50):
        answers += burst(WORLD.api_port, requests[start:start + 50])
    return answers


def orders_count(member):
    return WORLD.sql("SELECT COUNT(*) FROM orders o JOIN members m ON m.id = o.member_id "
                     "WHERE m.uid = %s", member.uid)[0][0]


@pytest.fixture(scope="module")
def member(stack):
    return funded(usd="100000", btc="1000")


@pytest.mark.parametrize("field", FIELDS)
def test_accepted_amounts_come_back_as_the_same_number(member, field):
    """L-11, H-05: JSON text and JSON numbers of up to 15 digits."""
    shown = "origin_volume" if field == "volume" else field
    column = {"volume": "origin_volume"}.get(field, field)
    answers = send(member, [order_with(field, literal) for literal in ACCEPTED])
    for (literal, number), answer in zip(ACCEPTED.items(), answers):
        assert answer.status_code == 201, f"{literal}: {answer.text}"
        text = answer.json()[shown]
        assert Decimal(text) == Decimal(number) and "e" not in text.lower(), literal
        assert member.shown(answer.json()["id"])[shown] == text
        stored = WORLD.sql(f"SELECT {column} FROM orders WHERE id = %s", answer.json()["id"])[0][0]
        assert stored == Decimal(number), literal


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("rows, codes", [
    (NOT_DECIMAL, ("non_decimal", "non_positive")), (NOT_POSITIVE, ("non_positive",))])
def test_refused_amounts_name_their_field(member, field, rows, codes):
    """H-05, H-06: 422, the codes of this field, and no order."""
    before, balances = orders_count(member), (member.balance("usd"), member.balance("btc"))
    answers = send(member, [order_with(field, literal) for literal in rows])
    expected = [f"market.order.{code}_{field}" for code in codes]
    wrong = [f"{literal}: {answer.status_code} {answer.text}" for literal, answer in
             zip(rows, answers) if answer.status_code != 422 or answer.json()["errors"] != expected]
    assert not wrong, "\n".join(wrong)
    assert orders_count(member) == before
    assert (member.balance("usd"), member.balance("btc")) == balances


@pytest.mark.parametrize("field", FIELDS)
def test_missing_amounts_name_their_field(member, field):
    for literal, answer in zip(MISSING, send(member, [order_with(field, row) for row in MISSING])):
        assert answer.status_code == 422, literal
        codes = answer.json()["errors"]
        assert codes and all(code.endswith(f"_{field}") for code in codes), (literal, codes)


def test_what_is_no_json_is_no_amount(member):
    """H-05: what RFC 8259 does not know is refused as a body, before anybody reads an amount."""
    answers = send(member, [order_with("volume", literal) for literal in BROKEN])
    wrong = [f"{literal[:40]}: {answer.status_code} {answer.text}" for literal, answer in
             zip(BROKEN, answers) if answer.status_code != 400
             or answer.json() != {"errors": "server.method.invalid_message_body"}]
    assert not wrong, "\n".join(wrong)


def test_forms_follow_the_same_rules(member):
    """H-06 through application/x-www-form-urlencoded."""
    texts = {json.loads(row): None for row in NOT_DECIMAL if row.startswith('"')}
    for text in texts:
        form = f"market=btcusd&side=buy&price=2&volume={quote(text)}"
        answer = member.call("POST", "/market/orders", data=form, headers={
            "Content-Type": "application/x-www-form-urlencoded"})
        assert errors(answer) == ["market.order.non_decimal_volume",
                                  "market.order.non_positive_volume"], text
    answer = member.call("POST", "/market/orders",
                         data="market=btcusd&side=buy&price=2&volume=1.50",
                         headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 201 and answer.json()["origin_volume"] == "1.5"


@pytest.mark.parametrize("market, digits", [("btcusd", (6, 2)), ("ethbtc", (4, 6))])
def test_random_amounts_round_trip_and_lock_exactly(market, digits):
    """L-11: a property over random amounts; what is locked is the product, to the last digit."""
    chance = random.Random(20240901)
    currency = {"btcusd": "usd", "ethbtc": "btc"}[market]
    member = funded(**{currency: "50000"})
    pairs = []
    for _ in range(120):
        volume = Decimal(chance.randint(1000, 10 ** 6)).scaleb(-digits[0])
        price = Decimal(chance.randint(1, 10 ** 4)).scaleb(-digits[1])
        pairs.append((volume, price))
    numbers = chance.random  # text or number, by the toss of a coin
    bodies = []
    for volume, price in pairs:
        literal = [f"{amount}" if numbers() < 0.5 else f'"{amount}"' for amount in (volume, price)]
        literal = [text.replace("E-", "e-") for text in literal]
        literal = [f'"{amount:f}"' if "e-" in text else text
                   for text, amount in zip(literal, (volume, price))]
        bodies.append(f'{{"market":"{market}","side":"buy","volume":{literal[0]},'
                      f'"price":{literal[1]}}}'.encode())
    answers = send(member, bodies)
    for (volume, price), answer in zip(pairs, answers):
        assert answer.status_code == 201, answer.text
        assert Decimal(answer.json()["origin_volume"]) == volume
        assert Decimal(answer.json()["price"]) == price
    locked = sum(volume * price for volume, price in pairs)
    assert member.balance(currency) == (50000 - locked, locked)


def test_finest_and_largest_balances_are_exact():
    """L-11: sixteen fractional digits, and many digits before the point."""
    giver = people()["traders"][-1]["uid"]
    member = funded(btc="0.0000000000000001", usd="123456789.0123456789012345")
    assert member.balance("btc")[0] == Decimal("0.0000000000000001")
    for amount in ("0.9999999999999999", "12345.6789"):
        assert manage("/transfers/new", {
            "key": secrets.token_hex(8), "category": "refund", "description": "", "operations": [
                transfer_operation(giver, member.uid, "btc", amount)]}).status_code == 201
    assert member.balance("btc")[0] == Decimal("12346.6789")
    assert member.balance("usd")[0] == Decimal("123456789.0123456789012345")
    row = next(r for r in member.get("/account/balances").json() if r["currency"] == "usd")
    assert row["balance"] == "123456789.0123456789012345"


@pytest.mark.parametrize("volume, price", [
    ("99999999999999999999", "10000000"), ("99999999999999999999.9999999999999999", "0.01"),
    ("9223372036854775807", "1"), ("9223372036854.775808", "10000000"),
    ("18446744073709551616", "1"), ("170141183460469231731", "1"), ("10000000000000", "10000000")])
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_sums_and_products_beyond_the_range_are_refused(member, side, volume, price):
    """L-12: at the borders of 63, 64 and 127 bits there is an error with a name, and nothing
    else."""
    before = (member.balance("usd"), member.balance("btc"))
    codes = errors(member.order("btcusd", side, volume, price))
    assert codes[0] in ("market.account.insufficient_balance", "server.amount_overflow",
                        "market.order.invalid_volume_or_price", "market.order.non_decimal_volume")
    assert (member.balance("usd"), member.balance("btc")) == before


def test_fees_are_exact_on_odd_amounts():
    """L-11: what the seller gets, and the fee, make the total; nobody loses a digit."""
    seller, buyer = funded(btc="1"), funded(usd="100000")
    sell = seller.order("btcusd", "sell", "0.333333", "29999.97").json()
    buyer.order("btcusd", "buy", "0.333333", "29999.97")
    WORLD.until_quiet()
    trade = seller.get("/market/trades", limit=1).json()[0]
    total = Decimal("0.333333") * Decimal("29999.97")
    assert (trade["order_id"], Decimal(trade["total"])) == (sell["id"], total)
    assert Decimal(trade["fee_amount"]) == total * Decimal("0.001")
    assert seller.balance("usd")[0] == total * Decimal("0.999")
    assert buyer.balance("btc")[0] == Decimal("0.333333") * Decimal("0.998")
    assert buyer.balance("usd") == (100000 - total, 0)

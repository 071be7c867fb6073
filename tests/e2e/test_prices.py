"""A price follows its market and amounts of its network the price: reference 2.7. In a coin, a chain and a
market of its own; no other market trades enough for its price to move."""

import json
import secrets
from decimal import Decimal

import pytest

from members import funded, settled
from world import WORLD, wait_for

pytestmark = pytest.mark.outage

SETTINGS = {"PEATIO_PLATFORM_CURRENCY": "usd", "PRICE_INTERVAL": "1",
            "PRICE_MIN_VOLUME": "100000000", "PRICE_MAX_CHANGE": "0.2"}
# 130 millions, at a price that is two steps away from 100.
VOLUME, PRICE, FUNDS, STEPS = "1000000", "130", "130000000", [Decimal(120), Decimal(130)]


def made(answer):
    assert answer.status_code == 201, answer.text
    return answer.json()


def coin_with_market(admin):
    code = "p" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(7))
    made(admin.post("/admin/blockchains/new", key=code, name=code, client="geth", height=1,
                    status="disabled", min_deposit_amount="13", withdraw_fee="1",
                    min_withdraw_amount="0"))
    made(admin.post("/admin/currencies/new", code=code, name=code, price="100", precision=8))
    network = made(admin.post("/admin/blockchain_currencies/new", currency_id=code, blockchain_key=code,
                              subunits=4, withdraw_fee="3", min_deposit_amount="3",
                              min_withdraw_amount="3", status="disabled"))
    made(admin.post("/admin/markets/new", base_currency=code, quote_currency="usd", min_price="0.01",
                    min_amount="0.01", price_precision=2, amount_precision=2, engine_id=1))
    return code, network["id"]


def given(admin, member, code, amount):
    adjustment = made(admin.post("/admin/adjustments/new", reason="r", description="d", category="misc",
                                 amount=amount, currency_id=code, asset_account_code=102,
                                 receiving_account_code=202, receiving_member_uid=member.uid))
    made(admin.post("/admin/adjustments/action", id=adjustment["id"], action="accept"))


def price_of(admin, code):
    return Decimal(admin.get(f"/admin/currencies/{code}").json()["price"])


def amounts(*texts):
    return tuple(map(Decimal, texts))


def amounts_of(admin, network):
    row = admin.get(f"/admin/blockchain_currencies/{network}").json()
    return tuple(Decimal(row[name]) for name in ("min_deposit_amount", "min_collection_amount",
                                                 "withdraw_fee", "min_withdraw_amount"))


def steps_since(mark, code):
    lines = map(json.loads, WORLD.log_lines_since("accounting", mark))
    return [Decimal(line["price"]) for line in lines if line.get("currency") == code and "price" in line]


def test_price__the_market_trades__steps_to_the_average_and_fees_with_it(admin):
    code, network = coin_with_market(admin)
    seller, buyer = funded(usd="1"), funded(usd=FUNDS)
    given(admin, seller, code, VOLUME)
    with WORLD.accounting_with(**SETTINGS):
        # Fees need no trade. What the chain gives no value for stays as the operator set it.
        wait_for(lambda: amounts_of(admin, network) == amounts("0.13", "0.13", "0.01", "3"),
                 what="fees of the first price")
        assert price_of(admin, code) == 100
        mark = WORLD.log_mark("accounting")
        made(seller.order(code + "usd", "sell", VOLUME, PRICE))
        settled(buyer, made(buyer.order(code + "usd", "buy", VOLUME, PRICE))["id"], "done")
        wait_for(lambda: price_of(admin, code) == STEPS[-1], what="the price of the market")
        # 1 ÷ 130, cut to the four digits of the chain.
        wait_for(lambda: amounts_of(admin, network) == amounts("0.1", "0.1", "0.0076", "3"),
                 what="fees of the new price")
        wait_for(lambda: len(steps_since(mark, code)) == len(STEPS), what="the log of the steps")
        assert steps_since(mark, code) == STEPS

"""The public groups of a running stack, as reference sections 1.3, 1.6, 1.7 and 11.7 describe them.

Talks to accounting itself. Each test that trades does it on a market that it finds quiet.
"""

import time
from decimal import Decimal

import pytest
import requests

from members import errors, settled
from world import WORLD, wait_for

API = WORLD.api


def get(path, **params):
    return requests.get(API + path, params=params, timeout=30)


def codes(path, **params):
    return errors(get(path, **params))


def keys(row):
    return list(row)


# ---- currencies ----

CURRENCY = ["id", "status", "name", "description", "homepage", "price", "type", "precision",
            "position"]
CURRENCY_26 = ["deposit_enabled", "withdrawal_enabled", "deposit_fee", "min_deposit_amount",
               "withdraw_fee", "min_withdraw_amount", "withdraw_limit_24h", "withdraw_limit_72h",
               "base_factor"]
NETWORK = ["blockchain_key", "currency_id", "deposit_enabled", "withdrawal_enabled", "deposit_fee",
           "min_deposit_amount", "withdraw_fee", "min_withdraw_amount", "base_factor"]
NETWORK_COIN = ["explorer_transaction", "explorer_address", "description", "warning", "protocol",
                "min_confirmations"]


def test_currencies_carry_both_formats_in_order():
    answer = get("/public/currencies")
    rows = answer.json()
    assert [row["id"] for row in rows] == ["usd", "eur", "btc", "eth", "ltc", "usdt"]
    assert answer.headers["Total"] == "6"
    assert answer.headers["Per-Page"] == "100" and answer.headers["Page"] == "1"
    fiat, coin = rows[0], rows[2]
    assert keys(fiat) == CURRENCY + ["networks"] + CURRENCY_26
    assert keys(coin) == (CURRENCY + ["networks", "explorer_transaction", "explorer_address"]
                          + CURRENCY_26 + ["min_confirmations"])
    assert keys(fiat["networks"][0]) == NETWORK and fiat["networks"][0]["blockchain_key"] is None
    assert keys(coin["networks"][0]) == NETWORK + NETWORK_COIN


def test_currencies_pages_and_filters():
    assert [row["id"] for row in get("/public/currencies", type="fiat").json()] == ["usd", "eur"]
    page = get("/public/currencies", limit=2, page=2)
    assert [row["id"] for row in page.json()] == ["btc", "eth"] and page.headers["Total"] == "6"
    assert get("/public/currencies", page=50).json() == []
    found = get("/public/currencies", **{"search[code]": "USD", "search[name]": "coin"}).json()
    assert [row["id"] for row in found] == ["usd", "btc", "ltc", "usdt"]
    as_json = get("/public/currencies", search='{"code":"eu"}').json()
    assert [row["id"] for row in as_json] == ["eur"]


@pytest.mark.parametrize("params, expected", [
    ({"type": "stone"}, ["public.currency.invalid_type"]),
    ({"limit": "0"}, ["pagination.invalid_limit"]),
    ({"limit": "1001"}, ["pagination.invalid_limit"]),
    ({"limit": "x"}, ["pagination.non_integer_limit", "pagination.invalid_limit"]),
    ({"page": "x"}, ["pagination.non_integer_page"]),
    ({"page": ""}, ["public.currency.empty_page"])])
def test_currencies_refusals(params, expected):
    assert codes("/public/currencies", **params) == expected


def test_currency_by_code_in_either_case():
    assert get("/public/currencies/btc").json() == get("/public/currencies/BTC").json()
    for code in ("Btc", "doge", "b.t-c_"):
        assert codes(f"/public/currencies/{code}") == ["public.currency.doesnt_exist"]


# ---- markets ----

def test_markets_fields_order_and_filters():
    answer = get("/public/markets")
    rows = answer.json()
    assert [row["id"] for row in rows] == ["btcusd", "ethusd", "ltcusd", "ethbtc", "btceur"]
    assert answer.headers["Total"] == "5"
    assert keys(rows[0]) == ["id", "symbol", "name", "type", "base_unit", "quote_unit", "min_price",
                             "max_price", "min_amount", "amount_precision", "price_precision",
                             "state"]
    assert rows[0]["name"] == "BTC/USD"

    def ids(**params):
        return [row["id"] for row in get("/public/markets", **params).json()]
    assert ids(order_by="id") == ["btceur", "btcusd", "ethbtc", "ethusd", "ltcusd"]
    assert ids(ordering="desc", limit=2) == ["btceur", "ethbtc"]
    assert ids(base_unit="eth") == ["ethusd", "ethbtc"]
    assert ids(base_unit="eth", quote_unit="btc") == ["ethbtc"]
    assert ids(type="qe") == []
    assert ids(**{"search[base_code]": "lt", "search[quote_name]": "eur"}) == ["ltcusd", "btceur"]
    assert ids(**{"search[base_code]": "lt", "quote_unit": "btc"}) == []


def test_markets_refusals():
    assert codes("/public/markets", ordering="up", order_by="price", base_unit="x", quote_unit="x",
                 type="x", limit="0") == [
        "pagination.invalid_limit", "public.markets.invalid_ordering",
        "public.markets.invalid_order_by", "public.markets.base_unit_doesnt_exist",
        "public.markets.quote_unit_doesnt_exist", "public.market.invalid_market_type"]


@pytest.mark.parametrize("rest", ["depth", "trades", "order-book", "k-line", "tickers"])
def test_unknown_market_is_422(rest):
    for market in ("usdusd", "BTCUSD", "btc.usd"):
        assert codes(f"/public/markets/{market}/{rest}") == ["public.market.doesnt_exist"]


# ---- the face of a market ----

def levels(market):
    book = get(f"/public/markets/{market}/depth").json()
    return book["asks"], book["bids"]


def test_depth_and_order_book_of_the_contract(alice):
    placed = [alice.order("ltcusd", side, "5", price).json()["id"]
              for side, price in (("sell", "91"), ("sell", "93"), ("buy", "90"), ("buy", "89"))]
    wait_for(lambda: levels("ltcusd") == ([["91.0", "5.0"], ["93.0", "5.0"]],
                                          [["90.0", "5.0"], ["89.0", "5.0"]]), what="the depth")
    answer = get("/public/markets/ltcusd/depth", limit=1).json()
    assert keys(answer) == ["timestamp", "asks", "bids"]
    assert abs(answer["timestamp"] - time.time()) < 60
    assert (answer["asks"], answer["bids"]) == ([["91.0", "5.0"]], [["90.0", "5.0"]])

    book = get("/public/markets/ltcusd/order-book").json()
    assert [row["id"] for row in book["asks"]] == placed[:2]
    assert [row["id"] for row in book["bids"]] == placed[2:]
    assert {"uuid", "market_type", "maker_fee", "trades_count"} <= set(book["asks"][0])
    book = get("/public/markets/ltcusd/order-book", asks_limit=1, bids_limit=1).json()
    assert len(book["asks"]) == len(book["bids"]) == 1
    for order_id in placed:
        alice.cancel(order_id)
    wait_for(lambda: levels("ltcusd") == ([], []), what="an empty book")


def test_order_book_is_in_matching_order(alice):
    first, second = (alice.order("ltcusd", "sell", "1", "95").json()["id"] for _ in range(2))
    better = alice.order("ltcusd", "sell", "1", "94").json()["id"]
    wait_for(lambda: len(get("/public/markets/ltcusd/order-book").json()["asks"]) == 3)
    book = get("/public/markets/ltcusd/order-book").json()
    assert [row["id"] for row in book["asks"]] == [better, first, second]


@pytest.mark.parametrize("rest, params, expected", [
    ("depth", {"limit": "1001"}, ["public.market_depth.invalid_limit"]),
    ("depth", {"limit": "x"}, ["public.market_depth.non_integer_limit",
                               "public.market_depth.invalid_limit"]),
    ("order-book", {"asks_limit": "201", "bids_limit": "201"},
     ["public.order_book.invalid_ask_limit", "public.order_book.invalid_bid_limit"]),
    ("order-book", {"bids_limit": "x"}, ["public.order_book.non_integer_bid_limit",
                                         "public.order_book.invalid_bid_limit"]),
    ("trades", {"limit": "1001"}, ["public.trade.invalid_limit"]),
    ("trades", {"limit": "x", "timestamp": "x", "order_by": "x"},
     ["public.trade.non_integer_limit", "public.trade.invalid_limit",
      "public.trade.non_integer_timestamp", "public.trade.invalid_order_by"]),
    ("k-line", {"period": "2"}, ["public.k_line.invalid_period"]),
    ("k-line", {"period": "x"}, ["public.k_line.non_integer_period",
                                 "public.k_line.invalid_period"]),
    ("k-line", {"time_from": "", "time_to": ""}, ["public.market.empty_time_from",
                                                  "public.market.empty_time_to"]),
    ("k-line", {"time_from": "x", "time_to": "x"}, ["public.k_line.non_integer_time_from",
                                                    "public.k_line.non_integer_time_to"]),
    ("k-line", {"limit": "10001"}, ["public.k_line.invalid_limit"])])
def test_market_refusals(rest, params, expected):
    assert codes(f"/public/markets/btcusd/{rest}", **params) == expected


def trade_twice(alice, bob, market):
    """1.1 at 5 and 0.9 at 6 times the price unit of the market."""
    for price, volume in (("5", "1.1"), ("6", "0.9")):
        alice.order(market, "sell", volume, price)
        settled(bob, bob.order(market, "buy", volume, price).json()["id"], "done")


def test_trades_tickers_and_k_line_after_trades(alice, bob):
    """On a market that this test alone trades on, so that the numbers of 11.7 come out."""
    if get("/public/markets/ethbtc/trades").json():
        pytest.skip("the stack was used before: others traded on this market")
    assert get("/public/markets/ethbtc/k-line").json() == []
    before = get("/public/markets/ethbtc/tickers").json()
    assert keys(before["ticker"]) == ["low", "high", "open", "last", "volume", "amount", "vol",
                                      "avg_price", "price_change_percent", "at"]
    assert before["ticker"]["last"] == "0.0" and before["ticker"]["at"] is None
    assert before["ticker"]["price_change_percent"] == "+0.00%"

    trade_twice(alice, bob, "ethbtc")
    trades = get("/public/markets/ethbtc/trades").json()
    assert [row["price"] for row in trades] == [6.0, 5.0]
    assert keys(trades[0]) == ["id", "price", "amount", "total", "market", "created_at",
                               "taker_type"]
    assert trades[1]["total"] == 5.5 and trades[1]["taker_type"] == "buy"
    assert len(get("/public/markets/ethbtc/trades", limit=1).json()) == 1

    ticker = get("/public/markets/ethbtc/tickers/").json()["ticker"]
    assert [ticker[key] for key in ("low", "high", "open", "last", "volume", "amount", "vol",
                                    "avg_price", "price_change_percent")] == [
        "5.0", "6.0", "5.0", "6.0", "10.9", "2.0", "10.9", "5.45", "+20.00%"]
    listed = get("/public/markets/tickers").json()
    assert list(listed) == ["btcusd", "ethusd", "ltcusd", "ethbtc", "btceur"]
    assert listed["ethbtc"]["ticker"]["avg_price"] == "5.45"
    assert listed["ethbtc"]["ticker"]["at"] == listed["ethbtc"]["at"]

    week = get("/public/markets/ethbtc/k-line", period=10080).json()
    assert [point[1:] for point in week] == [[5.0, 6.0, 5.0, 6.0, 2.0]]
    assert week[0][0] % (7 * 86400) == 0
    minutes = get("/public/markets/ethbtc/k-line").json()
    assert sum(Decimal(str(point[5])) for point in minutes) == 2
    assert all(later[0] - earlier[0] == 60 for earlier, later in zip(minutes, minutes[1:]))
    first = minutes[0][0]
    assert get("/public/markets/ethbtc/k-line", time_to=first - 1).json() == []
    assert get("/public/markets/ethbtc/k-line", time_from=first + 10**6).json() == []
    assert get("/public/markets/ethbtc/k-line", time_from=first, limit=1).json() == minutes[:1]


@pytest.mark.outage
def test_market_data_are_the_same_after_a_restart(alice, bob):
    placed = alice.order("btceur", "sell", "0.5", "50000").json()["id"]
    alice.order("btceur", "sell", "0.1", "40000")
    settled(bob, bob.order("btceur", "buy", "0.1", "40000").json()["id"], "done")
    WORLD.until_quiet()
    paths = ("/public/markets/btceur/depth", "/public/markets/btceur/trades",
             "/public/markets/btceur/k-line?period=1440", "/public/markets/btceur/tickers")

    def snapshot():
        shown = [get(path).json() for path in paths]
        for part in (shown[0], shown[3]):
            part.pop("timestamp", None)
            part.pop("at", None)
        return shown
    before = snapshot()
    WORLD.kill("accounting")
    WORLD.until_ready()
    assert snapshot() == before
    alice.cancel(placed)


# ---- fees, limits, the service ----

def test_trading_fees_filters_and_order():
    answer = get("/public/trading_fees")
    assert [row["group"] for row in answer.json()] == ["vip-3", "vip-2", "vip-1", "vip-0", "any"]
    assert keys(answer.json()[0]) == ["id", "group", "market_id", "market_type", "maker", "taker",
                                      "created_at", "updated_at"]
    assert answer.headers["Total"] == "5"
    by_maker = get("/public/trading_fees", order_by="maker", ordering="asc").json()
    assert [row["maker"] for row in by_maker] == ["0.0", "0.0006", "0.0008", "0.001", "0.002"]
    assert len(get("/public/trading_fees", group=" VIP-1 ").json()) == 1
    assert len(get("/public/trading_fees", market_id="any").json()) == 5
    assert get("/public/trading_fees", market_id="btcusd").json() == []
    assert codes("/public/trading_fees", ordering="x", limit="0", market_id="x",
                 market_type="x") == [
        "admin.pagination.invalid_limit", "admin.pagination.invalid_ordering",
        "public.trading_fee.market_doesnt_exist", "management.trading_fee.invalid_market_type"]


def test_withdraw_limits():
    rows = get("/public/withdraw_limits").json()
    assert keys(rows[0]) == ["id", "group", "kyc_level", "limit_24_hour", "limit_1_month",
                             "created_at", "updated_at"]
    assert get("/public/withdraw_limits", kyc_level="9").json() == []


def test_config_is_the_four_lists():
    config = get("/public/config").json()
    assert keys(config) == ["currencies", "trading_fees", "markets", "withdraw_limits"]
    assert config["markets"] == get("/public/markets").json()
    assert config["currencies"] == get("/public/currencies").json()


def test_the_service_itself():
    assert get("/public/member-levels").json() == {
        "deposit": {"minimum_level": 1}, "withdraw": {"minimum_level": 3},
        "trading": {"minimum_level": 2}}
    assert get("/public/timestamp").json().endswith("Z")
    assert keys(get("/public/version").json()) == ["git_sha", "git_tag", "build_date", "version"]
    for probe in ("alive", "ready"):
        answer = get(f"/public/health/{probe}")
        assert (answer.status_code, answer.text) == (200, "200")


# ---- listing sites ----

def test_coinmarketcap():
    summary = get("/coinmarketcap/summary").json()
    assert keys(summary[0]) == [
        "trading_pairs", "base_currency", "quote_currency", "last_price", "lowest_ask",
        "highest_bid", "base_volume", "quote_volume", "price_change_percent_24h",
        "highest_price_24h", "lowest_price_24h"]
    assert [row["trading_pairs"] for row in summary] == [
        "BTC_USD", "ETH_USD", "LTC_USD", "ETH_BTC", "BTC_EUR"]
    assets = get("/coinmarketcap/assets").json()
    assert list(assets) == ["BTC", "ETH", "LTC", "USDT"]
    assert keys(assets["BTC"]) == ["name", "can_withdraw", "can_deposit", "min_withdraw"]
    assert get("/coinmarketcap/ticker").json()["BTC_USD"]["isFrozen"] == 0
    assert errors(get("/coinmarketcap/trades/A_B"), 404) == ["record.not_found"]
    assert isinstance(get("/coinmarketcap/trades/btc_usd").json(), list)
    assert codes("/coinmarketcap/orderbook/BTC_USD", depth="501") == [
        "coinmarketcap.market_depth.invalid_depth"]


def test_coinmarketcap_depth_counts_both_sides(alice):
    for step in range(4):
        alice.order("ltcusd", "sell", "1", str(91 + step))
    wait_for(lambda: len(levels("ltcusd")[0]) == 4)
    assert len(get("/coinmarketcap/orderbook/LTC_USD", depth=4).json()["asks"]) == 2
    for depth in ({}, {"depth": 0}):
        assert len(get("/coinmarketcap/orderbook/LTC_USD", **depth).json()["asks"]) == 4
    book = get("/coingecko/orderbook", ticker_id="LTC_USD", depth=6).json()
    assert keys(book) == ["ticker_id", "timestamp", "asks", "bids"] and len(book["asks"]) == 3


def test_coingecko():
    assert get("/coingecko/pairs").json()[0] == {
        "ticker_id": "BTC_USD", "base": "BTC", "target": "USD"}
    assert keys(get("/coingecko/tickers").json()[0]) == [
        "ticker_id", "base_currency", "target_currency", "last_price", "base_volume",
        "target_volume", "bid", "ask", "high", "low"]
    assert codes("/coingecko/orderbook") == ["coingecko.orderbook.missing_ticker_id"]
    assert errors(get("/coingecko/orderbook", ticker_id="A_B"), 404) == ["record.not_found"]
    assert codes("/coingecko/orderbook", ticker_id="BTC_USD", depth="1001") == [
        "coingecko.market_depth.invalid_depth"]
    assert codes("/coingecko/historical_trades", ticker_id="BTC_USD", type="x", limit="1001") == [
        "coingecko.historical_trades.invalid_type", "coingecko.historical_trades.invalid_limit"]


def test_coingecko_history(alice, bob):
    for taker, maker, side, other in ((alice, bob, "buy", "sell"), (bob, alice, "sell", "buy")):
        maker.order("ethusd", other, "0.5", "2000")
        settled(taker, taker.order("ethusd", side, "0.5", "2000").json()["id"], "done")
    history = get("/coingecko/historical_trades", ticker_id="ETH_USD").json()
    assert keys(history) == ["buy", "sell"]
    assert history["buy"][0]["type"] == "buy" and history["sell"][0]["type"] == "sell"
    assert keys(history["buy"][0]) == ["trade_id", "price", "base_volume", "target_volume",
                                       "trade_timestamp", "type"]
    sold = get("/coingecko/historical_trades", ticker_id="ETH_USD", type="sell", limit=1).json()
    assert sold["buy"] == [] and sold["sell"] == history["sell"][:1]
    future = get("/coingecko/historical_trades", ticker_id="ETH_USD", start_time="2099-01-01")
    assert future.json() == {"buy": [], "sell": []}

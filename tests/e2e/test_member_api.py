"""The member API of a running stack, as reference sections 1.1, 11.1, 11.3, 11.4 describe it.

Talks to accounting itself, not through the edge, so that limits of the edge don't slow it down.
"""

import secrets
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import requests

from members import Member, errors, seeded, settled, token
from world import WORLD, wait_for

API = WORLD.api


# ---- who is asking ----

def test_no_token_is_401_before_anything_else():
    for method, path in (("GET", "/market/orders"), ("POST", "/market/orders"),
                         ("GET", "/account/balances"), ("GET", "/admin/orders"),
                         ("GET", "/no/such/path"), ("GET", "/market/orders?limit=-1")):
        answer = requests.request(method, API + path, timeout=30)
        assert answer.status_code == 401 and answer.json() == {"errors": ["jwt.decode_and_verify"]}


def test_unknown_paths_are_404_for_members_and_for_public_prefixes(alice):
    assert alice.get("/no/such/path").status_code == 404
    assert requests.get(API + "/public/no/such/path", timeout=30).status_code == 404


def test_wrong_verb_is_405(alice):
    answer = alice.call("DELETE", "/market/orders")
    assert answer.status_code == 405
    assert answer.json() == {"errors": "server.method_not_allowed"}


@pytest.mark.parametrize("changes", [
    {"state": "banned"}, {"state": None}, {"role": "king"}, {"role": None}, {"level": None},
    {"uid": None}, {"email": "nobody"}, {"email": None}, {"jti": None}, {"exp": None}, {"exp": 1},
    {"iss": "other"}, {"aud": ["accounting"]}, {"sub": "refresh"}])
def test_bad_claims_are_401(changes):
    member = Member()
    claims = {"uid": member.uid, **changes}
    member.bearer = token(claims.pop("uid"), **claims)
    assert errors(member.get("/account/balances"), 401) == ["jwt.decode_and_verify"]


def test_level_comes_before_parameters():
    low = Member(level=1)
    assert errors(low.post("/market/orders"), 403) == ["market.trade.not_permitted"]
    assert errors(low.get("/market/trades", limit="x"), 403) == ["market.trade.not_permitted"]
    assert low.get("/account/balances").status_code == 200


def test_new_member_is_made_and_changes_apply_with_the_next_token(admin):
    member = Member(username="user" + secrets.token_hex(4))
    me = member.get("/account/members/me").json()
    assert me["uid"] == member.uid and me["group"] == "vip-0"
    assert me["email"] == f"{member.uid.lower()}@example.com"
    member.bearer = token(member.uid, level=1, email=f"{member.uid}@Other.example.com")
    assert errors(member.get("/market/orders"), 403) == ["market.trade.not_permitted"]
    assert member.get("/account/balances").status_code == 200
    row = admin.get(f"/admin/members/{member.uid}").json()
    assert row["level"] == 1 and row["email"] == f"{member.uid.lower()}@other.example.com"


def test_many_first_requests_at_once_make_one_member(admin):
    uid = "ID" + secrets.token_hex(5).upper()
    members = [Member(uid) for _ in range(24)]
    with ThreadPoolExecutor(len(members)) as pool:
        answers = list(pool.map(lambda member: member.get("/account/members/me"), members))
    assert {answer.status_code for answer in answers} == {200}
    assert len(admin.get("/admin/members", uid=uid).json()) == 1


def test_one_email_of_two_members_is_an_error_not_a_takeover(admin):
    first, second = Member(), Member()
    assert first.get("/account/members/me").status_code == 200
    second.bearer = token(second.uid, email=f"{first.uid.lower()}@example.com")
    assert errors(second.get("/account/members/me"), 500) == ["server.internal_error"]
    assert admin.get(f"/admin/members/{first.uid}").status_code == 200
    assert admin.get(f"/admin/members/{second.uid}").status_code == 404


def test_first_request_of_a_member_may_be_an_order():
    assert errors(Member().order("btcusd", "sell", "1", "50000")) == [
        "market.account.insufficient_balance"]


def test_sa_maker_may_trade_and_nothing_else_of_users():
    maker = Member(role="sa_maker")
    assert maker.get("/market/orders").status_code == 200
    assert maker.get("/account/balances").status_code == 200


# ---- POST /market/orders ----

def test_order_answer_is_the_whole_entity(alice):
    answer = alice.order("btcusd", "sell", "12.13", "2014000")
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert list(order) == ["id", "uuid", "side", "ord_type", "price", "avg_price", "state", "market",
                           "market_type", "created_at", "updated_at", "origin_volume",
                           "remaining_volume", "executed_volume", "maker_fee", "taker_fee",
                           "trades_count"]
    assert order["price"] == "2014000.0" and order["origin_volume"] == "12.13"
    assert order["market_type"] == "spot" and order["state"] == "wait"
    assert order["trades_count"] == 0 and order["avg_price"] == "0.0"
    uuid.UUID(order["uuid"])


@pytest.mark.parametrize("body, codes", [
    ({}, ["market.order.missing_market", "market.spot_market.doesnt_exist_or_not_enabled",
          "market.order.missing_side", "market.order.invalid_side", "market.order.missing_volume",
          "market.order.non_positive_volume", "market.order.missing_price"]),
    ({"volume": "-1.1"}, ["market.order.non_positive_volume"]),
    ({"volume": "test"}, ["market.order.non_decimal_volume", "market.order.non_positive_volume"]),
    ({"price": "-1.1"}, ["market.order.non_positive_price"]),
    ({"price": "test"}, ["market.order.non_decimal_price", "market.order.non_positive_price"]),
    ({"side": "swap"}, ["market.order.invalid_side"]),
    ({"ord_type": "magic"}, ["market.order.invalid_type"]),
    ({"market": "usdusd"}, ["market.spot_market.doesnt_exist_or_not_enabled"]),
    ({"market": "BTCUSD"}, ["market.spot_market.doesnt_exist_or_not_enabled"]),
    ({"volume": "1e3"}, ["market.order.non_decimal_volume", "market.order.non_positive_volume"]),
    ({"client_order_id": "a b"}, ["market.order.invalid_client_order_id"]),
    ({"client_order_id": "x" * 65}, ["market.order.invalid_client_order_id"]),
    ({"time_in_force": "day"}, ["market.order.invalid_time_in_force"]),
    ({"ord_type": "post_only", "time_in_force": "ioc"}, ["market.order.invalid_time_in_force"]),
    ({"ord_type": "stop_limit"}, ["market.order.missing_stop_price"]),
    ({"ord_type": "market"}, ["market.order.market_order_price"]),
    ({"stop_price": "1"}, ["market.order.invalid_stop_price"]),
    ({"volume": "0.00000001"}, ["market.order.invalid_volume_or_price"]),
    ({"volume": "0.1234567890123"}, ["market.order.invalid_volume_or_price"]),
    ({"price": "1.00000001"}, ["market.order.invalid_volume_or_price"]),
])
def test_order_refusals(alice, body, codes):
    good = {"market": "btcusd", "side": "sell", "volume": "1", "price": "50000"}
    asked = {**good, **body} if body else {}
    assert errors(alice.post("/market/orders", **asked)) == codes


def test_underfunded_order_with_bad_precision_reports_the_funds():
    assert errors(Member().order("btcusd", "buy", "0.1234567890123", "1.00000001")) == [
        "market.account.insufficient_balance"]


def test_market_orders_need_a_book(alice, bob):
    assert errors(alice.order("ltcusd", "buy", "1", ord_type="market")) == [
        "market.order.insufficient_market_liquidity"]
    assert bob.order("ltcusd", "sell", "1", "80").status_code == 201
    wait_for(lambda: requests.get(API + "/public/markets/ltcusd/depth", timeout=30).json()["asks"])
    assert errors(alice.order("ltcusd", "buy", "1.5", ord_type="market")) == [
        "market.order.insufficient_market_liquidity"]
    answer = alice.order("ltcusd", "buy", "0.5", ord_type="market")
    assert answer.status_code == 201 and answer.json()["price"] is None
    order = settled(alice, answer.json()["id"], "done")
    assert order["avg_price"] == "80.0" and order["executed_volume"] == "0.5"


def test_client_order_id_makes_one_order(alice):
    key = "k-" + secrets.token_hex(8)
    body = dict(market="btcusd", side="sell", volume="0.1", price="900000", client_order_id=key)
    first = alice.post("/market/orders", **body)
    again = alice.post("/market/orders", **body)
    assert first.status_code == again.status_code == 201
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"]
    assert again.json()["client_order_id"] == key
    assert errors(alice.post("/market/orders", **{**body, "volume": "0.2"})) == [
        "market.order.client_order_id_reused"]


def test_repeated_market_order_is_found_on_an_empty_book(alice, bob):
    key = "m-" + secrets.token_hex(8)
    bob.order("ltcusd", "sell", "1", "80")
    wait_for(lambda: requests.get(API + "/public/markets/ltcusd/depth", timeout=30).json()["asks"])
    body = dict(market="ltcusd", side="buy", volume="1", ord_type="market", client_order_id=key)
    first = alice.post("/market/orders", **body)
    assert first.status_code == 201
    settled(alice, first.json()["id"], "done")
    wait_for(lambda: not requests.get(API + "/public/markets/ltcusd/depth", timeout=30).json()["asks"])
    again = alice.post("/market/orders", **body)
    assert again.status_code == 201 and again.json()["id"] == first.json()["id"]
    other = {**body, "client_order_id": key + "x"}
    assert errors(alice.post("/market/orders", **other)) == [
        "market.order.insufficient_market_liquidity"]


def test_extensions_are_shown_only_when_used(alice):
    order = alice.order("btcusd", "sell", "0.1", "900000", ord_type="post_only",
                        self_trade_prevention="cancel_newest").json()
    assert order["ord_type"] == "post_only" and order["self_trade_prevention"] == "cancel_newest"
    assert "time_in_force" not in order and "stop_price" not in order
    stop = alice.order("btcusd", "sell", "0.1", "10", ord_type="stop_limit", stop_price="11").json()
    assert stop["ord_type"] == "stop_limit" and stop["stop_price"] == "11.0"
    ioc = alice.order("btcusd", "sell", "0.1", "950000", time_in_force="ioc").json()
    assert ioc["time_in_force"] == "ioc"
    assert settled(alice, ioc["id"], "cancel")["executed_volume"] == "0.0"


# ---- reading orders ----

def test_order_by_id_and_uuid_with_trades(alice, bob):
    order = bob.order("btcusd", "buy", "0.3", "1000").json()
    alice.order("btcusd", "sell", "0.1", "1000")
    wait_for(lambda: bob.get(f"/market/orders/{order['id']}").json()["trades_count"] == 1)
    shown = bob.get(f"/market/orders/{order['id']}").json()
    assert shown == bob.get(f"/market/orders/{order['uuid']}").json()
    assert shown["executed_volume"] == "0.1" and shown["remaining_volume"] == "0.2"
    assert len(shown["trades"]) == 1 and shown["trades"][0]["side"] == "buy"
    assert list(shown["trades"][0]) == ["id", "price", "amount", "total", "market", "market_type",
                                        "created_at", "taker_type", "side"]
    assert errors(alice.get(f"/market/orders/{order['id']}"), 404) == ["record.not_found"]
    assert errors(bob.get("/market/orders/99999999999"), 404) == ["record.not_found"]
    assert errors(bob.get("/market/orders/99999999999999999999999"), 404) == ["record.not_found"]
    assert errors(bob.get("/market/orders/1234asd")) == ["market.order.invaild_id_or_uuid"]


@pytest.mark.parametrize("params, code", [
    ({"market": "usdusd"}, "market.market.doesnt_exist"),
    ({"market_type": "x"}, "market.market.invalid_market_type"),
    ({"state": "test"}, "market.order.invalid_state"),
    ({"limit": "-1"}, "market.order.invalid_limit"),
    ({"limit": "1001"}, "market.order.invalid_limit"),
    ({"page": ""}, "market.order.empty_page"),
    ({"page": "x"}, "market.order.non_integer_page"),
    ({"ord_type": "test"}, "market.order.invalid_ord_type"),
    ({"type": "test"}, "market.order.invalid_type"),
    ({"order_by": "up"}, "market.order.invalid_order_by"),
    ({"time_from": "x"}, "market.order.non_integer_time_from"),
    ({"time_to": ""}, "market.order.empty_time_to"),
    ({"base_unit": "xyz"}, "market.market.doesnt_exist"),
    ({"quote_unit": "ltc"}, "market.market.doesnt_exist"),
])
def test_list_refusals(alice, params, code):
    assert errors(alice.get("/market/orders", **params)) == [code]


def test_list_filters_and_pages():
    alice = seeded(2)
    ids = [alice.order(market, side, "0.1", price).json()["id"] for market, side, price in (
        ("btcusd", "sell", "910000"), ("ethusd", "sell", "91000"), ("btcusd", "buy", "10"),
        ("btcusd", "sell", "910001"))]

    def listed(**params):
        answer = alice.get("/market/orders", **{"state": "wait", **params})
        assert answer.status_code == 200, answer.text
        assert "Total" not in answer.headers
        return [order["id"] for order in answer.json() if order["id"] in ids]

    assert listed() == sorted(ids, reverse=True)
    assert listed(order_by="asc") == ids
    assert listed(market="ethusd") == [ids[1]]
    assert set(listed(**{"market[]": ["btcusd", "ethusd"]})) == set(ids)
    assert listed(type="buy") == [ids[2]]
    assert listed(base_unit="eth") == [ids[1]]
    assert set(listed(quote_unit="usd")) == set(ids)
    assert listed(market_type="qe") == []
    assert listed(ord_type="market") == []
    assert [listed(limit=1, page=page) for page in (1, 2, 3, 4)] == [[i] for i in reversed(ids)]
    assert listed(limit=0) == [] and listed(page=1000) == []
    now = int(time.time())
    assert listed(time_from=now + 60) == [] and set(listed(time_to=now + 60)) == set(ids)
    assert alice.get("/market/orders", limit=7).headers["Per-Page"] == "7"
    assert set(listed(**{"state[]": ["wait", "done"]})) == set(ids)
    answer = alice.post("/market/orders/cancel", market="btcusd", side="sell")
    assert answer.status_code == 201
    assert {order["id"] for order in answer.json()} == {ids[0], ids[3]}
    settled(alice, ids[0], "cancel")
    assert {order["id"] for order in alice.post("/market/orders/cancel").json()} == {ids[1], ids[2]}
    settled(alice, ids[1], "cancel")
    assert alice.post("/market/orders/cancel").json() == []
    assert errors(alice.post("/market/orders/cancel", side="up")) == ["value"]
    assert errors(alice.post("/market/orders/cancel", market="x")) == ["market.market.doesnt_exist"]


def test_cancel_by_id_and_uuid(alice, bob):
    for key in ("id", "uuid"):
        order = alice.order("btcusd", "sell", "0.1", "900000").json()
        assert errors(bob.post(f"/market/orders/{order[key]}/cancel"), 404) == ["record.not_found"]
        answer = alice.post(f"/market/orders/{order[key]}/cancel")
        assert answer.status_code == 201 and answer.json()["id"] == order["id"]
        settled(alice, order["id"], "cancel")
        again = alice.post(f"/market/orders/{order[key]}/cancel")
        assert again.status_code == 201 and again.json()["state"] == "cancel"
    assert errors(alice.post("/market/orders/0/cancel"), 404) == ["record.not_found"]
    assert errors(alice.post("/market/orders/x/cancel")) == ["market.order.invaild_id_or_uuid"]


def test_amend(alice):
    order = alice.order("btcusd", "sell", "0.4", "900000").json()
    path = f"/market/orders/{order['id']}"
    before = alice.balance("btc")
    assert alice.put(path, volume="0.3").status_code == 200
    wait_for(lambda: alice.get(path).json()["origin_volume"] == "0.3")
    wait_for(lambda: alice.balance("btc")[0] == before[0] + Decimal("0.1"))
    assert alice.put(path, price="890000").status_code == 200
    wait_for(lambda: alice.get(path).json()["price"] == "890000.0")
    assert errors(alice.put(path)) == ["market.order.nothing_to_amend"]
    assert errors(alice.put(path, price="-1")) == ["market.order.non_positive_price"]
    assert errors(alice.put("/market/orders/0", price="1"), 404) == ["record.not_found"]


# ---- trades ----

def test_trades_of_both_sides(alice, bob):
    maker = alice.order("ethusd", "sell", "2", "1500").json()
    taker = bob.order("ethusd", "buy", "2", "1500").json()
    settled(alice, maker["id"], "done")
    sold = alice.get("/market/trades", limit=1).json()[0]
    bought = bob.get("/market/trades", limit=1).json()[0]
    assert sold["id"] == bought["id"]
    assert list(sold) == ["id", "price", "amount", "total", "fee_currency", "fee", "fee_amount",
                          "market", "market_type", "created_at", "taker_type", "side", "order_id"]
    assert (sold["side"], sold["order_id"], sold["fee_currency"]) == ("sell", maker["id"], "usd")
    assert (bought["side"], bought["order_id"], bought["fee_currency"]) == ("buy", taker["id"], "eth")
    assert (sold["fee"], sold["fee_amount"]) == ("0.001", "3.0")
    assert (bought["fee"], bought["fee_amount"]) == ("0.002", "0.004")
    assert sold["taker_type"] == "buy" and sold["total"] == "3000.0"
    assert alice.get("/market/trades", type="sell", limit=1).json()[0]["id"] == sold["id"]
    assert sold["id"] not in [t["id"] for t in alice.get("/market/trades", type="buy").json()]
    answer = alice.get("/market/trades", market="ethusd", limit=1)
    assert answer.headers["Page"] == "1" and "Total" not in answer.headers
    first = alice.get("/market/trades", order_by="asc").json()
    assert [t["id"] for t in first] == sorted(t["id"] for t in first)


@pytest.mark.parametrize("params, code", [
    ({"limit": "1001"}, "market.trade.invalid_limit"), ({"limit": "0"}, "market.trade.invalid_limit"),
    ({"type": "x"}, "market.trade.invalid_type"), ({"order_by": "x"}, "market.trade.invalid_order_by"),
    ({"time_from": ""}, "market.trade.empty_time_from"), ({"page": ""}, "market.trade.empty_page"),
    ({"market": "x"}, "market.market.doesnt_exist")])
def test_trades_refusals(alice, params, code):
    assert errors(alice.get("/market/trades", **params)) == [code]


# ---- balances ----

def test_balances(alice):
    member = Member()
    answer = member.get("/account/balances")
    codes = [row["currency"] for row in answer.json()]
    assert codes == sorted(codes) and answer.headers["Total"] == str(len(codes))
    by_code = {row["currency"]: row for row in answer.json()}
    assert by_code["usd"] == {"currency": "usd", "balance": "0.0", "locked": "0.0"}
    assert by_code["btc"] == {"currency": "btc", "balance": "0.0", "locked": "0.0",
                              "deposit_addresses": [], "deposit_address": None}
    assert member.get("/account/balances", nonzero="true").json() == []
    assert member.call("GET", "/account/balances?nonzero=token").json() == {
        "errors": ["account.balances.invalid_nonzero"]}
    two = member.get("/account/balances", limit=2)
    assert len(two.json()) == 2 and two.headers["Total"] == str(len(codes))
    found = member.get("/account/balances", **{"search[currency_code]": "bt"}).json()
    assert [row["currency"] for row in found] == ["btc"]
    found = member.get("/account/balances", **{"search[currency_code]": "bt",
                                               "search[currency_name]": "doll"}).json()
    assert [row["currency"] for row in found] == ["btc", "usd"]
    assert errors(member.get("/account/balances/btc"), 404) == ["record.not_found"]
    assert errors(member.get("/account/balances/xyz")) == ["account.currency.doesnt_exist"]
    assert errors(member.get("/account/balances/BTC")) == ["account.currency.doesnt_exist"]
    assert alice.get("/account/balances/btc").json()["currency"] == "btc"


def test_statistics_of_a_new_member_are_empty():
    assert Member().get("/account/stats/pnl").json() == []
    assert errors(Member().get("/account/stats/pnl", pnl_currency="x")) == ["pnl.currency.doesnt_exist"]

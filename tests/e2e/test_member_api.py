"""The member and admin API of a running stack, as reference sections 1.1, 11.1, 11.3, 11.4 describe it.

Talks to accounting itself, not through the edge, so that limits of the edge don't slow it down.
"""

import secrets
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import jwt
import pytest
import requests

from members import Member, errors, private_key, seeded, settled, token
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


# ---- administrators ----

def test_admin_needs_the_ability(alice, admin):
    support = Member(role="support")
    for path in ("/admin/orders", "/admin/members", "/admin/liabilities"):
        assert errors(alice.get(path), 403) == ["admin.ability.not_permitted"]
        assert support.get(path).status_code == 200 and admin.get(path).status_code == 200
    assert errors(support.get("/admin/revenues"), 403) == ["admin.ability.not_permitted"]
    assert errors(support.post("/admin/orders/1/cancel"), 403) == ["admin.ability.not_permitted"]
    assert alice.get("/admin/abilities").json() == {}
    assert "Member" in admin.get("/admin/abilities").json()["manage"]
    assert errors(alice.get("/admin/orders", limit="x")) == [
        "admin.pagination.non_integer_limit", "admin.pagination.invalid_limit"]


def test_admin_orders(alice, bob, admin):
    order = alice.order("btcusd", "sell", "0.7", "987654").json()
    rows = admin.get("/admin/orders", uid=alice.uid, state="wait", price="987654").json()
    assert [row["id"] for row in rows] == [order["id"]]
    assert rows[0]["uid"] == alice.uid and rows[0]["email"].startswith("alice@")
    assert admin.get("/admin/orders", email=rows[0]["email"], limit=1).json()[0]["uid"] == alice.uid
    assert errors(admin.get("/admin/orders", uid="NOBODY")) == ["admin.user.doesnt_exist"]
    assert errors(admin.get("/admin/orders", price="-1")) == ["admin.order.non_positive_price"]
    assert errors(admin.get("/admin/orders", **{"from": "never"})) == ["admin.filter.range_from_invalid"]
    assert admin.get("/admin/orders", **{"to": "2001-01-01"}).json() == []
    csv = admin.get("/admin/orders", format="csv", price="987654")
    assert csv.headers["Content-Type"].startswith("text/csv")
    lines = csv.text.splitlines()
    assert lines[0] == ("id,market_id,market_type,ord_type,side,price,volume,origin_volume,"
                        "avg_price,trades_count,state,created_at,updated_at")
    assert lines[1].startswith(f"{order['id']},btcusd,spot,limit,sell,987654.0,0.7,0.7,0.0,0,")
    answer = admin.post(f"/admin/orders/{order['id']}/cancel")
    assert answer.status_code == 201 and answer.json()["uid"] == alice.uid
    settled(alice, order["id"], "cancel")
    assert errors(admin.post("/admin/orders/x/cancel")) == ["admin.order.non_integer_id"]
    assert errors(admin.post("/admin/orders/0/cancel"), 404) == ["record.not_found"]
    bid = bob.order("btcusd", "buy", "0.1", "10").json()
    ask = alice.order("btcusd", "sell", "0.1", "987654").json()
    listed = admin.post("/admin/orders/cancel", market="btcusd", side="buy")
    assert listed.status_code == 201 and bid["id"] in [row["id"] for row in listed.json()]
    settled(bob, bid["id"], "cancel")
    assert alice.get(f"/market/orders/{ask['id']}").json()["state"] == "wait"
    assert errors(admin.post("/admin/orders/cancel")) == [
        "admin.order.missing_market", "admin.order.market_doesnt_exist"]


def test_admin_trades_and_operations(alice, bob, admin):
    sell = alice.order("ethusd", "sell", "1", "1600").json()
    buy = bob.order("ethusd", "buy", "1", "1600").json()
    settled(alice, sell["id"], "done")
    rows = admin.get("/admin/trades", order_id=buy["id"]).json()
    assert len(rows) == 1 and rows == admin.get("/admin/trades", order_id=sell["id"]).json()
    trade = rows[0]
    assert (trade["maker_uid"], trade["taker_uid"]) == (alice.uid, bob.uid)
    assert (trade["maker_fee_amount"], trade["maker_fee_currency"]) == ("1.6", "usd")
    assert (trade["taker_fee_amount"], trade["taker_fee_currency"]) == ("0.002", "eth")
    whole = admin.get(f"/admin/trades/{trade['id']}").json()
    assert whole["maker_order"]["id"] == sell["id"] and whole["taker_order"]["uid"] == bob.uid
    assert (whole["maker_fee"], whole["taker_fee"]) == ("0.001", "0.002")
    assert errors(admin.get("/admin/trades/0"), 404) == ["record.not_found"]
    assert errors(admin.get("/admin/trades/x")) == ["admin.trade.non_integer_id"]
    assert admin.get("/admin/trades", uid=alice.uid, limit=1).json()[0]["id"] == trade["id"]
    assert admin.get("/admin/trades", order_id=999999999).json() == []
    assert admin.get("/admin/trades", order_by="price", uid=bob.uid).status_code == 200

    legs = admin.get("/admin/liabilities", reference_type="trade", rid=trade["id"],
                     ordering="asc").json()
    assert [(leg["code"], leg["currency"], leg["credit"], leg["debit"], leg["uid"]) for leg in legs] == [
        (212, "eth", "0.0", "1.0", alice.uid), (211, "usd", "0.0", "1600.0", bob.uid),
        (202, "eth", "0.998", "0.0", bob.uid), (201, "usd", "1598.4", "0.0", alice.uid)]
    fees = admin.get("/admin/revenues", reference_type="trade", rid=trade["id"], ordering="asc").json()
    assert [(leg["code"], leg["currency"], leg["credit"], leg["uid"]) for leg in fees] == [
        (301, "usd", "1.6", alice.uid), (302, "eth", "0.002", bob.uid)]
    hold = admin.get("/admin/liabilities", reference_type="order", rid=sell["id"]).json()
    assert [(leg["code"], leg["credit"], leg["debit"], leg["account_kind"]) for leg in hold] == [
        (212, "1.0", "0.0", "locked"), (202, "0.0", "1.0", "main")]
    assert admin.get("/admin/assets", currency="BTC").json()[0]["code"] == 102
    assert errors(admin.get("/admin/assets", currency="Btc")) == ["admin.currency.doesnt_exist"]
    assert admin.get("/admin/expenses").json() == []


def test_operation_pages_join_without_gaps(admin):
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 2))
    whole = admin.get("/admin/liabilities", limit=1000, to=until).json()
    for ordering in ("asc", "desc"):
        ids = []
        while True:
            page = admin.get("/admin/liabilities", limit=37, page=len(ids) // 37 + 1, to=until,
                             ordering=ordering).json()
            ids += [row["id"] for row in page]
            if len(page) < 37 or len(ids) > 2000:
                break
        assert ids == sorted(set(ids), reverse=ordering == "desc")
        if len(whole) < 1000:
            assert set(ids) == {row["id"] for row in whole}


def test_pages_that_end_in_the_past_stay_while_orders_come(alice, admin):
    stop = threading.Event()

    def trade():
        while not stop.is_set():
            alice.order("ethbtc", "sell", "0.01", "9")
            time.sleep(0.02)  # `whole` has room for 1000 rows

    writers = [threading.Thread(target=trade) for _ in range(4)]
    for writer in writers:
        writer.start()
    try:
        def last_second():
            now = time.time()
            # What was accepted before this one is in the books when it is acknowledged.
            assert alice.order("ethbtc", "sell", "0.01", "9").status_code == 201
            window = {"from": iso(now - 1.4), "to": iso(now - 0.4), "uid": alice.uid}
            rows = admin.get("/admin/liabilities", limit=1000, **window).json()
            return len(rows) > 4 and (window, [row["id"] for row in rows])

        window, whole = wait_for(last_second, what="a second with orders")
        for size in (1 + len(whole) // 7, 1 + len(whole) // 3):
            ids = []
            while len(ids) % size == 0:
                rows = admin.get("/admin/liabilities", limit=size, page=len(ids) // size + 1,
                                 **window).json()
                if not rows:
                    break
                ids += [row["id"] for row in rows]
            assert ids == whole
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def iso(seconds):
    whole, micro = divmod(round(seconds * 10**6), 10**6)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{micro:06}Z"


def test_ledger_balances_are_the_accounts(admin):
    member = seeded(3)
    sums = {}
    page = 1
    while True:
        rows = admin.get("/admin/liabilities", uid=member.uid, limit=1000, page=page).json()
        for row in rows:
            key = row["currency"], row["account_kind"]
            sums[key] = sums.get(key, 0) + Decimal(row["credit"]) - Decimal(row["debit"])
        page += 1
        if len(rows) < 1000:
            break
    for row in member.get("/account/balances").json():
        assert Decimal(row["balance"]) == sums.get((row["currency"], "main"), 0)
        assert Decimal(row["locked"]) == sums.get((row["currency"], "locked"), 0)


def test_admin_members(alice, admin):
    member = Member()
    member.get("/account/members/me")
    row = admin.get(f"/admin/members/{member.uid}").json()
    assert list(row) == ["uid", "email", "group", "id", "level", "role", "state", "created_at",
                         "updated_at", "beneficiaries", "accounts", "deposit_addresses"]
    assert admin.get("/admin/members", uid=member.uid).json() == [row]
    answer = admin.get("/admin/members", limit=2, ordering="asc", order_by="uid")
    assert len(answer.json()) == 2 and int(answer.headers["Total"]) >= 5
    assert answer.json()[0]["uid"] < answer.json()[1]["uid"]
    groups = admin.get("/admin/members/groups").json()
    assert {"any", "vip-0", "vip-3"} <= set(groups) and len(groups) == len(set(groups))
    changed = admin.put(f"/admin/members/{member.uid}", group=" VIP-3 ")
    assert changed.status_code == 201 and changed.json()["group"] == "vip-3"
    assert member.get("/account/members/me").json()["group"] == "vip-3"
    assert errors(admin.put(f"/admin/members/{member.uid}")) == ["admin.member.missing_group"]
    assert errors(admin.get("/admin/members", role="king")) == ["admin.member.invalid_role"]
    assert errors(admin.get("/admin/members", group="vip-9")) == ["admin.member.invalid_group"]
    assert errors(admin.get("/admin/members/NOBODY"), 404) == ["record.not_found"]
    assert any(account["currency"] == "btc" and Decimal(account["balance"]) > 0 for account in
               admin.get(f"/admin/members/{alice.uid}").json()["accounts"])


# ---- the matching worker's calls ----

def test_internal_calls_need_a_service_token(alice):
    for path in ("markets", "snapshot?market=btcusd", "commands?market=btcusd&from=1"):
        url = f"{API}/internal/matching/{path}"
        assert requests.get(url, timeout=30).status_code == 401
        assert alice.get(f"/internal/matching/{path}").status_code == 401


def service_get(path):
    now = int(time.time())
    bearer = jwt.encode({"iss": "matching", "aud": "accounting", "sub": "service", "iat": now,
                         "exp": now + 60, "jti": secrets.token_hex(8)},
                        private_key("matching"), algorithm="ES256",
                        headers={"kid": "matching"})
    return requests.get(f"{API}/internal/matching/{path}", timeout=30,
                        headers={"Authorization": "Bearer " + bearer})


def test_snapshot_has_the_settled_orders(alice):
    order = alice.order("btceur", "sell", "0.3", "777777").json()
    stop = alice.order("btceur", "buy", "0.3", ord_type="stop_market", stop_price="777778").json()
    WORLD.until_quiet()
    markets = {row["id"]: row for row in service_get("markets").json()}
    answer = service_get("snapshot?market=btceur")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    body = answer.content
    assert body[:4] == b"BRS1" and (len(body) - 56) % 80 == 0
    count = int.from_bytes(body[48:56], "little")
    assert len(body) == 56 + 80 * count
    orders = {int.from_bytes(body[at:at + 8], "little"): body[at:at + 80]
              for at in range(56, len(body), 80)}
    tick, lot = markets["btceur"]["price_precision"], markets["btceur"]["amount_precision"]
    row = orders[order["id"]]
    assert int.from_bytes(row[16:24], "little") == 777777 * 10 ** tick
    assert int.from_bytes(row[24:32], "little") == 3 * 10 ** (lot - 1)
    budget = int.from_bytes(orders[stop["id"]][48:64], "little")
    assert budget == int(Decimal("0.3") * 777778 * Decimal("1.1") * 10 ** (tick + lot))
    seq = int.from_bytes(body[32:40], "little")
    batches = service_get(f"commands?market=btceur&from={seq}")
    assert batches.status_code == 200 and batches.content[:4] == b"BRC1"
    assert service_get(f"commands?market=btceur&from={seq + 1000}").content == b""
    assert service_get("snapshot?market=nope").status_code == 404

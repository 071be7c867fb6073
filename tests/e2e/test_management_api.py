"""What other servers do: reference 1.9, 6.4, 11.8. Every call is signed; errors are sentences."""

import json
import secrets
import time
from decimal import Decimal

import pytest
import requests

from management import Signer
from members import manage, new_uid, people
from world import WORLD, wait_for

JSON = {"Content-Type": "application/json"}


def local_signer():
    return Signer("local", WORLD.file("keys/management.key").read_text())


def post(path, body, method="POST", headers=None):
    return requests.request(method, f"{WORLD.api}/management{path}", data=body, timeout=30,
                            headers=JSON if headers is None else headers)


def said(answer, sentence, status=422, key="error"):
    assert (answer.status_code, answer.json()) == (status, {key: sentence})


def ok(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json()


def holds(uid, currency):
    row = ok(manage("/accounts/balance", {"uid": uid, "currency": currency}))
    return Decimal(row["balance"]), Decimal(row["locked"])


def name():
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(6))


# ---- the envelope ----

def test_envelope__in_the_order_of_the_checks():
    body = local_signer().document()
    said(requests.get(f"{WORLD.api}/management/timestamp", timeout=30),
         "Only POST, PUT, and DELETE verbs are allowed.", 405)
    said(post("/timestamp?x=1", "no JSON", headers={"Content-Type": "text/plain"}),
         "Query parameters are not allowed.", 400)
    said(post("/timestamp", body, headers={"Content-Type": "text/plain"}),
         "Only JSON body is accepted.", 400)
    said(post("/timestamp", body[:-1]), "Couldn't parse JWT.", 400)
    said(post("/timestamp", "{}"), "Failed to verify JWT.", 401)
    assert "timestamp" in ok(post("/timestamp", body))


def test_envelope__sent_twice__is_refused():
    body = local_signer().document()
    ok(post("/timestamp", body))
    said(post("/timestamp", body), "Failed to verify JWT.", 401)


@pytest.mark.parametrize("claims", [
    {"exp": 1}, {"jti": None}, {"exp": None}, {"iat": 32503680000}, {"data": "text"}])  # iat: the year 3000
def test_envelope__bad_claims__are_refused(claims):
    said(post("/timestamp", local_signer().document(**claims)), "Failed to verify JWT.", 401)


def test_envelope__old_iat__is_fine():
    ok(post("/timestamp", local_signer().document(iat=int(time.time()) - 86400)))


def test_envelope__other_algorithm_or_signer__is_refused():
    said(post("/timestamp", local_signer().document(algorithm="HS256")),
         "Failed to verify JWT.", 401)
    document = json.loads(local_signer().document())
    document["signatures"][0]["header"]["kid"] = "somebody"
    said(post("/timestamp", json.dumps(document)), "Not enough signatures for the action.", 401)
    document = json.loads(local_signer().document())
    document["payload"] = json.loads(local_signer().document())["payload"]
    said(post("/timestamp", json.dumps(document)), "Failed to verify JWT.", 401)


# ---- accounts, members ----

def test_balances__of_one_and_of_all(alice):
    said(manage("/accounts/balance", {}),
         "uid is missing, currency is missing, currency does not have a valid value")
    said(manage("/accounts/balance", {"uid": "nobody", "currency": "btc"}),
         "Couldn't find record.", 404)
    row = ok(manage("/accounts/balance", {"uid": alice.uid, "currency": "BTC"}))
    assert (row["uid"], Decimal(row["balance"])) == (alice.uid, alice.balance("btc")[0])
    said(manage("/accounts/balances", {"currency": "usd", "limit": 100001, "page": 0}),
         "page must be greater than zero., limit must be in range: 1..100000.")
    rows = ok(manage("/accounts/balances", {"currency": "usd", "limit": "2"}))
    assert len(rows) == 2 and rows[0]["uid"] == people()["admin"]["uid"]


def test_member__its_life():
    uid = new_uid()
    said(manage("/members", {}), "email is missing, uid is missing, level is missing,"
         " role is missing, state is missing, group is missing")
    row = {"email": f"{uid}@X.io", "uid": uid, "level": 1, "role": "member", "state": "active",
           "group": "VIP-1"}
    said(manage("/members", {**row, "role": "king"}),
         "Validation failed: Role is not included in the list", key="errors")
    made = ok(manage("/members", row))
    assert (made["email"], made["group"]) == (f"{uid}@x.io".lower(), "vip-1")
    said(manage("/members", row),
         "Validation failed: Uid, email or username has already been taken", key="errors")
    assert ok(manage("/members/group", {"uid": uid, "group": " VIP-3"}))["group"] == "vip-3"
    said(manage("/members/group", {"uid": "nobody", "group": "x"}), "Couldn't find record.", 404)


# ---- the catalog ----

def test_currency__its_life():
    code = name()
    said(manage("/currencies/create", {"type": "z", "precision": "x"}),
         "code is missing, type management.currency.invalid_type,"
         " precision management.currency.non_integer_base_precision")
    assert ok(manage("/currencies/create", {"code": code, "precision": 5}), 201)["code"] == code
    # Upstream resets an omitted precision to 8.
    assert ok(manage("/currencies/update", {"id": code, "name": "N"}, "PUT"))["precision"] == 5
    said(manage("/currencies/update", {"id": code, "position": 0, "withdraw_fee": -1}, "PUT"),
         "position management.currency.invalid_position,"
         " withdraw_fee management.currency.invalid_withdraw_fee")
    assert ok(manage(f"/currencies/{code.upper()}", {}), 201)["id"] == code
    said(manage("/currencies/nope", {}), "code management.currency.doesnt_exist")
    assert code in [row["id"] for row in ok(manage("/currencies/list", {"type": "coin"}))]
    said(manage("/blockchain_currencies/new", {"currency_id": code}), "blockchain_key is missing")
    network = ok(manage("/blockchain_currencies/new",
                        {"currency_id": code, "blockchain_key": "btc-testnet"}), 201)
    said(manage("/blockchain_currencies/update", {"id": network["id"], "withdraw_fee": -1}),
         "withdraw_fee management.blockchain_currency.ivalid_withdraw_fee")
    assert ok(manage(f"/blockchain_currencies/{network['id']}", {}), 201)["currency_id"] == code
    said(manage("/blockchain_currencies/list", {"limit": 0}),
         "limit admin.pagination.invalid_limit")


def test_market__its_life():
    code = name()
    ok(manage("/currencies/create", {"code": code}), 201)
    good = {"base_currency": code, "quote_currency": "usd", "min_price": "0.01",
            "min_amount": "0.1"}
    said(manage("/markets/new", good),
         "engine_id, engine_name management.market.one_of_engine_id_engine_name_fields")
    made = ok(manage("/markets/new", {**good, "engine_id": 1}), 201)
    assert (made["id"], made["state"]) == (code + "usd", "enabled") and "data" not in made
    said(manage("/markets/update", {"id": "nope"}, "PUT"), "id does not have a valid value")
    assert ok(manage("/markets/update", {"symbol": made["id"], "state": "disabled"},
                     "PUT"))["state"] == "disabled"
    assert ok(manage(f"/markets/{made['id']}", {}), 201)["state"] == "disabled"
    assert made["id"] in [row["id"] for row in ok(manage("/markets/list", {}))]


def test_engines_and_fees():
    said(manage("/engines/new", {}), "name is missing, driver is missing")
    said(manage("/engines/get", {"limit": 0, "ordering": "q", "page": "x"}),
         "limit management.pagination.invalid_limit, page management.pagination.non_integer_page,"
         " ordering management.pagination.invalid_ordering")
    made = ok(manage("/engines/new", {"name": name(), "driver": "x", "url": "http://h/"}), 201)
    assert (made["url"], made["state"]) == ("http://h/", "online")
    assert ok(manage("/engines/update", {"id": made["id"], "state": 0}), 201)["state"] == "offline"
    assert len(ok(manage("/fee_schedule/trading_fees", {"limit": 1, "group": "any"}))) == 1


# ---- trading ----

def test_orders_and_trades(alice, bob):
    sold = alice.order("ethusd", "sell", "0.5", "3000").json()["id"]
    bought = bob.order("ethusd", "buy", "0.2", "3000").json()["id"]
    wait_for(lambda: bob.shown(bought)["state"] == "done")
    said(manage("/orders", {"market": "zz", "state": "z", "ord_type": "z"}),
         "market management.orders.market_doesnt_exist,"
         " state management.orders.invalid_state, ord_type management.orders.invalid_ord_type")
    said(manage("/orders", {"uid": "nobody"}), "uid management.orders.uid_doesnt_exist")
    rows = ok(manage("/orders", {"uid": alice.uid, "market": "ethusd", "state": "wait"}))
    assert [row["id"] for row in rows] == [sold] and rows[0]["member_id"] > 0
    trade = ok(manage("/trades", {"uid": bob.uid, "market": "ethusd", "limit": 1}))[0]
    assert (trade["maker_order_id"], trade["taker_order_id"]) == (sold, bought)
    assert (trade["maker_member_uid"], trade["taker_member_uid"]) == (alice.uid, bob.uid)
    assert ok(manage(f"/orders/{sold}/cancel", {}))["id"] == sold
    wait_for(lambda: alice.shown(sold)["state"] == "cancel")
    said(manage("/orders/999999999/cancel", {}), "Couldn't find record.", 404)


def test_cancel_all__of_one_member__leaves_the_others(alice, bob):
    mine = alice.order("ethusd", "sell", "0.5", "4000").json()["id"]
    theirs = bob.order("ethusd", "sell", "0.5", "4000").json()["id"]
    said(manage("/orders/cancel", {}),
         "market is missing, market management.order.market_doesnt_exist")
    answer = manage("/orders/cancel", {"market": "ethusd", "uid": alice.uid})
    assert (answer.status_code, answer.text) == (204, "")
    wait_for(lambda: alice.shown(mine)["state"] == "cancel")
    assert bob.shown(theirs)["state"] == "wait"
    assert manage("/orders/cancel", {"market": "ethusd"}).status_code == 204
    wait_for(lambda: bob.shown(theirs)["state"] == "cancel")


# ---- the ledger ----

def test_operations__a_deposit_by_hand__and_back(alice):
    before = holds(alice.uid, "usd")
    said(manage("/assets/new", {}), "currency is missing, currency does not have a valid value,"
         " code is missing, code does not have a valid value")
    said(manage("/assets/new", {"currency": "usd", "code": 201, "debit": -1}),
         "code does not have a valid value, debit does not have a valid value")
    both = {"currency": "usd", "code": 101, "debit": 1, "credit": 1}
    said(manage("/assets/new", both), "debit, credit are mutually exclusive")
    said(manage("/liabilities/new", {"currency": "usd", "code": 201, "credit": 1}),
         "uid is missing")
    for side, change in (("credit", Decimal("10.5")), ("debit", 0)):
        row = ok(manage("/assets/new", {"currency": "usd", "code": 101, side: "10.5"}))
        assert row[side] == "10.5" and "uid" not in row and len({"credit", "debit"} & set(row)) == 1
        row = ok(manage("/liabilities/new", {"currency": "usd", "code": 201, side: "10.5",
                                             "uid": alice.uid}))
        assert row["uid"] == alice.uid
        assert holds(alice.uid, "usd") == (before[0] + change, before[1])
    answer = manage("/liabilities/new", {"currency": "usd", "code": 211, "debit": "1",
                                         "uid": alice.uid})
    assert answer.status_code == 422
    assert answer.json()["errors"].startswith("Account balance is insufficient (")


def test_operations__lists(alice):
    for kind in ("assets", "liabilities", "revenues", "expenses"):
        assert manage(f"/{kind}", {"limit": 1}).status_code == 200
        said(manage(f"/{kind}", {"page": 0, "time_from": "x"}),
             "time_from is invalid, page must be greater than zero.")
    rows = ok(manage("/liabilities", {"uid": alice.uid, "currency": "USD", "limit": 5}))
    assert {row["uid"] for row in rows} == {alice.uid}
    assert ok(manage("/assets", {"time_to": 1})) == []
    assert ok(manage("/assets", {"time_from": int(time.time()) + 100})) == []


def leg(code, uid=None):
    return {"code": code, "uid": uid} if uid else {"code": code}


def operation(source, target, amount="1", currency="usd"):
    return {"currency": currency, "amount": amount, "account_src": source, "account_dst": target}


def transfer(operations, category="purchases", key=None):
    return manage("/transfers/new", {"key": key or secrets.token_hex(8), "category": category,
                                     "description": "", "operations": operations})


def test_transfer__the_referral_story__books_and_moves(alice, bob):
    mine, theirs = holds(alice.uid, "usd")[0], holds(bob.uid, "usd")[0]
    fee = operation(leg(201, alice.uid), leg(301), "3.5")
    share = operation(leg(301), leg(201, bob.uid), "1.25")
    row = ok(transfer([fee, share], "commission"), 201)
    assert [(one["code"], one.get("debit"), one.get("credit"), one["uid"])
            for one in row["liabilities"]] == [(201, "3.5", None, alice.uid),
                                               (201, None, "1.25", bob.uid)]
    assert [(one.get("debit"), one.get("credit")) for one in row["revenues"]] == [
        (None, "3.5"), ("1.25", None)]
    assert "assets" not in row and "expenses" not in row
    assert holds(alice.uid, "usd")[0] == mine - Decimal("3.5")
    assert holds(bob.uid, "usd")[0] == theirs + Decimal("1.25")
    ok(transfer([operation(leg(301), leg(201, alice.uid), "2.25"),
                 operation(leg(201, bob.uid), leg(201, alice.uid), "1.25")]), 201)


def test_transfer__key_used_before__is_refused(alice, bob):
    key = secrets.token_hex(8)
    there = operation(leg(201, alice.uid), leg(201, bob.uid))
    back = operation(leg(201, bob.uid), leg(201, alice.uid))
    ok(transfer([there], key=key), 201)
    said(transfer([there], key=key), "Validation failed: Key has already been taken", key="errors")
    ok(transfer([back]), 201)


def test_transfer__not_enough__changes_nothing(alice, bob):
    before = holds(alice.uid, "usd")
    answer = transfer([operation(leg(201, bob.uid), leg(201, alice.uid)),
                       operation(leg(201, alice.uid), leg(301), "99999999999999")])
    assert answer.status_code == 422
    assert answer.json()["errors"].startswith("Account balance is insufficient (")
    assert holds(alice.uid, "usd") == before


def test_transfer__books_that_do_not_fit__are_refused(alice):
    said(transfer([operation(leg(101), leg(201, alice.uid))]),
         "Validation failed: invalidates accounting equation", key="errors")
    said(transfer([operation(leg(202, alice.uid), leg(301))]),
         "Validation failed: Code 202 is not for usd", key="errors")


def test_transfer__mistakes__are_said(alice):
    said(manage("/transfers/new", {}), "key is missing, key is empty, category is missing,"
         " category does not have a valid value, operations is missing, operations is invalid")
    said(transfer([]), "operations is empty")
    good = leg(201, alice.uid)
    for wrong, sentence in (
            ({}, "operations[0][currency] is missing"),
            (operation(good, leg(301), currency="zz"),
             "operations[0][currency] does not have a valid value"),
            (operation(good, leg(301), "x"), "operations[0][amount] is invalid"),
            (operation(good, leg(301), 0), "operations[0][amount] does not have a valid value"),
            (operation(leg(201), leg(301)), "operations[0][account_src][uid] is missing"),
            (operation(good, leg(999)), "operations[0][account_dst][code] does not have a valid"
             " value"),
            (operation(leg(201, "nobody"), leg(301)),
             "operations[0][account_src][uid] does not have a valid value")):
        said(transfer([wrong]), sentence)

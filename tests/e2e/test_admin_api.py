"""What administrators do: reference 1.8.3, 1.8.4, 1.8.6. Currencies, markets and fees of its own, under
random names."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace

import pytest
import requests

from members import Member
from world import WORLD, wait_for

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WHO = SimpleNamespace()


@pytest.fixture(scope="module", autouse=True)
def callers(admin, alice, bob):
    WHO.admin, WHO.alice, WHO.bob = admin, alice, bob


def name(length=6):
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def has(member, currency):
    return member.balance(currency)[0]


def errors(response, *codes, status=422):
    assert (response.status_code, response.json()["errors"]) == (status, list(codes))


def ok(response, status=201):
    assert response.status_code == status, response.text
    return response.json()


@pytest.fixture(scope="module")
def coin():
    code = name()
    ok(WHO.admin.post("/admin/currencies/new", code=code, name="A coin", blockchain_key="eth-testnet",
                  subunits=6, withdraw_fee="1.5", min_deposit_amount="0.1", options={"gas_limit": 1},
                  deposit_enabled=False))
    return code


# ---- currencies and networks ----

def test_currency_new__network_fields_of_2_6__make_its_network(coin):
    row = ok(WHO.admin.get(f"/admin/currencies/{coin}"), 200)
    network = row["networks"][0]
    for where in (row, network):
        assert where["withdraw_fee"] == "1.5" and where["min_deposit_amount"] == "0.1"
        assert where["base_factor"] == 1000000 and where["subunits"] == 6
        assert where["options"] == {"gas_limit": 1} and where["deposit_enabled"] is False
        assert where["blockchain_key"] == "eth-testnet"
    assert row["code"] == coin and "id" not in row and row["visible"] is True
    assert row["networks"][0]["currency_id"] == coin
    public = requests.get(f"{WORLD.api}/public/currencies/{coin}").json()
    assert public["id"] == coin and public["withdraw_fee"] == "1.5"


def test_currency_new__everything_wrong__every_code_in_order():
    errors(WHO.admin.post("/admin/currencies/new", type="x", precision="a", price="b", status="z",
                      visible="q", withdraw_limit_24h="x", withdraw_limit_72h=-1, position="q",
                      blockchain_key="nope", parent_id="nope", deposit_fee="x",
                      min_deposit_amount="x", withdraw_fee="-1", options="no", base_factor="x",
                      subunits=19),
           "admin.currency.missing_code", "admin.currency.invalid_type",
           "admin.currency.non_integer_base_precision", "admin.currency.non_decimal_price",
           "admin.currency.invalid_status", "admin.currency.non_boolean_visible",
           "admin.currency.non_decimal_withdraw_limit_24h",
           "admin.currency.invalid_withdraw_limit_24h",
           "admin.currency.invalid_withdraw_limit_72h", "admin.currency.non_integer_position",
           "admin.currency.blockchain_key_doesnt_exist", "admin.currency.parent_id_doesnt_exist",
           "admin.currency.non_decimal_deposit_fee", "admin.currency.invalid_deposit_fee",
           "admin.currency.min_deposit_amount", "admin.currency.ivalid_withdraw_fee",
           "admin.currency.non_json_options", "admin.currency.non_integer_base_factor",
           "admin.currency.one_of_base_factor_subunits_fields", "admin.currency.invalid_subunits")


def test_currency_new__taken_or_malformed_code__is_a_sentence(coin):
    errors(WHO.admin.post("/admin/currencies/new", code=coin), "Code has already been taken")
    errors(WHO.admin.post("/admin/currencies/new", code="a b"),
           "Code is invalid: lower-case letters, digits, '-', '_' and '.'")
    errors(WHO.admin.post("/admin/currencies/new", code="a" * 11),
           "Code is too long (maximum is 10 characters)")


def test_currency_update__what_is_given_changes__the_rest_stays(coin):
    row = ok(WHO.admin.post("/admin/currencies/update", code=coin, precision=6, withdraw_fee="2",
                        visible=False))
    assert (row["precision"], row["withdraw_fee"], row["status"]) == (6, "2.0", "disabled")
    assert row["name"] == "A coin" and row["min_deposit_amount"] == "0.1"
    ok(WHO.admin.post("/admin/currencies/update", code=coin, status="enabled"))


def test_currency_update__what_may_not_change__is_refused(coin):
    errors(WHO.admin.post("/admin/currencies/update", code=coin.upper()),
           "admin.currency.doesnt_exist")
    errors(WHO.admin.post("/admin/currencies/update", code=coin, position=0),
           "admin.currency.invalid_position")
    errors(WHO.admin.post("/admin/currencies/update", code=coin, type="fiat"), "Type can't be changed")
    errors(WHO.admin.post("/admin/currencies/update", code=coin, base_factor=10),
           "Base factor can't be changed")


def test_currency_positions__after_a_move__have_no_holes(coin):
    ok(WHO.admin.post("/admin/currencies/update", code=coin, position=2))
    rows = ok(WHO.admin.get("/admin/currencies", limit=1000), 200)
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[1]["code"] == coin
    ok(WHO.admin.post("/admin/currencies/update", code=coin, position=len(rows)))
    rows = ok(WHO.admin.get("/admin/currencies", limit=1000), 200)
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1]["code"] == coin


def test_currency_list__pages__and_their_headers():
    response = WHO.admin.get("/admin/currencies", limit=2, page=2, ordering="desc", order_by="code")
    every = [row["code"] for row in ok(WHO.admin.get("/admin/currencies", limit=1000), 200)]
    assert [row["code"] for row in response.json()] == sorted(every, reverse=True)[2:4]
    assert (response.headers["Total"], response.headers["Per-Page"], response.headers["Page"]) == \
        (str(len(every)), "2", "2")
    errors(WHO.admin.get("/admin/currencies", limit="abc", ordering="x", type="y", status="z"),
           "admin.currency.invalid_type", "admin.currency.invalid_status",
           "admin.pagination.non_integer_limit", "admin.pagination.invalid_limit",
           "admin.pagination.invalid_ordering")


def test_network__its_life(coin):
    errors(WHO.admin.post("/admin/blockchain_currencies/new"),
           "admin.blockchaincurrency.missing_currency_id",
           "admin.blockchain_currency.currency_doesnt_exist")
    errors(WHO.admin.post("/admin/blockchain_currencies/new", currency_id=coin),
           "admin.blockchaincurrency.missing_blockchain_key")
    errors(WHO.admin.post("/admin/blockchain_currencies/new", currency_id=coin,
                      blockchain_key="eth-testnet"), "Blockchain key has already been taken")
    errors(WHO.admin.post("/admin/blockchain_currencies/new", currency_id=coin, base_factor=1000,
                      blockchain_key="btc-testnet", parent_id="usdt"),
           "Parent must not be a token itself")
    row = ok(WHO.admin.post("/admin/blockchain_currencies/new", currency_id=coin, base_factor=1000,
                        blockchain_key="btc-testnet"))
    assert (row["subunits"], row["status"], row["auto_update_fees_enabled"]) == (3, "enabled", True)
    path = f"/admin/blockchain_currencies/{row['id']}"
    assert ok(WHO.admin.post("/admin/blockchain_currencies/update", id=row["id"],
                         min_withdraw_amount="0.5"))["min_withdraw_amount"] == "0.5"
    errors(WHO.admin.post("/admin/blockchain_currencies/update", id=row["id"], blockchain_key="zz"),
           "admin.currency.blockchain_key_doesnt_exist")
    assert ok(WHO.admin.get(path), 200)["id"] == row["id"]
    assert ok(WHO.admin.call("DELETE", path), 200)["id"] == row["id"]
    errors(WHO.admin.call("DELETE", path), "record.not_found", status=404)


# ---- blockchains, engines ----

def test_blockchain__its_life():
    errors(WHO.admin.post("/admin/blockchains/new"), "admin.blockchain.missing_key",
           "admin.blockchain.missing_name", "admin.blockchain.missing_client",
           "admin.blockchain.invalid_client", "admin.blockchain.missing_height",
           "admin.blockchain.non_positive_height")
    errors(WHO.admin.post("/admin/blockchains/new", key="k" * 256, name="n", client="geth", height=1,
                      server="nowhere", min_confirmations=0),
           "admin.blockchain.key_too_long", "admin.blockchain.invalid_server",
           "admin.blockchain.non_positive_min_confirmations")
    key = name()
    row = ok(WHO.admin.post("/admin/blockchains/new", key=key, name="N", client="geth", height=5,
                        server="http://127.0.0.1:8545"))
    assert "server" not in row and row["min_confirmations"] == 6 and row["status"] == "active"
    assert ok(WHO.admin.post("/admin/blockchains/update", id=row["id"], status="disabled"))["status"] \
        == "disabled"
    errors(WHO.admin.get(f"/admin/blockchains/{row['id']}/latest_block"),
           "admin.blockchain.latest_block")
    errors(WHO.admin.get("/admin/blockchains", key="z", client="z", status="z", name="z"),
           *(f"admin.blockchain.blockchain_{what}_doesnt_exist"
             for what in ("key", "client", "status", "name")))
    assert "geth" in ok(WHO.admin.get("/admin/blockchains/clients"), 200)


def test_engine__its_life():
    errors(WHO.admin.post("/admin/engines/new"), "admin.engine.missing_name",
           "admin.engine.missing_driver")
    errors(WHO.admin.post("/admin/engines/new", name="peatio-default-engine", driver="x", state=2),
           "admin.engine.duplicate_name", "admin.engine.invalid_state")
    row = ok(WHO.admin.post("/admin/engines/new", name=name(), driver="other", state=0, key="k",
                        secret="s"))
    assert sorted(row) == ["driver", "id", "name", "state", "uid"] and row["state"] == "offline"
    # Upstream puts an engine online whenever it is changed without a state.
    assert ok(WHO.admin.post("/admin/engines/update", id=row["id"], uid="U"))["state"] == "offline"
    assert ok(WHO.admin.get(f"/admin/engines/{row['id']}"), 200)["uid"] == "U"


# ---- markets ----

@pytest.fixture(scope="module")
def market(coin):
    row = ok(WHO.admin.post("/admin/markets/new", base_currency=coin, quote_currency="usd",
                        min_price="0.01", min_amount="0.01", price_precision=2, amount_precision=2,
                        engine_name="peatio-default-engine"))
    assert row["id"] == row["symbol"] == coin + "usd" and row["state"] == "enabled"
    return row["id"]


def test_market_new__mistakes__their_codes(coin):
    errors(WHO.admin.post("/admin/markets/new"),
           "admin.market.missing_base_currency", "admin.market.currency_doesnt_exist",
           "admin.market.missing_quote_currency", "admin.market.missing_min_price",
           "admin.market.invalid_min_price", "admin.market.missing_min_amount",
           "admin.market.invalid_min_amount")
    good = dict(base_currency=coin, quote_currency="eur", min_price="0.01", min_amount="0.01")
    errors(WHO.admin.post("/admin/markets/new", **good),
           "admin.market.one_of_engine_id_engine_name_fields")
    errors(WHO.admin.post("/admin/markets/new", **good, engine_id=1,
                      engine_name="peatio-default-engine"),
           "admin.market.one_of_engine_id_engine_name_fields")
    errors(WHO.admin.post("/admin/markets/new", **{**good, "min_price": "0.00001"}, engine_id=1),
           "Min price must be at least 10^-4")
    errors(WHO.admin.post("/admin/markets/new", **good, engine_id=1, price_precision=6,
                      amount_precision=5), "Amount precision must be between 0 and 4")
    errors(WHO.admin.post("/admin/markets/new", base_currency="usd", quote_currency="btc",
                      min_price="0.01", min_amount="0.01", engine_id=1),
           "Market of these currencies already exists")


def test_market_update__which_one__by_one_name(market):
    errors(WHO.admin.post("/admin/markets/update"), "provided")
    errors(WHO.admin.post("/admin/markets/update", id=market, symbol=market), "exclusive")
    errors(WHO.admin.post("/admin/markets/update", id="zz"), "admin.market.invalid_market_id")
    errors(WHO.admin.post("/admin/markets/update", symbol="zz"), "admin.market.invalid_market_symbol")
    assert ok(WHO.admin.post("/admin/markets/update", symbol=market, max_price="99"))["max_price"] == \
        "99.0"


def place(market, price):
    return WHO.alice.order(market, "buy", "1", price)


def order_state(number):
    return WHO.alice.get(f"/market/orders/{number}").json()["state"]


def test_market_state__closed__takes_no_orders_and_opens_again(market):
    errors(WHO.admin.post("/admin/markets/update", id=market, price_precision=3),
           f"Precisions can't change while {market} is enabled: set its state to disabled first")
    order = ok(place(market, "1"))
    ok(WHO.admin.post("/admin/markets/update", id=market, state="disabled"))
    errors(place(market, "1"), "market.spot_market.doesnt_exist_or_not_enabled")
    errors(WHO.admin.post("/admin/markets/update", id=market, price_precision=3),
           f"Precisions can't change while {market} has open orders or commands that are not"
           " settled, nor once it has traded")
    assert market not in [row["id"] for row in requests.get(WORLD.api + "/public/markets").json()]
    # A closed market still lets its orders go.
    ok(WHO.alice.post(f"/market/orders/{order['id']}/cancel"))
    wait_for(lambda: order_state(order["id"]) == "cancel")
    row = None

    def changed():
        nonlocal row
        row = WHO.admin.post("/admin/markets/update", id=market, price_precision=3)
        return row.status_code == 201
    wait_for(changed)
    assert row.json()["price_precision"] == 3
    ok(WHO.admin.post("/admin/markets/update", id=market, state="enabled"))
    order = ok(place(market, "1.125"))
    ok(WHO.alice.post(f"/market/orders/{order['id']}/cancel"))
    wait_for(lambda: order_state(order["id"]) == "cancel")


def test_market_list__types_and_one(market):
    assert ok(WHO.admin.get("/admin/markets", type="qe"), 200) == []
    rows = ok(WHO.admin.get("/admin/markets", limit=1000), 200)
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert ok(WHO.admin.get(f"/admin/markets/{market}"), 200)["name"] == market[:-3].upper() + "/USD"
    errors(WHO.admin.get(f"/admin/markets/{market}", type="x"), "admin.market.invalid_market_type")
    errors(WHO.admin.get("/admin/markets/zz"), "record.not_found", status=404)


# ---- fees, limits ----

def test_trading_fee__its_life(market):
    errors(WHO.admin.post("/admin/trading_fees/new"), "admin.tradingfee.missing_maker",
           "admin.trading_fee.invalid_maker", "admin.tradingfee.missing_taker",
           "admin.trading_fee.invalid_taker")
    errors(WHO.admin.post("/admin/trading_fees/new", maker="0.51", taker=0),
           "Maker must be less than or equal to 0.5")
    errors(WHO.admin.post("/admin/trading_fees/new", maker=0, taker="0.0000001"),
           "Taker must have at most 6 decimals")
    errors(WHO.admin.post("/admin/trading_fees/new", maker=0, taker=0), "Group has already been taken")
    row = ok(WHO.admin.post("/admin/trading_fees/new", maker="0.01", taker="0.02", group=" VIP-0 ",
                        market_id=market))
    assert (row["group"], row["maker"], row["market_type"]) == ("vip-0", "0.01", "spot")
    # The nearest row wins from the next order on.
    order = ok(place(market, "1"))
    assert (order["maker_fee"], order["taker_fee"]) == ("0.01", "0.02")
    ok(WHO.alice.post(f"/market/orders/{order['id']}/cancel"))
    ok(WHO.admin.post("/admin/trading_fees/update", id=row["id"], maker="0.005"))
    assert ok(WHO.admin.post("/admin/trading_fees/delete", id=row["id"]))["maker"] == "0.005"
    errors(WHO.admin.post("/admin/trading_fees/delete", id=row["id"]), "record.not_found", status=404)
    errors(WHO.admin.post("/admin/trading_fees/delete"), "admin.tradingfee.missing_id")


def test_withdraw_limit__its_life():
    group = name()
    row = ok(WHO.admin.post("/admin/withdraw_limits", limit_24_hour=1, limit_1_month="2.5",
                        group=group.upper()))
    assert (row["group"], row["kyc_level"], row["limit_24_hour"]) == (group, "any", "1.0")
    assert ok(WHO.admin.put("/admin/withdraw_limits", id=row["id"], limit_24_hour="0.5"),
              200)["limit_1_month"] == "2.5"
    assert ok(WHO.admin.get("/admin/withdraw_limits", group=group), 200)[0]["id"] == row["id"]
    ok(WHO.admin.call("DELETE", f"/admin/withdraw_limits/{row['id']}"), 200)
    errors(WHO.admin.call("DELETE", "/admin/withdraw_limits/x"), "admin.withdraw_limit.non_integer_id")


# ---- adjustments ----

def ask(amount, receiving=202, asset=102, uid=True, currency="btc", **more):
    return WHO.admin.post("/admin/adjustments/new", reason="r", description="d", category="misc",
                      amount=amount, currency_id=currency, asset_account_code=asset,
                      receiving_account_code=receiving,
                      **({"receiving_member_uid": WHO.alice.uid if uid is True else uid} if uid
                         else {}), **more)


def decide(number, action):
    return WHO.admin.post("/admin/adjustments/action", id=number, action=action)


def test_adjustment__accepted__moves_the_balance_once():
    before = has(WHO.alice, "btc")
    row = ok(ask("1.5"))
    assert row["state"] == "pending" and "asset" not in row and "validator_uid" not in row
    assert has(WHO.alice, "btc") == before
    row = ok(decide(row["id"], "accept"))
    assert row["state"] == "accepted" and row["validator_uid"] == WHO.admin.uid
    for side, code in (("asset", 102), ("liability", 202)):
        assert (row[side]["code"], row[side]["credit"], row[side]["debit"]) == (code, "1.5", "0.0")
        assert (row[side]["reference_type"], row[side]["rid"]) == ("adjustment", row["id"])
    assert row["liability"]["uid"] == WHO.alice.uid and "uid" not in row["asset"]
    assert has(WHO.alice, "btc") == before + Decimal("1.5")
    errors(decide(row["id"], "accept"), "admin.adjustment.cannot_perform_accept_action")
    errors(decide(row["id"], "reject"), "admin.adjustment.cannot_perform_reject_action")
    ok(decide(ok(ask("-1.5"))["id"], "accept"))
    assert has(WHO.alice, "btc") == before
    assert ok(WHO.admin.get(f"/admin/adjustments/{row['id']}"), 200) == row


def test_adjustment__accepted_by_many_at_once__is_booked_once():
    before = has(WHO.alice, "btc")
    number = ok(ask("1"))["id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: decide(number, "accept").status_code, range(16)))
    assert sorted(answers) == [201] + [422] * 15
    assert has(WHO.alice, "btc") == before + 1
    ok(decide(ok(ask("-1"))["id"], "accept"))


def test_adjustment__more_than_there_is__stays_pending():
    number = ok(ask("-99999999"))["id"]
    errors(decide(number, "accept"), "admin.adjustment.user_insufficient_balance")
    assert ok(WHO.admin.get(f"/admin/adjustments/{number}"), 200)["state"] == "pending"
    assert ok(decide(number, "reject"))["state"] == "rejected"


def test_adjustment__revenue_and_expense__the_sides_of_the_books():
    revenue = ok(decide(ok(ask("2", receiving=302, uid=None))["id"], "accept"))
    assert revenue["asset"]["credit"] == "2.0" and revenue["revenue"]["credit"] == "2.0"
    expense = ok(decide(ok(ask("2", receiving=402, uid=None))["id"], "accept"))
    assert expense["asset"]["credit"] == "2.0" and expense["expense"]["debit"] == "2.0"
    assert expense["receiving_account_code"] == "402" and "receiving_member_uid" not in expense
    for receiving in (302, 402):
        ok(decide(ok(ask("-2", receiving=receiving, uid=None))["id"], "accept"))


def test_adjustment_new__mistakes__their_codes():
    errors(ask("1", uid=None), "admin.adjustment.missing_receiving_member_uid")
    errors(ask("1", receiving=402), "admin.adjustment.redundant_receiving_member_uid")
    errors(ask("1", uid="nobody"), "admin.user.doesnt_exist")
    errors(ask("1", asset=101), "admin.adjustment.invalid_asset_account_code")
    errors(ask("1", receiving=201), "admin.adjustment.invalid_receiving_account_code")
    errors(ask("0"), "Amount must be other than 0")
    errors(decide("x", "maybe"), "admin.adjustment.non_integer_id",
           "admin.adjustment.invalid_action")
    errors(WHO.admin.get("/admin/adjustments/x"), "account.adjustment.non_integer_id")
    errors(WHO.admin.get("/admin/adjustments", state="x", category="y", range="z", **{"from": "a"}),
           "admin.adjustment.invalid_action", "admin.adjustment.invalid_category", "value",
           "admin.filter.range_from_invalid")


# ---- internal transfers ----

def send(amount, to, otp=123456, currency="btc"):
    return WHO.alice.post("/account/internal_transfers", currency=currency, amount=amount, otp=otp,
                      username_or_uid=to)


def test_internal_transfer__mistakes__their_codes():
    errors(WHO.alice.post("/account/internal_transfers"),
           "account.internaltransfer.missing_currency", "account.currency.doesnt_exist",
           "account.internaltransfer.missing_amount",
           "account.internal_transfer.non_positive_amount", "account.internaltransfer.missing_otp",
           "account.internaltransfer.empty_otp",
           "account.internaltransfer.missing_username_or_uid",
           "account.internaltransfer.empty_username_or_uid")
    errors(send("x", "bob", otp="y", currency="zz"), "account.currency.doesnt_exist",
           "account.internal_transfer.non_decimal_amount",
           "account.internal_transfer.non_positive_amount",
           "account.internal_transfer.non_integer_otp")
    errors(send("1", "nobody"), "account.internal_transfer.receiver_not_found")


def test_internal_transfer__code_that_nobody_can_verify__is_refused():
    response = send("0.5", WHO.bob.uid)
    if response.status_code == 201:
        pytest.skip("INTERNAL_TRANSFER_OTP=ignore on this stack")
    errors(response, "account.internal_transfer.invalid_otp")


@pytest.fixture
def codes_are_ignored():
    with WORLD.accounting_with(INTERNAL_TRANSFER_OTP="ignore"):
        yield


@pytest.mark.outage
def test_internal_transfer__between_members__moves_both_balances(codes_are_ignored):
    errors(send("1", WHO.alice.uid), "account.internal_transfer.can_not_tranfer_to_yourself")
    errors(send("99999999", WHO.bob.uid), "account.internal_transfer.insufficient_balance")
    mine, theirs = has(WHO.alice, "btc"), has(WHO.bob, "btc")
    row = ok(send("1.25", WHO.bob.uid, currency="BTC"))
    assert (row["amount"], row["direction"], row["status"]) == ("1.25", "in", "completed")
    assert (has(WHO.alice, "btc"), has(WHO.bob, "btc")) == \
        (mine - Decimal("1.25"), theirs + Decimal("1.25"))
    sent = ok(WHO.alice.get("/account/internal_transfers", limit=1), 200)[0]
    got = ok(WHO.bob.get("/account/internal_transfers", limit=1, sender=WHO.alice.uid), 200)[0]
    assert (sent["direction"], got["direction"]) == ("out", "in")
    assert {**sent, "direction": 0} == {**got, "direction": 0}
    listed = ok(WHO.admin.get("/admin/internal_transfers", sender=WHO.alice.uid, receiver=WHO.bob.uid), 200)
    assert listed[0]["amount"] == "1.25" and "id" in listed[0]


def test_internal_transfer_list__odd_paging__means_ten_rows():
    response = WHO.alice.get("/account/internal_transfers", limit="x", page="y")
    assert response.headers["Per-Page"] == "10" and response.headers["Page"] == "1"
    errors(WHO.admin.get("/admin/internal_transfers", sender="nobody"), "admin.receiver.doesnt_exist")


# ---- who may ----

@pytest.mark.parametrize("method, path", [
    ("GET", "/admin/currencies"), ("POST", "/admin/currencies/new"), ("GET", "/admin/engines"),
    ("GET", "/admin/blockchain_currencies"), ("POST", "/admin/withdraw_limits"),
    ("GET", "/admin/adjustments"), ("GET", "/admin/internal_transfers")])
def test_permission__member__is_refused(method, path):
    good = {"code": name(), "limit_24_hour": 1, "limit_1_month": 1} if method == "POST" else {}
    errors(WHO.alice.call(method, path, **({"json": good} if good else {})), "admin.ability.not_permitted", status=403)


def test_permission__roles__as_the_table_of_the_contract_says(market):
    technical = Member(role="technical")
    accountant = Member(role="accountant")
    assert technical.get("/admin/engines").status_code == 200
    assert technical.post("/admin/markets/update", id=market, max_price="98").status_code == 201
    errors(technical.get("/admin/adjustments"), "admin.ability.not_permitted", status=403)
    assert accountant.get("/admin/adjustments").status_code == 200
    errors(accountant.post("/admin/markets/update", id=market, max_price="97"),
           "admin.ability.not_permitted", status=403)
    errors(accountant.post("/admin/adjustments/action", id=1, action="accept"),
           "admin.ability.not_permitted", status=403)
    response = requests.get(WORLD.api + "/admin/currencies")
    errors(response, "jwt.decode_and_verify", status=401)

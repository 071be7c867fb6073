"""What administrators and the matching worker read: orders, trades, operations, members, balances, snapshots."""

import secrets
import threading
import time
from decimal import Decimal

import jwt
import requests

from members import Member, errors, private_key, seeded, settled
from world import WORLD, wait_for

API = WORLD.api


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

"""Money is spent once and an order is made once, however many ask at the same moment (L-02 to
L-08)."""

import json
import secrets
import time
from decimal import Decimal

from members import Member, errors, funded, manage, new_uid, settled, transfer_operation
from wire import burst, member_request, request_bytes
from world import WORLD

from management import Signer

ORDERS = "/api/v2/market/orders"
SELL_ALL = {"market": "btcusd", "side": "sell", "volume": "1", "price": "900000"}


def statuses(answers):
    counts = {}
    for answer in answers:
        counts[answer.status_code] = counts.get(answer.status_code, 0) + 1
    return counts


def key():
    return "k-" + secrets.token_hex(8)


def orders_of(client_order_id):
    return WORLD.sql("SELECT COUNT(*) FROM orders WHERE client_order_id = %s",
                     client_order_id)[0][0]


# ---- one balance, many hands ----

def test_of_200_orders_over_one_balance_one_is_accepted():
    """L-02: 200 clients, one account, each wants all of it at the same instant."""
    member = funded(btc="1")
    answers = burst(WORLD.api_port, [member_request(member, "POST", ORDERS, SELL_ALL)] * 200)
    assert statuses(answers) == {201: 1, 422: 199}
    refusals = {answer.text for answer in answers if answer.status_code == 422}
    assert refusals == {'{"errors":["market.account.insufficient_balance"]}'}
    assert member.balance("btc") == (0, 1)


def test_orders_and_transfers_over_one_balance_succeed_once():
    """L-02, mixed: orders and transfers of other servers want the same money."""
    member, receiver = funded(btc="1"), Member()
    assert receiver.get("/account/members/me").status_code == 200
    signer = Signer("local", WORLD.file("keys/management.key").read_text())
    requests = []
    for _ in range(100):
        requests.append(member_request(member, "POST", ORDERS, SELL_ALL))
        document = signer.document({
            "key": secrets.token_hex(8), "category": "purchases", "description": "",
            "operations": [transfer_operation(member.uid, receiver.uid, "btc", "1")]})
        requests.append(request_bytes("POST", "/api/v2/management/transfers/new",
                                      json.loads(document)))
    answers = burst(WORLD.api_port, requests)
    assert statuses(answers) == {201: 1, 422: 199}
    sent = sum(answer.status_code == 201 for answer in answers[1::2])
    assert member.balance("btc") == (0, 1 - sent)
    assert receiver.balance("btc") == (sent, 0)
    refused = [answer.text for answer in answers[1::2] if answer.status_code == 422]
    assert all("insufficient" in text for text in refused), refused[0]


def test_many_small_orders_never_overdraw():
    """L-02: what fits is accepted, to the last unit, and nothing more."""
    member = funded(usd="1000")
    body = {"market": "btcusd", "side": "buy", "volume": "0.07", "price": "1000"}
    answers = burst(WORLD.api_port, [member_request(member, "POST", ORDERS, body)] * 100)
    assert statuses(answers) == {201: 14, 422: 86}
    assert member.balance("usd") == (Decimal("20"), Decimal("980"))


# ---- one client order id, many requests ----

def test_100_requests_with_one_client_order_id_make_one_order():
    """L-04: one effect, and every answer shows it."""
    member, body = funded(btc="1"), {**SELL_ALL, "volume": "0.001", "client_order_id": key()}
    answers = burst(WORLD.api_port, [member_request(member, "POST", ORDERS, body)] * 100)
    assert statuses(answers) == {201: 100}
    shown = [answer.json() for answer in answers]
    assert len({order["id"] for order in shown}) == len({order["uuid"] for order in shown}) == 1
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
    assert replayed.count(None) == 1 and replayed.count("true") == 99
    assert orders_of(body["client_order_id"]) == 1
    assert member.balance("btc") == (Decimal("0.999"), Decimal("0.001"))


def test_changed_body_under_a_known_id_is_refused():
    """L-04: every changed field is another order, and says so, never silently the first one."""
    member = funded(btc="5", usd="100000")
    body = {**SELL_ALL, "client_order_id": key(), "time_in_force": "gtc"}
    first = member.post("/market/orders", **body)
    assert first.status_code == 201
    for change in ({"volume": "1.5"}, {"price": "900001"}, {"side": "buy", "price": "1"},
                   {"market": "btceur"}, {"time_in_force": "ioc"}, {"ord_type": "post_only"},
                   {"ord_type": "stop_limit", "stop_price": "100"},
                   {"self_trade_prevention": "cancel_oldest"}):
        answer = member.post("/market/orders", **{**body, **change})
        assert errors(answer) == ["market.order.client_order_id_reused"], change
    for same in ({"volume": "1.000"}, {"price": "900000.00"}, {}):
        again = member.post("/market/orders", **{**body, **same})
        assert again.status_code == 201 and again.json()["id"] == first.json()["id"]
    assert member.balance("btc") == (4, 1)


def test_id_of_a_closed_order_still_answers_with_it():
    """L-04: later is no other order, even when the first one is long cancelled."""
    member, body = funded(btc="1"), {**SELL_ALL, "client_order_id": key()}
    first = member.post("/market/orders", **body).json()
    member.cancel(first["id"])
    settled(member, first["id"], "cancel")
    again = member.post("/market/orders", **body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.json()["id"], again.json()["state"]) == (first["id"], "cancel")
    assert member.balance("btc") == (1, 0)


def test_refused_order_does_not_use_up_its_id():
    """L-06: a refusal had no effect, so the same id may succeed later."""
    member, body = funded(btc="0.5"), {**SELL_ALL, "client_order_id": key()}
    assert errors(member.post("/market/orders", **body)) == ["market.account.insufficient_balance"]
    answer = manage("/transfers/new", {
        "key": secrets.token_hex(8), "category": "refund", "description": "",
        "operations": [transfer_operation(funded(btc="1").uid, member.uid, "btc", "0.5")]})
    assert answer.status_code == 201, answer.text
    again = member.post("/market/orders", **body)
    assert again.status_code == 201 and "Idempotent-Replayed" not in again.headers


def test_the_id_of_another_member_is_another_id():
    """L-07: no leak and no collision between members."""
    owner, other, client_order_id = funded(btc="1"), funded(btc="1"), key()
    first = owner.post("/market/orders", **{**SELL_ALL, "client_order_id": client_order_id})
    second = other.post("/market/orders", **{**SELL_ALL, "price": "910000",
                                             "client_order_id": client_order_id})
    assert first.status_code == second.status_code == 201
    assert "Idempotent-Replayed" not in second.headers
    assert second.json()["id"] != first.json()["id"] and second.json()["price"] == "910000.0"
    assert other.get(f"/market/orders/{first.json()['id']}").status_code == 404
    broke = Member(new_uid())
    answer = broke.post("/market/orders", **{**SELL_ALL, "client_order_id": client_order_id})
    assert errors(answer) == ["market.account.insufficient_balance"]


def test_members_with_one_id_at_the_same_moment():
    """L-07 in one batch of the writer."""
    members, client_order_id = [funded(btc="1") for _ in range(8)], key()
    body = {**SELL_ALL, "client_order_id": client_order_id}
    answers = burst(WORLD.api_port, [member_request(member, "POST", ORDERS, body)
                                     for member in members for _ in range(5)])
    assert statuses(answers) == {201: 40}
    assert orders_of(client_order_id) == len({answer.json()["id"] for answer in answers}) == 8


# ---- funds are locked before an order is accepted ----

def test_with_matching_paused_50_orders_over_one_balance_are_answered_at_once():
    """L-08: the answer does not wait for the worker, and is not given before the lock."""
    member = funded(btc="1")
    with WORLD.paused("matching"):
        answers = burst(WORLD.api_port, [member_request(member, "POST", ORDERS, SELL_ALL)] * 50)
        assert statuses(answers) == {201: 1, 422: 49}
        assert member.balance("btc") == (0, 1)
    order = next(answer.json() for answer in answers if answer.status_code == 201)
    assert order["state"] == "wait"
    member.cancel(order["id"])
    settled(member, order["id"], "cancel")
    assert member.balance("btc") == (1, 0)

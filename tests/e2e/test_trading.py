"""Rules of trading as members see them: halts, races of cancels, self-trades, protection of
market orders, stop orders (M-12, M-13, M-15, M-16, M-17)."""

import threading
from decimal import Decimal

import pytest
import requests

from members import depth, errors, funded, settled
from wire import burst, member_request
from world import WORLD, wait_for

ORDERS = "/api/v2/market/orders"


def placed(member, *arguments, **more):
    answer = member.order(*arguments, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def sellers_and_buyers(count=1, **amounts):
    return [funded(**(amounts or {"ltc": "100", "usd": "100000"})) for _ in range(2 * count)]


def public_trades(market):
    return requests.get(f"{WORLD.api}/public/markets/{market}/trades", timeout=30).json()


# ---- M-12: halted markets ----

@pytest.fixture
def market_state(admin):
    def set_state(state, market="ltcusd"):
        answer = admin.post("/admin/markets/update", symbol=market, state=state)
        assert answer.status_code == 201, answer.text
    yield set_state
    set_state("enabled")


def test_halted_market_takes_cancels_and_nothing_else(market_state):
    """M-12: orders stay, cancels work, nothing fills; and it goes on where it stood."""
    first, second, taker = (funded(ltc="100", usd="100000") for _ in range(3))
    early = placed(first, "ltcusd", "sell", "1", "90")
    late = placed(second, "ltcusd", "sell", "1", "90")
    gone = placed(second, "ltcusd", "sell", "1", "91")
    stop = placed(taker, "ltcusd", "buy", "1", "95", ord_type="stop_limit", stop_price="90")
    WORLD.until_quiet()
    before = public_trades("ltcusd")

    market_state("disabled")
    for body in (("ltcusd", "buy", "1", "90"), ("ltcusd", "sell", "1", "1")):
        assert errors(taker.order(*body)) == ["market.spot_market.doesnt_exist_or_not_enabled"]
    assert second.cancel(gone["id"]).status_code == 201
    assert settled(second, gone["id"], "cancel")["executed_volume"] == "0.0"
    WORLD.until_quiet()
    assert second.balance("ltc") == (99, 1)
    assert public_trades("ltcusd") == {"errors": ["public.market.doesnt_exist"]} \
        or public_trades("ltcusd") == before
    assert [m.shown(o["id"])["state"] for m, o in ((first, early), (second, late), (taker, stop))] \
        == ["wait"] * 3

    market_state("enabled")
    bought = placed(taker, "ltcusd", "buy", "1", "90")
    settled(taker, bought["id"], "done")
    assert settled(first, early["id"], "done")["trades_count"] == 1
    # that trade set off the stop order, which takes the next one in the queue
    assert settled(taker, stop["id"], "done")["avg_price"] == "90.0"
    assert settled(second, late["id"], "done")["state"] == "done"


def test_halt_and_resume_while_orders_flow(market_state):
    """M-12 during flow: after the halt no trade follows, and every accepted order ends in one
    state."""
    members, accepted, stop = sellers_and_buyers(2), [], threading.Event()

    def trade(member, side):
        while not stop.is_set():
            answer = member.order("ltcusd", side, "0.1", "88")
            if answer.status_code == 201:
                accepted.append((member, answer.json()["id"]))

    threads = [threading.Thread(target=trade, args=(member, side))
               for member, side in zip(members, ("sell", "buy", "sell", "buy"))]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            count = len(accepted)
            wait_for(lambda: len(accepted) > count + 10, what="orders")
            market_state("disabled")
            WORLD.until_quiet()
            trades = WORLD.sql("SELECT COUNT(*) FROM trades WHERE market_id = 'ltcusd'")
            assert errors(members[0].order("ltcusd", "sell", "0.1", "88"))
            assert WORLD.sql("SELECT COUNT(*) FROM trades WHERE market_id = 'ltcusd'") == trades
            market_state("enabled")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    for member in members:
        member.post("/market/orders/cancel")
    WORLD.until_quiet()
    assert {member.shown(order_id)["state"] for member, order_id in accepted} <= {"done", "cancel"}
    assert all(member.balance(c)[1] == 0 for member in members for c in ("ltc", "usd"))


# ---- M-13: races of cancels ----

def test_cancel_against_fill_ends_in_exactly_one_way():
    """M-13: the maker cancels while the taker takes; both are told the same story."""
    maker, taker = funded(ltc="100"), funded(usd="100000")
    ways = set()
    for _ in range(25):
        order = placed(maker, "ltcusd", "sell", "1", "77")
        answers = burst(WORLD.api_port, [
            member_request(taker, "POST", ORDERS, {"market": "ltcusd", "side": "buy", "volume": "1",
                                                   "price": "77"}),
            member_request(maker, "POST", f"{ORDERS}/{order['id']}/cancel",
                           {})][::1 if _ % 2 else -1])
        assert {answer.status_code for answer in answers} == {201}
        WORLD.until_quiet()
        mine, other = maker.shown(order["id"]), taker.get("/market/orders", limit=1).json()[0]
        ways.add(mine["state"])
        if mine["state"] == "done":
            assert other["state"] == "done" and mine["executed_volume"] == "1.0"
        else:
            assert mine["state"] == "cancel" and mine["executed_volume"] == "0.0"
            assert other["state"] == "wait" and other["executed_volume"] == "0.0"
            taker.cancel(other["id"])
            settled(taker, other["id"], "cancel")
    assert ways <= {"done", "cancel"}
    assert maker.balance("ltc")[1] == taker.balance("usd")[1] == 0


def test_many_cancels_release_the_money_once():
    """M-13: cancelled twenty times at once, by id, by uuid and by cancel-all."""
    member = funded(ltc="10")
    order = placed(member, "ltcusd", "sell", "4", "77")
    paths = [f"{ORDERS}/{order[key]}/cancel" for key in ("id", "uuid")] + [f"{ORDERS}/cancel"]
    answers = burst(WORLD.api_port, [member_request(member, "POST", path,
                                                    {}) for path in paths * 7])
    assert {answer.status_code for answer in answers} == {201}
    settled(member, order["id"], "cancel")
    WORLD.until_quiet()
    assert member.balance("ltc") == (10, 0)
    again = member.cancel(order["id"])
    assert again.status_code == 201 and again.json()["state"] == "cancel"


def test_cancel_of_what_is_not_mine_or_not_there():
    """M-13: unknown and foreign orders are the same: not found."""
    owner, other = funded(ltc="1"), funded(ltc="1")
    order = placed(owner, "ltcusd", "sell", "1", "77")
    for reference in (order["id"], order["uuid"], 2 ** 62, "00000000-0000-4000-8000-000000000000"):
        assert errors(other.cancel(reference), 404) == ["record.not_found"]
    assert other.post("/market/orders/cancel").json() == []
    assert owner.shown(order["id"])["state"] == "wait"


def test_cancel_all_under_load_leaves_nothing_behind():
    """M-13: orders and cancel-all in one flood; at the end each order has one final state."""
    members = [funded(ltc="100") for _ in range(4)]
    requests_ = []
    for _ in range(15):
        for member in members:
            requests_ += [member_request(member, "POST", ORDERS, {
                "market": "ltcusd", "side": "sell", "volume": "0.5", "price": "500"})] * 2
            requests_.append(member_request(member, "POST", f"{ORDERS}/cancel",
                                            {"market": "ltcusd"}))
    answers = burst(WORLD.api_port, requests_)
    assert {answer.status_code for answer in answers} == {201}
    for member in members:
        assert member.post("/market/orders/cancel").status_code == 201
    WORLD.until_quiet()
    for member in members:
        assert member.get("/market/orders", state="wait").json() == []
        assert member.balance("ltc") == (100, 0)


# ---- M-15: self-trade prevention ----

@pytest.mark.parametrize("mode, maker_state, taker_state, left", [
    ("none", "done", "done", ("0.0", "0.0")),
    ("cancel_newest", "wait", "cancel", ("2.0", "3.0")),
    ("cancel_oldest", "cancel", "wait", ("2.0", "3.0")),
    ("decrement", "cancel", "wait", ("0.0", "1.0")),
])
def test_self_trade(mode, maker_state, taker_state, left):
    """M-15: the mode of the taker decides; without one a member may trade with himself, as
    documented."""
    member = funded(ltc="10", usd="1000")
    volumes = ("2", "2") if mode == "none" else ("2", "3")
    maker = placed(member, "ltcusd", "sell", volumes[0], "60")
    taker = placed(member, "ltcusd", "buy", volumes[1], "60", self_trade_prevention=mode)
    WORLD.until_quiet()
    shown = [member.shown(order["id"]) for order in (maker, taker)]
    assert [order["state"] for order in shown] == [maker_state, taker_state]
    assert [order["trades_count"] for order in shown] == ([1, 1] if mode == "none" else [0, 0])
    assert tuple(order["remaining_volume"] for order in shown) == left
    if mode != "none":
        locked = {"cancel_newest": (2, 0), "cancel_oldest": (0, 180), "decrement": (0, 60)}[mode]
        assert (member.balance("ltc")[1], member.balance("usd")[1]) == locked
        assert sum(member.balance("ltc")) == 10 and sum(member.balance("usd")) == 1000


def test_self_trade_prevention_spares_the_others():
    """M-15: between own orders stands one of somebody else, which is taken."""
    member, other = funded(ltc="10", usd="1000"), funded(ltc="10")
    own = placed(member, "ltcusd", "sell", "1", "60")
    theirs = placed(other, "ltcusd", "sell", "1", "61")
    taker = placed(member, "ltcusd", "buy", "1", "61", self_trade_prevention="cancel_oldest")
    assert settled(member, taker["id"], "done")["avg_price"] == "61.0"
    assert settled(other, theirs["id"], "done") and settled(member, own["id"], "cancel")


# ---- M-16: market orders ----

def test_market_order_does_not_follow_a_price_gap():
    """M-16: beyond half away from the best price nothing is taken, and every cent comes back."""
    seller, buyer = funded(ltc="10"), funded(usd="1000000")
    placed(seller, "ltcusd", "sell", "1", "100")
    placed(seller, "ltcusd", "sell", "1", "149")
    placed(seller, "ltcusd", "sell", "8", "90000")
    wait_for(lambda: len(depth("ltcusd")["asks"]) == 3)
    order = placed(buyer, "ltcusd", "buy", "10", ord_type="market")
    shown = settled(buyer, order["id"], "cancel")
    assert (shown["executed_volume"], shown["trades_count"]) == ("2.0", 2)
    WORLD.until_quiet()
    assert buyer.balance("usd") == (1000000 - 249, 0)
    assert buyer.balance("ltc")[0] == 2 * Decimal("0.998")


def test_market_sell_does_not_follow_a_price_gap():
    """M-16, the other side."""
    seller, buyer = funded(ltc="10"), funded(usd="1000000")
    placed(buyer, "ltcusd", "buy", "1", "100")
    placed(buyer, "ltcusd", "buy", "5", "1")
    wait_for(lambda: len(depth("ltcusd")["bids"]) == 2)
    order = placed(seller, "ltcusd", "sell", "5", ord_type="market")
    assert settled(seller, order["id"], "cancel")["executed_volume"] == "1.0"
    WORLD.until_quiet()
    assert seller.balance("ltc") == (9, 0)
    assert seller.balance("usd")[0] == 100 * Decimal("0.998")


def test_market_buy_spends_its_budget_and_not_more():
    """M-16: the balance ends before the volume: the rest closes, what was not spent is released."""
    seller, buyer = funded(ltc="10"), funded(usd="100")
    placed(seller, "ltcusd", "sell", "0.5", "100")
    placed(seller, "ltcusd", "sell", "0.5", "140")
    wait_for(lambda: len(depth("ltcusd")["asks"]) == 2)
    order = placed(buyer, "ltcusd", "buy", "1", ord_type="market")
    shown = settled(buyer, order["id"], "cancel")
    spent = Decimal(shown["executed_volume"]) * Decimal(shown["avg_price"])
    assert 0 < spent <= 100
    WORLD.until_quiet()
    assert buyer.balance("usd") == (100 - spent, 0)


def test_market_order_releases_its_margin():
    """M-16: ten per cent more than the estimate is locked while it is on its way, and comes
    back."""
    seller, buyer = funded(ltc="10"), funded(usd="1000")
    placed(seller, "ltcusd", "sell", "2", "100")
    wait_for(lambda: len(depth("ltcusd")["asks"]) == 1)
    with WORLD.paused("matching"):
        order = placed(buyer, "ltcusd", "buy", "2", ord_type="market")
        assert buyer.balance("usd") == (780, 220)
    settled(buyer, order["id"], "done")
    assert buyer.balance("usd") == (800, 0)


# ---- M-17: stop orders ----

def test_stop_orders_trigger_once_and_in_their_order():
    """M-17: one trade sets off several; the earlier one goes first, and none twice."""
    maker, taker = funded(ltc="100", usd="100000"), funded(ltc="100", usd="100000")
    first = placed(taker, "ltcusd", "sell", "1", "50", ord_type="stop_limit", stop_price="80")
    second = placed(taker, "ltcusd", "sell", "1", "50", ord_type="stop_limit", stop_price="80")
    lower = placed(taker, "ltcusd", "sell", "1", "50", ord_type="stop_limit", stop_price="60")
    placed(maker, "ltcusd", "buy", "1", "79")
    placed(maker, "ltcusd", "buy", "1", "78")
    placed(maker, "ltcusd", "buy", "1", "77")
    # a trade at 80: none of ours is due before it
    placed(maker, "ltcusd", "sell", "1", "80")
    assert taker.shown(first["id"])["state"] == "wait"
    placed(maker, "ltcusd", "buy", "1", "80", self_trade_prevention="none")
    WORLD.until_quiet()
    shown = [taker.shown(order["id"]) for order in (first, second, lower)]
    assert [order["state"] for order in shown] == ["done", "done", "wait"]
    assert [order["avg_price"] for order in shown[:2]] == ["79.0", "78.0"]
    assert [order["trades_count"] for order in shown] == [1, 1, 0]
    assert taker.balance("ltc") == (97, 1)


def test_stop_order_does_not_wait_when_it_is_due_already():
    """M-17: the last price is there already."""
    maker, taker = funded(ltc="100", usd="100000"), funded(ltc="100", usd="100000")
    placed(maker, "ltcusd", "sell", "2", "90")
    settled(taker, placed(taker, "ltcusd", "buy", "1", "90")["id"], "done")
    stop = placed(taker, "ltcusd", "buy", "1", ord_type="stop_market", stop_price="85")
    shown = settled(taker, stop["id"], "done")
    assert (shown["avg_price"], shown["trades_count"]) == ("90.0", 1)
    assert taker.balance("usd") == (100000 - 180, 0)


def test_waiting_stop_order_is_cancelled_with_its_funds():
    """M-17: what waits is not in the book, holds its money, and gives it back."""
    member = funded(usd="1000", ltc="5")
    stop = placed(member, "ltcusd", "buy", "2", "400", ord_type="stop_limit", stop_price="390")
    WORLD.until_quiet()
    assert member.balance("usd") == (200, 800) and depth("ltcusd")["bids"] == []
    member.cancel(stop["id"])
    settled(member, stop["id"], "cancel")
    assert member.balance("usd") == (1000, 0)

"""The coins on the chains against the books, by accounting itself (W-34): balanced through deposits, payouts and
collections; what nobody can explain stops the withdrawals of the currency until it balances or is acknowledged.

Other tests on this stack have the gateway pay without accounting, so each test here begins by acknowledging
what they left."""

from contextlib import contextmanager
from decimal import ROUND_CEILING, Decimal
from types import SimpleNamespace

import pytest

from members import Member, funded, manage
from payouts import outside_address
from world import WORLD, wait_for

pytestmark = pytest.mark.outage
LTC, ETH, SECONDS = "ltc-regtest", "eth-anvil", 180
CHAIN_OF = {"ltc": LTC, "eth": ETH, "usdt": ETH}
WHO = SimpleNamespace()


def ok(answer, *statuses):
    assert answer.status_code in (statuses or (200, 201)), f"{answer.status_code} {answer.text}"
    return answer.json()


@pytest.fixture(scope="module", autouse=True)
def watching(admin, gateway, ltc, eth):
    WHO.admin, WHO.gateway, WHO.nodes = admin, gateway, {LTC: ltc, ETH: eth}
    with WORLD.accounting_with(RECONCILE_STOP="any", RECONCILE_PAUSE_MS="100", WITHDRAW_OTP="ignore",
                               CHAIN_POLL_MS="200", COLLECT_POLL_MS="200"):
        yield


@pytest.fixture(autouse=True)
def settled(watching):
    for currency in CHAIN_OF:
        settle(currency)
    yield
    for currency in CHAIN_OF:
        settle(currency)


# ---- what accounting says ----

def standing(currency):
    rows = ok(WHO.admin.get("/admin/reconciliations", currency=currency))
    return next((row for row in rows if row["blockchain_key"] == CHAIN_OF[currency]), None)


def checked(currency, *states):
    """The standing after a check of the newest block; another block each time it is not in one of `states`."""
    node = WHO.nodes[CHAIN_OF[currency]]

    def reached():
        row = standing(currency)
        if not row or row["height"] < node.height() or row["no_verdict"]:
            return None
        if states and row["state"] not in states:
            node.mine(1)
            return None
        return row
    node.mine(1)
    return wait_for(reached, SECONDS, f"a check of {currency} with {states}: {standing(currency)}")


def acknowledge(currency, difference, comment="by a test"):
    return WHO.admin.post("/admin/reconciliations/acknowledge", blockchain_key=CHAIN_OF[currency],
                          currency=currency, difference=difference, comment=comment)


def settle(currency):
    """Balanced, with whatever difference there is."""
    def settled():
        row = checked(currency)
        return row["state"] == "balanced" or acknowledge(currency, row["difference"]).status_code == 200
    wait_for(settled, SECONDS, f"{currency} to be settled")


def lines_of(row):
    lines = ok(WHO.admin.get(f"/admin/reconciliations/runs/{row['run_id']}"))["lines"]
    return {line["name"]: Decimal(line["amount"]) for line in lines if line["currency"] == row["currency"]}


def adds_up(row):
    """The lines of a check are its difference."""
    lines = lines_of(row)
    difference, counted = lines.pop("difference"), lines.pop("counted")
    recorded = lines.pop("recorded", counted)
    return difference in (counted - sum(lines.values()), recorded - sum(lines.values()))


def take(currency, amount, to=None):
    member, where = funded(**{currency: "100"}), to or outside_address(WHO.nodes[CHAIN_OF[currency]])
    beneficiary = ok(manage("/beneficiaries", {
        "uid": member.uid, "currency": currency, "blockchain_key": CHAIN_OF[currency], "name": "mine",
        "data": {"address": where}, "state": "active"}))
    return ok(member.post("/account/withdraws", otp=123456, beneficiary_id=beneficiary["id"],
                          currency=currency, amount=amount))


def until_succeed(withdraw):
    def done():
        row = ok(WHO.admin.get(f"/admin/withdraws/{withdraw['id']}"))
        if row["state"] != "succeed":
            WHO.nodes[CHAIN_OF[row["currency"]]].mine(1)
        return row["state"] == "succeed"
    wait_for(done, SECONDS, f"withdrawal {withdraw['id']} to succeed")


def waits_in_accounting(withdraw):
    """It is stopped: not asked of the gateway, and everybody who looks is told why."""
    told = ok(WHO.admin.get(f"/admin/withdraws/{withdraw['id']}/explain"))
    assert told["state"] == "processing" and told["payout"]["request"] == "pending", told
    assert told["stopped"]["reason"] == "coins_differ" and "differ" in told["sentence"]
    status, _ = WHO.gateway.call("GET", f"/internal/payouts/withdraw-{withdraw['id']}")
    assert status == 404


# ---- all is well ----

@pytest.mark.parametrize("currency, amount, out", [("ltc", "1.25", "0.5"), ("eth", "0.75", "0.03"),
                                                   ("usdt", "250.5", "20")])
def test_deposit_collection_and_withdrawal__balance_at_every_block(currency, amount, out):
    node, member = WHO.nodes[CHAIN_OF[currency]], Member(level=3)
    ok(member.get("/account/members/me"))
    before = standing(currency)
    address = wait_for(lambda: ok(member.get(f"/account/deposit_address/{currency}",
                                             blockchain_key=CHAIN_OF[currency]))["address"],
                       SECONDS, "an address")
    withdraw = take(currency, out)
    node.pay(currency, address, amount)
    seen = {}

    def booked():
        row = checked(currency)
        assert row["state"] == "balanced" and row["difference"] == before["difference"], lines_of(row)
        assert adds_up(row)
        seen.update({name: value for name, value in lines_of(row).items() if value})
        return member.balance(currency)[0] == Decimal(amount) and \
            ok(WHO.admin.get(f"/admin/withdraws/{withdraw['id']}"))["state"] == "succeed"
    wait_for(booked, SECONDS, "the deposit and the withdrawal")
    # On its way it was explained line by line; anvil makes blocks faster than anybody looks.
    assert "in_books" in seen and ("deposits_not_final" in seen or currency != "ltc"), seen


# ---- coins that are not where the books say ----

def test_row_of_the_gateway_altered__alarm_stop_and_on_again_by_itself():
    coin = WHO.gateway.sql("SELECT t.id FROM transfers t JOIN addresses a ON a.id = t.address_id WHERE t.chain_key ="
                           " %s AND t.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM spends s WHERE s.chain_key"
                           " = t.chain_key AND s.prev_txid = t.txid AND s.prev_idx = t.idx) ORDER BY t.id LIMIT 1",
                           LTC)[0][0]
    before, log = Decimal(standing("ltc")["difference"]), WORLD.log_mark("accounting")
    WHO.gateway.sql("UPDATE transfers SET units = units + 700000000 WHERE id = %s", coin)
    try:
        once = checked("ltc", "differs", "stopped")
        stopped = checked("ltc", "stopped")
        assert abs(Decimal(stopped["difference"]) - before) == 7 and stopped["height"] >= once["height"]
        assert adds_up(stopped)
        assert "COINS DIFFER FROM THE BOOKS" in WORLD.log_since("accounting", log)
        assert WORLD.metric("accounting", "bourse_accounting_reconcile_state") >= 2
        withdraw = take("ltc", "0.3")
        checked("ltc", "stopped")
        waits_in_accounting(withdraw)
        other = take("eth", "0.03")  # another currency does not mind
        until_succeed(other)
        waits_in_accounting(withdraw)
    finally:
        WHO.gateway.sql("UPDATE transfers SET units = units - 700000000 WHERE id = %s", coin)
    checked("ltc", "balanced")
    until_succeed(withdraw)


@contextmanager
def without(address, units):
    """The coins of an address of ours are somebody else's, as if he had its key."""
    node, had = WHO.nodes[ETH], int(WHO.nodes[ETH].call("eth_getBalance", address, "latest"), 16)
    node.call("anvil_setBalance", address, hex(had - units))
    try:
        yield
    finally:
        now = int(node.call("eth_getBalance", address, "latest"), 16)
        node.call("anvil_setBalance", address, hex(now + units))


def hot():
    return WHO.gateway.sql("SELECT address FROM addresses WHERE chain_key = %s AND purpose = 'hot' AND assigned_at"
                           " IS NOT NULL AND account IS NOT NULL ORDER BY idx LIMIT 1", ETH)[0][0]


def test_coins_gone__once_is_a_warning__twice_stops__acknowledged_goes_on():
    before = Decimal(standing("eth")["difference"])
    with without(hot(), 10 ** 18):
        checked("eth", "differs", "stopped")
        stopped = checked("eth", "stopped")
        assert Decimal(stopped["difference"]) - before == -1
        withdraw = take("eth", "0.03")
        checked("eth", "stopped")
        waits_in_accounting(withdraw)
        # Only what is really there is acknowledged, by who may, and with a reason.
        other = acknowledge("eth", "-0.5")
        assert (other.status_code, other.json()) == (422, {"errors": ["admin.reconciliation.other_difference"]})
        assert acknowledge("eth", stopped["difference"], comment="").status_code == 422
        nobody = Member(level=3)
        assert nobody.post("/admin/reconciliations/acknowledge", blockchain_key=ETH, currency="eth",
                           difference="-1", comment="mine").status_code == 403
        waits_in_accounting(withdraw)
        row = ok(acknowledge("eth", standing("eth")["difference"], comment="the old key was retired"))
        assert row["state"] == "balanced" and row["acknowledged"] == row["difference"]
        noted = ok(WHO.admin.get("/admin/reconciliations/acknowledgements", limit=1))[0]
        assert (noted["comment"], noted["amount"]) == ("the old key was retired", row["difference"])
        assert noted["uid"] == WHO.admin.uid
        until_succeed(withdraw)
        assert checked("eth")["state"] == "balanced"


def payout_of(withdraw):
    return WHO.gateway.call("GET", f"/internal/payouts/withdraw-{withdraw['id']}")


def test_handed_over_and_not_signed__stopped_as_well__acknowledged_it_is_paid_once():
    node, where, address = WHO.nodes[ETH], outside_address(WHO.nodes[ETH]), hot()
    had = int(node.call("eth_getBalance", address, "latest"), 16)

    def signed():
        return WHO.gateway.sql("SELECT COUNT(*) FROM payout_payments m JOIN payout_txs x ON x.id = m.tx_id WHERE"
                               " m.payout_id = %s AND x.txid IS NOT NULL", f"withdraw-{withdraw['id']}")[0][0]
    with without(address, 10 ** 18):
        node.call("anvil_setBalance", address, "0x0")
        withdraw = take("eth", "0.03", where)  # the gateway has it, and no coins for it
        wait_for(lambda: payout_of(withdraw)[1].get("reason") == "liquidity", SECONDS, "a payout that waits")
        checked("eth", "stopped")
        wait_for(lambda: payout_of(withdraw)[1]["reason"] == "stopped", SECONDS, "a payout that is stopped")
        told = WHO.gateway.call("GET", f"/internal/explain/payout/withdraw-{withdraw['id']}")[1]["reasons"]
        assert "(stopped)" in told[0] and "Accounting stopped" in told[1], told
        # The most of them are there again: it could be paid.
        node.call("anvil_setBalance", address, hex(had - 10 ** 18))
        for name in ("blockchain", "accounting"):
            WORLD.kill(name)
            WORLD.until_ready()
            checked("eth", "stopped")
            assert (payout_of(withdraw)[1]["reason"], signed()) == ("stopped", 0)
        wait_for(lambda: WORLD.metric("blockchain", "bourse_blockchain_payouts_stopped") >= 1, SECONDS, "the metric")
        ok(acknowledge("eth", checked("eth", "stopped")["difference"]))
        WORLD.kill("accounting")
        WORLD.until_ready()
        until_succeed(withdraw)
        assert signed() == 1
        assert int(node.call("eth_getBalance", where, "latest"), 16) == int(payout_of(withdraw)[1]["units"])


def test_node_lies_once__nothing_is_stopped():
    before = standing("eth")

    def lied_once():
        """Where something on its way made another block before we looked, it was found twice."""
        with without(hot(), 10 ** 18):
            state = checked("eth", "differs", "stopped")["state"]
        row = checked("eth", "balanced")
        assert row["difference"] == before["difference"]
        return state == "differs"
    wait_for(lied_once, SECONDS, "a lie that is found once")


def test_gateway_away__no_verdict_and_nothing_changes():
    before = standing("usdt")
    with WORLD.switched_off("blockchain"):
        row = wait_for(lambda: (one := standing("usdt"))["no_verdict"] and one, SECONDS, "to hear of no verdict")
        assert (row["state"], row["difference"], row["height"]) == \
            (before["state"], before["difference"], before["height"])
    WORLD.until_ready()
    assert checked("usdt")["no_verdict"] is None


def test_tolerance__so_much_is_no_difference():
    was = standing("eth")["tolerance"]

    def tolerate(amount):
        return WHO.admin.post("/admin/reconciliations/tolerance", blockchain_key=ETH, currency="eth",
                              tolerance=amount, comment="by a test")
    for bad in ("-1", "x", "1e3", ""):
        assert tolerate(bad).status_code == 422
    # A difference has the digits of the chain, a tolerance those of the ledger.
    base = abs(Decimal(standing("eth")["difference"])).to_integral_value(ROUND_CEILING)
    assert Decimal(ok(tolerate(str(base + 2)))["tolerance"]) == base + 2
    try:
        with without(hot(), 10 ** 18):
            assert checked("eth")["state"] == "balanced"
    finally:
        ok(tolerate(was))

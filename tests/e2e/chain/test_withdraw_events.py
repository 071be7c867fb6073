"""What the gateway's signed events make of a withdrawal (W-18, W-19, W-23): waiting, sent, unknown,
confirmed, lost; told twice, late, and against what an operator decided."""

import secrets
from decimal import Decimal
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from members import funded, manage
from stand_in import Gateway
from world import WORLD, wait_for

CHAIN, SECONDS = "btc-testnet", 180
WHO = SimpleNamespace()


class Teller(Gateway):
    """Knows every address, and cancels what is asked."""

    def reply(self, method, path, body):
        parts = urlsplit(path).path.removeprefix("/internal/").split("/")
        if parts[0] == "chains" and parts[2:3] == ["addresses"] and method == "GET":
            return 200, {"valid": True, "canonical": parts[3], "ours": False, "is_contract": False}
        if parts[0] == "payouts" and parts[2:] == ["cancel"]:
            return 200, {"state": "cancelled"}
        return super().reply(method, path, body)


def position():
    return WORLD.sql("SELECT seq FROM chain_feed WHERE source = 'blockchain'")[0][0]


@pytest.fixture(scope="module", autouse=True)
def teller(admin):
    WHO.admin = admin
    with Teller() as teller, WORLD.accounting_with(**teller.settings, WITHDRAW_OTP="ignore"):
        before = position()  # the events that were on their way to accounting before are in the books
        teller.start_after(before)
        WHO.teller = teller
        yield teller
    # The stack's own gateway goes on where it was.
    WORLD.sql("UPDATE chain_feed SET seq = %s WHERE source = 'blockchain'", before)


def ok(answer, status=201):
    assert answer.status_code == status, answer.text
    return answer.json()


class Withdrawal:
    """0.001 of a new member who has 1; tell() sends an event and waits for it to be in the books."""

    def __init__(self):
        self.member = funded(btc="1")
        beneficiary = ok(manage("/beneficiaries", {
            "uid": self.member.uid, "currency": "btc", "blockchain_key": CHAIN, "name": "mine",
            "data": {"address": "tb1q" + secrets.token_hex(16)}, "state": "active"}))
        made = ok(self.member.post("/account/withdraws", otp=1, currency="btc", amount="0.001",
                                   beneficiary_id=beneficiary["id"]))
        self.id, self.payout = made["id"], f"withdraw-{made['id']}"
        wait_for(lambda: self.payout in WHO.teller.payouts, SECONDS, "the payout")

    def tell(self, state, **facts):
        number = WHO.teller.tell("payout.updated", chain=CHAIN, payout_id=self.payout, state=state,
                                 **facts)
        wait_for(lambda: position() >= number, SECONDS, f"event {number} in the books")
        return self.row

    @property
    def row(self):
        return ok(WHO.admin.get(f"/admin/withdraws/{self.id}"), 200)

    def state(self):
        return self.row["state"]

    def funds(self):
        return self.member.balance("btc")

    def parked(self):
        return WORLD.sql("SELECT reason FROM chain_parked WHERE name = 'payout.updated'"
                         " AND event LIKE %s", f"%{self.payout}\"%")


LOCKED, BACK, SPENT = ((Decimal("0.999"), Decimal("0.001")), (Decimal("1"), 0),
                       (Decimal("0.999"), 0))


def test_w23_short_hot_wallet__waits_with_a_reason_and_goes_on():
    withdrawal = Withdrawal()
    row = withdrawal.tell("waiting", reason="liquidity")
    assert (row["state"], row["reason"]) == ("skipped", "liquidity")
    assert withdrawal.tell("waiting", reason="fee")["reason"] == "fee"
    assert withdrawal.funds() == LOCKED
    row = withdrawal.tell("queued")
    assert row["state"] == "processing" and "reason" not in row
    assert withdrawal.tell("signed", txid="t1")["state"] == "confirming"
    assert withdrawal.tell("broadcast", txid="t1")["blockchain_txid"] == "t1"
    row = withdrawal.tell("broadcast", txid="t2", replaced=["t1"], height=7, confirmations=1)
    assert (row["state"], row["blockchain_txid"], row["confirmations"]) == ("confirming", "t2", 1)
    row = withdrawal.tell("confirmed", txid="t2", height=7, confirmations=3)
    assert (row["state"], row["block_number"]) == ("succeed", 7)
    assert withdrawal.funds() == SPENT


def test_w19_unknown__stays_and_is_never_refunded():
    withdrawal = Withdrawal()
    withdrawal.tell("signed", txid="u1")
    row = withdrawal.tell("unknown", txid="u1")
    assert (row["state"], row["reason"]) == ("confirming", "unknown")
    assert withdrawal.funds() == LOCKED
    assert withdrawal.tell("confirmed", txid="u1", height=9)["state"] == "succeed"


@pytest.mark.parametrize("state, ends", [("failed", "failed"), ("refused", "failed"),
                                         ("cancelled", "canceled")])
def test_lost__gives_the_funds_back_once(state, ends):
    withdrawal = Withdrawal()
    assert withdrawal.tell(state, reason="why")["state"] == ends
    assert withdrawal.funds() == BACK
    withdrawal.tell(state, reason="why")
    assert withdrawal.funds() == BACK and not withdrawal.parked()


def test_confirmed__straight_from_waiting__and_told_twice():
    withdrawal = Withdrawal()
    withdrawal.tell("waiting", reason="liquidity")
    assert withdrawal.tell("confirmed", txid="c1", height=3)["state"] == "succeed"
    withdrawal.tell("confirmed", txid="c1", height=3)
    withdrawal.tell("broadcast", txid="c1")
    assert withdrawal.state() == "succeed" and withdrawal.funds() == SPENT


def test_failed_after_it_was_sent__gives_back():
    withdrawal = Withdrawal()
    withdrawal.tell("broadcast", txid="f1")
    row = withdrawal.tell("failed", txid="f1", reason="receipt")
    assert row["state"] == "failed" and row["error"][0]["message"] == "receipt"
    assert withdrawal.funds() == BACK


def test_failed_after_it_was_confirmed__is_said_and_gives_nothing_back_by_itself():
    """W-01: the gateway's operators found that a deep reorganisation undid it."""
    withdrawal = Withdrawal()
    withdrawal.tell("confirmed", txid=secrets.token_hex(32), confirmations=6)
    after = withdrawal.funds()
    row = withdrawal.tell("failed", reason="settled_unpaid")
    assert row["state"] == "succeed" and withdrawal.funds() == after
    told = ok(WHO.admin.get(f"/admin/withdraws/{withdrawal.id}/explain"), 200)
    assert told["reason"] == "undone"
    assert not withdrawal.parked()


def test_sent_after_the_funds_were_given_back__is_parked_for_people():
    withdrawal = Withdrawal()
    withdrawal.tell("cancelled")
    withdrawal.tell("broadcast", txid="late")
    assert withdrawal.state() == "canceled" and withdrawal.parked()


def test_stopped_because_it_is_paid_by_hand__is_not_refunded():
    withdrawal = Withdrawal()
    answer = WHO.admin.post("/admin/withdraws/actions", id=withdrawal.id, action="dispatch",
                            txid="hand-" + withdrawal.payout)
    assert ok(answer)["state"] == "confirming"
    assert withdrawal.tell("cancelled")["state"] == "confirming"
    assert withdrawal.funds() == LOCKED


def test_rubbish__is_parked_and_the_next_is_applied():
    withdrawal = Withdrawal()
    withdrawal.tell("dreaming")
    assert withdrawal.parked()
    assert withdrawal.tell("broadcast", txid="r1")["state"] == "confirming"

"""Withdrawals on a real litecoind, through everything: a code of auth, accounting, the gateway and the
signer (reference 2.4, 3.3; W-18, W-19, W-23)."""

import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from members import Member, errors, funded, manage, transfer
from payouts import outside_address, received
from world import WORLD, wait_for

sys.path.append(str(Path(__file__).resolve().parents[1] / "auth"))

from visitor import signed_in, totp  # noqa: E402  (after the path is set)

CHAIN, SECONDS = "ltc-regtest", 180
WHO = SimpleNamespace()


@pytest.fixture(scope="module", autouse=True)
def callers(admin, ltc, gateway):
    """Codes are not verified here, but in the one test about them."""
    WHO.admin, WHO.node, WHO.gateway = admin, ltc, gateway
    with WORLD.accounting_with(WITHDRAW_OTP="ignore"):
        yield


def ok(answer, status=201):
    assert answer.status_code == status, answer.text
    return answer.json()


def beneficiary_of(member, where):
    return ok(manage("/beneficiaries", {
        "uid": member.uid, "currency": "ltc", "blockchain_key": CHAIN, "name": "mine",
        "data": {"address": where}, "state": "active"}))


def take(member, beneficiary, amount, otp=123456):
    return member.post("/account/withdraws", otp=otp, beneficiary_id=beneficiary["id"],
                       currency="ltc", amount=amount)


def shown(withdraw):
    return ok(WHO.admin.get(f"/admin/withdraws/{withdraw['id']}"), 200)


def until(withdraw, *states, mine=True):
    def reached():
        row = shown(withdraw)
        if row["state"] in states:
            return row
        if mine:
            WHO.node.mine(1)
        return None
    return wait_for(reached, SECONDS, f"a withdrawal in {states}: {shown(withdraw)}")


def sent_units(withdraw):
    return int((Decimal(withdraw["amount"]) - Decimal(withdraw["fee"])) * 10 ** 8)


def test_withdraw__to_an_outside_address__arrives_and_is_booked():
    member, where = funded(ltc="10"), outside_address(WHO.node)
    made = ok(take(member, beneficiary_of(member, where), "0.5"))
    assert made["state"] == "processing"
    done = until(made, "succeed")
    assert received(WHO.node, "ltc", where) == sent_units(made)
    assert done["blockchain_txid"] and done["block_number"] and done["done_at"]
    assert member.balance("ltc") == (Decimal("9.5"), 0)
    legs = WORLD.sql("SELECT code_a, amount_a, code_b, amount_b FROM ledger WHERE"
                     " reference_type = 'withdraw' AND event = 'success' AND reference_id = %s"
                     " ORDER BY id", made["id"])
    assert legs[0] == (212, Decimal("-0.5"), 102, -Decimal(made["amount"]) + Decimal(made["fee"]))
    told = ok(WHO.admin.get(f"/admin/withdraws/{made['id']}/explain"), 200)
    assert [step["to"] for step in told["steps"]][-2:] == ["confirming", "succeed"]
    assert told["payout"]["state"] == "confirmed"


def test_withdraw__cancelled_before_it_is_signed__is_never_paid():
    member, where = funded(ltc="10"), outside_address(WHO.node)
    beneficiary = beneficiary_of(member, where)
    with WORLD.paused("signer"):
        made = ok(take(member, beneficiary, "0.5"))
        answer = member.post(f"/account/withdraws/{made['id']}/cancel")
    row = until(made, "canceled", "succeed", "failed", mine=answer.status_code != 201)
    if answer.status_code == 201:
        assert row["state"] == "canceled" and member.balance("ltc") == (10, 0)
        WHO.node.mine(3)
        assert received(WHO.node, "ltc", where) == 0


def test_w18_kills_on_the_way__pay_once():
    member, where = funded(ltc="10"), outside_address(WHO.node)
    made = ok(take(member, beneficiary_of(member, where), "0.5"))
    for name in ("accounting", "blockchain", "signer", "accounting"):
        WORLD.kill(name)
        WORLD.until_ready()
    until(made, "succeed")
    WHO.node.mine(3)
    assert received(WHO.node, "ltc", where) == sent_units(made)
    assert member.balance("ltc") == (Decimal("9.5"), 0)


def test_withdraw__asks_auth_for_the_code():
    person = signed_in()
    seed, row = person.otp_enable(), person.row
    member = Member(row["uid"], email=person.email)
    assert member.get("/account/members/me").status_code == 200
    assert transfer(funded(ltc="10").uid, member.uid, ltc="5").status_code == 201
    beneficiary = beneficiary_of(member, outside_address(WHO.node))
    with WORLD.accounting_with(WITHDRAW_OTP="verify"):
        assert errors(take(member, beneficiary, "0.5", "000000")) == [
            "account.withdraw.invalid_otp"]
        code = totp(seed, 1)
        made = ok(take(member, beneficiary, "0.5", code))
        assert errors(take(member, beneficiary, "0.5", code)) == ["account.withdraw.invalid_otp"]
        with WORLD.switched_off("auth"):
            assert errors(take(member, beneficiary, "0.5", "111111")) == [
                "account.withdraw.create_error"]
    WORLD.until_ready()
    until(made, "succeed")

"""Withdrawals against a gateway that plays the contract: who asks, what comes of it, and what the books say."""

import secrets
from decimal import Decimal
from types import SimpleNamespace

import pytest

from members import funded, manage
from stand_in_gateway import Gateway
from world import WORLD, wait_for

WHO = SimpleNamespace()
CODE = 123456
CHAIN = "btc-testnet"
FEE = Decimal("0.0004")


@pytest.fixture(scope="module", autouse=True)
def gateway(stack, admin):
    """The gateway of the stack is left alone; accounting asks ours. Codes are not verified here: auth's
    part has a test of its own."""
    WHO.admin = admin
    with Gateway() as gateway:
        with WORLD.accounting_with(BLOCKCHAIN_URL=gateway.url, WITHDRAW_OTP="ignore"):
            WHO.gateway = gateway
            limit = admin.post("/admin/withdraw_limits", group="vip-0", kyc_level="3",
                               limit_24_hour="100", limit_1_month="1000")
            assert limit.status_code == 201, limit.text
            yield gateway
            admin.call("DELETE", f"/admin/withdraw_limits/{limit.json()['id']}")


@pytest.fixture(autouse=True)
def calm(gateway):
    yield
    gateway.addresses.clear()
    gateway.refuse.clear()


def address():
    return "tb1q" + secrets.token_hex(16)


def ask(member, **changes):
    body = {"currency": "btc", "blockchain_key": CHAIN, "name": "mine",
            "data": {"address": address()}, **changes}
    return member.post("/account/beneficiaries",
                       **{key: value for key, value in body.items() if value is not None})


def ok(answer, status=201):
    assert answer.status_code == status, answer.text
    return answer.json() if answer.text else None


def active(member, **changes):
    """An active beneficiary, through the management API: nobody reads mails here."""
    data = {"uid": member.uid, "currency": "btc", "blockchain_key": CHAIN, "name": "mine",
            "data": {"address": address()}, "state": "active", **changes}
    answer = manage("/beneficiaries", {key: value for key, value in data.items()
                                       if value is not None})
    return ok(answer)


def take(member, beneficiary, amount="0.001", **changes):
    body = {"otp": CODE, "beneficiary_id": beneficiary["id"], "currency": "btc", "amount": amount,
            **changes}
    return member.post("/account/withdraws",
                       **{key: value for key, value in body.items() if value is not None})


def act(withdraw, action, **more):
    return WHO.admin.post("/admin/withdraws/actions", id=withdraw["id"], action=action, **more)


def shown(withdraw):
    return ok(WHO.admin.get(f"/admin/withdraws/{withdraw['id']}"), 200)


def state_comes(withdraw, state):
    wait_for(lambda: shown(withdraw)["state"] == state, what=f"state {state}")
    return shown(withdraw)


def payout_comes(withdraw):
    name = f"withdraw-{withdraw['id']}"
    wait_for(lambda: name in WHO.gateway.payouts, what="the payout")
    return WHO.gateway.payouts[name]


def rows_of(withdraw):
    """(code, signed amount) of all ledger legs."""
    legs = []
    for a, amount_a, b, amount_b in WORLD.sql(
            "SELECT code_a, amount_a, code_b, amount_b FROM ledger WHERE reference_type = 'withdraw'"
            " AND reference_id = %s ORDER BY id", withdraw["id"]):
        legs.append((a, amount_a))
        if b is not None:
            legs.append((b, amount_b))
    return legs


@pytest.fixture(scope="module")
def member(gateway):
    return funded(btc="10", usd="1000", eth="10")

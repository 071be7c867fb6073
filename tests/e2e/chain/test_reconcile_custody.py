"""A custodian's wallet against the books (W-34): pending transfers are explained, what is missing stops, and no
answer is no verdict."""

import secrets
from decimal import Decimal

import pytest

from members import funded, manage
from test_custody_whole_way import SECONDS, WHO, chain, custody, ok
from world import WORLD, wait_for

pytestmark = pytest.mark.outage
assert chain and custody  # fixtures


@pytest.fixture(scope="module", autouse=True)
def watching(custody):
    with WORLD.accounting_with(RECONCILE_STOP="any", RECONCILE_PAUSE_MS="100", RECONCILE_CUSTODY_S="1",
                               WITHDRAW_OTP="ignore", CHAIN_POLL_MS="200"):
        yield


def standing(chain):
    rows = ok(WHO.admin.get("/admin/reconciliations", currency="btc"), 200)
    return next((row for row in rows if row["blockchain_key"] == chain.key), None)


def checked(chain, state):
    """The standing by a check that began after this call."""
    before = standing(chain)

    def reached():
        row = standing(chain)
        news = row and not row["no_verdict"] and (not before or row["run_id"] != before["run_id"])
        return row if news and row["state"] == state else None
    return wait_for(reached, SECONDS, f"{chain.key} to be {state}: {standing(chain)}")


def acknowledge(chain, row):
    return ok(WHO.admin.post("/admin/reconciliations/acknowledge", blockchain_key=chain.key, currency="btc",
                             difference=row["difference"], comment="by a test"), 200)


def take(chain, amount):
    member = funded(btc="0.1")
    friend = ok(manage("/beneficiaries", {
        "uid": member.uid, "currency": "btc", "blockchain_key": chain.key, "name": "friend",
        "data": {"address": "tb1qoutside" + secrets.token_hex(8)}, "state": "active"}))
    made = ok(member.post("/account/withdraws", otp=123456, beneficiary_id=friend["id"], currency="btc",
                          amount=amount))
    assert made["state"] == "processing", made
    return made


def tell(custody, chain, name, state):
    """By a webhook, again until it is taken, as a provider does."""
    wait_for(lambda: custody.webhook(chain.hook, name, state).status_code == 200, SECONDS, "a webhook to be taken")


def until_sent(custody, withdraw):
    return wait_for(lambda: custody.sent.get(f"withdraw-{withdraw['id']}"), SECONDS, "the payment")


def until_succeed(chain, custody, withdraw):
    name = f"withdraw-{withdraw['id']}"
    until_sent(custody, withdraw)
    custody.confirm(name)
    tell(custody, chain, custody.sent[name]["id"], "confirmed")
    wait_for(lambda: ok(WHO.admin.get(f"/admin/withdraws/{withdraw['id']}"), 200)["state"] == "succeed", SECONDS,
             "the withdrawal")


def test_custody__balanced_over_deposits_and_payments__red_when_coins_vanish__on_by_acknowledgement(custody, chain):
    # What the wallet held before we knew it is taken on once.
    first = checked(chain, "stopped")
    assert Decimal(first["difference"]) == Decimal(custody.balance).scaleb(-8)
    assert acknowledge(chain, first)["state"] == "balanced"

    member = funded(btc="0.1")
    address = wait_for(lambda: member.get("/account/deposit_address/btc",
                                          blockchain_key=chain.key).json().get("address"), SECONDS, "an address")
    custody.receive("r1", address, 5_000_000)
    custody.balance += 5_000_000
    tell(custody, chain, "r1", "unconfirmed")
    assert checked(chain, "balanced")["difference"] == first["difference"]
    custody.transfers["r1"]["state"] = "confirmed"
    tell(custody, chain, "r1", "confirmed")
    wait_for(lambda: sum(member.balance("btc")) == Decimal("0.15"), SECONDS, "the deposit")
    assert checked(chain, "balanced")["difference"] == first["difference"]

    withdraw = take(chain, "0.001")
    until_sent(custody, withdraw)  # and not confirmed: gone from the wallet, not from the books
    assert checked(chain, "balanced")["difference"] == first["difference"]
    until_succeed(chain, custody, withdraw)
    assert checked(chain, "balanced")["difference"] == first["difference"]

    # No answer: neither a difference nor a check that went well.
    custody.is_away = True
    silent = wait_for(lambda: (row := standing(chain))["no_verdict"] and row, SECONDS, "to hear of no verdict")
    assert (silent["state"], silent["difference"]) == ("balanced", first["difference"])
    custody.is_away = False

    # Somebody took coins out of the wallet.
    custody.balance -= 30_000_000
    stopped = checked(chain, "stopped")
    assert Decimal(stopped["difference"]) == Decimal(first["difference"]) - Decimal("0.3")
    custody.is_away = True  # nor does silence let anything go on
    wait_for(lambda: standing(chain)["no_verdict"], SECONDS, "to hear of no verdict")
    assert standing(chain)["state"] == "stopped"
    custody.is_away = False
    stopped = checked(chain, "stopped")
    assert acknowledge(chain, stopped)["state"] == "balanced"
    assert checked(chain, "balanced")["difference"] == stopped["difference"]

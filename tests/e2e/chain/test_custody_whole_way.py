"""A coin behind a custodian, the whole way: deposited by a webhook through the edge, credited, withdrawn by
accounting's API, paid by the custodian, booked with its fee; and the doors for the custodian's webhooks."""

import json
import secrets
from decimal import Decimal
from types import SimpleNamespace

import pytest

import custody as provider
from gateway import gateway
from members import funded, manage
from world import WORLD, wait_for

pytestmark = pytest.mark.outage  # services are restarted with other settings
SECONDS = 180
WHO = SimpleNamespace()


def ok(answer, status=201):
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def custody(stack, admin):
    WHO.admin, WHO.edge = admin, WORLD.edge.split("/api/")[0]
    with provider.Custody() as custody, WORLD.accounting_with(WITHDRAW_OTP="ignore"), WORLD.service_with(
            "blockchain", CUSTODY_WEBHOOK_SECRET=provider.SECRET, CUSTODY_LOOK_MAX_S="1", PAYOUT_POLL_MS="100",
            CATALOGUE_POLL_MS="100", CUSTODY_WEBHOOK_URL=f"{WHO.edge}/webhooks/"):
        custody.balance = 10**10
        yield custody


@pytest.fixture(scope="module")
def chain(custody):
    key = "cst-" + secrets.token_hex(3)
    row = ok(WHO.admin.post("/admin/blockchains/new", key=key, name=key, client="bitgo", height=1,
                            server=custody.url, min_confirmations=3))
    ok(WHO.admin.post("/admin/blockchain_currencies/new", currency_id="btc", blockchain_key=key,
                      base_factor=10**8, min_deposit_amount="0.0001", min_withdraw_amount="0.0001",
                      withdraw_fee="0.0001"))
    for kind in ("deposit", "hot"):
        ok(WHO.admin.post("/admin/wallets/new", blockchain_key=key, name=f"{key}-{kind}", kind=kind,
                          gateway="bitgo", currencies=["btc"], address="" if kind == "deposit" else
                          address_of(key), max_balance="1000", status="active"))
    yield SimpleNamespace(key=key, hook=f"{WHO.edge}/webhooks/{key}")
    ok(WHO.admin.post("/admin/blockchains/update", id=row["id"], status="disabled"))


def address_of(key):
    def given():
        answer = gateway("PUT", f"/internal/chains/{key}/addresses/hot-{key}", {"purpose": "hot", "owner": "hot"})
        return answer.status_code in (200, 201) and answer.json()["address"]
    return wait_for(given, SECONDS, "a hot address of the custodian")


def explain(name):
    return ok(gateway("GET", f"/internal/explain/payout/{name}"), 200)


def test_webhooks_are_registered_once(custody, chain):
    url = f"{WHO.edge}/webhooks/{chain.key}"
    wait_for(lambda: len(custody.webhooks) == 3, SECONDS, "three webhooks")
    looks = custody.calls.count(("GET", f"{custody.prefix}/webhooks"))
    WORLD.kill("blockchain")
    wait_for(lambda: custody.calls.count(("GET", f"{custody.prefix}/webhooks")) > looks, SECONDS,
             "another look at them")
    WORLD.until_ready()
    assert sorted(hook["type"] for hook in custody.webhooks) == ["address_confirmation", "pendingapproval",
                                                                 "transfer"]
    assert {hook["url"] for hook in custody.webhooks} == {url}


def test_a_deposit__by_a_webhook_through_the_edge__is_credited(custody, chain):
    member = funded(btc="0.1")
    address = wait_for(lambda: member.get("/account/deposit_address/btc",
                                          blockchain_key=chain.key).json().get("address"), SECONDS, "an address")
    assert address in custody.addresses
    custody.receive("d1", address, 5_000_000, state="confirmed")
    assert custody.webhook(chain.hook, "d1", "confirmed", secret="wrong").status_code == 403
    assert custody.webhook(chain.hook, "d1", "confirmed").status_code == 200
    wait_for(lambda: sum(member.balance("btc")) == Decimal("0.15"), SECONDS, "the deposit")


def test_a_deposit__handed_over_by_accounting__is_credited(custody, chain):
    member = funded(btc="0.1")
    address = wait_for(lambda: member.get("/account/deposit_address/btc",
                                          blockchain_key=chain.key).json().get("address"), SECONDS, "an address")
    custody.receive("d2", address, 7_000_000, state="confirmed")
    body = json.dumps({"type": "transfer", "wallet": custody.wallet, "transfer": "d2", "state": "confirmed"}).encode()
    door = f"{WORLD.edge}/public/webhooks/bitgo/deposit"
    assert custody.post(door, body, secret="wrong").status_code == 422
    assert custody.post(door.replace("bitgo", "other"), body).status_code == 422
    assert custody.post(door, body.replace(custody.wallet.encode(), b"f" * 24)).status_code == 422
    assert custody.post(door, body).status_code == 200
    wait_for(lambda: sum(member.balance("btc")) == Decimal("0.17"), SECONDS, "the deposit")


def test_a_withdrawal__approved_there_and_paid__is_booked_with_its_fee(custody, chain):
    member, where = funded(btc="0.1"), "tb1qoutside" + secrets.token_hex(8)
    friend = ok(manage("/beneficiaries", {
        "uid": member.uid, "currency": "btc", "blockchain_key": chain.key, "name": "friend",
        "data": {"address": where}, "state": "active"}))
    custody.needs_approval = True
    made = ok(member.post("/account/withdraws", otp=123456, beneficiary_id=friend["id"], currency="btc",
                          amount="0.001"))
    assert made["state"] == "processing", made
    name = f"withdraw-{made['id']}"

    def shown():
        return ok(WHO.admin.get(f"/admin/withdraws/{made['id']}"), 200)

    wait_for(lambda: name in custody.sent, SECONDS, "the payment")
    wait_for(lambda: shown().get("reason") == "custodian_approval", SECONDS, "the reason")
    story = explain(name)
    assert story["payout"]["state"] == "signed" and story["custody"]["asked"] == 1
    assert any("approve" in line for line in story["reasons"])
    custody.decide(name, "approved")
    custody.confirm(name)
    assert custody.webhook(chain.hook, custody.sent[name]["id"], "confirmed").status_code == 200
    done = wait_for(lambda: (row := shown())["state"] == "succeed" and row, SECONDS, "the withdrawal")
    assert done["blockchain_txid"] == custody.sent[name]["txid"]
    assert custody.paid(where) == (Decimal(made["amount"]) - Decimal(made["fee"])) * 10**8
    assert member.balance("btc") == (Decimal("0.099"), 0)
    fee = wait_for(lambda: WORLD.sql(
        "SELECT JSON_VALUE(body, '$.units') FROM bourse_blockchain.events WHERE name = 'network_fee.paid' AND "
        "JSON_VALUE(body, '$.payout_id') = %s", name), SECONDS, "the fee")
    assert fee == ((str(provider.FEE),),)
    assert explain(name)["custody"]["said"] == "confirmed"
    told = WORLD.service("blockchain", "--explain-payout", name)
    assert told.returncode == 0 and "It is paid." in told.stdout, told.stdout + told.stderr
    assert WORLD.metric("blockchain", "bourse_blockchain_spent_millionths_total") > 0


def test_the_uniform_api__tells_fees_and_holdings(custody, chain):
    assert ok(gateway("GET", f"/internal/chains/{chain.key}/fees?speed=fast"), 200)["per_unit"] == 10000
    [row] = ok(gateway("GET", f"/internal/chains/{chain.key}/holdings"), 200)
    assert row["units"] == str(custody.balance)

"""A chain behind a custody provider: addresses that it makes, webhooks true and forged, and transfers that are
believed only when the provider was asked.
"""

import pytest
import requests

import custody as provider
from gateway import SECONDS, gateway, stood_in
from world import WORLD, wait_for

pytestmark = pytest.mark.outage  # the gateway is restarted with other settings


@pytest.fixture(scope="module")
def stand(stack):
    with stood_in(CUSTODY_WEBHOOK_SECRET=provider.SECRET, CUSTODY_LIST_S="3600") as stand:
        yield stand


@pytest.fixture
def custody():
    with provider.Custody() as custody:
        yield custody


@pytest.fixture
def chain(stand, custody):
    chain = stand.chain(servers=[custody.url], start_height=1, client="bitgo", min_confirmations=3)
    chain.until_ready()
    yield chain
    chain.change(status="disabled")


def hook(chain):
    return f"http://127.0.0.1:{WORLD.port_base + 13}/webhooks/{chain.key}"


def notices(chain):
    """(transfer, state, is done)"""
    return WORLD.sql("SELECT transfer_id, state, next_try_at IS NULL FROM bourse_blockchain.custody_notices "
                     "WHERE chain_key = %s ORDER BY id", chain.key)


def until_done(chain, count):
    wait_for(lambda: sum(done for _, _, done in notices(chain)) == count, SECONDS, f"{count} notices to be done")


def test_addresses_are_the_providers(chain, custody):
    address = chain.address("custody-1", owner="IDC1")
    assert address in custody.addresses
    assert chain.address("custody-1", owner="IDC1") == address
    assert chain.address("custody-2") != address


def test_an_address_that_comes_later_is_not_asked_for_twice(stand, custody):
    custody.makes_late = True
    chain = stand.chain(servers=[custody.url], start_height=1, client="bitgo")
    chain.until_ready()
    wait_for(lambda: any(path.startswith(f"{custody.prefix}/address/") for _, path in custody.calls), SECONDS,
             "the gateway to ask for the late address")
    assert len(custody.late) == 1
    [late] = custody.late
    custody.makes_late = False
    custody.late[late] = "tb1qlateaddress"
    assert chain.address() == "tb1qlateaddress"
    chain.change(status="disabled")


def test_a_transfer_is_seen_and_confirmed_once(chain, custody):
    address = chain.address(owner="IDC2")
    transfer = custody.receive("t1", address, 5000)
    assert custody.webhook(hook(chain), "t1", "unconfirmed").status_code == 200
    [seen] = chain.until_events("transfer.seen", address)
    assert (seen["units"], seen["txid"], seen["index"], seen["owner"]) == ("5000", transfer["txid"], 1, "IDC2")
    transfer["state"] = "confirmed"
    for _ in range(3):
        assert custody.webhook(hook(chain), "t1", "confirmed").status_code == 200
    [confirmed] = chain.until_events("transfer.confirmed", address)
    assert confirmed["transfer_id"] == seen["transfer_id"] and confirmed["confirmations"] == 3
    until_done(chain, 2)
    assert len(notices(chain)) == 2
    assert len(chain.transfers("transfer.confirmed", address)) == len(chain.transfers("transfer.seen", address)) == 1


def test_a_webhook_alone_credits_nothing(chain, custody):
    """It says confirmed; the provider says unconfirmed, or knows nothing of it."""
    address = chain.address()
    transfer = custody.receive("t2", address, 7000)
    custody.webhook(hook(chain), "t2", "confirmed")
    custody.webhook(hook(chain), "t3", "confirmed")
    wait_for(lambda: all(tries for (tries,) in WORLD.sql(
        "SELECT tries FROM bourse_blockchain.custody_notices WHERE chain_key = %s AND transfer_id IN ('t2', 't3')",
        chain.key)), SECONDS, "both to be looked at")
    assert not chain.transfers("transfer.confirmed", address)
    assert [event["units"] for event in chain.transfers("transfer.seen", address)] == ["7000"]
    transfer["state"] = "confirmed"  # it was told before it was shown: nobody tells it again
    chain.until_events("transfer.confirmed", address)


def test_a_pending_approval_is_no_transfer(chain, custody):
    address = chain.address()
    custody.receive("t4", address, 7000, state="pendingApproval")
    custody.webhook(hook(chain), "t4", "pendingApproval")
    until_done(chain, 1)
    assert not chain.transfers("transfer.seen", address)


def test_a_transfer_that_is_removed_is_reverted(chain, custody):
    address = chain.address()
    transfer = custody.receive("t5", address, 9, state="confirmed")
    custody.webhook(hook(chain), "t5", "confirmed")
    chain.until_events("transfer.confirmed", address)
    transfer["state"] = "removed"
    custody.webhook(hook(chain), "t5", "removed")
    [reverted] = chain.until_events("transfer.reverted", address)
    assert reverted["was"] == "confirmed"


def test_forged_webhooks_are_refused_and_leave_nothing(chain, custody):
    address = chain.address()
    custody.receive("t6", address, 9, state="confirmed")
    assert custody.webhook(hook(chain), "t6", "confirmed", secret="wrong").status_code == 403
    assert requests.post(hook(chain), json={"type": "transfer"}, timeout=30).status_code == 403
    signed = custody.webhook(hook(chain), "../t6", "confirmed")
    assert signed.status_code == 422
    assert custody.webhook(hook(chain) + "x", "t6", "confirmed").status_code == 403
    assert notices(chain) == ()
    assert custody.webhook(hook(chain), "t6", "confirmed").status_code == 200
    chain.until_events("transfer.confirmed", address)


def test_a_provider_that_is_away_is_asked_again(chain, custody):
    address = chain.address()
    custody.receive("t7", address, 11, state="confirmed")
    custody.is_away = True
    assert custody.webhook(hook(chain), "t7", "confirmed").status_code == 200
    asked = len(custody.calls)
    wait_for(lambda: len(custody.calls) > asked, SECONDS, "the gateway to ask")
    custody.is_away = False
    assert [event["units"] for event in chain.until_events("transfer.confirmed", address)] == ["11"]


def test_the_balance_is_that_of_the_wallet_and_no_secret_is_shown(chain, custody):
    address = chain.address()
    answer = gateway("GET", f"/internal/chains/{chain.key}/balances?address={address}")
    assert answer.json() == {"units": "123456"}
    shown = gateway("GET", f"/internal/chains/{chain.key}").text
    log = WORLD.file("log/blockchain.log").read_text(errors="replace")
    for secret in (provider.TOKEN, provider.SECRET):
        assert secret not in shown and secret not in log

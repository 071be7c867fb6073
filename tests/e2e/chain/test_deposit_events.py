"""What the world hears of deposits: signed events, the member's websocket; and coins that are spendable
only when they are collected (PEATIO_DEPOSIT_FUNDS_LOCKED)."""

import base64
import json
from contextlib import contextmanager
from decimal import Decimal

import pytest

import deposit_world as deposits
from deposit_world import CHAIN, CONFIRM_S, WHO, Depositor, ok, row_of, until
from members import Member
from stand_in import Gateway, hexadecimal
from world import WORLD, wait_for


@contextmanager
def standing_in(**settings):
    """The stand-in gateway, for the time of the block."""
    with Gateway() as gateway, WORLD.accounting_with(**{**gateway.settings, **settings}):
        before = deposits.position()  # the events that were on their way to accounting before are in the books
        gateway.start_after(before)
        wallet = ok(WHO.admin.post("/admin/wallets/new", name="d" + hexadecimal(4), kind="deposit", gateway="geth",
                                   blockchain_key=CHAIN, currencies=["eth"]))
        try:
            yield gateway
        finally:
            ok(WHO.admin.post("/admin/wallets/update", id=wallet["id"], status="disabled"))
    WORLD.sql("UPDATE chain_feed SET seq = %s WHERE source = 'blockchain'", before)


@pytest.fixture(autouse=True)
def callers(admin, alice):
    WHO.admin, WHO.alice = admin, alice


def listen(channel, exchange, *keys):
    """A function that gives all that came: [(routing key, body)]."""
    queue, seen = channel.queue_declare("", exclusive=True).method.queue, []
    for key in keys:
        channel.queue_bind(queue, exchange, key)

    def read():
        while (got := channel.basic_get(queue, auto_ack=True))[0]:
            seen.append((got[0].routing_key, json.loads(got[2])))
        return seen
    return read


def event_of(document):
    payload = document["payload"]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["event"]


def test_events__created_updated_reverted_and_the_address(admin):
    with standing_in() as gateway, WORLD.broker() as channel:
        member = Member(level=3)
        ok(member.get("/account/members/me"), 200)
        private = listen(channel, "peatio.events.ranger", f"private.{member.uid}.deposit_address")
        model = listen(channel, "peatio.events.model", "deposit.created", "deposit.updated", "deposit.reverted")
        address = ok(member.get("/account/deposit_address/eth", blockchain_key=CHAIN), 200)["address"]
        wait_for(lambda: private() == [(f"private.{member.uid}.deposit_address", {
            "type": "create", "currencies": ["eth"], "blockchain_key": CHAIN, "address": address})], CONFIRM_S,
            "the address on the websocket")

        depositor = Depositor()
        transfer = depositor.transfer("0.5")
        gateway.tell("transfer.seen", **transfer)
        gateway.tell("transfer.confirmed", **transfer)
        until(gateway.tell("transfer.reverted", **transfer, was="confirmed", reason="reorg"))

        def told():
            events = [event_of(body) for _, body in model()]
            mine = [event for event in events if event["record"]["uid"] == depositor.uid]
            return [(event["name"], event["record"]["state"], event.get("changes", {}).get("state"))
                    for event in mine]
        wait_for(lambda: ("model.deposit.reverted", "processing", None) in told(), CONFIRM_S, "the alert")
        assert told()[:3] == [("model.deposit.created", "submitted", None),
                              ("model.deposit.updated", "accepted", "submitted"),
                              ("model.deposit.updated", "processing", "accepted")]
        record = next(event_of(body)["record"] for _, body in model()
                      if event_of(body)["record"]["uid"] == depositor.uid)
        assert record["user"] == {"uid": depositor.uid, "email": f"{depositor.uid.lower()}@example.com"}
        assert (record["amount"], record["blockchain_txid"], record["blockchain_address"]) == \
            ("0.5", transfer["txid"], depositor.address)
        until(gateway.tell("transfer.confirmed", **transfer))
        assert depositor.balance("eth") == (Decimal("0.5"), 0)


def test_funds_locked__spendable_when_collected(admin):
    with standing_in(PEATIO_DEPOSIT_FUNDS_LOCKED="true") as gateway:
        for other in ok(admin.get("/admin/wallets", blockchain_key=CHAIN, limit=1000), 200):
            if other["kind"] != "deposit" and other["status"] == "active":
                ok(admin.post("/admin/wallets/update", id=other["id"], status="disabled"))
        hot = ok(admin.post("/admin/wallets/new", name="h" + hexadecimal(4), kind="hot", gateway="geth",
                            blockchain_key=CHAIN, currencies=["eth"], address="0x" + hexadecimal(20)))
        member = Depositor()
        transfer = deposits.deposited(gateway, member, "0.5")
        assert member.balance("eth") == (0, Decimal("0.5"))
        (name, _), = deposits.asked(gateway, row_of(transfer), 1)
        until(gateway.tell("transfer.reverted", **transfer, was="confirmed", reason="reorg"))
        assert member.balance("eth") == (0, Decimal("0.5"))
        until(gateway.tell("transfer.confirmed", **transfer))
        until(deposits.paid(gateway, name, "confirmed"))
        assert row_of(transfer)["state"] == "collected"
        assert member.balance("eth") == (Decimal("0.5"), 0)
        ok(admin.post("/admin/wallets/update", id=hot["id"], status="disabled"))

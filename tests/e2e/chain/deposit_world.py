"""Deposits against a gateway of the test's own: who gets them, and its signed events."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from members import Member
from stand_in import Gateway, hexadecimal
from world import WORLD, wait_for

CHAIN, DECIMALS = "eth-testnet", 18
CONFIRM_S = 180
WHO = SimpleNamespace()


def position():
    return WORLD.sql("SELECT seq FROM chain_feed WHERE source = 'blockchain'")[0][0]


@pytest.fixture(scope="module", autouse=True)
def gateway(admin, alice):
    WHO.admin, WHO.alice = admin, alice
    with Gateway() as stand_in, WORLD.accounting_with(**stand_in.settings):
        before = position()  # the events that were on their way to accounting before are in the books
        stand_in.start_after(before)
        WHO.wallet = ok(admin.post("/admin/wallets/new", name="d" + hexadecimal(4), kind="deposit", gateway="geth",
                                   blockchain_key=CHAIN, currencies=["eth"]))
        yield stand_in
        ok(admin.post("/admin/wallets/update", id=WHO.wallet["id"], status="disabled"))
    # The stack's own gateway goes on where it was.
    WORLD.sql("UPDATE chain_feed SET seq = %s WHERE source = 'blockchain'", before)


def errors(response, *codes, status=422):
    assert (response.status_code, response.json()["errors"]) == (status, list(codes))


def ok(response, status=201):
    assert response.status_code == status, response.text
    return response.json()


def units(amount):
    return str(int(Decimal(amount) * 10 ** DECIMALS))


class Depositor(Member):
    def __init__(self):
        super().__init__(level=3)
        self.address = wait_for(lambda: ok(self.get("/account/deposit_address/eth", blockchain_key=CHAIN),
                                           200)["address"], CONFIRM_S, "an address")

    def transfer(self, amount, **changes):
        return {"transfer_id": hexadecimal(8), "txid": "0x" + hexadecimal(32), "index": 0, "contract": "",
                "address": self.address, "owner": self.uid, "units": units(amount), "height": 90,
                "block_hash": "0x" + hexadecimal(32), "confirmations": 1, "from": ["0x" + hexadecimal(20)],
                "currency": "eth", **changes}

    def shown(self, transfer):
        found = self.get(f"/account/deposits/{transfer['txid']}")
        return found.json() if found.status_code == 200 else None

    def state(self, transfer):
        shown = self.shown(transfer)
        return shown and shown["state"]


def until(number):
    wait_for(lambda: position() >= number, CONFIRM_S, f"event {number} in the books")


def deposited(gateway, member, amount, **changes):
    transfer = member.transfer(amount, **changes)
    gateway.tell("transfer.seen", **transfer)
    until(gateway.tell("transfer.confirmed", **transfer))
    return transfer


def network_of(currency):
    return next(row for row in ok(WHO.admin.get(f"/admin/currencies/{currency}"), 200)["networks"]
                if row["blockchain_key"] == CHAIN)


def row_of(transfer):
    return ok(WHO.admin.get("/admin/deposits", txid=transfer["txid"]), 200)[0]


def asked(gateway, deposit, count, prefix="collect"):
    """The payouts of a deposit, when there are so many."""
    def found():
        names = [name for name in sorted(gateway.payouts) if name.startswith(f"{prefix}-{deposit['id']}-")]
        return [(name, gateway.payouts[name]) for name in names] if len(names) == count else None
    return wait_for(found, CONFIRM_S, f"{count} payouts of deposit {deposit['id']}")


def paid(gateway, name, state, **more):
    return gateway.tell("payout.updated", payout_id=name, state=state, **{
        "txid": "0x" + hexadecimal(32), "fee_units": "0", "height": 99, "reason": "", **more})

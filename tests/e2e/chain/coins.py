"""Coins of the test chains in the hands of a test: members who get an address, pay to it, and withdraw.

    anna = Holder(); anna.receive("ltc", "1.5"); out = anna.withdraw("ltc", "0.5", outside)
    until_state(anna, out["id"], "succeed")

The nodes themselves (mine, pay, reorg): tools/chain/nodes.py, the fixtures litecoin and ethereum.
"""

import re
import time
from decimal import Decimal

import mails
from members import Member
from visitor import newcomer, totp
from world import WORLD, wait_for

CHAIN_OF = {"ltc": "ltc-regtest", "eth": "eth-anvil", "usdt": "eth-anvil"}
CONFIRMATIONS = 2
CHAIN_S = 180
OTP_STEP_S = 30
OTP_ON_THE_WAY_S = 10  # a code must be good for so long yet when it is sent


def node_of(currency):
    return WORLD.chains[CHAIN_OF[currency]]


def ok(answer, *statuses):
    assert answer.status_code in (statuses or (200, 201)), f"{answer.status_code} {answer.text}"
    return answer.json()


class Holder:
    """A member of level 3 with a second factor, who may withdraw."""

    def __init__(self):
        self.person = newcomer(level=3)
        assert self.person.sign_in().status_code == 200
        self.seed = self.person.otp_enable()
        self.uid = self.person.row["uid"]
        self.member = Member(self.uid, email=self.person.email, level=3)
        self.used = int(time.time()) // OTP_STEP_S - 1  # the step of the code that is used up

    def code(self):
        """A one-time code that was not used before: waits for the next one when there is none."""
        wait_for(lambda: int(time.time()) // OTP_STEP_S + 1 > self.used, 2 * OTP_STEP_S, "a new code")
        self.used = max(self.used + 1, int(time.time() + OTP_ON_THE_WAY_S) // OTP_STEP_S - 1)
        return totp(self.seed, self.used - int(time.time()) // OTP_STEP_S)

    def balance(self, currency):
        return self.member.balance(currency)

    # ---- in ----

    def address(self, currency):
        path = f"/account/deposit_address/{currency}"
        return wait_for(
            lambda: ok(self.member.get(path, blockchain_key=CHAIN_OF[currency]))["address"],
            CHAIN_S, f"an address for {currency}")

    def receive(self, currency, amount, confirmations=CONFIRMATIONS):
        """Pays from the purse and mines; the deposit, credited."""
        node, before = node_of(currency), sum(self.balance(currency))
        txid = node.pay(currency, self.address(currency), amount)
        node.mine(confirmations)
        wait_for(lambda: sum(self.balance(currency)) == before + Decimal(str(amount)), CHAIN_S,
                 f"{amount} {currency}")
        return self.deposit(txid)

    def deposit(self, txid):
        return ok(self.member.get(f"/account/deposits/{txid}"))

    # ---- out ----

    def beneficiary(self, currency, address, name="friend"):
        """The id of an active one: the code comes by mail."""
        made = ok(self.member.post("/account/beneficiaries", currency=currency, name=name,
                                   blockchain_key=CHAIN_OF[currency], data={"address": address}))
        letter = mails.letter(self.person, name)
        pin = re.search(r"Code: *(\d+)", letter.text).group(1)
        ok(self.member.call("PATCH", f"/account/beneficiaries/{made['id']}/activate",
                            json={"pin": pin}))
        return made["id"]

    def withdraw(self, currency, amount, beneficiary_id, **more):
        return ok(self.member.post("/account/withdraws", currency=currency, amount=str(amount),
                                   beneficiary_id=beneficiary_id, otp=self.code(), **more))

    def withdrawal(self, number):
        rows = ok(self.member.get("/account/withdraws", limit=100))
        return next(row for row in rows if row["id"] == number)


def until_state(holder, number, *states, seconds=CHAIN_S):
    """Waits for the state of a withdrawal, and gives it."""
    return wait_for(lambda: (row := holder.withdrawal(number))["state"] in states and row, seconds,
                    f"withdrawal {number} in {' or '.join(states)}")


def until_paid(holder, number):
    """Until the payment is broadcast, in blocks, and booked."""
    row = wait_for(lambda: (one := holder.withdrawal(number))["blockchain_txid"] and one, CHAIN_S,
                   f"a transaction of withdrawal {number}")
    node_of(row["currency"]).mine(CONFIRMATIONS)
    return until_state(holder, number, "succeed")

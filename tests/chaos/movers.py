"""Money in and out during a chaos run: coins are paid to a member and withdrawn to an address outside,
whatever is killed meanwhile. At the end each acknowledged withdrawal is paid once and no more."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

from bots.client import Client, Refused, Unknown
from chain.nodes import NodeError
from checker import tables
from stack import nodes
from stack.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "tests/support"))

from coins import bech32  # noqa: E402

CHAIN_OF = {"ltc": "ltc-regtest", "eth": "eth-anvil", "usdt": "eth-anvil"}
PAID = {"ltc": "0.5", "eth": "0.05", "usdt": "40"}
TAKEN = {"ltc": "0.2", "eth": "0.02", "usdt": "20"}
END_S = 120
# Nobody types codes here; that they are asked for is tested elsewhere.
SETTINGS = {"WITHDRAW_OTP": "ignore"}


def configure(world):
    """Before the first request: accounting starts again with the settings of the run."""
    text = "".join(f"{name}={value}\n" for name, value in SETTINGS.items())
    (world.folder / "env/accounting.local.env").write_text(text)
    subprocess.run([REPOSITORY / "tools/sql", "-e", "UPDATE bourse_accounting.withdraw_limits SET"
                    " limit_24_hour = 1e9, limit_1_month = 1e9"], env=world.env, check=True)
    os.kill(world.pid("accounting"), 9)


class Mover(threading.Thread):
    def __init__(self, world, token, email, chance, stop, say):
        super().__init__(daemon=True)
        self.world, self.token, self.email = world, token, email
        self.chance, self.stop, self.say = chance, stop, say
        self.chains = nodes.of(Settings())
        self.client = Client(world.stack.api_url(), token)
        self.outside, self.beneficiaries, self.asked = {}, {}, []
        self.deposits = 0

    def prepare(self):
        """Addresses and beneficiaries, while nothing is broken yet."""
        self.addresses = {currency: self.until(lambda c=currency: self.client.get(
            f"/account/deposit_address/{c}")["address"]) for currency in CHAIN_OF}
        for currency, key in CHAIN_OF.items():
            # The node would pay the next deposits with what came to an address of its own wallet.
            self.outside[currency] = (bech32("rltc", os.urandom(20)) if currency == "ltc"
                                      else self.chains[key].outside_address())
            made = self.until(lambda c=currency, k=key: self.client.call(
                "POST", "/account/beneficiaries",
                {"currency": c, "blockchain_key": k, "name": f"chaos-{c}",
                 "data": json.dumps({"address": self.outside[c]})}))
            pin = self.until(lambda c=currency: self.pin(f"chaos-{c}"))
            self.client.call("PATCH", f"/account/beneficiaries/{made['id']}/activate", {"pin": pin})
            self.beneficiaries[currency] = made["id"]

    def until(self, attempt):
        deadline = time.monotonic() + END_S
        while True:
            try:
                value = attempt()
                if value:
                    return value
            except (Unknown, Refused) as error:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"no way to begin: {error}") from None
            if time.monotonic() > deadline:
                raise RuntimeError("no way to begin")
            time.sleep(0.2)

    def pin(self, name):
        for path in (Path(self.world.folder) / "mail").glob("*.eml"):
            text = path.read_text()
            if self.email in text and name in text:
                return re.search(r"Code: *(\d+)", text).group(1)
        return None

    def run(self):
        while not self.stop.wait(self.chance.uniform(0.3, 1.0)):
            currency = self.chance.choice(sorted(CHAIN_OF))
            self.mine(self.pay, currency)
            try:
                made = self.client.call("POST", "/account/withdraws", {
                    "currency": currency, "amount": TAKEN[currency], "otp": 0,
                    "beneficiary_id": self.beneficiaries[currency]})
                self.asked.append(made["id"])
            except (Unknown, Refused):
                pass  # whatever became of it, the checker finds it in the books

    def pay(self, node, currency):
        node.pay(currency, self.addresses[currency], PAID[currency])
        self.deposits += 1

    def mine(self, first, currency):
        node = self.chains[CHAIN_OF[currency]]
        try:
            first(node, currency)
            node.mine(1)
        except NodeError:
            pass  # killed just now: the coins are on the chain or they are not

    def finish(self):
        """Blocks until every withdrawal is at its end; yields what is not right."""
        connection = tables.connect(self.world.stack.checker_env())
        deadline = time.monotonic() + END_S
        while self.unfinished(connection) and time.monotonic() < deadline:
            for currency in ("ltc", "eth"):
                self.mine(lambda *_: None, currency)
            time.sleep(0.5)
        for row in self.unfinished(connection):
            yield f"withdrawal {row[0]} is {row[1]} {END_S} s after the end"
        rows = dict(self.query(connection, "SELECT id, aasm_state FROM withdraws"))
        for number in self.asked:
            if rows.get(number) != "succeed":
                yield f"withdrawal {number} was acknowledged and is {rows.get(number)}"
        for currency, address in self.outside.items():
            paid = Decimal(self.query(connection, "SELECT COALESCE(SUM(amount), 0) FROM withdraws WHERE"
                                      " LOWER(rid) = LOWER(%s) AND aasm_state = 'succeed'", address)[0][0])
            there = self.chains[CHAIN_OF[currency]].balance(currency, address)
            if paid != there:
                yield f"{there} {currency} came out, the books say {paid}"
        self.say(f"{self.deposits} payments in, {len(self.asked)} withdrawals acknowledged, {len(rows)} made")

    def unfinished(self, connection):
        return self.query(connection, "SELECT id, aasm_state FROM withdraws WHERE aasm_state IN ('prepared',"
                          " 'accepted', 'skipped', 'processing', 'confirming')")

    @staticmethod
    def query(connection, statement, *arguments):
        connection.rollback()
        with connection.cursor() as cursor:
            cursor.execute(statement, arguments)
            return cursor.fetchall()

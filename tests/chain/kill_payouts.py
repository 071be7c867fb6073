#!/usr/bin/python3
"""Kills the gateway at the named steps of payouts, on both test chains, and then looks at the chains:
nothing may be paid twice, nothing may be lost, and what the hot accounts lack is what was paid and its
fees (W-18).

    tests/chain/kill_payouts.py [KILLS [SEED]]                # a stack of its own
    RUN_DIR=.run tests/chain/kill_payouts.py 1000 7           # the stack that runs there

The gateway dies by its own hand: FAULT_FILE names the step at which it does (kill -9), which is exact where
a kill from outside would be luck. A part of the kills does come from outside, at any moment.
"""

import random
import secrets
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from payouts import Gateway, outside_address, received  # noqa: E402
from world import WORLD, wait_for  # noqa: E402

# services/blockchain/actions/fault.h
STEPS = ("reserve", "sign", "store", "commit", "broadcast", "seen", "confirm")
OUTSIDE = "outside"
CURRENCIES = {"ltc-regtest": ("ltc",), "eth-anvil": ("eth", "usdt")}
PAYOUTS_PER_KILL = 3
KILL_SECONDS = 180
END_SECONDS = 300
COINS = 8


class Run:
    def __init__(self, kills, seed):
        self.kills, self.random = kills, random.Random(seed)
        self.gateway = Gateway(WORLD)
        self.nodes = WORLD.chains
        self.fault_file = WORLD.file("fault")
        self.payouts = {}  # id: (chain, currency, address, units)
        self.counts = {}
        self.word = secrets.token_hex(3)

    def run(self):
        self.prepare()
        before = {key: self.held(key) for key in self.nodes}
        for number in range(self.kills):
            self.one(number)
        self.fault_file.unlink(missing_ok=True)
        self.finish()
        return self.judge(before)

    # ---- before ----

    def prepare(self):
        local = WORLD.file("env/blockchain.local.env")
        local.write_text(f"FAULT_FILE={self.fault_file}\nPAYOUT_POLL_MS=50\n")
        WORLD.kill("blockchain")
        wait_for(self.answers, KILL_SECONDS, "the gateway")
        for key, node in self.nodes.items():
            self.fund(key, node)

    def fund(self, key, node):
        self.gateway.address(key, "hot", f"kill-{self.word}")
        first = self.hot_addresses(key)[0]
        for currency in CURRENCIES[key]:
            for _ in range(COINS if currency == "ltc" else 1):
                node.pay(currency, first, 20 if currency != "usdt" else 100_000)
        node.mine(3)
        if "ltc" in node.CURRENCIES:
            wait_for(lambda: self.gateway.sql(
                "SELECT COUNT(*) FROM transfers WHERE chain_key = %s AND address = %s AND "
                "state = 'confirmed'", key, first)[0][0] >= COINS, KILL_SECONDS, "the coins of the hot account")

    def answers(self):
        return self.gateway.call("GET", "/internal/chains")[0] == 200

    def hot_addresses(self, key):
        return [row[0] for row in self.gateway.sql(
            "SELECT address FROM addresses WHERE chain_key = %s AND purpose = 'hot' AND "
            "assigned_at IS NOT NULL AND account IS NOT NULL ORDER BY idx", key)]

    def held(self, key):
        """Smallest units on the hot account, by currency, blocks only."""
        return {currency: sum(received(self.nodes[key], currency, address)
                              for address in self.hot_addresses(key))
                for currency in CURRENCIES[key]}

    # ---- the kills ----

    def one(self, number):
        key = self.random.choice(sorted(self.nodes))
        step = self.random.choice(STEPS + (OUTSIDE,))
        pid = WORLD.pid("blockchain")
        if step != OUTSIDE:
            self.fault_file.write_text(step)
        for _ in range(self.random.randint(1, PAYOUTS_PER_KILL)):
            self.put(key, number)
        if step == OUTSIDE:
            time.sleep(self.random.random() / 2)
            WORLD.kill("blockchain")
        else:
            self.until_dead(pid, key, step)
        self.counts[step] = self.counts.get(step, 0) + 1
        wait_for(self.answers, KILL_SECONDS, "the gateway after a kill")
        print(f"kill {number + 1}: {step} on {key}", flush=True)

    def put(self, key, number):
        currency = self.random.choice(CURRENCIES[key])
        node = self.nodes[key]
        payout = f"kill-{self.word}-{number}-{len(self.payouts)}"
        units = self.random.randint(10_000, 1_000_000)
        to = outside_address(node)
        self.payouts[payout] = (key, currency, to, units)
        more = {"contract": node.TOKEN} if currency == "usdt" else {}
        status, document = self.gateway.put(payout, key, to, units, **more)
        assert status in (200, 201), document

    def until_dead(self, pid, key, step):
        deadline = time.monotonic() + KILL_SECONDS
        while self.fault_file.exists():
            assert time.monotonic() < deadline, f"nothing came to the step {step} on {key}"
            self.nodes[key].mine(1)
            time.sleep(0.05)
        wait_for(lambda: WORLD.pid("blockchain") not in (None, pid), KILL_SECONDS, "another gateway")

    # ---- after ----

    def finish(self):
        deadline = time.monotonic() + END_SECONDS
        while self.open_payouts():
            assert time.monotonic() < deadline, f"not finished: {self.open_payouts()[:5]}"
            for node in self.nodes.values():
                node.mine(1)
            time.sleep(0.2)
        for node in self.nodes.values():
            node.mine(1)

    def open_payouts(self):
        return self.gateway.sql("SELECT id, state, reason FROM payouts WHERE id LIKE %s AND "
                                "state BETWEEN 0 AND 99", f"kill-{self.word}-%")

    def judge(self, before):
        faults = []
        spent = {}
        for payout, (key, currency, to, units) in self.payouts.items():
            state = self.gateway.get(payout)["state"]
            arrived = received(self.nodes[key], currency, to)
            if state != "confirmed" or arrived != units:
                faults.append(f"{payout}: {state}, {arrived} of {units} {currency} arrived")
            spent[currency] = spent.get(currency, 0) + units
        for key in self.nodes:
            spent_native = CURRENCIES[key][0]
            spent[spent_native] = spent.get(spent_native, 0) + self.fees(key)
            after = self.held(key)
            for currency in CURRENCIES[key]:
                missing = before[key][currency] - after[currency]
                if missing != spent.get(currency, 0):
                    faults.append(f"{key}: {missing} {currency} left the hot account, "
                                  f"{spent.get(currency, 0)} were paid and told")
        words = ", ".join(f"{step} {count}" for step, count in sorted(self.counts.items()))
        print(f"{self.kills} kills ({words}), {len(self.payouts)} payouts: "
              + ("none paid twice, none lost" if not faults else f"{len(faults)} FAULTS"))
        for fault in faults:
            print("  " + fault)
        return not faults

    def fees(self, key):
        """What the events told of network fees of this run."""
        return int(self.gateway.sql(
            "SELECT COALESCE(SUM(CAST(JSON_VALUE(body, '$.units') AS DECIMAL(65,0))), 0) FROM events "
            "WHERE name = 'network_fee.paid' AND JSON_VALUE(body, '$.chain') = %s AND "
            "JSON_VALUE(body, '$.payout_id') LIKE %s", key, f"kill-{self.word}-%")[0][0])


def main(kills=20, seed=1):
    good = False
    try:
        if WORLD.is_ours:
            WORLD.up()
        if WORLD.chains:
            good = Run(int(kills), int(seed)).run()
        else:
            print("no node of a chain runs here: nothing to kill at")
            good = True
    finally:
        WORLD.file("env/blockchain.local.env").unlink(missing_ok=True)
        if WORLD.is_ours:
            WORLD.down()
            if good:
                WORLD.forget()
            else:
                print(f"logs and data are in {WORLD.run_dir}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

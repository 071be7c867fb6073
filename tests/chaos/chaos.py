#!/usr/bin/python3
"""The chaos run: a stack of its own, many clients, and everything that can go wrong with processes
and messages, from one seed. It ends with every acknowledged order in its right final state, none
that was not acknowledged doubled, and the checker green.

    tests/chaos/chaos.py [--seed N] [--minutes M] [--money] [--keep]

With --money coins come in and go out meanwhile, and the gateway, the signer and the nodes fail too.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "tools"))
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bots.client import Client, Refused, Unknown  # noqa: E402
from bots.trader import MARKETS, Trader  # noqa: E402
from checker import tables  # noqa: E402
from checker.stack import Stack, read_env  # noqa: E402
from faults import FAULTS, MONEY_FAULTS, Faults  # noqa: E402
from ports import EDGE_OFFSET  # noqa: E402

QUIET_S = 180
TRADING_AGAIN_S = 90
TRADERS = 12
PAUSE_S = 0.01 # of each trader between two requests: the run looks for faults, not for speed


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


class World:
    """A stack in a folder of its own, on ports of its own."""

    def __init__(self, folder, port_base, money):
        self.folder = folder
        self.env = {**os.environ, "RUN_DIR": str(folder), "PORT_BASE": str(port_base),
                    "EDGE_PORT": str(port_base + EDGE_OFFSET), "EDGE_RATE": "100000",
                    "NODES": "all" if money else "none"}
        os.environ.update(RUN_DIR=str(folder))

    def up(self):
        subprocess.run([REPOSITORY / "tools" / "up"], env=self.env, check=True)
        self.stack = Stack()

    def down(self):
        subprocess.run([REPOSITORY / "tools" / "down"], env=self.env, check=False)

    def pid(self, name):
        try:
            return int((self.folder / "pids" / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None


def trade_through(world, tokens):
    """Whether an order is accepted and settled now: two orders that cross, and their trade."""
    mark = f"probe-{time.time_ns()}"
    clients = [Client(world.stack.api_url(), token) for token in tokens[:2]]
    try:
        for client, side in zip(clients, ("sell", "buy")):
            order = client.call("POST", "/market/orders",
                                {"market": "btceur", "side": side, "volume": "0.01", "price": "41000",
                                 "client_order_id": f"{mark}-{side}"})
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if clients[1].get(f"/market/orders/{order['id']}")["state"] == "done":
                return True
            time.sleep(0.05)
    except (Unknown, Refused):
        pass
    finally:
        for client in clients:
            client.close()
    return False


def wait_for_trading(world, tokens):
    """Seconds until trading works again; None: it does not."""
    began = time.monotonic()
    while time.monotonic() - began < TRADING_AGAIN_S:
        if trade_through(world, tokens):
            return time.monotonic() - began
        time.sleep(0.1)
    return None


def check_history(world, traders):
    """What the clients were told, against the tables. Yields what does not fit."""
    connection = tables.connect(world.stack.checker_env())
    with tables.snapshot(connection) as cursor:
        cursor.execute("SELECT id, client_order_id, state, market_id, side, price, origin_volume, "
                       "volume, ord_type FROM orders WHERE client_order_id IS NOT NULL")
        rows = {}
        for row in cursor.fetchall():
            if row["client_order_id"] in rows:
                yield f"{row['client_order_id']} made two orders"
            rows[row["client_order_id"]] = row
    for trader in traders:
        for record in trader.history:
            request = record["request"]
            row = rows.get(request["client_order_id"])
            if "id" in record:
                if row is None or row["id"] != record["id"]:
                    yield f"{request['client_order_id']} was acknowledged and is not there"
                elif row["state"] not in (100, 200, -100) or row["market_id"] != request["market"] \
                        or row["side"] != (0 if request["side"] == "buy" else 1):
                    yield f"{request['client_order_id']} is there, but is another order"
            elif "refused" in record and row is not None:
                yield f"{request['client_order_id']} was refused and is there"


def begin_money(world, chance, stop):
    import movers  # needs nodes
    trader = world.stack.credentials()["traders"][0]
    movers.configure(world)
    mover = movers.Mover(world, world.stack.token(trader["uid"]), trader["email"],
                         random.Random(chance.random()), stop, say)
    mover.prepare()
    mover.start()
    return mover


def run(world, seed, minutes, money, count):
    chance = random.Random(seed)
    tokens = [world.stack.token(trader["uid"])
              for trader in world.stack.credentials()["traders"]]
    stop = threading.Event()
    traders = [Trader(n, world.stack.api_url(), tokens[n % len(tokens)], seed, MARKETS, stop,
                      PAUSE_S)
               for n in range(count)]
    faults = Faults(world, chance, say)
    names = sorted({**FAULTS, **(MONEY_FAULTS if money else {})})
    mover = begin_money(world, chance, stop) if money else None
    slowest, failed = 0.0, []
    for trader in traders:
        trader.start()
    deadline = time.monotonic() + minutes * 60
    done = 0
    while time.monotonic() < deadline:
        time.sleep(chance.uniform(2, 8))
        name = chance.choice(names)
        say(f"{name} ({sum(t.counts['orders'] for t in traders)} orders so far)")
        faults.inject(name)
        done += 1
        if done % 4 == 0:
            took = wait_for_trading(world, tokens)
            if took is None:
                failed.append(f"no trading within {TRADING_AGAIN_S} s after {name}")
                say(failed[-1])
            else:
                slowest = max(slowest, took)
                if took > 5:
                    say(f"  trading again after {took:.1f} s")
    faults.end()
    stop.set()
    for trader in traders:
        trader.join(60)
    if wait_for_trading(world, tokens) is None:
        failed.append(f"no trading within {TRADING_AGAIN_S} s after the last fault")
    if mover:
        mover.join(60)
        failed += list(mover.finish())
    acknowledged = sum(t.counts["orders"] for t in traders)
    say(f"{done} faults, {acknowledged} orders acknowledged, "
        f"{sum(t.counts['unknown'] for t in traders)} answers unknown, slowest recovery "
        f"{slowest:.1f} s; waiting for quiet")
    history = world.folder / "history.json"
    history.write_text(json.dumps([t.history for t in traders]))
    verdict = subprocess.run([REPOSITORY / "tools" / "check", "--wait", str(QUIET_S)],
                             env=world.env).returncode
    if verdict != 0:
        failed.append("the checker is not green")
    lies = list(check_history(world, traders))
    failed += lies[:10] + ([f"and {len(lies) - 10} more"] if len(lies) > 10 else [])
    return acknowledged, done, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--traders", type=int, default=TRADERS, help="at once; more make larger batches")
    parser.add_argument("--port-base", type=int, default=24000)
    parser.add_argument("--money", action="store_true", help="deposits and withdrawals as well")
    parser.add_argument("--keep", action="store_true", help="leave the stack's folder behind")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bourse-chaos-"))
    world = World(folder, options.port_base, options.money)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = ["it did not come to its end"]
    try:
        world.up()
        acknowledged, faults, failed = run(world, options.seed, options.minutes, options.money,
                                           options.traders)
        for sentence in failed:
            say(f"WRONG: {sentence}")
        say(f"seed {options.seed}: {acknowledged} orders, {faults} faults: "
            f"{'FAILED' if failed else 'passed'}")
    finally:
        world.down()
        if failed or options.keep:
            say(f"logs, history and data are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"chaos: {0 if failed else 1} passed, {1 if failed else 0} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

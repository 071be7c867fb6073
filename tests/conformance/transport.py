#!/usr/bin/python3
"""A matching worker on a real broker, with a small stand-in for accounting.

    transport.py WORKER        for example: transport.py build/release/bin/bourse-matching

Starts a RabbitMQ of its own, answers the three internal calls of accounting from memory, and plays
through what deploy/protocol/matching.md says of transport: numbers, duplicates, gaps, repeats, poison,
new markets, a broker that dies, a worker that dies. What the results must be is asked of the same
program in its --stdio mode. A failed run keeps its folder.
"""
import contextlib
import http.server
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import jwt
import pika
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from ports import free_base  # noqa: E402  (after the path is set)

SERVERS = Path(__file__).resolve().parents[1] / "integration" / "db_bus_servers"
BATCH = struct.Struct("<4sHH24sQIIQ")
COMMAND = struct.Struct("<QQQqqqqQQBBBBB3x")
RESULT = struct.Struct("<QQIBBBB")
ITEM_BYTES = 64
SUBMIT, CANCEL = 1, 2
COMMANDS, DEAD, RESULTS = "bourse.commands.0", "bourse.commands.0.dead", "bourse.results"
WAIT_S = 60
TRIES = 30  # for what must come within a fifth of a second: on a busy machine it does now and then


class Failed(Exception):
    """The worker did not do what it must."""


def wait_for(what, question):
    """Asks until the answer is true."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        answer = question()
        if answer:
            return answer
        time.sleep(0.02)
    raise Failed(f"waited {WAIT_S} s for {what}")


# ---- documents ----

def batch(market, first, commands):
    body = b"".join(COMMAND.pack(first + i, *command) for i, command in enumerate(commands))
    header = BATCH.pack(b"BRC1", 1, 0, market.encode(), first, len(commands),
                        BATCH.size + len(body), 0)
    return header + body


def orders(market_number, first, count):
    """Commands that trade now and then: sells and buys at few prices, some cancels."""
    made = []
    for seq in range(first, first + count):
        side, price, order = seq % 2, 100 + seq * 7 % 5, market_number * 1000000 + seq
        if seq % 9 == 0:
            made.append((order - 4, 1, 0, 0, 0, 0, 0, 0, CANCEL, 0, 0, 0, 0))
        else:
            made.append((order, 1 + seq % 3, price, 1 + seq % 4, 0, 0, 0, 0, SUBMIT, side, 0, 0, 0))
    return made


def empty_snapshot(market, seq=0):
    return struct.pack("<4sHBB24sQqQ", b"BRS1", 1, 0, 0, market.encode(), seq, 0, 0)


def results_of(document):
    """(seq, bytes of the result with its items) of a result batch."""
    _, _, _, _, first, count, _, _ = BATCH.unpack_from(document)
    at = BATCH.size
    for seq in range(first, first + count):
        items = RESULT.unpack_from(document, at)[2]
        length = RESULT.size + items * ITEM_BYTES
        yield seq, document[at:at + length]
        at += length


# ---- accounting, small ----

class Gone(Exception):
    """Commands that the journal had once."""


class Accounting:
    """The journal of each market, and the three calls. Nothing is settled but by prune()."""

    def __init__(self, key):
        self.public = key.public_key()
        self.journal, self.snapshots, self.calls, self.problems = {}, {}, [], []
        self.pruned = {}
        self.port, self.server = free_base(), None

    def add_market(self, market):
        self.journal[market] = []
        self.snapshots[market] = empty_snapshot(market)

    def append(self, market, count):
        """New commands: (first number, batch)."""
        first = len(self.journal[market]) + 1
        made = orders(list(self.journal).index(market) + 1, first, count)
        self.journal[market] += made
        return batch(market, first, made)

    def prune(self, market):
        """All commands are settled, leave an empty book, and are not kept."""
        self.pruned[market] = len(self.journal[market])
        self.snapshots[market] = empty_snapshot(market, self.pruned[market])

    def commands(self, market, first, count_max=1024):
        """As accounting has them: in batches that begin where they begin."""
        found = self.journal[market][first - 1:first - 1 + count_max]
        return b"".join(batch(market, first + i, found[i:i + 100])
                        for i in range(0, len(found), 100))

    def count(self, path):
        return sum(called == path for called, _ in self.calls)

    def answer(self, path, query, token):
        claims = jwt.decode(token, self.public, algorithms=["ES256"], audience="accounting",
                            issuer="matching", options={"require": ["exp", "iat", "jti"]})
        self.calls.append((path, query))
        if path == "markets":
            return json.dumps([{"id": id_, "state": "enabled", "price_precision": 2,
                                "amount_precision": 4} for id_ in self.journal]).encode()
        if path == "snapshot":
            return self.snapshots[query["market"]]
        if path == "commands" and claims:
            if int(query["from"]) <= self.pruned.get(query["market"], 0):
                raise Gone
            return self.commands(query["market"], int(query["from"]))
        return None

    def start(self):
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path, _, tail = self.path.removeprefix("/api/v2/internal/matching/").partition("?")
                query, status = dict(pair.split("=") for pair in tail.split("&") if pair), 500
                try:
                    body = owner.answer(path, query, self.headers["Authorization"][7:])
                except Gone:
                    body, status = None, 410
                except Exception as error:  # told at the end: this runs on the server's thread
                    owner.problems.append(f"{self.path}: {error!r}")
                    body = None
                self.send_response(200 if body is not None else status)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


# ---- the broker's other end ----

class Bus:
    """Publishes commands, collects results."""

    def __init__(self, port):
        self.port, self.connection, self.channel, self.quick = port, None, None, None
        self.results, self.repeats, self.order = {}, 0, []

    def open(self):
        """Waits for the broker, and for the worker to declare its queue there."""
        self.connection = wait_for("the broker and the worker's queue", self.connect)
        self.channel, self.quick = self.connection.channel(), self.connection.channel()
        self.channel.confirm_delivery()

    def connect(self):
        with contextlib.suppress(pika.exceptions.AMQPError, OSError):
            connection = pika.BlockingConnection(pika.ConnectionParameters(
                "127.0.0.1", self.port, socket_timeout=30, heartbeat=0,
                blocked_connection_timeout=30))
            with contextlib.ExitStack() as undo:
                undo.callback(connection.close)
                self.declare(connection.channel())
                undo.pop_all()
            return connection
        return None

    @staticmethod
    def declare(channel):
        for queue, arguments in ((DEAD, {}), (RESULTS, {}), (COMMANDS, {
                "x-dead-letter-exchange": "", "x-dead-letter-routing-key": DEAD})):
            durable = queue == DEAD
            channel.queue_declare(
                queue, durable=durable, passive=queue == COMMANDS,
                arguments={"x-queue-type": "quorum" if durable else "classic", **arguments})

    def send_both(self, *bodies):
        """One right behind the other: no confirmation is waited for between them."""
        for body in bodies:
            self.quick.basic_publish("", COMMANDS, body, pika.BasicProperties(delivery_mode=2))

    def send(self, body, type_=None):
        self.channel.basic_publish("", COMMANDS, body, pika.BasicProperties(
            delivery_mode=2, type=type_), mandatory=True)

    def collect(self):
        """Takes the results that wait. The same number must always have the same bytes."""
        while True:
            method, _, body = self.channel.basic_get(RESULTS)
            if not method:
                return
            market = BATCH.unpack_from(body)[3].rstrip(b"\0").decode()
            for seq, bytes_ in results_of(body):
                known = self.results.setdefault((market, seq), bytes_)
                if known != bytes_:
                    raise Failed(f"result {seq} of {market} came with other bytes")
                self.repeats += known is not bytes_
                self.order.append((market, seq))
            self.channel.basic_ack(method.delivery_tag)

    def has(self, market, last):
        self.collect()
        return all((market, seq) in self.results for seq in range(1, last + 1))

    def depth(self, queue):
        return self.channel.queue_declare(queue, passive=True).method.message_count


# ---- the worker ----

class Worker:
    def __init__(self, program, folder, environment):
        self.program, self.environment = program, environment
        self.log, self.process = open(folder / "worker.log", "ab"), None

    def start(self):
        self.process = subprocess.Popen([self.program], env=self.environment, stderr=self.log)

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        return self.process.wait(WAIT_S)

    def ready(self):
        try:
            url = f"http://127.0.0.1:{self.environment['OPS_PORT']}/ready"
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def metric(self, name):
        url = f"http://127.0.0.1:{self.environment['OPS_PORT']}/metrics"
        with urllib.request.urlopen(url, timeout=WAIT_S) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(f"bourse_matching_{name} "):
                    return int(line.split()[-1])
        return 0


# ---- the play ----

class Play:
    """Each scene starts where the one before ended."""

    def __init__(self, program, servers, accounting, bus, worker):
        self.program, self.servers = program, servers
        self.accounting, self.bus, self.worker = accounting, bus, worker

    def expect(self, market):
        """All results of a market are there, and are what --stdio makes of the journal."""
        last = len(self.accounting.journal[market])
        wait_for(f"{last} results of {market}", lambda: self.bus.has(market, last))
        sent = b""
        for document in (empty_snapshot(market), self.accounting.commands(market, 1, 1000)):
            sent += struct.pack("<I", len(document)) + document if document else b""
        documents = [empty_snapshot(market)]
        journal = self.accounting.journal[market]
        documents += [batch(market, at + 1, journal[at:at + 100])
                      for at in range(0, last, 100)]
        sent = b"".join(struct.pack("<I", len(each)) + each for each in documents)
        out = subprocess.run([self.program, "--stdio"], input=sent, capture_output=True, check=True,
                             timeout=WAIT_S).stdout
        at = 0
        while at < len(out):
            (length,) = struct.unpack_from("<I", out, at)
            for seq, bytes_ in results_of(out[at + 4:at + 4 + length]):
                if self.bus.results[market, seq] != bytes_:
                    raise Failed(f"result {seq} of {market} is not that of --stdio")
            at += 4 + length

    def scene_accounting_away(self):
        """Without accounting: alive, not ready; it becomes ready alone."""
        self.worker.start()
        time.sleep(1)
        if self.worker.ready():
            raise Failed("ready without accounting")
        self.accounting.start()
        wait_for("a ready worker", self.worker.ready)

    def scene_unsettled_commands(self):
        """What was in the journal at the start is computed without a message."""
        self.bus.open()
        self.expect("btcusd")

    def scene_commands(self):
        for _ in range(20):
            for market in self.accounting.journal:
                self.bus.send(self.accounting.append(market, 30))
        for market in self.accounting.journal:
            self.expect(market)
        wait_for("acks", lambda: self.bus.depth(COMMANDS) == 0)

    def scene_duplicates(self):
        before, repeats = self.worker.metric("duplicates_total"), self.bus.repeats
        self.bus.send(batch("btcusd", 5, self.accounting.journal["btcusd"][4:40]))
        self.bus.send(batch("btcusd", 5, self.accounting.journal["btcusd"][4:40]))
        wait_for("duplicates", lambda: self.worker.metric("duplicates_total") == before + 72)
        self.bus.collect()
        if self.bus.repeats != repeats:
            raise Failed("a duplicate command made a result")

    def scene_overlap(self):
        """The known part of a batch is dropped, the rest applied."""
        known = self.accounting.journal["btcusd"][-3:]
        first = len(self.accounting.journal["btcusd"]) - 2
        self.accounting.append("btcusd", 4)
        self.bus.send(batch("btcusd", first, known + self.accounting.journal["btcusd"][-4:]))
        self.expect("btcusd")

    def scene_early_batch(self):
        """What comes early waits for its turn, and nobody is asked."""
        for _ in range(TRIES):
            calls = self.accounting.count("commands")
            first, second = (self.accounting.append("btcusd", 5) for _ in range(2))
            self.bus.send_both(second, first)
            self.expect("btcusd")
            if self.accounting.count("commands") == calls:
                return
        raise Failed("asked accounting for what came in time")

    def scene_gap(self):
        """What never comes is asked for."""
        self.accounting.append("btcusd", 250)
        self.bus.send(self.accounting.append("btcusd", 5))
        self.expect("btcusd")
        if self.worker.metric("gaps_total") < 1:
            raise Failed("a gap was not counted")

    def scene_reload(self):
        """Accounting asks for a repeat: everything not settled comes again, with the same bytes."""
        repeats, last = self.bus.repeats, len(self.accounting.journal["ethusd"])
        self.bus.send(b'{"reload":"ethusd"}', "reload")

        def came_again():
            self.bus.collect()
            return self.bus.repeats >= repeats + last
        wait_for("the repeat", came_again)
        self.bus.send(self.accounting.append("ethusd", 10))
        self.expect("ethusd")

    def scene_poison(self):
        """Messages that are wrong go to the dead letters; others are not disturbed."""
        good = self.accounting.append("btcusd", 10)
        first = len(self.accounting.journal["btcusd"]) + 1
        broken = bytearray(batch("btcusd", first, orders(1, first, 2)))
        broken[BATCH.size + 32:BATCH.size + 40] = struct.pack("<q", -5)  # an amount
        poison = [(b"", None), (b"garbage", None), (good[:-1], None), (b"BRC9" + good[4:], None),
                  (bytes(broken), None), (b"{}", "reload"), (b"{", "reload"),
                  (b'{"reload":"nosuch"}', "reload"), (good, "strange"), (bytes(100000), None),
                  (batch("nosuch", 1, orders(1, 1, 3)), None)]
        for body, type_ in poison[:5]:
            self.bus.send(body, type_)
        self.bus.send(good)
        for body, type_ in poison[5:]:
            self.bus.send(body, type_)
        self.expect("btcusd")
        wait_for("dead letters", lambda: self.bus.depth(DEAD) == len(poison))
        self.bus.channel.queue_purge(DEAD)

    def scene_new_market(self):
        time.sleep(1.1)  # the list is read at most once a second
        self.accounting.add_market("ltcusd")
        self.bus.send(self.accounting.append("ltcusd", 20))
        self.expect("ltcusd")

    def scene_pruned(self):
        """Far behind: what is missing is not kept any more, the snapshot is ahead of it."""
        time.sleep(1.1)
        self.accounting.add_market("xrpusd")
        self.bus.send(self.accounting.append("xrpusd", 5))
        self.expect("xrpusd")
        self.accounting.append("xrpusd", 700)
        self.accounting.prune("xrpusd")
        first = len(self.accounting.journal["xrpusd"]) + 1
        self.bus.send(self.accounting.append("xrpusd", 10))

        def came():
            self.bus.collect()
            return ("xrpusd", first + 9) in self.bus.results
        wait_for("results after the snapshot", came)
        if ("xrpusd", first - 1) in self.bus.results:
            raise Failed("a result of a command that is gone")

    def scene_broker_dies(self):
        """Results that the broker did not confirm go out again; nothing is lost."""
        for _ in range(30):
            self.bus.send(self.accounting.append("btcusd", 40))
        self.servers("kill-bus")
        wait_for("a worker that is not ready", lambda: not self.worker.ready())
        self.servers("start-bus")
        self.bus.open()
        wait_for("a ready worker", self.worker.ready)
        self.bus.send(self.accounting.append("btcusd", 3))
        self.expect("btcusd")

    def scene_worker_dies(self):
        """A new worker computes again from the snapshot; the numbers and bytes are the same."""
        for _ in range(30):
            self.bus.send(self.accounting.append("ethusd", 40))
        self.worker.kill()
        self.worker.start()
        self.expect("ethusd")
        self.expect("btcusd")

    def scene_two_workers(self):
        """A second one by accident does no harm."""
        second = Worker(self.program, Path(self.worker.log.name).parent,
                        {**self.worker.environment, "OPS_PORT": str(free_base())})
        second.start()
        try:
            wait_for("the second worker", second.ready)
            for _ in range(20):
                self.bus.send(self.accounting.append("btcusd", 20))
            self.expect("btcusd")
        finally:
            second.kill(signal.SIGTERM)

    def scene_end(self):
        """SIGTERM ends in order, and a new worker has nothing to repair."""
        self.bus.send(self.accounting.append("btcusd", 10))
        self.expect("btcusd")
        if self.worker.kill(signal.SIGTERM) != 0:
            raise Failed("did not end in order")
        if self.accounting.problems:
            raise Failed(f"wrong calls: {self.accounting.problems[:3]}")

    def run(self):
        for name in [name for name in vars(Play) if name.startswith("scene_")]:
            began = time.monotonic()
            getattr(self, name)()
            print(f"transport: {name.removeprefix('scene_')}: ok ({time.monotonic() - began:.1f} s)",
                  flush=True)


def servers_of(folder):
    """Runs db_bus_servers on the folder; kill-bus is ours."""
    def run(command):
        if command == "kill-bus":
            os.kill(int((folder / "servers" / "rabbitmq.pid").read_text()), signal.SIGKILL)
            return
        subprocess.run([SERVERS, command, folder / "servers"], check=True)
    return run


def environment_of(folder, accounting, bus_port):
    return {"PATH": os.environ["PATH"], "OPS_PORT": str(free_base()), "LOG_LEVEL": "info",
            "ACCOUNTING_URL": f"http://127.0.0.1:{accounting.port}", "MARKETS": "*", "SHARD": "0",
            "SERVICE_KEY_FILE": str(folder / "matching.key"), "AMQP_PORT": str(bus_port),
            "AMQP_USER": "guest", "AMQP_PASSWORD": "guest"}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program, folder = Path(sys.argv[1]).resolve(), Path(tempfile.mkdtemp(prefix="bourse-transport-"))
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "matching.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    servers, worker, good = servers_of(folder), None, False
    try:
        servers("init")
        servers("start-bus")
        settings = dict(word.split("=") for word in (folder / "servers" / "env").read_text().split())
        accounting, bus = Accounting(key), Bus(int(settings["AMQP_PORT"]))
        for market in ("btcusd", "ethusd"):
            accounting.add_market(market)
        accounting.append("btcusd", 120)
        worker = Worker(program, folder, environment_of(folder, accounting, bus.port))
        Play(program, servers, accounting, bus, worker).run()
        good = True
    except Failed as failed:
        print(f"transport: {failed}; see {folder}")
    finally:
        if worker and worker.process and worker.process.poll() is None:
            worker.kill()
        servers("stop")
        if good:
            shutil.rmtree(folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

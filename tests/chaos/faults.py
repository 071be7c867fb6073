"""The faults of the chaos run. Each is a function of Faults; FAULTS lists them by name."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pika

from checker.stack import read_env

REPOSITORY = Path(__file__).resolve().parent.parent.parent
QUEUES = ("bourse.commands.0", "bourse.results")
FAULTS = {}
MONEY_FAULTS = {}  # of a run with --money too


def fault(function):
    FAULTS[function.__name__.replace("_", " ")] = function
    return function


def money_fault(function):
    MONEY_FAULTS[function.__name__.replace("_", " ")] = function
    return function


def is_json(path):
    try:
        json.loads(path.read_text())
        return True
    except ValueError:
        return False


class Faults:
    def __init__(self, world, chance, say):
        self.world, self.chance, self.say = world, chance, say
        self.stopped, self.second_worker = [], None

    def inject(self, name):
        {**FAULTS, **MONEY_FAULTS}[name](self)

    def end(self):
        """Lets go what still holds something."""
        self._end_second_worker()
        for pid in self.stopped:
            self._signal(pid, signal.SIGCONT)

    def _signal(self, pid, number):
        try:
            os.kill(pid, number)
            return True
        except (ProcessLookupError, TypeError):
            return False

    def _kill(self, name):
        self._signal(self.world.pid(name), signal.SIGKILL)

    def _pause(self, name, seconds):
        """SIGSTOP, and SIGCONT a while later, without waiting for it."""
        pid = self.world.pid(name)
        if pid and self._signal(pid, signal.SIGSTOP):
            self.stopped.append(pid)

            def go_on():
                self._signal(pid, signal.SIGCONT)
                self.stopped.remove(pid)

            timer = threading.Timer(seconds, go_on)
            timer.daemon = True
            timer.start()

    def _channel(self):
        env = read_env(self.world.folder / "env" / "operator.env")
        parameters = pika.ConnectionParameters(
            env["AMQP_HOST"], int(env["AMQP_PORT"]), env["AMQP_VHOST"],
            pika.PlainCredentials(env["AMQP_USER"], env["AMQP_PASSWORD"]),
            socket_timeout=3, blocked_connection_timeout=3)
        connection = pika.BlockingConnection(parameters)
        return connection, connection.channel()

    def _meddle(self, work):
        """Does something on the broker; a broker that is away is no failure of the run."""
        try:
            connection, channel = self._channel()
            try:
                work(channel)
            finally:
                connection.close()
        except (pika.exceptions.AMQPError, OSError) as error:
            self.say(f"  the broker does not let us: {type(error).__name__}")

    # ---- processes ----

    @fault
    def kill_accounting(self):
        self._kill("accounting")

    @fault
    def kill_matching(self):
        self._kill("matching")

    @fault
    def kill_mariadb(self):
        self._kill("mariadb")

    @fault
    def kill_rabbitmq(self):
        self._kill("rabbitmq")

    @fault
    def kill_both_services(self):
        self._kill("accounting")
        self._kill("matching")

    @money_fault
    def kill_blockchain(self):
        self._kill("blockchain")

    @money_fault
    def kill_signer(self):
        self._kill("signer")

    @money_fault
    def kill_gateway_and_signer(self):
        self._kill("blockchain")
        self._kill("signer")

    @money_fault
    def kill_litecoind(self):
        self._kill("litecoind")

    @money_fault
    def kill_anvil(self):
        """Never while it writes its state: it has no other, and a chain that is gone for ever is no fault of
        ours to survive."""
        pid, state = self.world.pid("anvil"), self.world.folder / "anvil" / "state.json"
        for _ in range(40):
            self._signal(pid, signal.SIGSTOP)
            if not state.exists() or is_json(state):
                self._signal(pid, signal.SIGKILL)
                return
            self._signal(pid, signal.SIGCONT)
            time.sleep(0.1)
        self.say("  anvil writes its state all the time")

    @money_fault
    def pause_blockchain(self):
        self._pause("blockchain", self.chance.uniform(1, 5))

    @money_fault
    def pause_signer(self):
        self._pause("signer", self.chance.uniform(1, 5))

    @money_fault
    def pause_litecoind(self):
        self._pause("litecoind", self.chance.uniform(1, 5))

    @money_fault
    def pause_anvil(self):
        self._pause("anvil", self.chance.uniform(1, 5))

    @fault
    def pause_accounting(self):
        self._pause("accounting", self.chance.uniform(1, 6))

    @fault
    def pause_matching(self):
        self._pause("matching", self.chance.uniform(1, 6))

    @fault
    def pause_mariadb(self):
        self._pause("mariadb", self.chance.uniform(1, 4))

    @fault
    def pause_rabbitmq(self):
        self._pause("rabbitmq", self.chance.uniform(1, 4))

    @fault
    def second_matching_worker(self):
        """Somebody starts another worker on the same shard; it is killed a while later."""
        self._end_second_worker()
        env = {**os.environ, **read_env(self.world.folder / "env" / "matching.env")}
        env["OPS_PORT"] = str(int(env["OPS_PORT"]) + 50)
        binary = Path(env.get("BOURSE_BIN") or REPOSITORY / "build" / "release" / "bin")
        log = (self.world.folder / "log" / "matching-second.log").open("ab")
        self.second_worker = subprocess.Popen([binary / "bourse-matching"], env=env, stderr=log,
                                              stdout=log)
        timer = threading.Timer(self.chance.uniform(3, 15), self._end_second_worker)
        timer.daemon = True
        timer.start()

    def _end_second_worker(self):
        worker, self.second_worker = self.second_worker, None
        if worker:
            worker.kill()
            worker.wait()

    # ---- messages ----

    def _steal(self, keep, repeat):
        """A second consumer takes its share of the messages of a queue for a second: drops, or
        repeats in another order, some of them."""
        queue = self.chance.choice(QUEUES)

        def work(channel):
            taken = []

            def take(_, method, properties, body):
                taken.append((properties, body))
                channel.basic_ack(method.delivery_tag)

            tag = channel.basic_consume(queue, take)
            until = time.monotonic() + 1
            while time.monotonic() < until:
                channel.connection.process_data_events(time_limit=0.05)
            channel.basic_cancel(tag)
            self.chance.shuffle(taken)
            for properties, body in taken:
                if self.chance.random() < keep:
                    for _ in range(2 if self.chance.random() < repeat else 1):
                        channel.basic_publish("", queue, body, properties)
            self.say(f"  took {len(taken)} messages of {queue}")

        self._meddle(work)

    @fault
    def drop_messages(self):
        self._steal(keep=0.5, repeat=0.0)

    @fault
    def repeat_and_reorder_messages(self):
        self._steal(keep=1.0, repeat=0.5)

    @fault
    def purge_a_queue(self):
        queue = self.chance.choice(QUEUES)
        self._meddle(lambda channel: channel.queue_purge(queue))

    @fault
    def poison(self):
        """Messages that follow no protocol."""
        bodies = (b"", b"\0" * 100, b"BRC1" + b"\xff" * 52, b"{}", os.urandom(2000))

        def work(channel):
            for queue in QUEUES:
                channel.basic_publish("", queue, self.chance.choice(bodies))

        self._meddle(work)

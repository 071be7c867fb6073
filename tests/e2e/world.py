"""The stack that the end-to-end tests run against: one of their own, in a folder of its own, on
free ports, started by tools/up and ended by tools/down.

    from world import WORLD
    WORLD.kill("matching"); WORLD.until_ready()

With RUN_DIR set, the stack that runs there is used and left alone afterwards.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pika
import pymysql
import requests

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "tools"), str(REPOSITORY / "tests" / "support")]

from checker import tables  # noqa: E402  (after the path is set)
from checker.stack import read_env  # noqa: E402
from ports import EDGE_OFFSET, free_base  # noqa: E402
from stack import nodes, rabbitmq  # noqa: E402

# Of what is waited for nothing takes seconds; a machine that is busy with other things may.
PATIENCE_S = 180
READY_S = 240
QUIET_S = 240


def wait_for(condition, seconds=PATIENCE_S, what="it"):
    """The first true value of condition()."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        time.sleep(0.02)


# Tests have the gateway pay without accounting: what is missing on the chains then is told, and stops nothing.
STEADY = {"accounting": {"RECONCILE_STOP": "none"}}


def written(settings):
    return "".join(f"{name}={value}\n" for name, value in settings.items())


class World:
    def __init__(self):
        given = os.environ.get("RUN_DIR")
        self.is_ours = not given
        if given:
            self.run_dir = Path(os.path.abspath(given))
            facts = read_env(self.run_dir / "stack.env")
            base, edge = int(facts["PORT_BASE"]), int(facts["EDGE_PORT"])
        else:
            self.run_dir = Path(os.environ.get("TMPDIR", "/tmp")) / f"bourse-e2e-{os.getpid()}"
            base = free_base()
            edge = base + EDGE_OFFSET
        self.port_base, self.edge_port, self.api_port = base, edge, base + 5
        self.ops_ports = {"accounting": base + 6, "matching": base + 7, "auth": base + 9,
                          "mail": base + 12, "blockchain": base + 14, "signer": base + 16}
        self.edge = f"http://127.0.0.1:{edge}/api/v2/peatio"
        self.api = f"http://127.0.0.1:{base + 5}/api/v2"
        self.environment = {**os.environ, "RUN_DIR": str(self.run_dir), "PORT_BASE": str(base),
                            "EDGE_PORT": str(edge), "EDGE_RATE": "100000", "EDGE_BURST": "20000"}

    # ---- the whole ----

    def tool(self, name, *arguments, **more):
        return subprocess.run([REPOSITORY / "tools" / name, *arguments], env=self.environment,
                              text=True, stdin=subprocess.DEVNULL, timeout=600, **more)

    def up(self):
        done = self.tool("up", capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr
        for service, settings in STEADY.items():
            local = self.file(f"env/{service}.local.env")
            if not local.exists():  # a stack that was stopped, or a test that restarts everything, keeps its own
                local.write_text(written(settings))
                self.kill(service)
                self.until_ready()

    def down(self):
        """Lets go what a test paused, and stops everything."""
        for path in (self.run_dir / "pids").glob("*.pid"):
            name = path.stem
            self.signal(name, signal.SIGCONT)
        self.tool("down", capture_output=True)

    def restart(self):
        self.down()
        self.up()

    def forget(self):
        shutil.rmtree(self.run_dir, ignore_errors=True)

    def file(self, name):
        return self.run_dir / name

    def env(self, service):
        return read_env(self.run_dir / "env" / f"{service}.env")

    @property
    def binaries(self):
        return Path(os.environ.get("BOURSE_BIN")
                    or REPOSITORY / os.environ.get("BUILD", "build") / "release" / "bin")

    def service(self, name, *arguments, environment=None, timeout=PATIENCE_S):
        """One run of a service program to its end, with the environment of the stack."""
        return subprocess.run([self.binaries / f"bourse-{name}", *arguments],
                              env={**os.environ, **self.env(name), **(environment or {})},
                              text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout)

    # ---- processes ----

    def pid(self, name):
        try:
            pid = int((self.run_dir / "pids" / f"{name}.pid").read_text())
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError):
            return None

    def signal(self, name, number):
        pid = self.pid(name)
        if pid:
            os.kill(pid, number)

    def kill(self, name):
        """kill -9; returns when the process is gone. The supervisor starts another one."""
        pid = self.pid(name)
        assert pid, f"{name} does not run"
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: self.pid(name) != pid, what=f"the end of {name}")

    @contextmanager
    def paused(self, name):
        """SIGSTOP for the time of the block."""
        pid = self.pid(name)
        assert pid, f"{name} does not run"
        os.kill(pid, signal.SIGSTOP)
        try:
            yield pid
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def switched_off(self, name):
        """A process that does not come back: its supervisor is told not to start it."""
        self.supervisor("stop", name)
        try:
            yield
        finally:
            self.supervisor("start", name)

    def supervisor(self, *arguments):
        done = subprocess.run(["supervisorctl", "-c", self.file("supervisor/supervisord.conf"),
                               *arguments], capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr

    @contextmanager
    def service_with(self, service, **settings):
        """A service, restarted with other settings for the time of the block."""
        local = self.file(f"env/{service}.local.env")
        before = local.read_text() if local.exists() else None
        local.write_text(written({**STEADY.get(service, {}), **settings}))
        try:
            self.kill(service)
            self.until_ready()
            yield
        finally:
            if before is None:
                local.unlink()
            else:
                local.write_text(before)
            self.kill(service)
            self.until_ready()

    def accounting_with(self, **settings):
        return self.service_with("accounting", **settings)

    # ---- state ----

    def ops(self, service, path):
        """(status, text) of /alive, /ready or /metrics; status 0: nobody answers."""
        try:
            answer = requests.get(f"http://127.0.0.1:{self.ops_ports[service]}{path}", timeout=10)
        except requests.RequestException:
            return 0, ""
        return answer.status_code, answer.text

    def is_ready(self, service):
        return self.ops(service, "/ready")[0] == 200

    def until_ready(self, seconds=READY_S):
        for service in self.ops_ports:
            wait_for(lambda: self.is_ready(service), seconds, f"{service} to be ready")

    def metric(self, service, name):
        """The sum of a metric over its labels, as soon as the service tells its metrics."""
        def told():
            status, text = self.ops(service, "/metrics")
            return status == 200 and text
        total = 0.0
        for line in wait_for(told, READY_S, f"metrics of {service}").splitlines():
            if line.startswith((name + " ", name + "{")):
                total += float(line.rsplit(" ", 1)[1])
        return total

    def log_mark(self, name):
        return self.file(f"log/{name}.log").stat().st_size

    def log_since(self, name, mark):
        with self.file(f"log/{name}.log").open("rb") as file:
            file.seek(mark)
            return file.read().decode(errors="replace")

    def log_lines_since(self, name, mark):
        """Whole ones."""
        return self.log_since(name, mark).split("\n")[:-1]

    def until_quiet(self, seconds=QUIET_S):
        """Until every command is settled and every event told."""
        connection = tables.connect(self.env("checker"))
        try:
            wait_for(lambda: tables.progress(connection) == (0, 0), seconds, "quiet")
        finally:
            connection.close()

    # ---- the chains ----

    @property
    def chains(self):
        """Those of the stack that run, by key: see tools/chain/nodes.py."""
        names = ("LITECOIND_PORT", "ANVIL_PORT")
        facts = read_env(self.file("stack.env"))
        return nodes.of(SimpleNamespace(run_dir=self.run_dir, infra_only=False,
                                        ports={name: int(facts[name]) for name in names},
                                        choices={"NODES": facts["NODES"]}, in_containers=False))

    # ---- peers ----

    def sql(self, statement, *arguments):
        """Runs a statement as the database's root; the rows."""
        connection = pymysql.connect(unix_socket=self.env("operator")["DB_SOCKET"],
                                     user=self.env("operator")["DB_USER"],
                                     database="bourse_accounting", autocommit=True,
                                     connect_timeout=30, read_timeout=60)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, arguments)
                return cursor.fetchall()
        finally:
            connection.close()

    @contextmanager
    def broker(self, user="operator"):
        """A channel of the broker, of its operator or of a service's user."""
        env = self.env(user)
        parameters = pika.ConnectionParameters(
            env["AMQP_HOST"], int(env["AMQP_PORT"]), env["AMQP_VHOST"],
            pika.PlainCredentials(env["AMQP_USER"], env["AMQP_PASSWORD"]), socket_timeout=30,
            blocked_connection_timeout=30, heartbeat=0)  # a test may be busy elsewhere
        connection = pika.BlockingConnection(parameters)
        try:
            yield connection.channel()
        finally:
            if connection.is_open:
                connection.close()

    def broker_answers(self):
        return rabbitmq.greets(self.port_base + 2)

    def queue_length(self, queue):
        with self.broker() as channel:
            return channel.queue_declare(queue, passive=True).method.message_count

    def rabbitmqctl(self, *arguments):
        done = self.tool("rabbitmqctl", "--quiet", *arguments, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


WORLD = World()

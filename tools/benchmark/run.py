"""The stack that is measured, and running programs against it."""

import hashlib
import http.client
import importlib.util
import json
import os
import secrets
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pymysql
import yaml

from benchmark import cpu
from stack.settings import REPOSITORY, read_env_file

MEMBERS, SESSIONS = 256, 64
PROTOTYPE_PORT, TRIVIAL_PORT, PROTOTYPE_EDGE_PORT = 20, 21, 22  # offsets from the port base
EDGE_PORT = 10
OPS_PORTS = {"accounting": 6, "auth": 9}  # offsets as well
DRAIN_SECONDS = 60


class BenchError(Exception):
    """Something did not run: the table would be a lie."""


def say(text):
    print(f"  {text}", flush=True)


class Bench:
    def __init__(self, quick, chosen):
        self.quick, self.chosen = quick, chosen  # chosen: the parts' names
        self.rounds, self.seconds, self.warmup = (1, 3, 1) if quick else (3, 5, 1)
        self.port_base = int(os.environ.get("BENCH_PORT_BASE") or 31000)
        self.build = Path(os.environ.get("BUILD") or REPOSITORY / "build")
        self.programs = self.build / "release" / "bench"
        self.run_dir = None
        self.is_up = False
        self.running = []  # programs that are to be ended
        self.foreign = {}  # what: share of the machine that others took
        self.results = {}

    # ---- the stack ----

    @property
    def edge_port(self):
        return self.port_base + EDGE_PORT

    @property
    def accounting_port(self):
        return self.port_base + 5

    @property
    def auth_port(self):
        return self.port_base + 8

    def api_socket(self, service):
        return self.run_dir / "http" / f"{service}.sock"

    def environment(self):
        operator = read_env_file(self.run_dir / "env" / "operator.env")
        return {**os.environ, "RUN_DIR": str(self.run_dir), "PORT_BASE": str(self.port_base),
                "EDGE_PORT": str(self.edge_port), **operator}

    def up(self):
        """Starts the stack when it is first needed."""
        if self.is_up:
            return
        self.run_dir = Path(tempfile.mkdtemp(prefix="bourse-bench-"))
        self.run_dir.chmod(0o711)  # the edge asks the services by Unix sockets, as nobody
        say(f"starting a stack below {self.run_dir}")
        # nginx counts connections and requests per address, and here all come from one.
        environment = {**os.environ, "RUN_DIR": str(self.run_dir), "EDGE_RATE": "1000000",
                       "EDGE_BURST": "100000", "NODES": "none", "PORT_BASE": str(self.port_base),
                       "EDGE_PORT": str(self.edge_port)}
        self.is_up = True
        done = subprocess.run([REPOSITORY / "tools/up"], env=environment, capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise BenchError(f"the stack did not come up:\n{done.stdout}{done.stderr}")
        self.make_people()

    def end(self):
        for process in self.running:
            process.kill()
            process.wait()
        if self.is_up:
            subprocess.run([REPOSITORY / "tools/reset"], env={**os.environ,
                           "RUN_DIR": str(self.run_dir)}, capture_output=True)
            shutil.rmtree(self.run_dir, ignore_errors=True)
        self.is_up = False

    def make_people(self):
        """Members with funds, by the service's own seeds, and a session token for each."""
        people = [{"uid": f"IDBENCH{i:05d}", "email": f"bench{i}@bourse.local",
                   "username": f"bench{i}", "role": "superadmin" if i == 0 else "member",
                   "level": 3, "group": "any", "state": "active",
                   "balances": [{"currency": "usd", "amount": "1000000000"},
                                {"currency": "btc", "amount": "1000000"}]}
                  for i in range(MEMBERS + 1)]
        folder = self.run_dir / "bench-seed"
        folder.mkdir()
        (folder / "members.yml").write_text(yaml.safe_dump(people))
        environment = {**os.environ, **read_env_file(self.run_dir / "env/accounting.env")}
        program = self.build / "release/bin/bourse-accounting"
        done = subprocess.run([program, "--seed", folder], env=environment, cwd=self.run_dir,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise BenchError(f"the members could not be made:\n{done.stdout}{done.stderr}")
        tool = load_tool("token")
        key = (self.run_dir / "keys/jwt.key").read_text()
        lines = [f"{one['uid']} {tool.session_token(key, one, 24 * 3600)}\n" for one in people[1:]]
        self.people = self.run_dir / "people.txt"
        self.people.write_text("".join(lines))
        for name in ("currencies", "blockchains", "markets", "trading_fees", "engines",
                     "withdraw_limits", "accounts"):
            shutil.copy(REPOSITORY / f"deploy/seed/{name}.yml", folder)  # for the stages

    def make_sessions(self):
        """Open sessions of the seeded traders, by their cookies, as sign-in makes them."""
        lines = []
        for at in range(SESSIONS):
            uid, cookie = self.traders()[at % len(self.traders())]["uid"], secrets.token_hex(16)
            self.query_all(
                "INSERT INTO bourse_auth.sessions (id, user_id, csrf_hash, user_ip, user_agent,"
                " user_agent_hash, methods, authenticated_at, created_at, expires_at, ends_at)"
                " SELECT %s, id, %s, '127.0.0.1', '', %s, 'pwd', UTC_TIMESTAMP(6),"
                " UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 HOUR,"
                " UTC_TIMESTAMP(6) + INTERVAL 1 DAY FROM bourse_auth.users WHERE uid = %s",
                (digest(cookie), digest(""), digest(""), uid))
            lines.append(f"{uid} {cookie}\n")
        path = self.run_dir / "sessions.txt"
        path.write_text("".join(lines))
        return path

    def traders(self):
        return json.loads((self.run_dir / "credentials.json").read_text())["traders"]

    def sign_ins_per_second(self):
        """One after the other, by password (argon2id), at auth itself."""
        begin, count = time.monotonic(), 0
        for trader in self.traders():
            body = json.dumps({"email": trader["email"], "password": trader["password"]}).encode()
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.auth_port}/api/v2/identity/sessions", body,
                {"Content-Type": "application/json", "X-Forwarded-For": "127.0.0.1"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read()
            count += 1
        return count / (time.monotonic() - begin)

    def take_turns(self, path, count, *bodies):
        """Seconds that auth takes for each body, a list for each; they alternate, so that whatever the
        machine does hits all of them."""
        connection = http.client.HTTPConnection("127.0.0.1", self.auth_port, timeout=30)
        texts, lists = [json.dumps(body) for body in bodies], [[] for _ in bodies]
        for _ in range(count):
            for text, times in zip(texts, lists):
                begin = time.perf_counter()
                connection.request("POST", path, text, {"Content-Type": "application/json",
                                                        "X-Forwarded-For": "203.0.113.9",
                                                        "User-Agent": "bench"})
                connection.getresponse().read()
                times.append(time.perf_counter() - begin)
        connection.close()
        return lists

    def pid(self, name):
        return int((self.run_dir / f"pids/{name}.pid").read_text())

    def processes(self):
        return {name: self.pid(name) for name in ("accounting", "matching", "auth", "mail",
                                                  "mariadb", "rabbitmq", "nginx")}

    def configure(self, service, **settings):
        """Starts a service again with these settings on top of its own."""
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        (self.run_dir / f"env/{service}.local.env").write_text(lines)
        before = self.pid(service)
        subprocess.run(["supervisorctl", "-c", self.run_dir / "supervisor/supervisord.conf",
                        "restart", service], check=True, capture_output=True)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
                                     f"http://127.0.0.1:{self.port_base + OPS_PORTS[service]}/ready"],
                                    capture_output=True, text=True).stdout
            if status == "200" and self.pid(service) != before:
                return
            time.sleep(0.1)
        raise BenchError(f"{service} did not come back")

    # ---- what the database says ----

    def query(self, sql):
        return self.query_all(sql)[0]

    def query_all(self, sql, values=()):
        if not hasattr(self, "database"):
            operator = read_env_file(self.run_dir / "env/operator.env")
            self.database = pymysql.connect(unix_socket=operator["DB_SOCKET"],
                                            user=operator["DB_USER"], autocommit=True,
                                            database="bourse_accounting")
        with self.database.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def settled(self):
        return int(self.query("SELECT SUM(settled_seq) FROM market_settlements")[0])

    def drain(self):
        """Waits until everything is settled and told. Gives the seconds that settling took."""
        begin = time.monotonic()
        settled_s = None
        while time.monotonic() < begin + DRAIN_SECONDS:
            commands, settled, waiting = self.query(
                "SELECT (SELECT SUM(command_seq) FROM market_commands), (SELECT SUM(settled_seq) "
                "FROM market_settlements), EXISTS (SELECT 1 FROM outbox)")
            if settled_s is None and commands == settled:
                settled_s = time.monotonic() - begin
            if commands == settled and not waiting:
                return settled_s
            time.sleep(0.05)
        raise BenchError(f"after {DRAIN_SECONDS} s {commands - settled} commands are not settled"
                         f"{' and the outbox is not empty' if waiting else ''}")

    # ---- programs ----

    def program(self, name):
        return self.programs / f"bench_{name}"

    def start(self, name, *arguments, environment=None):
        process = subprocess.Popen([self.program(name), *map(str, arguments)],
                                   env=environment or os.environ)
        self.running.append(process)
        return process

    def start_edge(self, port, upstream, asks=True):
        """A second edge, as the first but before another program, which listens on a Unix socket;
        asks=False: one that asks nobody and hands on the client's token."""
        folder = self.run_dir / "second-edge"
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        environment = {**os.environ, "EDGE_LISTEN": f"127.0.0.1:{port}",
                       "EDGE_ACCOUNTING": f"unix:{upstream}",
                       "EDGE_AUTH": f"unix:{self.api_socket('auth')}", "EDGE_PREFIX": str(folder),
                       "EDGE_USER": "nobody nogroup" if os.geteuid() == 0 else "",
                       "EDGE_RATE": "1000000", "EDGE_BURST": "100000"}
        configuration = folder / "nginx.conf"
        subprocess.run([REPOSITORY / "deploy/nginx/render", configuration], env=environment,
                       check=True)
        if not asks:
            text = configuration.read_text()
            for ours, silent in (("auth_request /.edge/authz;", "auth_request off;"),
                                 ("$edge_authorization$edge_oauth_authorization;",
                                  "$http_authorization;")):
                assert text.count(ours) == 1
                text = text.replace(ours, silent)
            configuration.write_text(text)
        process = subprocess.Popen(["nginx", "-p", f"{folder}/", "-e", "stderr", "-c",
                                    configuration, "-g", "daemon off;"])
        self.running.append(process)
        return process

    def stop(self, process):
        process.terminate()
        process.wait()
        self.running.remove(process)

    def output(self, name, *arguments, environment=None):
        done = subprocess.run([self.program(name), *map(str, arguments)], capture_output=True,
                              text=True, env=environment, cwd=REPOSITORY)
        if done.returncode != 0:
            raise BenchError(f"bench_{name} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def load(self, port, connections, count=None, processes=None, seconds=None, watch=False,
             **options):
        """One run of the load generator. `count` gives a number that is read at both ends of the
        window, for what is finished a second; `processes` are metered meanwhile."""
        arguments = {"port": port, "people": self.people, "connections": connections,
                     "seconds": seconds or self.seconds, "warmup": self.warmup, **options}
        if watch:
            arguments["watch"] = self.run_dir / "watch.txt"
        command = [self.program("load"), *(f"--{name}={value}" for name, value in arguments.items())]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=self.environment()) as process:
            meter = cpu.Meter({**(processes or {}), "load generator": process.pid},
                              "accounting" if processes and "accounting" in processes else None)
            result, counted, began = {}, 0, 0.0
            for line in process.stdout:
                if line.startswith("begin"):
                    counted, began = (count() if count else 0), time.monotonic()
                    meter.start()
                elif line.startswith("end"):
                    meter.stop()
                    if count:
                        result["counted"] = (count() - counted) / (time.monotonic() - began)
                elif line.startswith("result"):
                    result.update(pairs(line))
            errors = process.stderr.read()
        if process.returncode != 0:
            raise BenchError(f"load with {connections} connections: {errors.strip()[:600]}")
        if watch:
            result.update(self.order_to_trade(arguments["watch"]))
        return {**result, "meter": meter, "foreign": meter.foreign}

    def order_to_trade(self, path):
        """From the sending of an order that took to the arrival of its trade's event."""
        sent, seen = {}, {}
        for line in path.read_text().splitlines():
            what, number, at_ns = line.split()
            (sent if what == "order" else seen)[int(number)] = int(at_ns)
        takers = self.query_all("SELECT id, taker_order_id FROM trades WHERE id BETWEEN %s AND %s",
                           (min(seen, default=0), max(seen, default=0)))
        times = sorted((seen[trade] - sent[order]) / 1000 for trade, order in takers
                       if trade in seen and order in sent)
        if not times:
            raise BenchError("no trade was told of")
        return {"trade_p50_us": times[len(times) // 2], "trade_p99_us": times[len(times) * 99 // 100],
                "trade_max_us": times[-1], "trades_seen": float(len(times))}


def digest(text):
    return hashlib.sha256(text.encode()).digest()


def load_tool(name):
    """A script of tools/ as a module."""
    loader = SourceFileLoader(f"tool_{name}", str(REPOSITORY / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def pairs(line):
    """{name: number} of "what name=1 other=2"."""
    return {name: float(value) for name, _, value in
            (word.partition("=") for word in line.split()[1:])}


def medians(runs):
    """The median of each number of several runs, and the largest share of others."""
    names = [name for name, value in runs[0].items() if isinstance(value, float)]
    middle = {name: statistics.median(run[name] for run in runs) for name in names}
    return {**middle, "foreign": max(run["foreign"] for run in runs),
            "stalled": any("stall" in run for run in runs)}

"""tools/up and its companions: a private MariaDB, RabbitMQ and nginx that start, survive kills, keep
their data over a stop, and say in a sentence what is wrong."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from ports import EDGE_OFFSET, LAST_OFFSET, free_base  # noqa: E402  (after the path is set)

PORT_BASE = free_base()
EDGE_PORT = PORT_BASE + EDGE_OFFSET
RECOVERY_SECONDS = 90


def tool(run_dir, name, *arguments, **choices):
    environment = {**os.environ, "RUN_DIR": str(run_dir), "PORT_BASE": str(PORT_BASE),
                   "EDGE_PORT": str(EDGE_PORT), **choices}
    return subprocess.run([REPOSITORY / "tools" / name, *arguments], env=environment, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    run_dir = tmp_path_factory.mktemp("stack") / "run"
    started = tool(run_dir, "up", "--infra")
    assert started.returncode == 0, started.stderr
    yield run_dir
    tool(run_dir, "reset")
    assert not run_dir.exists()


def pid(run_dir, name):
    """None while it is written anew."""
    text = (run_dir / "pids" / f"{name}.pid").read_text() if (run_dir / "pids" / f"{name}.pid").exists() else ""
    return int(text) if text.strip() else None


def greets(port):
    with socket.socket() as peer:
        peer.settimeout(10)
        try:
            peer.connect(("127.0.0.1", port))
            peer.sendall(b"AMQP\x00\x00\x09\x01")
            return peer.recv(1) == b"\x01"
        except OSError:
            return False


def until(condition):
    deadline = time.monotonic() + RECOVERY_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_second_start_changes_nothing(stack):
    before = {name: pid(stack, name) for name in ("mariadb", "rabbitmq", "nginx")}
    again = tool(stack, "up", "--infra")
    assert again.returncode == 0 and "already running" in again.stdout
    assert before == {name: pid(stack, name) for name in before}
    other = tool(stack, "up", "--infra", EDGE_PORT=str(PORT_BASE + LAST_OFFSET + 1))
    assert other.returncode == 1 and "make down" in other.stderr


def test_everything_listens_on_loopback_only(stack):
    ours = {PORT_BASE + offset for offset in range(1, 8)} | {EDGE_PORT}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            host, port = address.split(":")
            if state == "0A" and int(port, 16) in ours:
                assert host in ("0100007F", "00000000000000000000000001000000")


def test_what_is_killed_comes_back(stack):
    checks = {"mariadb": lambda: tool(stack, "sql", "-e", "DO 0").returncode == 0,
              "rabbitmq": lambda: greets(PORT_BASE + 2),
              "nginx": lambda: tool(stack, "status").returncode == 0}
    for name, is_back in checks.items():
        old = pid(stack, name)
        os.kill(old, signal.SIGKILL)
        until(lambda: pid(stack, name) not in (None, old) and is_back())


def test_data_survive_a_stop_and_a_killed_supervisor(stack):
    assert tool(stack, "sql", "-e", "CREATE TABLE bourse_accounting.kept (a INT)").returncode == 0
    secret = (stack / "secrets" / "mariadb_accounting").read_text()
    os.kill(pid(stack, "supervisord"), signal.SIGKILL)
    assert tool(stack, "up", "--infra").returncode == 0
    assert tool(stack, "down").returncode == 0
    assert tool(stack, "status").returncode == 3
    assert "Nothing was running" in tool(stack, "down").stdout
    assert tool(stack, "up", "--infra").returncode == 0
    assert tool(stack, "sql", "-e", "SELECT * FROM bourse_accounting.kept").returncode == 0
    assert (stack / "secrets" / "mariadb_accounting").read_text() == secret


def test_down_says_what_a_killed_supervisor_left_behind(stack):
    os.kill(pid(stack, "supervisord"), signal.SIGKILL)
    done = tool(stack, "down")
    assert done.returncode == 0 and "supervisord left behind" in done.stdout + done.stderr
    assert "Stopped." in done.stdout and "Nothing was running" not in done.stdout
    assert tool(stack, "up", "--infra").returncode == 0


def test_secrets_are_private(stack):
    for path in (*(stack / "secrets").iterdir(), *(stack / "keys").glob("*.key"),
                 stack / "env" / "accounting.env", stack / "credentials.json"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_taken_port_is_named(stack, tmp_path):
    refused = tool(tmp_path / "second", "up", "--infra", EDGE_PORT=str(PORT_BASE + LAST_OFFSET + 1))
    assert refused.returncode == 1
    assert f"port {PORT_BASE + 1} (MariaDB" in refused.stderr and "PORT_BASE" in refused.stderr


def test_a_full_disk_is_named(tmp_path):
    """Of a new stack; the disk is one that says so."""
    check = ("import shutil, sys, types; sys.path.insert(0, 'tools'); from stack import cli, up; "
             "from stack.settings import Settings; "
             "shutil.disk_usage = lambda path: types.SimpleNamespace(free=100 << 20); "
             "cli.run('up', up.check_space, Settings())")
    done = subprocess.run(["/usr/bin/python3", "-B", "-c", check], text=True, capture_output=True, cwd=REPOSITORY,
                          env={**os.environ, "RUN_DIR": str(tmp_path)})
    assert done.returncode == 1
    assert f"the disk of {tmp_path} has 100 MB free" in done.stderr
    assert "choose another RUN_DIR" in done.stderr


def test_keys_of_containers_are_no_stack(tmp_path):
    (tmp_path / "stack.env").write_text("NODES=containers\n")
    for name in ("up", "down"):
        done = tool(tmp_path, name, *(["--infra"] if name == "up" else []))
        assert done.returncode == 1 and "docker-compose starts and stops" in done.stderr, done.stderr


def test_foreign_folder_and_bad_numbers_are_refused(tmp_path):
    (tmp_path / "letter").write_text("dear")
    assert "choose another RUN_DIR" in tool(tmp_path, "up", "--infra").stderr
    assert (tmp_path / "letter").exists()
    refused = tool(tmp_path / "run", "up", "--infra", EDGE_PORT="eighty")
    assert refused.returncode == 1 and "EDGE_PORT=eighty" in refused.stderr


def test_tokens_are_for_seeded_users_of_a_stack(stack, tmp_path):
    made = tool(stack, "token", "IDA11CE00001", "--ttl", "60")
    assert made.returncode == 0 and made.stdout.count(".") == 2
    assert "no seeded user" in tool(stack, "token", "IDFFFFFFFFFF").stderr
    assert "no local stack" in tool(tmp_path / "nothing", "token", "IDA11CE00001").stderr

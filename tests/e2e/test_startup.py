"""What a service refuses to start with: wrong configuration, a database that may lose commits
(D-01)."""

import json
import os
import signal
import subprocess
import time

import pymysql
import pytest
import requests

from world import WORLD, wait_for

from ports import free_base

USAGE, CONFIGURATION = 64, 78
WEAK = "innodb_flush_log_at_trx_commit"


def free_ports():
    base = free_base()
    return {"HTTP_PORT": str(base + 1), "HTTP_SOCKET": "", "OPS_PORT": str(base + 2)}


@pytest.mark.parametrize("service, changes", [
    ("accounting", {"HTTP_PORT": "99999", "OPS_PORT": "eighty", "DB_PASSWORD": "",
                    "LOG_LEVEL": "loud",
                    "WORKERS": "0", "JWT_PUBLIC_KEY_FILE": "/nonexistent/key",
                    "JWT_ALGORITHM": "none",
                    "MINIMUM_MEMBER_LEVEL_FOR_TRADING": "-1",
                    "DB_WEAK_DURABILITY_ALLOWED": "perhaps",
                    "ACCEPT_BATCH_MAX": "513"}),
    ("matching", {"OPS_PORT": "0", "ACCOUNTING_URL": "", "SERVICE_KEY_FILE": "/nonexistent/key",
                  "SHARD": "16", "ORDERS_PER_MARKET_MAX": "many", "LOG_LEVEL": "loud"}),
])
def test_all_mistakes_of_the_configuration_are_said_at_once(service, changes):
    """Each with its name and what is right, an example where one helps; exit 78; no secret is
    shown."""
    done = WORLD.service(service, environment={**changes, "AMQP_PASSWORD": "canary-4711"})
    assert done.returncode == CONFIGURATION, done.stderr
    assert f"the configuration has {len(changes)} mistakes:" in done.stderr
    for name in changes:
        assert f"  {name}: " in done.stderr, (name, done.stderr)
    assert "for example" in done.stderr and "canary-4711" not in done.stderr + done.stdout


@pytest.mark.parametrize("name, text", [
    ("JWT_PUBLIC_KEY_FILE", "no key at all"), ("JWT_PUBLIC_KEY_FILE", ""),
    ("SERVICE_KEY_FILE", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
    ("EVENT_API_JWT_PRIVATE_KEY_FILE", "x"), ("MANAGEMENT_API_CONFIG", "keychain: [\n"),
    ("ABILITIES_FILE", "roles: 5\n"), ("MANAGEMENT_API_CONFIG", "")])
def test_files_that_hold_nonsense_are_named(tmp_path, name, text):
    """A file that is there but wrong: no start, and the story says which."""
    file = tmp_path / "file"
    file.write_text(text)
    done = WORLD.service("accounting", environment={name: str(file), **free_ports()})
    assert done.returncode == CONFIGURATION, done.stderr
    assert name in done.stderr or str(file) in done.stderr, done.stderr


def test_private_key_for_public_tokens_is_refused():
    """Reference 6.1: a private key where a public one belongs."""
    done = WORLD.service("accounting", environment={
        "JWT_PUBLIC_KEY_FILE": str(WORLD.file("keys/jwt.key")), **free_ports()})
    assert done.returncode == CONFIGURATION and "JWT_PUBLIC_KEY_FILE" in done.stderr
    assert "-----" not in done.stderr


def test_unknown_flags_are_usage_errors():
    for service in ("accounting", "matching"):
        assert WORLD.service(service, "--frobnicate").returncode == USAGE
        assert WORLD.service(service, "--help").returncode == 0
        assert WORLD.service(service, "--check-config").returncode == 0


@pytest.fixture
def weak_database():
    """A durability setting that loses commits, for new connections; restored afterwards."""
    WORLD.sql(f"SET GLOBAL {WEAK} = 2")
    try:
        yield
    finally:
        WORLD.sql(f"SET GLOBAL {WEAK} = 1")
        WORLD.until_ready()  # who made a new connection meanwhile refuses it


class Second:
    """Another accounting on ports of its own; ended by the test."""

    def __init__(self, **environment):
        ports = free_ports()
        self.ops_port = int(ports["OPS_PORT"])
        self.process = subprocess.Popen(
            [WORLD.binaries / "bourse-accounting"], text=True, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            env={**os.environ, **WORLD.env("accounting"), **ports, **environment})

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def status_of(port, path):
    try:
        return requests.get(f"http://127.0.0.1:{port}{path}", timeout=30).status_code
    except requests.RequestException:
        return None


def test_database_that_may_lose_commits_is_refused(weak_database):
    """D-01: alive, never ready, and the setting is named in the log."""
    second = Second()
    try:
        wait_for(lambda: status_of(second.ops_port, "/alive") == 200, what="its life")
        time.sleep(1)
        assert status_of(second.ops_port, "/ready") == 503
    finally:
        said = second.end()
    assert WEAK in said
    assert all(json.loads(line) for line in said.splitlines())


def test_database_that_may_lose_commits_is_taken_when_told_so(weak_database):
    """D-01: the flag for tests."""
    done = WORLD.service("accounting", "--seed", str(WORLD.file("config")),
                         environment={"DB_WEAK_DURABILITY_ALLOWED": "true"})
    assert WEAK not in done.stderr


def test_database_of_another_user_is_not_ours():
    """D-12: the service may add to the ledger, and change or delete nothing of it."""
    env = WORLD.env("accounting")
    connection = pymysql.connect(unix_socket=env["DB_SOCKET"], user=env["DB_USER"],
                                 password=env["DB_PASSWORD"], database=env["DB_NAME"])
    try:
        with connection.cursor() as cursor:
            for table in ("ledger", "trades", "seals"):
                cursor.execute(f"SELECT COUNT(*) FROM {table}")
                for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET created_at = NOW()",
                                  f"TRUNCATE {table}", f"DROP TABLE {table}",
                                  f"ALTER TABLE {table} ADD x INT"):
                    with pytest.raises(pymysql.err.OperationalError) as failure:
                        cursor.execute(statement)
                    assert failure.value.args[0] in (1142, 1143), (statement, failure.value)
            with pytest.raises(pymysql.err.OperationalError):
                cursor.execute("SELECT * FROM mysql.user")
    finally:
        connection.close()

"""The first user of an empty platform (reference barong.md §7.1.7): a second auth of its own, with a
schema of its own beside that of the stack."""

import os
import signal
import subprocess

import pytest
import requests

from applicant import PASSWORD, new_email, sql
from ports import LAST_OFFSET
from world import REPOSITORY, WORLD, wait_for

SCHEMA = "bourse_auth_first"
PORT = WORLD.port_base + LAST_OFFSET + 1


@pytest.fixture
def empty_auth(stack):
    """A new schema, migrated and without users; the migrating user serves it."""
    env = {**os.environ, **stack.env("auth"), "DB_NAME": SCHEMA, "HTTP_PORT": str(PORT),
           "HTTP_SOCKET": "", "OPS_PORT": str(WORLD.port_base), "FIRST_REGISTRATION_SUPERADMIN": "true"}
    env.update(DB_USER=env["DB_MIGRATE_USER"], DB_PASSWORD=env["DB_MIGRATE_PASSWORD"])
    sql(f"DROP DATABASE IF EXISTS {SCHEMA}")
    sql(f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    sql(f"GRANT ALL PRIVILEGES ON {SCHEMA}.* TO 'bourse_auth_migrate'@'%%' WITH GRANT OPTION")
    process = None
    try:
        done = subprocess.run([stack.binaries / "bourse-auth", "--migrate"], env=env, text=True,
                              capture_output=True, cwd=REPOSITORY, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        for table in ("permissions", "levels"):
            sql(f"INSERT INTO {SCHEMA}.{table} SELECT * FROM bourse_auth.{table}")
        process = subprocess.Popen([stack.binaries / "bourse-auth"], env=env, cwd=stack.run_dir,
                                   stderr=stack.file("log/auth-first.log").open("w"))
        wait_for(answers, what="the second auth")
        yield
    finally:
        if process:
            process.send_signal(signal.SIGTERM)
            process.wait(120)
        sql(f"REVOKE ALL PRIVILEGES ON {SCHEMA}.* FROM 'bourse_auth_migrate'@'%%'")
        sql(f"DROP DATABASE IF EXISTS {SCHEMA}")


def answers():
    try:
        return requests.get(f"http://127.0.0.1:{PORT}/api/v2/public/ping", timeout=2).ok
    except requests.RequestException:
        return False


def sign_up():
    answer = requests.post(f"http://127.0.0.1:{PORT}/api/v2/identity/users", timeout=30,
                           headers={"User-Agent": "x", "X-Forwarded-For": "203.0.113.1"},
                           json={"email": new_email(), "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_the_first_one_administers_and_nobody_else(empty_auth):
    first, second = sign_up(), sign_up()
    assert (first["role"], first["state"], first["level"]) == ("superadmin", "active", 1)
    assert [(one["key"], one["value"], one["scope"]) for one in first["labels"]] == [
        ("email", "verified", "private")]
    assert (second["role"], second["state"], second["level"]) == ("member", "pending", 0)
    assert second["labels"] == []

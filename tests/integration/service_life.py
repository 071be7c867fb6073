#!/usr/bin/python3
"""The rituals of service_main(), seen from outside: tests/integration/service_sample.c is run with
every flag, wrong settings, signals, and its operations port is asked.

    tests/integration/service_life.py build/release/tests/integration/service_sample
"""
import http.client
import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from ports import free_base  # noqa: E402  (after the path is set)

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "service_sample"
WAIT_S = 60


def wait_for(question, what):
    """The first true answer."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not {what} within {WAIT_S} s")


class Service:
    """A running sample. Ends with the test that started it."""

    def __init__(self, test, **settings):
        self.port = free_base()
        environment = {"OPS_PORT": str(self.port), "SAMPLE_NAME": "x", **settings}
        self.process = subprocess.Popen([PROGRAM], env=environment, stderr=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        test.addCleanup(self.end)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def get(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        connection.request(method, path)
        reply = connection.getresponse()
        body = reply.read().decode()
        connection.close()
        return reply.status, body

    def wait_alive(self):
        return wait_for(self.answer, "alive")

    def answer(self):
        try:
            return self.get("/alive")
        except OSError:
            return None

    def threads(self):
        """The names of its threads."""
        names = set()
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                names.add((task / "comm").read_text(encoding="ascii").strip())
        return names

    def wait_end(self):
        _, errors = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, [json.loads(line) for line in errors.splitlines()]


def run(*arguments, **settings):
    return subprocess.run([PROGRAM, *arguments], env=settings, capture_output=True, text=True,
                          timeout=WAIT_S, check=False)


class Flags(unittest.TestCase):
    def test_help_version_and_tables_are_printed(self):
        for flag, expected in (("--help", "--echo TEXT"), ("--version", "bourse-sample 0.1.0"),
                               ("--print-config", "| `SAMPLE_NAME` | required |"),
                               ("--print-metrics", "bourse_sample_turns_total")):
            done = run(flag)
            self.assertEqual((done.returncode, done.stderr), (0, ""), flag)
            self.assertIn(expected, done.stdout)

    def test_unknown_flag_is_64_with_a_hint(self):
        done = run("--print-cnfig")
        self.assertEqual(done.returncode, 64)
        self.assertIn("did you mean --print-config?", done.stderr)
        self.assertEqual(run("--frobnicate").returncode, 64)
        self.assertEqual(run("serve").returncode, 64)

    def test_own_flags_run_with_and_without_configuration(self):
        done = run("--echo", "hello")
        self.assertEqual((done.returncode, done.stdout), (0, "sample hello\n"))
        done = run("--show")
        self.assertEqual(done.returncode, 78)
        done = run("--show", OPS_PORT="1", SAMPLE_NAME="me", SAMPLE_PASSWORD="secret")
        self.assertEqual((done.returncode, done.stdout), (3, "me 6\n"))

    def test_check_config(self):
        self.assertEqual(run("--check-config", OPS_PORT="1", SAMPLE_NAME="x").returncode, 0)
        self.assertEqual(run("--check-config").returncode, 78)


class Configuration(unittest.TestCase):
    def test_all_mistakes_come_at_once_with_78(self):
        done = run(OPS_PORT="99999", SAMPLE_READY="perhaps", LOG_LEVEL="loud",
                   SAMPLE_KEY="/nonexistent", SAMPLE_STOP_MS="-1", SAMPLE_PASSWORD="canary")
        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn("the configuration has 6 mistakes:", done.stderr)
        for name in ("OPS_PORT", "SAMPLE_NAME", "SAMPLE_READY", "LOG_LEVEL", "SAMPLE_KEY",
                     "SAMPLE_STOP_MS"):
            self.assertIn(f"  {name}: ", done.stderr)
        self.assertIn("for example OPS_PORT=18999", done.stderr)
        self.assertNotIn("canary", done.stderr)

    def test_secret_is_in_no_output(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("canary\n")
            file.flush()
            settings = {"OPS_PORT": "1", "SAMPLE_NAME": "x", "SAMPLE_PASSWORD_FILE": file.name}
            done = run("--show", **settings)
            self.assertEqual(done.stdout, "x 6\n")
            for flag in ("--print-config", "--check-config", "--help"):
                done = run(flag, **settings)
                self.assertNotIn("canary", done.stdout + done.stderr)


class Life(unittest.TestCase):
    def test_operations_port(self):
        service = Service(self)
        self.assertEqual(service.wait_alive(), (200, "alive\n"))
        self.assertEqual(service.get("/ready"), (200, "ready\n"))
        status, body = service.get("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("bourse_sample_asked 1", body)
        self.assertIn("# TYPE bourse_sample_turns_total counter", body)
        self.assertEqual(service.get("/other")[0], 404)
        self.assertEqual(service.get("/alive", "POST")[0], 405)

    def test_not_ready_says_why_and_is_alive(self):
        service = Service(self, SAMPLE_READY="false")
        self.assertEqual(service.wait_alive()[0], 200)
        self.assertEqual(service.get("/ready"), (503, "the database is away\n"))

    def test_signals_stop_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            service = Service(self)
            service.wait_alive()
            service.process.send_signal(number)
            status, lines = service.wait_end()
            self.assertEqual(status, 0)
            messages = [line["message"] for line in lines]
            self.assertEqual(messages, ["started", "stopping", "stopped"])
            self.assertEqual(lines[0]["version"], "0.1.0")
            self.assertEqual(lines[1]["signal"], number.name.replace("SIG", ""))

    def test_not_ready_while_it_stops(self):
        service = Service(self, SAMPLE_STOP_MS="600000")
        service.wait_alive()
        service.process.terminate()
        wait_for(lambda: service.get("/ready") == (503, "the service is stopping\n"), "stopping")
        self.assertEqual(service.get("/alive")[0], 200)

    def test_stopping_takes_its_time(self):
        service = Service(self, SAMPLE_STOP_MS="500")
        service.wait_alive()
        begin = time.monotonic()
        service.process.terminate()
        self.assertEqual(service.wait_end()[0], 0)
        self.assertGreaterEqual(time.monotonic() - begin, 0.5)

    def test_second_signal_ends_at_once(self):
        service = Service(self, SAMPLE_STOP_MS="600000")
        service.wait_alive()
        service.process.terminate()
        wait_for(lambda: service.get("/ready")[0] == 503, "stopping")
        service.process.send_signal(signal.SIGINT)
        self.assertEqual(service.wait_end()[0], 1)

    def test_other_signals_do_not_end_it(self):
        service = Service(self)
        service.wait_alive()
        service.process.send_signal(signal.SIGPIPE)
        time.sleep(0.1)
        self.assertEqual(service.get("/alive")[0], 200)

    def test_failed_start_is_1(self):
        service = Service(self, SAMPLE_STARTS="no")
        status, lines = service.wait_end()
        self.assertEqual(status, 1)
        self.assertEqual(lines[-1]["error"], "the sample does not start as told")

    def test_taken_port_is_1_and_names_it(self):
        first = Service(self)
        first.wait_alive()
        second = Service(self, OPS_PORT=str(first.port))
        status, lines = second.wait_end()
        self.assertEqual(status, 1)
        self.assertIn("operations port", lines[0]["error"])

    def test_service_fail_ends_in_order_with_1(self):
        service = Service(self, SAMPLE_FAIL_AFTER_MS="50", SAMPLE_STOP_MS="200")
        status, lines = service.wait_end()
        self.assertEqual(status, 1)
        self.assertEqual(lines[-1]["message"], "stopped")
        self.assertIn("the sample fails as told", [line.get("error") for line in lines])

    def test_process_limits(self):
        service = Service(self)
        service.wait_alive()
        with open(f"/proc/{service.process.pid}/limits", encoding="ascii") as file:
            limits = {line[:25].strip(): line[26:].split()[:2] for line in file}
        self.assertEqual(limits["Max core file size"], ["0", "0"])
        self.assertEqual(*limits["Max open files"])
        wait_for(lambda: "turner" in service.threads(), "running its thread")


if __name__ == "__main__":
    unittest.main()

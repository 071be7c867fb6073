"""The signer's file of decisions: nothing of it is forgotten by kill -9, nothing of it can be changed; mistakes in
the policy are named; the memory is shut."""

import json
import os
import signal
import threading
import time

import pytest
import requests

from signer_world import POLICY, SEEDS, WAIT_SECONDS, World, day, refused, signed
from signer_world import world  # noqa: F401 (fixture)


# ---- the file of decisions ----

def test_kill_between_requests_forgets_nothing(world):
    paid = 0
    for number in range(12):
        signed(world.pay(f"w-{number}", 10_000_000 + number))
        paid += 10_000_000 + number
        world.restart(signal.SIGKILL)
        assert day(world, "withdrawal") == paid
        refused(world.pay(f"w-{number}", 10_000_000 + number), "payout_second")
    assert world.run("--verify-audit", str(world.audit)).returncode == 0


def test_kill_during_requests_never_signs_what_is_not_written(world):
    """Whatever was answered is in the file after a kill at any moment."""
    answered, stop = [], threading.Event()

    def ask(lane):
        for number in range(10_000):
            if stop.is_set():
                return
            try:
                reply = world.pay(f"w-{lane}-{number}", 1000)
            except requests.RequestException:
                return
            if reply.status_code == 200:
                answered.append((f"w-{lane}-{number}", reply.json()["txid"]))

    for round_number in range(3):
        threads = [threading.Thread(target=ask, args=(f"{round_number}-{lane}",)) for lane in range(3)]
        for thread in threads:
            thread.start()
        target = len(answered) + 20
        until = time.monotonic() + WAIT_SECONDS
        while len(answered) < target and time.monotonic() < until:
            time.sleep(0.001)
        world.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
        assert world.start() is None
    stop.set()
    lines = [json.loads(line) for line in world.audit.read_text().splitlines()]
    written = {(line["payments"][0]["payout"], line["tx"]) for line in lines if line["event"] == "signed"}
    assert len(answered) >= 60 and set(answered) <= written
    assert day(world, "withdrawal") == 1000 * len(written)


def test_half_a_line_is_cut_and_noted(world):
    signed(world.pay("w-1", 1000))
    world.stop()
    with open(world.audit, "a") as file:
        file.write('{"n":99,"at":1790000')
    assert "not written whole" in world.run("--verify-audit", str(world.audit)).stdout
    assert world.start() is None
    signed(world.pay("w-2", 1000))
    started = [json.loads(line) for line in world.audit.read_text().splitlines()
               if '"started"' in line]
    assert started[-1]["torn_bytes"] == 20
    assert world.run("--verify-audit", str(world.audit)).returncode == 0


def test_changed_file_refuses_to_start(world):
    signed(world.pay("w-1", 80_000_000))
    signed(world.pay("w-2", 1000))
    world.stop()
    text = world.audit.read_text()
    world.audit.write_text(text.replace('"80000000"', '"00000001"'))
    assert world.start() == 78
    assert world.run("--verify-audit", str(world.audit)).returncode == 1
    world.audit.write_text(text)
    assert world.start() is None


def test_seeds_without_their_file_refuse_to_start(world):
    signed(world.pay("w-1", 80_000_000))
    world.stop()
    world.audit.rename(world.folder / "elsewhere")
    assert world.start() == 78
    assert "would be forgotten" in world.log()
    (world.folder / "elsewhere").rename(world.audit)
    assert world.start() is None


def test_refusals_are_written_as_well(world):
    refused(world.pay("w-1", 100_000_001), "payment_max")
    refused(world.pay("w-2", 1000, purpose="gas"), "unlisted")
    lines = [json.loads(line) for line in world.audit.read_text().splitlines()]
    rules = [line["rule"] for line in lines if line["event"] == "refused"]
    assert rules == ["signer.policy.payment_max", "signer.policy.unlisted"]


# ---- configuration, memory ----

@pytest.mark.parametrize("before, after, says", [
    ('fee_max: "1000000"', 'fee_max: "0.1"', "policy.yml:27: fee_max"),
    ("from: [hot]", "from: [cold]", "from: deposit, hot, warm or fee"),
    ("purpose: collection", "purpose: collecting", "purpose: withdrawal, collection"),
    ("to_own: [hot, warm]", "to: any", "only withdrawals and refunds"),
    ("network: regtest", "network: moon", "there is no chain litecoin/moon"),
    ("name: ltc-regtest", "title: ltc-regtest", "title"),
    ('payment_max: "100000000"', 'payment_max: "900000000"', "payment_max is above day_max"),
])
def test_mistake_in_the_policy_is_named(tmp_path, before, after, says):
    world = World(tmp_path)
    assert before in POLICY
    world.write_policy(POLICY.replace(before, after, 1))
    assert world.start() == 78
    done = world.run("--print-policy", str(tmp_path / "policy.yml"))
    assert done.returncode == 1 and says in done.stderr, done.stderr


def test_seed_is_never_written_over(world):
    done = world.run("--put-seed", "bitcoin", input="ab" * 32)
    assert done.returncode == 1 and "is there" in done.stderr
    assert world.run("--put-seed", "bitcoin", input=SEEDS["bitcoin"]).returncode == 0


def test_memory_is_shut_and_seeds_are_not_kept_as_text(world):
    signed(world.pay("w-1", 1000))
    pid = world.process.pid
    assert os.stat(f"/proc/{pid}/mem").st_uid == 0  # not dumpable: it belongs to root
    if os.geteuid() != 0:
        with pytest.raises(PermissionError):
            open(f"/proc/{pid}/mem", "rb")
        return
    # Who is root can look: the texts of the seeds, and the seeds, were wiped after their use.
    found = memory_has(pid, [seed.encode() for seed in SEEDS.values()]
                       + [bytes.fromhex(seed) for seed in SEEDS.values()])
    assert not found


def memory_has(pid, needles):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            place, rights, *_, = line.split()
            if "rw" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            begin, end = (int(number, 16) for number in place.split("-"))
            memory.seek(begin)
            try:
                data = memory.read(end - begin)
            except OSError:
                continue
            if any(needle in data for needle in needles):
                return True
    return False

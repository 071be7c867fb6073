"""W-31: after payouts on both chains, private keys are in the signer and nowhere else: not in the memory of
another process, not in a log, not in the database's files, not in the file of decisions."""

import importlib.util
import os
import secrets
from contextlib import suppress
from pathlib import Path

import pytest
from payouts import outside_address
from world import REPOSITORY, WORLD

UNITS = {"ltc-regtest": 1_000_000, "eth-anvil": 10**15}
SECRETS = {"bitcoin": ("m/84'/1'/1'/0/0", "m/84'/1'/0'/0/0"),
           "ethereum": ("m/44'/60'/1'/0/0", "m/44'/60'/3'/0/0")}
CHUNK = 1 << 20


def chain_keys():
    """tests/support/coins.py, whose name another module has here."""
    spec = importlib.util.spec_from_file_location("chain_keys", REPOSITORY / "tests/support/coins.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def canaries():
    """Seeds, master keys, and keys of addresses that sign: as bytes and in digits."""
    keys, found = chain_keys(), []
    for family, paths in SECRETS.items():
        done = WORLD.service("signer", "--show-seed", family)
        assert done.returncode == 0, done.stderr
        seed = bytes.fromhex(done.stdout.strip())
        master = keys.Key.of_seed(seed)
        found += [seed] + [key.secret.to_bytes(32, "big") for key in
                           (master, *(master.path(path) for path in paths))]
    return found + [one.hex().encode() for one in found] + [one.hex().upper().encode() for one in found]


def found_in(data, canaries):
    return [at for at, canary in enumerate(canaries) if canary in data]


def test_keys_are_nowhere_but_in_the_signer(gateway, ltc, eth, canaries):
    for chain, node in (("ltc-regtest", ltc), ("eth-anvil", eth)):
        payout = f"withdraw-{secrets.token_hex(4)}"
        assert gateway.put(payout, chain, outside_address(node), UNITS[chain])[0] == 201
        gateway.until(payout, "confirmed", mine=node)

    for folder, _, names in os.walk(WORLD.run_dir):  # passes over what vanishes meanwhile
        for path in (Path(folder) / name for name in names):
            with suppress(FileNotFoundError):
                if path.is_file() and not path.is_symlink():
                    assert not found_in_file(path, canaries), path
    for path in (WORLD.run_dir / "pids").glob("*.pid"):
        pid = WORLD.pid(path.stem)
        if pid and path.stem != "signer":
            assert not found_in_memory(pid, canaries), path.stem


def test_memory_of_the_signer_is_shut(stack):
    """Of its own user: what root may is not ours to forbid."""
    pid = WORLD.pid("signer")
    assert os.stat(f"/proc/{pid}/environ").st_uid == 0
    with open(f"/proc/{pid}/limits") as limits:
        assert any(line.split()[-3:-1] == ["0", "0"] for line in limits if line.startswith("Max core"))


def found_in_file(path, canaries):
    with path.open("rb") as file:
        rest = b""
        while piece := file.read(CHUNK):
            if found := found_in(rest + piece, canaries):
                return found
            rest = piece[-256:]
    return []


def resident(pid):
    """What of a process's memory may hold something: (begin, end). Files that it only reads hold nothing of its own,
    and what it reserved and never touched is nowhere."""
    place, found = None, []
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            is_of_file = words[4] != "0" and "w" not in words[1]
            place = None if "r" not in words[1] or "[v" in line or is_of_file else words[0]
        elif place and words[0] in ("Rss:", "Swap:") and words[1] != "0":
            found.append(tuple(int(number, 16) for number in place.split("-")))
            place = None
    return found


def found_in_memory(pid, canaries):
    nothing = bytes(CHUNK + 256)
    with open(f"/proc/{pid}/mem", "rb") as memory:
        for begin, end in resident(pid):
            for at in range(begin, end, CHUNK):
                try:
                    memory.seek(at)
                    data = memory.read(min(CHUNK + 256, end - at))
                except (OSError, ValueError, OverflowError):
                    break  # not backed by anything
                if data == nothing[:len(data)]:
                    continue
                if found := found_in(data, canaries):
                    return found
    return []

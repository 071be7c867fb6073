"""Signatures of several: m of n, from signer to signer, and the files that a person signs off-line."""

import base64
import json
import secrets
import subprocess
from pathlib import Path

import coins
from coins import Coin, Payment
from signer_world import (
    BINARY, OUTSIDE, OUTSIDE_ADDRESS, SEEDS, STRANGER, WAIT_SECONDS, claim, evm_read, key_of,
    signed)
from signer_world import world  # noqa: F401 (fixture)


# ---- multi-signature ----

def test_signature_in_m_of_n_is_one_of_several(world):
    path = "m/84'/1'/1'/0/0"
    ours, other = world.key(path), coins.Key(1234, b"")
    script = coins.multisig(2, [ours, other])
    coin = Coin(secrets.token_hex(32), 0, 60_000_000, ours, path, coins.p2wsh(script), script)
    outputs = [Payment(50_000_000, OUTSIDE), Payment(9_990_000, coins.p2wsh(script))]
    answer = signed(world.psbt("w-1", [coin], outputs, [claim("w-1", 50_000_000)]))
    assert answer["complete"] is False and answer["raw"] == ""
    document = base64.b64decode(answer["psbt"])
    begin = document.index(b"\x22\x02" + ours.public) + 35
    signature = document[begin + 1:begin + 1 + document[begin]]
    r, s = coins.der_read(signature[:-1])
    assert coins.verify(ours.public, coins.witness_digest([coin], outputs, 0), r, s)


def test_signatures_of_two_signers_make_a_transaction(world):
    """W-29: 2 of 3, by a PSBT that goes from the signer to a person off-line; a forged part is refused."""
    path, seed = "m/84'/1'/1'/0/0", "c01d" * 16
    ours, theirs, third = world.key(path), key_of(seed, path), coins.Key(1234, b"")
    script = coins.multisig(2, [ours, theirs, third])
    coin = Coin(secrets.token_hex(32), 0, 60_000_000, ours, path, coins.p2wsh(script), script)
    coin.others = [(theirs, path)]
    outputs = [Payment(50_000_000, OUTSIDE), Payment(9_990_000, coins.p2wsh(script))]
    half = signed(world.psbt("w-1", [coin], outputs, [claim("w-1", 50_000_000)]))
    assert half["complete"] is False
    raw = offline(world, half["psbt"], seed)
    digest = coins.witness_digest([coin], outputs, 0)
    signatures = witness_of(bytes.fromhex(raw))[1:3]
    keys = sorted((ours.public, theirs.public))
    for key, signature in zip(keys, signatures):
        assert coins.verify(key, digest, *coins.der_read(signature[:-1]))
    forged = bytearray(base64.b64decode(half["psbt"]))
    forged[forged.index(b"\x22\x02" + ours.public) + 45] ^= 1
    assert "signature" in offline(world, base64.b64encode(forged).decode(), seed, returncode=1)


def witness_of(raw):
    """The stack of the only input of a transaction."""
    begin = raw.rindex(b"\x04\x00", 0, len(raw) - 4)
    count, at, items = raw[begin], begin + 1, []
    for _ in range(count):
        length = raw[at]
        items.append(raw[at + 1:at + 1 + length])
        at += 1 + length
    assert at == len(raw) - 4
    return items


# ---- off-line ----

def offline(world, text, seed, *arguments, returncode=0, chain="litecoin/regtest"):
    """Signs a file; the text that was written, or what was said when it fails."""
    number = secrets.token_hex(4)
    file, seed_file = world.folder / f"in-{number}", world.folder / f"seed-{number}"
    file.write_text(text)
    seed_file.write_text(seed + "\n")
    done = subprocess.run([BINARY, "--sign-file", file, "--seed-file", seed_file, "--chain", chain,
                           "--yes", *arguments], env={}, text=True, capture_output=True, timeout=WAIT_SECONDS)
    assert done.returncode == returncode, done.stderr
    assert seed not in done.stdout + done.stderr
    return done.stderr if returncode else Path(f"{file}.signed").read_text().strip()


def test_file_is_shown_and_signed_only_when_told(world):
    coin, path = world.coin(value=60_000_000, place="2'/0/4"), world.folder / "cold.psbt"
    outputs = [Payment(50_000_000, OUTSIDE), world.change(9_990_000)]
    text = coins.psbt([coin], outputs)
    path.write_text(text)
    (world.folder / "seed").write_text(SEEDS["bitcoin"])
    command = [BINARY, "--sign-file", path, "--seed-file", world.folder / "seed", "--chain", "litecoin/regtest"]
    shown = subprocess.run(command, env={}, text=True, capture_output=True, timeout=WAIT_SECONDS)
    assert shown.returncode == 0
    for line in (f"pays 50000000 to {OUTSIDE_ADDRESS}", "(ours: account hot, 3)", "fee 10000",
                 "of a key of this seed", "Nothing is signed"):
        assert line in shown.stdout
    assert not Path(f"{path}.signed").exists()
    raw = bytes.fromhex(offline(world, text, SEEDS["bitcoin"]))
    signature, public = witness_of_key(raw)
    assert public == coin.key.public
    assert coins.verify(public, coins.witness_digest([coin], outputs, 0), *coins.der_read(signature[:-1]))
    assert "no input is of this seed" in offline(world, text, "ab" * 32, returncode=1)
    assert "there is no chain" in offline(world, text, SEEDS["bitcoin"], returncode=1, chain="litecoin/moon")


def witness_of_key(raw):
    length = raw[-4 - 34 - 72] if raw[-4 - 34 - 72] == 71 else raw[-4 - 34 - 71]
    end = len(raw) - 4 - 34
    return raw[end - length:end], raw[-4 - 33:-4]


def test_file_of_an_ethereum_like_chain_is_signed(world):
    fields = {"client": "geth", "chain_id": 31337, "account": 2, "index": 0, "nonce": 3, "to": STRANGER,
              "value": "5", "data": "0x", "gas": 21000, "max_fee": "2000000000", "max_priority_fee": "1"}
    _, sender = evm_read(offline(world, json.dumps(fields), SEEDS["ethereum"], chain="geth/31337"))
    assert sender == coins.evm_address(world.key("m/44'/60'/2'/0/0").public)
    assert "nonce" in offline(world, json.dumps({**fields, "nonce": -1}), SEEDS["ethereum"], returncode=1,
                              chain="geth/31337")
    assert "--chain says litecoin/regtest" in offline(world, json.dumps(fields), SEEDS["ethereum"], returncode=1)

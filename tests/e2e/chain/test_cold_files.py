"""Money back from a cold wallet: a file made by the gateway, signed elsewhere (by litecoind, which reads BIP-174
too; by our signer without network), brought back and sent."""

import json
import re
import secrets
import subprocess

import pytest

from payouts import outside_address, received
from world import WORLD, wait_for

CHAIN, EVM = "ltc-regtest", "eth-anvil"


@pytest.fixture
def cold(ltc):
    address = ltc.outside_address()
    ltc.pay("ltc", address, "2")
    ltc.pay("ltc", address, "3")
    wait_for(lambda: ltc.mine(1) and received(ltc, "ltc", address) == 500_000_000, what="its coins")
    return address


def run(*arguments):
    return WORLD.service("blockchain", *arguments, timeout=60)


def test_file_of_a_cold_wallet__made_shown_signed_elsewhere_and_sent_once(gateway, ltc, cold, tmp_path):
    hot = gateway.address(CHAIN, "hot", "e2e-hot")
    before = received(ltc, "ltc", hot)
    made = run("--unsigned", f"{CHAIN} {cold} {hot} 400000000")
    assert made.returncode == 0, made.stderr
    file = tmp_path / "offload.psbt"
    file.write_text(made.stdout)
    shown = run("--inspect", f"litecoin/regtest {file}").stdout
    assert f"pays    400000000 units  {hot}" in shown and "open, 0 signatures" in shown
    refused = run("--import", f"{CHAIN} {file}")
    assert refused.returncode != 0 and "signatures are missing" in refused.stderr
    signed = ltc.call("walletprocesspsbt", made.stdout.strip())
    assert signed["complete"]
    file.write_text(signed["psbt"])
    sent = run("--import", f"{CHAIN} {file}")
    assert sent.returncode == 0, sent.stderr
    assert run("--import", f"{CHAIN} {file}").stdout == sent.stdout
    ltc.mine(2)
    assert received(ltc, "ltc", hot) == before + 400_000_000
    assert received(ltc, "ltc", cold) > 99_000_000


def test_file_of_a_cold_wallet__what_it_has_not__is_not_made(ltc, cold):
    for units in ("600000000", "1", "x"):
        done = run("--unsigned", f"{CHAIN} {cold} {outside_address(ltc)} {units}")
        assert done.returncode != 0 and not done.stdout
    assert run("--unsigned", "two words").returncode == 64


# ---- Ethereum-like ----

class Vault:
    """A seed that is nowhere but in a file of the off-line signer."""

    def __init__(self, folder):
        self.folder, self.seed = folder, folder / f"seed-{secrets.token_hex(4)}"
        self.seed.write_text(secrets.token_hex(32))
        any_of_it = {"client": "geth", "chain_id": 31337, "account": 0, "index": 0, "nonce": 0, "value": "1",
                     "to": "0x" + "11" * 20, "gas": 21000, "max_fee": "1", "max_priority_fee": "1"}
        self.address = re.search(r"from (0x\w{40})", self.sign(json.dumps(any_of_it), agree=False).stdout).group(1)

    def sign(self, text, agree=True, chain=None):
        file = self.folder / f"{secrets.token_hex(4)}.json"
        file.write_text(text)
        self.signed = file.with_name(file.name + ".signed")
        command = [WORLD.binaries / "bourse-signer", "--sign-file", file, "--seed-file", self.seed]
        return subprocess.run(command + ["--yes"] * agree + (["--chain", chain] if chain else []), env={}, text=True,
                              capture_output=True, timeout=60, check=False)

    def signature(self, text):
        done = self.sign(text)
        assert done.returncode == 0, done.stderr
        return self.signed

    def signed_as_told(self, fields, **changes):
        """The signer's work on other fields than the gateway's: it has no word of what was asked."""
        told = {name: value for name, value in {**fields, **changes}.items() if name not in ("payment", "from")}
        return self.signature(json.dumps(told))


@pytest.fixture
def vault(eth, tmp_path):
    """A cold wallet with coins and tokens."""
    vault = Vault(tmp_path)
    eth.pay("eth", vault.address, "2")
    eth.pay("usdt", vault.address, "100")
    eth.mine(1)
    return vault


def unsigned(words):
    done = run("--unsigned", words)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refused(done, *words):
    assert done.returncode != 0, done.stdout
    for word in words:
        assert word in done.stderr, done.stderr


def shown(text, tmp_path, chain="geth/31337"):
    file = tmp_path / "shown"
    file.write_text(text)
    return run("--inspect", f"{chain} {file}")


def test_evm_file__token_for_a_withdrawal__asked_shown_signed_and_sent_once(gateway, eth, vault, tmp_path):
    hot = gateway.address(EVM, "hot", "e2e-hot")
    payout, to = f"withdraw-{secrets.token_hex(4)}", outside_address(eth)
    gateway.put(payout, EVM, to, 10**18, contract=eth.TOKEN)  # more than anybody has
    gateway.until(payout, "waiting")
    before = received(eth, "usdt", hot)
    words = f"{EVM} {vault.address} {hot} 25500000 asset=usdt for={payout}"
    text = unsigned(words)
    assert unsigned(words) == text, "the same question has the same file"
    fields = json.loads(text)
    assert (fields["chain_id"], fields["from"], fields["for"]) == ("31337", vault.address, payout)
    story = shown(text, tmp_path).stdout
    for line in ("pays 25.5 usdt: 25500000 of the token", f"to {hot}", f"for {payout}", "fee at most", "not signed"):
        assert line in story, story
    seen = vault.sign(text, agree=False)
    assert "pays 25.5 usdt" in seen.stdout and payout in seen.stdout and "Nothing is signed" in seen.stdout
    file = vault.signature(text)
    assert f"from {vault.address}" in shown(file.read_text(), tmp_path).stdout
    sent = run("--import", f"{EVM} {file}")
    assert sent.returncode == 0, sent.stderr
    assert run("--import", f"{EVM} {file}").stdout == sent.stdout, "twice is one payment"
    eth.mine(1)
    assert eth.receipt(sent.stdout.strip())["status"] == "0x1"
    assert run("--import", f"{EVM} {file}").stdout == sent.stdout
    assert received(eth, "usdt", hot) == before + 25_500_000
    assert received(eth, "usdt", vault.address) == 74_500_000
    gateway.cancel(payout)


def test_evm_file__native_coin__lost_by_the_node__is_sent_again_in_the_same_bytes(gateway, eth, vault):
    to = outside_address(eth)
    file = vault.signature(unsigned(f"{EVM} {vault.address} {to} {10**18} key=0/0"))
    eth.call("evm_setAutomine", False)
    try:
        sent = run("--import", f"{EVM} {file}")
        assert sent.returncode == 0, sent.stderr
        stored = gateway.sql("SELECT txid, raw FROM cold_files WHERE from_address = %s", vault.address)
        assert stored == ((sent.stdout.strip(), file.read_text().strip()),)
        refused(run("--unsigned", f"{EVM} {vault.address} {to} {10**18}"), "on its way")
        assert eth.call("anvil_dropTransaction", sent.stdout.strip())
        assert run("--import", f"{EVM} {file}").stdout == sent.stdout
    finally:
        eth.call("evm_setAutomine", True)
    eth.mine(1)
    eth.receipt(sent.stdout.strip())
    assert received(eth, "eth", to) == 10**18


def test_evm_file__what_comes_back_otherwise__is_refused(gateway, eth, vault, tmp_path):
    to, other = outside_address(eth), outside_address(eth)
    text = unsigned(f"{EVM} {vault.address} {to} 5000000 asset=usdt")
    fields = json.loads(text)
    lie = dict(fields, payment=dict(fields["payment"], units="6000000"))
    refused(vault.sign(json.dumps(lie)), "payment.units")
    refused(vault.sign(text, chain="geth/1"), "--chain says geth/1")
    refused(Vault(tmp_path).sign(text), "from: the key of this seed")
    refused(shown(text, tmp_path, "geth/1"), "the file is of geth/31337")

    def bring(file):
        return run("--import", f"{EVM} {file}")

    refused(bring(vault.signed_as_told(fields, chain_id="1")), "chain 1")
    more = fields["data"][:-64] + f"{6000000:064x}"
    refused(bring(vault.signed_as_told(fields, data=more)), "amount: it pays 6000000 units", "asked for 5000000")
    elsewhere = fields["data"][:34] + other[2:] + fields["data"][74:]
    refused(bring(vault.signed_as_told(fields, data=elsewhere)), "to: it pays")
    refused(bring(vault.signed_as_told(fields, max_fee=str(int(fields["max_fee"]) + 1))), "max_fee")
    refused(bring(Vault(tmp_path).signed_as_told(fields)), "it is signed by", f"asked was {vault.address}")
    refused(bring(vault.signed_as_told(fields, nonce=7)), "no file asked")
    assert gateway.sql("SELECT txid FROM cold_files WHERE from_address = %s", vault.address) == ((None,),)
    assert received(eth, "usdt", to) == received(eth, "usdt", other) == 0


def test_evm_file__its_number_used_by_another__is_stale(eth, vault):
    to = outside_address(eth)
    first = unsigned(f"{EVM} {vault.address} {to} 1000000 asset=usdt")
    second = unsigned(f"{EVM} {vault.address} {to} 2000000 asset=usdt nonce=0")
    assert (json.loads(first)["nonce"], json.loads(second)["nonce"]) == (0, 0)
    third = unsigned(f"{EVM} {vault.address} {to} 3000000 asset=usdt")
    assert json.loads(third)["nonce"] == 1, "a file that is out keeps its number"
    files = [vault.signature(text) for text in (first, second)]
    sent = run("--import", f"{EVM} {files[1]}")
    assert sent.returncode == 0, sent.stderr
    eth.receipt(sent.stdout.strip())
    refused(run("--import", f"{EVM} {files[0]}"), "number 0", "used up by another transaction")
    refused(run("--unsigned", f"{EVM} {vault.address} {to} 1 nonce=0"), "nonce:")
    assert received(eth, "usdt", to) == 2_000_000


def test_evm_file__what_can_not_be__is_not_made(gateway, eth, vault):
    to = outside_address(eth)
    payout = f"withdraw-{secrets.token_hex(4)}"
    gateway.put(payout, EVM, to, 10**18, contract=eth.TOKEN)
    gateway.until(payout, "waiting")
    for words, story in ((f"{to} 1 asset=doge", "asset"), (f"{to} 200000000 asset=usdt", ""), (f"{to} {10**20}", ""),
                         (f"{to} 0", "UNITS"), ("0x12 1", "TO"), (f"{to} 1 for=nothing", "for"),
                         (f"{to} 1 asset=usdt for={payout}", "out of the hot account"),
                         (f"{to} 1 for={payout}", "another asset")):
        refused(run("--unsigned", f"{EVM} {vault.address} {words}"), story)
    assert run("--unsigned", f"{EVM} {vault.address} {to} 1 word=1").returncode == 64
    assert gateway.sql("SELECT COUNT(*) FROM cold_files WHERE from_address = %s", vault.address) == ((0,),)
    gateway.cancel(payout)

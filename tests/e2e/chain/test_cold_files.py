"""Money back from a cold wallet: a file made by the gateway, signed elsewhere (here by litecoind, which
reads BIP-174 too), brought back and sent."""

import pytest

from payouts import outside_address, received
from world import WORLD, wait_for

CHAIN = "ltc-regtest"


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

"""bourse-signer alone, with a seed that the test knows: what it signs is verified by code that shares nothing
with it, what its policy forbids is refused, no payout is signed twice, and nothing of this is forgotten
by kill -9."""

import json
import subprocess
import time

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

import coins
from coins import Payment
from management import Signer as Approver
from signer_world import (
    BINARY, OUTSIDE, OUTSIDE_ADDRESS, POLICY, WAIT_SECONDS, claim, day, refused,
    signed)
from signer_world import world  # noqa: F401 (fixture)


# ---- keys ----

def test_account_keys_are_those_of_the_seed(world):
    for client, network, path in (("litecoin", "regtest", "m/84'/1'/0'"), ("geth", "31337", "m/44'/60'/0'")):
        for account in ("0", "deposit"):
            answer = signed(world.call("GET", f"/keys/{client}/{network}/{account}"))
            assert answer["path"] == path
            key = world.key(path)
            assert coins.xpub_of(answer["xpub"]) == (key.public, key.code)


def test_keys_of_a_chain_that_is_not_listed_are_refused(world):
    refused(world.call("GET", "/keys/bitcoin/main/0"), "chain_unlisted")
    assert world.call("GET", "/keys/litecoin/regtest/4").status_code == 404


def test_only_the_gateway_is_let_in(world):
    path = "/keys/litecoin/regtest/0"
    assert world.call("GET", path, token=world.token("accounting")).status_code == 403
    assert world.call("GET", path, token=world.token(audience="accounting")).status_code == 401
    assert world.call("GET", path, token=world.token("accounting", issuer="blockchain")).status_code == 401
    assert requests.get(f"http://127.0.0.1:{world.base + 1}/internal{path}", timeout=30).status_code == 401


# ---- PSBT ----

def test_withdrawal_is_signed_and_complete(world):
    spent = [world.coin(value=30_000_000), world.coin(value=40_000_000, place="1'/0/7")]
    outputs = [Payment(60_000_000, OUTSIDE), world.change(9_990_000)]
    answer = signed(world.psbt("withdraw-1", spent, outputs, [claim("withdraw-1", 60_000_000)]))
    assert answer["complete"] is True
    assert answer["txid"] == coins.txid_of(coins.transaction(spent, outputs))
    raw = bytes.fromhex(answer["raw"])
    for at, coin in enumerate(spent):
        key = compact_push(coin.key.public)
        begin = raw.index(key) - 1
        length = next(n for n in (70, 71, 72) if raw[begin - n] == n) if raw[begin + 1] == 33 else 0
        signature = raw[begin - length + 1:begin + 1]
        assert signature[-1] == 1
        r, s = coins.der_read(signature[:-1])
        assert s <= coins.N // 2
        assert coins.verify(coin.key.public, coins.witness_digest(spent, outputs, at), r, s)


def compact_push(data):
    return bytes([len(data)]) + data


def test_same_request_again_is_the_same_answer_and_counts_once(world):
    spent = [world.coin(value=110_000_000)]
    first = signed(world.pay("withdraw-1", 80_000_000, spent))
    for _ in range(10):
        assert signed(world.pay("withdraw-1", 80_000_000, spent)) == first
    world.restart()
    assert signed(world.pay("withdraw-1", 80_000_000, spent)) == first
    assert day(world, "withdrawal") == 80_000_000


def test_outputs_must_be_what_was_named(world):
    spent = [world.coin(value=60_000_000)]
    rest = world.change(9_000_000)
    cases = [
        ([Payment(50_000_000, OUTSIDE), Payment(9_000_000, b"\x00\x14" + b"\x01" * 20)], 50_000_000),
        ([Payment(50_000_001, OUTSIDE), rest], 50_000_000),
        ([Payment(50_000_000, b"\x00\x14" + b"\x01" * 20), rest], 50_000_000),
        ([rest], 50_000_000),
        ([Payment(25_000_000, OUTSIDE), Payment(25_000_000, OUTSIDE), rest], 25_000_000),
        ([Payment(50_000_000, OUTSIDE), Payment(0, b"\x6a\x02hi"), rest], 50_000_000),
    ]
    for number, (outputs, units) in enumerate(cases):
        refused(world.psbt(f"w-{number}", spent, outputs, [claim(f"w-{number}", units)]), "outputs")


def test_change_goes_to_the_hot_account_alone(world):
    spent = [world.coin(value=60_000_000)]
    for place in ("0'/0/3", "2'/0/3"):
        outputs = [Payment(50_000_000, OUTSIDE), world.change(9_990_000, place)]
        refused(world.psbt("w-1", spent, outputs, [claim("w-1", 50_000_000)]), "outputs")
    # A path of ours beside a script that is not: the script decides.
    outputs = [Payment(50_000_000, OUTSIDE), world.change(9_990_000)]
    outputs[1].script = b"\x00\x14" + b"\x05" * 20
    refused(world.psbt("w-1", spent, outputs, [claim("w-1", 50_000_000)]), "outputs")


def test_coins_of_others_are_refused(world):
    coin = world.coin(value=60_000_000)
    coin.script = coins.p2wpkh(coins.Key(9, b"").public)
    outputs = [Payment(50_000_000, OUTSIDE), world.change(9_990_000)]
    refused(world.psbt("w-1", [coin], outputs, [claim("w-1", 50_000_000)]), "inputs")


def test_caps_of_payment_day_and_fee(world):
    refused(world.pay("w-1", 100_000_001), "payment_max")
    refused(world.pay("w-2", 80_000_000, fee=1_000_001), "fee_max")
    for number in range(3):
        signed(world.pay(f"w-1{number}", 80_000_000))
    refused(world.pay("w-20", 80_000_000), "day_max")
    signed(world.pay("w-21", 60_000_000))
    world.restart()
    refused(world.pay("w-22", 1), "day_max")
    assert day(world, "withdrawal") == 300_000_000


def test_fees_of_a_day_have_a_cap(world):
    for number in range(5):
        signed(world.pay(f"w-{number}", 1000, fee=900_000))
    refused(world.pay("w-9", 1000, fee=900_000), "fee_day_max")


def test_what_is_not_listed_is_refused(world):
    refused(world.pay("w-1", 1000, purpose="refund"), "unlisted")
    refused(world.pay("w-1", 1000, client="bitcoin"), "chain_unlisted")
    refused(world.pay("w-1", 1000, spent=[world.coin(place="0'/0/5")]), "account")
    warm, stranger = [world.coin(place="2'/0/0")], b"\x00\x14" + b"\x02" * 20
    refused(world.pay("w-1", 1000, spent=warm, purpose="offload", to=stranger), "destination")


def test_collection_goes_to_our_wallets_alone(world):
    spent = [world.coin(value=50_000_000, place="0'/0/5")]
    hot = world.change(49_000_000, "1'/0/0")
    address = coins.bech32("rltc", hot.script[2:])
    outputs = [Payment(49_990_000, hot.script)]
    signed(world.psbt("c-1", spent, outputs, [claim("c-1", 49_990_000, address)], purpose="collection"))
    far = world.change(1, "1'/0/1000")
    address = coins.bech32("rltc", far.script[2:])
    outputs, spent = [Payment(49_990_000, far.script)], [world.coin(value=50_000_000, place="0'/0/5")]
    refused(world.psbt("c-2", spent, outputs, [claim("c-2", 49_990_000, address)], purpose="collection"),
            "destination")
    placed = claim("c-2", 49_990_000, address, account=1, index=1000)
    signed(world.psbt("c-2", spent, outputs, [placed], purpose="collection"))
    outputs = [Payment(49_990_000, OUTSIDE)]
    for more in ({}, {"account": 1, "index": 0}):
        reply = world.psbt("c-3", spent, outputs, [claim("c-3", 49_990_000, **more)], purpose="collection")
        refused(reply, "own_address" if more else "destination")


# ---- one payout, one spend ----

def test_second_transaction_must_share_an_input(world):
    first, second, third = (world.coin(value=60_000_000) for _ in range(3))
    signed(world.pay("w-1", 50_000_000, [first, second]))
    refused(world.pay("w-1", 50_000_000, [third]), "payout_second")
    signed(world.pay("w-1", 50_000_000, [first, third], fee=2000))
    refused(world.pay("w-1", 50_000_000, [second], fee=2000), "payout_second")  # beside the one before
    assert day(world, "withdrawal") == 50_000_000
    world.restart()
    refused(world.pay("w-1", 50_000_000, [third, second], fee=3000), "payout_second")
    refused(world.pay("w-1", 50_000_001, [first], fee=3000), "payout_differs")
    refused(world.pay("w-1", 50_000_000, [first], to=b"\x00\x14" + b"\x03" * 20), "payout_differs")


def test_two_stories_of_what_inputs_are_worth_are_refused(world):
    """Else two signatures of one transaction, each by a lie about the other's value, make a fee of the rest."""
    one, other = world.coin(value=60_000_000), world.coin(value=1_000_000)
    outputs = [Payment(50_000_000, OUTSIDE), world.change(10_990_000)]
    claims = [claim("w-1", 50_000_000)]
    signed(world.psbt("w-1", [one, other], outputs, claims))
    one.value, other.value = 50_000_000, 11_000_000
    refused(world.psbt("w-1", [one, other], outputs, claims), "tx_again")
    refused(world.psbt("w-2", [one, other], outputs, [claim("w-2", 50_000_000)]), "tx_again")
    world.restart()
    refused(world.psbt("w-1", [one, other], outputs, claims), "tx_again")


def test_payout_twice_in_one_transaction_is_refused(world):
    spent = [world.coin(value=60_000_000)]
    outputs = [Payment(20_000_000, OUTSIDE), Payment(20_000_000, OUTSIDE), world.change(19_990_000)]
    refused(world.psbt("w-1", spent, outputs, [claim("w-1", 20_000_000)] * 2), "payout_twice")
    signed(world.psbt("w-1", spent, outputs, [claim("w-1", 20_000_000), claim("w-2", 20_000_000)]))


# ---- four eyes ----

def approval(world, *names, payout="w-1", units=95_000_000, to=OUTSIDE_ADDRESS, chain="ltc-regtest", **claims):
    people = [Approver(name, world.people[name].private) for name in names]
    return people[0].document(also=people[1:], payout_id=payout, chain=chain, contract="", to=to,
                              units=str(units), **claims)


def test_large_payment_needs_two_people(world):
    spent = [world.coin(value=105_000_000)]

    def pay(*approvals):
        return world.pay("w-1", 95_000_000, spent, approvals=list(approvals))

    refused(pay(), "approvals")
    refused(pay(approval(world, "alice")), "approvals")
    refused(pay(approval(world, "alice"), approval(world, "alice")), "approvals")
    refused(pay(approval(world, "alice"), approval(world, "bob", units=94_000_000)), "approval_differs")
    refused(pay(approval(world, "alice"), approval(world, "bob", payout="w-2")), "approval_differs")
    refused(pay(approval(world, "alice"), approval(world, "bob", chain="eth-anvil")), "approval_differs")
    refused(pay(approval(world, "alice", "bob", exp=int(time.time()) - 10)), "approval_invalid")
    forged = approval(world, "alice", "bob").replace('"kid": "bob"', '"kid": "carol"')
    refused(pay(forged), "approval_invalid")
    note = {"uid": "ID1", "digest": "ab" * 32, "at": "2026-11-27T20:00:00Z"}  # accounting's own approvals
    refused(pay(note, note, approval(world, "alice")), "approvals")
    signed(pay(note, approval(world, "alice"), json.loads(approval(world, "bob"))))


def approve_off_line(world, key, *arguments, returncode=0, name="dora", **payment):
    """bourse-signer --approve, as an approver runs it; the signed document."""
    paid = {"payout_id": "w-1", "chain": "ltc-regtest", "contract": "", "to": OUTSIDE_ADDRESS, "units": "95000000"}
    (world.folder / "payment.json").write_text(json.dumps({**paid, **payment}))
    (world.folder / "approver.pem").write_text(key)
    done = subprocess.run([BINARY, "--approve", world.folder / "payment.json", "--key-file",
                           world.folder / "approver.pem", "--name", name, *arguments],
                          env={}, text=True, capture_output=True, timeout=WAIT_SECONDS)
    assert done.returncode == returncode, done.stderr
    return done.stderr if returncode or not done.stdout else done.stdout.strip()


def test_approvers_sign_off_line_with_keys_of_their_own(world):
    dora = ed25519.Ed25519PrivateKey.generate()
    secret = dora.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption()).decode()
    public = dora.public_key().public_bytes(serialization.Encoding.PEM,
                                            serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    lines = "".join(f"      {line}\n" for line in public.splitlines())
    world.write_policy(POLICY.replace("chains:", "  - name: dora\n    algorithm: EdDSA\n    key: |\n"
                                      + lines + "chains:", 1))
    world.restart()
    spent = [world.coin(value=100_000_000)]
    shown = approve_off_line(world, secret)
    assert "Nothing is signed" in shown and OUTSIDE_ADDRESS in shown
    first = approve_off_line(world, secret, "--yes")
    second = approve_off_line(world, world.people["bob"].private, "--yes", "--hours", "1", name="bob")
    refused(world.pay("w-1", 95_000_000, spent, approvals=[first, first]), "approvals")
    other = approve_off_line(world, secret, "--yes", units="95000001")
    refused(world.pay("w-1", 95_000_000, spent, approvals=[other, second]), "approval_differs")
    signed(world.pay("w-1", 95_000_000, spent, approvals=[first, json.loads(second)]))
    refused(world.pay("w-2", 95_000_000, approvals=[first, second]), "approval_differs")  # a replay
    assert "units" in approve_off_line(world, secret, returncode=1, units="1.5")
    assert "members" in approve_off_line(world, secret, returncode=1, note="x")
    assert "key" in approve_off_line(world, public, returncode=1)


def test_small_payment_needs_nobody(world):
    signed(world.pay("w-1", 90_000_000))

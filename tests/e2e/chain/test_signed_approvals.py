"""Payments above the signer's threshold: people sign them with keys of their own, and whoever has accounting's
database alone can't (W-27). From the member to the chain, on litecoind and anvil."""

import json
import secrets
import subprocess
from decimal import Decimal
from types import SimpleNamespace

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from members import Member, errors, funded, manage
from payouts import outside_address, received
from world import REPOSITORY, WORLD, wait_for

SECONDS = 180
CASES = {"ltc": ("ltc-regtest", "0.5", "40000000", 8), "eth": ("eth-anvil", "0.03", "20000000000000000", 18)}
WHO = SimpleNamespace()


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption()).decode()


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM,
                                         serialization.PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module", autouse=True)
def strict(admin, gateway, tmp_path_factory):
    """The signer wants two of three people above a threshold; each has a key that nobody else has."""
    folder = tmp_path_factory.mktemp("approvers")
    WHO.admin, WHO.second, WHO.gateway, WHO.folder = admin, Member(role="superadmin"), gateway, folder
    WHO.keys = {"alice": ec.generate_private_key(ec.SECP256R1()), "bob": ed25519.Ed25519PrivateKey.generate(),
                "carol": ec.generate_private_key(ec.SECP256R1())}
    policy = yaml.safe_load((REPOSITORY / "deploy/config/signer_policy.yml").read_text())
    policy["four_eyes"] = 2
    policy["approvers"] = [{"name": name, "key": public_pem(key),
                            "algorithm": "EdDSA" if name == "bob" else "ES256"}
                           for name, key in WHO.keys.items()]
    above = {chain: threshold for chain, _, threshold, _ in CASES.values()}
    for chain in policy["chains"]:
        for rule in chain["rules"]:
            if rule["purpose"] == "withdrawal" and not rule.get("contract"):
                rule["approve_above"] = above[chain["name"]]
    (folder / "policy.yml").write_text(yaml.safe_dump(policy, width=10_000))
    with WORLD.service_with("signer", POLICY_FILE=folder / "policy.yml"), \
            WORLD.accounting_with(WITHDRAW_OTP="ignore"):
        yield


@pytest.fixture(params=list(CASES))
def coin(request):
    """A currency with its node."""
    chain, amount, _, digits = CASES[request.param]
    return SimpleNamespace(currency=request.param, chain=chain, amount=amount, digits=digits,
                           node=request.getfixturevalue(request.param))


def ok(answer, status=201):
    assert answer.status_code == status, answer.text
    return answer.json()


def withdraw(coin):
    member, where = funded(**{coin.currency: "10"}), outside_address(coin.node)
    beneficiary = ok(manage("/beneficiaries", {
        "uid": member.uid, "currency": coin.currency, "blockchain_key": coin.chain, "name": "mine",
        "data": {"address": where}, "state": "active"}))
    made = ok(member.post("/account/withdraws", otp=123456, beneficiary_id=beneficiary["id"],
                          currency=coin.currency, amount=coin.amount))
    return SimpleNamespace(id=made["id"], member=member, where=where, units=str(int(
        (Decimal(made["amount"]) - Decimal(made["fee"])).scaleb(coin.digits))), coin=coin)


def explained(asked):
    return ok(WHO.admin.get(f"/admin/withdraws/{asked.id}/explain"), 200)


def sign(asked, name, hours="1", key=None, **changes):
    """What the approver does on his own machine: the payment as accounting shows it, and his key."""
    number = secrets.token_hex(4)
    payment, key_file = WHO.folder / f"payment-{number}", WHO.folder / f"key-{number}"
    payment.write_text(json.dumps({**explained(asked)["approvals"]["payment"], **changes}))
    key_file.write_text(pem(key or WHO.keys[name]))
    done = subprocess.run([WORLD.binaries / "bourse-signer", "--approve", payment, "--key-file", key_file,
                           "--name", name, "--hours", hours, "--yes"],
                          env={}, text=True, capture_output=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def approve(asked, who, document=None):
    path = f"/admin/withdraws/{asked.id}/approve"
    return who.post(path, **({"signed": document} if document else {}))


def until_reason(asked, reason):
    wait_for(lambda: explained(asked)["reason"] == reason, SECONDS,
             f"{asked.id} to wait for {reason}: {explained(asked)}")


def until_signer_says(asked, words):
    """The file of decisions has such a refusal of this payment."""
    line = f"withdraw-{asked.id}{words}"
    wait_for(lambda: line in WORLD.file("signer/audit.jsonl").read_text(), SECONDS, f"the signer to say {line!r}")


def until_paid(asked):
    def reached():
        row = ok(WHO.admin.get(f"/admin/withdraws/{asked.id}"), 200)
        asked.coin.node.mine(1)
        return row["state"] == "succeed"
    wait_for(reached, SECONDS, f"{asked.id} to be paid")
    asked.coin.node.mine(3)
    assert received(asked.coin.node, asked.coin.currency, asked.where) == int(asked.units)


def is_unpaid(asked):
    return received(asked.coin.node, asked.coin.currency, asked.where) == 0


def test_w27_above_the_threshold__waits_for_two_signatures_and_is_paid_once(coin):
    asked = withdraw(coin)
    until_reason(asked, "approval")
    said = explained(asked)
    assert "signed" in said["sentence"] and said["state"] == "skipped"
    payment = said["approvals"]["payment"]
    assert payment.pop("to").lower() == asked.where.lower()
    assert payment == {"payout_id": f"withdraw-{asked.id}", "chain": coin.chain, "contract": "",
                       "units": asked.units}
    # Without a signature nobody is heard any more: the gateway has the payment.
    assert errors(approve(asked, WHO.admin)) == ["admin.withdraw.cannot_approve"]
    first = sign(asked, "alice")
    ok(approve(asked, WHO.admin, first))
    assert errors(approve(asked, WHO.admin, first)) == ["admin.withdraw.already_approved"]
    until_signer_says(asked, " has 1 approvals of 2")
    # The same person in the name of another operator is one person.
    ok(approve(asked, WHO.second, sign(asked, "alice")))
    assert is_unpaid(asked)
    for service in ("accounting", "blockchain", "signer"):
        WORLD.kill(service)
    WORLD.until_ready()
    ok(approve(asked, WHO.second, sign(asked, "bob")))
    WORLD.kill("accounting")
    WORLD.kill("blockchain")
    WORLD.until_ready()
    until_paid(asked)
    assert asked.member.balance(coin.currency)[0] == Decimal(10) - Decimal(coin.amount)
    assert errors(approve(asked, WHO.admin, sign(asked, "carol"))) == ["admin.withdraw.cannot_approve"]


def test_w27_something_else_signed__is_refused_at_the_door(coin):
    asked, other = withdraw(coin), withdraw(coin)
    until_reason(asked, "approval")
    until_reason(other, "approval")
    for changes in ({"units": asked.units + "0"}, {"to": outside_address(coin.node)}, {"chain": "elsewhere"},
                    {"payout_id": f"withdraw-{other.id}"}):
        assert errors(approve(asked, WHO.admin, sign(asked, "alice", **changes))) == [
            "admin.withdraw.approval_differs"], changes
    # A replay: what was signed for one payment, for another of the same amount.
    assert errors(approve(other, WHO.admin, sign(asked, "alice"))) == ["admin.withdraw.approval_differs"]
    assert errors(approve(asked, WHO.admin, {"payload": "e30", "signatures": []})) == [
        "admin.withdraw.invalid_approval"]
    assert is_unpaid(asked) and is_unpaid(other)
    for each in (asked, other):  # not while the gateway asks the signer once more
        wait_for(lambda one=each: one.member.post(f"/account/withdraws/{one.id}/cancel").status_code == 201,
                 SECONDS, f"{each.id} to be cancelled: {explained(each)}")


def test_w27_who_has_the_database__can_forge_no_approval(ltc):
    chain, amount, _, digits = CASES["ltc"]
    asked = withdraw(SimpleNamespace(currency="ltc", chain=chain, amount=amount, digits=digits, node=ltc))
    until_reason(asked, "approval")
    ok(approve(asked, WHO.admin, sign(asked, "alice")))
    # In bob's name, by a key that is not his: its form is good, and accounting can't know.
    ok(approve(asked, WHO.second, sign(asked, "bob", key=ed25519.Ed25519PrivateKey.generate())))
    until_reason(asked, "approval_invalid")
    # What alice signed for another payment, written where her approval of this one is.
    replayed = json.dumps(sign(asked, "carol", payout_id="withdraw-1"))
    WORLD.sql("UPDATE withdraw_approvals SET document = %s WHERE withdraw_id = %s AND member_id = "
              "(SELECT id FROM members WHERE uid = %s)", replayed, asked.id, WHO.second.uid)
    ok(approve(asked, WHO.admin, sign(asked, "alice")))
    until_reason(asked, "approval_differs")
    assert is_unpaid(asked)
    ok(approve(asked, WHO.second, sign(asked, "carol")))
    until_paid(asked)


def test_w27_signatures_asked_for_by_accounting__before_the_gateway_is_asked(ltc):
    chain, amount, _, digits = CASES["ltc"]
    coin = SimpleNamespace(currency="ltc", chain=chain, amount=amount, digits=digits, node=ltc)
    with WORLD.accounting_with(WITHDRAW_OTP="ignore", WITHDRAW_APPROVALS="2", WITHDRAW_APPROVALS_SIGNED="true"):
        asked = withdraw(coin)
        assert explained(asked)["reason"] == "approvals"
        assert errors(approve(asked, WHO.admin)) == ["admin.withdraw.approval_unsigned"]
        ok(approve(asked, WHO.admin, sign(asked, "alice")))
        assert explained(asked)["approvals"]["given"] == 1
        ok(approve(asked, WHO.second, sign(asked, "carol")))
        until_paid(asked)

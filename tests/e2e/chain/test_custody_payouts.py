"""Payments by a custodian: asked for once under the payout's own name, looked up by that name, and believed
only when they are what was asked for (W-18, W-19, W-22, W-23)."""

import datetime
import ipaddress
import secrets
import ssl
from types import SimpleNamespace

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import custody as provider
from gateway import SECONDS, gateway, stood_in
from members import token
from world import WORLD, wait_for

pytestmark = pytest.mark.outage  # the gateway is restarted with other settings
OUTSIDE = "tb1qoutsideoutsideoutside"
STEPS = ("reserve", "commit", "broadcast", "seen", "confirm")


def certified(folder, name):
    """A server's side of TLS with a certificate that it signed itself, and the file of that."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(),
                                          now - datetime.timedelta(days=1), now + datetime.timedelta(days=1)) \
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False) \
        .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256())
    pem, path = serialization.Encoding.PEM, folder / f"{name}.pem"
    path.write_bytes(certificate.public_bytes(pem))
    secret = folder / f"{name}.key"
    secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return context, path


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    return SimpleNamespace(known=certified(folder, "known"), other=certified(folder, "other"))


@pytest.fixture(scope="module")
def stand(stack, certificates):
    with stood_in(CUSTODY_WEBHOOK_SECRET=provider.SECRET, CUSTODY_PASSPHRASE=provider.PASSPHRASE,
                  PAYOUT_POLL_MS="50", CUSTODY_AGAIN_S="1", CUSTODY_FAILED_S="1", CUSTODY_LOOK_MAX_S="1",
                  CUSTODY_LIST_S="1", NODE_AUTHORITIES_FILE=certificates.known[1],
                  FAULT_FILE=WORLD.file("fault")) as stand:
        yield stand


@pytest.fixture
def custody():
    with provider.Custody() as custody:
        custody.balance = 10**9
        yield custody


@pytest.fixture
def chain(stand, custody):
    chain = stand.chain(servers=[custody.url], start_height=1, client="bitgo", min_confirmations=3)
    chain.until_ready()
    yield chain
    chain.change(status="disabled")


def pay(chain, units=50_000, to=OUTSIDE, purpose="withdrawal", **more):
    name = "custody-" + secrets.token_hex(6)
    body = {"chain": chain.key, "to": to, "units": str(units), "purpose": purpose, "owner": "ID1", **more}
    answer = wait_for(lambda: put(name, body), SECONDS, f"an answer to {body}")
    assert answer.status_code in (200, 201), answer.text
    return name


def put(name, body):
    """As accounting does: asked again until somebody answers."""
    try:
        answer = gateway("PUT", f"/internal/payouts/{name}", body)
    except requests.ConnectionError:
        return None
    return answer if answer.status_code != 503 else None


def shown(name):
    return gateway("GET", f"/internal/payouts/{name}").json()


def until(name, state, reason=None):
    def reached():
        row = shown(name)
        return row["state"] == state and (reason is None or reason in row["reason"]) and row
    return wait_for(reached, SECONDS, f"{name} {state} {reason or ''}")


def told(chain, name):
    """(state, reason) of the events, in order."""
    return [(event["state"], event["reason"]) for event in chain.events()
            if event["name"] == "payout.updated" and event["payout_id"] == name]


def fees(chain, name):
    return [event["units"] for event in chain.events()
            if event["name"] == "network_fee.paid" and event["payout_id"] == name]


def sends(custody):
    return sum(path.endswith("/sendcoins") for _, path in custody.calls)


def test_a_payment__is_asked_for_once__and_confirmed_with_its_fee(chain, custody):
    name = pay(chain)
    until(name, "broadcast")
    assert sends(custody) == 1 and custody.passphrases == [provider.PASSPHRASE]
    custody.confirm(name, confirmations=2)
    custody.webhook(hook(chain), custody.sent[name]["id"], "confirmed")
    custody.confirm(name, confirmations=3)
    row = until(name, "confirmed")
    assert (row["txid"], row["fee_units"], row["height"]) == (custody.sent[name]["txid"], str(provider.FEE), 700)
    assert custody.paid(OUTSIDE) == 50_000 and sends(custody) == 1
    wait_for(lambda: fees(chain, name) == [str(provider.FEE)], SECONDS, "the fee")
    assert [state for state, _ in told(chain, name)] == ["signed", "broadcast", "confirmed"]
    for secret in (provider.TOKEN, provider.PASSPHRASE):
        assert secret not in gateway("GET", f"/internal/payouts/{name}").text
        assert secret not in WORLD.file("log/blockchain.log").read_text(errors="replace")
        assert not WORLD.sql("SELECT 1 FROM bourse_blockchain.payout_txs WHERE request LIKE %s", f"%{secret}%")


def hook(chain):
    return f"http://127.0.0.1:{WORLD.port_base + 13}/webhooks/{chain.key}"


def test_w19_an_answer_that_gets_lost__is_looked_up__not_paid_again(chain, custody):
    custody.loses = "answer"
    name = pay(chain)
    wait_for(lambda: name in custody.sent, SECONDS, "the question")
    custody.confirm(name)
    until(name, "confirmed")
    assert custody.paid(OUTSIDE) == 50_000 and sends(custody) == 1


def test_w19_a_question_that_gets_lost__is_asked_again_under_the_same_name(chain, custody):
    custody.loses = "question"
    name = pay(chain)
    until(name, "broadcast")
    assert custody.paid(OUTSIDE) == 50_000 and sends(custody) == 2 and list(custody.sent) == [name]
    assert ("unknown", "no_answer") in told(chain, name)


def test_w19_a_custodian_that_forgets__is_never_paid_twice_nor_refunded(chain, custody):
    custody.hides = True
    name = pay(chain)
    until(name, "unknown")
    wait_for(lambda: sends(custody) >= 2, SECONDS, "the same question")
    assert gateway("POST", f"/internal/payouts/{name}/cancel").status_code == 409
    assert shown(name)["state"] == "unknown" and custody.paid(OUTSIDE) == 50_000
    custody.hides = False
    custody.confirm(name)
    until(name, "confirmed")
    assert custody.paid(OUTSIDE) == 50_000


def test_an_approval__is_waited_for__and_accepted(chain, custody):
    custody.needs_approval = True
    name = pay(chain)
    until(name, "signed", "custodian_approval")
    assert custody.paid(OUTSIDE) == 0
    custody.decide(name, "approved")
    custody.post(hook(chain), b'{"type":"pendingapproval"}')
    until(name, "broadcast")
    custody.confirm(name)
    until(name, "confirmed")
    assert custody.paid(OUTSIDE) == 50_000 and sends(custody) == 1


def test_an_approval_that_is_rejected__fails_the_payout(chain, custody):
    custody.needs_approval = True
    name = pay(chain)
    until(name, "signed", "custodian_approval")
    custody.decide(name, "rejected")
    until(name, "failed", "custodian_rejected")
    assert custody.paid(OUTSIDE) == 0 and not fees(chain, name)


def test_an_approval_without_a_transfer__is_read_by_itself(chain, custody):
    custody.needs_approval = custody.hides = True
    name = pay(chain)
    until(name, "signed", "custodian_approval")
    custody.decide(name, "rejected")
    until(name, "failed", "custodian_rejected")
    assert sends(custody) == 1


def test_removed_is_unknown__failed_ends_only_when_it_stays(chain, custody):
    name = pay(chain)
    until(name, "broadcast")
    custody.sent[name]["state"] = "removed"
    until(name, "unknown", "custodian_removed")
    custody.sent[name]["state"] = "unconfirmed"
    until(name, "broadcast")
    custody.sent[name]["state"] = "failed"
    until(name, "failed", "custodian_failed")
    assert sends(custody) == 1


@pytest.mark.parametrize("lie", [
    {"wallet": "ffffffffffffffffffffffff"}, {"sequenceId": "another"}, {"type": "receive"},
    {"feeString": "9" * 40}, {"feeString": "1e3"}, {"id": "../x"}, {"txid": "'; --"}, {"feeString": ""},
    {"entries": [{"address": OUTSIDE, "valueString": "49999"}]}, {"entries": []},
    {"entries": [{"address": "tb1qanother", "valueString": "50000"}]}])
def test_a_custodian_that_lies__changes_nothing(chain, custody, lie):
    custody.lies = lambda transfer: {**transfer, "state": "confirmed", **lie}
    name = pay(chain)
    until(name, "unknown", "custodian_differs")
    assert not fees(chain, name) and sends(custody) == 1
    assert gateway("POST", f"/internal/payouts/{name}/cancel").status_code == 409
    custody.lies = None
    custody.confirm(name)
    until(name, "confirmed")


def test_w23_a_short_wallet__waits__and_pays_when_it_can(chain, custody):
    custody.balance = 50_000
    name = pay(chain)
    until(name, "waiting", "liquidity")
    small = pay(chain, units=1000, to="tb1qoutsidesmall")
    until(small, "waiting", "liquidity")
    assert sends(custody) == 0, "first come, first served"
    custody.balance = 51_000 + 2 * provider.FEE
    until(name, "broadcast")
    until(small, "broadcast")
    assert list(custody.sent) == [name, small]


def test_a_refusal__waits__and_can_be_cancelled(chain, custody):
    custody.refuses = "policy says no"
    name = pay(chain)
    until(name, "waiting", "policy says no")
    assert gateway("POST", f"/internal/payouts/{name}/cancel").status_code == 200
    custody.refuses = None
    assert shown(name)["state"] == "cancelled" and not custody.sent


def test_a_refusal_behind_a_lost_question__gives_nothing_back(chain, custody):
    custody.loses = "question"
    custody.refuses = "policy says no"
    name = pay(chain)
    until(name, "unknown", "policy says no")
    assert gateway("POST", f"/internal/payouts/{name}/cancel").status_code == 409


def settle(name, outcome, evidence="", uid="IDADA1000001"):
    """What an operator says; asked again as long as the custodian is being asked."""
    answer = gateway("POST", f"/api/v2/admin/payouts/{name}/settle", token=token(uid, role="admin"),
                     body={"outcome": outcome, "evidence": evidence, "note": "his people say so"})
    return answer.status_code, answer.json()


def test_a_lost_question__ends_by_two_operators__when_he_knows_nothing_of_it(chain, custody):
    custody.loses = "question"
    custody.refuses = "policy says no"
    name = pay(chain)
    until(name, "unknown", "policy says no")
    status, row = wait_for(lambda: unless_early(settle(name, "unpaid")), SECONDS, "the custodian's word")
    assert (status, row["state"]) == (202, "open") and "knows no transfer" in row["found"]
    assert settle(name, "unpaid")[0] == 202, "one person is one"
    assert settle(name, "unpaid", uid="IDADA1000002")[0] == 200
    assert (shown(name)["state"], shown(name)["reason"]) == ("failed", "settled_unpaid")
    assert not custody.sent and not fees(chain, name)


def unless_early(answer):
    return None if answer == (422, {"errors": ["blockchain.settlement.may_be_paid"]}) else answer


def test_a_transfer_that_was_made_by_hand__ends_it__when_it_is_that_payment(chain, custody):
    custody.loses = "question"
    custody.refuses = "policy says no"
    name = pay(chain)
    until(name, "unknown", "policy says no")
    for number, units in (("hand1", "49999"), ("hand2", "50000")):
        custody.transfers[number] = {"id": number, "coin": custody.coin, "wallet": custody.wallet, "type": "send",
                                     "state": "confirmed", "confirmations": 6, "height": 700,
                                     "txid": secrets.token_hex(32), "feeString": str(provider.FEE),
                                     "entries": [{"address": OUTSIDE, "valueString": units}]}
    assert settle(name, "paid", "hand1") == (422, {"errors": ["blockchain.settlement.pays_otherwise"]})
    assert settle(name, "paid", "hand3")[0] == 404
    assert settle(name, "paid", "hand2")[0] == 202
    assert settle(name, "unpaid", uid="IDADA1000002")[0] == 202, "another word: it needs its own second"
    assert settle(name, "paid", "hand2")[0] == 202
    assert settle(name, "paid", "hand2", uid="IDADA1000002")[0] == 200
    row = until(name, "confirmed")
    assert row["txid"] == custody.transfers["hand2"]["txid"] and fees(chain, name) == [str(provider.FEE)]


def test_w22_a_fee_above_the_cap__waits__and_can_be_cancelled(chain, custody):
    custody.fee = 500
    name = pay(chain, fee_cap_units="400")
    until(name, "waiting", "fee")
    assert gateway("POST", f"/internal/payouts/{name}/cancel").status_code == 200
    assert sends(custody) == 0


def test_the_fee_comes_off_the_amount(chain, custody):
    name = pay(chain, subtract_fee=True)
    until(name, "broadcast")
    assert custody.paid(OUTSIDE) == 50_000 - provider.FEE


def test_a_collection_inside_the_wallet__moves_nothing(chain, custody):
    hot, deposit = chain.address(purpose="hot"), chain.address()
    name = pay(chain, purpose="collection", to=hot, **{"from": deposit})
    until(name, "confirmed", "same_wallet")
    assert sends(custody) == 0


def test_another_wallet__is_not_asked_about_it(chain, custody):
    custody.loses = "answer"
    custody.is_away = False
    name = pay(chain)
    wait_for(lambda: name in custody.sent, SECONDS, "the question")
    with provider.Custody(wallet="aaaaaaaaaaaaaaaaaaaaaaaa") as other:
        other.balance = 10**9
        chain.change(servers=[other.url])
        wait_for(lambda: other.calls, SECONDS, "the other wallet to be seen")
        until(name, "unknown")
        chain.change(servers=[custody.url])
        custody.confirm(name)
        until(name, "confirmed")
        assert not other.sent


def test_what_no_webhook_told__is_found_in_the_list(chain, custody):
    address = chain.address()
    for number in range(60):  # three pages
        custody.receive(f"l{number}", address, 100 + number, state="confirmed")
    told = chain.until_events("transfer.confirmed", address, 60)
    assert sorted(int(event["units"]) for event in told) == list(range(100, 160))
    custody.receive("l60", address, 160, state="confirmed")
    assert len(chain.until_events("transfer.confirmed", address, 61)) == 61


def test_only_the_authorities_of_the_file_are_believed(stand, certificates):
    with provider.Custody(tls=certificates.known[0]) as known, provider.Custody(tls=certificates.other[0]) as other:
        good = stand.chain(servers=[known.url], start_height=1, client="bitgo")
        bad = stand.chain(servers=[other.url], start_height=1, client="bitgo")
        good.until_ready()
        bad.until_stuck("certificate")
        assert not other.calls
        good.change(status="disabled")
        bad.change(status="disabled")


def test_w18_kills_at_every_step__none_paid_twice_none_lost(chain, custody):
    custody.confirms_at_once = True
    fault, names = WORLD.file("fault"), []
    for number, step in enumerate(STEPS * 2):
        custody.loses = "answer" if number % 3 == 2 else None
        pid = WORLD.pid("blockchain")
        fault.write_text(step)
        names.append(pay(chain, units=1000 + number, to=f"tb1qoutside{number:012}"))
        wait_for(lambda: not fault.exists() and WORLD.pid("blockchain") not in (None, pid), SECONDS,
                 f"the gateway to die at {step} and come back")
        chain.until_ready()
    for number, name in enumerate(names):
        until(name, "confirmed")
        assert custody.paid(f"tb1qoutside{number:012}") == 1000 + number
        assert fees(chain, name) == [str(provider.FEE)]
    assert sorted(custody.sent) == sorted(names)

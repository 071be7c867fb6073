"""Deposits over REST: what the three APIs say and refuse, and what they ask of the gateway (reference 1.4, 1.8.4,
1.9, 2.2)."""

import time
from decimal import Decimal
from types import SimpleNamespace

import requests

from deposit_world import CHAIN, CONFIRM_S, WHO, Depositor, deposited, errors, ok
from deposit_world import gateway  # noqa: F401 (fixture)
from members import Member, manage
from stand_in import hexadecimal
from world import WORLD, wait_for


# ---- addresses ----

def test_address__asked_twice__is_the_same_and_exactly_ordered(gateway):
    member = Member(level=3)
    first = member.get("/account/deposit_address/ETH", blockchain_key=CHAIN)
    assert list(ok(first, 200)) == ["currencies", "blockchain_key", "address", "state"]
    assert first.json()["state"] == "active" and first.json()["currencies"] == ["eth"]
    assert member.get("/account/deposit_address/eth", blockchain_key=CHAIN).json() == first.json()


def test_address__gateway_away__pending_then_active(gateway):
    member = Member(level=3)
    gateway.is_away = True
    try:
        shown = ok(member.get("/account/deposit_address/eth", blockchain_key=CHAIN), 200)
        assert (shown["address"], shown["state"]) == (None, "pending")
    finally:
        gateway.is_away = False
    wait_for(lambda: member.get("/account/deposit_address/eth",
                                blockchain_key=CHAIN).json()["state"] == "active", CONFIRM_S)


def test_address__refused__every_code(gateway):
    member = WHO.alice
    errors(member.get("/account/deposit_address/dildocoin"), "account.currency.doesnt_exist")
    errors(member.get("/account/deposit_address/usd"), "account.currency.doesnt_exist")
    errors(member.get("/account/deposit_address/eth", blockchain_key="no", address_format="no"),
           "account.deposit.blockchain_key_doesnt_exist", "account.deposit_address.invalid_address_format")
    errors(member.get("/account/deposit_address/eth", address_format="cash"),
           "account.deposit_address.doesnt_support_cash_address_format")
    errors(member.get("/account/deposit_address/eth", blockchain_key="btc-testnet"), "record.not_found", status=404)
    errors(member.get("/account/deposit_address/btc"), "account.wallet.not_found")
    errors(Member(level=0).get("/account/deposit_address/eth",
                               blockchain_key=CHAIN), "account.deposit.not_permitted", status=403)
    errors(Member(level=0).get("/account/deposits"), "account.deposit.not_permitted", status=403)


def test_address__management__a_new_one_each_time(gateway):
    member = Member(level=3)
    ok(member.get("/account/members/me"), 200)
    asked = {"uid": member.uid, "currency": "eth", "blockchain_key": CHAIN, "remote": True}
    first, second = (ok(manage("/deposit_address/new", asked), 200) for _ in range(2))
    assert first["address"] != second["address"] and (first["uid"], first["remote"]) == (member.uid, True)
    assert ok(member.get("/account/deposit_address/eth",
                         blockchain_key=CHAIN), 200)["address"] not in (first["address"], second["address"])
    for changes, sentence in (({"uid": "nobody"}, "uid management.payment_address.uid_doesnt_exist"),
                              ({"currency": "usd"}, "currency management.payment_address.currency_doesnt_exist"),
                              ({"blockchain_key": "no"},
                               "blockchain_key management.payment_address.blockchain_key_doesnt_exist"),
                              ({"remote": "x"}, "remote management.payment_address.non_boolean_remote")):
        refused = manage("/deposit_address/new", {**asked, **changes})
        assert (refused.status_code, refused.json()) == (422, {"error": sentence})
    gateway.is_away = True
    try:
        refused = manage("/deposit_address/new", asked)
        assert refused.json() == {"errors": ["management.payment_address.failed_to_generate"]}
    finally:
        gateway.is_away = False


def test_balances__show_the_addresses(gateway):
    member = Depositor()
    row = next(one for one in ok(member.get("/account/balances"), 200) if one["currency"] == "eth")
    address = {"currencies": ["eth"], "blockchain_key": CHAIN, "address": member.address, "state": "active"}
    assert row["deposit_addresses"] == [address] and row["deposit_address"] == address


# ---- lists ----

def test_list__filters_pages_and_headers(gateway):
    member = Depositor()
    transfers = [deposited(gateway, member, "0.2", index=index) for index in range(4)]
    shown = member.get("/account/deposits")
    assert len(ok(shown, 200)) == 4 and shown.headers["Total"] == "4"
    page = member.get("/account/deposits", limit=2)
    assert len(ok(page, 200)) == 2 and page.headers["Total"] == "4"
    assert len(ok(member.get("/account/deposits", limit=1, page=2), 200)) == 1
    assert [row["txid"] for row in shown.json()] == [one["txid"] for one in reversed(transfers)]
    assert len(ok(member.get("/account/deposits", txid=transfers[0]["txid"], currency="eth"), 200)) == 1
    assert ok(member.get("/account/deposits", currency="btc"), 200) == []
    assert ok(member.get("/account/deposits", time_to=1), 200) == []
    assert len(ok(member.get("/account/deposits", time_from=1, time_to=int(time.time()) + 60), 200)) == 4
    errors(Depositor().get(f"/account/deposits/{transfers[0]['txid']}"), "record.not_found", status=404)
    errors(member.get("/account/deposits", currency="no", state="no", blockchain_key="no", time_from="token",
                      limit=101, page=0, txid=""),
           "account.currency.doesnt_exist", "account.deposit.invalid_state", "account.deposit.empty_txid",
           "account.deposit.blockchain_key_doesnt_exist", "account.deposit.non_integer_time_from",
           "account.deposit.invalid_limit", "account.deposit.non_positive_page")
    errors(member.get("/account/deposits", time_to="", limit="x", page="x"), "account.deposit.empty_time_to",
           "account.deposit.non_integer_limit", "account.deposit.invalid_limit", "account.deposit.non_integer_page",
           "account.deposit.non_positive_page")


def test_admin__lists_and_refuses(gateway):
    member = Depositor()
    transfer = deposited(gateway, member, "0.2")
    row = ok(WHO.admin.get("/admin/deposits", uid=member.uid, type="coin", range="updated"), 200)[0]
    assert (row["txid"], row["uid"], row["email"], row["txout"], row["address"], row["type"]) == \
        (transfer["txid"], member.uid, f"{member.uid.lower()}@example.com", 0, member.address, "coin")
    errors(WHO.admin.get("/admin/deposits", state="no", blockchain_key="no", currency="no", type="no", range="no"),
           "admin.deposit.invalid_state", "admin.beneficiary.blockchain_key_doesnt_exist",
           "admin.currency.doesnt_exist", "admin.currency.invalid_type", "value")
    errors(WHO.admin.get("/admin/deposits", uid="nobody"), "admin.user.doesnt_exist")
    errors(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="no"), "admin.deposit.invalid_action")
    errors(WHO.admin.post("/admin/deposits/actions", id=99999999, action="accept"), "record.not_found", status=404)
    errors(WHO.admin.post("/admin/deposit_address", uid="nobody", currency="usd", blockchain_key="no"),
           "admin.deposit.currency_doesnt_exist", "admin.beneficiary.blockchain_key_doesnt_exist")
    errors(WHO.admin.post("/admin/deposit_address", uid="nobody", currency="eth", blockchain_key=CHAIN),
           "admin.deposit.user_doesnt_exist")
    shown = ok(WHO.admin.post("/admin/deposit_address", uid=member.uid, currency="eth", blockchain_key=CHAIN))
    assert shown["address"] == member.address
    errors(WHO.admin.post("/admin/deposits/x/refund", address="0x"), "admin.deposit.non_integer_type")


# ---- fiat ----

def fiat(member, **changes):
    return {"uid": member.uid, "currency": "usd", "amount": "12.5", "tid": "T" + hexadecimal(8), **changes}


def test_fiat__management__state_machine(gateway):
    member = Member(level=3)
    ok(member.get("/account/members/me"), 200)
    asked = fiat(member, transfer_type="sepa")
    row = ok(manage("/deposits/new", asked))
    assert (row["state"], row["amount"], row["type"], row["transfer_type"]) == ("submitted", "12.5", "fiat", "sepa")
    assert ok(manage("/deposits/get", {"tid": asked["tid"]})) == row
    accepted = ok(manage("/deposits/state", {"tid": asked["tid"], "state": "accepted"}, method="PUT"), 200)
    assert accepted["state"] == "accepted" and member.balance("usd") == (Decimal("12.5"), 0)
    for state in ("accepted", "canceled"):
        assert manage("/deposits/state", {"tid": asked["tid"], "state": state}, method="PUT").status_code == 422
    assert member.balance("usd") == (Decimal("12.5"), 0)
    at_once = ok(manage("/deposits/new", fiat(member, state="accepted")))
    assert at_once["state"] == "accepted" and member.balance("usd") == (25, 0)
    canceled = fiat(member)
    ok(manage("/deposits/new", canceled))
    row = ok(manage("/deposits/state", {"tid": canceled["tid"], "state": "canceled"}, method="PUT"), 200)
    assert row["state"] == "canceled"
    listed = ok(manage("/deposits", {"uid": member.uid, "state": "canceled", "currency": "usd"}), 200)
    assert [one["tid"] for one in listed] == [canceled["tid"]]
    again = manage("/deposits/new", asked)
    assert (again.status_code, again.json()) == (422, {"errors": ["Tid has already been taken"]})
    assert manage("/deposits/new", fiat(member, currency="eth")).json() == \
        {"error": "currency does not have a valid value"}
    assert manage("/deposits/new", fiat(member, transfer_type="x")).json() == \
        {"error": "transfer_type account.deposit.transfer_type_not_in_list"}
    unknown = manage("/deposits/new", fiat(SimpleNamespace(uid="nobody")))
    assert (unknown.status_code, unknown.json()) == (422, {"errors": ["Member must exist"]})


def test_fiat__management__a_coin_is_not_found(gateway):
    member = Depositor()
    transfer = deposited(gateway, member, "0.2")
    tid = member.shown(transfer)["tid"]
    refused = manage("/deposits/state", {"tid": tid, "state": "accepted"}, method="PUT")
    assert (refused.status_code, refused.json()) == (404, {"error": "Couldn't find record."})


def test_fiat__admin__new_and_process(gateway):
    member = Member(level=3)
    ok(member.get("/account/members/me"), 200)
    row = ok(WHO.admin.post("/admin/deposits/new", uid=member.uid, currency="usd", amount="5"))
    assert (row["state"], row["type"], row["transfer_type"], row["tid"][:3]) == ("submitted", "fiat", "fiat", "TID")
    errors(WHO.admin.post("/admin/deposits/new", uid=member.uid, currency="eth", amount="x"),
           "admin.deposit.currency_doesnt_exist", "admin.deposit.non_decimal_amount")
    errors(WHO.admin.post("/admin/deposits/new", uid="nobody", currency="usd", amount="1"),
           "admin.deposit.user_doesnt_exist")
    ok(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="accept"))
    errors(WHO.admin.post("/admin/deposits/actions", id=row["id"], action="process"), "admin.depodit.cannot_process")
    assert member.balance("usd") == (5, 0)


# ---- what is asked of the gateway ----

def chain_id():
    return next(row["id"] for row in ok(WHO.admin.get("/admin/blockchains", key=CHAIN), 200))


def test_blockchains__latest_block_and_process_block__by_the_gateway(gateway):
    latest = WHO.admin.get(f"/admin/blockchains/{chain_id()}/latest_block")
    assert (latest.status_code, latest.json()) == (200, gateway.height)
    assert ok(WHO.admin.post("/admin/blockchains/process_block", id=chain_id(), block_number=7))["key"] == CHAIN
    errors(WHO.admin.get("/admin/blockchains/99999/latest_block"), "admin.blockchain.latest_block")
    gateway.is_away = True
    try:
        errors(WHO.admin.get(f"/admin/blockchains/{chain_id()}/latest_block"), "admin.blockchain.latest_block")
        errors(WHO.admin.post("/admin/blockchains/process_block", id=chain_id(), block_number=7),
               "admin.blockchain.process_block")
    finally:
        gateway.is_away = False


def test_webhook__handed_to_the_gateway__or_refused(gateway):
    url = f"{WORLD.api}/public/webhooks"
    taken = requests.post(f"{url}/bitgo/deposit", json={"hash": "x"}, timeout=30)
    assert taken.status_code == 200 and gateway.webhooks == [("bitgo", "deposit", '{"hash": "x"}')]
    errors(requests.post(f"{url}/bitgo/no", json={}, timeout=30), "public.webhook.invalid_event")
    gateway.is_away = True
    try:
        errors(requests.post(f"{url}/bitgo/withdraw", json={}, timeout=30),
               "public.webhook.cannot_perfom_bitgo_withdraw")
    finally:
        gateway.is_away = False

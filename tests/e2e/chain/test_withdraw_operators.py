"""Withdrawals by operators and by other servers: actions, approvals, what is explained, the management API."""

import json
import secrets
from decimal import Decimal

from members import Member, errors, funded, manage
from withdraw_world import CHAIN, WHO, act, active, address, ok, payout_comes, rows_of, shown, take
from withdraw_world import calm, gateway  # noqa: F401 (fixtures)
from world import WORLD, wait_for


# ---- operators ----

def test_admin__load_and_success__book_fee_and_asset():
    member = funded(btc="1")
    made = ok(take(member, active(member), "0.01"))
    assert made["state"] == "accepted"
    assert errors(act(made, "load")) == ["admin.withdraw.cannot_load"]
    assert ok(act(made, "load", txid="t-" + made["rid"]))["state"] == "confirming"
    done = ok(act(made, "success"))
    assert done["state"] == "succeed" and done["done_at"]
    assert rows_of(made)[2:] == [(212, Decimal("-0.01")), (102, Decimal("-0.0096")),
                                 (302, Decimal("0.0004"))]
    assert member.balance("btc") == (Decimal("0.99"), 0)
    assert errors(act(made, "cancel")) == ["admin.withdraw.cannot_cancel"]


def test_admin__reject__gives_back_and_lists_show_it():
    member = funded(btc="1")
    made = ok(take(member, active(member), "0.01"))
    assert ok(act(made, "reject"))["state"] == "rejected"
    assert member.balance("btc") == (1, 0)
    rows = ok(WHO.admin.get("/admin/withdraws", uid=member.uid, **{"state[]": ["rejected"]}), 200)
    assert [row["id"] for row in rows] == [made["id"]]
    assert rows[0]["account"][0] == "btc" and rows[0]["email"]
    assert errors(WHO.admin.get("/admin/withdraws", state="nowhere")) == [
        "admin.withdraw.invalid_state"]
    assert errors(WHO.admin.get("/admin/withdraws", wallet_type="nowhere")) == [
        "admin.withdraw.invalid_wallet_type"]
    one = shown(made)
    assert one["beneficiary"]["data"]["address"] == made["rid"]
    kept = ok(WHO.admin.put("/admin/withdraws", id=made["id"], metadata={"ticket": "1"}), 200)
    kept = ok(WHO.admin.put("/admin/withdraws", id=made["id"], metadata={"by": "me"}), 200)
    assert kept["metadata"] == {"ticket": "1", "by": "me"}


def test_admin__paid_by_hand__stops_the_payment_first():
    member = funded(btc="1")
    made = ok(take(member, active(member)))
    payout = payout_comes(made)
    done = ok(act(made, "dispatch", txid="by-hand-" + made["rid"]))
    assert done["state"] == "confirming" and payout["state"] == "cancelled"
    assert ok(act(made, "success"))["state"] == "succeed"


def test_admin__explain__says_where_it_stands_and_why():
    member = funded(btc="1")
    made = ok(take(member, active(member), "0.01"))
    told = ok(WHO.admin.get(f"/admin/withdraws/{made['id']}/explain"), 200)
    assert told["state"] == "accepted" and told["reason"] == "limit_24_hour"
    assert told["limit"]["limit_24_hour"] == "100.0"
    assert [step["event"] for step in told["steps"]] == ["accept"]
    act(made, "process")
    payout_comes(made)
    wait_for(lambda: WHO.admin.get(f"/admin/withdraws/{made['id']}/explain").json()
             ["payout"]["request"] == "accepted", what="the request to be taken")
    told = ok(WHO.admin.get(f"/admin/withdraws/{made['id']}/explain"), 200)
    assert told["payout"]["gateway"]["state"] == "queued" and "sentence" in told
    done = WORLD.service("accounting", "--explain-withdrawal", str(made["id"]),
                         environment={"BLOCKCHAIN_URL": WHO.gateway.url})
    assert done.returncode == 0 and json.loads(done.stdout) == told, done.stdout + done.stderr
    done = WORLD.service("accounting", "--explain-withdrawal", "0")
    assert done.returncode == 1 and "no id of a withdrawal" in done.stderr


def test_w27_approvals__two_of_two__bound_to_what_was_approved():
    second = Member(role="superadmin")
    with WORLD.accounting_with(BLOCKCHAIN_URL=WHO.gateway.url, WITHDRAW_OTP="ignore",
                               WITHDRAW_APPROVALS="2"):
        member = funded(btc="1")
        made = ok(take(member, active(member)))
        assert (made["state"], made["reason"]) == ("accepted", "approvals")
        path = f"/admin/withdraws/{made['id']}/approve"
        assert errors(act(made, "process")) == ["admin.withdraw.cannot_process"]
        assert ok(WHO.admin.post(path))["state"] == "accepted"
        assert errors(WHO.admin.post(path)) == ["admin.withdraw.already_approved"]
        # Another address than the one that was approved: the approval counts no more.
        WORLD.sql("UPDATE withdraws SET rid = %s WHERE id = %s", "elsewhere", made["id"])
        assert ok(second.post(path))["state"] == "accepted"
        WORLD.sql("UPDATE withdraws SET rid = %s WHERE id = %s", made["rid"], made["id"])
        # And an old one neither.
        WORLD.sql("UPDATE withdraw_approvals SET expires_at = created_at WHERE withdraw_id = %s",
                  made["id"])
        assert ok(WHO.admin.post(path))["state"] == "accepted"
        assert ok(second.post(path))["state"] == "processing"
        approvals = payout_comes(made)["body"]["approvals"]
        assert {one["by"] for one in approvals} == {WHO.admin.uid, second.uid}


def test_w28_new_address__is_paid_to_only_when_its_hold_time_is_over():
    with WORLD.accounting_with(BLOCKCHAIN_URL=WHO.gateway.url, WITHDRAW_OTP="ignore",
                               BENEFICIARY_HOLD_TIME="86400"):
        member = funded(btc="1")
        beneficiary = active(member)
        assert errors(take(member, beneficiary)) == ["account.beneficiary.invalid_state_for_withdrawal"]
        assert ok(member.get("/account/withdraws"), 200) == []
        WORLD.sql("UPDATE beneficiaries SET active_at = active_at - INTERVAL 86401 SECOND WHERE id = %s",
                  beneficiary["id"])
        assert ok(take(member, beneficiary))["state"] == "processing"


# ---- other servers ----

def test_management__coin_by_rid__is_accepted_and_listed():
    member = funded(btc="1")
    tid = "T" + secrets.token_hex(6)
    asked = {"uid": member.uid, "currency": "btc", "amount": "0.01", "rid": address(),
             "blockchain_key": CHAIN, "tid": tid}
    made = ok(manage("/withdraws/new", asked))
    assert made["state"] == "accepted" and made["tid"] == tid and made["amount"] == "0.0096"
    assert manage("/withdraws/new", asked).json()["errors"] == ["TID already exist"]
    assert ok(manage("/withdraws/get", {"tid": tid})) == made
    listed = ok(manage("/withdraws", {"uid": member.uid}), 200)
    assert [row["tid"] for row in listed] == [tid]
    assert ok(manage("/withdraws/action", {"tid": tid, "action": "cancel"}, "PUT"), 200)[
        "state"] == "canceled"
    poor = manage("/withdraws/new", {**asked, "tid": tid + "b", "amount": "5"})
    assert poor.status_code == 422


def test_management__fiat_process__goes_to_its_end():
    member = funded(usd="100")
    beneficiary = active(member, currency="usd", blockchain_key=None,
                         data={"full_name": "Ada Lovelace", "account_number": "DE12345678"})
    made = ok(manage("/withdraws/new", {"uid": member.uid, "currency": "usd", "amount": "10.5",
                                        "beneficiary_id": beneficiary["id"], "action": "process",
                                        "transfer_type": "sepa"}))
    assert made["state"] == "succeed" and made["transfer_type"] == "sepa"
    # Nobody named it: the answer has the tid that is stored, and finds it again.
    assert WORLD.sql("SELECT tid FROM withdraws WHERE rid = %s", made["rid"]) == ((made["tid"],),)
    assert ok(manage("/withdraws/get", {"tid": made["tid"]})) == made
    assert made["rid"] == f"ada-lovelace-usd-{beneficiary['id']:08}"
    assert member.balance("usd") == (Decimal("89.5"), 0)
    with_code = ok(take(member, beneficiary, "5", currency="usd"))
    assert (with_code["state"], with_code["reason"]) == ("accepted", "fiat")
    done = ok(manage("/withdraws/action", {"tid": shown(with_code)["tid"], "action": "process"},
                     "PUT"), 200)
    assert done["state"] == "succeed"
    assert errors(act(with_code, "dispatch", txid="x")) == ["admin.withdraw.redundant_txid"]

"""Beneficiaries and withdrawals over REST (reference 2.4, 2.5, 11.6), against a gateway that plays the
contract: codes, limits, parallel requests, approvals, and what a kill leaves behind."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace

import pytest

from members import Member, errors, funded, manage, seeded
from stand_in_gateway import Gateway
from world import WORLD, wait_for

WHO = SimpleNamespace()
CODE = 123456
CHAIN = "btc-testnet"
FEE = Decimal("0.0004")


@pytest.fixture(scope="module", autouse=True)
def gateway(stack, admin):
    """The gateway of the stack is left alone; accounting asks ours. Codes are not verified here: auth's
    part has a test of its own."""
    WHO.admin = admin
    with Gateway() as gateway:
        with WORLD.accounting_with(BLOCKCHAIN_URL=gateway.url, WITHDRAW_OTP="ignore"):
            WHO.gateway = gateway
            limit = admin.post("/admin/withdraw_limits", group="vip-0", kyc_level="3",
                               limit_24_hour="100", limit_1_month="1000")
            assert limit.status_code == 201, limit.text
            yield gateway
            admin.call("DELETE", f"/admin/withdraw_limits/{limit.json()['id']}")


@pytest.fixture(autouse=True)
def calm(gateway):
    yield
    gateway.addresses.clear()
    gateway.refuse.clear()


def address():
    return "tb1q" + secrets.token_hex(16)


def ask(member, **changes):
    body = {"currency": "btc", "blockchain_key": CHAIN, "name": "mine",
            "data": {"address": address()}, **changes}
    return member.post("/account/beneficiaries",
                       **{key: value for key, value in body.items() if value is not None})


def ok(answer, status=201):
    assert answer.status_code == status, answer.text
    return answer.json() if answer.text else None


def pin_of(beneficiary_id):
    """Codes are in mails alone: one that is known replaces it, by the way that the service makes it."""
    return WORLD.sql("SELECT pin_index FROM beneficiaries WHERE id = %s", beneficiary_id)[0][0]


def active(member, **changes):
    """An active beneficiary, through the management API: nobody reads mails here."""
    data = {"uid": member.uid, "currency": "btc", "blockchain_key": CHAIN, "name": "mine",
            "data": {"address": address()}, "state": "active", **changes}
    answer = manage("/beneficiaries", {key: value for key, value in data.items()
                                       if value is not None})
    return ok(answer)


def take(member, beneficiary, amount="0.001", **changes):
    body = {"otp": CODE, "beneficiary_id": beneficiary["id"], "currency": "btc", "amount": amount,
            **changes}
    return member.post("/account/withdraws",
                       **{key: value for key, value in body.items() if value is not None})


def act(withdraw, action, **more):
    return WHO.admin.post("/admin/withdraws/actions", id=withdraw["id"], action=action, **more)


def shown(withdraw):
    return ok(WHO.admin.get(f"/admin/withdraws/{withdraw['id']}"), 200)


def state_comes(withdraw, state):
    wait_for(lambda: shown(withdraw)["state"] == state, what=f"state {state}")
    return shown(withdraw)


def payout_comes(withdraw):
    name = f"withdraw-{withdraw['id']}"
    wait_for(lambda: name in WHO.gateway.payouts, what="the payout")
    return WHO.gateway.payouts[name]


def rows_of(withdraw):
    """(code, signed amount) of all ledger legs."""
    legs = []
    for a, amount_a, b, amount_b in WORLD.sql(
            "SELECT code_a, amount_a, code_b, amount_b FROM ledger WHERE reference_type = 'withdraw'"
            " AND reference_id = %s ORDER BY id", withdraw["id"]):
        legs.append((a, amount_a))
        if b is not None:
            legs.append((b, amount_b))
    return legs


# ---- beneficiaries ----

@pytest.fixture(scope="module")
def member(gateway):
    return funded(btc="10", usd="1000", eth="10")


def test_beneficiary__new_coin__is_pending_and_shown(member):
    data = {"address": address(), "memo": 12345678901234567890}
    made = ok(ask(member, data=data, description="a wallet"))
    assert made["state"] == "pending" and made["data"]["address"] == data["address"]
    assert made["blockchain_key"] == CHAIN and made["uid"] == member.uid and made["sent_at"]
    assert ok(member.get(f"/account/beneficiaries/{made['id']}"), 200) == made
    assert made in ok(member.get("/account/beneficiaries", currency="btc", state="pending"), 200)
    assert errors(seeded(0).get(f"/account/beneficiaries/{made['id']}"), 404) == [
        "record.not_found"]


@pytest.mark.parametrize("changes, code", [
    ({"currency": None}, "missing_currency"), ({"name": None}, "missing_name"),
    ({"data": None}, "missing_data"), ({"name": "n" * 65}, "too_long_name"),
    ({"blockchain_key": "nowhere"}, "blockchain_key_doesnt_exist"),
    ({"blockchain_key": None}, "missing_blockchain_key"),
    ({"description": "d" * 256}, "too_long_description"), ({"data": "no json"}, "non_json_data"),
    ({"data": {"memo": "1"}}, "missing_address_in_data"),
    ({"data": {"address": "a<b>c"}}, "failed_to_create"),
    ({"currency": "usd", "blockchain_key": None, "data": {"iban": "1"}},
     "missing_full_name_in_data")])
def test_beneficiary__what_is_wrong__has_its_code(member, changes, code):
    answer = ask(member, **changes)
    assert f"account.beneficiary.{code}" in errors(answer), answer.text


def test_beneficiary__spaces__are_trimmed_and_tags_allowed(member):
    plain = address()
    made = ok(ask(member, data={"address": f"  {plain} ?dt=42 \n"}))
    assert made["data"]["address"] == plain + "?dt=42"


def test_beneficiary__same_address__once_for_a_currency(member):
    data = {"address": "0x" + secrets.token_hex(20)}
    eth, usdt = (WORLD.sql("SELECT blockchain_key FROM blockchain_currencies WHERE currency_id = %s"
                           " ORDER BY id LIMIT 1", code)[0][0] for code in ("eth", "usdt"))
    ok(ask(member, currency="eth", blockchain_key=eth, data=data))
    again = ask(member, currency="eth", blockchain_key=eth, data=data)
    assert errors(again) == ["account.beneficiary.duplicate_address"]
    ok(ask(member, currency="usdt", blockchain_key=usdt, data=data))


def test_beneficiary__fiat__shows_a_masked_account_number(member):
    data = {"full_name": "Ada  Lovelace", "account_number": "DE44500105175407324931"}
    made = ok(ask(member, currency="usd", blockchain_key=None, data=data))
    assert made["data"]["account_number"] == "DE" + 16 * "*" + "4931"
    again = ok(ask(member, currency="usd", blockchain_key=None, data=data))
    assert again["id"] != made["id"]
    for_operators = ok(WHO.admin.get("/admin/beneficiaries", id=made["id"]), 200)
    assert for_operators[0]["data"] == data


@pytest.mark.parametrize("says, reason", [
    ({"valid": False, "reason": "checksum"}, "checksum"),
    ({"valid": False, "reason": "network"}, "network"),
    ({"valid": False, "reason": "zero"}, "zero"),
    ({"is_contract": True}, "contract"), ({"ours": True, "purpose": "hot"}, "own_wallet")])
def test_w24_bad_destinations__are_refused_with_a_reason(member, gateway, says, reason):
    where = address()
    gateway.addresses[where] = says
    answer = ask(member, data={"address": where})
    assert answer.status_code == 422
    assert answer.json() == {"errors": ["account.beneficiary.failed_to_create"], "reason": reason}


def test_beneficiary__gateway_away__is_503_and_not_made(member, gateway):
    where = address()
    with gateway.gone():
        answer = ask(member, data={"address": where})
        assert errors(answer, 503) == ["account.beneficiary.address_not_checked"]
    ok(ask(member, data={"address": where}))


def test_beneficiary__data_and_code__are_sealed_at_rest(member):
    where = address()
    made = ok(ask(member, data={"address": where}))
    row = WORLD.sql("SELECT * FROM beneficiaries WHERE id = %s", made["id"])[0]
    assert where not in str(row)
    assert len(pin_of(made["id"])) == 64


def test_w28_code__five_wrong_tries_then_only_a_new_one(member):
    made = ok(ask(member))
    path = f"/account/beneficiaries/{made['id']}"
    for _ in range(7):
        assert errors(member.call("PATCH", path + "/activate", json={"pin": 99})) == [
            "account.beneficiary.invalid_pin"]
    assert WORLD.sql("SELECT pin_tries FROM beneficiaries WHERE id = %s", made["id"]) == ((5,),)
    answer = member.call("PATCH", path + "/resend_pin")
    assert answer.status_code == 422 and answer.json()["sent_at"] == made["sent_at"]
    assert answer.json()["errors"] == ["account.beneficiary.cant_resend_within_1_minute"]
    WORLD.sql("UPDATE beneficiaries SET sent_at = sent_at - INTERVAL 2 MINUTE WHERE id = %s",
              made["id"])
    answer = member.call("PATCH", path + "/resend_pin")
    assert (answer.status_code, answer.text) == (204, "")
    assert WORLD.sql("SELECT pin_tries FROM beneficiaries WHERE id = %s", made["id"]) == ((0,),)


def test_w28_code__a_member_has_few_tries_a_day_over_all_beneficiaries():
    member = funded(btc="1")
    for _ in range(6):
        made = ok(ask(member))
        for _ in range(5):
            member.call("PATCH", f"/account/beneficiaries/{made['id']}/activate", json={"pin": 1})
    assert WORLD.sql("SELECT COUNT(*) FROM beneficiary_pin_failures f JOIN members m"
                     " ON m.id = f.member_id WHERE m.uid = %s", member.uid) == ((25,),)


def test_beneficiary__code_of_the_mail__makes_it_active(member):
    made = ok(ask(member))
    pin = mailed_pin(made)
    path = f"/account/beneficiaries/{made['id']}"
    got = ok(member.call("PATCH", path + "/activate", json={"pin": pin}), 200)
    assert got["state"] == "active"
    assert errors(member.call("PATCH", path + "/activate", json={"pin": pin})) == [
        "account.beneficiary.cant_activate"]
    assert errors(member.call("PATCH", path + "/resend_pin")) == ["account.beneficiary.cant_resend"]
    assert errors(member.call("PATCH", path + "/activate", json={"pin": "x"}))[0] == (
        "account.beneficiary.non_integer_pin")
    answer = member.call("DELETE", path)
    assert (answer.status_code, answer.text) == (204, "")
    assert member.call("DELETE", path).status_code == 404
    assert member.get(path).status_code == 404


def mailed_pin(made):
    """The code, out of the event that the mailer gets."""
    return EVENTS.pin(made["data"]["address"])


class Events:
    """The signed model events of beneficiaries, as the mailer would get them."""

    def __init__(self):
        self.seen = []

    def pin(self, where):
        found = []

        def look():
            self.read()
            found[:] = [record["pin"] for record in self.seen
                        if record.get("data", {}).get("address") == where and "pin" in record]
            return found
        wait_for(look, what="the event with the code")
        return found[-1]

    def read(self):
        import base64
        import json
        with WORLD.broker() as channel:
            while True:
                method, _, body = channel.basic_get("test_beneficiaries", auto_ack=True)
                if not method:
                    return
                payload = json.loads(body)["payload"]
                claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
                self.seen.append(claims["event"]["record"])


EVENTS = Events()


@pytest.fixture(scope="module", autouse=True)
def listening(stack):
    with WORLD.broker() as channel:
        channel.queue_declare("test_beneficiaries")
        for key in ("beneficiary.created", "beneficiary.updated"):
            channel.queue_bind("test_beneficiaries", "peatio.events.model", key)
    yield
    with WORLD.broker() as channel:
        channel.queue_delete("test_beneficiaries")


# ---- withdrawals: what is wrong ----

def test_withdraw__nothing__lacks_everything(member):
    codes = errors(member.post("/account/withdraws"))
    for name in ("otp", "amount", "currency", "beneficiary_id"):
        assert f"account.withdraw.missing_{name}" in codes
    assert "account.withdraw.empty_otp" in codes


@pytest.mark.parametrize("changes, code", [
    ({"beneficiary_id": ""}, "empty_beneficiary_id"),
    ({"beneficiary_id": "str"}, "non_integer_beneficiary_id"),
    ({"otp": ""}, "empty_otp"), ({"otp": "x"}, "non_integer_otp"),
    ({"amount": ""}, "non_positive_amount"), ({"amount": "-1"}, "non_positive_amount"),
    ({"amount": "str"}, "non_decimal_amount"), ({"amount": "0.123456789"}, "invalid_amount"),
    ({"amount": "0.0005"}, "invalid_amount"), ({"amount": "11"}, "insufficient_balance"),
    ({"note": "n" * 257}, "too_long_note")])
def test_withdraw__what_is_wrong__has_its_code(member, changes, code):
    answer = take(member, active(member), **changes)
    assert f"account.withdraw.{code}" in errors(answer), answer.text


def test_withdraw__wrong_beneficiaries__have_their_codes(member):
    assert errors(take(member, {"id": 999999999})) == ["account.beneficiary.doesnt_exist"]
    assert errors(take(member, active(seeded(0)))) == ["account.beneficiary.doesnt_exist"]
    pending = ok(ask(member))
    assert errors(take(member, pending)) == [
        "account.beneficiary.invalid_state_for_withdrawal"]
    member.call("DELETE", f"/account/beneficiaries/{pending['id']}")
    assert errors(take(member, pending)) == ["account.beneficiary.doesnt_exist"]


def test_withdraw__low_level__is_forbidden(member):
    low = Member(level=2)
    assert errors(low.get("/account/withdraws"), 403) == ["account.withdraw.not_permitted"]
    assert errors(low.get("/account/beneficiaries"), 403) == ["account.withdraw.not_permitted"]


# ---- withdrawals: the way ----

def test_withdraw__within_limits__is_asked_of_the_gateway():
    member = funded(btc="0.0015")
    beneficiary = active(member)
    made = ok(take(member, beneficiary, "0.001", note="rent"))
    assert made["state"] == "processing" and made["rid"] == beneficiary["data"]["address"]
    assert (made["amount"], made["fee"], made["note"]) == ("0.001", "0.0004", "rent")
    assert made["blockchain_key"] == CHAIN and made["transfer_type"] == "crypto"
    assert member.balance("btc") == (Decimal("0.0005"), Decimal("0.001"))
    payout = payout_comes(made)
    body = payout["body"]
    assert body["to"] == made["rid"] and body["units"] == "60000" and body["chain"] == CHAIN
    assert body["purpose"] == "withdrawal" and body["contract"] == ""
    assert rows_of(made) == [(202, Decimal("-0.001")), (212, Decimal("0.001"))]
    listed = member.get("/account/withdraws", rid=made["rid"])
    assert [row["id"] for row in listed.json()] == [made["id"]]
    assert listed.headers["Total"] == "1"
    sums = ok(member.get("/account/withdraws/sums"), 200)
    assert sums == {"last_24_hours": "60.0", "last_1_month": "60.0"}
    cancelled = ok(member.post(f"/account/withdraws/{made['id']}/cancel"))
    assert cancelled["state"] == "canceled" and payout["state"] == "cancelled"
    assert member.balance("btc") == (Decimal("0.0015"), 0)


def test_withdraw__signed__cannot_be_cancelled_or_given_back():
    member = funded(btc="1")
    made = ok(take(member, active(member)))
    payout_comes(made)["state"] = "signed"
    assert errors(member.post(f"/account/withdraws/{made['id']}/cancel")) == [
        "account.withdraw.cannot_cancel"]
    assert errors(act(made, "fail")) == ["admin.withdraw.cannot_fail"]
    assert errors(act(made, "dispatch", txid="by-hand")) == ["admin.withdraw.cannot_dispatch"]
    assert shown(made)["state"] == "processing" and member.balance("btc")[1] == Decimal("0.001")


def test_withdraw__gateway_away__waits_and_is_paid_once(gateway):
    member = funded(btc="1")
    beneficiary = active(member)
    with gateway.gone():
        made = ok(take(member, beneficiary))
        assert made["state"] == "processing"
        answer = member.post(f"/account/withdraws/{made['id']}/cancel")
        assert answer.status_code == 503  # nobody knows what the gateway has
    payout_comes(made)
    assert member.balance("btc")[1] == Decimal("0.001")


def test_withdraw__refused_by_the_gateway__is_for_an_operator(gateway):
    member = funded(btc="1")
    beneficiary = active(member)
    with gateway.gone():
        made = ok(take(member, beneficiary))
        gateway.refuse[f"withdraw-{made['id']}"] = (422, "blockchain.payout.dust")
    row = state_comes(made, "errored")
    assert row["error"][0]["message"] == "blockchain.payout.dust"
    assert member.balance("btc")[1] == Decimal("0.001")
    gateway.refuse.clear()
    assert ok(act(made, "process"))["state"] == "processing"
    payout_comes(made)["state"] = "queued"
    assert ok(act(made, "fail"))["state"] == "failed"
    assert member.balance("btc") == (1, 0)
    assert [code for code, _ in rows_of(made)] == [202, 212, 212, 202]


def test_withdraw__another_payment_of_that_name__stays_for_people(gateway):
    member = funded(btc="1")
    beneficiary = active(member)
    with gateway.gone():
        made = ok(take(member, beneficiary))
        gateway.refuse[f"withdraw-{made['id']}"] = (409, "blockchain.payout.differs")
    wait_for(lambda: WORLD.sql("SELECT state FROM payout_requests WHERE withdraw_id = %s",
                               made["id"]) == (("conflict",),), what="the conflict")
    assert shown(made)["state"] == "processing"
    assert errors(act(made, "fail")) == ["admin.withdraw.cannot_fail"]


def test_w18_kill__leaves_one_request_and_right_funds():
    member = funded(btc="1")
    beneficiary = active(member)
    made = ok(take(member, beneficiary))
    WORLD.kill("accounting")
    WORLD.until_ready()
    payout = payout_comes(made)
    assert payout["body"]["units"] == "60000"
    assert member.balance("btc") == (Decimal("0.999"), Decimal("0.001"))
    assert len([name for name in WHO.gateway.payouts if name == f"withdraw-{made['id']}"]) == 1


def test_w25_parallel__whole_balance__succeeds_once():
    member = funded(btc="0.0016")
    beneficiary = active(member)
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: take(member, beneficiary, "0.0016"), range(200)))
    good = [answer for answer in answers if answer.status_code == 201]
    assert len(good) == 1, {answer.text for answer in answers}
    assert {tuple(answer.json()["errors"]) for answer in answers if answer is not good[0]} == {
        ("account.withdraw.insufficient_balance",)}
    assert member.balance("btc") == (0, Decimal("0.0016"))


# ---- limits ----

def test_w26_limits__not_exceeded_by_a_unit__in_parallel():
    """100 in 24 hours, at 60,000 a BTC: 0.00166666 is 99.9996; each of ten takes 0.001 = 60."""
    member = funded(btc="1")
    beneficiary = active(member)
    with ThreadPoolExecutor(10) as pool:
        made = [ok(answer) for answer in
                pool.map(lambda _: take(member, beneficiary, "0.001"), range(10))]
    states = sorted(row["state"] for row in made)
    assert states == ["accepted"] * 9 + ["processing"]
    assert {row.get("reason") for row in made if row["state"] == "accepted"} == {"limit_24_hour"}
    assert member.balance("btc") == (Decimal("0.99"), Decimal("0.01"))
    sums = ok(member.get("/account/withdraws/sums"), 200)
    assert sums["last_24_hours"] == "600.0"


def test_w26_limits__exactly_reached_is_within__one_unit_above_is_not():
    for amount, state in (("0.00166666", "processing"), ("0.00166667", "accepted")):
        member = funded(btc="1")
        assert ok(take(member, active(member), amount))["state"] == state


def test_w26_limits__month__counts_older_ones():
    member = funded(btc="1")
    beneficiary = active(member)
    first = ok(take(member, beneficiary, "0.0012"))
    WORLD.sql("UPDATE withdraws SET created_at = created_at - INTERVAL 2 DAY, sum = 0.0162,"
              " amount = 0.0162 - fee WHERE id = %s", first["id"])
    try:
        second = ok(take(member, beneficiary, "0.0012"))
        assert (second["state"], second["reason"]) == ("accepted", "limit_1_month")
    finally:
        WORLD.sql("UPDATE withdraws SET sum = 0.0012, amount = 0.0012 - fee WHERE id = %s",
                  first["id"])


def test_w26_limits__price_unknown__stays_for_an_operator():
    member = funded(btc="1")
    beneficiary = active(member)
    WORLD.sql("UPDATE currencies SET price = 0 WHERE id = 'btc'")
    try:
        made = ok(take(member, beneficiary))
        assert (made["state"], made["reason"]) == ("accepted", "price_unknown")
    finally:
        WORLD.sql("UPDATE currencies SET price = 60000 WHERE id = 'btc'")
    assert ok(act(made, "process"))["state"] == "processing"


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


# ---- inside ----

def deposit_address_of(member):
    """As if the gateway had given it out."""
    where = address()
    wallet = WORLD.sql("SELECT id FROM wallets WHERE blockchain_key = %s LIMIT 1", CHAIN)
    if not wallet:
        ok(WHO.admin.post("/admin/wallets/new", blockchain_key=CHAIN, name="w24", kind="deposit",
                          gateway="bitcoind", currencies=["btc"]))
        wallet = WORLD.sql("SELECT id FROM wallets WHERE blockchain_key = %s LIMIT 1", CHAIN)
    WORLD.sql("INSERT INTO payment_addresses (member_id, wallet_id, blockchain_key, address,"
              " request_id) SELECT id, %s, %s, %s, %s FROM members WHERE uid = %s",
              wallet[0][0], CHAIN, where, secrets.token_hex(8), member.uid)
    WHO.gateway.addresses[where] = {"ours": True, "purpose": "deposit"}
    return where


def test_w24_address_of_a_member__is_paid_inside_without_a_fee():
    sender, receiver = funded(btc="1"), funded(btc="1")
    beneficiary = active(sender, data={"address": deposit_address_of(receiver)})
    made = ok(take(sender, beneficiary, "0.0015"))
    assert (made["state"], made["fee"], made["reason"]) == ("succeed", "0.0", "internal")
    assert sender.balance("btc") == (Decimal("0.9985"), 0)
    assert receiver.balance("btc") == (Decimal("1.0015"), 0)
    assert f"withdraw-{made['id']}" not in WHO.gateway.payouts
    for who, direction in ((sender, "out"), (receiver, "in")):
        row = ok(who.get("/account/internal_transfers"), 200)[0]
        assert (row["amount"], row["direction"]) == ("0.0015", direction)
    assert rows_of(made)[2:] == [(212, Decimal("-0.0015")), (202, Decimal("0.0015"))]


def test_w24_own_address__is_refused_and_nothing_locked():
    member = funded(btc="1")
    beneficiary = active(member, data={"address": deposit_address_of(member)})
    assert errors(take(member, beneficiary)) == ["account.withdraw.own_address"]
    assert member.balance("btc") == (1, 0)


# ---- the history ----

def test_transactions__are_both_kinds_in_order():
    member = funded(btc="1")
    first = ok(take(member, active(member)))
    second = ok(take(member, active(member)))
    rows = ok(member.get("/account/transactions"), 200)
    assert [row["address"] for row in rows] == [second["rid"], first["rid"]]
    assert {row["type"] for row in rows} == {"Withdraw"} and rows[0]["amount"] == "0.0006"
    rows = ok(member.get("/account/transactions", order_by="asc", limit=1, page=2), 200)
    assert [row["address"] for row in rows] == [second["rid"]]
    assert ok(member.get("/account/transactions", withdraw_state="succeed"), 200) == []
    for params, code in (({"currency": "xyz"}, "currency_doesnt_exist"),
                         ({"order_by": "up"}, "order_by_invalid"),
                         ({"time_from": ""}, "empty_time_from"),
                         ({"time_to": "x"}, "non_integer_time_to"),
                         ({"withdraw_state": "x"}, "invalid_withdraw_state"),
                         ({"deposit_state": "x"}, "invalid_deposit_state"),
                         ({"limit": 0}, "invalid_limit"), ({"page": 0}, "non_positive_page")):
        assert errors(member.get("/account/transactions", **params)) == [
            "account.transactions." + code], params


def test_withdraws__list__filters_and_pages():
    member = funded(btc="1")
    beneficiary = active(member)
    ids = [ok(take(member, beneficiary))["id"] for _ in range(11)]
    page = member.get("/account/withdraws", limit=10, page=2)
    assert [row["id"] for row in page.json()] == [ids[0]]
    assert (page.headers["Total"], page.headers["Per-Page"]) == ("11", "10")
    rows = ok(member.get("/account/withdraws", **{"state[]": ["accepted", "processing"]}), 200)
    assert len(rows) == 11 and rows[0]["id"] == ids[-1]
    for params, code in (({"page": -1}, "non_positive_page"), ({"limit": 101}, "invalid_limit"),
                         ({"state": "x"}, "invalid_state"), ({"rid": ""}, "empty_rid"),
                         ({"blockchain_key": "x"}, "blockchain_key_doesnt_exist"),
                         ({"time_from": "x"}, "non_integer_time_from")):
        assert errors(member.get("/account/withdraws", **params)) == [
            "account.withdraw." + code], params

"""Beneficiaries over REST (reference 2.4, 11.6): codes, refused destinations, the code of the mail."""

import secrets

import pytest

from members import errors, funded, seeded
from withdraw_world import CHAIN, WHO, address, ask, ok
from withdraw_world import calm, gateway, member  # noqa: F401 (fixtures)
from world import WORLD, wait_for


def pin_of(beneficiary_id):
    """Codes are in mails alone: one that is known replaces it, by the way that the service makes it."""
    return WORLD.sql("SELECT pin_index FROM beneficiaries WHERE id = %s", beneficiary_id)[0][0]


# ---- beneficiaries ----

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

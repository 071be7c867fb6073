"""`bourse-accounting --seed DIR`: adds what is new, says every mistake with its place, changes
nothing that is there."""

import secrets
from decimal import Decimal

import pytest

from members import Member
from world import WORLD


@pytest.fixture
def code():
    return "s" + secrets.token_hex(3)


def seed(folder):
    done = WORLD.service("accounting", "--seed", str(folder))
    return done.returncode, done.stdout.splitlines(), done.stderr


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text)


def test_seed__again__adds_nothing(tmp_path, code):
    write(tmp_path, currencies=f"- {{id: {code}, blockchain_key: eth-testnet, base_factor: 100}}\n",
          markets=f"- {{ask_unit: {code}, bid_unit: usd, engine_name: peatio-default-engine,"
                  " ask_precision: 3, min_ask_price: '0.01', min_ask_amount: '0.1',"
                  " enabled: false}\n")
    status, lines, _ = seed(tmp_path)
    assert (status, lines) == (0, [f"added currency {code}", f"added market {code}usd"])
    assert WORLD.sql("SELECT state, amount_precision FROM markets WHERE id = %s",
                     code + "usd") == (("disabled", 3),)
    assert seed(tmp_path)[:2] == (0, [])


def test_seed__beside_a_running_service__its_lists_know_what_is_new(tmp_path, code):
    write(tmp_path, currencies=f"- {{id: {code}, blockchain_key: eth-testnet, base_factor: 100}}\n")
    assert seed(tmp_path)[:2] == (0, [f"added currency {code}"])
    admin = Member(role="superadmin")
    listed = admin.get("/admin/blockchain_currencies")
    assert listed.status_code == 200, listed.text
    network, = [row for row in listed.json() if row["currency_id"] == code]
    assert admin.get(f"/admin/blockchain_currencies/{network['id']}").json()["subunits"] == 2


def test_seed__mistakes__are_all_said_and_the_rest_is_added(tmp_path, code):
    write(tmp_path, currencies=f"""
- {{id: A:B}}
- {{id: {code}x, blockchain_key: nowhere}}
- id: {code}y
  min_deposit: 1
- {{id: {code}}}
""", markets="- {id: btceth, base_unit: btc, quote_unit: eth, engine_name: peatio-default-engine,"
             " min_price: '1', min_amount: '1'}\n", engines="{")
    status, lines, story = seed(tmp_path)
    currencies, markets = tmp_path / "currencies.yml", tmp_path / "markets.yml"
    assert status == 1 and "5 mistakes" in story
    assert f"{currencies}:2: Code is invalid" in lines[0]
    assert lines[1] == f"{currencies}:3: Blockchain key does not exist"
    assert lines[2] == f"{currencies}:5: no such key: min_deposit"
    assert lines[3] == f"added currency {code}"
    assert "engines.yml:2: " in lines[4]
    assert lines[5] == f"{markets}:1: Market of these currencies already exists"


def test_seed__balance__is_granted_once(tmp_path, code):
    uid = "SD" + secrets.token_hex(4).upper()
    text = (f"- {{uid: {uid}, email: {uid}@x.io, role: member, level: 1, state: active, balances: "
            "[{currency: usd, amount: '%s'}]}\n")
    write(tmp_path, members=text % "12.5")
    assert seed(tmp_path)[:2] == (0, [f"added 12.5 usd to {uid}", f"added member {uid}"])
    write(tmp_path, members=text % "99")
    assert seed(tmp_path)[:2] == (0, [])
    rows = WORLD.sql("SELECT a.balance FROM accounts a JOIN members m ON m.id = a.member_id"
                     " WHERE m.uid = %s", uid)
    assert [balance for balance, in rows] == [Decimal("12.5")]
    write(tmp_path, members=text.replace("usd", "eur") % "0.001")
    status, lines, _ = seed(tmp_path)
    assert status == 1 and lines[0].endswith("Amount has more than 2 decimals")


def test_seed__no_such_folder__fails(tmp_path):
    status, _, story = seed(tmp_path / "none")
    assert status == 1 and "no such folder" in story

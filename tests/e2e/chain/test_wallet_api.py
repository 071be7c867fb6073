"""The exchange's own wallets, whitelisted contracts, and the catalog as the gateway reads it (reference
1.8.6, 1.9)."""

import secrets
import time
from types import SimpleNamespace

import jwt
import pytest
import requests

from gateway import gateway as ask_gateway
from members import manage, private_key
from world import WORLD, wait_for

WHO = SimpleNamespace()


@pytest.fixture(scope="module", autouse=True)
def callers(admin, alice):
    WHO.admin, WHO.alice = admin, alice


def errors(response, *codes, status=422):
    assert (response.status_code, response.json()["errors"]) == (status, list(codes))


def ok(response, status=201):
    assert response.status_code == status, response.text
    return response.json()


def new_wallet(**changes):
    wallet = {"blockchain_key": "eth-testnet", "name": "w" + secrets.token_hex(4), "kind": "hot",
              "gateway": "geth", "address": "0x" + secrets.token_hex(20), "currencies": ["eth"],
              "max_balance": "100.5", "settings": {"uri": "http://127.0.0.1:1/", "secret": "canary"}}
    return {key: value for key, value in {**wallet, **changes}.items() if value is not None}


def test_wallets__created_changed_and_listed__as_the_reference_shows_them():
    sent = new_wallet()
    row = ok(WHO.admin.post("/admin/wallets/new", **sent))
    assert list(row) == ["id", "name", "kind", "protocol", "currencies", "address", "gateway", "max_balance",
                         "balance", "blockchain_key", "status", "created_at", "updated_at"]
    assert (row["kind"], row["currencies"], row["max_balance"], row["status"]) == \
        ("hot", ["eth"], "100.5", "active")
    assert row["address"] == sent["address"] and "canary" not in str(row)
    same = ok(WHO.admin.get(f"/admin/wallets/{row['id']}"), 200)
    assert same == row
    changed = ok(WHO.admin.post("/admin/wallets/update", id=row["id"], max_balance="7", status="disabled",
                                currencies=["eth", "usdt"]))
    assert (changed["max_balance"], changed["status"], changed["currencies"]) == ("7.0", "disabled", ["eth", "usdt"])
    listed = WHO.admin.get("/admin/wallets", kind="hot", blockchain_key="eth-testnet", currencies="usdt")
    assert changed["id"] in [wallet["id"] for wallet in ok(listed, 200)]
    assert int(listed.headers["Total"]) >= 1


def test_wallets__wrong__every_code():
    errors(WHO.admin.post("/admin/wallets/new", **new_wallet(blockchain_key="no", kind="no", gateway="no",
                                                             max_balance="x", status="no",
                                                             currencies=["nope"])),
           "admin.wallet.blockchain_key_doesnt_exist", "admin.wallet.invalid_kind",
           "admin.wallet.gateway_doesnt_exist", "admin.wallet.currency_doesnt_exist",
           "admin.blockchain.non_decimal_max_balance", "admin.wallet.invalid_max_balance",
           "admin.wallet.invalid_status")
    errors(WHO.admin.post("/admin/wallets/new", **new_wallet(currencies=None)),
           "admin.wallet.currencies_field_is_missing")
    errors(WHO.admin.post("/admin/wallets/new", **new_wallet(currency="eth")),
           "admin.wallet.currencies_field_is_missing")
    errors(WHO.admin.post("/admin/wallets/new", **new_wallet(settings={"uri": "ftp://x"})),
           "admin.wallet.invalid_uri_setting")
    errors(WHO.admin.get("/admin/wallets/x"), "admin.wallet.non_integer_id")
    errors(WHO.admin.get("/admin/wallets/999999"), "record.not_found", status=404)
    errors(WHO.admin.get("/admin/wallets", kind="no", blockchain_key="no", currencies="no"),
           "admin.currency.blockchain_key_doesnt_exist", "admin.wallet.invalid_kind",
           "admin.wallet.currency_doesnt_exist")
    errors(WHO.alice.get("/admin/wallets"), "admin.ability.not_permitted", status=403)


def test_wallets__currencies__linked_and_unlinked():
    row = ok(WHO.admin.post("/admin/wallets/new", **new_wallet()))
    assert ok(WHO.admin.post("/admin/wallets/currencies", id=row["id"], currencies="usdt"))["currencies"] == \
        ["eth", "usdt"]
    assert ok(WHO.admin.call("DELETE", "/admin/wallets/currencies", json={
        "id": row["id"], "currencies": ["eth"]}), 200)["currencies"] == ["usdt"]
    errors(WHO.admin.call("DELETE", "/admin/wallets/currencies", json={
        "id": row["id"], "currencies": ["eth"]}), "record.not_found", status=404)


def test_wallets__kinds_and_gateways():
    assert ok(WHO.admin.get("/admin/wallets/kinds"), 200) == ["deposit", "fee", "hot", "warm", "cold"]
    assert {"bitcoind", "geth", "bitgo"} <= set(ok(WHO.admin.get("/admin/wallets/gateways"), 200))


def test_wallets__of_a_parent__serve_its_new_token():
    hot = ok(WHO.admin.post("/admin/wallets/new", **new_wallet()))
    fee = ok(WHO.admin.post("/admin/wallets/new", **new_wallet(kind="fee")))
    code = "t" + secrets.token_hex(3)
    ok(WHO.admin.post("/admin/currencies/new", code=code, name="A token"))
    ok(WHO.admin.post("/admin/blockchain_currencies/new", currency_id=code, blockchain_key="eth-testnet",
                      parent_id="eth", subunits=6, options={"erc20_contract_address": "0x" + secrets.token_hex(20)}))
    assert code in ok(WHO.admin.get(f"/admin/wallets/{hot['id']}"), 200)["currencies"]
    assert code not in ok(WHO.admin.get(f"/admin/wallets/{fee['id']}"), 200)["currencies"]


def test_network__decimals_differ_from_the_contract__refused(ethereum):
    """W-09: the node is asked before the row is written."""
    row = next(one for one in ok(WHO.admin.get("/admin/currencies/usdt"), 200)["networks"]
               if one["blockchain_key"] == "eth-anvil")
    code = "t" + secrets.token_hex(3)
    ok(WHO.admin.post("/admin/currencies/new", code=code, name="A token"))
    asked = {"currency_id": code, "blockchain_key": "eth-anvil", "parent_id": "eth",
             "options": {"erc20_contract_address": row["options"]["erc20_contract_address"]}}
    errors(WHO.admin.post("/admin/blockchain_currencies/new", **asked, subunits=18),
           "Base factor is 18 digits, the contract has 6")
    errors(WHO.admin.post("/admin/blockchain_currencies/new", **{**asked, "options": {
        "erc20_contract_address": "0x" + secrets.token_hex(20)}}, subunits=6), "Options name no token contract")


def test_wallets__overview__by_currency_chain_and_kind():
    ok(WHO.admin.post("/admin/wallets/new", **new_wallet()))
    rows = {row["code"]: row for row in ok(WHO.admin.get("/admin/wallets/overview"), 200)}
    eth = rows["eth"]
    assert {"id", "name", "precision", "blockchains", "total", "estimated_total"} <= set(eth)
    assert {f"{kind}_total_balance" for kind in ("deposit", "fee", "hot", "warm", "cold")} <= set(eth)
    chain = next(one for one in eth["blockchains"] if one["blockchain_key"] == "eth-testnet")
    assert [one["kind"] for one in chain["balances"]] == ["deposit", "fee", "hot", "warm", "cold"]


def test_wallets__management__the_same_rows():
    row = ok(manage("/wallets/new", new_wallet()))
    assert ok(manage(f"/wallets/{row['id']}", {})) == row
    assert ok(manage("/wallets/update", {"id": row["id"], "max_balance": "3"}))["max_balance"] == "3.0"
    assert row["id"] in [wallet["id"] for wallet in ok(manage("/wallets", {"kind": "hot", "limit": 1000}))]
    refused = manage("/wallets/new", new_wallet(kind="no"))
    assert (refused.status_code, refused.json()) == (422, {"error": "kind management.wallet.invalid_kind"})


def test_contracts__crud_and_csv():
    address = "0x" + secrets.token_hex(20)
    row = ok(WHO.admin.post("/admin/whitelisted_smart_contracts", blockchain_key="eth-testnet", address=address))
    assert list(row) == ["id", "address", "description", "blockchain_key", "state", "created_at", "updated_at"]
    errors(WHO.admin.post("/admin/whitelisted_smart_contracts", blockchain_key="eth-testnet", address=address),
           "Address has already been taken")
    errors(WHO.admin.post("/admin/whitelisted_smart_contracts", blockchain_key="no", state="no"),
           "admin.whitelistedsmartcontract.blockchain_key_doesnt_exist",
           "admin.whitelistedsmartcontract.missing_address", "admin.whitelistedsmartcontract.invalid_state")
    changed = ok(WHO.admin.put("/admin/whitelisted_smart_contracts", id=row["id"], state="disabled"), 200)
    assert changed["state"] == "disabled"
    assert ok(WHO.admin.get(f"/admin/whitelisted_smart_contract/{row['id']}"), 200) == changed
    other = "0x" + secrets.token_hex(20)
    text = f'address,blockchain_key,description\n{other},eth-testnet,"a, b"\n,eth-testnet,x\n{other}x,no,y\n'
    created = ok(WHO.admin.call("POST", "/admin/whitelisted_smart_contracts/csv",
                                   files={"file": ("c.csv", text, "text/csv")}))
    assert [(one["address"], one["description"]) for one in created] == [(other, "a, b")]
    listed = WHO.admin.get("/admin/whitelisted_smart_contracts", format="csv")
    assert listed.headers["Content-Type"].startswith("text/csv") and f'{other},"a, b"' in listed.text


def service_token(name="matching", audience="accounting"):
    now = int(time.time())
    return jwt.encode({"iss": name, "aud": [audience], "sub": "service", "iat": now, "exp": now + 60,
                       "jti": secrets.token_hex(8)}, private_key(name), algorithm="ES256", headers={"kid": name})


def internal(path, token=None, **params):
    return requests.get(WORLD.api + path, params=params, timeout=30,
                        headers={"Authorization": "Bearer " + (token or service_token())})


def server_of(key):
    return WORLD.sql("SELECT server FROM blockchains WHERE `key` = %s", key)[0][0]


def test_w31_servers_of_a_chain__are_sealed_at_rest__and_told_to_the_gateway_alone():
    key, secret = "sealed-" + secrets.token_hex(4), "canary" + secrets.token_hex(8)
    urls = [f"https://bearer:{secret}@custodian.localhost/api/v2/tltc/wallet/x", "http://127.0.0.1:9"]

    def told():
        document = ok(internal("/internal/chains"), 200)
        return next(one for one in document["chains"] if one["key"] == key)["servers"]
    row = ok(WHO.admin.post("/admin/blockchains/new", key=key, name="N", client="geth", height=5, status="disabled",
                            server=" ".join(urls)))
    assert server_of(key).startswith("s1.") and secret not in server_of(key)
    assert told() == urls
    ok(WHO.admin.post("/admin/blockchains/update", id=row["id"], description="another word"))
    assert secret not in server_of(key) and told() == urls
    # As a seed or an older version left it: believed, and sealed by itself.
    WORLD.sql("UPDATE blockchains SET server = %s WHERE `key` = %s", urls[0], key)
    assert told() == urls[:1]
    wait_for(lambda: server_of(key).startswith("s1."), what="the server to be sealed")
    assert told() == urls[:1]
    # The gateway keeps what it was told, sealed as well: it follows by that while accounting is away.
    wait_for(lambda: ask_gateway("GET", f"/internal/chains/{key}").status_code == 200,
             what="the gateway to have heard of the chain")
    assert not WORLD.sql("SELECT 1 FROM bourse_blockchain.catalogue WHERE body LIKE '%%http%%' OR body LIKE %s",
                         f"%{secret}%")
    assert WORLD.sql("SELECT 1 FROM bourse_blockchain.catalogue WHERE body LIKE 's1.%%'")
    # What nobody can open is no server, and holds up no other chain.
    WORLD.sql("UPDATE blockchains SET server = %s WHERE `key` = %s", "s1.9.AAAA", key)
    assert told() == []
    ok(WHO.admin.post("/admin/blockchains/update", id=row["id"], server=urls[1]))
    assert told() == urls[1:] and urls[1] not in server_of(key)
    ok(WHO.admin.post("/admin/blockchains/update", id=row["id"], server=""))
    assert told() == [] and server_of(key) is None


def test_chains__for_services_only__say_what_the_gateway_needs():
    address = "0x" + secrets.token_hex(20)
    wallet = ok(WHO.admin.post("/admin/wallets/new", **new_wallet(address=address)))
    document = ok(internal("/internal/chains"), 200)
    chain = next(one for one in document["chains"] if one["key"] == "eth-testnet")
    assert chain["client"] == "geth" and chain["min_confirmations"] == 32
    assert {"id": wallet["id"], "kind": "hot", "address": address, "gateway": "geth", "status": "active",
            "currencies": ["eth"], "max_balance": "100.5"} in chain["wallets"]
    asset = next(one for one in chain["assets"] if one["currency"] == "eth")
    assert asset["contract"] == "" and asset["decimals"] == 18 and asset["min_deposit"].isdigit()
    assert internal("/internal/chains", version=document["version"]).status_code == 304
    ok(WHO.admin.post("/admin/wallets/update", id=wallet["id"], status="disabled"))
    assert ok(internal("/internal/chains", version=document["version"]), 200)["version"] != document["version"]
    assert internal("/internal/chains", token="x").status_code == 401

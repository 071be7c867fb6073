"""Chains, networks and currencies that are tried, not saved, against real nodes (dry_run; W-09)."""

import json
import secrets

import pytest

from coins import CHAIN_OF, ok
from gateway import node_url
from members import manage

SILENT = "http://127.0.0.1:1"  # nobody listens there


def tried(admin, path, **draft):
    answer = ok(admin.post(f"/admin/{path}/new", dry_run=True, **draft), 200)
    assert answer["dry_run"] and answer["ok"] == (answer["saved"] is not None and not answer["mistakes"])
    return answer


@pytest.fixture(scope="module")
def usdt(admin, chains):
    if CHAIN_OF["usdt"] not in chains:
        pytest.skip("anvil is not installed")
    rows = ok(admin.get("/admin/currencies/usdt"), 200)["networks"]
    return next(row for row in rows if row["blockchain_key"] == CHAIN_OF["usdt"])


def test_chain__tried__its_nodes_are_asked_and_nothing_is_saved(admin, litecoin):
    key = f"try-{secrets.token_hex(4)}"
    draft = {"key": key, "name": "Tried", "client": "litecoin", "height": 1, "status": "disabled"}
    good = tried(admin, "blockchains", server=node_url(litecoin), **draft)
    assert good["ok"], good
    assert good["saved"]["key"] == key
    [node] = good["node"]["nodes"]
    assert node["network"] == "regtest" and node["height"] >= 1 and "@" not in node["url"]
    bad = tried(admin, "blockchains", server=f"{node_url(litecoin)} {SILENT}",
                **{**draft, "client": "geth", "key": CHAIN_OF["ltc"]})
    assert not bad["ok"] and "Key has already been taken" in bad["mistakes"]
    assert len([line for line in bad["mistakes"] if line.startswith("Server http")]) == 2, bad
    high = tried(admin, "blockchains", server=node_url(litecoin), **{**draft, "height": 1900000000})
    assert any("above the tip" in line for line in high["mistakes"])
    assert key not in [row["key"] for row in ok(admin.get("/admin/blockchains", limit=1000), 200)]


def test_token__tried__the_contract_says_what_is_wrong(admin, usdt):
    code = "t" + secrets.token_hex(3)
    draft = {"code": code, "name": "Tried", "blockchain_key": usdt["blockchain_key"], "parent_id": "eth",
             "options": usdt["options"]}
    digits = usdt["subunits"]
    good = tried(admin, "currencies", subunits=digits, **draft)
    assert good["ok"], good
    assert good["node"]["decimals"] == digits
    assert good["saved"]["networks"][0]["blockchain_key"] == usdt["blockchain_key"]
    assert any("calls itself" in line for line in good["notes"])
    bad = tried(admin, "currencies", subunits=digits + 12, **draft)
    assert bad["mistakes"] == [f"Base factor is {digits + 12} digits, the contract has {digits}"]
    none = tried(admin, "currencies", subunits=digits, **{**draft, "options": {}})
    assert none["mistakes"] == ["Options name no token contract"]
    assert admin.get(f"/admin/currencies/{code}").status_code in (404, 422)
    network = {"currency_id": "usdt", "blockchain_key": usdt["blockchain_key"], "parent_id": "eth",
               "options": usdt["options"], "subunits": digits}
    assert tried(admin, "blockchain_currencies", **network)["mistakes"] == ["Blockchain key has already been taken"]
    # The same through the management API; of a chain whose node nobody has the gateway says so.
    said = ok(manage("/blockchain_currencies/new",
                     {**network, "dry_run": True, "options": json.dumps(usdt["options"])}), 200)
    assert said["mistakes"] == ["Blockchain key has already been taken"]
    for path, key in (("blockchain_currencies", {"id": usdt["id"]}), ("currencies", {"code": "usdt"})):
        refused = admin.post(f"/admin/{path}/update", dry_run=True, withdraw_fee="77", **key)
        assert refused.json() == {"errors": ["admin.catalog.dry_run_of_change"]}
    away = tried(admin, "blockchain_currencies", **{**network, "blockchain_key": "eth-testnet"})
    assert not away["ok"] and any("gateway" in line for line in away["mistakes"]), away


def test_native_coin__tried__the_chain_has_to_be_ready(admin, litecoin):
    code = "n" + secrets.token_hex(3)
    draft = {"code": code, "name": "Tried", "blockchain_key": CHAIN_OF["ltc"], "subunits": 8}
    answer = tried(admin, "currencies", **draft)
    assert answer["saved"]["code" if "code" in answer["saved"] else "id"] == code
    assert answer["node"]["key"] == CHAIN_OF["ltc"]

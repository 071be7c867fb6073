"""The OpenAPI documents: valid, true, and complete enough to attack every parameter that they name
(D-13: SQL in parameters)."""

import json
import secrets
import shutil
import subprocess
import time
from urllib.parse import quote

import pytest
import requests

from members import Member, administrator, funded, manage
from world import WORLD

DOCUMENTS = {"user": "/swagger", "admin": "/admin/swagger", "management": "/management/swagger"}
METHODS = ("get", "post", "put", "patch", "delete")

REDOCLY = "@redocly/cli@1.25.11"

# What makes a request get as far as the database with one bad value in it.
GOOD = {"market": "btcusd", "market[]": "btcusd", "id": "1", "currency": "usd", "symbol": "btcusd",
        "side": "buy", "volume": "1", "price": "1", "market_pair": "BTC_USD",
        "ticker_id": "BTC_USD",
        "uid": "IDA11CE00001", "code": "201", "group": "any", "name": "x", "key": "x",
        "reason": "x",
        "description": "x", "category": "misc", "amount": "1", "currency_id": "usd",
        "action": "reject",
        "asset_account_code": "101", "receiving_account_code": "301", "market_id": "btcusd",
        "blockchain_key": "eth-testnet", "type": "spot", "username_or_uid": "IDB0B0000002",
        "otp": "1"}
ATTACKS = [
    "'", "''", "\"", "`", "\\", "\\'", "';--", "'; DROP TABLE members; --", "' OR '1'='1",
    "\" OR \"1\"=\"1",
    "1 OR 1=1", "1; SELECT SLEEP(5)", "' OR SLEEP(5)#", "') OR SLEEP(5)-- -", "1) AND SLEEP(5",
    "id,(SELECT 1)",
    "id; DROP TABLE orders", "' UNION SELECT 1,2,3 -- ", "*/ OR 1=1 /*", "/*!50000 OR 1=1*/",
    "0x27206f722031",
    "CHAR(39)", "%27%20OR%201=1", "%", "_", "%' AND 1=0 UNION ALL SELECT password FROM mysql.user#",
    "¿'", "\u02bc OR 1=1", "\uff07 OR 1=1", "a\u0301'", "\U0001f98a' --", "x" * 300 + "'", "-1",
    "@@version",
]
SLEEP_S, SLOW_MAX = 5, 4  # of the attacks; so many slow answers to one question are no accident
RAW_ATTACKS = ["%00", "%bf%27%20OR%201=1", "%df%5c%27", "%27%00", "%e5%27"]  # as bytes of a query


def document(name):
    answer = requests.get(WORLD.api + DOCUMENTS[name], timeout=30)
    assert answer.status_code == 200
    return answer.json()


def operations(name):
    for path, methods in document(name)["paths"].items():
        for method, operation in methods.items():
            assert method in METHODS
            yield method.upper(), path, operation


def body_properties(operation):
    content = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema", {}).get("properties", {})


# ---- valid and true ----

@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_well_formed(name):
    """Unique operation ids, path parameters that are in the path, references that lead
    somewhere."""
    whole = document(name)
    assert whole["openapi"].startswith("3.0")
    assert whole["info"]["title"] and whole["info"]["version"]
    tags, seen = {tag["name"] for tag in whole["tags"]}, set()
    for method, path, operation in operations(name):
        where = f"{method} {path}"
        assert operation["operationId"] not in seen, where
        seen.add(operation["operationId"])
        assert operation["summary"] and set(operation["tags"]) <= tags, where
        in_path = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}, where
        assert all(p["required"] for p in operation["parameters"] if p["in"] == "path"), where
        names = [(p["in"], p["name"]) for p in operation["parameters"]]
        assert len(names) == len(set(names)), where
        assert any(status.startswith("2") for status in operation["responses"]), where

    def references(node):
        if isinstance(node, dict):
            yield from ([node["$ref"]] if "$ref" in node else [])
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                yield from references(child)

    for reference in set(references(whole)):
        node = whole
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_documents_are_valid_for_a_linter(tmp_path):
    """redocly, where npm can give it to us."""
    if not shutil.which("npx"):
        pytest.skip("npx is not installed")
    files = []
    for name in DOCUMENTS:
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(document(name)))
    try:
        done = subprocess.run(["npx", "--yes", REDOCLY, "lint", "--extends", "minimal", *files],
                              capture_output=True, text=True, timeout=60, cwd=tmp_path,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npx gets no {REDOCLY} within its time")
    if done.returncode != 0 and "npm err" in done.stderr.lower():
        pytest.skip(f"npm gives no {REDOCLY}: {done.stderr.strip().splitlines()[-1][:200]}")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_path_of_the_documents_is_there():
    """What is documented answers, where it says: not with 404 of an unknown route, not with 405."""
    origin = WORLD.edge.removesuffix("/api/v2/peatio")
    member = administrator()
    for name in ("user", "admin"):
        for method, path, _ in operations(name):
            target = origin + path.replace("{", "").replace("}", "")
            answer = requests.request(method, target, headers=member.headers, timeout=30)
            assert answer.status_code not in (405, 500), (method, path)
            assert answer.text != "404 Not Found", (method, path)
    origin = WORLD.api.removesuffix("/api/v2")
    for method, path, _ in operations("management"):
        answer = requests.request(method, origin + path, timeout=30)
        assert answer.text != "404 Not Found" and answer.status_code != 405, (method, path)


def test_documents_are_served_at_the_edge():
    for name, path in DOCUMENTS.items():
        assert requests.get(WORLD.edge + path, timeout=30).json() == document(name)


def test_internal_paths_are_in_no_document():
    assert not any("internal/" in path for name in DOCUMENTS for path in document(name)["paths"])


# ---- D-13 ----

class Watch:
    """What an attack must not do, whatever it is answered."""

    def __init__(self):
        self.mark, self.wrong, self.count = WORLD.log_mark("accounting"), [], 0
        self.before = self.facts()

    @staticmethod
    def facts():
        tables = WORLD.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = "
                           "'bourse_accounting' ORDER BY 1")
        return tables, WORLD.sql("SELECT COUNT(*), SUM(level), SUM(LENGTH(email)) FROM members")

    def ask(self, what, call):
        """What lets the database sleep is slow each time; what a busy machine delays is not."""
        self.count += 1
        for _ in range(SLOW_MAX):
            began = time.monotonic()
            answer = call()
            took = time.monotonic() - began
            if took < SLEEP_S or answer.status_code >= 500:
                break
        if answer.status_code >= 500 or took >= SLEEP_S:
            self.wrong.append(f"{what}: {answer.status_code}, {took:.1f} s: {answer.text[:100]}")

    def end(self):
        log = WORLD.log_since("accounting", self.mark)
        assert not self.wrong, "\n".join(self.wrong[:20])
        for text in ("1064", "syntax", "1054", "1146", "1292"):
            assert f"database: {text}" not in log and f"SQL {text}" not in log, text
        assert self.facts() == self.before
        print(f"{self.count} requests")


def known(operation, place, attacked):
    """Values for the parameters that are required, the attacked one left out."""
    return {p["name"]: GOOD.get(p["name"], "1") for p in operation["parameters"]
            if p["in"] == place and p["name"] != attacked and p.get("required")}


def fill(path, values):
    for key, value in values.items():
        path = path.replace("{" + key + "}", quote(str(value), safe=""))
    return path


@pytest.mark.parametrize("name", ["user", "admin"])
def test_sql_in_paths_and_queries(name):
    """D-13: every parameter that the documents name, sort and filters included."""
    caller = administrator() if name == "admin" else funded(usd="10")
    origin = WORLD.api.removesuffix("/api/v2")
    session, watch = requests.Session(), Watch()
    session.headers.update(caller.headers)
    for method, path, operation in operations(name):
        path = path.replace("/api/v2/peatio", "/api/v2", 1)
        for parameter in operation["parameters"]:
            if parameter["schema"].get("type") not in ("string", "array", "integer"):
                continue
            attacked, place = parameter["name"], parameter["in"]
            for attack in [quote(a, safe="") for a in ATTACKS] + RAW_ATTACKS:
                inside = known(operation, "path", attacked)
                target = fill(path, inside)
                query = "&".join(f"{k}={v}" for k, v in known(operation, "query", attacked).items())
                if place == "path":
                    target = target.replace("{" + attacked + "}", attack)
                else:
                    query += f"&{quote(attacked, safe='')}={attack}"
                watch.ask(f"{method} {target} {attacked}={attack}", lambda: session.request(
                    method, f"{origin}{target}?{query}", timeout=60,
                    json={} if method != "GET" else None))
    watch.end()


# What would succeed in changing the catalog that other tests list.
LEFT_ALONE = ("/new", "/create", "/currencies/update", "/markets/update", "/engines/update")


@pytest.mark.parametrize("name", ["user", "admin"])
def test_sql_in_bodies(name):
    """D-13: every text of every body."""
    caller = administrator() if name == "admin" else funded(usd="10")
    origin = WORLD.api.removesuffix("/api/v2")
    session, watch = requests.Session(), Watch()
    session.headers.update(caller.headers)
    for method, path, operation in operations(name):
        properties = body_properties(operation)
        for attacked, schema in properties.items():
            if schema.get("type") not in ("string", "array"):
                continue
            target = fill(path.replace("/api/v2/peatio", "/api/v2", 1),
                          known(operation, "path", None))
            for attack in ATTACKS:
                body = {key: GOOD.get(key, "1") for key in properties if key in GOOD}
                body[attacked] = [attack] if schema["type"] == "array" else attack
                if any(target.endswith(end) for end in LEFT_ALONE):
                    body = {attacked: body[attacked]}
                watch.ask(f"{method} {target} {attacked}={attack}", lambda: session.request(
                    method, origin + target, json=body, timeout=60))
    watch.end()


def test_sql_in_signed_bodies():
    """D-13: the management API, whose parameters are inside of a signed payload."""
    watch = Watch()
    for method, path, operation in operations("management"):
        properties = body_properties(operation)
        path = path.removeprefix("/api/v2/management")
        if path == "/swagger":
            continue
        in_path = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
        texts = [key for key, schema in properties.items() if schema.get("type") == "string"]
        for attacked in in_path + texts:
            for attack in ATTACKS[:20]:
                values = {key: GOOD.get(key, "1") for key in in_path}
                data = {key: GOOD[key] for key in properties if key in GOOD}
                if any(path.endswith(end) for end in LEFT_ALONE):
                    data = {}
                (values if attacked in in_path else data)[attacked] = attack
                watch.ask(f"{method} {path} {attacked}={attack}",
                          lambda: manage(fill(path, values), data, method))
    watch.end()


def test_sql_in_claims_of_a_token():
    """D-13: what a signed token says is stored and looked up like anything else."""
    watch = Watch()
    for attack in ATTACKS:
        for claim in ("uid", "email", "username", "role", "state"):
            value = attack
            if claim in ("email", "username"):  # these are unique
                value += secrets.token_hex(4) + ("@example.com" if claim == "email" else "")
            member = Member(value, email=f"{secrets.token_hex(6)}@example.com") if claim == "uid" \
                else Member(**{claim: value})
            watch.ask(f"{claim}={value}", lambda: member.get("/account/members/me"))
    assert not watch.wrong, "\n".join(watch.wrong)
    assert watch.facts()[0] == watch.before[0]


def test_like_letters_are_letters():
    """D-13: % and _ of a search find themselves only, and nothing is found by a backslash."""
    names = [row["id"] for row in requests.get(WORLD.api + "/public/currencies", timeout=30).json()]
    assert names
    for text in ("%", "_", "b_c", "b%c", "\\", "bt\\", "%%"):
        found = requests.get(WORLD.api + "/public/currencies", params={"search[code]": text},
                             timeout=30).json()
        assert found == [], text

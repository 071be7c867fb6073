"""The local chains become chains of the platform: accounting hears where their nodes are, the wallets of
tools/chain/wallets.yml get addresses from the gateway, and test coins.

Everything goes through the doors that an operator has: accounting's admin API with a token of the
seeded administrator, the gateway's with a token of accounting. It can be repeated; what is there stays.
"""

import json
import secrets
import subprocess
import time
import urllib.error
import urllib.request

import jwt
import yaml

from chain.nodes import NodeError
from stack import credentials, layout, nodes, wait
from stack.settings import REPOSITORY, StackError

TOKEN_SECONDS = 60
READY_SECONDS = 120
ADDRESS_SECONDS = 60
FUND_BLOCKS = 3


def connect(settings):
    """After the services are ready. Leaves out, with a line, a chain that does not get ready."""
    tell_servers(settings)
    chains = nodes.of(settings)
    have = wallets(settings)
    wanted = [row for row in yaml.safe_load((REPOSITORY / "tools/chain/wallets.yml").read_text())
              if row["blockchain_key"] in chains and row["name"] not in have]
    for key in {row["blockchain_key"]: None for row in wanted}:
        try:
            wait.until(lambda key=key: is_ready(settings, key), f"the gateway on {key}",
                       READY_SECONDS, settings.log("blockchain"))
            for row in wanted:
                if row["blockchain_key"] == key:
                    make_wallet(settings, chains[key], row)
        except StackError as error:
            wait.say(f"the chain {key} has no wallets: {error}")


def tell_servers(settings):
    """Servers carry ports and passwords of this machine, so they are told at every start."""
    known = {row["key"]: row for row in admin(settings, "GET", "/admin/blockchains?limit=100")}
    for key, server in nodes.servers(settings).items():
        row = known.get(key)
        if not row or (not server and row["status"] == "disabled"):
            continue
        change = {"server": server, "status": "active"} if server else {"status": "disabled"}
        admin(settings, "POST", "/admin/blockchains/update", {"id": row["id"], **change})


def wallets(settings):
    return {row["name"] for row in admin(settings, "GET", "/admin/wallets?limit=100")}


def is_ready(settings, key):
    """Whether the gateway has talked with the node."""
    try:
        return gateway(settings, "GET", f"/internal/chains/{key}")["ready"]
    except StackError:
        return False


def make_wallet(settings, node, row):
    if row["kind"] == "cold":
        address = node.outside_address()
    else:
        address = "" if row["kind"] == "deposit" else address_of(settings, row)
    values = {name: row[name] for name in ("blockchain_key", "name", "kind", "gateway", "currencies",
                                           "max_balance") if name in row}
    admin(settings, "POST", "/admin/wallets/new", {**values, "address": address, "status": "active"})
    try:
        for currency, amount in row.get("fund", {}).items():
            node.pay(currency, address, amount)
        if "fund" in row:
            node.mine(FUND_BLOCKS)
    except NodeError as error:
        raise StackError(f"the wallet {row['name']} could not be funded: {error}") from None


def address_of(settings, row):
    """The gateway derives addresses ahead; at its first start there are none for a moment."""
    path = f"/internal/chains/{row['blockchain_key']}/addresses/wallet-{row['name']}"
    purpose = {"purpose": row["kind"], "owner": f"wallet:{row['name']}"}
    deadline = time.monotonic() + ADDRESS_SECONDS
    while True:
        try:
            return gateway(settings, "PUT", path, purpose)["address"]
        except StackError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


# ---- the doors ----

def admin(settings, method, path, body=None):
    person = credentials.seeded_members()[0]
    now = int(time.time())
    token = jwt.encode(
        {"iat": now, "exp": now + TOKEN_SECONDS, "jti": secrets.token_hex(16), "sub": "session",
         "iss": "barong", "aud": ["peatio", "barong"],
         **{name: person[name] for name in ("uid", "username", "email", "role", "level", "state")}},
        layout.key_file(settings, "jwt", "key").read_text(), algorithm="RS256")
    return call(f"{settings.url}/api/v2/peatio{path}", method, token, body)


def gateway(settings, method, path, body=None):
    now = int(time.time())
    token = jwt.encode(
        {"iat": now, "exp": now + TOKEN_SECONDS, "jti": secrets.token_hex(16), "sub": "service",
         "iss": "accounting", "aud": "blockchain"},
        layout.key_file(settings, "accounting", "key").read_text(), algorithm="ES256")
    return call(f"http://{gateway_address(settings)}{path}", method, token, body)


def gateway_address(settings):
    """No port of a container's gateway is published; its own machine reaches it all the same."""
    if not settings.in_containers:
        return f"127.0.0.1:{settings.ports['BLOCKCHAIN_PORT']}"
    ours = ("service=blockchain", "oneoff=False", f"project.working_dir={REPOSITORY}")
    identity = docker("ps", "-q", *(part for label in ours
                                    for part in ("--filter", f"label=com.docker.compose.{label}")))
    if not identity:
        raise StackError("the container of the service blockchain does not run.")
    addresses = docker("inspect", "-f",
                       "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", identity.split()[0])
    return f"{addresses.split()[0]}:8000"


def docker(*arguments):
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise StackError(f"docker {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def call(url, method, token, body):
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None,
                                     {"Authorization": f"Bearer {token}",
                                      "Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise StackError(f"{method} {url}: {error.code} {error.read().decode()[:300]}") from None
    except OSError as error:
        raise StackError(f"{method} {url}: {error}") from None
    return json.loads(text) if text else None

"""The gateway of the stack with a catalogue and keys of the tests' own, and nodes that may lie.

    with stood_in() as stand:                      # the gateway asks us instead of accounting
        chain = stand.chain(servers=[node.url])    # a chain of its own, from the present tip on
        address = chain.address("request-1", owner="ID1")
        chain.wait(lambda: chain.transfers("transfer.confirmed", address))
"""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import requests
from cryptography.hazmat.primitives import serialization

from ports import BACKLOG
from world import WORLD, wait_for

SECONDS = 180
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# The account of the test vector of BIP-84; its first addresses are published there.
ZPUB = ("zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGD"
        "tKsAYz2oz2AGutZYs")
TEST_XPUB_VERSION = bytes.fromhex("043587cf")
# m/44'/60'/0' of the words that every anvil starts with.
ANVIL_XPUB = ("xpub6Ce9NcJvTk36xtLSrJLZqE7wtgA5deCeYs7rSQtreh4cj6ByPtrg9sD7V2FNFLPnf8heNP3FGkeV9qwfzvZNSd54JoNXV"
              "sXFYSYwHsnJxqP")


def base58check_read(text):
    number = 0
    for letter in text:
        number = number * 58 + ALPHABET.index(letter)
    return number.to_bytes(82, "big")[:-4]


def base58check_write(payload):
    payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(payload, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return text


def account_xpub():
    return base58check_write(TEST_XPUB_VERSION + base58check_read(ZPUB)[4:])




class Server:
    """An HTTP server on a free port, in threads of its own: handle(method, path, body) -> (status, bytes)."""

    def __init__(self, handle):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                status, text = handle(self.command, self.path, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket.listen(BACKLOG)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Liar:
    """A proxy before a node. `lie(method, params, answer)` gives the answer that is told: the parsed
    JSON-RPC answer, or bytes as they are, or None for no answer at all."""

    def __init__(self, node):
        self.node, self.lie = node, None
        self.server = Server(self.handle)
        self.url = self.server.url

    def handle(self, _method, _path, body):
        call = json.loads(body)
        request = urllib.request.Request(self.node.url, body, self.node.headers)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        lie = self.lie
        if not lie:
            return status, text
        told = lie(call["method"], call["params"], json.loads(text))
        if isinstance(told, tuple):
            return told
        return status, told if isinstance(told, bytes) else json.dumps(told).encode()

    def close(self):
        self.server.close()


def node_url(node):
    """With its user and password, as blockchains.server has it."""
    word = node.headers.get("Authorization", "").removeprefix("Basic ")
    user = base64.b64decode(word).decode()
    return node.url.replace("://", f"://{user}@") if user else node.url


def service_token(issuer="accounting", audience="blockchain"):
    key = serialization.load_pem_private_key(WORLD.file(f"keys/{issuer}.key").read_bytes(), None)
    now = int(time.time())
    return jwt.encode({"iss": issuer, "aud": audience, "sub": "service", "iat": now, "exp": now + 60,
                       "jti": secrets.token_hex(8)}, key, algorithm="ES256", headers={"kid": issuer})


def gateway(method, path, body=None, token=None):
    return requests.request(method, f"http://127.0.0.1:{WORLD.port_base + 13}{path}", json=body, timeout=SECONDS,
                            headers={"Authorization": f"Bearer {token or service_token()}"})


def is_ready():
    try:
        return requests.get(f"http://127.0.0.1:{WORLD.port_base + 14}/ready", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def events_after(seq):
    """(numbers and events, in order), and the last number."""
    found = []
    while True:
        page = gateway("GET", f"/internal/events?after={seq}&limit=500").json()
        for document in page["events"]:
            payload = json.loads(document)["payload"]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            found.append((claims["seq"], claims["event"]))
        if len(page["events"]) < 500:
            return found, page["last"]
        seq = found[-1][0]


class Chain:
    """A chain of the stand-in catalogue, and what the gateway says of it."""

    def __init__(self, stand, key, entry):
        self.stand, self.key, self.entry = stand, key, entry
        self.first_event = gateway("GET", "/internal/events?after=0&limit=1").json()["last"]

    def change(self, **changes):
        self.entry.update(changes)
        self.stand.version += 1

    def show(self):
        """A gateway that is away, or does not know the chain yet, has a chain that is not ready."""
        try:
            answer = gateway("GET", f"/internal/chains/{self.key}")
        except requests.ConnectionError:
            return {"ready": False, "height": 0}
        return answer.json() if answer.status_code == 200 else {"ready": False, "height": 0}

    def until_ready(self):
        return wait_for(lambda: (now := self.show())["ready"] and now, SECONDS, f"{self.key} to be ready")

    def until_height(self, height):
        return wait_for(lambda: (now := self.show())["height"] >= height and now, SECONDS,
                        f"{self.key} at {height}")

    def until_stuck(self, words):
        """Not ready, and the reason has these words."""
        return wait_for(lambda: not (now := self.show())["ready"] and words in now.get("reason", "") and now,
                        SECONDS, f"{self.key} to say {words!r}")

    def address(self, request_id=None, owner="ID1", purpose="deposit"):
        request_id = request_id or secrets.token_hex(8)
        body = {"purpose": purpose, "owner": owner}
        # The pool of a new chain is filled a moment after it is ready.
        answer = wait_for(lambda: (given := gateway("PUT", f"/internal/chains/{self.key}/addresses/{request_id}",
                                                    body)).status_code != 503 and given, SECONDS, "an address")
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["address"]

    def events(self):
        return [event for _, event in events_after(self.first_event)[0] if event["chain"] == self.key]

    def transfers(self, name, address):
        return [event for event in self.events() if event["name"] == name and event["address"] == address]

    def until_events(self, name, address, count=1):
        return wait_for(lambda: len(found := self.transfers(name, address)) >= count and found, SECONDS,
                        f"{count} {name} of {address}")


class StandIn:
    """Tells the gateway chains as accounting would, and public keys as the signer would."""

    def __init__(self):
        self.version, self.chains = 1, []
        self.server = Server(self.handle)

    def handle(self, _method, path, _body):
        if path.startswith("/internal/keys/geth"):
            return 200, json.dumps({"xpub": ANVIL_XPUB, "path": "m/44'/60'/0'"}).encode()
        if path.startswith("/internal/keys/"):
            if not path.endswith("/0"):  # we have one account, and one address is in one account only
                return 404, b"{}"
            return 200, json.dumps({"xpub": account_xpub(), "path": "m/84'/1'/0'"}).encode()
        if path.endswith(f"version={self.version}"):
            return 304, b""
        return 200, json.dumps({"version": self.version, "chains": self.chains}).encode()

    def chain(self, servers, start_height, key=None, **changes):
        key = key or f"ltc-{secrets.token_hex(4)}"
        entry = {"key": key, "client": "litecoin", "status": "active", "min_confirmations": 2,
                 "start_height": start_height, "servers": servers,
                 "assets": [{"currency": "ltc", "contract": "", "decimals": 8, "min_deposit": "1000",
                             "deposit_enabled": True, "status": "enabled"}],
                 "wallets": [], "whitelist": [], **changes}
        chain = Chain(self, key, entry)
        self.chains.append(entry)
        self.version += 1
        return chain


@contextmanager
def stood_in(**settings):
    stand = StandIn()
    try:
        ours = {"ACCOUNTING_URL": stand.server.url, "SIGNER_URL": stand.server.url, "CATALOGUE_POLL_MS": "100",
                "TIP_POLL_MS": "50", "NODE_TIMEOUT_MS": "3000", "ADDRESS_POOL": "20"}
        with WORLD.service_with("blockchain", **{**ours, **settings}):
            wait_for(is_ready, SECONDS, "the gateway")
            yield stand
    finally:
        stand.server.close()

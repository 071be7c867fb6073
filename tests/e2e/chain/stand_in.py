"""A stand-in for the blockchain gateway: its HTTP API as accounting calls it, and its signed, numbered
events, which a test makes as it likes. Also over the broker, as the gateway would send them.

    with Gateway() as gateway, WORLD.accounting_with(**gateway.settings): ...
"""

import base64
import http.server
import json
import secrets
import threading
import time
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from management import Signer
from ports import BACKLOG
from world import WORLD

EXCHANGE, QUEUE = "bourse.chain", "bourse.chain.accounting"


def hexadecimal(length):
    return secrets.token_hex(length)


class Gateway:
    def __init__(self):
        key = ec.generate_private_key(ec.SECP256R1())
        self.signer = Signer("blockchain", key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()).decode())
        self.public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.is_away = False
        self.events = []      # signed texts, number n at n - first
        self.first = 1
        self.addresses = {}   # (chain, request id) -> address
        self.payouts = {}     # id -> body
        self.balances = {}    # (chain, address, contract) -> units
        self.webhooks = []    # (adapter, event, body)
        self.stories = {}     # (chain, txid) -> what explain says
        self.height = 100

    def __enter__(self):
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body):
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(text)

            def handle_one(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                if gateway.is_away:
                    self.answer(503, {"errors": ["server.busy"]})
                else:
                    self.answer(*gateway.reply(self.command, self.path, body))

            do_GET = do_PUT = do_POST = handle_one

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket.listen(BACKLOG)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        path = WORLD.file("keys/stand_in.pub")
        path.write_bytes(self.public)
        keys = [item for item in WORLD.env("accounting")["SERVICE_KEYS"].split(",")
                if not item.startswith("blockchain=")]
        self.settings = {"BLOCKCHAIN_URL": f"http://127.0.0.1:{self.server.server_port}",
                         "SERVICE_KEYS": ",".join([*keys, f"blockchain={path}"]),
                         "CHAIN_POLL_MS": "100", "COLLECT_POLL_MS": "200"}
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    # ---- what accounting asks ----

    def reply(self, method, path, body):
        url = urlsplit(path)
        parts = url.path.removeprefix("/internal/").split("/")
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if parts[0] == "events":
            return 200, self.listed(int(query["after"]), int(query["limit"]))
        if parts[0] == "webhooks":
            self.webhooks.append((parts[1], parts[2], body["body"]))
            return 200, {}
        if parts[0] == "payouts":
            return self.payout(parts[1], body)
        if parts[0] == "explain" and (parts[1], parts[3]) in self.stories:
            return 200, self.stories[parts[1], parts[3]]
        if parts[0] == "chains" and parts[2:3] == ["addresses"] and method == "PUT":
            key = parts[1], parts[3]
            address = self.addresses.setdefault(key, "0x" + hexadecimal(20))
            return 200, {"address": address, "purpose": body["purpose"], "owner": body["owner"]}
        if parts[0] == "chains" and parts[2:3] == ["balances"]:
            units = self.balances.get((parts[1], query["address"], query.get("contract", "")), "0")
            return 200, {"units": units}
        if parts[0] == "chains" and parts[2:3] == ["latest_block"]:
            return 200, {"height": self.height}
        if parts[0] == "chains" and parts[2:3] == ["blocks"]:
            return 200, {"height": int(parts[3])}
        return 404, {"errors": ["record.not_found"]}

    def payout(self, name, body):
        known = self.payouts.setdefault(name, body)
        if body is not None and known != body:
            return 409, {"errors": ["blockchain.payout.differs"]}
        return 200, {"id": name, "state": "queued"}

    def listed(self, after, limit):
        index = max(0, after + 1 - self.first)
        some = self.events[index:index + limit]
        return {"events": some, "last": self.first + len(self.events) - 1}

    # ---- what it tells ----

    def document(self, number, event, signer=None, **claims):
        now = int(time.time())
        values = {"iss": "blockchain", "jti": hexadecimal(8), "iat": now, "exp": now + 3600,
                  "seq": number, "event": event, **claims}
        payload = base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()
        return json.dumps({"payload": payload, "signatures": [(signer or self.signer).signature(payload)]})

    def start_after(self, number):
        """The books have the events up to this one already."""
        self.first, self.events = number + 1, []

    def tell(self, name, chain="eth-testnet", **event):
        """The next event; accounting finds it when it next asks. Gives its number."""
        number = self.first + len(self.events)
        self.events.append(self.document(number, {"name": name, "chain": chain, **event}))
        return number

    def send(self, text, key="transfer.seen"):
        """Over the broker."""
        with WORLD.broker() as channel:
            channel.basic_publish(EXCHANGE, key, text.encode())

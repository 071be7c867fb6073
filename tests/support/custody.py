"""A stand-in for BitGo Express: the calls of a wallet that the gateway makes, and webhooks as the provider sends them.

    with Custody() as custody:
        custody.url                                  # what blockchains.server says
        custody.receive("t1", address, 5000)         # a transfer, unconfirmed; no webhook yet
        custody.transfers["t1"]["state"] = "confirmed"
        custody.webhook(gateway_url, "t1", "confirmed")
"""

import hashlib
import hmac
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

TOKEN = "v2x-custody-token-canary"
SECRET = "webhook-secret-canary"
WALLET = "585951a5df8380e0e3063e9f"


class Custody:
    def __init__(self, coin="tbtc"):
        self.coin, self.addresses, self.late, self.transfers, self.sent = coin, [], {}, {}, {}
        self.calls, self.is_away, self.makes_late, self.needs_approval = [], False, False, False
        custody = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def run(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, answer = custody.answer(self.command, self.path, self.headers, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = run

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.prefix = f"/api/v2/{coin}/wallet/{WALLET}"
        self.url = f"http://bearer:{TOKEN}@127.0.0.1:{self.server.server_port}{self.prefix}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    # ---- what the gateway asks ----

    def answer(self, method, path, headers, body):
        self.calls.append((method, path))
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"error": "unauthorized"}
        if self.is_away or not path.startswith(self.prefix):
            return (503 if self.is_away else 404), {"error": "no"}
        rest = path[len(self.prefix):]
        if (method, rest) == ("GET", ""):
            return 200, {"id": WALLET, "coin": self.coin, "balanceString": "123456"}
        if (method, rest) == ("POST", "/address"):
            return 200, self.new_address()
        if rest.startswith("/address/"):
            return 200, {"id": rest[9:], "address": self.late.get(rest[9:], "")}
        if rest.startswith("/transfer/sequenceId/"):
            return self.find(self.sent.get(rest[21:]))
        if rest.startswith("/transfer/"):
            return self.find(self.transfers.get(rest[10:]))
        if (method, rest) == ("POST", "/sendcoins"):
            return self.send(json.loads(body))
        return 404, {"error": "no such call"}

    @staticmethod
    def find(transfer):
        return (200, transfer) if transfer else (404, {"error": "not found"})

    def new_address(self):
        made = {"id": secrets.token_hex(12), "address": "tb1q" + secrets.token_hex(19)}
        if self.makes_late:
            self.late[made["id"]] = ""
            made["address"] = ""
        else:
            self.addresses.append(made["address"])
        return made

    def send(self, asked):
        known = self.sent.get(asked["sequenceId"])
        if known:
            return 400, {"error": "sequence id was used"}
        transfer = {"id": secrets.token_hex(12), "txid": secrets.token_hex(32), "coin": self.coin,
                    "state": "signed", "entries": [{"address": asked["address"], "valueString": asked["amount"]}]}
        self.sent[asked["sequenceId"]] = transfer
        if self.needs_approval:
            return 202, {"pendingApproval": {"id": "approval1", "state": "pending"}}
        return 200, {"txid": transfer["txid"], "transfer": transfer, "status": "signed"}

    # ---- what happens there ----

    def receive(self, name, address, units, state="unconfirmed", index=1):
        self.transfers[name] = {
            "id": name, "coin": self.coin, "wallet": WALLET, "txid": secrets.token_hex(32), "state": state,
            "height": 700, "feeString": "210", "type": "receive",
            "entries": [{"address": "tb1qsomebody", "valueString": str(-units - 210)},
                        {"address": address, "valueString": str(units)}],
            "outputs": [{"address": "tb1qchange", "index": 0}, {"address": address, "index": index}]}
        return self.transfers[name]

    def webhook(self, url, transfer, state, secret=SECRET, **more):
        body = json.dumps({"type": "transfer", "wallet": WALLET, "coin": self.coin, "transfer": transfer,
                           "hash": "00" * 32, "state": state, **more}).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return requests.post(url, data=body, timeout=10, headers={
            "Content-Type": "application/json", "x-signature-sha256": signature})

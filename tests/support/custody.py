"""A stand-in for BitGo Express: the calls of a wallet that the gateway makes, and webhooks as the provider sends them.

    with Custody() as custody:
        custody.url                                  # what blockchains.server says
        custody.receive("t1", address, 5000)         # a transfer, unconfirmed; no webhook yet
        custody.transfers["t1"]["state"] = "confirmed"
        custody.webhook(gateway_url, "t1", "confirmed")

What it pays is in `sent`, by sequence id; `paid(address)` is what arrived. It can be told to misbehave:

    custody.loses = "answer"            # takes the next payment and closes the connection
    custody.loses = "question"          # closes the connection and knows nothing of it
    custody.needs_approval = True       # 202 with a pending approval; then approve(id) or reject(id)
    custody.hides = True                # says 404 for every sequence id
    custody.lies = lambda transfer: {**transfer, "feeString": "9" * 40}
"""

import hashlib
import hmac
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import requests

from ports import BACKLOG

TOKEN = "v2x-custody-token-canary"
SECRET = "webhook-secret-canary"
PASSPHRASE = "wallet-passphrase-canary"
WALLET = "585951a5df8380e0e3063e9f"
FEE = 210


class Custody:
    def __init__(self, coin="tbtc", wallet=WALLET, tls=None):
        self.coin, self.wallet = coin, wallet
        self.addresses, self.late, self.transfers, self.sent, self.approvals = [], {}, {}, {}, {}
        self.webhooks, self.passphrases, self.balance = [], [], 123456
        self.calls, self.is_away, self.makes_late, self.needs_approval = [], False, False, False
        self.loses, self.hides, self.lies, self.refuses, self.fee = None, False, None, None, FEE
        self.confirms_at_once = False
        self.lock = threading.Lock()
        custody = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def run(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with custody.lock:
                    status, answer = custody.answer(self.command, self.path, self.headers, body)
                if status is None:  # no answer: the connection ends
                    self.close_connection = True
                    return
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
        self.server.socket.listen(BACKLOG)
        self.coin_prefix = f"/api/v2/{coin}"
        self.prefix = f"{self.coin_prefix}/wallet/{wallet}"
        if tls:  # an ssl.SSLContext
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://bearer:{TOKEN}@127.0.0.1:{self.server.server_port}{self.prefix}"

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
        if self.is_away or not path.startswith(self.coin_prefix):
            return (503 if self.is_away else 404), {"error": "no"}
        if not path.startswith(self.prefix):
            return self.of_coin(method, path[len(self.coin_prefix):])
        return self.of_wallet(method, path[len(self.prefix):], body)

    def of_coin(self, method, rest):
        if method == "GET" and rest.startswith("/tx/fee"):
            return 200, {"feePerKb": 10000, "numBlocks": 2}
        if method == "GET" and rest.startswith("/pendingapprovals/"):
            return self.find(self.approvals.get(rest[18:]))
        return 404, {"error": "no such call"}

    def of_wallet(self, method, rest, body):
        if (method, rest) == ("GET", ""):
            return 200, {"id": self.wallet, "coin": self.coin, "balanceString": str(self.balance),
                         "spendableBalanceString": str(self.balance)}
        if (method, rest) == ("POST", "/address"):
            return 200, self.new_address()
        if rest.startswith("/address/"):
            return 200, {"id": rest[9:], "address": self.late.get(rest[9:], "")}
        if rest.startswith("/transfer?"):
            return 200, self.listed(parse_qs(rest.partition("?")[2]))
        if rest.startswith("/transfer/sequenceId/"):
            transfer = None if self.hides else self.sent.get(rest[21:])
            return self.find(self.lies(transfer) if transfer and self.lies else transfer)
        if rest.startswith("/transfer/"):
            return self.find(self.transfers.get(rest[10:]))
        if (method, rest) == ("POST", "/tx/build"):
            return (400, {"error": "can't say"}) if self.fee is None else (200, {"feeInfo": {"fee": self.fee}})
        if (method, rest) == ("GET", "/webhooks"):
            return 200, {"webhooks": self.webhooks}
        if (method, rest) == ("POST", "/webhooks"):
            self.webhooks.append({"id": secrets.token_hex(12), **json.loads(body)})
            return 200, self.webhooks[-1]
        if (method, rest) == ("POST", "/sendcoins"):
            return self.send(json.loads(body))
        return 404, {"error": "no such call"}

    @staticmethod
    def find(row):
        return (200, row) if row else (404, {"error": "not found"})

    def listed(self, query):
        """What came in, the newest first, in pages."""
        rows = [row for row in reversed(self.transfers.values()) if row["type"] == "receive"]
        ids = [row["id"] for row in rows]
        start = ids.index(query["prevId"][0]) + 1 if "prevId" in query else 0
        page = rows[start:start + int(query["limit"][0])]
        more = {"nextBatchPrevId": page[-1]["id"]} if start + len(page) < len(rows) else {}
        return {"transfers": page, **more}

    def new_address(self):
        made = {"id": secrets.token_hex(12), "address": "tb1q" + secrets.token_hex(19)}
        if self.makes_late:
            self.late[made["id"]] = ""
            made["address"] = ""
        else:
            self.addresses.append(made["address"])
        return made

    def send(self, asked):
        self.passphrases.append(asked.get("walletPassphrase"))
        loses, self.loses = self.loses, None
        if loses == "question":
            return None, None
        if self.refuses:
            return 400, {"error": self.refuses}
        if asked["sequenceId"] in self.sent:
            return 400, {"error": "sequence id was used"}
        transfer = {"id": secrets.token_hex(12), "coin": self.coin, "wallet": self.wallet, "type": "send",
                    "sequenceId": asked["sequenceId"], "state": "pendingApproval", "confirmations": 0,
                    "entries": [{"address": "tb1qwallet", "valueString": str(-int(asked["amount"]) - FEE)},
                                {"address": asked["address"], "valueString": asked["amount"]}]}
        self.sent[asked["sequenceId"]] = self.transfers[transfer["id"]] = transfer
        if self.needs_approval:
            approval = {"id": secrets.token_hex(12), "state": "pending"}
            self.approvals[approval["id"]] = approval
            transfer["pendingApproval"] = approval["id"]
            answer = 202, {"pendingApproval": approval}
        else:
            self.go_out(transfer)
            answer = 200, {"txid": transfer["txid"], "transfer": transfer, "status": "signed"}
        return (None, None) if loses == "answer" else answer

    # ---- what happens there ----

    def go_out(self, transfer):
        amount = sum(int(entry["valueString"]) for entry in transfer["entries"] if entry["valueString"][0] != "-")
        self.balance -= amount + FEE
        transfer.update(state="unconfirmed", txid=secrets.token_hex(32), feeString=str(FEE))
        if self.confirms_at_once:
            transfer.update(state="confirmed", height=700, confirmations=6)

    def until_sent(self, sequence_id):
        return self.sent.get(sequence_id)

    def confirm(self, sequence_id, confirmations=6):
        with self.lock:
            self.sent[sequence_id].update(state="confirmed", height=700, confirmations=confirmations)

    def decide(self, sequence_id, state):
        """approved or rejected, by the people of the custodian."""
        with self.lock:
            transfer = self.sent[sequence_id]
            self.approvals[transfer["pendingApproval"]]["state"] = state
            if state == "approved":
                self.go_out(transfer)
            else:
                transfer["state"] = "rejected"

    def paid(self, address):
        """Smallest units that left to an address: what really happened, whatever was told."""
        return sum(int(entry["valueString"]) for transfer in self.sent.values() if transfer.get("txid")
                   for entry in transfer["entries"] if entry["address"] == address)

    def receive(self, name, address, units, state="unconfirmed", index=1):
        self.transfers[name] = {
            "id": name, "coin": self.coin, "wallet": self.wallet, "txid": secrets.token_hex(32), "state": state,
            "height": 700, "feeString": "210", "type": "receive",
            "entries": [{"address": "tb1qsomebody", "valueString": str(-units - 210)},
                        {"address": address, "valueString": str(units)}],
            "outputs": [{"address": "tb1qchange", "index": 0}, {"address": address, "index": index}]}
        return self.transfers[name]

    def webhook(self, url, transfer, state, secret=SECRET, **more):
        body = json.dumps({"type": "transfer", "wallet": self.wallet, "coin": self.coin, "transfer": transfer,
                           "hash": "00" * 32, "state": state, **more}).encode()
        return self.post(url, body, secret)

    @staticmethod
    def post(url, body, secret=SECRET):
        return requests.post(url, data=body, timeout=60, headers={
            "Content-Type": "application/json",
            "x-signature-sha256": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()})

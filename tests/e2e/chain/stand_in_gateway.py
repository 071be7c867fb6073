"""A blockchain gateway that says what a test wants it to say: the calls of accounting about addresses
and payouts, over HTTP, with the tokens that accounting signs checked.

    with Gateway() as gateway:
        with WORLD.accounting_with(BLOCKCHAIN_URL=gateway.url):
            gateway.addresses["mine"] = {"valid": False, "reason": "checksum"}
"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import jwt

from members import private_key
from ports import BACKLOG


class Gateway:
    def __init__(self):
        self.lock = threading.Lock()
        self.addresses = {}  # address: what differs from a good one
        self.payouts = {}  # id: {"body", "state"}
        self.puts = []  # ids, as they were asked for
        self.refuse = {}  # id: (status, code)
        self.away = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                status, reply = outer.handle(self.command, self.path.split("?")[0], body,
                                             self.headers.get("Authorization", ""))
                text = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_PUT = do_POST = answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket.listen(BACKLOG)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @contextmanager
    def gone(self):
        self.away = True
        try:
            yield
        finally:
            self.away = False

    def handle(self, verb, path, body, authorization):
        key = private_key("accounting").public_key()
        claims = jwt.decode(authorization.removeprefix("Bearer "), key, algorithms=["ES256"],
                            audience="blockchain")
        assert claims["iss"] == "accounting" and claims["sub"] == "service"
        if self.away:
            return 503, {"errors": ["server.peer_unavailable"]}
        parts = [unquote(part) for part in path.split("/")[2:]]
        with self.lock:
            if parts[0] == "chains" and parts[2:3] == ["addresses"]:
                return self.address(parts[3])
            if parts[0] == "payouts":
                return self.payout(verb, parts[1], parts[2:], body)
        return 404, {"errors": ["record.not_found"]}

    def address(self, address):
        return 200, {"valid": True, "canonical": address, "ours": False, "purpose": "",
                     "is_contract": False, "reason": "", **self.addresses.get(address, {})}

    def payout(self, verb, name, rest, body):
        payout = self.payouts.get(name)
        if verb == "PUT":
            self.puts.append(name)
            if name in self.refuse:
                status, code = self.refuse[name]
                return status, {"errors": [code]}
            if payout and payout["body"] != json.loads(body):
                return 409, {"errors": ["blockchain.payout.differs"]}
            if not payout:
                payout = self.payouts[name] = {"body": json.loads(body), "state": "queued"}
                return 201, {"payout_id": name, "state": "queued"}
            return 200, {"payout_id": name, "state": payout["state"]}
        if not payout:
            return 404, {"errors": ["record.not_found"]}
        if verb == "POST" and rest == ["cancel"]:
            if payout["state"] not in ("queued", "waiting", "cancelled"):
                return 409, {"errors": ["blockchain.payout.signed"]}
            payout["state"] = "cancelled"
        return 200, {"payout_id": name, "state": payout["state"], **payout["body"]}

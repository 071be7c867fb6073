"""A stand-in for HashiCorp Vault: the calls that libs/secret makes, as its HTTP API documents them: KV
version 2, transit with associated data, tokens that end, AppRole. It can be sealed and stopped.

    with Vault() as vault:
        ... vault.url, vault.token ...
        vault.sealed = True
"""

import base64
import json
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ports import BACKLOG, free_base

PREFIX = "vault:v1:"


class Refused(Exception):
    def __init__(self, status, *errors):
        super().__init__(status)
        self.status, self.errors = status, list(errors)


class Vault:
    def __init__(self):
        self.secrets, self.versions, self.keys, self.calls = {}, {}, {}, []
        self.token, self.role, self.secret_id = secrets.token_urlsafe(16), "role", "secret-id"
        self.tokens = {}  # token: (ends at, whole life); 0: never
        self.sealed = False
        self.port, self.server = free_base(), None  # nobody takes it while it is away
        self.grant(self.token, 0)

    # ---- the process ----

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        vault = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                vault.answer(self, "GET")

            def do_POST(self):
                vault.answer(self, "POST")

            def log_message(self, *_):
                pass

        ThreadingHTTPServer.allow_reuse_address = True
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.server.socket.listen(BACKLOG)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @contextmanager
    def away(self):
        self.stop()
        try:
            yield
        finally:
            self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    # ---- tokens ----

    def grant(self, token, life_s):
        self.tokens[token] = (time.time() + life_s if life_s else 0, life_s)

    def check(self, token):
        ends_at, life = self.tokens.get(token, (1, 0))
        if ends_at and ends_at < time.time():
            raise Refused(403, "permission denied")
        return ends_at, life

    # ---- calls ----

    def answer(self, request, method):
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(length)) if length else {}
        path = request.path.removeprefix("/v1/")
        token = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        self.calls.append((method, path))
        try:
            if self.server is None or self.sealed:
                raise Refused(503, "Vault is sealed")
            status, value = 200, self.run(method, path, token, body)
        except Refused as refused:
            status, value = refused.status, {"errors": refused.errors}
        data = json.dumps(value).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def run(self, method, path, token, body):
        if path == "auth/approle/login":
            return self.login(body)
        ends_at, life = self.check(token)
        if path == "auth/token/lookup-self":
            ttl = int(ends_at - time.time()) if ends_at else 0
            return {"data": {"ttl": ttl, "creation_ttl": life, "renewable": bool(ends_at)}}
        if path == "auth/token/renew-self":
            self.grant(token, life)
            return {"auth": {"client_token": token, "lease_duration": life, "renewable": True}}
        if path.startswith("secret/data/"):
            return self.kv(method, path.removeprefix("secret/data/"), body)
        mount, verb, key = path.split("/", 2)
        assert mount == "transit" and method == "POST", path
        return {"data": getattr(self, verb)(key, body)}

    def login(self, body):
        if (body.get("role_id"), body.get("secret_id")) != (self.role, self.secret_id):
            raise Refused(400, "invalid role or secret ID")
        token = secrets.token_urlsafe(16)
        self.grant(token, 60)
        return {"auth": {"client_token": token, "lease_duration": 60, "renewable": True}}

    def put(self, name, value):
        self.secrets[name], self.versions[name] = {"value": value}, self.versions.get(name, 0) + 1

    def kv(self, method, name, body):
        if method == "GET":
            if name not in self.secrets:
                raise Refused(404)
            return {"data": {"data": self.secrets[name],
                             "metadata": {"version": self.versions[name]}}}
        version = self.versions.get(name, 0)
        if body.get("options", {}).get("cas", version) != version:
            raise Refused(400, "check-and-set parameter did not match the current version")
        self.put(name, body["data"]["value"])
        return {"data": {"version": version + 1}}

    def encrypt(self, key, body):
        cipher = AESGCM(self.keys.setdefault(key, AESGCM.generate_key(256)))
        nonce = secrets.token_bytes(12)
        text = cipher.encrypt(nonce, base64.b64decode(body["plaintext"]),
                              base64.b64decode(body.get("associated_data", "")))
        return {"ciphertext": PREFIX + base64.b64encode(nonce + text).decode()}

    def decrypt(self, key, body):
        sealed = base64.b64decode(body["ciphertext"].removeprefix(PREFIX))
        try:
            text = AESGCM(self.keys[key]).decrypt(sealed[:12], sealed[12:],
                                                  base64.b64decode(body.get("associated_data", "")))
        except (InvalidTag, KeyError) as error:
            raise Refused(400, "cipher: message authentication failed") from error
        return {"plaintext": base64.b64encode(text).decode()}

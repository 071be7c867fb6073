"""An OAuth client on this machine: registered by the operator's command, and a page that takes the
answer of the provider."""

import base64
import hashlib
import json
import secrets
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from world import WORLD


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.path == "/callback":
            self.server.answers.append({key: one[0] for key, one in parse_qs(parts.query).items()})
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Client</title><h1>Back at the client</h1>")

    def log_message(self, *_):
        pass


class Client:
    """`with Client() as client: browser.get(client.address())`, then client.answer, client.tokens()."""

    def __enter__(self):
        # Browsers open connections ahead of a request: one must not wait for the other.
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.server.answers = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.issuer = f"http://127.0.0.1:{WORLD.edge_port}"
        self.redirect = f"http://127.0.0.1:{self.server.server_port}/callback"
        self.scope = "openid profile email"
        self.registered = self.register()
        self.verifier, self.state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def register(self):
        document = {"client_name": "Browser test", "redirect_uris": [self.redirect],
                    "grant_types": ["authorization_code"], "scope": self.scope,
                    "application_type": "native", "token_endpoint_auth_method": "none"}
        done = subprocess.run([WORLD.binaries / "bourse-auth", "--oauth-client-add", "-"],
                              env=WORLD.env("auth"), input=json.dumps(document),
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def address(self, **more):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest())
        query = {"response_type": "code", "client_id": self.registered["client_id"],
                 "redirect_uri": self.redirect, "scope": self.scope, "state": self.state,
                 "nonce": "n", "code_challenge": challenge.rstrip(b"=").decode(),
                 "code_challenge_method": "S256", **more}
        return f"{self.issuer}/oauth2/auth?{urlencode(query)}"

    @property
    def answer(self):
        answer = self.server.answers[-1]
        assert answer["state"] == self.state and answer["iss"] == self.issuer, answer
        return answer

    def tokens(self):
        answer = requests.post(f"{self.issuer}/oauth2/token", timeout=30, data={
            "grant_type": "authorization_code", "code": self.answer["code"],
            "redirect_uri": self.redirect, "client_id": self.registered["client_id"],
            "code_verifier": self.verifier})
        assert answer.status_code == 200, answer.text
        return answer.json()

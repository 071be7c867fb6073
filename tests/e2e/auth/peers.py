"""Servers of others in a thread, as far as auth calls them: each notes the requests and answers what a
test wants.

    with Twilio() as twilio, WORLD.service_with("auth", TWILIO_URL=twilio.url, ...): ...
"""

import hashlib
import hmac
import json
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit

from ports import BACKLOG


class Peer:
    """`calls`: (method, path, headers, body). Subclasses answer: (status, body, media type)."""

    def __init__(self):
        self.calls = []
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def run(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                peer.calls.append((self.command, self.path, dict(self.headers), body))
                status, answer, media_type = peer.answer(self.command, self.path, self.headers,
                                                         body)
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = run

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket.listen(BACKLOG)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def as_json(status, body):
    return status, json.dumps(body).encode(), "application/json"


class Twilio(Peer):
    ACCOUNT, TOKEN, NUMBER, SERVICE = "AC0123", "twilio-token-canary", "+15005550006", "VA0123"

    def __init__(self):
        super().__init__()
        self.refusal = None  # Twilio's code of the error, or 500
        self.right_code = "424242"

    def settings(self, kind):
        return {"PHONE_VERIFICATION": kind, "TWILIO_URL": self.url,
                "TWILIO_ACCOUNT_SID": self.ACCOUNT, "TWILIO_AUTH_TOKEN": self.TOKEN,
                "TWILIO_PHONE_NUMBER": self.NUMBER, "TWILIO_SERVICE_SID": self.SERVICE}

    def forms(self, end):
        return [dict(parse_qsl(body.decode())) for _, path, _, body in self.calls
                if path.endswith(end)]

    def answer(self, method, path, headers, body):
        scheme, _, credentials = headers.get("Authorization", "").partition(" ")
        assert b64decode(credentials).decode() == f"{self.ACCOUNT}:{self.TOKEN}"
        if self.refusal == 500:
            return as_json(500, {"status": 500})
        if self.refusal:
            return as_json(400, {"code": self.refusal, "message": "no", "status": 400})
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if path.endswith("/VerificationCheck"):
            approved = form["Code"] == self.right_code
            return as_json(200, {"status": "approved" if approved else "pending"})
        return as_json(201, {"status": "pending", "sid": "SM1"})


class S3(Peer):
    """A bucket that verifies SigV4 by itself, headers and presigned links, and keeps what is put."""

    REGION, BUCKET, ACCESS, SECRET = "eu-test-1", "kyc", "AKIDTEST", "s3-secret-canary"

    def __init__(self):
        super().__init__()
        self.objects = {}
        self.is_away = False
        self.forged = []

    def settings(self):
        return {"STORAGE_PROVIDER": "s3", "STORAGE_ENDPOINT": self.url,
                "STORAGE_REGION": self.REGION, "STORAGE_BUCKET_NAME": self.BUCKET,
                "STORAGE_ACCESS_KEY": self.ACCESS, "STORAGE_SECRET_KEY": self.SECRET,
                "STORAGE_PATHSTYLE": "true"}

    def signature(self, method, path, query, headers, names, payload_hash, date):
        canonical_query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
                                   for name, value in sorted(query))
        lines = [method, quote(unquote(path), safe="/-_.~"), canonical_query,
                 *(f"{name}:{headers[name].strip()}" for name in names), "", ";".join(names),
                 payload_hash]
        scope = f"{date[:8]}/{self.REGION}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", date, scope,
                          hashlib.sha256("\n".join(lines).encode()).hexdigest()])
        key = b"AWS4" + self.SECRET.encode()
        for step in (date[:8], self.REGION, "s3", "aws4_request"):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def is_signed(self, method, path, query, headers, body):
        headers = {name.lower(): value for name, value in headers.items()}
        pairs = dict(query)
        if "X-Amz-Signature" in pairs:
            rest = [(name, value) for name, value in query if name != "X-Amz-Signature"]
            return pairs["X-Amz-Signature"] == self.signature(
                method, path, rest, headers, pairs["X-Amz-SignedHeaders"].split(";"),
                "UNSIGNED-PAYLOAD", pairs["X-Amz-Date"])
        algorithm, _, rest = headers.get("authorization", "").partition(" ")
        fields = dict(field.strip().split("=", 1) for field in rest.split(",") if "=" in field)
        payload_hash = hashlib.sha256(body).hexdigest()
        return (algorithm == "AWS4-HMAC-SHA256"
                and headers["x-amz-content-sha256"] == payload_hash
                and fields["Credential"].startswith(self.ACCESS + "/")
                and fields["Signature"] == self.signature(
                    method, path, query, headers, fields["SignedHeaders"].split(";"), payload_hash,
                    headers["x-amz-date"]))

    def answer(self, method, path, headers, body):
        if self.is_away:
            return 503, b"<Error/>", "application/xml"
        url = urlsplit(path)
        query = parse_qsl(url.query, keep_blank_values=True)
        if not self.is_signed(method, url.path, query, headers, body):
            self.forged.append(path)
            return 403, b"<Error/>", "application/xml"
        if method == "PUT":
            self.objects[url.path] = (body, headers["Content-Type"])
            return 200, b"", "application/xml"
        if method == "DELETE":
            self.objects.pop(url.path, None)
            return 204, b"", "application/xml"
        if url.path not in self.objects:
            return 404, b"<Error/>", "application/xml"
        content, media_type = self.objects[url.path]
        return 200, content, media_type

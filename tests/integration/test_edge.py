"""The edge alone: nginx of a private stack in front of a stand-in for accounting that tells what
reached it. What is closed stays closed in every spelling, limits answer in the platform's shape,
and a service can believe the headers that it gets."""

import http.client
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from ports import EDGE_OFFSET, free_base  # noqa: E402  (after the path is set)

PORT_BASE = free_base()
EDGE_PORT = PORT_BASE + EDGE_OFFSET
ACCOUNTING_PORT = PORT_BASE + 5


class StandIn(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = int(self.headers.get("X-Test-Status") or 200)
        text = json.dumps({"path": self.path, "method": self.command, "body": len(body),
                           "headers": [[k.lower(), v] for k, v in self.headers.items()]}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Access-Control-Allow-Origin", "http://of.the.service")
        if status == 503:
            self.send_header("Retry-After", "7")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    environment = {**os.environ, "RUN_DIR": str(tmp_path_factory.mktemp("edge") / "run"),
                   "PORT_BASE": str(PORT_BASE), "EDGE_PORT": str(EDGE_PORT)}
    for name in ("EDGE_RATE", "EDGE_BURST"):
        environment.pop(name, None)

    def tool(name, *arguments, **more):
        subprocess.run([REPOSITORY / "tools" / name, *arguments], check=True,
                       env={**environment, **more}, stdout=subprocess.DEVNULL)

    tool("up", "--infra")
    yield tool
    tool("reset")


@pytest.fixture
def stand_in():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", ACCOUNTING_PORT), StandIn)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def call(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", EDGE_PORT, timeout=20)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


def raw(request):
    """Sends bytes as they are; the status and everything that came back until the end."""
    with socket.create_connection(("127.0.0.1", EDGE_PORT), timeout=20) as peer:
        peer.sendall(request)
        answer = b""
        while chunk := peer.recv(65536):
            answer += chunk
    return int(answer.split()[1]) if answer else 0, answer


def test_path_is_rewritten(edge, stand_in):
    response, text = call("GET", "/api/v2/peatio/public/markets?limit=2&a=%2F")
    assert response.status == 200
    assert json.loads(text)["path"] == "/api/v2/public/markets?limit=2&a=%2F"


def test_headers_that_a_service_may_believe(edge, stand_in):
    _, text = call("GET", "/api/v2/peatio/account/balances", headers={
        "Authorization": "Bearer a.b.c", "X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6", "X-Request-Id": "abc-12345", "Upgrade": "h2c", "TE": "trailers",
        "Connection": "keep-alive, Upgrade", "Cookie": "session=1", "X-Auth-Apikey": "k",
        "X-Forwarded-Host": "evil"})
    seen = dict(json.loads(text)["headers"])
    assert seen["authorization"] == "Bearer a.b.c"
    assert seen["x-forwarded-for"] == seen["x-real-ip"] == "127.0.0.1"
    assert seen["x-request-id"] == "abc-12345"
    assert seen["x-forwarded-host"] == "127.0.0.1"
    assert not {"forwarded", "upgrade", "te", "cookie", "x-auth-apikey", "connection"} & set(seen)


def test_request_id_is_made_when_missing_or_harmful(edge, stand_in):
    for headers in ({}, {"X-Request-Id": "x" * 65}, {"X-Request-Id": "a\tb c d e f"}):
        response, text = call("GET", "/api/v2/peatio/public/markets", headers=headers)
        made = response.getheader("X-Request-Id")
        assert len(made) == 32 and int(made, 16)
        assert dict(json.loads(text)["headers"])["x-request-id"] == made


@pytest.mark.parametrize("path", [
    "/api/v2/peatio/internal/matching/markets", "/api/v2/peatio/internal",
    "/api/v2/peatio//internal/x",
    "/api/v2/peatio/%69nternal/matching/markets", "/api/v2/peatio/./internal/x",
    "/api/v2/peatio/public/../internal/x", "/api/v2/peatio/public/%2e%2e/internal/x",
    "/api/v2/peatio/public/..%2finternal/x", "/api/v2/peatio/%2finternal/x",
    "/api/v2//peatio/internal/x", "/api/v2/peatio/Internal/x", "/api/v2/peatio/internal;v=1/x",
    "/api/v2/peatio/internal%00/x", "/api/v2/internal/matching/markets", "/api/v2/public/markets",
    "/.edge/unavailable", "/etc/passwd", "/api/v2/peatio/../internal/x",
    "/api/v2/peatio/..%2f..%2f..%2fetc/passwd"])
def test_closed_in_every_spelling(edge, stand_in, path):
    status, answer = raw(f"GET {path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n".encode())
    assert status in (400, 404)
    assert b'"path"' not in answer  # did not reach the stand-in


def test_double_encoding_is_no_second_spelling(edge, stand_in):
    _, text = call("GET", "/api/v2/peatio/%2569nternal/matching/markets")
    assert json.loads(text)["path"] == "/api/v2/%2569nternal/matching/markets"


def test_management_is_for_servers(edge, stand_in):
    for path in ("/api/v2/peatio/management/members", "/api/v2/peatio/%6danagement/members"):
        response, text = call("POST", path, "{}")
        assert (response.status, json.loads(text)) == (401, {"errors": ["authz.permission_denied"]})


def test_cors_on_answers_and_on_errors(edge, stand_in):
    for path, status in (("/api/v2/peatio/public/markets", 200), ("/nowhere", 404)):
        response, _ = call("GET", path, headers={"Origin": "http://front.end"})
        assert response.status == status
        assert response.headers.get_all("Access-Control-Allow-Origin") == ["*"]
        assert "Per-Page" in response.getheader("Access-Control-Expose-Headers")
    response, text = call("OPTIONS", "/api/v2/peatio/market/orders", headers={
        "Origin": "http://front.end", "Access-Control-Request-Method": "DELETE"})
    assert (response.status, text) == (204, "")
    assert "DELETE" in response.getheader("Access-Control-Allow-Methods")
    assert "X-Auth-Nonce" in response.getheader("Access-Control-Allow-Headers")


def test_body_limit(edge, stand_in):
    response, text = call("POST", "/api/v2/peatio/market/orders", b"x" * (1 << 20))
    assert json.loads(text)["body"] == 1 << 20
    response, text = call("POST", "/api/v2/peatio/market/orders", b"x" * ((1 << 20) + 1))
    assert (response.status, json.loads(text)) == (413, {"errors": ["server.body_too_large"]})


@pytest.mark.parametrize("head", [
    "Content-Length: 3\r\nContent-Length: 3", "Content-Length: 3\r\nContent-Length: 4",
    "Content-Length: +3", "Content-Length: 0x3", "Content-Length: 3,3",
    "Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked, identity", "Authorization: Bearer a\r\nAuthorization: Bearer b",
    "Host: other", "X" * 9000 + ": 1", "Name: " + "x" * 9000])
def test_ambiguous_requests_are_refused(edge, stand_in, head):
    status, answer = raw(f"POST /api/v2/peatio/market/orders HTTP/1.1\r\nHost: edge\r\n{head}\r\n"
                         "Connection: close\r\n\r\nabc".encode())
    assert status in (400, 501) and b'"path"' not in answer


def test_request_line_limit(edge, stand_in):
    status, answer = raw(b"GET /api/v2/peatio/public/markets?" + b"a" * 9000
                         + b" HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n")
    assert status == 414 and b"server.invalid_request" in answer


def test_chunked_body_arrives_with_its_length(edge, stand_in):
    status, answer = raw(b"POST /api/v2/peatio/market/orders HTTP/1.1\r\nHost: edge\r\n"
                         b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                         b"3\r\nabc\r\n0\r\n\r\n")
    assert status == 200 and b'"body": 3' in answer and b'"content-length", "3"' in answer


def test_service_away_and_back(edge):
    response, text = call("GET", "/api/v2/peatio/public/markets")
    assert (response.status, json.loads(text)) == (502, {"errors": ["server.unavailable"]})
    assert response.getheader("Retry-After") == "1"
    assert response.getheader("Access-Control-Allow-Origin") == "*"


def test_errors_of_the_service_go_through(edge, stand_in):
    response, text = call("GET", "/api/v2/peatio/public/markets", headers={"X-Test-Status": "503"})
    assert response.status == 503 and "path" in json.loads(text)
    assert response.headers.get_all("Retry-After") == ["7"]
    response, _ = call("GET", "/api/v2/peatio/public/markets", headers={"X-Test-Status": "404"})
    assert response.status == 404 and response.getheader("Retry-After") is None


def test_rate_limit(edge, stand_in):
    edge("down")
    edge("up", "--infra", EDGE_RATE="5", EDGE_BURST="3")
    answers = [call("GET", "/api/v2/peatio/public/markets") for _ in range(20)]
    refused = [(response, text) for response, text in answers if response.status == 429]
    assert 10 <= len(refused) <= 17 and answers[0][0].status == 200
    response, text = refused[0]
    assert json.loads(text) == {"errors": ["server.too_many_requests"]}
    assert response.getheader("Retry-After") == "1"

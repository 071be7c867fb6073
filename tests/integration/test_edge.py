"""The edge alone: nginx of a private stack in front of a stand-in for accounting that tells what
reached it, and one for auth that answers what the test wants. What is closed stays closed in every
spelling, nothing passes without auth's yes, limits answer in the platform's shape, and a service can
believe the headers that it gets."""

import http.client
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from ports import BACKLOG, EDGE_OFFSET, free_base  # noqa: E402  (after the path is set)

PORT_BASE = free_base()
EDGE_PORT = PORT_BASE + EDGE_OFFSET
ACCOUNTING_PORT = PORT_BASE + 5
AUTH_PORT = PORT_BASE + 8
MINTED = "Bearer minted.by.auth"
REFUSED_S = 300


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = BACKLOG


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


class AuthStandIn(StandIn):
    """auth: its own API tells what reached it; authz is a script: {"status": .., "headers": ..}."""

    script, asked = {}, []

    def answer(self):
        if not self.path.startswith("/api/v2/auth/"):
            super().answer()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append({"path": self.path, "method": self.command, "body": len(body),
                           "headers": {k.lower(): v for k, v in self.headers.items()}})
        self.send_response(self.script.get("status", 200))
        for name, value in self.script.get("headers", {"Authorization": MINTED}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer


def refusal(status, code, **more):
    return {"status": 401, "headers": {"X-Authz-Status": str(status),
                                       "X-Authz-Body": json.dumps({"errors": [code]}), **more}}


@pytest.fixture(autouse=True)
def auth(request):
    """The stand-in for auth, which says yes until a test gives it another script."""
    AuthStandIn.script, AuthStandIn.asked = {}, []
    if "auth_is_away" in request.fixturenames:
        yield AuthStandIn
        return
    server = Server(("127.0.0.1", AUTH_PORT), AuthStandIn)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield AuthStandIn
    server.shutdown()
    server.server_close()
    thread.join()


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
    server = Server(("127.0.0.1", ACCOUNTING_PORT), StandIn)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def call(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", EDGE_PORT, timeout=60)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


def raw(request):
    """Sends bytes as they are; the status and everything that came back until the end."""
    with socket.create_connection(("127.0.0.1", EDGE_PORT), timeout=60) as peer:
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
    assert seen["authorization"] == MINTED
    assert seen["x-forwarded-for"] == seen["x-real-ip"] == "127.0.0.1"
    assert seen["x-request-id"] == "abc-12345"
    assert seen["x-forwarded-host"] == "127.0.0.1"
    assert not {"forwarded", "upgrade", "te", "cookie", "x-auth-apikey", "connection"} & set(seen)


def test_auth_is_asked_what_the_client_sent(edge, stand_in, auth):
    """Its credentials as they came, its address as it is, its path as the service will see it."""
    call("POST", "/api/v2/peatio/./market//orders%20x?a=%2F&b", b"body", headers={
        "Authorization": "Bearer a.b.c", "Cookie": "_barong_session=1", "X-Auth-Apikey": "k",
        "X-Auth-Nonce": "n", "X-Auth-Signature": "s", "X-CSRF-Token": "c", "User-Agent": "me",
        "X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6", "X-Authz-Form": "body",
        "X-Authz-Status": "200", "Forwarded": "for=6.6.6.6"})
    asked, = auth.asked
    assert asked["path"] == "/api/v2/auth/api/v2/peatio/market/orders%20x?a=%2F&b"
    assert asked["method"] == "POST" and asked["body"] == 0
    wanted = {"authorization": "Bearer a.b.c", "cookie": "_barong_session=1", "x-auth-apikey": "k",
              "x-auth-nonce": "n", "x-auth-signature": "s", "x-csrf-token": "c",
              "user-agent": "me", "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1",
              "x-authz-form": "headers"}
    assert {name: asked["headers"].get(name) for name in wanted} == wanted
    assert not {"forwarded", "content-type", "expect"} & set(asked["headers"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_auth_is_asked_once_about_every_request(edge, stand_in, auth, method):
    response, _ = call(method, "/api/v2/peatio/public/markets")
    assert response.status == 200
    assert [asked["method"] for asked in auth.asked] == [method]


def test_pass_without_a_name_strips_what_the_client_sent(edge, stand_in, auth):
    auth.script = {"headers": {}}
    _, text = call("GET", "/api/v2/peatio/public/markets", headers={
        "Authorization": "Bearer forged"})
    assert "authorization" not in dict(json.loads(text)["headers"])


def test_oauth_reads_its_callers_itself(edge, auth):
    auth.script = {"headers": {}}
    for path in ("/oauth2/token", "/userinfo"):
        _, text = call("POST", path, headers={"Authorization": "Basic client", "Cookie": "s=1"})
        seen = json.loads(text)
        assert seen["path"] == path
        assert dict(seen["headers"])["authorization"] == "Basic client"
        assert dict(seen["headers"]).get("cookie") == ("s=1" if path[1] == "o" else None)
    assert [asked["path"] for asked in auth.asked] == ["/api/v2/auth/oauth2/token",
                                                       "/api/v2/auth/userinfo"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 422, 423, 425, 429, 451, 471, 472, 499])
def test_refusals_reach_the_client_as_auth_said_them(edge, stand_in, auth, status):
    auth.script = refusal(status, "authz.why", **{"Set-Cookie": "_barong_session=; Max-Age=0"})
    response, text = call("POST", "/api/v2/peatio/market/orders", b"x" * 100)
    assert (response.status, json.loads(text)) == (status, {"errors": ["authz.why"]})
    assert response.getheader("Set-Cookie") == "_barong_session=; Max-Age=0"
    assert response.getheader("Content-Type") == "application/json"
    assert response.getheader("Access-Control-Allow-Origin") == "*"
    assert not {"x-authz-status", "x-authz-body"} & {name.lower() for name in response.headers}


@pytest.mark.parametrize("script", [
    {"status": 500}, {"status": 503}, {"status": 302}, {"status": 404}, {"status": 422},
    {"status": 204, "headers": {"X-Authz-Status": "x"}}])
def test_strange_answers_let_nothing_through(edge, stand_in, auth, script):
    """Fails closed. (204 is a yes without a name: the service sees nobody.)"""
    auth.script = script
    response, text = call("GET", "/api/v2/peatio/account/balances",
                          headers={"Authorization": "Bearer forged"})
    if script["status"] == 204:
        assert "authorization" not in dict(json.loads(text)["headers"])
    else:
        assert (response.status, json.loads(text)) == (503, {"errors": ["server.unavailable"]})
        assert response.getheader("Retry-After") == "1"


def test_refusal_without_words_is_one_all_the_same(edge, stand_in, auth):
    for status in (401, 403):
        auth.script = {"status": status, "headers": {}}
        response, text = call("GET", "/api/v2/peatio/account/balances")
        assert (response.status, json.loads(text)) == (401, {"errors": ["authz.permission_denied"]})


@pytest.fixture
def auth_is_away():
    """Nobody listens in its place."""


def test_auth_away_nothing_passes(edge, stand_in, auth_is_away):
    for method, path in (("GET", "/api/v2/peatio/public/markets"), ("POST", "/oauth2/token"),
                         ("POST", "/api/v2/peatio/market/orders"),
                         ("GET", "/.well-known/jwks.json"), ("GET", "/api/v2/barong/public/ping")):
        response, text = call(method, path)
        assert (response.status, json.loads(text)) == (503, {"errors": ["server.unavailable"]})


def test_auth_by_its_name(edge, auth):
    _, text = call("GET", "/api/v2/barong/identity/ping?a=1", headers={"Cookie": "s=1"})
    seen = json.loads(text)
    assert seen["path"] == "/api/v2/identity/ping?a=1"
    assert dict(seen["headers"])["cookie"] == "s=1"
    response, text = call("POST", "/api/v2/barong/management/users/get", b"{}")
    assert (response.status, json.loads(text)) == (401, {"errors": ["authz.permission_denied"]})
    for path in ("/api/v2/auth/api/v2/peatio/x", "/api/v2/barong/../auth/x"):
        assert call("GET", path)[0].status in (400, 404)


def test_uploads_may_be_larger_than_the_rest(edge, auth):
    body = b"x" * (3 << 20)
    _, text = call("POST", "/api/v2/barong/resource/documents", body)
    assert json.loads(text)["body"] == len(body)
    response, _ = call("POST", "/api/v2/barong/resource/profiles", body)
    assert response.status == 413


def test_request_id_is_made_when_missing_or_harmful(edge, stand_in):
    for headers in ({}, {"X-Request-Id": "x" * 65}, {"X-Request-Id": "a\tb c d e f"}):
        response, text = call("GET", "/api/v2/peatio/public/markets", headers=headers)
        made = response.getheader("X-Request-Id")
        assert len(made) == 32 and int(made, 16)
        assert dict(json.loads(text)["headers"])["x-request-id"] == made


@pytest.mark.parametrize("path", [
    "/api/v2/peatio/internal/matching/markets", "/api/v2/peatio/internal",
    "/api/v2/peatio//internal/x", "/api/v2/barong/internal/otp/verify",
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


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_service_away(edge, method):
    response, text = call(method, "/api/v2/peatio/public/markets")
    assert (response.status, json.loads(text)) == (503, {"errors": ["server.unavailable"]})
    assert response.getheader("Content-Type") == "application/json"
    assert response.getheader("Retry-After") == "1"
    assert response.getheader("Access-Control-Allow-Origin") == "*"


class DyingStandIn(StandIn):
    """Reads a request and is gone, as killed, as often as `deaths` says. Keeps connections."""

    protocol_version = "HTTP/1.1"
    deaths, got, kept = 0, [], []

    def setup(self):
        super().setup()
        self.kept.append(self.connection)

    def finish(self):
        self.kept.remove(self.connection)
        super().finish()

    def answer(self):
        self.got.append(self.command)
        if DyingStandIn.deaths == 0:
            super().answer()
            return
        DyingStandIn.deaths -= 1
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer


@pytest.fixture
def dying():
    server = Server(("127.0.0.1", ACCOUNTING_PORT), DyingStandIn)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        for _ in range(3):  # a connection that the edge keeps
            assert call("GET", "/api/v2/peatio/public/markets")[0].status == 200
        DyingStandIn.got = []
        yield DyingStandIn
    finally:
        DyingStandIn.deaths = 0
        server.shutdown()
        server.server_close()
        thread.join()
        for connection in list(DyingStandIn.kept):
            connection.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + REFUSED_S
        while DyingStandIn.kept:  # until the edge has let go of them: the next test has another service
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_question_to_a_service_that_dies_is_asked_once_more(edge, dying, method):
    dying.deaths = 1
    assert call(method, "/api/v2/peatio/public/markets?a=%2F")[0].status == 200
    assert dying.got == [method, method]
    dying.deaths = 9
    response, text = call(method, "/api/v2/peatio/public/markets")
    assert response.status == 503 and response.getheader("Retry-After") == "1"
    assert method == "HEAD" or json.loads(text) == {"errors": ["server.unavailable"]}
    assert dying.got == [method] * 4


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("body", [None, b"{}"])
def test_change_at_a_service_that_dies_is_never_sent_twice(edge, dying, method, body):
    dying.deaths = 9
    response, text = call(method, "/api/v2/peatio/market/orders", body)
    assert (response.status, json.loads(text)) == (503, {"errors": ["server.outcome_unknown"]})
    assert response.getheader("Retry-After") == "1"
    assert dying.got == [method]


def test_errors_of_the_service_go_through(edge, stand_in):
    response, text = call("GET", "/api/v2/peatio/public/markets", headers={"X-Test-Status": "503"})
    assert response.status == 503 and "path" in json.loads(text)
    assert response.headers.get_all("Retry-After") == ["7"]
    response, _ = call("GET", "/api/v2/peatio/public/markets", headers={"X-Test-Status": "404"})
    assert response.status == 404 and response.getheader("Retry-After") is None


@pytest.fixture
def gateway_stand_in():
    server = Server(("127.0.0.1", PORT_BASE + 13), StandIn)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_webhooks_of_custodians_need_no_session_and_are_bounded(edge, gateway_stand_in, auth):
    auth.script = refusal(401, "authz.invalid_session")
    response, text = call("POST", "/webhooks/btc-custody", b"{}", {"X-Signature-SHA256": "ab" * 32})
    seen = json.loads(text)
    assert response.status == 200 and seen["path"] == "/webhooks/btc-custody" and not auth.asked
    assert ["x-signature-sha256", "ab" * 32] in seen["headers"]
    assert call("POST", "/webhooks/btc-custody", b"x" * (64 * 1024))[0].status == 200
    response, text = call("POST", "/webhooks/btc-custody", b"x" * (64 * 1024 + 1))
    assert (response.status, json.loads(text)) == (413, {"errors": ["server.body_too_large"]})
    assert call("GET", "/webhooks/btc-custody")[0].status == 405
    for path in ("/webhooks", "/webhooks/", "/webhooks/a/b", "/webhooks/../internal/payouts/x",
                 "/webhooks/%2e%2e/internal/payouts/x", "/internal/webhooks/bitgo/deposit"):
        assert call("POST", path, b"{}")[0].status == 404, path


def test_rate_limit(edge, stand_in):
    edge("down")
    edge("up", "--infra", EDGE_RATE="5", EDGE_BURST="3")
    began, answers, refused = time.monotonic(), [], []
    while len(refused) < 10:
        assert time.monotonic() - began < REFUSED_S, f"{len(answers)} answers, {len(refused)} refused"
        with ThreadPoolExecutor(10) as clients:
            answers += clients.map(lambda _: call("GET", "/api/v2/peatio/public/markets"), range(20))
        refused = [(response, text) for response, text in answers if response.status == 429]
    took = time.monotonic() - began
    assert {response.status for response, _ in answers} == {200, 429}
    assert len(answers) - len(refused) <= 1 + 3 + 5 * took
    response, text = refused[0]
    assert json.loads(text) == {"errors": ["server.too_many_requests"]}
    assert response.getheader("Retry-After") == "1"

"""Messages that break HTTP, through the edge and directly: one meaning, or refused and closed
(H-02, H-03, H-09), and the limits of a request (7.2)."""

import http.client
import json

import pytest

from wire import connect, exchange, read_answer, request_bytes
from world import WORLD

DIRECT, EDGE = ("api_port", "/api/v2"), ("edge_port", "/api/v2/peatio")
MARKER = b'"trading"'  # once in the answer to what is smuggled
KIB = 1024


def smuggled(prefix):
    return request_bytes("GET", f"{prefix}/public/member-levels", headers=["Connection: close"])


def post(prefix):
    return f"POST {prefix}/market/orders HTTP/1.1\r\nHost: a\r\n"


def get(prefix):
    return f"GET {prefix}/public/timestamp HTTP/1.1\r\nHost: a\r\n"


def vectors(prefix):
    """Each is to be refused. `p`: the head of a POST, `g`: of a GET, `c`: of a chunked POST."""
    p, g = post(prefix), get(prefix)
    c = p + "Transfer-Encoding: chunked\r\n\r\n"
    path = f"{prefix}/public/timestamp"
    end = "\r\n\r\n01234"
    rows = {
        "CL and TE": p + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "TE and CL": p + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "CL, TE in another case": p + "Content-Length: 6\r\nTRANSFER-ENCODING: Chunked\r\n\r\n"
                                      "0\r\n\r\nG",
        "two CL": p + "Content-Length: 5\r\nContent-Length: 0" + end,
        "two equal CL": p + "Content-Length: 5\r\nContent-Length: 5" + end,
        **{f"CL {value!r}": p + f"Content-Length: {value}" + end for value in (
            "+5", "-5", "5,5", "5, 5", "0x5", "5 5", "5;a", "five", "5e0", "5.0", "", " ",
            "18446744073709551616", "18446744073709551621", "9" * 40, "\t+5", "５")},
        "CL with a blank before the colon": p + "Content-Length : 5" + end,
        "CL continued on the next line": p + "Content-Length:\r\n 5" + end,
        **{f"TE {value!r}": p + f"Transfer-Encoding: {value}\r\n\r\n0\r\n\r\n" for value in (
            "xchunked", "chunked, identity", "identity, chunked", "gzip, chunked", "identity",
            "gzip",
            "chunked,chunked", "\x0bchunked", "\"chunked\"", "chunked;a=b", "chunked\x00", "")},
        "TE twice": p + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "TE with a blank before the colon": p + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "TE continued on the next line": p + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        **{f"chunk size {value!r}": c + f"{value}\r\n01234\r\n0\r\n\r\n" for value in (
            "FFFFFFFFFFFFFFFF1", "10000000000000005", "-5", "+5", "0x5", "zz", "", " ", "5 5",
            "5\t;")},
        "chunk longer than its size": c + "5\r\n01234XX0\r\n\r\n",
        "chunk ended by LF of nothing": c + "5\r\n01234\n\n0\r\n\r\n",
        "bare CR in a header": g + "X: a\rb\r\n\r\n",
        "CR alone ends a header": g + "X: a\rTransfer-Encoding: chunked\r\n\r\n",
        "NUL in a value": g + "X: a\0b\r\n\r\n",
        "NUL in a name": g + "X\0a: b\r\n\r\n",
        "control in a value": g + "X: a\x01b\r\n\r\n",
        "no colon": g + "no colon here\r\n\r\n",
        "blank in a name": g + "X y: z\r\n\r\n",
        "blank before the first header": f"GET {path} HTTP/1.1\r\n Host: a\r\n\r\n",
        "blank before the colon of Host": f"GET {path} HTTP/1.1\r\nHost : a\r\n\r\n",
        "folded header": g + "X: a\r\n b\r\n\r\n",
        "folded with a tab": g + "X: a\r\n\tTransfer-Encoding: chunked\r\n\r\n",
        "Host twice": g + "Host: b\r\n\r\n",
        "no Host": f"GET {path} HTTP/1.1\r\n\r\n",
        "Authorization twice": g + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
        "compressed body": p + "Content-Encoding: gzip\r\nContent-Length: 5" + end,
        "HTTP/2.0": f"GET {path} HTTP/2.0\r\nHost: a\r\n\r\n",
        "HTTP/1.1x": f"GET {path} HTTP/1.1x\r\nHost: a\r\n\r\n",
        "http/1.1": f"GET {path} http/1.1\r\nHost: a\r\n\r\n",
        "no version": f"GET {path}\r\nHost: a\r\n\r\n",
        "tabs": f"GET\t{path}\tHTTP/1.1\r\nHost: a\r\n\r\n",
        "blank in the target": f"GET {path} x HTTP/1.1\r\nHost: a\r\n\r\n",
        "absolute target": f"GET http://a{path} HTTP/1.1\r\nHost: b\r\n\r\n",
        "target without a slash": f"GET {path[1:]} HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT": "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
        "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "PRI of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    }
    return {name: text.encode("latin-1", "replace") for name, text in rows.items()}


# What a parser reads in one way only, so that two of them can't disagree: nginx drops header names
# that it does not know and makes a clean message of the rest; libmicrohttpd joins a folded line
# and ends a value at a NUL, which no NUL of a client survives the edge to show.
READ_IN_ONE_WAY = {
    "edge_port": {
        "no colon", "blank in a name", "folded header", "folded with a tab",
        "CR alone ends a header",
        "bare CR in a header", "control in a value", "absolute target", "NUL in a name",
        "compressed body", "CL continued on the next line", "chunk size '5\\t;'",
        "chunk size '5 5'",
        "blank before the first header"},
    "api_port": {"folded header", "NUL in a value", "TE 'chunked\\x00'"},
}


@pytest.mark.parametrize("port, prefix", [DIRECT, EDGE], ids=["service", "edge"])
def test_smuggling_is_refused_and_closed(port, prefix):
    """H-02: nothing behind a message that is not clear is ever taken for a request."""
    wrong = []
    for name, data in vectors(prefix).items():
        got, closed = exchange(getattr(WORLD, port), data + smuggled(prefix))
        if name in READ_IN_ONE_WAY[port]:
            # one message, one answer; then the next request is one of its own
            if not closed or got.count(b"HTTP/1.1 ") > 2 or got.count(MARKER) > 1:
                wrong.append(f"{name}: {got!r}")
        elif not closed or MARKER in got or b"HTTP/1.1 2" in got:
            wrong.append(f"{name}: {'' if closed else 'not closed, '}{got[:200]!r}")
        elif got and not got.startswith((b"HTTP/1.1 4", b"HTTP/1.1 50", b'{"errors":')):
            wrong.append(f"{name}: {got[:80]!r}")
    assert not wrong, "\n".join(wrong)


def test_after_smuggling_everybody_gets_his_own_answer():
    """H-02: the kept connections between edge and service were not poisoned by any vector."""
    for data in vectors(EDGE[1]).values():
        exchange(WORLD.edge_port, data + smuggled(EDGE[1]), timeout=5)
    for path, mark in (("/public/member-levels", b"minimum_level"), ("/public/timestamp", b'"20'),
                       ("/public/version", b"git_sha")) * 40:
        with connect(WORLD.edge_port) as peer:
            peer.sendall(request_bytes("GET", EDGE[1] + path))
            answer = read_answer(peer)
            assert answer.status_code == 200 and mark in answer.text.encode(), path


@pytest.mark.parametrize("port, prefix", [DIRECT, EDGE], ids=["service", "edge"])
def test_what_is_unusual_but_clear_is_served_once(port, prefix):
    """H-02, the other side: chunks with extensions, trailers that mean nothing, pipelined
    requests."""
    head = f"POST {prefix}/market/orders HTTP/1.1\r\nHost: a\r\n"
    for name, body in {
            "chunked": "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "chunk extension": "Transfer-Encoding: chunked\r\n\r\n2;a=\"b;c\"\r\n{}\r\n0\r\n\r\n",
            "trailer": "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
                       "Authorization: Bearer x\r\nContent-Length: 50\r\n\r\n",
            "an unknown header": "Transfer_Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
            "blanks": "content-length:    2\r\n\r\n{}"}.items():
        got, closed = exchange(getattr(WORLD, port), (head + body).encode() + smuggled(prefix))
        assert closed and got.count(b"HTTP/1.1 ") == 2, (name, got)
        assert got.startswith(b"HTTP/1.1 401") and got.count(MARKER) == 1, (name, got)


SPELLINGS = [
    "//api/v2{}", "/api//v2{}", "/api/v2/{}", "/api/v2/./{}", "/api/v2/public/..{}",
    "/api/v2/%2e%2e/v2{}",
    "/api/v2%2f{}", "/api/v2/..%2f..{}", "/api/v2;{}", "/api/v2\\{}", "/API/V2{}", "/api/v2%00{}",
    "/api/v2%c0%af{}", "/api/v2{};x", "/api/v2{}%00", "/api/v2{}\\", "/api/v2{}%20", "/api/v2{}%0a",
    "/api/v2/%2561ccount/..{}", "http://evil/api/v2{}", "/api/v2{}#", "/api/v2{}%3f",
    "/api/v2/{}/..",
    "/api/v2/public/../..//v2{}",
]


@pytest.mark.parametrize("port, prefix", [DIRECT, EDGE], ids=["service", "edge"])
@pytest.mark.parametrize("path", ["/account/balances", "/internal/matching/markets",
                                  "/management/accounts/balance", "/admin/members"])
def test_no_second_spelling_of_a_path_opens_it(port, prefix, path):
    """H-03: routing and authorisation use one and the same path."""
    for spelling in SPELLINGS:
        target = spelling.format(path).replace("/api/v2", prefix, 1)
        for method in ("GET", "POST"):
            got, _ = exchange(getattr(WORLD, port), request_bytes(
                method, target, headers=["Connection: close"]))
            assert got and not got.startswith((b"HTTP/1.1 2", b"HTTP/1.1 3", b"HTTP/1.1 5")), (
                method, target, got[:100])


def call(port, method, target, body=None, headers=()):
    connection = http.client.HTTPConnection("127.0.0.1", getattr(WORLD, port), timeout=60)
    try:
        connection.request(method, target, body, dict(headers))
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_methods():
    """H-09: an exact table; nobody overrides a method by a header or a parameter."""
    levels, orders = "/public/member-levels", "/market/orders"
    for port, prefix in (DIRECT, EDGE):
        for method, path, status in (
                ("GET", levels, 200), ("HEAD", levels, 200), ("POST", levels, 405),
                ("PUT", levels, 405),
                ("DELETE", levels, 405), ("PATCH", levels, 405), ("TRACE", levels, 405),
                ("BREW", levels, 405), ("GET", orders, 401), ("POST", orders, 401),
                # The edge asks who it is before anything else.
                ("PUT", orders, 405 if (port, prefix) == DIRECT else 401),
                ("DELETE", orders, 405 if (port, prefix) == DIRECT else 401)):
            got, headers, body = call(port, method, prefix + path)
            assert got == status or (method in ("TRACE", "BREW") and got in (400, 405, 501)), (
                port, method, path, got)
            if method == "HEAD":
                assert body == b"" and int(headers["Content-Length"]) > 0
            elif got == 405 and method not in ("TRACE", "BREW"):
                assert json.loads(body) == {"errors": "server.method_not_allowed"}
        for override in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            assert call(port, "GET", prefix + levels, headers={override: "DELETE"})[0] == 200
        assert call(port, "POST", f"{prefix}{levels}?_method=GET")[0] == 405


def test_cors_is_on_every_answer_of_the_edge():
    """H-09: a front end can read errors too; no origin gets credentials."""
    for origin in ("https://front.example", "null"):
        for path, status in (("/public/markets", 200), ("/account/balances", 401),
                             ("/public/nothing", 404),
                             ("/public/markets/x/depth", 422)):
            got, headers, _ = call("edge_port", "GET", EDGE[1] + path, headers={"Origin": origin})
            assert got == status and headers.get_all("Access-Control-Allow-Origin") == ["*"]
            assert headers.get("Access-Control-Allow-Credentials") is None
    got, headers, body = call("edge_port", "OPTIONS", EDGE[1] + "/market/orders", headers={
        "Origin": "https://front.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization"})
    assert (got, body) == (204, b"") and "POST" in headers["Access-Control-Allow-Methods"]
    got, headers, _ = call("api_port", "OPTIONS", "/api/v2/market/orders")
    assert got == 204 and "POST" in headers["Allow"]


# ---- limits: n is served, n + 1 is refused ----

@pytest.mark.parametrize("port, prefix", [DIRECT, EDGE], ids=["service", "edge"])
def test_body_of_a_megabyte_and_one_byte(alice, port, prefix):
    """413 with the code, whether the length is announced or comes in chunks."""
    headers = {**alice.headers, "Content-Type": "application/json"}
    path, limit = prefix + "/market/orders", KIB * KIB
    assert call(port, "POST", path, b" " * (limit - 2) + b"{}", headers)[0] == 422
    chunks = (b" " * 65536 for _ in range(17))
    for body in (b" " * (limit - 1) + b"{}", chunks):
        status, _, text = call(port, "POST", path, body, headers)
        assert (status, json.loads(text)) == (413, {"errors": ["server.body_too_large"]})
    with connect(getattr(WORLD, port)) as peer:
        peer.sendall(request_bytes("POST", path, headers=[f"Content-Length: {1 << 40}"]))
        assert read_answer(peer).status_code == 413


def test_heads_that_are_too_large():
    """Request line, one header, all headers, number of headers and of parameters."""
    levels, too_large = "/public/member-levels", (400, 414, 431)

    def status(port, target, **headers):
        return call(port, "GET", target, headers=headers)[0]

    def many(count, text="1"):
        return {f"X-{i}": text for i in range(count)}

    def query(count):
        return "?" + "&".join(f"a{i}=1" for i in range(count))

    for port, prefix in (DIRECT, EDGE):
        path = prefix + levels
        assert status(port, path + "?a=" + "x" * 4000) == 200
        assert status(port, path + "?a=" + "x" * 40000) in too_large
        assert status(port, path, A="x" * 6000) == 200
        assert status(port, path, A="x" * 40000) in too_large
        assert status(port, path, **many(60, "x" * 1000)) in too_large
        assert status(port, path, **many(80)) == 200
        assert status(port, path + query(100)) == 200
        assert status(port, path + query(101)) == 400
    assert status("api_port", "/api/v2" + levels, **many(98)) == 200
    assert status("api_port", "/api/v2" + levels, **many(101)) == 400


@pytest.mark.parametrize("port, prefix", [DIRECT, EDGE], ids=["service", "edge"])
def test_many_requests_on_one_connection_in_one_piece(port, prefix):
    """Pipelining: answers in their order, one each."""
    paths = ["/public/member-levels", "/public/version", "/public/nothing"] * 10
    data = b"".join(request_bytes("GET", prefix + path) for path in paths)
    with connect(getattr(WORLD, port)) as peer:
        peer.sendall(data)
        peer.settimeout(60)
        got = b""
        while got.count(b"HTTP/1.1 ") < len(paths) or not got.endswith(b"404 Not Found"):
            chunk = peer.recv(65536)
            assert chunk, got[-300:]
            got += chunk
    marks = [b"minimum_level", b"git_sha", b"404 Not Found"]
    at = 0
    for index in range(len(paths)):
        at = got.index(marks[index % 3], at) + 1

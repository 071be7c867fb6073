"""Between the gateway and a real node: passes everything on, and lies when a test says so (W-16). For any node
that speaks JSON-RPC over HTTP.

    with LyingNode(real_url) as node:
        ... node.url is what the gateway is given ...
        node.lie(html)                                   # every answer
        node.lie(null_result, "eth_getBlockByHash")      # of one method
        node.lie(result("0x1"), "eth_chainId")
        node.tell_the_truth()

A lie is a function (method, answer) -> answer; `answer` is what the real node said: (status, headers, bytes).
Answers may be an iterator of chunks instead of bytes, which are sent as they come. `calls` counts methods.
"""

import collections
import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import requests

from ports import BACKLOG


class LyingNode:
    def __init__(self, target):
        self.target = target
        parts = urlsplit(target)
        self.lies = {}  # method, or None for all
        self.calls = collections.Counter()
        self.stop = threading.Event()
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                node.answer(self, body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket.listen(BACKLOG)
        credentials = f"{parts.username}:{parts.password}@" if parts.username else ""
        self.url = f"http://{credentials}127.0.0.1:{self.server.server_port}{parts.path}"

    # ---- what a test says ----

    def lie(self, how, method=None):
        self.lies[method] = how

    def tell_the_truth(self):
        self.lies = {}

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()

    # ---- what the gateway gets ----

    @staticmethod
    def method_of(body):
        try:
            request = json.loads(body)
        except ValueError:
            return "?"
        return request[0]["method"] if isinstance(request, list) else request.get("method", "?")

    def answer(self, handler, body):
        method = self.method_of(body)
        self.calls[method] += 1
        headers = {name: value for name, value in handler.headers.items()
                   if name.lower() in ("authorization", "content-type")}
        try:
            real = requests.post(self.target, data=body, headers=headers, timeout=60)
            answer = (real.status_code, {"Content-Type": "application/json"}, real.content)
        except requests.RequestException:
            answer = (502, {}, b"")
        how = self.lies.get(method) or self.lies.get(None)
        if how:
            answer = how(method, answer)
        try:
            self.send(handler, answer)
        except OSError:
            pass  # whoever asked gave up: that is what some lies are for
        handler.close_connection = handler.close_connection or how is not None

    def send(self, handler, answer):
        if answer is None:
            handler.close_connection = True
            return
        status, headers, body = answer
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if isinstance(body, bytes):
            if "Content-Length" not in headers:
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
            return
        handler.send_header("Connection", "close")
        handler.end_headers()
        for chunk in body:
            if self.stop.is_set():
                return
            handler.wfile.write(chunk)
            handler.wfile.flush()
        handler.close_connection = True


# ---- lies ----

JSON = {"Content-Type": "application/json"}


def html(_method, _answer):
    """What a proxy in front of a node says when the node is away."""
    return 200, {"Content-Type": "text/html"}, b"<html><body><h1>502 Bad Gateway</h1></body></html>"


def bad_gateway(_method, _answer):
    return 502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"


def unauthorized(_method, _answer):
    return 401, {"WWW-Authenticate": "Basic"}, b""


def hang_up(_method, _answer):
    return None


def empty(_method, _answer):
    return 200, JSON, b""


def null_result(_method, answer):
    said = json.loads(answer[2])
    return 200, JSON, json.dumps({**said, "result": None}).encode()


def result(value):
    """A lie: this result, with the id of the question."""
    def how(_method, answer):
        said = json.loads(answer[2])
        said.pop("error", None)
        return 200, JSON, json.dumps({**said, "result": value}).encode()
    return how


def edited(change):
    """A lie: what `change` makes of the real result."""
    def how(_method, answer):
        said = json.loads(answer[2])
        return 200, JSON, json.dumps({**said, "result": change(said["result"])}).encode()
    return how


def error(code, message):
    def how(_method, answer):
        said = json.loads(answer[2])
        said.pop("result", None)
        return 200, JSON, json.dumps({**said, "error": {"code": code, "message": message}}).encode()
    return how


def truncated(_method, answer):
    """Whole for HTTP, half for JSON."""
    return 200, JSON, answer[2][:len(answer[2]) // 2]


def cut(_method, answer):
    """Half for HTTP: the connection ends before what was announced came."""
    half = answer[2][:len(answer[2]) // 2]
    return 200, {**JSON, "Content-Length": str(len(answer[2])), "Connection": "close"}, half


def huge_number(_method, answer):
    """A number of two million digits where the result was."""
    said = json.loads(answer[2])
    text = json.dumps({**said, "result": "@"}).replace('"@"', "1" * 2_000_000)
    return 200, JSON, text.encode()


def huge_quantity(_method, answer):
    said = json.loads(answer[2])
    return 200, JSON, json.dumps({**said, "result": "0x" + "f" * 2_000_000}).encode()


def nested(_method, answer):
    said = json.loads(answer[2])
    text = json.dumps({**said, "result": "@"}).replace('"@"', "[" * 100_000 + "]" * 100_000)
    return 200, JSON, text.encode()


def slow_drip(_method, answer):
    """A byte now and then, for ever."""
    def chunks():
        for at in range(len(answer[2])):
            time.sleep(0.5)
            yield answer[2][at:at + 1]
    return 200, JSON, chunks()


def endless(_method, _answer):
    def chunks():
        yield b'{"jsonrpc":"2.0","id":1,"result":"'
        while True:
            yield b"a" * 65536
    return 200, JSON, chunks()


def gzip_bomb(_method, _answer):
    """Fifty megabytes in fifty kilobytes, though nobody asked for gzip."""
    packed = gzip.compress(b"0" * 50_000_000, 9)
    return 200, {**JSON, "Content-Encoding": "gzip"}, packed


def delayed(seconds):
    def how(_method, answer):
        time.sleep(seconds)
        return answer
    return how

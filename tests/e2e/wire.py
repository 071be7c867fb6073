"""Requests as bytes: many at the same moment, and ones that no client library would send."""

import http.client
import json
import socket

TIMEOUT_S = 60


class Answer:
    def __init__(self, response):
        self.status_code = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    def json(self):
        return json.loads(self.text)


def request_bytes(method, target, body=None, headers=()):
    """A whole HTTP/1.1 request. `body`: bytes, or an object that is sent as JSON."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body is None:
        body = b""
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
        lines.append("Content-Type: application/json")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def member_request(member, method, target, body=None):
    return request_bytes(method, target, body, [f"Authorization: Bearer {member.bearer}"])


def connect(port, source=None):
    peer = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S,
                                    source_address=(source, 0) if source else None)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return peer


def burst(port, requests):
    """Sends all requests at the same moment, each on a connection of its own that was opened
    before; the answers in the same order."""
    peers = [connect(port) for _ in requests]
    try:
        for peer, request in zip(peers, requests):
            peer.sendall(request)
        return [read_answer(peer) for peer in peers]
    finally:
        for peer in peers:
            peer.close()


def read_answer(peer):
    response = http.client.HTTPResponse(peer)
    response.begin()
    return Answer(response)


def exchange(port, data, timeout=TIMEOUT_S):
    """Sends bytes; (everything that came back, whether the server closed the connection)."""
    got = b""
    with connect(port) as peer:
        peer.settimeout(timeout)
        try:
            peer.sendall(data)
            while chunk := peer.recv(65536):
                got += chunk
            return got, True
        except (ConnectionResetError, BrokenPipeError):
            return got, True
        except socket.timeout:
            return got, False

"""One client of the REST API: keeps its connection, never hangs, tells apart what was answered, what
was refused and what is unknown."""

import http.client
import json
import socket
from urllib.parse import urlencode, urlsplit

TIMEOUT_S = 10


class Unknown(Exception):
    """No answer, or one that leaves it open (5xx): the request may have been carried out."""


class Refused(Exception):
    """A definite no: status and codes."""

    def __init__(self, status, codes):
        super().__init__(f"{status} {codes}")
        self.status, self.codes = status, codes


class Client:
    def __init__(self, base, token=None):
        url = urlsplit(base)
        self.host, self.port, self.prefix = url.hostname, url.port, url.path
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self.connection = None

    def call(self, method, path, body=None):
        """The decoded answer of a 2xx. Raises Refused or Unknown."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
            payload = None if body is None else json.dumps(body)
            self.connection.request(method, self.prefix + path, payload, self.headers)
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.will_close:
                self.close()
        except (OSError, http.client.HTTPException, socket.timeout) as error:
            self.close()
            raise Unknown(str(error)) from error
        if answer.status >= 500 or answer.status == 429:
            raise Unknown(f"HTTP {answer.status}")
        try:
            decoded = json.loads(text) if text else None
        except ValueError as error:
            raise Unknown("an answer that is no JSON") from error
        if answer.status >= 400:
            raise Refused(answer.status, (decoded or {}).get("errors"))
        return decoded

    def get(self, path, **params):
        return self.call("GET", path + ("?" + urlencode(params) if params else ""))

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

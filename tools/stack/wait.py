"""Waiting for something, with a reason to show when it does not come."""

import http.client
import os
import socket
import time

from stack.settings import StackError


def until(is_there, what, seconds, log=None, still_possible=lambda: None):
    """Polls is_there() until it is true. `still_possible` raises when waiting is in vain."""
    deadline = time.monotonic() + seconds
    announced = False
    begin = time.monotonic()
    while not is_there():
        still_possible()
        if time.monotonic() > deadline:
            raise StackError(f"{what} did not come within {seconds} s.", log)
        if not announced and time.monotonic() - begin > 1:
            say(f"waiting for {what}")
            announced = True
        time.sleep(0.05)


def say(text):
    print(f"  {text}", flush=True)


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            # A listener with SO_REUSEADDR of its own shows up at listen(), not at bind().
            probe.listen()
        except OSError:
            return False
        return True


def greets(address, greeting=b"", answer_starts=b"", family=socket.AF_INET):
    """Whether a server takes a connection and answers `greeting` with bytes that begin so."""
    with socket.socket(family) as peer:
        peer.settimeout(10)
        try:
            peer.connect(address)
            if greeting:
                peer.sendall(greeting)
            return peer.recv(64).startswith(answer_starts) if answer_starts else True
        except OSError:
            return False


def http_status(port, path):
    """The status of a GET on loopback; 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def process_is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

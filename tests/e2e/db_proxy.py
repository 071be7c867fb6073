"""Between accounting and its database: passes bytes on, and can swallow the database's answer to
one commit, so that a test acts between the commit and what the service learns of it.

    with through_proxy() as proxy:
        proxy.hold(b"my-client-order-id")     # the answer to the write that names it
        ...; proxy.held.wait(10)              # it is committed now, and nobody knows
        proxy.cut()                           # or kill the service
"""

import os
import socket
import threading
from contextlib import contextmanager

from world import WORLD

WRITE = b"INSERT INTO client_orders"  # the statement of an accepting batch that ends with COMMIT


class Proxy:
    def __init__(self, path, target):
        self.target, self.mark = target, None
        self.held = threading.Event()
        self.links = []
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        os.chmod(path, 0o777)
        self.server.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def hold(self, mark):
        self.mark = mark
        self.held.clear()

    def cut(self):
        """Ends the connection whose answer is held."""
        for link in self.links:
            if link.is_held:
                link.close()

    def close(self):
        self.server.close()
        for link in self.links:
            link.close()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
                self.links.append(Link(self, client))
            except OSError:
                return


class Link:
    def __init__(self, proxy, client):
        self.proxy, self.client, self.is_held = proxy, client, False
        self.database = socket.socket(socket.AF_UNIX)
        self.database.connect(proxy.target)
        self.recent = b""
        threading.Thread(target=self.to_database, daemon=True).start()
        threading.Thread(target=self.to_client, daemon=True).start()

    def to_database(self):
        self.pump(self.client, self.database, self.look)

    def to_client(self):
        self.pump(self.database, self.client, self.keep)

    def pump(self, source, target, see):
        try:
            while data := source.recv(65536):
                if see(data):
                    target.sendall(data)
        except OSError:
            pass
        self.close()

    def look(self, data):
        """A statement may come in pieces."""
        self.recent = (self.recent + data)[-(1 << 20):]
        mark = self.proxy.mark
        if mark and mark in self.recent and WRITE in self.recent:
            self.is_held, self.proxy.mark = True, None
        return True

    def keep(self, _):
        if self.is_held:
            self.proxy.held.set()
        return not self.is_held

    def close(self):
        for end in (self.client, self.database):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


@contextmanager
def through_proxy():
    """Accounting talks to its database through a proxy for the time of the block."""
    path = str(WORLD.file("mariadb/proxy.sock"))
    proxy = Proxy(path, WORLD.env("accounting")["DB_SOCKET"])
    try:
        with WORLD.accounting_with(DB_SOCKET=path):
            assert proxy.links
            yield proxy
    finally:
        proxy.close()
        os.unlink(path)

"""Free ports for a stack of a test: prints a PORT_BASE whose ports are free. EDGE_PORT is
PORT_BASE+10."""

import os
import random
import socket
import tempfile
import time
from pathlib import Path

# Above the ports that the kernel gives to clients, so that nobody takes one between probe and
# start.
BASES = range(61000, 65000, 20)
EDGE_OFFSET = 10
LAST_OFFSET = 18  # tools/stack/settings.py
# Of a server that stands in for another: http.server lets five wait, and who is the sixth is not heard for a second.
BACKLOG = 128
# Nor does another test that looks at the same moment: who takes a base says so in a file.
TAKEN_FOR_S = 300


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            return False
        return True


def take(base):
    """Whether nobody else took it of late."""
    note = Path(tempfile.gettempdir()) / f"bourse-ports-{os.getuid()}" / str(base)
    note.parent.mkdir(exist_ok=True)
    try:
        if time.time() - note.stat().st_mtime < TAKEN_FOR_S:
            return False
        note.unlink()
    except FileNotFoundError:
        pass
    try:
        note.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def free_base():
    for base in random.SystemRandom().sample(BASES, len(BASES)):
        if all(is_free(base + offset) for offset in range(LAST_OFFSET + 2)) and take(base):
            return base
    raise RuntimeError("no free ports for a stack")


if __name__ == "__main__":
    print(free_base())

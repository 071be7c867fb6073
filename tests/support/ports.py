"""Free ports for a stack of a test: prints a PORT_BASE whose ports are free. EDGE_PORT is
PORT_BASE+10."""

import random
import socket

# Above the ports that the kernel gives to clients, so that nobody takes one between probe and
# start.
BASES = range(61000, 65000, 20)
EDGE_OFFSET = 10
LAST_OFFSET = 18  # tools/stack/settings.py


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            return False
        return True


def free_base():
    for base in random.SystemRandom().sample(BASES, 50):
        if all(is_free(base + offset) for offset in range(1, LAST_OFFSET + 1)):
            return base
    raise RuntimeError("no free ports for a stack")


if __name__ == "__main__":
    print(free_base())

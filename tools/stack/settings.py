"""Where a stack lives and which ports it takes."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent

# A unix socket's path has room for 107 bytes; ours are at most this much longer than RUN_DIR.
SOCKET_PATH_MAX = 107
LONGEST_SOCKET = len("/supervisor/supervisor.sock.12345")

# What a user may choose. The choice is remembered in stack.env, so that `make down`, `make up` and
# the tools of a running stack need no repetition; the environment wins over what is remembered.
# NODES: all, or none: no litecoind and no anvil. containers, which tools/compose-secrets chooses: those of
# docker-compose.yml, of which this machine sees the ports only.
DEFAULTS = {"PORT_BASE": "18000", "EDGE_PORT": "8080", "NODES": "all"}
# Choices for the edge that tests and benchmarks use; empty: the default of the template.
EDGE_CHOICES = ("EDGE_RATE", "EDGE_BURST", "EDGE_CONNECTIONS_PER_IP", "EDGE_CORS_ORIGIN",
                "EDGE_ACCESS_LOG")
OTHER_CHOICES = ("BOURSE_BIN",)

# name: (offset from PORT_BASE, who listens there)
PORTS = {
    "MARIADB_PORT": (1, "MariaDB"),
    "AMQP_PORT": (2, "RabbitMQ"),
    "RABBITMQ_DIST_PORT": (3, "RabbitMQ (distribution)"),
    "EPMD_PORT": (4, "epmd"),
    "ACCOUNTING_PORT": (5, "accounting (API)"),
    "ACCOUNTING_OPS_PORT": (6, "accounting (ops)"),
    "MATCHING_OPS_PORT": (7, "matching (ops)"),
    "AUTH_PORT": (8, "auth (API)"),
    "AUTH_OPS_PORT": (9, "auth (ops)"),
    # 10 is free for the edge: tests put it there.
    "MAIL_PORT": (11, "mail (page of the outbox)"),
    "MAIL_OPS_PORT": (12, "mail (ops)"),
    "BLOCKCHAIN_PORT": (13, "blockchain (API)"),
    "BLOCKCHAIN_OPS_PORT": (14, "blockchain (ops)"),
    "SIGNER_PORT": (15, "signer (API)"),
    "SIGNER_OPS_PORT": (16, "signer (ops)"),
    "LITECOIND_PORT": (17, "litecoind"),
    "ANVIL_PORT": (18, "anvil"),
}
SERVICE_PORTS = ("ACCOUNTING_PORT", "ACCOUNTING_OPS_PORT", "MATCHING_OPS_PORT", "AUTH_PORT",
                 "AUTH_OPS_PORT", "MAIL_PORT", "MAIL_OPS_PORT", "BLOCKCHAIN_PORT", "BLOCKCHAIN_OPS_PORT",
                 "SIGNER_PORT", "SIGNER_OPS_PORT", "LITECOIND_PORT", "ANVIL_PORT")
OFFSET_MAX = max(offset for offset, _ in PORTS.values())


class StackError(Exception):
    """Something that the user can read and mend; `log` names the file that tells more."""

    def __init__(self, message, log=None):
        super().__init__(message)
        self.log = log


def run_dir():
    return Path(os.path.abspath(os.environ.get("RUN_DIR") or REPOSITORY / ".run"))


class Settings:
    """The choices of one stack: settings.run_dir, .edge_port, .ports["AMQP_PORT"]."""

    def __init__(self):
        self.run_dir = run_dir()
        remembered = read_env_file(self.stack_env) if self.exists else {}
        self.choices, self.changed = {}, []
        for name in (*DEFAULTS, *EDGE_CHOICES, *OTHER_CHOICES):
            value = os.environ.get(name) or remembered.get(name) or DEFAULTS.get(name, "")
            self.choices[name] = value
            if remembered.get(name, value) != value:
                self.changed.append(f"{name}={remembered[name]}")
        if self.choices["NODES"] not in ("all", "none", "containers"):
            raise StackError(f"NODES={self.choices['NODES']} is neither all nor none.")
        port_base = self._port("PORT_BASE", 1024, 65535 - OFFSET_MAX)
        self.edge_port = self._port("EDGE_PORT", 1, 65535)
        self.ports = {name: port_base + offset for name, (offset, _) in PORTS.items()}
        if self.edge_port in self.ports.values():
            raise StackError(f"EDGE_PORT={self.edge_port} lies in the range of "
                             f"PORT_BASE={port_base} (+1 to +{OFFSET_MAX}): "
                             "choose another EDGE_PORT.")
        # BOURSE_BIN: a folder of ready programs (another variant, another version); else we build.
        self.builds = not self.choices["BOURSE_BIN"]
        self.binaries = Path(os.path.abspath(
            self.choices["BOURSE_BIN"]
            or REPOSITORY / (os.environ.get("BUILD") or "build") / "release" / "bin"))
        self.infra_only = remembered.get("INFRA_ONLY") == "yes"
        if len(str(self.run_dir)) + LONGEST_SOCKET > SOCKET_PATH_MAX:
            raise StackError(
                f"RUN_DIR is {len(str(self.run_dir))} characters long and at most "
                f"{SOCKET_PATH_MAX - LONGEST_SOCKET} leave room for a unix socket: "
                f"set RUN_DIR to a shorter path (now {self.run_dir}).")

    def _port(self, name, lowest, highest):
        text = self.choices[name]
        if not text.isdigit() or not lowest <= int(text) <= highest:
            raise StackError(f"{name}={text} is no port number from {lowest} to {highest}.")
        return int(text)

    @property
    def stack_env(self):
        return self.run_dir / "stack.env"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.edge_port}"

    @property
    def in_containers(self):
        return self.choices["NODES"] == "containers"

    @property
    def exists(self):
        return self.stack_env.exists()

    def log(self, name):
        return self.run_dir / "log" / f"{name}.log"

    def remember(self):
        """Writes stack.env: what was chosen, and what tools and tests want to know of the stack."""
        facts = {"RUN_DIR": self.run_dir, **self.choices, "EDGE_URL": self.url, **self.ports,
                 "MARIADB_SOCKET": self.run_dir / "mariadb" / "mariadb.sock",
                 "INFRA_ONLY": "yes" if self.infra_only else "no"}
        write_env_file(self.stack_env, facts)


def read_env_file(path):
    """KEY=VALUE lines, as docker's --env-file has them: no quotes, # starts a comment line."""
    pairs = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            pairs[key] = value
    return pairs


def write_env_file(path, pairs, mode=0o644):
    write_file(path, "".join(f"{key}={value}\n" for key, value in pairs.items()), mode)


def write_file(path, text, mode=0o644):
    """Replaces the file whole, so that a reader or a crash never sees half of it."""
    half = path.with_name(path.name + ".new")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
    os.replace(half, path)

"""The private RabbitMQ: configuration, users and what each may do.

The topology (exchanges, queues, bindings) is declared by the services that own it; here are only
the users. A permission is three patterns over the names of exchanges and queues: configure
(declare, delete), write (publish, bind a queue), read (consume, purge, bind from an exchange).
"""

import base64
import hashlib
import json
import os
import subprocess

from stack import layout, wait
from stack.settings import REPOSITORY, StackError, write_file

# (configure, write, read). Accounting owns the topology; a matching worker can declare the queues
# that it consumes, and answers through the exchange: it can't read or remove results.
PERMISSIONS = {
    "accounting": (r"^(bourse\.|peatio\.events\.)",
                   r"^(bourse\.|peatio\.events\.|amq\.default$)",
                   r"^bourse\."),
    "matching": (r"^bourse\.(matching$|commands\.)",
                 r"^(bourse\.(matching$|commands\.)|amq\.default$)",
                 r"^bourse\.(matching$|commands\.)"),
    # Barong's exchanges, and the queues of mails, which are fed by accounting's events as well.
    # The mailer declares the exchange that it listens to; it can't publish there.
    "auth": (r"^(bourse\.auth\.|barong\.|peatio\.events\.model$)",
             r"^(bourse\.auth\.|barong\.|amq\.default$)",
             r"^(bourse\.auth\.|barong\.|peatio\.events\.)"),
    # The gateway declares its exchange and publishes there; who listens has a queue of his own.
    "blockchain": (r"^bourse\.chain$", r"^(bourse\.chain$|amq\.default$)", r"^bourse\.chain$"),
    "operator": (".*", ".*", ".*"),
}
TAGS = {"operator": ["administrator"]}


def folder(settings):
    return settings.run_dir / "rabbitmq"


def configure(settings):
    common = (REPOSITORY / "deploy/rabbitmq/bourse.conf").read_text()
    write_file(folder(settings) / "rabbitmq.conf", common + f"""
# ---- this machine only ----
listeners.tcp.1 = 127.0.0.1:{settings.ports['AMQP_PORT']}
load_definitions = {folder(settings)}/definitions.json
""")
    passwords = {user: layout.password(settings, f"rabbitmq_{user}") for user in PERMISSIONS}
    write_file(folder(settings) / "definitions.json", definitions(passwords), 0o600)
    write_file(folder(settings) / "enabled_plugins", "[].\n")
    write_file(folder(settings) / "rabbitmq-env.conf", "")
    make_lean(settings)


def make_lean(settings):
    """Half of the time of a start: see there. The tools (rabbitmqctl) stay the installed ones."""
    done = subprocess.run([REPOSITORY / "deploy/rabbitmq/lean", folder(settings) / "lean"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise StackError(f"RabbitMQ: {done.stderr.strip()}")


def definitions(passwords):
    """The users as RabbitMQ imports them at its start; with them there, no guest is made."""
    users = [{"name": f"bourse_{user}", "password_hash": password_hash(passwords[user]),
              "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": TAGS.get(user, [])}
             for user in PERMISSIONS]
    permissions = [{"user": f"bourse_{user}", "vhost": "/", "configure": configure_pattern,
                    "write": write, "read": read}
                   for user, (configure_pattern, write, read) in PERMISSIONS.items()]
    return json.dumps({"users": users, "vhosts": [{"name": "/"}], "permissions": permissions},
                      indent=2) + "\n"


def password_hash(password):
    # RabbitMQ's format: a salt of four bytes, then SHA-256 over salt and password.
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def greets(port):
    """Whether the broker takes connections; its listener opens last, when users are imported."""
    # An AMQP client opens with its version; the server's first frame is connection.start on
    # channel 0.
    return wait.greets(("127.0.0.1", port), b"AMQP\x00\x00\x09\x01", b"\x01\x00\x00")


def environment(settings):
    """For the server and for rabbitmqctl: nothing outside RUN_DIR, nothing but loopback."""
    home, ports = folder(settings), settings.ports
    loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
    return {
        "HOME": home,  # the Erlang cookie is made there
        "ERL_EPMD_PORT": ports["EPMD_PORT"], "ERL_EPMD_ADDRESS": "127.0.0.1",
        # The same name for every stack: an own epmd keeps them apart, and data stay readable when
        # the ports of a stack change.
        "RABBITMQ_NODENAME": "bourse@localhost",
        "RABBITMQ_CONF_ENV_FILE": home / "rabbitmq-env.conf",
        "RABBITMQ_CONFIG_FILE": home / "rabbitmq.conf",
        "RABBITMQ_ADVANCED_CONFIG_FILE": home / "advanced.config",
        "RABBITMQ_ENABLED_PLUGINS_FILE": home / "enabled_plugins",
        "RABBITMQ_MNESIA_BASE": home / "data", "RABBITMQ_LOG_BASE": home / "log",
        "RABBITMQ_PID_FILE": home / "rabbitmq.pid",
        "RABBITMQ_GENERATED_CONFIG_DIR": home / "generated",
        "RABBITMQ_DIST_PORT": ports["RABBITMQ_DIST_PORT"],
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": loopback,
        "RABBITMQ_CTL_ERL_ARGS": loopback,
        # Schedulers bound to cores would wait for a core that the database is using.
        "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
        # The table of processes is filled with zeros at every start: a million are 16 MiB.
        "RABBITMQ_MAX_NUMBER_OF_PROCESSES": "65536",
        "LANG": "C.UTF-8",
    }

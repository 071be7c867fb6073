"""The private MariaDB: configuration, data folder, schema and users.

One server for all schemas, as the platform of the operator has it; each service has users of its
own that see its schema only. What a service may do with each table is said by its migrations, to
the role bourse_SERVICE_service, so that no SQL file names a user or a host.
"""

import os
import pwd
import shutil
import socket
import subprocess

from stack import layout, wait
from stack.settings import REPOSITORY, StackError, write_file


def folder(settings):
    return settings.run_dir / "mariadb"


def socket_file(settings):
    return folder(settings) / "mariadb.sock"


def account():
    """Whose processes these are, whatever $USER says: by the socket this name is MariaDB's root."""
    return pwd.getpwuid(os.geteuid()).pw_name


def configure(settings):
    common = (REPOSITORY / "deploy/mariadb/bourse.cnf").read_text()
    write_file(folder(settings) / "my.cnf", common + f"""
# ---- this machine only ----
[mariadbd]
user = {account()}
datadir = {folder(settings)}/data
tmpdir = {folder(settings)}/tmp
socket = {socket_file(settings)}
pid_file = {folder(settings)}/mariadbd.pid
bind_address = 127.0.0.1
port = {settings.ports['MARIADB_PORT']}
secure_file_priv = {folder(settings)}/tmp

# One machine without a replica: the redo log makes a commit durable, a binary log would only double
# the flushes. deploy/README.md says what to add for replicas and recovery to a point in time.
skip_log_bin

[client]
socket = {socket_file(settings)}
default_character_set = utf8mb4
""")
    (folder(settings) / "tmp").mkdir(exist_ok=True)


def has_data(settings):
    return (folder(settings) / "data").exists()


def create_data(settings):
    """The data folder appears whole or not at all."""
    data = folder(settings) / "data"
    if has_data(settings):
        return
    wait.say("creating the database files")
    half = folder(settings) / "data.new"
    shutil.rmtree(half, ignore_errors=True)
    log = settings.log("mariadb-install")
    with open(log, "w") as output:
        done = subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--user={account()}",
             f"--datadir={half}", "--auth-root-authentication-method=socket",
             f"--auth-root-socket-user={account()}", "--skip-test-db",
             "--skip-name-resolve"],
            stdout=output, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        shutil.rmtree(half, ignore_errors=True)
        raise StackError("the database files could not be created.", log)
    os.rename(half, data)


def answers(settings):
    # The first packet of the server begins with its length; an error packet (too many connections,
    # shutting down) has 0xff as the fifth byte and is a server that does not serve.
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(2)
        try:
            peer.connect(str(socket_file(settings)))
            packet = peer.recv(64)
        except OSError:
            return False
        return len(packet) > 5 and packet[4] == 10


def create_users(settings):
    """Idempotent: the passwords of .run/secrets are set again at every start."""
    def user(name):
        secret = layout.password(settings, f"mariadb_{name}")
        return (f"CREATE USER IF NOT EXISTS 'bourse_{name}'@'%' IDENTIFIED BY '{secret}';\n"
                f"ALTER USER 'bourse_{name}'@'%' IDENTIFIED BY '{secret}';\n")

    grants = (REPOSITORY / "deploy/mariadb/grants.sql").read_text()
    names = ("accounting", "accounting_migrate", "auth", "auth_migrate", "blockchain",
             "blockchain_migrate", "checker")
    sql = "".join(map(user, names)) + grants
    done = subprocess.run(client_command(settings), input=sql, capture_output=True, text=True)
    if done.returncode != 0:
        raise StackError(f"the database users could not be made: {done.stderr.strip()}",
                         settings.log("mariadb"))


def client_command(settings):
    return ["mariadb", f"--defaults-file={folder(settings)}/my.cnf", f"--user={account()}"]

"""The processes of a stack under supervisord, which starts again what dies.

Every program is `tools/stack/run RUN_DIR NAME [PROGRAM]`; that file has the commands.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

from stack import nodes, wait
from stack.settings import StackError, write_file

# name: (priority, seconds to stop in). Started in the order of priority, stopped in the reverse.
INFRASTRUCTURE = {"epmd": (10, 5), "logs": (10, 5), "mariadb": (20, 120), "rabbitmq": (20, 60)}
# Those of stack/nodes.py that are there. They start with the infrastructure.
NODES = {"litecoind": (20, 60), "anvil": (20, 20)}
SERVICES = {"signer": (30, 25), "accounting": (30, 25), "auth": (30, 25), "mail": (40, 25),
            "matching": (40, 25), "blockchain": (40, 25)}
# BOURSE_BIN may be of a version that had none of these.
YOUNG = ("signer", "blockchain")
# A service that is another role of a program.
BINARIES = {"mail": "auth"}
EDGE = {"nginx": (50, 10)}

HERE = Path(__file__).resolve().parent
RUN, PULSE = HERE / "run", HERE / "pulse"
START_SECONDS, STOP_SECONDS = 60, 240


def programs(settings):
    chains = {name: NODES[name] for name in nodes.available(settings)}
    return {**INFRASTRUCTURE, **chains, **services(settings), **EDGE}


def services(settings):
    if settings.infra_only:
        return {}
    return {name: row for name, row in SERVICES.items()
            if name not in YOUNG or (settings.binaries / f"bourse-{name}").exists()}


def folder(settings):
    return settings.run_dir / "supervisor"


def configure(settings):
    def literal(text):
        return str(text).replace("%", "%%")  # supervisord expands %(...)s

    def program(name, priority, stop_seconds):
        # startsecs 0: a process counts as started at once, so supervisord has no reason to give up;
        # the pause between two starts is in tools/stack/run.
        binary = f"bourse-{BINARIES.get(name, name)}"
        binary = f' "{literal(settings.binaries / binary)}"' if name in SERVICES else ""
        return f"""
[program:{name}]
command = "{literal(RUN)}" "{literal(settings.run_dir)}" {name}{binary}
priority = {priority}
autostart = {"true" if name in INFRASTRUCTURE or name in NODES else "false"}
autorestart = true
startsecs = 0
stopwaitsecs = {stop_seconds}
stopasgroup = true
killasgroup = true
stdout_logfile = {literal(settings.log(name))}.start
stdout_logfile_maxbytes = 1MB
stdout_logfile_backups = 0
redirect_stderr = true
"""

    folder_text = literal(folder(settings))
    write_file(folder(settings) / "supervisord.conf", f"""\
[supervisord]
logfile = {literal(settings.log("supervisord"))}
logfile_maxbytes = 10MB
logfile_backups = 1
pidfile = {literal(pid_file(settings, "supervisord"))}
childlogdir = {folder_text}
directory = {literal(settings.run_dir)}
strip_ansi = true
minfds = 1024

[unix_http_server]
file = {folder_text}/supervisor.sock
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://{folder_text}/supervisor.sock

[program:pulse]
command = "{literal(PULSE)}"
priority = 1
startsecs = 0
stdout_logfile = NONE
redirect_stderr = true
""" + "".join(program(name, *row) for name, row in programs(settings).items()))


# ---- processes ----

def pid_file(settings, name):
    return settings.run_dir / "pids" / f"{name}.pid"


def pid_of(settings, name):
    """The living process that the pid file names and that is ours; None without one."""
    try:
        pid = int(pid_file(settings, name).read_text())
    except (OSError, ValueError):
        return None
    return pid if is_ours(settings, pid) else None


def is_ours(settings, pid):
    # After a crash of the machine the number may belong to anybody. Ours work below RUN_DIR.
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
        return state != "Z" and Path(os.readlink(f"/proc/{pid}/cwd")).is_relative_to(
            settings.run_dir)
    except PermissionError:
        # The signer is closed even to its own user. It is known by who started it, or, left behind, by its name.
        return is_ours(settings, int(parent)) if parent != "1" else name_of(pid) == "bourse-signer"
    except OSError:
        return False


def name_of(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def is_running(settings):
    return pid_of(settings, "supervisord") is not None


def control(settings, *arguments):
    return subprocess.run(
        ["supervisorctl", "-c", folder(settings) / "supervisord.conf", *arguments],
        capture_output=True, text=True)


def start(settings):
    """Starts supervisord, and with it MariaDB and RabbitMQ."""
    log = settings.log("supervisord")
    with open(log, "a") as output:
        done = subprocess.run(
            ["supervisord", "-c", folder(settings) / "supervisord.conf"],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            cwd=settings.run_dir, start_new_session=True)
    if done.returncode != 0:
        raise StackError("supervisord did not start.", log)
    wait.until(lambda: is_running(settings), "supervisord", START_SECONDS, log)


def start_rest(settings):
    """What does not start with supervisord itself: it waits for the database to be prepared."""
    names = [name for name in programs(settings) if name not in INFRASTRUCTURE and name not in NODES]
    done = control(settings, "start", *names)
    if done.returncode != 0 and "already started" not in done.stdout:
        raise StackError(f"{' '.join(names)}: {done.stdout.strip()} {done.stderr.strip()}",
                         settings.log("supervisord"))


def stop(settings):
    """Stops everything, in order; what a killed supervisord left behind as well. True when anything ran."""
    supervisord = pid_of(settings, "supervisord")
    stopped = supervisord is not None
    if supervisord:  # it stops the others in the reverse order of their priorities
        end(settings, supervisord, signal.SIGTERM, STOP_SECONDS)
    for name in known_names(settings):
        pid = pid_of(settings, name)
        if pid:
            wait.say(f"stopping {name}, which supervisord left behind")
            end(settings, pid, signal.SIGTERM, 60) or end(settings, pid, signal.SIGKILL, 10)
            stopped = True
        pid_file(settings, name).unlink(missing_ok=True)
    return stopped


def kill(settings):
    """Ends everything at once, supervisord first: for data that nobody wants any more."""
    for name in known_names(settings):
        pid = pid_of(settings, name)
        if pid:
            os.killpg(pid, signal.SIGKILL)  # nginx's workers would survive their master
            end(settings, pid, signal.SIGKILL, 10)


def known_names(settings):
    """Every name with a pid file: supervisord, then the others in the order of stopping."""
    rows = {**INFRASTRUCTURE, **NODES, **SERVICES, **EDGE}
    return sorted((path.stem for path in (settings.run_dir / "pids").glob("*.pid")),
                  key=lambda name: -rows[name][0] if name in rows else -100)


def end(settings, pid, number, seconds):
    """Sends the signal and waits; true when the process is gone."""
    deadline = time.monotonic() + seconds
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return True
    while is_ours(settings, pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True

"""`make down`, `make reset`, `make status`."""

import os
import shutil

from stack import supervisor, up
from stack.lock import locked
from stack.settings import Settings, StackError


def down():
    settings = existing()
    with locked(settings):
        stopped = supervisor.stop(settings)
    print(f"Stopped. The data stay in {settings.run_dir}; `make up` goes on with them." if stopped
          else f"Nothing was running below {settings.run_dir}.")


def reset():
    settings = existing()
    with locked(settings):
        supervisor.kill(settings)
        shutil.rmtree(settings.run_dir)
    print(f"Stopped and forgotten: {settings.run_dir} is gone.")


def status():
    """Prints the processes; true when all of them run and the edge answers."""
    settings = existing()
    complete = True
    for name in ("supervisord", *supervisor.programs(settings)):
        pid = supervisor.pid_of(settings, name)
        complete = complete and pid is not None
        print(f"  {name:<12} {process_line(pid) if pid else 'not running'}")
    ready = up.edge_is_ready(settings)
    print(f"  {settings.url} {'is ready' if ready else 'does not answer'}")
    return complete and ready


def process_line(pid):
    try:
        pages = int(open(f"/proc/{pid}/statm").read().split()[1])
        ticks = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[19])
        boot_seconds = float(open("/proc/uptime").read().split()[0])
    except OSError:
        return "has just ended"
    seconds = int(boot_seconds - ticks / os.sysconf("SC_CLK_TCK"))
    megabytes = pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    return (f"pid {pid:<8} {megabytes:7.1f} MB   "
            f"up {seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}")


def existing():
    settings = Settings()
    if not settings.exists:
        raise StackError(f"there is no stack in {settings.run_dir}: `make up` makes one.")
    return settings

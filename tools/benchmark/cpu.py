"""CPU time of processes and threads from /proc, as differences between two moments."""

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count()


def children_of(pid):
    """The process and all below it."""
    found = [pid]
    for parent in found:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                found.extend(map(int, (task / "children").read_text().split()))
        except OSError:
            continue
    return found


def _task_seconds(task):
    """Time on a processor, to the nanosecond; user and system time come in ticks of 10 ms."""
    try:
        return int((task / "schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _tasks(pid):
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def process_seconds(pid):
    return sum(_task_seconds(task) for one in children_of(pid) for task in _tasks(one))


def thread_seconds(pid):
    """{name of the thread: seconds}; threads of one name are added up."""
    seconds = {}
    for task in _tasks(pid):
        try:
            name = (task / "comm").read_text().strip()
        except OSError:
            continue
        seconds[name] = seconds.get(name, 0) + _task_seconds(task)
    return seconds


def machine_seconds():
    """Busy time of the whole machine, without interrupts, which belong to nobody."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split()[1:4])
    return (user + nice + system) / TICKS


def memory(pid):
    """(VmRSS, Pss) in MiB."""
    rss = pss = 0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            rss = int(line.split()[1])
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            pss = int(line.split()[1])
    return rss / 1024, pss / 1024


class Meter:
    """What processes {name: pid} spent between start() and stop(), and everybody else."""

    def __init__(self, processes, threads_of=None):
        self.processes, self.threads_of = processes, threads_of

    def _read(self):
        ours = {name: process_seconds(pid) for name, pid in self.processes.items()}
        threads = thread_seconds(self.processes[self.threads_of]) if self.threads_of else {}
        return time.monotonic(), machine_seconds(), process_seconds(os.getpid()), ours, threads

    def start(self):
        self.begin = self._read()

    def stop(self):
        then, now = self.begin, self._read()
        self.seconds = now[0] - then[0]
        self.spent = {name: now[3][name] - then[3].get(name, 0) for name in now[3]}
        self.threads = {name: spent - then[4].get(name, 0) for name, spent in now[4].items()}
        # What hangs below ourselves (the load generator) may be in `processes` as well.
        own = set(children_of(os.getpid()))
        ours = sum(spent for name, spent in self.spent.items() if self.processes[name] not in own)
        mine = now[2] - then[2]
        busy = now[1] - then[1]
        self.busy = busy / self.seconds / PROCESSORS
        self.foreign = max(0.0, (busy - ours - mine) / self.seconds / PROCESSORS)

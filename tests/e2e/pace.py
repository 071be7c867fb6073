"""How slow the machine is just now. The times in the tests are meant for two quiet cores; where
other programs keep the processors, they have to be stretched by as much, and by no more.

    pace = Pace()                # measures in the background, with half of one core
    ...
    assert took < 10 * pace.end()

The measure is a fixed piece of work in a process of its own, so it knows nothing of ours: a recovery
that waits too long, or computes too much, on an idle machine has no excuse.
"""

import statistics
import subprocess
import sys
import threading

JOB = """
import hashlib, time
began, block, job = time.monotonic(), bytes(1 << 20), hashlib.blake2b()
for _ in range(150):
    job.update(block)
print(time.monotonic() - began)
"""
JOB_QUIET_S = 0.18  # on the machine of deploy/docs/benchmarks.md, alone
STRETCH_MAX = 5  # beyond it nothing can be said


class Pace:
    def __init__(self, begin_after=0.0):
        """Begins by itself, after some seconds: what is fast anyway is not disturbed."""
        self.ending, self.stretches = threading.Event(), []
        self.thread = threading.Thread(target=self.run, args=(begin_after,), daemon=True)
        self.thread.start()

    def run(self, begin_after):
        pause = begin_after
        while not self.ending.wait(pause):
            done = subprocess.run([sys.executable, "-c", JOB], capture_output=True, text=True,
                                  check=True)
            seconds = float(done.stdout)
            self.stretches.append(seconds / JOB_QUIET_S)
            pause = seconds

    def end(self):
        """By how much times are to be stretched: 1 or more."""
        self.ending.set()
        self.thread.join()
        middle = statistics.median(self.stretches) if self.stretches else 1
        return min(max(middle, 1), STRETCH_MAX)

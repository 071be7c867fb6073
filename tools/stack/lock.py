"""One `make up`, `make down` or `make reset` at a time for one RUN_DIR."""

import contextlib
import fcntl
import os

from stack.settings import StackError


@contextlib.contextmanager
def locked(settings):
    """Takes the folder itself; makes it when it is not there, refuses one with foreign files."""
    run_dir = settings.run_dir
    run_dir.mkdir(parents=True, exist_ok=True)
    if not settings.exists and any(run_dir.iterdir()):
        raise StackError(f"{run_dir} holds files that are not of a stack: choose another RUN_DIR.")
    descriptor = os.open(run_dir, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise StackError(f"another make up, down or reset is at work on {run_dir}.") from None
    finally:
        os.close(descriptor)

"""What every command of tools/ that touches the stack shares: errors are sentences."""

import sys

from stack.settings import StackError

LOG_LINES = 15


def run(command, function, *arguments):
    """Calls the function; a StackError becomes a message, with the end of the log that helps."""
    try:
        return function(*arguments)
    except StackError as error:
        print(f"\n{command}: {error}", file=sys.stderr)
        if error.log and error.log.exists():
            lines = error.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
            print(f"Last lines of {error.log}:", *lines, sep="\n  ", file=sys.stderr)
        sys.exit(1)
    except OSError as error:  # no permission, no space, a missing program
        print(f"\n{command}: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"\n{command}: interrupted", file=sys.stderr)
        sys.exit(130)

"""Where the stack is that is to be checked: the files that `make up` leaves in RUN_DIR."""

import json
import os
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent


class StackMissing(Exception):
    """There is no stack to check."""


def read_env(path):
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, value in pairs if not name.startswith("#")}


class Stack:
    def __init__(self):
        self.run_dir = Path(os.environ.get("RUN_DIR") or REPOSITORY / ".run")
        if not (self.run_dir / "stack.env").exists():
            raise StackMissing(f"no stack below {self.run_dir}: run `make up`, or set RUN_DIR")

    def checker_env(self):
        return read_env(self.run_dir / "env" / "checker.env")

    def credentials(self):
        return json.loads((self.run_dir / "credentials.json").read_text())

    def api_url(self):
        return self.credentials()["url"] + "/api/v2/peatio"

    def token(self, uid):
        return subprocess.run([REPOSITORY / "tools" / "token", uid], check=True, text=True,
                              capture_output=True,
                              env={**os.environ, "RUN_DIR": str(self.run_dir)}).stdout.strip()

    def tokens(self, connection):
        """(member id, token) of the seeded traders."""
        for trader in self.credentials()["traders"]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM members WHERE uid = %s", (trader["uid"],))
                row = cursor.fetchone()
            if row:
                yield row[0], self.token(trader["uid"])

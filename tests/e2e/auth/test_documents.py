"""The commands of the documents work: each page's shell blocks run in one shell, in their order."""

import os
import re
import subprocess

import pytest

from world import REPOSITORY, WORLD

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.S | re.M)


@pytest.mark.parametrize("name", ["front-end.md", "operations-auth.md", "oauth.md",
                                  "factors.md"])
def test_commands_of_the_page_work(stack, name):
    blocks = BLOCK.findall((REPOSITORY / "deploy/docs" / name).read_text())
    assert blocks
    done = subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + "\n".join(blocks)], cwd=REPOSITORY, text=True,
        capture_output=True, timeout=600, stdin=subprocess.DEVNULL,
        env={**os.environ, **WORLD.environment, "URL": f"http://127.0.0.1:{WORLD.edge_port}",
             "BIN": str(WORLD.binaries)})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

"""command.py up [--infra] | down | reset | status: behind the scripts of these names in tools/."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True

from stack import cli, down, up  # noqa: E402  (after the path is set)
from stack.settings import Settings, StackError  # noqa: E402


def main(name, *options):
    settings = Settings()
    if settings.in_containers:
        raise StackError(f"{settings.run_dir} has the keys of docker-compose.yml: "
                         "docker-compose starts and stops that stack.")
    if name == "up":
        up.main(infra_only="--infra" in options)
    elif name == "status":
        sys.exit(0 if down.status() else 3)
    else:
        {"down": down.down, "reset": down.reset}[name]()


if __name__ == "__main__":
    cli.run(f"tools/{sys.argv[1]}", main, *sys.argv[1:])

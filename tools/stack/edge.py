"""nginx at the edge, from deploy/nginx/edge.conf.template, which the containers use too."""

import os
import re
import stat
import subprocess

from stack import layout
from stack.settings import EDGE_CHOICES, REPOSITORY, StackError


def folder(settings):
    return settings.run_dir / "nginx"


def upstream(settings, service):
    """The Unix socket of a service, which spares the kernel the loopback's TCP; by TCP where the worker,
    as nobody, can't reach it (a RUN_DIR below a private home)."""
    path = layout.api_socket(settings, service)
    others_may_enter = all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)
    if (others_may_enter or os.geteuid() != 0) and re.fullmatch(r"[\w./+-]+", str(path)):
        return f"unix:{path}"
    return f"127.0.0.1:{settings.ports[f'{service.upper()}_PORT']}"


def configure(settings):
    values = {
        "EDGE_LISTEN": f"127.0.0.1:{settings.edge_port}",
        "EDGE_ACCOUNTING": upstream(settings, "accounting"),
        "EDGE_AUTH": upstream(settings, "auth"),
        "EDGE_BLOCKCHAIN": f"127.0.0.1:{settings.ports['BLOCKCHAIN_PORT']}",
        "EDGE_OUTBOX": f"127.0.0.1:{settings.ports['MAIL_PORT']}",
        "EDGE_PREFIX": str(folder(settings)),
        # The worker touches no files: bodies and answers stay in memory (see the template).
        "EDGE_USER": "nobody nogroup" if os.geteuid() == 0 else "",
        **{name: settings.choices[name] for name in EDGE_CHOICES if settings.choices[name]},
    }
    target = folder(settings) / "nginx.conf"
    done = subprocess.run([REPOSITORY / "deploy/nginx/render", target], text=True,
                          env={**os.environ, **values}, capture_output=True)
    if done.returncode != 0:
        raise StackError(f"nginx's configuration could not be written: {done.stderr.strip()}")
    done = subprocess.run(["nginx", "-t", "-q", "-p", f"{folder(settings)}/", "-e", "stderr",
                           "-c", target], text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError(f"nginx refuses its configuration: {done.stderr.strip()}")

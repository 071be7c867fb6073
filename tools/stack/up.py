"""`make up`: from nothing, or from what `make down` left, to a stack that takes orders.

Every step can be repeated. When one fails, what was started is stopped again, so that the next
`make up` begins from a clean state with the same data.
"""

import os
import shutil
import signal
import subprocess
import sys
import time

from stack import chains, credentials, edge, layout, mariadb, nodes, rabbitmq, supervisor, wait
from stack.lock import locked
from stack.settings import (PORTS, REPOSITORY, SERVICE_PORTS, Settings, StackError, read_env_file,
                            write_env_file)

READY_PATH = "/api/v2/peatio/public/health/ready"
RECOVERING_SECONDS = 10
START_SECONDS = 240  # where other programs run as well; it takes ten by itself
RESTARTS_MAX = 3
# Megabytes: the redo log of a new database is 512; below 50 RabbitMQ takes no message.
FREE_NEW, FREE_AGAIN = 800, 150
# service: its seeds
SEEDS = {"accounting": "deploy/seed", "auth": "deploy/seed/auth", "blockchain": None}


def main(infra_only):
    begin = time.monotonic()
    settings = Settings()
    with locked(settings):
        if supervisor.is_running(settings) and settings.changed:
            raise StackError("the stack runs with other settings (" + ", ".join(settings.changed)
                             + "): `make down` first.")
        if supervisor.is_running(settings) and is_ready_soon(settings, infra_only):
            print(f"Bourse is already running at {settings.url}. `make down` stops it.")
            return
        supervisor.stop(settings)
        settings.infra_only = infra_only
        check_ports(settings)
        check_space(settings)
        settings.remember()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            start(settings)
        except BaseException:
            # KeyboardInterrupt too: nothing stays behind half-started.
            supervisor.stop(settings)
            raise
    if infra_only:
        print(f"MariaDB, RabbitMQ and nginx run below {settings.run_dir}.")
    else:
        tell(settings, time.monotonic() - begin)


def is_ready_soon(settings, infra_only):
    """A running stack that is just recovering deserves some seconds before it is restarted."""
    started = all(supervisor.pid_of(settings, name) for name in supervisor.programs(settings))
    if settings.infra_only != infra_only or not started:
        return False
    deadline = time.monotonic() + RECOVERING_SECONDS
    while not edge_is_ready(settings):
        if time.monotonic() > deadline:
            wait.say("the running stack does not get ready: restarting it")
            return False
        time.sleep(0.2)
    return True


def edge_is_ready(settings):
    return wait.http_status(settings.edge_port, "/" if settings.infra_only else READY_PATH) == 200


def check_ports(settings):
    taken = [f"port {settings.ports[name]} ({who}, PORT_BASE+{offset}) is taken: "
             "choose another PORT_BASE, for example `make up PORT_BASE=19000`"
             for name, (offset, who) in PORTS.items()
             if not (settings.infra_only and name in SERVICE_PORTS)  # a test may stand in for them
             and not wait.port_is_free(settings.ports[name])]
    if not wait.port_is_free(settings.edge_port):
        taken.append(f"port {settings.edge_port} (the edge) is taken: choose another EDGE_PORT, "
                     f"for example `make up EDGE_PORT={settings.edge_port + 10}`")
    if taken:
        raise StackError("another program listens where the stack wants to:\n  "
                         + "\n  ".join(taken))


def check_space(settings):
    free = shutil.disk_usage(settings.run_dir).free >> 20
    new = not mariadb.has_data(settings)
    wanted = FREE_NEW if new else FREE_AGAIN
    if free < wanted:
        raise StackError(f"the disk of {settings.run_dir} has {free} MB free, and "
                         f"{'a new stack' if new else 'this stack'} wants {wanted}: make room there"
                         f"{', or choose another RUN_DIR' if new else ''}.")


def start(settings):
    layout.make(settings)
    nodes.fetch(settings)
    if settings.builds and not settings.infra_only:
        build(settings)
    mariadb.configure(settings)
    rabbitmq.configure(settings)
    write_infrastructure_environments(settings)
    nodes.configure(settings)
    edge.configure(settings)
    supervisor.configure(settings)
    mariadb.create_data(settings)

    # The broker needs some seconds: the database is prepared in the meantime.
    supervisor.start(settings)
    wait_for(settings, "mariadb", lambda: mariadb.answers(settings))
    mariadb.create_users(settings)
    credentials.write(settings)
    if not settings.infra_only:
        for service, seeds in SEEDS.items():
            if service in supervisor.services(settings):
                run_service(settings, service, "migrate", "--migrate")
                if seeds:
                    run_service(settings, service, "seed", "--seed", REPOSITORY / seeds)
    for name in nodes.available(settings):
        key = nodes.CHAINS[name]
        wait_for(settings, name, nodes.of(settings)[key].answers)
        nodes.prepare(settings, key)
    wait_for(settings, "rabbitmq", lambda: rabbitmq.greets(settings.ports["AMQP_PORT"]))

    supervisor.start_rest(settings)
    if not settings.infra_only:
        for name in supervisor.services(settings):
            wait_for(settings, name, lambda name=name: service_is_ready(settings, name))
    wait_for(settings, "nginx", lambda: edge_is_ready(settings))
    if set(supervisor.YOUNG) <= set(supervisor.services(settings)):
        chains.connect(settings)


def build(settings):
    log = settings.log("build")
    wait.say("building" if settings.binaries.exists() else f"building, which takes some minutes (see {log})")
    # Without the flags of the make that called us: its job server is not ours.
    environment = {key: value for key, value in os.environ.items() if key != "MAKEFLAGS"}
    with open(log, "w") as output:
        done = subprocess.run(["make", "-C", REPOSITORY, "-j2", "--no-print-directory", "services"],
                              env=environment, stdout=output, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise StackError("the build failed.", log)


def write_infrastructure_environments(settings):
    environment = rabbitmq.environment(settings)
    for name in ("rabbitmq", "epmd"):
        write_env_file(settings.run_dir / "env" / f"{name}.env", environment)


def service_is_ready(settings, name):
    return wait.http_status(settings.ports[f"{name.upper()}_OPS_PORT"], "/ready") == 200


def run_service(settings, service, what, *arguments):
    """A one-shot of a service's program: migrations, seeds."""
    log = settings.log(f"{what}-{service}")
    environment = {**os.environ, **read_env_file(settings.run_dir / "env" / f"{service}.env")}
    wait.say({"migrate": "migrating the schema", "seed": "seeding"}[what] + f" ({service})")
    with open(log, "w") as output:
        done = subprocess.run([settings.binaries / f"bourse-{service}", *map(str, arguments)],
                              env=environment, cwd=settings.run_dir, stdin=subprocess.DEVNULL,
                              stdout=output, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise StackError(f"bourse-{service} {arguments[0]} failed ({done.returncode}).", log)


def wait_for(settings, name, is_there):
    """Waits for one program; a program that dies again and again is not waited for."""
    seen = set()

    def still_possible():
        pid = supervisor.pid_of(settings, name)
        if pid:
            seen.add(pid)
        if len(seen) > RESTARTS_MAX:
            raise StackError(f"{name} does not stay up.", settings.log(name))
        if not supervisor.is_running(settings):
            raise StackError("supervisord has ended.", settings.log("supervisord"))

    wait.until(is_there, name, START_SECONDS, settings.log(name), still_possible)


def tell(settings, seconds):
    admin = credentials.seeded_members()[0]
    trader = credentials.seeded_members()[1]
    print(f"""
Bourse is ready at {settings.url} after {seconds:.0f} s.

  people        {settings.run_dir}/credentials.json (administrator {admin["uid"]})
  a token       tools/token {trader["uid"]}
  first look    curl {settings.url}/api/v2/peatio/public/markets
  bots          make demo
  what runs     make status, make logs
  stop          make down (the data stay), make reset (forgets them)
""")



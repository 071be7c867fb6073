"""The parts of the measurement, in the order in which they run. Each takes the Bench, measures, and
notes its results; report.py makes rows of them."""

import math
import re
import statistics
import urllib.request

from benchmark import cpu
from benchmark.run import MEMBERS, PROTOTYPE_EDGE_PORT, PROTOTYPE_PORT, TRIVIAL_PORT, medians, pairs, say

CONNECTIONS = (1, 64, 128, 256, 1000)
COMPARED = 64  # connections of what is compared
PACED_RATE = 1000  # requests a second of a machine that is not full
READS = {
    "depth": "/api/v2/public/markets/btcusd/depth",
    "balances": "/api/v2/account/balances",
    "open orders": "/api/v2/market/orders?state=wait&limit=25",
}


def engine(bench):
    say("the engine beside a bare book")
    meter = cpu.Meter({})
    meter.start()
    text = bench.output("engine", 1 if bench.quick else 3)
    meter.stop()
    rows, workload = {}, None
    for line in text.splitlines():
        if line.startswith("workload"):
            workload = line.split()[1].rstrip(":")
        numbers = re.fullmatch(r"\s+(\S.*?\S)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", line)
        if workload and numbers:
            rows.setdefault(workload, []).append([int(n) for n in numbers.groups()[1:]])
    bench.results["engine"] = rows
    bench.foreign["engine"] = meter.foreign


def bus(bench):
    bench.up()
    say("commands on the bus")
    runs = {1: [], 64: []}
    for _ in range(bench.rounds):
        meter = cpu.Meter(bench.processes())
        meter.start()
        text = bench.output("bus", 1 if bench.quick else 2, environment=bench.environment())
        meter.stop()
        for line in text.splitlines():
            run = pairs(line)
            runs[int(run["commands"])].append({**run, "foreign": meter.foreign})
    bench.results["bus"] = {commands: medians(many) for commands, many in runs.items()}


def reads(bench):
    bench.up()
    say("reads beside a trivial server")
    bench.load(bench.edge_port, 64, mode="mix", seconds=2)  # something to read
    bench.drain()
    trivial_port = bench.port_base + TRIVIAL_PORT
    runs = {name: [] for name in ("trivial", *READS, "depth by the edge")}
    process = bench.start("trivial", trivial_port)
    wait_for_port(trivial_port)
    for _ in range(bench.rounds):
        runs["trivial"].append(read(bench, trivial_port, READS["depth"]))
        for name, path in READS.items():
            runs[name].append(read(bench, bench.accounting_port, path))
        runs["depth by the edge"].append(
            read(bench, bench.edge_port, READS["depth"].replace("/v2/", "/v2/peatio/")))
    bench.stop(process)
    bench.results["reads"] = {name: medians(many) for name, many in runs.items()}


def read(bench, port, path):
    return bench.load(port, 64, mode="get", path=path, seconds=min(bench.seconds, 3),
                      processes=bench.processes())


def lone(bench):
    bench.up()
    say("one order at a time")
    runs = []
    for _ in range(bench.rounds):
        runs.append(bench.load(bench.edge_port, 1, watch=True, pause=20,
                               processes=bench.processes()))
        bench.drain()
    bench.results["lone"] = medians(runs)


def load(bench):
    """End to end, in turns: each round has every count of connections and, at 64 of them and next to
    each other, what they are compared with. A change of the machine meets them all. What is compared
    comes before the many: a thousand idle connections stay for some seconds, and cost."""
    bench.up()
    runs = {connections: [] for connections in CONNECTIONS}
    for at in range(bench.rounds):
        for connections in CONNECTIONS:
            say(f"end to end, {connections} connections, run {at + 1} of {bench.rounds}")
            runs[connections].append(orders(bench, connections))
            if connections == COMPARED and "prototype" in bench.chosen:
                prototype_run(bench)
            if connections == COMPARED and "single" in bench.chosen:
                single_run(bench)
    bench.results["load"] = {connections: medians(many) for connections, many in runs.items()}
    bench.results["load_meter"] = runs[COMPARED][-1]
    bench.results["load_runs"] = runs


def orders(bench, connections):
    run = bench.load(bench.edge_port, connections, count=bench.settled, watch=True,
                     processes=bench.processes())
    run["drain"] = bench.drain()
    return run


def prototype_run(bench):
    """The chain behind the same edge as the service; and once more without it, to be shown."""
    port, edge_port = bench.port_base + PROTOTYPE_PORT, bench.port_base + PROTOTYPE_EDGE_PORT
    runs = bench.results.setdefault("prototype_runs", [])
    direct = bench.results.setdefault("prototype_direct_runs", [])
    say(f"the prototype chain, run {len(runs) + 1} of {bench.rounds}")
    process = bench.start("prototype", port, bench.api_socket("prototype"), MEMBERS,
                          environment=bench.environment())
    wait_for_port(port)
    edge = bench.start_edge(edge_port, bench.api_socket("prototype"))
    wait_for_port(edge_port)

    def settled():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/settled", timeout=10) as answer:
            return int(answer.read())

    processes = {**bench.processes(), "prototype": process.pid}
    direct.append(bench.load(port, COMPARED, count=settled, processes=processes))
    processes["nginx"] = edge.pid
    runs.append(bench.load(edge_port, COMPARED, count=settled, processes=processes))
    bench.stop(edge)
    bench.stop(process)


def prototype(bench):
    """The rounds that `load` has not run."""
    bench.up()
    while len(bench.results.get("prototype_runs", [])) < bench.rounds:
        prototype_run(bench)
    bench.results["prototype"] = medians(bench.results["prototype_runs"])
    bench.results["prototype_direct"] = medians(bench.results["prototype_direct_runs"])


def wait_for_port(port):
    from stack import wait
    wait.until(lambda: wait.greets(("127.0.0.1", port)), f"port {port}", 20)


def single_run(bench):
    """One transaction an order, one a result, one for their events: the same code with its batches
    off."""
    runs = bench.results.setdefault("single_runs", [])
    bench.drain()
    bench.configure("accounting", ACCEPT_BATCH_MAX=1, SETTLE_BATCH_MAX=1, EVENT_BATCH_MAX=1)
    say(f"one transaction an order, run {len(runs) + 1} of {bench.rounds}")
    runs.append(orders(bench, COMPARED))
    bench.configure("accounting")


def single(bench):
    """The rounds that `load` has not run."""
    bench.up()
    while len(bench.results.get("single_runs", [])) < bench.rounds:
        single_run(bench)
    bench.results["single"] = medians(bench.results["single_runs"])
    bench.results["single_meter"] = bench.results["single_runs"][-1]


def memory_idle(bench):
    bench.up()
    bench.results["memory_idle"] = memory_of(bench)


def memory_of(bench):
    return {name: cpu.memory(sorted(cpu.children_of(pid))[-1] if name == "nginx" else pid)
            for name, pid in bench.processes().items()}


def memory(bench):
    bench.up()
    bench.results["memory"] = memory_of(bench)


def stages(bench):
    bench.up()
    say("the stages alone")
    environment = {**bench.environment(), "DB_NAME": "bench_stages"}
    text = bench.output("stages", bench.run_dir / "bench-seed", 1 if bench.quick else 2,
                        environment=environment)
    bench.results["stages"] = [pairs(line) for line in text.splitlines()]


def authz(bench):
    """What the edge's question costs: authz alone beside one sign-in after the other, and an authorised
    read through the edge beside the same through an edge that does not ask. Sessions by cookie."""
    bench.up()
    path, question = "/api/v2/peatio/account/balances", "/api/v2/auth/api/v2/peatio/account/balances"
    cookies = {"mode": "get", "cookie": "_barong_session", "people": bench.make_sessions()}
    tokens = {"mode": "get", "path": path}
    silent_port = bench.port_base + PROTOTYPE_EDGE_PORT
    edge = bench.start_edge(silent_port, bench.api_socket("accounting"), asks=False)
    wait_for_port(silent_port)
    runs = {name: [] for name in ("alone", "asked", "silent", "asked paced", "silent paced")}
    sign_ins = []
    for at in range(bench.rounds):
        say(f"authz, run {at + 1} of {bench.rounds}")
        sign_ins.append(bench.sign_ins_per_second())
        runs["alone"].append(bench.load(bench.auth_port, 64, path=question, **cookies))
        for name, port, more in (("asked", bench.edge_port, {**cookies, "path": path}),
                                 ("silent", silent_port, tokens)):
            runs[name].append(bench.load(port, 64, **more))
            runs[f"{name} paced"].append(bench.load(port, 64, rate=PACED_RATE, **more))
    bench.stop(edge)
    bench.results["authz"] = {name: medians(many) for name, many in runs.items()}
    bench.results["sign_ins"] = statistics.median(sign_ins)


def guesses(bench):
    """What the time of an answer tells of who has an account (to reach: nothing): pairs of requests for
    an account that there is and for one that there is not, compared by Welch's t-test."""
    bench.up()
    bench.configure("auth", LIMIT_SIGN_IN_ACCOUNT=1000000, LIMIT_SIGN_IN_ADDRESS=1000000,
                    LIMIT_MAIL_ADDRESS=1000000, LIMIT_MAIL_ACCOUNT=1)
    known, unknown = bench.traders()[0]["email"], "nobody@example.com"
    pairs_count = 150 if bench.quick else 1000
    results = bench.results["guesses"] = {}
    for name, path, more in (("sign-in", "sessions", {"password": "wrong"}),
                             ("reset", "users/password/generate_code", {}),
                             ("confirmation", "users/email/generate_code", {})):
        say(f"guesses, {name}")
        times = bench.take_turns(f"/api/v2/identity/{path}", pairs_count + 20,
                                 {"email": known, **more}, {"email": unknown, **more})
        results[name] = (pairs_count, *compare(*(one[20:] for one in times)))
    bench.configure("auth")


def compare(first, second):
    """The means of both, and the absolute t of Welch's test, without the tenth that waited for something
    else."""
    first, second = (sorted(times)[:len(times) * 9 // 10] for times in (first, second))
    spread = (statistics.variance(first) / len(first) + statistics.variance(second) / len(second))
    means = statistics.fmean(first), statistics.fmean(second)
    return (*means, abs(means[0] - means[1]) / math.sqrt(spread))


def chain(bench):
    """Keys, addresses and blocks, without a node: what we add to its time."""
    say("addresses, signatures, a block of 2,000 transactions")
    runs = []
    for _ in range(bench.rounds):
        meter = cpu.Meter({})
        meter.start()
        text = bench.output("chain", 1 if bench.quick else 2)
        meter.stop()
        runs.append({f"{line.split()[0]} {name}": value for line in text.splitlines()
                     for name, value in pairs(line).items()} | {"foreign": meter.foreign})
    bench.results["chain"] = medians(runs)


PARTS = {"engine": engine, "chain": chain, "idle": memory_idle, "bus": bus, "reads": reads, "lone": lone,
         "load": load, "prototype": prototype, "memory": memory, "single": single,
         "authz": authz, "guesses": guesses,
         "stages": stages}

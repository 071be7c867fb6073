"""The table: what, measured, reference, ratio, figure to reach, met or not."""

import os
import platform
import statistics
from pathlib import Path

SERVICES = ("accounting", "matching", "auth", "mail")
HEAD = ("what", "measured", "reference", "ratio", "to reach", "met")


def machine():
    model = next((line.partition(":")[2].strip() for line in
                  Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
                 platform.machine())
    print(f"{os.cpu_count()} processors ({model}), Linux {platform.release()}, load "
          f"{os.getloadavg()[0]:.1f}", flush=True)


def thousands(number):
    return f"{number:,.0f}"


def ms(us):
    return f"{us / 1000:.1f} ms" if us < 100000 else f"{us / 1000:.0f} ms"


def mib(number):
    return f"{number:.1f} MiB"


def verdict(is_met):
    return "yes" if is_met else "NO"


def row(what, measured, reference="", ratio=None, figure="", is_met=None, foreign=None):
    return (what + (f" (others: {foreign:.0%})" if foreign is not None and foreign >= 0.03 else ""),
            measured, reference, f"{ratio:.2f}" if ratio is not None else "", figure,
            verdict(is_met) if is_met is not None else "")


def engine_rows(results, foreign):
    for name, (ours, plain) in results.get("engine", {}).items():
        ratio = ours[0] / plain[0]
        yield row(f"engine alone, workload {name}, commands/s", thousands(ours[0]),
                  f"bare book {thousands(plain[0])}", ratio, ">= 0.50" if name == "A" else "",
                  ratio >= 0.5 if name == "A" else None, foreign.get("engine"))
        yield row("  p50 / p99 / p99.9", f"{ours[1]} / {ours[2]} / {ours[3]} ns",
                  f"{plain[1]} / {plain[2]} / {plain[3]} ns", None,
                  "p99 < 1000 ns" if name == "A" else "", ours[2] < 1000 if name == "A" else None)


def bus_rows(results):
    for commands, run in results.get("bus", {}).items():
        yield row(f"bus, {commands} command{'s' * (commands > 1)} a message, messages/s",
                  thousands(run["published"]),
                  f"{thousands(run['published'] * commands)} commands/s", foreign=run["foreign"])


def rounds_ratio(results, name, base, other):
    """The median of the ratios of each round: both ran next to each other."""
    ours, theirs = results.get("load_runs", {}).get(64, []), results.get(name, [])
    if ours and len(ours) == len(theirs):
        return statistics.median(a["counted"] / b["counted"] for a, b in zip(ours, theirs))
    return base["counted"] / other["counted"]


def load_rows(results):
    runs = results.get("load")
    if not runs:
        return
    single, prototype = results.get("single"), results.get("prototype")
    base = runs[64]
    if single:
        ratio = rounds_ratio(results, "single_runs", base, single)
        yield row("end to end, 64 connections, orders settled/s", thousands(base["counted"]),
                  f"one transaction an order {thousands(single['counted'])}", ratio, ">= 10",
                  ratio >= 10, base["foreign"])
    if prototype:
        ratio = rounds_ratio(results, "prototype_runs", base, prototype)
        yield row("  the same", thousands(base["counted"]),
                  f"prototype chain behind the same edge {thousands(prototype['counted'])}", ratio,
                  ">= 0.60", ratio >= 0.6, prototype["foreign"])
        direct = results["prototype_direct"]
        yield row("  the same", thousands(base["counted"]),
                  f"prototype chain without edge {thousands(direct['counted'])}",
                  rounds_ratio(results, "prototype_direct_runs", base, direct),
                  foreign=direct["foreign"])
    for connections, run in runs.items():
        yield row(f"{connections} connections, orders accepted / settled a second",
                  f"{thousands(run['per_second'])} / {thousands(run['counted'])}",
                  f"64: {thousands(base['counted'])}" if connections > 64 else "",
                  run["counted"] / base["counted"] if connections > 64 else None,
                  "no error, > 1" if connections > 64 else "",
                  run["counted"] > base["counted"] if connections > 64 else None, run["foreign"])
        yield row("  201: p50 / p99 / p99.9", " / ".join(ms(run[f"{p}_us"]) for p in
                                                        ("p50", "p99", "p999")),
                  figure="p99 < 50 ms" if connections == 64 else "",
                  is_met=run["p99_us"] < 50000 if connections == 64 else None)
        yield row("  order to trade event: p50 / p99", " / ".join(
            ms(run[f"trade_{p}_us"]) for p in ("p50", "p99")),
            f"all settled {run['drain']:.1f} s after the end")


def lone_rows(results):
    run = results.get("lone")
    if run:
        yield row("a lone order: 201, p50 / p99", f"{ms(run['p50_us'])} / {ms(run['p99_us'])}",
                  foreign=run["foreign"])
        yield row("a lone order: to its trade event, p50 / p99",
                  f"{ms(run['trade_p50_us'])} / {ms(run['trade_p99_us'])}", figure="p50 < 10 ms",
                  is_met=run["trade_p50_us"] < 10000)


def read_rows(results):
    runs = dict(results.get("reads", {}))
    trivial = runs.pop("trivial", None)
    for name, run in runs.items():
        ratio = run["per_second"] / trivial["per_second"]
        yield row(f"reads/s: {name}", thousands(run["per_second"]),
                  f"trivial libmicrohttpd {thousands(trivial['per_second'])}", ratio,
                  ">= 0.50" if name == "depth" else "", ratio >= 0.5 if name == "depth" else None,
                  run["foreign"])


def authz_rows(results):
    runs = results.get("authz")
    if not runs:
        return
    alone, sign_ins = runs["alone"], results["sign_ins"]
    ratio = alone["per_second"] / sign_ins
    yield row("authz alone, 64 connections, answers/s", thousands(alone["per_second"]),
              f"sign-ins one by one {sign_ins:.1f}", ratio, ">= 30", ratio >= 30, alone["foreign"])
    asked, silent = runs["asked paced"], runs["silent paced"]
    added = asked["p50_us"] - silent["p50_us"]
    yield row("authorised read by the edge, 64 connections, paced: p50", ms(asked["p50_us"]),
              f"an edge that asks nobody {ms(silent['p50_us'])}", None, "<= 1 ms more",
              added <= 1000, asked["foreign"])
    asked, silent = runs["asked"], runs["silent"]
    yield row("  as fast as it goes: reads/s, p50",
              f"{thousands(asked['per_second'])}, {ms(asked['p50_us'])}",
              f"an edge that asks nobody {thousands(silent['per_second'])}, "
              f"{ms(silent['p50_us'])}", asked["per_second"] / silent["per_second"],
              foreign=asked["foreign"])


def guess_rows(results):
    for name, (count, known, unknown, t) in results.get("guesses", {}).items():
        yield row(f"{name} of an account that there is, {count} pairs", ms(known * 1e6),
                  f"that there is not {ms(unknown * 1e6)}; t = {t:.2f}", known / unknown,
                  "t < 2.58", t < 2.58)


def memory_rows(results):
    idle, loaded = results.get("memory_idle", {}), results.get("memory", {})
    for name, (rss, pss) in (idle or loaded).items():
        after = loaded.get(name, (0, 0))
        yield row(f"resident memory: {name}, idle", mib(rss), f"Pss {mib(pss)}; after load "
                  f"{mib(after[0])}, Pss {mib(after[1])}")
    if idle:
        # Together: a page of a library that several of them map is there once (Pss).
        ours = sum(idle[name][1] for name in SERVICES)
        alone = sum(idle[name][0] for name in SERVICES)
        yield row("resident memory: all our services together, idle", mib(ours),
                  f"each counted with its shared pages: {mib(alone)}", None, "< 64 MiB", ours < 64)


def chain_rows(results):
    run = results.get("chain")
    if not run:
        return
    yield row("addresses derived a second, one thread: Bitcoin-like / Ethereum-like",
              f"{thousands(run['derived coin'])} / {thousands(run['derived evm'])}",
              foreign=run["foreign"])
    yield row("withdrawals signed a second, one thread: 2 coins / a token",
              f"{thousands(run['signed coin'])} / {thousands(run['signed evm'])}",
              foreign=run["foreign"])
    yield row(f"a block of {thousands(run['block transactions'])} transactions beside "
              f"{thousands(run['block watched'])} watched addresses", ms(run["block us"]),
              f"{thousands(1e6 / run['block us'])} blocks/s", None, "< 1 s",
              run["block us"] < 1e6, run["foreign"])
    yield row("  of an Ethereum-like chain, with as many logs of tokens", ms(run["evm_block us"]),
              f"{thousands(1e6 / run['evm_block us'])} blocks/s", None, "< 1 s",
              run["evm_block us"] < 1e6, run["foreign"])
    yield row("  memory of the process that does it", mib(run["block rss_kb"] / 1024),
              f"the watched set {mib(run['block watch_bytes'] / 1048576)}", None, "< 256 MiB",
              run["block rss_kb"] < 256 * 1024)


def print_rows(rows):
    widths = [max(len(one[at]) for one in rows) for at in range(len(HEAD))]
    for number, one in enumerate(rows):
        print("| " + " | ".join(text.ljust(width) for text, width in zip(one, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def costs(title, run, per_second):
    """Microseconds of processor time an order, by process and by thread of accounting."""
    meter = run["meter"]
    orders = per_second * meter.seconds
    if not orders:
        return
    print(f"\nProcessor time an order, {title} (µs; the machine was {meter.busy:.0%} busy):")
    for name, spent in sorted(meter.spent.items(), key=lambda pair: -pair[1]):
        print(f"  {name:<22}{spent / orders * 1e6:8.1f}")
        if name == "accounting":
            for thread, seconds in sorted(meter.threads.items(), key=lambda pair: -pair[1]):
                if seconds / orders * 1e6 >= 0.05:
                    print(f"    {thread:<20}{seconds / orders * 1e6:8.1f}")


def table(bench):
    results = bench.results
    rows = [HEAD, *engine_rows(results, bench.foreign), *chain_rows(results),
            *bus_rows(results), *load_rows(results), *lone_rows(results),
            *read_rows(results), *authz_rows(results), *guess_rows(results), *memory_rows(results)]
    print()
    print_rows(rows)
    print("\nMedians of", bench.rounds, "runs; end to end, ratios are medians of those of the rounds."
          "\n\"others\": the largest share of the machine that other programs took during a run."
          "\nLatencies are of a closed loop: a slow server is asked less often.")
    for name, title in (("load_meter", "64 connections"),
                        ("single_meter", "64 connections, one transaction an order")):
        if name in results:
            costs(title, results[name], results[name]["counted"])
    if "prototype_runs" in results:
        run = results["prototype_runs"][-1]
        costs("64 connections, prototype chain", run, run["counted"])
    if "stages" in results:
        print("\nThe stages alone, µs an order, by orders in a transaction:")
        for run in results["stages"]:
            print(f"  {run['batch']:4.0f}: accept {run['accept_ns'] / 1000:7.1f}   match "
                  f"{run['match_ns'] / 1000:4.1f}   settle {run['settle_ns'] / 1000:7.1f}")

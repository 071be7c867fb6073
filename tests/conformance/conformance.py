#!/usr/bin/python3
"""Does a matching worker follow the protocol? Runs recorded documents through it and compares.

    conformance.py WORKER [ARGUMENT...]   example: conformance.py build/release/bin/bourse-matching --stdio
    conformance.py --only stp_decrement WORKER ...

WORKER reads documents from its standard input, each after its length (32 bits, little-endian), and
writes its result batches in the same form: deploy/protocol/matching.md says how they look. A snapshot
starts the book anew; each command batch is answered by one result batch. Every byte counts.

vectors/NAME.in.gz is what goes in, vectors/NAME.out.gz what must come out. They are the scenarios of
tests/scenarios/matching/ and random streams; `conformance.py --record DIR` packs new ones from what the unit
tests wrote there with SCENARIO_RECORD=DIR and ORACLE_RECORD=DIR.
"""
import argparse
import gzip
import shutil
import struct
import subprocess
import sys
from pathlib import Path

VECTORS = Path(__file__).resolve().parent / "vectors"
SECONDS_MAX = 120
PROBLEMS_MAX = 10

BATCH = struct.Struct("<4sHH24sQIIQ")
RESULT = struct.Struct("<QQIBBBB")
ITEM = struct.Struct("<BBBB4xQQQQqqQ")
KINDS = ["?", "submit", "cancel", "cancel_all", "amend", "halt", "resume"]
ITEMS = ["?", "trade", "closed", "reduced", "triggered", "amended", "level"]


def documents(data):
    """The documents of a stream, without their lengths."""
    at = 0
    while at < len(data):
        if len(data) - at < 4:
            raise ValueError("the stream ends inside of a length")
        (length,) = struct.unpack_from("<I", data, at)
        if len(data) - at - 4 < length:
            raise ValueError("the stream ends inside of a document")
        yield data[at + 4:at + 4 + length]
        at += 4 + length


def lines(document):
    """A result batch as comparable lines: a header, results, items."""
    magic, version, _, market, first, count, _, state = BATCH.unpack_from(document)
    yield f"{magic!r} version {version} market {market.rstrip(bytes(1))!r} from {first}, {count} results"
    at = BATCH.size
    for _ in range(count):
        seq, order, items, kind, status, more, _ = RESULT.unpack_from(document, at)
        at += RESULT.size
        name = KINDS[kind] if kind < len(KINDS) else "?"
        yield f"{seq} {name} order {order}: status {status} more {more}, {items} items"
        for _ in range(items):
            (kind, side, flags, reason, order, other, member, other_member, price, amount,
             extra) = ITEM.unpack_from(document, at)
            at += ITEM.size
            name = ITEMS[kind] if kind < len(ITEMS) else "?"
            yield (f"    {name} side {side} flags {flags} reason {reason} orders {order} {other} "
                   f"members {member} {other_member} price {price} amount {amount} extra {extra}")
    yield f"{len(document) - at} bytes more"
    yield f"state hash {state:016x}"


def first_difference(expected, got):
    """What to tell of two documents that differ."""
    try:
        pairs = list(zip(lines(expected), lines(got)))
    except struct.error:
        return f"not a result batch: {len(got)} bytes instead of {len(expected)}"
    for want, have in pairs:
        if want != have:
            return f"expected {want.strip()}\n          got      {have.strip()}"
    return "the reserved bytes or the lengths differ"


def problem_of(worker, vector):
    """Why the worker fails a vector; None if it does not."""
    sent = gzip.decompress(vector.read_bytes())
    expected = list(documents(gzip.decompress(
        vector.with_name(vector.name.replace(".in.gz", ".out.gz")).read_bytes())))
    try:
        run = subprocess.run(worker, input=sent, capture_output=True, timeout=SECONDS_MAX,
                             check=False)
        got = list(documents(run.stdout))
    except subprocess.TimeoutExpired:
        return f"no end after {SECONDS_MAX} s"
    except ValueError as error:
        return str(error)
    for number, (want, have) in enumerate(zip(expected, got), 1):
        if want != have:
            return f"result batch {number}: {first_difference(want, have)}"
    if len(got) != len(expected):
        tail = run.stderr.decode(errors="replace").strip()
        return f"{len(got)} result batches instead of {len(expected)}. {tail}"
    return None if run.returncode == 0 else f"exit status {run.returncode}"


def record(folder):
    """Replaces the vectors by what the tests wrote to a folder."""
    shutil.rmtree(VECTORS, ignore_errors=True)
    VECTORS.mkdir()
    for path in sorted(Path(folder).glob("*.in")) + sorted(Path(folder).glob("*.out")):
        packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
        (VECTORS / f"{path.name}.gz").write_bytes(packed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--record", metavar="DIR", help="pack new vectors")
    parser.add_argument("--only", metavar="NAME", help="one vector")
    parser.add_argument("worker", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.record:
        record(options.record)
        return 0
    if not options.worker:
        parser.error("which worker?")
    vectors = sorted(VECTORS.glob(f"{options.only or '*'}.in.gz"))
    if not vectors:
        print("conformance: no vectors", file=sys.stderr)
        return 1
    problems = 0
    for vector in vectors:
        problem = problem_of(options.worker, vector)
        if problem:
            problems += 1
            print(f"conformance: {vector.name.removesuffix('.in.gz')}: {problem}")
        if problems == PROBLEMS_MAX:
            break
    print(f"conformance: {len(vectors)} vectors, {problems} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

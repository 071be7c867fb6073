"""tools/check: verifies the books of the running stack. Exit status 0: everything holds; 1: something
does not; 2: it could not be checked."""

import argparse
import json
import sys
import time
import urllib.error

import pymysql

from . import api, chains, invariants, tables
from .stack import Stack, StackMissing

FINDINGS_MAX = 8


def wait_until_quiet(connection, seconds):
    """Until every command is settled and the outbox is empty. False: the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        behind, waiting = tables.progress(connection)
        if behind == 0 and waiting == 0:
            return True
        if time.monotonic() > deadline:
            print(f"  not quiet: {behind} commands are not settled, {waiting} rows in the outbox")
            return False
        time.sleep(0.2)


def report(name, findings):
    """One line for a check, and what it found. True: nothing."""
    shown = []
    count = 0
    for sentence in findings:
        count += 1
        if count <= FINDINGS_MAX:
            shown.append(sentence)
    print(f"  {'ok    ' if count == 0 else 'BROKEN'}  {name}")
    for sentence in shown:
        print(f"          {sentence}")
    if count > FINDINGS_MAX:
        print(f"          and {count - FINDINGS_MAX} more")
    return count == 0


def read_books(connection):
    with tables.snapshot(connection) as cursor:
        return invariants.Books(tables.read_all(cursor))


def run(stack, options):
    connection = tables.connect(stack.checker_env())
    if options.wait and not wait_until_quiet(connection, options.wait):
        return False
    with tables.snapshot(connection) as cursor:
        data = tables.read_all(cursor)
        books = invariants.Books(data)
        print(f"checking {len(data['orders'])} orders, {len(data['trades'])} trades, "
              f"{len(data['ledger'])} ledger rows, {len(data['accounts'])} accounts")
        good = [report(name, check(books)) for name, check in invariants.CHECKS]
        good.append(report("the journal through our own book gives these trades and orders",
                           invariants.own_book(books, connection)))
    if options.wait and not options.no_api:
        good.append(report("the API shows the depth of the tables",
                           api.check_depth(books, stack.api_url())))
        good.append(report("the API shows the trades of the tables",
                           api.check_trades(books, stack.api_url())))
        for member_id, token in stack.tokens(connection):
            good.append(report(f"the API shows member {member_id} as the tables do",
                               api.check_member(books, stack.api_url(), member_id, token)))
    if options.wait and not options.no_chains:
        good += chains.check(stack, connection, lambda: read_books(connection), options.wait, report)
    passed = sum(good)
    print(f"checker: {passed} passed, {len(good) - passed} failed")
    return all(good)


def main():
    parser = argparse.ArgumentParser(prog="tools/check", description=__doc__)
    parser.add_argument("--wait", type=float, default=30, metavar="SECONDS",
                        help="how long to wait for a quiet moment; 0: check while trading goes on, "
                             "without the API (default %(default)s)")
    parser.add_argument("--no-api", action="store_true", help="the database only")
    parser.add_argument("--no-chains", action="store_true", help="don't ask the nodes of the chains")
    options = parser.parse_args()
    try:
        good = run(Stack(), options)
    except StackMissing as missing:
        print(f"tools/check: {missing}", file=sys.stderr)
        return 2
    except (pymysql.Error, urllib.error.URLError, OSError, json.JSONDecodeError) as error:
        print(f"tools/check: can't check: {error}", file=sys.stderr)
        return 2
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

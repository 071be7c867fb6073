"""One stack for the whole session, checked by the independent checker before it is stopped.

    /usr/bin/python3 -m pytest tests/e2e                  # a stack of its own
    RUN_DIR=.run /usr/bin/python3 -m pytest tests/e2e -k name   # the stack that runs there

First come the tests that find the catalog as it was seeded, then those that add to it, and last
those that stop or restart parts of the stack, marked `outage`. Each test leaves the books empty;
what a test paused or killed is running again when the next one begins.
"""

import signal
import sys

import pytest

from members import administrator, manage, seeded
from world import WORLD, wait_for

ADD_TO_CATALOG = ("test_admin_api", "test_management_api", "test_openapi", "test_prices", "test_seeds")
MARKETS = ("btcusd", "ethusd", "ltcusd", "ethbtc", "btceur")
CHECK_WAIT_S = "180"


def pytest_configure(config):
    config.addinivalue_line("markers", "outage: stops or restarts parts of the stack; runs last")
    # A runner's timeout must not leave a stack behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: (item.get_closest_marker("outage") is not None,
                                 item.module.__name__ in ADD_TO_CATALOG))


@pytest.fixture(scope="session", autouse=True)
def stack():
    """Ends with the checker: whatever the tests did to it, the books must fit. The coins on the chains
    don't: tests have the gateway pay without accounting, and stand in for it."""
    if not WORLD.is_ours:
        yield WORLD
        return
    failed = True
    try:
        WORLD.up()
        yield WORLD
        done = WORLD.tool("check", "--no-chains", "--wait", CHECK_WAIT_S, capture_output=True)
        failed = done.returncode != 0
        assert not failed, "the checker is not green:\n" + done.stdout + done.stderr
    finally:
        WORLD.down()
        if failed:
            print(f"logs and data are in {WORLD.run_dir}", file=sys.stderr)
        else:
            WORLD.forget()


@pytest.fixture(autouse=True)
def empty_books(request, stack):
    """Every test finds the books empty; orders that a test leaves are cancelled by the operator. Behind
    one that stopped something, the next one finds every service ready."""
    yield
    if request.node.get_closest_marker("outage"):
        WORLD.until_ready()
    if not has_orders():
        return
    for market in MARKETS:
        assert manage("/orders/cancel", {"market": market}).status_code == 204
    wait_for(lambda: not has_orders(), what="the end of the last orders")


def has_orders():
    return WORLD.sql("SELECT 1 FROM orders WHERE state = 100 LIMIT 1")


@pytest.fixture(scope="session")
def alice(stack):
    return seeded(0)


@pytest.fixture(scope="session")
def bob(stack):
    return seeded(1)


@pytest.fixture(scope="session")
def admin(stack):
    return administrator()

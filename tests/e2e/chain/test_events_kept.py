"""The gateway's events: kept until accounting has them and they are old, and then deleted."""

import pytest

from world import WORLD, wait_for

pytestmark = pytest.mark.outage  # accounting and the gateway are restarted with other settings


def head(gateway):
    seq, confirmed, pruned = gateway.sql("SELECT seq, confirmed, pruned FROM event_head")[0]
    return int(seq), int(confirmed), int(pruned)


@pytest.fixture
def kept(gateway):
    """What a test lets go is put back, for others read all events from the first."""
    gateway.sql("CREATE TABLE events_before AS SELECT * FROM events")
    yield
    gateway.sql("REPLACE INTO events SELECT * FROM events_before")
    gateway.sql("UPDATE event_head SET pruned = 0")
    gateway.sql("DROP TABLE events_before")


def test_events__old_and_confirmed__are_deleted_and_no_others(gateway, kept):
    with WORLD.accounting_with(BLOCKCHAIN_URL="http://127.0.0.1:9"):  # it asks for nothing any more
        _, confirmed, pruned = head(gateway)
        assert confirmed > 1 and pruned == 0
        gateway.sql("UPDATE event_head SET seq = seq + 1")
        gateway.sql("INSERT INTO events SELECT seq, UNHEX(REPLACE(UUID(), '-', '')), 'chain.health', "
                    "'{\"name\":\"chain.health\",\"chain\":\"none\"}', UTC_TIMESTAMP(6) FROM event_head")
        seq = head(gateway)[0]
        gateway.sql("UPDATE events SET created_at = created_at - INTERVAL 3 DAY")
        with WORLD.service_with("blockchain", EVENTS_KEPT_DAYS="2"):
            wait_for(lambda: head(gateway)[2] == confirmed, what="the end of the old ones")
            left = [int(row[0]) for row in gateway.sql("SELECT seq FROM events WHERE seq <= %s ORDER BY seq", seq)]
            assert left == list(range(confirmed + 1, seq + 1))
            assert gateway.call("GET", f"/internal/events?after={confirmed - 1}") == \
                (410, {"errors": ["blockchain.events.pruned"]})
            status, page = gateway.call("GET", f"/internal/events?after={confirmed}&limit=500")
            assert status == 200 and len(page["events"]) == min(500, page["last"] - confirmed)

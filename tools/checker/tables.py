"""Reading the tables in one consistent snapshot."""

from contextlib import contextmanager

import pymysql
import pymysql.cursors

TABLES = {
    "accounts": "member_id, currency_id, balance, locked",
    "currencies": "id, type",
    "markets": "id, base_unit, quote_unit, amount_precision, price_precision",
    "orders": "id, member_id, market_id, side, ord_type, time_in_force, state, waiting, price, volume, "
              "origin_volume, locked, origin_locked, funds_received, maker_fee, taker_fee, "
              "trades_count, command_seq",
    "trades": "id, market_id, command_seq, price, amount, total, base_unit, quote_unit, taker_side, "
              "maker_order_id, taker_order_id, maker_id, taker_id, maker_fee, taker_fee, "
              "buyer_fee_amount, seller_fee_amount, maker_release, taker_release, created_at",
    "ledger": "id, reference_type, reference_id, event, currency_id, member_id, code_a, amount_a, "
              "code_b, amount_b, created_at",
    "ledger_posted": "type, ledger_id",
    "seals": "writer, seq, first_id, last_id, digest",
    "seal_heads": "writer, seq, digest",
    "market_commands": "market_id, command_seq",
    "market_settlements": "market_id, settled_seq, last_price, halted, state_hash",
    "client_orders": "member_id, client_order_id, order_id",
    "deposits": "id, member_id, currency_id, blockchain_key, type, amount, fee, address, txid, txout, contract, "
                "aasm_state, units, dust, confirmed, credited, held_locked, reverted, frozen, "
                "suspended",
    "refunds": "id, deposit_id, state, locked",
    "withdraws": "id, member_id, currency_id, blockchain_key, type, amount, fee, sum, txid, aasm_state, "
                 "receiver_id",
}
# A database of an older version has none of these.
YOUNG = ("deposits", "refunds", "withdraws")


def connect(env):
    """`env`: DB_SOCKET or DB_HOST and DB_PORT, DB_USER, DB_PASSWORD, DB_NAME."""
    where = {"unix_socket": env["DB_SOCKET"]} if env.get("DB_SOCKET") else \
        {"host": env["DB_HOST"], "port": int(env["DB_PORT"])}
    return pymysql.connect(user=env["DB_USER"], password=env.get("DB_PASSWORD", ""),
                           database=env["DB_NAME"], charset="utf8mb4",
                           init_command="SET time_zone = '+00:00'", **where)


@contextmanager
def snapshot(connection):
    """One moment of the whole database, whoever writes meanwhile."""
    cursor = connection.cursor(pymysql.cursors.DictCursor)
    cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    try:
        yield cursor
    finally:
        cursor.execute("ROLLBACK")


def read_all(cursor):
    """All small and large tables as lists of dicts, but for the journal of commands."""
    data = {}
    cursor.execute("SHOW TABLES")
    there = {name for row in cursor.fetchall() for name in row.values()}
    for table, columns in TABLES.items():
        if table in YOUNG and table not in there:
            data[table] = ()
            continue
        cursor.execute(f"SELECT {columns} FROM {table}")
        data[table] = cursor.fetchall()
    return data


def command_rows(connection, market):
    """The journal of one market, row by row."""
    with connection.cursor(pymysql.cursors.SSCursor) as cursor:
        cursor.execute("SELECT first_seq, last_seq, batch FROM command_batches WHERE market_id = %s "
                       "ORDER BY last_seq", (market,))
        yield from cursor


def first_command(connection, market):
    """The first command that the journal of a market still has; 1 if it never lost any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_seq FROM command_batches WHERE market_id = %s "
                       "ORDER BY last_seq LIMIT 1", (market,))
        row = cursor.fetchone()
    return row[0] if row else 1


def progress(connection):
    """(commands that are not settled, rows in the outbox) at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(SUM(c.command_seq - s.settled_seq), 0) FROM market_commands c "
                       "JOIN market_settlements s ON s.market_id = c.market_id")
        behind = int(cursor.fetchone()[0])
        cursor.execute("SELECT COUNT(*) FROM outbox")
        waiting = int(cursor.fetchone()[0])
    connection.commit()
    return behind, waiting

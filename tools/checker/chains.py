"""What lies on the chains, asked of the nodes themselves, against what the books say moved there; and that
no payment went out twice. For a local stack, whose nodes the checker can reach.

    on chain = what deposits and withdrawals left in the asset account (money.py)
             - the fees of our transactions that are in blocks
             + what came to wallets of the exchange from outside (nobody's deposit)
             + transfers to members that are not credited (yet, or below the minimum)
             + units too small for the books (dust)
             - payments that are mined and not booked yet
             + payments that a Safe made in our place

The whole difference is explained by these lines or it is a finding."""

import os
import time
from collections import defaultdict
from contextlib import contextmanager
from decimal import Decimal

import pymysql.cursors

from chain.nodes import NodeError
from stack import nodes
from stack.settings import Settings

from . import money, tables

ZERO = Decimal(0)
SCHEMA = "bourse_blockchain"
# A transfer by a transaction of ours. Spends list all coins of transactions that had one of ours in them, also
# those which we paid to others.
IS_OURS = ("EXISTS (SELECT 1 FROM spends s WHERE s.chain_key = t.chain_key AND s.txid = t.txid AND"
           " (s.prev_txid = '' OR EXISTS (SELECT 1 FROM transfers o WHERE o.chain_key = s.chain_key AND"
           " o.txid = s.prev_txid AND o.idx = s.prev_idx)))")
CONFIRMED = "state <> 'reverted'"
BOOKED = Decimal(10) ** -16


def connect(stack):
    """None: this stack has no gateway, or an older one."""
    env = {**stack.checker_env(), "DB_NAME": SCHEMA}
    connection = tables.connect({**env, "DB_NAME": "bourse_accounting"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = %s AND"
                       " table_name IN ('transfers', 'spends', 'payout_txs')", (SCHEMA,))
        there = cursor.fetchone()[0] == 3
    connection.close()
    return tables.connect(env) if there else None


@contextmanager
def rows(connection):
    connection.rollback()  # a new look
    with connection.cursor(pymysql.cursors.DictCursor) as cursor:
        def ask(statement, *arguments):
            cursor.execute(statement, arguments)
            return cursor.fetchall()
        yield ask


def is_caught_up(gateway, accounting, chains):
    """Every chain is followed to its tip, and every event is in the books."""
    with rows(gateway) as ask:
        heights = {row["chain_key"]: row["height"] for row in ask("SELECT chain_key, height FROM chains")}
        told = ask("SELECT seq FROM event_head")[0]["seq"]
    with rows(accounting) as ask:
        read = {row["source"]: row["seq"] for row in ask("SELECT source, seq FROM chain_feed")}
    return all(heights.get(key) == node.height() for key, node in chains.items()) and \
        read.get("blockchain") == told


def wait(gateway, accounting, chains, seconds):
    deadline = time.monotonic() + seconds
    while not is_caught_up(gateway, accounting, chains):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def on_chain(ask, node, key):
    """{currency: amount} over all addresses that the gateway gave out."""
    addresses = [row["address"] for row in ask(
        "SELECT address FROM addresses WHERE chain_key = %s AND (assigned_at IS NOT NULL OR account IS"
        " NULL) AND purpose <> 'unlisted'", key)]
    return {currency: node.balances(currency, addresses) for currency in node.CURRENCIES}


def explained(ask, books, node, key):
    """{currency: {line: amount}} of what is on the chain and not in the books, or the other way round."""
    lines = defaultdict(lambda: defaultdict(Decimal))
    currency_of = {"": next(iter(node.CURRENCIES)), getattr(node, "TOKEN", None): "usdt"}

    def amount(row):
        currency = currency_of.get(row["contract"].lower())
        return currency, Decimal(row["units"]).scaleb(-node.CURRENCIES[currency]) if currency else ZERO

    for row in ask("SELECT t.contract, t.units FROM transfers t JOIN addresses a ON a.id ="
                   f" t.address_id WHERE t.chain_key = %s AND t.{CONFIRMED} AND"
                   " a.purpose NOT IN ('deposit', 'unlisted')"
                   f" AND NOT {IS_OURS}", key):
        currency, units = amount(row)
        lines[currency]["from outside to our wallets"] += units
    booked = {(row["txid"], row["txout"], row["contract"].lower(), row["address"].lower()): row
              for row in books.data["deposits"]
              if row["blockchain_key"] == key and row["credited"] and not row["reverted"]}
    back = {row["deposit_id"] for row in books.data["refunds"] if row["state"] == "processed"}
    returned = {(row["txid"], row["txout"], row["contract"].lower(), row["address"].lower())
                for row in books.data["deposits"]
                if row["blockchain_key"] == key and row["id"] in back and not row["credited"]}
    for row in ask("SELECT t.txid, t.idx, t.contract, t.address, t.units FROM transfers t JOIN addresses a"
                   f" ON a.id = t.address_id WHERE t.chain_key = %s AND t.{CONFIRMED} AND a.purpose ="
                   f" 'deposit' AND NOT {IS_OURS}", key):
        currency, units = amount(row)
        name = row["txid"], row["idx"], row["contract"].lower(), row["address"].lower()
        deposit = booked.get(name)
        if name in returned:
            continue  # came, was never credited, and was sent back
        if deposit is None:
            lines[currency]["not credited"] += units
        else:
            lines[currency]["dust"] += units - deposit["amount"] - deposit["fee"]
    told = {f"withdraw-{row['id']}" for row in books.data["withdraws"]
              if row["aasm_state"] == "succeed"}
    told |= {f"refund-{row['id']}" for row in books.data["refunds"]
               if row["state"] == "processed"}
    safes = set()
    for row in ask("SELECT p.id, p.contract, p.units FROM payouts p JOIN safe_txs s ON s.payout_id = p.id"
                   " WHERE p.chain_key = %s", key):
        safes.add(row["id"])  # its coins are not among ours
        if row["id"] in told:
            currency, units = amount(row)
            lines[currency]["paid by a Safe"] += units
    for row in ask("SELECT p.id, p.contract, m.units FROM payouts p JOIN payout_payments m ON m.payout_id ="
                   " p.id JOIN payout_txs x ON x.id = m.tx_id WHERE p.chain_key = %s AND x.mined_height"
                   " IS NOT NULL AND x.mined_ok AND NOT EXISTS (SELECT 1 FROM addresses a WHERE a.chain_key ="
                   " p.chain_key AND a.address = p.to_address)", key):
        if row["id"] not in told and row["id"] not in safes:
            currency, units = amount(row)
            lines[currency]["paid, not booked yet"] -= units
    return lines


def holdings(gateway, books, chains):
    booked_fees = money.fees(books)
    with rows(gateway) as ask:
        for key, node in chains.items():
            moved = money.moved_on_chain(books, key)
            native = next(iter(node.CURRENCIES))
            paid = Decimal(ask("SELECT COALESCE(SUM(fee_units), 0) AS fees FROM payout_txs WHERE chain_key"
                               " = %s AND mined_height IS NOT NULL", key)[0]["fees"])
            paid = paid.scaleb(-node.CURRENCIES[native])
            moved[native] -= paid
            told = Decimal(ask("SELECT COALESCE(SUM(fee_units), 0) AS fees FROM payout_txs WHERE chain_key"
                               " = %s AND fee_told", key)[0]["fees"])
            told = told.scaleb(-node.CURRENCIES[native])
            # Booked in 10^-16 of the currency; what is below waits for its neighbours.
            if booked_fees[native] <= told - BOOKED:
                yield f"{key}: fees of {told} {native} were told, {booked_fees[native]} are booked"
            lines = explained(ask, books, node, key)
            for currency, amount in on_chain(ask, node, key).items():
                expected = moved[currency] + sum(lines[currency].values(), ZERO)
                if amount != expected:
                    told = ", ".join(f"{name} {value}" for name, value in lines[currency].items())
                    yield (f"{key}: {amount} {currency} are on the chain; the books moved "
                           f"{moved[currency]}; {told or 'nothing'} explains {expected}")


def paid_once(gateway):
    """No payout has two transactions in blocks."""
    with rows(gateway) as ask:
        for row in ask("SELECT m.payout_id, COUNT(*) AS times FROM payout_payments m JOIN payout_txs x ON"
                       " x.id = m.tx_id WHERE x.mined_height IS NOT NULL AND x.mined_ok GROUP BY"
                       " m.payout_id HAVING COUNT(*) > 1"):
            yield f"payout {row['payout_id']} was mined {row['times']} times"


def custodians(gateway):
    """What custodians were asked to pay fits what became of it: see services/blockchain/actions/payout_custody.h."""
    with rows(gateway) as ask:
        if not ask("SHOW TABLES LIKE 'custody_sends'"):
            return
        for row in ask("SELECT s.payout_id, s.asked, s.refused, s.transfer_id, p.state, p.units, x.units AS paid,"
                       " t.mined_height, t.mined_ok, t.fee_told, t.fee_units, p.subtract_fee FROM custody_sends s"
                       " JOIN payouts p ON p.id = s.payout_id JOIN payout_txs t ON t.id = s.tx_id JOIN"
                       " payout_payments x ON x.tx_id = t.id AND x.payout_id = p.id"):
            name, state = f"payout {row['payout_id']}", row["state"]
            if state in (-20, -30) and row["asked"] != row["refused"]:
                yield f"{name} was given back, and a custodian may have paid it"
            if state == 100 and not (row["asked"] > row["refused"] and row["transfer_id"] and row["mined_ok"]):
                yield f"{name} is confirmed, and no custodian's transfer is known of it"
            if row["mined_height"] and not row["fee_told"]:
                yield f"{name}: its fee of {row['fee_units']} was not told"
            if row["paid"] != row["units"] and not row["subtract_fee"]:
                yield f"{name}: {row['paid']} were asked for instead of {row['units']}"
        for row in ask("SELECT chain_key, transfer_id, COUNT(*) AS times FROM custody_sends WHERE transfer_id <> ''"
                       " GROUP BY chain_key, transfer_id HAVING COUNT(*) > 1"):
            yield f"{row['chain_key']}: transfer {row['transfer_id']} counts for {row['times']} payouts"


def settings_of(stack):
    os.environ["RUN_DIR"] = str(stack.run_dir)
    return Settings()


def check(stack, accounting, read_books, seconds, report):
    """Reports through `report`; the list of verdicts, empty when this stack has no chains."""
    gateway = connect(stack)
    if gateway is None:
        return []
    chains = nodes.of(settings_of(stack))
    good = [report("no payment went out twice", paid_once(gateway)),
            report("custodians were asked once, and paid what is booked", custodians(gateway))]
    try:
        if not wait(gateway, accounting, chains, seconds):
            print("  note    the gateway is behind its chains: they are not counted")
            return good
        good.append(report("the coins on the chains are those of the books",
                           holdings(gateway, read_books(), chains)))
    except NodeError as error:
        print(f"  note    a node does not answer: {error}")
    return good

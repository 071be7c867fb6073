"""What deposits, withdrawals and refunds lock, and that each is booked once (the parts of I4 and I7 that
are about money in and out), and how much of each coin they left on the chains (I2)."""

from collections import defaultdict
from decimal import Decimal

ZERO = Decimal(0)
ASSET, LIABILITY, REVENUE, EXPENSE = 1, 2, 3, 4
# A withdrawal in one of these has its sum locked.
HELD = ("accepted", "skipped", "processing", "confirming", "errored", "to_reject")
# What moves coins on a chain; adjustments, seeds and operations are words on paper.
ON_CHAIN = ("deposit", "withdraw", "network_fee")


def locks(books):
    """(member, currency) to what deposits and withdrawals keep locked."""
    need = defaultdict(Decimal)
    refunds = {row["deposit_id"] for row in books.data["refunds"]
               if row["locked"] and row["state"] == "pending"}
    for row in books.data["deposits"]:
        key = (row["member_id"], row["currency_id"])
        if row["held_locked"] or row["id"] in refunds:
            need[key] += row["amount"]
        need[key] += row["frozen"]
    for row in books.data["withdraws"]:
        if row["aasm_state"] in HELD:
            need[row["member_id"], row["currency_id"]] += row["sum"]
    return need


def was_settled(deposit):
    """Taken back, and booked off: nothing of it is left."""
    return bool(deposit["credited"] and deposit["reverted"] and deposit["amount"]
                and not deposit["suspended"])


def rows_of(books, kind):
    found = defaultdict(list)
    for row in books.data["ledger"]:
        if row["reference_type"] == kind:
            found[row["reference_id"]].append(row)
    return found


def legs(rows, event=None):
    """Amounts by (kind of account, locked or suspense?)."""
    total = defaultdict(Decimal)
    for row in rows:
        if event is None or row["event"] == event:
            for code, amount in ((row["code_a"], row["amount_a"]), (row["code_b"], row["amount_b"])):
                if code:
                    total[code // 100, code // 10 % 10] += amount
    return total


def deposits_once(books):
    """A credited deposit has its accept entries once, with its amount and fee; others have none. What
    stands in for one transfer is one deposit."""
    booked = rows_of(books, "deposit")
    seen = defaultdict(int)
    for row in books.data["deposits"]:
        name = f"deposit {row['id']}"
        mine = booked.pop(row["id"], [])
        accepts = [one for one in mine if one["event"] == "accept"]
        got = legs(accepts)
        if row["credited"] and row["amount"]:
            if got[ASSET, 0] != row["amount"] + row["fee"] or got[REVENUE, 0] != row["fee"] or \
                    got[LIABILITY, 0] + got[LIABILITY, 1] != row["amount"]:
                yield f"{name}: credited, but booked as {dict(got)}"
        elif accepts:
            yield f"{name} is not credited and has accept entries"
        away = legs(mine)[ASSET, 2]
        if away != row["suspended"] or away and not row["reverted"]:
            yield f"{name}: {away} in suspense, not {row['suspended']}, reverted is {bool(row['reverted'])}"
        gross = row["amount"] + row["fee"]
        if away not in (ZERO, gross, row["amount"]):  # the last: by an older version, with a fee
            yield f"{name}: {away} in suspense of {gross}"
        settled = sum(legs(mine, "settle").get((ASSET, kind), ZERO) for kind in (0, 2))
        if settled != (-gross if was_settled(row) else ZERO):
            yield f"{name}: {settled} settled of {gross}"
        if row["txid"] and row["type"] == "coin":
            seen[row["blockchain_key"], row["txid"], row["txout"], row["currency_id"],
                 row["address"]] += 1
    for key, count in seen.items():
        if count > 1:
            yield f"{key}: {count} deposits for one transfer"
    for number in booked:
        yield f"the ledger knows deposit {number}, the deposits do not"


def withdraws_once(books):
    """A withdrawal that succeeded is spent once; any other is not, and what is not held is released."""
    booked = rows_of(books, "withdraw")
    for row in books.data["withdraws"]:
        name, mine = f"withdrawal {row['id']}", legs(booked.pop(row["id"], []))
        done = row["aasm_state"] == "succeed"
        held = row["sum"] if row["aasm_state"] in HELD else ZERO
        spent = row["sum"] if done and not row["receiver_id"] else ZERO
        if mine[LIABILITY, 1] != held:
            yield f"{name} ({row['aasm_state']}): {mine[LIABILITY, 1]} locked, not {held}"
        if mine[LIABILITY, 0] + mine[LIABILITY, 1] != -spent:
            yield f"{name} ({row['aasm_state']}): liabilities changed by {mine[LIABILITY, 0]}"
        if mine[ASSET, 0] != (-row["amount"] if spent else ZERO):
            yield f"{name} ({row['aasm_state']}): assets changed by {mine[ASSET, 0]}"
    for number in booked:
        yield f"the ledger knows withdrawal {number}, the withdrawals do not"


def in_and_out(books):
    """I2 whole: assets are what came in, less what went out, less what networks took, and what was
    booked by hand."""
    expected, stands = defaultdict(Decimal), defaultdict(Decimal)
    for row in books.data["deposits"]:
        if row["credited"]:
            expected[row["currency_id"]] += row["amount"] + (row["fee"] if row["amount"] else ZERO)
        if was_settled(row):
            expected[row["currency_id"]] -= row["amount"] + row["fee"]
    deposits = {row["id"]: row for row in books.data["deposits"]}
    for row in books.data["refunds"]:
        deposit = deposits[row["deposit_id"]]
        if row["state"] == "processed" and deposit["credited"]:
            expected[deposit["currency_id"]] -= deposit["amount"]
    for row in books.data["withdraws"]:
        if row["aasm_state"] == "succeed" and not row["receiver_id"]:
            expected[row["currency_id"]] -= row["amount"]
    for row in books.data["ledger"]:
        for code, amount in ((row["code_a"], row["amount_a"]), (row["code_b"], row["amount_b"])):
            if code and code // 100 == ASSET:
                stands[row["currency_id"]] += amount
                # What the network took of a refund came off the member's part.
                if row["reference_type"] not in ON_CHAIN or row["event"] == "refund_fee":
                    expected[row["currency_id"]] += amount
            if code and row["reference_type"] == "network_fee" and code // 100 == EXPENSE:
                expected[row["currency_id"]] -= amount
    for currency in sorted(set(expected) | set(stands)):
        if expected[currency] != stands[currency]:
            yield (f"{currency}: assets {stands[currency]}, but deposits, withdrawals, fees and what "
                   f"was booked by hand make {expected[currency]}")


def moved_on_chain(books, key):
    """By currency: what deposits and withdrawals of a chain left in the main asset account. Fees are
    not in it: their entries name no chain."""
    chain_of = {(kind[:-1], row["id"]): row["blockchain_key"]
                for kind in ("deposits", "withdraws") for row in books.data[kind]}
    total = defaultdict(Decimal)
    for row in books.data["ledger"]:
        if chain_of.get((row["reference_type"], row["reference_id"])) == key:
            for code, amount in ((row["code_a"], row["amount_a"]), (row["code_b"], row["amount_b"])):
                if code == 102:
                    total[row["currency_id"]] += amount
    return total


def fees(books):
    total = defaultdict(Decimal)
    for row in books.data["ledger"]:
        if row["reference_type"] == "network_fee" and row["code_b"] == 402:
            total[row["currency_id"]] += row["amount_b"]
    return total

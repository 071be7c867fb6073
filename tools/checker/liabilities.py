"""Proof of liabilities: a Merkle-sum tree over all balances of a currency.

Its root (one hash and one sum for each currency) is published. A member gets his leaf and the nodes
beside his way to the root, computes the root again, and so knows that what he is owed is in the sum that
the exchange says it owes. Nothing about others is shown but sums of groups.

    leaf   SHA-256(0x00 | currency | uid | units | salt)         sum: units
    node   SHA-256(0x01 | hash left | sum left | hash right | sum right)    sum: both
           a node without a right neighbour goes up as it is

Units are 10^-16 of the currency, as text; sums are 24 bytes, big-endian, never negative. The salt of a leaf
is HMAC-SHA-256(secret of the folder, currency | uid), so that nobody can try balances out.

The balances are read as a stream and every level is a file, so memory does not grow with the number
of accounts.
"""

import hashlib
import hmac
import json
import secrets
from datetime import datetime, timezone
from decimal import Decimal

import pymysql.cursors

HASH, SUM = 32, 24
RECORD = HASH + SUM
SCALE = 16
CHUNK = 4096  # records


class ProofError(Exception):
    """The proof does not hold, or can't be made."""


def leaf_hash(currency, uid, units, salt):
    return hashlib.sha256(b"\0" + f"{currency}|{uid}|{units}|{salt}".encode()).digest()


def join(left, right):
    """The node above two records."""
    total = int.from_bytes(left[HASH:], "big") + int.from_bytes(right[HASH:], "big")
    return hashlib.sha256(b"\1" + left + right).digest() + total.to_bytes(SUM, "big")


def salt_of(secret, currency, uid):
    return hmac.new(secret, f"{currency}|{uid}".encode(), hashlib.sha256).hexdigest()


# ---- making the tree ----

def make(connection, folder):
    """Reads one moment of the database; writes folder/root.json, which is what gets published."""
    folder.mkdir(mode=0o700, parents=True)
    secret = secrets.token_bytes(32)
    (folder / "secret").write_bytes(secret)
    (folder / "secret").chmod(0o600)
    roots = {}
    with connection.cursor(pymysql.cursors.SSCursor) as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        taken = datetime.now(timezone.utc).isoformat(timespec="seconds")
        cursor.execute("SELECT id FROM currencies ORDER BY id")
        for currency in [row[0] for row in cursor.fetchall()]:
            cursor.execute(
                "SELECT m.uid, a.balance + a.locked FROM accounts a JOIN members m ON m.id ="
                " a.member_id WHERE a.currency_id = %s AND a.balance + a.locked > 0"
                " ORDER BY a.member_id", (currency,))
            root = write_tree(folder, currency, secret, cursor)
            if root:
                roots[currency] = root
        cursor.execute("ROLLBACK")
    document = {"taken_at": taken, "currencies": roots}
    (folder / "root.json").write_text(json.dumps(document, indent=2) + "\n")
    return document


def write_tree(folder, currency, secret, rows):
    """The leaves, then level upon level; None: nobody owns any."""
    base = folder / currency
    base.mkdir()
    count = 0
    with open(base / "leaves", "w") as names, open(base / "0", "wb") as leaves:
        for uid, amount in rows:
            units = int(Decimal(amount).scaleb(SCALE))
            record = (leaf_hash(currency, uid, units, salt_of(secret, currency, uid))
                      + units.to_bytes(SUM, "big"))
            leaves.write(record)
            names.write(f"{uid} {units}\n")
            count += 1
    if not count:
        return None
    level, width = 0, count
    while width > 1:
        width = write_level(base / str(level), base / str(level + 1))
        level += 1
    root = (base / str(level)).read_bytes()
    return {"accounts": count, "hash": root[:HASH].hex(),
            "total": text(int.from_bytes(root[HASH:], "big"))}


def write_level(below, above):
    width = 0
    with open(below, "rb") as source, open(above, "wb") as target:
        while True:
            block = source.read(2 * CHUNK * RECORD)  # an even number: pairs stay together
            if not block:
                return width
            for at in range(0, len(block), 2 * RECORD):
                left, right = block[at:at + RECORD], block[at + RECORD:at + 2 * RECORD]
                target.write(join(left, right) if right else left)
                width += 1


# ---- one member ----

def prove(folder, uid):
    """What a member needs: for each currency his leaf and the nodes beside his way."""
    secret = (folder / "secret").read_bytes()
    proofs = {}
    for currency in json.loads((folder / "root.json").read_text())["currencies"]:
        found = find(folder / currency / "leaves", uid)
        if found:
            index, units = found
            proofs[currency] = {"units": units, "salt": salt_of(secret, currency, uid),
                                "path": path(folder / currency, index)}
    if not proofs:
        raise ProofError(f"{uid} owns nothing in this tree")
    return {"uid": uid, "currencies": proofs}


def find(leaves, uid):
    with open(leaves) as lines:
        for index, line in enumerate(lines):
            name, _, units = line.partition(" ")
            if name == uid:
                return index, units.strip()
    return None


def path(base, index):
    steps, level = [], 0
    while True:
        file = base / str(level)
        width = file.stat().st_size // RECORD
        if width == 1:
            return steps
        beside = index ^ 1
        if beside < width:
            with open(file, "rb") as records:
                records.seek(beside * RECORD)
                record = records.read(RECORD)
            steps.append({"side": "left" if beside < index else "right", "hash": record[:HASH].hex(),
                          "sum": str(int.from_bytes(record[HASH:], "big"))})
        index //= 2
        level += 1


def verify(root, proof):
    """Raises ProofError, or gives {currency: (owned, total)} as text: all that a member has to run."""
    result = {}
    for currency, mine in proof["currencies"].items():
        said = root["currencies"].get(currency)
        if not said:
            raise ProofError(f"{currency}: there is no such root")
        units = natural(mine["units"])
        record = (leaf_hash(currency, proof["uid"], units, mine["salt"])
                  + units.to_bytes(SUM, "big"))
        for step in mine["path"]:
            beside = bytes.fromhex(step["hash"]) + natural(step["sum"]).to_bytes(SUM, "big")
            if len(beside) != RECORD or step["side"] not in ("left", "right"):
                raise ProofError(f"{currency}: a step is none")
            record = join(beside, record) if step["side"] == "left" else join(record, beside)
        total = text(int.from_bytes(record[HASH:], "big"))
        if record[:HASH].hex() != said["hash"] or total != said["total"]:
            raise ProofError(f"{currency}: the way does not lead to the published root")
        result[currency] = (text(units), total)
    return result


def natural(digits):
    """A sum is never negative: a branch below zero would hide what others are owed."""
    if not (isinstance(digits, str) and digits.isascii() and digits.isdigit()
            and int(digits) < 1 << (8 * SUM - 1)):
        raise ProofError(f"{digits!r} is no sum")
    return int(digits)


def text(units):
    number = format(Decimal(units).scaleb(-SCALE), "f").rstrip("0")
    return number + "0" if number.endswith(".") else number

"""L-17: the proof of liabilities holds for every member of trees of every shape, and for nobody who
changes anything; its memory does not grow with the number of accounts."""

import copy
import json
import secrets
import sys
import tracemalloc
from decimal import Decimal, getcontext
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tools"))

from checker import liabilities  # noqa: E402  (after the path is set)

getcontext().prec = 80
MANY = 50_000
MEMORY_MAX = 8 << 20


def tree(folder, rows, currency="ltc"):
    folder.mkdir()
    secret = secrets.token_bytes(32)
    (folder / "secret").write_bytes(secret)
    root = {"taken_at": "", "currencies": {
        currency: liabilities.write_tree(folder, currency, secret, rows)}}
    (folder / "root.json").write_text(json.dumps(root))
    return root


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 31, 33])
def test_every_member_of_a_tree_of_every_shape_is_counted(tmp_path, count):
    rows = [(f"ID{number}", Decimal(f"{number + 1}.0000000000000001")) for number in range(count)]
    root = tree(tmp_path / "t", rows)
    total = format(sum(amount for _, amount in rows), "f").rstrip("0")
    assert root["currencies"]["ltc"]["total"] == total
    for uid, amount in rows:
        held = liabilities.verify(root, liabilities.prove(tmp_path / "t", uid))
        assert held["ltc"] == (format(amount, "f"), total)


def test_what_was_changed_does_not_hold(tmp_path):
    root = tree(tmp_path / "t", [(f"ID{number}", Decimal(10)) for number in range(9)])
    proof = liabilities.prove(tmp_path / "t", "ID3")
    mine = proof["currencies"]["ltc"]

    def changed(change):
        other = copy.deepcopy(proof)
        change(other["currencies"]["ltc"], other)
        with pytest.raises(liabilities.ProofError):
            liabilities.verify(root, other)

    changed(lambda one, _: one.update(units="200000000000000000"))
    changed(lambda one, _: one.update(units="-100000000000000000"))
    changed(lambda one, _: one.update(salt="0" * 64))
    changed(lambda _, all_of_it: all_of_it.update(uid="ID4"))
    changed(lambda one, _: one["path"].pop())
    changed(lambda one, _: one["path"][0].update(sum="-5"))
    changed(lambda one, _: one["path"][0].update(sum=str(1 << 200)))
    changed(lambda one, _: one["path"][0].update(
        side="left" if mine["path"][0]["side"] == "right" else "right"))
    with pytest.raises(liabilities.ProofError):
        liabilities.prove(tmp_path / "t", "ID9")


def test_leaves_say_nothing_without_their_salt(tmp_path):
    tree(tmp_path / "a", [("ID0", Decimal(1)), ("ID1", Decimal(2))])
    tree(tmp_path / "b", [("ID0", Decimal(1)), ("ID1", Decimal(2))])
    assert (tmp_path / "a/ltc/0").read_bytes() != (tmp_path / "b/ltc/0").read_bytes()


def test_memory_does_not_grow_with_the_accounts(tmp_path):
    rows = ((f"ID{number:08}", Decimal(number + 1)) for number in range(MANY))
    tracemalloc.start()
    root = tree(tmp_path / "t", rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEMORY_MAX
    assert root["currencies"]["ltc"]["accounts"] == MANY
    liabilities.verify(root, liabilities.prove(tmp_path / "t", f"ID{MANY - 1:08}"))

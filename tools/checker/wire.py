"""The command batches of the matching protocol, version 1 (deploy/protocol/matching.md), read from
the journal table. An implementation of its own, from the document."""

import struct
from collections import namedtuple

HEADER = struct.Struct("<4sHH24sQIIQ")
COMMAND = struct.Struct("<QQQqqqqQQBBBBB3x")
assert HEADER.size == 56 and COMMAND.size == 80

SUBMIT, CANCEL, CANCEL_ALL, AMEND, HALT, RESUME = range(1, 7)
BUY, SELL, BOTH = 0, 1, 2
LIMIT, MARKET, STOP_LIMIT, STOP_MARKET = range(4)
GTC, IOC, FOK, POST_ONLY = range(4)
STP_NONE, STP_NEWEST, STP_OLDEST, STP_DECREMENT = range(4)

Command = namedtuple(
    "Command",
    "seq order_id member_id price amount stop_price protection budget kind side type tif stp")


class WireError(Exception):
    """A batch in the journal that does not follow the protocol."""


def read_batch(blob, market, first_seq, last_seq):
    """The commands of one row of command_batches."""
    if len(blob) < HEADER.size:
        raise WireError(f"{market} {first_seq}: shorter than a header")
    magic, version, _, name, first, count, size, _ = HEADER.unpack_from(blob)
    if magic != b"BRC1" or version != 1 or size != len(blob):
        raise WireError(f"{market} {first_seq}: no command batch of version 1")
    if name.rstrip(b"\0").decode() != market or first != first_seq:
        raise WireError(f"{market} {first_seq}: header of another batch")
    if first + count - 1 != last_seq or len(blob) != HEADER.size + count * COMMAND.size:
        raise WireError(f"{market} {first_seq}: counts don't fit")
    commands = []
    for at in range(count):
        (seq, order_id, member, price, amount, stop, protection, low, high, kind, side, type_, tif,
         stp) = COMMAND.unpack_from(blob, HEADER.size + at * COMMAND.size)
        if seq != first + at:
            raise WireError(f"{market} {seq}: numbers are not consecutive")
        commands.append(Command(seq, order_id, member, price, amount, stop, protection,
                                high << 64 | low, kind, side, type_, tif, stp))
    return commands

/*
 * matching_read.h: what a matching worker asks for: the state of a market at its last settled
 * command, and the commands after it (libs/contract/protocol.h, deploy/protocol/matching.md).
 */
#ifndef ACCOUNTING_STORE_MATCHING_READ_H
#define ACCOUNTING_STORE_MATCHING_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/market.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

/* Appends a snapshot, read in one consistent view of the tables. ERR_INTERNAL: an order that is not
 * in whole ticks and lots, or more than `out` holds. */
bool matching_snapshot(struct db *db, const struct market *market, struct str *out, struct err *err)
    MUST_CHECK;

/* Appends the batches of the journal that hold the command `from` and those after it: at most
 * PROTOCOL_COMMANDS_MAX commands, but one whole batch at least; nothing if there are none yet. ERR_GONE: `from` was settled
 * long ago and is not kept any more; a snapshot is newer. */
bool matching_commands(struct db *db, const char *market_id, uint64_t from, struct str *out,
                       struct err *err) MUST_CHECK;

#endif

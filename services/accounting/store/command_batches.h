/* command_batches.h: reading the journal of commands, and how far each market is. */
#ifndef ACCOUNTING_STORE_COMMAND_BATCHES_H
#define ACCOUNTING_STORE_COMMAND_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

enum { COMMAND_BATCHES_READ_MAX = 16 };

/* Calls `take` with up to COMMAND_BATCHES_READ_MAX batches of the market, in order, beginning with
 * the one that holds from_seq. */
typedef bool command_batch_take(void *arg, uint64_t first_seq, uint64_t last_seq, const void *bytes,
                                size_t length, struct err *err);
bool command_batches_read(struct db *db, const char *market_id, uint64_t from_seq,
                          command_batch_take *take, void *arg, struct err *err) MUST_CHECK;

/* Calls `take` with the last command and the last settled one of each market. */
typedef bool market_progress_take(void *arg, const char *market_id, uint64_t command_seq,
                                  uint64_t settled_seq, struct err *err);
bool market_progress_read(struct db *db, market_progress_take *take, void *arg, struct err *err)
    MUST_CHECK;

/*
 * Deletes the oldest batches of a market, at most COMMAND_BATCHES_PRUNE_MAX: those that end at
 * `up_to_seq` or below and were made before `before_us`.
 */
enum { COMMAND_BATCHES_PRUNE_MAX = 256 };

struct command_batches_pruned {
    uint64_t count;     /* how many were deleted */
    uint64_t first_seq; /* the first command that is left; 0: none is */
};

bool command_batches_prune(struct db *db, const char *market_id, uint64_t up_to_seq,
                           int64_t before_us, struct command_batches_pruned *ret_pruned,
                           struct err *err) MUST_CHECK;

#endif

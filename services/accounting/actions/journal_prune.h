/*
 * journal_prune.h: the journal of commands does not grow for ever. Workers need only the commands
 * that are not settled; older ones are kept for a while for those who look into what happened (the
 * checker plays them again), then batches are deleted, oldest first, a few in a transaction.
 *
 * A worker that was away for longer, and asks for commands that are gone, is told so
 * (store/matching_read.h) and loads a snapshot.
 */
#ifndef ACCOUNTING_ACTIONS_JOURNAL_PRUNE_H
#define ACCOUNTING_ACTIONS_JOURNAL_PRUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/accounting.h"
#include "base/err.h"

/* Kept below the last settled command of a market, however old they are: a worker that is a little
 * behind catches up without a snapshot. */
enum { JOURNAL_KEPT_COMMANDS = 100000 };

/*
 * One round over all markets, at most a bounded number of batches of each. Deletes what is older
 * than `kept_hours` and lies at least `kept_commands` below the settled number. *ret_more: there
 * is more to delete already.
 */
bool journal_prune(struct accounting *app, struct db *db, uint64_t kept_hours,
                   uint64_t kept_commands, bool *ret_more, struct err *err) MUST_CHECK;

#endif

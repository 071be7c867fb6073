/*
 * results_settle.h: settling. Results of the matching worker become trades, order states, balances
 * and ledger rows: one transaction for all that waits, and market_settlements.settled_seq moves in
 * it, so that a result is applied once, however often it arrives.
 *
 * A result above settled_seq + 1 is a gap: the rest of that market is left, and the caller asks the
 * worker to repeat. A result that breaks the books (an unknown order, a price beyond a limit, funds
 * that are not there) is not applied: its market is stuck, loudly, and the others go on.
 *
 * One thread: the settler's.
 */
#ifndef ACCOUNTING_ACTIONS_RESULTS_SETTLE_H
#define ACCOUNTING_ACTIONS_RESULTS_SETTLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "contract/protocol.h"
#include "db/db.h"

struct accounting;
struct settlement;

struct settlement *settlement_new(struct accounting *app);
void settlement_free(struct settlement *settlement); /* NULL is fine */

/* ---- gathering: between two commits ---- */

/* Adds a checked result batch; its bytes must stay until the commit. False: full, commit first. */
bool settlement_add(struct settlement *settlement, const struct batch *batch);
bool settlement_is_empty(const struct settlement *settlement);

/* Settles what was added, in one transaction, and feeds the market data. On failure nothing
 * happened and everything is still added: try again. ERR_DB_UNKNOWN: perhaps it did; trying again
 * is right all the same, since settled_seq tells. */
bool settlement_commit(struct settlement *settlement, struct db *db, struct err *err) MUST_CHECK;
void settlement_clear(struct settlement *settlement);

/* ---- after a commit ---- */

/* The markets (ids) of the last commit that have a gap, or that are stuck with a reason. */
size_t settlement_gaps(const struct settlement *settlement, const char **ret_markets, size_t max);
/* The markets whose market data must be loaded again: somebody else settled, or a commit whose
 * outcome was unknown did happen. */
size_t settlement_missed(const struct settlement *settlement, const char **ret_markets, size_t max);
size_t settlement_stuck(const struct settlement *settlement, const char **ret_markets,
                        const struct err **ret_reasons, size_t max);

#endif

/*
 * deposit_move.h: a deposit moves: its state, the ledger rows that belong to the move, the row, and the
 * signed event (model.deposit.*), in the caller's transaction. The row is locked by the caller and
 * holds its new state afterwards.
 */
#ifndef ACCOUNTING_ACTIONS_DEPOSIT_MOVE_H
#define ACCOUNTING_ACTIONS_DEPOSIT_MOVE_H

#include <stdbool.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/actions/chain_event.h"
#include "accounting/store/deposits.h"

/* ERR_STATE_CONFLICT: no such move from its state. `accept` of a coin also processes it. */
bool deposit_apply(struct chain_tx *tx, struct deposit *deposit, enum deposit_event event,
                   struct err *err) MUST_CHECK;
/* It left the chain after it was credited; and it is there again. */
bool deposit_freeze(struct chain_tx *tx, struct deposit *deposit, const char *why, struct err *err)
    MUST_CHECK;
bool deposit_recredit(struct chain_tx *tx, struct deposit *deposit, struct err *err) MUST_CHECK;
/* It will not come back: what is frozen and `collected` of the member's are taken, the rest is written off. The caller
 * looked that they are not more than it. ERR_FUNDS_INSUFFICIENT: he has not got it. */
bool deposit_settle(struct chain_tx *tx, struct deposit *deposit, struct dec collected,
                    struct err *err) MUST_CHECK;
/* Writes the row as it is, and tells what changed since `before`. */
bool deposit_save(struct chain_tx *tx, const struct deposit *before, struct deposit *deposit,
                  struct err *err) MUST_CHECK;
/* Inserts it, and tells. */
bool deposit_create(struct chain_tx *tx, struct deposit *deposit, struct err *err) MUST_CHECK;

/* "TID" and ten hexadecimal digits, in the arena; NULL: no memory. */
const char *deposit_new_tid(struct arena *arena);

/* ---- for operators and other servers: a transaction of their own ---- */

struct deposit_asked {
    uint64_t id;     /* or */
    const char *tid; /* NULL: by id */
    enum deposit_event event;
    bool fiat_only; /* a coin is ERR_NOT_FOUND */
};
bool deposit_act(struct accounting *app, const struct change *change,
                 const struct deposit_asked *asked, struct deposit *ret_deposit, struct err *err)
    MUST_CHECK;

/* Runs `unit` in a transaction with a reserve of journal ids. */
typedef bool deposit_unit(struct chain_tx *tx, void *arg, struct err *err);
bool deposit_run(struct accounting *app, const struct change *change, deposit_unit *unit, void *arg,
                 struct err *err) MUST_CHECK;

#endif

/*
 * accept_batch.h: the transaction of the group commit. Two round trips for any number of requests:
 * lock and read everything; then write everything and commit. Under load the first is left out
 * (accept_memory.h). Used by the writer's thread alone.
 */
#ifndef ACCOUNTING_ACTIONS_ACCEPT_BATCH_H
#define ACCOUNTING_ACTIONS_ACCEPT_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/actions/order_accept.h"
#include "base/err.h"
#include "db/db.h"

struct accept_batch;

struct accept_batch *accept_batch_new(struct accounting *app);
void accept_batch_free(struct accept_batch *batch); /* NULL is fine */

/* Decides all intakes and commits those that pass; sets ok and err of each. False: the transaction
 * failed as a whole and nothing happened (ERR_DB_UNKNOWN: or perhaps it did). */
bool accept_batch_commit(struct accept_batch *batch, struct db *db, struct intake **intakes,
                         size_t count, struct err *err) MUST_CHECK;

#endif

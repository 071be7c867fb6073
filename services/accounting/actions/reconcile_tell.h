/* reconcile_tell.h: what the world hears when a currency stands in another way: a signed event. */
#ifndef ACCOUNTING_ACTIONS_RECONCILE_TELL_H
#define ACCOUNTING_ACTIONS_RECONCILE_TELL_H

#include "accounting/store/reconcile.h"

/* model.reconciliation.updated, in the caller's transaction. */
bool reconcile_tell(struct db *db, const struct reconcile_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;

#endif

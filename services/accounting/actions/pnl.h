/*
 * pnl.h: keeps profit and loss of the members (reference 5.8), for the currencies of PNL_CURRENCIES
 * (bus/pnl_job.h is the thread). It reads the journal on, a batch a transaction, and remembers how far it came;
 * several processes may run it.
 *
 * It keeps a minute behind: ids of the journal are reserved in blocks, and a row that is a minute
 * old has no unborn neighbour with a lower id from the same writer.
 */
#ifndef ACCOUNTING_ACTIONS_PNL_H
#define ACCOUNTING_ACTIONS_PNL_H

#include <stdbool.h>

#include "base/err.h"
#include "db/db.h"

struct accounting;

/* Reads what there is for one currency of values; false: what failed was undone. */
bool pnl_update(struct accounting *app, struct db *db, const char *pnl_currency, struct err *err)
    MUST_CHECK;

#endif

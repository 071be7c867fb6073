/*
 * reconcile_stops.h: the gateway is told which assets are stopped, so that it signs nothing of them that it was
 * asked for before. The whole list, again and again: nothing is kept about what it heard, so whatever was lost
 * on either side is made good by the next call.
 */
#ifndef ACCOUNTING_ACTIONS_RECONCILE_STOPS_H
#define ACCOUNTING_ACTIONS_RECONCILE_STOPS_H

#include "accounting/actions/accounting.h"
#include "accounting/actions/catalog_change.h"
#include "base/err.h"

/* A call of another service, so never inside a transaction; of one thread of all processes at a time. */
bool reconcile_stops_tell(struct accounting *app, const struct change *change,
                          const struct catalog *catalog, struct err *err) MUST_CHECK;

#endif

/* ready.h: whether the service can do its work, for probes and load balancers. */
#ifndef ACCOUNTING_ACTIONS_READY_H
#define ACCOUNTING_ACTIONS_READY_H

#include <stdbool.h>

#include "base/err.h"

struct accounting;

/* False with the reason: the database or the broker is away, or the books are not loaded yet. */
bool accounting_is_ready(struct accounting *app, struct err *err);

#endif

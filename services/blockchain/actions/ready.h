/* ready.h: whether the gateway serves. A chain whose nodes are away does not make it unready: the
 * others go on, and GET /internal/chains tells of each. */
#ifndef BLOCKCHAIN_ACTIONS_READY_H
#define BLOCKCHAIN_ACTIONS_READY_H

#include <stdbool.h>

#include "base/err.h"

struct blockchain;

bool blockchain_is_ready(struct blockchain *app, struct err *err) MUST_CHECK;
/* Sets the gauges. */
void blockchain_collect(struct blockchain *app);

#endif

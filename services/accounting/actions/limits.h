/* limits.h: the bounds of the trading pipeline, and how they hang together. */
#ifndef ACCOUNTING_ACTIONS_LIMITS_H
#define ACCOUNTING_ACTIONS_LIMITS_H

#include "contract/protocol.h"

enum {
    ACCEPT_BATCH_MAX = 512,  /* requests committed together */
    ACCEPT_QUEUE_MAX = 4096, /* requests that wait; above it 429 */
    ACCEPT_SQL_BYTES_MAX = 8 << 20,
    ID_BLOCK = 10000,          /* ids reserved at once */
    SETTLE_RESULTS_MAX = 2048, /* results gathered for one transaction */
    SETTLE_ITEMS_MAX = 8192,   /* items that one transaction settles, and at least one result */
    SETTLE_ROOM = SETTLE_ITEMS_MAX + PROTOCOL_ITEMS_MAX,
    SETTLE_ORDERS_MAX = 2 * SETTLE_ROOM,
    SETTLE_DELTAS_MAX = 6 * SETTLE_ROOM,
    SETTLE_INDEX = 1 << 17, /* slots of the index of orders */
    SETTLE_SQL_BYTES_MAX = 40 << 20,
    SETTLE_FLUSH_BYTES = 8 << 20, /* a longer statement is sent before the next is added */
    MARKETS_MAX = 1024            /* of one exchange */
};

_Static_assert((int)ACCEPT_BATCH_MAX <= (int)PROTOCOL_COMMANDS_MAX, "a batch fits one message");
_Static_assert(SETTLE_INDEX >= 2 * SETTLE_ORDERS_MAX, "the index of orders stays half empty");

#endif

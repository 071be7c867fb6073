/* limits.h: the bounds of the matching service, and how they relate. */
#ifndef MATCHING_STATE_LIMITS_H
#define MATCHING_STATE_LIMITS_H

#include "contract/protocol.h"

enum {
    MARKETS_MAX = 256,

    /* From the broker: one round takes this many deliveries before it publishes. */
    PREFETCH = 128,
    ROUND_DELIVERIES_MAX = 64,
    ROUND_WAIT_MS = 200, /* for the first delivery, when nothing else is to do */

    /* Batches that came before their turn: kept for a moment, then the gap is asked for. */
    EARLY_BATCHES_MAX = 32,
    GAP_WAIT_MS = 200,

    /* To the broker: a result batch is cut here, and this many may be unconfirmed. */
    RESULT_BATCH_BYTES = 1 << 20,
    RESULT_BATCH_RESULTS = 8 * PROTOCOL_COMMANDS_MAX,
    PARCELS_MAX = 64,

    /* To accounting over HTTP. */
    CALL_TIMEOUT_MS = 5000,
    SNAPSHOT_TIMEOUT_MS = 60000,
    MARKETS_BYTES_MAX = 1 << 20,
    COMMANDS_BYTES_MAX = 2 * PROTOCOL_BATCH_BYTES_MAX,
    TOKEN_LIFETIME_S = 60,
    MARKET_LIST_PAUSE_MS = 1000, /* between two reads of the list of markets */

    /* Between two tries of anything that failed. */
    PAUSE_MS_MIN = 100,
    PAUSE_MS_MAX = 250 /* a broker that is back is noticed soon: trading goes on within seconds */
};

_Static_assert(ROUND_DELIVERIES_MAX <= PREFETCH, "a round fits the window of the consumer");
_Static_assert((int)RESULT_BATCH_BYTES < (int)PROTOCOL_BATCH_BYTES_MAX, "a batch is cut in time");

#endif

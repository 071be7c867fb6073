/* metrics.h: the metrics of the gateway; names and documentation are in metrics.c. */
#ifndef BLOCKCHAIN_STATE_METRICS_H
#define BLOCKCHAIN_STATE_METRICS_H

#include "metrics/metrics.h"

enum blockchain_metric {
    METRIC_HTTP_REQUESTS,
    METRIC_HTTP_SECONDS,
    METRIC_CHAIN_HEIGHT,
    METRIC_CHAIN_TIP,
    METRIC_CHAIN_LAG,
    METRIC_CHAIN_READY,
    METRIC_BLOCKS,
    METRIC_BLOCK_SECONDS,
    METRIC_BLOCKS_REVERTED,
    METRIC_TRANSFERS,
    METRIC_PARKED,
    METRIC_NODE_CALLS,
    METRIC_NODE_ERRORS,
    METRIC_NODE_SECONDS,
    METRIC_WATCHED,
    METRIC_WATCHED_BYTES,
    METRIC_EVENTS_PUBLISHED,
    METRIC_IGNORED,
    METRIC_MAX
};

extern const struct metric_row blockchain_metrics[METRIC_MAX];

#endif

/* metrics.h: what accounting counts. The rows are in metrics.c, in the order of the enum. */
#ifndef ACCOUNTING_STATE_METRICS_H
#define ACCOUNTING_STATE_METRICS_H

#include "metrics/metrics.h"

enum accounting_metric {
    METRIC_HTTP_REQUESTS,
    METRIC_HTTP_SECONDS,
    METRIC_ORDERS_ACCEPTED,
    METRIC_ORDERS_REFUSED,
    METRIC_ACCEPT_BATCHES,
    METRIC_ACCEPT_SECONDS,
    METRIC_COMMANDS_PUBLISHED,
    METRIC_RESULTS_SETTLED,
    METRIC_TRADES_SETTLED,
    METRIC_SETTLE_BATCHES,
    METRIC_SETTLE_SECONDS,
    METRIC_RELOADS_ASKED,
    METRIC_EVENTS_PUBLISHED,
    METRIC_COMMAND_SEQ,
    METRIC_SETTLED_SEQ,
    METRIC_STATE_HASH,
    METRIC_MARKET_STUCK,
    METRIC_MAX
};

extern const struct metric_row accounting_metrics[METRIC_MAX];

#endif

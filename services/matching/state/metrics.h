/* metrics.h: what the matching worker counts. The rows are in metrics.c, in the order of the enum. */
#ifndef MATCHING_STATE_METRICS_H
#define MATCHING_STATE_METRICS_H

#include "metrics/metrics.h"

enum matching_metric {
    METRIC_COMMANDS_APPLIED,
    METRIC_COMMANDS_REPEATED,
    METRIC_RESULT_BATCHES,
    METRIC_POISON,
    METRIC_LOADS,
    METRIC_GAPS,
    METRIC_BATCH_SECONDS,
    METRIC_SEQ,
    METRIC_ORDERS,
    METRIC_STATE_HASH,
    METRIC_MAX
};

extern const struct metric_row matching_metrics[METRIC_MAX];

#endif

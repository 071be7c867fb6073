/* metrics.h: what matching counts. The rows are state/metrics.def. */
#ifndef MATCHING_STATE_METRICS_H
#define MATCHING_STATE_METRICS_H

#include "metrics/metrics.h"

enum matching_metric {
#define M(name, text, kind, label, doc) METRIC_##name,
#include "matching/state/metrics.def"
#undef M
    METRIC_MAX
};

extern const struct metric_row matching_metrics[METRIC_MAX];

#endif

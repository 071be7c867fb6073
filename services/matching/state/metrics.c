#include "matching/state/metrics.h"

const struct metric_row matching_metrics[METRIC_MAX] = {
#define M(name, text, kind, label, doc) [METRIC_##name] = {text, kind, doc, label},
#include "matching/state/metrics.def"
#undef M
};

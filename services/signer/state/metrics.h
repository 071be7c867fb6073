/* metrics.h: what the signer counts. The rows are in metrics.c, in the order of the enum. */
#ifndef SIGNER_STATE_METRICS_H
#define SIGNER_STATE_METRICS_H

#include "metrics/metrics.h"

enum signer_metric {
    METRIC_HTTP_REQUESTS,
    METRIC_HTTP_SECONDS,
    METRIC_SIGNED,
    METRIC_REFUSED,
    METRIC_REPEATED,
    METRIC_SIGN_SECONDS,
    METRIC_AUDIT_LINES,
    METRIC_AUDIT_BYTES,
    METRIC_AUDIT_OK,
    METRIC_PAYOUTS_KNOWN,
    METRIC_DAY_SHARE,
    METRIC_MAX
};

extern const struct metric_row signer_metrics[METRIC_MAX];

#endif

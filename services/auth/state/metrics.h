/* metrics.h: what auth counts. The rows are in metrics.c, in the order of the enum. */
#ifndef AUTH_STATE_METRICS_H
#define AUTH_STATE_METRICS_H

#include "metrics/metrics.h"

enum auth_metric {
    METRIC_HTTP_REQUESTS,
    METRIC_HTTP_SECONDS,
    METRIC_SIGN_INS,
    METRIC_SIGN_UPS,
    METRIC_THROTTLED,
    METRIC_SECRET_STORE_UP,
    METRIC_EVENTS_PUBLISHED,
    METRIC_EVENTS_UNHEARD,
    METRIC_EVENTS_PARKED,
    METRIC_MAILS,
    METRIC_MAIL_SECONDS,
    METRIC_MAX
};

extern const struct metric_row auth_metrics[METRIC_MAX];

#endif

#include "auth/state/metrics.h"

const struct metric_row auth_metrics[METRIC_MAX] = {
    [METRIC_HTTP_REQUESTS] = {"http_requests_total", METRIC_COUNTER, "Requests answered.",
                              "status"},
    [METRIC_HTTP_SECONDS] = {"http_seconds", METRIC_HISTOGRAM, "Time to answer.", NULL},
    [METRIC_SIGN_INS] = {"sign_ins_total", METRIC_COUNTER, "Sign-ins with a password.", "result"},
    [METRIC_SIGN_UPS] = {"sign_ups_total", METRIC_COUNTER, "Accounts made by sign-up.", NULL},
    [METRIC_THROTTLED] = {"throttled_total", METRIC_COUNTER, "Requests refused by a limit.",
                          "limit"},
    [METRIC_SECRET_STORE_UP] = {"secret_store_up", METRIC_GAUGE,
                                "Whether the store of secrets answered the last look.", NULL},
};

#include "signer/state/metrics.h"

const struct metric_row signer_metrics[METRIC_MAX] = {
    [METRIC_HTTP_REQUESTS] = {"http_requests_total", METRIC_COUNTER, "Requests answered.",
                              "status"},
    [METRIC_HTTP_SECONDS] = {"http_seconds", METRIC_HISTOGRAM, "Time to answer.", NULL},
    [METRIC_SIGNED] = {"signed_total", METRIC_COUNTER, "Transactions signed the first time.",
                       "purpose"},
    [METRIC_REFUSED] = {"refused_total", METRIC_COUNTER, "Requests that the policy refused.",
                        "rule"},
    [METRIC_REPEATED] = {"repeated_total", METRIC_COUNTER,
                         "Transactions that were asked for again and signed again.", NULL},
    [METRIC_SIGN_SECONDS] = {"sign_seconds", METRIC_HISTOGRAM,
                             "Time to decide, sign and write one request.", NULL},
    [METRIC_AUDIT_LINES] = {"audit_lines", METRIC_GAUGE, "Lines of the audit file.", NULL},
    [METRIC_AUDIT_BYTES] = {"audit_bytes", METRIC_GAUGE, "Bytes of the audit file.", NULL},
    [METRIC_AUDIT_OK] = {"audit_ok", METRIC_GAUGE,
                         "Whether the audit file takes lines; without it nothing is signed.", NULL},
    [METRIC_PAYOUTS_KNOWN] = {"payouts_known", METRIC_GAUGE,
                              "Payout ids in memory, closed ones included.", NULL},
    [METRIC_DAY_SHARE] = {"day_share_percent", METRIC_GAUGE,
                          "Signed in the last 24 hours, in percent of the policy's cap.", "rule"},
};

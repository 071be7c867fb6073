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
    [METRIC_EVENTS_PUBLISHED] = {"events_published_total", METRIC_COUNTER,
                                 "Events that the broker has.", NULL},
    [METRIC_EVENTS_UNHEARD] = {"events_unheard_total", METRIC_COUNTER,
                               "Events that no queue took: nobody listens to them.", NULL},
    [METRIC_EVENTS_PARKED] = {"events_parked", METRIC_GAUGE,
                              "Events that can't be signed and stay in the table.", NULL},
    [METRIC_MAILS] = {"mails_total", METRIC_COUNTER,
                      "Events that were looked at by the mailer: sent, dropped, later, dead.",
                      "outcome"},
    [METRIC_MAIL_SECONDS] = {"mail_seconds", METRIC_HISTOGRAM, "Time to send a mail.", NULL},
};

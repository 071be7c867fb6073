#include "matching/state/metrics.h"

const struct metric_row matching_metrics[METRIC_MAX] = {
    [METRIC_COMMANDS_APPLIED] = {"commands_applied_total", METRIC_COUNTER, "Commands applied.",
                                 NULL},
    [METRIC_COMMANDS_REPEATED] = {"commands_repeated_total", METRIC_COUNTER,
                                  "Commands that came again and were dropped.", NULL},
    [METRIC_RESULT_BATCHES] = {"result_batches_total", METRIC_COUNTER,
                               "Result batches confirmed by the broker.", NULL},
    [METRIC_POISON] = {"poison_total", METRIC_COUNTER,
                       "Messages that follow no protocol, sent to the dead letters.", NULL},
    [METRIC_LOADS] = {"loads_total", METRIC_COUNTER, "Snapshots loaded.", NULL},
    [METRIC_GAPS] = {"gaps_total", METRIC_COUNTER,
                     "Gaps in the commands, filled from the journal of accounting.", NULL},
    [METRIC_BATCH_SECONDS] = {"batch_seconds", METRIC_HISTOGRAM,
                              "From the first command of a round to its confirmed results.", NULL},
    [METRIC_SEQ] = {"seq", METRIC_GAUGE, "Last command applied.", "market"},
    [METRIC_ORDERS] = {"orders", METRIC_GAUGE, "Open orders, waiting stops included.", "market"},
    [METRIC_STATE_HASH] = {"state_hash", METRIC_GAUGE, "State hash after seq, its low 52 bits.",
                           "market"},
};

/*
 * metrics.h: counters, gauges and histograms from a table, printed as Prometheus text.
 *
 *     static const struct metric_row rows[] = {
 *         {"orders_accepted_total", METRIC_COUNTER, "Orders answered with 201."}, ...
 *     struct metrics *metrics = metrics_new("bourse_accounting", rows, ARRAY_LEN(rows));
 *     metric_add(metrics, METRIC_ORDERS_ACCEPTED, 1);          // enum in the order of the rows
 *
 * metric_add and metric_set are lock-free and may be called from any thread. Values are integers;
 * durations are given in microseconds and printed in seconds (histogram bounds are fixed:
 * 100 us .. 10 s). A row may have children told apart by one label (a market); they are made with
 * metric_label() at start or when first seen, bounded by METRIC_CHILDREN_MAX.
 */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { METRIC_CHILDREN_MAX = 256 };

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_row {
    const char *name; /* without the prefix */
    enum metric_kind kind;
    const char *doc;
    const char *label; /* name of the label; NULL: a single value */
};

struct metrics;

struct metrics *metrics_new(const char *prefix, const struct metric_row *rows, size_t count);
void metrics_free(struct metrics *metrics); /* NULL is fine */

void metric_add(struct metrics *metrics, unsigned row, int64_t amount);
void metric_set(struct metrics *metrics, unsigned row, int64_t value);
void metric_observe_us(struct metrics *metrics, unsigned row, int64_t microseconds);

/* The child of `row` with this label value; made if it is new. Above the bound: child "other". */
unsigned metric_label(struct metrics *metrics, unsigned row, const char *value);
void metric_add_labelled(struct metrics *metrics, unsigned row, unsigned child, int64_t amount);
void metric_set_labelled(struct metrics *metrics, unsigned row, unsigned child, int64_t value);

void metrics_print(struct metrics *metrics, struct str *out); /* Prometheus text format */
void metrics_print_docs(const char *prefix, const struct metric_row *rows, size_t count,
                        struct str *out); /* Markdown table: --print-metrics */

#endif

#include "metrics/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

/* Upper bounds of the histogram in microseconds; one more bucket takes the rest. */
static const int64_t bounds_us[] = {
    100,   250,    500,    1000,   2500,    5000,    10000,   25000,
    50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000,
};
static const char *const bounds_text[] = {
    "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025",
    "0.05",   "0.1",     "0.25",   "0.5",   "1",      "2.5",   "5",    "10",
};
enum { BOUNDS = sizeof(bounds_us) / sizeof(bounds_us[0]) };

struct histogram {
    _Atomic int64_t buckets[BOUNDS + 1]; /* not cumulative; the printer sums */
    _Atomic int64_t sum_us;
};

/* A child is written once, under the lock, before its number is published in children_count. */
struct child {
    char *label_value;
    _Atomic int64_t value;
};

struct metric {
    const struct metric_row *row;
    _Atomic int64_t value; /* without label */
    struct histogram *histogram;
    struct child *children; /* with label: METRIC_CHILDREN_MAX */
    _Atomic unsigned children_count;
};

struct metrics {
    char *prefix;
    pthread_mutex_t lock; /* of making children */
    size_t count;
    struct metric metrics[];
};

static const char child_other[] = "other";

static bool metric_init(struct metric *metric, const struct metric_row *row)
{
    metric->row = row;
    /* Histograms with labels are not wanted so far: a row is one or the other. */
    assert(row->kind != METRIC_HISTOGRAM || !row->label);
    if (row->kind == METRIC_HISTOGRAM)
        return (metric->histogram = calloc(1, sizeof(*metric->histogram))) != NULL;
    if (row->label)
        return (metric->children = calloc(METRIC_CHILDREN_MAX, sizeof(*metric->children))) != NULL;
    return true;
}

struct metrics *metrics_new(const char *prefix, const struct metric_row *rows, size_t count)
{
    struct metrics *metrics = calloc(1, sizeof(*metrics) + count * sizeof(metrics->metrics[0]));
    if (!metrics)
        return NULL;
    metrics->count = count;
    pthread_mutex_init(&metrics->lock, NULL);
    metrics->prefix = strdup(prefix);
    bool made = metrics->prefix != NULL;
    for (size_t i = 0; made && i < count; i++)
        made = metric_init(&metrics->metrics[i], &rows[i]);
    if (made)
        return metrics;
    metrics_free(metrics);
    return NULL;
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    for (size_t i = 0; i < metrics->count; i++) {
        struct metric *metric = &metrics->metrics[i];
        for (unsigned k = 0; metric->children && k < METRIC_CHILDREN_MAX; k++)
            free(metric->children[k].label_value);
        free(metric->children);
        free(metric->histogram);
    }
    pthread_mutex_destroy(&metrics->lock);
    free(metrics->prefix);
    free(metrics);
}

static struct metric *metric_get(struct metrics *metrics, unsigned row)
{
    assert(row < metrics->count);
    return &metrics->metrics[row];
}

void metric_add(struct metrics *metrics, unsigned row, int64_t amount)
{
    struct metric *metric = metric_get(metrics, row);
    assert(!metric->row->label && metric->row->kind != METRIC_HISTOGRAM);
    atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}

void metric_set(struct metrics *metrics, unsigned row, int64_t value)
{
    struct metric *metric = metric_get(metrics, row);
    assert(!metric->row->label && metric->row->kind == METRIC_GAUGE);
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe_us(struct metrics *metrics, unsigned row, int64_t microseconds)
{
    struct histogram *histogram = metric_get(metrics, row)->histogram;
    size_t bucket = 0;
    assert(histogram != NULL);
    while (bucket < BOUNDS && microseconds > bounds_us[bucket])
        bucket++;
    atomic_fetch_add_explicit(&histogram->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum_us, microseconds, memory_order_relaxed);
}

/* ---- children ---- */

static bool child_find(const struct metric *metric, const char *value, unsigned *ret_child)
{
    unsigned count = atomic_load_explicit(&metric->children_count, memory_order_acquire);
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(metric->children[i].label_value, value) == 0) {
            *ret_child = i;
            return true;
        }
    }
    return false;
}

static unsigned child_make_locked(struct metric *metric, const char *value)
{
    unsigned child, count = atomic_load_explicit(&metric->children_count, memory_order_relaxed);
    if (child_find(metric, value, &child))
        return child;
    if (count == METRIC_CHILDREN_MAX)
        return count - 1;
    /* The last place is for all that find no other. */
    if (count == METRIC_CHILDREN_MAX - 1)
        value = child_other;
    metric->children[count].label_value = strdup(value);
    assert(metric->children[count].label_value != NULL);
    atomic_store_explicit(&metric->children_count, count + 1, memory_order_release);
    return count;
}

unsigned metric_label(struct metrics *metrics, unsigned row, const char *value)
{
    struct metric *metric = metric_get(metrics, row);
    unsigned child;
    assert(metric->row->label != NULL);
    if (child_find(metric, value, &child))
        return child;
    pthread_mutex_lock(&metrics->lock);
    child = child_make_locked(metric, value);
    pthread_mutex_unlock(&metrics->lock);
    return child;
}

static struct child *child_get(struct metrics *metrics, unsigned row, unsigned child)
{
    struct metric *metric = metric_get(metrics, row);
    assert(child < atomic_load_explicit(&metric->children_count, memory_order_acquire));
    return &metric->children[child];
}

void metric_add_labelled(struct metrics *metrics, unsigned row, unsigned child, int64_t amount)
{
    atomic_fetch_add_explicit(&child_get(metrics, row, child)->value, amount, memory_order_relaxed);
}

void metric_set_labelled(struct metrics *metrics, unsigned row, unsigned child, int64_t value)
{
    atomic_store_explicit(&child_get(metrics, row, child)->value, value, memory_order_relaxed);
}

/* ---- printing ---- */

static const char *kind_name(enum metric_kind kind)
{
    static const char *const names[] = {"counter", "gauge", "histogram"};
    assert((unsigned)kind < ARRAY_LEN(names));
    return names[kind];
}

static void print_head(const struct metrics *metrics, const struct metric *metric, struct str *out)
{
    const struct metric_row *row = metric->row;
    str_add_format(out, "# HELP %s_%s %s\n", metrics->prefix, row->name, row->doc ? row->doc : "");
    str_add_format(out, "# TYPE %s_%s %s\n", metrics->prefix, row->name, kind_name(row->kind));
}

static void print_label_value(const char *value, struct str *out)
{
    for (; *value; value++) {
        if (*value == '\n') {
            str_add(out, "\\n");
            continue;
        }
        if (*value == '"' || *value == '\\')
            str_add_char(out, '\\');
        str_add_char(out, *value);
    }
}

static void print_children(const struct metrics *metrics, const struct metric *metric,
                           struct str *out)
{
    unsigned count = atomic_load_explicit(&metric->children_count, memory_order_acquire);
    for (unsigned i = 0; i < count; i++) {
        str_add_format(out, "%s_%s{%s=\"", metrics->prefix, metric->row->name, metric->row->label);
        print_label_value(metric->children[i].label_value, out);
        str_add(out, "\"} ");
        str_add_i64(out, atomic_load_explicit(&metric->children[i].value, memory_order_relaxed));
        str_add_char(out, '\n');
    }
}

static void print_histogram(const struct metrics *metrics, const struct metric *metric,
                            struct str *out)
{
    const struct histogram *histogram = metric->histogram;
    const char *prefix = metrics->prefix, *name = metric->row->name;
    int64_t seen = 0;
    for (size_t i = 0; i <= BOUNDS; i++) {
        seen += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        str_add_format(out, "%s_%s_bucket{le=\"%s\"} %lld\n", prefix, name,
                       i < BOUNDS ? bounds_text[i] : "+Inf", (long long)seen);
    }
    int64_t sum_us = atomic_load_explicit(&histogram->sum_us, memory_order_relaxed);
    str_add_format(out, "%s_%s_sum %lld.%06lld\n", prefix, name, (long long)(sum_us / 1000000),
                   (long long)(sum_us % 1000000));
    /* The count is the sum of the buckets just printed, so that the two always agree. */
    str_add_format(out, "%s_%s_count %lld\n", prefix, name, (long long)seen);
}

void metrics_print(struct metrics *metrics, struct str *out)
{
    for (size_t i = 0; i < metrics->count; i++) {
        const struct metric *metric = &metrics->metrics[i];
        print_head(metrics, metric, out);
        if (metric->histogram) {
            print_histogram(metrics, metric, out);
        } else if (metric->children) {
            print_children(metrics, metric, out);
        } else {
            int64_t value = atomic_load_explicit(&metric->value, memory_order_relaxed);
            str_add_format(out, "%s_%s %lld\n", metrics->prefix, metric->row->name,
                           (long long)value);
        }
    }
}

void metrics_print_docs(const char *prefix, const struct metric_row *rows, size_t count,
                        struct str *out)
{
    str_add(out, "| name | kind | label | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++)
        str_add_format(out, "| `%s_%s` | %s | %s | %s |\n", prefix, rows[i].name,
                       kind_name(rows[i].kind), rows[i].label ? rows[i].label : "",
                       rows[i].doc ? rows[i].doc : "");
}

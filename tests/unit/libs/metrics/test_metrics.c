/* Metrics: the Prometheus text of each kind, labels and their bound, and adds from many threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/check.h"
#include "metrics/metrics.h"

enum { ORDERS, DEPTH, LATENCY, TRADES, ROWS };
enum { THREADS = 4, ADDS_EACH = 100000 };

static const struct metric_row rows[] = {
    {"orders_total", METRIC_COUNTER, "Orders.", NULL},
    {"queue_depth", METRIC_GAUGE, "Waiting.", NULL},
    {"latency_seconds", METRIC_HISTOGRAM, "Time.", NULL},
    {"trades_total", METRIC_COUNTER, "Trades.", "market"},
};

static struct metrics *make(void)
{
    struct metrics *metrics = metrics_new("bourse_test", rows, ARRAY_LEN(rows));
    assert_non_null(metrics);
    return metrics;
}

static void assert_prints(struct metrics *metrics, const char *expected)
{
    AUTO(str_release) struct str out = STR_INIT(256 * 1024);
    metrics_print(metrics, &out);
    assert_true(str_ok(&out));
    if (!strstr(out.data, expected))
        fail_msg("\"%s\" is not in:\n%s", expected, out.data);
}

static void metrics_print__counter_and_gauge__have_help_type_and_value(void **state)
{
    struct metrics *metrics = make();
    (void)state;
    metric_add(metrics, ORDERS, 2);
    metric_add(metrics, ORDERS, 3);
    metric_set(metrics, DEPTH, 7);
    metric_add(metrics, DEPTH, -9);
    assert_prints(metrics, "# HELP bourse_test_orders_total Orders.\n"
                           "# TYPE bourse_test_orders_total counter\n"
                           "bourse_test_orders_total 5\n");
    assert_prints(metrics, "# TYPE bourse_test_queue_depth gauge\nbourse_test_queue_depth -2\n");
    metrics_free(metrics);
    metrics_free(NULL);
}

static void metric_observe_us__times__fall_into_their_buckets(void **state)
{
    struct metrics *metrics = make();
    (void)state;
    metric_observe_us(metrics, LATENCY, 100);
    metric_observe_us(metrics, LATENCY, 101);
    metric_observe_us(metrics, LATENCY, 10000000);
    metric_observe_us(metrics, LATENCY, 10000001);
    assert_prints(metrics, "_bucket{le=\"0.0001\"} 1\n");
    assert_prints(metrics, "_bucket{le=\"0.00025\"} 2\n");
    assert_prints(metrics, "_bucket{le=\"5\"} 2\n");
    assert_prints(metrics, "_bucket{le=\"10\"} 3\n");
    assert_prints(metrics, "_bucket{le=\"+Inf\"} 4\n");
    assert_prints(metrics, "bourse_test_latency_seconds_sum 20.000202\n"
                           "bourse_test_latency_seconds_count 4\n");
    metrics_free(metrics);
}

static void metric_label__values__are_children(void **state)
{
    struct metrics *metrics = make();
    (void)state;
    unsigned btc = metric_label(metrics, TRADES, "btcusd");
    unsigned odd = metric_label(metrics, TRADES, "a\"b\\c\nd");
    assert_int_not_equal(btc, odd);
    assert_int_equal(metric_label(metrics, TRADES, "btcusd"), btc);
    metric_add_labelled(metrics, TRADES, btc, 4);
    metric_set_labelled(metrics, TRADES, odd, 9);
    assert_prints(metrics, "bourse_test_trades_total{market=\"btcusd\"} 4\n");
    assert_prints(metrics, "bourse_test_trades_total{market=\"a\\\"b\\\\c\\nd\"} 9\n");
    metrics_free(metrics);
}

static void metric_label__above_the_bound__is_other(void **state)
{
    struct metrics *metrics = make();
    char value[16];
    (void)state;
    for (int i = 0; i < METRIC_CHILDREN_MAX + 50; i++) {
        snprintf(value, sizeof(value), "m%d", i);
        metric_add_labelled(metrics, TRADES, metric_label(metrics, TRADES, value), 1);
    }
    assert_prints(metrics, "{market=\"m254\"} 1\n");
    assert_prints(metrics, "{market=\"other\"} 51\n");
    metrics_free(metrics);
}

static void *add_many(void *user)
{
    struct metrics *metrics = user;
    char value[16];
    for (int i = 0; i < ADDS_EACH; i++) {
        metric_add(metrics, ORDERS, 1);
        metric_observe_us(metrics, LATENCY, i);
        snprintf(value, sizeof(value), "m%d", i % 50);
        metric_add_labelled(metrics, TRADES, metric_label(metrics, TRADES, value), 1);
    }
    return NULL;
}

static void metric_add__many_threads__lose_nothing(void **state)
{
    struct metrics *metrics = make();
    pthread_t threads[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, metrics), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_prints(metrics, "bourse_test_orders_total 400000\n");
    assert_prints(metrics, "bourse_test_latency_seconds_count 400000\n");
    for (int i = 0; i < 50; i++) {
        char line[64];
        snprintf(line, sizeof(line), "{market=\"m%d\"} %d\n", i, THREADS * ADDS_EACH / 50);
        assert_prints(metrics, line);
    }
    metrics_free(metrics);
}

static void metrics_print_docs__rows__are_a_table(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(4096);
    (void)state;
    metrics_print_docs("bourse_test", rows, ROWS, &out);
    assert_non_null(strstr(out.data, "| `bourse_test_orders_total` | counter |  | Orders. |\n"));
    assert_non_null(
        strstr(out.data, "| `bourse_test_trades_total` | counter | market | Trades. |\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_print__counter_and_gauge__have_help_type_and_value),
        cmocka_unit_test(metric_observe_us__times__fall_into_their_buckets),
        cmocka_unit_test(metric_label__values__are_children),
        cmocka_unit_test(metric_label__above_the_bound__is_other),
        cmocka_unit_test(metric_add__many_threads__lose_nothing),
        cmocka_unit_test(metrics_print_docs__rows__are_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

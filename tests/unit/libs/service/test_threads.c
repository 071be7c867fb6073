/* Threads of a service: named, woken from sleep, joined; and no more than agreed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "service/threads.h"

enum { LONG_MS = 60 * 1000, SOON_US = 50 * 1000 * 1000 };

struct work {
    struct service_threads *threads;
    atomic_int started, ended;
    char name[16];
};

static void sleeper(void *app)
{
    struct work *work = app;
    if (atomic_fetch_add(&work->started, 1) == 0)
        pthread_getname_np(pthread_self(), work->name, sizeof(work->name));
    while (service_threads_sleep(work->threads, LONG_MS))
        continue;
    atomic_fetch_add(&work->ended, 1);
}

static void service_threads_stop__sleepers__are_woken_and_joined(void **state)
{
    struct work work = {.threads = service_threads_new()};
    struct err err;
    (void)state;
    assert_non_null(work.threads);
    int64_t start = clock_monotonic_us(&clock_real);
    for (int i = 0; i < 8; i++)
        assert_true(service_threads_add(work.threads, "a-name-that-is-long", sleeper, &work, &err));
    assert_false(service_threads_stopping(work.threads));
    service_threads_stop(work.threads);
    assert_true(service_threads_stopping(work.threads));
    assert_int_equal(work.started, 8);
    assert_int_equal(work.ended, 8);
    assert_true(clock_monotonic_us(&clock_real) - start < SOON_US);
    assert_string_equal(work.name, "a-name-that-is-");
    service_threads_stop(work.threads);
    assert_false(service_threads_sleep(work.threads, LONG_MS));
    service_threads_free(work.threads);
    service_threads_free(NULL);
}

static void service_threads_sleep__time__passes(void **state)
{
    struct service_threads *threads = service_threads_new();
    (void)state;
    int64_t start = clock_monotonic_us(&clock_real);
    assert_true(service_threads_sleep(threads, 30));
    assert_true(clock_monotonic_us(&clock_real) - start >= 30 * 1000);
    service_threads_free(threads);
}

static void service_threads_add__number__is_bounded(void **state)
{
    struct work work = {.threads = service_threads_new()};
    struct err err;
    (void)state;
    for (int i = 0; i < SERVICE_THREADS_MAX; i++)
        assert_true(service_threads_add(work.threads, "t", sleeper, &work, &err));
    assert_false(service_threads_add(work.threads, "t", sleeper, &work, &err));
    assert_int_equal(err.code, ERR_INTERNAL);
    service_threads_free(work.threads);
    assert_int_equal(work.ended, SERVICE_THREADS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service_threads_stop__sleepers__are_woken_and_joined),
        cmocka_unit_test(service_threads_sleep__time__passes),
        cmocka_unit_test(service_threads_add__number__is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

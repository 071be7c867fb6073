/* The queue between threads: order, bounds, closing, waiting, and nothing lost under load. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/queue.h"

enum { PRODUCERS = 4, ITEMS_EACH = 20000 };

static void queue_push__full__is_an_answer(void **state)
{
    int items[3];
    void *got[3];
    struct queue *queue = queue_new(2);
    (void)state;
    assert_true(queue_push(queue, &items[0]));
    assert_true(queue_push(queue, &items[1]));
    assert_false(queue_push(queue, &items[2]));
    assert_int_equal(queue_length(queue), 2);
    assert_int_equal(queue_drain(queue, got, 1, 0), 1);
    assert_ptr_equal(got[0], &items[0]);
    assert_true(queue_push(queue, &items[2]));
    assert_int_equal(queue_drain(queue, got, 3, 0), 2);
    assert_ptr_equal(got[0], &items[1]);
    assert_ptr_equal(got[1], &items[2]);
    queue_free(queue);
}

static void queue_drain__empty__waits_as_long_as_asked(void **state)
{
    void *got[1];
    struct queue *queue = queue_new(2);
    (void)state;
    int64_t start_us = clock_monotonic_us(&clock_real);
    assert_int_equal(queue_drain(queue, got, 1, 0), 0);
    assert_int_equal(queue_drain(queue, got, 1, 30), 0);
    assert_true(clock_monotonic_us(&clock_real) - start_us >= 30000);
    queue_free(queue);
}

static void queue_close__items_left__can_still_be_drained(void **state)
{
    int item;
    void *got[2];
    struct queue *queue = queue_new(2);
    (void)state;
    assert_true(queue_push(queue, &item));
    assert_false(queue_is_closed(queue));
    queue_close(queue);
    assert_true(queue_is_closed(queue));
    assert_false(queue_push(queue, &item));
    assert_int_equal(queue_drain(queue, got, 2, 1000), 1);
    assert_int_equal(queue_drain(queue, got, 2, 60000), 0);
    queue_free(queue);
    queue_free(NULL);
}

static void *close_soon(void *user)
{
    struct queue *queue = user;
    void *got[1];
    queue_drain(queue, got, 1, 20);
    queue_close(queue);
    return NULL;
}

static void queue_close__sleeping_consumer__wakes(void **state)
{
    void *got[1];
    pthread_t thread;
    struct queue *queue = queue_new(2);
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, close_soon, queue), 0);
    assert_int_equal(queue_drain(queue, got, 1, 60000), 0);
    assert_true(queue_is_closed(queue));
    pthread_join(thread, NULL);
    queue_free(queue);
}

struct producer {
    struct queue *queue;
    uint32_t items[ITEMS_EACH];
    unsigned number;
};

static void *produce(void *user)
{
    struct producer *producer = user;
    for (uint32_t i = 0; i < ITEMS_EACH; i++) {
        producer->items[i] = producer->number * ITEMS_EACH + i;
        while (!queue_push(producer->queue, &producer->items[i]))
            continue;
    }
    return NULL;
}

static void queue__many_producers__lose_nothing_and_keep_their_order(void **state)
{
    static struct producer producers[PRODUCERS];
    uint32_t next[PRODUCERS] = {0};
    pthread_t threads[PRODUCERS];
    void *got[64];
    struct queue *queue = queue_new(128);
    (void)state;
    for (unsigned i = 0; i < PRODUCERS; i++) {
        producers[i].queue = queue;
        producers[i].number = i;
        assert_int_equal(pthread_create(&threads[i], NULL, produce, &producers[i]), 0);
    }
    for (size_t total = 0; total < PRODUCERS * ITEMS_EACH;) {
        size_t count = queue_drain(queue, got, 64, 5000);
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            uint32_t item = *(uint32_t *)got[i];
            assert_int_equal(item % ITEMS_EACH, next[item / ITEMS_EACH]++);
        }
        total += count;
    }
    for (unsigned i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(queue_length(queue), 0);
    queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_push__full__is_an_answer),
        cmocka_unit_test(queue_drain__empty__waits_as_long_as_asked),
        cmocka_unit_test(queue_close__items_left__can_still_be_drained),
        cmocka_unit_test(queue_close__sleeping_consumer__wakes),
        cmocka_unit_test(queue__many_producers__lose_nothing_and_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

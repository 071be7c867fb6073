/*
 * Commands on their way to the book: in turn, twice, overlapping, too early. No broker and no
 * accounting: what needs those is in tests/conformance/transport.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "matching/actions/commands_apply.h"
#include "matching/actions/market_list.h"
#include "matching/actions/results_publish.h"

enum { COMMANDS = 400 };

struct world {
    struct matching_config config;
    struct clock_fake clock;
    struct worker worker;
    struct market *market;
    struct command commands[COMMANDS];
};

static int world_new(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    clock_fake_init(&world->clock, 1000000);
    world->worker.config = &world->config;
    world->worker.clock = &world->clock.clock;
    world->worker.metrics = metrics_new("bourse_matching", matching_metrics, METRIC_MAX);
    world->worker.scratch = STR_INIT(PROTOCOL_BATCH_BYTES_MAX - sizeof(struct batch_header));
    world->worker.markets_count = 1;
    world->market = &world->worker.markets[0];
    *world->market = (struct market){.id = "btcusd", .results = STR_INIT(PROTOCOL_BATCH_BYTES_MAX)};
    world->market->book = book_new(COMMANDS);
    for (size_t i = 0; i < COMMANDS; i++)
        world->commands[i] = (struct command){.seq = i + 1,
                                              .kind = COMMAND_SUBMIT,
                                              .amount = 1,
                                              .order_id = i + 1,
                                              .member_id = 1,
                                              .price = 100};
    *state = world;
    return 0;
}

static int world_free(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < world->market->early_count; i++)
        free(world->market->early[i].bytes);
    book_free(world->market->book);
    str_release(&world->market->results);
    str_release(&world->worker.scratch);
    metrics_free(world->worker.metrics);
    free(world);
    return 0;
}

/* A message with commands first..last. */
static void take(struct world *world, uint64_t first, uint64_t last)
{
    struct str bytes = STR_INIT(1 << 20);
    struct batch batch;
    struct err err;
    command_batch_write(&bytes, "btcusd", &world->commands[first - 1], last - first + 1);
    assert_true(command_batch_read(bytes.data, bytes.length, &batch, &err));
    assert_true(commands_apply(&world->worker, world->market, &batch, &err));
    str_release(&bytes); /* what has to wait was copied */
}

/* The open batch holds the results first..last, and is a good document. */
static void assert_results(struct world *world, uint64_t first, uint64_t last)
{
    const struct str *results = &world->market->results;
    struct batch batch;
    struct err err;
    assert_true(result_batch_read(results->data, results->length, &batch, &err));
    assert_int_equal(batch.header->first_seq, first);
    assert_int_equal(batch.header->count, last - first + 1);
    assert_true(batch.header->state_hash == book_state_hash(world->market->book));
}

static void commands_apply__in_turn__one_batch_of_results(void **state)
{
    struct world *world = *state;
    take(world, 1, 10);
    take(world, 11, 11);
    take(world, 12, 40);
    assert_results(world, 1, 40);
}

static void commands_apply__known_commands__are_dropped(void **state)
{
    struct world *world = *state;
    take(world, 1, 10);
    take(world, 1, 10);
    take(world, 4, 6);
    take(world, 8, 15);
    assert_results(world, 1, 15);
    assert_int_equal(world->market->gap_us, 0);
}

static void commands_apply__early_batches__wait_for_their_turn(void **state)
{
    struct world *world = *state;
    take(world, 1, 10);
    take(world, 31, 40);
    take(world, 21, 30);
    assert_results(world, 1, 10);
    assert_int_not_equal(world->market->gap_us, 0);
    take(world, 11, 20);
    assert_results(world, 1, 40);
    assert_int_equal(world->market->early_count, 0);
    assert_int_equal(world->market->gap_us, 0);
}

static void gap_is_due__after_a_moment__and_not_before(void **state)
{
    struct world *world = *state;
    take(world, 1, 10);
    assert_false(gap_is_due(&world->worker, world->market));
    take(world, 12, 20);
    assert_false(gap_is_due(&world->worker, world->market));
    world->clock.now_us += GAP_WAIT_MS * 1000 - 1;
    assert_false(gap_is_due(&world->worker, world->market));
    world->clock.now_us += 1;
    assert_true(gap_is_due(&world->worker, world->market));
    take(world, 11, 11);
    assert_false(gap_is_due(&world->worker, world->market));
    assert_results(world, 1, 20);
}

static void commands_apply__more_early_batches_than_fit__are_dropped(void **state)
{
    struct world *world = *state;
    for (uint64_t i = 0; i <= EARLY_BATCHES_MAX + 3; i++)
        take(world, 2 + i, 2 + i);
    assert_int_equal(world->market->early_count, EARLY_BATCHES_MAX);
    take(world, 1, 1);
    assert_results(world, 1, 1 + EARLY_BATCHES_MAX);
}

static void commands_apply__market_not_loaded__leaves_it_to_loading(void **state)
{
    struct world *world = *state;
    book_free(world->market->book);
    world->market->book = NULL;
    take(world, 5, 10);
    assert_int_equal(world->market->results.length, 0);
    assert_int_equal(world->market->early_count, 0);
}

static void results_add__large_results__are_cut_into_parcels(void **state)
{
    struct world *world = *state;
    take(world, 1, 10);
    world->market->results_count = RESULT_BATCH_RESULTS - 5; /* as if it were almost full */
    take(world, 11, 20);
    assert_int_equal(world->worker.parcels_count, 1);
    assert_results(world, 11, 20);
    str_release(&world->worker.parcels[0].bytes);
}

static void market_is_ours__by_list_or_shard(void **state)
{
    (void)state;
    struct matching_config config = {.markets = "btcusd, ethusd,ltc", .shards = 1};
    assert_true(market_is_ours(&config, "btcusd"));
    assert_true(market_is_ours(&config, "ethusd"));
    assert_true(market_is_ours(&config, "ltc"));
    assert_false(market_is_ours(&config, "ltcusd"));
    assert_false(market_is_ours(&config, "usd"));
    config = (struct matching_config){.markets = "*", .shards = 3};
    unsigned owners = 0;
    for (config.shard = 0; config.shard < config.shards; config.shard++)
        owners += market_is_ours(&config, "btcusd");
    assert_int_equal(owners, 1);
}

int main(void)
{
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        WORLD_TEST(commands_apply__in_turn__one_batch_of_results),
        WORLD_TEST(commands_apply__known_commands__are_dropped),
        WORLD_TEST(commands_apply__early_batches__wait_for_their_turn),
        WORLD_TEST(gap_is_due__after_a_moment__and_not_before),
        WORLD_TEST(commands_apply__more_early_batches_than_fit__are_dropped),
        WORLD_TEST(commands_apply__market_not_loaded__leaves_it_to_loading),
        WORLD_TEST(results_add__large_results__are_cut_into_parcels),
        cmocka_unit_test(market_is_ours__by_list_or_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

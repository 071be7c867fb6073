/*
 * The limits of the engine, each at n and n+1, and its door: snapshots that are refused, output
 * without room, many commands at once. The rules of matching are in tests/scenarios/matching/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/auto.h"
#include "matching/engine/book.h"

enum { ORDERS_MAX = 20000 };

struct world {
    struct book *book;
    struct str out;
    struct result result; /* of the last command */
    const struct result_item *items;
};

static int world_new(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    world->book = book_new(ORDERS_MAX);
    world->out = STR_INIT(16 << 20);
    *state = world;
    return world->book ? 0 : -1;
}

static int world_free(void **state)
{
    struct world *world = *state;
    book_free(world->book);
    str_release(&world->out);
    free(world);
    return 0;
}

static void run(struct world *world, struct command command)
{
    command.seq = book_seq(world->book) + 1;
    str_clear(&world->out);
    assert_true(book_apply(world->book, &command, &world->out));
    memcpy(&world->result, world->out.data, sizeof(world->result));
    world->items = (const void *)(world->out.data + sizeof(world->result));
}

static struct command limit_order(uint64_t order_id, uint8_t side, int64_t amount, int64_t price)
{
    return (struct command){.kind = COMMAND_SUBMIT,
                            .order_id = order_id,
                            .member_id = 1,
                            .side = side,
                            .amount = amount,
                            .price = price};
}

static struct command market_order(uint64_t order_id, uint8_t side, int64_t amount)
{
    return (struct command){.kind = COMMAND_SUBMIT,
                            .order_id = order_id,
                            .member_id = 2,
                            .side = side,
                            .amount = amount,
                            .type = TYPE_MARKET,
                            .budget_high = 1u << 31};
}

static uint32_t count_items(const struct world *world, unsigned kind, unsigned reason)
{
    uint32_t count = 0;
    for (size_t i = 0; i < world->result.items; i++)
        count += world->items[i].kind == kind && world->items[i].reason == reason;
    return count;
}

/* ---- limits ---- */

static void book_apply__fills_max_trades__the_rest_closes(void **state)
{
    struct world *world = *state;
    for (uint64_t i = 1; i <= PROTOCOL_FILLS_MAX + 1; i++)
        run(world, limit_order(i, SIDE_SELL, 1, 100));
    run(world, market_order(9000, SIDE_BUY, PROTOCOL_FILLS_MAX));
    assert_int_equal(count_items(world, ITEM_TRADE, 0), PROTOCOL_FILLS_MAX);
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_FILLS_MAX), 0);
    for (uint64_t i = 1; i <= PROTOCOL_FILLS_MAX; i++)
        run(world, limit_order(10000 + i, SIDE_SELL, 1, 100));
    run(world, limit_order(9001, SIDE_BUY, PROTOCOL_FILLS_MAX + 1, 100));
    assert_int_equal(count_items(world, ITEM_TRADE, 0), PROTOCOL_FILLS_MAX);
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_FILLS_MAX), 1);
    assert_int_equal(book_orders(world->book), 1);
}

static void book_apply__fok_beyond_fills_max__closes_without_a_trade(void **state)
{
    struct world *world = *state;
    for (uint64_t i = 1; i <= PROTOCOL_FILLS_MAX + 1; i++)
        run(world, limit_order(i, SIDE_SELL, 1, 100));
    struct command fok = limit_order(9000, SIDE_BUY, PROTOCOL_FILLS_MAX + 1, 100);
    fok.time_in_force = TIF_FOK;
    run(world, fok);
    assert_int_equal(world->result.items, 1);
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_FOK), 1);
    fok.order_id++;
    fok.amount--;
    run(world, fok);
    assert_int_equal(count_items(world, ITEM_TRADE, 0), PROTOCOL_FILLS_MAX);
}

static void book_apply__self_trade_steps__count_as_fills(void **state)
{
    struct world *world = *state;
    for (uint64_t i = 1; i <= PROTOCOL_FILLS_MAX + 1; i++)
        run(world, limit_order(i, SIDE_SELL, 1, 100));
    struct command taker = limit_order(9000, SIDE_BUY, 1 << 20, 100);
    taker.stp = STP_CANCEL_OLDEST;
    run(world, taker);
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_STP), PROTOCOL_FILLS_MAX);
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_FILLS_MAX), 1);
}

/* The most items that a command can have stay below PROTOCOL_ITEMS_MAX. */
static void book_apply__worst_case__fits_the_items(void **state)
{
    struct world *world = *state;
    for (uint64_t i = 1; i <= PROTOCOL_FILLS_MAX; i++)
        run(world, limit_order(i, SIDE_SELL, 1, 1000 + (int64_t)i));
    struct command taker = limit_order(9000, SIDE_BUY, 1 << 20, 1 << 20);
    taker.stp = STP_DECREMENT;
    run(world, taker);
    assert_int_equal(count_items(world, ITEM_REDUCED, 0), 2 * PROTOCOL_FILLS_MAX);
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_STP), PROTOCOL_FILLS_MAX);
    assert_int_equal(count_items(world, ITEM_LEVEL, 0), PROTOCOL_FILLS_MAX + 1);
    assert_true(world->result.items <= PROTOCOL_ITEMS_MAX);
}

static struct command stop_buy(uint64_t order_id, int64_t stop_price)
{
    struct command command = limit_order(order_id, SIDE_BUY, 1, 1);
    command.type = TYPE_STOP_LIMIT;
    command.stop_price = stop_price;
    return command;
}

static void book_apply__triggers_max__the_rest_waits_for_the_next_command(void **state)
{
    struct world *world = *state;
    for (uint64_t i = 1; i <= PROTOCOL_TRIGGERS_MAX + 1; i++)
        run(world, stop_buy(i, 100));
    run(world, limit_order(9000, SIDE_SELL, 1, 100));
    run(world, market_order(9001, SIDE_BUY, 1));
    assert_int_equal(count_items(world, ITEM_TRIGGERED, 0), PROTOCOL_TRIGGERS_MAX);
    run(world, (struct command){.kind = COMMAND_CANCEL, .order_id = 7777});
    assert_int_equal(world->result.status, RESULT_NOT_FOUND);
    assert_int_equal(count_items(world, ITEM_TRIGGERED, 0), 1);
    assert_true(world->items[0].extra == rank_of(book_seq(world->book), 1));
}

static void book_apply__stops_after_fills_max__wait_for_the_next_command(void **state)
{
    struct world *world = *state;
    run(world, stop_buy(1, 100));
    for (uint64_t i = 1; i <= PROTOCOL_FILLS_MAX; i++)
        run(world, limit_order(100 + i, SIDE_SELL, 1, 100));
    run(world, market_order(9001, SIDE_BUY, PROTOCOL_FILLS_MAX));
    assert_int_equal(count_items(world, ITEM_TRIGGERED, 0), 0);
    run(world, (struct command){.kind = COMMAND_RESUME});
    assert_int_equal(count_items(world, ITEM_TRIGGERED, 0), 1);
}

static void book_apply__cancels_max__says_more(void **state)
{
    struct world *world = *state;
    struct command all = {.kind = COMMAND_CANCEL_ALL, .side = SIDE_BOTH};
    for (uint64_t i = 1; i <= PROTOCOL_CANCELS_MAX + 1; i++)
        run(world, limit_order(i, SIDE_SELL, 1, 100 + (int64_t)i % 2));
    run(world, all);
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_CANCELLED), PROTOCOL_CANCELS_MAX);
    assert_int_equal(world->result.more, 1);
    run(world, all);
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_CANCELLED), 1);
    assert_int_equal(world->result.more, 0);
    for (uint64_t i = 1; i <= PROTOCOL_CANCELS_MAX; i++)
        run(world, limit_order(i, SIDE_SELL, 1, 100));
    run(world, all);
    assert_int_equal(world->result.more, 0);
    assert_int_equal(book_orders(world->book), 0);
}

static void book_apply__full_book__closes_what_would_rest(void **state)
{
    struct world *world = *state;
    book_free(world->book);
    world->book = book_new(2);
    run(world, limit_order(1, SIDE_SELL, 5, 100));
    run(world, stop_buy(2, 200));
    run(world, limit_order(3, SIDE_SELL, 1, 100));
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_BOOK_FULL), 1);
    run(world, stop_buy(4, 200));
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_BOOK_FULL), 1);
    run(world, limit_order(5, SIDE_BUY, 1, 100)); /* takes, needs no room */
    assert_int_equal(count_items(world, ITEM_TRADE, 0), 1);
    run(world, limit_order(6, SIDE_BUY, 9, 100)); /* makes room by taking */
    assert_int_equal(count_items(world, ITEM_CLOSED, CLOSE_BOOK_FULL), 0);
    book_check(world->book);
}

static void book_apply__level_above_int64__is_told_as_int64_max(void **state)
{
    struct world *world = *state;
    for (uint64_t i = 1; i <= 7; i++)
        run(world, limit_order(i, SIDE_SELL, PROTOCOL_QUANTITY_MAX, PROTOCOL_QUANTITY_MAX));
    assert_true(world->items[0].amount == 7 * PROTOCOL_QUANTITY_MAX);
    run(world, limit_order(8, SIDE_SELL, PROTOCOL_QUANTITY_MAX, PROTOCOL_QUANTITY_MAX));
    assert_true(world->items[0].amount == INT64_MAX);
    run(world, (struct command){.kind = COMMAND_CANCEL, .order_id = 1});
    assert_true(world->items[1].amount == 7 * PROTOCOL_QUANTITY_MAX);
}

static void book_apply__output_without_room__changes_nothing(void **state)
{
    struct world *world = *state;
    AUTO(str_release) struct str small = STR_INIT(BOOK_RESULT_BYTES_MAX + 100);
    struct command command = limit_order(1, SIDE_SELL, 1, 100);
    command.seq = 1;
    str_add(&small,
            "01234567012345670123456701234567012345670123456701234567012345670123456701234567"
            "01234567012345670123456701234567");
    uint64_t hash = book_state_hash(world->book);
    assert_false(book_apply(world->book, &command, &small));
    assert_int_equal(book_seq(world->book), 0);
    assert_true(book_state_hash(world->book) == hash);
    str_clear(&small);
    assert_true(book_apply(world->book, &command, &small));
}

static void book_apply_many__stops_where_the_output_ends(void **state)
{
    struct world *world = *state;
    AUTO(str_release) struct str out = STR_INIT(BOOK_RESULT_BYTES_MAX + 1000);
    struct command commands[100];
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        commands[i] = limit_order(i + 1, SIDE_SELL, 1, 100);
        commands[i].seq = i + 1;
    }
    size_t applied = book_apply_many(world->book, commands, ARRAY_LEN(commands), &out);
    assert_in_range(applied, 1, ARRAY_LEN(commands) - 1);
    assert_int_equal(book_seq(world->book), applied);
    str_clear(&out);
    assert_true(book_apply_many(world->book, commands + applied, 2, &out) == 2);
    for (size_t i = applied + 2; i < ARRAY_LEN(commands); i++)
        run(world, commands[i]);
    assert_int_equal(book_orders(world->book), ARRAY_LEN(commands));
}

/* ---- snapshots ---- */

static struct snapshot_order resting(uint64_t order_id, uint8_t side, int64_t price, uint64_t rank)
{
    return (struct snapshot_order){.order_id = order_id,
                                   .member_id = 1,
                                   .side = side,
                                   .price = price,
                                   .amount = 5,
                                   .rank = rank};
}

static bool restore(struct world *world, uint32_t room, const struct snapshot_order *orders,
                    size_t count)
{
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    struct snapshot_header header = {.magic = "BRS1",
                                     .version = 1,
                                     .market_id = "btcusd",
                                     .seq = 100,
                                     .last_price = 99,
                                     .orders = count};
    const uint8_t *bytes;
    struct err err;
    str_add_bytes(&document, &header, sizeof(header));
    str_add_bytes(&document, orders, count * sizeof(*orders));
    assert_true(snapshot_read(document.data, document.length, &header, &bytes, &err));
    book_free(world->book);
    world->book = book_new(room);
    return book_restore(world->book, &header, bytes, &err);
}

static void book_restore__good_snapshot__is_the_book(void **state)
{
    struct world *world = *state;
    struct snapshot_order orders[] = {resting(1, SIDE_BUY, 98, 65536),
                                      resting(2, SIDE_SELL, 99, 65537)};
    assert_true(restore(world, 2, orders, 2));
    assert_int_equal(book_seq(world->book), 100);
    assert_int_equal(book_last_price(world->book), 99);
    assert_false(book_is_halted(world->book));
    run(world, (struct command){.kind = COMMAND_CANCEL, .order_id = 2});
    assert_int_equal(world->result.seq, 101);
    assert_int_equal(world->items[0].amount, 5);
}

/* What accounting may not know any more must not make two books of one. */
static void book_restore__fields_that_do_not_matter__do_not_change_the_hash(void **state)
{
    struct world *world = *state;
    struct snapshot_order order = resting(1, SIDE_BUY, 98, 65536);
    assert_true(restore(world, 2, &order, 1));
    uint64_t hash = book_state_hash(world->book);
    order.type = TYPE_STOP_LIMIT;
    order.stop_price = 98;
    order.budget_low = 490;
    assert_true(restore(world, 2, &order, 1));
    assert_true(book_state_hash(world->book) == hash);
}

static void book_restore__broken_snapshot__is_refused(void **state)
{
    struct world *world = *state;
    struct snapshot_order twice[] = {resting(1, SIDE_BUY, 98, 65536),
                                     resting(1, SIDE_BUY, 98, 65537)};
    struct snapshot_order crossed[] = {resting(1, SIDE_BUY, 98, 65536),
                                       resting(2, SIDE_SELL, 98, 65537)};
    assert_false(restore(world, 2, twice, 2));
    assert_false(restore(world, 2, crossed, 2));
    crossed[1].price = 99;
    assert_false(restore(world, 1, crossed, 2));
    assert_true(restore(world, 2, crossed, 2));
}

static void book_warm__any_number__is_harmless(void **state)
{
    struct world *world = *state;
    book_warm(world->book, 10);
    book_warm(world->book, 1 << 30);
    for (uint64_t i = 1; i <= ORDERS_MAX; i++)
        run(world, limit_order(i, SIDE_SELL, 1, (int64_t)i));
    book_warm(world->book, 10);
    book_check(world->book);
}

int main(void)
{
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        WORLD_TEST(book_apply__fills_max_trades__the_rest_closes),
        WORLD_TEST(book_apply__fok_beyond_fills_max__closes_without_a_trade),
        WORLD_TEST(book_apply__self_trade_steps__count_as_fills),
        WORLD_TEST(book_apply__worst_case__fits_the_items),
        WORLD_TEST(book_apply__triggers_max__the_rest_waits_for_the_next_command),
        WORLD_TEST(book_apply__stops_after_fills_max__wait_for_the_next_command),
        WORLD_TEST(book_apply__cancels_max__says_more),
        WORLD_TEST(book_apply__full_book__closes_what_would_rest),
        WORLD_TEST(book_apply__level_above_int64__is_told_as_int64_max),
        WORLD_TEST(book_apply__output_without_room__changes_nothing),
        WORLD_TEST(book_apply_many__stops_where_the_output_ends),
        WORLD_TEST(book_restore__good_snapshot__is_the_book),
        WORLD_TEST(book_restore__fields_that_do_not_matter__do_not_change_the_hash),
        WORLD_TEST(book_restore__broken_snapshot__is_refused),
        WORLD_TEST(book_warm__any_number__is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

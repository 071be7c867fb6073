/* The decisions of one group commit, on rows that a test makes: who is refused and what that costs the
 * others (nothing), client order ids, cancels, amends, and commands for a whole market. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/actions/accept_decide.h"
#include "base/check.h"
#include "tests/support/dec.h"

enum { MEMBER = 5, FIRST_ORDER = 1000, FIRST_JOURNAL = 5000, SEQ_BEFORE = 40, NOW_US = 77 };

struct world {
    struct accept_batch *batch;
    struct intake intakes[4];
    struct intake *pointers[4];
    struct market market;
};

static int world_new(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct accept_batch *batch = world->batch = calloc(1, sizeof(*batch));
    assert_non_null(batch);
    world->market = (struct market){.id = "btcusd",
                                    .base = "btc",
                                    .quote = "usd",
                                    .price_precision = 2,
                                    .amount_precision = 4,
                                    .min_price = dec_of("0.01"),
                                    .min_amount = dec_of("0.0001")};
    for (size_t i = 0; i < ARRAY_LEN(world->pointers); i++)
        world->pointers[i] = &world->intakes[i];
    batch->intakes = world->pointers;
    batch->now_us = NOW_US;
    batch->order_id_next = FIRST_ORDER;
    batch->journal_id_next = FIRST_JOURNAL;
    batch->order_ids_end = batch->journal_ids_end = UINT64_MAX;
    batch->markets_count = 1;
    memcpy(batch->markets[0].id, "btcusd", 7);
    batch->markets[0].command_seq = SEQ_BEFORE;
    batch->accounts_count = 1;
    batch->accounts[0] =
        (struct account){.key = account_key(MEMBER, "usd"), .balance = dec_of("1000")};
    *state = world;
    return 0;
}

static int world_free(void **state)
{
    struct world *world = *state;
    free(world->batch);
    free(world);
    return 0;
}

static struct intake *ask(struct world *world, enum intake_kind kind)
{
    struct intake *intake = &world->intakes[world->batch->count++];
    *intake = (struct intake){.kind = kind, .market = world->market, .base_is_coin = true};
    intake->order.member_id = MEMBER;
    memcpy(intake->order.market_id, "btcusd", 7);
    return intake;
}

static struct intake *ask_buy(struct world *world, const char *price, const char *volume,
                              const char *client_order_id)
{
    struct intake *intake = ask(world, INTAKE_SUBMIT);
    struct order *order = &intake->order;
    order->side = SIDE_BUY;
    order->price = dec_of(price);
    order->volume = order->origin_volume = dec_of(volume);
    snprintf(order->client_order_id, sizeof(order->client_order_id), "%s", client_order_id);
    return intake;
}

static void assert_refused(const struct intake *intake, enum err_code code)
{
    assert_false(intake->ok);
    assert_int_equal(intake->err.code, code);
}

/* ---- orders ---- */

static void submit__takes_ids_funds_and_numbers(void **state)
{
    struct world *world = *state;
    struct accept_batch *batch = world->batch;
    struct intake *intake = ask_buy(world, "100", "2.5", "");
    accept_decide(batch);
    assert_true(intake->ok);
    assert_int_equal(intake->order.id, FIRST_ORDER);
    assert_int_equal(intake->order.state, ORDER_WAIT);
    assert_int_equal(intake->order.command_seq, SEQ_BEFORE + 1);
    assert_int_equal(intake->order.created_at, NOW_US);
    assert_true(dec_cmp(intake->order.locked, dec_of("250")) == 0);
    assert_true(dec_cmp(batch->accounts[0].balance, dec_of("750")) == 0);
    assert_int_equal(batch->deltas_count, 1);
    assert_true(dec_cmp(batch->deltas[0].balance, dec_of("-250")) == 0);
    assert_true(dec_cmp(batch->deltas[0].locked, dec_of("250")) == 0);
    assert_int_equal(batch->entries_count, 1);
    assert_int_equal(batch->entries[0].id, FIRST_JOURNAL);
    assert_int_equal(batch->entries[0].code_b, 211);
    assert_int_equal(batch->commands_count, 1);
    assert_int_equal(batch->commands[0].seq, SEQ_BEFORE + 1);
    assert_int_equal(batch->commands[0].order_id, FIRST_ORDER);
    assert_int_equal(batch->new_keys_count, 1); /* btc: what it will get */
    assert_string_equal(batch->new_keys[0].currency_id, "btc");
    accept_commit_ids(batch);
    assert_int_equal(batch->order_id_next, FIRST_ORDER + 1);
    accept_decide(batch); /* once more: the account is known now */
    assert_int_equal(batch->new_keys_count, 0);
}

static void submit__refused_one__leaves_no_trace_for_its_neighbours(void **state)
{
    struct world *world = *state;
    struct accept_batch *batch = world->batch;
    struct intake *first = ask_buy(world, "100", "6", "");
    struct intake *poor = ask_buy(world, "100", "5", ""); /* 400 are left */
    struct intake *odd = ask_buy(world, "100.001", "1", "");
    struct intake *last = ask_buy(world, "100", "4", "");
    accept_decide(batch);
    assert_true(first->ok && last->ok);
    assert_refused(poor, ERR_FUNDS_INSUFFICIENT);
    assert_refused(odd, ERR_ORDER_INVALID);
    assert_int_equal(last->order.id, FIRST_ORDER + 1);
    assert_int_equal(last->order.command_seq, SEQ_BEFORE + 2);
    assert_int_equal(batch->entries_count, 2);
    assert_int_equal(batch->orders_count, 2);
    assert_true(dec_is_zero(batch->accounts[0].balance));
}

static void submit__no_account__has_nothing(void **state)
{
    struct world *world = *state;
    struct intake *intake = ask_buy(world, "1", "1", "");
    intake->order.side = SIDE_SELL;
    accept_decide(world->batch);
    assert_refused(intake, ERR_FUNDS_INSUFFICIENT);
}

/* ---- client order ids ---- */

static void client_id__twice_in_one_batch__makes_one_order(void **state)
{
    struct world *world = *state;
    struct intake *first = ask_buy(world, "100", "1", "a");
    struct intake *twin = ask_buy(world, "100", "1", "a");
    struct intake *other = ask_buy(world, "100", "2", "a");
    struct intake *stranger = ask_buy(world, "100", "1", "a");
    stranger->order.member_id = MEMBER + 1;
    accept_decide(world->batch);
    assert_true(first->ok && !first->replayed);
    assert_true(twin->ok && twin->replayed && twin->original == first);
    assert_refused(other, ERR_CLIENT_ID_REUSED);
    assert_refused(stranger, ERR_FUNDS_INSUFFICIENT); /* of its own account, not a replay */
    assert_false(stranger->replayed);
    assert_int_equal(world->batch->orders_count, 1);
}

static void client_id__refused_before__is_free_again(void **state)
{
    struct world *world = *state;
    struct intake *poor = ask_buy(world, "100", "100", "a");
    struct intake *again = ask_buy(world, "100", "1", "a");
    accept_decide(world->batch);
    assert_refused(poor, ERR_FUNDS_INSUFFICIENT);
    assert_true(again->ok && !again->replayed);
}

static void client_id__of_a_stored_order__is_answered_from_it(void **state)
{
    struct world *world = *state;
    struct accept_batch *batch = world->batch;
    struct intake *same = ask_buy(world, "100", "1", "a");
    struct intake *changed = ask_buy(world, "100", "1.5", "a");
    /* A thin book refused it, but the order is known: its order is the answer. */
    struct intake *thin = ask_buy(world, "100", "1", "a");
    struct intake *fresh = ask_buy(world, "100", "1", "b");
    err_set(&thin->refusal, ERR_LIQUIDITY, "thin");
    fresh->refusal = thin->refusal;
    batch->clients_count = batch->client_rows = 1;
    batch->clients[0] =
        (struct client_row){.member_id = MEMBER, .order_id = 321, .client_order_id = "a"};
    accept_request_digest(&same->order, batch->clients[0].digest);
    accept_decide(batch);
    assert_true(same->ok && same->replayed);
    assert_int_equal(same->replayed_id, 321);
    assert_refused(changed, ERR_CLIENT_ID_REUSED);
    assert_true(thin->ok && thin->replayed);
    assert_refused(fresh, ERR_LIQUIDITY);
    assert_int_equal(batch->orders_count, 0);
    assert_true(dec_cmp(batch->accounts[0].balance, dec_of("1000")) == 0);
}

static void digest__every_asked_for_value_counts(void **state)
{
    (void)state;
    struct order base = {.market_id = "btcusd",
                         .price = dec_of("1"),
                         .stop_price = dec_of("2"),
                         .volume = dec_of("3"),
                         .origin_volume = dec_of("3")};
    struct order changed[8];
    uint8_t first[32], other[32];
    for (size_t i = 0; i < ARRAY_LEN(changed); i++)
        changed[i] = base;
    changed[0].market_id[0] = 'c';
    changed[1].side = SIDE_SELL;
    changed[2].type = TYPE_MARKET;
    changed[3].time_in_force = TIF_IOC;
    changed[4].stp = STP_DECREMENT;
    changed[5].price.units++;
    changed[6].stop_price.units++;
    changed[7].origin_volume.units++;
    accept_request_digest(&base, first);
    for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
        accept_request_digest(&changed[i], other);
        assert_memory_not_equal(first, other, sizeof(first));
    }
    base.id = 9; /* what the order became is not what was asked for */
    base.volume = dec_of("1");
    accept_request_digest(&base, other);
    assert_memory_equal(first, other, sizeof(first));
}

/* ---- cancels ---- */

static void cancel__found_closed_or_unknown(void **state)
{
    struct world *world = *state;
    struct intake *open = ask(world, INTAKE_CANCEL), *closed = ask(world, INTAKE_CANCEL),
                  *unknown = ask(world, INTAKE_CANCEL);
    open->found = closed->found = true;
    open->order.id = 12;
    open->order.state = ORDER_WAIT;
    closed->order.state = ORDER_DONE;
    accept_decide(world->batch);
    assert_true(open->ok && closed->ok);
    assert_refused(unknown, ERR_NOT_FOUND);
    assert_int_equal(world->batch->commands_count, 1); /* a closed order needs none */
    assert_int_equal(world->batch->commands[0].kind, COMMAND_CANCEL);
    assert_int_equal(world->batch->commands[0].order_id, 12);
    assert_int_equal(world->batch->entries_count, 0); /* the result gives the money back */
}

/* ---- amends ---- */

static struct intake *ask_amend(struct world *world, const char *price, const char *volume)
{
    struct intake *intake = ask(world, INTAKE_AMEND);
    struct order *order = &intake->order;
    intake->found = true;
    intake->settled_seq = SEQ_BEFORE;
    intake->new_price = dec_of(price);
    intake->new_volume = dec_of(volume);
    order->id = 12;
    order->state = ORDER_WAIT;
    order->side = SIDE_BUY;
    order->price = dec_of("100");
    order->origin_volume = dec_of("5");
    order->volume = dec_of("3"); /* two are filled */
    order->locked = dec_of("300");
    order->origin_locked = dec_of("500");
    return intake;
}

static void amend__dearer__locks_the_difference(void **state)
{
    struct world *world = *state;
    struct intake *intake = ask_amend(world, "110", "0");
    accept_decide(world->batch);
    assert_true(intake->ok);
    assert_true(dec_cmp(intake->order.locked, dec_of("330")) == 0);
    assert_true(dec_cmp(intake->order.origin_locked, dec_of("530")) == 0);
    assert_true(dec_cmp(world->batch->accounts[0].balance, dec_of("970")) == 0);
    assert_int_equal(world->batch->commands[0].kind, COMMAND_AMEND);
    assert_int_equal(world->batch->commands[0].price, 11000);
    assert_int_equal(world->batch->commands[0].amount, 0);
    assert_int_equal(intake->order.amend_seq, SEQ_BEFORE + 1);
}

static void amend__smaller__locks_nothing_more(void **state)
{
    struct world *world = *state;
    struct intake *intake = ask_amend(world, "0", "4");
    accept_decide(world->batch);
    assert_true(intake->ok);
    assert_int_equal(world->batch->entries_count, 0);
    assert_int_equal(world->batch->commands[0].price, 10000);
    assert_int_equal(world->batch->commands[0].amount, -10000); /* lots less */
}

static void amend__each_refusal(void **state)
{
    struct world *world = *state;
    struct accept_batch *batch = world->batch;
    static const struct {
        const char *what, *price, *volume;
        enum err_code code;
    } rows[] = {
        {"filled already", "0", "2", ERR_ORDER_INVALID},
        {"off a tick", "100.001", "0", ERR_ORDER_INVALID},
        {"off a lot", "0", "4.00001", ERR_ORDER_INVALID},
        {"too dear", "1000", "0", ERR_FUNDS_INSUFFICIENT},
        {"unknown", "0", "4", ERR_NOT_FOUND},
        {"closed", "0", "4", ERR_STATE_CONFLICT},
        {"waits", "0", "4", ERR_STATE_CONFLICT},
        {"market order", "0", "4", ERR_STATE_CONFLICT},
        {"amended a moment ago", "0", "4", ERR_STATE_CONFLICT},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        batch->count = 0;
        struct intake *intake = ask_amend(world, rows[i].price, rows[i].volume);
        if (strcmp(rows[i].what, "unknown") == 0)
            intake->found = false;
        else if (strcmp(rows[i].what, "closed") == 0)
            intake->order.state = ORDER_CANCEL;
        else if (strcmp(rows[i].what, "waits") == 0)
            intake->order.waiting = true;
        else if (strcmp(rows[i].what, "market order") == 0)
            intake->order.type = TYPE_MARKET;
        else if (strcmp(rows[i].what, "amended a moment ago") == 0)
            intake->order.amend_seq = SEQ_BEFORE + 1;
        accept_decide(batch);
        if (intake->ok || intake->err.code != rows[i].code)
            fail_msg("%s: ok %d, %s", rows[i].what, intake->ok, err_name(intake->err.code));
        assert_int_equal(batch->commands_count, 0);
        assert_true(dec_cmp(batch->accounts[0].balance, dec_of("1000")) == 0);
    }
}

/* ---- commands for a whole market ---- */

static void market_commands__carry_what_they_need(void **state)
{
    struct world *world = *state;
    const struct command *commands = world->batch->commands;
    struct intake *all = ask(world, INTAKE_CANCEL_ALL);
    all->side = SIDE_SELL;
    ask(world, INTAKE_HALT)->side = SIDE_SELL;
    ask(world, INTAKE_RESUME);
    accept_decide(world->batch);
    assert_int_equal(world->batch->commands_count, 3);
    assert_int_equal(commands[0].kind, COMMAND_CANCEL_ALL);
    assert_int_equal(commands[0].side, SIDE_SELL);
    assert_int_equal(commands[0].member_id, MEMBER);
    assert_int_equal(commands[1].kind, COMMAND_HALT);
    assert_int_equal(commands[1].side, 0);
    assert_int_equal(commands[1].member_id, 0);
    assert_int_equal(commands[2].kind, COMMAND_RESUME);
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(commands[i].seq, SEQ_BEFORE + 1 + i);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(submit__takes_ids_funds_and_numbers),
        TEST(submit__refused_one__leaves_no_trace_for_its_neighbours),
        TEST(submit__no_account__has_nothing),
        TEST(client_id__twice_in_one_batch__makes_one_order),
        TEST(client_id__refused_before__is_free_again),
        TEST(client_id__of_a_stored_order__is_answered_from_it),
        TEST(digest__every_asked_for_value_counts),
        TEST(cancel__found_closed_or_unknown),
        TEST(amend__dearer__locks_the_difference),
        TEST(amend__smaller__locks_nothing_more),
        TEST(amend__each_refusal),
        TEST(market_commands__carry_what_they_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

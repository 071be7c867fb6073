/* Ledger entries and trades spelled out; the text that the seals are made over; event records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/domain/event.h"
#include "accounting/domain/ledger.h"
#include "accounting/domain/ledger_code.h"
#include "accounting/domain/seal.h"
#include "base/auto.h"
#include "tests/support/dec.h"

static uint64_t draw(uint64_t *random, uint64_t below)
{
    *random = *random * 6364136223846793005ull + 1442695040888963407ull;
    return (*random >> 33) % below;
}

static struct dec drawn(uint64_t *random, uint64_t below, unsigned scale)
{
    struct dec value = DEC_ZERO;
    assert_true(dec_from_scaled((int64_t)draw(random, below), scale, &value));
    return value;
}

static struct trade a_trade(uint64_t *random)
{
    struct trade trade = {.id = 1 + draw(random, 1000000),
                          .base = "btc",
                          .quote = "usd",
                          .taker_side = draw(random, 2) ? SIDE_BUY : SIDE_SELL,
                          .maker_id = 1 + draw(random, 3),
                          .taker_id = 1 + draw(random, 3),
                          .amount = drawn(random, 100, 4),
                          .total = drawn(random, 5000, 2)};
    trade.amount.units++;
    trade.total.units++;
    if (draw(random, 2))
        trade.buyer_fee_amount.units = trade.amount.units / 500;
    if (draw(random, 2))
        trade.seller_fee_amount.units = trade.total.units / 500;
    if (draw(random, 3) == 0)
        trade.maker_release = drawn(random, 50, 4);
    if (draw(random, 3) == 0)
        trade.taker_release = drawn(random, 50, 4);
    return trade;
}

static void trade_operations__any_trade__sums_to_zero(void **state)
{
    (void)state;
    uint64_t random = 11;
    for (int i = 0; i < 5000; i++) {
        struct trade trade = a_trade(&random);
        struct operation operations[TRADE_OPERATIONS_MAX];
        size_t count = trade_operations(&trade, true, false, operations);
        __int128 sums[2] = {0}, revenue[2] = {0};
        assert_in_range(count, 4, TRADE_OPERATIONS_MAX);
        for (size_t k = 0; k < count; k++) {
            const struct operation *leg = &operations[k];
            bool is_base = strcmp(leg->currency_id, "btc") == 0;
            enum account_type type = account_code_type(leg->code);
            __int128 amount = leg->credit.units - leg->debit.units;
            assert_true(ledger_code_is_known(leg->code));
            assert_int_equal(ledger_code_is_coin(leg->code), is_base);
            /* One of the two, and above zero; zeros make no row. */
            assert_true((leg->credit.units > 0) != (leg->debit.units > 0));
            assert_true(leg->credit.units >= 0 && leg->debit.units >= 0);
            assert_true(k == 0 || leg->id > operations[k - 1].id);
            assert_int_equal(leg->id / 16, trade.id);
            assert_true(leg->member_id == trade.maker_id || leg->member_id == trade.taker_id);
            /* Liabilities that fall are what revenues gain. */
            sums[is_base] += amount;
            if (type == ACCOUNT_REVENUE)
                revenue[is_base] += amount;
        }
        assert_true(sums[0] == 0 && sums[1] == 0);
        assert_true(revenue[1] == trade.buyer_fee_amount.units);
        assert_true(revenue[0] == trade.seller_fee_amount.units);
    }
}

static void hold_and_release__are_each_other_s_mirror(void **state)
{
    (void)state;
    const struct currency usd = {.id = "usd", .is_coin = false};
    struct ledger_entry held = ledger_hold("order", 5, "submit", &usd, 9, dec_of("12.5"));
    struct ledger_entry freed = ledger_release("order", 5, "cancel", &usd, 9, dec_of("12.5"));
    struct operation legs[2];
    held.id = 77;
    assert_int_equal(ledger_operations(&held, legs), 2);
    assert_int_equal(legs[0].code, 201);
    assert_int_equal(legs[1].code, 211);
    assert_true(dec_cmp(legs[0].debit, dec_of("12.5")) == 0);
    assert_true(dec_cmp(legs[1].credit, dec_of("12.5")) == 0);
    assert_int_equal(legs[0].id, 77 * 16);
    assert_int_equal(legs[1].id, 77 * 16 + 1);
    assert_int_equal(legs[0].member_id, 9);
    assert_int_equal(freed.code_a, 211);
    assert_int_equal(freed.code_b, 201);
    assert_true(dec_cmp(freed.amount_a, dec_of("-12.5")) == 0);
}

static void operations__assets_belong_to_nobody(void **state)
{
    (void)state;
    const struct ledger_entry entry = {.id = 1,
                                       .reference_type = "adjustment",
                                       .currency_id = "btc",
                                       .member_id = 9,
                                       .code_a = 102,
                                       .amount_a = dec_of("1"),
                                       .code_b = 202,
                                       .amount_b = dec_of("1")};
    struct ledger_entry one_leg = entry;
    struct operation legs[2];
    assert_int_equal(ledger_operations(&entry, legs), 2);
    assert_int_equal(legs[0].member_id, 0);
    assert_int_equal(legs[1].member_id, 9);
    one_leg.code_b = 0;
    assert_int_equal(ledger_operations(&one_leg, legs), 1);
}

static void codes__are_those_of_the_chart(void **state)
{
    (void)state;
    static const int known[] = {101, 102, 121, 122, 201, 202, 211, 212, 301, 302, 401, 402};
    size_t found = 0;
    for (int code = -500; code < 1000; code++) {
        bool is_known = false;
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
            is_known = is_known || known[i] == code;
        assert_int_equal(ledger_code_is_known(code), is_known);
        found += is_known;
    }
    assert_int_equal(found, ARRAY_LEN(known));
    assert_true(ledger_code_has_member(212) && !ledger_code_has_member(302));
}

/* ---- seals ---- */

static void seal__text_and_digest__are_as_documented(void **state)
{
    (void)state;
    AUTO(str_release) struct str text = STR_INIT(4096);
    struct ledger_entry entry = {.id = 4,
                                 .reference_type = "order",
                                 .reference_id = 7,
                                 .event = "submit",
                                 .currency_id = "usd",
                                 .member_id = 3,
                                 .code_a = 201,
                                 .amount_a = dec_of("-1.5"),
                                 .code_b = 211,
                                 .amount_b = dec_of("1.5"),
                                 .created_at = 1700000000000001};
    seal_add_entry(&text, &entry);
    assert_string_equal(str_data(&text),
                        "L|4|order|7|submit|usd|3|201|-1.5|211|1.5|1700000000000001\n");
    uint8_t first[32] = {0}, other[32] = {0}, next[32];
    seal_close(first, &text);
    str_clear(&text);
    entry.amount_b.units++; /* the smallest change there is */
    seal_add_entry(&text, &entry);
    seal_close(other, &text);
    assert_memory_not_equal(first, other, sizeof(first));
    memcpy(next, first, sizeof(next)); /* the same rows after another row: another seal */
    seal_close(next, &text);
    assert_memory_not_equal(next, other, sizeof(next));
}

static void seal__of_a_trade__has_every_column(void **state)
{
    (void)state;
    AUTO(str_release) struct str text = STR_INIT(4096);
    const struct trade trade = {.id = 9,
                                .market_id = "btcusd",
                                .command_seq = 12,
                                .price = dec_of("50000.5"),
                                .amount = dec_of("0.1"),
                                .total = dec_of("5000.05"),
                                .base = "btc",
                                .quote = "usd",
                                .taker_side = SIDE_SELL,
                                .maker_order_id = 1,
                                .taker_order_id = 2,
                                .maker_id = 3,
                                .taker_id = 4,
                                .maker_fee = dec_of("0.001"),
                                .taker_fee = dec_of("0.002"),
                                .buyer_fee_amount = dec_of("0.0001"),
                                .seller_fee_amount = dec_of("10.0001"),
                                .maker_release = dec_of("7"),
                                .created_at = 5};
    seal_add_trade(&text, &trade);
    assert_string_equal(str_data(&text),
                        "T|9|btcusd|12|50000.5|0.1|5000.05|btc|usd|1|1|2|3|4|0.001|"
                        "0.002|0.0001|10.0001|7.0|0.0|5\n");
}

/* ---- events ---- */

static void events__walk_gives_what_was_added(void **state)
{
    (void)state;
    AUTO(str_release) struct str events = STR_INIT(4096);
    const struct event_balance balance = {.member_id = 9, .currency_id = "btc"};
    struct event_record record;
    const void *payload;
    size_t offset = 0;
    bool is_bad;
    events_begin(&events);
    assert_true(events_are_empty(&events));
    events_add(&events, EVENT_BALANCE, &balance, sizeof(balance));
    events_add(&events, EVENT_MODEL, "", 0);
    assert_false(events_are_empty(&events));
    assert_true(events_next(events.data, events.length, &offset, &record, &payload, &is_bad));
    assert_int_equal(record.kind, EVENT_BALANCE);
    assert_memory_equal(payload, &balance, sizeof(balance));
    assert_true(events_next(events.data, events.length, &offset, &record, &payload, &is_bad));
    assert_int_equal(record.kind, EVENT_MODEL);
    assert_int_equal(record.length, 0);
    assert_false(events_next(events.data, events.length, &offset, &record, &payload, &is_bad));
    assert_false(is_bad);
}

static void events__cut_or_of_another_version__is_bad(void **state)
{
    (void)state;
    AUTO(str_release) struct str events = STR_INIT(4096);
    const struct event_balance balance = {.member_id = 9};
    struct event_record record;
    const void *payload;
    bool is_bad;
    events_begin(&events);
    events_add(&events, EVENT_BALANCE, &balance, sizeof(balance));
    for (size_t length = 0; length < events.length; length++) {
        size_t offset = 0;
        if (length == sizeof(uint32_t))
            continue; /* the version alone: an empty row */
        assert_false(events_next(events.data, length, &offset, &record, &payload, &is_bad));
        assert_true(is_bad);
    }
    events.data[0]++;
    size_t offset = 0;
    assert_false(events_next(events.data, events.length, &offset, &record, &payload, &is_bad));
    assert_true(is_bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trade_operations__any_trade__sums_to_zero),
        cmocka_unit_test(hold_and_release__are_each_other_s_mirror),
        cmocka_unit_test(operations__assets_belong_to_nobody),
        cmocka_unit_test(codes__are_those_of_the_chart),
        cmocka_unit_test(seal__text_and_digest__are_as_documented),
        cmocka_unit_test(seal__of_a_trade__has_every_column),
        cmocka_unit_test(events__walk_gives_what_was_added),
        cmocka_unit_test(events__cut_or_of_another_version__is_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

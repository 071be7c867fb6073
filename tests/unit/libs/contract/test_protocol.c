/*
 * Command and result batches of protocol.h: what is written can be read, and each thing that can be
 * wrong with bytes from outside is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/auto.h"
#include "contract/protocol.h"

/* ---- documents to start from ---- */

static struct command command_of(unsigned kind)
{
    struct command command = {.seq = 7, .order_id = 11, .member_id = 3, .kind = (uint8_t)kind};
    if (kind == COMMAND_SUBMIT || kind == COMMAND_AMEND) {
        command.price = 100;
        command.amount = 5;
    }
    return command;
}

static struct command submit_of(unsigned type)
{
    struct command command = command_of(COMMAND_SUBMIT);
    command.type = (uint8_t)type;
    if (type == TYPE_MARKET || type == TYPE_STOP_MARKET) {
        command.price = 0;
        command.protection = 120;
        command.budget_low = 600;
    }
    if (type == TYPE_STOP_LIMIT || type == TYPE_STOP_MARKET)
        command.stop_price = 110;
    return command;
}

static void write_two(struct str *out)
{
    struct command commands[] = {command_of(COMMAND_SUBMIT), command_of(COMMAND_CANCEL)};
    commands[1].seq = 8;
    command_batch_write(out, "btcusd", commands, 2);
}

static const struct result_item items[] = {
    {.kind = ITEM_TRADE,
     .side = SIDE_SELL,
     .flags = ITEM_MAKER_DONE | ITEM_TAKER_DONE,
     .order_id = 1,
     .other_order_id = 2,
     .member_id = 3,
     .other_member_id = 4,
     .price = 100,
     .amount = 5},
    {.kind = ITEM_CLOSED, .reason = CLOSE_STP, .order_id = 1, .member_id = 3, .price = 100},
    {.kind = ITEM_REDUCED, .order_id = 1, .member_id = 3, .amount = 5, .extra = 7},
    {.kind = ITEM_TRIGGERED, .order_id = 1, .member_id = 3, .amount = 5, .extra = 1 << 16},
    {.kind = ITEM_AMENDED,
     .order_id = 1,
     .member_id = 3,
     .price = 9,
     .amount = 5,
     .extra = 1 << 16},
    {.kind = ITEM_LEVEL, .side = SIDE_SELL, .price = 100, .amount = INT64_MAX},
};

static void write_result(struct str *out, const struct result *result,
                         const struct result_item *item)
{
    str_clear(out);
    result_batch_begin(out, "btcusd", 7);
    str_add_bytes(out, result, sizeof(*result));
    for (size_t i = 0; i < result->items; i++)
        str_add_bytes(out, item, sizeof(*item));
    result_batch_end(out, 1, 42);
}

/* ---- changing one thing ---- */

static bool commands_are_good(const struct str *document, size_t length)
{
    struct batch batch;
    struct err err = {.code = ERR_NONE};
    bool is_good = command_batch_read(document->data, length, &batch, &err);
    assert_true(is_good == (err.code == ERR_NONE));
    assert_true(is_good || err.code == ERR_PROTOCOL);
    return is_good;
}

static bool results_are_good(const struct str *document, size_t length)
{
    struct batch batch;
    struct err err;
    return result_batch_read(document->data, length, &batch, &err);
}

/* The document with `size` bytes at `offset` set to a value, read, and put back. */
static bool is_good_with(bool (*is_good)(const struct str *, size_t), struct str *document,
                         size_t offset, size_t size, uint64_t value)
{
    uint64_t before;
    memcpy(&before, document->data + offset, size);
    memcpy(document->data + offset, &value, size);
    bool answer = is_good(document, document->length);
    memcpy(document->data + offset, &before, size);
    return answer;
}

#define HEADER_WITH(is_good, document, field, value)                                               \
    is_good_with(is_good, document, offsetof(struct batch_header, field),                          \
                 sizeof(((struct batch_header *)0)->field), (value))

/* ---- commands ---- */

static void command_batch_read__what_was_written__comes_back(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    struct batch batch;
    struct command command;
    struct err err;
    write_two(&document);
    assert_int_equal(document.length, sizeof(struct batch_header) + 2 * sizeof(struct command));
    assert_true(command_batch_read(document.data, document.length, &batch, &err));
    assert_string_equal(batch.header->market_id, "btcusd");
    assert_int_equal(batch.header->first_seq, 7);
    assert_int_equal(batch.header->count, 2);
    command_get(&batch, 1, &command);
    assert_int_equal(command.kind, COMMAND_CANCEL);
    assert_int_equal(command.seq, 8);
}

static void command_batch_read__at_an_odd_address__works(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    struct batch batch;
    struct err err;
    write_two(&document);
    char *odd = malloc(document.length + 1);
    memcpy(odd + 1, document.data, document.length);
    assert_true(command_batch_read(odd + 1, document.length, &batch, &err));
    assert_int_equal(batch.header->count, 2);
    free(odd);
}

static void command_batch_read__any_other_length__is_refused(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    write_two(&document);
    for (size_t length = 0; length < document.length; length++)
        assert_false(commands_are_good(&document, length));
    assert_true(commands_are_good(&document, document.length));
    str_add_char(&document, 'x');
    assert_false(commands_are_good(&document, document.length));
}

static void command_batch_read__broken_header__is_refused(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    write_two(&document);
    assert_false(HEADER_WITH(commands_are_good, &document, magic, 0));
    assert_false(HEADER_WITH(commands_are_good, &document, version, PROTOCOL_VERSION + 1));
    assert_false(HEADER_WITH(commands_are_good, &document, reserved, 1));
    assert_false(HEADER_WITH(commands_are_good, &document, count, 0));
    assert_false(HEADER_WITH(commands_are_good, &document, count, 1));
    assert_false(HEADER_WITH(commands_are_good, &document, count, 3));
    assert_false(HEADER_WITH(commands_are_good, &document, count, UINT32_MAX));
    assert_false(HEADER_WITH(commands_are_good, &document, first_seq, 0));
    assert_false(HEADER_WITH(commands_are_good, &document, first_seq, 6));
    assert_false(HEADER_WITH(commands_are_good, &document, first_seq, PROTOCOL_SEQ_MAX));
    assert_false(HEADER_WITH(commands_are_good, &document, first_seq, UINT64_MAX));
    assert_false(HEADER_WITH(commands_are_good, &document, state_hash, 1));
    size_t id = offsetof(struct batch_header, market_id);
    assert_false(is_good_with(commands_are_good, &document, id, 1, 0));
    assert_false(is_good_with(commands_are_good, &document, id + 2, 1, ' '));
    assert_false(is_good_with(commands_are_good, &document, id + 2, 1, 0));
    assert_false(is_good_with(commands_are_good, &document, id + 2, 1, 0xc3));
    memset(document.data + id, 'x', MARKET_ID_SIZE);
    assert_false(commands_are_good(&document, document.length));
}

static void command_batch_read__commands_max__is_the_limit(void **state)
{
    (void)state;
    static struct command commands[PROTOCOL_COMMANDS_MAX];
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    for (size_t i = 0; i < PROTOCOL_COMMANDS_MAX; i++) {
        commands[i] = command_of(COMMAND_CANCEL);
        commands[i].seq = 7 + i;
    }
    command_batch_write(&document, "btcusd", commands, PROTOCOL_COMMANDS_MAX);
    assert_true(commands_are_good(&document, document.length));
    struct command more = command_of(COMMAND_CANCEL);
    more.seq = 7 + PROTOCOL_COMMANDS_MAX;
    str_add_bytes(&document, &more, sizeof(more));
    struct batch_header header;
    memcpy(&header, document.data, sizeof(header));
    header.count++;
    header.bytes += (uint32_t)sizeof(more);
    memcpy(document.data, &header, sizeof(header));
    assert_false(commands_are_good(&document, document.length));
}

static bool is_right(struct command command)
{
    struct err err;
    return command_check(&command, &err);
}

static void command_check__each_kind__is_right(void **state)
{
    (void)state;
    for (unsigned kind = COMMAND_SUBMIT; kind <= COMMAND_RESUME; kind++)
        assert_true(is_right(command_of(kind)));
    for (unsigned type = TYPE_LIMIT; type <= TYPE_STOP_MARKET; type++)
        assert_true(is_right(submit_of(type)));
    assert_false(is_right(command_of(0)));
    assert_false(is_right(command_of(COMMAND_RESUME + 1)));
}

#define WITH(base_, field_, value)                                                                 \
    ({                                                                                             \
        struct command with_ = (base_);                                                            \
        with_.field_ = (value);                                                                    \
        is_right(with_);                                                                           \
    })

static void command_check__field_out_of_range__is_refused(void **state)
{
    (void)state;
    struct command limit = submit_of(TYPE_LIMIT), market = submit_of(TYPE_MARKET);
    struct command stop = submit_of(TYPE_STOP_LIMIT), amend = command_of(COMMAND_AMEND);
    assert_false(WITH(limit, seq, 0));
    assert_true(WITH(limit, seq, PROTOCOL_SEQ_MAX));
    assert_false(WITH(limit, seq, PROTOCOL_SEQ_MAX + 1));
    assert_false(WITH(limit, reserved[2], 1));
    assert_false(WITH(limit, order_id, 0));
    assert_false(WITH(limit, member_id, 0));
    assert_false(WITH(limit, side, SIDE_BOTH));
    assert_false(WITH(limit, type, TYPE_STOP_MARKET + 1));
    assert_false(WITH(limit, time_in_force, TIF_POST_ONLY + 1));
    assert_false(WITH(limit, stp, STP_DECREMENT + 1));
    assert_false(WITH(limit, amount, 0));
    assert_false(WITH(limit, amount, -1));
    assert_true(WITH(limit, amount, PROTOCOL_QUANTITY_MAX));
    assert_false(WITH(limit, amount, PROTOCOL_QUANTITY_MAX + 1));
    assert_false(WITH(limit, price, 0));
    assert_false(WITH(limit, price, INT64_MIN));
    assert_true(WITH(limit, price, PROTOCOL_QUANTITY_MAX));
    assert_false(WITH(limit, price, PROTOCOL_QUANTITY_MAX + 1));
    assert_false(WITH(limit, stop_price, 1));
    assert_false(WITH(limit, protection, 1));
    assert_false(WITH(stop, stop_price, 0));
    assert_false(WITH(stop, stop_price, PROTOCOL_QUANTITY_MAX + 1));
    assert_false(WITH(market, price, 1));
    assert_true(WITH(market, protection, 0));
    assert_false(WITH(market, protection, -1));
    assert_false(WITH(market, protection, PROTOCOL_QUANTITY_MAX + 1));
    assert_false(WITH(market, budget_high, (uint64_t)1 << 63));
    assert_true(WITH(amend, amount, -PROTOCOL_QUANTITY_MAX));
    assert_false(WITH(amend, amount, -PROTOCOL_QUANTITY_MAX - 1));
    assert_false(WITH(amend, price, 0));
    assert_false(WITH(amend, order_id, 0));
    assert_false(WITH(command_of(COMMAND_CANCEL), order_id, 0));
    assert_true(WITH(command_of(COMMAND_CANCEL_ALL), member_id, 0));
    assert_false(WITH(command_of(COMMAND_CANCEL_ALL), side, SIDE_BOTH + 1));
}

/* ---- results ---- */

static void result_batch_read__every_item__comes_back(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        struct result result = {.seq = 7, .order_id = 1, .items = 2, .kind = COMMAND_SUBMIT};
        struct batch batch;
        struct result_item item;
        struct err err;
        size_t offset = 0;
        write_result(&document, &result, &items[i]);
        assert_true(result_batch_read(document.data, document.length, &batch, &err));
        assert_true(batch.header->state_hash == 42);
        assert_true(result_next(&batch, &offset, &result));
        result_item_next(&batch, &offset, &item);
        assert_memory_equal(&item, &items[i], sizeof(item));
        result_item_next(&batch, &offset, &item);
        assert_false(result_next(&batch, &offset, &result));
        for (size_t length = 0; length < document.length; length++)
            assert_false(results_are_good(&document, length));
    }
}

#define RESULT_WITH(field_, value)                                                                 \
    ({                                                                                             \
        struct result with_ = {.seq = 7, .items = 1, .kind = COMMAND_SUBMIT};                      \
        with_.field_ = (value);                                                                    \
        write_result(&document, &with_, &items[0]);                                                \
        results_are_good(&document, document.length);                                              \
    })

static void result_batch_read__broken_result__is_refused(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(8 << 20);
    assert_true(RESULT_WITH(seq, 7));
    assert_false(RESULT_WITH(seq, 8));
    assert_false(RESULT_WITH(kind, 0));
    assert_false(RESULT_WITH(kind, COMMAND_RESUME + 1));
    assert_false(RESULT_WITH(status, RESULT_REFUSED + 1));
    assert_false(RESULT_WITH(more, 2));
    assert_false(RESULT_WITH(reserved, 1));
    assert_true(RESULT_WITH(items, PROTOCOL_ITEMS_MAX));
    assert_false(RESULT_WITH(items, PROTOCOL_ITEMS_MAX + 1));
    assert_true(RESULT_WITH(items, 0));
    assert_false(HEADER_WITH(results_are_good, &document, count, 2));
    assert_false(HEADER_WITH(results_are_good, &document, magic, 0));
    size_t at = sizeof(struct batch_header) + offsetof(struct result, items);
    assert_false(is_good_with(results_are_good, &document, at, 4, UINT32_MAX));
}

#define ITEM_WITH(index, field_, value)                                                            \
    ({                                                                                             \
        struct result with_ = {.seq = 7, .items = 1, .kind = COMMAND_SUBMIT};                      \
        struct result_item item_ = items[index];                                                   \
        item_.field_ = (value);                                                                    \
        write_result(&document, &with_, &item_);                                                   \
        results_are_good(&document, document.length);                                              \
    })

static void result_batch_read__broken_item__is_refused(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    enum { TRADE, CLOSED, REDUCED, TRIGGERED, AMENDED, LEVEL };
    assert_false(ITEM_WITH(TRADE, kind, 0));
    assert_false(ITEM_WITH(TRADE, kind, ITEM_LEVEL + 1));
    assert_false(ITEM_WITH(TRADE, side, SIDE_BOTH));
    assert_false(ITEM_WITH(TRADE, flags, 4));
    assert_false(ITEM_WITH(TRADE, reason, CLOSE_IOC));
    assert_false(ITEM_WITH(TRADE, reserved[3], 1));
    assert_false(ITEM_WITH(TRADE, order_id, 0));
    assert_false(ITEM_WITH(TRADE, other_order_id, 0));
    assert_false(ITEM_WITH(TRADE, other_order_id, 1));
    assert_false(ITEM_WITH(TRADE, member_id, 0));
    assert_false(ITEM_WITH(TRADE, other_member_id, 0));
    assert_false(ITEM_WITH(TRADE, price, 0));
    assert_false(ITEM_WITH(TRADE, amount, 0));
    assert_false(ITEM_WITH(TRADE, amount, PROTOCOL_QUANTITY_MAX + 1));
    assert_false(ITEM_WITH(CLOSED, reason, CLOSE_NONE));
    assert_false(ITEM_WITH(CLOSED, reason, CLOSE_REASON_MAX));
    assert_false(ITEM_WITH(CLOSED, flags, ITEM_MAKER_DONE));
    assert_false(ITEM_WITH(CLOSED, amount, -1));
    assert_false(ITEM_WITH(REDUCED, amount, 0));
    assert_false(ITEM_WITH(REDUCED, extra, UINT64_MAX));
    assert_false(ITEM_WITH(TRIGGERED, extra, 0));
    assert_false(ITEM_WITH(AMENDED, price, 0));
    assert_false(ITEM_WITH(AMENDED, amount, 0));
    assert_false(ITEM_WITH(LEVEL, order_id, 1));
    assert_false(ITEM_WITH(LEVEL, amount, -1));
    assert_true(ITEM_WITH(LEVEL, amount, 0));
}

/* ---- text ---- */

static void batch_print__each_record__is_a_line(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    AUTO(str_release) struct str text = STR_INIT(1 << 20);
    struct batch batch;
    struct err err;
    write_two(&document);
    assert_true(command_batch_read(document.data, document.length, &batch, &err));
    batch_print(&text, &batch);
    assert_string_equal(text.data, "commands btcusd from 7, 2 of them, 216 bytes\n"
                                   "7 submit order 11 member 3 buy limit gtc amount 5 price 100\n"
                                   "8 cancel order 11\n");
    str_clear(&text);
    struct result result = {.seq = 7, .order_id = 2, .items = 1, .kind = COMMAND_SUBMIT};
    write_result(&document, &result, &items[0]);
    assert_true(result_batch_read(document.data, document.length, &batch, &err));
    batch_print(&text, &batch);
    assert_string_equal(text.data,
                        "results btcusd from 7, 1 of them, 144 bytes, state 000000000000002a\n"
                        "7 submit order 2 ok\n"
                        "    trade maker 1 taker 2 members 3 4 taker-side sell 5 @ 100 maker-done "
                        "taker-done\n");
}

static void names__unknown_values__are_question_marks(void **state)
{
    (void)state;
    assert_string_equal(command_kind_name(COMMAND_CANCEL_ALL), "cancel_all");
    assert_string_equal(command_kind_name(0), "?");
    assert_string_equal(command_kind_name(99), "?");
    assert_string_equal(close_reason_name(CLOSE_REASON_MAX), "?");
    for (unsigned reason = 0; reason < CLOSE_REASON_MAX; reason++)
        assert_string_not_equal(close_reason_name(reason), "?");
    assert_string_equal(result_status_name(RESULT_REFUSED), "refused");
    assert_string_equal(result_status_name(RESULT_REFUSED + 1), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_batch_read__what_was_written__comes_back),
        cmocka_unit_test(command_batch_read__at_an_odd_address__works),
        cmocka_unit_test(command_batch_read__any_other_length__is_refused),
        cmocka_unit_test(command_batch_read__broken_header__is_refused),
        cmocka_unit_test(command_batch_read__commands_max__is_the_limit),
        cmocka_unit_test(command_check__each_kind__is_right),
        cmocka_unit_test(command_check__field_out_of_range__is_refused),
        cmocka_unit_test(result_batch_read__every_item__comes_back),
        cmocka_unit_test(result_batch_read__broken_result__is_refused),
        cmocka_unit_test(result_batch_read__broken_item__is_refused),
        cmocka_unit_test(batch_print__each_record__is_a_line),
        cmocka_unit_test(names__unknown_values__are_question_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Snapshots of protocol.h: what is written can be read, each thing that can be wrong is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/auto.h"
#include "contract/protocol.h"

static struct snapshot_order resting_order(void)
{
    return (struct snapshot_order){
        .order_id = 1, .member_id = 2, .price = 100, .amount = 5, .rank = 3 << 16};
}

static struct snapshot_order waiting_order(void)
{
    return (struct snapshot_order){.order_id = 2,
                                   .member_id = 2,
                                   .amount = 5,
                                   .stop_price = 110,
                                   .protection = 120,
                                   .budget_low = 600,
                                   .rank = 4 << 16,
                                   .type = TYPE_STOP_MARKET,
                                   .waiting = 1};
}

static void write_snapshot(struct str *out, const struct snapshot_order *first,
                           const struct snapshot_order *second)
{
    struct snapshot_header header = {.magic = {'B', 'R', 'S', '1'},
                                     .version = PROTOCOL_VERSION,
                                     .market_id = "btcusd",
                                     .seq = 9,
                                     .last_price = 99,
                                     .orders = 2};
    str_clear(out);
    str_add_bytes(out, &header, sizeof(header));
    str_add_bytes(out, first, sizeof(*first));
    str_add_bytes(out, second, sizeof(*second));
}

static bool snapshot_is_good(const struct str *document, size_t length)
{
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    return snapshot_read(document->data, length, &header, &orders, &err);
}

/* The document with `size` bytes at `offset` set to a value, read, and put back. */
static bool is_good_with(struct str *document, size_t offset, size_t size, uint64_t value)
{
    uint64_t before;
    memcpy(&before, document->data + offset, size);
    memcpy(document->data + offset, &value, size);
    bool answer = snapshot_is_good(document, document->length);
    memcpy(document->data + offset, &before, size);
    return answer;
}

static void snapshot_read__what_was_written__comes_back(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    struct snapshot_order first = resting_order(), second = waiting_order(), order;
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    write_snapshot(&document, &first, &second);
    assert_true(snapshot_read(document.data, document.length, &header, &orders, &err));
    assert_int_equal(header.seq, 9);
    snapshot_order_get(orders, 1, &order);
    assert_memory_equal(&order, &second, sizeof(order));
    for (size_t length = 0; length < document.length; length++)
        assert_false(snapshot_is_good(&document, length));
}

static void snapshot_read__broken_header__is_refused(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    struct snapshot_order first = resting_order(), second = waiting_order();
    write_snapshot(&document, &first, &second);
#define SNAPSHOT_WITH(field, value)                                                                \
    is_good_with(&document, offsetof(struct snapshot_header, field),                               \
                 sizeof(((struct snapshot_header *)0)->field), (value))
    assert_false(SNAPSHOT_WITH(magic, 0));
    assert_false(SNAPSHOT_WITH(version, 2));
    assert_true(SNAPSHOT_WITH(halted, 1));
    assert_false(SNAPSHOT_WITH(halted, 2));
    assert_false(SNAPSHOT_WITH(reserved, 1));
    assert_false(SNAPSHOT_WITH(market_id[0], 0));
    assert_false(SNAPSHOT_WITH(seq, 3)); /* below a rank */
    assert_false(SNAPSHOT_WITH(seq, PROTOCOL_SEQ_MAX + 1));
    assert_false(SNAPSHOT_WITH(last_price, UINT64_MAX));
    assert_false(SNAPSHOT_WITH(orders, 1));
    assert_false(SNAPSHOT_WITH(orders, UINT64_MAX));
}

#define ORDER_WITH(which, field, value)                                                            \
    ({                                                                                             \
        struct snapshot_order first_ = resting_order(), second_ = waiting_order();                 \
        which.field = (value);                                                                     \
        write_snapshot(&document, &first_, &second_);                                              \
        snapshot_is_good(&document, document.length);                                              \
    })

static void snapshot_read__broken_order__is_refused(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    assert_false(ORDER_WITH(first_, order_id, 0));
    assert_false(ORDER_WITH(first_, member_id, 0));
    assert_false(ORDER_WITH(first_, side, SIDE_BOTH));
    assert_false(ORDER_WITH(first_, stp, STP_DECREMENT + 1));
    assert_false(ORDER_WITH(first_, amount, 0));
    assert_false(ORDER_WITH(first_, price, 0));
    assert_false(ORDER_WITH(first_, type, TYPE_MARKET));
    assert_true(ORDER_WITH(first_, type, TYPE_STOP_LIMIT));
    assert_false(ORDER_WITH(first_, time_in_force, TIF_IOC));
    assert_true(ORDER_WITH(first_, time_in_force, TIF_POST_ONLY));
    assert_false(ORDER_WITH(first_, rank, 0));
    assert_false(ORDER_WITH(first_, rank, 4 << 16)); /* as high as the next one */
    assert_false(ORDER_WITH(first_, reserved[0], 1));
    assert_false(ORDER_WITH(first_, waiting, 1));
    assert_false(ORDER_WITH(second_, waiting, 2));
    assert_false(ORDER_WITH(second_, type, TYPE_LIMIT));
    assert_false(ORDER_WITH(second_, type, TYPE_STOP_LIMIT)); /* without a price */
    assert_false(ORDER_WITH(second_, price, 1));
    assert_false(ORDER_WITH(second_, stop_price, 0));
    assert_false(ORDER_WITH(second_, protection, -1));
    assert_false(ORDER_WITH(second_, budget_high, UINT64_MAX));
    assert_false(ORDER_WITH(second_, rank, 10 << 16)); /* after the snapshot */
}

static void snapshot_print__each_order__is_a_line(void **state)
{
    (void)state;
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    AUTO(str_release) struct str text = STR_INIT(1 << 20);
    struct snapshot_order first = resting_order(), second = waiting_order();
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    write_snapshot(&document, &first, &second);
    assert_true(snapshot_read(document.data, document.length, &header, &orders, &err));
    snapshot_print(&text, &header, orders);
    assert_string_equal(
        text.data, "snapshot btcusd at 9, 2 orders, last price 99\n"
                   "196608 order 1 member 2 buy limit gtc amount 5 price 100\n"
                   "262144 order 2 member 2 buy stop_market gtc amount 5 stop 110 protection 120 "
                   "budget 0x00000000000000258 waiting\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshot_read__what_was_written__comes_back),
        cmocka_unit_test(snapshot_read__broken_header__is_refused),
        cmocka_unit_test(snapshot_read__broken_order__is_refused),
        cmocka_unit_test(snapshot_print__each_order__is_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

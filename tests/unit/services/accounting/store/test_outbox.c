#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/domain/event.h"
#include "accounting/store/outbox.h"

static void assert_survives(const void *bytes, size_t length)
{
    struct str packed = STR_INIT(2 * length + 2), unpacked = STR_INIT(length + 1);
    outbox_pack(&packed, bytes, length);
    assert_true(str_ok(&packed));
    assert_true(outbox_unpack(&unpacked, str_data(&packed), packed.length));
    assert_int_equal(unpacked.length, length);
    assert_memory_equal(str_data(&unpacked), bytes, length);
    str_release(&packed);
    str_release(&unpacked);
}

static void pack__any_bytes__unpack_to_themselves(void **state)
{
    static uint8_t bytes[2000];
    (void)state;
    assert_survives("", 0);
    assert_survives(bytes, 1);
    for (size_t length = 254; length <= 257; length++)
        assert_survives(bytes, length); /* about the longest run */
    assert_survives(bytes, sizeof(bytes));
    for (size_t step = 1; step < 9; step++) {
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)(i % step == 0 ? i % 251 + 1 : 0);
        assert_survives(bytes, sizeof(bytes));
        assert_survives(bytes + 1, sizeof(bytes) - 1);
    }
}

static void pack__an_order__shrinks_to_a_third(void **state)
{
    struct event_order event = {.change = ORDER_CREATED};
    struct str packed = STR_INIT(2 * sizeof(event) + 2);
    (void)state;
    event.order.id = 123456789;
    memset(event.order.uuid.bytes, 0xa5, sizeof(event.order.uuid.bytes));
    memcpy(event.order.market_id, "btcusd", sizeof("btcusd"));
    event.order.price.units = (__int128)50000 * 10000000000000000;
    event.order.volume = event.order.origin_volume = event.order.price;
    event.order.created_at = event.order.updated_at = 1700000000000000;
    outbox_pack(&packed, &event, sizeof(event));
    assert_true(packed.length * 3 < sizeof(event));
    str_release(&packed);
}

static void unpack__malformed__leaves_what_was_there(void **state)
{
    struct str out = STR_INIT(100);
    (void)state;
    str_add(&out, "before");
    assert_false(outbox_unpack(&out, "ab\0", 3));     /* a run without its length */
    assert_false(outbox_unpack(&out, "ab\0\0c", 5));  /* a run of none */
    assert_false(outbox_unpack(&out, "ab\0\xff", 4)); /* more than fits */
    assert_true(str_ok(&out));
    assert_int_equal(out.length, 6);
    assert_true(outbox_unpack(&out, "ab\0\2", 4));
    assert_int_equal(out.length, 10);
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pack__any_bytes__unpack_to_themselves),
        cmocka_unit_test(pack__an_order__shrinks_to_a_third),
        cmocka_unit_test(unpack__malformed__leaves_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* CBOR: the examples of RFC 8949 that authenticators may use; everything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "webauthn/cbor.h"

static size_t unhex(const char *hex, uint8_t *bytes)
{
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return length;
}

static bool is_good(const char *hex)
{
    uint8_t bytes[256];
    struct cbor value = {bytes, unhex(hex, bytes)};
    size_t length;
    return cbor_check(value, &length) && length == value.length;
}

static void cbor_check__good_values__taken(void **state)
{
    static const char *const values[] = {
        "00",
        "17",
        "1818",
        "18ff",
        "190100",
        "1a000f4240",
        "1b000000e8d4a51000",
        "1bffffffffffffffff",
        "20",
        "3903e7",
        "3bffffffffffffffff",
        "f4",
        "f5",
        "f6",
        "40",
        "4401020304",
        "60",
        "6449455446",
        "62c3bc",
        "80",
        "83010203",
        "8301820203820405",
        "a0",
        "a201020304",
        "a26161016162820203",
        "826161a161626163",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        assert_true(is_good(values[i]));
}

static void cbor_check__other_forms__refused(void **state)
{
    static const char *const values[] = {
        "",   /* nothing */
        "18", /* a length that is not there */
        "1817",
        "190001", /* not the shortest form */
        "1a0000ffff",
        "1b00000000ffffffff",
        "5800",
        "1c",
        "1f", /* reserved, indefinite */
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9fff",
        "bfff",
        "c074323031332d30332d32315432303a30343a30305a", /* tag */
        "f97e00",
        "fb3ff199999999999a",
        "fa47c35000", /* floating point */
        "f0",
        "f7",
        "f818",
        "f8ff",
        "f3",   /* other simple values */
        "42ff", /* a string that is cut short */
        "5bffffffffffffffff",
        "7bffffffffffffffff",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "62fffe",
        "63eda080", /* no UTF-8 */
        "8201",
        "a1",
        "a101", /* members that are missing */
        "a201010102",
        "a2616101616102",
        "a3010102020103", /* a key twice */
        "a1f401",
        "a18001",
        "a1a00001",                 /* keys that are neither numbers nor strings */
        "818181818181818181818101", /* too deep */
        "a101a101a101a101a101a101a101a101a101a10101",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        assert_false(is_good(values[i]));
}

static void cbor_check__many_items__bounded(void **state)
{
    uint8_t bytes[2 * CBOR_ITEMS_MAX];
    size_t length;
    (void)state;
    memset(bytes, 0, sizeof(bytes));
    bytes[0] = 0x99;
    bytes[1] = (CBOR_ITEMS_MAX - 1) >> 8;
    bytes[2] = (uint8_t)(CBOR_ITEMS_MAX - 1);
    assert_true(cbor_check((struct cbor){bytes, sizeof(bytes)}, &length));
    assert_int_equal(length, 3 + CBOR_ITEMS_MAX - 1);
    bytes[2]++;
    assert_false(cbor_check((struct cbor){bytes, sizeof(bytes)}, &length));
}

static void cbor_find__keys__their_values(void **state)
{
    /* {1: 2, 3: -7, -1: h'0102', "a": [1, {"x": "y"}], "b": true} */
    uint8_t bytes[64];
    struct cbor map = {bytes, unhex("a501020326204201026161"
                                    "8201a1617861796162f5",
                                    bytes)};
    struct cbor_item item;
    struct cbor slice;
    size_t length;
    int64_t number;
    (void)state;
    assert_true(cbor_check(map, &length));
    assert_int_equal(length, map.length);
    assert_true(cbor_find_number(map, 3, &item) && cbor_to_i64(&item, &number));
    assert_int_equal(number, -7);
    assert_true(cbor_find_bytes(map, -1, &slice));
    assert_int_equal(slice.length, 2);
    assert_int_equal(slice.bytes[1], 2);
    assert_false(cbor_find_bytes(map, 1, &slice));
    assert_true(cbor_find_text(map, "b", &item));
    assert_int_equal(item.kind, CBOR_SIMPLE);
    assert_int_equal(item.number, 21);
    assert_false(cbor_to_i64(&item, &number));
    assert_true(cbor_find_text(map, "a", &item));
    assert_int_equal(item.kind, CBOR_ARRAY);
    assert_int_equal(item.number, 2);
    assert_false(cbor_find_text(item.whole, "x", &item));
    assert_false(cbor_find_text(map, "x", &item));
    assert_false(cbor_find_number(map, 2, &item));
}

static void cbor_to_i64__beyond_its_range__refused(void **state)
{
    uint8_t bytes[16];
    int64_t number;
    (void)state;
    unhex("1b8000000000000000", bytes);
    struct cbor_item item = cbor_item((struct cbor){bytes, 9});
    assert_false(cbor_to_i64(&item, &number));
    unhex("3b7fffffffffffffff", bytes);
    item = cbor_item((struct cbor){bytes, 9});
    assert_true(cbor_to_i64(&item, &number));
    assert_true(number == INT64_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cbor_check__good_values__taken),
        cmocka_unit_test(cbor_check__other_forms__refused),
        cmocka_unit_test(cbor_check__many_items__bounded),
        cmocka_unit_test(cbor_find__keys__their_values),
        cmocka_unit_test(cbor_to_i64__beyond_its_range__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

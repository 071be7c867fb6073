/* Proof of work: real headers pass, the same with less work don't; the work of a chain can't fall at will. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "chain/bytes.h"
#include "chain/coin_work.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define BITCOIN_GENESIS                                                                            \
    "01000000" ZEROS "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"            \
    "29ab5f49ffff001d1dac2b7c"
#define LITECOIN_GENESIS                                                                           \
    "01000000" ZEROS "d9ced4ed1130f7b7faad9be25323ffafa33232a17c3edf6cfd97bee6bafbdd97"            \
    "b9aa8e4ef0ff0f1ecd513f7c"

static bool check(const char *client, const char *network, const char *hex, size_t at, uint8_t flip)
{
    uint8_t header[COIN_HEADER_SIZE];
    struct err err;
    assert_true(hex_read_exact(hex, header, sizeof(header)));
    header[at] ^= flip;
    bool ok = coin_work_check(coin_params_find(client, network), header, &err);
    assert_true(ok || err.code == ERR_PROTOCOL);
    return ok;
}

static void coin_work_check__real_headers__pass_and_nothing_near_them(void **state)
{
    static const struct {
        const char *client, *hex;
    } rows[] = {{"bitcoin", BITCOIN_GENESIS}, {"litecoin", LITECOIN_GENESIS}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(check(rows[i].client, "main", rows[i].hex, 0, 0));
        for (size_t at = 0; at < COIN_HEADER_SIZE; at++)
            assert_false(check(rows[i].client, "main", rows[i].hex, at, 1));
    }
}

static void coin_work_check__bits_of_a_test_network__are_none_of_the_main_one(void **state)
{
    static const uint8_t bits[] = {0xff, 0xff, 0x7f, 0x20};
    uint8_t header[COIN_HEADER_SIZE] = {0};
    struct err err;
    (void)state;
    memcpy(header + 72, bits, sizeof(bits));
    assert_false(coin_work_check(coin_params_find("litecoin", "main"), header, &err));
    assert_false(coin_work_check(coin_params_find("bitcoin", "main"), header, &err));
    assert_false(coin_work_check(coin_params_find("dash", "main"), header, &err));
    assert_true(coin_work_check(coin_params_find("dash", "regtest"), header, &err));
    bool passed = false, failed = false; /* half of all hashes are below this target */
    for (uint8_t nonce = 0; nonce < 64; nonce++) {
        header[76] = nonce;
        bool ok = coin_work_check(coin_params_find("litecoin", "regtest"), header, &err);
        passed = passed || ok;
        failed = failed || !ok;
    }
    assert_true(passed && failed);
}

static void coin_target__bits__numbers_or_nothing(void **state)
{
    static const struct {
        uint32_t bits;
        const char *hex; /* NULL: none */
    } rows[] = {
        {0x1d00ffff, "0xffff0000000000000000000000000000000000000000000000000000"},
        {0x03123456, "0x123456"},
        {0x02123456, "0x1234"},
        {0x01123456, "0x12"},
        {0x00123456, NULL},
        {0x1d000000, NULL},
        {0x1d80ffff, NULL}, /* negative */
        {0x21123456, NULL}, /* above 256 bits */
        {0xff123456, NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct u256 target;
        char text[U256_HEX_SIZE];
        bool ok = coin_target(rows[i].bits, &target);
        assert_int_equal(ok, rows[i].hex != NULL);
        if (ok)
            assert_string_equal(u256_hex(target, text), rows[i].hex);
    }
}

static void coin_bits_follow__main_network__only_at_a_turn_and_to_a_quarter(void **state)
{
    static const struct {
        const char *client, *network;
        uint64_t height;
        uint32_t before, bits;
        bool ok;
    } rows[] = {
        {"bitcoin", "main", 2016 * 400 + 1, 0x17034219, 0x17034219, true},
        {"bitcoin", "main", 2016 * 400 + 1, 0x17034219, 0x1703421a, false},
        {"bitcoin", "main", 2016 * 400 + 1, 0x17034219, 0x1d00ffff, false},
        {"bitcoin", "main", 2016 * 400, 0x17034219, 0x1702e4f0, true},
        {"bitcoin", "main", 2016 * 400, 0x17010000, 0x17040000, true},
        {"bitcoin", "main", 2016 * 400, 0x17010000, 0x17040001, false},
        {"bitcoin", "main", 2016 * 400, 0x17034219, 0x1d00ffff, false},
        {"litecoin", "main", 7, 0x1e0ffff0, 0x1e0fffff, false},
        {"litecoin", "test", 7, 0x1d0ffff0, 0x1e0fffff, true}, /* blocks of least work are a rule */
        {"litecoin", "regtest", 7, 0x207fffff, 0x207fffff, true},
        {"dash", "main", 7, 0x1b0ffff0, 0x1b1ffff0, true}, /* each block has other bits */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err;
        bool ok = coin_bits_follow(coin_params_find(rows[i].client, rows[i].network),
                                   rows[i].height, rows[i].before, rows[i].bits, &err);
        assert_int_equal(ok, rows[i].ok);
        assert_true(ok || err.code == ERR_PROTOCOL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coin_work_check__real_headers__pass_and_nothing_near_them),
        cmocka_unit_test(coin_work_check__bits_of_a_test_network__are_none_of_the_main_one),
        cmocka_unit_test(coin_target__bits__numbers_or_nothing),
        cmocka_unit_test(coin_bits_follow__main_network__only_at_a_turn_and_to_a_quarter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

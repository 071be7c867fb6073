/* Digests against published values; numbers and hexadecimal of Bitcoin's wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "chain/bytes.h"
#include "chain/hash.h"

static void assert_hex(const void *bytes, size_t length, const char *hex)
{
    char text[129];
    assert_true(2 * length < sizeof(text));
    assert_string_equal(hex_write(bytes, length, text), hex);
}

static void keccak256__known_texts__known_digests(void **state)
{
    static const struct {
        const char *text, *digest;
    } rows[] = {
        {"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
        {"The quick brown fox jumps over the lazy dog",
         "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"},
        {"Transfer(address,address,uint256)",
         "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t digest[HASH256_SIZE];
        keccak256(rows[i].text, strlen(rows[i].text), digest);
        assert_hex(digest, sizeof(digest), rows[i].digest);
    }
}

/* 135, 136 and 137 bytes lie around the end of a block; digests by a slow implementation of the definition. */
static void keccak256__around_a_block__known_digests(void **state)
{
    static const struct {
        size_t length;
        const char *digest;
    } rows[] = {
        {135, "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446"},
        {136, "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e"},
        {137, "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39"},
    };
    char text[137];
    (void)state;
    memset(text, 'a', sizeof(text));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t digest[HASH256_SIZE];
        keccak256(text, rows[i].length, digest);
        assert_hex(digest, sizeof(digest), rows[i].digest);
    }
}

static void hash160__key_of_the_generator__known_program(void **state)
{
    uint8_t key[33], digest[HASH160_SIZE];
    (void)state;
    assert_true(hex_read_exact("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
                               key, sizeof(key)));
    hash160(key, sizeof(key), digest);
    assert_hex(digest, sizeof(digest), "751e76e8199196d454941c45d1b3a323f1433bd6");
}

static void hash256__hello__known_digest(void **state)
{
    uint8_t digest[HASH256_SIZE];
    (void)state;
    hash256("hello", 5, digest);
    assert_hex(digest, sizeof(digest),
               "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
}

static void reader__past_the_end__fails_for_good_and_gives_zeros(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3};
    struct reader reader = reader_of(bytes, sizeof(bytes));
    (void)state;
    assert_int_equal(reader_u16(&reader), 0x0201);
    assert_false(reader_at_end(&reader));
    assert_int_equal(reader_u32(&reader), 0);
    assert_false(reader_ok(&reader));
    assert_int_equal(reader_u8(&reader), 0);
    struct span span = reader_span(&reader, UINT64_MAX);
    assert_int_equal(span.length, 0);
}

static void reader_compact__longer_form_than_due__refused(void **state)
{
    static const uint64_t numbers[] = {0,       0xfc,       0xfd,        0xffff,
                                       0x10000, 0xffffffff, 0x100000000, UINT64_MAX};
    static const char *const longer[] = {"fd0000", "fdfc00", "feffff0000", "ffffffffff00000000"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        AUTO(str_release) struct str out = STR_INIT(16);
        bytes_add_compact(&out, numbers[i]);
        struct reader reader = reader_of(out.data, out.length);
        assert_true(reader_compact(&reader) == numbers[i]);
        assert_true(reader_at_end(&reader));
    }
    for (size_t i = 0; i < ARRAY_LEN(longer); i++) {
        AUTO(str_release) struct str bytes = STR_INIT(16);
        assert_true(hex_read(longer[i], strlen(longer[i]), &bytes));
        struct reader reader = reader_of(bytes.data, bytes.length);
        assert_int_equal(reader_compact(&reader), 0);
        assert_false(reader_ok(&reader));
    }
}

static void txid_parse__shown_id__bytes_reversed(void **state)
{
    const char *shown = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
    uint8_t txid[TXID_SIZE];
    char text[TXID_TEXT_SIZE];
    (void)state;
    assert_true(txid_parse(shown, txid));
    assert_int_equal(txid[0], 0x3b);
    assert_string_equal(txid_text(txid, text), shown);
    assert_false(txid_parse("4a5e", txid));
    assert_false(
        txid_parse("0x4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b", txid));
    assert_false(
        txid_parse("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b0", txid));
    assert_false(txid_parse("", txid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keccak256__known_texts__known_digests),
        cmocka_unit_test(keccak256__around_a_block__known_digests),
        cmocka_unit_test(hash160__key_of_the_generator__known_program),
        cmocka_unit_test(hash256__hello__known_digest),
        cmocka_unit_test(reader__past_the_end__fails_for_good_and_gives_zeros),
        cmocka_unit_test(reader_compact__longer_form_than_due__refused),
        cmocka_unit_test(txid_parse__shown_id__bytes_reversed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

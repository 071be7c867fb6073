/* Hashes against known answers; base64 against its RFC, and against every second spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"

static void assert_hex(const uint8_t digest[SHA256_SIZE], const char *expected)
{
    AUTO(str_release) struct str hex = STR_INIT(128);
    str_add_hex(&hex, digest, SHA256_SIZE);
    assert_string_equal(str_data(&hex), expected);
}

static void sha256__known_texts__known_digests(void **state)
{
    static const char *const rows[][2] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    uint8_t digest[SHA256_SIZE];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        sha256(rows[i][0], strlen(rows[i][0]), digest);
        assert_hex(digest, rows[i][1]);
    }
}

static void sha256_end__after_pieces__equals_the_whole_and_starts_anew(void **state)
{
    uint8_t bytes[1000], whole[SHA256_SIZE], pieces[SHA256_SIZE];
    (void)state;
    random_bytes(bytes, sizeof(bytes));
    sha256(bytes, sizeof(bytes), whole);
    struct sha256 *hash = sha256_new();
    assert_non_null(hash);
    for (int round = 0; round < 3; round++) {
        for (size_t at = 0, step = 1; at < sizeof(bytes); at += step, step = step * 2 % 97 + 1)
            sha256_add(hash, bytes + at, step < sizeof(bytes) - at ? step : sizeof(bytes) - at);
        sha256_end(hash, pieces);
        assert_memory_equal(pieces, whole, SHA256_SIZE);
    }
    sha256_end(hash, pieces);
    assert_hex(pieces, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_free(hash);
    sha256_free(NULL);
}

static void base64url_write__rfc_vectors__match(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str text = STR_INIT(64), back = STR_INIT(64);
        base64url_write(&text, rows[i][0], strlen(rows[i][0]));
        assert_string_equal(str_data(&text), rows[i][1]);
        assert_true(base64url_read(str_data(&text), text.length, &back));
        assert_string_equal(str_data(&back), rows[i][0]);
    }
}

static void base64url_read__random_bytes__round_trip(void **state)
{
    (void)state;
    for (size_t length = 0; length < 200; length++) {
        uint8_t bytes[200];
        AUTO(str_release) struct str text = STR_INIT(512), back = STR_INIT(512);
        random_bytes(bytes, length);
        str_add(&text, "x");
        base64url_write(&text, bytes, length);
        assert_true(base64url_read(text.data + 1, text.length - 1, &back));
        assert_int_equal(back.length, length);
        assert_memory_equal(str_data(&back), bytes, length);
    }
}

static void base64url_read__a_second_spelling__is_refused(void **state)
{
    static const char *const rows[] = {
        "Zg==", "Zg=",  "Zh",   "Zm9",   "Zm9=",  "Z",           "Zm9vY", " Zg", "Zg ",
        "Z g",  "Zg\n", "+/+/", "Zm9v.", "Zm9v,", "Zm9\xc3\xa9", "====",  "=",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(64);
        if (base64url_read(rows[i], strlen(rows[i]), &out))
            fail_msg("\"%s\" was taken", rows[i]);
        assert_int_equal(out.length, 0);
    }
}

static void base64url__ceiling__is_kept(void **state)
{
    AUTO(str_release) struct str small = STR_INIT(3);
    (void)state;
    base64url_write(&small, "foo", 3);
    assert_false(str_ok(&small));
    str_clear(&small);
    assert_false(base64url_read("Zm9vYg", 6, &small));
    str_clear(&small);
    assert_true(base64url_read("Zm9v", 4, &small));
}

static void base64_read_any__both_alphabets_and_padding__are_taken(void **state)
{
    static const char *const rows[][2] = {
        {"Zg==", "f"},
        {"Zg", "f"},
        {"Zm8=", "fo"},
        {"Zm9v\n", "foo"},
        {"Zm9v\r\n", "foo"},
        {"-__-", "\xfb\xff\xfe"},
        {"+//+", "\xfb\xff\xfe"},
        {"", ""},
    };
    static const char *const bad[] = {
        "Zg=", "Zg===", "Zh==", "Zm9v=", "Zm9v====", "Z", "=", "Zm 9v"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(64);
        assert_true(base64_read_any(rows[i][0], strlen(rows[i][0]), &out));
        assert_string_equal(str_data(&out), rows[i][1]);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        AUTO(str_release) struct str out = STR_INIT(64);
        if (base64_read_any(bad[i], strlen(bad[i]), &out))
            fail_msg("\"%s\" was taken", bad[i]);
    }
}

static void bytes_equal__one_bit__differs(void **state)
{
    (void)state;
    assert_true(bytes_equal("abc", "abc", 3));
    assert_false(bytes_equal("abc", "abb", 3));
    assert_true(bytes_equal("abc", "xyz", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256__known_texts__known_digests),
        cmocka_unit_test(sha256_end__after_pieces__equals_the_whole_and_starts_anew),
        cmocka_unit_test(base64url_write__rfc_vectors__match),
        cmocka_unit_test(base64url_read__random_bytes__round_trip),
        cmocka_unit_test(base64url_read__a_second_spelling__is_refused),
        cmocka_unit_test(base64url__ceiling__is_kept),
        cmocka_unit_test(base64_read_any__both_alphabets_and_padding__are_taken),
        cmocka_unit_test(bytes_equal__one_bit__differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

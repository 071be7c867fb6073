/* Sealed text: opens with the same key and context alone; rotation; base32 and MACs beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "base/random.h"
#include "crypto/aead.h"
#include "crypto/crypto.h"
#include "crypto/keyring.h"

static void hmac__rfc_vectors__match(void **state)
{
    /* RFC 4231 case 2, RFC 2202 case 2, and an empty key. */
    uint8_t mac[SHA256_SIZE];
    AUTO(str_release) struct str hex = STR_INIT(256);
    (void)state;
    hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
    str_add_hex(&hex, mac, SHA256_SIZE);
    assert_string_equal(hex.data,
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    str_clear(&hex);
    hmac_sha1("Jefe", 4, "what do ya want for nothing?", 28, mac);
    str_add_hex(&hex, mac, SHA1_SIZE);
    assert_string_equal(hex.data, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    str_clear(&hex);
    hmac_sha256(NULL, 0, "", 0, mac);
    str_add_hex(&hex, mac, SHA256_SIZE);
    assert_string_equal(hex.data,
                        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void base32__rfc_vectors__both_ways(void **state)
{
    static const char *const rows[][3] = {
        {"", "", ""},
        {"f", "MY", "MY======"},
        {"fo", "MZXQ", "MZXQ===="},
        {"foo", "MZXW6", "MZXW6==="},
        {"foob", "MZXW6YQ", "MZXW6YQ="},
        {"fooba", "MZXW6YTB", "mzxw6ytb"},
        {"foobar", "MZXW6YTBOI", "MZXW6YTBOI======"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str text = STR_INIT(64), back = STR_INIT(64);
        base32_write(&text, rows[i][0], strlen(rows[i][0]));
        assert_string_equal(str_data(&text), rows[i][1]);
        for (int spelling = 1; spelling <= 2; spelling++) {
            str_clear(&back);
            assert_true(base32_read(rows[i][spelling], strlen(rows[i][spelling]), &back));
            assert_string_equal(str_data(&back), rows[i][0]);
        }
    }
}

static void base32_read__second_spellings_and_rubbish__refused(void **state)
{
    static const char *const texts[] = {
        "M",        "MZX",      "MZXW6Y",   "MZ", "MY=",      "MY==",     "MZXW6YQ0",
        "MZXW6YQ1", "MZXW6YQ8", "MZ XW6==", "=",  "========", "MY=====A", "MZXW6YTB========"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        AUTO(str_release) struct str back = STR_INIT(64);
        assert_false(base32_read(texts[i], strlen(texts[i]), &back));
    }
}

static void base64_write__rfc_vectors__padded(void **state)
{
    static const char *const rows[][2] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xfb\xff\xfe\xff", "+//+/w=="}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str text = STR_INIT(64);
        base64_write(&text, rows[i][0], strlen(rows[i][0]));
        assert_string_equal(str_data(&text), rows[i][1]);
    }
}

static void aead_open__what_was_sealed__opens_in_its_context_only(void **state)
{
    uint8_t key[AEAD_KEY_SIZE], bytes[300];
    (void)state;
    random_bytes(key, sizeof(key));
    random_bytes(bytes, sizeof(bytes));
    for (size_t length = 0; length <= sizeof(bytes); length += 37) {
        AUTO(str_release) struct str sealed = STR_INIT(1024), open = STR_INIT(1024);
        assert_true(aead_seal(key, "column/1", bytes, length, &sealed));
        assert_int_equal(sealed.length, length + AEAD_OVERHEAD);
        str_add(&open, "before");
        assert_false(aead_open(key, "column/2", sealed.data, sealed.length, &open));
        assert_false(aead_open(key, "", sealed.data, sealed.length, &open));
        assert_string_equal(open.data, "before");
        assert_true(aead_open(key, "column/1", sealed.data, sealed.length, &open));
        assert_int_equal(open.length, 6 + length);
        assert_memory_equal(open.data + 6, bytes, length);
    }
}

static void aead_open__any_bit_changed_or_cut__refused(void **state)
{
    uint8_t key[AEAD_KEY_SIZE];
    AUTO(str_release) struct str sealed = STR_INIT(1024), open = STR_INIT(1024);
    (void)state;
    random_bytes(key, sizeof(key));
    assert_true(aead_seal(key, "c", "a secret", 8, &sealed));
    for (size_t bit = 0; bit < sealed.length * 8; bit++) {
        sealed.data[bit / 8] = (char)(sealed.data[bit / 8] ^ 1 << bit % 8);
        assert_false(aead_open(key, "c", sealed.data, sealed.length, &open));
        sealed.data[bit / 8] = (char)(sealed.data[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t length = 0; length < sealed.length; length++)
        assert_false(aead_open(key, "c", sealed.data, length, &open));
    assert_true(aead_open(key, "c", sealed.data, sealed.length, &open));
    assert_string_equal(open.data, "a secret");
}

static void keyring_unseal__after_rotation_and_text__old_and_new_open(void **state)
{
    AUTO_FREE(keyring_free) struct keyring *ring = keyring_new(), *again = NULL;
    AUTO(str_release) struct str old = STR_INIT(512), new = STR_INIT(512), open = STR_INIT(512);
    AUTO(str_wipe) struct str text = STR_INIT(KEYRING_TEXT_MAX);
    char index[KEYRING_INDEX_SIZE], same[KEYRING_INDEX_SIZE], other[KEYRING_INDEX_SIZE];
    struct err err;
    (void)state;
    assert_non_null(ring);
    assert_true(keyring_seal(ring, "phones.number/1", "447418084106", 12, &old, &err));
    assert_memory_equal(old.data, "s1.1.", 5);
    keyring_index(ring, "phones.number", "447418084106", 12, index);
    assert_true(keyring_is_current(ring, old.data, old.length));
    assert_true(keyring_rotate(ring, &err));
    assert_false(keyring_is_current(ring, old.data, old.length));
    assert_true(keyring_seal(ring, "phones.number/1", "447418084106", 12, &new, &err));
    assert_memory_equal(new.data, "s1.2.", 5);

    keyring_format(ring, &text);
    assert_true(keyring_parse(text.data, text.length, &again, &err));
    assert_int_equal(keyring_version(again), 2);
    assert_true(keyring_unseal(again, "phones.number/1", old.data, old.length, &open, &err));
    assert_true(keyring_unseal(again, "phones.number/1", new.data, new.length, &open, &err));
    assert_string_equal(open.data, "447418084106447418084106");
    keyring_index(again, "phones.number", "447418084106", 12, same);
    assert_string_equal(index, same);
    assert_int_equal(strlen(index), KEYRING_INDEX_SIZE - 1);
    keyring_index(again, "phones.other", "447418084106", 12, other);
    assert_string_not_equal(index, other);
}

static void keyring_unseal__another_ring_or_context_or_rubbish__refused(void **state)
{
    AUTO_FREE(keyring_free) struct keyring *ring = keyring_new(), *stranger = keyring_new();
    AUTO(str_release) struct str sealed = STR_INIT(512), open = STR_INIT(512);
    static const char *const texts[] = {"",           "s1.",   "s1.1",     "s1.1.",  "s1.1.AAAA",
                                        "s1.01.AAAA", "s2.1.", "s1.+1.AA", "s1..AA", "s1.0.AA"};
    struct err err;
    (void)state;
    assert_true(keyring_seal(ring, "c/1", "x", 1, &sealed, &err));
    assert_false(keyring_unseal(ring, "c/2", sealed.data, sealed.length, &open, &err));
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_false(keyring_unseal(stranger, "c/1", sealed.data, sealed.length, &open, &err));
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_false(keyring_unseal(ring, "c/1", "s1.9.AAAA", 9, &open, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_false(keyring_unseal(ring, "c/1", texts[i], strlen(texts[i]), &open, &err));
    assert_int_equal(open.length, 0);
}

static void keyring_parse__broken_texts__refused(void **state)
{
#define KEY " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    static const char *const texts[] = {
        "",
        "index" KEY,
        "1" KEY,
        "index" KEY "index" KEY "1" KEY,
        "index" KEY "2" KEY "1" KEY,
        "index" KEY "1" KEY "1" KEY,
        "index" KEY "0" KEY,
        "index" KEY "x" KEY,
        "index" KEY "1 AAAA\n",
        "index" KEY "1\n",
        "index" KEY "99999999" KEY,
    };
    AUTO_FREE(keyring_free) struct keyring *ring = NULL;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_false(keyring_parse(texts[i], strlen(texts[i]), &ring, &err));
        assert_int_equal(err.code, ERR_CONFIG);
    }
    static const char good[] = "index" KEY "\n1" KEY "7" KEY;
    assert_true(keyring_parse(good, strlen(good), &ring, &err));
    assert_int_equal(keyring_version(ring), 7);
#undef KEY
}

static void keyring_rotate__too_often__refused(void **state)
{
    AUTO_FREE(keyring_free) struct keyring *ring = keyring_new(), *again = NULL;
    AUTO(str_wipe) struct str text = STR_INIT(KEYRING_TEXT_MAX);
    struct err err;
    (void)state;
    for (int i = 1; i < KEYRING_KEYS_MAX; i++)
        assert_true(keyring_rotate(ring, &err));
    assert_false(keyring_rotate(ring, &err));
    keyring_format(ring, &text);
    assert_true(str_ok(&text));
    assert_true(keyring_parse(text.data, text.length, &again, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac__rfc_vectors__match),
        cmocka_unit_test(base32__rfc_vectors__both_ways),
        cmocka_unit_test(base32_read__second_spellings_and_rubbish__refused),
        cmocka_unit_test(base64_write__rfc_vectors__padded),
        cmocka_unit_test(aead_open__what_was_sealed__opens_in_its_context_only),
        cmocka_unit_test(aead_open__any_bit_changed_or_cut__refused),
        cmocka_unit_test(keyring_unseal__after_rotation_and_text__old_and_new_open),
        cmocka_unit_test(keyring_unseal__another_ring_or_context_or_rubbish__refused),
        cmocka_unit_test(keyring_parse__broken_texts__refused),
        cmocka_unit_test(keyring_rotate__too_often__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

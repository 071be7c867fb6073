/* Passkeys: what a good authenticator makes is taken; each thing that is not as it must be, is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/libs/webauthn/authenticator.h"

static const char *const origins[] = {"https://example.com", "https://www.example.com", NULL};
static const struct webauthn_party party = {.id = "example.com", .origins = origins};
static const char challenge[] = "Y2hhbGxlbmdlIG9mIDE2IGJ5dGVz";

struct world {
    struct authenticator a;
    struct webauthn_credential credential;
    struct webauthn_use use;
    struct err err;
};

static bool registers(struct world *w)
{
    struct webauthn_registration registration = {.challenge = challenge};
    authenticator_create(&w->a);
    registration.client_data = slice_of(&w->a.client_data);
    registration.attestation_object = slice_of(&w->a.object);
    return webauthn_register(&party, &registration, &w->credential, &w->err);
}

static bool asserts_made(struct world *w)
{
    struct webauthn_assertion assertion = {.challenge = challenge};
    assertion.client_data = slice_of(&w->a.client_data);
    assertion.authenticator_data = slice_of(&w->a.data);
    assertion.signature = slice_of(&w->a.signature);
    return webauthn_assert(&party, &assertion, &w->credential, &w->use, &w->err);
}

static bool asserts(struct world *w)
{
    authenticator_get(&w->a);
    return asserts_made(w);
}

static void world_init(struct world *w, int64_t algorithm)
{
    memset(w, 0, sizeof(*w));
    authenticator_init(&w->a, algorithm);
}

static int world_new(void **state)
{
    static struct world w;
    world_init(&w, WEBAUTHN_ES256);
    *state = &w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    authenticator_release(&w->a);
    return 0;
}

static void each_algorithm_and_format__good_answers__taken(void **state)
{
    static const int64_t algorithms[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
    static const char *const formats[] = {"none", "packed"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
            struct world w;
            world_init(&w, algorithms[i]);
            w.a.format = formats[f];
            w.a.flags |= FLAG_EXTENSIONS | FLAG_BACKUP_ELIGIBLE | FLAG_BACKED_UP;
            w.a.sign_count = 7;
            assert_true(registers(&w));
            assert_int_equal(w.credential.algorithm, algorithms[i]);
            assert_int_equal(w.credential.sign_count, 7);
            assert_int_equal(w.credential.id_length, sizeof(authenticator_id));
            assert_memory_equal(w.credential.id, authenticator_id, sizeof(authenticator_id));
            assert_int_equal(w.credential.aaguid[15], 15);
            assert_true(w.credential.is_backed_up && w.credential.may_be_backed_up);
            w.a.sign_count = 8;
            w.a.flags &= ~(unsigned)FLAG_BACKED_UP;
            assert_true(asserts(&w));
            assert_int_equal(w.use.sign_count, 8);
            assert_false(w.use.is_backed_up);
            assert_false(w.use.has_count_regressed);
            authenticator_release(&w.a);
        }
    }
}

static void sign_count__not_moved__said_unless_it_never_counts(void **state)
{
    struct world *w = *state;
    static const struct {
        uint32_t kept, now;
        bool regressed;
    } rows[] = {{0, 0, false}, {0, 1, false}, {5, 6, false},         {5, 5, true},
                {5, 4, true},  {5, 0, true},  {5, 0xffffffff, false}};
    assert_true(registers(w));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        w->credential.sign_count = rows[i].kept;
        w->a.sign_count = rows[i].now;
        assert_true(asserts(w));
        assert_int_equal(w->use.has_count_regressed, rows[i].regressed);
    }
}

/* Both calls refuse, and for this reason. */
static void assert_refused(struct world *w, const char *reason)
{
    assert_false(registers(w));
    assert_int_equal(w->err.code, ERR_INVALID);
    assert_non_null(strstr(w->err.what, reason));
    assert_false(asserts(w));
    assert_int_equal(w->err.code, ERR_INVALID);
    assert_non_null(strstr(w->err.what, reason));
}

static void client_data__another_site_or_challenge_or_purpose__refused(void **state)
{
    struct world *w = *state;
    static const char *const strangers[] = {"http://example.com",
                                            "https://example.com:8443",
                                            "https://evil.com",
                                            "https://example.com.evil",
                                            "https://sub.example.com",
                                            "https://EXAMPLE.com",
                                            "null",
                                            ""};
    assert_true(registers(w));
    for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
        w->a.origin = strangers[i];
        assert_refused(w, "is not ours");
    }
    w->a.origin = "https://www.example.com";
    assert_true(registers(w) && asserts(w));
    w->a.challenge = "Y2hhbGxlbmdlIG9mIDE2IGJ5dGVa";
    assert_refused(w, "another challenge");
    w->a.challenge = "";
    assert_refused(w, "another challenge");
    w->a.challenge = challenge;
    w->a.type = "payment.get";
    assert_refused(w, "type payment.get");
    w->a.type = "webauthn.get";
    assert_false(registers(w));
    w->a.type = "webauthn.create";
    assert_false(asserts(w));
    w->a.type = NULL;
    w->a.client_data_tail = ",\"crossOrigin\":true";
    assert_refused(w, "another site");
    w->a.client_data_tail = ",\"crossOrigin\":\"\"";
    assert_refused(w, "another site");
    w->a.client_data_tail = ",\"type\":\"webauthn.get\"";
    assert_refused(w, "no JSON");
    w->a.client_data_tail = ",";
    assert_refused(w, "no JSON");
    w->a.client_data_tail = ",\"tokenBinding\":{\"status\":\"supported\"}";
    assert_true(registers(w) && asserts(w));
}

static void authenticator_data__other_site_or_flags__refused(void **state)
{
    struct world *w = *state;
    assert_true(registers(w));
    w->a.party_id = "evil.com";
    assert_refused(w, "another site");
    w->a.party_id = "example.com";
    w->a.flags = FLAG_VERIFIED;
    assert_refused(w, "not there");
    w->a.flags = FLAG_PRESENT;
    assert_refused(w, "not verified");
    w->a.flags = FLAG_PRESENT | FLAG_VERIFIED | FLAG_BACKED_UP;
    assert_refused(w, "can't be");
    w->a.flags = FLAG_PRESENT | FLAG_VERIFIED | FLAG_BACKUP_ELIGIBLE;
    assert_false(asserts(w));
    assert_non_null(strstr(w->err.what, "another kind"));
}

static void authenticator_data__cut_anywhere__refused(void **state)
{
    struct world *w = *state;
    w->a.flags |= FLAG_EXTENSIONS;
    assert_true(registers(w));
    size_t length = w->a.data.length;
    for (w->a.cut = 1; w->a.cut < length; w->a.cut++)
        assert_false(registers(w));
    w->a.cut = 0;
    assert_true(asserts(w));
    length = w->a.data.length;
    for (w->a.cut = 1; w->a.cut < length; w->a.cut++)
        assert_false(asserts(w));
}

static void signature__any_byte_changed_or_of_another_key__refused(void **state)
{
    static const int64_t algorithms[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        struct world w;
        world_init(&w, algorithms[i]);
        assert_true(registers(&w) && asserts(&w));
        for (size_t at = 0; at < w.a.signature.length; at++) {
            w.a.signature.data[at] = (char)(w.a.signature.data[at] ^ 1);
            assert_false(asserts_made(&w));
            w.a.signature.data[at] = (char)(w.a.signature.data[at] ^ 1);
        }
        assert_true(asserts_made(&w));
        for (size_t length = 0; length < w.a.signature.length; length++) {
            struct str cut = w.a.signature;
            w.a.signature.length = length;
            assert_false(asserts_made(&w));
            w.a.signature = cut;
        }
        EVP_PKEY_free(w.a.key);
        w.a.key = authenticator_key(algorithms[i]);
        assert_false(asserts(&w));
        authenticator_release(&w.a);
    }
}

static void attestation__bytes_changed__refused_or_another_credential(void **state)
{
    struct world *w = *state;
    struct webauthn_registration registration = {.challenge = challenge};
    w->a.format = "packed";
    assert_true(registers(w));
    registration.client_data = slice_of(&w->a.client_data);
    registration.attestation_object = slice_of(&w->a.object);
    /* Packed: the statement signs all of the data, so no change of one bit is taken. */
    for (size_t bit = 0; bit < w->a.object.length * 8; bit++) {
        w->a.object.data[bit / 8] = (char)(w->a.object.data[bit / 8] ^ 1 << bit % 8);
        assert_false(webauthn_register(&party, &registration, &w->credential, &w->err));
        w->a.object.data[bit / 8] = (char)(w->a.object.data[bit / 8] ^ 1 << bit % 8);
    }
    str_add_char(&w->a.object, 0);
    registration.attestation_object = slice_of(&w->a.object);
    assert_false(webauthn_register(&party, &registration, &w->credential, &w->err));
}

static void attestation__of_another_kind__refused(void **state)
{
    struct world *w = *state;
    w->a.format = "fido-u2f";
    assert_false(registers(w));
    assert_non_null(strstr(w->err.what, "did not ask"));
}

/* ---- keys ---- */

static bool key_checks(const struct str *key)
{
    struct err err;
    int64_t algorithm;
    size_t length;
    return cbor_check(slice_of(key), &length) && length == key->length &&
           webauthn_key_check(slice_of(key), &algorithm, &err);
}

static void key_check__off_the_curve_or_short_or_unknown__refused(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str key = STR_INIT(1024);
    cose_write(&key, w->a.key, WEBAUTHN_ES256);
    assert_true(key_checks(&key));
    key.data[key.length - 1] = (char)(key.data[key.length - 1] ^ 1);
    assert_false(key_checks(&key)); /* not on the curve */
    key.data[key.length - 1] = (char)(key.data[key.length - 1] ^ 1);
    key.data[4] = 0x37; /* -24 for -7 */
    assert_false(key_checks(&key));
    key.data[4] = 0x27; /* -8: EdDSA, but the key is on P-256 */
    assert_false(key_checks(&key));

    EVP_PKEY *small = EVP_RSA_gen(1024);
    str_clear(&key);
    cose_write(&key, small, WEBAUTHN_RS256);
    assert_false(key_checks(&key));
    EVP_PKEY_free(small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_algorithm_and_format__good_answers__taken),
        TEST(sign_count__not_moved__said_unless_it_never_counts),
        TEST(client_data__another_site_or_challenge_or_purpose__refused),
        TEST(authenticator_data__other_site_or_flags__refused),
        TEST(authenticator_data__cut_anywhere__refused),
        cmocka_unit_test(signature__any_byte_changed_or_of_another_key__refused),
        TEST(attestation__bytes_changed__refused_or_another_credential),
        TEST(attestation__of_another_kind__refused),
        TEST(key_check__off_the_curve_or_short_or_unknown__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

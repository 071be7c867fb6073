/*
 * JWS general JSON: who signed counts, and only that. m-of-n is the caller's: here we see that the
 * same signer twice is one bit, that strangers are ignored, and that one bad permitted one spoils
 * all.
 */
#include "tests/unit/libs/token/maker.h"

enum { NOW_S = 1800000000, DOCUMENT_BYTES_MAX = 512 * 1024 };

#define NOW_US ((int64_t)NOW_S * 1000000)
#define PAYLOAD "{\"iat\":1800000000,\"exp\":1800000060,\"jti\":\"1\",\"data\":{\"uid\":\"ID1\"}}"

struct world {
    struct maker_key alice, bob, carol;
    struct token_keys *keys; /* alice: ES256, bob: RS256; carol has none */
    struct str payload;      /* base64url */
    struct str document;     /* is being written */
    unsigned signatures;
};

static const char *const both[] = {"alice", "bob", NULL};
static const char *const only_bob[] = {"bob", NULL};
static const struct token_rules rules = {.expiry_required = true, .jti_required = true};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct err err;
    w->alice = maker_key_new("P-256", 0);
    w->bob = maker_key_new("RSA", 2048);
    w->carol = maker_key_new("P-256", 0);
    w->keys = token_keys_new();
    assert_true(token_keys_add(w->keys, "alice", "ES256", w->alice.public_pem, &err));
    assert_true(token_keys_add(w->keys, "bob", "RS256", w->bob.public_pem, &err));
    w->payload = STR_INIT(DOCUMENT_BYTES_MAX);
    w->document = STR_INIT(DOCUMENT_BYTES_MAX);
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    maker_key_free(&w->alice);
    maker_key_free(&w->bob);
    maker_key_free(&w->carol);
    token_keys_free(w->keys);
    str_release(&w->payload);
    str_release(&w->document);
    free(w);
    return 0;
}

static void begin(struct world *w, const char *payload)
{
    str_clear(&w->payload);
    str_clear(&w->document);
    base64url_write(&w->payload, payload, strlen(payload));
    str_add_format(&w->document, "{\"payload\":\"%s\",\"signatures\":[", str_data(&w->payload));
    w->signatures = 0;
}

/* `header` is the unprotected one, as JSON. */
static void add(struct world *w, const struct maker_key *key, const char *protected,
                const char *header)
{
    AUTO(str_release)
    struct str input = STR_INIT(DOCUMENT_BYTES_MAX), signature = STR_INIT(4096),
               part = STR_INIT(4096);
    base64url_write(&part, protected, strlen(protected));
    str_add_format(&input, "%s.%s", str_data(&part), str_data(&w->payload));
    maker_sign(key->key, "SHA256", false, input.data, &signature);
    str_add_format(&w->document, "%s{\"protected\":\"%s\",\"header\":%s,\"signature\":\"%s\"}",
                   w->signatures++ ? "," : "", str_data(&part), header, signature.data);
}

static void add_alice(struct world *w)
{
    add(w, &w->alice, "{\"alg\":\"ES256\"}", "{\"kid\":\"alice\"}");
}

static void add_bob(struct world *w)
{
    add(w, &w->bob, "{\"alg\":\"RS256\"}", "{\"kid\":\"bob\"}");
}

static enum err_code verify_text(const struct world *w, const char *const *permitted,
                                 const char *text, uint32_t *ret_signers)
{
    AUTO(str_release) struct str json = STR_INIT(DOCUMENT_BYTES_MAX);
    struct err err = {.code = ERR_NONE};
    bool good = token_verify_general(w->keys, permitted, &rules, NOW_US, text, strlen(text),
                                     ret_signers, &json, &err);
    assert_int_equal(good, err.code == ERR_NONE);
    if (good)
        assert_string_equal(json.data, PAYLOAD);
    else
        assert_int_equal(json.length, 0);
    return err.code;
}

static enum err_code end(struct world *w, const char *const *permitted, uint32_t *ret_signers)
{
    str_add(&w->document, "]}");
    return verify_text(w, permitted, w->document.data, ret_signers);
}

static void token_verify_general__signers__are_counted_once_each(void **state)
{
    struct world *w = *state;
    uint32_t signers = 0;
    begin(w, PAYLOAD);
    add_alice(w);
    add_bob(w);
    assert_int_equal(end(w, both, &signers), ERR_NONE);
    assert_int_equal(signers, 3);

    begin(w, PAYLOAD);
    add_alice(w);
    add_alice(w);
    add_alice(w);
    assert_int_equal(end(w, both, &signers), ERR_NONE);
    assert_int_equal(signers, 1);

    begin(w, PAYLOAD);
    add_bob(w);
    assert_int_equal(end(w, both, &signers), ERR_NONE);
    assert_int_equal(signers, 2);

    begin(w, PAYLOAD);
    add_alice(w);
    add_bob(w);
    assert_int_equal(end(w, only_bob, &signers), ERR_NONE);
    assert_int_equal(signers, 1);
}

static void token_verify_general__strangers__are_ignored(void **state)
{
    struct world *w = *state;
    uint32_t signers = 7;
    begin(w, PAYLOAD);
    add(w, &w->carol, "{\"alg\":\"ES256\"}", "{\"kid\":\"carol\"}");
    add(w, &w->carol, "{\"alg\":\"ES256\"}", "{}");
    add(w, &w->carol, "{\"alg\":\"none\"}", "{\"kid\":7}");
    assert_int_equal(end(w, both, &signers), ERR_NONE);
    assert_int_equal(signers, 0);
    begin(w, PAYLOAD);
    assert_int_equal(end(w, both, &signers), ERR_NONE);
    assert_int_equal(signers, 0);
}

static void token_verify_general__a_permitted_one_that_fails__spoils_all(void **state)
{
    static const struct {
        const char *protected, *header;
    } rows[] = {
        {"{\"alg\":\"ES256\"}", "{\"kid\":\"bob\"}"},   /* another's key */
        {"{\"alg\":\"RS256\"}", "{\"kid\":\"alice\"}"}, /* another's algorithm */
        {"{\"alg\":\"none\"}", "{\"kid\":\"alice\"}"},
        {"{\"alg\":\"HS256\"}", "{\"kid\":\"alice\"}"},
        {"{}", "{\"kid\":\"alice\",\"alg\":\"ES256\"}"},
        {"{\"alg\":\"ES256\"}", "{\"kid\":\"alice\",\"alg\":\"ES256\"}"},
        {"{\"alg\":\"ES256\",\"kid\":\"bob\"}", "{\"kid\":\"alice\"}"},
        {"{\"alg\":\"ES256\",\"kid\":7}", "{\"kid\":\"alice\"}"},
        {"{\"alg\":\"ES256\",\"b64\":false,\"crit\":[\"b64\"]}", "{\"kid\":\"alice\"}"},
        {"{\"alg\":\"ES256\",\"jku\":\"http://127.0.0.1\"}", "{\"kid\":\"alice\"}"},
        {"{\"alg\":\"ES256\"}", "{\"kid\":\"alice\",\"jwk\":{}}"},
        {"{\"alg\":\"ES256\",\"alg\":\"ES256\"}", "{\"kid\":\"alice\"}"},
        {"[]", "{\"kid\":\"alice\"}"},
        {"", "{\"kid\":\"alice\"}"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t signers = 77;
        begin(w, PAYLOAD);
        add_bob(w);
        add(w, &w->alice, rows[i].protected, rows[i].header);
        if (end(w, both, &signers) != ERR_UNAUTHENTICATED)
            fail_msg("row %zu was taken", i);
        assert_int_equal(signers, 77);
    }
    uint32_t signers;
    begin(w, PAYLOAD);
    add(w, &w->carol, "{\"alg\":\"ES256\"}", "{\"kid\":\"alice\"}");
    add_bob(w);
    assert_int_equal(end(w, both, &signers), ERR_UNAUTHENTICATED);
    begin(w, PAYLOAD);
    add(w, &w->alice, "{\"alg\":\"ES256\",\"kid\":\"alice\",\"typ\":\"JWT\"}",
        "{\"kid\":\"alice\"}");
    assert_int_equal(end(w, both, &signers), ERR_NONE);
}

static void token_verify_general__permitted_without_key__is_refused(void **state)
{
    static const char *const permitted[] = {"carol", NULL};
    struct world *w = *state;
    uint32_t signers;
    begin(w, PAYLOAD);
    add(w, &w->carol, "{\"alg\":\"ES256\"}", "{\"kid\":\"carol\"}");
    assert_int_equal(end(w, permitted, &signers), ERR_UNAUTHENTICATED);
}

static void token_verify_general__changed_payload__is_refused(void **state)
{
    struct world *w = *state;
    uint32_t signers;
    begin(w, PAYLOAD);
    add_alice(w);
    str_add(&w->document, "]}");
    char *at = strstr(w->document.data, "payload") + strlen("payload\":\"") + 20;
    *at = *at == 'A' ? 'B' : 'A';
    assert_int_equal(verify_text(w, both, w->document.data, &signers), ERR_UNAUTHENTICATED);
}

static void token_verify_general__payload_that_breaks_a_rule__is_refused(void **state)
{
    static const char *const rows[] = {
        "{\"iat\":1800000000,\"jti\":\"1\"}",
        "{\"exp\":1800000060}",
        "{\"exp\":1799999999,\"jti\":\"1\"}",
        "{\"exp\":\"1800000060\",\"jti\":\"1\"}",
        "{\"exp\":1800000060,\"jti\":\"1\",\"nbf\":1800000100}",
        "{\"exp\":1800000060,\"jti\":\"1\",\"exp\":1800000060}",
        "[]",
        "",
        "7",
        "x",
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t signers;
        begin(w, rows[i]);
        add_alice(w);
        if (end(w, both, &signers) != ERR_UNAUTHENTICATED)
            fail_msg("%s was taken", rows[i]);
    }
}

static void token_verify_general__what_is_no_such_document__is_a_bad_body(void **state)
{
    static const char *const rows[] = {
        "",
        "x",
        "null",
        "[]",
        "{}",
        "{\"payload\":\"e30\"}",
        "{\"payload\":7,\"signatures\":[]}",
        "{\"payload\":\"e30\",\"signatures\":{}}",
        "{\"payload\":\"e30\",\"signatures\":[7]}",
        "{\"payload\":\"e30\",\"signatures\":[{}]}",
        "{\"payload\":\"e30\",\"signatures\":[{\"protected\":\"e30\",\"signature\":\"AA\"}]}",
        "{\"payload\":\"e30\",\"payload\":\"e30\",\"signatures\":[]}",
        "{\"payload\":\"e30\",\"signatures\":[]}x",
    };
    const struct world *w = *state;
    uint32_t signers;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (verify_text(w, both, rows[i], &signers) != ERR_BODY_INVALID)
            fail_msg("%s", rows[i]);
}

static void token_verify_general__number_of_signatures__is_bounded(void **state)
{
    struct world *w = *state;
    uint32_t signers;
    begin(w, PAYLOAD);
    for (int i = 0; i < 16; i++)
        add(w, &w->carol, "{}", "{\"kid\":\"carol\"}");
    assert_int_equal(end(w, both, &signers), ERR_NONE);
    begin(w, PAYLOAD);
    for (int i = 0; i < 17; i++)
        add(w, &w->carol, "{}", "{\"kid\":\"carol\"}");
    assert_int_equal(end(w, both, &signers), ERR_BODY_INVALID);
}

static void token_sign_general__every_kind_of_key__reads_back(void **state)
{
    struct world *w = *state;
    const struct {
        const char *algorithm, *name, *pem;
    } rows[] = {{"ES256", "alice", w->alice.private_pem}, {"RS256", "bob", w->bob.private_pem}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct token_signer *signer;
        struct err err;
        uint32_t signers;
        assert_true(token_signer_new(rows[i].algorithm, rows[i].name, rows[i].pem, &signer, &err));
        for (int round = 0; round < 200; round++) {
            str_clear(&w->document);
            assert_true(token_sign_general(signer, PAYLOAD, &w->document, &err));
            assert_int_equal(verify_text(w, both, w->document.data, &signers), ERR_NONE);
            assert_int_equal(signers, 1u << i);
        }
        token_signer_free(signer);
    }
}

static void token_sign_also__a_signed_document__both_count(void **state)
{
    struct world *w = *state;
    AUTO(str_release)
    struct str out = STR_INIT(DOCUMENT_BYTES_MAX), json = STR_INIT(DOCUMENT_BYTES_MAX);
    struct token_signer *bob;
    uint32_t signers;
    struct err err;
    assert_true(token_signer_new("RS256", "bob", w->bob.private_pem, &bob, &err));
    begin(w, PAYLOAD);
    add_alice(w);
    str_add(&w->document, "]}");
    if (!token_sign_also(bob, w->document.data, w->document.length, &out, &err))
        fail_msg("%s", err.what);
    assert_true(token_verify_general(w->keys, both, &rules, NOW_US, out.data, out.length, &signers,
                                     &json, &err));
    assert_int_equal(signers, 3);
    assert_string_equal(json.data, PAYLOAD);

    static const char *const none[] = {"",
                                       "{}",
                                       "[]",
                                       "{\"payload\":\"e30\"}",
                                       "{\"payload\":\"e30=\",\"signatures\":[]}",
                                       "{\"payload\":1,\"signatures\":[]}",
                                       "{\"payload\":\"e30\",\"signatures\":[{}]}"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        str_clear(&out);
        assert_false(token_sign_also(bob, none[i], strlen(none[i]), &out, &err));
        assert_int_equal(err.code, ERR_BODY_INVALID);
    }
    token_signer_free(bob);
}

static void token_sign_general__strange_key_name__stays_json(void **state)
{
    struct world *w = *state;
    struct token_signer *signer;
    struct err err;
    uint32_t signers;
    assert_true(token_signer_new("ES256", "\"},\n\\", w->alice.private_pem, &signer, &err));
    str_clear(&w->document);
    assert_true(token_sign_general(signer, PAYLOAD, &w->document, &err));
    assert_int_equal(verify_text(w, both, w->document.data, &signers), ERR_NONE);
    assert_int_equal(signers, 0);
    token_signer_free(signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_verify_general__signers__are_counted_once_each),
        cmocka_unit_test(token_verify_general__strangers__are_ignored),
        cmocka_unit_test(token_verify_general__a_permitted_one_that_fails__spoils_all),
        cmocka_unit_test(token_verify_general__permitted_without_key__is_refused),
        cmocka_unit_test(token_verify_general__changed_payload__is_refused),
        cmocka_unit_test(token_verify_general__payload_that_breaks_a_rule__is_refused),
        cmocka_unit_test(token_verify_general__what_is_no_such_document__is_a_bad_body),
        cmocka_unit_test(token_verify_general__number_of_signatures__is_bounded),
        cmocka_unit_test(token_sign_general__every_kind_of_key__reads_back),
        cmocka_unit_test(token_sign_also__a_signed_document__both_count),
        cmocka_unit_test(token_sign_general__strange_key_name__stays_json),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}

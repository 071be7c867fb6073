/* world.h: what the tests of verification share: keys, rules, a good token, and the question. */
#ifndef TESTS_TOKEN_WORLD_H
#define TESTS_TOKEN_WORLD_H

#include "tests/unit/libs/token/maker.h"

enum { NOW_S = 1800000000 };

#define NOW_US ((int64_t)NOW_S * 1000000)
#define GOOD_HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"
#define GOOD_CLAIMS(more)                                                                          \
    "{\"iss\":\"barong\",\"sub\":\"session\",\"aud\":[\"peatio\",\"barong\"],\"jti\":\"5f2c\","    \
    "\"iat\":1799999990,\"exp\":1800003600" more "}"

struct world {
    struct maker_key rsa, rsa_other, p256, p384, p521;
    struct token_keys *keys; /* "user" alone: RS256 */
};

static const char *const audience[] = {"peatio", NULL};
static const struct token_rules rules = {.issuer = "barong",
                                         .audience = audience,
                                         .subject = "session",
                                         .leeway_s = 0,
                                         .issued_at_leeway_s = 60,
                                         .expiry_required = true,
                                         .jti_required = true};

static inline int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct err err;
    w->rsa = maker_key_new("RSA", 2048);
    w->rsa_other = maker_key_new("RSA", 2048);
    w->p256 = maker_key_new("P-256", 0);
    w->p384 = maker_key_new("P-384", 0);
    w->p521 = maker_key_new("P-521", 0);
    w->keys = token_keys_new();
    assert_true(token_keys_add(w->keys, "user", "RS256", w->rsa.public_pem, &err));
    *state = w;
    return 0;
}

static inline int world_free(void **state)
{
    struct world *w = *state;
    maker_key_free(&w->rsa);
    maker_key_free(&w->rsa_other);
    maker_key_free(&w->p256);
    maker_key_free(&w->p384);
    maker_key_free(&w->p521);
    token_keys_free(w->keys);
    free(w);
    return 0;
}

static inline bool verify_with(const struct token_keys *keys, const struct token_rules *with,
                               const char *text, size_t length, struct token_claims *ret_claims)
{
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    struct err err = {.code = ERR_NONE};
    bool good = token_verify(keys, with, NOW_US, text, length, ret_claims, &json, &err);
    if (good) {
        assert_int_equal(err.code, ERR_NONE);
        assert_ptr_equal(ret_claims->json, json.data);
        ret_claims->json = NULL; /* dies with the text */
    } else {
        assert_int_equal(err.code, ERR_UNAUTHENTICATED);
        assert_string_equal(err_key(&err), "jwt.decode_and_verify");
        assert_int_equal(json.length, 0);
    }
    return good;
}

static inline bool verify(const struct world *w, const char *text)
{
    struct token_claims claims;
    return verify_with(w->keys, &rules, text, strlen(text), &claims);
}

static inline bool verify_made(const struct world *w, const char *header, const char *payload)
{
    AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX);
    maker_token(w->rsa.key, "SHA256", header, payload, &text);
    return verify(w, text.data);
}

#endif

/* Tokens at the service: which ones are believed, and what is read from them. */
#include "tests/unit/libs/token/maker.h"

#include "accounting/actions/accounting.h"
#include "api/abilities.h"
#include "accounting/http/trust.h"
#include "api/service_keys.h"
#include "accounting/state/config.h"

#include <unistd.h>

enum { NOW_S = 1800000000 };

static const char abilities_text[] = "roles: [admin, member]\n"
                                     "admin_permissions: {admin: {manage: [Member]}}\n"
                                     "user_permissions: {member: {manage: [all]}}\n";

struct world {
    struct maker_key user, matching, other;
    struct accounting_config config;
    struct clock_fake clock;
    struct accounting app;
    char key_file[64], service_keys[128];
};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct err err = {.code = ERR_NONE};
    w->user = maker_key_new("RSA", 2048);
    w->other = maker_key_new("RSA", 2048);
    w->matching = maker_key_new("P-256", 0);
    snprintf(w->key_file, sizeof(w->key_file), "/tmp/test_trust_XXXXXX");
    int file = mkstemp(w->key_file);
    assert_true(file >= 0);
    assert_int_equal(write(file, w->matching.public_pem, strlen(w->matching.public_pem)),
                     strlen(w->matching.public_pem));
    close(file);
    snprintf(w->service_keys, sizeof(w->service_keys), "matching=%s", w->key_file);
    w->config = (struct accounting_config){.jwt_public_key = w->user.public_pem,
                                           .jwt_algorithm = "RS256",
                                           .jwt_issuer = "barong",
                                           .jwt_audience = "peatio,barong",
                                           .service_key = w->matching.private_pem,
                                           .service_keys = w->service_keys};
    clock_fake_init(&w->clock, (int64_t)NOW_S * 1000000);
    w->app.config = &w->config;
    w->app.clock = &w->clock.clock;
    assert_true(
        abilities_read_text(abilities_text, strlen(abilities_text), &w->app.abilities, &err));
    if (!trust_open(&w->app, &err))
        fail_msg("%s", err.what);
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    trust_close(&w->app);
    trust_close(&w->app); /* again is fine */
    abilities_free(w->app.abilities);
    unlink(w->key_file);
    maker_key_free(&w->user);
    maker_key_free(&w->other);
    maker_key_free(&w->matching);
    free(w);
    return 0;
}

#define RS256 "{\"alg\":\"RS256\"}"
#define FRAME                                                                                      \
    "\"iss\":\"barong\",\"sub\":\"session\",\"aud\":[\"peatio\",\"barong\"],\"jti\":\"a1\","
#define TIMES "\"iat\":1799999990,\"exp\":1800003600,"
#define WHO "\"uid\":\"ID1\",\"email\":\"Ann@Example.com\",\"role\":\"member\",\"level\":3,"
#define GOOD "{" FRAME TIMES WHO "\"username\":\"ann\",\"state\":\"active\",\"referral_id\":null}"

static bool ask(struct world *w, struct token_cache *cache, EVP_PKEY *key, const char *header,
                const char *claims, void *ret_value)
{
    AUTO(str_release) struct str token = STR_INIT(MAKER_BYTES_MAX);
    AUTO(str_release) struct str bearer = STR_INIT(MAKER_BYTES_MAX);
    struct err err = {.code = ERR_NONE};
    maker_token(key, "SHA256", header, claims, &token);
    str_add(&bearer, "Bearer ");
    str_add(&bearer, token.data);
    bool ok = token_cache_get(cache, &w->clock.clock, bearer.data, ret_value, &err);
    if (!ok) {
        assert_int_equal(err.code, ERR_UNAUTHENTICATED);
        assert_string_equal(err_key(&err), "jwt.decode_and_verify");
    }
    return ok;
}

static bool user(struct world *w, const char *claims)
{
    struct user_claims user;
    return ask(w, w->app.user_tokens, w->user.key, RS256, claims, &user);
}

static void user_tokens__good_claims__are_the_member(void **state)
{
    struct world *w = *state;
    struct user_claims claims;
    assert_true(ask(w, w->app.user_tokens, w->user.key, RS256, GOOD, &claims));
    const struct member member = claims.member;
    assert_int_equal(member.id, 0);
    assert_string_equal(member.uid, "ID1");
    assert_string_equal(member.email, "ann@example.com");
    assert_string_equal(member.username, "ann");
    assert_string_equal(member.role, "member");
    assert_string_equal(member.state, "active");
    assert_string_equal(member.group, "");
    assert_int_equal(member.level, 3);
}

static void user_tokens__username_absent_null_or_blank__is_none(void **state)
{
    assert_true(user(*state, "{" FRAME TIMES WHO "\"state\":\"active\"}"));
    assert_true(user(*state, "{" FRAME TIMES WHO "\"state\":\"active\",\"username\":null}"));
    assert_true(user(*state, "{" FRAME TIMES WHO "\"state\":\"active\",\"username\":\"\"}"));
    assert_true(user(*state, "{" FRAME TIMES "\"uid\":\"ID1\",\"email\":\"a@b.c\",\"level\":\"2\","
                             "\"role\":\"admin\",\"state\":\"active\"}"));
}

static void user_tokens__bad_claims__are_refused(void **state)
{
    static const char *const refused[] = {
        "{" FRAME TIMES WHO "\"state\":\"banned\"}",
        "{" FRAME TIMES WHO "\"state\":\"\"}",
        "{" FRAME TIMES WHO "\"state\":null}",
        "{" FRAME TIMES WHO "\"x\":1}",
        "{" FRAME TIMES "\"email\":\"a@b.c\",\"role\":\"member\",\"level\":3,\"state\":\"active\"}",
        "{" FRAME TIMES
        "\"uid\":\"\",\"email\":\"a@b.c\",\"role\":\"member\",\"level\":3,\"state\":\"active\"}",
        "{" FRAME TIMES
        "\"uid\":7,\"email\":\"a@b.c\",\"role\":\"member\",\"level\":3,\"state\":\"active\"}",
        /* 33 characters */
        "{" FRAME TIMES "\"uid\":\"ID1234567890123456789012345678901\",\"email\":\"a@b.c\","
        "\"role\":\"member\",\"level\":3,\"state\":\"active\"}",
        "{" FRAME TIMES "\"uid\":\"ID1\",\"role\":\"member\",\"level\":3,\"state\":\"active\"}",
        "{" FRAME TIMES
        "\"uid\":\"ID1\",\"email\":\"ann\",\"role\":\"member\",\"level\":3,\"state\":\"active\"}",
        "{" FRAME TIMES "\"uid\":\"ID1\",\"email\":\"a@@b.c\",\"role\":\"member\",\"level\":3,"
        "\"state\":\"active\"}",
        "{" FRAME TIMES "\"uid\":\"ID1\",\"email\":\"a "
        "b@c.d\",\"role\":\"member\",\"level\":3,\"state\":\"active\"}",
        "{" FRAME TIMES "\"uid\":\"ID1\",\"email\":\"a@b.c\",\"level\":3,\"state\":\"active\"}",
        "{" FRAME TIMES
        "\"uid\":\"ID1\",\"email\":\"a@b.c\",\"role\":\"king\",\"level\":3,\"state\":\"active\"}",
        "{" FRAME TIMES
        "\"uid\":\"ID1\",\"email\":\"a@b.c\",\"role\":\"member\",\"state\":\"active\"}",
        "{" FRAME TIMES "\"uid\":\"ID1\",\"email\":\"a@b.c\",\"role\":\"member\",\"level\":-1,"
        "\"state\":\"active\"}",
        "{" FRAME TIMES "\"uid\":\"ID1\",\"email\":\"a@b.c\",\"role\":\"member\",\"level\":2.5,"
        "\"state\":\"active\"}",
        "{" FRAME TIMES
        "\"uid\":\"ID1\",\"email\":\"a@b.c\",\"role\":\"member\",\"level\":4294967296,"
        "\"state\":\"active\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        if (user(*state, refused[i]))
            fail_msg("believed: %s", refused[i]);
}

static void user_tokens__bad_frame__is_refused(void **state)
{
#define REST WHO "\"state\":\"active\"}"
    static const char *const refused[] = {
        /* issuer, audience, subject, id */
        "{\"iss\":\"other\",\"sub\":\"session\",\"aud\":[\"peatio\"],\"jti\":\"a\"," TIMES REST,
        "{\"sub\":\"session\",\"aud\":[\"peatio\"],\"jti\":\"a\"," TIMES REST,
        "{\"iss\":\"barong\",\"sub\":\"session\",\"aud\":[\"accounting\"],\"jti\":\"a\"," TIMES
            REST,
        "{\"iss\":\"barong\",\"sub\":\"session\",\"jti\":\"a\"," TIMES REST,
        "{\"iss\":\"barong\",\"sub\":\"refresh\",\"aud\":[\"peatio\"],\"jti\":\"a\"," TIMES REST,
        "{\"iss\":\"barong\",\"aud\":[\"peatio\"],\"jti\":\"a\"," TIMES REST,
        "{\"iss\":\"barong\",\"sub\":\"session\",\"aud\":[\"peatio\"]," TIMES REST,
        /* times */
        "{" FRAME "\"iat\":1799999990," REST,
        "{" FRAME "\"exp\":1800003600," REST,
        "{" FRAME "\"iat\":1799990000,\"exp\":1799999999," REST,
        "{" FRAME "\"iat\":1800000181,\"exp\":1800003600," REST,
        "{" FRAME "\"iat\":1799999990,\"exp\":\"1800003600\"," REST,
        "{" FRAME "\"iat\":1799999990,\"exp\":1e400," REST,
        "{" FRAME "\"iat\":1799999990,\"exp\":-1," REST,
        "{" FRAME "\"iat\":1799999990,\"exp\":9223372036854775808," REST,
        "{" FRAME "\"iat\":1799999990,\"exp\":1800003600,\"nbf\":1800000060," REST,
        /* form */
        "{" FRAME TIMES "\"uid\":\"ID2\"," REST,
        "[]",
        "{}",
        "",
    };
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        if (user(*state, refused[i]))
            fail_msg("believed: %s", refused[i]);
}

static void user_tokens__bad_headers__are_refused(void **state)
{
    struct world *w = *state;
    struct user_claims user;
    static const char *const refused[] = {
        "{\"alg\":\"none\"}",
        "{\"alg\":\"NONE\"}",
        "{\"alg\":\"HS256\"}",
        "{\"alg\":\"RS512\"}",
        "{\"alg\":\"ES256\"}",
        "{}",
        "{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"RS256\",\"b64\":false}",
        "{\"alg\":\"RS256\",\"jku\":\"https://example.com/keys\"}",
        "{\"alg\":\"RS256\",\"x5u\":\"https://example.com/keys\"}",
        "{\"alg\":\"RS256\",\"jwk\":{}}",
        "{\"alg\":\"RS256\",\"kid\":\"../../dev/null\"}",
        "{\"alg\":\"RS256\",\"kid\":\"' OR 1=1 --\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        if (ask(w, w->app.user_tokens, w->user.key, refused[i], GOOD, &user))
            fail_msg("believed: %s", refused[i]);
    assert_false(ask(w, w->app.user_tokens, w->other.key, RS256, GOOD, &user));
}

static void user_tokens__hmac_with_the_public_key__is_refused(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str token = STR_INIT(MAKER_BYTES_MAX);
    AUTO(str_release) struct str bearer = STR_INIT(MAKER_BYTES_MAX);
    static const char *const headers[] = {"{\"alg\":\"HS256\"}", "{\"alg\":\"RS256\"}"};
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        uint8_t digest[32];
        unsigned length = sizeof(digest);
        struct user_claims user;
        struct err err;
        maker_input(headers[i], GOOD, &token);
        HMAC(EVP_sha256(), w->user.public_pem, (int)strlen(w->user.public_pem),
             (const uint8_t *)token.data, token.length, digest, &length);
        str_add_char(&token, '.');
        base64url_write(&token, digest, length);
        str_clear(&bearer);
        str_add(&bearer, "Bearer ");
        str_add(&bearer, token.data);
        assert_false(
            token_cache_get(w->app.user_tokens, &w->clock.clock, bearer.data, &user, &err));
        assert_int_equal(err.code, ERR_UNAUTHENTICATED);
    }
}

static void user_tokens__no_bearer__is_refused(void **state)
{
    struct world *w = *state;
    static const char *const headers[] = {NULL,       "",        "Bearer",     "Bearer ",
                                          "Bearer a", "Basic x", "Bearer a.b", "Bearer a.b.c.d.e",
                                          "a.b.c"};
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        struct user_claims user;
        struct err err;
        assert_false(token_cache_get(w->app.user_tokens, &w->clock.clock, headers[i], &user, &err));
        assert_int_equal(err.code, ERR_UNAUTHENTICATED);
    }
}

#define ES256 "{\"alg\":\"ES256\",\"kid\":\"matching\"}"
#define PEER(issuer)                                                                               \
    "{\"iss\":\"" issuer "\",\"sub\":\"service\",\"aud\":\"accounting\",\"jti\":\"a\","            \
    "\"iat\":1799999990,\"exp\":1800000060}"

static void service_tokens__own_issuer__is_the_peer(void **state)
{
    struct world *w = *state;
    struct service_peer peer;
    assert_true(ask(w, w->app.service_tokens, w->matching.key, ES256, PEER("matching"), &peer));
    assert_string_equal(peer.name, "matching");
}

static void service_tokens__in_the_name_of_another__are_refused(void **state)
{
    struct world *w = *state;
    struct service_peer peer;
    assert_false(ask(w, w->app.service_tokens, w->matching.key, ES256, PEER("auth"), &peer));
    assert_false(ask(w, w->app.service_tokens, w->matching.key, ES256, PEER(""), &peer));
    assert_false(ask(w, w->app.service_tokens, w->matching.key,
                     "{\"alg\":\"ES256\",\"kid\":\"auth\"}", PEER("matching"), &peer));
}

static void tokens__of_the_other_kind__are_refused(void **state)
{
    struct world *w = *state;
    struct user_claims user;
    struct service_peer peer;
    assert_false(ask(w, w->app.user_tokens, w->matching.key, ES256, PEER("matching"), &user));
    assert_false(ask(w, w->app.service_tokens, w->user.key, RS256, GOOD, &peer));
    assert_false(ask(w, w->app.service_tokens, w->matching.key, ES256, GOOD, &peer));
}

static void trust_open__bad_configuration__says_which(void **state)
{
    struct world *w = *state;
    const struct accounting_config good = w->config;
    const struct {
        struct accounting_config config;
        const char *word;
    } bad[] = {
        {{"", "", "", 0, 0, .jwt_public_key = "rubbish!", .jwt_algorithm = "RS256",
          .service_keys = good.service_keys},
         "JWT_PUBLIC_KEY"},
        {{"", "", "", 0, 0, .jwt_public_key = w->user.private_pem, .jwt_algorithm = "RS256",
          .service_keys = good.service_keys},
         "JWT_PUBLIC_KEY"},
        {{"", "", "", 0, 0, .jwt_public_key = good.jwt_public_key, .jwt_algorithm = "none",
          .service_keys = good.service_keys},
         "JWT_PUBLIC_KEY"},
        {{"", "", "", 0, 0, .jwt_public_key = good.jwt_public_key, .jwt_algorithm = "RS256",
          .service_keys = "matching"},
         "SERVICE_KEYS"},
        {{"", "", "", 0, 0, .jwt_public_key = good.jwt_public_key, .jwt_algorithm = "RS256",
          .service_keys = "matching=/nonexistent"},
         "SERVICE_KEYS"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct accounting app = {.config = &bad[i].config, .abilities = w->app.abilities};
        struct err err = {.code = ERR_NONE};
        assert_false(trust_open(&app, &err));
        if (!strstr(err.what, bad[i].word))
            fail_msg("%zu: %s", i, err.what);
        trust_close(&app);
    }
}

static void trust_open__own_key_that_is_none__names_the_setting(void **state)
{
    struct world *w = *state;
    struct accounting app = w->app;
    struct accounting_config config = w->config;
    struct err err = {.code = ERR_NONE};
    app.trust = NULL;
    app.config = &config;
    config.service_key = "no key";
    assert_false(trust_open(&app, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.what, "SERVICE_KEY_FILE"));
    trust_close(&app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_tokens__good_claims__are_the_member),
        cmocka_unit_test(user_tokens__username_absent_null_or_blank__is_none),
        cmocka_unit_test(user_tokens__bad_claims__are_refused),
        cmocka_unit_test(user_tokens__bad_frame__is_refused),
        cmocka_unit_test(user_tokens__bad_headers__are_refused),
        cmocka_unit_test(user_tokens__hmac_with_the_public_key__is_refused),
        cmocka_unit_test(user_tokens__no_bearer__is_refused),
        cmocka_unit_test(service_tokens__own_issuer__is_the_peer),
        cmocka_unit_test(service_tokens__in_the_name_of_another__are_refused),
        cmocka_unit_test(tokens__of_the_other_kind__are_refused),
        cmocka_unit_test(trust_open__bad_configuration__says_which),
        cmocka_unit_test(trust_open__own_key_that_is_none__names_the_setting),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}

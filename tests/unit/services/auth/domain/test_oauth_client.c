/* Registered clients and authorization requests: what is taken, what is refused and how. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "auth/domain/oauth_client.h"
#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_params.h"
#include "base/auto.h"

#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define REDIRECT "\"redirect_uris\":[\"https://a.example/cb\"]"

static int arena_make(void **state)
{
    *state = arena_new(1024 * 1024);
    return 0;
}

static int arena_end(void **state)
{
    arena_free(*state);
    return 0;
}

static bool read_as(void **state, const char *json, bool trusted, struct oauth_client *client,
                    struct err *err)
{
    struct oauth_client_rules rules = {.trusted = trusted};
    return oauth_client_read(*state, json, strlen(json), &rules, client, err);
}

static void client__defaults_are_those_of_the_standard(void **state)
{
    struct oauth_client client = {.row = 0};
    struct err err;
    assert_true(read_as(state, "{" REDIRECT ",\"made_up\":[1]}", false, &client, &err));
    assert_int_equal(client.auth_method, OAUTH_AUTH_BASIC);
    assert_true(oauth_client_may(&client, OAUTH_GRANT_CODE));
    assert_false(oauth_client_may(&client, OAUTH_GRANT_REFRESH));
    assert_false(client.skip_consent);
    assert_non_null(oauth_client_redirect(&client, "https://a.example/cb"));
    assert_null(oauth_client_redirect(&client, "https://a.example/cb2"));
}

static void client__written_and_read_again__is_the_same(void **state)
{
    static const char full[] =
        "{" REDIRECT
        ",\"client_name\":\"A & <b>\",\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks\":{"
        "\"keys\":[]},\"grant_types\":[\"authorization_code\",\"refresh_token\","
        "\"urn:ietf:params:oauth:grant-type:device_code\"],\"scope\":\"openid peatio.read\","
        "\"post_logout_redirect_uris\":[\"https://a.example/bye\"],\"resources\":["
        "\"https://api.example\"],\"backchannel_logout_uri\":\"https://a.example/out\","
        "\"skip_consent\":true,\"dpop_bound_access_tokens\":true,"
        "\"require_pushed_authorization_requests\":true,\"token_endpoint_auth_signing_alg\":"
        "\"ES256\"}";
    AUTO(str_release) struct str one = STR_INIT(8192), two = STR_INIT(8192);
    struct oauth_client client = {.row = 0}, again = {.row = 0};
    struct err err;
    if (!read_as(state, full, true, &client, &err))
        fail_msg("%s", err.what);
    str_add_char(&one, '{');
    oauth_client_write(&one, &client);
    str_add_char(&one, '}');
    if (!read_as(state, one.data, true, &again, &err))
        fail_msg("%s", err.what);
    str_add_char(&two, '{');
    oauth_client_write(&two, &again);
    str_add_char(&two, '}');
    assert_string_equal(one.data, two.data);
    assert_true(again.dpop_required && again.pushed_required && again.skip_consent);
}

static void client__bad_metadata__are_refused_by_their_word(void **state)
{
    static const struct {
        const char *json;
        enum oauth_error error;
    } rows[] = {
        {"[]", OAUTH_INVALID_CLIENT_METADATA},
        {"{", OAUTH_INVALID_CLIENT_METADATA},
        {"{}", OAUTH_INVALID_REDIRECT_URI},
        {"{\"redirect_uris\":\"https://a.example/\"}", OAUTH_INVALID_REDIRECT_URI},
        {"{\"redirect_uris\":[\"http://a.example/\"]}", OAUTH_INVALID_REDIRECT_URI},
        {"{\"redirect_uris\":[\"https://a.example/#f\"]}", OAUTH_INVALID_REDIRECT_URI},
        {"{\"redirect_uris\":[7]}", OAUTH_INVALID_REDIRECT_URI},
        {"{" REDIRECT ",\"grant_types\":[\"password\"]}", OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"grant_types\":[\"implicit\"]}", OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"response_types\":[\"token\"]}", OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"scope\":\"root\"}", OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"skip_consent\":true}", OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"client_uri\":\"javascript:x\"}", OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"client_name\":\"a\\nb\"}", OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"token_endpoint_auth_method\":\"private_key_jwt\"}",
         OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"token_endpoint_auth_method\":\"client_secret_jwt\"}",
         OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"jwks\":{\"keys\":[]},\"jwks_uri\":\"https://a.example/k\"}",
         OAUTH_INVALID_CLIENT_METADATA},
        {"{" REDIRECT ",\"id_token_signed_response_alg\":\"none\"}", OAUTH_INVALID_CLIENT_METADATA},
        {"{\"grant_types\":[\"client_credentials\"],\"token_endpoint_auth_method\":\"none\"}",
         OAUTH_INVALID_CLIENT_METADATA}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct oauth_client client = {.row = 0};
        struct err err;
        if (read_as(state, rows[i].json, false, &client, &err))
            fail_msg("taken: %s", rows[i].json);
        assert_string_equal(err.key, oauth_error_word(rows[i].error));
    }
    struct oauth_client client = {.row = 0};
    struct err err;
    assert_false(read_as(
        state, "{" REDIRECT ",\"skip_consent\":true,\"token_endpoint_auth_method\":\"none\"}", true,
        &client, &err));
}

/* ---- requests ---- */

static struct oauth_params good_params(void)
{
    return (struct oauth_params){.client_id = "c",
                                 .response_type = "code",
                                 .redirect_uri = "https://a.example/cb",
                                 .scope = "openid email",
                                 .code_challenge = CHALLENGE,
                                 .code_challenge_method = "S256"};
}

static void request__each_broken_rule__has_its_word(void **state)
{
    struct oauth_client client = {.row = 0}, machine = {.row = 0};
    struct err err;
    struct oauth_ask ask;
    assert_true(read_as(state, "{" REDIRECT ",\"resources\":[\"https://api.example\"]}", false,
                        &client, &err));
    assert_true(
        read_as(state, "{\"grant_types\":[\"client_credentials\"]}", false, &machine, &err));
    struct oauth_params params = good_params();
    assert_true(oauth_params_check(&params, &client, false, &ask, &err));
    assert_int_equal(ask.max_age_s, -1);
#define REFUSED(change, word)                                                                      \
    do {                                                                                           \
        params = good_params();                                                                    \
        params.change;                                                                             \
        assert_false(oauth_params_check(&params, &client, false, &ask, &err));                     \
        assert_string_equal(err.key, word);                                                        \
    } while (0)
    REFUSED(response_type = NULL, "invalid_request");
    REFUSED(response_type = "token", "unsupported_response_type");
    REFUSED(response_type = "code id_token", "unsupported_response_type");
    REFUSED(response_mode = "web_message", "invalid_request");
    REFUSED(code_challenge = NULL, "invalid_request");
    REFUSED(code_challenge = "short", "invalid_request");
    REFUSED(code_challenge_method = NULL, "invalid_request");
    REFUSED(code_challenge_method = "plain", "invalid_request");
    REFUSED(scope = NULL, "invalid_scope");
    REFUSED(scope = "openid root", "invalid_scope");
    REFUSED(scope = "openid peatio", "invalid_scope");
    REFUSED(prompt = "none login", "invalid_request");
    REFUSED(prompt = "dance", "invalid_request");
    REFUSED(max_age = "-1", "invalid_request");
    REFUSED(max_age = "soon", "invalid_request");
    REFUSED(request = "e30.e30.", "request_not_supported");
    REFUSED(resource = "https://other.example", "invalid_target");
    REFUSED(dpop_jkt = "x", "invalid_request");
    params = good_params();
    assert_false(oauth_params_check(&params, &machine, false, &ask, &err));
    assert_string_equal(err.key, "unauthorized_client");
    client.pushed_required = true;
    assert_false(oauth_params_check(&params, &client, false, &ask, &err));
    assert_true(oauth_params_check(&params, &client, true, &ask, &err));
    params.prompt = "login consent";
    params.max_age = "0";
    params.response_mode = "form_post";
    assert_true(oauth_params_check(&params, &client, true, &ask, &err));
    assert_int_equal(ask.prompt, PROMPT_LOGIN | PROMPT_CONSENT);
    assert_int_equal(ask.max_age_s, 0);
    assert_int_equal(ask.mode, RESPONSE_FORM_POST);
}

static void request__stored_and_read_again__is_the_same(void **state)
{
    AUTO(str_release) struct str json = STR_INIT(OAUTH_PARAMS_BYTES_MAX);
    struct oauth_params params = good_params(), again;
    struct err err;
    params.state = "a\"b\\ \xc3\xa4";
    oauth_params_write(&json, &params);
    assert_true(oauth_params_read(*state, json.data, &again, &err));
    assert_string_equal(again.state, params.state);
    assert_string_equal(again.code_challenge, CHALLENGE);
    assert_null(again.nonce);
    str_clear(&json);
    oauth_params_write(&json, &(struct oauth_params){.client_id = NULL});
    assert_string_equal(json.data, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(client__defaults_are_those_of_the_standard, arena_make,
                                        arena_end),
        cmocka_unit_test_setup_teardown(client__written_and_read_again__is_the_same, arena_make,
                                        arena_end),
        cmocka_unit_test_setup_teardown(client__bad_metadata__are_refused_by_their_word, arena_make,
                                        arena_end),
        cmocka_unit_test_setup_teardown(request__each_broken_rule__has_its_word, arena_make,
                                        arena_end),
        cmocka_unit_test_setup_teardown(request__stored_and_read_again__is_the_same, arena_make,
                                        arena_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What clients of the OAuth provider send. The first byte says which door is tried:
 *   'c'  metadata of a client; what is taken can be written, read again, and stays the same
 *   'r'  an authorization request as JSON, its rules, and its redirect address
 *   'p'  a proof with its own key: it may be good, and then has a thumbprint
 *   'k'  a set of keys; 'd' the claims of a proof; 't' a template, filled with nothing
 *   'u'  a code that somebody typed; what is taken can be shown and typed again
 */
#include <stdlib.h>
#include <string.h>

#include "auth/domain/oauth_client.h"
#include "auth/domain/oauth_code.h"
#include "auth/domain/oauth_dpop.h"
#include "auth/domain/oauth_params.h"
#include "auth/domain/oauth_uri.h"
#include "base/auto.h"
#include "json/read.h"
#include "template/template.h"
#include "token/jwk.h"

enum { ARENA_BYTES_MAX = 4 << 20, TEXT_BYTES_MAX = 256 * 1024 };

#define NOW_US INT64_C(1800000000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_client(struct str *out, const struct oauth_client *client)
{
    str_add_char(out, '{');
    oauth_client_write(out, client);
    str_add_char(out, '}');
}

static void try_client(struct arena *arena, const char *text, size_t length)
{
    static const struct oauth_client_rules rules = {.trusted = true};
    AUTO(str_release) struct str one = STR_INIT(TEXT_BYTES_MAX), two = STR_INIT(TEXT_BYTES_MAX);
    struct oauth_client client = {.row = 0}, again = {.row = 0};
    struct err err;
    if (!oauth_client_read(arena, text, length, &rules, &client, &err)) {
        assert(err.key != NULL || err.code == ERR_BUSY);
        return;
    }
    write_client(&one, &client);
    /* Written out, empty lists and defaults may make it longer than what is taken. */
    if (!str_ok(&one) || one.length > OAUTH_METADATA_BYTES_MAX)
        return;
    assert(oauth_client_read(arena, one.data, one.length, &rules, &again, &err));
    write_client(&two, &again);
    assert(strcmp(one.data, two.data) == 0);
    for (size_t i = 0; i < client.redirect_uris.count; i++)
        assert(oauth_client_redirect(&client, client.redirect_uris.items[i]) != NULL);
}

static void try_request(struct arena *arena, const char *text)
{
    static const char *const registered = "http://127.0.0.1/cb";
    AUTO(str_release) struct str source = STR_INIT(TEXT_BYTES_MAX);
    struct oauth_client client = {.grant_types = 1u << OAUTH_GRANT_CODE, .scopes = SCOPE_ALL};
    struct oauth_params params;
    struct oauth_ask ask;
    struct err err;
    client.redirect_uris.items[client.redirect_uris.count++] = registered;
    if (!oauth_params_read(arena, text, &params, &err))
        return;
    if (oauth_params_check(&params, &client, false, &ask, &err))
        assert(ask.scopes && !(ask.scopes & ~SCOPE_ALL));
    else
        assert(err.key != NULL);
    if (!params.redirect_uri)
        return;
    if (oauth_client_redirect(&client, params.redirect_uri))
        assert(strncmp(params.redirect_uri, "http://127.0.0.1", 16) == 0);
    uri_source_write(&source, params.redirect_uri);
    assert(!strpbrk(str_data(&source), " ;,'*"));
}

static void try_proof(const char *text, size_t length)
{
    static const struct token_rules rules = {.type = "dpop+jwt", .jti_required = true};
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    char thumbprint[TOKEN_THUMBPRINT_SIZE];
    struct token_claims claims;
    struct err err;
    if (token_verify_proof(&rules, NOW_US, text, length, &claims, &json, thumbprint, &err))
        assert(strlen(thumbprint) == TOKEN_THUMBPRINT_SIZE - 1 && claims.jti[0] != '\0');
    else
        assert(json.length == 0);
}

static void try_keys(const char *text, size_t length)
{
    struct token_keys *keys = token_keys_new();
    struct err err;
    size_t added = 0;
    if (keys && token_keys_add_jwks(keys, text, length, NULL, &added, &err))
        assert(added <= TOKEN_KEYS_MAX);
    token_keys_free(keys);
}

static void try_claims(const char *text)
{
    static const struct dpop_request request = {"POST", "https://a.example/t", "token"};
    char nonce[64];
    struct err err;
    if (dpop_check(text, &request, NOW_US, nonce, sizeof(nonce), &err))
        assert(strlen(nonce) < sizeof(nonce));
}

static void try_template(const char *text, size_t length)
{
    AUTO(str_release) struct str out = STR_INIT(TEXT_BYTES_MAX);
    struct template *template;
    struct err err;
    cJSON *values;
    if (!template_parse(text, length, &template, &err))
        return;
    static const char json[] = "{\"a\":[{\"b\":\"<\"},\"x\"],\"b\":\"&\"}";
    assert(json_read(json, sizeof(json) - 1, &values, &err));
    if (!template_fill(template, TEMPLATE_HTML, values, &out, &err))
        assert(err.code == ERR_INTERNAL);
    cJSON_Delete(values);
    template_free(template);
}

static void try_user_code(const char *text)
{
    char code[USER_CODE_SIZE], shown[USER_CODE_SHOWN_SIZE], again[USER_CODE_SIZE];
    if (!user_code_parse(text, code))
        return;
    assert(user_code_parse(user_code_shown(code, shown), again));
    assert(strcmp(code, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(ARENA_BYTES_MAX);
    char *text = size > 0 ? malloc(size) : NULL;
    if (arena && text) {
        size_t length = size - 1;
        memcpy(text, data + 1, length);
        text[length] = '\0';
        switch (data[0]) {
        case 'c':
            try_client(arena, text, length);
            break;
        case 'r':
            try_request(arena, text);
            break;
        case 'p':
            try_proof(text, length);
            break;
        case 'k':
            try_keys(text, length);
            break;
        case 'd':
            try_claims(text);
            break;
        case 't':
            try_template(text, length);
            break;
        case 'u':
            try_user_code(text);
            break;
        default:
            break;
        }
    }
    free(text);
    arena_free(arena);
    return 0;
}

#include "auth/domain/oauth_client.h"

#include <string.h>

#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_uri.h"
#include "json/field.h"
#include "json/read.h"

static const char *const auth_methods[] = {
#define X(name, word) word,
    OAUTH_AUTH_METHODS(X)
#undef X
};
static const char *const grant_types[] = {
#define X(name, word) word,
    OAUTH_GRANT_TYPES(X)
#undef X
};
static const char *const assertion_algorithms[] = {"RS256", "PS256", "ES256", "ES384",
                                                   "ES512", "EdDSA", NULL};
static const char *const id_token_algorithms[] = {"RS256", NULL};

struct reading {
    struct arena *arena;
    const cJSON *root;
    const struct oauth_client_rules *rules;
    struct oauth_client *client;
    struct err *err;
};

const char *oauth_grant_type_word(enum oauth_grant_type type)
{
    assert(type < OAUTH_GRANT_TYPES_COUNT);
    return grant_types[type];
}

bool oauth_grant_type_parse(const char *word, enum oauth_grant_type *ret_type)
{
    for (size_t i = 0; i < ARRAY_LEN(grant_types); i++)
        if (strcmp(grant_types[i], word) == 0) {
            *ret_type = (enum oauth_grant_type)i;
            return true;
        }
    return false;
}

static bool refuse(const struct reading *reading, const char *member, const char *what)
{
    return oauth_refuse(reading->err, OAUTH_INVALID_CLIENT_METADATA, "%s %s", member, what);
}

/* ---- single members ---- */

static bool text_read(const struct reading *reading, const char *member, size_t max,
                      const char **ret_text)
{
    const cJSON *value = json_member(reading->root, member);
    *ret_text = NULL;
    if (!value || cJSON_IsNull(value))
        return true;
    if (!cJSON_IsString(value))
        return refuse(reading, member, "is no string");
    size_t length = strlen(value->valuestring);
    if (length == 0)
        return true;
    if (length > max)
        return refuse(reading, member, "is too long");
    for (const char *c = value->valuestring; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return refuse(reading, member, "has a control character");
    *ret_text = arena_strdup(reading->arena, value->valuestring);
    return *ret_text || err_set(reading->err, ERR_BUSY, "no memory for a client");
}

static bool web_uri_read(const struct reading *reading, const char *member, const char **ret_uri)
{
    if (!text_read(reading, member, OAUTH_URI_BYTES_MAX, ret_uri))
        return false;
    return !*ret_uri || web_uri_is_valid(*ret_uri, reading->rules->insecure) ||
           refuse(reading, member, "is no address with https");
}

static bool bool_read(const struct reading *reading, const char *member, bool *ret_flag)
{
    const cJSON *value = json_member(reading->root, member);
    if (value && !cJSON_IsBool(value))
        return refuse(reading, member, "is neither true nor false");
    *ret_flag = cJSON_IsTrue(value);
    return true;
}

/* One word of a list that ends with NULL. */
static bool word_read(const struct reading *reading, const char *member, const char *const *words,
                      const char **ret_word)
{
    const char *text;
    if (!text_read(reading, member, 128, &text))
        return false;
    *ret_word = NULL;
    if (!text)
        return true;
    for (; *words; words++)
        if (strcmp(*words, text) == 0) {
            *ret_word = *words;
            return true;
        }
    return refuse(reading, member, "is not supported");
}

static bool uris_read(const struct reading *reading, const char *member, enum oauth_error error,
                      struct oauth_uris *ret_uris)
{
    const cJSON *list = json_member(reading->root, member), *item;
    bool redirects = error == OAUTH_INVALID_REDIRECT_URI;
    ret_uris->count = 0;
    if (list && !cJSON_IsNull(list) && !cJSON_IsArray(list))
        return oauth_refuse(reading->err, error, "%s is no list", member);
    cJSON_ArrayForEach(item, list)
    {
        bool insecure = reading->rules->insecure;
        if (!cJSON_IsString(item) ||
            !(redirects ? redirect_uri_is_valid(item->valuestring, insecure)
                        : web_uri_is_valid(item->valuestring, insecure)))
            return oauth_refuse(reading->err, error,
                                "%s: an address must be absolute, with https (or loopback, or a "
                                "private scheme with a dot), without fragment",
                                member);
        if (ret_uris->count == OAUTH_URIS_MAX)
            return oauth_refuse(reading->err, error, "%s has more than %d entries", member,
                                OAUTH_URIS_MAX);
        const char *copy = arena_strdup(reading->arena, item->valuestring);
        if (!copy)
            return err_set(reading->err, ERR_BUSY, "no memory for a client");
        ret_uris->items[ret_uris->count++] = copy;
    }
    return true;
}

/* ---- groups of members ---- */

static bool shown_read(const struct reading *reading)
{
    struct oauth_client *client = reading->client;
    return text_read(reading, "client_name", OAUTH_CLIENT_NAME_MAX, &client->name) &&
           web_uri_read(reading, "client_uri", &client->client_uri) &&
           web_uri_read(reading, "logo_uri", &client->logo_uri) &&
           web_uri_read(reading, "policy_uri", &client->policy_uri) &&
           web_uri_read(reading, "tos_uri", &client->tos_uri);
}

static bool keys_read(const struct reading *reading)
{
    struct oauth_client *client = reading->client;
    const cJSON *jwks = json_member(reading->root, "jwks");
    client->jwks = NULL;
    if (!web_uri_read(reading, "jwks_uri", &client->jwks_uri))
        return false;
    if (jwks && client->jwks_uri)
        return refuse(reading, "jwks", "and jwks_uri exclude each other");
    if (jwks) {
        if (!cJSON_IsObject(jwks) || !cJSON_IsArray(json_member(jwks, "keys")))
            return refuse(reading, "jwks", "is no set of keys");
        char *text = cJSON_PrintUnformatted(jwks);
        client->jwks = text ? arena_strdup(reading->arena, text) : NULL;
        cJSON_free(text);
        if (!client->jwks)
            return err_set(reading->err, ERR_BUSY, "no memory for a client");
    }
    if (client->auth_method == OAUTH_AUTH_KEY && !client->jwks && !client->jwks_uri)
        return refuse(reading, "jwks", "or jwks_uri is needed for private_key_jwt");
    return true;
}

static bool auth_read(const struct reading *reading)
{
    const char *word;
    const char *const words[] = {auth_methods[0], auth_methods[1], auth_methods[2], auth_methods[3],
                                 NULL};
    _Static_assert(OAUTH_AUTH_METHODS_COUNT == 4, "all methods are in the list");
    if (!word_read(reading, "token_endpoint_auth_method", words, &word) ||
        !word_read(reading, "token_endpoint_auth_signing_alg", assertion_algorithms,
                   &reading->client->assertion_algorithm) ||
        !word_read(reading, "id_token_signed_response_alg", id_token_algorithms,
                   &reading->client->id_token_algorithm))
        return false;
    reading->client->auth_method = OAUTH_AUTH_BASIC;
    for (size_t i = 0; word && i < ARRAY_LEN(auth_methods); i++)
        if (auth_methods[i] == word)
            reading->client->auth_method = (enum oauth_auth_method)i;
    return keys_read(reading);
}

static bool grants_read(const struct reading *reading)
{
    const cJSON *list = json_member(reading->root, "grant_types"), *item;
    struct oauth_client *client = reading->client;
    enum oauth_grant_type type;
    client->grant_types = list ? 0 : 1u << OAUTH_GRANT_CODE;
    if (list && !cJSON_IsArray(list))
        return refuse(reading, "grant_types", "is no list");
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item) || !oauth_grant_type_parse(item->valuestring, &type))
            return refuse(reading, "grant_types", "has one that is not supported");
        client->grant_types |= 1u << type;
    }
    list = json_member(reading->root, "response_types");
    if (list && !cJSON_IsArray(list))
        return refuse(reading, "response_types", "is no list");
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item) || strcmp(item->valuestring, "code") != 0)
            return refuse(reading, "response_types", "has one that is not supported");
    }
    if (oauth_client_may(client, OAUTH_GRANT_MACHINE) && oauth_client_is_public(client))
        return refuse(reading, "grant_types",
                      "client_credentials needs a client that can keep a "
                      "secret");
    if (oauth_client_may(client, OAUTH_GRANT_CODE) && client->redirect_uris.count == 0)
        return oauth_refuse(reading->err, OAUTH_INVALID_REDIRECT_URI, "redirect_uris is missing");
    return true;
}

static bool scope_read(const struct reading *reading)
{
    const char *text;
    if (!text_read(reading, "scope", SCOPES_TEXT_MAX - 1, &text))
        return false;
    if (!text) {
        reading->client->scopes =
            SCOPE_BIT(OPENID) | SCOPE_BIT(PROFILE) | SCOPE_BIT(EMAIL) | SCOPE_BIT(OFFLINE_ACCESS);
        return true;
    }
    return scopes_parse(text, &reading->client->scopes) ||
           refuse(reading, "scope", "has an unknown word");
}

static bool operators_read(const struct reading *reading)
{
    struct oauth_client *client = reading->client;
    if (!bool_read(reading, "skip_consent", &client->skip_consent))
        return false;
    if (client->skip_consent && !reading->rules->trusted)
        return refuse(reading, "skip_consent", "is for operators");
    if (client->skip_consent && oauth_client_is_public(client))
        return refuse(reading, "skip_consent",
                      "is not for public clients: anybody can pose as one");
    return true;
}

bool oauth_client_read(struct arena *arena, const char *json, size_t length,
                       const struct oauth_client_rules *rules, struct oauth_client *client,
                       struct err *err)
{
    cJSON *root;
    if (length > OAUTH_METADATA_BYTES_MAX || !json_read(json, length, &root, err))
        return oauth_refuse(err, OAUTH_INVALID_CLIENT_METADATA, "the metadata are no JSON object");
    struct reading reading = {arena, root, rules, client, err};
    bool good = cJSON_IsObject(root) ||
                oauth_refuse(err, OAUTH_INVALID_CLIENT_METADATA, "the metadata are no JSON object");
    good =
        good && shown_read(&reading) &&
        uris_read(&reading, "redirect_uris", OAUTH_INVALID_REDIRECT_URI, &client->redirect_uris) &&
        uris_read(&reading, "post_logout_redirect_uris", OAUTH_INVALID_CLIENT_METADATA,
                  &client->post_logout_uris) &&
        uris_read(&reading, "resources", OAUTH_INVALID_CLIENT_METADATA, &client->resources) &&
        auth_read(&reading) && grants_read(&reading) && scope_read(&reading) &&
        web_uri_read(&reading, "backchannel_logout_uri", &client->logout_uri) &&
        bool_read(&reading, "require_pushed_authorization_requests", &client->pushed_required) &&
        bool_read(&reading, "dpop_bound_access_tokens", &client->dpop_required) &&
        operators_read(&reading);
    cJSON_Delete(root);
    return good;
}

/* ---- writing ---- */

static void text_write(struct str *out, const char *member, const char *text)
{
    if (!text)
        return;
    str_add_format(out, ",\"%s\":", member);
    json_write_string(out, text);
}

static void uris_write(struct str *out, const char *member, const struct oauth_uris *uris)
{
    if (uris->count == 0)
        return;
    str_add_format(out, ",\"%s\":[", member);
    for (size_t i = 0; i < uris->count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        json_write_string(out, uris->items[i]);
    }
    str_add_char(out, ']');
}

static void grants_write(struct str *out, unsigned types)
{
    bool first = true;
    str_add(out, ",\"grant_types\":[");
    for (size_t i = 0; i < ARRAY_LEN(grant_types); i++) {
        if (!(types & 1u << i))
            continue;
        if (!first)
            str_add_char(out, ',');
        json_write_string(out, grant_types[i]);
        first = false;
    }
    str_add(out, types & 1u << OAUTH_GRANT_CODE ? "],\"response_types\":[\"code\"]"
                                                : "],\"response_types\":[]");
}

void oauth_client_write(struct str *out, const struct oauth_client *client)
{
    char scope[SCOPES_TEXT_MAX];
    str_add_format(out, "\"token_endpoint_auth_method\":\"%s\",\"scope\":\"%s\"",
                   auth_methods[client->auth_method], scopes_text(client->scopes, scope));
    grants_write(out, client->grant_types);
    text_write(out, "client_name", client->name);
    text_write(out, "client_uri", client->client_uri);
    text_write(out, "logo_uri", client->logo_uri);
    text_write(out, "policy_uri", client->policy_uri);
    text_write(out, "tos_uri", client->tos_uri);
    uris_write(out, "redirect_uris", &client->redirect_uris);
    uris_write(out, "post_logout_redirect_uris", &client->post_logout_uris);
    uris_write(out, "resources", &client->resources);
    text_write(out, "token_endpoint_auth_signing_alg", client->assertion_algorithm);
    text_write(out, "id_token_signed_response_alg", client->id_token_algorithm);
    text_write(out, "jwks_uri", client->jwks_uri);
    text_write(out, "backchannel_logout_uri", client->logout_uri);
    if (client->jwks) {
        str_add(out, ",\"jwks\":");
        str_add(out, client->jwks);
    }
    str_add_format(out,
                   ",\"require_pushed_authorization_requests\":%s,\"dpop_bound_access_tokens\":%s,"
                   "\"skip_consent\":%s",
                   client->pushed_required ? "true" : "false",
                   client->dpop_required ? "true" : "false",
                   client->skip_consent ? "true" : "false");
}

/* ---- questions ---- */

bool oauth_client_may(const struct oauth_client *client, enum oauth_grant_type type)
{
    return (client->grant_types & 1u << type) != 0;
}

const char *oauth_client_redirect(const struct oauth_client *client, const char *asked)
{
    for (size_t i = 0; i < client->redirect_uris.count; i++)
        if (redirect_uri_matches(client->redirect_uris.items[i], asked))
            return client->redirect_uris.items[i];
    return NULL;
}

bool oauth_uris_have(const struct oauth_uris *uris, const char *uri)
{
    for (size_t i = 0; i < uris->count; i++)
        if (strcmp(uris->items[i], uri) == 0)
            return true;
    return false;
}

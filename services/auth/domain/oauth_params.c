#include "auth/domain/oauth_params.h"

#include <string.h>

#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_pkce.h"
#include "auth/domain/oauth_uri.h"
#include "json/field.h"
#include "json/read.h"

enum { MAX_AGE_S_MAX = 365 * 86400 };

const struct oauth_param_row oauth_param_rows[] = {
#define X(name) {#name, offsetof(struct oauth_params, name)},
    OAUTH_PARAMS(X)
#undef X
        {NULL, 0}};

static const char *text_of(const struct oauth_params *params, size_t offset)
{
    return *(const char *const *)((const char *)params + offset);
}

static bool lengths_check(const struct oauth_params *params, struct err *err)
{
    for (const struct oauth_param_row *row = oauth_param_rows; row->name; row++) {
        const char *text = text_of(params, row->offset);
        size_t max = row->offset == offsetof(struct oauth_params, state) ? OAUTH_STATE_BYTES_MAX
                                                                         : OAUTH_PARAM_BYTES_MAX;
        /* An id_token is longer than the rest. */
        if (row->offset == offsetof(struct oauth_params, id_token_hint))
            max = OAUTH_PARAMS_BYTES_MAX / 2;
        if (text && strlen(text) > max)
            return oauth_refuse(err, OAUTH_INVALID_REQUEST, "%s is too long", row->name);
    }
    return true;
}

bool oauth_response_mode_read(const struct oauth_params *params, enum oauth_response_mode *ret_mode,
                              struct err *err)
{
    static const char *const words[] = {"query", "fragment", "form_post"};
    if (!params->response_mode) {
        *ret_mode = RESPONSE_QUERY;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i], params->response_mode) == 0) {
            *ret_mode = (enum oauth_response_mode)i;
            return true;
        }
    return oauth_refuse(err, OAUTH_INVALID_REQUEST,
                        "response_mode is none of query, fragment, "
                        "form_post");
}

static bool response_type_check(const struct oauth_params *params,
                                const struct oauth_client *client, struct err *err)
{
    if (params->request)
        return oauth_refuse(err, OAUTH_REQUEST_NOT_SUPPORTED, "request objects are not supported");
    if (!params->response_type || params->response_type[0] == '\0')
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "response_type is missing");
    if (strcmp(params->response_type, "code") != 0)
        return oauth_refuse(err, OAUTH_UNSUPPORTED_RESPONSE_TYPE, "only code is supported");
    if (!oauth_client_may(client, OAUTH_GRANT_CODE))
        return oauth_refuse(err, OAUTH_UNAUTHORIZED_CLIENT,
                            "the client is not registered for authorization_code");
    return true;
}

static bool challenge_check(const struct oauth_params *params, struct err *err)
{
    const char *method = params->code_challenge_method;
    if (!params->code_challenge)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "code_challenge is missing");
    if (!method || strcmp(method, "S256") != 0)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "code_challenge_method must be S256");
    if (!pkce_challenge_is_valid(params->code_challenge))
        return oauth_refuse(err, OAUTH_INVALID_REQUEST,
                            "code_challenge is no base64url of a SHA-256");
    return true;
}

static bool prompt_read(const char *text, unsigned *ret_prompt, struct err *err)
{
    static const char *const words[] = {"none", "login", "consent", "select_account"};
    unsigned prompt = 0;
    while (text && *text) {
        size_t length = strcspn(text, " ");
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
            if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0) {
                prompt |= 1u << i;
                known = true;
            }
        if (!known)
            return oauth_refuse(err, OAUTH_INVALID_REQUEST, "prompt has an unknown word");
        text += length;
        text += *text == ' ';
    }
    if ((prompt & PROMPT_NONE) && prompt != PROMPT_NONE)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "prompt none stands alone");
    *ret_prompt = prompt;
    return true;
}

static bool scope_read(const struct oauth_params *params, const struct oauth_client *client,
                       scope_set *ret_scopes, struct err *err)
{
    scope_set scopes;
    if (!scopes_parse(params->scope, &scopes))
        return oauth_refuse(err, OAUTH_INVALID_SCOPE, "scope has an unknown word");
    if (scopes & ~client->scopes)
        return oauth_refuse(err, OAUTH_INVALID_SCOPE, "the client is not registered for all of it");
    if (!scopes)
        return oauth_refuse(err, OAUTH_INVALID_SCOPE, "scope is missing");
    *ret_scopes = scopes;
    return true;
}

static bool max_age_read(const char *text, int64_t *ret_seconds, struct err *err)
{
    *ret_seconds = -1;
    if (!text)
        return true;
    if (!str_to_i64(text, ret_seconds) || *ret_seconds < 0 || *ret_seconds > MAX_AGE_S_MAX)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "max_age is no number of seconds");
    return true;
}

bool oauth_params_check(const struct oauth_params *params, const struct oauth_client *client,
                        bool pushed, struct oauth_ask *ret_ask, struct err *err)
{
    struct oauth_ask ask = {.scopes = 0};
    if (!lengths_check(params, err) || !oauth_response_mode_read(params, &ask.mode, err) ||
        !response_type_check(params, client, err) ||
        !scope_read(params, client, &ask.scopes, err) || !challenge_check(params, err) ||
        !prompt_read(params->prompt, &ask.prompt, err) ||
        !max_age_read(params->max_age, &ask.max_age_s, err))
        return false;
    if (client->pushed_required && !pushed)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "the client must push its requests");
    if (params->dpop_jkt && !pkce_challenge_is_valid(params->dpop_jkt))
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "dpop_jkt is no thumbprint");
    if (params->resource && !oauth_uris_have(&client->resources, params->resource))
        return oauth_refuse(err, OAUTH_INVALID_TARGET, "the client is not registered for resource");
    *ret_ask = ask;
    return true;
}

void oauth_params_write(struct str *out, const struct oauth_params *params)
{
    char separator = '{';
    for (const struct oauth_param_row *row = oauth_param_rows; row->name; row++) {
        const char *text = text_of(params, row->offset);
        if (!text)
            continue;
        str_add_char(out, separator);
        str_add_format(out, "\"%s\":", row->name);
        json_write_string(out, text);
        separator = ',';
    }
    str_add(out, separator == '{' ? "{}" : "}");
}

bool oauth_params_read(struct arena *arena, const char *json, struct oauth_params *ret_params,
                       struct err *err)
{
    struct oauth_params params = {.client_id = NULL};
    cJSON *root;
    if (!json_read(json, strlen(json), &root, err))
        return false;
    bool good = true;
    for (const struct oauth_param_row *row = oauth_param_rows; row->name && good; row++) {
        const char *text = json_member_text(root, row->name);
        const char *copy = text ? arena_strdup(arena, text) : NULL;
        *(const char **)((char *)&params + row->offset) = copy;
        good = !text || copy;
    }
    cJSON_Delete(root);
    if (!good)
        return err_set(err, ERR_BUSY, "no memory for a request");
    *ret_params = params;
    return true;
}

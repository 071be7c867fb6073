#include "api/management.h"

#include <string.h>
#include <strings.h>

#include "api/management_config.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

static const char prefix[] = "/api/v2/management/";
static const char not_verified[] = "Failed to verify JWT.";
static const char not_json[] = "Couldn't parse JWT.";
static const char not_enough[] = "Not enough signatures for the action.";

enum { PAYLOAD_BYTES_MAX = 256 * 1024 };
#define FOREVER_S INT64_C(253402300799) /* the year 9999 */

static void delete_tree(cJSON **tree)
{
    cJSON_Delete(*tree);
}

/* ---- the payload ---- */

/* The tree as text; numbers keep the digits that they came with. */
static void print_value(struct str *out, const cJSON *value)
{
    if (cJSON_IsString(value)) {
        json_write_string(out, value->valuestring);
    } else if (cJSON_IsNumber(value)) {
        str_add(out, value->valuestring);
    } else if (cJSON_IsBool(value)) {
        str_add(out, cJSON_IsTrue(value) ? "true" : "false");
    } else if (cJSON_IsNull(value)) {
        str_add(out, "null");
    } else {
        bool is_object = cJSON_IsObject(value);
        str_add_char(out, is_object ? '{' : '[');
        const cJSON *item;
        cJSON_ArrayForEach(item, value)
        {
            if (item != value->child)
                str_add_char(out, ',');
            if (is_object) {
                json_write_string(out, item->string);
                str_add_char(out, ':');
            }
            print_value(out, item); /* as deep as JSON_DEPTH_MAX */
        }
        str_add_char(out, is_object ? '}' : ']');
    }
}

static bool refuse(struct err *err)
{
    err->key = not_verified;
    return false;
}

/* The claims are verified; this makes the document good for one call, and takes its `data`. */
static bool payload_use(struct management *management, const char *signer,
                        const struct str *payload, int64_t now_us, struct str *ret_data,
                        struct err *err)
{
    AUTO(delete_tree) cJSON *root = NULL;
    int64_t expires_at_s = FOREVER_S;
    if (!json_read(str_data(payload), payload->length, &root, err))
        return refuse(err);
    const char *jti = json_member_text(root, "jti");
    const cJSON *data = json_member(root, "data");
    if (!jti || (json_member(root, "exp") && !json_member_i64(root, "exp", &expires_at_s)))
        return err_set_key(err, ERR_UNAUTHENTICATED, not_verified, "claims: no jti");
    if (data && !cJSON_IsObject(data) && !cJSON_IsNull(data))
        return err_set_key(err, ERR_UNAUTHENTICATED, not_verified, "claims: data is no object");
    /* Remembered for as long as the leeway still lets it in. */
    if (!token_seen_first(management->seen, signer, jti, expires_at_s + management->rules.leeway_s,
                          now_us, err))
        return err->code == ERR_UNAUTHENTICATED ? refuse(err) : false;
    if (cJSON_IsObject(data))
        print_value(ret_data, data);
    else
        str_add(ret_data, "{}");
    return true;
}

static const struct management_scope *scope_find(const struct management *management,
                                                 const char *name)
{
    for (size_t i = 0; i < management->scopes_count; i++)
        if (strcmp(management->scopes[i].name, name) == 0)
            return &management->scopes[i];
    return NULL;
}

bool management_verify(struct management *management, const char *name, const struct clock *clock,
                       const char *body, size_t length, struct str *ret_data, struct err *err)
{
    AUTO(str_release) struct str payload = STR_INIT(PAYLOAD_BYTES_MAX);
    const struct management_scope *scope = scope_find(management, name);
    int64_t now_us = clock_now_us(clock);
    uint32_t signers;
    if (!json_check(body, length, err))
        return err_set_key(err, ERR_BODY_INVALID, not_json, "the body is no JSON");
    if (!scope)
        return err_set_key(err, ERR_UNAUTHENTICATED, not_verified, "nobody may sign for %s", name);
    if (!token_verify_general(management->keys, scope->permitted, &management->rules, now_us, body,
                              length, &signers, &payload, err)) {
        err->code = ERR_UNAUTHENTICATED;
        return refuse(err);
    }
    if ((signers & scope->mandatory) != scope->mandatory)
        return err_set_key(err, ERR_UNAUTHENTICATED, not_enough, "%s lacks a mandatory signer",
                           name);
    /* Mandatory signers made it; the first of them owns its jti. */
    const char *signer = scope->permitted[__builtin_ctz(scope->mandatory)];
    return payload_use(management, signer, &payload, now_us, ret_data, err);
}

/* ---- hooks ---- */

bool management_is_path(const struct http_request *request)
{
    return strncmp(http_path_of(request), prefix, sizeof(prefix) - 1) == 0;
}

static bool has_verb(const struct management_words *words, const char *method)
{
    size_t length = strlen(method);
    for (const char *verb = words->verbs; *verb; verb += strcspn(verb, " "), verb += *verb == ' ')
        if (strcspn(verb, " ") == length && memcmp(verb, method, length) == 0)
            return true;
    return false;
}

bool management_unknown(struct http_request *request, const struct management_words *words,
                        struct err *err)
{
    return has_verb(words, http_method_of(request)) ||
           err_set(err, ERR_METHOD_NOT_ALLOWED, "a management call by another verb");
}

bool management_before(struct management *management, struct http_request *request,
                       const struct http_route *route, struct err *err)
{
    AUTO(str_release) struct str data = STR_INIT(PAYLOAD_BYTES_MAX);
    const char *type = http_header(request, "Content-Type");
    size_t length;
    const char *body = http_body(request, &length);

    if (http_has_query(request))
        return err_set_key(err, ERR_REQUEST_INVALID, "Query parameters are not allowed.",
                           "a management call with a query");
    if (!type || strcasecmp(type, "application/json") != 0)
        return err_set_key(err, ERR_REQUEST_INVALID, "Only JSON body is accepted.",
                           "a management call that is no JSON");
    if (!management)
        return err_set_key(err, ERR_UNAUTHENTICATED, not_verified, "nobody may sign anything");
    if (!management_verify(management, route->subject, http_clock(request), body ? body : "",
                           length, &data, err))
        return false;
    return http_set_params_json(request, str_data(&data), data.length, err);
}

/* ---- bodies of errors ---- */

static void write_error(struct str *out, const char *sentence)
{
    str_add(out, "{\"error\":");
    json_write_string(out, sentence);
    str_add_char(out, '}');
}

void management_error_body(struct http_request *request, const struct management_words *words,
                           const struct err *err, struct str *out)
{
    if (!management_is_path(request))
        return;
    int status = err_status(err->code);
    if (err->code == ERR_METHOD_NOT_ALLOWED)
        write_error(out, has_verb(words, http_method_of(request)) ? "405 Not Allowed"
                                                                  : words->not_a_verb);
    else if (err->code == ERR_NOT_FOUND)
        write_error(out, words->one_form && err->key ? err->key : words->not_found);
    else if (words->one_form || status == 400 || status == 401 || status == 413)
        write_error(out, err_key(err));
    /* The rest is {"errors":["code"]}, as elsewhere. */
}

void management_codes_body(struct http_request *request, const char *const *codes, size_t count,
                           struct str *out)
{
    if (!management_is_path(request))
        return;
    AUTO(str_release) struct str sentence = STR_INIT(PAYLOAD_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        str_add(&sentence, i > 0 ? ", " : "");
        str_add(&sentence, codes[i]);
    }
    write_error(out, str_data(&sentence));
}

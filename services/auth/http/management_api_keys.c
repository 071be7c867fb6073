/* /management/api_keys: keys that sign requests, made by other servers. Off unless the configuration
 * allows it for this kind of holder. */
#include "auth/actions/api_key.h"
#include "auth/http/api_key_view.h"
#include "auth/http/management_support.h"
#include "auth/state/config.h"
#include "auth/store/service_accounts.h"
#include "auth/store/users.h"
#include "crypto/crypto.h"

#include <string.h>
#include <strings.h>

struct key_form {
    const char *kid, *algorithm, *uid, *scopes, *state;
};

#define AT(member) offsetof(struct key_form, member)
#define UID_ROW                                                                                    \
    {                                                                                              \
        M_ROW("uid", PARAM_TEXT, AT(uid), M_NEEDED), .doc = "UID of the user or service account."  \
    }
#define SCOPES_ROW                                                                                 \
    {                                                                                              \
        M_ROW("scopes", PARAM_TEXT, AT(scopes), 0), .doc = "As `scope` of /resource/api_keys."     \
    }
static const struct param create_params[] = {
    {M_ROW("algorithm", PARAM_TEXT, AT(algorithm), M_NEEDED), .doc = "HS256."},
    UID_ROW,
    SCOPES_ROW,
    PARAM_END};
static const struct param change_params[] = {
    {M_ROW("kid", PARAM_TEXT, AT(kid), M_NEEDED), .doc = "Name of the key."},
    UID_ROW,
    SCOPES_ROW,
    {M_ROW("state", PARAM_TEXT, AT(state), 0), .doc = "active or inactive."},
    PARAM_END};
#undef AT

struct owner {
    struct user user;
    struct service_account account;
    struct api_key_owner owner;
};

static bool find_user(struct call *call, const char *uid, struct owner *owner, struct err *err)
{
    if (!call->app->config->mgn_api_keys_user)
        return err_set_key(err, ERR_INVALID, "disabled_management_endpoint", "switched off");
    owner->owner.user = &owner->user;
    return users_by_uid(call->db, call->arena, uid, &owner->user, err) ||
           (err->code == ERR_NOT_FOUND &&
            err_set_key(err, ERR_INVALID, "user_doesnt_exist", "no such user"));
}

static bool find_account(struct call *call, const char *uid, struct owner *owner, struct err *err)
{
    if (!call->app->config->mgn_api_keys_sa)
        return err_set_key(err, ERR_INVALID, "disabled_management_endpoint", "switched off");
    owner->owner.account = &owner->account;
    return service_accounts_by_uid(call->db, uid, &owner->account, err) ||
           (err->code == ERR_NOT_FOUND &&
            err_set_key(err, ERR_INVALID, "service_account_doesnt_exist", "no such account"));
}

/* The prefix of the uid says what it is. */
static bool find_owner(struct call *call, const char *uid, struct owner *owner, struct err *err)
{
    const char *prefix = call->app->config->uid_prefix;
    *owner = (struct owner){.owner = {NULL, NULL}};
    if (strncmp(uid, "SI", 2) == 0)
        return find_account(call, uid, owner, err);
    if (strncasecmp(uid, prefix, strlen(prefix)) == 0)
        return find_user(call, uid, owner, err);
    return err_set_key(err, ERR_INVALID, "uid_prefix_doesnt_exist", "neither user nor account");
}

/* {"errors":["code"]}: this is one of the few places of the management API that has it so. */
static void reply_codes(struct http_request *request, const struct mistakes *mistakes)
{
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"errors\":[");
    for (size_t i = 0; i < mistakes->count; i++) {
        str_add(out, i ? "," : "");
        json_write_string(out, mistakes->codes[i]);
    }
    str_add(out, "]}");
    http_reply_built(request, 422);
}

static void create(struct http_request *request)
{
    const struct key_form *asked = http_params(request);
    const struct api_key_draft draft = {.algorithm = asked->algorithm, .scope = asked->scopes};
    struct mistakes mistakes = {.count = 0};
    char secret[API_KEY_SECRET_SIZE] = "";
    struct api_key key;
    struct owner owner;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!find_owner(&call, asked->uid, &owner, &err) ||
        !api_key_create(&call, &owner.owner, &draft, &mistakes, &key, secret, &err))
        http_reply_err(request, &err);
    else if (mistakes.count > 0)
        reply_codes(request, &mistakes);
    else
        reply_api_key(request, &call, &key, secret);
    bytes_wipe(secret, sizeof(secret));
}

static void change(struct http_request *request)
{
    const struct key_form *asked = http_params(request);
    const struct api_key_draft draft = {.scope = asked->scopes, .state = asked->state};
    struct mistakes mistakes = {.count = 0};
    struct api_key key;
    struct owner owner;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!find_owner(&call, asked->uid, &owner, &err)) {
        http_reply_err(request, &err);
        return;
    }
    if (!api_key_change(&call, &owner.owner, asked->kid, &draft, &mistakes, &key, &err)) {
        if (err.code == ERR_NOT_FOUND)
            reply_sentence(request, "api_key_doesnt_exist");
        else
            http_reply_err(request, &err);
    } else if (mistakes.count > 0) {
        reply_codes(request, &mistakes);
    } else {
        reply_api_key(request, &call, &key, NULL);
    }
}

#define ROUTE(path_, handler_, rows)                                                               \
    .method = "POST", .path = "/api/v2/management/api_keys" path_, .mode = HTTP_WORKER,            \
    .handler = (handler_), .params = (rows), .params_size = sizeof(struct key_form),               \
    .access = ACCESS_MANAGEMENT, .class_name = "management.apikey", .tag = "management",           \
    .reply = api_key_fields, .status = 201, .subject = "write_apikeys"
const struct http_route management_api_key_routes[] = {
    {ROUTE("", create, create_params), .doc = "Make an API key; its secret is shown once."},
    {ROUTE("/update", change, change_params), .doc = "Change scopes or state of an API key."},
    {.method = NULL}};

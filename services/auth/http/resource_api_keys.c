/* /resource/api_keys: my API keys. All but looking needs the second factor (reference barong.md §1.3). */
#include "auth/http/resource_api_keys.h"

#include "auth/actions/api_key.h"
#include "auth/actions/second_factor.h"
#include "auth/http/api_key_view.h"
#include "auth/http/context.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"
#include "crypto/crypto.h"

#include <string.h>

bool api_key_permit(struct http_request *request, struct call *call, const struct user *user,
                    const char *code, const char *wrong_code)
{
    const char *method = NULL;
    struct err err;
    assert(user->otp); /* ACCESS_FACTOR */
    bool done = second_factor_verify(call, user, code, &method, &err) &&
                (method || err_set_key(&err, ERR_INVALID, wrong_code, "a wrong code"));
    if (!done)
        http_reply_err(request, &err);
    return done;
}

/* ---- GET ---- */

static const struct param list_params[] = {
    API_KEY_LIST_ROWS("resource.api_key", struct api_key_list, ordering, order_by),
    PAGING_ROWS_BARE(struct api_key_list, paging), PARAM_END};

static void list(struct http_request *request)
{
    struct call call;
    struct user user;
    if (resource_call(request, &call, &user))
        reply_api_keys(request, &call, (struct key_holder){.user_id = user.id},
                       http_params(request));
}

/* ---- POST, PATCH, DELETE ---- */

struct key_form {
    const char *kid, *totp_code;
    struct api_key_draft draft;
};
#define AT(member) offsetof(struct key_form, member)
#define CODE_ROW API_KEY_CODE_ROW("resource.api_key.missing_totp", AT(totp_code))
#define KID_ROW API_KEY_KID_ROW(AT(kid))
static const struct param create_params[] = {
    API_KEY_ALGORITHM_ROW(AT(draft.algorithm)),
    API_KEY_SCOPE_ROW(AT(draft.scope)),
    CODE_ROW,
    PARAM_END,
};
static const struct param change_params[] = {
    KID_ROW,   API_KEY_SCOPE_ROW(AT(draft.scope)), API_KEY_STATE_ROW(AT(draft.state)), CODE_ROW,
    PARAM_END,
};
static const struct param remove_params[] = {KID_ROW, CODE_ROW, PARAM_END};
#undef AT

/* The user, who has shown his second factor; false: the reply is made. */
static bool enter(struct http_request *request, struct call *ret_call, struct user *ret_user)
{
    const struct key_form *form = http_params(request);
    return resource_call(request, ret_call, ret_user) &&
           api_key_permit(request, ret_call, ret_user, form->totp_code,
                          "resource.api_key.invalid_totp");
}

static void create(struct http_request *request)
{
    const struct key_form *form = http_params(request);
    struct mistakes mistakes = {.count = 0};
    char secret[API_KEY_SECRET_SIZE];
    struct call call;
    struct user user;
    struct api_key key;
    struct err err;
    if (!enter(request, &call, &user))
        return;
    const struct api_key_owner owner = {.user = &user};
    bool done = api_key_create(&call, &owner, &form->draft, &mistakes, &key, secret, &err);
    if (reply_unless(request, done, &mistakes, &err))
        reply_api_key(request, &call, &key, secret);
    bytes_wipe(secret, sizeof(secret));
}

static void change(struct http_request *request)
{
    const struct key_form *form = http_params(request);
    struct mistakes mistakes = {.count = 0};
    struct call call;
    struct user user;
    struct api_key key;
    struct err err;
    if (!enter(request, &call, &user))
        return;
    const struct api_key_owner owner = {.user = &user};
    bool done = api_key_change(&call, &owner, form->kid, &form->draft, &mistakes, &key, &err);
    if (reply_unless(request, done, &mistakes, &err))
        reply_api_key(request, &call, &key, NULL);
}

static void remove_key(struct http_request *request)
{
    const struct key_form *form = http_params(request);
    struct call call;
    struct user user;
    struct err err;
    if (!enter(request, &call, &user))
        return;
    const struct api_key_owner owner = {.user = &user};
    if (api_key_remove(&call, &owner, form->kid, &err))
        http_reply_empty(request, 204);
    else
        http_reply_err(request, &err);
}

#define ROUTE(method_, path_, handler_)                                                            \
    .method = (method_), .path = "/api/v2/resource/api_keys" path_, .handler = (handler_),         \
    .mode = HTTP_WORKER, .class_name = "resource.apikey", .tag = "resource",                       \
    .reply = api_key_fields
#define FORM(rows) .params = (rows), .params_size = sizeof(struct key_form), .access = ACCESS_FACTOR

const struct http_route resource_api_key_routes[] = {
    {ROUTE("GET", "", list), .access = ACCESS_USER, .params = list_params,
     .params_size = sizeof(struct api_key_list), .reply_is_array = true, .doc = "My API keys."},
    {ROUTE("POST", "", create), FORM(create_params), .doc = "Make an API key."},
    {ROUTE("PATCH", "/:kid", change), FORM(change_params), .doc = "Change an API key."},
    {ROUTE("DELETE", "/:kid", remove_key), FORM(remove_params), .status = 204,
     .doc = "Remove an API key."},
    {.method = NULL}};

/* /resource/service_accounts: accounts of my programs, and their keys (reference barong.md §1.3). */
#include "auth/actions/api_key.h"
#include "auth/http/api_key_view.h"
#include "auth/http/context.h"
#include "auth/http/person_view.h"
#include "auth/http/resource_api_keys.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"
#include "auth/store/service_accounts.h"
#include "crypto/crypto.h"

enum { ACCOUNTS_MAX = 1000 }; /* of one owner that are shown */

/* ---- GET /service_accounts ---- */

struct account_view {
    uint64_t id, owner_id;
    const char *uid, *email, *role, *state, *created_at, *updated_at;
    int32_t level;
};
#define AT(member) offsetof(struct account_view, member)
static const struct json_field account_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Number of the row."},
    {"uid", JSON_TEXT, AT(uid), .doc = "UID, the same in all services."},
    {"owner_id", JSON_U64, AT(owner_id), .doc = "Number of its owner."},
    {"email", JSON_TEXT, AT(email), .doc = "E-mail address."},
    {"role", JSON_TEXT, AT(role), .doc = "Role."},
    {"level", JSON_I32, AT(level), .doc = "That of its owner."},
    {"state", JSON_TEXT, AT(state), .doc = "active, or it may do nothing."},
    {"created_at", JSON_TEXT, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TEXT, AT(updated_at), .doc = "When it changed last."},
    {NULL},
};
#undef AT

static void list(struct http_request *request)
{
    struct call call;
    struct user user;
    struct service_account *accounts;
    size_t count;
    uint64_t total;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (!service_accounts_page(call.db, call.arena, user.id, 0, ACCOUNTS_MAX, &accounts, &count,
                               &total, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct account_view *views = arena_alloc(call.arena, (count + 1) * sizeof(*views));
    if (!views) {
        reply_no_memory(request);
        return;
    }
    for (size_t i = 0; i < count; i++)
        views[i] =
            (struct account_view){.id = accounts[i].id,
                                  .owner_id = accounts[i].owner_id,
                                  .uid = accounts[i].uid,
                                  .email = accounts[i].email,
                                  .role = accounts[i].role,
                                  .state = accounts[i].state,
                                  .level = accounts[i].level,
                                  .created_at = view_time_ms(call.arena, accounts[i].created_at),
                                  .updated_at = view_time_ms(call.arena, accounts[i].updated_at)};
    http_reply_array(request, account_fields, views, count, sizeof(*views));
}

/* ---- keys ---- */

/* Its owner is who asks, or it does not exist. False: the reply is made. */
static bool find_account(struct http_request *request, struct call *call, const struct user *user,
                         const char *uid, struct service_account *ret_account)
{
    struct service_account account;
    struct err err;
    bool found = service_accounts_by_uid(call->db, uid, &account, &err);
    if (found && account.owner_id == user->id) {
        *ret_account = account;
        return true;
    }
    if (found || err.code == ERR_NOT_FOUND)
        err_set_key(&err, ERR_NOT_FOUND, "resource.service_account.doesnt_exist",
                    "no such service account of his");
    http_reply_err(request, &err);
    return false;
}

#define UID_ROW(at)                                                                                \
    {                                                                                              \
        .name = "service_account_uid", .kind = PARAM_TEXT, .offset = (at),                         \
        .flags = PARAM_REQUIRED,                                                                   \
        .type_code = "resource.service_account.non_string_service_account_uid",                    \
        .doc = "UID of the service account."                                                       \
    }

struct list_form {
    const char *account_uid;
    struct api_key_list list;
};
static const struct param list_params[] = {
    UID_ROW(offsetof(struct list_form, account_uid)),
    API_KEY_LIST_ROWS("resource.service_accounts", struct list_form, list.ordering, list.order_by),
    PAGING_ROWS_BARE(struct list_form, list.paging), PARAM_END};

static void list_keys(struct http_request *request)
{
    const struct list_form *form = http_params(request);
    struct service_account account;
    struct call call;
    struct user user;
    if (resource_call(request, &call, &user) &&
        find_account(request, &call, &user, form->account_uid, &account))
        reply_api_keys(request, &call, (struct key_holder){.service_account_id = account.id},
                       &form->list);
}

struct key_form {
    const char *account_uid, *kid, *totp_code;
    struct api_key_draft draft;
};
#define AT(member) offsetof(struct key_form, member)
#define CODE_ROW API_KEY_CODE_ROW("resource.service_accounts.missing_totp", AT(totp_code))
#define KID_ROW API_KEY_KID_ROW(AT(kid))
static const struct param create_params[] = {
    UID_ROW(AT(account_uid)),
    API_KEY_ALGORITHM_ROW(AT(draft.algorithm)),
    API_KEY_SCOPE_ROW(AT(draft.scope)),
    CODE_ROW,
    PARAM_END,
};
static const struct param change_params[] = {
    UID_ROW(AT(account_uid)),           KID_ROW,  API_KEY_SCOPE_ROW(AT(draft.scope)),
    API_KEY_STATE_ROW(AT(draft.state)), CODE_ROW, PARAM_END,
};
static const struct param remove_params[] = {UID_ROW(AT(account_uid)), KID_ROW, CODE_ROW,
                                             PARAM_END};
#undef AT

/* What all that changes a key begins with. */
struct visit {
    struct call call;
    struct user user;
    struct service_account account;
    struct api_key_owner owner;
};

static bool enter(struct http_request *request, struct visit *visit)
{
    const struct key_form *form = http_params(request);
    if (!resource_call(request, &visit->call, &visit->user) ||
        !find_account(request, &visit->call, &visit->user, form->account_uid, &visit->account) ||
        !api_key_permit(request, &visit->call, &visit->user, form->totp_code,
                        "resource.service_accounts.invalid_totp"))
        return false;
    visit->owner = (struct api_key_owner){.account = &visit->account};
    return true;
}

static void create_key(struct http_request *request)
{
    const struct key_form *form = http_params(request);
    struct mistakes mistakes = {.count = 0};
    char secret[API_KEY_SECRET_SIZE];
    struct visit visit;
    struct api_key key;
    struct err err;
    if (!enter(request, &visit))
        return;
    bool done =
        api_key_create(&visit.call, &visit.owner, &form->draft, &mistakes, &key, secret, &err);
    if (reply_unless(request, done, &mistakes, &err))
        reply_api_key(request, &visit.call, &key, secret);
    bytes_wipe(secret, sizeof(secret));
}

static void change_key(struct http_request *request)
{
    const struct key_form *form = http_params(request);
    struct mistakes mistakes = {.count = 0};
    struct visit visit;
    struct api_key key;
    struct err err;
    if (!enter(request, &visit))
        return;
    bool done =
        api_key_change(&visit.call, &visit.owner, form->kid, &form->draft, &mistakes, &key, &err);
    if (reply_unless(request, done, &mistakes, &err))
        reply_api_key(request, &visit.call, &key, NULL);
}

static void remove_key(struct http_request *request)
{
    const struct key_form *form = http_params(request);
    struct visit visit;
    struct err err;
    if (!enter(request, &visit))
        return;
    if (api_key_remove(&visit.call, &visit.owner, form->kid, &err))
        http_reply_empty(request, 204);
    else
        http_reply_err(request, &err);
}

#define ROUTE(method_, path_, handler_)                                                            \
    .method = (method_), .path = "/api/v2/resource/service_accounts" path_, .handler = (handler_), \
    .mode = HTTP_WORKER, .class_name = "resource.serviceaccount", .tag = "resource"
#define FORM(rows) .params = (rows), .params_size = sizeof(struct key_form), .access = ACCESS_FACTOR

const struct http_route resource_service_account_routes[] = {
    {ROUTE("GET", "", list), .access = ACCESS_USER, .reply = account_fields, .reply_is_array = true,
     .doc = "My service accounts."},
    {ROUTE("GET", "/api_keys", list_keys), .access = ACCESS_USER, .params = list_params,
     .params_size = sizeof(struct list_form), .reply = api_key_fields, .reply_is_array = true,
     .doc = "The keys of a service account."},
    {ROUTE("POST", "/api_keys", create_key), FORM(create_params), .reply = api_key_fields,
     .doc = "Make a key of a service account."},
    {ROUTE("PUT", "/api_keys/:kid", change_key), FORM(change_params), .reply = api_key_fields,
     .doc = "Change a key of a service account."},
    {ROUTE("DELETE", "/api_keys/:kid", remove_key), FORM(remove_params), .status = 204,
     .doc = "Remove a key of a service account."},
    {.method = NULL}};

/* /management/service_accounts: accounts of programs. */
#include "auth/actions/service_account_save.h"
#include "auth/http/management_support.h"
#include "auth/http/user_view.h"
#include "auth/store/service_accounts.h"
#include "auth/store/users.h"

#include <string.h>

struct account_view {
    struct service_account account;
    const struct user_view *owner;
};

#define AT(member) offsetof(struct account_view, member)
static const struct json_field account_fields[] = {
    {"email", JSON_CHARS, AT(account.email), .doc = "E-mail address."},
    {"uid", JSON_CHARS, AT(account.uid), .doc = "UID; begins with SI."},
    {"role", JSON_CHARS, AT(account.role), .doc = "Role."},
    {"level", JSON_I32, AT(account.level), .doc = "Level."},
    {"state", JSON_CHARS, AT(account.state), .doc = "State."},
    {"user", JSON_OBJECT_REF, AT(owner), .sub = user_fields, .doc = "Its owner; null: nobody."},
    {"created_at", JSON_TIME_ISO, AT(account.created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(account.updated_at), .doc = "When it changed last."},
    {NULL},
};
#undef AT

static bool view_read(struct call *call, const struct service_account *account,
                      struct account_view *ret_view, struct err *err)
{
    *ret_view = (struct account_view){.account = *account};
    if (account->owner_id == 0)
        return true;
    struct user *owner = arena_alloc(call->arena, sizeof(*owner));
    struct user_view *view = arena_alloc(call->arena, sizeof(*view));
    if (!owner || !view)
        return err_set(err, ERR_BUSY, "no memory for an owner");
    if (!users_by_id(call->db, call->arena, account->owner_id, owner, err))
        return false;
    *view = user_view_of(owner);
    ret_view->owner = view;
    return true;
}

static void reply_account(struct http_request *request, struct call *call,
                          const struct service_account *account)
{
    struct account_view view;
    struct err err;
    if (view_read(call, account, &view, &err))
        http_reply_object(request, account_fields, &view);
    else
        http_reply_err(request, &err);
}

/* ---- get, list ---- */

struct find_form {
    const char *uid, *email, *owner_uid, *owner_email;
    struct paging paging;
};

#define AT(member) offsetof(struct find_form, member)
static const struct param get_params[] = {
    {M_ROW("uid", PARAM_TEXT, AT(uid), 0), .doc = "UID."},
    {M_ROW("email", PARAM_TEXT, AT(email), 0), .doc = "E-mail address."},
    PARAM_END};
static const struct param list_params[] = {
    {M_ROW("owner_uid", PARAM_TEXT, AT(owner_uid), 0), .doc = "UID of the owner."},
    {M_ROW("owner_email", PARAM_TEXT, AT(owner_email), 0), .doc = "E-mail address of the owner."},
    PAGING_ROWS_BARE(struct find_form, paging),
    PARAM_END};
#undef AT

static void get(struct http_request *request)
{
    static const char *const names[] = {"uid", "email", NULL};
    const struct find_form *asked = http_params(request);
    struct service_account account;
    struct call call;
    struct err err;
    if (!exactly_one_given(request, names) || !request_call(request, &call))
        return;
    bool found = asked->uid ? service_accounts_by_uid(call.db, asked->uid, &account, &err)
                            : service_accounts_by_email(call.db, asked->email ? asked->email : "",
                                                        &account, &err);
    if (found)
        reply_account(request, &call, &account);
    else
        http_reply_err(request, &err);
}

/* An owner who is not there is no filter, as the contract has it. */
static bool find_owner(struct call *call, const struct find_form *asked, uint64_t *ret_id,
                       struct err *err)
{
    struct user owner;
    *ret_id = 0;
    if (!asked->owner_uid && !asked->owner_email)
        return true;
    bool found = asked->owner_uid ? users_by_uid(call->db, NULL, asked->owner_uid, &owner, err)
                                  : users_by_email(call->db, NULL, asked->owner_email, &owner, err);
    if (found)
        *ret_id = owner.id;
    return found || err->code == ERR_NOT_FOUND;
}

static void list(struct http_request *request)
{
    const struct find_form *asked = http_params(request);
    struct service_account *accounts;
    size_t count;
    uint64_t owner_id, total;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!find_owner(&call, asked, &owner_id, &err) ||
        !service_accounts_page(call.db, call.arena, owner_id, paging_offset(&asked->paging),
                               paging_limit(&asked->paging), &accounts, &count, &total, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct account_view *views = request_room(request, count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < count; i++)
        if (!view_read(&call, &accounts[i], &views[i], &err)) {
            http_reply_err(request, &err);
            return;
        }
    reply_page(request, &asked->paging, total, account_fields, views, count, sizeof(*views));
}

/* ---- create, update, delete ---- */

#define AT(member) offsetof(struct service_account_draft, member)
static const struct param create_params[] = {
    {M_ROW("service_account_role", PARAM_TEXT, AT(role), M_NEEDED),
     .doc = "A role that has permissions."},
    {M_ROW("owner_uid", PARAM_TEXT, AT(owner_uid), 0), .doc = "UID of the owner."},
    {M_ROW("service_account_uid", PARAM_TEXT, AT(uid), 0),
     .doc = "UID, SI and letters or digits; made unless given."},
    {M_ROW("service_account_email", PARAM_TEXT, AT(email), 0),
     .doc = "E-mail address; made of the owner's unless given."},
    {M_ROW("service_account_state", PARAM_TEXT, AT(state), 0),
     .doc = "State; the owner's, or pending, unless given."},
    {M_ROW("service_account_level", PARAM_I64, AT(level), PARAM_RANGE), .min = 0,
     .max = SERVICE_LEVEL_MAX, .doc = "Level; the owner's, or 0, unless given."},
    PARAM_END};
static const struct param update_params[] = {
    {M_ROW("uid", PARAM_TEXT, AT(uid), M_NEEDED), .doc = "UID of the account."},
    {M_ROW("owner_uid", PARAM_TEXT, AT(owner_uid), 0), .doc = "UID of its owner; none: nobody's."},
    PARAM_END};
static const struct param delete_params[] = {
    {M_ROW("uid", PARAM_TEXT, AT(uid), M_NEEDED), .doc = "UID of the account."}, PARAM_END};
#undef AT

/* "Email or uid not_uniq", as the contract has it. */
static void reply_mistakes(struct http_request *request, struct mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++)
        if (strcmp(mistakes->codes[i], "uid.not_uniq") == 0)
            mistakes->codes[i] = "Email or uid not_uniq";
    reply_sentences(request, mistakes->codes, mistakes->count);
}

static void create(struct http_request *request)
{
    struct mistakes mistakes = {.count = 0};
    struct service_account account;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!service_account_create(&call, http_params(request), &mistakes, &account, &err))
        http_reply_err(request, &err);
    else if (mistakes.count > 0)
        reply_mistakes(request, &mistakes);
    else
        reply_account(request, &call, &account);
}

static void update(struct http_request *request)
{
    const struct service_account_draft *asked = http_params(request);
    struct service_account account;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (service_account_give(&call, asked->uid, asked->owner_uid, &account, &err))
        reply_account(request, &call, &account);
    else if (err.code == ERR_NOT_FOUND && err.key)
        reply_sentence(request, "Service account doesnt exist");
    else
        http_reply_err(request, &err);
}

static void disable(struct http_request *request)
{
    const struct service_account_draft *asked = http_params(request);
    struct service_account account;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (service_account_disable(&call, asked->uid, &account, &err)) {
        reply_account(request, &call, &account);
        return;
    }
    err.key = NULL;
    http_reply_err(request, &err);
}

#define ROUTE(path_, handler_, rows)                                                               \
    .method = "POST", .path = "/api/v2/management/service_accounts/" path_, .mode = HTTP_WORKER,   \
    .handler = (handler_), .params = (rows), .access = ACCESS_MANAGEMENT,                          \
    .class_name = "management.service_account", .tag = "management", .reply = account_fields
#define FIND .params_size = sizeof(struct find_form), .subject = "read_service_accounts"
#define SAVE                                                                                       \
    .params_size = sizeof(struct service_account_draft), .subject = "write_service_accounts"
const struct http_route management_service_account_routes[] = {
    {ROUTE("get", get, get_params), FIND, .status = 200, .doc = "A service account."},
    {ROUTE("list", list, list_params), FIND, .status = 200, .reply_is_array = true,
     .doc = "Service accounts, of an owner or of everybody."},
    {ROUTE("create", create, create_params), SAVE, .status = 201, .doc = "Add a service account."},
    {ROUTE("update", update, update_params), SAVE, .status = 201,
     .doc = "Give a service account to an owner, whose level and state it takes."},
    {ROUTE("delete", disable, delete_params), SAVE, .status = 200,
     .doc = "Disable a service account and its API keys."},
    {.method = NULL}};

/* /management/accounts, /members, /timestamp: who owns what, for servers. */
#include "accounting/actions/change_rules.h"
#include "accounting/actions/member_save.h"
#include "accounting/http/management_support.h"
#include "accounting/store/balances_list.h"

/* ---- POST /accounts/balance, /accounts/balances ---- */

static const struct json_field balance_fields[] = {
    {"uid", JSON_TEXT, offsetof(struct owned_balance, uid), .doc = "UID of the member."},
    {"balance", JSON_DEC, offsetof(struct owned_balance, balance), .doc = "Available."},
    {"locked", JSON_DEC, offsetof(struct owned_balance, locked),
     .doc = "Locked by orders and withdrawals."},
    {NULL},
};

struct balance_form {
    const char *uid, *currency;
    struct paging paging;
};

#define AT(member) offsetof(struct balance_form, member)
static const struct param balance_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "uid", AT(uid), "UID of the member."),
    MANAGEMENT_CURRENCY_ROW(AT(currency), PARAM_REQUIRED), PARAM_END};
static const struct param balances_params[] = {
    MANAGEMENT_CURRENCY_ROW(AT(currency), PARAM_REQUIRED),
    MANAGEMENT_PAGING_ROWS(struct balance_form, paging, 100000, "1000"), PARAM_END};
#undef AT

static void balance(struct http_request *request)
{
    const struct balance_form *asked = http_params(request);
    struct owned_balance view = {.uid = asked->uid};
    struct member member;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    const char *currency = lower_text(http_arena(request), asked->currency);
    if (management_member(request, db, asked->uid, &member, &err) &&
        balance_of_member(db, member.id, currency, &view.balance, &view.locked, &err))
        http_reply_object(request, balance_fields, &view);
    else
        http_reply_err(request, &err);
}

static void balances(struct http_request *request)
{
    const struct balance_form *asked = http_params(request);
    uint64_t limit = management_limit(&asked->paging);
    struct listing listing = {.arena = http_arena(request),
                              .where = STR_INIT(LISTING_BYTES_MAX),
                              .uncounted = true,
                              .limit = limit,
                              .offset = limit * (uint64_t)(asked->paging.page.value - 1)};
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    bool ok = balances_of_currency(db, lower_text(http_arena(request), asked->currency), &listing,
                                   &listed, &err);
    str_release(&listing.where);
    if (ok)
        http_reply_array(request, balance_fields, listed.rows, listed.count,
                         sizeof(struct owned_balance));
    else
        http_reply_err(request, &err);
}

/* ---- POST /members, /members/group ---- */

#define AT(at) offsetof(struct member, at)
static const struct json_field member_row_fields[] = {
    {"uid", JSON_CHARS, AT(uid), .doc = "UID."},
    {"email", JSON_CHARS, AT(email), .doc = "E-mail."},
    {"level", JSON_I32, AT(level), .doc = "Level of identification."},
    {"role", JSON_CHARS, AT(role), .doc = "Role."},
    {"group", JSON_CHARS, AT(group), .doc = "Group of the fee table."},
    {"state", JSON_CHARS, AT(state), .doc = "State."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {NULL},
};
#undef AT

#define AT(at) offsetof(struct member_draft, at)
static const struct param create_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "email", AT(email), "E-mail."),
    ROW_TEXT_REQUIRED(MANAGEMENT, "uid", AT(uid), "UID."),
    {.name = "level",
     .kind = PARAM_I64,
     .offset = AT(level),
     .flags = PARAM_REQUIRED,
     .type_code = "level is invalid",
     DEFAULT_TEXTS(MANAGEMENT, "level"),
     .doc = "Level of identification."},
    ROW_TEXT_REQUIRED(MANAGEMENT, "role", AT(role), "Role."),
    ROW_TEXT_REQUIRED(MANAGEMENT, "state", AT(state), "State: active."),
    ROW_TEXT_REQUIRED(MANAGEMENT, "group", AT(group), "Group of the fee table."),
    PARAM_END};
static const struct param group_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "uid", AT(uid), "UID."),
    ROW_TEXT_REQUIRED(MANAGEMENT, "group", AT(group), "Group of the fee table."), PARAM_END};
#undef AT

static void reply_member(struct http_request *request, bool ok, const struct member *member,
                         struct err *err)
{
    if (!ok) {
        if (err->code == ERR_INVALID && !err->key)
            err_wrap(err, "Validation failed");
        reply_refusal(request, err);
        return;
    }
    member_cache_put(request_app(request)->members, member);
    http_reply_object(request, member_row_fields, member);
}

static void create(struct http_request *request)
{
    struct member member;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = member_create(&change, http_params(request), &member, &err);
    reply_member(request, ok, &member, &err);
}

static void set_group(struct http_request *request)
{
    const struct member_draft *asked = http_params(request);
    struct member member;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = member_set_group(&change, asked->uid, asked->group, &member, &err);
    reply_member(request, ok, &member, &err);
}

/* ---- POST /timestamp ---- */

static const struct json_field timestamp_fields[] = {
    {"timestamp", JSON_TIME_ISO, 0, .doc = "Now."},
    {NULL},
};

static void timestamp(struct http_request *request)
{
    int64_t now_us = clock_now_us(http_clock(request));
    http_reply_object(request, timestamp_fields, &now_us);
}

#define ROUTE .method = "POST", .access = ACCESS_MANAGEMENT, .tag = "management", .status = 200
const struct http_route management_member_routes[] = {
    {ROUTE, .path = "/api/v2/management/accounts/balance", .mode = HTTP_WORKER, .handler = balance,
     .params = balance_params, .params_size = sizeof(struct balance_form), .reply = balance_fields,
     .class_name = "management.account", .subject = "read_accounts",
     .doc = "The balance of a member in a currency."},
    {ROUTE, .path = "/api/v2/management/accounts/balances", .mode = HTTP_WORKER,
     .handler = balances, .params = balances_params, .params_size = sizeof(struct balance_form),
     .reply = balance_fields, .reply_is_array = true, .class_name = "management.account",
     .subject = "read_accounts", .doc = "Everybody who owns some of a currency."},
    {ROUTE, .path = "/api/v2/management/members", .mode = HTTP_WORKER, .handler = create,
     .params = create_params, .params_size = sizeof(struct member_draft),
     .reply = member_row_fields, .class_name = "management.member", .subject = "write_members",
     .doc = "Add a member."},
    {ROUTE, .path = "/api/v2/management/members/group", .mode = HTTP_WORKER, .handler = set_group,
     .params = group_params, .params_size = sizeof(struct member_draft), .reply = member_row_fields,
     .class_name = "management.member", .subject = "write_members",
     .doc = "Put a member into a group."},
    {ROUTE, .path = "/api/v2/management/timestamp", .mode = HTTP_INLINE, .handler = timestamp,
     .reply = timestamp_fields, .class_name = "management.tool", .subject = "tools",
     .doc = "The time of the server."},
    {.method = NULL}};

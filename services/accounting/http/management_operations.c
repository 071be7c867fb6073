/* /management/assets, expenses, revenues, liabilities: the ledger, read and written leg by leg. */
#include "accounting/http/management_operations.h"

#include "accounting/actions/change_rules.h"
#include "accounting/actions/transfer_create.h"
#include "accounting/domain/ledger_code.h"
#include "accounting/http/member_lookup.h"
#include "accounting/store/operations_read.h"

#include <string.h>

/* ---- views ---- */

#define AT(member) offsetof(struct management_operation_view, member)
const struct json_field management_operation_fields[] = {
    {"code", JSON_I32, AT(code), .doc = "Account code."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"credit", JSON_DEC, AT(credit), JSON_OMIT_EMPTY, .present_offset = AT(has_credit),
     .doc = "Added; or debit."},
    {"debit", JSON_DEC, AT(debit), JSON_OMIT_EMPTY, .present_offset = AT(has_debit),
     .doc = "Taken away; or credit."},
    {"uid", JSON_TEXT, AT(uid), JSON_OMIT_EMPTY, .doc = "UID of the member, if it has one."},
    {"reference_type", JSON_TEXT, AT(reference_type), .doc = "Kind of what it refers to."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was booked."},
    {NULL},
};
#undef AT

bool management_operation_views(struct http_request *request, struct db *db,
                                const struct operation *operations, size_t count,
                                struct management_operation_view **ret_views, struct err *err)
{
    struct arena *arena = http_arena(request);
    struct management_operation_view *views = arena_alloc(arena, (count + 1) * sizeof(*views));
    uint64_t *ids = arena_alloc(arena, (count + 1) * sizeof(*ids));
    struct member_lookup lookup;
    if (!views || !ids)
        return err_set(err, ERR_BUSY, "no memory for %zu operations", count);
    for (size_t i = 0; i < count; i++)
        ids[i] = operations[i].member_id;
    if (!member_lookup_load(request, db, ids, count, &lookup, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct operation *operation = &operations[i];
        const struct member *member = member_lookup_get(&lookup, operation->member_id);
        views[i] = (struct management_operation_view){
            .code = operation->code,
            .currency = operation->currency_id,
            .credit = operation->credit,
            .debit = operation->debit,
            .has_credit = !dec_is_zero(operation->credit),
            .has_debit = !dec_is_zero(operation->debit),
            .uid = member ? member->uid : NULL,
            .reference_type = operation->reference_type,
            .created_at = operation->created_at,
        };
    }
    *ret_views = views;
    return true;
}

/* ---- lists ---- */

struct list_form {
    const char *currency, *uid, *reference_type;
    struct param_i64 time_from, time_to;
    struct paging paging;
};

#define AT(member) offsetof(struct list_form, member)
/* clang-format off */
#define LIST_ROWS                                                                                  \
    MANAGEMENT_CURRENCY_ROW(AT(currency), 0),                                                      \
    {.name = "time_from", .kind = PARAM_I64, .offset = AT(time_from),                              \
     .type_code = "time_from is invalid", .doc = "Booked at or after this Unix time."},            \
    {.name = "time_to", .kind = PARAM_I64, .offset = AT(time_to),                                  \
     .type_code = "time_to is invalid", .doc = "Booked before this Unix time."},                   \
    {.name = "reference_type", .kind = PARAM_TEXT, .offset = AT(reference_type),                   \
     .flags = PARAM_LOWER, .type_code = "reference_type is invalid",                               \
     .doc = "Kind of what it refers to: order, trade, adjustment, transfer."}
/* clang-format on */
static const struct param list_params[] = {
    LIST_ROWS, MANAGEMENT_PAGING_ROWS(struct list_form, paging, 1000, "100"), PARAM_END};
static const struct param liabilities_params[] = {
    ROW_TEXT(MANAGEMENT, "uid", AT(uid), "UID of the member."), LIST_ROWS,
    MANAGEMENT_PAGING_ROWS(struct list_form, paging, 10000, "100"), PARAM_END};
#undef AT

static bool currency_is_coin(const void *arg, const char *currency_id)
{
    const struct currency *currency = catalog_currency(arg, currency_id);
    return !currency || currency->is_coin;
}

/* Seconds in the range of a time column; 0: no bound. */
static int64_t bound_us(struct param_i64 seconds, int64_t less_us)
{
    const int64_t seconds_max = INT64_C(4102444800); /* the year 2100 */
    if (!seconds.given)
        return 0;
    if (seconds.value < 1)
        return 1; /* before every row; 0 would be no bound */
    return (seconds.value < seconds_max ? seconds.value : seconds_max) * 1000000 - less_us;
}

static bool operations_find(struct http_request *request, struct db *db, enum account_type type,
                            struct operation **ret_operations, size_t *ret_count, struct err *err)
{
    const struct list_form *asked = http_params(request);
    uint64_t limit = management_limit(&asked->paging);
    struct member member;
    if (!management_member(request, db, asked->uid, &member, err))
        return false;
    struct operations_filter filter = {
        .type = type,
        .reference_type =
            asked->reference_type && *asked->reference_type ? asked->reference_type : NULL,
        .currency_id = asked->currency && *asked->currency
                           ? lower_text(http_arena(request), asked->currency)
                           : NULL,
        .member_id = member.id,
        .from_us = bound_us(asked->time_from, 0),
        .to_us = bound_us(asked->time_to, 1), /* the filter includes its end, the contract not */
        .limit = limit,
        .offset = limit * (uint64_t)(asked->paging.page.value - 1),
        .is_coin = currency_is_coin,
        .arg = request_catalog(request),
    };
    return operations_list(db, http_arena(request), &filter, ret_operations, ret_count, err);
}

static void list(struct http_request *request, enum account_type type)
{
    struct management_operation_view *views;
    struct operation *operations;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (operations_find(request, db, type, &operations, &count, &err) &&
        management_operation_views(request, db, operations, count, &views, &err))
        http_reply_array(request, management_operation_fields, views, count, sizeof(*views));
    else
        http_reply_err(request, &err);
}

/* ---- one more ---- */

struct post_form {
    const char *currency, *uid;
    struct param_i64 code;
    struct param_dec debit, credit;
};

/* The code must belong to the kind of account that the path names. */
static bool check_code(const char *text, enum account_type type)
{
    int64_t code;
    return str_to_i64(text, &code) && ledger_code_is(code, type);
}
static bool check_asset(struct http_request *request, const char *text)
{
    (void)request;
    return check_code(text, ACCOUNT_ASSET);
}
static bool check_liability(struct http_request *request, const char *text)
{
    (void)request;
    return check_code(text, ACCOUNT_LIABILITY);
}
static bool check_revenue(struct http_request *request, const char *text)
{
    (void)request;
    return check_code(text, ACCOUNT_REVENUE);
}
static bool check_expense(struct http_request *request, const char *text)
{
    (void)request;
    return check_code(text, ACCOUNT_EXPENSE);
}

#define AT(member) offsetof(struct post_form, member)
/* clang-format off */
#define SIDE_ROW(name_)                                                                            \
    {.name = #name_, .kind = PARAM_DEC, .offset = AT(name_), .flags = PARAM_POSITIVE,              \
     .type_code = #name_ " is invalid", .value_code = #name_ " does not have a valid value",       \
     .doc = "Amount, above zero; one of debit and credit."}
#define POST_ROWS(check_)                                                                          \
    MANAGEMENT_CURRENCY_ROW(AT(currency), PARAM_REQUIRED),                                         \
    {.name = "code", .kind = PARAM_I64, .offset = AT(code), .flags = PARAM_REQUIRED,               \
     .check = check_, .type_code = "code is invalid",                                              \
     .value_code = "code does not have a valid value", DEFAULT_TEXTS(MANAGEMENT, "code"),          \
     .doc = "Account code."},                                                                      \
    SIDE_ROW(debit), SIDE_ROW(credit)
/* clang-format on */
static const struct param asset_params[] = {POST_ROWS(check_asset), PARAM_END};
static const struct param expense_params[] = {POST_ROWS(check_expense), PARAM_END};
static const struct param revenue_params[] = {POST_ROWS(check_revenue), PARAM_END};
static const struct param liability_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "uid", AT(uid), "UID of the member."), POST_ROWS(check_liability),
    PARAM_END};
#undef AT

static bool post_or_refuse(struct http_request *request, const struct change *change,
                           struct ledger_entry *ret_entry, struct err *err)
{
    const struct post_form *form = http_params(request);
    struct member member;
    if (!management_member(request, change->db, form->uid, &member, err))
        return false;
    struct operation_request asked = {
        .code = form->code.value,
        .amount = form->credit.given ? form->credit.value : dec_neg(form->debit.value),
        .member_id = member.id,
    };
    snprintf(asked.currency_id, sizeof(asked.currency_id), "%s",
             lower_text(change->arena, form->currency));
    return operation_post(change, &asked, ret_entry, err);
}

static void post(struct http_request *request)
{
    const struct post_form *form = http_params(request);
    struct management_operation_view *view;
    struct operation operations[2];
    struct ledger_entry entry;
    struct change change;
    struct err err;
    if (form->debit.given == form->credit.given) {
        management_reply_param(
            request, form->debit.given
                         ? "debit, credit are mutually exclusive"
                         : "debit, credit are missing, exactly one parameter must be provided");
        return;
    }
    if (!request_change(request, &change))
        return;
    if (!post_or_refuse(request, &change, &entry, &err)) {
        management_reply_unbooked(request, &err);
        return;
    }
    accounting_outbox_wake(request_app(request));
    ledger_operations(&entry, operations);
    if (management_operation_views(request, change.db, operations, 1, &view, &err))
        http_reply_object(request, management_operation_fields, view);
    else
        http_reply_err(request, &err);
}

/* ---- routes ---- */

static void assets(struct http_request *request)
{
    list(request, ACCOUNT_ASSET);
}
static void expenses(struct http_request *request)
{
    list(request, ACCOUNT_EXPENSE);
}
static void revenues(struct http_request *request)
{
    list(request, ACCOUNT_REVENUE);
}
static void liabilities(struct http_request *request)
{
    list(request, ACCOUNT_LIABILITY);
}

#define ROUTE(tail)                                                                                \
    .method = "POST", .path = "/api/v2/management/" tail, .access = ACCESS_MANAGEMENT,             \
    .tag = "management", .mode = HTTP_WORKER, .status = 200, .class_name = "management.operation", \
    .reply = management_operation_fields
#define LIST(tail)                                                                                 \
    ROUTE(tail), .params_size = sizeof(struct list_form), .reply_is_array = true,                  \
                 .subject = "read_operations"
#define POST(tail)                                                                                 \
    ROUTE(tail), .handler = post, .params_size = sizeof(struct post_form),                         \
                 .subject = "write_operations"
const struct http_route management_operation_routes[] = {
    {LIST("assets"), .handler = assets, .params = list_params, .doc = "Operations on assets."},
    {LIST("expenses"), .handler = expenses, .params = list_params,
     .doc = "Operations on expenses."},
    {LIST("revenues"), .handler = revenues, .params = list_params,
     .doc = "Operations on revenues."},
    {LIST("liabilities"), .handler = liabilities, .params = liabilities_params,
     .doc = "Operations on liabilities: what the exchange owes its members."},
    {POST("assets/new"), .params = asset_params, .doc = "Book one side of an asset."},
    {POST("expenses/new"), .params = expense_params, .doc = "Book one side of an expense."},
    {POST("revenues/new"), .params = revenue_params, .doc = "Book one side of a revenue."},
    {POST("liabilities/new"), .params = liability_params,
     .doc = "Book one side of a liability; the member's balance follows."},
    {.method = NULL}};

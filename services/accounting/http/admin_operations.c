/* /admin/assets, liabilities, revenues, expenses: the ledger. */
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "api/csv.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/operations_read.h"

#include <ctype.h>
#include <string.h>

struct operations_request {
    const char *reference_type, *currency, *uid, *format;
    struct param_i64 rid, code;
    struct date_range dates;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct operations_request, member)
/* clang-format off */
#define ROWS                                                                                       \
    {.name = "reference_type", .kind = PARAM_TEXT, .offset = AT(reference_type),                   \
     .flags = PARAM_LOWER, .doc = "Kind of what it refers to: order, trade, adjustment, ..."},     \
    {.name = "rid", .kind = PARAM_I64, .offset = AT(rid), .doc = "Id of what it refers to."},      \
    {.name = "code", .kind = PARAM_I64, .offset = AT(code), .doc = "Account code."},               \
    {.name = "currency", .kind = PARAM_TEXT, .offset = AT(currency), .check = check_currency,      \
     .value_code = "admin.currency.doesnt_exist", .doc = "Currency code."},                        \
    {.name = "format", .kind = PARAM_TEXT, .offset = AT(format),                                   \
     .doc = "csv: a file, not paged."},                                                            \
    DATE_ROWS(struct operations_request, dates),                                                   \
    PAGING_ROWS("admin.pagination", struct operations_request, paging),                            \
    ORDERING_ROWS("admin.pagination", struct operations_request, ordering, "desc", "id")
/* clang-format on */
static const struct param operations_params[] = {ROWS, PARAM_END};
static const struct param liabilities_params[] = {
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid), .doc = "UID of the member."},
    ROWS,
    PARAM_END};
#undef AT

static bool currency_is_coin(const void *arg, const char *currency_id)
{
    const struct currency *currency = catalog_currency(arg, currency_id);
    return !currency || currency->is_coin;
}

/* Absent: 0, which is any. What no row has: `none`. */
static uint64_t number_filter(struct param_i64 number, uint64_t none)
{
    if (!number.given)
        return 0;
    return number.value > 0 && (uint64_t)number.value < none ? (uint64_t)number.value : none;
}

static bool read_filter(struct http_request *request, struct db *db, enum account_type type,
                        struct operations_filter *filter, char currency_id[CURRENCY_ID_SIZE],
                        struct err *err)
{
    const struct operations_request *asked = http_params(request);
    bool csv = csv_is_asked_for(asked->format);
    struct member member = {.id = 0};
    if (asked->uid && asked->uid[0] &&
        !member_by_uid_or_code(request, db, asked->uid, &member, err))
        return false;
    bool by_currency = asked->currency && asked->currency[0];
    for (size_t i = 0; by_currency && i < CURRENCY_ID_SIZE; i++) {
        currency_id[i] = (char)tolower((unsigned char)asked->currency[i]);
        if (!currency_id[i])
            break;
    }
    *filter = (struct operations_filter){
        .type = type,
        .reference_type =
            asked->reference_type && asked->reference_type[0] ? asked->reference_type : NULL,
        .reference_id = number_filter(asked->rid, UINT64_MAX),
        .code = (int32_t)number_filter(asked->code, INT32_MAX),
        .currency_id = by_currency ? currency_id : NULL,
        .member_id = member.id,
        .from_us = asked->dates.from.given ? asked->dates.from.value : 0,
        .to_us = asked->dates.to.given ? asked->dates.to.value : 0,
        .ascending = !ordering_is_descending(&asked->ordering),
        .limit = csv ? CSV_ROWS_MAX : paging_limit(&asked->paging),
        .offset = csv ? 0 : paging_offset(&asked->paging),
        .is_coin = currency_is_coin,
        .arg = request_catalog(request),
    };
    return true;
}

static bool views_fill(struct http_request *request, struct db *db,
                       const struct operation *operations, size_t count,
                       struct operation_view **ret_views, struct err *err)
{
    struct member_lookup lookup;
    struct operation_view *views = arena_alloc(http_arena(request), (count + 1) * sizeof(*views));
    uint64_t *ids = arena_alloc(http_arena(request), (count + 1) * sizeof(*ids));
    if (!views || !ids)
        return err_set(err, ERR_BUSY, "no memory for %zu operations", count);
    for (size_t i = 0; i < count; i++)
        ids[i] = operations[i].member_id;
    if (!member_lookup_load(request, db, ids, count, &lookup, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct member *member = member_lookup_get(&lookup, operations[i].member_id);
        operation_view_fill(&views[i], &operations[i], member ? member->uid : NULL);
    }
    *ret_views = views;
    return true;
}

static void reply_csv(struct http_request *request, const struct operation_view *views,
                      size_t count)
{
    struct str *out = csv_begin(request, "id,code,currency,credit,debit,uid,account_kind,rid,"
                                         "reference_type,created_at");
    for (size_t i = 0; i < count; i++) {
        csv_u64(out, views[i].id);
        csv_u64(out, (uint64_t)views[i].code);
        csv_text(out, views[i].currency);
        csv_dec(out, views[i].credit);
        csv_dec(out, views[i].debit);
        csv_text(out, views[i].uid);
        csv_text(out, views[i].account_kind);
        csv_u64(out, views[i].rid);
        csv_text(out, views[i].reference_type);
        csv_time(out, views[i].created_at);
        csv_end_row(out);
    }
    http_reply_built(request, 200);
}

static void list(struct http_request *request, enum account_type type)
{
    const struct operations_request *asked = http_params(request);
    char currency_id[CURRENCY_ID_SIZE] = "";
    struct operations_filter filter;
    struct operation *operations;
    struct operation_view *views = NULL;
    size_t count = 0;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!read_filter(request, db, type, &filter, currency_id, &err) ||
        !operations_list(db, http_arena(request), &filter, &operations, &count, &err) ||
        !views_fill(request, db, operations, count, &views, &err)) {
        http_reply_err(request, &err);
    } else if (csv_is_asked_for(asked->format)) {
        reply_csv(request, views, count);
    } else {
        paging_headers(request, &asked->paging, PAGING_UNCOUNTED);
        http_reply_array(request, operation_fields, views, count, sizeof(*views));
    }
}

static void assets(struct http_request *request)
{
    list(request, ACCOUNT_ASSET);
}

static void liabilities(struct http_request *request)
{
    list(request, ACCOUNT_LIABILITY);
}

static void revenues(struct http_request *request)
{
    list(request, ACCOUNT_REVENUE);
}

static void expenses(struct http_request *request)
{
    list(request, ACCOUNT_EXPENSE);
}

#define OPERATIONS(tail, of)                                                                       \
    .method = "GET", .path = "/api/v2/admin/" tail, .mode = HTTP_WORKER, .access = ACCESS_ADMIN,   \
    .action = "read", .subject = "Operations::" of,                                                \
    .params_size = sizeof(struct operations_request), .reply = operation_fields,                   \
    .reply_is_array = true, .class_name = "admin.operation", .tag = "admin"

const struct http_route admin_operation_routes[] = {
    {OPERATIONS("assets", "Asset"), .handler = assets, .params = operations_params,
     .doc = "Operations on assets."},
    {OPERATIONS("expenses", "Expense"), .handler = expenses, .params = operations_params,
     .doc = "Operations on expenses."},
    {OPERATIONS("revenues", "Revenue"), .handler = revenues, .params = operations_params,
     .doc = "Operations on revenues."},
    {OPERATIONS("liabilities", "Liability"), .handler = liabilities, .params = liabilities_params,
     .doc = "Operations on liabilities: what the exchange owes its members."},
    {.method = NULL}};

/* /admin/adjustments: manual bookings, asked for and decided by administrators. */
#include "accounting/actions/adjustment_decide.h"
#include "accounting/actions/change_rules.h"
#include "accounting/domain/ledger_code.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_admin.h"
#include "accounting/http/routes_admin.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- replies ---- */

static const struct ledger_entry *entry_find(const struct ledger_entry *entries, size_t count,
                                             uint64_t id)
{
    for (size_t i = 0; i < count && id != 0; i++)
        if (entries[i].id == id)
            return &entries[i];
    return NULL;
}

static void operations_fill(struct adjustment_view *view, const struct ledger_entry *entry,
                            struct operation_view *room, struct operation *operations)
{
    size_t count = ledger_operations(entry, operations);
    for (size_t i = 0; i < count; i++) {
        const struct operation_view *filled = &room[i];
        enum account_type type = account_code_type(operations[i].code);
        operation_view_fill(&room[i], &operations[i],
                            type == ACCOUNT_LIABILITY ? view->receiving_member_uid : NULL);
        if (type == ACCOUNT_ASSET)
            view->asset = filled;
        else if (type == ACCOUNT_LIABILITY)
            view->liability = filled;
        else if (type == ACCOUNT_REVENUE)
            view->revenue = filled;
        else
            view->expense = filled;
    }
}

static bool view_fill(struct arena *arena, const struct adjustment *row,
                      const struct ledger_entry *entry, struct adjustment_view *view)
{
    struct receiving_account receiving = receiving_account_of(row);
    char *code = arena_alloc(arena, 24);
    struct operation_view *room = arena_alloc(arena, 2 * sizeof(*room));
    struct operation *operations = arena_alloc(arena, 2 * sizeof(*operations));
    if (!code || !room || !operations)
        return false;
    snprintf(code, 24, "%lld", (long long)receiving.code);
    *view = (struct adjustment_view){
        .id = row->id,
        .reason = row->reason,
        .description = row->description,
        .category = adjustment_category_word(row->category),
        .amount = row->amount,
        .validator_uid = row->validator_uid,
        .creator_uid = row->creator_uid,
        .currency = row->currency_id,
        .state = adjustment_state_word(row->state),
        .asset_account_code = row->asset_account_code,
        .receiving_account_code = code,
        .receiving_member_uid = receiving.uid,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    if (entry)
        operations_fill(view, entry, room, operations);
    return true;
}

/* NULL: the reply (an error) is made. */
static const struct adjustment_view *views_or_reply(struct http_request *request, struct db *db,
                                                    const struct adjustment *rows, size_t count)
{
    struct adjustment_view *views = admin_alloc_or_reply(request, count, sizeof(*views));
    if (!views)
        return NULL;
    struct ledger_entry *entries = admin_alloc_or_reply(request, count, sizeof(*entries));
    if (!entries)
        return NULL;
    uint64_t *ids = admin_alloc_or_reply(request, count, sizeof(*ids));
    if (!ids)
        return NULL;
    size_t ids_count = 0, entries_count;
    struct err err;
    for (size_t i = 0; i < count; i++)
        if (rows[i].journal_id != 0)
            ids[ids_count++] = rows[i].journal_id;
    bool ok = adjustment_entries(db, ids, ids_count, entries, &entries_count, &err);
    for (size_t i = 0; i < count && ok; i++)
        ok = view_fill(http_arena(request), &rows[i],
                       entry_find(entries, entries_count, rows[i].journal_id), &views[i]) ||
             err_set(&err, ERR_BUSY, "no memory for adjustments");
    if (ok)
        return views;
    http_reply_err(request, &err);
    return NULL;
}

static void reply_adjustment(struct http_request *request, struct db *db,
                             const struct adjustment *row)
{
    const struct adjustment_view *view = views_or_reply(request, db, row, 1);
    if (view)
        http_reply_object(request, adjustment_fields, view);
}

/* ---- GET /admin/adjustments ---- */

struct adjustment_list_form {
    const char *currency, *state, *category;
    struct date_range dates;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct adjustment_list_form, member)
static const struct param list_params[] = {
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .check = check_currency,
     .value_code = "admin.currency.doesnt_exist",
     .doc = "Currency code."},
    {.name = "state",
     .kind = PARAM_TEXT,
     .offset = AT(state),
     .values = "pending accepted rejected",
     .value_code = "admin.adjustment.invalid_action",
     .doc = "State."},
    {.name = "category",
     .kind = PARAM_TEXT,
     .offset = AT(category),
     .values = "asset_registration investment minting_token balance_anomaly misc refund "
               "compensation incentive bank_fees bank_interest minor",
     .value_code = "admin.adjustment.invalid_category",
     .doc = "Kind of adjustment."},
    DATE_ROWS(struct adjustment_list_form, dates),
    PAGING_ROWS("admin.pagination", struct adjustment_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct adjustment_list_form, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static int64_t state_number(const char *word)
{
    if (!word)
        return 0;
    return word[0] == 'p'   ? ADJUSTMENT_PENDING
           : word[0] == 'a' ? ADJUSTMENT_ACCEPTED
                            : ADJUSTMENT_REJECTED;
}

static void list(struct http_request *request)
{
    const struct adjustment_list_form *asked = http_params(request);
    struct adjustment_filter filter = {
        .currency_id = lower_text(http_arena(request), asked->currency),
        .state = state_number(asked->state),
        .category = asked->category ? adjustment_category_number(asked->category) : 0,
        .by_update = asked->dates.range[0] != 'c' || asked->dates.range[1] != 'r',
        .from_us = asked->dates.from.value,
        .to_us = asked->dates.to.value,
    };
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = adjustment_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    const struct adjustment_view *views = views_or_reply(request, db, listed.rows, listed.count);
    if (!views)
        return;
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, adjustment_fields, views, listed.count, sizeof(*views));
}

/* ---- GET /admin/adjustments/:id ---- */

struct adjustment_path {
    struct param_i64 id;
    const char *action;
};

static const struct param path_params[] = {
    ROW_ID_IN_PATH(offsetof(struct adjustment_path, id), "account.adjustment.non_integer_id"),
    PARAM_END};

static void show(struct http_request *request)
{
    const struct adjustment_path *path = http_params(request);
    struct adjustment row;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (path->id.value > 0 &&
        adjustment_get(db, http_arena(request), (uint64_t)path->id.value, &row, &err)) {
        reply_adjustment(request, db, &row);
        return;
    }
    if (path->id.value <= 0)
        err_set(&err, ERR_NOT_FOUND, "no adjustment %lld", (long long)path->id.value);
    http_reply_err(request, &err);
}

/* ---- POST /admin/adjustments/new ---- */

static bool check_asset_code(struct http_request *request, const char *text)
{
    int64_t code;
    (void)request;
    return str_to_i64(text, &code) && ledger_code_is(code, ACCOUNT_ASSET);
}

static bool check_receiving_code(struct http_request *request, const char *text)
{
    int64_t code;
    (void)request;
    return str_to_i64(text, &code) && ledger_code_is_known(code) &&
           !ledger_code_is(code, ACCOUNT_ASSET);
}

static bool needs_member(const void *params)
{
    const struct adjustment_draft *draft = params;
    return ledger_code_has_member(draft->receiving_account_code.value);
}

#define AT(member) offsetof(struct adjustment_draft, member)
static const struct param create_params[] = {
    {.name = "reason",
     .kind = PARAM_TEXT,
     .offset = AT(reason),
     .flags = PARAM_REQUIRED,
     .doc = "Why, in a few words."},
    {.name = "description",
     .kind = PARAM_TEXT,
     .offset = AT(description),
     .flags = PARAM_REQUIRED,
     .doc = "Why, at length."},
    {.name = "category",
     .kind = PARAM_TEXT,
     .offset = AT(category),
     .flags = PARAM_REQUIRED,
     .values = "asset_registration investment minting_token balance_anomaly misc refund "
               "compensation incentive bank_fees bank_interest minor",
     .value_code = "admin.adjustment.invalid_category",
     .doc = "Kind of adjustment."},
    {.name = "amount",
     .kind = PARAM_DEC,
     .offset = AT(amount),
     .flags = PARAM_REQUIRED,
     .type_code = "admin.adjustment.non_decimal_amount",
     .doc = "Below zero: taken away."},
    {.name = "currency_id",
     .kind = PARAM_TEXT,
     .offset = AT(currency_id),
     .flags = PARAM_REQUIRED,
     .check = check_currency_lower,
     .value_code = "admin.adjustment.currency_doesnt_exist",
     .doc = "Currency code."},
    {.name = "asset_account_code",
     .kind = PARAM_I64,
     .offset = AT(asset_account_code),
     .flags = PARAM_REQUIRED,
     .check = check_asset_code,
     .type_code = "admin.adjustment.non_integer_asset_account_code",
     .value_code = "admin.adjustment.invalid_asset_account_code",
     .doc = "101 or 102."},
    {.name = "receiving_account_code",
     .kind = PARAM_I64,
     .offset = AT(receiving_account_code),
     .flags = PARAM_REQUIRED,
     .check = check_receiving_code,
     .type_code = "admin.adjustment.non_integer_receiving_account_code",
     .value_code = "admin.adjustment.invalid_receiving_account_code",
     .doc = "A liability, revenue or expense."},
    {.name = "receiving_member_uid",
     .kind = PARAM_TEXT,
     .offset = AT(receiving_member_uid),
     .required_if = needs_member,
     .missing_code = "admin.adjustment.missing_receiving_member_uid",
     .doc = "Whose liability it is."},
    PARAM_END};
#undef AT

static void create(struct http_request *request)
{
    const struct adjustment_draft *draft = http_params(request);
    struct adjustment row;
    struct change change;
    struct err err;
    if (draft->receiving_member_uid && *draft->receiving_member_uid &&
        ledger_code_is(draft->receiving_account_code.value, ACCOUNT_EXPENSE)) {
        reply_code(request, "admin.adjustment.redundant_receiving_member_uid");
        return;
    }
    if (!request_change(request, &change))
        return;
    if (adjustment_create(&change, draft, request_member(request)->id, &row, &err))
        reply_adjustment(request, change.db, &row);
    else
        reply_refusal(request, &err);
}

/* ---- POST /admin/adjustments/action ---- */

static const struct param action_params[] = {
    ROW_ID(ADMIN, offsetof(struct adjustment_path, id), "admin.adjustment.non_integer_id"),
    {.name = "action",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct adjustment_path, action),
     .flags = PARAM_REQUIRED,
     .values = "accept reject",
     .value_code = "admin.adjustment.invalid_action",
     .doc = "What to do."},
    PARAM_END};

static void reply_undecided(struct http_request *request, bool accept, struct err *err)
{
    if (err->code == ERR_STATE_CONFLICT)
        err->key = accept ? "admin.adjustment.cannot_perform_accept_action"
                          : "admin.adjustment.cannot_perform_reject_action";
    if (err->code == ERR_FUNDS_INSUFFICIENT)
        err->key = "admin.adjustment.user_insufficient_balance";
    http_reply_err(request, err);
}

static void decide(struct http_request *request)
{
    const struct adjustment_path *asked = http_params(request);
    struct adjustment_decision decision = {
        .id = asked->id.value > 0 ? (uint64_t)asked->id.value : 0,
        .validator_id = request_member(request)->id,
        .accept = asked->action[0] == 'a',
    };
    struct adjustment row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (!adjustment_settle(&change, &decision, &row, &err)) {
        reply_undecided(request, decision.accept, &err);
        return;
    }
    accounting_outbox_wake(request_app(request));
    reply_adjustment(request, change.db, &row);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.adjustment",                 \
    .subject = "Adjustment", .tag = "admin", .reply = adjustment_fields
const struct http_route admin_adjustment_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/adjustments",
     ROUTE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct adjustment_list_form),
     .reply_is_array = true,
     .action = "read",
     .doc = "Adjustments."},
    {.method = "GET",
     .path = "/api/v2/admin/adjustments/:id",
     ROUTE,
     .handler = show,
     .params = path_params,
     .params_size = sizeof(struct adjustment_path),
     .action = "read",
     .doc = "One adjustment."},
    {.method = "POST",
     .path = "/api/v2/admin/adjustments/new",
     ROUTE,
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct adjustment_draft),
     .action = "create",
     .doc = "Ask for an adjustment."},
    {.method = "POST",
     .path = "/api/v2/admin/adjustments/action",
     ROUTE,
     .handler = decide,
     .params = action_params,
     .params_size = sizeof(struct adjustment_path),
     .action = "update",
     .doc = "Accept or reject an adjustment."},
    {.method = NULL}};

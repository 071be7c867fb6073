/* /account/withdraws, /account/transactions: what I take out, and the history of it. */
#include "accounting/actions/change_rules.h"
#include "accounting/actions/withdraw_create.h"
#include "accounting/actions/withdraw_decide.h"
#include "accounting/actions/withdraw_limits.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/order_form.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/withdraws.h"

#include <string.h>

#define STATES                                                                                     \
    "prepared accepted skipped processing confirming succeed canceled rejected failed errored"

enum { LIMIT_MAX = 100, NOTE_BYTES_MAX = 256 };

static bool check_visible_currency(struct http_request *request, const char *code)
{
    const struct currency *currency =
        catalog_currency(request_catalog(request), lower_text(http_arena(request), code));
    return currency && currency->is_visible;
}

/* ---- GET /account/withdraws ---- */

struct list_form {
    const char *currency, *blockchain_key, *rid;
    struct param_list state;
    struct param_i64 time_from, time_to;
    struct paging paging;
};

#define AT(member) offsetof(struct list_form, member)
static const struct param list_params[] = {
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .check = check_visible_currency,
     .value_code = "account.currency.doesnt_exist",
     .doc = "Currency code."},
    {.name = "blockchain_key",
     .kind = PARAM_TEXT,
     .offset = AT(blockchain_key),
     .check = check_blockchain_key,
     .value_code = "account.withdraw.blockchain_key_doesnt_exist",
     .doc = "Key of the blockchain."},
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = AT(paging.limit),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = LIMIT_MAX,
     .fallback = "100",
     .type_code = "account.withdraw.non_integer_limit",
     .value_code = "account.withdraw.invalid_limit",
     .doc = "Rows of a page."},
    {.name = "state",
     .kind = PARAM_MULTI,
     .offset = AT(state),
     .values = STATES,
     .value_code = "account.withdraw.invalid_state",
     .doc = "States."},
    {.name = "rid",
     .kind = PARAM_TEXT,
     .offset = AT(rid),
     .flags = PARAM_NOT_BLANK,
     .doc = "Where to: exactly this."},
    {.name = "time_from",
     .kind = PARAM_I64,
     .offset = AT(time_from),
     .flags = PARAM_NOT_BLANK,
     .type_code = "account.withdraw.non_integer_time_from",
     .empty_code = "account.withdraw.empty_time_from",
     .doc = "Changed at or after this Unix time."},
    {.name = "time_to",
     .kind = PARAM_I64,
     .offset = AT(time_to),
     .flags = PARAM_NOT_BLANK,
     .type_code = "account.withdraw.non_integer_time_to",
     .empty_code = "account.withdraw.empty_time_to",
     .doc = "Changed at or before this Unix time."},
    {.name = "page",
     .kind = PARAM_I64,
     .offset = AT(paging.page),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = INT32_MAX,
     .fallback = "1",
     .type_code = "account.withdraw.non_integer_page",
     .value_code = "account.withdraw.non_positive_page",
     .doc = "Number of the page, from 1."},
    PARAM_END};
#undef AT

static uint32_t states_of(const struct param_list *words)
{
    uint32_t states = 0;
    enum withdraw_state state;
    for (size_t i = 0; i < words->count; i++)
        if (withdraw_state_of(words->items[i], &state))
            states |= 1u << state;
    return states;
}

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    const struct withdraw_filter filter = {
        .member_id = request_member(request)->id,
        .currency_id = lower_text(http_arena(request), asked->currency),
        .blockchain_key = asked->blockchain_key,
        .rid = asked->rid,
        .states = states_of(&asked->state),
        .time = WITHDRAW_UPDATED,
        .from_us = seconds_to_us(asked->time_from),
        .to_us = seconds_to_us(asked->time_to),
    };
    struct outgoing outgoing;
    struct listed listed;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    struct listing listing = listing_of(request, &asked->paging,
                                        &(struct ordering){.ordering = "desc", .order_by = "id"});
    bool ok = withdraw_list(outgoing.db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    const struct withdraw_view *views =
        withdraw_views_or_reply(request, &outgoing, listed.rows, listed.count);
    if (!views)
        return;
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, withdraw_fields, views, listed.count, sizeof(*views));
}

/* ---- GET /account/withdraws/sums ---- */

#define AT(member) offsetof(struct withdraw_sums, member)
static const struct json_field sums_fields[] = {
    {"last_24_hours", JSON_DEC, AT(last_24_hours), .doc = "In the platform currency."},
    {"last_1_month", JSON_DEC, AT(last_1_month), .doc = "In the platform currency."},
    {NULL}};
#undef AT

static void sums(struct http_request *request)
{
    struct outgoing outgoing;
    struct withdraw_sums found;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    if (withdraw_sums_of(&outgoing, request_member(request)->id, &found, &err))
        http_reply_object(request, sums_fields, &found);
    else
        http_reply_err(request, &err);
}

/* ---- POST /account/withdraws ---- */

struct create_form {
    struct param_i64 otp, beneficiary_id;
    const char *currency, *note;
    struct param_dec amount;
};

#define AT(member) offsetof(struct create_form, member)
static const struct param create_params[] = {
    {.name = "otp",
     .kind = PARAM_I64,
     .offset = AT(otp),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .type_code = "account.withdraw.non_integer_otp",
     .doc = "One-time code."},
    {.name = "beneficiary_id",
     .kind = PARAM_I64,
     .offset = AT(beneficiary_id),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .type_code = "account.withdraw.non_integer_beneficiary_id",
     .doc = "Where to: one of my active beneficiaries."},
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .flags = PARAM_REQUIRED,
     .check = check_visible_currency,
     .value_code = "account.currency.doesnt_exist",
     .doc = "Currency code."},
    {.name = "amount",
     .kind = PARAM_DEC,
     .offset = AT(amount),
     .flags = PARAM_REQUIRED | PARAM_POSITIVE,
     .type_code = "account.withdraw.non_decimal_amount",
     .value_code = "account.withdraw.non_positive_amount",
     .doc = "What to take out, fee included."},
    {.name = "note",
     .kind = PARAM_TEXT,
     .offset = AT(note),
     .flags = PARAM_RANGE,
     .max = NOTE_BYTES_MAX,
     .length_code = "account.withdraw.too_long_note",
     .doc = "Text about it."},
    PARAM_END};
#undef AT

static void reply_refused(struct http_request *request, struct err *err)
{
    if (err->code == ERR_FUNDS_INSUFFICIENT)
        err->key = "account.withdraw.insufficient_balance";
    /* What we depend on is away: the contract's word, and nothing was locked. */
    if (err->code == ERR_PEER_UNAVAILABLE) {
        struct err story = *err;
        err_set_key(err, ERR_INVALID, "account.withdraw.create_error", "%.180s", story.what);
    }
    if ((err->code == ERR_INVALID || err->code == ERR_STATE_CONFLICT) && !err->key)
        err->key = "account.withdraw.create_error";
    http_reply_err(request, err);
}

static void create(struct http_request *request)
{
    const struct create_form *form = http_params(request);
    struct outgoing outgoing;
    struct withdraw row;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    const struct withdraw_request asked = {
        .member = request_member(request),
        .beneficiary_id =
            form->beneficiary_id.value > 0 ? (uint64_t)form->beneficiary_id.value : UINT64_MAX,
        .currency_id = lower_text(outgoing.arena, form->currency),
        .sum = form->amount.value,
        .note = form->note,
        .otp = form->otp.value,
    };
    if (!withdraw_create(&outgoing, &asked, &row, &err)) {
        reply_refused(request, &err);
        return;
    }
    accounting_outbox_wake(outgoing.app);
    struct withdraw_view view = withdraw_view_of(&outgoing, &row);
    http_reply_object(request, withdraw_fields, &view);
}

/* ---- POST /account/withdraws/:id/cancel ---- */

struct path_form {
    struct param_i64 id;
};
static const struct param path_params[] = {
    ROW_ID_IN_PATH(offsetof(struct path_form, id), "account.withdraw.non_integer_id"), PARAM_END};

static void cancel(struct http_request *request)
{
    const struct path_form *form = http_params(request);
    struct outgoing outgoing;
    struct withdraw row;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    const struct withdraw_decision decision = {
        .id = form->id.value > 0 ? (uint64_t)form->id.value : 0,
        .member_id = request_member(request)->id,
        .event = WITHDRAW_DO_CANCEL,
    };
    if (!withdraw_decide(&outgoing, &decision, &row, &err)) {
        if (err.code == ERR_STATE_CONFLICT)
            err.key = "account.withdraw.cannot_cancel";
        http_reply_err(request, &err);
        return;
    }
    accounting_outbox_wake(outgoing.app);
    struct withdraw_view view = withdraw_view_of(&outgoing, &row);
    http_reply_object(request, withdraw_fields, &view);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_WITHDRAW, .class_name = "account.withdraw",              \
    .subject = "Withdraw", .tag = "account"
const struct http_route account_withdraw_routes[] = {
    {.method = "GET",
     ROUTE,
     .path = "/api/v2/account/withdraws",
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct list_form),
     .reply = withdraw_fields,
     .reply_is_array = true,
     .action = "read",
     .doc = "What I took out."},
    {.method = "GET",
     ROUTE,
     .path = "/api/v2/account/withdraws/sums",
     .handler = sums,
     .reply = sums_fields,
     .action = "read",
     .doc = "What counts for my limits: the last 24 hours and the last month."},
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/account/withdraws",
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct create_form),
     .reply = withdraw_fields,
     .action = "create",
     .doc = "Take out an amount, to a beneficiary."},
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/account/withdraws/:id/cancel",
     .handler = cancel,
     .params = path_params,
     .params_size = sizeof(struct path_form),
     .reply = withdraw_fields,
     .action = "create",
     .doc = "Cancel one, as long as its payment is not signed."},
    {.method = NULL}};

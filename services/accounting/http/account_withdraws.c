/* /account/withdraws, /account/transactions: what I take out, and the history of it. */
#include "accounting/actions/change_rules.h"
#include "accounting/actions/withdraw_create.h"
#include "accounting/actions/withdraw_decide.h"
#include "accounting/actions/withdraw_limits.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/money_params.h"
#include "accounting/http/order_form.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/withdraws.h"

#include <string.h>

enum { NOTE_BYTES_MAX = 256 };

/* ---- GET /account/withdraws ---- */

struct list_form {
    const char *currency, *blockchain_key, *rid;
    struct param_list state;
    struct param_i64 time_from, time_to;
    struct paging paging;
};

#define AT(member) offsetof(struct list_form, member)
static const struct param list_params[] = {
    ACCOUNT_CURRENCY_ROW(AT(currency), 0, check_visible_currency),
    ACCOUNT_CHAIN_ROW("withdraw", AT(blockchain_key), 0, "Key of the blockchain."),
    ACCOUNT_LIMIT_ROW("withdraw", AT(paging.limit), PAGE_LIMIT_BARE_MAX),
    {.name = "state",
     .kind = PARAM_MULTI,
     .offset = AT(state),
     .values = WITHDRAW_STATES_SHOWN,
     .value_code = "account.withdraw.invalid_state",
     .doc = "States."},
    {.name = "rid",
     .kind = PARAM_TEXT,
     .offset = AT(rid),
     .flags = PARAM_NOT_BLANK,
     .doc = "Where to: exactly this."},
    ACCOUNT_TIME_ROW("withdraw", time_from, "Changed at or after this Unix time."),
    ACCOUNT_TIME_ROW("withdraw", time_to, "Changed at or before this Unix time."),
    ACCOUNT_PAGE_ROW("withdraw", AT(paging.page)),
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
    paging_headers(request, &asked->paging, listed.total);
    withdraws_reply(request, &outgoing, withdraw_fields, &listed);
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
    ACCOUNT_CURRENCY_ROW(AT(currency), PARAM_REQUIRED, check_visible_currency),
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

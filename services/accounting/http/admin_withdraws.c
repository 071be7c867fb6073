/* /admin/withdraws: what members take out, for operators. */
#include "accounting/actions/change_rules.h"
#include "accounting/actions/withdraw_approve.h"
#include "accounting/actions/withdraw_decide.h"
#include "accounting/domain/wallet.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/routes_admin.h"
#include "accounting/store/beneficiaries.h"
#include "accounting/store/withdraws.h"

#include <stdio.h>
#include <string.h>

#define STATES                                                                                     \
    "prepared accepted skipped processing confirming succeed canceled rejected failed errored "    \
    "to_reject"
#define EVENTS "accept cancel reject process load dispatch success skip fail err"

/* ---- GET /admin/withdraws ---- */

struct list_form {
    struct param_list state;
    struct param_i64 id, confirmations;
    const char *blockchain_key, *txid, *tid, *rid, *wallet_type, *uid, *email, *currency, *type;
    struct date_range dates;
    struct paging paging;
    struct ordering ordering;
};

static bool check_gateway(struct http_request *request, const char *name)
{
    (void)request;
    for (size_t i = 0; wallet_gateways[i]; i++)
        if (strcmp(wallet_gateways[i], name) == 0)
            return true;
    return false;
}

#define AT(member) offsetof(struct list_form, member)
#define TEXT_ROW(name_, member_, doc_)                                                             \
    {                                                                                              \
        .name = (name_), .kind = PARAM_TEXT, .offset = AT(member_), .doc = (doc_)                  \
    }
static const struct param list_params[] = {
    {.name = "state",
     .kind = PARAM_MULTI,
     .offset = AT(state),
     .values = STATES,
     .value_code = "admin.withdraw.invalid_state",
     .doc = "States."},
    {.name = "blockchain_key",
     .kind = PARAM_TEXT,
     .offset = AT(blockchain_key),
     .check = check_blockchain_key,
     .value_code = "admin.withdraw.blockchain_key_doesnt_exist",
     .doc = "Key of the blockchain."},
    {.name = "id",
     .kind = PARAM_I64,
     .offset = AT(id),
     .type_code = "admin.withdraw.non_integer_id",
     .doc = "Id."},
    TEXT_ROW("txid", txid, "Transaction of the chain."),
    TEXT_ROW("tid", tid, "Id for other servers."),
    TEXT_ROW("rid", rid, "Where to."),
    {.name = "wallet_type",
     .kind = PARAM_TEXT,
     .offset = AT(wallet_type),
     .check = check_gateway,
     .value_code = "admin.withdraw.invalid_wallet_type",
     .doc = "Gateway of the hot wallet of its chain."},
    TEXT_ROW("uid", uid, "Whose."),
    TEXT_ROW("email", email, "Whose: by e-mail address."),
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .check = check_currency,
     .value_code = "admin.currency.doesnt_exist",
     .doc = "Currency code."},
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .values = "coin fiat",
     .value_code = "admin.currency.invalid_type",
     .doc = "coin or fiat."},
    DATE_ROWS(struct list_form, dates),
    PAGING_ROWS("admin.pagination", struct list_form, paging),
    ORDERING_ROWS("admin.pagination", struct list_form, ordering, "desc", "id"),
    PARAM_END};
#undef TEXT_ROW
#undef AT

static enum withdraw_time time_of(const char *range)
{
    return range[0] == 'u'                   ? WITHDRAW_UPDATED
           : strcmp(range, "completed") == 0 ? WITHDRAW_COMPLETED
                                             : WITHDRAW_CREATED;
}

static bool filter_of(struct http_request *request, struct db *db, struct withdraw_filter *filter,
                      struct err *err)
{
    const struct list_form *asked = http_params(request);
    enum withdraw_state state;
    struct member member = {.id = 0};
    *filter = (struct withdraw_filter){
        .id = asked->id.given && asked->id.value > 0 ? (uint64_t)asked->id.value : 0,
        .currency_id = lower_text(http_arena(request), asked->currency),
        .blockchain_key = asked->blockchain_key,
        .rid = asked->rid,
        .tid = asked->tid,
        .txid = asked->txid,
        .wallet_type = asked->wallet_type,
        .is_coin = !asked->type            ? 0
                   : asked->type[0] == 'c' ? 1
                                           : -1,
        .time = time_of(asked->dates.range),
        .from_us = asked->dates.from.value,
        .to_us = asked->dates.to.value,
    };
    for (size_t i = 0; i < asked->state.count; i++)
        if (withdraw_state_of(asked->state.items[i], &state))
            filter->states |= 1u << state;
    if (asked->uid && *asked->uid && !member_by_uid_or_code(request, db, asked->uid, &member, err))
        return false;
    /* Nobody has that address: id 0 would be everybody. */
    if (asked->email && *asked->email && !members_by_email(db, asked->email, &member, err)) {
        if (err->code != ERR_NOT_FOUND)
            return false;
        member.id = UINT64_MAX;
    }
    filter->member_id = member.id;
    return true;
}

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct withdraw_filter filter;
    struct outgoing outgoing;
    struct listed listed;
    struct err err;
    if (!request_outgoing(request, "admin", &outgoing))
        return;
    if (!filter_of(request, outgoing.db, &filter, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = withdraw_list(outgoing.db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    withdraws_reply(request, &outgoing, admin_withdraw_fields, &listed);
}

/* ---- one ---- */

struct action_form {
    struct param_i64 id;
    const char *action, *txid, *metadata, *signed_document;
};

static uint64_t id_of(struct param_i64 id)
{
    return id.value > 0 ? (uint64_t)id.value : 0;
}

static void reply_row(struct http_request *request, const struct outgoing *outgoing,
                      const struct withdraw *row)
{
    struct withdraw_view view = withdraw_view_of(outgoing, row);
    accounting_outbox_wake(outgoing->app);
    http_reply_object(request, admin_withdraw_fields, &view);
}

static const struct param path_params[] = {
    ROW_ID_IN_PATH(offsetof(struct action_form, id), "admin.withdraw.non_integer_id"), PARAM_END};

static void show(struct http_request *request)
{
    const struct action_form *form = http_params(request);
    struct outgoing outgoing;
    struct withdraw row;
    struct beneficiary beneficiary;
    struct beneficiary_view shown;
    struct err err;
    if (!request_outgoing(request, "admin", &outgoing))
        return;
    if (!withdraw_find(outgoing.db, outgoing.arena, id_of(form->id), 0, &row, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct withdraw_view view = withdraw_view_of(&outgoing, &row);
    if (row.beneficiary_id != 0 &&
        beneficiary_find(outgoing.db, outgoing.arena, row.beneficiary_id, 0, &beneficiary, &err)) {
        if (!beneficiary_view_or_reply(request, &outgoing, &beneficiary, false, &shown))
            return;
        view.beneficiary = &shown;
        view.has_beneficiary = true;
    }
    http_reply_object(request, admin_withdraw_fields, &view);
}

/* ---- POST /admin/withdraws/actions ---- */

#define AT(member) offsetof(struct action_form, member)
static const struct param action_params[] = {
    ROW_ID(ADMIN, AT(id), "admin.withdraw.non_integer_id"),
    {.name = "action",
     .kind = PARAM_TEXT,
     .offset = AT(action),
     .flags = PARAM_REQUIRED,
     .values = EVENTS,
     .value_code = "admin.withdraw.invalid_action",
     .doc = "What to do."},
    {.name = "txid",
     .kind = PARAM_TEXT,
     .offset = AT(txid),
     .flags = PARAM_RANGE,
     .max = 128,
     .length_code = "admin.withdraw.too_long_txid",
     .doc = "Coins: the transaction of load, dispatch, success."},
    PARAM_END};
static const struct param metadata_params[] = {
    ROW_ID(ADMIN, AT(id), "admin.withdraw.non_integer_id"),
    {.name = "metadata",
     .kind = PARAM_JSON,
     .offset = AT(metadata),
     .flags = PARAM_REQUIRED,
     .check = check_json_object,
     .doc = "An object; its members are added to those that are kept."},
    PARAM_END};
static const struct param approve_params[] = {
    ROW_ID_IN_PATH(AT(id), "admin.withdraw.non_integer_id"),
    {.name = "signed",
     .kind = PARAM_JSON,
     .offset = AT(signed_document),
     .check = check_json_object,
     .value_code = "admin.withdraw.invalid_approval",
     .doc =
         "What the approver signed with his own key (bourse-signer --approve): a JWS in general "
         "JSON "
         "form over payout_id, chain, contract, to, units, iat, exp, jti. It goes to the signer."},
    PARAM_END};
#undef AT

/* Keys of errors live for ever. */
static const char *refusal_key(enum withdraw_event event)
{
    static const char *const keys[] = {
#define E(name, word) [WITHDRAW_DO_##name] = "admin.withdraw.cannot_" word,
        WITHDRAW_EVENTS(E)
#undef E
    };
    return keys[event];
}

static bool takes_txid(enum withdraw_event event)
{
    return event == WITHDRAW_DO_LOAD || event == WITHDRAW_DO_DISPATCH ||
           event == WITHDRAW_DO_SUCCESS;
}

static void act(struct http_request *request)
{
    const struct action_form *form = http_params(request);
    struct withdraw_decision decision = {.id = id_of(form->id)};
    bool is_known = withdraw_event_of(form->action, &decision.event);
    struct outgoing outgoing;
    struct withdraw row;
    struct err err;
    assert(is_known); /* the parameter table has no other words */
    if (!request_outgoing(request, request_operator(request), &outgoing))
        return;
    if (form->txid && *form->txid && takes_txid(decision.event))
        decision.txid = form->txid;
    if (!withdraw_find(outgoing.db, outgoing.arena, decision.id, 0, &row, &err)) {
        http_reply_err(request, &err);
        return;
    }
    if (decision.txid && !row.is_coin) {
        reply_code(request, "admin.withdraw.redundant_txid");
        return;
    }
    if (withdraw_decide(&outgoing, &decision, &row, &err)) {
        reply_row(request, &outgoing, &row);
        return;
    }
    if (err.code == ERR_STATE_CONFLICT || err.code == ERR_FUNDS_INSUFFICIENT)
        err.key = refusal_key(decision.event);
    http_reply_err(request, &err);
}

static void set_metadata(struct http_request *request)
{
    const struct action_form *form = http_params(request);
    struct outgoing outgoing;
    struct withdraw row;
    struct err err;
    if (!request_outgoing(request, request_operator(request), &outgoing))
        return;
    if (withdraw_add_metadata(&outgoing, id_of(form->id), form->metadata, &row, &err))
        reply_row(request, &outgoing, &row);
    else
        reply_refusal(request, &err);
}

static void approve(struct http_request *request)
{
    const struct action_form *form = http_params(request);
    struct outgoing outgoing;
    struct withdraw row;
    struct err err;
    if (!request_outgoing(request, request_operator(request), &outgoing))
        return;
    if (withdraw_approve(&outgoing, id_of(form->id), request_member(request)->id,
                         form->signed_document, &row, &err))
        reply_row(request, &outgoing, &row);
    else
        http_reply_err(request, &err);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.withdraw",                   \
    .subject = "Withdraw", .tag = "admin", .reply = admin_withdraw_fields
const struct http_route admin_withdraw_routes[] = {
    {.method = "GET",
     ROUTE,
     .path = "/api/v2/admin/withdraws",
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct list_form),
     .reply_is_array = true,
     .action = "read",
     .doc = "Withdrawals."},
    {.method = "GET",
     ROUTE,
     .path = "/api/v2/admin/withdraws/:id",
     .handler = show,
     .params = path_params,
     .params_size = sizeof(struct action_form),
     .action = "read",
     .doc = "One withdrawal, with its beneficiary."},
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/admin/withdraws/actions",
     .handler = act,
     .params = action_params,
     .params_size = sizeof(struct action_form),
     .action = "update",
     .doc = "Move a withdrawal."},
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/admin/withdraws/:id/approve",
     .handler = approve,
     .params = approve_params,
     .params_size = sizeof(struct action_form),
     .action = "update",
     .doc = "Approve one: of several operators, above a value; signed, above that of the signer."},
    {.method = "PUT",
     ROUTE,
     .path = "/api/v2/admin/withdraws",
     .handler = set_metadata,
     .params = metadata_params,
     .params_size = sizeof(struct action_form),
     .action = "update",
     .doc = "Keep something with a withdrawal."},
    {.method = NULL}};

/* /account/transactions: my deposits and withdrawals as one history. */
#include "accounting/actions/change_rules.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/money_params.h"
#include "accounting/http/order_form.h"
#include "accounting/http/routes_member.h"
#include "accounting/state/config.h"
#include "accounting/store/transactions_read.h"

#define DEPOSIT_STATES                                                                             \
    "submitted canceled rejected accepted aml_processing aml_suspicious processing skipped"        \
    " collected fee_processing errored refunding"

struct form {
    const char *currency, *order_by, *txid;
    struct param_list deposit_state, withdraw_state;
    struct param_i64 time_from, time_to;
    struct paging paging;
};

#define AT(member) offsetof(struct form, member)
static const struct param params[] = {
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .check = check_visible_currency,
     .value_code = "account.transactions.currency_doesnt_exist",
     .doc = "Currency code."},
    {.name = "order_by",
     .kind = PARAM_TEXT,
     .offset = AT(order_by),
     .fallback = "desc",
     .values = "asc desc",
     .value_code = "account.transactions.order_by_invalid",
     .doc = "Direction of the order by the time of the last change."},
    ACCOUNT_TIME_ROW("transactions", time_from, "Changed at or after this Unix time."),
    ACCOUNT_TIME_ROW("transactions", time_to, "Changed at or before this Unix time."),
    {.name = "deposit_state",
     .kind = PARAM_MULTI,
     .offset = AT(deposit_state),
     .values = DEPOSIT_STATES,
     .value_code = "account.transactions.invalid_deposit_state",
     .doc = "States of deposits; withdrawals are shown all the same."},
    {.name = "withdraw_state",
     .kind = PARAM_MULTI,
     .offset = AT(withdraw_state),
     .values = WITHDRAW_STATES_SHOWN,
     .value_code = "account.transactions.invalid_withdraw_state",
     .doc = "States of withdrawals; deposits are shown all the same."},
    {.name = "txid",
     .kind = PARAM_TEXT,
     .offset = AT(txid),
     .flags = PARAM_NOT_BLANK,
     .empty_code = "account.transaction.empty_txid",
     .doc = "Transaction of the chain."},
    ACCOUNT_LIMIT_ROW("transactions", AT(paging.limit), PAGE_LIMIT_MAX),
    ACCOUNT_PAGE_ROW("transactions", AT(paging.page)),
    PARAM_END};
#undef AT

#define AT(member) offsetof(struct transaction_row, member)
static const struct json_field fields[] = {
    {"address", JSON_TEXT, AT(address), .doc = "Deposit address, or where to."},
    {"currency", JSON_CHARS, AT(currency_id), .doc = "Currency code."},
    {"amount", JSON_DEC, AT(amount), .doc = "What arrived, or arrives."},
    {"fee", JSON_DEC, AT(fee), .doc = "Fee."},
    {"txid", JSON_TEXT, AT(txid), .doc = "Transaction of the chain."},
    {"state", JSON_TEXT, AT(state), .doc = "State."},
    {"note", JSON_TEXT, AT(note), .doc = "Text about it."},
    {"confirmations", JSON_I64, AT(confirmations), JSON_OMIT_EMPTY,
     .present_offset = AT(has_confirmations), .doc = "Blocks since that of the transaction."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {"type", JSON_TEXT, AT(type), .doc = "Deposit or Withdraw."},
    {NULL}};
#undef AT

/* Both levels are asked for: who may not deposit or not withdraw has no history of it. */
static bool levels_reach(struct http_request *request, struct err *err)
{
    const struct accounting_config *config = request_app(request)->config;
    int32_t level = request_member(request)->level;
    if (level >= 0 && (uint32_t)level >= config->level_deposit)
        return true;
    return err_set_key(err, ERR_LEVEL_TOO_LOW, "account.deposit.not_permitted",
                       "level %d is below %u", level, config->level_deposit);
}

static void list(struct http_request *request)
{
    const struct form *asked = http_params(request);
    const struct transaction_filter filter = {
        .member_id = request_member(request)->id,
        .currency_id = lower_text(http_arena(request), asked->currency),
        .txid = asked->txid,
        .deposit_states = &asked->deposit_state,
        .withdraw_states = &asked->withdraw_state,
        .from_us = seconds_to_us(asked->time_from),
        .to_us = seconds_to_us(asked->time_to),
    };
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!levels_reach(request, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct listing listing =
        listing_of(request, &asked->paging,
                   &(struct ordering){.ordering = asked->order_by, .order_by = "updated_at"});
    bool ok = transaction_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, fields, listed.rows, listed.count, sizeof(struct transaction_row));
}

const struct http_route account_transaction_routes[] = {
    {.method = "GET",
     .path = "/api/v2/account/transactions",
     .mode = HTTP_WORKER,
     .handler = list,
     .params = params,
     .params_size = sizeof(struct form),
     .reply = fields,
     .reply_is_array = true,
     .access = ACCESS_WITHDRAW,
     .action = "read",
     .subject = "Withdraw",
     .class_name = "account.transaction",
     .tag = "account",
     .doc = "My deposits and withdrawals, by the time of their last change."},
    {.method = NULL}};

/* /management/withdraws, /management/beneficiaries: other servers, in the name of members. */
#include "accounting/actions/change_rules.h"
#include "accounting/actions/withdraw_create.h"
#include "accounting/actions/withdraw_decide.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/management_support.h"
#include "accounting/http/money_params.h"
#include "accounting/store/withdraws.h"

#include <string.h>

#define TRANSFER_TYPES "card wire swift sepa"

enum { BENEFICIARIES_LIMIT_DEFAULT = 10 };

/* ---- POST /withdraws, /withdraws/get ---- */

struct list_form {
    const char *uid, *currency, *blockchain_key, *state, *tid;
    struct paging paging;
};

#define AT(member) offsetof(struct list_form, member)
static const struct param list_params[] = {
    ROW_TEXT(MANAGEMENT, "uid", AT(uid), "UID."),
    MANAGEMENT_CURRENCY_ROW(AT(currency), 0),
    MANAGEMENT_CHAIN_ROW(AT(blockchain_key), "Key of the blockchain."),
    MANAGEMENT_WORD_ROW("state", AT(state), WITHDRAW_STATES_SHOWN, "State."),
    MANAGEMENT_PAGING_ROWS(struct list_form, paging, 1000, "100"),
    PARAM_END};
static const struct param get_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "tid", AT(tid), "Id of the withdrawal."), PARAM_END};
#undef AT

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct withdraw_filter filter = {.blockchain_key = asked->blockchain_key};
    struct outgoing outgoing;
    struct member member;
    struct listed listed;
    enum withdraw_state state;
    struct err err;
    if (!request_outgoing(request, "management", &outgoing))
        return;
    if (!management_member(request, outgoing.db, asked->uid, &member, &err)) {
        http_reply_err(request, &err);
        return;
    }
    filter.member_id = member.id;
    filter.currency_id = lower_text(outgoing.arena, asked->currency);
    if (asked->state && withdraw_state_of(asked->state, &state))
        filter.states = 1u << state;
    struct listing listing = listing_of(request, &asked->paging,
                                        &(struct ordering){.ordering = "desc", .order_by = "id"});
    listing.limit = management_limit(&asked->paging);
    bool ok = withdraw_list(outgoing.db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    withdraws_reply(request, &outgoing, management_withdraw_fields, &listed);
}

static void reply_row(struct http_request *request, const struct outgoing *outgoing,
                      const struct withdraw *row)
{
    struct withdraw_view view = withdraw_view_of(outgoing, row);
    http_reply_object(request, management_withdraw_fields, &view);
}

static void get(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct outgoing outgoing;
    struct withdraw row;
    struct err err;
    if (!request_outgoing(request, "management", &outgoing))
        return;
    if (withdraw_find_by_tid(outgoing.db, outgoing.arena, asked->tid, &row, &err))
        reply_row(request, &outgoing, &row);
    else
        http_reply_err(request, &err);
}

/* ---- POST /withdraws/new ---- */

struct create_form {
    const char *uid, *currency, *tid, *note, *action, *transfer_type, *rid, *blockchain_key;
    struct param_dec amount;
    struct param_i64 beneficiary_id;
};

#define AT(member) offsetof(struct create_form, member)
static const struct param create_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "uid", AT(uid), "UID."),
    ROW_TEXT(MANAGEMENT, "tid", AT(tid), "Id of the withdrawal; a new one unless given."),
    {.name = "rid",
     .kind = PARAM_TEXT,
     .offset = AT(rid),
     .flags = PARAM_RANGE,
     .max = WITHDRAW_RID_MAX,
     .length_code = "rid is too long",
     .doc = "Where to; or beneficiary_id."},
    {.name = "beneficiary_id",
     .kind = PARAM_I64,
     .offset = AT(beneficiary_id),
     .type_code = "beneficiary_id is invalid",
     .doc = "Where to: a beneficiary of the member; or rid."},
    MANAGEMENT_CHAIN_ROW(AT(blockchain_key), "Key of the blockchain; with rid."),
    MANAGEMENT_CURRENCY_ROW(AT(currency), PARAM_REQUIRED),
    {.name = "amount",
     .kind = PARAM_DEC,
     .offset = AT(amount),
     .flags = PARAM_REQUIRED | PARAM_POSITIVE,
     .type_code = "amount is invalid",
     .value_code = "amount does not have a valid value",
     DEFAULT_TEXTS(MANAGEMENT, "amount"),
     .doc = "What to take out, fee included."},
    {.name = "note",
     .kind = PARAM_TEXT,
     .offset = AT(note),
     .flags = PARAM_RANGE,
     .max = 256,
     .length_code = "note is too long",
     .doc = "Text about it."},
    MANAGEMENT_WORD_ROW("action", AT(action), "process", "process: fiat goes to its end at once."),
    {.name = "transfer_type",
     .kind = PARAM_TEXT,
     .offset = AT(transfer_type),
     .values = TRANSFER_TYPES,
     .value_code = "transfer_type account.withdraw.transfer_type_not_in_list",
     .doc = "card, wire, swift or sepa."},
    PARAM_END};
#undef AT

static bool is_given(const char *text)
{
    return text && *text;
}

/* NULL: what was given goes together. */
static const char *contradiction(const struct create_form *form)
{
    if (is_given(form->rid) == form->beneficiary_id.given)
        return is_given(form->rid) ? "rid, beneficiary_id are mutually exclusive"
                                   : "rid, beneficiary_id are missing, exactly one parameter must "
                                     "be provided";
    if (is_given(form->blockchain_key) == form->beneficiary_id.given)
        return is_given(form->blockchain_key)
                   ? "beneficiary_id, blockchain_key are mutually exclusive"
                   : "beneficiary_id, blockchain_key are missing, exactly one parameter must be "
                     "provided";
    return NULL;
}

static void reply_refused(struct http_request *request, struct err *err)
{
    if (err->code == ERR_FUNDS_INSUFFICIENT) {
        management_reply_unbooked(request, err);
        return;
    }
    bool has_words = err->key || err->code == ERR_CONFLICT;
    if (err->code == ERR_CONFLICT)
        err->code = ERR_INVALID;
    if (!has_words && (err->code == ERR_INVALID || err->code == ERR_PEER_UNAVAILABLE ||
                       err->code == ERR_STATE_CONFLICT))
        err_set_key(err, ERR_INVALID, "Failed to create withdraw!", "no withdrawal was made");
    else if (!err->key && err->code == ERR_INVALID)
        err->key = "TID already exist";
    http_reply_err(request, err);
}

static void create(struct http_request *request)
{
    const struct create_form *form = http_params(request);
    const char *wrong = contradiction(form);
    struct outgoing outgoing;
    struct member member;
    struct withdraw row;
    struct err err;
    if (wrong) {
        management_reply_param(request, wrong);
        return;
    }
    if (!request_outgoing(request, "management", &outgoing))
        return;
    if (!management_member(request, outgoing.db, form->uid, &member, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct withdraw_request asked = {
        .member = &member,
        .beneficiary_id = form->beneficiary_id.given ? (form->beneficiary_id.value > 0
                                                            ? (uint64_t)form->beneficiary_id.value
                                                            : UINT64_MAX)
                                                     : 0,
        .blockchain_key = form->blockchain_key,
        .rid = form->rid,
        .currency_id = lower_text(outgoing.arena, form->currency),
        .sum = form->amount.value,
        .note = form->note,
        .tid = form->tid,
        .transfer_type = form->transfer_type ? transfer_type_number(form->transfer_type) : 0,
        .is_management = true,
        .is_processed = form->action != NULL,
    };
    if (!withdraw_create(&outgoing, &asked, &row, &err)) {
        reply_refused(request, &err);
        return;
    }
    accounting_outbox_wake(outgoing.app);
    reply_row(request, &outgoing, &row);
}

/* ---- PUT /withdraws/action ---- */

struct action_form {
    const char *tid, *action;
};

static const struct param action_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "tid", offsetof(struct action_form, tid),
                      "Id of the withdrawal."),
    {.name = "action",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct action_form, action),
     .flags = PARAM_REQUIRED,
     .values = "process cancel",
     .type_code = "action is invalid",
     .value_code = "action does not have a valid value",
     DEFAULT_TEXTS(MANAGEMENT, "action"),
     .doc = "process: accept it, and fiat goes to its end; or cancel."},
    PARAM_END};

static void act(struct http_request *request)
{
    const struct action_form *form = http_params(request);
    struct outgoing outgoing;
    struct withdraw row;
    struct err err;
    if (!request_outgoing(request, "management", &outgoing))
        return;
    if (!withdraw_find_by_tid(outgoing.db, outgoing.arena, form->tid, &row, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct withdraw_decision decision = {.id = row.id, .event = WITHDRAW_DO_CANCEL};
    bool done = form->action[0] == 'c' ? withdraw_decide(&outgoing, &decision, &row, &err)
                                       : withdraw_carry_out(&outgoing, row.id, &row, &err);
    if (!done) {
        http_reply_err(request, &err);
        return;
    }
    accounting_outbox_wake(outgoing.app);
    reply_row(request, &outgoing, &row);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_MANAGEMENT, .class_name = "management.withdraw",         \
    .tag = "management", .reply = management_withdraw_fields
const struct http_route management_withdraw_routes[] = {
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/management/withdraws",
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct list_form),
     .reply_is_array = true,
     .status = 200,
     .subject = "read_withdraws",
     .doc = "Withdrawals."},
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/management/withdraws/get",
     .handler = get,
     .params = get_params,
     .params_size = sizeof(struct list_form),
     .subject = "read_withdraws",
     .doc = "One withdrawal."},
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/management/withdraws/new",
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct create_form),
     .subject = "write_withdraws",
     .doc = "Take out an amount in a member's name."},
    {.method = "PUT",
     ROUTE,
     .path = "/api/v2/management/withdraws/action",
     .handler = act,
     .params = action_params,
     .params_size = sizeof(struct action_form),
     .subject = "write_withdraws",
     .doc = "Process or cancel one."},
    {.method = NULL}};

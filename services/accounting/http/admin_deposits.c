/* /admin/deposits, /admin/deposit_address: what comes in, looked at and moved by operators. */
#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/actions/deposit_fiat.h"
#include "accounting/actions/deposit_move.h"
#include "accounting/actions/deposit_refund.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/deposit_address_support.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/routes_admin.h"

/* ---- GET /admin/deposits ---- */

struct deposit_list_form {
    struct param_list state;
    struct param_i64 id;
    const char *txid, *address, *tid, *email, *blockchain_key, *uid, *currency, *type;
    struct date_range dates;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct deposit_list_form, member)
/* clang-format off */
static const struct param list_params[] = {
    {.name = "state", .kind = PARAM_MULTI, .offset = AT(state), .values = deposit_state_words,
     .value_code = "admin.deposit.invalid_state", .doc = "States."},
    {.name = "id", .kind = PARAM_I64, .offset = AT(id), .doc = "Exactly this row."},
    ROW_TEXT(ADMIN, "txid", AT(txid), "Exactly this transaction."),
    ROW_TEXT(ADMIN, "address", AT(address), "Exactly this address."),
    ROW_TEXT(ADMIN, "tid", AT(tid), "Exactly this name."),
    ROW_TEXT(ADMIN, "email", AT(email), "Address of the member."),
    ROW_CHECKED(ADMIN, "beneficiary", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "Key of the chain."),
    ROW_TEXT(ADMIN, "uid", AT(uid), "UID of the member."),
    ROW_CHECKED(ADMIN, "currency", "currency", AT(currency), check_currency, "doesnt_exist",
                "Currency code."),
    ROW_WORD(ADMIN, "currency", "type", AT(type), "fiat coin", "invalid_type", "coin or fiat."),
    DATE_ROWS(struct deposit_list_form, dates),
    PAGING_ROWS("admin.pagination", struct deposit_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct deposit_list_form, ordering, "desc", "id"),
    PARAM_END};
#undef AT
/* clang-format on */

static bool filter_of(struct http_request *request, struct db *db,
                      const struct deposit_list_form *asked, struct deposit_filter *ret_filter,
                      struct err *err)
{
    struct member member = {.id = 0};
    if (asked->uid && *asked->uid && !member_by_uid_or_code(request, db, asked->uid, &member, err))
        return false;
    *ret_filter = (struct deposit_filter){
        .id = asked->id.given && asked->id.value > 0 ? (uint64_t)asked->id.value : 0,
        .member_id = member.id,
        .currency_id = lower_text(http_arena(request), asked->currency),
        .blockchain_key = asked->blockchain_key,
        .txid = asked->txid,
        .address = asked->address,
        .tid = asked->tid,
        .email = asked->email,
        .type = asked->type,
        .states = asked->state.items,
        .states_count = asked->state.count,
        .time_column = asked->dates.range,
        .from_us = asked->dates.from.value,
        .to_us = asked->dates.to.value,
    };
    return true;
}

static void list(struct http_request *request)
{
    const struct deposit_list_form *asked = http_params(request);
    struct deposit_filter filter;
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = filter_of(request, db, asked, &filter, &err) &&
              deposit_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    deposits_reply(request, admin_deposit_fields, &listed);
}

/* ---- POST /admin/deposits/actions ---- */

struct action_form {
    struct param_i64 id;
    const char *action;
    struct param_bool fees;
};

#define AT(member) offsetof(struct action_form, member)
static const struct param action_params[] = {
    ROW_ID(ADMIN, AT(id), NULL),
    {.name = "action",
     .kind = PARAM_TEXT,
     .offset = AT(action),
     .flags = PARAM_REQUIRED,
     .values = deposit_action_words,
     .value_code = "admin.deposit.invalid_action",
     .doc = "What to do."},
    {.name = "fees", .kind = PARAM_BOOL, .offset = AT(fees), .doc = "Ignored."},
    PARAM_END};
#undef AT

static void act(struct http_request *request)
{
    const struct action_form *asked = http_params(request);
    struct deposit_asked what = {.id = asked->id.value > 0 ? (uint64_t)asked->id.value : 0};
    struct deposit row;
    struct change change;
    struct err err;
    bool known = deposit_event_parse(asked->action, &what.event);
    assert(known);
    if (!request_change(request, &change))
        return;
    if (deposit_act(request_app(request), &change, &what, &row, &err)) {
        deposit_reply(request, admin_deposit_fields, &row);
        return;
    }
    char code[64];
    snprintf(code, sizeof(code), "admin.depodit.cannot_%.32s", asked->action);
    if (err.code == ERR_STATE_CONFLICT)
        reply_code(request, code);
    else
        http_reply_err(request, &err);
}

/* ---- POST /admin/deposits/new ---- */

struct fiat_form {
    const char *uid, *currency, *tid;
    struct param_dec amount;
};

static bool check_fiat(struct http_request *request, const char *code)
{
    const struct currency *currency = catalog_currency(request_catalog(request), code);
    return currency && !currency->is_coin;
}

#define AT(member) offsetof(struct fiat_form, member)
static const struct param fiat_params[] = {
    {.name = "uid",
     .kind = PARAM_TEXT,
     .offset = AT(uid),
     .flags = PARAM_REQUIRED,
     .doc = "UID of the member."},
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .flags = PARAM_REQUIRED,
     .check = check_fiat,
     .value_code = "admin.deposit.currency_doesnt_exist",
     .doc = "Code of a fiat currency."},
    {.name = "amount",
     .kind = PARAM_DEC,
     .offset = AT(amount),
     .flags = PARAM_REQUIRED,
     .type_code = "admin.deposit.non_decimal_amount",
     .doc = "Gross amount."},
    ROW_TEXT(ADMIN, "tid", AT(tid), "Its name; made unless given."),
    PARAM_END};
#undef AT

static void create(struct http_request *request)
{
    const struct fiat_form *form = http_params(request);
    const struct deposit_fiat_draft draft = {.uid = form->uid,
                                             .currency_id = form->currency,
                                             .tid = form->tid && *form->tid ? form->tid : NULL,
                                             .amount = form->amount.value};
    struct member member;
    struct deposit row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (!members_by_uid(change.db, form->uid, &member, &err)) {
        if (err.code == ERR_NOT_FOUND)
            reply_code(request, "admin.deposit.user_doesnt_exist");
        else
            http_reply_err(request, &err);
    } else if (deposit_create_fiat(request_app(request), &change, &draft, &row, &err)) {
        deposit_reply(request, admin_deposit_fields, &row);
    } else {
        reply_refusal(request, &err);
    }
}

/* ---- POST /admin/deposits/:id/refund ---- */

struct refund_form {
    struct param_i64 id;
    const char *address;
};

static const struct param refund_params[] = {
    ROW_ID_IN_PATH(offsetof(struct refund_form, id), "admin.deposit.non_integer_type"),
    {.name = "address",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct refund_form, address),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .doc = "Where to send it."},
    PARAM_END};

static void refund(struct http_request *request)
{
    const struct refund_form *form = http_params(request);
    struct refund row;
    struct deposit deposit;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    uint64_t id = form->id.value > 0 ? (uint64_t)form->id.value : 0;
    if (refund_create(request_app(request), &change, id, form->address, &row, &err) &&
        deposit_get(change.db, change.arena, id, &deposit, &err)) {
        struct refund_view view = {row.id, row.address, deposit_view_of(&deposit)};
        http_reply_object(request, refund_fields, &view);
        return;
    }
    if (err.code == ERR_STATE_CONFLICT)
        err.key = "admin.depodit.cannot_refund";
    http_reply_err(request, &err);
}

/* ---- POST /admin/deposit_address ---- */

struct address_form {
    const char *uid, *currency, *blockchain_key, *address_format;
};

#define AT(member) offsetof(struct address_form, member)
static const struct param address_params[] = {
    {.name = "uid",
     .kind = PARAM_TEXT,
     .offset = AT(uid),
     .flags = PARAM_REQUIRED,
     .doc = "UID of the member."},
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .flags = PARAM_REQUIRED,
     .check = check_coin,
     .value_code = "admin.deposit.currency_doesnt_exist",
     .doc = "Code of a coin."},
    ROW_CHECKED_REQUIRED(ADMIN, "beneficiary", "blockchain_key", AT(blockchain_key),
                         check_blockchain_key, "blockchain_key_doesnt_exist", "Key of the chain."),
    ROW_WORD(ADMIN, "deposit", "address_format", AT(address_format), "legacy cash",
             "invalid_address_format", "legacy or cash."),
    PARAM_END};
#undef AT

static void address(struct http_request *request)
{
    static const struct address_codes codes = {
        .deposit_disabled = "admin.deposit.deposit_disabled",
        .wallet_not_found = "admin.deposit.wallet_not_found",
    };
    const struct address_form *form = http_params(request);
    struct payment_address row;
    struct member member;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!members_by_uid(db, form->uid, &member, &err)) {
        if (err.code == ERR_NOT_FOUND)
            reply_code(request, "admin.deposit.user_doesnt_exist");
        else
            http_reply_err(request, &err);
        return;
    }
    if (form->address_format) {
        reply_code(request, "admin.deposit.doesnt_support_cash_address_format");
        return;
    }
    const char *currency = lower_text(http_arena(request), form->currency);
    if (address_or_reply(request, coin_network(request, currency, form->blockchain_key),
                         (struct payment_address_asked){member.id, member.uid}, &codes, &row))
        payment_address_reply(request, payment_address_fields, &row);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.deposit", .tag = "admin"
/* clang-format off */
const struct http_route admin_deposit_routes[] = {
    {.method = "GET", .path = "/api/v2/admin/deposits", ROUTE, .subject = "Deposit",
     .handler = list, .params = list_params, .params_size = sizeof(struct deposit_list_form),
     .reply = admin_deposit_fields, .reply_is_array = true, .action = "read",
     .doc = "Deposits."},
    {.method = "POST", .path = "/api/v2/admin/deposits/actions", ROUTE, .subject = "Deposit",
     .handler = act, .params = action_params, .params_size = sizeof(struct action_form),
     .reply = admin_deposit_fields, .action = "update", .doc = "Move a deposit."},
    {.method = "POST", .path = "/api/v2/admin/deposits/new", ROUTE, .subject = "Deposits::Fiat",
     .handler = create, .params = fiat_params, .params_size = sizeof(struct fiat_form),
     .reply = admin_deposit_fields, .action = "create", .doc = "A fiat deposit."},
    {.method = "POST", .path = "/api/v2/admin/deposits/:id/refund", ROUTE, .subject = "Deposit",
     .handler = refund, .params = refund_params, .params_size = sizeof(struct refund_form),
     .reply = refund_fields, .action = "update", .doc = "Send a deposit back."},
    {.method = "POST", .path = "/api/v2/admin/deposit_address", ROUTE,
     .subject = "PaymentAddress", .handler = address, .params = address_params,
     .params_size = sizeof(struct address_form), .reply = payment_address_fields,
     .action = "create", .doc = "The deposit address of a member."},
    {.method = NULL}};

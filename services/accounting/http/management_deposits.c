/* /management/deposits, /management/deposit_address: money that comes in, for other servers. */
#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/actions/deposit_fiat.h"
#include "accounting/actions/deposit_move.h"
#include "accounting/http/deposit_address_support.h"
#include "accounting/http/management_support.h"
#include "accounting/http/money_params.h"
#include "accounting/store/members.h"

/* ---- POST /management/deposits, /deposits/get ---- */

struct deposit_list_form {
    const char *uid, *currency, *blockchain_key, *state;
    struct param_i64 from_id;
    struct paging paging;
};

/* clang-format off */
#define AT(member) offsetof(struct deposit_list_form, member)
static const struct param list_params[] = {
    ROW_TEXT(MANAGEMENT, "uid", AT(uid), "UID of the member."),
    {.name = "from_id", .kind = PARAM_I64, .offset = AT(from_id), .type_code = "from_id is invalid",
     .doc = "Rows with a higher id."},
    MANAGEMENT_CURRENCY_ROW(AT(currency), 0),
    MANAGEMENT_CHAIN_ROW(AT(blockchain_key), "Key of the chain."),
    MANAGEMENT_WORD_ROW("state", AT(state), deposit_state_words, "State."),
    MANAGEMENT_PAGING_ROWS(struct deposit_list_form, paging, 1000, "100"),
    PARAM_END};
#undef AT
/* clang-format on */

static void list(struct http_request *request)
{
    const struct deposit_list_form *asked = http_params(request);
    struct member member = {.id = 0};
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!management_member(request, db, asked->uid, &member, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct deposit_filter filter = {
        .from_id = asked->from_id.value > 0 ? (uint64_t)asked->from_id.value : 0,
        .member_id = member.id,
        .currency_id = lower_text(http_arena(request), asked->currency),
        .blockchain_key = asked->blockchain_key,
        .states = asked->state ? &asked->state : NULL,
        .states_count = asked->state ? 1 : 0,
    };
    struct listing listing = listing_of(request, &asked->paging,
                                        &(struct ordering){.ordering = "desc", .order_by = "id"});
    listing.uncounted = true;
    bool ok = deposit_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (ok)
        deposits_reply(request, management_deposit_fields, &listed);
    else
        http_reply_err(request, &err);
}

struct deposit_form {
    const char *tid, *state;
};

#define AT(member) offsetof(struct deposit_form, member)
static const struct param get_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "tid", AT(tid), "Its name."), PARAM_END};
static const struct param state_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "tid", AT(tid), "Its name."),
    {.name = "state",
     .kind = PARAM_TEXT,
     .offset = AT(state),
     .flags = PARAM_REQUIRED,
     .values = "canceled accepted",
     .type_code = "state is invalid",
     .value_code = "state does not have a valid value",
     DEFAULT_TEXTS(MANAGEMENT, "state"),
     .doc = "Where it goes."},
    PARAM_END};
#undef AT

static void get(struct http_request *request)
{
    const struct deposit_form *asked = http_params(request);
    const struct deposit_filter filter = {.tid = asked->tid};
    struct deposit row;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (deposit_find(db, http_arena(request), &filter, &row, &err))
        deposit_reply(request, management_deposit_fields, &row);
    else
        http_reply_err(request, &err);
}

/* ---- PUT /management/deposits/state ---- */

static void set_state(struct http_request *request)
{
    const struct deposit_form *asked = http_params(request);
    const struct deposit_asked what = {
        .tid = asked->tid,
        .event = asked->state[0] == 'a' ? DEPOSIT_ACCEPT : DEPOSIT_CANCEL,
        .fiat_only = true,
    };
    struct deposit row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (deposit_act(request_app(request), &change, &what, &row, &err))
        deposit_reply(request, management_deposit_fields, &row);
    else if (err.code == ERR_STATE_CONFLICT)
        http_reply_text(request, 422, "null", 4);
    else
        http_reply_err(request, &err);
}

/* ---- POST /management/deposits/new ---- */

struct fiat_form {
    const char *uid, *currency, *tid, *state, *transfer_type;
    struct param_dec amount;
};

static bool check_fiat(struct http_request *request, const char *code)
{
    const char *lower = lower_text(http_arena(request), code);
    const struct currency *currency =
        lower ? catalog_currency(request_catalog(request), lower) : NULL;
    return currency && !currency->is_coin;
}

/* clang-format off */
#define AT(member) offsetof(struct fiat_form, member)
static const struct param fiat_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "uid", AT(uid), "UID of the member."),
    ROW_TEXT(MANAGEMENT, "tid", AT(tid), "Its name; made unless given."),
    {.name = "currency", .kind = PARAM_TEXT, .offset = AT(currency), .flags = PARAM_REQUIRED,
     .check = check_fiat, .type_code = "currency is invalid",
     .value_code = "currency does not have a valid value", DEFAULT_TEXTS(MANAGEMENT, "currency"),
     .doc = "Code of a fiat currency."},
    {.name = "amount", .kind = PARAM_DEC, .offset = AT(amount), .flags = PARAM_REQUIRED,
     .type_code = "amount is invalid", DEFAULT_TEXTS(MANAGEMENT, "amount"),
     .doc = "Gross amount."},
    MANAGEMENT_WORD_ROW("state", AT(state), "accepted", "accepted: credited at once."),
    {.name = "transfer_type", .kind = PARAM_TEXT, .offset = AT(transfer_type),
     .values = "card wire swift sepa", .type_code = "transfer_type is invalid",
     .value_code = "transfer_type account.deposit.transfer_type_not_in_list",
     .doc = "How it came."},
    PARAM_END};
#undef AT
/* clang-format on */

static void create(struct http_request *request)
{
    const struct fiat_form *form = http_params(request);
    const struct deposit_fiat_draft draft = {
        .uid = form->uid,
        .currency_id = lower_text(http_arena(request), form->currency),
        .tid = form->tid && *form->tid ? form->tid : NULL,
        .transfer_type = form->transfer_type,
        .amount = form->amount.value,
        .accept = form->state != NULL,
    };
    const struct network *network =
        catalog_network_next(request_catalog(request), draft.currency_id, NULL);
    struct deposit row;
    struct change change;
    struct err err;
    if (network && !network->deposit_enabled) {
        reply_code(request, "management.currency.deposit_disabled");
        return;
    }
    if (!request_change(request, &change))
        return;
    if (deposit_create_fiat(request_app(request), &change, &draft, &row, &err)) {
        deposit_reply(request, management_deposit_fields, &row);
        return;
    }
    /* Sentences in a list, here too. */
    if (err.code == ERR_INVALID && !err.key) {
        struct str *out = http_reply_builder(request);
        str_add(out, "{\"errors\":[");
        json_write_string(out, err.what);
        str_add(out, "]}");
        http_reply_built(request, 422);
        return;
    }
    http_reply_err(request, &err);
}

/* ---- POST /management/deposit_address/new ---- */

struct address_form {
    const char *uid, *currency, *blockchain_key;
    struct param_bool remote;
};

static bool check_uid(struct http_request *request, const char *uid)
{
    /* Asked of the database by the handler: a check runs on the loop thread. */
    (void)request;
    return *uid != '\0';
}

/* clang-format off */
#define AT(member) offsetof(struct address_form, member)
static const struct param address_params[] = {
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid), .flags = PARAM_REQUIRED,
     .check = check_uid, .type_code = "uid is invalid",
     .value_code = "uid management.payment_address.uid_doesnt_exist",
     DEFAULT_TEXTS(MANAGEMENT, "uid"), .doc = "UID of the member."},
    {.name = "currency", .kind = PARAM_TEXT, .offset = AT(currency), .flags = PARAM_REQUIRED,
     .check = check_coin, .type_code = "currency is invalid",
     .value_code = "currency management.payment_address.currency_doesnt_exist",
     DEFAULT_TEXTS(MANAGEMENT, "currency"), .doc = "Code of a coin."},
    ROW_CHECKED_REQUIRED(MANAGEMENT, "payment_address", "blockchain_key", AT(blockchain_key),
                         check_blockchain_key, "blockchain_key_doesnt_exist",
                         "Key of the chain."),
    ROW_BOOL(MANAGEMENT, "payment_address", "remote", AT(remote), "non_boolean_remote",
             "Not shown to the member."),
    PARAM_END};
#undef AT
/* clang-format on */

static void new_address(struct http_request *request)
{
    static const struct address_codes codes = {
        .deposit_disabled = "management.currency.deposit_disabled",
        .wallet_not_found = "management.wallet.not_found",
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
            management_reply_param(request, "uid management.payment_address.uid_doesnt_exist");
        else
            http_reply_err(request, &err);
        return;
    }
    const char *currency = lower_text(http_arena(request), form->currency);
    const struct payment_address_asked asked = {
        .member_id = member.id, .uid = member.uid, .fresh = true, .remote = form->remote.value};
    if (!address_or_reply(request, coin_network(request, currency, form->blockchain_key), asked,
                          &codes, &row))
        return;
    if (row.address)
        payment_address_reply(request, management_payment_address_fields, &row);
    else
        reply_code(request, "management.payment_address.failed_to_generate");
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_MANAGEMENT, .class_name = "management.deposit",          \
    .tag = "management"
/* clang-format off */
const struct http_route management_deposit_routes[] = {
    {.method = "POST", .path = "/api/v2/management/deposits", ROUTE, .handler = list,
     .params = list_params, .params_size = sizeof(struct deposit_list_form), .status = 200,
     .reply = management_deposit_fields, .reply_is_array = true, .subject = "read_deposits",
     .doc = "Deposits, the newest first."},
    {.method = "POST", .path = "/api/v2/management/deposits/get", ROUTE, .handler = get,
     .params = get_params, .params_size = sizeof(struct deposit_form),
     .reply = management_deposit_fields, .subject = "read_deposits", .doc = "One deposit."},
    {.method = "POST", .path = "/api/v2/management/deposits/new", ROUTE, .handler = create,
     .params = fiat_params, .params_size = sizeof(struct fiat_form),
     .reply = management_deposit_fields, .subject = "write_deposits",
     .doc = "A fiat deposit, credited at once if so asked."},
    {.method = "PUT", .path = "/api/v2/management/deposits/state", ROUTE, .handler = set_state,
     .params = state_params, .params_size = sizeof(struct deposit_form),
     .reply = management_deposit_fields, .subject = "write_deposits",
     .doc = "Cancel or accept a fiat deposit."},
    {.method = "POST", .path = "/api/v2/management/deposit_address/new", ROUTE,
     .handler = new_address, .params = address_params, .params_size = sizeof(struct address_form),
     .status = 200, .reply = management_payment_address_fields,
     .subject = "write_payment_addresses", .doc = "A new deposit address of a member."},
    {.method = NULL}};

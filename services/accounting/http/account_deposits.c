/* /account/deposits, /account/deposit_address: my money on its way in. */
#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/actions/payment_reference.h"
#include "accounting/domain/fiat_account.h"
#include "accounting/http/deposit_address_support.h"
#include "accounting/http/context.h"
#include "accounting/http/money_params.h"
#include "accounting/http/routes_admin.h"
#include "accounting/state/config.h"

/* ---- GET /account/deposits ---- */

struct deposit_list_form {
    const char *currency, *blockchain_key, *txid;
    struct param_list state;
    struct param_i64 time_from, time_to;
    struct paging paging;
};

/* clang-format off */
#define AT(member) offsetof(struct deposit_list_form, member)
static const struct param list_params[] = {
    ACCOUNT_CURRENCY_ROW(AT(currency), 0, check_currency),
    {.name = "state", .kind = PARAM_MULTI, .offset = AT(state), .values = deposit_state_words,
     .value_code = "account.deposit.invalid_state", .doc = "States."},
    {.name = "txid", .kind = PARAM_TEXT, .offset = AT(txid), .flags = PARAM_NOT_BLANK,
     .empty_code = "account.deposit.empty_txid", .doc = "Exactly this transaction."},
    ACCOUNT_CHAIN_ROW("deposit", AT(blockchain_key), 0, "Key of the chain."),
    ACCOUNT_TIME_ROW("deposit", time_from, "Bound of updated_at, Unix time."),
    ACCOUNT_TIME_ROW("deposit", time_to, "Bound of updated_at, Unix time."),
    ACCOUNT_LIMIT_ROW("deposit", AT(paging.limit), PAGE_LIMIT_BARE_MAX),
    ACCOUNT_PAGE_ROW("deposit", AT(paging.page)),
    PARAM_END};
#undef AT
/* clang-format on */

static int64_t seconds_to_us(struct param_i64 seconds)
{
    bool fits = seconds.given && seconds.value > 0 && seconds.value < 253402300800;
    return fits ? seconds.value * 1000000 : 0;
}

static void list(struct http_request *request)
{
    const struct deposit_list_form *asked = http_params(request);
    const struct deposit_filter filter = {
        .member_id = request_member(request)->id,
        .currency_id = lower_text(http_arena(request), asked->currency),
        .blockchain_key = asked->blockchain_key,
        .txid = asked->txid,
        .states = asked->state.items,
        .states_count = asked->state.count,
        .from_us = seconds_to_us(asked->time_from),
        .to_us = seconds_to_us(asked->time_to),
    };
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging,
                                        &(struct ordering){.ordering = "desc", .order_by = "id"});
    bool ok = deposit_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    deposits_reply(request, deposit_fields, &listed);
}

/* ---- GET /account/deposits/:txid ---- */

struct deposit_path {
    const char *txid;
};

static const struct param path_params[] = {{.name = "txid",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct deposit_path, txid),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .doc = "Its transaction."},
                                           PARAM_END};

static void show(struct http_request *request)
{
    const struct deposit_path *path = http_params(request);
    const struct deposit_filter filter = {.member_id = request_member(request)->id,
                                          .txid = path->txid};
    struct deposit row;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (deposit_find(db, http_arena(request), &filter, &row, &err))
        deposit_reply(request, deposit_fields, &row);
    else
        http_reply_err(request, &err);
}

/* ---- GET /account/deposit_address/:currency ---- */

struct address_form {
    const char *currency, *blockchain_key, *address_format;
};

#define AT(member) offsetof(struct address_form, member)
static const struct param address_params[] = {
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .flags = PARAM_REQUIRED | PARAM_IN_PATH,
     .check = check_coin,
     .value_code = "account.currency.doesnt_exist",
     .doc = "Code of a coin."},
    ACCOUNT_CHAIN_ROW("deposit", AT(blockchain_key), 0,
                      "Key of the chain; the coin's first one unless given."),
    {.name = "address_format",
     .kind = PARAM_TEXT,
     .offset = AT(address_format),
     .values = "legacy cash",
     .value_code = "account.deposit_address.invalid_address_format",
     .doc = "legacy or cash; no chain of ours has cash addresses."},
    PARAM_END};
#undef AT

static void address(struct http_request *request)
{
    static const struct address_codes codes = {
        .deposit_disabled = "account.currency.deposit_disabled",
        .wallet_not_found = "account.wallet.not_found",
    };
    const struct address_form *form = http_params(request);
    const struct member *member = request_member(request);
    struct payment_address row;
    const char *currency = lower_text(http_arena(request), form->currency);
    if (form->address_format) {
        reply_code(request, "account.deposit_address.doesnt_support_cash_address_format");
        return;
    }
    if (address_or_reply(request, coin_network(request, currency, form->blockchain_key),
                         (struct payment_address_asked){member->id, member->uid}, &codes, &row))
        payment_address_reply(request, payment_address_fields, &row);
}

/* ---- GET /account/deposit_reference/:currency ---- */

struct reference_view {
    const char *currency, *reference, *shown, *iban, *bic, *holder;
};

#define AT(member) offsetof(struct reference_view, member)
static const struct json_field reference_fields[] = {
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"reference", JSON_TEXT, AT(reference), .doc = "To write on the transfer (ISO 11649)."},
    {"reference_shown", JSON_TEXT, AT(shown), .doc = "The same in groups of four."},
    {"iban", JSON_TEXT, AT(iban), .doc = "Where to transfer to; null: asks the operator."},
    {"bic", JSON_TEXT, AT(bic), .doc = "Its bank."},
    {"account_holder", JSON_TEXT, AT(holder), .doc = "Whose account it is."},
    {NULL}};
#undef AT

static bool check_fiat(struct http_request *request, const char *code)
{
    if (!check_currency(request, code))
        return false;
    const char *lower = lower_text(http_arena(request), code);
    const struct currency *currency =
        lower ? catalog_currency(request_catalog(request), lower) : NULL;
    return currency && !currency->is_coin && currency->is_visible;
}

static const struct param reference_params[] = {{.name = "currency",
                                                 .kind = PARAM_TEXT,
                                                 .offset = offsetof(struct address_form, currency),
                                                 .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                                 .check = check_fiat,
                                                 .value_code = "account.currency.doesnt_exist",
                                                 .doc = "Code of a fiat currency."},
                                                PARAM_END};

static void reference(struct http_request *request)
{
    const struct address_form *form = http_params(request);
    const struct accounting *app = request_app(request);
    const char *currency = lower_text(http_arena(request), form->currency);
    const struct network *network = catalog_network_next(request_catalog(request), currency, NULL);
    char shown[CREDITOR_REFERENCE_SHOWN_SIZE];
    struct payment_reference row;
    struct change change;
    struct err err;
    if (!network || !network->deposit_enabled) {
        reply_code(request, "account.currency.deposit_disabled");
        return;
    }
    if (!request_change(request, &change))
        return;
    if (!payment_reference_provide(&change, request_member(request)->id, currency, &row, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct fiat_account *account = fiat_account_of(app->fiat_accounts, currency);
    creditor_reference_show(row.reference, shown);
    const struct reference_view view = {
        .currency = currency,
        .reference = row.reference,
        .shown = shown,
        .iban = account ? account->iban : NULL,
        .bic = account ? account->bic : NULL,
        .holder = account ? app->config->fiat_account_holder : NULL,
    };
    http_reply_object(request, reference_fields, &view);
}

#define ROUTE                                                                                      \
    .method = "GET", .mode = HTTP_WORKER, .access = ACCESS_DEPOSIT, .action = "read",              \
    .class_name = "account.deposit", .tag = "account"
/* clang-format off */
const struct http_route account_deposit_routes[] = {
    {ROUTE, .path = "/api/v2/account/deposits", .handler = list, .params = list_params,
     .params_size = sizeof(struct deposit_list_form), .subject = "Deposit",
     .reply = deposit_fields, .reply_is_array = true, .doc = "My deposits, the newest first."},
    {ROUTE, .path = "/api/v2/account/deposits/:txid", .handler = show, .params = path_params,
     .params_size = sizeof(struct deposit_path), .subject = "Deposit", .reply = deposit_fields,
     .doc = "One of my deposits."},
    {ROUTE, .path = "/api/v2/account/deposit_address/:currency", .handler = address,
     .params = address_params, .params_size = sizeof(struct address_form),
     .subject = "PaymentAddress", .reply = payment_address_fields,
     .doc = "Where I receive a coin; pending while the address is made."},
    {ROUTE, .path = "/api/v2/account/deposit_reference/:currency", .handler = reference,
     .params = reference_params, .params_size = sizeof(struct address_form),
     .subject = "PaymentAddress", .reply = reference_fields,
     .doc = "What I write on a bank transfer, and where to."},
    {.method = NULL}};

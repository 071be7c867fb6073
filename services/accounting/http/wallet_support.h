/* wallet_support.h: what /admin/wallets and /management/wallets share. */
#ifndef ACCOUNTING_HTTP_WALLET_SUPPORT_H
#define ACCOUNTING_HTTP_WALLET_SUPPORT_H

#include "accounting/actions/wallet_save.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_wallet.h"
#include "accounting/http/routes_admin.h"

struct wallet_list_form {
    const char *blockchain_key, *kind;
    struct param_list currencies;
    struct paging paging;
    struct ordering ordering;
};

bool check_gateway(struct http_request *request, const char *name);
/* An object whose `uri`, if there is one, is a URL. */
bool check_wallet_settings(struct http_request *request, const char *json);

void wallets_reply_list(struct http_request *request);
void wallets_reply_one(struct http_request *request); /* of struct wallet_draft's id */
void wallets_reply_created(struct http_request *request, const char *currencies_code);
void wallets_reply_changed(struct http_request *request);
void wallet_reply(struct http_request *request, const struct wallet_row *row);

/* clang-format off */
#define WALLET_AT(member) offsetof(struct wallet_draft, member)
#define WALLET_CHAIN_ROW(X, class_, row_, at_)                                                     \
    row_(X, class_, "blockchain_key", at_, check_blockchain_key, "blockchain_key_doesnt_exist",    \
         "Key of its chain.")
#define WALLET_KIND_ROW(X, at_, flags_)                                                            \
    {.name = "kind", .kind = PARAM_TEXT, .offset = at_, .flags = flags_,                           \
     .values = "deposit fee hot warm cold", .type_code = X##_TEXT("kind", "is invalid"),           \
     .value_code = X##_CODE("wallet", "kind", "invalid_kind"), DEFAULT_TEXTS(X, "kind"),           \
     .doc = "What it is for."}
#define WALLET_CURRENCIES_ROW(X, at_, flags_)                                                      \
    {.name = "currencies", .kind = PARAM_MULTI, .offset = at_, .flags = flags_,                    \
     .check = check_currency_lower, .type_code = X##_TEXT("currencies", "is invalid"),             \
     .value_code = X##_CODE("wallet", "currencies", "currency_doesnt_exist"),                      \
     DEFAULT_TEXTS(X, "currencies"), .doc = "Currency codes."}
#define WALLET_SAVE_ROWS(X, required_)                                                             \
    {.name = "blockchain_key", .kind = PARAM_TEXT, .offset = WALLET_AT(blockchain_key),            \
     .flags = required_, .check = check_blockchain_key,                                            \
     .type_code = X##_TEXT("blockchain_key", "is invalid"),                                        \
     .value_code = X##_CODE("wallet", "blockchain_key", "blockchain_key_doesnt_exist"),            \
     DEFAULT_TEXTS(X, "blockchain_key"), .doc = "Key of its chain."},                              \
    {.name = "name", .kind = PARAM_TEXT, .offset = WALLET_AT(name), .flags = required_,            \
     .type_code = X##_TEXT("name", "is invalid"), DEFAULT_TEXTS(X, "name"), .doc = "Name."},       \
    ROW_TEXT(X, "address", WALLET_AT(address), "Its address; blank: the gateway makes one."),      \
    WALLET_KIND_ROW(X, WALLET_AT(kind), required_),                                                \
    {.name = "gateway", .kind = PARAM_TEXT, .offset = WALLET_AT(gateway), .flags = required_,      \
     .check = check_gateway, .type_code = X##_TEXT("gateway", "is invalid"),                       \
     .value_code = X##_CODE("wallet", "gateway", "gateway_doesnt_exist"),                          \
     DEFAULT_TEXTS(X, "gateway"), .doc = "Back end; GET /admin/wallets/gateways lists them."},     \
    WALLET_CURRENCIES_ROW(X, WALLET_AT(currencies), 0),                                            \
    {.name = "currency", .kind = PARAM_TEXT, .offset = WALLET_AT(currency),                        \
     .check = check_currency_lower, .type_code = X##_TEXT("currency", "is invalid"),               \
     .value_code = X##_CODE("wallet", "currency", "currency_doesnt_exist"),                        \
     .doc = "Instead of currencies: one code."},                                                   \
    {.name = "max_balance", .kind = PARAM_DEC, .offset = WALLET_AT(max_balance),                   \
     .flags = PARAM_NOT_NEGATIVE,                                                                  \
     .type_code = X##_CODE("blockchain", "max_balance", "non_decimal_max_balance"),                \
     .value_code = X##_CODE("wallet", "max_balance", "invalid_max_balance"),                       \
     .doc = "What it should hold at most, in the platform currency."},                             \
    ROW_WORD(X, "wallet", "status", WALLET_AT(status), "active disabled", "invalid_status",        \
             "active or disabled."),                                                               \
    {.name = "settings", .kind = PARAM_JSON, .offset = WALLET_AT(settings),                        \
     .check = check_wallet_settings, .type_code = X##_TEXT("settings", "is invalid"),              \
     .value_code = X##_CODE("wallet", "settings", "invalid_uri_setting"),                          \
     .doc = "Object: uri and others; a secret is not kept."}
/* clang-format on */

#endif

/*
 * catalog_params.h: rows of parameter tables that administrators and the management API share. They
 * differ in what they say of a mistake: an administrator gets a code
 * ("admin.currency.invalid_type"), a server gets a sentence that begins with the parameter ("type
 * management.currency.invalid_type", "code is missing"); a member gets codes as administrators do. The
 * first argument of a row picks one: ACCOUNT, ADMIN or MANAGEMENT.
 *
 * AT is a macro of the caller: AT(member) is the offset of a member in the struct of the route,
 * which is the draft of an action (actions/catalog_change.h).
 */
#ifndef ACCOUNTING_HTTP_CATALOG_PARAMS_H
#define ACCOUNTING_HTTP_CATALOG_PARAMS_H

#include "http/param.h"

/* A code of class CLASS about parameter NAME. */
#define ACCOUNT_CODE(class_, name_, code_) "account." class_ "." code_
#define ADMIN_CODE(class_, name_, code_) "admin." class_ "." code_
#define MANAGEMENT_CODE(class_, name_, code_) name_ " management." class_ "." code_
/* Where the contract has no code of its own: the library composes one for members and administrators. */
#define ACCOUNT_TEXT(name_, text_) NULL
#define ADMIN_TEXT(name_, text_) NULL
#define MANAGEMENT_TEXT(name_, text_) name_ " " text_

/* clang-format off */
#define DEFAULT_TEXTS(X, name_)                                                                    \
    .missing_code = X##_TEXT(name_, "is missing"), .empty_code = X##_TEXT(name_, "is empty")

#define ROW_TEXT(X, name_, at_, doc_)                                                              \
    {.name = name_, .kind = PARAM_TEXT, .offset = at_,                                             \
     .type_code = X##_TEXT(name_, "is invalid"), .doc = doc_}

#define ROW_TEXT_REQUIRED(X, name_, at_, doc_)                                                     \
    {.name = name_, .kind = PARAM_TEXT, .offset = at_, .flags = PARAM_REQUIRED,                    \
     .type_code = X##_TEXT(name_, "is invalid"), DEFAULT_TEXTS(X, name_), .doc = doc_}

#define ROW_WORD(X, class_, name_, at_, values_, code_, doc_)                                      \
    {.name = name_, .kind = PARAM_TEXT, .offset = at_, .values = values_,                          \
     .type_code = X##_TEXT(name_, "is invalid"), .value_code = X##_CODE(class_, name_, code_),     \
     .doc = doc_}

#define ROW_CHECKED(X, class_, name_, at_, check_, code_, doc_)                                    \
    {.name = name_, .kind = PARAM_TEXT, .offset = at_, .check = check_,                            \
     .type_code = X##_TEXT(name_, "is invalid"), .value_code = X##_CODE(class_, name_, code_),     \
     .doc = doc_}

#define ROW_CHECKED_REQUIRED(X, class_, name_, at_, check_, code_, doc_)                           \
    {.name = name_, .kind = PARAM_TEXT, .offset = at_, .flags = PARAM_REQUIRED, .check = check_,   \
     .type_code = X##_TEXT(name_, "is invalid"), .value_code = X##_CODE(class_, name_, code_),     \
     DEFAULT_TEXTS(X, name_), .doc = doc_}

#define ROW_DEC(X, class_, name_, at_, code_, doc_)                                                \
    {.name = name_, .kind = PARAM_DEC, .offset = at_,                                              \
     .type_code = X##_CODE(class_, name_, code_), .doc = doc_}

/* >= 0 */
#define ROW_DEC_0(X, class_, name_, at_, type_, code_, doc_)                                       \
    {.name = name_, .kind = PARAM_DEC, .offset = at_, .flags = PARAM_NOT_NEGATIVE,                 \
     .type_code = X##_CODE(class_, name_, type_), .value_code = X##_CODE(class_, name_, code_),    \
     .doc = doc_}

#define ROW_DEC_0_REQUIRED(X, class_, name_, at_, type_, code_, doc_)                              \
    {.name = name_, .kind = PARAM_DEC, .offset = at_,                                              \
     .flags = PARAM_NOT_NEGATIVE | PARAM_REQUIRED, .type_code = X##_CODE(class_, name_, type_),    \
     .value_code = X##_CODE(class_, name_, code_), DEFAULT_TEXTS(X, name_), .doc = doc_}

#define ROW_I64(X, class_, name_, at_, code_, doc_)                                                \
    {.name = name_, .kind = PARAM_I64, .offset = at_,                                              \
     .type_code = X##_CODE(class_, name_, code_), .doc = doc_}

#define ROW_I64_RANGE(X, class_, name_, at_, min_, max_, type_, code_, doc_)                       \
    {.name = name_, .kind = PARAM_I64, .offset = at_, .flags = PARAM_RANGE, .min = min_,           \
     .max = max_, .type_code = X##_CODE(class_, name_, type_),                                     \
     .value_code = X##_CODE(class_, name_, code_), .doc = doc_}

#define ROW_BOOL(X, class_, name_, at_, code_, doc_)                                               \
    {.name = name_, .kind = PARAM_BOOL, .offset = at_,                                             \
     .type_code = X##_CODE(class_, name_, code_), .doc = doc_}

/* ---- a row that is changed ---- */

#define ROW_ID(X, at_, code_)                                                                      \
    {.name = "id", .kind = PARAM_I64, .offset = at_, .flags = PARAM_REQUIRED, .type_code = code_,  \
     DEFAULT_TEXTS(X, "id"), .doc = "Id of the row."}

#define ROW_ID_IN_PATH(at_, code_)                                                                 \
    {.name = "id", .kind = PARAM_I64, .offset = at_, .flags = PARAM_REQUIRED | PARAM_IN_PATH,      \
     .type_code = code_, .doc = "Id of the row."}

/* ---- networks; 2.6 has the same rows on currencies, under its own class of codes ---- */

#define NETWORK_ROWS(X, class_, min_deposit_, withdraw_fee_)                                       \
    ROW_CHECKED(X, class_, "parent_id", AT(parent_id), check_currency_lower,                       \
                "parent_id_doesnt_exist", "Currency that pays the fees of a token."),              \
    ROW_DEC_0(X, class_, "deposit_fee", AT(deposit_fee), "non_decimal_deposit_fee",                \
              "invalid_deposit_fee", "Fixed fee of a deposit; fiat only."),                        \
    ROW_DEC_0(X, class_, "min_deposit_amount", AT(min_deposit_amount), "min_deposit_amount",       \
              min_deposit_, "Smallest deposit."),                                                  \
    ROW_DEC_0(X, class_, "min_collection_amount", AT(min_collection_amount),                       \
              "non_decimal_min_collection_amount", "invalid_min_collection_amount",                \
              "Smallest amount that is collected from a deposit address."),                        \
    ROW_DEC_0(X, class_, "withdraw_fee", AT(withdraw_fee), "non_decimal_withdraw_fee",             \
              withdraw_fee_, "Fixed fee of a withdrawal."),                                        \
    ROW_DEC_0(X, class_, "min_withdraw_amount", AT(min_withdraw_amount),                           \
              "non_decimal_min_withdraw_amount", "invalid_min_withdraw_amount",                    \
              "Smallest withdrawal."),                                                             \
    ROW_BOOL(X, class_, "deposit_enabled", AT(deposit_enabled), "non_boolean_deposit_enabled",     \
             "Deposits are taken."),                                                               \
    ROW_BOOL(X, class_, "withdrawal_enabled", AT(withdrawal_enabled),                              \
             "non_boolean_withdrawal_enabled", "Withdrawals are taken."),                          \
    {.name = "options", .kind = PARAM_JSON, .offset = AT(options), .check = check_json_object,     \
     .type_code = X##_CODE(class_, "options", "non_json_options"),                                 \
     .value_code = X##_CODE(class_, "options", "non_json_options"),                                \
     .doc = "Options of the adapter, an object."}

#define NETWORK_UNIT_ROWS(X, class_)                                                               \
    {.name = "base_factor", .kind = PARAM_I64, .offset = AT(base_factor),                          \
     .check = check_no_subunits,                                                                   \
     .type_code = X##_CODE(class_, "base_factor", "non_integer_base_factor"),                      \
     .value_code = X##_CODE(class_, "base_factor", "one_of_base_factor_subunits_fields"),          \
     .doc = "Smallest units in one unit, a power of ten; or subunits."},                           \
    ROW_I64_RANGE(X, class_, "subunits", AT(subunits), 0, 18, "non_integer_subunits",              \
                  "invalid_subunits", "Decimal digits of base_factor.")

/* ---- currencies ---- */

#define CURRENCY_PARAM_ROWS(X)                                                                     \
    ROW_TEXT(X, "name", AT(name), "Name."),                                                        \
    ROW_WORD(X, "currency", "type", AT(type), "coin fiat", "invalid_type", "coin or fiat."),       \
    ROW_I64(X, "currency", "precision", AT(precision), "non_integer_base_precision",               \
            "Fractional digits; 8 unless given."),                                                 \
    ROW_DEC(X, "currency", "price", AT(price), "non_decimal_price",                                \
            "Price in the currency of the platform."),                                             \
    ROW_WORD(X, "currency", "status", AT(status), "enabled disabled hidden", "invalid_status",     \
             "enabled, disabled or hidden."),                                                      \
    ROW_BOOL(X, "currency", "visible", AT(visible), "non_boolean_visible",                         \
             "2.6: status enabled or disabled."),                                                  \
    ROW_TEXT(X, "icon_url", AT(icon_url), "URL of the icon."),                                     \
    ROW_TEXT(X, "description", AT(description), "Text about the currency."),                       \
    ROW_TEXT(X, "homepage", AT(homepage), "URL."),                                                 \
    ROW_DEC_0(X, "currency", "withdraw_limit_24h", AT(withdraw_limit_24h),                         \
              "non_decimal_withdraw_limit_24h", "invalid_withdraw_limit_24h",                      \
              "Withdrawals of a member in 24 hours."),                                             \
    ROW_DEC_0(X, "currency", "withdraw_limit_72h", AT(withdraw_limit_72h),                         \
              "non_decimal_withdraw_limit_72h", "invalid_withdraw_limit_72h",                      \
              "Withdrawals of a member in 72 hours.")

/* ---- markets ---- */

#define MARKET_NUMBER_ROWS(X)                                                                      \
    ROW_I64_RANGE(X, "market", "amount_precision", AT(amount_precision), 0, 16,                    \
                  "non_integer_amount_precision", "invalid_amount_precision",                      \
                  "Fractional digits of amounts."),                                                \
    ROW_I64_RANGE(X, "market", "price_precision", AT(price_precision), 0, 16,                      \
                  "non_integer_price_precision", "invalid_price_precision",                        \
                  "Fractional digits of prices."),                                                 \
    ROW_DEC_0(X, "market", "max_price", AT(max_price), "non_decimal_max_price",                    \
              "invalid_max_price", "Highest price of an order; 0: no limit."),                     \
    ROW_WORD(X, "market", "state", AT(state), "enabled disabled hidden locked sale presale",       \
             "invalid_state", "Only enabled and hidden markets trade.")

#define MARKET_MINIMUM_ROWS(X, row_)                                                               \
    row_(X, "market", "min_price", AT(min_price), "non_decimal_min_price", "invalid_min_price",    \
         "Lowest price of an order."),                                                             \
    row_(X, "market", "min_amount", AT(min_amount), "non_decimal_min_amount",                      \
         "invalid_min_amount", "Smallest order.")
/* clang-format on */

#endif

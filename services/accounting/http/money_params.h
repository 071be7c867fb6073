/*
 * money_params.h: rows of parameter tables about deposits, withdrawals and beneficiaries, which members,
 * administrators and servers give in much the same way. The first argument of a row is ACCOUNT or MANAGEMENT
 * (catalog_params.h says what they differ in). AT is a macro of the caller, as there.
 */
#ifndef ACCOUNTING_HTTP_MONEY_PARAMS_H
#define ACCOUNTING_HTTP_MONEY_PARAMS_H

#include "accounting/domain/beneficiary.h"
#include "accounting/http/catalog_params.h"

/* clang-format off */

/* ---- lists of members ---- */

#define ACCOUNT_CURRENCY_ROW(at_, flags_, check_)                                                  \
    {.name = "currency", .kind = PARAM_TEXT, .offset = at_, .flags = flags_, .check = check_,      \
     .value_code = "account.currency.doesnt_exist", .doc = "Currency code."}

#define ACCOUNT_CHAIN_ROW(class_, at_, flags_, doc_)                                               \
    {.name = "blockchain_key", .kind = PARAM_TEXT, .offset = at_, .flags = flags_,                 \
     .check = check_blockchain_key,                                                                \
     .value_code = "account." class_ ".blockchain_key_doesnt_exist", .doc = doc_}

#define ACCOUNT_TIME_ROW(class_, name_, doc_)                                                      \
    {.name = #name_, .kind = PARAM_I64, .offset = AT(name_), .flags = PARAM_NOT_BLANK,             \
     .type_code = "account." class_ ".non_integer_" #name_,                                        \
     .empty_code = "account." class_ ".empty_" #name_, .doc = doc_}

#define ACCOUNT_LIMIT_ROW(class_, at_, max_)                                                       \
    {.name = "limit", .kind = PARAM_I64, .offset = at_, .flags = PARAM_RANGE, .min = 1,            \
     .max = max_, .fallback = "100", .type_code = "account." class_ ".non_integer_limit",           \
     .value_code = "account." class_ ".invalid_limit", .doc = "Rows of a page."}
#define ACCOUNT_PAGE_ROW(class_, at_)                                                              \
    {.name = "page", .kind = PARAM_I64, .offset = at_, .flags = PARAM_RANGE, .min = 1,             \
     .max = INT32_MAX, .fallback = "1", .type_code = "account." class_ ".non_integer_page",        \
     .value_code = "account." class_ ".non_positive_page", .doc = "Number of the page, from 1."}

/* ---- of servers: where the contract has no code of its own ---- */

#define MANAGEMENT_CHAIN_ROW(at_, doc_)                                                            \
    {.name = "blockchain_key", .kind = PARAM_TEXT, .offset = at_, .check = check_blockchain_key,   \
     .type_code = "blockchain_key is invalid",                                                     \
     .value_code = "blockchain_key does not have a valid value", .doc = doc_}

#define MANAGEMENT_WORD_ROW(name_, at_, values_, doc_)                                             \
    {.name = name_, .kind = PARAM_TEXT, .offset = at_, .values = values_,                          \
     .type_code = name_ " is invalid", .value_code = name_ " does not have a valid value",         \
     .doc = doc_}

/* ---- withdrawals ---- */

/* Those that members and servers may ask for; an administrator has more. */
#define WITHDRAW_STATES_SHOWN                                                                      \
    "prepared accepted skipped processing confirming succeed canceled rejected failed errored"

/* ---- beneficiaries ---- */

#define BENEFICIARY_TEXT_ROWS(X, data_doc_)                                                        \
    {.name = "name", .kind = PARAM_TEXT, .offset = AT(name),                                       \
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK | PARAM_RANGE, .max = BENEFICIARY_NAME_MAX,         \
     .type_code = X##_TEXT("name", "is invalid"),                                                  \
     .length_code = X##_CODE("beneficiary", "name", "too_long_name"),                              \
     DEFAULT_TEXTS(X, "name"), .doc = "What to call it."},                                         \
    {.name = "description", .kind = PARAM_TEXT, .offset = AT(description), .flags = PARAM_RANGE,   \
     .max = BENEFICIARY_DESCRIPTION_MAX, .type_code = X##_TEXT("description", "is invalid"),       \
     .length_code = X##_CODE("beneficiary", "description", "too_long_description"),                \
     .doc = "Text about it."},                                                                     \
    {.name = "data", .kind = PARAM_JSON, .offset = AT(data),                                       \
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,                                                    \
     .type_code = X##_CODE("beneficiary", "data", "non_json_data"), DEFAULT_TEXTS(X, "data"),      \
     .doc = data_doc_}
/* clang-format on */

#endif

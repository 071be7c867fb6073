/* management_support.h: rows and replies that the routes of the management API share. */
#ifndef ACCOUNTING_HTTP_MANAGEMENT_SUPPORT_H
#define ACCOUNTING_HTTP_MANAGEMENT_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/domain/member.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "api/management.h"
#include "accounting/http/routes_admin.h"
#include "http/http.h"

/* clang-format off */
/* `page` and `limit` in a struct paging; limit_max_ is a number, written out. */
#define MANAGEMENT_PAGING_ROWS(type, member_, limit_max_, limit_default_)                          \
    {.name = "page", .kind = PARAM_I64, .offset = offsetof(type, member_.page),                    \
     .flags = PARAM_RANGE, .min = 1, .max = INT32_MAX, .fallback = "1",                            \
     .type_code = "page is invalid", .value_code = "page must be greater than zero.",              \
     .doc = "Number of the page, from 1."},                                                        \
    {.name = "limit", .kind = PARAM_I64, .offset = offsetof(type, member_.limit),                  \
     .flags = PARAM_RANGE, .min = 1, .max = limit_max_, .fallback = limit_default_,                \
     .type_code = "limit is invalid",                                                              \
     .value_code = "limit must be in range: 1.." #limit_max_ ".", .doc = "Rows of a page."}

/* The same with an order, in the words of codes: prefix_ is "management.pagination". */
#define MANAGEMENT_LIST_ROWS(prefix_, type, paging_, ordering_, direction_)                        \
    {.name = "limit", .kind = PARAM_I64, .offset = offsetof(type, paging_.limit),                  \
     .flags = PARAM_RANGE, .min = 1, .max = PAGE_LIMIT_MAX, .fallback = "100",                     \
     .type_code = "limit " prefix_ ".non_integer_limit",                                           \
     .value_code = "limit " prefix_ ".invalid_limit", .doc = "Rows of a page."},                   \
    {.name = "page", .kind = PARAM_I64, .offset = offsetof(type, paging_.page),                    \
     .flags = PARAM_NOT_BLANK, .fallback = "1", .empty_code = "page is empty",                     \
     .type_code = "page " prefix_ ".non_integer_page", .doc = "Number of the page, from 1."},      \
    {.name = "ordering", .kind = PARAM_TEXT, .offset = offsetof(type, ordering_.ordering),         \
     .fallback = direction_, .values = "asc desc",                                                 \
     .value_code = "ordering " prefix_ ".invalid_ordering", .doc = "Direction of the order."},     \
    {.name = "order_by", .kind = PARAM_TEXT, .offset = offsetof(type, ordering_.order_by),         \
     .fallback = "id", .doc = "Column that orders."}

#define MANAGEMENT_CURRENCY_ROW(at_, flags_)                                                       \
    {.name = "currency", .kind = PARAM_TEXT, .offset = at_, .flags = flags_,                       \
     .check = check_currency, .type_code = "currency is invalid",                                  \
     .value_code = "currency does not have a valid value",                                         \
     DEFAULT_TEXTS(MANAGEMENT, "currency"), .doc = "Currency code, in either case."}

#define MANAGEMENT_MARKET_TYPE_ROW(at_)                                                            \
    {.name = "market_type", .kind = PARAM_TEXT, .offset = at_, .fallback = "spot",                 \
     .values = "spot qe", .type_code = "market_type is invalid",                                   \
     .value_code = "market_type does not have a valid value", .doc = "spot or qe."}
/* clang-format on */

/* The member of a filter or a command; NULL or "" is member id 0. ERR_NOT_FOUND. */
bool management_member(struct http_request *request, struct db *db, const char *uid,
                       struct member *ret_member, struct err *err) MUST_CHECK;

/* 422 with one sentence about a parameter: {"error":"uid is missing"}. */
void management_reply_param(struct http_request *request, const char *sentence);

/* A booking that failed: {"errors":"Account balance is insufficient (...)"}, or a sentence. */
void management_reply_unbooked(struct http_request *request, const struct err *err);

/* At most this many rows, whatever a longer limit asks for: pages of `limit` rows each. */
uint64_t management_limit(const struct paging *paging);

#endif

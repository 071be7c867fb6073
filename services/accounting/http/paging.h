/*
 * paging.h: the parameters `limit`, `page`, `ordering`, `order_by`, and the headers Total, Per-Page
 * and Page (reference 1.1). A request struct has a member `struct paging`; the rows come from a
 * macro that names the prefix of the error codes:
 *
 *     struct list_request { const char *type; struct paging paging; };
 *     static const struct param list_params[] = {
 *         {.name = "type", ...},
 *         PAGING_ROWS("pagination", struct list_request, paging),
 *         PARAM_END};
 *
 *     struct span span = paging_span(&params->paging, total);               // of rows in memory
 *     listing.limit = paging_limit(..), listing.offset = paging_offset(..);      // of a table
 *     paging_headers(request, &params->paging, total);
 *
 * Prefixes: "pagination" (public, account), "admin.pagination", "management.pagination".
 */
#ifndef ACCOUNTING_HTTP_PAGING_H
#define ACCOUNTING_HTTP_PAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http.h"
#include "http/param.h"

enum { PAGE_LIMIT_MAX = 1000, PAGE_LIMIT_DEFAULT = 100 };

struct paging {
    struct param_i64 limit, page;
};

struct ordering {
    const char *ordering; /* "asc", "desc" */
    const char *order_by; /* a column, as the request names it */
};

#define PAGING_ROWS(prefix, type, member)                                                          \
    {.name = "limit",                                                                              \
     .kind = PARAM_I64,                                                                            \
     .offset = offsetof(type, member.limit),                                                       \
     .flags = PARAM_RANGE,                                                                         \
     .min = 1,                                                                                     \
     .max = PAGE_LIMIT_MAX,                                                                        \
     .fallback = "100",                                                                            \
     .type_code = prefix ".non_integer_limit",                                                     \
     .value_code = prefix ".invalid_limit",                                                        \
     .doc = "Rows of a page."},                                                                    \
    {                                                                                              \
        .name = "page", .kind = PARAM_I64, .offset = offsetof(type, member.page),                  \
        .flags = PARAM_NOT_BLANK, .fallback = "1", .type_code = prefix ".non_integer_page",        \
        .doc = "Number of the page, from 1."                                                       \
    }

/* `direction` and `column` are the defaults: "desc", "id". */
#define ORDERING_ROWS(prefix, type, member, direction, column)                                     \
    {.name = "ordering",                                                                           \
     .kind = PARAM_TEXT,                                                                           \
     .offset = offsetof(type, member.ordering),                                                    \
     .fallback = direction,                                                                        \
     .values = "asc desc",                                                                         \
     .value_code = prefix ".invalid_ordering",                                                     \
     .doc = "Direction of the order."},                                                            \
    {                                                                                              \
        .name = "order_by", .kind = PARAM_TEXT, .offset = offsetof(type, member.order_by),         \
        .fallback = column, .doc = "Column that orders; an unknown one means the default."         \
    }

/* The page that was asked for, at least 1; the rows before it; the rows of it. */
uint64_t paging_page(const struct paging *paging);
uint64_t paging_limit(const struct paging *paging);
uint64_t paging_offset(const struct paging *paging);

static inline bool ordering_is_descending(const struct ordering *ordering)
{
    return ordering->ordering[0] == 'd';
}

/* The part of `total` rows that is the page. */
struct span {
    size_t first, count;
};
struct span paging_span(const struct paging *paging, size_t total);

/* Per-Page and Page, and Total unless it is PAGING_UNCOUNTED. */
#define PAGING_UNCOUNTED UINT64_MAX
void paging_headers(struct http_request *request, const struct paging *paging, uint64_t total);

#endif

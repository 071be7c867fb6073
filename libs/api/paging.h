/*
 * paging.h: the parameters `limit`, `page`, `ordering`, `order_by`, and the headers Total, Per-Page
 * and Page (reference of accounting 1.1, of auth 0.4). A request struct has a member `struct paging`; the rows come from a
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
 * Prefixes: "pagination" (public, account), "admin.pagination", "management.pagination". Auth's
 * lists are shorter and their codes have no prefix: PAGING_ROWS_BARE.
 */
#ifndef API_PAGING_H
#define API_PAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http.h"
#include "http/param.h"

enum { PAGE_LIMIT_MAX = 1000, PAGE_LIMIT_DEFAULT = 100, PAGE_LIMIT_BARE_MAX = 100 };

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

#define PAGING_ROWS_BARE(type, member)                                                             \
    {.name = "page",                                                                               \
     .kind = PARAM_I64,                                                                            \
     .offset = offsetof(type, member.page),                                                        \
     .flags = PARAM_RANGE,                                                                         \
     .min = 1,                                                                                     \
     .max = INT64_MAX,                                                                             \
     .fallback = "1",                                                                              \
     .type_code = "non_integer_page",                                                              \
     .value_code = "non_positive_page",                                                            \
     .doc = "Number of the page, from 1."},                                                        \
    {                                                                                              \
        .name = "limit", .kind = PARAM_I64, .offset = offsetof(type, member.limit),                \
        .flags = PARAM_RANGE, .min = 1, .max = PAGE_LIMIT_BARE_MAX, .fallback = "100",             \
        .type_code = "non_integer_limit", .value_code = "invalid_limit", .doc = "Rows of a page."  \
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

/* The value of the header Link (RFC 8288): the target with `page` replaced, as rel first, prev, last
 * and next, only those that there are. "" when everything is on one page. */
void paging_link_text(const struct paging *paging, uint64_t total, const char *path,
                      const char *query, struct str *out);
/* That header, for the path that the world sees: `public_base` instead of `route_base`. */
void paging_link_header(struct http_request *request, const struct paging *paging, uint64_t total,
                        const char *route_base, const char *public_base);

#endif

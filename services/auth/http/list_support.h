/* list_support.h: what the lists and changes of administrators, and of other servers, have in common. */
#ifndef AUTH_HTTP_LIST_SUPPORT_H
#define AUTH_HTTP_LIST_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "api/paging.h"
#include "auth/actions/admin_action.h"
#include "contract/param_value.h"
#include "db/listing.h"
#include "http/http.h"

/* ---- times: `range`, `from`, `to` ---- */

struct times {
    const char *range;         /* "created", "updated" */
    struct param_i64 from, to; /* Unix seconds, both inclusive */
};

/* clang-format off */
#define FROM_TO_ROWS(type, member)                                                                 \
    {.name = "from", .kind = PARAM_I64, .offset = offsetof(type, member.from),                     \
     .doc = "Unix seconds: rows of this second and later."},                                       \
    {.name = "to", .kind = PARAM_I64, .offset = offsetof(type, member.to),                         \
     .doc = "Unix seconds: rows of this second and earlier."}

#define TIMES_ROWS(type, member, code)                                                             \
    {.name = "range", .kind = PARAM_TEXT, .offset = offsetof(type, member.range),                  \
     .fallback = "created", .values = "created updated", .value_code = code,                       \
     .doc = "Which time `from` and `to` speak of."},                                               \
    FROM_TO_ROWS(type, member)
/* clang-format on */

static inline bool times_are_of_update(const struct times *times)
{
    return times->range && times->range[0] == 'u';
}

/* ---- lists ---- */

/* The page of a list; the order is still to be said. */
struct listing request_page(struct http_request *request, const struct paging *paging);

/* Room of the request's arena; NULL: the reply (503) is made. */
void *request_room(struct http_request *request, size_t count, size_t size);

/* The headers of the page, and the rows. Calls of other servers are POST: no links. */
void reply_page(struct http_request *request, const struct paging *paging, uint64_t total,
                const struct json_field *fields, const void *rows, size_t count, size_t size);

/* ---- changes ---- */

/* Runs it with the parameters of the request, for the administrator who asks; replies. */
void admin_run(struct http_request *request, admin_action *action);
/* The bare number of the status when `ok`, else the error. */
void reply_done(struct http_request *request, bool ok, int status, const struct err *err);
/* 422 with one code. */
void reply_one_code(struct http_request *request, const char *code);

#endif

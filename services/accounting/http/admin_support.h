/* admin_support.h: what the handlers of administrators and of the management API share. */
#ifndef ACCOUNTING_HTTP_ADMIN_SUPPORT_H
#define ACCOUNTING_HTTP_ADMIN_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/actions/catalog_change.h"
#include "api/paging.h"
#include "accounting/state/catalog.h"
#include "http/http.h"

/* ---- a change of the catalog ---- */

/* Connection, arena and time of this request; false: the reply (503) is made. */
bool request_change(struct http_request *request, struct change *ret_change);

/* Reads the catalog again after a commit and gives the copy that has it, for this request. A reload
 * that fails is logged: the change is made, and the next reload brings it. */
const struct catalog *request_renewed_catalog(struct http_request *request, struct db *db);

/* The reply of a change that failed: a broken rule is its sentence, {"errors":["Name can't
 * be..."]}; anything else goes as http_reply_err(). */
void reply_refusal(struct http_request *request, const struct err *err);

/* For actions whose permission may be limited to attributes: every parameter of the route that was
 * given, but for `key`, must be allowed to the member. False: the reply (403) is made. */
bool permit_given_or_reply(struct http_request *request, const char *action, const char *subject,
                           const char *key);

/* 422 with one code. */
void reply_code(struct http_request *request, const char *code);

/* ---- lists ---- */

/* The page and order of a list; the caller releases listing.where. */
struct listing listing_of(struct http_request *request, const struct paging *paging,
                          const struct ordering *ordering);

/* Room of the request's arena; NULL: the reply (503) is made. */
void *admin_alloc_or_reply(struct http_request *request, size_t count, size_t size);

/* ---- checks of parameter tables ---- */

bool check_currency(struct http_request *request, const char *code);       /* lower or upper case */
bool check_currency_lower(struct http_request *request, const char *code); /* lower case only */
bool check_visible_currency(struct http_request *request, const char *code); /* any case */
bool check_blockchain_key(struct http_request *request, const char *key);
bool check_blockchain_name(struct http_request *request, const char *name);
bool check_blockchain_client(struct http_request *request, const char *client); /* an adapter */
bool check_url(struct http_request *request, const char *url);
bool check_urls(struct http_request *request, const char *urls); /* between blanks and commas */
bool check_market_or_any(struct http_request *request, const char *id);
bool check_any_market(struct http_request *request, const char *id); /* in whatever state */
bool check_engine_name(struct http_request *request, const char *name);
bool check_engine_name_free(struct http_request *request, const char *name);
bool check_no_subunits(struct http_request *request, const char *base_factor); /* not both */
bool check_json_object(struct http_request *request, const char *text);

/* ---- dates: `range`, `from`, `to` of administrators' lists ---- */

struct date_range {
    const char *range; /* "created", "updated", "completed" */
    struct param_i64 from, to;
};

#define DATE_ROWS(type, member)                                                                    \
    {.name = "range",                                                                              \
     .kind = PARAM_TEXT,                                                                           \
     .offset = offsetof(type, member.range),                                                       \
     .fallback = "created",                                                                        \
     .values = "created updated completed",                                                        \
     .doc = "Which time `from` and `to` speak of."},                                               \
        {.name = "from",                                                                           \
         .kind = PARAM_TIME,                                                                       \
         .offset = offsetof(type, member.from),                                                    \
         .type_code = "admin.filter.range_from_invalid",                                           \
         .doc = "ISO-8601; rows of this time and later."},                                         \
    {                                                                                              \
        .name = "to", .kind = PARAM_TIME, .offset = offsetof(type, member.to),                     \
        .type_code = "admin.filter.range_to_invalid",                                              \
        .doc = "ISO-8601; rows of this time and "                                                  \
               "earlier."                                                                          \
    }

#endif

/*
 * context.h: who is asking, and what a handler works with. The hooks of the HTTP server, in the
 * order of reference 1.1: token -> member and level (context_before) -> parameters -> abilities
 * (context_permit) -> handler.
 *
 * A member whose row is in memory and says what the token says costs no query. Others are found,
 * created or updated first (actions/member_provision.h), on a worker thread, whatever the mode of
 * the route: the loop never waits for the database.
 *
 *     static void show(struct http_request *request)             // HTTP_WORKER
 *     {
 *         struct db *db = request_db(request);
 *         if (!db)
 *             return;                                            // 503 is on its way
 *         const struct market *market = catalog_market(request_catalog(request), id);
 */
#ifndef ACCOUNTING_HTTP_CONTEXT_H
#define ACCOUNTING_HTTP_CONTEXT_H

#include <stdbool.h>

#include "accounting/actions/accounting.h"
#include "accounting/domain/member.h"
#include "accounting/http/access.h"
#include "accounting/state/catalog.h"
#include "base/err.h"
#include "db/db.h"
#include "http/http.h"

/* ---- hooks of struct http_server_spec ---- */

bool context_before(struct http_request *request, const struct http_route *route, struct err *err);
bool context_permit(struct http_request *request, const struct http_route *route, struct err *err);
/* Below a protected prefix an unknown path without a token is 401, not 404. */
bool context_unknown(struct http_request *request, const struct http_route *route, struct err *err);
/* Errors of the management API have another form. */
void context_error_body(struct http_request *request, const struct err *err, struct str *out);
void *context_worker_open(void *app);

/* ---- what a handler asks for ---- */

struct accounting *request_app(const struct http_request *request);

/* The copy that this request holds: taken once, given back after the reply. */
const struct catalog *request_catalog(struct http_request *request);

/* The member of a route with a user token: row id and group, the rest as the token says. */
const struct member *request_member(const struct http_request *request);

/* The worker thread's connection, ready for work; NULL: the reply (503) is made. HTTP_WORKER only. */
struct db *request_db(struct http_request *request);

/* Something of the route's own that outlives the handler: from a HTTP_DEFERRED handler to `finish`. */
void request_keep(struct http_request *request, void *state);
void *request_kept(const struct http_request *request);

/* Whether the member may do this to this attribute, by the admin table. ERR_FORBIDDEN. */
bool request_permit_attribute(struct http_request *request, const char *action, const char *subject,
                              const char *attribute, struct err *err) MUST_CHECK;

#endif

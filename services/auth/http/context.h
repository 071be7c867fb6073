/*
 * context.h: who is asking, and what a handler works with. The hooks of the HTTP server:
 * bearer token -> user (context_before) -> parameters -> abilities (context_permit) -> handler.
 *
 *     static void show(struct http_request *request)             // HTTP_WORKER
 *     {
 *         struct call call;
 *         if (!request_call(request, &call))
 *             return;                                            // 503 is on its way
 *         const struct user *user = request_user(request);       // ACCESS_USER, ACCESS_ADMIN
 *         if (!something(&call, user, &err))
 *             http_reply_err(request, &err);
 *
 * The user of a token is read from the table, on a worker thread, whatever the mode of the route: so
 * such routes are all HTTP_WORKER.
 */
#ifndef AUTH_HTTP_CONTEXT_H
#define AUTH_HTTP_CONTEXT_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "auth/actions/authz.h"
#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "auth/http/access.h"
#include "base/err.h"
#include "db/db.h"
#include "http/http.h"

/* ---- hooks of struct http_server_spec ---- */

bool context_before(struct http_request *request, const struct http_route *route, struct err *err);
bool context_permit(struct http_request *request, const struct http_route *route, struct err *err);
/* Below a protected prefix an unknown path without a token is 401, not 404. */
bool context_unknown(struct http_request *request, const struct http_route *route, struct err *err);
void context_error_body(struct http_request *request, const struct err *err, struct str *out);
void *context_worker_open(void *app);

/* ---- what a handler asks for ---- */

struct auth *request_app(const struct http_request *request);

/* The user of the bearer token, as the table had him when the request began; `data` is read. */
const struct user *request_user(const struct http_request *request);

/* What was found out for the edge. ACCESS_AUTHZ. */
const struct authz_answer *request_authz(const struct http_request *request);

/* The address, the country and the browser of the client. Any route. */
struct visitor request_visitor(const struct http_request *request);

/* The worker thread's connection, ready for work; NULL: the reply (503) is made. HTTP_WORKER only. */
struct db *request_db(struct http_request *request);

/* All that an action works with; false: the reply (503) is made. HTTP_WORKER only. */
bool request_call(struct http_request *request, struct call *ret_call);

#endif

/*
 * context.h: who is asking, and what a handler works with: the hooks of the HTTP server.
 */
#ifndef BLOCKCHAIN_HTTP_CONTEXT_H
#define BLOCKCHAIN_HTTP_CONTEXT_H

#include <stdbool.h>

#include "base/err.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/http/access.h"
#include "db/db.h"
#include "http/http.h"

/* ---- hooks of struct http_server_spec ---- */

bool context_before(struct http_request *request, const struct http_route *route, struct err *err);
bool context_permit(struct http_request *request, const struct http_route *route, struct err *err);
bool context_unknown(struct http_request *request, const struct http_route *route, struct err *err);
void *context_worker_open(void *app);

/* ---- what a handler asks for ---- */

struct blockchain *request_app(const struct http_request *request);

/* The worker thread's connection; NULL: the reply (503) is made. HTTP_WORKER only. */
struct db *request_db(struct http_request *request);

/* Whether this service asks. */
bool request_is_of(struct http_request *request, const char *service);

/* The uid of the operator who asks, of routes with ACCESS_ADMIN. ERR_FORBIDDEN: one whose word on money does not count. */
bool request_settler(struct http_request *request, char *ret_uid, size_t size, struct err *err)
    MUST_CHECK;

/* The chain that the path names; NULL: the reply (404 blockchain.chain.not_found) is made. */
struct chain *request_chain(struct http_request *request, const char *key);

/* A session of the chain's providers, which ends with the request; NULL: the reply is made. */
struct provider_session *request_session(struct http_request *request, struct chain *chain);

#endif

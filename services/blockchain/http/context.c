#include "blockchain/http/context.h"

#include <string.h>

#include "api/worker.h"
#include "api/scope_claim.h"
#include "api/service_keys.h"
#include "blockchain/http/trust.h"
#include "token/token.h"

struct blockchain *request_app(const struct http_request *request)
{
    return http_app(request);
}

void *context_worker_open(void *app)
{
    const struct blockchain *blockchain = app;
    return worker_new(&blockchain->db_config);
}

struct db *request_db(struct http_request *request)
{
    return worker_db_or_reply(request);
}

struct chain *request_chain(struct http_request *request, const char *key)
{
    struct err err;
    struct chain *chain = chains_find(request_app(request)->chains, key);
    if (chain)
        return chain;
    err_set_key(&err, ERR_NOT_FOUND, "blockchain.chain.not_found", "no chain %.32s", key);
    http_reply_err(request, &err);
    return NULL;
}

static void session_end(void *session)
{
    provider_session_close(session);
}

struct provider_session *request_session(struct http_request *request, struct chain *chain)
{
    struct provider_session *session;
    struct err err;
    bool ok = chain_session(chain, &session, &err);
    if (ok && arena_defer(http_arena(request), session_end, session))
        return session;
    if (ok) {
        provider_session_close(session);
        err_set(&err, ERR_BUSY, "no memory for a request");
    }
    http_reply_err(request, &err);
    return NULL;
}

/* ---- the hooks ---- */

static bool peer_enter(struct http_request *request, enum access access, struct err *err)
{
    struct blockchain *app = request_app(request);
    struct service_peer peer;
    if (!token_cache_get(app->service_tokens, app->clock, http_header(request, "Authorization"),
                         &peer, err))
        return false;
    if (access == ACCESS_SPEND && strcmp(peer.name, "accounting") != 0)
        return err_set_key(err, ERR_FORBIDDEN, "blockchain.scope.spend", "%s may not spend",
                           peer.name);
    return true;
}

bool request_is_of(struct http_request *request, const char *service)
{
    const struct blockchain *app = request_app(request);
    struct service_peer peer;
    struct err ignored; /* the hook before has let it in */
    return token_cache_get(app->service_tokens, app->clock, http_header(request, "Authorization"),
                           &peer, &ignored) &&
           strcmp(peer.name, service) == 0;
}

/* Who operates the gateway; the edge asks auth's permissions before. */
static const struct {
    const char *role;
    bool may_change, may_settle; /* the latter: say what became of money */
} operators[] = {
    {"superadmin", true, true},
    {"admin", true, true},
    {"technical", true, false},
    {"accountant", false, false},
};

bool request_settler(struct http_request *request, char *ret_uid, size_t size, struct err *err)
{
    const struct blockchain *app = request_app(request);
    struct operator_claims claims;
    if (!token_cache_get(app->user_tokens, app->clock, http_header(request, "Authorization"),
                         &claims, err))
        return false;
    snprintf(ret_uid, size, "%s", claims.uid);
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (strcmp(operators[i].role, claims.role) == 0 && operators[i].may_settle)
            return true;
    return err_set_key(err, ERR_FORBIDDEN, "admin.ability.not_permitted", "role %s may not",
                       claims.role);
}

/* A key of tomorrow makes us ask for the keys, on a worker thread. */
static bool operator_enter(struct http_request *request, struct err *err)
{
    struct blockchain *app = request_app(request);
    const char *header = http_header(request, "Authorization");
    struct operator_claims claims;
    if (!token_cache_get(app->user_tokens, app->clock, header, &claims, err)) {
        if (!trust_lacks_key_of(app, header))
            return false;
        if (!http_is_on_worker(request))
            return http_move_to_worker(request, err); /* false: `before` comes back from there */
        if (!trust_refresh(app, err) ||
            !token_cache_get(app->user_tokens, app->clock, header, &claims, err))
            return false;
    }
    if (!scope_permit_request(request, "blockchain", claims.scopes, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (strcmp(operators[i].role, claims.role) == 0 &&
            (operators[i].may_change || strcmp(http_method_of(request), "GET") == 0))
            return true;
    return err_set_key(err, ERR_FORBIDDEN, "admin.ability.not_permitted", "role %s may not",
                       claims.role);
}

bool context_before(struct http_request *request, const struct http_route *route, struct err *err)
{
    switch ((enum access)route->access) {
    case ACCESS_PUBLIC:
        return true;
    case ACCESS_READ:
    case ACCESS_SPEND:
        return peer_enter(request, (enum access)route->access, err);
    case ACCESS_ADMIN:
        return operator_enter(request, err);
    }
    return err_set(err, ERR_INTERNAL, "a route without access");
}

bool context_permit(struct http_request *request, const struct http_route *route, struct err *err)
{
    (void)request;
    (void)route;
    (void)err;
    return true;
}

/* Nothing here is for everybody, so a path that is not there is not told apart from one that is. */
bool context_unknown(struct http_request *request, const struct http_route *route, struct err *err)
{
    struct err failure;
    (void)route;
    if (operator_enter(request, &failure) || peer_enter(request, ACCESS_READ, &failure))
        return true;
    return err_set(err, ERR_UNAUTHENTICATED, "an unknown path without a token");
}

/*
 * Bearer tokens at the edge. An access token of the OAuth provider opens what its scopes name, as far
 * as the role of its user goes. In a local stack alone (AUTH_EDGE_JWT_ALLOWED) a session JWT that our
 * own key signed passes as it is: tools/token makes such. Anything else is refused with the one
 * answer that every service gives to a bad token.
 */
#include <string.h>
#include <strings.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/actions/oauth.h"
#include "auth/actions/oauth_bearer.h"
#include "auth/actions/oauth_proof.h"
#include "auth/domain/oauth_error.h"
#include "auth/state/bearer.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "token/token.h"

enum { STATUS_PASS = 200, STATUS_REFUSED = 401, STATUS_TOO_NARROW = 403, ADDRESS_BYTES_MAX = 4096 };

static const char bearer_scheme[] = "Bearer ", dpop_scheme[] = "DPoP ";

static bool has_scheme(const char *header, const char *scheme)
{
    return strncasecmp(header, scheme, strlen(scheme)) == 0;
}

bool authz_has_bearer(const struct authz_question *question)
{
    const char *header = question->authorization;
    if (!header)
        return false;
    if (has_scheme(header, bearer_scheme) || has_scheme(header, dpop_scheme))
        return true;
    /* Another scheme is somebody else's (a site behind a password) when there is a session; alone, it
     * is a token that was written wrong, and is refused like any bad one. */
    return !question->cookie;
}

static enum authz_result refuse(struct inquiry *inquiry)
{
    return authz_refuse(inquiry, STATUS_REFUSED, "jwt.decode_and_verify");
}

/* The text behind the scheme; NULL: there is none that can be a token. */
static const char *token_of(const struct authz_question *question)
{
    const char *header = question->authorization;
    const char *scheme = has_scheme(header, dpop_scheme) ? dpop_scheme : bearer_scheme;
    if (!has_scheme(header, scheme) || strlen(header) > TOKEN_BYTES_MAX)
        return NULL;
    return header + strlen(scheme);
}

/* ---- session JWTs ---- */

/* The claims are believed: our key signed them, and the configuration says that this is enough. */
static enum authz_result pass_edge_jwt(struct inquiry *inquiry, const struct bearer *bearer)
{
    struct user user = {.id = 0};
    memcpy(user.uid, bearer->uid, sizeof(user.uid));
    memcpy(user.role, bearer->role, sizeof(user.role));
    memcpy(user.state, bearer->state, sizeof(user.state));
    if (!user_may_enter(&user) || !permission_set_has_role(inquiry->tables->permissions, user.role))
        return refuse(inquiry);
    if (!scopes_permit(bearer->scopes, inquiry->question->method, inquiry->path))
        return authz_refuse(inquiry, STATUS_TOO_NARROW, "authz.insufficient_scope");
    enum authz_result result = authz_permit(inquiry, &user);
    if (result == AUTHZ_ANSWERED && inquiry->answer->status == STATUS_PASS)
        inquiry->answer->bearer = inquiry->question->authorization;
    return result;
}

/* ---- access tokens ---- */

static struct call call_of(const struct inquiry *inquiry)
{
    return (struct call){.app = inquiry->app,
                         .db = inquiry->db,
                         .arena = inquiry->arena,
                         .now_us = inquiry->now_us,
                         .visitor = inquiry->question->visitor};
}

/* The token must be for us: one for another resource opens nothing here (RFC 8707). */
static bool is_for_us(const struct auth *app, const char *audience)
{
    const char *issuer = oauth_issuer(app);
    size_t length = strlen(issuer);
    return strncmp(audience, issuer, length) == 0 &&
           (audience[length] == '\0' || audience[length] == '/');
}

static enum authz_result read_access(struct inquiry *inquiry, const char *token,
                                     const uint8_t *hash, bool *ret_found,
                                     struct gate_access *ret_access)
{
    struct call call = call_of(inquiry);
    struct oauth_bearer bearer;
    struct gate *gate = inquiry->app->gate;
    uint64_t stamp = cache_stamp(gate->access, hash);
    if (!oauth_bearer_enter(&call, token, &bearer, inquiry->err))
        return oauth_is(inquiry->err, OAUTH_INVALID_TOKEN) ? AUTHZ_ANSWERED : AUTHZ_FAILED;
    if (!is_for_us(inquiry->app, bearer.audience))
        return AUTHZ_ANSWERED;
    struct gate_access access = {.scopes = bearer.scopes,
                                 .is_bound = bearer.jkt[0] != '\0',
                                 .expires_at = bearer.expires_at};
    if (!cache_key_text(bearer.grant_id, access.grant_id, sizeof(access.grant_id)) ||
        !cache_key_text(bearer.client_id, access.client_id, sizeof(access.client_id)) ||
        !cache_key_text(bearer.uid, access.uid, sizeof(access.uid)) ||
        !cache_key_text(bearer.jkt, access.jkt, sizeof(access.jkt)))
        return AUTHZ_ANSWERED;
    cache_put(gate->access, hash, &access, stamp);
    *ret_found = true;
    *ret_access = access;
    return AUTHZ_ANSWERED;
}

static enum authz_result find_access(struct inquiry *inquiry, const char *token, bool *ret_found,
                                     struct gate_access *ret_access)
{
    uint8_t hash[SESSION_ID_SIZE];
    sha256(token, strlen(token), hash);
    *ret_found = cache_get(inquiry->app->gate->access, hash, ret_access) &&
                 inquiry->now_us < ret_access->expires_at;
    if (*ret_found)
        return AUTHZ_ANSWERED;
    return inquiry->db ? read_access(inquiry, token, hash, ret_found, ret_access)
                       : AUTHZ_NEEDS_DATABASE;
}

/* A token that is bound to a key comes with a proof of the key for this very request. */
static enum authz_result check_proof(struct inquiry *inquiry, const char *token,
                                     const struct gate_access *access, bool *ret_good)
{
    AUTO(str_release) struct str uri = STR_INIT(ADDRESS_BYTES_MAX);
    char jkt[OAUTH_JKT_SIZE];
    bool dpop = has_scheme(inquiry->question->authorization, dpop_scheme);
    *ret_good = dpop == access->is_bound;
    if (!*ret_good || !dpop)
        return AUTHZ_ANSWERED;
    if (!inquiry->db)
        return AUTHZ_NEEDS_DATABASE; /* each proof is remembered */
    oauth_address(inquiry->app, inquiry->question->path, &uri);
    struct call call = call_of(inquiry);
    const struct dpop_request request = {
        .method = inquiry->question->method, .uri = str_data(&uri), .access_token = token};
    *ret_good = str_ok(&uri) && inquiry->question->dpop &&
                oauth_proof_check(&call, inquiry->question->dpop, &request, jkt, inquiry->err) &&
                strcmp(jkt, access->jkt) == 0;
    return AUTHZ_ANSWERED;
}

static enum authz_result enter_access(struct inquiry *inquiry, const struct gate_access *access)
{
    struct gate_holder holder;
    bool found;
    /* A client that acts for itself has no account here to act on. */
    if (access->uid[0] == '\0' ||
        !scopes_permit(access->scopes, inquiry->question->method, inquiry->path))
        return authz_refuse(inquiry, STATUS_TOO_NARROW, "authz.insufficient_scope");
    enum authz_result result = authz_holder(inquiry, access->uid, &found, &holder);
    if (result != AUTHZ_ANSWERED)
        return result;
    if (!found || !user_may_enter(&holder.user))
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.user_not_active");
    result = authz_permit(inquiry, &holder.user);
    if (result != AUTHZ_ANSWERED || inquiry->answer->status != STATUS_PASS)
        return result;
    return authz_pass_as(inquiry, &holder, access->scopes);
}

static enum authz_result by_access_token(struct inquiry *inquiry, const char *token)
{
    struct gate_access access;
    bool found, proven;
    enum authz_result result = find_access(inquiry, token, &found, &access);
    if (result != AUTHZ_ANSWERED)
        return result;
    if (!found)
        return refuse(inquiry);
    result = check_proof(inquiry, token, &access, &proven);
    if (result != AUTHZ_ANSWERED)
        return result;
    return proven ? enter_access(inquiry, &access) : refuse(inquiry);
}

enum authz_result authz_by_bearer(struct inquiry *inquiry)
{
    struct auth *app = inquiry->app;
    const char *token = token_of(inquiry->question);
    struct bearer bearer;
    struct err err;
    if (token && oauth_bearer_is(token))
        return by_access_token(inquiry, token);
    if (app->config->edge_jwt_allowed &&
        token_cache_get(app->bearer_tokens, app->clock, inquiry->question->authorization, &bearer,
                        &err))
        return pass_edge_jwt(inquiry, &bearer);
    return refuse(inquiry);
}

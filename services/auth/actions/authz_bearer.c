/*
 * Bearer tokens at the edge. In a local stack alone (AUTH_EDGE_JWT_ALLOWED) a session JWT that our own
 * key signed passes as it is: tools/token makes such. Anything else is refused with the one answer
 * that every service gives to a bad token.
 */
#include <string.h>
#include <strings.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/state/bearer.h"
#include "auth/state/config.h"
#include "token/token.h"

enum { STATUS_PASS = 200, STATUS_REFUSED = 401 };

static bool has_scheme(const char *header, const char *scheme)
{
    return strncasecmp(header, scheme, strlen(scheme)) == 0;
}

bool authz_has_bearer(const struct authz_question *question)
{
    const char *header = question->authorization;
    if (!header)
        return false;
    if (has_scheme(header, "Bearer ") || has_scheme(header, "DPoP "))
        return true;
    /* Another scheme is somebody else's (a site behind a password) when there is a session; alone, it
     * is a token that was written wrong, and is refused like any bad one. */
    return !question->cookie;
}

static enum authz_result refuse(struct inquiry *inquiry)
{
    return authz_refuse(inquiry, STATUS_REFUSED, "jwt.decode_and_verify");
}

/* The claims are believed: our key signed them, and the configuration says that this is enough. */
static enum authz_result pass_edge_jwt(struct inquiry *inquiry, const struct bearer *bearer)
{
    struct user user = {.id = 0};
    memcpy(user.uid, bearer->uid, sizeof(user.uid));
    memcpy(user.role, bearer->role, sizeof(user.role));
    memcpy(user.state, bearer->state, sizeof(user.state));
    if (!user_may_enter(&user))
        return refuse(inquiry);
    enum authz_result result = authz_permit(inquiry, &user);
    if (result == AUTHZ_ANSWERED && inquiry->answer->status == STATUS_PASS)
        inquiry->answer->bearer = inquiry->question->authorization;
    return result;
}

enum authz_result authz_by_bearer(struct inquiry *inquiry)
{
    struct auth *app = inquiry->app;
    struct bearer bearer;
    struct err err;
    if (app->config->edge_jwt_allowed &&
        token_cache_get(app->bearer_tokens, app->clock, inquiry->question->authorization, &bearer,
                        &err))
        return pass_edge_jwt(inquiry, &bearer);
    return refuse(inquiry);
}

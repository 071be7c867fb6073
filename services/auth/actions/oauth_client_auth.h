/*
 * oauth_client_auth.h: who is this client (RFC 6749 2.3, RFC 7523). A client shows what it is
 * registered for, in exactly one way; everything else is OAUTH_INVALID_CLIENT, without saying what was
 * wrong, or OAUTH_INVALID_REQUEST for two ways at once.
 */
#ifndef AUTH_ACTIONS_OAUTH_CLIENT_AUTH_H
#define AUTH_ACTIONS_OAUTH_CLIENT_AUTH_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/store/oauth_clients.h"
#include "base/err.h"

/* NULL: absent. */
struct oauth_credentials {
    const char *authorization; /* the header */
    const char *client_id, *client_secret;
    const char *assertion_type, *assertion;
    const char *endpoint; /* path of this endpoint: an assertion may be for its address */
};

bool oauth_client_authenticate(struct call *call, const struct oauth_credentials *credentials,
                               struct oauth_client_row *ret_row, struct err *err) MUST_CHECK;

#endif

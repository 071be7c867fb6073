/*
 * oauth_exchange.h: the token endpoint. Each grant type takes something that may be used once and gives
 * tokens, in one transaction. What fails is OAUTH_INVALID_GRANT, without saying more than the developer
 * of the client needs.
 *
 * Second uses: a code that comes again ends its grant, with all tokens that came of it. A refresh token
 * that comes again within OAUTH_REFRESH_GRACE gives the same successor (the reply may have been lost, or
 * two tabs asked at once), unless that was used already; later it ends the grant: somebody else has it.
 */
#ifndef AUTH_ACTIONS_OAUTH_EXCHANGE_H
#define AUTH_ACTIONS_OAUTH_EXCHANGE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/store/oauth_clients.h"
#include "base/err.h"
#include "base/str.h"

/* NULL: absent. */
struct oauth_exchange {
    const struct oauth_client *client; /* who is asking: authenticated */
    const char *code, *redirect_uri, *code_verifier;
    const char *refresh_token;
    const char *scope;
    const char *resource;
    const char *device_code;
    const char *jkt; /* of the DPoP proof */
};

/* The JSON answer is appended to `out`. */
bool oauth_exchange_code(struct call *call, const struct oauth_exchange *exchange, struct str *out,
                         struct err *err) MUST_CHECK;
bool oauth_exchange_refresh(struct call *call, const struct oauth_exchange *exchange,
                            struct str *out, struct err *err) MUST_CHECK;
bool oauth_exchange_machine(struct call *call, const struct oauth_exchange *exchange,
                            struct str *out, struct err *err) MUST_CHECK;
bool oauth_exchange_device(struct call *call, const struct oauth_exchange *exchange,
                           struct str *out, struct err *err) MUST_CHECK;

#endif

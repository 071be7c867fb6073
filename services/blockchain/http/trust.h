/*
 * trust.h: which tokens the gateway believes: those of other services of the platform, and those of
 * administrators. Opening fills app->trust, app->user_tokens and app->service_tokens.
 */
#ifndef BLOCKCHAIN_HTTP_TRUST_H
#define BLOCKCHAIN_HTTP_TRUST_H

#include <stdbool.h>

#include "base/err.h"
#include "contract/scope.h"
#include "token/token.h"

struct blockchain;
struct trust;

/* What app->user_tokens keeps. */
struct operator_claims {
    char uid[64];
    char role[32];
    scope_set scopes; /* what the token may be used for */
};

bool trust_open(struct blockchain *app, struct err *err) MUST_CHECK;
void trust_close(struct blockchain *app); /* also half-open */

/* Asks the issuer for its keys, at most once a second; waits for the network. */
bool trust_refresh(struct blockchain *app, struct err *err) MUST_CHECK;
/* A thread that looks for changed keys at JWKS_URL, each JWKS_REFRESH seconds. */
void trust_watch(struct blockchain *app);
/* Whether the token names a key that we have not heard of: trust_refresh() may help. */
bool trust_lacks_key_of(const struct blockchain *app, const char *authorization);

#endif

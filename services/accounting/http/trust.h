/*
 * trust.h: which tokens this service believes: the users' (reference 6.1, 6.2) and those of the other
 * services of the platform (design.md §4). Made once at start from the configuration.
 *
 * Opening fills app->trust, app->user_tokens and app->service_tokens; closing frees them.
 */
#ifndef ACCOUNTING_HTTP_TRUST_H
#define ACCOUNTING_HTTP_TRUST_H

#include <stdbool.h>

#include "accounting/domain/member.h"
#include "base/err.h"
#include "contract/scope.h"
#include "token/token.h"

struct accounting;
struct trust;

/* What app->user_tokens keeps of a token. */
struct user_claims {
    struct member member; /* without id and group */
    scope_set scopes;     /* what it may be used for */
};

/* Needs app->config, app->abilities. ERR_CONFIG. */
bool trust_open(struct accounting *app, struct err *err) MUST_CHECK;
void trust_close(struct accounting *app); /* also half-open */

/* ---- keys of users' tokens, by the issuer's JWKS document (JWKS_URL) ---- */

/* Asks the issuer for its keys, at most once a second; waits for the network. */
bool trust_refresh(struct accounting *app, struct err *err) MUST_CHECK;
/* A thread that looks for changed keys at JWKS_URL, each JWKS_REFRESH seconds. */
void trust_watch(struct accounting *app);
/* Whether the token names a key that we have not heard of: trust_refresh() may help. */
bool trust_lacks_key_of(const struct accounting *app, const char *authorization);

#endif

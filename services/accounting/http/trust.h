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
#include "token/token.h"

struct accounting;
struct trust;

/* Needs app->config, app->abilities. app->user_tokens keeps a struct member without id and group.
 * ERR_CONFIG. */
bool trust_open(struct accounting *app, struct err *err) MUST_CHECK;
void trust_close(struct accounting *app); /* also half-open */

/* ---- keys of users' tokens, by the issuer's JWKS document (JWKS_URL) ---- */

/* Asks the issuer for its keys, at most once a second; waits for the network. */
bool trust_refresh(struct accounting *app, struct err *err) MUST_CHECK;
/* Whether the token names a key that we have not heard of: trust_refresh() may help. */
bool trust_lacks_key_of(const struct accounting *app, const char *authorization);

/* The claims of a user token as a member: token_read of app->user_tokens; `app` is the service. */
bool member_from_claims(void *app, const struct token_claims *claims, void *ret_member,
                        struct err *err);
#endif

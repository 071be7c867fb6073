/*
 * oauth.h: the OAuth provider as a whole: its name, its signatures, its pages, and the keys of clients
 * that publish theirs. The other actions of the provider:
 *
 *     oauth_client_auth.h   who is this client
 *     oauth_proof.h         has the sender the key (DPoP)
 *     oauth_flow.h          a person is asked: authorization, device approval
 *     oauth_exchange.h      the token endpoint: one function a grant type
 *     oauth_issue.h         making tokens
 *     oauth_bearer.h        a token is shown to us: introspection, revocation, userinfo, authz
 *     oauth_register.h      clients come, change and go
 *     oauth_logout.h        a session ends, and clients are told
 */
#ifndef AUTH_ACTIONS_OAUTH_H
#define AUTH_ACTIONS_OAUTH_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "auth/domain/oauth_client.h"
#include "base/err.h"
#include "base/str.h"
#include "token/token.h"

enum { OAUTH_TOKEN_BYTES_MAX = 8 * 1024, OAUTH_JWKS_AGE_S = 300, OAUTH_JWKS_PAUSE_S = 10 };

#define OAUTH_ACCESS_TYPE "at+jwt"
#define OAUTH_LOGOUT_TYPE "logout+jwt"

bool oauth_open(struct auth *app, struct err *err) MUST_CHECK;
void oauth_close(struct auth *app); /* also half-open */

/* "https://exchange.example": also the audience of tokens that name no other. */
const char *oauth_issuer(const struct auth *app);
/* Where one of our paths is in the world: issuer and path. */
void oauth_address(const struct auth *app, const char *path, struct str *out);

/* Signs; `type` is the `typ` of the header. */
bool oauth_sign(struct auth *app, const char *type, const char *claims, struct str *out,
                struct err *err) MUST_CHECK;
/* The algorithm of our signatures. */
const char *oauth_algorithm(const struct auth *app);
/* Whether we signed it, with this `typ`, for this audience (NULL: any); expired ones are refused unless
 * `expired_too`. The claims are appended to `json`. */
bool oauth_verify(struct auth *app, const char *type, const char *audience, bool expired_too,
                  const char *token, struct token_claims *ret_claims, struct str *json,
                  struct err *err) MUST_CHECK;

/* The public keys of a client: its own, or what its jwks_uri says (asked again after OAUTH_JWKS_AGE_S;
 * with `fresh` at once, but that once in OAUTH_JWKS_PAUSE_S: it takes no secret to name a key that
 * nobody has). One that can't be read is not asked again for that long. The caller frees.
 * OAUTH_INVALID_CLIENT. */
bool oauth_client_keys(struct auth *app, const struct oauth_client *client, bool fresh,
                       struct token_keys **ret_keys, struct err *err) MUST_CHECK;

/* The key of the nonces in DPoP proofs: the same in all processes. */
const uint8_t *oauth_nonce_key(const struct auth *app); /* SHA256_SIZE bytes */

#endif

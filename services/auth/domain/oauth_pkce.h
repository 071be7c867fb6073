/* oauth_pkce.h: who redeems a code has started its flow (RFC 7636). S256 only. Pure. */
#ifndef AUTH_DOMAIN_OAUTH_PKCE_H
#define AUTH_DOMAIN_OAUTH_PKCE_H

#include <stdbool.h>

enum { PKCE_CHALLENGE_CHARS = 43, PKCE_VERIFIER_MIN = 43, PKCE_VERIFIER_MAX = 128 };

/* base64url of 32 bytes, in its one spelling. */
bool pkce_challenge_is_valid(const char *challenge);
/* The verifier has the right form and is the one of the challenge. */
bool pkce_verifies(const char *verifier, const char *challenge);

#endif

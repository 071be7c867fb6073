/*
 * oauth_dpop.h: a proof that the sender has a key (RFC 9449), after its signature was found good
 * (token_verify_proof of token/jwk.h): is it a proof for this very request? Its jti must then be used
 * once: see oauth_once in the store. Pure.
 */
#ifndef AUTH_DOMAIN_OAUTH_DPOP_H
#define AUTH_DOMAIN_OAUTH_DPOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { DPOP_AGE_S_MAX = 60, DPOP_JTI_MAX = 128 };

struct dpop_request {
    const char *method;       /* "POST" */
    const char *uri;          /* as the world writes it */
    const char *access_token; /* NULL: none goes with it; else `ath` must be its hash */
};

/* claims_json is what the key signed. OAUTH_INVALID_DPOP_PROOF. `ret_nonce` (may be NULL as a claim):
 * "" when the proof has none, cut to size. */
bool dpop_check(const char *claims_json, const struct dpop_request *request, int64_t now_us,
                char *ret_nonce, unsigned long nonce_size, struct err *err) MUST_CHECK;

/* The nonce of a point in time: proofs must carry the one of this window or of the last one. */
enum { DPOP_NONCE_SIZE = 44, DPOP_NONCE_WINDOW_S = 300 };
void dpop_nonce_make(const void *key, unsigned long key_length, int64_t now_us,
                     char ret_nonce[static DPOP_NONCE_SIZE]);
bool dpop_nonce_is_good(const void *key, unsigned long key_length, int64_t now_us,
                        const char *nonce);

#endif

/*
 * jwk.h: keys as JSON (RFC 7517), their thumbprints (RFC 7638), and tokens that bring their key along
 * to prove that they have it (RFC 9449).
 *
 * A JWK from outside is believed as far as its key: kty decides what it may be (RSA of 2048 to 8192
 * bits, EC on P-256, P-384, P-521, OKP Ed25519), points are checked to be on their curve. One that
 * holds a private or symmetric member is refused, so that nobody's secret ends up in our tables.
 *
 * Threads: as token.h. Texts are canonical: the same key has one JSON text and one thumbprint.
 */
#ifndef TOKEN_JWK_H
#define TOKEN_JWK_H

#include <cjson/cJSON.h>

#include "token/token.h"

enum { TOKEN_THUMBPRINT_SIZE = 44, TOKEN_JWKS_BYTES_MAX = 64 * 1024 };

/* Adds one key. Its name is `kid`, or its thumbprint. The algorithm is `alg`; without one,
 * `algorithm` if it fits (NULL: none), else the usual one of such a key. ERR_INVALID. */
bool token_keys_add_jwk(struct token_keys *keys, const cJSON *jwk, const char *algorithm,
                        struct err *err) MUST_CHECK;
/* Adds all keys of {"keys":[...]} that are for signatures; others are passed over, as are keys whose
 * kind or algorithm we don't know. A broken or private one fails. *ret_added may be 0. */
bool token_keys_add_jwks(struct token_keys *keys, const char *json, size_t length,
                         const char *algorithm, size_t *ret_added, struct err *err) MUST_CHECK;

/* Appends {"kty":..,"use":"sig","kid":..,"alg":..,...} of a PEM key; only its public half. */
bool token_jwk_write(const char *name, const char *algorithm, const char *pem, struct str *out,
                     struct err *err) MUST_CHECK;
bool token_jwk_thumbprint(const cJSON *jwk, char ret_thumbprint[static TOKEN_THUMBPRINT_SIZE],
                          struct err *err) MUST_CHECK;

/* A fresh key pair as PEM texts, and its thumbprint, which makes a good name. */
bool token_key_generate(const char *algorithm, struct str *private_pem, struct str *public_pem,
                        char ret_thumbprint[static TOKEN_THUMBPRINT_SIZE], struct err *err)
    MUST_CHECK;

/* Verifies a token by the key in its own header: it says that the sender has that key, and nothing
 * more. rules->type is required. ret_thumbprint tells whose key it is. ERR_UNAUTHENTICATED. */
bool token_verify_proof(const struct token_rules *rules, int64_t now_us, const char *text,
                        size_t length, struct token_claims *ret_claims, struct str *json,
                        char ret_thumbprint[static TOKEN_THUMBPRINT_SIZE], struct err *err)
    MUST_CHECK;

#endif

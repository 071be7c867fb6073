/*
 * token.h: JSON Web Tokens. The algorithm is pinned here, per key, and compared before anything is
 * believed: libjwt 1.10 trusts the token's own `alg` (it takes a HS256 token "signed" with our RSA
 * public key). So tokens are read here, their signatures checked by OpenSSL with keys that were
 * parsed once (libjwt parses the PEM each time: 320 us instead of 25), and libjwt only makes them.
 *
 * Strict form: three non-empty parts, canonical base64url, at most TOKEN_BYTES_MAX, header and
 * claims valid JSON objects without duplicate keys, no crit, no b64, no nested token. A header
 * parameter that points at a key (jku, x5u, jwk, x5c) is ignored for trust and refused. `kid` picks
 * a key by its exact name; without it there must be exactly one key. `typ`, if there, is JWT or
 * at+jwt, unless the rules name the only one. ES* signatures are r and s in their fixed length, never
 * DER. exp, nbf and iat are whole seconds in plain digits; claims are read only after the signature
 * was found good. jwk.h has keys as JSON (JWK).
 *
 * Threads: keys are filled at start and then only read, or swapped; verifying, the cache and signers (which
 * lock inside) may be used from any thread. Whoever calls _new() frees.
 *
 * Verified tokens are cached by their whole text until they expire; the cache is bounded and safe
 * to use from several threads.
 */
#ifndef TOKEN_TOKEN_H
#define TOKEN_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

enum {
    TOKEN_BYTES_MAX = 8192,
    TOKEN_TEXT_MAX = 256, /* one claim */
    TOKEN_KEYS_MAX = 16
};

/* ---- keys ---- */

struct token_keys; /* public keys with their pinned algorithms, by name (kid) */

struct token_keys *token_keys_new(void);
void token_keys_free(struct token_keys *keys); /* NULL is fine */
/* algorithm: RS256, RS384, RS512, ES256, ES384, ES512, PS256, EdDSA (Ed25519). A private key is
 * refused. */
bool token_keys_add(struct token_keys *keys, const char *name, const char *algorithm,
                    const char *pem, struct err *err) MUST_CHECK;

/* Whose tokens without `kid` are; without this, those of the only key. ERR_CONFIG: no such key. */
bool token_keys_set_nameless(struct token_keys *keys, const char *name, struct err *err) MUST_CHECK;

/* ---- keys that change while they are in use (JWKS of an issuer that rotates) ---- */

/* Exchanges the keys of both at once; who verifies a compact token meanwhile sees either. True: a key
 * that was in `keys` is not there any more, so what was believed by it should be forgotten
 * (token_cache_clear()). `other` must be in use by nobody. */
bool token_keys_swap(struct token_keys *keys, struct token_keys *other);
/* Whether the token names a key that is not there: it may be time to ask its issuer. */
bool token_keys_lack(const struct token_keys *keys, const char *text, size_t length);

/* ---- what is required of a token ---- */

struct token_rules {
    const char *issuer;          /* NULL: not checked */
    const char *const *audience; /* one of them must be in `aud`; ends with NULL; NULL: any */
    const char *subject;         /* NULL: not checked */
    const char *type;            /* `typ` must be there and be this one; NULL: see above */
    int64_t leeway_s, issued_at_leeway_s;
    bool expiry_required, jti_required;
};

struct token_claims {
    char issuer[TOKEN_TEXT_MAX], subject[TOKEN_TEXT_MAX], jti[TOKEN_TEXT_MAX], key_name[64];
    int64_t issued_at_s, expires_at_s, not_before_s; /* 0: absent */
    const char *json; /* the whole claim set, in the caller's `json`: valid until that changes */
    size_t json_length;
};

/* Verifies once, without cache. The claims' JSON is appended to `json`. ERR_UNAUTHENTICATED. */
bool token_verify(const struct token_keys *keys, const struct token_rules *rules, int64_t now_us,
                  const char *text, size_t length, struct token_claims *ret_claims,
                  struct str *json, struct err *err) MUST_CHECK;

/* ---- the cache: token text -> a value made once from its claims ---- */

struct token_cache;

/* value_size bytes are kept for each token; `read` fills them from verified claims (false: refuse).
 * It is called without a lock, from the threads that ask; keys and app must outlive the cache. */
typedef bool token_read(void *app, const struct token_claims *claims, void *ret_value,
                        struct err *err);
struct token_cache *token_cache_new(const struct token_keys *keys, const struct token_rules *rules,
                                    size_t entries_max, size_t value_size, token_read *read,
                                    void *app);
void token_cache_free(struct token_cache *cache); /* NULL is fine */
/* `header` is the value of Authorization: "Bearer <token>" (NULL: refused). Copies the value. */
bool token_cache_get(struct token_cache *cache, const struct clock *clock, const char *header,
                     void *ret_value, struct err *err) MUST_CHECK;
void token_cache_clear(struct token_cache *cache);

/* ---- single use: a signed command (management API) must not be sent again ---- */

struct token_seen; /* a bounded memory of (signer, jti), each kept until it expires */

/* It is this process's memory: a restart forgets it, so expiry must be required and near. */
struct token_seen *token_seen_new(size_t entries_max);
void token_seen_free(struct token_seen *seen); /* NULL is fine */
/* True the first time. ERR_UNAUTHENTICATED: seen before; ERR_TOO_MANY: full of living ones. */
bool token_seen_first(struct token_seen *seen, const char *signer, const char *jti,
                      int64_t expires_at_s, int64_t now_us, struct err *err) MUST_CHECK;

/* ---- signing ---- */

struct token_signer;

bool token_signer_new(const char *algorithm, const char *key_name, const char *private_pem,
                      struct token_signer **ret_signer, struct err *err) MUST_CHECK;
void token_signer_free(struct token_signer *signer); /* NULL is fine */
/* Appends a compact JWT of this claim set (a JSON object). An empty key_name makes no `kid`. */
bool token_sign(struct token_signer *signer, const char *claims_json, struct str *out,
                struct err *err) MUST_CHECK;
/* The same with a `typ` ("at+jwt"), and any algorithm of token_keys_add(). */
bool token_sign_typed(struct token_signer *signer, const char *type, const char *claims_json,
                      struct str *out, struct err *err) MUST_CHECK;
/* Service to service: iss, aud, sub "service", iat, exp, jti. Appends the token. */
bool token_sign_service(struct token_signer *signer, const char *issuer, const char *audience,
                        int64_t now_us, int64_t lifetime_s, struct str *out, struct err *err)
    MUST_CHECK;

/* ---- JWS general JSON with several signatures (management API; Event API) ---- */

/* Appends {"payload":"..","signatures":[{"protected":..,"header":{"kid":..},"signature":..}]}. */
bool token_sign_general(struct token_signer *signer, const char *payload_json, struct str *out,
                        struct err *err) MUST_CHECK;

/* Appends the document with one more signature, ours, behind those that it has, which are not looked
 * at. The payload is signed as it came. ERR_BODY_INVALID: no such document. */
bool token_sign_also(struct token_signer *signer, const char *document, size_t length,
                     struct str *out, struct err *err) MUST_CHECK;

/* Verifies the signatures whose kid is in `permitted` (names of keys, NULL-terminated); others are
 * ignored; a permitted one that fails is ERR_UNAUTHENTICATED. The same signer twice counts once.
 * ret_signers gets a bit for each permitted index that signed (at most 32): believe the payload
 * only after comparing it with who had to sign, for no signature at all is no failure here. The
 * payload is appended to `json` and its claims are checked by the rules. ERR_BODY_INVALID: no such
 * document. */
bool token_verify_general(const struct token_keys *keys, const char *const *permitted,
                          const struct token_rules *rules, int64_t now_us, const char *text,
                          size_t length, uint32_t *ret_signers, struct str *json, struct err *err)
    MUST_CHECK;

#endif

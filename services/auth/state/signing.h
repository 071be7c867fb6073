/*
 * signing.h: the keys that our tokens are signed with, now and after a rotation, and the JWKS document
 * by which others verify them. Safe from any thread.
 *
 * A key goes through three states: published (others learn it), signing (one key at a time), retired
 * (what it signed still verifies); then it is gone. Every token names its key (`kid`, the key's RFC
 * 7638 thumbprint).
 *
 * Beside them is our own key, that of the configured files: what mails carry is signed and verified by
 * it alone, whatever signs sessions. When it is replaced, the one before is gone at once.
 */
#ifndef AUTH_STATE_SIGNING_H
#define AUTH_STATE_SIGNING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "token/jwk.h"
#include "token/token.h"

enum { SIGNING_KEYS_MAX = 8, SIGNING_ALGORITHM_SIZE = 8 };

struct signing;

struct signing_key {
    char algorithm[SIGNING_ALGORITHM_SIZE]; /* "RS256" */
    char kid[TOKEN_THUMBPRINT_SIZE];        /* filled by signing_key_name() */
    const char *private_pem, *public_pem;   /* private: of the one that signs; else NULL */
    bool signs, is_published;               /* published: others learn it by the JWKS document */
};

/* The first of a kind: its kid is the thumbprint of its public half. ERR_CONFIG. */
bool signing_key_name(struct signing_key *key, struct err *err) MUST_CHECK;

/* `keys`: what verifies our own tokens; it is swapped with each change. */
bool signing_new(struct token_keys *keys, struct signing **ret_signing, struct err *err) MUST_CHECK;
void signing_free(struct signing *signing); /* NULL is fine */

/* Our own key; its texts are copied. ERR_CONFIG: the halves are no pair, and nothing changed. */
bool signing_own_set(struct signing *signing, const struct signing_key *key, struct err *err)
    MUST_CHECK;
/* Lives until the next signing_own_set(), so it is for the thread that does that. */
const struct signing_key *signing_own(const struct signing *signing);
/* Appends a compact JWT without `kid`. */
bool signing_own_sign(struct signing *signing, const char *claims_json, struct str *out,
                      struct err *err) MUST_CHECK;
const struct token_keys *signing_own_keys(const struct signing *signing);

/* The keys of now; one of them signs. `nameless`: kid of the key that tokens without `kid` are of;
 * NULL: there is none. On failure nothing changed. *ret_gone: a key is not there any more. */
bool signing_set(struct signing *signing, const struct signing_key *keys, size_t count,
                 const char *nameless, bool *ret_gone, struct err *err) MUST_CHECK;

/* Appends a compact JWT. `type` NULL: the header has none. */
bool signing_sign(struct signing *signing, const char *claims_json, struct str *out,
                  struct err *err) MUST_CHECK;
bool signing_sign_typed(struct signing *signing, const char *type, const char *claims_json,
                        struct str *out, struct err *err) MUST_CHECK;
/* Grows with each signing_set(): what was signed before may be by a key that retires. */
unsigned signing_generation(const struct signing *signing);
/* Appends {"keys":[...]}: public halves only. */
void signing_jwks(struct signing *signing, struct str *out);
/* The algorithm of the key that signs: for discovery documents. Lives for ever. */
const char *signing_algorithm(struct signing *signing);

#endif

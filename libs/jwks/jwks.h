/*
 * jwks.h: the public keys of an issuer that rotates them, as its JWKS document (RFC 7517) tells them.
 *
 * A service makes one at start, verifies by jwks_keys(), and calls jwks_refresh() from a thread of its
 * own now and then. When a token names a key that is not there (jwks_lacks()), it calls
 * jwks_refresh() at once, on a thread that may wait, and asks again: then a rotation costs no request.
 *
 * A document that can't be had, or holds no key, changes nothing: the keys that are known go on. One
 * fixed key from the configuration may stand beside them: it is the key of tokens without `kid`.
 * Thread-safe; the keys are swapped, so nobody who verifies waits for the network.
 */
#ifndef JWKS_JWKS_H
#define JWKS_JWKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "token/token.h"

/* Between two questions, however many ask for one; and when there was no answer. */
enum { JWKS_PAUSE_US = 1000000, JWKS_RETRY_US = 100000 };

struct jwks;

struct jwks_spec {
    const char *url;       /* "" or NULL: the fixed key is all there is */
    const char *algorithm; /* of the fixed key; and of keys that don't say */
    const char *fixed_pem; /* public key; "" or NULL: none */
    const char *fixed_name;
    const struct clock *clock;
};

/* The texts must outlive it. ERR_CONFIG. */
bool jwks_new(const struct jwks_spec *spec, struct jwks **ret_jwks, struct err *err) MUST_CHECK;
void jwks_free(struct jwks *jwks); /* NULL is fine */

const struct token_keys *jwks_keys(const struct jwks *jwks);
bool jwks_is_ready(const struct jwks *jwks); /* there is a key */
/* Whether the value of an Authorization header names a key that might be had by a refresh. */
bool jwks_lacks(const struct jwks *jwks, const char *bearer);

/* Asks the issuer, unless somebody just did: then his answer, or his failure, is ours. *ret_gone: a key was taken away,
 * so what was believed by it must be forgotten. ERR_PEER_UNAVAILABLE, ERR_PROTOCOL. */
bool jwks_refresh(struct jwks *jwks, bool *ret_gone, struct err *err) MUST_CHECK;

/* What jwks_refresh() does with the document; for tests. */
bool jwks_take(struct jwks *jwks, const char *text, size_t length, bool *ret_gone, struct err *err)
    MUST_CHECK;

#endif

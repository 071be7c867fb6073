/*
 * service_keys.h: which other services of the platform are believed: their public keys, from the
 * setting SERVICE_KEYS ("matching=/keys/matching.pub,blockchain=/keys/blockchain.pub"), and the
 * tokens that they sign for us: audience is our name, subject "service", issuer the owner of the key.
 *
 * Made once at start; any thread may ask.
 */
#ifndef API_SERVICE_KEYS_H
#define API_SERVICE_KEYS_H

#include <stdbool.h>

#include "base/err.h"
#include "token/token.h"

struct service_keys;

/* Who calls. */
struct service_peer {
    char name[64]; /* "matching" */
};

/* `audience` is a constant text: our name. ERR_CONFIG, whose story begins with SERVICE_KEYS. An empty
 * list believes nobody. */
bool service_keys_open(const char *list, const char *audience, struct service_keys **ret_keys,
                       struct err *err) MUST_CHECK;
void service_keys_close(struct service_keys *keys); /* NULL is fine */

/* All of them, by the name of the service: for what peers sign that is no token. */
const struct token_keys *service_keys_all(const struct service_keys *keys);

/* Verified tokens of peers: the value is a struct service_peer. */
struct token_cache *service_keys_tokens(const struct service_keys *keys);

/* Our own key (SERVICE_KEY_FILE) is not used before we call somebody; that it is none should be known
 * at start. ERR_CONFIG. */
bool service_key_check(const char *name, const char *private_pem, struct err *err) MUST_CHECK;

/* The peer of a token: the issuer must be the owner of the key. token_read. */
bool service_peer_from_claims(void *app, const struct token_claims *claims, void *ret_peer,
                              struct err *err);

#endif

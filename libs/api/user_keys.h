/*
 * user_keys.h: whose tokens of persons a service believes: those of the configured public key
 * (JWT_PUBLIC_KEY_FILE) and of the keys that the issuer tells at JWKS_URL (libs/jwks). Tokens are of
 * sessions, have an end and an id, and are verified once each; what the service reads from their claims
 * is kept with them. service_keys.h is the same for services.
 *
 * Made once at start; any thread may ask.
 */
#ifndef API_USER_KEYS_H
#define API_USER_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "json/read.h"
#include "token/token.h"

struct user_keys;

/* The claims as the value that is kept; false: refuse. `app` is that of the spec. */
typedef bool user_token_read(void *app, const cJSON *claims, void *ret_value, struct err *err);

struct user_keys_spec {
    const char *public_key; /* PEM, or the URL-safe base64 of it; "": none */
    const char *algorithm;
    const char *jwks_url; /* "" or NULL: the public key is all there is */
    const char *issuer;   /* "" or NULL: any */
    const char *audience; /* names, separated by commas; "": any */
    const struct clock *clock;
    size_t tokens_max; /* that are kept */
    size_t value_size;
    user_token_read *read;
    void *app;
};

/* The texts must outlive it. ERR_CONFIG, whose story begins with the name of the setting. */
bool user_keys_open(const struct user_keys_spec *spec, struct user_keys **ret_keys, struct err *err)
    MUST_CHECK;
void user_keys_close(struct user_keys *keys); /* NULL is fine */

/* Verified tokens of persons: the value is what spec->read made. */
struct token_cache *user_keys_tokens(const struct user_keys *keys);

bool user_keys_is_ready(const struct user_keys *keys); /* there is a key to verify by */
/* Asks the issuer for its keys, at most once a second; waits for the network. */
bool user_keys_refresh(struct user_keys *keys, struct err *err) MUST_CHECK;
/*
 * The body of a thread: asks the issuer each `refresh_s` seconds, and each second as long as no key is
 * known, until the service stops; `is_ready` says whether there is one. `failed` hears of the first of
 * several failures: the keys that are known go on. Without a JWKS document it returns at once.
 */
void user_keys_watch(struct user_keys *keys, int64_t refresh_s, const _Atomic bool *stopping,
                     _Atomic bool *is_ready, void (*failed)(const struct err *err));
/* Whether the token names a key that we have not heard of: user_keys_refresh() may help. */
bool user_keys_lack(const struct user_keys *keys, const char *authorization);

/* ---- for those who read claims ---- */

/* A claim that is there, is text, is not blank and fits. */
bool user_claim_text(const cJSON *claims, const char *key, char *buffer, size_t size);
/* ERR_UNAUTHENTICATED; always false. */
bool user_claims_refuse(struct err *err, const char *what);

#endif

/*
 * api_key_signature.h: the three headers by which a bot proves that it holds an API key (reference
 * 2.12, 3.2): X-Auth-Apikey (kid), X-Auth-Nonce (Unix milliseconds), X-Auth-Signature = lower-case
 * hex of HMAC-SHA256(secret, nonce + kid). Pure; any thread.
 */
#ifndef AUTH_DOMAIN_API_KEY_SIGNATURE_H
#define AUTH_DOMAIN_API_KEY_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/check.h"

enum { API_KEY_KID_CHARS = 16, API_KEY_SECRET_MAX = 128, API_KEY_SIGNATURE_CHARS = 64 };

struct api_key_headers {
    const char *kid, *nonce, *signature; /* NULL: the header is absent */
};

/* Whether the request says that it comes with a key: any of the headers is there. */
bool api_key_is_offered(const struct api_key_headers *headers);
/* None is absent or blank. */
bool api_key_is_complete(const struct api_key_headers *headers);
/* Plain digits above zero. */
bool api_key_nonce_parse(const char *nonce, int64_t *ret_ms) MUST_CHECK;
/* Not further than the lifetime from now, in the past or in the future. */
bool api_key_nonce_is_fresh(int64_t nonce_ms, int64_t now_us, int64_t lifetime_ms);
/* In constant time as to the signature's characters. */
bool api_key_signature_is_good(const struct api_key_headers *headers, const char *secret);

#endif

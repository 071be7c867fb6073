/* key.h: inside the module. A key with its one algorithm, and the raw signature check. */
#ifndef TOKEN_KEY_H
#define TOKEN_KEY_H

#include <openssl/types.h>

#include "token/token.h"

struct token_algorithm {
    const char *name;   /* as in the header's `alg` */
    const char *digest; /* OpenSSL's name */
    const char *curve;  /* ES*: the only curve; NULL: RSA */
    size_t coordinate;  /* ES*: bytes of r and of s */
};

struct token_key {
    char name[64];
    const struct token_algorithm *algorithm;
    EVP_PKEY *key;
    EVP_MD *digest; /* looked up once: a lookup costs as much as half an RSA verification */
};

struct token_keys {
    struct token_key keys[TOKEN_KEYS_MAX];
    size_t count;
};

const struct token_algorithm *algorithm_find(const char *name); /* NULL: none of ours */
bool algorithm_fits(const struct token_algorithm *algorithm, const EVP_PKEY *key, struct err *err)
    MUST_CHECK;

const struct token_key *key_find(const struct token_keys *keys, const char *name); /* NULL: none */

/* Whether `signature` is this key's over `text`, in the form and length of JWS (RFC 7518 §3.4). */
bool key_verifies(const struct token_key *key, const char *text, size_t length,
                  const uint8_t *signature, size_t signature_length) MUST_CHECK;

#endif

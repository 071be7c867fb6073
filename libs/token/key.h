/* key.h: inside the module. A key with its one algorithm, and the raw signature check. */
#ifndef TOKEN_KEY_H
#define TOKEN_KEY_H

#include <openssl/types.h>
#include <pthread.h>

#include "token/token.h"

struct token_algorithm {
    const char *name;   /* as in the header's `alg` */
    const char *kind;   /* of the key, OpenSSL's name: "RSA", "EC", "ED25519" */
    const char *digest; /* OpenSSL's name; NULL: the algorithm has its own */
    const char *curve;  /* ES*: the only curve; else NULL */
    size_t coordinate;  /* ES*: bytes of r and of s */
    bool pss;           /* RSA with PSS padding, salt as long as the digest */
};

struct token_key {
    char name[64];
    const struct token_algorithm *algorithm;
    EVP_PKEY *key;
    EVP_MD *
        digest; /* may be NULL; looked up once: a lookup costs as much as half an RSA verification */
};

struct token_keys {
    pthread_rwlock_t *lock; /* read while a compact token is verified; written by swapping */
    struct token_key keys[TOKEN_KEYS_MAX];
    size_t count;
    char nameless[64]; /* the key of tokens without `kid`; "": the only one there is */
};

const struct token_algorithm *algorithm_find(const char *name); /* NULL: none of ours */
bool algorithm_fits(const struct token_algorithm *algorithm, const EVP_PKEY *key, struct err *err)
    MUST_CHECK;

/* Takes the key, also on failure. `name` as in token_keys_add(). */
bool keys_take(struct token_keys *keys, const char *name, const char *algorithm, EVP_PKEY *key,
               struct err *err) MUST_CHECK;
/* A context that signs (or verifies) by the algorithm; its padding is set. */
bool context_begin(EVP_MD_CTX *context, const struct token_algorithm *algorithm, EVP_MD *digest,
                   EVP_PKEY *key, bool sign) MUST_CHECK;

const struct token_key *key_find(const struct token_keys *keys, const char *name); /* NULL: none */

/* Whether `signature` is this key's over `text`, in the form and length of JWS (RFC 7518 §3.4). */
bool key_verifies(const struct token_key *key, const char *text, size_t length,
                  const uint8_t *signature, size_t signature_length) MUST_CHECK;

#endif

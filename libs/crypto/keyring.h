/*
 * keyring.h: the keys of encrypted columns, by version, and the text that a column holds.
 *
 *     s1.<version>.<base64url of nonce, ciphertext and tag>
 *
 * The newest version seals, every version that is still in the ring opens: rotation adds a key, and
 * rows move to it when they are written next (keyring_is_current tells). The context is the column
 * and whom the row belongs to ("phones.number/ID1122334455"): see aead.h.
 *
 * Encrypted text can't be searched, so a column that must be found by its value has a keyed hash
 * beside it. Its key is part of the ring and is never rotated.
 *
 * A ring is filled by one thread, then only read, by any. keyring_free() wipes it. As text, one line
 * for each key, which is how the secret store (secret/secret.h) keeps it:
 *
 *     index <base64url of 32 bytes>
 *     1 <base64url of 32 bytes>
 *     2 <base64url of 32 bytes>
 */
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/aead.h"

enum {
    KEYRING_KEYS_MAX = 64,
    KEYRING_TEXT_MAX = 64 * (KEYRING_KEYS_MAX + 1),
    KEYRING_INDEX_SIZE = 65 /* 64 hex digits and the NUL */
};

struct keyring;

struct keyring *keyring_new(void);       /* a random index key and version 1; NULL: no memory */
void keyring_free(struct keyring *ring); /* NULL is fine */
DEFINE_AUTO(struct keyring, keyring_free);

bool keyring_parse(const char *text, size_t length, struct keyring **ret_ring, struct err *err)
    MUST_CHECK;
void keyring_format(const struct keyring *ring, struct str *out);      /* secret: wipe it */
bool keyring_rotate(struct keyring *ring, struct err *err) MUST_CHECK; /* a new newest version */
unsigned keyring_version(const struct keyring *ring);                  /* the newest */

/* Appends to `out`. */
bool keyring_seal(const struct keyring *ring, const char *context, const void *bytes, size_t length,
                  struct str *out, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND: the ring has no key of that version; ERR_INTERNAL: not sealed by this ring for this
 * context. */
bool keyring_unseal(const struct keyring *ring, const char *context, const char *sealed,
                    size_t length, struct str *out, struct err *err) MUST_CHECK;
bool keyring_is_current(const struct keyring *ring, const char *sealed, size_t length);

/* The keyed hash to find a value by; `context` is the column alone. */
void keyring_index(const struct keyring *ring, const char *context, const void *bytes,
                   size_t length, char ret_index[static KEYRING_INDEX_SIZE]);

#endif

/*
 * aead.h: authenticated encryption with AES-256-GCM. What comes out is nonce, ciphertext and tag in
 * one piece. The nonce is random: one key is good for 2^32 messages, more than a table of ours
 * holds; who needs more takes a new key (keyring.h).
 *
 * The context is not stored and not secret, but authenticated: a sealed piece that was moved to
 * another column or row does not open there. No state; any thread.
 */
#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    AEAD_KEY_SIZE = 32,
    AEAD_NONCE_SIZE = 12,
    AEAD_TAG_SIZE = 16,
    AEAD_OVERHEAD = AEAD_NONCE_SIZE + AEAD_TAG_SIZE,
    AEAD_BYTES_MAX = 4 << 20
};

/* Appends to `out`; false only when its ceiling or AEAD_BYTES_MAX is too low. */
bool aead_seal(const uint8_t key[static AEAD_KEY_SIZE], const char *context, const void *bytes,
               size_t length, struct str *out) MUST_CHECK;

/* Appends the clear text to `out`; false when key, context or a single bit is not the same, and then
 * nothing is appended. */
bool aead_open(const uint8_t key[static AEAD_KEY_SIZE], const char *context, const void *sealed,
               size_t length, struct str *out) MUST_CHECK;

#endif

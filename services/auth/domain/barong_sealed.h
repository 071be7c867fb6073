/*
 * barong_sealed.h: what Barong 2.6 sealed in its columns (reference barong.md §2.16): "<YYYYWW>.<data>--
 * <iv>--<tag>", AES-256-GCM by a key that follows from SECRET_KEY_BASE and the week, around a value of
 * Ruby's Marshal. Texts and dates are understood, nothing else. Pure; the dump is untrusted.
 */
#ifndef AUTH_DOMAIN_BARONG_SEALED_H
#define AUTH_DOMAIN_BARONG_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "crypto/aead.h"

enum { BARONG_SALT_SIZE = 8, BARONG_WEEKS_MAX = 256, BARONG_SEALED_MAX = 16 * 1024 };

/* Keys of weeks, each made once: it takes a good part of a tenth of a second. Wipe it. */
struct barong_keys {
    const char *secret; /* SECRET_KEY_BASE */
    struct {
        char salt[BARONG_SALT_SIZE];
        uint8_t key[AEAD_KEY_SIZE];
    } weeks[BARONG_WEEKS_MAX];
    size_t count;
};

/* Appends the text, a date as "2007-05-31". ERR_INVALID: another secret, or not sealed by Barong. */
bool barong_unseal(struct barong_keys *keys, const char *sealed, struct str *out, struct err *err)
    MUST_CHECK;

/* Ruby's Marshal of a String or a Date. */
bool barong_unmarshal(const uint8_t *bytes, size_t length, struct str *out);

#endif

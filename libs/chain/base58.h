/*
 * base58.h: Base58Check, the text of old addresses and of extended keys. Bounded, pure, any thread.
 */
#ifndef CHAIN_BASE58_H
#define CHAIN_BASE58_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

enum {
    BASE58_PAYLOAD_MAX = 78, /* an extended key; without the checksum of 4 */
    BASE58_TEXT_SIZE = 116   /* its text, and the NUL */
};

/* False: a character outside the alphabet, too long, or the checksum is wrong. */
bool base58check_read(const char *text, uint8_t ret_payload[static BASE58_PAYLOAD_MAX],
                      size_t *ret_length) MUST_CHECK;

/* length <= BASE58_PAYLOAD_MAX (asserted). Returns `ret_text`. */
const char *base58check_write(const uint8_t *payload, size_t length,
                              char ret_text[static BASE58_TEXT_SIZE]);

#endif

/*
 * bech32.h: the text of witness programs (BIP-173) with the checksum that its version asks for
 * (BIP-350: bech32 for version 0, bech32m for all others). Bounded, pure, any thread.
 *
 * Upper case is read and lower case is written, so one program has one text; mixed case is refused.
 */
#ifndef CHAIN_BECH32_H
#define CHAIN_BECH32_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    BECH32_TEXT_MAX = 90, /* characters; no longer text is a valid one */
    BECH32_TEXT_SIZE = BECH32_TEXT_MAX + 1,
    BECH32_PREFIX_SIZE = 84,
    WITNESS_PROGRAM_MAX = 40
};

struct segwit {
    char prefix[BECH32_PREFIX_SIZE]; /* lower case: "bc", "tb", "ltc" */
    unsigned version;                /* 0..16 */
    uint8_t program[WITNESS_PROGRAM_MAX];
    size_t program_length; /* 2..40; 20 or 32 for version 0 */
};

enum bech32_variant { BECH32_CLASSIC, BECH32_M };

/* A text with a correct checksum of either kind, as groups of 5 bits without the checksum. */
bool bech32_read(const char *text, char ret_prefix[static BECH32_PREFIX_SIZE],
                 uint8_t ret_groups[static BECH32_TEXT_MAX], size_t *ret_count,
                 enum bech32_variant *ret_variant, struct err *err) MUST_CHECK;

bool segwit_read(const char *text, struct segwit *ret_segwit, struct err *err) MUST_CHECK;

/* The fields follow the rules above (asserted). Returns `ret_text`. */
const char *segwit_write(const struct segwit *segwit, char ret_text[static BECH32_TEXT_SIZE]);

#endif

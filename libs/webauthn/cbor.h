/*
 * cbor.h: reading of CBOR (RFC 8949) in the form that authenticators must use (CTAP2 canonical):
 * definite lengths, shortest numbers, no tags, no floating point; and no key twice in a map.
 *
 * cbor_check() looks at a whole value once. After it, the finders walk without further errors: they
 * take slices of checked values only. Nothing is copied: slices point into the caller's bytes. No
 * state; any thread.
 */
#ifndef WEBAUTHN_CBOR_H
#define WEBAUTHN_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

enum { CBOR_DEPTH_MAX = 8, CBOR_PAIRS_MAX = 64, CBOR_ITEMS_MAX = 1000 };

enum cbor_kind {
    CBOR_UNSIGNED, /* number */
    CBOR_NEGATIVE, /* -1 - number */
    CBOR_BYTES,
    CBOR_TEXT, /* UTF-8 */
    CBOR_ARRAY,
    CBOR_MAP,
    CBOR_SIMPLE = 7 /* number: 20 false, 21 true, 22 null */
};

struct cbor {
    const uint8_t *bytes;
    size_t length;
};

struct cbor_item {
    enum cbor_kind kind;
    uint64_t number;     /* or the count of an array or map */
    struct cbor whole;   /* from its head on, and what follows it */
    struct cbor content; /* of a string; of an array or map, all that follows its head */
};

/* Whether `value` begins with one good value; *ret_length is how long it is. What follows is the
 * caller's to judge. */
bool cbor_check(struct cbor value, size_t *ret_length) MUST_CHECK;

/* ---- of checked values ---- */

struct cbor_item cbor_item(struct cbor value);

/* The value of a key in a map; false: no map, no such key. */
bool cbor_find_text(struct cbor map, const char *key, struct cbor_item *ret_item) MUST_CHECK;
bool cbor_find_number(struct cbor map, int64_t key, struct cbor_item *ret_item) MUST_CHECK;

/* The same, of one kind; a number must fit int64_t. */
bool cbor_find_bytes(struct cbor map, int64_t key, struct cbor *ret_bytes) MUST_CHECK;
bool cbor_to_i64(const struct cbor_item *item, int64_t *ret_number) MUST_CHECK;
bool cbor_is_text(const struct cbor_item *item, const char *text);

#endif

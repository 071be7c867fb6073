/*
 * pull.h: JSON from outside that is too large or too deep for a tree: blocks of chains, traces of calls.
 * A cursor goes over the text once, takes what it knows by name and skips the rest. It allocates nothing.
 *
 *     struct json_pull pull;
 *     struct json_slice key, hash = {0};
 *     json_pull_init(&pull, text, length);
 *     if (json_pull_object(&pull))
 *         while (json_pull_key(&pull, &key))
 *             if (json_slice_is(key, "hash"))
 *                 json_pull_text(&pull, &hash);
 *             else
 *                 json_pull_skip(&pull, NULL);
 *     if (!json_pull_end(&pull, err)) return false;       // ERR_BODY_INVALID, with the offset
 *
 * After json_pull_key() and json_pull_item() the caller takes exactly one value. The first thing that is
 * wrong is sticky: every later call gives false, and json_pull_end() tells. A value of another kind than
 * the one that is asked for is such a thing, but for null: json_pull_null() takes one if it is there.
 *
 * Slices point into the text, which must outlive them. Strings are given as they are written: one with an
 * escape is no address and no hash; who needs its meaning takes json_read() for it. Depth, and so the
 * work of whoever recurses, is bounded by JSON_PULL_DEPTH_MAX. No state but the cursor; any thread.
 */
#ifndef JSON_PULL_H
#define JSON_PULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    JSON_PULL_DEPTH_MAX = 2200 /* calls nest up to 1,024 deep, each is an object in an array */
};

struct json_slice {
    const char *chars; /* not ended by a NUL; NULL: nothing was read */
    size_t length;
};

struct json_pull {
    const char *start, *at, *end;
    const char *problem; /* NULL: none so far */
    unsigned depth;
    bool is_first; /* no member of the innermost object or array was read yet */
};

void json_pull_init(struct json_pull *pull, const char *text, size_t length);
/* Whether it went well to the last byte. */
bool json_pull_end(struct json_pull *pull, struct err *err) MUST_CHECK;
/* Says what is wrong, for callers who find it in a value; only the first problem is kept. */
void json_pull_fail(struct json_pull *pull, const char *problem);

/* ---- what is there, without taking it ---- */

bool json_pull_is_object(struct json_pull *pull);
bool json_pull_is_array(struct json_pull *pull);
bool json_pull_is_text(struct json_pull *pull);

/* ---- one value ---- */

bool json_pull_object(struct json_pull *pull);
bool json_pull_key(struct json_pull *pull, struct json_slice *ret_key); /* false: no more */
bool json_pull_array(struct json_pull *pull);
bool json_pull_item(struct json_pull *pull); /* false: no more */
bool json_pull_text(struct json_pull *pull, struct json_slice *ret_text);
/* A number as it is written. */
bool json_pull_number(struct json_pull *pull, struct json_slice *ret_number);
bool json_pull_bool(struct json_pull *pull, bool *ret_value);
bool json_pull_null(struct json_pull *pull); /* false: something else is there, and not taken */
/* Any value. `ret_raw`, NULL or not, is its text. */
bool json_pull_skip(struct json_pull *pull, struct json_slice *ret_raw);

/* ---- slices ---- */

bool json_slice_is(struct json_slice slice, const char *chars);
bool json_slice_is_plain(struct json_slice slice); /* no escape in it */
bool json_slice_to_u64(struct json_slice slice, uint64_t *ret_number);

#endif

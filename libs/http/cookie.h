/*
 * cookie.h: one cookie out of a Cookie header, and a Set-Cookie made (RFC 6265bis). Pure texts.
 *
 * A name that is there twice with two values is nobody's: which of them a path or a sibling domain
 * has planted can't be told, so it counts as absent. Malformed pairs are skipped.
 */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { COOKIE_VALUE_MAX = 512 };

/* Copies the value of the cookie; false: absent, ambiguous, or above the room. `header` may be
 * NULL. */
bool cookie_read(const char *header, const char *name, char *ret_value, size_t size) MUST_CHECK;

struct cookie {
    const char *name, *value;
    const char *path;      /* NULL: "/" */
    const char *same_site; /* "Lax", "Strict", "None"; NULL: not said */
    int64_t max_age_s;     /* 0: until the browser ends; < 0: it is deleted at once */
    int64_t now_us;        /* for `expires`, which old clients read instead of max-age */
    bool secure, http_only;
};

/* Appends "name=value; path=/; ..."; the value must be one that a cookie can hold (assert). */
void cookie_write(struct str *out, const struct cookie *cookie);

#endif

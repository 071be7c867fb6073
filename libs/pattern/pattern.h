/* pattern.h: regular expressions of configuration, over PCRE2. Immutable once made; any thread may
 * match. Matching is bounded: a pattern that backtracks without end does not match. */
#ifndef PATTERN_PATTERN_H
#define PATTERN_PATTERN_H

#include <stdbool.h>

#include "base/err.h"

struct pattern;

/* `^` and `$` are the begin and the end of lines, as in Ruby. ERR_CONFIG with the place. */
bool pattern_new(const char *text, struct pattern **ret_pattern, struct err *err) MUST_CHECK;
void pattern_free(struct pattern *pattern); /* NULL is fine */
bool pattern_matches(const struct pattern *pattern, const char *text);

#endif

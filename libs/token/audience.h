/* audience.h: the names that `aud` may have, from a configuration's list of names. */
#ifndef TOKEN_AUDIENCE_H
#define TOKEN_AUDIENCE_H

#include <stdbool.h>

#include "base/err.h"

enum { TOKEN_AUDIENCES_MAX = 8, TOKEN_AUDIENCE_BYTES_MAX = 512 };

struct token_audience {
    char text[TOKEN_AUDIENCE_BYTES_MAX];        /* what `names` point into: not to be copied */
    const char *names[TOKEN_AUDIENCES_MAX + 1]; /* end with NULL */
};

/* Comma-separated; empty names are passed over; NULL: none. ERR_CONFIG: too many, or too long. */
bool token_audience_read(struct token_audience *audience, const char *list, struct err *err)
    MUST_CHECK;

/* For struct token_rules: NULL when there is no name, so that any is fine. */
static inline const char *const *token_audience_rule(const struct token_audience *audience)
{
    return audience->names[0] ? audience->names : NULL;
}

#endif

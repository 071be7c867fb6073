/* used_tokens.h: tokens and challenges that are good once (table used_tokens), by a name of at most 64
 * characters, until they expire by themselves. */
#ifndef AUTH_STORE_USED_TOKENS_H
#define AUTH_STORE_USED_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

/* ret_first: false when it was used before; of two at once, one is the first. */
bool used_tokens_take(struct db *db, const char *jti, int64_t expires_at, bool *ret_first,
                      struct err *err) MUST_CHECK;

#endif

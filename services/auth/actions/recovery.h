/* recovery.h: recovery codes: ten at a time, each good once, in place of any second factor. */
#ifndef AUTH_ACTIONS_RECOVERY_H
#define AUTH_ACTIONS_RECOVERY_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "auth/domain/recovery_code.h"
#include "auth/domain/user.h"
#include "base/err.h"

struct recovery_codes {
    char codes[RECOVERY_CODES][RECOVERY_TEXT_SIZE]; /* shown once, kept by nobody */
};

/* New codes; all former ones are void. Tells the user (system.user.recovery_codes.created). */
bool recovery_make(struct call *call, const struct user *user, struct recovery_codes *ret_codes,
                   struct err *err) MUST_CHECK;

/* ret_is_right: whether it was one that is not used yet; now it is. A try counts as one of a second
 * factor (actions/factor_limit.h), so not inside a transaction. Tells the user. ERR_TOO_MANY. */
bool recovery_use(struct call *call, const struct user *user, const char *typed, bool *ret_is_right,
                  struct err *err) MUST_CHECK;

#endif

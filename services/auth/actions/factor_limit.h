/* factor_limit.h: how often second factors may be tried, for one user, in all places together. */
#ifndef AUTH_ACTIONS_FACTOR_LIMIT_H
#define AUTH_ACTIONS_FACTOR_LIMIT_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* Before a try; ERR_TOO_MANY. Not inside a transaction: it must count when what was tried fails. */
bool factor_limit_take(struct call *call, const struct user *user, struct err *err) MUST_CHECK;
/* It was right. */
bool factor_limit_give_back(struct call *call, const struct user *user, struct err *err) MUST_CHECK;

#endif

/* whitelink_use.h: a link of an administrator lets the address of who follows it in (reference
 * barong.md §2.10). Making one: actions/restriction_save.h. */
#ifndef AUTH_ACTIONS_WHITELINK_USE_H
#define AUTH_ACTIONS_WHITELINK_USE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "base/err.h"

/* ERR_INVALID with identity.user.access.invalid_token, or value.taken: it was in before. */
bool whitelink_use(struct call *call, const char *token, struct err *err) MUST_CHECK;

#endif

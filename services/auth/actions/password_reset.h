/* password_reset.h: a new password by the link of a mail (reference barong.md §2.2). A reset opens no
 * session, so it gets nobody past the second factor. */
#ifndef AUTH_ACTIONS_PASSWORD_RESET_H
#define AUTH_ACTIONS_PASSWORD_RESET_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* Inside a transaction: the event system.user.password.reset.token; older links stop working. */
bool password_reset_tell(struct call *call, const struct user *user, struct err *err) MUST_CHECK;

/* Sets the password, ends every session of the user, tells him. ERR_INVALID: a key of
 * mail_token_read(), identity.user.utilized_token, password.requirements, .weak, .too_long. */
bool password_reset_confirm(struct call *call, const char *token, const char *password,
                            struct err *err) MUST_CHECK;

#endif

/* confirmation.h: the e-mail address is confirmed by the link of a mail (reference barong.md §2.2). */
#ifndef AUTH_ACTIONS_CONFIRMATION_H
#define AUTH_ACTIONS_CONFIRMATION_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/actions/session.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* Inside a transaction: the event system.user.email.confirmation.token, with a fresh token. */
bool confirmation_tell(struct call *call, const struct user *user, struct err *err) MUST_CHECK;

/* The token of the mail: label email:verified, a session, the event email.confirmed. ERR_INVALID with
 * identity.user.active_or_doesnt_exist, identity.user.utilized_token, or a key of mail_token_read(). */
bool confirmation_confirm(struct call *call, const char *token, struct user *ret_user,
                          struct opened_session *ret_opened, struct err *err) MUST_CHECK;

#endif

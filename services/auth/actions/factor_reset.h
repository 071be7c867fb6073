/*
 * factor_reset.h: the way back for who lost his second factors and his recovery codes. It is slow and
 * loud on purpose, because a thief would take it too:
 *
 *     e-mail and password -> a link by mail -> FACTOR_RESET_HOURS, in which the owner is told every day
 *     and stops it by a link, or by signing in with a factor -> all factors are removed, all sessions
 *     end, API keys stop, the owner is told
 *
 * Each step is an event system.user.factor_reset.*: token, started, reminder, cancelled, done.
 */
#ifndef AUTH_ACTIONS_FACTOR_RESET_H
#define AUTH_ACTIONS_FACTOR_RESET_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/actions/call.h"
#include "auth/actions/sign_in.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* Has the link sent. Errors of sign_in_password(); ERR_INVALID, key identity.factor_reset.no_factor. */
bool factor_reset_ask(struct call *call, const struct sign_in *request, struct err *err) MUST_CHECK;

/* By the link. ERR_INVALID, keys of mail_token_read(), identity.user.utilized_token,
 * identity.factor_reset.no_factor, .waiting. */
bool factor_reset_start(struct call *call, const char *token, int64_t *ret_due_at, struct err *err)
    MUST_CHECK;

/* By the link of the notice. ERR_INVALID, key identity.factor_reset.invalid_token. */
bool factor_reset_cancel(struct call *call, const char *token, struct err *err) MUST_CHECK;

/* Inside a transaction: a reset that waits is over; none waits: nothing. `by`: "sign-in", "user". */
bool factor_reset_stop(struct call *call, const struct user *user, const char *by, struct err *err)
    MUST_CHECK;

/* Inside a transaction that holds the lock of the user's row: removes every factor at once. Also for
 * operators (bourse-auth's command line), who have seen the person. */
bool factor_reset_apply(struct call *call, struct user *user, struct err *err) MUST_CHECK;

/* Of the thread "factor-resets": does what is due, reminds. ret_count: how many were looked at. */
bool factor_resets_run(struct call *call, size_t *ret_count, struct err *err) MUST_CHECK;

#endif

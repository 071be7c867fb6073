/*
 * sign_in.h: e-mail, password and second factor become a session (reference barong.md §2.3).
 *
 * Who has no account gets the same answer in the same time as who has a wrong password. The state of
 * an account (banned, deleted, locked) is told only to who knows its password.
 *
 * Every try takes from a limit first, and gives back when the password was right: those of strangers
 * from the account's and from their address's, those of a browser that signed in to this account
 * before from its own, so that strangers can't lock out the owner. Refused: ERR_TOO_MANY.
 */
#ifndef AUTH_ACTIONS_SIGN_IN_H
#define AUTH_ACTIONS_SIGN_IN_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/actions/device.h"
#include "auth/actions/session.h"
#include "auth/domain/user.h"
#include "base/err.h"

struct sign_in {
    const char *email, *password;
    const char *otp_code; /* NULL or blank: none */
    const char *device;   /* the cookie of a browser that was here before; NULL: none */
};

struct signed_in {
    struct user user;
    struct opened_session session;
    char device[DEVICE_COOKIE_SIZE]; /* for the cookie of the next time */
};

/* ERR_UNAUTHENTICATED with the key identity.session.invalid_params, .banned, .deleted, .not_active or
 * .missing_otp; ERR_FORBIDDEN with .invalid_otp; ERR_TOO_MANY. */
bool sign_in(struct call *call, const struct sign_in *request, struct signed_in *ret_signed_in,
             struct err *err) MUST_CHECK;
/* The first half of sign_in(): e-mail and password are right, and the state lets in. Counts as a try,
 * and fails in the same ways. Opens nothing. */
bool sign_in_password(struct call *call, const struct sign_in *request, struct user *ret_user,
                      struct err *err) MUST_CHECK;

/* Why the state of an account lets nobody in; NULL: it does. */
struct sign_in_refusal {
    const char *key, *reason;
};
const struct sign_in_refusal *sign_in_refusal_of(const struct user *user);

/* What every way in ends with, inside its transaction: the activity, the event, the session. `methods`
 * as in struct session. */
bool sign_in_end(struct call *call, const struct user *user, const char *methods,
                 struct opened_session *ret_session, struct err *err) MUST_CHECK;

#endif

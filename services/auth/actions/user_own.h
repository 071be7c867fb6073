/* user_own.h: what a user does to his own account: the front end's data, and leaving. */
#ifndef AUTH_ACTIONS_USER_OWN_H
#define AUTH_ACTIONS_USER_OWN_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* ERR_INVALID, key data.invalid_format or data.too_long. `user` is as it is afterwards. */
bool user_set_data(struct call *call, struct user *user, const char *data, struct err *err)
    MUST_CHECK;

struct user_leave {
    const char *password;
    const char *otp_code; /* NULL: none came */
};
/* The label delete:by_user, which makes the state `deleted`; sessions end, keys sign no more. ERR_INVALID,
 * key resource.user.invalid_password, .missing_otp_code, .empty_otp_code, .invalid_otp; ERR_TOO_MANY. Not
 * inside a transaction. */
bool user_delete(struct call *call, const struct user *user, const struct user_leave *leave,
                 struct err *err) MUST_CHECK;

struct password_change {
    const char *old_password, *new_password, *confirm_password;
};
/* The other sessions of the user end; the one with the id `keep` (NULL: none) goes on. ERR_INVALID, key
 * resource.password.doesnt_match or of password_make(); ERR_REQUEST_INVALID, key
 * resource.password.prev_pass_not_correct, .no_change_provided. Not inside a transaction. */
bool user_change_password(struct call *call, const struct user *user,
                          const struct password_change *change, const uint8_t *keep,
                          struct err *err) MUST_CHECK;

/* Whether the password is the user's. A try counts before it is looked at: so many an hour
 * (LIMIT_SIGN_IN_ACCOUNT), and those that were right are given back. Not inside a transaction. */
bool user_password_verify(struct call *call, const struct user *user, const char *password,
                          bool *ret_is_right, struct err *err) MUST_CHECK;

#endif

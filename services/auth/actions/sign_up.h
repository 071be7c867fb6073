/* sign_up.h: a new account, and its first session (reference barong.md §2.2). */
#ifndef AUTH_ACTIONS_SIGN_UP_H
#define AUTH_ACTIONS_SIGN_UP_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "auth/actions/session.h"
#include "auth/domain/user.h"
#include "base/err.h"

enum { SIGN_UP_CODES_MAX = 12 };

struct sign_up {
    const char *email, *password;
    const char *username, *referral_uid, *data; /* NULL: none */
    const char *device; /* for the cookie of this browser: the account knows it from now on */
};

/* Everything that a form can break, in the order of the contract. */
struct sign_up_codes {
    const char *items[SIGN_UP_CODES_MAX];
    size_t count;
};

/* False with codes->count > 0: rules are broken (422); else with `err` (ERR_TOO_MANY, ...). */
bool sign_up(struct call *call, const struct sign_up *form, struct user *ret_user,
             struct opened_session *ret_opened, struct sign_up_codes *codes, struct err *err)
    MUST_CHECK;

#endif

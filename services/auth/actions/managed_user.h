/*
 * managed_user.h: users as other servers make, import and change them (reference barong.md §1.5). One
 * transaction each. Broken rules are codes, as in sign-up ("email.taken"): true with mistakes means
 * that nothing was done.
 */
#ifndef AUTH_ACTIONS_MANAGED_USER_H
#define AUTH_ACTIONS_MANAGED_USER_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/profile.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* Not inside a transaction, and on a thread of HTTP_HEAVY routes: it hashes the password. */
bool managed_user_create(struct call *call, const char *email, const char *password,
                         const char *referral_uid, struct mistakes *mistakes, struct user *ret_user,
                         struct err *err) MUST_CHECK;

/* NULL: unchanged. ERR_NOT_FOUND. */
bool managed_user_change(struct call *call, const char *uid, const char *role, const char *data,
                         struct mistakes *mistakes, struct user *ret_user, struct err *err)
    MUST_CHECK;

/* Somebody from another platform: a bcrypt digest instead of a password, and, where they are given, a
 * phone that was verified there and a profile in any state. ERR_CONFLICT: the e-mail is taken. */
struct user_import {
    const char *uid; /* NULL: a new one is made */
    const char *email, *password_digest;
    const char *referral_uid, *phone; /* NULL: none */
    struct profile_draft profile;
    bool has_profile;
    enum profile_state profile_state;
};
bool managed_user_import(struct call *call, const struct user_import *import,
                         struct mistakes *mistakes, struct user *ret_user, struct err *err)
    MUST_CHECK;

/* Inside a transaction: a verified number of the user. Mistakes "number.invalid", "number.taken". */
bool managed_phone_add(struct call *call, const struct user *user, const char *number,
                       struct mistakes *mistakes, struct err *err) MUST_CHECK;

#endif

/* user_create.h: a new user: by sign-up, by the management API, by a seed, by an import. */
#ifndef AUTH_ACTIONS_USER_CREATE_H
#define AUTH_ACTIONS_USER_CREATE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"

struct user_draft {
    const char *uid;             /* NULL: a new one is made */
    const char *email;           /* checked by the caller (domain/user_rules.h) */
    const char *username;        /* NULL: none; in lower case */
    const char *password_digest; /* "": no password signs in */
    const char *role;            /* NULL: member */
    const char *state;           /* NULL: pending */
    const char *data;            /* NULL: none */
    uint64_t referral_id;        /* 0: none */
};

/* Inside a transaction. ERR_CONFLICT: key "email.taken", "username.taken", "uid.taken". */
bool user_create(struct call *call, const struct user_draft *draft, struct user *ret_user,
                 struct err *err) MUST_CHECK;

/* A new uid: the prefix in upper case and ten hexadecimal digits. */
void uid_new(const char *prefix, char ret_uid[static USER_UID_SIZE]);

#endif

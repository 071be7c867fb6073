/*
 * password_set.h: a new password, in two steps: hashing takes long and happens before the transaction,
 * storing inside of it.
 *
 *     struct new_password made;
 *     password_make(call, text, &made, err)                       // rules, then the hash
 *     db_transaction(...): password_set(call, &user, &made, keep, err)
 */
#ifndef AUTH_ACTIONS_PASSWORD_SET_H
#define AUTH_ACTIONS_PASSWORD_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "crypto/password.h"

struct new_password {
    char digest[PASSWORD_HASH_SIZE];
};

/* ERR_INVALID with password.requirements, password.weak or password.too_long; ERR_TOO_MANY. Only on
 * threads of HTTP_HEAVY routes. */
bool password_make(struct call *call, const char *password, struct new_password *ret_password,
                   struct err *err) MUST_CHECK;

/* Stores it and ends the sessions of the user, but the one with the id `keep` (NULL: none). Links of a
 * reset stop working. */
bool password_set(struct call *call, const struct user *user, const struct new_password *password,
                  const uint8_t *keep, struct err *err) MUST_CHECK;

/* Whether it is the user's password now. Costs a hash; the callers limit how often. */
bool password_is_of(struct call *call, const struct user *user, const char *password,
                    bool *ret_is_right, struct err *err) MUST_CHECK;

#endif

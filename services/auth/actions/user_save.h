/*
 * user_save.h: a user's row changes, and what follows from it (reference barong.md §2.1). Inside a
 * transaction that holds the lock of the row.
 *
 *     struct user changed = user;
 *     changed.otp = true;
 *     if (!user_save(call, &user, &changed, err)) return false;      // user is as changed now
 */
#ifndef AUTH_ACTIONS_USER_SAVE_H
#define AUTH_ACTIONS_USER_SAVE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* Writes email, username, role, level, otp, state; tells the world (model.user.updated) and the
 * caches; a state that may not enter, or a second factor that was switched off, makes the API keys of
 * the user and of his service accounts inactive; service accounts take over a state that is not
 * active. Nothing differs: nothing happens. ERR_CONFLICT, key "email.taken" or "username.taken". */
bool user_save(struct call *call, struct user *user, const struct user *changed, struct err *err)
    MUST_CHECK;

#endif

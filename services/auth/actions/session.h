/*
 * session.h: how a session is opened and ended. Opening belongs into the transaction of the sign-in,
 * ending into that of what made it necessary; caches of all processes follow within the second that
 * they read `changes`.
 *
 *     struct opened_session opened;
 *     session_open(call, &user, "pwd otp", &opened, err)      // inside db_transaction()
 *     ...
 *     reply_session(request, &user, &opened);                 // http/session_reply.h: cookie and body
 */
#ifndef AUTH_ACTIONS_SESSION_H
#define AUTH_ACTIONS_SESSION_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/session.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* Known to the browser alone: never store or log either. */
struct opened_session {
    char cookie[SESSION_COOKIE_SIZE];
    char csrf[SESSION_CSRF_SIZE];
    struct session session;
};

/* Always a new id, whatever cookie came along. The user's oldest session gives way to the one above
 * SESSIONS_MAX. */
bool session_open(struct call *call, const struct user *user, const char *methods,
                  struct opened_session *ret_opened, struct err *err) MUST_CHECK;

/* The id of a cookie's value. */
void session_id_of(const char *cookie, uint8_t ret_id[static SESSION_ID_SIZE]);

/* One session; ret_was_there: false if there was none. */
bool session_end(struct call *call, const uint8_t id[static SESSION_ID_SIZE], bool *ret_was_there,
                 struct err *err) MUST_CHECK;
/* All of a user, but `except` (NULL: none): password reset, second factor, lock-out. */
bool sessions_end_of_user(struct call *call, const struct user *user, const uint8_t *except,
                          struct err *err) MUST_CHECK;
/* Those that ran out, of everybody, some thousands at most: their clients are told as of any other end. */
bool sessions_expire(struct db *db, int64_t now_us, struct err *err) MUST_CHECK;
/* Everybody's (a restriction `blocklogin`). */
bool sessions_end_all(struct call *call, struct err *err) MUST_CHECK;

#endif

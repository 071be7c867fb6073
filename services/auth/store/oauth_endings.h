/*
 * oauth_endings.h: what ends with a session or with a user. In the transaction of what happened: the
 * grants are revoked, the caches told, and the clients that were signed in by the session will be told
 * (bus/oauth_logouts.h). A grant with offline_access outlives its session, but not a new password or
 * second factor, a ban or a blocked log-in.
 */
#ifndef AUTH_STORE_OAUTH_ENDINGS_H
#define AUTH_STORE_OAUTH_ENDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/domain/session.h"
#include "base/err.h"
#include "db/db.h"

/* One session is over. */
bool oauth_end_session(struct db *db, const uint8_t id[static SESSION_ID_SIZE], int64_t now_us,
                       struct err *err) MUST_CHECK;
/* All sessions of a user but `except` (NULL: none) are over, and all grants but those of this one. */
bool oauth_end_sessions(struct db *db, uint64_t user_id, const uint8_t *except, int64_t now_us,
                        struct err *err) MUST_CHECK;
/* All grants of a user, whatever was agreed. `why` is a word: "password", "state". */
bool oauth_end_user(struct db *db, uint64_t user_id, const char *why, int64_t now_us,
                    struct err *err) MUST_CHECK;
/* All of everybody. */
bool oauth_end_all(struct db *db, const char *why, int64_t now_us, struct err *err) MUST_CHECK;

#endif

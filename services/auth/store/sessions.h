/* sessions.h: the table of sessions. Opening and ending them is actions/session.h: call that. */
#ifndef AUTH_STORE_SESSIONS_H
#define AUTH_STORE_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/session.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

/* `user_agent` is cut to what is shown. */
bool sessions_insert(struct db *db, const struct session *session, const char *user_agent,
                     struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND; also one that is over. */
bool sessions_find(struct db *db, const uint8_t id[static SESSION_ID_SIZE], int64_t now_us,
                   struct session *ret_session, struct err *err) MUST_CHECK;
bool sessions_delete(struct db *db, const uint8_t id[static SESSION_ID_SIZE], bool *ret_was_there,
                     struct err *err) MUST_CHECK;
/* All of a user's, but `except` (NULL: none). */
bool sessions_delete_of_user(struct db *db, uint64_t user_id, const uint8_t *except,
                             uint64_t *ret_count, struct err *err) MUST_CHECK;
bool sessions_delete_all(struct db *db, uint64_t *ret_count, struct err *err) MUST_CHECK;
/* The ids of sessions that have to go, at most SESSION_IDS_MAX at a time; locked until the transaction
 * ends. Of a user: the oldest beyond the newest `keep`. Of all: those that ran out. */
enum { SESSION_IDS_MAX = 256 };
struct session_ids {
    uint8_t id[SESSION_IDS_MAX][SESSION_ID_SIZE];
    size_t count;
};
bool sessions_oldest(struct db *db, uint64_t user_id, size_t keep, struct session_ids *ret_ids,
                     struct err *err) MUST_CHECK;
bool sessions_over(struct db *db, int64_t now_us, struct session_ids *ret_ids, struct err *err)
    MUST_CHECK;
/* Moves expires_at forward, never back and never beyond ends_at. */
struct session_use {
    uint8_t id[SESSION_ID_SIZE];
    int64_t expires_at;
};
bool sessions_touch(struct db *db, const struct session_use *uses, size_t count, struct err *err)
    MUST_CHECK;
/* After a step-up: what was shown, and when. */
bool sessions_set_methods(struct db *db, const uint8_t id[static SESSION_ID_SIZE],
                          const char *methods, int64_t authenticated_at, struct err *err)
    MUST_CHECK;

/* For lists of people: newest first, in the arena. */
struct session_row {
    struct session session;
    const char *user_agent;
};
bool sessions_of_user(struct db *db, struct arena *arena, uint64_t user_id, int64_t now_us,
                      struct session_row **ret_rows, size_t *ret_count, struct err *err) MUST_CHECK;

#endif

/*
 * users.h: the table of users. One function a statement; the rules are the callers'.
 *
 * Reading functions take an arena for `data`; NULL: it is not wanted. Those that lock (FOR UPDATE)
 * belong into a transaction. All give ERR_NOT_FOUND.
 */
#ifndef AUTH_STORE_USERS_H
#define AUTH_STORE_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/user.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { PASSWORD_DIGEST_SIZE = 256 };

bool users_by_id(struct db *db, struct arena *arena, uint64_t id, struct user *ret_user,
                 struct err *err) MUST_CHECK;
bool users_by_uid(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
                  struct err *err) MUST_CHECK;
/* Compared without case. */
bool users_by_email(struct db *db, struct arena *arena, const char *email, struct user *ret_user,
                    struct err *err) MUST_CHECK;
bool users_lock_by_id(struct db *db, struct arena *arena, uint64_t id, struct user *ret_user,
                      struct err *err) MUST_CHECK;
bool users_lock_by_uid(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
                       struct err *err) MUST_CHECK;

/* The digest of the password; "": no password signs in. */
bool users_password(struct db *db, uint64_t id, char ret_digest[static PASSWORD_DIGEST_SIZE],
                    struct err *err) MUST_CHECK;
bool users_set_referrer(struct db *db, uint64_t id, uint64_t referrer_id, struct err *err)
    MUST_CHECK;
bool users_set_password(struct db *db, uint64_t id, const char *digest, struct err *err) MUST_CHECK;

/* Takes a uid for a user ("user") or a service account ("service_account"), in the transaction that
 * makes it. ERR_CONFLICT: it is taken by either. */
bool uid_claim(struct db *db, const char *uid, const char *kind, struct err *err) MUST_CHECK;

/* Inserts everything but id and times, which it sets. The uid must be claimed. ERR_CONFLICT names the
 * unique key: users_email, users_username. */
bool users_insert(struct db *db, struct user *user, const char *digest, int64_t now_us,
                  struct err *err) MUST_CHECK;
/* Overwrites email, username, role, level, otp, state. ERR_CONFLICT as above. */
bool users_update(struct db *db, const struct user *user, int64_t now_us, struct err *err)
    MUST_CHECK;
bool users_set_data(struct db *db, uint64_t id, const char *data, int64_t now_us, struct err *err)
    MUST_CHECK;

/* Compared as it is: usernames are in lower case. */
bool users_have_username(struct db *db, const char *username, bool *ret_taken, struct err *err)
    MUST_CHECK;
/* Whether there is no other user; waits for those who are being made. In a transaction. */
bool users_is_alone(struct db *db, uint64_t id, bool *ret_alone, struct err *err) MUST_CHECK;

/* One of the dearest bcrypt digests that somebody still has; "": nobody has one. Walks the table. */
bool users_bcrypt_digest(struct db *db, char *ret_digest, size_t size, struct err *err) MUST_CHECK;

/* What the SELECTs of other stores that show users begin with, for user_from_row(): alias `u` is the
 * table users, `r` its referrer (LEFT JOIN users r ON r.id = u.referral_id). */
#define USER_COLUMNS                                                                               \
    "u.id, u.uid, u.email, u.username, u.role, u.state, u.level, u.otp, u.referral_id, r.uid,"     \
    " u.created_at, u.updated_at, u.data"
enum { USER_COLUMNS_COUNT = 13 };
/* `first`: the number of u.id among the columns. False: no room in the arena. */
bool user_from_row(const struct db_result *rows, unsigned first, struct arena *arena,
                   struct user *ret_user);

#endif

#include "auth/store/users.h"

#include "base/auto.h"

#include <string.h>

#define SELECT                                                                                     \
    "SELECT " USER_COLUMNS " FROM users u LEFT JOIN users r ON r.id = u.referral_id WHERE "

bool user_from_row(const struct db_result *rows, unsigned first, struct arena *arena,
                   struct user *ret_user)
{
    struct user user = {.id = db_get_u64(rows, first),
                        .level = (int32_t)db_get_i64(rows, first + 6),
                        .otp = db_get_bool(rows, first + 7),
                        .referral_id = db_get_u64(rows, first + 8),
                        .created_at = db_get_time_us(rows, first + 10),
                        .updated_at = db_get_time_us(rows, first + 11)};
    db_get_chars(rows, first + 1, user.uid, sizeof(user.uid));
    db_get_chars(rows, first + 2, user.email, sizeof(user.email));
    db_get_chars(rows, first + 3, user.username, sizeof(user.username));
    db_get_chars(rows, first + 4, user.role, sizeof(user.role));
    db_get_chars(rows, first + 5, user.state, sizeof(user.state));
    db_get_chars(rows, first + 9, user.referral_uid, sizeof(user.referral_uid));
    const char *data = arena ? db_get_text(rows, first + 12) : NULL;
    if (data && !(user.data = arena_strdup(arena, data)))
        return false;
    *ret_user = user;
    return true;
}

static bool one_user(struct db *db, struct arena *arena, const char *sql, struct db_value value,
                     struct user *ret_user, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, &value, 1, &rows, err))
        return false;
    bool found = db_row_next(rows);
    bool fits = found && user_from_row(rows, 0, arena, ret_user);
    db_result_free(rows);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no such user");
    return fits || err_set(err, ERR_BUSY, "no memory for a user");
}

bool users_by_id(struct db *db, struct arena *arena, uint64_t id, struct user *ret_user,
                 struct err *err)
{
    return one_user(db, arena, SELECT "u.id = ?", DB_U64(id), ret_user, err);
}

bool users_by_uid(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
                  struct err *err)
{
    return one_user(db, arena, SELECT "u.uid = ?", DB_TEXT(uid), ret_user, err);
}

bool users_by_email(struct db *db, struct arena *arena, const char *email, struct user *ret_user,
                    struct err *err)
{
    return one_user(db, arena, SELECT "u.email = ?", DB_TEXT(email), ret_user, err);
}

/* The lock comes first and alone: with the join, the row of the referrer would be locked too. */
static bool lock(struct db *db, const char *sql, struct db_value value, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, &value, 1, &rows, err))
        return false;
    bool found = db_row_next(rows);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such user");
}

bool users_lock_by_id(struct db *db, struct arena *arena, uint64_t id, struct user *ret_user,
                      struct err *err)
{
    return lock(db, "SELECT id FROM users WHERE id = ? FOR UPDATE", DB_U64(id), err) &&
           users_by_id(db, arena, id, ret_user, err);
}

bool users_lock_by_uid(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
                       struct err *err)
{
    return lock(db, "SELECT id FROM users WHERE uid = ? FOR UPDATE", DB_TEXT(uid), err) &&
           users_by_uid(db, arena, uid, ret_user, err);
}

bool users_password(struct db *db, uint64_t id, char ret_digest[static PASSWORD_DIGEST_SIZE],
                    struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT password_digest FROM users WHERE id = ?", DB_ARGS(DB_U64(id)), &rows,
                  err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        db_get_chars(rows, 0, ret_digest, PASSWORD_DIGEST_SIZE);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such user");
}

bool users_set_referrer(struct db *db, uint64_t id, uint64_t referrer_id, struct err *err)
{
    return db_exec(db, "UPDATE users SET referral_id = ? WHERE id = ?",
                   DB_ARGS(DB_U64(referrer_id), DB_U64(id)), NULL, err);
}

bool users_set_password(struct db *db, uint64_t id, const char *digest, struct err *err)
{
    return db_exec(db, "UPDATE users SET password_digest = ?, updated_at = NOW(6) WHERE id = ?",
                   DB_ARGS(DB_TEXT(digest), DB_U64(id)), NULL, err);
}

bool uid_claim(struct db *db, const char *uid, const char *kind, struct err *err)
{
    return db_exec(db, "INSERT INTO uids (uid, kind) VALUES (?, ?)",
                   DB_ARGS(DB_TEXT(uid), DB_TEXT(kind)), NULL, err);
}

/* "" is no username: NULL does not collide with other NULLs. */
static struct db_value username_value(const struct user *user)
{
    return user->username[0] ? DB_TEXT(user->username) : DB_NULL;
}

bool users_insert(struct db *db, struct user *user, const char *digest, int64_t now_us,
                  struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "INSERT INTO users (uid, email, username, password_digest, role, data, level,"
                  " otp, state, referral_id, created_at, updated_at)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                  DB_ARGS(DB_TEXT(user->uid), DB_TEXT(user->email), username_value(user),
                          DB_TEXT(digest), DB_TEXT(user->role), DB_TEXT(user->data),
                          DB_I64(user->level), DB_I64(user->otp), DB_TEXT(user->state),
                          user->referral_id ? DB_U64(user->referral_id) : DB_NULL, DB_TIME(now_us),
                          DB_TIME(now_us)),
                  &rows, err))
        return false;
    bool inserted = db_row_next(rows);
    if (inserted) {
        user->id = db_get_u64(rows, 0);
        user->created_at = user->updated_at = now_us;
    }
    db_result_free(rows);
    return inserted || err_set(err, ERR_INTERNAL, "a user without an id");
}

bool users_update(struct db *db, const struct user *user, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE users SET email = ?, username = ?, role = ?, level = ?, otp = ?,"
                   " state = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(user->email), username_value(user), DB_TEXT(user->role),
                           DB_I64(user->level), DB_I64(user->otp), DB_TEXT(user->state),
                           DB_TIME(now_us), DB_U64(user->id)),
                   NULL, err);
}

bool users_set_data(struct db *db, uint64_t id, const char *data, int64_t now_us, struct err *err)
{
    return db_exec(db, "UPDATE users SET data = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(data), DB_TIME(now_us), DB_U64(id)), NULL, err);
}

static bool exists(struct db *db, const char *sql, struct db_value value, bool *ret_exists,
                   struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, &value, 1, &rows, err))
        return false;
    *ret_exists = db_row_next(rows);
    db_result_free(rows);
    return true;
}

bool users_have_username(struct db *db, const char *username, bool *ret_taken, struct err *err)
{
    return exists(db, "SELECT 1 FROM users WHERE username = ?", DB_TEXT(username), ret_taken, err);
}

bool users_is_alone(struct db *db, uint64_t id, bool *ret_alone, struct err *err)
{
    bool has_others;
    if (!exists(db, "SELECT 1 FROM users WHERE id <> ? LIMIT 1 FOR UPDATE", DB_U64(id), &has_others,
                err))
        return false;
    *ret_alone = !has_others;
    return true;
}

bool users_bcrypt_digest(struct db *db, char *ret_digest, size_t size, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT password_digest FROM users WHERE password_digest LIKE '$2_$%'"
                  " ORDER BY SUBSTRING(password_digest, 5, 2) DESC LIMIT 1",
                  DB_NONE, &rows, err))
        return false;
    ret_digest[0] = '\0';
    if (db_row_next(rows))
        db_get_chars(rows, 0, ret_digest, size);
    db_result_free(rows);
    return true;
}

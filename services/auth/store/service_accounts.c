#include "auth/store/service_accounts.h"

#define SELECT                                                                                     \
    "SELECT id, owner_id, uid, email, role, state, level, created_at, updated_at"                  \
    " FROM service_accounts WHERE "
#define OF_OWNER "(? = 0 OR owner_id = ?)"

static struct service_account from_row(const struct db_result *rows)
{
    struct service_account account = {.id = db_get_u64(rows, 0),
                                      .owner_id = db_get_u64(rows, 1),
                                      .level = (int32_t)db_get_i64(rows, 6),
                                      .created_at = db_get_time_us(rows, 7),
                                      .updated_at = db_get_time_us(rows, 8)};
    db_get_chars(rows, 2, account.uid, sizeof(account.uid));
    db_get_chars(rows, 3, account.email, sizeof(account.email));
    db_get_chars(rows, 4, account.role, sizeof(account.role));
    db_get_chars(rows, 5, account.state, sizeof(account.state));
    return account;
}

static bool one(struct db *db, const char *sql, struct db_value value,
                struct service_account *ret_account, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, &value, 1, &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        *ret_account = from_row(rows);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such service account");
}

bool service_accounts_by_uid(struct db *db, const char *uid, struct service_account *ret_account,
                             struct err *err)
{
    return one(db, SELECT "uid = ?", DB_TEXT(uid), ret_account, err);
}

bool service_accounts_by_id(struct db *db, uint64_t id, struct service_account *ret_account,
                            struct err *err)
{
    return one(db, SELECT "id = ?", DB_U64(id), ret_account, err);
}

bool service_accounts_by_email(struct db *db, const char *email,
                               struct service_account *ret_account, struct err *err)
{
    return one(db, SELECT "email = ?", DB_TEXT(email), ret_account, err);
}

static bool count_of(struct db *db, uint64_t owner_id, uint64_t *ret_total, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT COUNT(*) FROM service_accounts WHERE " OF_OWNER,
                  DB_ARGS(DB_U64(owner_id), DB_U64(owner_id)), &rows, err))
        return false;
    *ret_total = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    db_result_free(rows);
    return true;
}

bool service_accounts_page(struct db *db, struct arena *arena, uint64_t owner_id, uint64_t offset,
                           uint64_t limit, struct service_account **ret_accounts, size_t *ret_count,
                           uint64_t *ret_total, struct err *err)
{
    struct db_result *rows;
    if (!count_of(db, owner_id, ret_total, err) ||
        !db_query(db, SELECT OF_OWNER " ORDER BY id LIMIT ? OFFSET ?",
                  DB_ARGS(DB_U64(owner_id), DB_U64(owner_id), DB_U64(limit), DB_U64(offset)), &rows,
                  err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    struct service_account *accounts = arena_alloc(arena, (count + 1) * sizeof(*accounts));
    while (accounts && db_row_next(rows))
        accounts[filled++] = from_row(rows);
    db_result_free(rows);
    if (!accounts)
        return err_set(err, ERR_BUSY, "no memory for service accounts");
    *ret_accounts = accounts;
    *ret_count = count;
    return true;
}

static struct db_value owner_value(const struct service_account *account)
{
    return account->owner_id ? DB_U64(account->owner_id) : DB_NULL;
}

bool service_accounts_insert(struct db *db, struct service_account *account, int64_t now_us,
                             struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "INSERT INTO service_accounts (uid, owner_id, email, role, level, state,"
                  " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                  DB_ARGS(DB_TEXT(account->uid), owner_value(account), DB_TEXT(account->email),
                          DB_TEXT(account->role), DB_I64(account->level), DB_TEXT(account->state),
                          DB_TIME(now_us), DB_TIME(now_us)),
                  &rows, err))
        return false;
    bool inserted = db_row_next(rows);
    if (inserted) {
        account->id = db_get_u64(rows, 0);
        account->created_at = account->updated_at = now_us;
    }
    db_result_free(rows);
    return inserted || err_set(err, ERR_INTERNAL, "a service account without an id");
}

bool service_accounts_update(struct db *db, struct service_account *account, int64_t now_us,
                             struct err *err)
{
    if (!db_exec(db,
                 "UPDATE service_accounts SET owner_id = ?, email = ?, role = ?, level = ?,"
                 " state = ?, updated_at = ? WHERE id = ?",
                 DB_ARGS(owner_value(account), DB_TEXT(account->email), DB_TEXT(account->role),
                         DB_I64(account->level), DB_TEXT(account->state), DB_TIME(now_us),
                         DB_U64(account->id)),
                 NULL, err))
        return false;
    account->updated_at = now_us;
    return true;
}

bool service_accounts_follow(struct db *db, struct arena *arena, const struct user *owner,
                             const char *former_state, int64_t now_us, const char *const **ret_uids,
                             size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "UPDATE service_accounts SET level = ?,"
                  " state = IF(state <> 'disabled' AND (? <> 'active' OR state = ?), ?, state),"
                  " updated_at = ? WHERE owner_id = ?;"
                  "SELECT uid FROM service_accounts WHERE owner_id = ?",
                  DB_ARGS(DB_I64(owner->level), DB_TEXT(owner->state), DB_TEXT(former_state),
                          DB_TEXT(owner->state), DB_TIME(now_us), DB_U64(owner->id),
                          DB_U64(owner->id)),
                  &rows, err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    const char **uids = arena_alloc(arena, (count + 1) * sizeof(*uids));
    bool fits = uids != NULL;
    while (fits && db_row_next(rows)) {
        uids[filled] = arena_strdup(arena, db_get_text(rows, 0));
        fits = uids[filled++] != NULL;
    }
    db_result_free(rows);
    if (!fits)
        return err_set(err, ERR_BUSY, "no memory for service accounts");
    *ret_uids = uids;
    *ret_count = count;
    return true;
}

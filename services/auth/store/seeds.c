#include "auth/store/seeds.h"

#include "auth/store/changes.h"

static bool add(struct db *db, const char *sql, const struct db_value *values, size_t count,
                bool *ret_added, struct err *err)
{
    uint64_t affected;
    if (!db_exec(db, sql, values, count, &affected, err))
        return false;
    *ret_added = affected > 0;
    return true;
}

bool seed_level(struct db *db, int64_t id, const char *key, const char *value,
                const char *description, bool *ret_added, struct err *err)
{
    return add(db,
               "INSERT INTO levels (id, `key`, value, description, created_at, updated_at)"
               " SELECT ?, ?, ?, ?, NOW(6), NOW(6) FROM DUAL"
               " WHERE NOT EXISTS (SELECT 1 FROM levels WHERE id = ? OR (`key` = ? AND value = ?))",
               DB_ARGS(DB_I64(id), DB_TEXT(key), DB_TEXT(value), DB_TEXT(description), DB_I64(id),
                       DB_TEXT(key), DB_TEXT(value)),
               ret_added, err);
}

bool seed_permission(struct db *db, const struct permission_seed *row, bool *ret_added,
                     struct err *err)
{
    return add(db,
               "INSERT INTO permissions (action, role, verb, path, topic, created_at, updated_at)"
               " SELECT ?, ?, ?, ?, ?, NOW(6), NOW(6) FROM DUAL WHERE NOT EXISTS"
               " (SELECT 1 FROM permissions WHERE action = ? AND role = ? AND verb = ?"
               " AND path = ? AND topic <=> ?)",
               DB_ARGS(DB_TEXT(row->action), DB_TEXT(row->role), DB_TEXT(row->verb),
                       DB_TEXT(row->path), DB_TEXT(row->topic), DB_TEXT(row->action),
                       DB_TEXT(row->role), DB_TEXT(row->verb), DB_TEXT(row->path),
                       DB_TEXT(row->topic)),
               ret_added, err);
}

bool seed_restriction(struct db *db, const struct restriction_seed *row, bool *ret_added,
                      struct err *err)
{
    return add(db,
               "INSERT INTO restrictions (category, scope, value, code, state, created_at,"
               " updated_at) SELECT ?, ?, ?, ?, ?, NOW(6), NOW(6) FROM DUAL WHERE NOT EXISTS"
               " (SELECT 1 FROM restrictions WHERE category = ? AND scope = ? AND value = ?)",
               DB_ARGS(DB_TEXT(row->category), DB_TEXT(row->scope), DB_TEXT(row->value),
                       row->code.given ? DB_I64(row->code.value) : DB_NULL, DB_TEXT(row->state),
                       DB_TEXT(row->category), DB_TEXT(row->scope), DB_TEXT(row->value)),
               ret_added, err);
}

bool seed_announce(struct db *db, struct err *err)
{
    return change_announce(db, CHANGE_PERMISSIONS, "", err) &&
           change_announce(db, CHANGE_RESTRICTIONS, "", err) &&
           change_announce(db, CHANGE_LEVELS, "", err);
}

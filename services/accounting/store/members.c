#include "accounting/store/members.h"

#include "base/auto.h"

#include <string.h>

#define COLUMNS "id, uid, email, username, level, role, `group`, state, created_at, updated_at"
enum { IDS_PER_QUERY = 1000 };

static void member_from_row(const struct db_result *rows, struct member *ret_member)
{
    *ret_member = (struct member){.id = db_get_u64(rows, 0),
                                  .level = (int32_t)db_get_i64(rows, 4),
                                  .created_at = db_get_time_us(rows, 8),
                                  .updated_at = db_get_time_us(rows, 9)};
    db_get_chars(rows, 1, ret_member->uid, sizeof(ret_member->uid));
    db_get_chars(rows, 2, ret_member->email, sizeof(ret_member->email));
    db_get_chars(rows, 3, ret_member->username, sizeof(ret_member->username));
    db_get_chars(rows, 5, ret_member->role, sizeof(ret_member->role));
    db_get_chars(rows, 6, ret_member->group, sizeof(ret_member->group));
    db_get_chars(rows, 7, ret_member->state, sizeof(ret_member->state));
}

static bool one_member(struct db *db, const char *sql, struct db_value value,
                       struct member *ret_member, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, &value, 1, &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        member_from_row(rows, ret_member);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such member");
}

bool members_by_id(struct db *db, uint64_t id, struct member *ret_member, struct err *err)
{
    return one_member(db, "SELECT " COLUMNS " FROM members WHERE id = ?", DB_U64(id), ret_member,
                      err);
}

bool members_by_uid(struct db *db, const char *uid, struct member *ret_member, struct err *err)
{
    return one_member(db, "SELECT " COLUMNS " FROM members WHERE uid = ?", DB_TEXT(uid), ret_member,
                      err);
}

bool members_by_email(struct db *db, const char *email, struct member *ret_member, struct err *err)
{
    return one_member(db, "SELECT " COLUMNS " FROM members WHERE email = ?", DB_TEXT(email),
                      ret_member, err);
}

static bool some_members(struct db *db, const uint64_t *ids, size_t count,
                         void (*take)(void *arg, const struct member *member), void *arg,
                         struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(64 * 1024);
    db_sql(db, &sql, "SELECT " COLUMNS " FROM members WHERE id IN (", DB_NONE);
    for (size_t i = 0; i < count; i++)
        db_sql(db, &sql, i ? ",?" : "?", DB_ARGS(DB_U64(ids[i])));
    db_sql(db, &sql, ")", DB_NONE);
    struct db_result *rows;
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    while (db_row_next(rows)) {
        struct member member;
        member_from_row(rows, &member);
        take(arg, &member);
    }
    db_result_free(rows);
    return true;
}

bool members_by_ids(struct db *db, const uint64_t *ids, size_t count,
                    void (*take)(void *arg, const struct member *member), void *arg,
                    struct err *err)
{
    for (size_t done = 0; done < count; done += IDS_PER_QUERY) {
        size_t part = count - done < IDS_PER_QUERY ? count - done : IDS_PER_QUERY;
        if (!some_members(db, ids + done, part, take, arg, err))
            return false;
    }
    return true;
}

/* "" is no username: NULL does not collide with other NULLs. */
static struct db_value username_value(const struct member *member)
{
    return member->username[0] ? DB_TEXT(member->username) : DB_NULL;
}

bool members_insert(struct db *db, const struct member *member, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO members (uid, email, username, level, role, state, created_at,"
                   " updated_at) VALUES (?, ?, ?, ?, ?, ?, NOW(6), NOW(6))",
                   DB_ARGS(DB_TEXT(member->uid), DB_TEXT(member->email), username_value(member),
                           DB_I64(member->level), DB_TEXT(member->role), DB_TEXT(member->state)),
                   NULL, err);
}

bool members_update(struct db *db, const struct member *member, struct err *err)
{
    return db_exec(db,
                   "UPDATE members SET email = ?, username = ?, level = ?, role = ?, state = ?,"
                   " updated_at = NOW(6) WHERE uid = ?",
                   DB_ARGS(DB_TEXT(member->email), username_value(member), DB_I64(member->level),
                           DB_TEXT(member->role), DB_TEXT(member->state), DB_TEXT(member->uid)),
                   NULL, err);
}

bool members_set_group(struct db *db, uint64_t id, const char *group, struct err *err)
{
    return db_exec(db, "UPDATE members SET `group` = ?, updated_at = NOW(6) WHERE id = ?",
                   DB_ARGS(DB_TEXT(group), DB_U64(id)), NULL, err);
}

/* ---- the list ---- */

static void equals(struct db *db, struct str *sql, const char *fragment, const char *text)
{
    if (text)
        db_sql(db, sql, fragment, DB_ARGS(DB_TEXT(text)));
}

static void add_filters(struct db *db, struct str *sql, const struct members_filter *filter)
{
    bool by_update = filter->time_column && strcmp(filter->time_column, "updated_at") == 0;
    db_sql(db, sql, " WHERE TRUE", DB_NONE);
    equals(db, sql, " AND uid = ?", filter->uid);
    equals(db, sql, " AND email = ?", filter->email);
    equals(db, sql, " AND role = ?", filter->role);
    equals(db, sql, " AND `group` = ?", filter->group);
    equals(db, sql, " AND state = ?", filter->state);
    if (filter->from_us)
        db_sql(db, sql, by_update ? " AND updated_at >= ?" : " AND created_at >= ?",
               DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us)
        db_sql(db, sql, by_update ? " AND updated_at <= ?" : " AND created_at <= ?",
               DB_ARGS(DB_TIME(filter->to_us)));
}

static const char *order_of(const struct members_filter *filter)
{
    static const struct {
        const char *name, *ascending, *descending;
    } orders[] = {
        {"uid", " ORDER BY uid", " ORDER BY uid DESC"},
        {"email", " ORDER BY email", " ORDER BY email DESC"},
        {"username", " ORDER BY username, id", " ORDER BY username DESC, id DESC"},
        {"level", " ORDER BY level, id", " ORDER BY level DESC, id DESC"},
        {"role", " ORDER BY role, id", " ORDER BY role DESC, id DESC"},
        {"group", " ORDER BY `group`, id", " ORDER BY `group` DESC, id DESC"},
        {"state", " ORDER BY state, id", " ORDER BY state DESC, id DESC"},
        {"created_at", " ORDER BY created_at, id", " ORDER BY created_at DESC, id DESC"},
        {"updated_at", " ORDER BY updated_at, id", " ORDER BY updated_at DESC, id DESC"},
    };
    for (size_t i = 0; filter->order_by && i < ARRAY_LEN(orders); i++)
        if (strcmp(filter->order_by, orders[i].name) == 0)
            return filter->ascending ? orders[i].ascending : orders[i].descending;
    return filter->ascending ? " ORDER BY id" : " ORDER BY id DESC";
}

bool members_list(struct db *db, struct arena *arena, const struct members_filter *filter,
                  struct member **ret_members, size_t *ret_count, uint64_t *ret_total,
                  struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(64 * 1024);
    db_sql(db, &sql, "SELECT COUNT(*) FROM members", DB_NONE);
    add_filters(db, &sql, filter);
    db_sql(db, &sql, "; SELECT " COLUMNS " FROM members", DB_NONE);
    add_filters(db, &sql, filter);
    db_sql(db, &sql, order_of(filter), DB_NONE);
    db_sql(db, &sql, " LIMIT ? OFFSET ?", DB_ARGS(DB_U64(filter->limit), DB_U64(filter->offset)));

    struct db_result *rows;
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    uint64_t total = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    size_t count = db_result_next(rows) ? db_row_count(rows) : 0;
    struct member *members = arena_alloc(arena, (count + 1) * sizeof(*members));
    for (size_t i = 0; members && db_row_next(rows); i++)
        member_from_row(rows, &members[i]);
    db_result_free(rows);
    if (!members)
        return err_set(err, ERR_INTERNAL, "members: no memory for a page");
    *ret_members = members;
    *ret_count = count;
    *ret_total = total;
    return true;
}

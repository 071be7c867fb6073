#include "auth/store/users_list.h"

#include <string.h>

#include "auth/store/list_filter.h"
#include "auth/store/users.h"

#define FROM_USERS "FROM users u LEFT JOIN users r ON r.id = u.referral_id"
/* The label of the users whose documents wait; (user, key, scope) is unique: one row each. */
#define WAITING                                                                                    \
    " JOIN labels w ON w.user_id = u.id AND w.`key` = 'document' AND w.scope = 'private'"          \
    " AND w.value IN ('pending', 'replaced')"

static void read_user(struct row_reader *reader, void *row)
{
    if (!user_from_row(reader->result, 0, reader->arena, row))
        reader->failed = true;
}

static const struct listing_column columns[] = {
    {"id", "u.id"},
    {"uid", "u.uid"},
    {"username", "u.username"},
    {"email", "u.email"},
    {"role", "u.role"},
    {"data", "u.data"},
    {"level", "u.level"},
    {"otp", "u.otp"},
    {"state", "u.state"},
    {"referral_id", "u.referral_id"},
    {"created_at", "u.created_at"},
    {"updated_at", "u.updated_at"},
    {NULL},
};

static const struct listing_column waiting_columns[] = {
    {"updated_at", "w.updated_at, u.id"},
    {NULL},
};

static const struct listing_table users_table = {
    .count = "SELECT COUNT(*) FROM users u WHERE TRUE",
    .select = "SELECT " USER_COLUMNS " " FROM_USERS " WHERE TRUE",
    .columns = columns,
    .row_size = sizeof(struct user),
    .read = read_user,
};

static const struct listing_table waiting_table = {
    .count = "SELECT COUNT(*) FROM users u" WAITING " WHERE TRUE",
    .select = "SELECT " USER_COLUMNS " " FROM_USERS WAITING " WHERE TRUE",
    .columns = waiting_columns,
    .row_size = sizeof(struct user),
    .read = read_user,
};

bool users_can_be_ordered_by(const char *column)
{
    for (const struct listing_column *known = columns; known->name; known++)
        if (strcmp(known->name, column) == 0)
            return true;
    return false;
}

static void add_labels(struct db *db, const struct users_filter *filter, struct str *where)
{
    if (!filter->label_key || !filter->label_key[0])
        return;
    db_sql(db, where, " AND EXISTS (SELECT 1 FROM labels l WHERE l.user_id = u.id AND l.`key` = ?",
           DB_ARGS(DB_TEXT(filter->label_key)));
    filter_text(db, where, " AND l.value = ?", filter->label_value);
    filter_text(db, where, " AND l.scope = ?", filter->label_scope);
    str_add(where, ")");
}

bool users_list(struct db *db, const struct users_filter *filter, struct listing *listing,
                struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    listing->where = STR_INIT(LISTING_BYTES_MAX);
    filter_text(db, where, " AND u.uid = ?", filter->uid);
    filter_text(db, where, " AND u.email = ?", filter->email);
    filter_text(db, where, " AND u.role = ?", filter->role);
    filter_text(db, where, " AND u.state = ?", filter->state);
    filter_text(db, where,
                " AND EXISTS (SELECT 1 FROM profiles p WHERE p.user_id = u.id AND p.country = ?)",
                filter->country);
    if (filter->level.given)
        db_sql(db, where, " AND u.level = ?", DB_ARGS(DB_I64(filter->level.value)));
    add_labels(db, filter, where);
    filter_from(db, where, filter->by_update ? " AND u.updated_at >= ?" : " AND u.created_at >= ?",
                filter->from);
    filter_to(db, where, filter->by_update ? " AND u.updated_at <= ?" : " AND u.created_at <= ?",
              filter->to);
    bool ok = listing_run(db, filter->documents_pending ? &waiting_table : &users_table, listing,
                          ret_listed, err);
    str_release(where);
    return ok;
}

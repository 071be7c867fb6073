#include "auth/store/permission_rows.h"

#define COLUMNS "id, action, role, verb, path, topic, created_at, updated_at"

static void read_row(struct row_reader *reader, void *row)
{
    *(struct permission_row *)row = (struct permission_row){
        .id = db_get_u64(reader->result, 0),
        .action = row_text(reader, 1),
        .role = row_text(reader, 2),
        .verb = row_text(reader, 3),
        .path = row_text(reader, 4),
        .topic = row_text(reader, 5),
        .created_at = db_get_time_us(reader->result, 6),
        .updated_at = db_get_time_us(reader->result, 7),
    };
}

static const struct listing_column columns[] = {{"id", "id"}, {NULL}};

static const struct listing_table table = {
    .count = "SELECT COUNT(*) FROM permissions WHERE TRUE",
    .select = "SELECT " COLUMNS " FROM permissions WHERE TRUE",
    .columns = columns,
    .row_size = sizeof(struct permission_row),
    .read = read_row,
};

bool permissions_list(struct db *db, struct listing *listing, struct listed *ret_listed,
                      struct err *err)
{
    listing->where = STR_INIT(LISTING_BYTES_MAX);
    return listing_run(db, &table, listing, ret_listed, err);
}

bool permissions_lock(struct db *db, struct arena *arena, uint64_t id,
                      struct permission_row *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    db_sql(db, &listing.where, " AND id = ?", DB_ARGS(DB_U64(id)));
    bool ok = listing_find(db, &table, &listing, ret_row, err);
    str_release(&listing.where);
    return ok;
}

bool permissions_insert(struct db *db, struct permission_row *row, struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO permissions (action, role, verb, path, topic, created_at,"
                    " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                    DB_ARGS(DB_TEXT(row->action), DB_TEXT(row->role), DB_TEXT(row->verb),
                            DB_TEXT(row->path), DB_TEXT(row->topic), DB_TIME(row->created_at),
                            DB_TIME(row->updated_at)),
                    &id, err))
        return false;
    row->id = (uint64_t)id;
    return true;
}

bool permissions_update(struct db *db, const struct permission_row *row, struct err *err)
{
    return db_exec(db,
                   "UPDATE permissions SET action = ?, role = ?, verb = ?, path = ?, topic = ?,"
                   " updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->action), DB_TEXT(row->role), DB_TEXT(row->verb),
                           DB_TEXT(row->path), DB_TEXT(row->topic), DB_TIME(row->updated_at),
                           DB_U64(row->id)),
                   NULL, err);
}

bool permissions_delete(struct db *db, uint64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM permissions WHERE id = ?", DB_ARGS(DB_U64(id)), NULL, err);
}

bool permissions_delete_all(struct db *db, struct err *err)
{
    return db_exec(db, "DELETE FROM permissions", DB_NONE, NULL, err);
}

bool permissions_know_role(struct db *db, const char *role, bool *ret_known, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM permissions WHERE role = ? LIMIT 1",
                      DB_ARGS(DB_TEXT(role)), ret_known, err);
}

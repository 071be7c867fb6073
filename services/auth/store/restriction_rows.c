#include "auth/store/restriction_rows.h"

#include "auth/store/list_filter.h"

#define COLUMNS "id, category, scope, value, state, code, created_at, updated_at"

static void read_row(struct row_reader *reader, void *row)
{
    *(struct restriction_row *)row = (struct restriction_row){
        .id = db_get_u64(reader->result, 0),
        .category = row_text(reader, 1),
        .scope = row_text(reader, 2),
        .value = row_text(reader, 3),
        .state = row_text(reader, 4),
        .code = db_is_null(reader->result, 5) ? 0 : db_get_i64(reader->result, 5),
        .created_at = db_get_time_us(reader->result, 6),
        .updated_at = db_get_time_us(reader->result, 7),
    };
}

static const struct listing_column columns[] = {{"id", "id"}, {NULL}};

static const struct listing_table table = {
    .count = "SELECT COUNT(*) FROM restrictions WHERE TRUE",
    .select = "SELECT " COLUMNS " FROM restrictions WHERE TRUE",
    .columns = columns,
    .row_size = sizeof(struct restriction_row),
    .read = read_row,
};

bool restrictions_list(struct db *db, const struct restrictions_filter *filter,
                       struct listing *listing, struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    listing->where = STR_INIT(LISTING_BYTES_MAX);
    filter_text(db, where, " AND category = ?", filter->category);
    filter_text(db, where, " AND scope = ?", filter->scope);
    filter_from(db, where, filter->by_update ? " AND updated_at >= ?" : " AND created_at >= ?",
                filter->from);
    filter_to(db, where, filter->by_update ? " AND updated_at <= ?" : " AND created_at <= ?",
              filter->to);
    bool ok = listing_run(db, &table, listing, ret_listed, err);
    str_release(where);
    return ok;
}

bool restrictions_lock(struct db *db, struct arena *arena, uint64_t id,
                       struct restriction_row *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    db_sql(db, &listing.where, " AND id = ?", DB_ARGS(DB_U64(id)));
    bool ok = listing_find(db, &table, &listing, ret_row, err);
    str_release(&listing.where);
    return ok;
}

static struct db_value code_value(const struct restriction_row *row)
{
    return row->code ? DB_I64(row->code) : DB_NULL;
}

bool restrictions_insert(struct db *db, struct restriction_row *row, struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO restrictions (category, scope, value, state, code, created_at,"
                    " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                    DB_ARGS(DB_TEXT(row->category), DB_TEXT(row->scope), DB_TEXT(row->value),
                            DB_TEXT(row->state), code_value(row), DB_TIME(row->created_at),
                            DB_TIME(row->updated_at)),
                    &id, err))
        return false;
    row->id = (uint64_t)id;
    return true;
}

bool restrictions_update(struct db *db, const struct restriction_row *row, struct err *err)
{
    return db_exec(db,
                   "UPDATE restrictions SET category = ?, scope = ?, value = ?, state = ?,"
                   " code = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->category), DB_TEXT(row->scope), DB_TEXT(row->value),
                           DB_TEXT(row->state), code_value(row), DB_TIME(row->updated_at),
                           DB_U64(row->id)),
                   NULL, err);
}

bool restrictions_delete(struct db *db, uint64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM restrictions WHERE id = ?", DB_ARGS(DB_U64(id)), NULL, err);
}

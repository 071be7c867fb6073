#include "db/listing.h"

#include <string.h>

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

const char *row_text(struct row_reader *reader, unsigned column)
{
    const char *text = db_get_text(reader->result, column);
    if (!text)
        return NULL;
    const char *copy = arena_strdup(reader->arena, text);
    if (!copy)
        reader->failed = true;
    return copy;
}

static const char *column_sql(const struct listing_table *table, const char *name)
{
    for (const struct listing_column *column = table->columns; name && column->name; column++)
        if (strcmp(column->name, name) == 0)
            return column->sql;
    return table->columns[0].sql;
}

static void add_query(struct db *db, const struct listing_table *table,
                      const struct listing *listing, struct str *sql)
{
    str_add(sql, table->select);
    str_add(sql, str_data(&listing->where));
    str_add(sql, " ORDER BY ");
    str_add(sql, column_sql(table, listing->order_by));
    str_add(sql, listing->descending ? " DESC, " : " ASC, ");
    str_add(sql, table->columns[0].sql); /* rows of equal rank keep one order over the pages */
    str_add(sql, listing->descending ? " DESC" : " ASC");
    db_sql(db, sql, " LIMIT ? OFFSET ?",
           DB_ARGS(DB_U64(listing->limit ? listing->limit : LISTING_ROWS_MAX),
                   DB_U64(listing->offset)));
}

static bool out_of_memory(struct err *err)
{
    return err_set(err, ERR_INTERNAL, "rows above the memory of the request");
}

bool listing_run(struct db *db, const struct listing_table *table, const struct listing *listing,
                 struct listed *ret_listed, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(2 * LISTING_BYTES_MAX);
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    struct listed listed = {0};

    if (!str_ok(&listing->where))
        return err_set(err, ERR_INVALID, "the filter is too long");
    if (!listing->uncounted) {
        str_add(&sql, table->count);
        str_add(&sql, str_data(&listing->where));
        str_add(&sql, ";");
    }
    add_query(db, table, listing, &sql);
    if (!db_query_str(db, &sql, &result, err))
        return false;
    if (!listing->uncounted) {
        if (db_row_next(result))
            listed.total = db_get_u64(result, 0);
        if (!db_result_next(result))
            return err_set(err, ERR_INTERNAL, "a list without its rows");
    }

    size_t room = db_row_count(result);
    listed.rows = arena_alloc(listing->arena, (room ? room : 1) * table->row_size);
    if (!listed.rows)
        return out_of_memory(err);
    struct row_reader reader = {result, listing->arena, false};
    while (db_row_next(result))
        table->read(&reader, (char *)listed.rows + listed.count++ * table->row_size);
    if (reader.failed)
        return out_of_memory(err);
    *ret_listed = listed;
    return true;
}

bool listing_find(struct db *db, const struct listing_table *table, const struct listing *listing,
                  void *ret_row, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(2 * LISTING_BYTES_MAX);
    AUTO_FREE(db_result_free) struct db_result *result = NULL;

    str_add(&sql, table->select);
    str_add(&sql, str_data(&listing->where));
    str_add(&sql, listing->locked ? " LIMIT 1 FOR UPDATE" : " LIMIT 1");
    if (!db_query_str(db, &sql, &result, err))
        return false;
    if (!db_row_next(result))
        return err_set(err, ERR_NOT_FOUND, "no such row");
    struct row_reader reader = {result, listing->arena, false};
    table->read(&reader, ret_row);
    return !reader.failed || out_of_memory(err);
}

bool row_insert(struct db *db, const char *sql, const struct db_value *values, size_t count,
                int64_t *ret_id, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, sql, values, count, &result, err))
        return false;
    if (!db_row_next(result))
        return err_set(err, ERR_INTERNAL, "an insert without its id");
    *ret_id = db_get_i64(result, 0);
    return true;
}

bool row_exists(struct db *db, const char *sql, const struct db_value *values, size_t count,
                bool *ret_exists, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, sql, values, count, &result, err))
        return false;
    *ret_exists = db_row_next(result);
    return true;
}

#include "auth/store/data_storages.h"

bool data_storages_of_user(struct db *db, struct arena *arena, uint64_t user_id,
                           struct data_storage **ret_storages, size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT id, user_id, title, data, created_at, updated_at FROM data_storages"
                  " WHERE user_id = ? ORDER BY id",
                  DB_ARGS(DB_U64(user_id)), &rows, err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    struct data_storage *storages = arena_alloc(arena, (count + 1) * sizeof(*storages));
    bool fits = storages != NULL;
    while (fits && db_row_next(rows)) {
        struct data_storage *storage = &storages[filled++];
        *storage = (struct data_storage){.id = db_get_u64(rows, 0),
                                         .user_id = db_get_u64(rows, 1),
                                         .title = arena_strdup(arena, db_get_text(rows, 2)),
                                         .data = arena_strdup(arena, db_get_text(rows, 3)),
                                         .created_at = db_get_time_us(rows, 4),
                                         .updated_at = db_get_time_us(rows, 5)};
        fits = storage->title && storage->data;
    }
    db_result_free(rows);
    if (!fits)
        return err_set(err, ERR_BUSY, "no memory for data storages");
    *ret_storages = storages;
    *ret_count = count;
    return true;
}

bool data_storages_insert(struct db *db, struct data_storage *storage, int64_t now_us,
                          struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "INSERT INTO data_storages (user_id, title, data, created_at, updated_at)"
                  " VALUES (?, ?, ?, ?, ?) RETURNING id",
                  DB_ARGS(DB_U64(storage->user_id), DB_TEXT(storage->title), DB_TEXT(storage->data),
                          DB_TIME(now_us), DB_TIME(now_us)),
                  &rows, err))
        return false;
    bool inserted = db_row_next(rows);
    if (inserted) {
        storage->id = db_get_u64(rows, 0);
        storage->created_at = storage->updated_at = now_us;
    }
    db_result_free(rows);
    return inserted || err_set(err, ERR_INTERNAL, "a data storage without an id");
}

bool data_storages_delete(struct db *db, uint64_t user_id, const char *title, struct err *err)
{
    uint64_t count;
    return db_exec(db, "DELETE FROM data_storages WHERE user_id = ? AND title = ?",
                   DB_ARGS(DB_U64(user_id), DB_TEXT(title)), &count, err) &&
           (count > 0 || err_set(err, ERR_NOT_FOUND, "no such data storage"));
}

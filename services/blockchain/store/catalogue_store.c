#include "blockchain/store/catalogue_store.h"

bool catalogue_load(struct db *db, struct str *out, struct err *err)
{
    struct db_result *result;
    if (!db_query(db, "SELECT body FROM catalogue WHERE id = 1", DB_NONE, &result, err))
        return false;
    if (db_row_next(result))
        str_add(out, db_get_text(result, 0));
    db_result_free(result);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "the catalogue is too long");
}

bool catalogue_save(struct db *db, const struct str *body, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO catalogue (id, body, updated_at) VALUES (1, ?, ?)"
                   " ON DUPLICATE KEY UPDATE body = VALUES(body), updated_at = VALUES(updated_at)",
                   DB_ARGS(DB_TEXT(str_data(body)), DB_TIME(now_us)), NULL, err);
}

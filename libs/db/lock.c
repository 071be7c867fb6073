/* lock.c: locks that have a name and belong to a connection. */
#include "db/db.h"

bool db_lock(struct db *db, const char *name, unsigned wait_s, struct err *err)
{
    enum { STEP_S = 10 }; /* each answer comes before the deadline of a round trip */
    unsigned waited_s = 0;
    do {
        unsigned step_s = wait_s - waited_s < STEP_S ? wait_s - waited_s : STEP_S;
        struct db_result *result;
        if (!db_query(db, "SELECT GET_LOCK(CONCAT(?, '.', DATABASE()), ?)",
                      DB_ARGS(DB_TEXT(name), DB_U64(step_s)), &result, err))
            return false;
        bool has_lock = db_row_next(result) && db_get_bool(result, 0);
        db_result_free(result);
        if (has_lock)
            return true;
        waited_s += step_s;
    } while (waited_s < wait_s);
    return err_set(err, ERR_BUSY, "%s: another one runs for more than %u s", name, wait_s);
}

bool db_unlock(struct db *db, const char *name, struct err *err)
{
    return db_exec(db, "DO RELEASE_LOCK(CONCAT(?, '.', DATABASE()))", DB_ARGS(DB_TEXT(name)), NULL,
                   err);
}

#include "accounting/store/journal_time.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

struct place {
    bool found;
    uint64_t id;
    int64_t created_us;
};

/* The first row of the ledger at `id` or above. */
static bool place_at(struct db *db, uint64_t id, struct place *ret_place, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT id, created_at FROM ledger WHERE id >= ? ORDER BY id LIMIT 1",
                  DB_ARGS(DB_U64(id)), &rows, err))
        return false;
    *ret_place = (struct place){.found = db_row_next(rows)};
    if (ret_place->found) {
        ret_place->id = db_get_u64(rows, 0);
        ret_place->created_us = db_get_time_us(rows, 1);
    }
    return true;
}

static bool id_limit(struct db *db, uint64_t *ret_id, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT COALESCE(MAX(id), 0) + 1 FROM ledger", DB_NONE, &rows, err))
        return false;
    *ret_id = db_row_next(rows) ? db_get_u64(rows, 0) : 1;
    return true;
}

bool journal_id_after(struct db *db, int64_t time_us, uint64_t *ret_id, struct err *err)
{
    uint64_t low = 0, high;
    if (!id_limit(db, &high, err))
        return false;
    /* Not after it: the rows up to low. After it: the rows from high on. */
    while (high - low > 1) {
        struct place place;
        uint64_t middle = low + (high - low) / 2;
        if (!place_at(db, middle, &place, err))
            return false;
        if (place.found && place.id < high && place.created_us <= time_us)
            low = place.id;
        else
            high = middle;
    }
    *ret_id = high;
    return true;
}

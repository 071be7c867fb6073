#include "auth/store/throttles.h"

#include <ctype.h>

#include "base/auto.h"
#include "crypto/crypto.h"

enum { KEY_BYTES_MAX = 1024 };

static const int64_t hour_us = INT64_C(3600) * 1000000;

/* One room for all limits: the name keeps them apart. What is above the room is not told apart. */
static void id_of(const struct throttle *throttle, uint8_t ret_id[static SHA256_SIZE])
{
    AUTO(str_release) struct str text = STR_INIT(KEY_BYTES_MAX);
    str_add(&text, throttle->name);
    str_add_char(&text, '|');
    for (const char *c = throttle->key; *c && str_ok(&text); c++)
        str_add_char(&text, (char)tolower((unsigned char)*c));
    sha256(str_data(&text), text.length, ret_id);
}

static int64_t step_us(const struct throttle *throttle)
{
    assert(throttle->per_hour <= THROTTLE_PER_HOUR_MAX);
    return hour_us / throttle->per_hour;
}

/*
 * The bucket is kept as the moment at which it is empty again (a virtual clock, "GCRA"): taking moves
 * it by the time of one, and may not move it more than an hour, all that it holds, beyond now.
 */
bool throttle_take(struct db *db, const struct throttle *throttle, int64_t now_us,
                   bool *ret_granted, struct err *err)
{
    uint8_t id[SHA256_SIZE];
    struct db_result *rows;
    if (throttle->per_hour == 0) {
        *ret_granted = false;
        return true;
    }
    int64_t step = step_us(throttle);
    id_of(throttle, id);
    if (!db_query(db,
                  "SET @granted = 1;"
                  "INSERT INTO throttles (id, empty_at) VALUES (?, ?) ON DUPLICATE KEY UPDATE"
                  " empty_at = IF(@granted := (empty_at <= ?),"
                  " GREATEST(empty_at, ?) + INTERVAL ? MICROSECOND, empty_at);"
                  "SELECT @granted",
                  DB_ARGS(DB_BYTES(id, sizeof(id)), DB_TIME(now_us + step),
                          DB_TIME(now_us + hour_us - step), DB_TIME(now_us), DB_I64(step)),
                  &rows, err))
        return false;
    *ret_granted = db_row_next(rows) && db_get_i64(rows, 0) == 1;
    db_result_free(rows);
    return true;
}

bool throttle_give_back(struct db *db, const struct throttle *throttle, struct err *err)
{
    uint8_t id[SHA256_SIZE];
    if (throttle->per_hour == 0)
        return true;
    id_of(throttle, id);
    return db_exec(db,
                   "UPDATE throttles SET empty_at = empty_at - INTERVAL ? MICROSECOND WHERE id = ?",
                   DB_ARGS(DB_I64(step_us(throttle)), DB_BYTES(id, sizeof(id))), NULL, err);
}

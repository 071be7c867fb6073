#include "auth/store/mails.h"

#include <string.h>

static const char *const state_names[] = {[MAIL_SENDING] = "sending",
                                          [MAIL_SENT] = "sent",
                                          [MAIL_DROPPED] = "dropped",
                                          [MAIL_DEAD] = "dead"};

static enum mail_state state_of(const char *name)
{
    for (unsigned i = 0; i < ARRAY_LEN(state_names); i++)
        if (strcmp(state_names[i], name) == 0)
            return (enum mail_state)i;
    UNREACHABLE("the states are those of the table");
    return MAIL_DEAD;
}

bool mails_begin(struct db *db, struct mail_row *row, int64_t now_us, struct err *err)
{
    struct db_result *result;
    if (!db_query(db,
                  "INSERT INTO mails (id, event, uid, attempts, created_at, updated_at)"
                  " VALUES (?, ?, ?, 1, ?, ?) ON DUPLICATE KEY UPDATE"
                  " attempts = attempts + (state = 'sending'),"
                  " updated_at = IF(state = 'sending', VALUES(updated_at), updated_at);"
                  "SELECT state, attempts FROM mails WHERE id = ?",
                  DB_ARGS(DB_BYTES(row->id, MAIL_ID_SIZE), DB_TEXT(row->event), DB_TEXT(row->uid),
                          DB_TIME(now_us), DB_TIME(now_us), DB_BYTES(row->id, MAIL_ID_SIZE)),
                  &result, err))
        return false;
    bool found = db_row_next(result);
    if (found) {
        row->state = state_of(db_get_text(result, 0));
        row->attempts = (uint32_t)db_get_u64(result, 1);
    }
    db_result_free(result);
    return found || err_set(err, ERR_INTERNAL, "mails: the row is not there");
}

bool mails_end(struct db *db, const struct mail_row *row, enum mail_state state, const char *reason,
               int64_t now_us, struct err *err)
{
    return db_exec(db, "UPDATE mails SET state = ?, reason = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(state_names[state]), DB_TEXT(reason), DB_TIME(now_us),
                           DB_BYTES(row->id, MAIL_ID_SIZE)),
                   NULL, err);
}

bool mails_count_sent(struct db *db, const struct mail_row *row, int64_t since_us,
                      uint64_t *ret_count, struct err *err)
{
    struct db_result *result;
    if (!db_query(db,
                  "SELECT COUNT(*) FROM mails WHERE uid = ? AND event = ? AND state = 'sent'"
                  " AND updated_at >= ?",
                  DB_ARGS(DB_TEXT(row->uid), DB_TEXT(row->event), DB_TIME(since_us)), &result, err))
        return false;
    bool found = db_row_next(result);
    *ret_count = found ? db_get_u64(result, 0) : 0;
    db_result_free(result);
    return found || err_set(err, ERR_INTERNAL, "mails: no count");
}

#include "blockchain/store/events.h"

#include "base/auto.h"
#include "base/str.h"

DEFINE_AUTO(struct db_result, db_result_free);

bool event_add(struct db *db, const char *name, const char *members, int64_t now_us,
               struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(EVENT_BODY_BYTES_MAX);
    struct uuid jti = uuid_new();
    str_add_format(&body, "{\"name\":\"%s\"", name);
    if (members[0] != '\0')
        str_add_char(&body, ',');
    str_add(&body, members);
    str_add_char(&body, '}');
    if (!str_ok(&body))
        return err_set(err, ERR_INTERNAL, "event %s is too long", name);
    return db_exec(db,
                   "UPDATE event_head SET seq = LAST_INSERT_ID(seq + 1) WHERE id = 1;"
                   "INSERT INTO events (seq, jti, name, body, created_at)"
                   " VALUES (LAST_INSERT_ID(), ?, ?, ?, ?)",
                   DB_ARGS(DB_BYTES(jti.bytes, sizeof(jti.bytes)), DB_TEXT(name),
                           DB_TEXT(str_data(&body)), DB_TIME(now_us)),
                   NULL, err);
}

bool events_read(struct db *db, struct arena *arena, uint64_t after, size_t max,
                 struct event_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT seq, jti, name, body, created_at FROM events WHERE seq > ?"
                  " ORDER BY seq LIMIT ?",
                  DB_ARGS(DB_U64(after), DB_U64(max)), &result, err))
        return false;
    struct event_row *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for events");
    size_t count = 0;
    while (db_row_next(result)) {
        struct event_row *row = &rows[count++];
        row->seq = db_get_u64(result, 0);
        row->jti = db_get_uuid(result, 1);
        row->name = arena_strdup(arena, db_get_text(result, 2));
        row->body = arena_strdup(arena, db_get_text(result, 3));
        row->created_at = db_get_time_us(result, 4);
        if (!row->name || !row->body)
            return err_set(err, ERR_BUSY, "no memory for events");
    }
    *ret_rows = rows;
    *ret_count = count;
    return true;
}

bool events_head(struct db *db, uint64_t *ret_seq, uint64_t *ret_published, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT seq, published FROM event_head WHERE id = 1", DB_NONE, &result, err))
        return false;
    if (!db_row_next(result))
        return err_set(err, ERR_INTERNAL, "event_head has no row");
    *ret_seq = db_get_u64(result, 0);
    *ret_published = db_get_u64(result, 1);
    return true;
}

bool events_confirmed(struct db *db, uint64_t seq, struct err *err)
{
    return db_exec(db,
                   "UPDATE event_head SET confirmed = ? WHERE id = 1 AND confirmed < ? AND "
                   "seq >= ?",
                   DB_ARGS(DB_U64(seq), DB_U64(seq), DB_U64(seq)), NULL, err);
}

bool events_pruned(struct db *db, uint64_t *ret_seq, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT pruned FROM event_head WHERE id = 1", DB_NONE, &result, err))
        return false;
    *ret_seq = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return true;
}

struct pruning {
    uint64_t last;
};

static bool prune_unit(struct db *db, void *arg, struct err *err)
{
    const struct pruning *pruning = arg;
    return db_exec(db, "DELETE FROM events WHERE seq <= ?", DB_ARGS(DB_U64(pruning->last)), NULL,
                   err) &&
           db_exec(db, "UPDATE event_head SET pruned = ? WHERE id = 1 AND pruned < ?",
                   DB_ARGS(DB_U64(pruning->last), DB_U64(pruning->last)), NULL, err);
}

bool events_prune(struct db *db, int64_t before_us, size_t max, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    struct pruning pruning = {.last = 0};
    size_t count = 0;
    /* The oldest come first: it ends at the first that is young, and never looks at all. */
    if (!db_query(db,
                  "SELECT e.seq, e.created_at FROM events e JOIN event_head h ON h.id = 1 "
                  "WHERE e.seq <= LEAST(h.confirmed, h.published) ORDER BY e.seq LIMIT ?",
                  DB_ARGS(DB_U64(max)), &result, err))
        return false;
    while (db_row_next(result) && db_get_time_us(result, 1) < before_us) {
        pruning.last = db_get_u64(result, 0);
        count++;
    }
    if (count > 0 && !db_transaction(db, prune_unit, &pruning, err))
        return false;
    *ret_count = count;
    return true;
}

bool events_published(struct db *db, uint64_t seq, struct err *err)
{
    return db_exec(db, "UPDATE event_head SET published = ? WHERE id = 1 AND published < ?",
                   DB_ARGS(DB_U64(seq), DB_U64(seq)), NULL, err);
}

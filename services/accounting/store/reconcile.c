#include "accounting/store/reconcile.h"

#include "base/auto.h"

enum { RUNS_DELETED_TOGETHER = 20 };

DEFINE_AUTO(struct db_result, db_result_free);

/* ---- checks ---- */

static void run_read(struct row_reader *reader, void *to)
{
    struct reconcile_run *row = to;
    row->id = db_get_u64(reader->result, 0);
    row->blockchain_key = row_text(reader, 1);
    row->height = db_get_i64(reader->result, 2);
    row->hash = row_text(reader, 3);
    row->seq = db_get_u64(reader->result, 4);
    row->parked = db_get_u64(reader->result, 5);
    row->started_at = db_get_time_us(reader->result, 6);
    row->created_at = db_get_time_us(reader->result, 7);
}

static const struct listing_column run_columns[] = {{"id", "id"}, {NULL, NULL}};

static const struct listing_table run_table = {
    .count = "SELECT COUNT(*) FROM reconcile_runs WHERE TRUE",
    .select = "SELECT id, blockchain_key, height, hash, seq, parked, started_at, created_at"
              " FROM reconcile_runs WHERE TRUE",
    .columns = run_columns,
    .row_size = sizeof(struct reconcile_run),
    .read = run_read,
};

bool reconcile_run_insert(struct db *db, const struct reconcile_run *run, uint64_t *ret_id,
                          struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO reconcile_runs (blockchain_key, height, hash, seq, parked,"
                    " started_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?);"
                    " SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_TEXT(run->blockchain_key), DB_I64(run->height), DB_TEXT(run->hash),
                            DB_U64(run->seq), DB_U64(run->parked), DB_TIME(run->started_at),
                            DB_TIME(run->created_at)),
                    &id, err))
        return false;
    *ret_id = (uint64_t)id;
    return db_exec(db,
                   "DELETE FROM reconcile_runs WHERE blockchain_key = ? AND id < COALESCE((SELECT"
                   " id FROM (SELECT id FROM reconcile_runs WHERE blockchain_key = ? ORDER BY id"
                   " DESC LIMIT 1 OFFSET ?) kept), 0) ORDER BY id LIMIT ?",
                   DB_ARGS(DB_TEXT(run->blockchain_key), DB_TEXT(run->blockchain_key),
                           DB_U64(RECONCILE_RUNS_KEPT), DB_U64(RUNS_DELETED_TOGETHER)),
                   NULL, err);
}

bool reconcile_run_list(struct db *db, const char *blockchain_key, struct listing *listing,
                        struct listed *ret_listed, struct err *err)
{
    if (blockchain_key)
        db_sql(db, &listing->where, " AND blockchain_key = ?", DB_ARGS(DB_TEXT(blockchain_key)));
    return listing_run(db, &run_table, listing, ret_listed, err);
}

bool reconcile_run_find(struct db *db, struct arena *arena, uint64_t id,
                        struct reconcile_run *ret_run, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    db_sql(db, &listing.where, " AND id = ?", DB_ARGS(DB_U64(id)));
    bool found = listing_find(db, &run_table, &listing, ret_run, err);
    str_release(&listing.where);
    return found;
}

static void line_read(struct row_reader *reader, void *to)
{
    struct reconcile_line_row *row = to;
    row->currency_id = row_text(reader, 0);
    row->name = row_text(reader, 1);
    row->amount = row_text(reader, 2);
}

static const struct listing_column line_columns[] = {{"currency_id", "currency_id, position"},
                                                     {NULL, NULL}};

static const struct listing_table line_table = {
    .count = "SELECT COUNT(*) FROM reconcile_lines WHERE TRUE",
    .select = "SELECT currency_id, name, amount FROM reconcile_lines WHERE TRUE",
    .columns = line_columns,
    .row_size = sizeof(struct reconcile_line_row),
    .read = line_read,
};

bool reconcile_line_insert(struct db *db, uint64_t run_id, unsigned position,
                           const struct reconcile_line_row *line, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO reconcile_lines (run_id, currency_id, position, name, amount)"
                   " VALUES (?, ?, ?, ?, ?)",
                   DB_ARGS(DB_U64(run_id), DB_TEXT(line->currency_id), DB_U64(position),
                           DB_TEXT(line->name), DB_TEXT(line->amount)),
                   NULL, err);
}

bool reconcile_lines_of(struct db *db, struct arena *arena, uint64_t run_id,
                        struct listed *ret_listed, struct err *err)
{
    struct listing listing = {
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
    db_sql(db, &listing.where, " AND run_id = ?", DB_ARGS(DB_U64(run_id)));
    bool ok = listing_run(db, &line_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

/* ---- how a currency stands on a chain ---- */

static void row_read(struct row_reader *reader, void *to)
{
    struct reconcile_row *row = to;
    row->blockchain_key = row_text(reader, 0);
    row->currency_id = row_text(reader, 1);
    row->state = row_text(reader, 2);
    row->height = db_get_i64(reader->result, 3);
    row->run_id = db_get_u64(reader->result, 4);
    row->difference = row_text(reader, 5);
    row->acknowledged = row_text(reader, 6);
    row->tolerance = row_text(reader, 7);
    row->no_verdict = row_text(reader, 8);
    row->checked_at = db_get_time_us(reader->result, 9);
    row->changed_at = db_get_time_us(reader->result, 10);
}

static const struct listing_column row_columns[] = {
    {"blockchain_key", "blockchain_key, currency_id"}, {NULL, NULL}};

static const struct listing_table row_table = {
    .count = "SELECT COUNT(*) FROM reconcile_states WHERE TRUE",
    .select = "SELECT blockchain_key, currency_id, state, height, run_id, difference,"
              " acknowledged, tolerance, no_verdict, checked_at, changed_at"
              " FROM reconcile_states WHERE TRUE",
    .columns = row_columns,
    .row_size = sizeof(struct reconcile_row),
    .read = row_read,
};

bool reconcile_row_get_locked(struct db *db, struct arena *arena, const char *blockchain_key,
                              const char *currency_id, struct reconcile_row *ret_row,
                              struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    db_sql(db, &listing.where, " AND blockchain_key = ? AND currency_id = ?",
           DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(currency_id)));
    bool ok = db_exec(db,
                      "INSERT IGNORE INTO reconcile_states (blockchain_key, currency_id)"
                      " VALUES (?, ?)",
                      DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(currency_id)), NULL, err) &&
              listing_find(db, &row_table, &listing, ret_row, err);
    str_release(&listing.where);
    return ok;
}

bool reconcile_row_save(struct db *db, const struct reconcile_row *row, struct err *err)
{
    return db_exec(db,
                   "UPDATE reconcile_states SET state = ?, height = ?, run_id = ?, difference = ?,"
                   " acknowledged = ?, tolerance = ?, no_verdict = ?, checked_at = ?,"
                   " changed_at = ? WHERE blockchain_key = ? AND currency_id = ?",
                   DB_ARGS(DB_TEXT(row->state), DB_I64(row->height),
                           row->run_id ? DB_U64(row->run_id) : DB_NULL, DB_TEXT(row->difference),
                           DB_TEXT(row->acknowledged), DB_TEXT(row->tolerance),
                           DB_TEXT(row->no_verdict), DB_TIME(row->checked_at),
                           DB_TIME(row->changed_at), DB_TEXT(row->blockchain_key),
                           DB_TEXT(row->currency_id)),
                   NULL, err);
}

bool reconcile_row_list(struct db *db, const char *currency_id, struct listing *listing,
                        struct listed *ret_listed, struct err *err)
{
    if (currency_id)
        db_sql(db, &listing->where, " AND currency_id = ?", DB_ARGS(DB_TEXT(currency_id)));
    return listing_run(db, &row_table, listing, ret_listed, err);
}

bool reconcile_stopped_find(struct db *db, struct arena *arena, const char *currency_id,
                            struct reconcile_row *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    db_sql(db, &listing.where, " AND currency_id = ? AND state = 'stopped'",
           DB_ARGS(DB_TEXT(currency_id)));
    bool found = listing_find(db, &row_table, &listing, ret_row, err);
    str_release(&listing.where);
    return found;
}

bool reconcile_stopped_list(struct db *db, struct arena *arena,
                            struct reconcile_stopped *ret_stopped, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT DISTINCT currency_id FROM reconcile_states WHERE state = ?",
                  DB_ARGS(DB_TEXT("stopped")), &result, err))
        return false;
    struct row_reader reader = {.result = result, .arena = arena};
    struct reconcile_stopped stopped = {
        .currency_ids =
            arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*stopped.currency_ids))};
    while (stopped.currency_ids && db_row_next(result))
        stopped.currency_ids[stopped.count++] = row_text(&reader, 0);
    if (!stopped.currency_ids || reader.failed)
        return err_set(err, ERR_BUSY, "no memory for stops");
    *ret_stopped = stopped;
    return true;
}

/* ---- who took on what ---- */

static void acknowledgement_read(struct row_reader *reader, void *to)
{
    struct reconcile_acknowledgement *row = to;
    row->id = db_get_u64(reader->result, 0);
    row->blockchain_key = row_text(reader, 1);
    row->currency_id = row_text(reader, 2);
    row->action = row_text(reader, 3);
    row->amount = row_text(reader, 4);
    row->uid = row_text(reader, 5);
    row->comment = row_text(reader, 6);
    row->created_at = db_get_time_us(reader->result, 7);
}

static const struct listing_column acknowledgement_columns[] = {{"id", "k.id"}, {NULL, NULL}};

static const struct listing_table acknowledgement_table = {
    .count = "SELECT COUNT(*) FROM reconcile_acknowledgements k WHERE TRUE",
    .select = "SELECT k.id, k.blockchain_key, k.currency_id, k.action, k.amount, m.uid, k.comment,"
              " k.created_at FROM reconcile_acknowledgements k LEFT JOIN members m ON m.id ="
              " k.member_id WHERE TRUE",
    .columns = acknowledgement_columns,
    .row_size = sizeof(struct reconcile_acknowledgement),
    .read = acknowledgement_read,
};

bool reconcile_acknowledgement_insert(struct db *db, const struct reconcile_acknowledgement *row,
                                      struct err *err)
{
    return db_exec(db,
                   "INSERT INTO reconcile_acknowledgements (blockchain_key, currency_id, action,"
                   " amount, member_id, comment, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_TEXT(row->blockchain_key), DB_TEXT(row->currency_id),
                           DB_TEXT(row->action), DB_TEXT(row->amount), DB_U64(row->member_id),
                           DB_TEXT(row->comment), DB_TIME(row->created_at)),
                   NULL, err);
}

bool reconcile_acknowledgement_list(struct db *db, struct listing *listing,
                                    struct listed *ret_listed, struct err *err)
{
    return listing_run(db, &acknowledgement_table, listing, ret_listed, err);
}

bool reconcile_acknowledgements_count(struct db *db, const struct reconcile_row *row,
                                      uint64_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT COUNT(DISTINCT member_id) FROM reconcile_acknowledgements WHERE"
                  " blockchain_key = ? AND currency_id = ? AND action = 'acknowledge' AND amount ="
                  " ? AND created_at >= ?",
                  DB_ARGS(DB_TEXT(row->blockchain_key), DB_TEXT(row->currency_id),
                          DB_TEXT(row->difference), DB_TIME(row->changed_at)),
                  &result, err))
        return false;
    *ret_count = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return true;
}

#include "accounting/store/adjustments.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void adjustment_read(struct row_reader *reader, void *to)
{
    struct adjustment *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_u64(result, 0);
    row->reason = row_text(reader, 1);
    row->description = row_text(reader, 2);
    row->creator_id = db_get_u64(result, 3);
    row->validator_id = db_get_u64(result, 4);
    row->creator_uid = row_text(reader, 5);
    row->validator_uid = row_text(reader, 6);
    row->amount = db_get_dec(result, 7);
    row->asset_account_code = db_get_i64(result, 8);
    db_get_chars(result, 9, row->receiving_account_number, sizeof(row->receiving_account_number));
    db_get_chars(result, 10, row->currency_id, sizeof(row->currency_id));
    row->category = db_get_i64(result, 11);
    row->state = (enum adjustment_state)db_get_i64(result, 12);
    row->journal_id = db_get_u64(result, 13);
    row->created_at = db_get_time_us(result, 14);
    row->updated_at = db_get_time_us(result, 15);
}

static const struct listing_column adjustment_columns[] = {
    {"id", "a.id"},
    {"reason", "a.reason"},
    {"amount", "a.amount"},
    {"currency_id", "a.currency_id"},
    {"category", "a.category"},
    {"state", "a.state"},
    {"asset_account_code", "a.asset_account_code"},
    {"created_at", "a.created_at"},
    {"updated_at", "a.updated_at"},
    {NULL, NULL},
};

static const struct listing_table adjustment_table = {
    .count = "SELECT COUNT(*) FROM adjustments a WHERE TRUE",
    .select = "SELECT a.id, a.reason, a.description, a.creator_id, a.validator_id,"
              " (SELECT uid FROM members WHERE id = a.creator_id),"
              " (SELECT uid FROM members WHERE id = a.validator_id), a.amount,"
              " a.asset_account_code, a.receiving_account_number, a.currency_id, a.category,"
              " a.state, a.journal_id, a.created_at, a.updated_at FROM adjustments a WHERE TRUE",
    .columns = adjustment_columns,
    .row_size = sizeof(struct adjustment),
    .read = adjustment_read,
};

static struct db_value journal_value(const struct adjustment *adjustment)
{
    return adjustment->journal_id ? DB_U64(adjustment->journal_id) : DB_NULL;
}

bool adjustment_insert(struct db *db, struct adjustment *adjustment, int64_t now_us,
                       struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO adjustments (reason, description, creator_id, validator_id,"
                    " amount, asset_account_code, receiving_account_number, currency_id, category,"
                    " state, journal_id, created_at, updated_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
                    " SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_TEXT(adjustment->reason), DB_TEXT(adjustment->description),
                            DB_U64(adjustment->creator_id),
                            adjustment->validator_id ? DB_U64(adjustment->validator_id) : DB_NULL,
                            DB_DEC(adjustment->amount), DB_I64(adjustment->asset_account_code),
                            DB_TEXT(adjustment->receiving_account_number),
                            DB_TEXT(adjustment->currency_id), DB_I64(adjustment->category),
                            DB_I64(adjustment->state), journal_value(adjustment), DB_TIME(now_us),
                            DB_TIME(now_us)),
                    &id, err))
        return false;
    adjustment->id = (uint64_t)id;
    adjustment->created_at = adjustment->updated_at = now_us;
    return true;
}

static bool by_id(struct db *db, struct listing *listing, uint64_t id,
                  struct adjustment *ret_adjustment, struct err *err)
{
    db_sql(db, &listing->where, " AND a.id = ?", DB_ARGS(DB_U64(id)));
    bool found = listing_find(db, &adjustment_table, listing, ret_adjustment, err);
    str_release(&listing->where);
    return found;
}

bool adjustment_find_locked(struct db *db, struct arena *arena, uint64_t id,
                            struct adjustment *ret_adjustment, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    return by_id(db, &listing, id, ret_adjustment, err);
}

bool adjustment_get(struct db *db, struct arena *arena, uint64_t id,
                    struct adjustment *ret_adjustment, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    return by_id(db, &listing, id, ret_adjustment, err);
}

bool adjustment_decide(struct db *db, const struct adjustment *adjustment, int64_t now_us,
                       struct err *err)
{
    return db_exec(db,
                   "UPDATE adjustments SET state = ?, validator_id = ?, journal_id = ?,"
                   " updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_I64(adjustment->state), DB_U64(adjustment->validator_id),
                           journal_value(adjustment), DB_TIME(now_us), DB_U64(adjustment->id)),
                   NULL, err);
}

bool adjustment_list(struct db *db, const struct adjustment_filter *filter, struct listing *listing,
                     struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    if (filter->currency_id)
        db_sql(db, where, " AND a.currency_id = ?", DB_ARGS(DB_TEXT(filter->currency_id)));
    if (filter->state != 0)
        db_sql(db, where, " AND a.state = ?", DB_ARGS(DB_I64(filter->state)));
    if (filter->category != 0)
        db_sql(db, where, " AND a.category = ?", DB_ARGS(DB_I64(filter->category)));
    if (filter->from_us != 0)
        db_sql(db, where, filter->by_update ? " AND a.updated_at >= ?" : " AND a.created_at >= ?",
               DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us != 0)
        db_sql(db, where, filter->by_update ? " AND a.updated_at <= ?" : " AND a.created_at <= ?",
               DB_ARGS(DB_TIME(filter->to_us)));
    return listing_run(db, &adjustment_table, listing, ret_listed, err);
}

static void entry_read(const struct db_result *result, struct ledger_entry *entry)
{
    *entry = (struct ledger_entry){
        .id = db_get_u64(result, 0),
        .reference_type = "adjustment",
        .reference_id = db_get_u64(result, 1),
        .event = "accept",
        .member_id = db_get_u64(result, 3),
        .code_a = (int16_t)db_get_i64(result, 4),
        .amount_a = db_get_dec(result, 5),
        .code_b = db_is_null(result, 6) ? 0 : (int16_t)db_get_i64(result, 6),
        .amount_b = db_get_dec(result, 7),
        .created_at = db_get_time_us(result, 8),
    };
    db_get_chars(result, 2, entry->currency_id, sizeof(entry->currency_id));
}

bool adjustment_entries(struct db *db, const uint64_t *journal_ids, size_t count,
                        struct ledger_entry *ret_entries, size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(LISTING_BYTES_MAX);
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    *ret_count = 0;
    if (count == 0)
        return true;
    str_add(&sql, "SELECT id, reference_id, currency_id, member_id, code_a, amount_a, code_b,"
                  " amount_b, created_at FROM ledger WHERE id IN (");
    for (size_t i = 0; i < count; i++)
        db_sql(db, &sql, i > 0 ? ", ?" : "?", DB_ARGS(DB_U64(journal_ids[i])));
    str_add(&sql, ") ORDER BY id");
    if (!db_query_str(db, &sql, &result, err))
        return false;
    while (*ret_count < count && db_row_next(result))
        entry_read(result, &ret_entries[(*ret_count)++]);
    return true;
}

bool adjustment_exists(struct db *db, const char *reason, const char *receiving_account_number,
                       bool *ret_exists, struct err *err)
{
    return row_exists(db,
                      "SELECT 1 FROM adjustments WHERE reason = ?"
                      " AND receiving_account_number = ? LIMIT 1",
                      DB_ARGS(DB_TEXT(reason), DB_TEXT(receiving_account_number)), ret_exists, err);
}

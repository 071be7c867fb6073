#include "accounting/store/beneficiaries.h"

#include "accounting/store/sql.h"
#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void beneficiary_read(struct row_reader *reader, void *to)
{
    struct beneficiary *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_u64(result, 0);
    row->member_id = db_get_u64(result, 1);
    db_get_chars(result, 2, row->currency_id, sizeof(row->currency_id));
    row->blockchain_key = row_text(reader, 3);
    row->name = row_text(reader, 4);
    row->description = row_text(reader, 5);
    row->sealed = row_text(reader, 6);
    row->address_index = row_text(reader, 7);
    row->pin_index = row_text(reader, 8);
    row->pin_tries = db_get_i64(result, 9);
    row->state = (enum beneficiary_state)db_get_i64(result, 10);
    row->sent_at = db_get_time_us(result, 11);
    row->active_at = db_get_time_us(result, 12);
    row->created_at = db_get_time_us(result, 13);
    row->updated_at = db_get_time_us(result, 14);
    row->uid = row_text(reader, 15);
    row->email = row_text(reader, 16);
    row->data = NULL;
}

static const struct listing_column columns[] = {
    {"id", "b.id"},
    {"name", "b.name"},
    {"currency_id", "b.currency_id"},
    {"state", "b.state"},
    {"created_at", "b.created_at"},
    {"updated_at", "b.updated_at"},
    {NULL, NULL},
};

static const struct listing_table table = {
    .count = "SELECT COUNT(*) FROM beneficiaries b WHERE TRUE",
    .select = "SELECT b.id, b.member_id, b.currency_id, b.blockchain_key, b.name, b.description,"
              " b.data_sealed, b.address_index, b.pin_index, b.pin_tries, b.state, b.sent_at,"
              " b.active_at, b.created_at, b.updated_at,"
              " (SELECT uid FROM members WHERE id = b.member_id),"
              " (SELECT email FROM members WHERE id = b.member_id)"
              " FROM beneficiaries b WHERE TRUE",
    .columns = columns,
    .row_size = sizeof(struct beneficiary),
    .read = beneficiary_read,
};

bool beneficiary_insert(struct db *db, struct beneficiary *row, struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO beneficiaries (member_id, currency_id, blockchain_key, name,"
                    " description, data_sealed, address_index, pin_index, state, sent_at,"
                    " active_at, created_at, updated_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?); SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_U64(row->member_id), DB_TEXT(row->currency_id),
                            DB_TEXT(row->blockchain_key), DB_TEXT(row->name),
                            DB_TEXT(row->description), DB_TEXT(row->sealed),
                            DB_TEXT(row->address_index), DB_TEXT(row->pin_index),
                            DB_I64(row->state), DB_TIME(row->sent_at), DB_TIME(row->active_at),
                            DB_TIME(row->created_at), DB_TIME(row->updated_at)),
                    &id, err))
        return false;
    row->id = (uint64_t)id;
    return true;
}

bool beneficiary_update(struct db *db, const struct beneficiary *row, struct err *err)
{
    return db_exec(db,
                   "UPDATE beneficiaries SET address_index = ?, pin_index = ?, pin_tries = ?,"
                   " state = ?, sent_at = ?, active_at = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->address_index), DB_TEXT(row->pin_index),
                           DB_I64(row->pin_tries), DB_I64(row->state), DB_TIME(row->sent_at),
                           DB_TIME(row->active_at), DB_TIME(row->updated_at), DB_U64(row->id)),
                   NULL, err);
}

static bool by_id(struct db *db, struct listing *listing, uint64_t id, uint64_t member_id,
                  struct beneficiary *ret_row, struct err *err)
{
    db_sql(db, &listing->where, " AND b.id = ?", DB_ARGS(DB_U64(id)));
    if (member_id)
        db_sql(db, &listing->where, " AND b.member_id = ?", DB_ARGS(DB_U64(member_id)));
    bool found = listing_find(db, &table, listing, ret_row, err);
    str_release(&listing->where);
    return found;
}

bool beneficiary_find(struct db *db, struct arena *arena, uint64_t id, uint64_t member_id,
                      struct beneficiary *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    return by_id(db, &listing, id, member_id, ret_row, err);
}

bool beneficiary_find_locked(struct db *db, struct arena *arena, uint64_t id, uint64_t member_id,
                             struct beneficiary *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    return by_id(db, &listing, id, member_id, ret_row, err);
}

bool beneficiary_address_exists(struct db *db, uint64_t member_id, const char *currency_id,
                                const char *address_index, bool *ret_exists, struct err *err)
{
    return row_exists(db,
                      "SELECT 1 FROM beneficiaries WHERE member_id = ? AND currency_id = ?"
                      " AND address_index = ?",
                      DB_ARGS(DB_U64(member_id), DB_TEXT(currency_id), DB_TEXT(address_index)),
                      ret_exists, err);
}

static void where_states(struct db *db, struct str *where, uint32_t states)
{
    bool first = true;
    str_add(where, " AND b.state IN (");
    for (unsigned state = 0; state < BENEFICIARY_STATES_COUNT; state++) {
        if (!(states & 1u << state))
            continue;
        db_sql(db, where, first ? "?" : ", ?", DB_ARGS(DB_U64(state)));
        first = false;
    }
    str_add_char(where, ')');
}

bool beneficiary_list(struct db *db, const struct beneficiary_filter *filter,
                      struct listing *listing, struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    if (filter->member_id)
        db_sql(db, where, " AND b.member_id = ?", DB_ARGS(DB_U64(filter->member_id)));
    if (filter->id)
        db_sql(db, where, " AND b.id = ?", DB_ARGS(DB_U64(filter->id)));
    sql_where_ascii(db, where, " AND b.blockchain_key = ?", filter->blockchain_key);
    if (filter->currency_ids_count > 0) {
        str_add(where, " AND b.currency_id IN (");
        for (size_t i = 0; i < filter->currency_ids_count; i++)
            db_sql(db, where, i == 0 ? "?" : ", ?", DB_ARGS(DB_TEXT(filter->currency_ids[i])));
        str_add_char(where, ')');
    }
    if (filter->states)
        where_states(db, where, filter->states);
    return listing_run(db, &table, listing, ret_listed, err);
}

bool pin_failure_insert(struct db *db, uint64_t member_id, uint64_t beneficiary_id, int64_t now_us,
                        struct err *err)
{
    return db_exec(db,
                   "INSERT INTO beneficiary_pin_failures (member_id, beneficiary_id, created_at)"
                   " VALUES (?, ?, ?)",
                   DB_ARGS(DB_U64(member_id), DB_U64(beneficiary_id), DB_TIME(now_us)), NULL, err);
}

bool pin_failures_count(struct db *db, uint64_t member_id, int64_t since_us, uint64_t *ret_count,
                        struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT COUNT(*) FROM beneficiary_pin_failures WHERE member_id = ?"
                  " AND created_at > ?",
                  DB_ARGS(DB_U64(member_id), DB_TIME(since_us)), &result, err))
        return false;
    *ret_count = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return true;
}

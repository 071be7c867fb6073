#include "accounting/store/transfers.h"

#include <stdio.h>
#include <string.h>

#include "accounting/domain/event.h"
#include "accounting/store/journal_sql.h"
#include "accounting/store/members.h"
#include "base/auto.h"

enum { EVENT_BYTES_MAX = 64 * 1024 };

DEFINE_AUTO(struct db_result, db_result_free);

/* ---- internal transfers ---- */

static void internal_transfer_read(struct row_reader *reader, void *to)
{
    struct internal_transfer *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_u64(result, 0);
    db_get_chars(result, 1, row->currency_id, sizeof(row->currency_id));
    row->amount = db_get_dec(result, 2);
    row->sender_id = db_get_u64(result, 3);
    row->receiver_id = db_get_u64(result, 4);
    row->sender_uid = row_text(reader, 5);
    row->sender_username = row_text(reader, 6);
    row->receiver_uid = row_text(reader, 7);
    row->receiver_username = row_text(reader, 8);
    row->created_at = db_get_time_us(result, 9);
    row->updated_at = db_get_time_us(result, 10);
}

static const struct listing_column internal_transfer_columns[] = {
    {"id", "t.id"},
    {"currency_id", "t.currency_id"},
    {"amount", "t.amount"},
    {"sender_id", "t.sender_id"},
    {"receiver_id", "t.receiver_id"},
    {"created_at", "t.created_at"},
    {"updated_at", "t.updated_at"},
    {NULL, NULL},
};

static const struct listing_table internal_transfer_table = {
    .count = "SELECT COUNT(*) FROM internal_transfers t WHERE TRUE",
    .select = "SELECT t.id, t.currency_id, t.amount, t.sender_id, t.receiver_id, s.uid,"
              " s.username, r.uid, r.username, t.created_at, t.updated_at"
              " FROM internal_transfers t JOIN members s ON s.id = t.sender_id"
              " JOIN members r ON r.id = t.receiver_id WHERE TRUE",
    .columns = internal_transfer_columns,
    .row_size = sizeof(struct internal_transfer),
    .read = internal_transfer_read,
};

bool internal_transfer_insert(struct db *db, struct internal_transfer *transfer, int64_t now_us,
                              struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO internal_transfers (currency_id, amount, sender_id, receiver_id,"
                    " state, created_at, updated_at) VALUES (?, ?, ?, ?, 1, ?, ?);"
                    " SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_TEXT(transfer->currency_id), DB_DEC(transfer->amount),
                            DB_U64(transfer->sender_id), DB_U64(transfer->receiver_id),
                            DB_TIME(now_us), DB_TIME(now_us)),
                    &id, err))
        return false;
    transfer->id = (uint64_t)id;
    transfer->created_at = transfer->updated_at = now_us;
    return true;
}

bool internal_transfer_list(struct db *db, const struct internal_transfer_filter *filter,
                            struct listing *listing, struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    if (filter->currency_id)
        db_sql(db, where, " AND t.currency_id = ?", DB_ARGS(DB_TEXT(filter->currency_id)));
    if (filter->member_id)
        db_sql(db, where, " AND (t.sender_id = ? OR t.receiver_id = ?)",
               DB_ARGS(DB_U64(filter->member_id), DB_U64(filter->member_id)));
    if (filter->sender_id)
        db_sql(db, where, " AND t.sender_id = ?", DB_ARGS(DB_U64(filter->sender_id)));
    if (filter->receiver_id)
        db_sql(db, where, " AND t.receiver_id = ?", DB_ARGS(DB_U64(filter->receiver_id)));
    if (filter->from_us != 0)
        db_sql(db, where, filter->by_update ? " AND t.updated_at >= ?" : " AND t.created_at >= ?",
               DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us != 0)
        db_sql(db, where, filter->by_update ? " AND t.updated_at <= ?" : " AND t.created_at <= ?",
               DB_ARGS(DB_TIME(filter->to_us)));
    return listing_run(db, &internal_transfer_table, listing, ret_listed, err);
}

bool member_find_by_name(struct db *db, const char *uid_or_username, struct member *ret_member,
                         struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    /* A uid wins: a user name is chosen by its owner and must not catch what is sent to a uid. */
    if (members_by_uid(db, uid_or_username, ret_member, err))
        return true;
    if (err->code != ERR_NOT_FOUND || !db_query(db, "SELECT id FROM members WHERE username = ?",
                                                DB_ARGS(DB_TEXT(uid_or_username)), &result, err))
        return false;
    if (!db_row_next(result))
        return err_set(err, ERR_NOT_FOUND, "no member of this uid or user name");
    return members_by_id(db, db_get_u64(result, 0), ret_member, err);
}

/* ---- transfers ---- */

bool transfer_key_exists(struct db *db, const char *key, bool *ret_exists, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM transfers WHERE `key` = ?", DB_ARGS(DB_TEXT(key)),
                      ret_exists, err);
}

bool transfer_insert(struct db *db, struct transfer *transfer, int64_t now_us, struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO transfers (`key`, category, description, created_at, updated_at)"
                    " VALUES (?, ?, ?, ?, ?); SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_TEXT(transfer->key), DB_I64(transfer->category),
                            DB_TEXT(transfer->description), DB_TIME(now_us), DB_TIME(now_us)),
                    &id, err))
        return false;
    transfer->id = (uint64_t)id;
    transfer->created_at = now_us;
    return true;
}

/* ---- events ---- */

static bool event_insert(struct db *db, enum event_kind kind, const struct str *payload,
                         const char *name, int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str events = STR_INIT(EVENT_BYTES_MAX);
    AUTO(str_release) struct str sql = STR_INIT(4 * EVENT_BYTES_MAX);
    events_begin(&events);
    events_add(&events, kind, str_data(payload), payload->length);
    outbox_insert_sql(db, &sql, &events, now_us);
    if (!str_ok(payload) || !str_ok(&events))
        return err_set(err, ERR_INTERNAL, "event %s is too large", name);
    return db_exec_str(db, &sql, NULL, err);
}

bool private_event_insert(struct db *db, uint64_t member_id, const char *name, const char *json,
                          int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str payload = STR_INIT(EVENT_BYTES_MAX);
    struct event_private event = {.member_id = member_id};
    assert(strlen(name) < sizeof(event.name));
    snprintf(event.name, sizeof(event.name), "%s", name);
    str_add_bytes(&payload, &event, sizeof(event));
    str_add(&payload, json);
    return event_insert(db, EVENT_PRIVATE, &payload, name, now_us, err);
}

bool model_event_insert(struct db *db, const char *name, const char *json, int64_t now_us,
                        struct err *err)
{
    AUTO(str_release) struct str payload = STR_INIT(EVENT_BYTES_MAX);
    struct event_model model = {.name = ""};
    assert(strlen(name) < sizeof(model.name));
    snprintf(model.name, sizeof(model.name), "%s", name);
    str_add_bytes(&payload, &model, sizeof(model));
    str_add(&payload, json);
    return event_insert(db, EVENT_MODEL, &payload, name, now_us, err);
}

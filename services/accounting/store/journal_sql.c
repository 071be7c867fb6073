#include "accounting/store/journal_sql.h"

#include <string.h>

#include "accounting/domain/event.h"
#include "accounting/domain/seal.h"
#include "accounting/store/outbox.h"
#include "accounting/store/sql.h"
#include "base/auto.h"

static const struct sql_column ledger_columns[] = {
    {"id"},
    {"reference_type"},
    {"reference_id"},
    {"event"},
    {"currency_id"},
    {"member_id", SQL_NULL},
    {"code_a"},
    {"amount_a"},
    {"code_b", SQL_NULL},
    {"amount_b", SQL_NULL},
    {"created_at", SQL_NOW},
};

static void ledger_row(const void *rows, size_t at, struct db_value *ret_values)
{
    const struct ledger_entry *entry = &((const struct ledger_entry *)rows)[at];
    assert(entry->id != 0 && !dec_is_zero(entry->amount_a));
    const struct db_value values[] = {
        DB_U64(entry->id),
        DB_TEXT(entry->reference_type),
        DB_U64(entry->reference_id),
        DB_TEXT(entry->event),
        DB_TEXT(entry->currency_id),
        entry->member_id ? DB_U64(entry->member_id) : DB_NULL,
        DB_I64(entry->code_a),
        DB_DEC(entry->amount_a),
        entry->code_b ? DB_I64(entry->code_b) : DB_NULL,
        entry->code_b ? DB_DEC(entry->amount_b) : DB_NULL,
        DB_TIME(entry->created_at),
    };
    _Static_assert(ARRAY_LEN(values) == ARRAY_LEN(ledger_columns), "a value for each column");
    memcpy(ret_values, values, sizeof(values));
}

void ledger_insert_sql(struct db *db, struct str *sql, const struct ledger_entry *entries,
                       size_t count)
{
    sql_insert(db, sql, "ledger", ledger_columns, ARRAY_LEN(ledger_columns), ledger_row, entries,
               count);
}

static const struct sql_column trade_columns[] = {
    {"id"},
    {"market_id"},
    {"command_seq"},
    {"price"},
    {"amount"},
    {"total"},
    {"base_unit"},
    {"quote_unit"},
    {"taker_side"},
    {"maker_order_id"},
    {"taker_order_id"},
    {"maker_id"},
    {"taker_id"},
    {"maker_fee"},
    {"taker_fee"},
    {"buyer_fee_amount"},
    {"seller_fee_amount"},
    {"maker_release", SQL_NUMBER, 0},
    {"taker_release", SQL_NUMBER, 0},
    {"created_at", SQL_NOW},
};

static void trade_row(const void *rows, size_t at, struct db_value *ret_values)
{
    const struct trade *trade = &((const struct trade *)rows)[at];
    assert(trade->id != 0 && trade->maker_order_id != trade->taker_order_id);
    const struct db_value values[] = {
        DB_U64(trade->id),
        DB_TEXT(trade->market_id),
        DB_U64(trade->command_seq),
        DB_DEC(trade->price),
        DB_DEC(trade->amount),
        DB_DEC(trade->total),
        DB_TEXT(trade->base),
        DB_TEXT(trade->quote),
        DB_U64(trade->taker_side),
        DB_U64(trade->maker_order_id),
        DB_U64(trade->taker_order_id),
        DB_U64(trade->maker_id),
        DB_U64(trade->taker_id),
        DB_DEC(trade->maker_fee),
        DB_DEC(trade->taker_fee),
        DB_DEC(trade->buyer_fee_amount),
        DB_DEC(trade->seller_fee_amount),
        DB_DEC(trade->maker_release),
        DB_DEC(trade->taker_release),
        DB_TIME(trade->created_at),
    };
    _Static_assert(ARRAY_LEN(values) == ARRAY_LEN(trade_columns), "a value for each column");
    memcpy(ret_values, values, sizeof(values));
}

void trades_insert_sql(struct db *db, struct str *sql, const struct trade *trades, size_t count)
{
    sql_insert(db, sql, "trades", trade_columns, ARRAY_LEN(trade_columns), trade_row, trades,
               count);
}

void seal_lock_sql(struct db *db, struct str *sql, const char *writer)
{
    db_sql(db, sql, "SELECT seq, digest FROM seal_heads WHERE writer = ? FOR UPDATE;",
           DB_ARGS(DB_TEXT(writer)));
}

void seal_head_from_rows(struct db_result *rows, struct seal_head *ret_head)
{
    memset(ret_head, 0, sizeof(*ret_head));
    if (!db_row_next(rows))
        return;
    size_t length;
    const void *digest = db_get_bytes(rows, 1, &length);
    assert(length == sizeof(ret_head->digest));
    memcpy(ret_head->digest, digest, length);
    ret_head->seq = db_get_u64(rows, 0);
}

void seal_write_sql(struct db *db, struct str *sql, const char *writer, struct seal_head *head,
                    const struct str *text, uint64_t first_id, uint64_t last_id)
{
    assert(first_id != 0 && first_id <= last_id);
    head->seq++;
    seal_close(head->digest, text);
    db_sql(db, sql,
           "INSERT INTO seals (writer, seq, first_id, last_id, digest) VALUES (?, ?, ?, ?, ?);"
           "INSERT INTO seal_heads (writer, seq, digest) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE "
           "seq = VALUES(seq), digest = VALUES(digest);",
           DB_ARGS(DB_TEXT(writer), DB_U64(head->seq), DB_U64(first_id), DB_U64(last_id),
                   DB_BYTES(head->digest, sizeof(head->digest)), DB_TEXT(writer), DB_U64(head->seq),
                   DB_BYTES(head->digest, sizeof(head->digest))));
}

void outbox_insert_sql(struct db *db, struct str *sql, const struct str *events, int64_t now_us)
{
    if (events_are_empty(events))
        return;
    AUTO(str_release) struct str packed = STR_INIT(2 * EVENTS_BYTES_MAX + 2);
    assert(str_ok(events));
    outbox_pack(&packed, str_data(events), events->length);
    assert(str_ok(&packed));
    db_sql(db, sql, "INSERT INTO outbox (events, created_at) VALUES (?, ?);",
           DB_ARGS(DB_BYTES(str_data(&packed), packed.length), DB_TIME(now_us)));
}

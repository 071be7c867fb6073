#include "accounting/store/operations_read.h"

#include "accounting/store/journal_time.h"
#include "accounting/store/sql.h"
#include "accounting/store/trades_read.h"
#include "base/auto.h"

#include <string.h>

enum { CHUNK_ROWS_MIN = 64, CHUNK_ROWS_MAX = 2000, SQL_BYTES_MAX = 16 * 1024 };

#define LEDGER_COLUMNS                                                                             \
    "id, reference_type, reference_id, event, currency_id, member_id, code_a, amount_a, code_b, "  \
    "amount_b, created_at"

/* One of the two tables, walked by key. */
struct stream {
    bool wanted;
    bool ended;             /* nothing is left behind the chunk */
    struct db_result *rows; /* the chunk; NULL: the next one has to be read */
    bool has_row;
    uint64_t id; /* of the current row */
};

struct walk {
    const struct operations_filter *filter;
    struct arena *arena;
    struct operation *operations;
    size_t count;
    uint64_t skipped;
    struct stream ledger, trades;
    uint64_t last_id;          /* rows up to it are done */
    uint64_t first_id, end_id; /* rows outside of [first, end) have other times; end 0: open */
};

/* Rows to read: a row has one wanted leg at least, but for a few. */
static uint64_t chunk_rows(const struct walk *walk)
{
    const struct operations_filter *filter = walk->filter;
    uint64_t wanted = filter->offset - walk->skipped + filter->limit - walk->count;
    if (wanted < CHUNK_ROWS_MIN)
        return CHUNK_ROWS_MIN;
    return wanted < CHUNK_ROWS_MAX ? wanted : CHUNK_ROWS_MAX;
}

/* ---- statements ---- */

static void add_time(struct db *db, struct str *sql, const struct operations_filter *filter)
{
    if (filter->from_us)
        db_sql(db, sql, " AND created_at >= ?", DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us)
        db_sql(db, sql, " AND created_at <= ?", DB_ARGS(DB_TIME(filter->to_us)));
}

static void add_key(struct db *db, struct str *sql, const struct walk *walk)
{
    bool up = walk->filter->ascending;
    if (walk->first_id)
        db_sql(db, sql, " AND id >= ?", DB_ARGS(DB_U64(walk->first_id)));
    if (walk->end_id)
        db_sql(db, sql, " AND id < ?", DB_ARGS(DB_U64(walk->end_id)));
    if (walk->last_id)
        db_sql(db, sql, up ? " AND id > ?" : " AND id < ?", DB_ARGS(DB_U64(walk->last_id)));
    db_sql(db, sql, up ? " ORDER BY id LIMIT ?" : " ORDER BY id DESC LIMIT ?",
           DB_ARGS(DB_U64(chunk_rows(walk))));
}

#define LEDGER_FROM "SELECT " LEDGER_COLUMNS " FROM "
#define FEW LEDGER_FROM "ledger_posted STRAIGHT_JOIN ledger ON id = ledger_id WHERE type = ?"
#define BY_MEMBER LEDGER_FROM "ledger FORCE INDEX (ledger_member) WHERE member_id = ?"
#define BY_ORDER                                                                                   \
    LEDGER_FROM "ledger FORCE INDEX (ledger_member) WHERE member_id ="                             \
                " (SELECT orders.member_id FROM orders WHERE orders.id = ?)"

/*
 * The narrowest way to the rows: one member's, one order's (its member's), those that trading did
 * not make, and else all. Of all, most are liabilities, so that a page of them is soon full.
 */
static void add_ledger_source(struct db *db, struct str *sql,
                              const struct operations_filter *filter)
{
    bool is_order = filter->reference_type && strcmp(filter->reference_type, "order") == 0;
    if (filter->member_id)
        db_sql(db, sql, BY_MEMBER, DB_ARGS(DB_U64(filter->member_id)));
    else if (is_order && filter->reference_id)
        db_sql(db, sql, BY_ORDER, DB_ARGS(DB_U64(filter->reference_id)));
    else if (filter->type != ACCOUNT_LIABILITY || (filter->reference_type && !is_order))
        db_sql(db, sql, FEW, DB_ARGS(DB_U64(filter->type)));
    else
        db_sql(db, sql, LEDGER_FROM "ledger WHERE TRUE", DB_NONE);
}

static void ledger_sql(struct db *db, struct str *sql, const struct walk *walk)
{
    const struct operations_filter *filter = walk->filter;
    int32_t first = filter->code ? filter->code : (int32_t)filter->type * 100;
    int32_t last = filter->code ? filter->code : first + 99;
    add_ledger_source(db, sql, filter);
    db_sql(db, sql, " AND (code_a BETWEEN ? AND ? OR code_b BETWEEN ? AND ?)",
           DB_ARGS(DB_I64(first), DB_I64(last), DB_I64(first), DB_I64(last)));
    if (filter->reference_type && !sql_is_ascii(filter->reference_type))
        str_add(sql, " AND FALSE");
    else if (filter->reference_type)
        db_sql(db, sql, " AND reference_type = ?", DB_ARGS(DB_TEXT(filter->reference_type)));
    if (filter->reference_id)
        db_sql(db, sql, " AND reference_id = ?", DB_ARGS(DB_U64(filter->reference_id)));
    if (filter->currency_id)
        db_sql(db, sql, " AND currency_id = ?", DB_ARGS(DB_TEXT(filter->currency_id)));
    add_time(db, sql, filter);
    add_key(db, sql, walk);
}

static void trade_conditions(struct db *db, struct str *sql, const struct walk *walk)
{
    const struct operations_filter *filter = walk->filter;
    if (filter->type == ACCOUNT_REVENUE)
        db_sql(db, sql, " AND (buyer_fee_amount > 0 OR seller_fee_amount > 0)", DB_NONE);
    if (filter->reference_id)
        db_sql(db, sql, " AND id = ?", DB_ARGS(DB_U64(filter->reference_id)));
    if (filter->currency_id)
        db_sql(db, sql, " AND (base_unit = ? OR quote_unit = ?)",
               DB_ARGS(DB_TEXT(filter->currency_id), DB_TEXT(filter->currency_id)));
    add_time(db, sql, filter);
    add_key(db, sql, walk);
}

static void trades_sql(struct db *db, struct str *sql, const struct walk *walk)
{
    uint64_t member_id = walk->filter->member_id;
    if (!member_id) {
        db_sql(db, sql, "SELECT " TRADE_COLUMNS " FROM trades t WHERE TRUE", DB_NONE);
        trade_conditions(db, sql, walk);
        return;
    }
    /* Each arm has its index; a trade with oneself is in the first only. */
    db_sql(db, sql,
           "SELECT " TRADE_COLUMNS " FROM"
           " ((SELECT id FROM trades FORCE INDEX (trades_maker) WHERE maker_id = ?",
           DB_ARGS(DB_U64(member_id)));
    trade_conditions(db, sql, walk);
    db_sql(db, sql,
           ") UNION ALL (SELECT id FROM trades FORCE INDEX (trades_taker) WHERE taker_id = ?"
           " AND maker_id <> taker_id",
           DB_ARGS(DB_U64(member_id)));
    trade_conditions(db, sql, walk);
    db_sql(db, sql,
           walk->filter->ascending
               ? ")) p STRAIGHT_JOIN trades t ON t.id = p.id ORDER BY t.id LIMIT ?"
               : ")) p STRAIGHT_JOIN trades t ON t.id = p.id ORDER BY t.id DESC LIMIT ?",
           DB_ARGS(DB_U64(chunk_rows(walk))));
}

/* ---- streams ---- */

static void stream_step(struct stream *stream)
{
    stream->has_row = db_row_next(stream->rows);
    if (stream->has_row) {
        stream->id = db_get_u64(stream->rows, 0);
        return;
    }
    db_result_free(stream->rows);
    stream->rows = NULL;
}

/* Reads chunks until there is a current row, or nothing is left. */
static bool stream_fill(struct db *db, struct walk *walk, struct stream *stream, struct err *err)
{
    if (stream->has_row || stream->ended || !stream->wanted)
        return true;
    AUTO(str_release) struct str sql = STR_INIT(SQL_BYTES_MAX);
    if (stream == &walk->ledger)
        ledger_sql(db, &sql, walk);
    else
        trades_sql(db, &sql, walk);
    if (!db_query_str(db, &sql, &stream->rows, err))
        return false;
    stream->ended = db_row_count(stream->rows) < chunk_rows(walk);
    stream_step(stream);
    return true;
}

/* ---- legs ---- */

static bool leg_is_wanted(const struct operations_filter *filter, const struct operation *leg)
{
    return account_code_type(leg->code) == filter->type &&
           (!filter->code || leg->code == filter->code) &&
           (!filter->member_id || leg->member_id == filter->member_id) &&
           (!filter->currency_id || strcmp(leg->currency_id, filter->currency_id) == 0);
}

static void take_legs(struct walk *walk, const struct operation *legs, size_t count)
{
    const struct operations_filter *filter = walk->filter;
    for (size_t i = 0; i < count; i++) {
        const struct operation *leg = &legs[filter->ascending ? i : count - 1 - i];
        if (!leg_is_wanted(filter, leg) || walk->count == filter->limit)
            continue;
        if (walk->skipped < filter->offset)
            walk->skipped++;
        else
            walk->operations[walk->count++] = *leg;
    }
}

static bool take_ledger_row(struct walk *walk, struct err *err)
{
    const struct db_result *row = walk->ledger.rows;
    struct operation legs[2];
    struct ledger_entry entry = {.id = walk->ledger.id,
                                 .reference_id = db_get_u64(row, 2),
                                 .member_id = db_get_u64(row, 5),
                                 .code_a = (int16_t)db_get_i64(row, 6),
                                 .amount_a = db_get_dec(row, 7),
                                 .code_b = (int16_t)(db_is_null(row, 8) ? 0 : db_get_i64(row, 8)),
                                 .amount_b = db_get_dec(row, 9),
                                 .created_at = db_get_time_us(row, 10)};
    db_get_chars(row, 4, entry.currency_id, sizeof(entry.currency_id));
    if (walk->skipped >= walk->filter->offset || walk->filter->offset - walk->skipped < 2) {
        entry.reference_type = arena_strdup(walk->arena, db_get_text(row, 1));
        if (!entry.reference_type)
            return err_set(err, ERR_BUSY, "no memory for operations");
    }
    take_legs(walk, legs, ledger_operations(&entry, legs));
    return true;
}

static void take_trade_row(struct walk *walk)
{
    const struct operations_filter *filter = walk->filter;
    struct operation legs[TRADE_OPERATIONS_MAX];
    struct trade trade;
    trade_from_row(walk->trades.rows, 0, &trade);
    take_legs(walk, legs,
              trade_operations(&trade, filter->is_coin(filter->arg, trade.base),
                               filter->is_coin(filter->arg, trade.quote), legs));
}

static bool take_next(struct walk *walk, struct err *err)
{
    struct stream *ledger = &walk->ledger, *trades = &walk->trades;
    bool from_ledger = ledger->has_row &&
                       (!trades->has_row || (ledger->id < trades->id) == walk->filter->ascending);
    struct stream *stream = from_ledger ? ledger : trades;
    if (from_ledger && !take_ledger_row(walk, err))
        return false;
    if (!from_ledger)
        take_trade_row(walk);
    walk->last_id = stream->id;
    stream_step(stream);
    return true;
}

/* Times as a range of ids, so that rows of other times are not read at all. */
static bool find_range(struct db *db, struct walk *walk, struct err *err)
{
    int64_t from_us = walk->filter->from_us, to_us = walk->filter->to_us;
    walk->first_id = walk->end_id = 0;
    return (!from_us ||
            journal_id_after(db, from_us - JOURNAL_DISORDER_US, &walk->first_id, err)) &&
           (!to_us || to_us > INT64_MAX - JOURNAL_DISORDER_US ||
            journal_id_after(db, to_us + JOURNAL_DISORDER_US, &walk->end_id, err));
}

static bool walk_run(struct db *db, void *arg, struct err *err)
{
    struct walk *walk = arg;
    const struct operations_filter *filter = walk->filter;
    bool is_trade = filter->reference_type && strcmp(filter->reference_type, "trade") == 0;
    bool trades_have = filter->type == ACCOUNT_LIABILITY || filter->type == ACCOUNT_REVENUE;
    walk->ledger = (struct stream){.wanted = !is_trade};
    walk->trades = (struct stream){.wanted = trades_have && (is_trade || !filter->reference_type)};
    walk->count = 0;
    walk->skipped = walk->last_id = 0;
    bool ok = find_range(db, walk, err);
    while (ok && walk->count < filter->limit) {
        ok = stream_fill(db, walk, &walk->ledger, err) && stream_fill(db, walk, &walk->trades, err);
        if (!ok || (!walk->ledger.has_row && !walk->trades.has_row))
            break;
        ok = take_next(walk, err);
    }
    db_result_free(walk->ledger.rows);
    db_result_free(walk->trades.rows);
    return ok;
}

bool operations_list(struct db *db, struct arena *arena, const struct operations_filter *filter,
                     struct operation **ret_operations, size_t *ret_count, struct err *err)
{
    assert(filter->limit <= OPERATIONS_PAGE_MAX);
    size_t size = (filter->limit + 1) * sizeof(struct operation);
    struct walk walk = {.filter = filter, .arena = arena, .operations = arena_alloc(arena, size)};
    if (!walk.operations)
        return err_set(err, ERR_BUSY, "no memory for operations");
    if (!db_snapshot(db, walk_run, &walk, err))
        return false;
    *ret_operations = walk.operations;
    *ret_count = walk.count;
    return true;
}

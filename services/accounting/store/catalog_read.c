#include "accounting/store/catalog_read.h"

#include <string.h>

/* One statement a table, in the order of the readers below. */
static const char catalog_sql[] =
    "SELECT id, name, description, homepage, icon_url, type, status, position, `precision`, price,"
    " withdraw_limit_24h, withdraw_limit_72h, created_at, updated_at"
    " FROM currencies ORDER BY position, id;"
    "SELECT id, `key`, name, client, protocol, status, description, warning, explorer_address,"
    " explorer_transaction, height, min_confirmations FROM blockchains ORDER BY id;"
    "SELECT id, currency_id, blockchain_key, parent_id, deposit_fee, min_deposit_amount,"
    " min_collection_amount, withdraw_fee, min_withdraw_amount, deposit_enabled,"
    " withdrawal_enabled, auto_update_fees_enabled, base_factor, status, options, created_at,"
    " updated_at FROM blockchain_currencies ORDER BY id;"
    "SELECT id, name, driver, uid, url, state, created_at, updated_at FROM engines ORDER BY id;"
    "SELECT id, base_unit, quote_unit, type, state, amount_precision, price_precision, position,"
    " min_price, max_price, min_amount, engine_id, data, created_at, updated_at"
    " FROM markets ORDER BY position, id;"
    "SELECT id, market_id, `group`, market_type, maker, taker, created_at, updated_at"
    " FROM trading_fees ORDER BY id;"
    "SELECT id, `group`, kyc_level, limit_24_hour, limit_1_month, created_at, updated_at"
    " FROM withdraw_limits ORDER BY id";

enum { ENGINE_ONLINE = 1 };

struct reader {
    struct db_result *rows;
    struct arena *arena;
    struct catalog_tables *tables;
    bool failed; /* the arena is used up */
};

static void read_currencies(struct reader *reader);
static void read_blockchains(struct reader *reader);
static void read_networks(struct reader *reader);
static void read_engines(struct reader *reader);
static void read_markets(struct reader *reader);
static void read_fees(struct reader *reader);
static void read_limits(struct reader *reader);

static void (*const readers[])(struct reader *reader) = {
    read_currencies, read_blockchains, read_networks, read_engines,
    read_markets,    read_fees,        read_limits,
};

struct read_call {
    struct arena *arena;
    struct catalog_tables *tables;
};

static bool read_unit(struct db *db, void *arg, struct err *err)
{
    struct read_call *call = arg;
    struct db_result *rows;
    if (!db_query(db, catalog_sql, DB_NONE, &rows, err))
        return false;
    arena_reset(call->arena);
    *call->tables = (struct catalog_tables){0};
    struct reader reader = {.rows = rows, .arena = call->arena, .tables = call->tables};
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        bool there = i == 0 || db_result_next(rows);
        assert(there);
        readers[i](&reader);
    }
    db_result_free(rows);
    if (reader.failed)
        return err_set(err, ERR_INTERNAL, "the catalog does not fit into its memory");
    return true;
}

bool catalog_read(struct db *db, struct arena *arena, struct catalog_tables *ret_tables,
                  struct err *err)
{
    struct catalog_tables tables;
    struct read_call call = {.arena = arena, .tables = &tables};
    if (!db_snapshot(db, read_unit, &call, err))
        return false;
    *ret_tables = tables;
    return true;
}

/* Room for the rows of the current table; 0 of them when the arena is used up. */
static void *rows_alloc(struct reader *reader, size_t size, size_t *ret_count)
{
    size_t count = db_row_count(reader->rows);
    void *rows = count > 0 ? arena_alloc(reader->arena, count * size) : NULL;
    if (count > 0 && !rows)
        reader->failed = true;
    *ret_count = rows ? count : 0;
    return rows;
}

static const char *text_or_null(struct reader *reader, unsigned column)
{
    const char *text = db_get_text(reader->rows, column);
    if (!text)
        return NULL;
    const char *copy = arena_strdup(reader->arena, text);
    if (!copy)
        reader->failed = true;
    return copy;
}

static const char *text_of(struct reader *reader, unsigned column)
{
    const char *text = text_or_null(reader, column);
    return text ? text : "";
}

static void read_currencies(struct reader *reader)
{
    struct currency *rows = rows_alloc(reader, sizeof(*rows), &reader->tables->currencies_count);
    reader->tables->currencies = rows;
    for (size_t i = 0; i < reader->tables->currencies_count; i++) {
        struct currency *row = &rows[i];
        const struct db_result *from = reader->rows;
        bool there = db_row_next(reader->rows);
        assert(there);
        db_get_chars(from, 0, row->id, sizeof(row->id));
        row->name = text_or_null(reader, 1);
        row->description = text_or_null(reader, 2);
        row->homepage = text_or_null(reader, 3);
        row->icon_url = text_or_null(reader, 4);
        row->is_coin = strcmp(db_get_text(from, 5), "coin") == 0;
        row->status = text_of(reader, 6);
        row->is_visible = strcmp(row->status, "enabled") == 0;
        row->position = (int32_t)db_get_i64(from, 7);
        row->precision = (int32_t)db_get_i64(from, 8);
        row->price = db_get_dec(from, 9);
        row->withdraw_limit_24h = db_get_dec(from, 10);
        row->withdraw_limit_72h = db_get_dec(from, 11);
        row->created_at = db_get_time_us(from, 12);
        row->updated_at = db_get_time_us(from, 13);
    }
}

static void read_blockchains(struct reader *reader)
{
    struct blockchain *rows = rows_alloc(reader, sizeof(*rows), &reader->tables->blockchains_count);
    reader->tables->blockchains = rows;
    for (size_t i = 0; i < reader->tables->blockchains_count; i++) {
        struct blockchain *row = &rows[i];
        bool there = db_row_next(reader->rows);
        assert(there);
        row->id = db_get_i64(reader->rows, 0);
        row->key = text_of(reader, 1);
        row->name = text_or_null(reader, 2);
        row->client = text_of(reader, 3);
        row->protocol = text_of(reader, 4);
        row->status = text_of(reader, 5);
        row->description = text_or_null(reader, 6);
        row->warning = text_or_null(reader, 7);
        row->explorer_address = text_or_null(reader, 8);
        row->explorer_transaction = text_or_null(reader, 9);
        row->height = db_get_i64(reader->rows, 10);
        row->min_confirmations = (int32_t)db_get_i64(reader->rows, 11);
    }
}

static const struct blockchain *blockchain_find(const struct catalog_tables *tables,
                                                const char *key)
{
    for (size_t i = 0; key && i < tables->blockchains_count; i++)
        if (strcmp(tables->blockchains[i].key, key) == 0)
            return &tables->blockchains[i];
    return NULL;
}

static void read_networks(struct reader *reader)
{
    struct network *rows = rows_alloc(reader, sizeof(*rows), &reader->tables->networks_count);
    reader->tables->networks = rows;
    for (size_t i = 0; i < reader->tables->networks_count; i++) {
        struct network *row = &rows[i];
        const struct db_result *from = reader->rows;
        bool there = db_row_next(reader->rows);
        assert(there);
        row->id = db_get_i64(from, 0);
        db_get_chars(from, 1, row->currency_id, sizeof(row->currency_id));
        row->blockchain_key = text_or_null(reader, 2);
        row->parent_id = text_or_null(reader, 3);
        row->deposit_fee = db_get_dec(from, 4);
        row->min_deposit_amount = db_get_dec(from, 5);
        row->min_collection_amount = db_get_dec(from, 6);
        row->withdraw_fee = db_get_dec(from, 7);
        row->min_withdraw_amount = db_get_dec(from, 8);
        row->deposit_enabled = db_get_bool(from, 9);
        row->withdrawal_enabled = db_get_bool(from, 10);
        row->auto_update_fees_enabled = db_get_bool(from, 11);
        row->base_factor = db_get_i64(from, 12);
        row->status = text_of(reader, 13);
        row->options = text_or_null(reader, 14);
        row->created_at = db_get_time_us(from, 15);
        row->updated_at = db_get_time_us(from, 16);
        row->blockchain = blockchain_find(reader->tables, row->blockchain_key);
    }
}

static void read_engines(struct reader *reader)
{
    struct engine *rows = rows_alloc(reader, sizeof(*rows), &reader->tables->engines_count);
    reader->tables->engines = rows;
    for (size_t i = 0; i < reader->tables->engines_count; i++) {
        struct engine *row = &rows[i];
        bool there = db_row_next(reader->rows);
        assert(there);
        row->id = db_get_i64(reader->rows, 0);
        row->name = text_of(reader, 1);
        row->driver = text_of(reader, 2);
        row->uid = text_or_null(reader, 3);
        row->url = text_or_null(reader, 4);
        row->is_online = db_get_i64(reader->rows, 5) == ENGINE_ONLINE;
        row->created_at = db_get_time_us(reader->rows, 6);
        row->updated_at = db_get_time_us(reader->rows, 7);
    }
}

/* Both codes are ASCII. */
static void market_name(struct market *market)
{
    snprintf(market->name, sizeof(market->name), "%s/%s", market->base, market->quote);
    for (char *c = market->name; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
}

static void read_markets(struct reader *reader)
{
    struct market *rows = rows_alloc(reader, sizeof(*rows), &reader->tables->markets_count);
    reader->tables->markets = rows;
    for (size_t i = 0; i < reader->tables->markets_count; i++) {
        struct market *row = &rows[i];
        const struct db_result *from = reader->rows;
        bool there = db_row_next(reader->rows);
        assert(there);
        db_get_chars(from, 0, row->id, sizeof(row->id));
        db_get_chars(from, 1, row->base, sizeof(row->base));
        db_get_chars(from, 2, row->quote, sizeof(row->quote));
        row->type = text_of(reader, 3);
        /* A state that nobody knows does not trade. */
        if (!market_state_parse(db_get_text(from, 4), &row->state))
            row->state = MARKET_DISABLED;
        row->amount_precision = (int32_t)db_get_i64(from, 5);
        row->price_precision = (int32_t)db_get_i64(from, 6);
        row->position = (int32_t)db_get_i64(from, 7);
        row->min_price = db_get_dec(from, 8);
        row->max_price = db_get_dec(from, 9);
        row->min_amount = db_get_dec(from, 10);
        row->engine_id = db_get_i64(from, 11);
        row->data = text_or_null(reader, 12);
        row->created_at = db_get_time_us(from, 13);
        row->updated_at = db_get_time_us(from, 14);
        market_name(row);
    }
}

static void read_fees(struct reader *reader)
{
    struct trading_fee *rows = rows_alloc(reader, sizeof(*rows), &reader->tables->fees_count);
    reader->tables->fees = rows;
    for (size_t i = 0; i < reader->tables->fees_count; i++) {
        struct trading_fee *row = &rows[i];
        bool there = db_row_next(reader->rows);
        assert(there);
        row->id = db_get_i64(reader->rows, 0);
        db_get_chars(reader->rows, 1, row->market_id, sizeof(row->market_id));
        db_get_chars(reader->rows, 2, row->group, sizeof(row->group));
        row->market_type = text_of(reader, 3);
        row->maker = db_get_dec(reader->rows, 4);
        row->taker = db_get_dec(reader->rows, 5);
        row->created_at = db_get_time_us(reader->rows, 6);
        row->updated_at = db_get_time_us(reader->rows, 7);
    }
}

static void read_limits(struct reader *reader)
{
    struct withdraw_limit *rows = rows_alloc(reader, sizeof(*rows), &reader->tables->limits_count);
    reader->tables->limits = rows;
    for (size_t i = 0; i < reader->tables->limits_count; i++) {
        struct withdraw_limit *row = &rows[i];
        bool there = db_row_next(reader->rows);
        assert(there);
        row->id = db_get_i64(reader->rows, 0);
        row->group = text_of(reader, 1);
        row->kyc_level = text_of(reader, 2);
        row->limit_24_hour = db_get_dec(reader->rows, 3);
        row->limit_1_month = db_get_dec(reader->rows, 4);
        row->created_at = db_get_time_us(reader->rows, 5);
        row->updated_at = db_get_time_us(reader->rows, 6);
    }
}

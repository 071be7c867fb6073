#include "blockchain/store/holdings.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

bool holders_page(struct db *db, struct arena *arena, const char *chain_key, uint64_t after_id,
                  size_t max, const char ***ret_addresses, size_t *ret_count, uint64_t *ret_last_id,
                  struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT a.id, a.address FROM addresses a WHERE a.chain_key = ? AND a.id > ? AND "
                  "a.purpose <> 'unlisted' AND (a.purpose <> 'deposit' OR EXISTS (SELECT 1 FROM "
                  "transfers t WHERE t.address_id "
                  "= a.id)) "
                  "ORDER BY a.id LIMIT ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_U64(after_id), DB_U64(max)), &rows, err))
        return false;
    const char **addresses = arena_alloc(arena, (db_row_count(rows) + 1) * sizeof(*addresses));
    size_t count = 0;
    uint64_t last_id = after_id;
    while (addresses && db_row_next(rows)) {
        last_id = db_get_u64(rows, 0);
        addresses[count] = arena_strdup(arena, db_get_text(rows, 1));
        if (!addresses[count++])
            addresses = NULL;
    }
    if (!addresses)
        return err_set(err, ERR_INTERNAL, "no memory for addresses");
    *ret_addresses = addresses;
    *ret_count = count;
    *ret_last_id = last_id;
    return true;
}

bool unspent_page(struct db *db, struct arena *arena, const char *chain_key, uint64_t after_id,
                  size_t max, struct coin_asked **ret_coins, size_t *ret_count,
                  uint64_t *ret_last_id, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT t.id, t.txid, t.idx, t.address FROM transfers t LEFT JOIN spends s ON "
                  "s.chain_key = t.chain_key AND s.prev_txid = t.txid AND s.prev_idx = t.idx WHERE "
                  "t.chain_key = ? AND t.contract = '' AND t.state <> 'reverted' AND s.id IS NULL "
                  "AND t.id > ? ORDER BY t.id LIMIT ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_U64(after_id), DB_U64(max)), &rows, err))
        return false;
    struct coin_asked *coins = arena_alloc(arena, (db_row_count(rows) + 1) * sizeof(*coins));
    size_t count = 0;
    uint64_t last_id = after_id;
    while (coins && db_row_next(rows)) {
        last_id = db_get_u64(rows, 0);
        coins[count] = (struct coin_asked){.txid = arena_strdup(arena, db_get_text(rows, 1)),
                                           .vout = (uint32_t)db_get_u64(rows, 2),
                                           .address = arena_strdup(arena, db_get_text(rows, 3))};
        if (!coins[count].txid || !coins[count].address)
            coins = NULL;
        count++;
    }
    if (!coins)
        return err_set(err, ERR_BUSY, "no memory for coins");
    *ret_coins = coins;
    *ret_count = count;
    *ret_last_id = last_id;
    return true;
}

bool holdings_recorded(struct db *db, const char *chain_key, const char *address, uint64_t height,
                       char ret_units[static CHAIN_UNITS_SIZE], uint64_t *ret_addresses,
                       struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT COALESCE(SUM(t.units), 0), COUNT(DISTINCT t.address_id) FROM transfers t "
                  "LEFT JOIN spends s ON s.chain_key = t.chain_key AND s.prev_txid = t.txid AND "
                  "s.prev_idx = t.idx AND s.height <= ? WHERE t.chain_key = ? AND (? = '' OR "
                  "t.address = ?) AND "
                  "t.contract = '' AND t.state <> 'reverted' AND t.height <= ? AND s.id IS NULL",
                  DB_ARGS(DB_U64(height), DB_TEXT(chain_key), DB_TEXT(address), DB_TEXT(address),
                          DB_U64(height)),
                  &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_INTERNAL, "a sum without a row");
    db_get_chars(rows, 0, ret_units, CHAIN_UNITS_SIZE);
    *ret_addresses = db_get_u64(rows, 1);
    return true;
}

bool holdings_of_purpose(struct db *db, const char *chain_key, const char *purpose,
                         char ret_units[static CHAIN_UNITS_SIZE], struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT COALESCE(SUM(t.units), 0) FROM addresses a JOIN transfers t ON "
                  "t.address_id = a.id LEFT JOIN spends s ON s.chain_key = t.chain_key AND "
                  "s.prev_txid = t.txid AND s.prev_idx = t.idx WHERE a.chain_key = ? AND "
                  "a.purpose = ? AND t.contract = '' AND t.state <> 'reverted' AND s.id IS NULL",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(purpose)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_INTERNAL, "a sum without a row");
    db_get_chars(rows, 0, ret_units, CHAIN_UNITS_SIZE);
    return true;
}

bool holdings_of_token(struct db *db, const char *chain_key, uint64_t address_id,
                       const char *contract, const char *but_txid,
                       char ret_address[static CHAIN_ADDRESS_SIZE],
                       char ret_units[static CHAIN_UNITS_SIZE], struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(
            db,
            "SELECT a.address, GREATEST(0, (SELECT COALESCE(SUM(t.units), 0) FROM transfers t "
            "WHERE t.address_id = a.id AND t.contract = ? AND t.state <> 'reverted' AND t.txid <> "
            "?) - "
            "(SELECT COALESCE(SUM(m.units), 0) FROM payout_txs x JOIN payout_payments m ON "
            "m.tx_id = x.id JOIN payouts p ON p.id = m.payout_id WHERE x.chain_key = a.chain_key "
            "AND x.from_address = a.address AND p.contract = ? AND EXISTS (SELECT 1 FROM spends s "
            "WHERE s.chain_key = x.chain_key AND s.txid = x.txid AND NOT s.is_failed))) "
            "FROM addresses a WHERE a.id = ? AND a.chain_key = ?",
            DB_ARGS(DB_TEXT(contract), DB_TEXT(but_txid), DB_TEXT(contract), DB_U64(address_id),
                    DB_TEXT(chain_key)),
            &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_NOT_FOUND, "no address %llu", (unsigned long long)address_id);
    db_get_chars(rows, 0, ret_address, CHAIN_ADDRESS_SIZE);
    db_get_chars(rows, 1, ret_units, CHAIN_UNITS_SIZE);
    return true;
}

#include "blockchain/store/statement.h"

#include "base/auto.h"
#include "blockchain/store/chains.h"
#include "blockchain/store/events.h"
#include "blockchain/store/parked.h"

DEFINE_AUTO(struct db_result, db_result_free);

/* A transfer by a transaction of ours. Spends list all coins of transactions that had one of ours in
 * them, also those which we paid to others. */
#define IS_OURS                                                                                    \
    "EXISTS (SELECT 1 FROM spends s WHERE s.chain_key = t.chain_key AND s.txid = t.txid AND "      \
    "(s.prev_txid = '' OR EXISTS (SELECT 1 FROM transfers o WHERE o.chain_key = s.chain_key AND "  \
    "o.txid = s.prev_txid AND o.idx = s.prev_idx)))"
/* A block that was taken in has the transaction; the executor of payouts may be behind it, or ahead. */
#define IN_BLOCK                                                                                   \
    "EXISTS (SELECT 1 FROM spends s WHERE s.chain_key = x.chain_key AND s.txid = x.txid)"
#define IN_BLOCK_AND_PAID                                                                          \
    "EXISTS (SELECT 1 FROM spends s WHERE s.chain_key = x.chain_key AND s.txid = x.txid AND NOT "  \
    "s.is_failed)"
#define TO_OTHERS                                                                                  \
    "NOT EXISTS (SELECT 1 FROM addresses a WHERE a.chain_key = p.chain_key AND a.address = "       \
    "p.to_address AND a.purpose <> 'unlisted')"
#define PAYMENTS                                                                                   \
    " FROM payouts p JOIN payout_payments m ON m.payout_id = p.id JOIN payout_txs x ON x.id = "    \
    "m.tx_id WHERE p.chain_key = ? AND " TO_OTHERS
#define TRANSFERS                                                                                  \
    " FROM transfers t JOIN addresses a ON a.id = t.address_id WHERE t.chain_key = ? AND "         \
    "NOT " IS_OURS
/* Its owners moved coins to another wallet of ours. */
#define FROM_A_SAFE                                                                                \
    "EXISTS (SELECT 1 FROM addresses f WHERE f.chain_key = t.chain_key AND f.address = t.sender "  \
    "AND f.purpose = 'safe')"
/* What the block said it cost; Bitcoin-like: what we gave it. */
#define FEE                                                                                        \
    "COALESCE((SELECT MAX(s.fee_units) FROM spends s WHERE s.chain_key = x.chain_key AND s.txid "  \
    "= x.txid), x.fee_units)"

static const char lines_sql[] =
    "SELECT t.contract, 'from_outside', SUM(t.units)" TRANSFERS
    " AND t.state <> 'reverted' AND a.purpose NOT IN ('deposit', 'unlisted') AND NOT " FROM_A_SAFE
    " GROUP BY 1 UNION ALL "
    "SELECT t.contract, 'deposits_not_final', SUM(t.units)" TRANSFERS
    " AND t.state = 'seen' AND a.purpose = 'deposit' GROUP BY 1 UNION ALL "
    "SELECT p.contract, 'payments_not_final', SUM(m.units)" PAYMENTS
    " AND p.state <> 100 AND x.txid IS NOT NULL AND " IN_BLOCK_AND_PAID " GROUP BY 1 UNION ALL "
    "SELECT p.contract, 'payments_ahead', SUM(m.units)" PAYMENTS
    " AND p.state = 100 AND x.state = 2 AND x.mined_height > ? AND x.mined_ok GROUP BY 1 UNION ALL "
    "SELECT p.contract, 'on_the_way', SUM(m.units)" PAYMENTS
    " AND p.state IN (30, 40, 50) AND x.state = 1 AND NOT EXISTS (SELECT 1 FROM payout_txs y WHERE "
    "y.replaces = x.id AND y.state = 1) AND NOT " IN_BLOCK " GROUP BY 1 UNION ALL "
    "SELECT '', 'fees_not_final', SUM(" FEE ") FROM payout_txs x WHERE x.chain_key = ? AND "
    "x.state <= 1 AND x.txid IS NOT NULL AND " IN_BLOCK " HAVING COUNT(*) > 0 UNION ALL "
    "SELECT '', 'fees_ahead', SUM(x.fee_units) FROM payout_txs x WHERE x.chain_key = ? AND "
    "x.state = 2 AND x.mined_height > ? AND x.fee_told HAVING COUNT(*) > 0";

/* A custodian has no blocks: what he has sent is gone from his wallet. */
#define SENT                                                                                       \
    " FROM payout_txs x JOIN payout_payments m ON m.tx_id = x.id JOIN payouts p ON p.id = "        \
    "m.payout_id WHERE x.chain_key = ? AND x.state = 1 AND x.txid IS NOT NULL AND p.state IN "     \
    "(30, 40, 50)"
static const char custody_sql[] =
    "SELECT '', 'payments_not_final', SUM(m.units)" SENT " HAVING COUNT(*) > 0 UNION ALL "
    "SELECT '', 'fees_not_final', SUM(x.fee_units)" SENT " HAVING COUNT(*) > 0 UNION ALL "
    "SELECT t.contract, 'from_outside', SUM(t.units) FROM transfers t JOIN addresses a ON a.id = "
    "t.address_id WHERE t.chain_key = ? AND t.state <> 'reverted' AND a.purpose <> 'deposit' "
    "GROUP BY 1 UNION ALL "
    "SELECT t.contract, 'deposits_not_final', SUM(t.units) FROM transfers t JOIN addresses a ON "
    "a.id = t.address_id WHERE t.chain_key = ? AND t.state = 'seen' AND a.purpose = 'deposit' "
    "GROUP BY 1";

static bool recorded_read(struct db *db, const char *chain_key, struct statement *statement,
                          struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    struct statement_line line = {.name = "recorded"};
    if (!db_query(db,
                  "SELECT COALESCE(SUM(t.units), 0), COUNT(*) FROM transfers t LEFT JOIN spends s "
                  "ON s.chain_key = t.chain_key AND s.prev_txid = t.txid AND s.prev_idx = t.idx "
                  "WHERE t.chain_key = ? AND t.contract = '' AND t.state <> 'reverted' AND s.id IS "
                  "NULL",
                  DB_ARGS(DB_TEXT(chain_key)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_INTERNAL, "a sum without a row");
    db_get_chars(rows, 0, line.units, sizeof(line.units));
    statement->coins = db_get_u64(rows, 1);
    statement->lines[statement->lines_count++] = line;
    return true;
}

static bool lines_read(struct db *db, struct arena *arena, const char *chain_key,
                       enum statement_kind kind, struct statement *statement, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    const struct db_value key = DB_TEXT(chain_key), height = DB_U64(statement->height);
    bool ok =
        kind == STATEMENT_CUSTODY
            ? db_query(db, custody_sql, DB_ARGS(key, key, key, key), &rows, err)
            : db_query(db, lines_sql, DB_ARGS(key, key, key, key, height, key, key, key, height),
                       &rows, err);
    if (!ok)
        return false;
    statement->lines = arena_alloc(arena, (db_row_count(rows) + 1) * sizeof(*statement->lines));
    if (!statement->lines)
        return err_set(err, ERR_BUSY, "no memory for a statement");
    while (db_row_next(rows)) {
        struct statement_line *line = &statement->lines[statement->lines_count++];
        db_get_chars(rows, 0, line->contract, sizeof(line->contract));
        db_get_chars(rows, 1, line->name, sizeof(line->name));
        db_get_chars(rows, 2, line->units, sizeof(line->units));
    }
    return kind != STATEMENT_COINS || recorded_read(db, chain_key, statement, err);
}

static bool place_read(struct db *db, const char *chain_key, struct statement *statement,
                       struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT height, hash FROM chains WHERE chain_key = ? AND height IS NOT NULL",
                  DB_ARGS(DB_TEXT(chain_key)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set_key(err, ERR_BUSY, "blockchain.chain.not_ready", "%s is not followed yet",
                           chain_key);
    statement->height = db_get_u64(rows, 0);
    db_get_chars(rows, 1, statement->hash, sizeof(statement->hash));
    return true;
}

bool statement_read(struct db *db, struct arena *arena, const char *chain_key,
                    enum statement_kind kind, struct statement *ret_statement, struct err *err)
{
    struct statement statement = {0};
    uint64_t published;
    if (!place_read(db, chain_key, &statement, err) ||
        !events_head(db, &statement.seq, &published, err) ||
        !parked_count(db, chain_key, &statement.parked, err) ||
        !lines_read(db, arena, chain_key, kind, &statement, err))
        return false;
    *ret_statement = statement;
    return true;
}

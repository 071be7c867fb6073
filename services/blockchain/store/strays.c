#include "blockchain/store/strays.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

bool stray_put(struct db *db, const char *chain_key, const struct found_transfer *found,
               const struct block_head *head, int64_t now_us, struct err *err)
{
    return db_exec(
        db,
        "INSERT IGNORE INTO strays (chain_key, txid, idx, contract, address_id, units, sender, "
        "height, block_hash, created_at) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM DUAL WHERE "
        "(SELECT COUNT(*) FROM strays WHERE chain_key = ? AND contract = ?) < ?",
        DB_ARGS(DB_TEXT(chain_key), DB_TEXT(found->txid), DB_U64(found->index),
                DB_TEXT(found->contract), DB_U64(found->address_id), DB_TEXT(found->units),
                DB_TEXT(found->from), DB_U64(head->height), DB_TEXT(head->hash), DB_TIME(now_us),
                DB_TEXT(chain_key), DB_TEXT(found->contract), DB_I64(STRAYS_OF_CONTRACT_MAX)),
        NULL, err);
}

bool strays_prune(struct db *db, const char *chain_key, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT COUNT(*) FROM strays WHERE chain_key = ?",
                  DB_ARGS(DB_TEXT(chain_key)), &result, err))
        return false;
    int64_t count = db_row_next(result) ? db_get_i64(result, 0) : 0;
    return count <= STRAYS_MAX ||
           db_exec(db, "DELETE FROM strays WHERE chain_key = ? ORDER BY id LIMIT ?",
                   DB_ARGS(DB_TEXT(chain_key), DB_I64(count - STRAYS_MAX)), NULL, err);
}

bool strays_revert(struct db *db, const char *chain_key, uint64_t height, const char *block_hash,
                   struct err *err)
{
    return db_exec(db, "DELETE FROM strays WHERE chain_key = ? AND height = ? AND block_hash = ?",
                   DB_ARGS(DB_TEXT(chain_key), DB_U64(height), DB_TEXT(block_hash)), NULL, err);
}

/* Who has the address of `a` on other chains. */
#define ELSEWHERE                                                                                  \
    "(SELECT LEFT(GROUP_CONCAT(o.chain_key, ' ', o.owner ORDER BY o.chain_key SEPARATOR ', '), "   \
    "255) FROM chains c JOIN addresses o ON o.chain_key = c.chain_key AND o.address = a.address "  \
    "WHERE c.chain_key <> a.chain_key AND o.owner IS NOT NULL)"

/* A token that was listed later, and whose block was looked at again, is a transfer. */
#define UNLISTED                                                                                   \
    "SELECT 'unlisted_token' AS kind, s.chain_key, s.txid, s.idx, s.contract, a.address, "         \
    "s.sender, COALESCE(a.owner, '') AS owner, COALESCE(" ELSEWHERE ", '') AS elsewhere, "         \
    "s.units, s.height, s.created_at FROM strays s JOIN addresses a ON a.id = s.address_id "       \
    "WHERE (? = '' OR s.chain_key = ?) AND (? = '' OR s.txid = ?) AND NOT EXISTS "                 \
    "(SELECT 1 FROM transfers t WHERE t.chain_key = s.chain_key AND t.txid = s.txid AND "          \
    "t.contract = s.contract AND t.address_id = s.address_id)"

/* What came to an address that is given out on another chain alone. */
#define OTHER_CHAIN                                                                                \
    "SELECT 'other_chain', t.chain_key, t.txid, t.idx, t.contract, a.address, t.sender, '', "      \
    "COALESCE(" ELSEWHERE ", ''), t.units, t.height, t.created_at FROM addresses a JOIN "          \
    "transfers t ON t.address_id = a.id WHERE a.assigned_at IS NULL AND t.state <> 'reverted' "    \
    "AND (? = '' OR a.chain_key = ?) AND (? = '' OR t.txid = ?)"

bool strays_list(struct db *db, struct arena *arena, const char *chain_key, const char *txid,
                 size_t max, struct stray_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    size_t count = 0;
    if (!db_query(db, UNLISTED " UNION ALL " OTHER_CHAIN " ORDER BY created_at DESC, idx LIMIT ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(chain_key), DB_TEXT(txid), DB_TEXT(txid),
                          DB_TEXT(chain_key), DB_TEXT(chain_key), DB_TEXT(txid), DB_TEXT(txid),
                          DB_U64(max)),
                  &result, err))
        return false;
    struct stray_row *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for strays");
    for (; db_row_next(result); count++) {
        struct stray_row *row = &rows[count];
        db_get_chars(result, 0, row->kind, sizeof(row->kind));
        db_get_chars(result, 1, row->chain_key, sizeof(row->chain_key));
        db_get_chars(result, 2, row->txid, sizeof(row->txid));
        row->index = (uint32_t)db_get_u64(result, 3);
        db_get_chars(result, 4, row->contract, sizeof(row->contract));
        db_get_chars(result, 5, row->address, sizeof(row->address));
        db_get_chars(result, 6, row->from, sizeof(row->from));
        db_get_chars(result, 7, row->owner, sizeof(row->owner));
        db_get_chars(result, 8, row->elsewhere, sizeof(row->elsewhere));
        db_get_chars(result, 9, row->units, sizeof(row->units));
        row->height = db_get_u64(result, 10);
        row->created_at = db_get_time_us(result, 11);
    }
    *ret_rows = rows;
    *ret_count = count;
    return true;
}

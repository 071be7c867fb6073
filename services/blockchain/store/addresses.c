#include "blockchain/store/addresses.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

enum { PAGE = 20000 };

#define SELECT_ADDRESS "SELECT id, address, purpose, owner, request_id, account, idx FROM addresses"

static void row_read(const struct db_result *result, struct address_row *row)
{
    *row = (struct address_row){.id = db_get_u64(result, 0),
                                .is_derived = !db_is_null(result, 5),
                                .account = (uint32_t)db_get_u64(result, 5),
                                .index = (uint32_t)db_get_u64(result, 6)};
    db_get_chars(result, 1, row->address, sizeof(row->address));
    db_get_chars(result, 2, row->purpose, sizeof(row->purpose));
    db_get_chars(result, 3, row->owner, sizeof(row->owner));
    db_get_chars(result, 4, row->request_id, sizeof(row->request_id));
}

bool addresses_each(struct db *db, const char *chain_key,
                    bool (*each)(void *arg, uint64_t id, enum watch_kind kind, const uint8_t *key,
                                 size_t length, struct err *err),
                    void *arg, struct err *err)
{
    uint64_t after = 0;
    for (size_t count = PAGE; count == PAGE;) {
        AUTO_FREE(db_result_free) struct db_result *result = NULL;
        if (!db_query(db,
                      "SELECT id, watch_kind, watch_key FROM addresses WHERE chain_key = ?"
                      " AND id > ? ORDER BY id LIMIT ?",
                      DB_ARGS(DB_TEXT(chain_key), DB_U64(after), DB_U64(PAGE)), &result, err))
            return false;
        for (count = 0; db_row_next(result); count++) {
            size_t length;
            const uint8_t *key = db_get_bytes(result, 2, &length);
            after = db_get_u64(result, 0);
            if (!each(arg, after, (enum watch_kind)db_get_u64(result, 1), key, length, err))
                return false;
        }
    }
    return true;
}

static bool find(struct db *db, const char *sql, const char *chain_key, const char *value,
                 struct address_row *ret_row, bool *ret_found, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, sql, DB_ARGS(DB_TEXT(chain_key), DB_TEXT(value)), &result, err))
        return false;
    *ret_found = db_row_next(result);
    if (*ret_found)
        row_read(result, ret_row);
    return true;
}

bool address_find(struct db *db, const char *chain_key, const char *address,
                  struct address_row *ret_row, bool *ret_found, struct err *err)
{
    return find(db, SELECT_ADDRESS " WHERE chain_key = ? AND address = ?", chain_key, address,
                ret_row, ret_found, err);
}

bool address_of_request(struct db *db, const char *chain_key, const char *request_id,
                        struct address_row *ret_row, bool *ret_found, struct err *err)
{
    return find(db, SELECT_ADDRESS " WHERE chain_key = ? AND request_id = ?", chain_key, request_id,
                ret_row, ret_found, err);
}

bool address_assign(struct db *db, const char *chain_key, uint32_t account, const char *request_id,
                    const char *purpose, const char *owner, int64_t now_us,
                    struct address_row *ret_row, bool *ret_found, struct err *err)
{
    struct address_row row;
    {
        AUTO_FREE(db_result_free) struct db_result *result = NULL;
        /* Those that another request is about to take are passed over, not waited for. */
        if (!db_query(db,
                      SELECT_ADDRESS " WHERE chain_key = ? AND account = ? AND assigned_at IS NULL"
                                     " ORDER BY idx LIMIT 1 FOR UPDATE SKIP LOCKED",
                      DB_ARGS(DB_TEXT(chain_key), DB_U64(account)), &result, err))
            return false;
        *ret_found = db_row_next(result);
        if (!*ret_found)
            return true;
        row_read(result, &row);
    }
    if (!db_exec(db,
                 "UPDATE addresses SET request_id = ?, purpose = ?, owner = ?, assigned_at = ?"
                 " WHERE id = ?",
                 DB_ARGS(DB_TEXT(request_id), DB_TEXT(purpose), DB_TEXT(owner), DB_TIME(now_us),
                         DB_U64(row.id)),
                 NULL, err))
        return false;
    snprintf(row.purpose, sizeof(row.purpose), "%s", purpose);
    snprintf(row.owner, sizeof(row.owner), "%s", owner);
    snprintf(row.request_id, sizeof(row.request_id), "%s", request_id);
    *ret_row = row;
    return true;
}

/* ---- Safe contract wallets ---- */

bool address_safe_put(struct db *db, const char *chain_key, const struct address_form *form,
                      uint64_t *ret_id, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "INSERT INTO addresses (chain_key, address, watch_kind, watch_key, purpose) "
                  "VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE purpose = IF(purpose = ?, "
                  "VALUES(purpose), purpose);"
                  "SELECT id FROM addresses WHERE chain_key = ? AND address = ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(form->canonical), DB_U64(form->kind),
                          DB_BYTES(form->hash, form->hash_length), DB_TEXT(ADDRESS_SAFE),
                          DB_TEXT(ADDRESS_UNLISTED), DB_TEXT(chain_key), DB_TEXT(form->canonical)),
                  &result, err))
        return false;
    *ret_id = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return *ret_id != 0 || err_set(err, ERR_INTERNAL, "an address without id");
}

bool address_safes_keep(struct db *db, const char *chain_key, const char *listed, struct err *err)
{
    return db_exec(db,
                   "UPDATE addresses SET purpose = ? WHERE chain_key = ? AND account IS NULL AND "
                   "purpose = ? AND FIND_IN_SET(address, ?) = 0",
                   DB_ARGS(DB_TEXT(ADDRESS_UNLISTED), DB_TEXT(chain_key), DB_TEXT(ADDRESS_SAFE),
                           DB_TEXT(listed)),
                   NULL, err);
}

/* ---- the pool ---- */

bool address_key_find(struct db *db, const char *chain_key, uint32_t account,
                      struct address_key *ret_key, bool *ret_found, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT xpub, path, next_idx FROM address_keys WHERE chain_key = ?"
                  " AND account = ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_U64(account)), &result, err))
        return false;
    *ret_found = db_row_next(result);
    if (!*ret_found)
        return true;
    db_get_chars(result, 0, ret_key->xpub, sizeof(ret_key->xpub));
    db_get_chars(result, 1, ret_key->path, sizeof(ret_key->path));
    ret_key->next_index = (uint32_t)db_get_u64(result, 2);
    return true;
}

bool address_key_put(struct db *db, const char *chain_key, uint32_t account, const char *xpub,
                     const char *path, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "INSERT IGNORE INTO address_keys (chain_key, account, xpub, path)"
                  " VALUES (?, ?, ?, ?);"
                  "SELECT xpub = ? FROM address_keys WHERE chain_key = ? AND account = ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_U64(account), DB_TEXT(xpub), DB_TEXT(path),
                          DB_TEXT(xpub), DB_TEXT(chain_key), DB_U64(account)),
                  &result, err))
        return false;
    return (db_row_next(result) && db_get_bool(result, 0)) ||
           err_set(err, ERR_STATE_CONFLICT,
                   "%s: the signer has another key for account %u than before", chain_key, account);
}

bool addresses_free_count(struct db *db, const char *chain_key, uint32_t account,
                          uint64_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT COUNT(*) FROM addresses WHERE chain_key = ? AND account = ?"
                  " AND assigned_at IS NULL",
                  DB_ARGS(DB_TEXT(chain_key), DB_U64(account)), &result, err))
        return false;
    *ret_count = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return true;
}

bool addresses_behind(struct db *db, const char *chain_key, uint32_t account, uint64_t *ret_count,
                      struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT GREATEST(MAX(o.next_idx), k.next_idx) - k.next_idx FROM address_keys k"
                  " JOIN address_keys o ON o.account = k.account AND o.xpub = k.xpub"
                  " WHERE k.chain_key = ? AND k.account = ? GROUP BY k.next_idx",
                  DB_ARGS(DB_TEXT(chain_key), DB_U64(account)), &result, err))
        return false;
    *ret_count = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return true;
}

bool address_add(struct db *db, const char *chain_key, uint32_t account, uint32_t index,
                 const char *purpose, const struct derived_address *derived, uint64_t *ret_id,
                 struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    uint64_t affected;
    if (!db_exec(db,
                 "UPDATE address_keys SET next_idx = ? + 1 WHERE chain_key = ? AND account = ?"
                 " AND next_idx = ?",
                 DB_ARGS(DB_U64(index), DB_TEXT(chain_key), DB_U64(account), DB_U64(index)),
                 &affected, err))
        return false;
    if (affected != 1)
        return err_set(err, ERR_STATE_CONFLICT, "%s: somebody else derives addresses", chain_key);
    if (!db_query(db,
                  "INSERT INTO addresses (chain_key, address, watch_kind, watch_key, account, idx,"
                  " purpose) VALUES (?, ?, ?, ?, ?, ?, ?);"
                  "SELECT LAST_INSERT_ID()",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(derived->address), DB_U64(derived->kind),
                          DB_BYTES(derived->hash, derived->hash_length), DB_U64(account),
                          DB_U64(index), DB_TEXT(purpose)),
                  &result, err))
        return false;
    *ret_id = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return *ret_id != 0 || err_set(err, ERR_INTERNAL, "an address without id");
}

#include "auth/store/passkeys.h"

#include <string.h>

#include "crypto/crypto.h"

#define COLUMNS                                                                                    \
    "id, user_id, credential_id, public_key, algorithm, sign_count, aaguid, transports, name,"     \
    " may_be_backed_up, is_backed_up, created_at, last_used_at"

static void get_bytes(const struct db_result *rows, unsigned column, uint8_t *to, size_t size,
                      size_t *ret_length)
{
    const void *bytes = db_get_bytes(rows, column, ret_length);
    assert(*ret_length <= size);
    memcpy(to, bytes, *ret_length);
}

static void passkey_from_row(const struct db_result *rows, struct passkey *passkey)
{
    struct webauthn_credential *credential = &passkey->credential;
    size_t length;
    memset(passkey, 0, sizeof(*passkey));
    passkey->id = db_get_u64(rows, 0);
    passkey->user_id = db_get_u64(rows, 1);
    get_bytes(rows, 2, credential->id, sizeof(credential->id), &credential->id_length);
    get_bytes(rows, 3, credential->key, sizeof(credential->key), &credential->key_length);
    credential->algorithm = db_get_i64(rows, 4);
    credential->sign_count = (uint32_t)db_get_u64(rows, 5);
    get_bytes(rows, 6, credential->aaguid, sizeof(credential->aaguid), &length);
    db_get_chars(rows, 7, passkey->transports, sizeof(passkey->transports));
    db_get_chars(rows, 8, passkey->name, sizeof(passkey->name));
    credential->may_be_backed_up = db_get_bool(rows, 9);
    credential->is_backed_up = db_get_bool(rows, 10);
    passkey->created_at = db_get_time_us(rows, 11);
    passkey->last_used_at = db_get_time_us(rows, 12);
}

bool passkeys_insert(struct db *db, struct passkey *passkey, struct err *err)
{
    const struct webauthn_credential *credential = &passkey->credential;
    uint8_t hash[SHA256_SIZE];
    struct db_result *rows;
    sha256(credential->id, credential->id_length, hash);
    if (!db_query(db,
                  "INSERT INTO passkeys (user_id, credential_hash, credential_id, public_key,"
                  " algorithm, sign_count, aaguid, transports, name, may_be_backed_up,"
                  " is_backed_up, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
                  "SELECT LAST_INSERT_ID()",
                  DB_ARGS(DB_U64(passkey->user_id), DB_BYTES(hash, sizeof(hash)),
                          DB_BYTES(credential->id, credential->id_length),
                          DB_BYTES(credential->key, credential->key_length),
                          DB_I64(credential->algorithm), DB_U64(credential->sign_count),
                          DB_BYTES(credential->aaguid, sizeof(credential->aaguid)),
                          DB_TEXT(passkey->transports), DB_TEXT(passkey->name),
                          DB_I64(credential->may_be_backed_up), DB_I64(credential->is_backed_up),
                          DB_TIME(passkey->created_at)),
                  &rows, err))
        return false;
    bool found = db_row_next(rows);
    assert(found);
    passkey->id = db_get_u64(rows, 0);
    db_result_free(rows);
    return true;
}

bool passkeys_of_user(struct db *db, struct arena *arena, uint64_t user_id,
                      struct passkey **ret_passkeys, size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT " COLUMNS " FROM passkeys WHERE user_id = ? ORDER BY id LIMIT ?",
                  DB_ARGS(DB_U64(user_id), DB_I64(PASSKEYS_MAX)), &rows, err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    struct passkey *passkeys = arena_alloc(arena, (count + 1) * sizeof(*passkeys));
    while (passkeys && db_row_next(rows))
        passkey_from_row(rows, &passkeys[filled++]);
    db_result_free(rows);
    if (!passkeys)
        return err_set(err, ERR_BUSY, "no memory for passkeys");
    *ret_passkeys = passkeys;
    *ret_count = count;
    return true;
}

bool passkeys_count(struct db *db, uint64_t user_id, size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT COUNT(*) FROM passkeys WHERE user_id = ?", DB_ARGS(DB_U64(user_id)),
                  &rows, err))
        return false;
    bool found = db_row_next(rows);
    assert(found);
    *ret_count = (size_t)db_get_u64(rows, 0);
    db_result_free(rows);
    return true;
}

bool passkeys_find(struct db *db, struct cbor credential_id, struct passkey *ret_passkey,
                   struct err *err)
{
    uint8_t hash[SHA256_SIZE];
    struct db_result *rows;
    sha256(credential_id.bytes, credential_id.length, hash);
    if (!db_query(db, "SELECT " COLUMNS " FROM passkeys WHERE credential_hash = ?",
                  DB_ARGS(DB_BYTES(hash, sizeof(hash))), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        passkey_from_row(rows, ret_passkey);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such passkey");
}

bool passkeys_use(struct db *db, const struct passkey *passkey, const struct webauthn_use *use,
                  int64_t now_us, bool *ret_done, struct err *err)
{
    uint64_t count;
    if (!db_exec(db,
                 "UPDATE passkeys SET sign_count = ?, is_backed_up = ?, last_used_at = ?"
                 " WHERE id = ? AND sign_count = ?",
                 DB_ARGS(DB_U64(use->sign_count), DB_I64(use->is_backed_up), DB_TIME(now_us),
                         DB_U64(passkey->id), DB_U64(passkey->credential.sign_count)),
                 &count, err))
        return false;
    *ret_done = count == 1;
    return true;
}

bool passkeys_rename(struct db *db, uint64_t user_id, uint64_t id, const char *name,
                     struct err *err)
{
    uint64_t count;
    return db_exec(db, "UPDATE passkeys SET name = ? WHERE id = ? AND user_id = ?",
                   DB_ARGS(DB_TEXT(name), DB_U64(id), DB_U64(user_id)), &count, err) &&
           (count == 1 || err_set(err, ERR_NOT_FOUND, "no such passkey"));
}

bool passkeys_delete(struct db *db, uint64_t user_id, uint64_t id, struct err *err)
{
    uint64_t count;
    return db_exec(db, "DELETE FROM passkeys WHERE id = ? AND user_id = ?",
                   DB_ARGS(DB_U64(id), DB_U64(user_id)), &count, err) &&
           (count == 1 || err_set(err, ERR_NOT_FOUND, "no such passkey"));
}

bool passkeys_delete_all(struct db *db, uint64_t user_id, uint64_t *ret_count, struct err *err)
{
    return db_exec(db, "DELETE FROM passkeys WHERE user_id = ?", DB_ARGS(DB_U64(user_id)),
                   ret_count, err);
}

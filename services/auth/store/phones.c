#include "auth/store/phones.h"

#include <stdio.h>
#include <string.h>

#include "auth/store/sealed.h"

#define SELECT                                                                                     \
    "SELECT id, user_id, country, number, validated_at, created_at, updated_at FROM phones WHERE "

static bool index_of(struct secret_store *secrets, const char *number,
                     char ret_index[static KEYRING_INDEX_SIZE], struct err *err)
{
    return secret_index(secrets, "phones.number", number, strlen(number), ret_index, err);
}

static bool from_row(const struct db_result *rows, struct secret_store *secrets,
                     struct arena *arena, struct phone *ret_phone, struct err *err)
{
    struct phone phone = {.id = db_get_u64(rows, 0),
                          .user_id = db_get_u64(rows, 1),
                          .validated_at = db_get_time_us(rows, 4),
                          .created_at = db_get_time_us(rows, 5),
                          .updated_at = db_get_time_us(rows, 6)};
    struct sealer sealer = {
        .secrets = secrets, .arena = arena, .kind = SECRET_COLUMN, .owner_id = phone.user_id};
    const char *number;
    if (!unseal_column(&sealer, "phones.number", rows, 3, &number, err))
        return false;
    db_get_chars(rows, 2, phone.country, sizeof(phone.country));
    snprintf(phone.number, sizeof(phone.number), "%s", number);
    *ret_phone = phone;
    return true;
}

bool phones_of_user(struct db *db, struct secret_store *secrets, struct arena *arena,
                    uint64_t user_id, struct phone **ret_phones, size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, SELECT "user_id = ? ORDER BY id", DB_ARGS(DB_U64(user_id)), &rows, err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    struct phone *phones = arena_alloc(arena, (count + 1) * sizeof(*phones));
    bool read = phones || err_set(err, ERR_BUSY, "no memory for phones");
    while (read && db_row_next(rows))
        read = from_row(rows, secrets, arena, &phones[filled++], err);
    db_result_free(rows);
    if (!read)
        return false;
    *ret_phones = phones;
    *ret_count = count;
    return true;
}

bool phones_find(struct db *db, struct secret_store *secrets, struct arena *arena, uint64_t user_id,
                 const char *number, struct phone *ret_phone, struct err *err)
{
    char index[KEYRING_INDEX_SIZE];
    struct db_result *rows;
    if (!index_of(secrets, number, index, err) ||
        !db_query(db, SELECT "user_id = ? AND number_index = ?",
                  DB_ARGS(DB_U64(user_id), DB_TEXT(index)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (!found)
        err_set(err, ERR_NOT_FOUND, "no such phone");
    bool read = found && from_row(rows, secrets, arena, ret_phone, err);
    db_result_free(rows);
    return read;
}

bool phones_owner(struct db *db, struct secret_store *secrets, const char *number,
                  uint64_t *ret_user_id, struct err *err)
{
    char index[KEYRING_INDEX_SIZE];
    struct db_result *rows;
    if (!index_of(secrets, number, index, err) ||
        !db_query(db, "SELECT user_id FROM phones WHERE verified_index = ?",
                  DB_ARGS(DB_TEXT(index)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        *ret_user_id = db_get_u64(rows, 0);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "nobody has the number");
}

bool phones_insert(struct db *db, struct secret_store *secrets, struct arena *arena,
                   struct phone *phone, int64_t now_us, struct err *err)
{
    struct sealer sealer = {
        .secrets = secrets, .arena = arena, .kind = SECRET_COLUMN, .owner_id = phone->user_id};
    char index[KEYRING_INDEX_SIZE];
    const char *number;
    struct db_result *rows;
    if (!index_of(secrets, phone->number, index, err) ||
        !seal_text(&sealer, "phones.number", phone->number, &number, err) ||
        !db_query(db,
                  "INSERT INTO phones (user_id, country, number, number_index, validated_at,"
                  " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                  DB_ARGS(DB_U64(phone->user_id), DB_TEXT(phone->country), DB_TEXT(number),
                          DB_TEXT(index), DB_TIME(phone->validated_at), DB_TIME(now_us),
                          DB_TIME(now_us)),
                  &rows, err))
        return false;
    bool inserted = db_row_next(rows);
    if (inserted) {
        phone->id = db_get_u64(rows, 0);
        phone->created_at = phone->updated_at = now_us;
    }
    db_result_free(rows);
    return inserted || err_set(err, ERR_INTERNAL, "a phone without an id");
}

bool phones_validate(struct db *db, struct phone *phone, int64_t now_us, struct err *err)
{
    if (!db_exec(db,
                 "UPDATE phones SET validated_at = ?, code_hash = NULL, code_expires_at = NULL,"
                 " updated_at = ? WHERE id = ?",
                 DB_ARGS(DB_TIME(now_us), DB_TIME(now_us), DB_U64(phone->id)), NULL, err))
        return false;
    phone->validated_at = phone->updated_at = now_us;
    return true;
}

bool phones_delete(struct db *db, uint64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM phones WHERE id = ?", DB_ARGS(DB_U64(id)), NULL, err);
}

/* ---- codes ---- */

bool phone_code_hash(struct secret_store *secrets, uint64_t phone_id, const char *code,
                     char ret_hash[static KEYRING_INDEX_SIZE], struct err *err)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%llu/%.32s", (unsigned long long)phone_id, code);
    return secret_index(secrets, "phones.code", text, (size_t)length, ret_hash, err);
}

bool phones_set_code(struct db *db, uint64_t id, const char *hash, int64_t expires_at,
                     struct err *err)
{
    return db_exec(db,
                   "UPDATE phones SET code_hash = ?, code_expires_at = ?, code_tries = 0"
                   " WHERE id = ?",
                   DB_ARGS(DB_TEXT(hash), DB_TIME(expires_at), DB_U64(id)), NULL, err);
}

bool phones_try_code(struct db *db, uint64_t id, struct phone_code *ret_code, struct err *err)
{
    struct phone_code code = {.tries = 0};
    struct db_result *rows;
    if (!db_query(db,
                  "UPDATE phones SET code_tries = code_tries + 1 WHERE id = ?;"
                  "SELECT code_hash, code_expires_at, code_tries FROM phones WHERE id = ?",
                  DB_ARGS(DB_U64(id), DB_U64(id)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found) {
        db_get_chars(rows, 0, code.hash, sizeof(code.hash));
        code.expires_at = db_get_time_us(rows, 1);
        code.tries = db_get_u64(rows, 2);
    }
    db_result_free(rows);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no such phone");
    *ret_code = code;
    return true;
}

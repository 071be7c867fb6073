#include "auth/store/otp_seeds.h"

#include <string.h>

#include "auth/store/sealed.h"
#include "base/auto.h"
#include "crypto/crypto.h"

static struct sealer sealer_of(struct secret_store *secrets, struct arena *arena, uint64_t user_id)
{
    return (struct sealer){
        .secrets = secrets, .arena = arena, .kind = SECRET_CREDENTIAL, .owner_id = user_id};
}

bool otp_seeds_read(struct db *db, struct secret_store *secrets, struct arena *arena,
                    uint64_t user_id, struct otp_seed *ret_seed, struct err *err)
{
    AUTO(str_wipe) struct str bytes = STR_INIT(TOTP_SEED_SIZE);
    struct sealer sealer = sealer_of(secrets, arena, user_id);
    struct db_result *rows;
    const char *text = NULL;
    if (!db_query(db, "SELECT seed, last_step FROM otp_seeds WHERE user_id = ?",
                  DB_ARGS(DB_U64(user_id)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (!found)
        err_set(err, ERR_NOT_FOUND, "no seed");
    bool read = found && unseal_column(&sealer, "otp_seeds.seed", rows, 0, &text, err);
    if (read)
        ret_seed->last_step = db_get_i64(rows, 1);
    db_result_free(rows);
    if (!read)
        return false;
    if (!base32_read(text, strlen(text), &bytes) || bytes.length != TOTP_SEED_SIZE)
        return err_set(err, ERR_INTERNAL, "a seed of one-time codes is none");
    memcpy(ret_seed->bytes, bytes.data, TOTP_SEED_SIZE);
    return true;
}

bool otp_seeds_replace(struct db *db, struct secret_store *secrets, struct arena *arena,
                       uint64_t user_id, const uint8_t bytes[static TOTP_SEED_SIZE], int64_t now_us,
                       struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(2 * TOTP_SEED_SIZE);
    struct sealer sealer = sealer_of(secrets, arena, user_id);
    const char *sealed;
    base32_write(&text, bytes, TOTP_SEED_SIZE);
    return seal_text(&sealer, "otp_seeds.seed", str_data(&text), &sealed, err) &&
           db_exec(db,
                   "INSERT INTO otp_seeds (user_id, seed, last_step, created_at)"
                   " VALUES (?, ?, 0, ?) ON DUPLICATE KEY UPDATE seed = VALUES(seed),"
                   " last_step = 0, created_at = VALUES(created_at)",
                   DB_ARGS(DB_U64(user_id), DB_TEXT(sealed), DB_TIME(now_us)), NULL, err);
}

bool otp_seeds_take_step(struct db *db, uint64_t user_id, int64_t step, bool *ret_won,
                         struct err *err)
{
    uint64_t count;
    if (!db_exec(db, "UPDATE otp_seeds SET last_step = ? WHERE user_id = ? AND last_step < ?",
                 DB_ARGS(DB_I64(step), DB_U64(user_id), DB_I64(step)), &count, err))
        return false;
    *ret_won = count == 1;
    return true;
}

bool otp_seeds_delete(struct db *db, uint64_t user_id, struct err *err)
{
    return db_exec(db, "DELETE FROM otp_seeds WHERE user_id = ?", DB_ARGS(DB_U64(user_id)), NULL,
                   err);
}

#include "blockchain/store/catalogue_store.h"

#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "crypto/keyring.h"

enum { SEALED_BYTES_MAX = 8 << 20 };

DEFINE_AUTO(struct db_result, db_result_free);

static const char context[] = "catalogue.body";

static bool key_add(struct str *ring, const char *name, const char *pem, const char *purpose)
{
    uint8_t key[SHA256_SIZE];
    hmac_sha256(pem, strlen(pem), purpose, strlen(purpose), key);
    str_add(ring, name);
    base64url_write(ring, key, sizeof(key));
    str_add_char(ring, '\n');
    bytes_wipe(key, sizeof(key));
    return str_ok(ring);
}

static bool ring_open(const char *service_key, struct keyring **ret_ring, struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(KEYRING_TEXT_MAX);
    if (!key_add(&text, "index ", service_key, "bourse blockchain catalogue index") ||
        !key_add(&text, "1 ", service_key, "bourse blockchain catalogue"))
        return err_set(err, ERR_INTERNAL, "no memory for a key");
    return keyring_parse(str_data(&text), text.length, ret_ring, err);
}

bool catalogue_load(struct db *db, const char *service_key, struct str *out, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    AUTO_FREE(keyring_free) struct keyring *ring = NULL;
    struct err ignored;
    if (!ring_open(service_key, &ring, err) ||
        !db_query(db, "SELECT body FROM catalogue WHERE id = 1", DB_NONE, &result, err))
        return false;
    if (!db_row_next(result))
        return true;
    const char *sealed = db_get_text(result, 0);
    if (!keyring_unseal(ring, context, sealed, strlen(sealed), out, &ignored))
        str_clear(out);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "the catalogue is too long");
}

bool catalogue_save(struct db *db, const char *service_key, const struct str *body, int64_t now_us,
                    struct err *err)
{
    AUTO(str_release) struct str sealed = STR_INIT(SEALED_BYTES_MAX);
    AUTO_FREE(keyring_free) struct keyring *ring = NULL;
    if (!ring_open(service_key, &ring, err) ||
        !keyring_seal(ring, context, str_data(body), body->length, &sealed, err))
        return false;
    return db_exec(db,
                   "INSERT INTO catalogue (id, body, updated_at) VALUES (1, ?, ?)"
                   " ON DUPLICATE KEY UPDATE body = VALUES(body), updated_at = VALUES(updated_at)",
                   DB_ARGS(DB_TEXT(str_data(&sealed)), DB_TIME(now_us)), NULL, err);
}

/*
 * api_keys.h: the table of API keys. A holder is a user or a service account: the other id is 0.
 * Making and changing keys is actions/api_key.h: call that, it tells the caches.
 */
#ifndef AUTH_STORE_API_KEYS_H
#define AUTH_STORE_API_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/api_key.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "secret/secret.h"

struct key_holder {
    uint64_t user_id, service_account_id;
};

/* `order_by`: a column of the table as the API names it (id kid algorithm scope state created_at
 * updated_at); false of api_key_column_is_known(): there is none. */
struct api_key_page {
    const char *order_by;
    bool descending;
    uint64_t offset, limit;
};
bool api_key_column_is_known(const char *name);
bool api_keys_page(struct db *db, struct arena *arena, struct key_holder holder,
                   const struct api_key_page *page, struct api_key **ret_keys, size_t *ret_count,
                   uint64_t *ret_total, struct err *err) MUST_CHECK;

/* Of anybody. ERR_NOT_FOUND. */
bool api_keys_by_kid(struct db *db, struct arena *arena, const char *kid, struct api_key *ret_key,
                     struct err *err) MUST_CHECK;
/* The secret, unsealed: 32 hexadecimal digits. Wipe it. ERR_PEER_UNAVAILABLE: the store is away. */
bool api_keys_secret(struct db *db, struct secret_store *secrets, struct arena *arena,
                     const struct api_key *key, char ret_secret[static API_KEY_SECRET_SIZE],
                     struct err *err) MUST_CHECK;

/* Sets id and times. */
bool api_keys_insert(struct db *db, struct secret_store *secrets, struct arena *arena,
                     struct api_key *key, const char *secret, int64_t now_us, struct err *err)
    MUST_CHECK;
/* Overwrites scope and state. */
bool api_keys_update(struct db *db, struct api_key *key, int64_t now_us, struct err *err)
    MUST_CHECK;
bool api_keys_delete(struct db *db, uint64_t id, struct err *err) MUST_CHECK;
bool api_keys_count(struct db *db, struct key_holder holder, uint64_t *ret_count, struct err *err)
    MUST_CHECK;

/* The active keys of a holder, and for a user those of his service accounts, become inactive. Gives
 * their names, in the arena, so that caches can be told. */
bool api_keys_deactivate(struct db *db, struct arena *arena, struct key_holder holder,
                         int64_t now_us, const char *const **ret_kids, size_t *ret_count,
                         struct err *err) MUST_CHECK;

#endif

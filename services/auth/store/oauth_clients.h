/* oauth_clients.h: the tables of clients and of what people agreed to. */
#ifndef AUTH_STORE_OAUTH_CLIENTS_H
#define AUTH_STORE_OAUTH_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/oauth_client.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

/* What is kept beside the metadata; hashes that are not there are all zero and match nothing. */
struct oauth_client_secrets {
    uint8_t secret[OAUTH_HASH_SIZE], former[OAUTH_HASH_SIZE], registration[OAUTH_HASH_SIZE];
    bool has_secret, has_former, has_registration;
    int64_t former_until;
};

struct oauth_client_row {
    struct oauth_client client;
    struct oauth_client_secrets secrets;
    int64_t created_at, updated_at;
};

/* ERR_NOT_FOUND. */
bool oauth_clients_find(struct db *db, struct arena *arena, const char *client_id,
                        struct oauth_client_row *ret_row, struct err *err) MUST_CHECK;
bool oauth_clients_get(struct db *db, struct arena *arena, uint64_t id,
                       struct oauth_client_row *ret_row, struct err *err) MUST_CHECK;
/* Newest first; the array is in the arena. */
bool oauth_clients_list(struct db *db, struct arena *arena, size_t offset, size_t limit,
                        struct oauth_client_row **ret_rows, size_t *ret_count, uint64_t *ret_total,
                        struct err *err) MUST_CHECK;
/* Sets client->row. ERR_CONFLICT: the id is taken. */
bool oauth_clients_insert(struct db *db, struct oauth_client *client,
                          const struct oauth_client_secrets *secrets, int64_t now_us,
                          struct err *err) MUST_CHECK;
/* Metadata, is_enabled and secrets. */
bool oauth_clients_update(struct db *db, const struct oauth_client *client,
                          const struct oauth_client_secrets *secrets, int64_t now_us,
                          struct err *err) MUST_CHECK;
/* And everything that hangs on it. */
bool oauth_clients_delete(struct db *db, uint64_t id, struct err *err) MUST_CHECK;

/* What a user agreed to; 0: nothing. */
bool oauth_consents_find(struct db *db, uint64_t user_id, uint64_t client, scope_set *ret_scopes,
                         struct err *err) MUST_CHECK;
bool oauth_consents_save(struct db *db, uint64_t user_id, uint64_t client, scope_set scopes,
                         int64_t now_us, struct err *err) MUST_CHECK;
bool oauth_consents_delete(struct db *db, uint64_t user_id, uint64_t client, struct err *err)
    MUST_CHECK;

#endif

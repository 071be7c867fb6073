/* passkeys.h: the table of passkeys. Rules: actions/passkey.h. */
#ifndef AUTH_STORE_PASSKEYS_H
#define AUTH_STORE_PASSKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/passkey.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "webauthn/webauthn.h"

struct passkey {
    uint64_t id, user_id;
    struct webauthn_credential credential;
    char transports[PASSKEY_TRANSPORTS_SIZE];
    char name[PASSKEY_NAME_MAX + 1];
    int64_t created_at, last_used_at; /* 0: never */
};

/* Sets `id`. ERR_CONFLICT: the credential is known. */
bool passkeys_insert(struct db *db, struct passkey *passkey, struct err *err) MUST_CHECK;
/* Oldest first, in the arena; at most PASSKEYS_MAX. */
bool passkeys_of_user(struct db *db, struct arena *arena, uint64_t user_id,
                      struct passkey **ret_passkeys, size_t *ret_count, struct err *err) MUST_CHECK;
bool passkeys_count(struct db *db, uint64_t user_id, size_t *ret_count, struct err *err) MUST_CHECK;
/* By the id that the authenticator gave it. ERR_NOT_FOUND. */
bool passkeys_find(struct db *db, struct cbor credential_id, struct passkey *ret_passkey,
                   struct err *err) MUST_CHECK;
/* By compare and set of the counter that was read; ret_done: false when another was faster. */
bool passkeys_use(struct db *db, const struct passkey *passkey, const struct webauthn_use *use,
                  int64_t now_us, bool *ret_done, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND: the user has none with this id. */
bool passkeys_rename(struct db *db, uint64_t user_id, uint64_t id, const char *name,
                     struct err *err) MUST_CHECK;
bool passkeys_delete(struct db *db, uint64_t user_id, uint64_t id, struct err *err) MUST_CHECK;
bool passkeys_delete_all(struct db *db, uint64_t user_id, uint64_t *ret_count, struct err *err)
    MUST_CHECK;

#endif

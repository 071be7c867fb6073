/* phones.h: the table of telephone numbers: clear here, sealed there, found by a keyed hash. */
#ifndef AUTH_STORE_PHONES_H
#define AUTH_STORE_PHONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/phone.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "secret/secret.h"

/* In the order of creation. */
bool phones_of_user(struct db *db, struct secret_store *secrets, struct arena *arena,
                    uint64_t user_id, struct phone **ret_phones, size_t *ret_count, struct err *err)
    MUST_CHECK;
/* The user's row of this number. ERR_NOT_FOUND. */
bool phones_find(struct db *db, struct secret_store *secrets, struct arena *arena, uint64_t user_id,
                 const char *number, struct phone *ret_phone, struct err *err) MUST_CHECK;
/* The id of who has verified the number. ERR_NOT_FOUND: nobody. */
bool phones_owner(struct db *db, struct secret_store *secrets, const char *number,
                  uint64_t *ret_user_id, struct err *err) MUST_CHECK;

/* Sets id and times. ERR_CONFLICT: the user has it (phones_user_number), or, with validated_at, it
 * is somebody's (phones_verified). */
bool phones_insert(struct db *db, struct secret_store *secrets, struct arena *arena,
                   struct phone *phone, int64_t now_us, struct err *err) MUST_CHECK;
/* ERR_CONFLICT: somebody was faster. */
bool phones_validate(struct db *db, struct phone *phone, int64_t now_us, struct err *err)
    MUST_CHECK;
bool phones_delete(struct db *db, uint64_t id, struct err *err) MUST_CHECK;

/* ---- the code that was sent; only a keyed hash of it is kept ---- */

struct phone_code {
    char hash[KEYRING_INDEX_SIZE]; /* "": none was sent */
    int64_t expires_at;
    uint64_t tries;
};

bool phone_code_hash(struct secret_store *secrets, uint64_t phone_id, const char *code,
                     char ret_hash[static KEYRING_INDEX_SIZE], struct err *err) MUST_CHECK;
/* A new code: its tries begin anew. */
bool phones_set_code(struct db *db, uint64_t id, const char *hash, int64_t expires_at,
                     struct err *err) MUST_CHECK;
/* Locks the row and counts one more try. */
bool phones_try_code(struct db *db, uint64_t id, struct phone_code *ret_code, struct err *err)
    MUST_CHECK;

#endif

/*
 * signing_keys.h: the table of keys that tokens are signed with. Making and choosing them is
 * actions/signing_keys.h: call that.
 */
#ifndef AUTH_STORE_SIGNING_KEYS_H
#define AUTH_STORE_SIGNING_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "secret/secret.h"

enum { SIGNING_ROWS_MAX = 6, SIGNING_KID_SIZE = 64 };

struct signing_row {
    char kid[SIGNING_KID_SIZE], algorithm[9];
    int64_t signs_at, ends_at;            /* ends_at 0: not yet known */
    const char *public_pem, *private_pem; /* in the arena; private NULL: not asked for */
};

/* Those that have not ended, in the order of signs_at. ERR_INTERNAL: more than SIGNING_ROWS_MAX. */
bool signing_keys_list(struct db *db, struct arena *arena, int64_t now_us,
                       struct signing_row ret_rows[static SIGNING_ROWS_MAX], size_t *ret_count,
                       struct err *err) MUST_CHECK;
/* The private half, unsealed into row->private_pem. ERR_PEER_UNAVAILABLE: the store is away. */
bool signing_keys_unseal(struct db *db, struct secret_store *secrets, struct arena *arena,
                         struct signing_row *row, struct err *err) MUST_CHECK;

/* The new key; all older ones end at `older_end_at`. Inside a transaction. ERR_STATE_CONFLICT: there
 * are as many as can be. */
bool signing_keys_insert(struct db *db, struct secret_store *secrets, const struct signing_row *row,
                         int64_t older_end_at, int64_t now_us, struct err *err) MUST_CHECK;
/* Forgets those that ended. */
bool signing_keys_sweep(struct db *db, int64_t now_us, struct err *err) MUST_CHECK;

#endif

/* factor_resets.h: the table of resets of lost factors. Rules: actions/factor_reset.h. */
#ifndef AUTH_STORE_FACTOR_RESETS_H
#define AUTH_STORE_FACTOR_RESETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

enum { FACTOR_RESET_HASH_SIZE = 32, FACTOR_RESET_WORD_SIZE = 65 };

struct factor_reset {
    uint64_t id, user_id;
    int64_t created_at, due_at, reminded_at;
};

/* Sets `id`. ERR_CONFLICT: one waits already for this user. started_by NULL: the user himself. */
bool factor_resets_insert(struct db *db, struct factor_reset *reset,
                          const uint8_t cancel_hash[static FACTOR_RESET_HASH_SIZE],
                          const char *started_by, struct err *err) MUST_CHECK;
/* The one that waits. ERR_NOT_FOUND. */
bool factor_resets_find(struct db *db, uint64_t user_id, struct factor_reset *ret_reset,
                        struct err *err) MUST_CHECK;
bool factor_resets_by_cancel(struct db *db, const uint8_t hash[static FACTOR_RESET_HASH_SIZE],
                             struct factor_reset *ret_reset, struct err *err) MUST_CHECK;
/* state: "done", "cancelled"; cancelled_by NULL: by nobody. ret_ended: false when it was over. */
bool factor_resets_end(struct db *db, uint64_t id, const char *state, const char *cancelled_by,
                       int64_t now_us, bool *ret_ended, struct err *err) MUST_CHECK;
bool factor_resets_set_reminded(struct db *db, uint64_t id, int64_t now_us, struct err *err)
    MUST_CHECK;

/* Those that wait and are due, or whose user was last reminded before `reminded_before`; at most
 * `max`. */
bool factor_resets_pending(struct db *db, int64_t now_us, int64_t reminded_before, size_t max,
                           struct factor_reset *ret_resets, size_t *ret_count, struct err *err)
    MUST_CHECK;

#endif

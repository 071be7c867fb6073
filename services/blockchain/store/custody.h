/*
 * custody.h: what a custody provider told by webhooks, and the addresses that it made.
 */
#ifndef BLOCKCHAIN_STORE_CUSTODY_H
#define BLOCKCHAIN_STORE_CUSTODY_H

#include "base/arena.h"
#include "blockchain/family/custody.h"
#include "db/db.h"

struct custody_notice {
    uint64_t id;
    char transfer_id[CUSTODY_ID_SIZE], state[CUSTODY_STATE_SIZE];
    uint32_t tries;
};

/* Once for each (chain, transfer, state); told again it changes nothing. */
bool custody_notice_put(struct db *db, const char *chain_key, const char *transfer_id,
                        const char *state, int64_t now_us, bool *ret_news, struct err *err)
    MUST_CHECK;
bool custody_notices_due(struct db *db, struct arena *arena, const char *chain_key, int64_t now_us,
                         size_t max, struct custody_notice **ret_rows, size_t *ret_count,
                         struct err *err) MUST_CHECK;
bool custody_notice_done(struct db *db, uint64_t id, const char *reason, struct err *err)
    MUST_CHECK;
bool custody_notice_later(struct db *db, uint64_t id, const char *reason, int64_t next_try_us,
                          struct err *err) MUST_CHECK;

/* What he says of the transfer was taken in, or was tried so often. */
bool custody_notice_is_done(struct db *db, const char *chain_key, const char *transfer_id,
                            const char *state, uint32_t tries, bool *ret_done, struct err *err)
    MUST_CHECK;

/* A free address of the deposit account. */
bool custody_address_add(struct db *db, const char *chain_key, const char *address,
                         uint64_t *ret_id, struct err *err) MUST_CHECK;

bool custody_late_put(struct db *db, const char *chain_key, const char *remote_id, struct err *err)
    MUST_CHECK;
/* One that was asked for and is not there; "" none. */
bool custody_late_first(struct db *db, const char *chain_key, char ret_id[static CUSTODY_ID_SIZE],
                        struct err *err) MUST_CHECK;
bool custody_late_drop(struct db *db, const char *chain_key, const char *remote_id, struct err *err)
    MUST_CHECK;

/* From one state to another, by compare and set. */
bool custody_transfer_move(struct db *db, uint64_t transfer_row_id, const char *from,
                           const char *to, int64_t now_us, bool *ret_moved, struct err *err)
    MUST_CHECK;

#endif

/*
 * payouts.h: the payouts and who waits for what. Rows change by compare and set on their version: two
 * executors, or an executor and a cancel, never both win.
 *
 * Texts of amounts are whole numbers of the smallest unit. Structs are plain values but for
 * `approvals`, which belongs to the arena that was given. The caller's connection, the caller's
 * transaction.
 */
#ifndef BLOCKCHAIN_STORE_PAYOUTS_H
#define BLOCKCHAIN_STORE_PAYOUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "blockchain/domain/payout.h"
#include "db/db.h"

enum {
    PAYOUT_ADDRESS_SIZE = 129,
    PAYOUT_CONTRACT_SIZE = 65,
    PAYOUT_UNITS_SIZE = 66, /* DECIMAL(65,0) */
    PAYOUT_REASON_SIZE = 201,
    PAYOUT_OWNER_SIZE = 65,
    PAYOUT_APPROVALS_BYTES_MAX = 16 * 1024,
    PAYOUTS_LIST_MAX = 500
};

struct payout {
    uint64_t seq;
    char id[PAYOUT_ID_CHARS_MAX + 1];
    char chain_key[33];
    char contract[PAYOUT_CONTRACT_SIZE];
    char to[PAYOUT_ADDRESS_SIZE], from[PAYOUT_ADDRESS_SIZE];
    char units[PAYOUT_UNITS_SIZE], fee_cap_units[PAYOUT_UNITS_SIZE]; /* "" : no cap of its own */
    enum payout_purpose purpose;
    bool subtract_fee, alone;
    char owner[PAYOUT_OWNER_SIZE];
    const char *approvals; /* JSON array */
    enum payout_state state;
    char reason[PAYOUT_REASON_SIZE];
    uint32_t version;
    int64_t not_before_us;
    uint64_t paid_tx; /* 0: none yet */
    int64_t created_at_us, updated_at_us;
};

struct payout_list {
    struct payout *rows;
    size_t count;
};

/* ERR_CONFLICT: the id is taken. */
bool payout_insert(struct db *db, const struct payout *payout, const uint8_t digest[static 32],
                   int64_t now_us, struct err *err) MUST_CHECK;

/* ERR_NOT_FOUND. `ret_digest` may be NULL. */
bool payout_find(struct db *db, struct arena *arena, const char *id, struct payout *ret_payout,
                 uint8_t *ret_digest, struct err *err) MUST_CHECK;

/* What may be paid now: queued, or waiting and due, and not stopped; first come, first served. */
bool payouts_due(struct db *db, struct arena *arena, const char *chain_key, int64_t now_us,
                 struct payout_list *ret_list, struct err *err) MUST_CHECK;

/* Those that are stopped (stopped_assets.h) and don't say so yet. */
bool payouts_to_stop(struct db *db, struct arena *arena, const char *chain_key,
                     struct payout_list *ret_list, struct err *err) MUST_CHECK;

/* The first of those that wait for `reason` and are not looked at yet again; 0: none. */
bool payouts_first_waiting(struct db *db, const char *chain_key, const char *reason, int64_t now_us,
                           uint64_t *ret_seq, struct err *err) MUST_CHECK;

/* All that are to leave one address, due or not. */
bool payouts_from(struct db *db, struct arena *arena, const char *chain_key, const char *from,
                  struct payout_list *ret_list, struct err *err) MUST_CHECK;

/* Those that a transaction pays. */
bool payouts_of_tx(struct db *db, struct arena *arena, uint64_t tx_id, struct payout_list *ret_list,
                   struct err *err) MUST_CHECK;

/* Those whose outcome nobody knows, and those that were confirmed and undone; `chain_key` "": of all chains. */
bool payouts_unsettled(struct db *db, struct arena *arena, const char *chain_key,
                       struct payout_list *ret_list, struct err *err) MUST_CHECK;

/* state, reason, not_before_us, alone, paid_tx of the struct are stored if nobody changed the row since
 * it was read; `version` of the struct moves along. ERR_STATE_CONFLICT: somebody did. */
bool payout_save(struct db *db, struct payout *payout, int64_t now_us, struct err *err) MUST_CHECK;

/* Approvals that came later, for a payout that nobody has signed; it is looked at again at once.
 * ERR_STATE_CONFLICT: it was changed meanwhile. */
bool payout_approvals_set(struct db *db, struct payout *payout, const char *approvals,
                          int64_t now_us, struct err *err) MUST_CHECK;

struct payout_counts {
    uint64_t queued, waiting, under_way, unknown;
    uint64_t undone; /* confirmed, and a reorganisation took that back */
};
bool payouts_count(struct db *db, const char *chain_key, struct payout_counts *ret_counts,
                   struct err *err) MUST_CHECK;

#endif

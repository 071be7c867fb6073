/*
 * withdraws.h: the table of withdrawals, their steps and approvals. One function a statement; the
 * rules are the callers'. A row is locked (withdraw_find_locked) before it moves, always after the
 * row of its member if both are.
 */
#ifndef ACCOUNTING_STORE_WITHDRAWS_H
#define ACCOUNTING_STORE_WITHDRAWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/withdraw.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

/* Gives the id. ERR_CONFLICT: the tid is taken. */
bool withdraw_insert(struct db *db, struct withdraw *row, struct err *err) MUST_CHECK;
/* Writes what moves: state, txid, block, confirmations, metadata, error, reason, times. */
bool withdraw_update(struct db *db, const struct withdraw *row, struct err *err) MUST_CHECK;

/* member_id 0: anybody's. ERR_NOT_FOUND. */
bool withdraw_find(struct db *db, struct arena *arena, uint64_t id, uint64_t member_id,
                   struct withdraw *ret_row, struct err *err) MUST_CHECK;
bool withdraw_find_locked(struct db *db, struct arena *arena, uint64_t id, uint64_t member_id,
                          struct withdraw *ret_row, struct err *err) MUST_CHECK;
bool withdraw_find_by_tid(struct db *db, struct arena *arena, const char *tid,
                          struct withdraw *ret_row, struct err *err) MUST_CHECK;

enum withdraw_time { WITHDRAW_CREATED, WITHDRAW_UPDATED, WITHDRAW_COMPLETED };

struct withdraw_filter {
    uint64_t member_id, id; /* 0: any */
    const char *currency_id, *blockchain_key, *rid, *tid, *txid;
    bool txid_none;  /* only those without */
    uint32_t states; /* a bit for each enum withdraw_state; 0: any */
    int64_t transfer_type;
    enum withdraw_time time;
    int64_t from_us, to_us;  /* inclusive; 0: open */
    const char *wallet_type; /* a gateway name of the hot wallets of its chain */
    int is_coin;             /* 0: any; 1: coins; -1: fiat */
};
bool withdraw_list(struct db *db, const struct withdraw_filter *filter, struct listing *listing,
                   struct listed *ret_listed, struct err *err) MUST_CHECK;

/* ---- the windows of the limits ---- */

/* Locks the member's row, so that two withdrawals of one member are judged one after the other. */
bool withdraw_member_lock(struct db *db, uint64_t member_id, struct err *err) MUST_CHECK;

struct withdraw_window {
    char currency_id[CURRENCY_ID_SIZE];
    struct dec price, sum_24_hours, sum_1_month;
};
/* What the member withdraws, by currency, in the last 24 hours and the last month before now. */
bool withdraw_windows(struct db *db, struct arena *arena, uint64_t member_id, int64_t now_us,
                      struct withdraw_window **ret_windows, size_t *ret_count, struct err *err)
    MUST_CHECK;

/* ---- steps ---- */

struct withdraw_step_row {
    const char *event, *from, *to, *actor, *reason;
    int64_t created_at;
};
bool withdraw_step_insert(struct db *db, uint64_t withdraw_id, const struct withdraw_step_row *step,
                          struct err *err) MUST_CHECK;
bool withdraw_steps(struct db *db, struct arena *arena, uint64_t withdraw_id,
                    struct listed *ret_steps, struct err *err) MUST_CHECK;

/* ---- approvals ---- */

struct withdraw_approval {
    uint64_t member_id;
    const char *uid, *digest;
    const char *document; /* signed by the approver himself; NULL: none */
    int64_t created_at, expires_at;
};
bool withdraw_approval_put(struct db *db, uint64_t withdraw_id,
                           const struct withdraw_approval *approval, struct err *err) MUST_CHECK;
bool withdraw_approvals(struct db *db, struct arena *arena, uint64_t withdraw_id,
                        struct listed *ret_approvals, struct err *err) MUST_CHECK;

/* ---- addresses of ours ---- */

/* Whether it belongs to one of the exchange's own wallets. */
bool wallet_address_exists(struct db *db, const char *blockchain_key, const char *address,
                           bool *ret_exists, struct err *err) MUST_CHECK;

#endif

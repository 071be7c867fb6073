/*
 * fiat_batches.h: the tables of withdrawals that a bank is asked to pay, and of what was told of them. One
 * function a statement; the rules are the callers'. Text belongs to the arena.
 */
#ifndef ACCOUNTING_STORE_FIAT_BATCHES_H
#define ACCOUNTING_STORE_FIAT_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/fiat_batch.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

/* Gives the id. */
bool fiat_batch_insert(struct db *db, struct fiat_batch *row, struct err *err) MUST_CHECK;
/* Writes state, payments, sum, the checker and when. */
bool fiat_batch_update(struct db *db, const struct fiat_batch *row, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool fiat_batch_get(struct db *db, struct arena *arena, uint64_t id, struct fiat_batch *ret_row,
                    struct err *err) MUST_CHECK;
bool fiat_batch_find_locked(struct db *db, struct arena *arena, uint64_t id,
                            struct fiat_batch *ret_row, struct err *err) MUST_CHECK;
bool fiat_batch_find_message_locked(struct db *db, struct arena *arena, const char *message_id,
                                    struct fiat_batch *ret_row, struct err *err) MUST_CHECK;
/* NULL: any. */
bool fiat_batch_list(struct db *db, const char *state, const char *currency_id,
                     struct listing *listing, struct listed *ret_listed, struct err *err)
    MUST_CHECK;

/* ---- their withdrawals ---- */

struct fiat_batch_item {
    uint64_t withdraw_id;
    const char *receiver;    /* sealed */
    const char *order_state; /* NULL: a file; new, asked (it may be paid), taken, ended */
    const char *error;       /* what went wrong last; NULL: nothing */
    uint64_t attempts;
    int64_t next_at;
    const char *bank_status, *bank_reason; /* what the bank said of it; NULL: nothing */
    /* read only, of the withdrawal */
    const char *tid, *uid, *withdraw_state;
    struct dec amount;
    /* read only, of the batch */
    uint64_t batch_id;
    const char *currency_id;
    int64_t released_at; /* when it last changed, until it is released */
};

/* ERR_CONFLICT: the withdrawal is in a batch. */
bool fiat_batch_item_insert(struct db *db, uint64_t batch_id, uint64_t withdraw_id,
                            const char *receiver, struct err *err) MUST_CHECK;
/* By id of the withdrawal. */
bool fiat_batch_items(struct db *db, struct arena *arena, uint64_t batch_id,
                      struct listed *ret_listed, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND: it is in no batch. */
bool fiat_batch_item_find_locked(struct db *db, struct arena *arena, uint64_t withdraw_id,
                                 struct fiat_batch_item *ret_row, struct err *err) MUST_CHECK;
/* Writes order_state, error, attempts, next_at. */
bool fiat_batch_item_update(struct db *db, const struct fiat_batch_item *row, struct err *err)
    MUST_CHECK;
/* Writes bank_status and bank_reason. */
bool fiat_batch_item_hear(struct db *db, const struct fiat_batch_item *row, int64_t now_us,
                          struct err *err) MUST_CHECK;
/* Those for which the gateway is to be asked now, the longest due first. */
bool fiat_batch_items_due(struct db *db, struct arena *arena, int64_t now_us, size_t max,
                          struct listed *ret_listed, struct err *err) MUST_CHECK;
/* Those of batches that were released by `before_us` that the gateway has not ended, nor anybody else. */
bool fiat_batch_items_silent(struct db *db, int64_t before_us, struct listing *listing,
                             struct listed *ret_listed, struct err *err) MUST_CHECK;
/* All of a batch are new orders. */
bool fiat_batch_items_order(struct db *db, uint64_t batch_id, int64_t now_us, struct err *err)
    MUST_CHECK;
bool fiat_batch_item_delete(struct db *db, uint64_t withdraw_id, struct err *err) MUST_CHECK;
bool fiat_batch_items_delete(struct db *db, uint64_t batch_id, struct err *err) MUST_CHECK;

/* Ids, in order, of at most `max` that wait for a batch: accepted, or given up by one. */
bool fiat_batch_candidates(struct db *db, const char *currency_id, uint64_t *ret_ids, size_t max,
                           size_t *ret_count, struct err *err) MUST_CHECK;

/* ---- what was told ---- */

/* A file in which the bank said what became of a batch. */
struct fiat_report {
    uint64_t batch_id, maker_id; /* maker 0: from the shell */
    const char *message_id, *digest, *outcome;
};
bool fiat_report_insert(struct db *db, const struct fiat_report *row, int64_t now_us,
                        struct err *err) MUST_CHECK;
/* By batch_id and message_id; ERR_NOT_FOUND. Digest and outcome are the arena's. */
bool fiat_report_find(struct db *db, struct arena *arena, struct fiat_report *row, struct err *err)
    MUST_CHECK;

/* *ret_known: the same was told before. ERR_CONFLICT: something else was, of the same kind. */
bool fiat_payout_news_put(struct db *db, uint64_t withdraw_id, const char *source, const char *kind,
                          const char *event_id, int64_t now_us, bool *ret_known, struct err *err)
    MUST_CHECK;

#endif

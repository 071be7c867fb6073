/*
 * stopped_assets.h: the assets whose withdrawals and refunds are not signed, as accounting told them last: it
 * says the whole list again and again, so that a list that was lost is made good by the next one. Until then
 * what is here holds.
 */
#ifndef BLOCKCHAIN_STORE_STOPPED_ASSETS_H
#define BLOCKCHAIN_STORE_STOPPED_ASSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

enum { STOPPED_ASSETS_MAX = 2000 };

struct stopped_asset {
    const char *chain_key, *contract;
};

struct stopped_list {
    uint64_t
        told_at; /* accounting's microseconds: lists may come in another order than they were made */
    const struct stopped_asset *rows;
    size_t count;
};

/* In a transaction of the caller. A list frees only what no newer one has. */
bool stopped_assets_save(struct db *db, const struct stopped_list *list, int64_t now_us,
                         struct err *err) MUST_CHECK;

/* When the last list came; 0: never. */
bool stopped_assets_heard(struct db *db, int64_t *ret_us, struct err *err) MUST_CHECK;

/* Whether a transaction pays a payout that is stopped. */
bool stopped_assets_hold_tx(struct db *db, uint64_t tx_id, bool *ret_held, struct err *err)
    MUST_CHECK;

/* How many payouts of the chain wait for that, and are not over. */
bool stopped_payouts_count(struct db *db, const char *chain_key, uint64_t *ret_count,
                           struct err *err) MUST_CHECK;

/* SQL about one row of payouts: nothing is signed for it now. Collections and the like stay inside. */
#define PAYOUT_IS_STOPPED(payouts)                                                                 \
    "(" payouts ".purpose IN (0, 1) AND EXISTS (SELECT 1 FROM stopped_assets sa WHERE "            \
    "sa.chain_key = " payouts ".chain_key AND sa.contract = LOWER(" payouts ".contract)))"

#endif

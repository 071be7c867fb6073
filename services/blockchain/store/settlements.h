/*
 * settlements.h: what operators said of payouts that no rule can end. Rows are kept for ever. And what the blocks
 * that we took in say to it: who spent a coin or a number of an account of ours.
 *
 * The caller's connection, the caller's transaction.
 */
#ifndef BLOCKCHAIN_STORE_SETTLEMENTS_H
#define BLOCKCHAIN_STORE_SETTLEMENTS_H

#include "base/arena.h"
#include "blockchain/domain/settlement.h"
#include "blockchain/store/payouts.h"
#include "db/db.h"

enum { SETTLEMENT_FOUND_SIZE = 301, SETTLEMENT_WHO_SIZE = 65, SETTLEMENTS_SHOWN_MAX = 20 };

struct settlement_row {
    uint64_t id;
    char payout_id[PAYOUT_ID_CHARS_MAX + 1];
    char outcome[7];
    char evidence[SETTLEMENT_EVIDENCE_SIZE];
    const char *note;
    char state[9]; /* open, done, replaced */
    char found[SETTLEMENT_FOUND_SIZE];
    char proposed_by[SETTLEMENT_WHO_SIZE], confirmed_by[SETTLEMENT_WHO_SIZE]; /* "" : nobody */
    int64_t proposed_at, done_at;                                             /* 0: not yet */
};

struct settlement_list {
    struct settlement_row *rows;
    size_t count;
};

bool settlement_insert(struct db *db, const struct settlement_row *row, struct err *err) MUST_CHECK;
/* state, found, confirmed_by and done_at of the struct are stored. ERR_STATE_CONFLICT: it is not open. */
bool settlement_save(struct db *db, const struct settlement_row *row, struct err *err) MUST_CHECK;
/* The last ones of a payout, the newest first. */
bool settlements_of(struct db *db, struct arena *arena, const char *payout_id,
                    struct settlement_list *ret_list, struct err *err) MUST_CHECK;

/* ---- what is in blocks ---- */

struct settlement_spend {
    char txid[SETTLEMENT_TXID_SIZE]; /* "": nothing of ours on the best chain spends it */
    uint64_t height;
    bool is_failed; /* mined without effect */
};
bool settlement_spend_of(struct db *db, const char *chain_key, const struct settlement_used *used,
                         struct settlement_spend *ret_spend, struct err *err) MUST_CHECK;
bool settlement_spend_by(struct db *db, const char *chain_key, const char *txid,
                         struct settlement_spend *ret_spend, struct err *err) MUST_CHECK;

/* How many payouts of this destination, contract and amount a transaction is booked for, and its row (0: none),
 * which is locked. */
bool settlement_booked(struct db *db, const struct payout *payout, const char *txid,
                       const char *units, uint64_t *ret_tx_id, uint64_t *ret_count,
                       bool *ret_is_its_own, struct err *err) MUST_CHECK;

#endif

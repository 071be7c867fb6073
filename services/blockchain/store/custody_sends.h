/*
 * custody_sends.h: what custody providers were asked to pay, and what they said of it. A row is made with its
 * question (payout_txs.request) before the provider is asked, and counts every time that it was.
 *
 * The caller's connection, the caller's transaction.
 */
#ifndef BLOCKCHAIN_STORE_CUSTODY_SENDS_H
#define BLOCKCHAIN_STORE_CUSTODY_SENDS_H

#include "base/arena.h"
#include "blockchain/family/custody.h"
#include "blockchain/store/payout_txs.h"
#include "db/db.h"

enum { CUSTODY_SENDS_MAX = 200 };

struct custody_send_row {
    char payout_id[PAYOUT_ID_CHARS_MAX + 1];
    uint64_t tx_id;
    uint32_t asked, refused;
    int64_t asked_at_us; /* 0: never */
    char transfer_id[CUSTODY_ID_SIZE], approval_id[CUSTODY_ID_SIZE], said[CUSTODY_STATE_SIZE];
    int64_t failed_since_us; /* 0: it does not say so */
    uint32_t looks;
    int64_t next_look_us; /* 0: now */
};

/* The row of a payout, for a transaction that was just stored; of an earlier one, that the provider refused,
 * it keeps the counts. */
bool custody_send_put(struct db *db, const char *chain_key, const char *payout_id, uint64_t tx_id,
                      struct err *err) MUST_CHECK;
/* One is about to go out: `asked` moves on. ERR_STATE_CONFLICT: another did that. */
bool custody_send_asked(struct db *db, struct custody_send_row *row, int64_t now_us,
                        struct err *err) MUST_CHECK;
/* Everything but the ids of payout and transaction and `asked`. */
bool custody_send_save(struct db *db, const struct custody_send_row *row, struct err *err)
    MUST_CHECK;
/* ERR_NOT_FOUND. */
bool custody_send_find(struct db *db, const char *payout_id, struct custody_send_row *ret_row,
                       struct err *err) MUST_CHECK;
/* Those of transactions that are not over, and due; first come, first looked at. */
bool custody_sends_due(struct db *db, struct arena *arena, const char *chain_key, int64_t now_us,
                       struct custody_send_row **ret_rows, size_t *ret_count, struct err *err)
    MUST_CHECK;
/* A webhook came: look now. `transfer_id` "": at all of the chain. */
bool custody_sends_hasten(struct db *db, const char *chain_key, const char *transfer_id,
                          struct err *err) MUST_CHECK;

/* The provider took it: building becomes signed; txid "" : not told yet. ERR_CONFLICT: another payout has
 * that transaction. ERR_STATE_CONFLICT: it is over. */
bool custody_tx_taken(struct db *db, uint64_t tx_id, const char *txid, struct err *err) MUST_CHECK;

#endif

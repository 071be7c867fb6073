/*
 * payout_txs.h: the transactions that pay payouts. A row is made, with what the signer will be asked,
 * before it is asked; the bytes are stored before a node hears of them; nothing is deleted. `building`
 * rows ask the signer the same again after a crash: the same request has the same signature.
 *
 * Texts belong to the arena that was given. The caller's connection, the caller's transaction.
 */
#ifndef BLOCKCHAIN_STORE_PAYOUT_TXS_H
#define BLOCKCHAIN_STORE_PAYOUT_TXS_H

#include "blockchain/store/payouts.h"

enum payout_tx_state {
    PAYOUT_TX_BUILDING = 0, /* the signer may have been asked */
    PAYOUT_TX_SIGNED = 1,   /* bytes stored: from here on it may be mined at any time */
    PAYOUT_TX_MINED = 2,    /* deep enough */
    PAYOUT_TX_VOID = 3,     /* proven that it can't be mined: its inputs or nonce went elsewhere */
    PAYOUT_TX_DROPPED = 4,  /* the signer says that it signed nothing */
    PAYOUT_TX_ASIDE = 5     /* the signer may have signed it, and does not say more: coins */
};

enum { PAYOUT_TXID_SIZE = 67, PAYOUT_TXS_MAX = 500 };

struct payout_tx {
    uint64_t id;
    char chain_key[33];
    enum payout_tx_state state;
    char from[PAYOUT_ADDRESS_SIZE];
    bool has_nonce;
    uint64_t nonce;
    uint64_t replaces; /* 0: none */
    const char *request;
    char txid[PAYOUT_TXID_SIZE]; /* "" until signed */
    const char *raw;             /* NULL until signed */
    char fee_units[PAYOUT_UNITS_SIZE];
    uint32_t vsize;
    uint64_t max_fee, tip;
    uint64_t stored_height;
    uint64_t
        sent_height; /* when it was offered to a node last; of a dropped one, when it was refused */
    uint64_t mined_height; /* 0: not seen in a block */
    bool mined_ok;
    uint64_t void_height; /* 0: nothing seen */
    bool fee_told;
};

struct payout_tx_list {
    struct payout_tx *rows;
    size_t count;
};

bool payout_tx_insert(struct db *db, const struct payout_tx *tx, int64_t now_us, uint64_t *ret_id,
                      struct err *err) MUST_CHECK;
bool payout_payment_insert(struct db *db, uint64_t tx_id, const char *payout_id, const char *units,
                           struct err *err) MUST_CHECK;
/* The payments of a transaction, for another that replaces it. */
bool payout_payments_copy(struct db *db, uint64_t from_tx, uint64_t to_tx, struct err *err)
    MUST_CHECK;

/* What each of them gets, in the order of payouts_of_tx(). */
bool payout_payments_of(struct db *db, uint64_t tx_id, uint64_t *ret_units, size_t max,
                        size_t *ret_count, struct err *err) MUST_CHECK;

/* What one of them gets; ERR_NOT_FOUND. */
bool payout_payment_units(struct db *db, uint64_t tx_id, const char *payout_id,
                          char ret_units[static PAYOUT_UNITS_SIZE], struct err *err) MUST_CHECK;

/* ERR_NOT_FOUND. */
bool payout_tx_find(struct db *db, struct arena *arena, uint64_t id, struct payout_tx *ret_tx,
                    struct err *err) MUST_CHECK;
/* Of one state, oldest first. */
bool payout_txs_in(struct db *db, struct arena *arena, const char *chain_key,
                   enum payout_tx_state state, struct payout_tx_list *ret_list, struct err *err)
    MUST_CHECK;
/* Mined ones above a height, which a deep reorganisation may take back, and those that one took back; by id,
 * behind `after`, PAYOUT_TXS_MAX of them. */
bool payout_txs_mined_above(struct db *db, struct arena *arena, const char *chain_key,
                            uint64_t height, uint64_t after, struct payout_tx_list *ret_list,
                            struct err *err) MUST_CHECK;
/* All that ever were to pay a payout. */
bool payout_txs_of(struct db *db, struct arena *arena, const char *payout_id,
                   struct payout_tx_list *ret_list, struct err *err) MUST_CHECK;
/* Those with a nonce of an address: its transaction and its replacements, dropped ones as well. */
bool payout_txs_at_nonce(struct db *db, struct arena *arena, const struct payout_tx *like,
                         struct payout_tx_list *ret_list, struct err *err) MUST_CHECK;

/* The one that was made in its place; ERR_NOT_FOUND: none. */
bool payout_tx_replacement(struct db *db, uint64_t id, uint64_t *ret_id, struct err *err)
    MUST_CHECK;

/* Whether a block that we took in holds it, or another transaction of its payouts. */
bool payout_tx_is_paid(struct db *db, uint64_t id, bool *ret_paid, struct err *err) MUST_CHECK;

/* building -> signed, with the bytes. ERR_STATE_CONFLICT: it is not building. */
bool payout_tx_signed(struct db *db, uint64_t id, const char *txid, const char *raw,
                      uint64_t height, struct err *err) MUST_CHECK;
/* Stores state, heights, fee_units, mined_ok, fee_told as they are in the struct; ERR_STATE_CONFLICT
 * unless the row is still in state `from`. */
bool payout_tx_save(struct db *db, const struct payout_tx *tx, enum payout_tx_state from,
                    struct err *err) MUST_CHECK;

/* What is on its way out of an address and in no block yet: payments of one asset, and, for the native
 * coin, the fees at their most. Transactions that were replaced don't count. */
bool payouts_outgoing(struct db *db, const char *chain_key, const char *from, const char *contract,
                      char ret_units[static PAYOUT_UNITS_SIZE], struct err *err) MUST_CHECK;

/* ---- nonces ---- */

enum { PAYOUT_SENDERS_MAX = 64 };
struct payout_sender {
    char address[PAYOUT_ADDRESS_SIZE];
    uint64_t last_nonce; /* the highest that is signed for and in no block */
};
/* Addresses whose transactions with nonces are on their way. */
bool payout_senders(struct db *db, struct arena *arena, const char *chain_key,
                    struct payout_sender **ret_rows, size_t *ret_count, struct err *err) MUST_CHECK;
/* How many of the nonces from `first` to `last` a transaction has that may be, or was, mined. */
bool nonces_held(struct db *db, const char *chain_key, const char *address, uint64_t first,
                 uint64_t last, uint64_t *ret_count, struct err *err) MUST_CHECK;

/* Gives the next nonce of an address and moves on; locks its row. `at_least` is what the chain says for
 * a first use. ERR_STATE_CONFLICT with the reason: the address was stopped. */
bool nonce_take(struct db *db, const char *chain_key, const char *address, uint64_t at_least,
                uint64_t *ret_nonce, struct err *err) MUST_CHECK;
/* Gives one back that was the last to be taken and was not signed for. */
bool nonce_give_back(struct db *db, const char *chain_key, const char *address, uint64_t nonce,
                     struct err *err) MUST_CHECK;
/* 0 and "" when the address never sent. */
bool nonce_find(struct db *db, const char *chain_key, const char *address, uint64_t *ret_next,
                char ret_stopped[static PAYOUT_REASON_SIZE], struct err *err) MUST_CHECK;
bool nonce_stop(struct db *db, const char *chain_key, const char *address, const char *reason,
                struct err *err) MUST_CHECK;

#endif

/* payout_coin_read.h: what transactions of Bitcoin-like chains say, those that we asked for and those that are mined. */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_COIN_READ_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_COIN_READ_H

#include "blockchain/actions/payout_worker.h"
#include "chain/coin_tx.h"

/* What a stored question would have signed. ERR_INVALID: it has no PSBT (operators named the transaction). */
bool payout_psbt_of_request(const char *request, struct arena *arena, struct coin_tx *ret_tx,
                            struct err *err) MUST_CHECK;

/* The fee of a mined transaction, if all that it spends were coins of ours; else "". */
bool payout_coin_fee(struct payout_worker *worker, const char *txid,
                     char ret_units[static PAYOUT_UNITS_SIZE], struct err *err) MUST_CHECK;

/* A question to a node: the whole bytes of a transaction. `arg` is a struct coin_raw_question. */
struct coin_raw_question {
    const char *txid;
    struct str *out;
};
bool coin_ask_raw(struct node *node, void *arg, struct err *err) MUST_CHECK;

#endif

/*
 * payout_coin.h: what the files about payouts of Bitcoin-like chains share: a transaction that is being
 * made, and how it is stored. payout_coin.c makes new ones, payout_coin_later.c replaces them and finds
 * out whether they are void.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_COIN_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_COIN_H

#include "blockchain/actions/payout_psbt.h"
#include "blockchain/actions/payout_worker.h"
#include "blockchain/domain/coin_select.h"
#include "blockchain/store/coins.h"

/* A transaction that is being made. */
struct coin_plan {
    struct payout_worker *worker;
    const struct payout *payouts[PAYOUT_BATCH_MAX];
    struct psbt_payment payments[PAYOUT_BATCH_MAX];
    struct own_address
        receivers[PAYOUT_BATCH_MAX]; /* of collections and offloads, if they are ours */
    size_t count;
    const struct coin *coins[COIN_INPUTS_MAX];
    size_t coins_count;
    struct own_address change;
    uint64_t change_units, fee;
    uint32_t vsize;
    const struct payout_tx *replaces; /* NULL: it is a first one */
    struct str psbt;
    uint64_t tx_id;
};

struct coin_rate_question {
    const char *speed;
    struct fee_rate rate;
};
/* A provider_question over it. */
bool coin_ask_rate(struct node *node, void *question, struct err *err);

void coin_plan_add(struct coin_plan *plan, const struct payout *payout);

/* The payment that bears a fee which comes off what is sent: the largest. */
size_t coin_plan_bearer(const struct coin_plan *plan);

/* Coins, change and payments are decided: the PSBT, and the rows, committed. ret_tx 0: somebody was
 * faster. */
bool coin_plan_reserve(struct coin_plan *plan, uint64_t *ret_tx, struct err *err) MUST_CHECK;

/* ---- of the family; payout_coin_later.c ---- */

bool coin_is_void(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_void,
                  struct err *err);
bool coin_bump(struct payout_worker *worker, const struct payout_tx *tx, uint64_t *ret_tx,
               struct err *err);

#endif

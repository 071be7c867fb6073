/*
 * payout_evm.h: what the files about payouts of Ethereum-like chains share. payout_evm.c makes
 * transactions, payout_evm_later.c replaces them and finds out whether they are void.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_EVM_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_EVM_H

#include "blockchain/actions/payout_worker.h"

/* A rate is twice the base fee and the tip. */
static inline uint64_t evm_base_fee_of(const struct fee_rate *rate)
{
    return rate->per_unit > rate->priority ? (rate->per_unit - rate->priority) / 2 : 0;
}

/* The key of an address is used by somebody else: nothing goes out from it any more, and it is told. */
bool evm_nonce_alarm(struct payout_worker *worker, const char *address, uint64_t chain_nonce,
                     struct err *err) MUST_CHECK;

/* ---- of the family ---- */

bool evm_is_void(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_void,
                 struct err *err);
bool evm_bump(struct payout_worker *worker, const struct payout_tx *tx, uint64_t *ret_tx,
              struct err *err);

#endif

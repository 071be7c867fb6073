/*
 * payout_evm.h: what the files about payouts of Ethereum-like chains share. payout_evm.c makes
 * transactions, payout_evm_later.c replaces them and finds out whether they are void.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_EVM_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_EVM_H

#include "blockchain/actions/payout_worker.h"

/* The price of the day, by what the node says. ERR_OVERFLOW: above the cap. */
bool evm_price_today(const struct fee_bounds *bounds, const struct fee_rate *rate,
                     struct gas_price *ret_price, struct err *err) MUST_CHECK;

/* The members of a question to the signer that say it. */
void evm_price_write(struct gas_price price, bool is_gas_price, struct str *out);

/* The key of an address is used by somebody else: nothing goes out from it any more, and it is told. */
bool evm_nonce_alarm(struct payout_worker *worker, const char *address, uint64_t chain_nonce,
                     struct err *err) MUST_CHECK;

/* ---- of the family ---- */

bool evm_is_void(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_void,
                 struct err *err);
bool evm_bump(struct payout_worker *worker, const struct payout_tx *tx, uint64_t *ret_tx,
              struct err *err);

#endif

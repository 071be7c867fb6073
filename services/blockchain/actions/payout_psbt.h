/*
 * payout_psbt.h: a transaction of a Bitcoin-like chain as the signer and cold wallets take it: BIP-174,
 * with the coins it spends, and the paths of the keys that sign and of our change. Nothing in it is
 * secret. The bytes follow from the plan alone: made twice they are the same.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_PSBT_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_PSBT_H

#include "blockchain/actions/payout_worker.h"
#include "blockchain/store/coins.h"

struct psbt_payment {
    const char *to;
    uint64_t units;
};

struct psbt_plan {
    const struct coin *coins;
    size_t coins_count;
    const struct psbt_payment *payments;
    size_t payments_count;
    const struct own_address *change; /* where `change_units` go */
    uint64_t change_units;            /* 0: there is no change */
};

/* Appends the PSBT as base64. */
bool payout_psbt_write(struct payout_worker *worker, const struct psbt_plan *plan, struct str *out,
                       struct err *err) MUST_CHECK;

/* The bytes of an output to an address; ERR_INVALID. */
bool payout_output_vsize(const struct payout_worker *worker, const char *address,
                         uint32_t *ret_vsize, struct err *err) MUST_CHECK;

void account_keys_free(struct account_keys *keys); /* NULL is fine */

#endif

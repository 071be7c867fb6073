/*
 * payout_safe.h: payouts out of Safe contract wallets (Ethereum-like chains). A hot wallet whose gateway is
 * `gnosis` is such a contract; withdrawals of its currencies leave it:
 *
 *     reserve its next number for the payout, for ever ─► owners sign, until there are enough ─► execTransaction(),
 *     an ordinary transaction of the hot account, which pays the gas alone
 *
 * A signature of an owner is good whoever sends it, so from the reservation on the payout can't be
 * cancelled, and it is over only when the contract has taken the number: with the transaction of ours, which its log
 * says, or with another one. That the gas was paid for nothing ends nothing. One payout of a Safe at a
 * time.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_SAFE_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_SAFE_H

#include "blockchain/actions/payout_worker.h"
#include "blockchain/store/safe_txs.h"

/* What the Safe is to do: the payout, as a call. */
struct safe_call {
    const char *to, *data; /* data: "0x..." */
    char value[PAYOUT_UNITS_SIZE];
};

/* Whether the payout leaves a Safe; its address in ret_safe, "" if not. One that was begun there stays there. */
bool payout_safe_of(struct payout_worker *worker, const struct payout *payout,
                    char ret_safe[static PAYOUT_CONTRACT_SIZE], struct err *err) MUST_CHECK;

/* As far as it gets now: ret_wait NULL: ret_row has the call with the signatures of enough owners. */
bool payout_safe_prepare(struct payout_worker *worker, const struct payout *payout,
                         const char *safe, const struct safe_call *call, struct safe_row *ret_row,
                         const char **ret_wait, struct err *err) MUST_CHECK;

/* Ends those whose number the contract has taken, as deep as the chain wants it. */
bool payouts_safe_watch(struct payout_worker *worker, struct err *err) MUST_CHECK;

#endif

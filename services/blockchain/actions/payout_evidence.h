/*
 * payout_evidence.h: what the chain says of a payout that operators settle. Nodes are asked, nothing is written.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_EVIDENCE_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_EVIDENCE_H

#include "blockchain/actions/payout_worker.h"
#include "blockchain/store/settlements.h"

struct payment_evidence {
    char txid[SETTLEMENT_TXID_SIZE];
    char units[PAYOUT_UNITS_SIZE]; /* that arrived */
    size_t matches;                /* how often so much arrived: outputs, logs */
    uint64_t height, confirmations;
    char fee_units[PAYOUT_UNITS_SIZE]; /* "" : not known */
    bool is_ours;                      /* it spends our money */
};

/* The transaction `txid` pays the payout, in a block that we took in, deep enough. ERR_INVALID with a key: it does not. */
bool evidence_of_payment(struct payout_worker *worker, const struct payout *payout,
                         const char *txid, struct payment_evidence *ret_evidence, struct err *err)
    MUST_CHECK;

/* Nothing that was signed for the payout can be mined any more. *ret_is_proven false: so far as `used` is all that
 * the signer signed for without us. ERR_STATE_CONFLICT with a key: something may be. */
bool evidence_of_none(struct payout_worker *worker, const struct payout *payout,
                      enum settlement_case which, const char *used, bool *ret_is_proven,
                      char ret_found[static SETTLEMENT_FOUND_SIZE], struct err *err) MUST_CHECK;

#endif

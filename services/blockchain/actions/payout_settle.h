/*
 * payout_settle.h: operators end a payout that no rule can end (domain/settlement.h). They say that a transaction
 * paid it, or that it was never paid; we ask the chain.
 *
 *   paid    the transaction is in a block of ours, deep enough, pays exactly so much to the address, and is not
 *           booked for another payout. Proven when it spends our own money; else a second operator confirms.
 *   unpaid  nothing that was signed for it can be mined any more: what it uses up is spent by something else,
 *           deep enough, and that does not pay it. Proven when all transactions are ours and known; of one that
 *           the signer signed without us the operators say what it uses up (it is in the signer's audit file),
 *           and two have to say the same. Of a custodian: he knows nothing of it, and two say so.
 *
 * Exactly once: under the lock of the chain's executor, and the payout moves by compare and set. Everything that
 * was said is kept (payout_settlements).
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_SETTLE_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_SETTLE_H

#include "base/arena.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/store/settlements.h"

struct settle_request {
    const char *payout_id;
    const char *outcome;  /* "paid", "unpaid" */
    const char *evidence; /* a transaction (a custodian's transfer), or what was used up; "" */
    const char *note;     /* why, for those who read it later */
    const char *operator_uid;
};

/* *ret_row: what is kept of it; state "open": a second operator has to say the same. The same again, when it is
 * done, is fine. ERR_NOT_FOUND; ERR_STATE_CONFLICT, ERR_INVALID with a key: it can't be settled, or not so. */
bool payout_settle(struct blockchain *app, struct db *db, struct arena *arena,
                   const struct settle_request *asked, struct settlement_row *ret_row,
                   struct err *err) MUST_CHECK;

#endif

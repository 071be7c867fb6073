/*
 * payout_custody.h: payouts by a custodian, who has the keys and the chain. The rule of payout_worker.h in
 * other words: that he is asked is committed before he hears of it, under a name that is the payout's for
 * ever (his sequence id); what became of it is asked for by that name, again and again.
 *
 *     due ─► build ─► ask ─► look ─► confirmed
 *            question   "asked" is    by the sequence id;   failed: he says so, for CUSTODY_FAILED_S
 *            stored     committed     no word is `unknown`
 *                       first
 *
 * A payout goes back to waiting only when he refused every question that may have reached him and knows no
 * transfer of that name. His word is taken when the transfer is the one that was asked for, to the unit;
 * anything else changes nothing and is a trouble in the log.
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_CUSTODY_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_CUSTODY_H

#include "blockchain/actions/payout_worker.h"
#include "blockchain/family/custody.h"
#include "blockchain/store/custody_sends.h"

/* One payment in hand. */
struct custody_payment {
    struct payout_worker *worker;
    struct custody_send_row row;
    struct payout_tx tx;
    struct payout payout;
    char units[PAYOUT_UNITS_SIZE]; /* what arrives */
};

bool custody_payment_load(struct payout_worker *worker, const struct custody_send_row *row,
                          struct custody_payment *ret_payment, struct err *err) MUST_CHECK;

/* Asks, or looks what became of it; whichever is next. */
bool custody_go_on(struct custody_payment *payment, struct err *err) MUST_CHECK;

/* His transfer of this payment, judged to be ours. ERR_NOT_FOUND: he has none of its name. */
bool custody_look_up(const struct custody_payment *payment, struct custody_transfer *ret_transfer,
                     struct err *err) MUST_CHECK;
/* The same of a transfer that somebody names, which may have no sequence id. */
bool custody_look_at(const struct custody_payment *payment, const char *transfer_id,
                     struct custody_transfer *ret_transfer, struct err *err) MUST_CHECK;

/* ---- what follows from his word; each in a transaction of its own ---- */

/* The transfer is there and was judged to be ours. */
bool custody_take(struct custody_payment *payment, const struct custody_transfer *transfer,
                  struct err *err) MUST_CHECK;
/* The same in the caller's transaction. */
bool custody_take_within(struct db *db, struct custody_payment *payment,
                         const struct custody_transfer *transfer, struct err *err) MUST_CHECK;
/* People there have to approve it, and there is no transfer yet. */
bool custody_hold(struct custody_payment *payment, const char *approval_id, struct err *err)
    MUST_CHECK;
/* They said no. */
bool custody_rejected(struct custody_payment *payment, struct err *err) MUST_CHECK;
/* He did nothing. */
bool custody_give_back(struct custody_payment *payment, const struct custody_answer *answer,
                       struct err *err) MUST_CHECK;
/* Nobody can say: `unknown`, with this reason. */
bool custody_lose(struct custody_payment *payment, const char *reason, struct err *err) MUST_CHECK;

#endif

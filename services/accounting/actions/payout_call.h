/*
 * payout_call.h: the gateway is asked to pay, or not to pay any more. Both may be asked again and again
 * with the same effect: the name of a payment ("withdraw-7") and its body never change. Calls of other
 * services, so never inside a transaction.
 */
#ifndef ACCOUNTING_ACTIONS_PAYOUT_CALL_H
#define ACCOUNTING_ACTIONS_PAYOUT_CALL_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "accounting/store/payout_requests.h"
#include "base/err.h"

enum payout_verdict {
    PAYOUT_TAKEN,   /* the gateway has it */
    PAYOUT_REFUSED, /* and never will */
    PAYOUT_DIFFERS  /* it has another one of this name */
};

struct payout_answer {
    enum payout_verdict verdict;
    const char *state; /* of the payment, in the arena; NULL: not told */
    const char *error; /* refused, differs: the gateway's word; NULL: none */
};

/* ERR_PEER_UNAVAILABLE: nobody knows whether it arrived; ask again. */
bool payout_ask(const struct outgoing *outgoing, const struct payout_request *request,
                struct payout_answer *ret_answer, struct err *err) MUST_CHECK;

/*
 * After this no payment of the withdrawal can go out: there never was a request (*ret_existed false), or
 * the gateway has it as cancelled and will never sign it. ERR_STATE_CONFLICT: it is signed;
 * ERR_PEER_UNAVAILABLE: nobody knows.
 *
 * is_by_hand: somebody pays in another way. Then the gateway's news of the cancellation must not give the
 * funds back, and the row says "stopping" before it is asked.
 */
bool payout_stop(const struct outgoing *outgoing, uint64_t withdraw_id, bool is_by_hand,
                 bool *ret_existed, struct err *err) MUST_CHECK;

/* In the transaction of the move that follows: marks the request as ended. ERR_STATE_CONFLICT: there
 * was none when it was stopped, and now there is one. */
bool payout_end(const struct outgoing *outgoing, uint64_t withdraw_id, bool existed,
                struct err *err) MUST_CHECK;

#endif

/*
 * fiat_payout.h: what a bank or a payment gateway tells of a withdrawal that it was asked to pay: it is paid, or
 * the money came back. In a transaction with what follows: the ledger, or the refund. Nothing is ever
 * refunded for silence.
 */
#ifndef ACCOUNTING_ACTIONS_FIAT_PAYOUT_H
#define ACCOUNTING_ACTIONS_FIAT_PAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/withdraw.h"
#include "base/err.h"
#include "payment/payment.h"

struct fiat_payout_told {
    const char *tid, *source, *event_id;
    bool is_paid;            /* else it came back */
    bool by_gateway;         /* it is heard of nothing but what it was asked to pay */
    const char *currency_id; /* NULL: not said */
    struct dec amount;       /* 0: not said */
    const char *reason;      /* NULL or "": none */
};

enum fiat_payout_outcome {
    FIAT_PAYOUT_DONE,  /* it moved */
    FIAT_PAYOUT_KNOWN, /* it was where it belongs */
    FIAT_PAYOUT_LATE /* it came back after it had been paid: nothing moved, what came is to be credited */
};

/* ERR_NOT_FOUND: no such fiat withdrawal; ERR_CONFLICT: of another amount, or told twice; ERR_STATE_CONFLICT:
 * it was not to be paid. */
bool fiat_payout_hear(const struct outgoing *outgoing, const struct fiat_payout_told *told,
                      enum fiat_payout_outcome *ret_outcome, struct withdraw *ret_row,
                      struct err *err) MUST_CHECK;

/* The same within a transaction of the caller's, who wakes the outbox after it. */
bool fiat_payout_hear_within(const struct outgoing *outgoing, const struct fiat_payout_told *told,
                             enum fiat_payout_outcome *ret_outcome, struct withdraw *ret_row,
                             struct err *err) MUST_CHECK;

/* The same of a payment gateway's PAYOUT_PAID or PAYOUT_FAILED; outgoing->actor is its name. ERR_STATE_CONFLICT as well:
 * it failed after it had been paid, which is for people to look at. */
bool fiat_payout_hear_gateway(const struct outgoing *outgoing, const struct payment_news *news,
                              struct err *err) MUST_CHECK;

/* Whether the payment gateway was asked to pay, and may have done so: nobody gives funds back. On a withdrawal that
 * the caller has locked. */
bool fiat_payout_is_asked(const struct outgoing *outgoing, uint64_t withdraw_id, bool *ret_is_asked,
                          struct err *err) MUST_CHECK;

#endif

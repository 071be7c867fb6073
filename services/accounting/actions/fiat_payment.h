/*
 * fiat_payment.h: money that came by bank. What a gateway or a statement tells is kept once, by its
 * name; it is credited when the reference says whose it is and it is not large. Else it is parked
 * until an operator says whose it is, or waits until a second one approves. In one transaction
 * with the deposit and its ledger rows.
 */
#ifndef ACCOUNTING_ACTIONS_FIAT_PAYMENT_H
#define ACCOUNTING_ACTIONS_FIAT_PAYMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/actions/chain_event.h"
#include "accounting/store/fiat_payments.h"

struct fiat_incoming {
    const char *source, *event_id, *currency_id;
    const char *reference, *payer, *payer_account; /* NULL or "": none */
    const char *park_reason; /* NULL: look at it; else it is parked for this */
    struct dec amount;
    uint64_t maker_id;  /* the operator who brought it; 0: nobody did */
    uint64_t member_id; /* a payout of his came back: somebody approves it; 0: the reference says */
};

/* *ret_known: it was told before, and nothing happened now. ERR_CONFLICT: the name was told with other
 * contents. */
bool fiat_payment_receive(struct chain_tx *tx, const struct fiat_incoming *incoming,
                          struct fiat_payment *ret_payment, bool *ret_known, struct err *err)
    MUST_CHECK;

/* ---- transactions of their own ---- */

bool fiat_payment_take(struct accounting *app, const struct change *change,
                       const struct fiat_incoming *incoming, struct fiat_payment *ret_payment,
                       bool *ret_known, struct err *err) MUST_CHECK;

/* The bank took it back. Not credited yet: it never will be. Credited: what the member still has of it is
 * frozen, as when a deposit leaves its chain. ERR_NOT_FOUND: it was never told of. */
struct fiat_reversal {
    const char *source, *event_id;
    struct dec amount; /* ERR_CONFLICT: the payment's is another one; 0: not said */
};
/* *ret_known: it was taken back before. */
bool fiat_payment_reverse(struct accounting *app, const struct change *change,
                          const struct fiat_reversal *reversal, struct fiat_payment *ret_payment,
                          bool *ret_known, struct err *err) MUST_CHECK;

/* What operators do. ERR_STATE_CONFLICT; ERR_INVALID with a key. */
struct fiat_decision {
    uint64_t id, operator_id;
    const char *uid;    /* assign: whose it is */
    const char *note;   /* NULL: none */
    struct dec collect; /* claim, settle: of what the member has, beside what is frozen */
};
bool fiat_payment_assign(struct accounting *app, const struct change *change,
                         const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                         struct err *err) MUST_CHECK;
bool fiat_payment_approve(struct accounting *app, const struct change *change,
                          const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                          struct err *err) MUST_CHECK;
/* Credited and taken back: one says how the claim is settled (what is frozen and `collect` are taken from the member, the
 * rest is written off), another one approves. Who settles says the same `collect`, or it has `changed`.
 * ERR_FUNDS_INSUFFICIENT: the member has not got that. */
bool fiat_payment_claim(struct accounting *app, const struct change *change,
                        const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                        struct err *err) MUST_CHECK;
bool fiat_payment_settle(struct accounting *app, const struct change *change,
                         const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                         struct err *err) MUST_CHECK;
bool fiat_payment_refuse(struct accounting *app, const struct change *change,
                         const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                         struct err *err) MUST_CHECK;

#endif

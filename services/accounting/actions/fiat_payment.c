#include "accounting/actions/fiat_payment.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/deposit_fiat.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "accounting/store/members.h"
#include "iso20022/reference.h"

enum { TID_SIZE = 32 };

/* ---- whose it is ---- */

static bool is_none(const char *text)
{
    return !text || !*text;
}

/* *ret_reason NULL: the payment has its member. */
static bool owner_find(struct chain_tx *tx, struct fiat_payment *payment, const char **ret_reason,
                       struct err *err)
{
    char reference[CREDITOR_REFERENCE_SIZE];
    struct payment_reference owner;
    *ret_reason = FIAT_NO_REFERENCE;
    if (is_none(payment->reference) ||
        !creditor_reference_find(payment->reference, PAYMENT_REFERENCE_LENGTH, reference))
        return true;
    *ret_reason = FIAT_UNKNOWN_REFERENCE;
    if (!payment_reference_find(tx->db, reference, &owner, err))
        return err->code == ERR_NOT_FOUND;
    *ret_reason = FIAT_OTHER_CURRENCY;
    if (strcmp(owner.currency_id, payment->currency_id) != 0)
        return true;
    payment->member_id = owner.member_id;
    *ret_reason = NULL;
    return true;
}

/* Why it can't be credited as things are; NULL: it can. */
static bool terms_check(struct chain_tx *tx, const struct fiat_payment *payment,
                        const char **ret_reason, struct err *err)
{
    struct currency currency;
    struct network network;
    struct member member;
    *ret_reason = FIAT_UNKNOWN_CURRENCY;
    if (!currency_get(tx->db, tx->arena, payment->currency_id, &currency, err))
        return err->code == ERR_NOT_FOUND;
    if (currency.is_coin)
        return true;
    if (!members_by_id(tx->db, payment->member_id, &member, err) ||
        !network_find_of_currency_locked(tx->db, tx->arena, currency.id, &network, err))
        return false;
    *ret_reason = !network.deposit_enabled || strcmp(currency.status, "disabled") == 0
                      ? FIAT_DEPOSIT_DISABLED
                  : strcmp(member.state, "active") != 0 ? FIAT_MEMBER_INACTIVE
                                                        : NULL;
    return true;
}

/* An unknown price does not make a payment small. */
static bool is_large(struct chain_tx *tx, const struct fiat_payment *payment, bool *ret_large,
                     struct err *err)
{
    const char *bound = tx->app->config->fiat_approval_above;
    struct currency currency;
    struct dec above, value;
    *ret_large = false;
    if (!*bound)
        return true;
    if (!currency_get(tx->db, tx->arena, payment->currency_id, &currency, err))
        return false;
    *ret_large = !dec_parse(bound, &above) || !dec_is_positive(currency.price) ||
                 !dec_mul(payment->amount, currency.price, DEC_UP, &value) ||
                 dec_cmp(value, above) > 0;
    return true;
}

/* ---- the credit ---- */

static bool credit(struct chain_tx *tx, struct fiat_payment *payment, struct err *err)
{
    struct member member;
    struct deposit deposit;
    char tid[TID_SIZE];
    snprintf(tid, sizeof(tid), "FIAT%lu", (unsigned long)payment->id);
    if (!members_by_id(tx->db, payment->member_id, &member, err))
        return false;
    const struct deposit_fiat_draft draft = {
        .uid = member.uid,
        .currency_id = payment->currency_id,
        .tid = tid,
        .amount = payment->amount,
        .accept = true,
    };
    if (!deposit_fiat_in(tx, &draft, &deposit, err) ||
        !fiat_payment_move(payment, FIAT_CREDIT, err))
        return false;
    payment->deposit_id = deposit.id;
    payment->reason = NULL;
    return true;
}

static bool park(struct chain_tx *tx, struct fiat_payment *payment, const char *reason,
                 struct err *err)
{
    payment->reason = reason;
    metric_add(tx->app->metrics, METRIC_FIAT_PARKED, 1);
    return fiat_payment_update(tx->db, payment, tx->now_us, err);
}

/* Money that went out and came back after it had been booked. */
static bool hold(struct chain_tx *tx, struct fiat_payment *payment, uint64_t member_id,
                 struct err *err)
{
    payment->member_id = member_id;
    payment->reason = FIAT_RETURNED;
    return fiat_payment_move(payment, FIAT_HOLD, err) &&
           fiat_payment_update(tx->db, payment, tx->now_us, err);
}

/* A new row: as far as it goes by itself. */
static bool go_on(struct chain_tx *tx, struct fiat_payment *payment, struct err *err)
{
    const char *reason;
    bool large;
    if (!owner_find(tx, payment, &reason, err) ||
        (!reason && !terms_check(tx, payment, &reason, err)))
        return false;
    if (reason)
        return park(tx, payment, reason, err);
    if (!is_large(tx, payment, &large, err))
        return false;
    if (large) {
        payment->reason = FIAT_LARGE;
        return fiat_payment_move(payment, FIAT_HOLD, err) &&
               fiat_payment_update(tx->db, payment, tx->now_us, err);
    }
    if (credit(tx, payment, err))
        return fiat_payment_update(tx->db, payment, tx->now_us, err);
    /* A sentence about the amount: nothing was written. */
    return err->code == ERR_INVALID && !err->key && park(tx, payment, FIAT_BAD_AMOUNT, err);
}

static bool known(struct chain_tx *tx, const struct fiat_payment *told,
                  struct fiat_payment *ret_payment, struct err *err)
{
    if (!fiat_payment_find_event_locked(tx->db, tx->arena, told->source, told->event_id,
                                        ret_payment, err))
        return false;
    return strcmp(ret_payment->digest, told->digest) == 0 ||
           err_set_key(err, ERR_CONFLICT, "public.payment.differs",
                       "payment %s of %s was told with other contents", told->event_id,
                       told->source);
}

bool fiat_payment_receive(struct chain_tx *tx, const struct fiat_incoming *incoming,
                          struct fiat_payment *ret_payment, bool *ret_known, struct err *err)
{
    char digest[FIAT_DIGEST_SIZE];
    struct fiat_payment payment = {
        .source = incoming->source,
        .event_id = incoming->event_id,
        .state = FIAT_PARKED,
        .amount = incoming->amount,
        .reference = is_none(incoming->reference) ? NULL : incoming->reference,
        .payer = is_none(incoming->payer) ? NULL : incoming->payer,
        .payer_account = is_none(incoming->payer_account) ? NULL : incoming->payer_account,
        .maker_id = incoming->maker_id,
    };
    snprintf(payment.currency_id, sizeof(payment.currency_id), "%s", incoming->currency_id);
    fiat_payment_digest(&payment, digest);
    payment.digest = digest;
    *ret_known = false;
    if (!fiat_payment_insert(tx->db, &payment, tx->now_us, err)) {
        *ret_known = true;
        return err->code == ERR_CONFLICT && known(tx, &payment, ret_payment, err);
    }
    if (!(incoming->member_id     ? hold(tx, &payment, incoming->member_id, err)
          : incoming->park_reason ? park(tx, &payment, incoming->park_reason, err)
                                  : go_on(tx, &payment, err)))
        return false;
    payment.digest = NULL;
    *ret_payment = payment;
    return true;
}

/* ---- transactions of their own ---- */

struct work {
    const struct fiat_incoming *incoming;
    const struct fiat_decision *decision;
    const struct fiat_reversal *reversal;
    struct fiat_payment payment;
    bool known;
};

static bool run(struct accounting *app, const struct change *change, deposit_unit *unit,
                struct work *work, struct fiat_payment *ret_payment, struct err *err)
{
    return deposit_run(app, change, unit, work, err) &&
           fiat_payment_get(change->db, change->arena, work->payment.id, ret_payment, err);
}

static bool take_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    return fiat_payment_receive(tx, work->incoming, &work->payment, &work->known, err);
}

bool fiat_payment_take(struct accounting *app, const struct change *change,
                       const struct fiat_incoming *incoming, struct fiat_payment *ret_payment,
                       bool *ret_known, struct err *err)
{
    struct work work = {.incoming = incoming};
    if (!run(app, change, take_unit, &work, ret_payment, err))
        return false;
    *ret_known = work.known;
    return true;
}

static bool reverse_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    struct fiat_payment *payment = &work->payment;
    struct deposit deposit;
    const struct fiat_reversal *reversal = work->reversal;
    if (!fiat_payment_find_event_locked(tx->db, tx->arena, reversal->source, reversal->event_id,
                                        payment, err))
        return false;
    if (!dec_is_zero(reversal->amount) && dec_cmp(reversal->amount, payment->amount) != 0)
        return err_set(err, ERR_CONFLICT, "payment %lu is of another amount",
                       (unsigned long)payment->id);
    work->known = payment->state == FIAT_REVERSED || payment->state == FIAT_SETTLING ||
                  payment->state == FIAT_SETTLED;
    if (work->known)
        return true;
    bool was_credited = payment->state == FIAT_CREDITED;
    if (!fiat_payment_move(payment, FIAT_REVERSE, err) ||
        !fiat_payment_update(tx->db, payment, tx->now_us, err))
        return false;
    return !was_credited ||
           (deposit_find_locked(tx->db, tx->arena, payment->deposit_id, &deposit, err) &&
            deposit_freeze(tx, &deposit, "the bank took the payment back", err));
}

bool fiat_payment_reverse(struct accounting *app, const struct change *change,
                          const struct fiat_reversal *reversal, struct fiat_payment *ret_payment,
                          bool *ret_known, struct err *err)
{
    struct work work = {.reversal = reversal};
    if (!run(app, change, reverse_unit, &work, ret_payment, err))
        return false;
    *ret_known = work.known;
    return true;
}

/* ---- operators ---- */

static bool assign_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    struct fiat_payment *payment = &work->payment;
    struct member member;
    const char *reason;
    if (!fiat_payment_find_locked(tx->db, tx->arena, work->decision->id, payment, err) ||
        !fiat_payment_move(payment, FIAT_ASSIGN, err))
        return false;
    if (!members_by_uid(tx->db, work->decision->uid, &member, err))
        return err->code == ERR_NOT_FOUND &&
               err_set_key(err, ERR_INVALID, "admin.fiat_payment.user_doesnt_exist", "no member %s",
                           work->decision->uid);
    payment->member_id = member.id;
    if (!terms_check(tx, payment, &reason, err))
        return false;
    if (reason)
        return err_set_key(err, ERR_INVALID, "admin.fiat_payment.cannot_credit",
                           "payment %lu can't be credited: %s", (unsigned long)payment->id, reason);
    payment->maker_id = work->decision->operator_id;
    payment->reason = FIAT_BY_HAND;
    payment->note = work->decision->note;
    return fiat_payment_update(tx->db, payment, tx->now_us, err);
}

bool fiat_payment_assign(struct accounting *app, const struct change *change,
                         const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                         struct err *err)
{
    struct work work = {.decision = decision};
    return run(app, change, assign_unit, &work, ret_payment, err);
}

/* Two people, and neither of them is the one who gets the money. */
static bool may_approve(const struct fiat_payment *payment, uint64_t operator_id, struct err *err)
{
    if (payment->maker_id == operator_id)
        return err_set_key(err, ERR_INVALID, "admin.fiat_payment.same_operator",
                           "who assigned or brought payment %lu does not approve it",
                           (unsigned long)payment->id);
    return payment->member_id != operator_id ||
           err_set_key(err, ERR_INVALID, "admin.fiat_payment.own_payment",
                       "nobody approves his own payment");
}

static bool approve_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    struct fiat_payment *payment = &work->payment;
    const char *reason;
    if (!fiat_payment_find_locked(tx->db, tx->arena, work->decision->id, payment, err))
        return false;
    if (payment->state != FIAT_WAITING)
        return err_set(err, ERR_STATE_CONFLICT, "payment %lu is %s", (unsigned long)payment->id,
                       fiat_payment_state_word(payment->state));
    if (!may_approve(payment, work->decision->operator_id, err) ||
        !terms_check(tx, payment, &reason, err))
        return false;
    if (reason)
        return err_set_key(err, ERR_INVALID, "admin.fiat_payment.cannot_credit",
                           "payment %lu can't be credited: %s", (unsigned long)payment->id, reason);
    if (!credit(tx, payment, err)) {
        if (err->code == ERR_INVALID && !err->key)
            err->key = "admin.fiat_payment.cannot_credit";
        return false;
    }
    payment->checker_id = work->decision->operator_id;
    return fiat_payment_update(tx->db, payment, tx->now_us, err);
}

bool fiat_payment_approve(struct accounting *app, const struct change *change,
                          const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                          struct err *err)
{
    struct work work = {.decision = decision};
    return run(app, change, approve_unit, &work, ret_payment, err);
}

static bool refuse_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    struct fiat_payment *payment = &work->payment;
    if (!fiat_payment_find_locked(tx->db, tx->arena, work->decision->id, payment, err) ||
        !fiat_payment_move(payment, FIAT_REFUSE, err))
        return false;
    payment->checker_id = work->decision->operator_id;
    payment->note = work->decision->note;
    return fiat_payment_update(tx->db, payment, tx->now_us, err);
}

bool fiat_payment_refuse(struct accounting *app, const struct change *change,
                         const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                         struct err *err)
{
    struct work work = {.decision = decision};
    return run(app, change, refuse_unit, &work, ret_payment, err);
}

/* ---- credited, and taken back ---- */

static bool claim_find(struct chain_tx *tx, struct work *work, enum fiat_payment_event event,
                       struct deposit *ret_deposit, struct err *err)
{
    struct fiat_payment *payment = &work->payment;
    if (!fiat_payment_find_locked(tx->db, tx->arena, work->decision->id, payment, err) ||
        !fiat_payment_move(payment, event, err))
        return false;
    if (!payment->deposit_id)
        return err_set(err, ERR_STATE_CONFLICT, "payment %lu was never credited",
                       (unsigned long)payment->id);
    if (payment->member_id == work->decision->operator_id)
        return err_set_key(err, ERR_INVALID, "admin.fiat_payment.own_payment",
                           "nobody settles what he owes");
    return deposit_find_locked(tx->db, tx->arena, payment->deposit_id, ret_deposit, err);
}

static bool claim_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct fiat_decision *decision = work->decision;
    struct fiat_payment *payment = &work->payment;
    struct deposit deposit;
    struct dec open;
    if (!claim_find(tx, work, FIAT_CLAIM, &deposit, err))
        return false;
    /* What came is what was credited, and the fee. */
    if (dec_is_negative(decision->collect) || !dec_sub(payment->amount, deposit.frozen, &open) ||
        dec_cmp(decision->collect, open) > 0)
        return err_set_key(err, ERR_INVALID, "admin.fiat_payment.invalid_collect",
                           "collect is below zero, or more than what is not frozen of payment %lu",
                           (unsigned long)payment->id);
    payment->has_collect = true;
    payment->collect = decision->collect;
    payment->claimer_id = decision->operator_id;
    if (decision->note)
        payment->note = decision->note;
    return fiat_payment_update(tx->db, payment, tx->now_us, err);
}

bool fiat_payment_claim(struct accounting *app, const struct change *change,
                        const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                        struct err *err)
{
    struct work work = {.decision = decision};
    return run(app, change, claim_unit, &work, ret_payment, err);
}

static bool settle_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct fiat_decision *decision = work->decision;
    struct fiat_payment *payment = &work->payment;
    struct deposit deposit;
    if (!claim_find(tx, work, FIAT_SETTLE, &deposit, err))
        return false;
    if (payment->claimer_id == decision->operator_id)
        return err_set_key(err, ERR_INVALID, "admin.fiat_payment.same_operator",
                           "who said how payment %lu is settled does not settle it",
                           (unsigned long)payment->id);
    if (dec_cmp(payment->collect, decision->collect) != 0)
        return err_set_key(err, ERR_INVALID, "admin.fiat_payment.changed",
                           "another sum is to be collected of payment %lu",
                           (unsigned long)payment->id);
    payment->settler_id = decision->operator_id;
    return deposit_settle(tx, &deposit, payment->collect, err) &&
           fiat_payment_update(tx->db, payment, tx->now_us, err);
}

bool fiat_payment_settle(struct accounting *app, const struct change *change,
                         const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                         struct err *err)
{
    struct work work = {.decision = decision};
    return run(app, change, settle_unit, &work, ret_payment, err);
}

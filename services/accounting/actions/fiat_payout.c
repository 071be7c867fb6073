#include "accounting/actions/fiat_payout.h"

#include <string.h>

#include "accounting/actions/withdraw_step.h"
#include "accounting/store/fiat_batches.h"
#include "accounting/store/withdraws.h"

struct work {
    const struct outgoing *outgoing;
    const struct fiat_payout_told *told;
    enum fiat_payout_outcome outcome;
    struct withdraw row;
};

static bool fits(const struct withdraw *row, const struct fiat_payout_told *told, struct err *err)
{
    if (row->is_coin)
        return err_set(err, ERR_NOT_FOUND, "withdraw %s is a coin's", row->tid);
    bool same = (!told->currency_id || strcmp(told->currency_id, row->currency_id) == 0) &&
                (dec_is_zero(told->amount) || dec_cmp(told->amount, row->amount) == 0);
    return same || err_set_key(err, ERR_CONFLICT, "public.payment.differs",
                               "withdraw %s is of another amount", row->tid);
}

static bool paid(struct work *work, struct err *err)
{
    struct withdraw *row = &work->row;
    work->outcome = FIAT_PAYOUT_KNOWN;
    if (row->state == WITHDRAW_SUCCEED)
        return true;
    work->outcome = FIAT_PAYOUT_DONE;
    return (row->state != WITHDRAW_PROCESSING ||
            withdraw_step(work->outgoing, row, NULL, WITHDRAW_DO_DISPATCH, NULL, err)) &&
           withdraw_step(work->outgoing, row, NULL, WITHDRAW_DO_SUCCESS, NULL, err);
}

static bool returned(struct work *work, struct err *err)
{
    const char *reason = work->told->reason;
    work->outcome = FIAT_PAYOUT_KNOWN;
    if (work->row.state == WITHDRAW_FAILED)
        return true;
    work->outcome = FIAT_PAYOUT_DONE;
    return withdraw_step(work->outgoing, &work->row, NULL, WITHDRAW_DO_FAIL,
                         reason && *reason ? reason : "returned", err);
}

static bool order_state_of(const struct outgoing *outgoing, uint64_t withdraw_id,
                           const char **ret_state, struct err *err)
{
    struct fiat_batch_item item;
    *ret_state = NULL;
    if (!fiat_batch_item_find_locked(outgoing->db, outgoing->arena, withdraw_id, &item, err))
        return err->code == ERR_NOT_FOUND;
    *ret_state = item.order_state;
    return true;
}

bool fiat_payout_is_asked(const struct outgoing *outgoing, uint64_t withdraw_id, bool *ret_is_asked,
                          struct err *err)
{
    const char *state;
    if (!order_state_of(outgoing, withdraw_id, &state, err))
        return false;
    *ret_is_asked = state && (strcmp(state, "asked") == 0 || strcmp(state, "taken") == 0);
    return true;
}

/* A gateway is not believed about what it was never asked for. */
static bool was_asked(const struct outgoing *outgoing, const struct withdraw *row, struct err *err)
{
    const char *state;
    return order_state_of(outgoing, row->id, &state, err) &&
           ((state && strcmp(state, "new") != 0) ||
            err_set_key(err, ERR_STATE_CONFLICT, "public.payment.payout_not_asked",
                        "nobody asked the gateway to pay %s", row->tid));
}

static bool hear_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct outgoing *outgoing = work->outgoing;
    const struct fiat_payout_told *told = work->told;
    struct withdraw *row = &work->row;
    bool known;
    if (!withdraw_find_by_tid(db, outgoing->arena, told->tid, row, err) ||
        !withdraw_find_locked(db, outgoing->arena, row->id, 0, row, err) || !fits(row, told, err) ||
        (told->by_gateway && !was_asked(outgoing, row, err)))
        return false;
    if (!told->is_paid && row->state == WITHDRAW_SUCCEED) {
        work->outcome = FIAT_PAYOUT_LATE;
        return true;
    }
    if (!fiat_payout_news_put(db, row->id, told->source, told->is_paid ? "paid" : "returned",
                              told->event_id, outgoing->now_us, &known, err))
        return false;
    if (known) {
        work->outcome = FIAT_PAYOUT_KNOWN;
        return true;
    }
    /* Only what was to be paid: an accepted one is taken by hand first, and only what left comes back. */
    if (row->state == WITHDRAW_PREPARED || row->state == WITHDRAW_ACCEPTED ||
        (row->state == WITHDRAW_PROCESSING && !told->is_paid))
        return err_set(err, ERR_STATE_CONFLICT, "withdraw %s is %s", row->tid,
                       withdraw_state_word(row->state));
    return told->is_paid ? paid(work, err) : returned(work, err);
}

bool fiat_payout_hear_within(const struct outgoing *outgoing, const struct fiat_payout_told *told,
                             enum fiat_payout_outcome *ret_outcome, struct withdraw *ret_row,
                             struct err *err)
{
    struct work work = {.outgoing = outgoing, .told = told};
    if (!hear_unit(outgoing->db, &work, err))
        return false;
    *ret_outcome = work.outcome;
    *ret_row = work.row;
    return true;
}

bool fiat_payout_hear(const struct outgoing *outgoing, const struct fiat_payout_told *told,
                      enum fiat_payout_outcome *ret_outcome, struct withdraw *ret_row,
                      struct err *err)
{
    struct work work = {.outgoing = outgoing, .told = told};
    if (!db_transaction(outgoing->db, hear_unit, &work, err))
        return false;
    accounting_outbox_wake(outgoing->app);
    *ret_outcome = work.outcome;
    *ret_row = work.row;
    return true;
}

bool fiat_payout_hear_gateway(const struct outgoing *outgoing, const struct payment_news *news,
                              struct err *err)
{
    const struct fiat_payout_told told = {.tid = news->subject,
                                          .source = outgoing->actor,
                                          .event_id = news->id,
                                          .is_paid = news->kind == PAYOUT_PAID,
                                          .by_gateway = true,
                                          .currency_id = news->currency,
                                          .amount = news->amount,
                                          .reason = news->reason};
    enum fiat_payout_outcome outcome;
    struct withdraw row;
    if (!fiat_payout_hear(outgoing, &told, &outcome, &row, err))
        return false;
    return outcome != FIAT_PAYOUT_LATE ||
           err_set_key(err, ERR_STATE_CONFLICT, "public.payment.payout_was_paid",
                       "payout %s failed after it had been paid", news->subject);
}

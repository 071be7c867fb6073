/*
 * Asks a custodian, and asks what became of it. Both only of a provider that shows the wallet that the
 * payment was built for: with another wallet nothing is known of it, and "not there" would be a lie.
 */
#include "blockchain/actions/payout_custody.h"

#include <string.h>

#include "blockchain/actions/fault.h"
#include "blockchain/store/stopped_assets.h"

bool custody_payment_load(struct payout_worker *worker, const struct custody_send_row *row,
                          struct custody_payment *ret_payment, struct err *err)
{
    struct custody_payment *payment = ret_payment;
    struct payout_list payouts;
    payment->worker = worker;
    payment->row = *row;
    if (!payout_tx_find(worker->db, worker->arena, row->tx_id, &payment->tx, err) ||
        !payouts_of_tx(worker->db, worker->arena, row->tx_id, &payouts, err) ||
        !payout_payment_units(worker->db, row->tx_id, row->payout_id, payment->units, err))
        return false;
    if (payouts.count != 1)
        return err_set(err, ERR_INTERNAL, "a custodian pays %zu payouts at once", payouts.count);
    payment->payout = payouts.rows[0];
    return true;
}

static bool is_its_wallet(struct node *node, const char *wallet_id, struct err *err)
{
    struct custody_wallet wallet;
    if (!custody_wallet_read(node, &wallet, err))
        return false;
    return strcmp(wallet.id, wallet_id) == 0 ||
           err_set(err, ERR_PEER_UNAVAILABLE, "the provider has wallet %s, not %s", wallet.id,
                   wallet_id);
}

/* ---- what became of it ---- */

struct lookup {
    const struct custody_payment *payment;
    struct custody_transfer transfer;
};

static bool ask_transfer(struct node *node, void *arg, struct err *err)
{
    struct lookup *lookup = arg;
    const struct custody_payment *payment = lookup->payment;
    const struct custody_wanted wanted = {.payout_id = payment->payout.id,
                                          .wallet = payment->tx.from,
                                          .to = payment->payout.to,
                                          .units = payment->units,
                                          .fee_estimate = payment->tx.fee_units};
    struct err own;
    if (!custody_transfer_of_sequence(node, payment->payout.id, &lookup->transfer, err)) {
        if (err->code == ERR_NOT_FOUND && !is_its_wallet(node, payment->tx.from, &own))
            *err = own;
        return false;
    }
    if (payment->row.transfer_id[0] && strcmp(payment->row.transfer_id, lookup->transfer.id) != 0)
        return err_set(err, ERR_PROTOCOL, "payout %s: transfer %s has become %s",
                       payment->payout.id, payment->row.transfer_id, lookup->transfer.id);
    return custody_transfer_is(&lookup->transfer, &wanted, err);
}

bool custody_look_up(const struct custody_payment *payment, struct custody_transfer *ret_transfer,
                     struct err *err)
{
    struct lookup lookup = {.payment = payment};
    if (!providers_ask(payment->worker->session, ask_transfer, &lookup, err))
        return false;
    *ret_transfer = lookup.transfer;
    return true;
}

struct named {
    const struct custody_payment *payment;
    const char *id;
    struct custody_transfer transfer;
};

static bool ask_named(struct node *node, void *arg, struct err *err)
{
    struct named *named = arg;
    const struct custody_payment *payment = named->payment;
    const struct custody_wanted wanted = {.payout_id = payment->payout.id,
                                          .wallet = payment->tx.from,
                                          .to = payment->payout.to,
                                          .units = payment->units,
                                          .fee_estimate = payment->tx.fee_units};
    return is_its_wallet(node, payment->tx.from, err) &&
           custody_transfer_read(node, named->id, &named->transfer, err) &&
           custody_transfer_is(&named->transfer, &wanted, err);
}

bool custody_look_at(const struct custody_payment *payment, const char *transfer_id,
                     struct custody_transfer *ret_transfer, struct err *err)
{
    struct named named = {.payment = payment, .id = transfer_id};
    if (!providers_ask(payment->worker->session, ask_named, &named, err))
        return false;
    *ret_transfer = named.transfer;
    return true;
}

struct approval_question {
    const char *id;
    enum custody_approval state;
};

static bool ask_approval(struct node *node, void *arg, struct err *err)
{
    struct approval_question *question = arg;
    return custody_approval_read(node, question->id, &question->state, err);
}

static bool look_at_approval(struct custody_payment *payment, struct err *err)
{
    struct approval_question question = {.id = payment->row.approval_id};
    if (!providers_ask(payment->worker->session, ask_approval, &question, err))
        return false;
    return question.state == CUSTODY_REJECTED
               ? custody_rejected(payment, err)
               : custody_hold(payment, payment->row.approval_id, err);
}

static bool ask(struct custody_payment *payment, struct err *err);

/* He knows no transfer of that name. */
static bool not_there(struct custody_payment *payment, struct err *err)
{
    const struct payout_worker *worker = payment->worker;
    int64_t age_us = clock_now_us(worker->app->clock) - payment->row.asked_at_us;
    if (payment->row.approval_id[0])
        return look_at_approval(payment, err);
    if (payment->row.transfer_id[0])
        return custody_lose(payment, "custodian_lost_it", err);
    if (age_us < worker->app->config->custody_again_s * INT64_C(1000000))
        return custody_lose(payment, "no_answer", err);
    /* It did not come to him. The same question under the same name: he pays a name once. */
    return ask(payment, err);
}

static bool look(struct custody_payment *payment, struct err *err)
{
    struct lookup lookup = {.payment = payment};
    struct err own;
    if (providers_ask(payment->worker->session, ask_transfer, &lookup, err))
        return custody_take(payment, &lookup.transfer, err);
    own = *err;
    if (own.code == ERR_NOT_FOUND)
        return not_there(payment, err);
    /* No word, or one that can't be: the state says so, and the log why. */
    return custody_lose(payment, own.code == ERR_PROTOCOL ? "custodian_differs" : "no_answer",
                        err) &&
           (*err = own, false);
}

/* ---- the question ---- */

struct question {
    struct custody_payment *payment;
    struct custody_answer answer;
};

/* Once this has asked it succeeds, whatever came back: no other provider is asked to pay as well. */
static bool ask_send(struct node *node, void *arg, struct err *err)
{
    struct question *question = arg;
    struct custody_payment *payment = question->payment;
    struct payout_worker *worker = payment->worker;
    if (!is_its_wallet(node, payment->tx.from, err) ||
        !custody_send_asked(worker->db, &payment->row, clock_now_us(worker->app->clock), err))
        return false;
    fault_point(worker->app, FAULT_COMMIT);
    custody_send(node, payment->tx.request, worker->app->config->custody_passphrase,
                 &question->answer);
    fault_point(worker->app, FAULT_BROADCAST);
    return true;
}

/* He refused: true only if there really is nothing of that name. */
static bool refused(struct custody_payment *payment, const struct custody_answer *answer,
                    struct err *err)
{
    struct lookup lookup = {.payment = payment};
    if (providers_ask(payment->worker->session, ask_transfer, &lookup, err))
        return custody_take(payment, &lookup.transfer, err);
    if (err->code == ERR_NOT_FOUND)
        return custody_give_back(payment, answer, err);
    struct err own = *err;
    return custody_lose(payment, own.code == ERR_PROTOCOL ? "custodian_differs" : "no_answer",
                        err) &&
           (*err = own, false);
}

static bool ask(struct custody_payment *payment, struct err *err)
{
    struct question question = {.payment = payment};
    bool is_held;
    if (!stopped_assets_hold_tx(payment->worker->db, payment->tx.id, &is_held, err))
        return false;
    if (is_held)
        return true; /* he is not asked, nor again, until it is free */
    if (!providers_ask(payment->worker->session, ask_send, &question, err))
        return false;
    switch (question.answer.outcome) {
    case CUSTODY_TAKEN:
        return look(payment, err);
    case CUSTODY_HELD:
        return custody_hold(payment, question.answer.approval_id, err);
    case CUSTODY_REFUSED:
        return refused(payment, &question.answer, err);
    case CUSTODY_NO_WORD:
        break;
    }
    return custody_lose(payment, "no_answer", err);
}

bool custody_go_on(struct custody_payment *payment, struct err *err)
{
    /* Every question that may have gone out was refused, or there was none. */
    return payment->row.asked == payment->row.refused ? ask(payment, err) : look(payment, err);
}

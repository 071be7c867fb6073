/*
 * Each change of a payout's state, in one place: the rule (domain/payout.h), the row by compare and set,
 * and the event, in the transaction of whatever caused it.
 */
#include "blockchain/actions/payout_worker.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/payout_metrics.h"
#include "blockchain/store/events.h"
#include "json/field.h"

static void add_text(struct str *out, const char *key, const char *text)
{
    str_add_format(out, ",\"%s\":", key);
    json_write_string(out, text);
}

static bool add_replaced(struct payout_worker *worker, struct str *out, const struct payout *payout,
                         const struct payout_tx *tx, struct err *err)
{
    struct payout_tx_list all;
    bool is_first = true;
    if (!payout_txs_of(worker->db, worker->arena, payout->id, &all, err))
        return false;
    str_add(out, ",\"replaced\":[");
    for (size_t i = 0; i < all.count; i++) {
        if (all.rows[i].txid[0] == '\0' || (tx && all.rows[i].id == tx->id))
            continue;
        str_add(out, is_first ? "" : ",");
        json_write_string(out, all.rows[i].txid);
        is_first = false;
    }
    str_add(out, "]");
    return true;
}

bool payout_tell(struct payout_worker *worker, const struct payout *payout,
                 const struct payout_tx *tx, struct err *err)
{
    AUTO(str_release) struct str members = STR_INIT(EVENT_BODY_BYTES_MAX);
    uint64_t height = tx ? tx->mined_height : 0;
    char paid[PAYOUT_UNITS_SIZE] = "";
    if (tx && !payout_payment_units(worker->db, tx->id, payout->id, paid, err)) {
        if (err->code != ERR_NOT_FOUND)
            return false;
        paid[0] = '\0';
    }
    str_add(&members, "\"chain\":");
    json_write_string(&members, payout->chain_key);
    add_text(&members, "payout_id", payout->id);
    add_text(&members, "state", payout_state_name(payout->state));
    add_text(&members, "txid", tx && tx->txid[0] ? tx->txid : NULL);
    /* Less than was asked for when the fee comes off it. */
    add_text(&members, "paid_units", paid[0] ? paid : NULL);
    add_text(&members, "fee_units", tx ? tx->fee_units : NULL);
    add_text(&members, "fee_contract", "");
    str_add_format(
        &members, ",\"height\":%llu,\"confirmations\":%llu", (unsigned long long)height,
        (unsigned long long)(height && worker->tip >= height ? worker->tip - height + 1 : 0));
    add_text(&members, "reason", payout->reason);
    if (!add_replaced(worker, &members, payout, tx, err))
        return false;
    if (!str_ok(&members))
        return err_set(err, ERR_INTERNAL, "an event above its limit");
    return event_add(worker->db, "payout.updated", members.data, clock_now_us(worker->app->clock),
                     err);
}

bool payout_move(struct payout_worker *worker, struct payout *payout, enum payout_move move,
                 const char *reason, const struct payout_tx *tx, struct err *err)
{
    enum payout_state before = payout->state, to;
    bool is_news = strcmp(payout->reason, reason) != 0 || (tx && tx->mined_height);
    if (!payout_moved(before, move, &to, err))
        return false;
    payout->state = to;
    snprintf(payout->reason, sizeof(payout->reason), "%s", reason);
    if (tx && (to == PAYOUT_CONFIRMED || to == PAYOUT_FAILED))
        payout->paid_tx = tx->id;
    if (!payout_save(worker->db, payout, clock_now_us(worker->app->clock), err))
        return false;
    if (payout_is_final(to))
        metric_add_labelled(
            worker->app->metrics, METRIC_PAYOUTS_ENDED,
            metric_label(worker->app->metrics, METRIC_PAYOUTS_ENDED, payout_state_name(to)), 1);
    if (to == PAYOUT_CONFIRMED)
        payout_metric_spent(worker, payout);
    /* `building` is our own affair: to the world it is still queued, or waiting. */
    if (to == PAYOUT_BUILDING || move == PAYOUT_MOVE_GIVE_BACK || (before == to && !is_news))
        return true;
    return payout_tell(worker, payout, tx, err);
}

struct lone_move {
    struct payout_worker *worker;
    const struct payout *as_read;
    enum payout_move move;
    const char *reason;
    int64_t not_before_us;
};

static bool lone_unit(struct db *db, void *arg, struct err *err)
{
    struct lone_move *lone = arg;
    struct payout payout = *lone->as_read; /* it may run again */
    (void)db;
    payout.not_before_us = lone->not_before_us;
    return payout_move(lone->worker, &payout, lone->move, lone->reason, NULL, err);
}

static bool move_alone(struct lone_move *lone, struct err *err)
{
    struct err own;
    if (db_transaction(lone->worker->db, lone_unit, lone, &own))
        return true;
    if (own.code == ERR_STATE_CONFLICT)
        return true; /* it was cancelled meanwhile: that is fine */
    *err = own;
    return false;
}

bool payout_wait(struct payout_worker *worker, const struct payout *payout, const char *reason,
                 int64_t wait_ms, struct err *err)
{
    int64_t until_us = wait_ms ? clock_now_us(worker->app->clock) + wait_ms * 1000 : 0;
    if (payout->state == PAYOUT_WAITING && strcmp(payout->reason, reason) == 0 && wait_ms == 0)
        return true;
    return move_alone(&(struct lone_move){.worker = worker,
                                          .as_read = payout,
                                          .move = PAYOUT_MOVE_WAIT,
                                          .reason = reason,
                                          .not_before_us = until_us},
                      err);
}

bool payouts_stop(struct payout_worker *worker, struct err *err)
{
    struct payout_list list;
    if (!payouts_to_stop(worker->db, worker->arena, worker->chain->key, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!payout_wait(worker, &list.rows[i], PAYOUT_REASON_STOPPED, 0, err))
            return false;
    return true;
}

bool payout_refuse(struct payout_worker *worker, const struct payout *payout, const char *reason,
                   struct err *err)
{
    return move_alone(
        &(struct lone_move){
            .worker = worker, .as_read = payout, .move = PAYOUT_MOVE_REFUSE, .reason = reason},
        err);
}

void payout_trouble(struct payout_worker *worker, const struct err *err)
{
    if (!worker->is_troubled)
        worker->trouble = *err;
    worker->is_troubled = true;
}

/*
 * One round of the executor on one chain. First what was begun before (the signer is asked the same
 * again), then what is due, one transaction after the other, so that a nonce that was not signed for is
 * always the last one; then the look at what is on its way.
 */
#include "blockchain/actions/payout_worker.h"

#include "blockchain/actions/fault.h"

static bool ask_tip(struct node *node, void *arg, struct err *err)
{
    return node->client->family->tip(node, arg, err);
}

/* From a stored question to a broadcast. */
static bool go_on(struct payout_worker *worker, uint64_t tx_id, struct err *err)
{
    struct payout_tx tx;
    char refusal[PAYOUT_REASON_SIZE];
    bool is_signed;
    if (!payout_tx_find(worker->db, worker->arena, tx_id, &tx, err) ||
        !payout_sign(worker, &tx, &is_signed, err))
        return false;
    if (!is_signed)
        return true;
    return payout_tx_find(worker->db, worker->arena, tx_id, &tx, err) &&
           payout_send(worker, &tx, refusal, err);
}

static bool finish_begun(struct payout_worker *worker, struct err *err)
{
    struct payout_tx_list begun;
    if (!payout_txs_in(worker->db, worker->arena, worker->chain->key, PAYOUT_TX_BUILDING, &begun,
                       err))
        return false;
    /* Where transactions have an order (nonces) nothing overtakes one that is stuck. */
    bool is_stuck = false;
    for (size_t i = 0; i < begun.count; i++)
        if (!go_on(worker, begun.rows[i].id, err)) {
            if (err->code == ERR_PEER_UNAVAILABLE || worker->family->is_ordered)
                return false;
            is_stuck = true;
        }
    if (is_stuck)
        payout_trouble(worker, err);
    return true;
}

static bool pay_due(struct payout_worker *worker, struct err *err)
{
    if (!payouts_stop(worker, err))
        return false;
    for (unsigned i = 0; i < PAYOUT_BUILDS_MAX && !worker->app->stopping; i++) {
        struct payout_list due;
        uint64_t tx_id = 0;
        if (!payouts_due(worker->db, worker->arena, worker->chain->key,
                         clock_now_us(worker->app->clock), &due, err))
            return false;
        if (due.count == 0)
            return true;
        if (!worker->family->build(worker, &due, &tx_id, err))
            return false;
        if (tx_id == 0)
            return true;
        fault_point(worker->app, FAULT_RESERVE);
        if (!go_on(worker, tx_id, err))
            return false;
    }
    return true;
}

bool payouts_work(struct payout_worker *worker, struct err *err)
{
    struct chain_tip tip;
    struct err own;
    if (worker->family->round)
        return worker->family->round(worker, err);
    worker->is_troubled = false;
    if (!providers_ask(worker->session, ask_tip, &tip, err))
        return false;
    worker->tip = tip.height;
    /* A trouble of the signer must not keep us from looking at what was sent. */
    if (!finish_begun(worker, &own) || !pay_due(worker, &own))
        payout_trouble(worker, &own);
    return payouts_watch(worker, err);
}

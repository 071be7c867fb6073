/*
 * Gives stored bytes to the nodes, and again, and again: always the same bytes. What a node says is noted
 * and moves nothing back. "No answer" is the state `unknown`: it may have them.
 */
#include "blockchain/actions/payout_worker.h"

#include <string.h>

#include "blockchain/actions/fault.h"

struct sending {
    struct payout_worker *worker;
    struct payout_tx *tx;
    enum payout_move move;
    const char *reason;
};

static bool ask(struct node *node, void *arg, struct err *err)
{
    const struct payout_tx *tx = arg;
    return node->client->family->broadcast(node, tx->raw, err);
}

static bool note_unit(struct db *db, void *arg, struct err *err)
{
    struct sending *sending = arg;
    struct payout_worker *worker = sending->worker;
    struct payout_list payouts;
    if (!payout_tx_save(db, sending->tx, PAYOUT_TX_SIGNED, err) ||
        !payouts_of_tx(db, worker->arena, sending->tx->id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++) {
        struct payout *payout = &payouts.rows[i];
        bool is_moving = sending->move == PAYOUT_MOVE_SEND
                             ? payout->state != PAYOUT_BROADCAST
                             : payout->state == PAYOUT_SIGNED || payout->state == PAYOUT_BROADCAST;
        if (!payout_is_final(payout->state) && is_moving &&
            !payout_move(worker, payout, sending->move, sending->reason, sending->tx, err))
            return false;
    }
    return true;
}

bool payout_seen(struct payout_worker *worker, struct payout_tx *tx, struct err *err)
{
    struct sending sending = {.worker = worker, .tx = tx, .move = PAYOUT_MOVE_SEND, .reason = ""};
    struct payout_list payouts;
    bool is_news = false;
    if (!payouts_of_tx(worker->db, worker->arena, tx->id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++)
        is_news = is_news || payouts.rows[i].state == PAYOUT_SIGNED ||
                  payouts.rows[i].state == PAYOUT_UNKNOWN;
    return !is_news || db_transaction(worker->db, note_unit, &sending, err);
}

bool payout_send(struct payout_worker *worker, struct payout_tx *tx,
                 char ret_refusal[static PAYOUT_REASON_SIZE], struct err *err)
{
    struct sending sending = {.worker = worker, .tx = tx, .move = PAYOUT_MOVE_SEND, .reason = ""};
    struct err said;
    assert(tx->state == PAYOUT_TX_SIGNED && tx->raw != NULL);
    ret_refusal[0] = '\0';
    if (providers_ask(worker->session, ask, tx, &said)) {
        fault_point(worker->app, FAULT_BROADCAST);
        tx->sent_height = worker->tip;
        if (!db_transaction(worker->db, note_unit, &sending, err))
            return false;
        fault_point(worker->app, FAULT_SEEN);
        return true;
    }
    sending.move = PAYOUT_MOVE_LOSE;
    sending.reason = "no_answer";
    if (said.code == ERR_NODE_REFUSED) {
        snprintf(ret_refusal, PAYOUT_REASON_SIZE, "%.190s", said.what);
        sending.reason = "node_refused";
    }
    if (tx->replaces)
        return true; /* the one before it is on its way as well */
    return db_transaction(worker->db, note_unit, &sending, err);
}

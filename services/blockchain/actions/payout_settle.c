#include "blockchain/actions/payout_settle.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/payout_custody.h"
#include "blockchain/actions/payout_evidence.h"
#include "blockchain/store/coins.h"
#include "blockchain/store/safe_txs.h"

enum { LOCK_NAME_SIZE = 48, LOCK_WAIT_S = 20 };

DEFINE_AUTO(struct provider_session, provider_session_close);

/* What is known when the row is written. */
struct settling {
    struct payout_worker worker;
    const struct settle_request *asked;
    enum settlement_outcome outcome;
    enum settlement_case which;
    struct payout payout;
    struct payment_evidence payment; /* paid, not by a custodian */
    struct custody_payment custody;
    struct custody_transfer transfer;
    bool is_proven; /* nobody has to say the same */
    struct settlement_row row;
};

static bool says_no(struct err *err, const char *key, const char *what)
{
    return err_set_key(err, ERR_STATE_CONFLICT, key, "%s", what);
}

/* ---- what the chain says ---- */

static bool judge_payment(struct settling *settling, struct err *err)
{
    struct payment_evidence *payment = &settling->payment;
    if (!evidence_of_payment(&settling->worker, &settling->payout, settling->asked->evidence,
                             payment, err))
        return false;
    settling->is_proven = payment->is_ours;
    snprintf(settling->row.found, sizeof(settling->row.found),
             "it pays %.65s units in block %llu, %llu deep, %s", payment->units,
             (unsigned long long)payment->height, (unsigned long long)payment->confirmations,
             payment->is_ours ? "out of our money" : "and spends nothing that we watch");
    return true;
}

/* He may have no transfer of that name, and none that waits for his people. */
static bool judge_none_of_custodian(struct settling *settling, struct err *err)
{
    const struct custody_send_row *send = &settling->custody.row;
    const struct payout_worker *worker = &settling->worker;
    int64_t age_us = clock_now_us(worker->app->clock) - settling->payout.created_at_us;
    struct err own;
    if (custody_look_up(&settling->custody, &settling->transfer, &own))
        return says_no(err, "blockchain.settlement.may_be_paid",
                       "the custodian has a transfer of its name: it ends by that");
    if (own.code != ERR_NOT_FOUND) {
        *err = own;
        return false;
    }
    if (send->approval_id[0])
        return says_no(err, "blockchain.settlement.may_be_paid",
                       "it waits for an approval of the custodian's people");
    if (age_us < worker->app->config->custody_failed_s * INT64_C(1000000))
        return says_no(err, "blockchain.settlement.may_be_paid",
                       "the custodian was first asked too short a time ago");
    snprintf(settling->row.found, sizeof(settling->row.found),
             "the custodian, asked %u times, refused %u times and knows no transfer of its name",
             (unsigned)send->asked, (unsigned)send->refused);
    return true;
}

static bool judge_custodian(struct settling *settling, struct err *err)
{
    const struct payout_worker *worker = &settling->worker;
    const struct custody_transfer *transfer = &settling->transfer;
    struct custody_send_row send;
    char id[CUSTODY_ID_SIZE];
    if (!custody_send_find(worker->db, settling->payout.id, &send, err) ||
        !custody_payment_load(&settling->worker, &send, &settling->custody, err))
        return false;
    if (settling->outcome == SETTLEMENT_UNPAID)
        return judge_none_of_custodian(settling, err);
    if (!custody_id_copy(settling->asked->evidence, id, sizeof(id)))
        return err_set_key(err, ERR_INVALID, "blockchain.settlement.invalid_evidence",
                           "no id of a custodian's transfer");
    if (!custody_look_at(&settling->custody, id, &settling->transfer, err)) {
        if (err->code == ERR_PROTOCOL)
            return err_set_key(err, ERR_INVALID, "blockchain.settlement.pays_otherwise",
                               "the custodian's transfer is not this payment");
        return false;
    }
    if (transfer->state != CUSTODY_CONFIRMED ||
        transfer->confirmations < worker->entry->min_confirmations)
        return err_set_key(err, ERR_INVALID, "blockchain.settlement.not_deep",
                           "the custodian's transfer is %.24s", transfer->said);
    snprintf(settling->row.found, sizeof(settling->row.found),
             "the custodian's transfer %.64s pays it by %.66s", transfer->id, transfer->txid);
    return true;
}

static bool judge(struct settling *settling, struct err *err)
{
    if (settling->which == SETTLEMENT_CUSTODY)
        return judge_custodian(settling, err);
    if (settling->outcome == SETTLEMENT_PAID)
        return judge_payment(settling, err);
    return evidence_of_none(&settling->worker, &settling->payout, settling->which,
                            settling->asked->evidence, &settling->is_proven, settling->row.found,
                            err);
}

/* ---- what follows ---- */

static const char *text_or(const char *text, const char *otherwise)
{
    return text[0] ? text : otherwise;
}

/* A row for a transaction that we had none of. */
static bool tx_new(struct settling *settling, struct db *db, struct payout_tx *ret_tx,
                   struct err *err)
{
    struct payout_worker *worker = &settling->worker;
    const struct payment_evidence *payment = &settling->payment;
    struct payout_tx tx = {.state = PAYOUT_TX_BUILDING, .request = "{}"};
    uint64_t id;
    memcpy(tx.chain_key, settling->payout.chain_key, sizeof(tx.chain_key));
    snprintf(tx.fee_units, sizeof(tx.fee_units), "%s", text_or(payment->fee_units, "0"));
    if (!payout_tx_insert(db, &tx, clock_now_us(worker->app->clock), &id, err) ||
        !payout_tx_signed(db, id, payment->txid, "", payment->height, err) ||
        !payout_tx_find(db, worker->arena, id, &tx, err))
        return false;
    tx.state = PAYOUT_TX_MINED;
    tx.mined_height = payment->height;
    tx.mined_ok = true;
    /* What it cost is ours to tell when we paid it, and know how much. */
    tx.fee_told = !payment->is_ours || !payment->fee_units[0];
    struct payout_list paid = {.rows = &settling->payout, .count = 1};
    if (!payout_fee_tell(worker, &tx, &paid, err) ||
        !payout_tx_save(db, &tx, PAYOUT_TX_SIGNED, err))
        return false;
    *ret_tx = tx;
    return true;
}

static bool take_payment(struct settling *settling, struct db *db, struct payout *payout,
                         struct err *err)
{
    struct payout_worker *worker = &settling->worker;
    const struct payment_evidence *payment = &settling->payment;
    struct payout_tx tx;
    uint64_t tx_id, booked;
    bool is_its_own;
    if (!settlement_booked(db, payout, payment->txid, payment->units, &tx_id, &booked, &is_its_own,
                           err))
        return false;
    if (booked >= payment->matches)
        return says_no(err, "blockchain.settlement.booked",
                       "that transaction is booked for another payout");
    if (!(tx_id ? payout_tx_find(db, worker->arena, tx_id, &tx, err)
                : tx_new(settling, db, &tx, err)))
        return false;
    if (!is_its_own && !payout_payment_insert(db, tx.id, payout->id, payment->units, err))
        return false;
    return payout_move(worker, payout, PAYOUT_MOVE_SETTLE, PAYOUT_REASON_SETTLED_PAID, &tx, err);
}

/* Whether all other payouts of a transaction have come to an end. */
static bool is_last_of(struct settling *settling, const struct payout_tx *tx, bool *ret_last,
                       struct err *err)
{
    struct payout_list paid;
    *ret_last = true;
    if (!payouts_of_tx(settling->worker.db, settling->worker.arena, tx->id, &paid, err))
        return false;
    for (size_t i = 0; i < paid.count; i++)
        if (strcmp(paid.rows[i].id, settling->payout.id) != 0 &&
            !payout_is_final(paid.rows[i].state))
            *ret_last = false;
    return true;
}

/* Nothing is looked for any more, and what was kept for it is free: what was signed can't be mined. */
static bool let_go(struct settling *settling, struct db *db, struct payout *payout, struct err *err)
{
    struct payout_tx_list all;
    if (!payout_txs_of(db, settling->worker.arena, payout->id, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        struct payout_tx *tx = &all.rows[i];
        enum payout_tx_state from = tx->state;
        bool is_last, is_unpaid = settling->outcome == SETTLEMENT_UNPAID;
        if (!is_last_of(settling, tx, &is_last, err))
            return false;
        if ((from == PAYOUT_TX_DROPPED || from == PAYOUT_TX_ASIDE) && is_last &&
            !coin_locks_drop(db, tx->id, err))
            return false;
        /* In no block, and that was proven: it is not sent again. */
        bool is_gone = from == PAYOUT_TX_MINED && !tx->mined_height && is_unpaid;
        if (from != PAYOUT_TX_SIGNED && from != PAYOUT_TX_BUILDING && !is_gone)
            continue;
        tx->state = PAYOUT_TX_VOID;
        if (!payout_tx_save(db, tx, from, err))
            return false;
    }
    return true;
}

static bool apply(struct settling *settling, struct db *db, struct err *err)
{
    struct payout payout = settling->payout; /* it may run again */
    if (settling->outcome == SETTLEMENT_UNPAID)
        return let_go(settling, db, &payout, err) &&
               payout_move(&settling->worker, &payout, PAYOUT_MOVE_UNDO,
                           PAYOUT_REASON_SETTLED_UNPAID, NULL, err);
    if (settling->which == SETTLEMENT_CUSTODY)
        return custody_take_within(db, &settling->custody, &settling->transfer, err);
    return take_payment(settling, db, &payout, err) && let_go(settling, db, &payout, err);
}

/* ---- who said it ---- */

static bool is_same(const struct settlement_row *a, const struct settlement_row *b)
{
    return strcmp(a->outcome, b->outcome) == 0 && strcmp(a->evidence, b->evidence) == 0;
}

/* The open one, if there is one. */
static struct settlement_row *open_one(const struct settlement_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->rows[i].state, "open") == 0)
            return &list->rows[i];
    return NULL;
}

static bool put(struct settling *settling, struct db *db, const char *state, struct err *err)
{
    struct settlement_row *row = &settling->row;
    snprintf(row->state, sizeof(row->state), "%s", state);
    row->done_at = strcmp(state, "done") == 0 ? row->proposed_at : 0;
    return settlement_insert(db, row, err);
}

static bool settle_unit(struct db *db, void *arg, struct err *err)
{
    struct settling *settling = arg;
    struct settlement_list list;
    if (!settlements_of(db, settling->worker.arena, settling->payout.id, &list, err))
        return false;
    struct settlement_row *open = open_one(&list);
    bool is_other = open && strcmp(open->proposed_by, settling->row.proposed_by) != 0;
    bool is_agreed = open && is_other && is_same(open, &settling->row);
    if (is_agreed) {
        struct settlement_row done = *open;
        snprintf(done.state, sizeof(done.state), "done");
        snprintf(done.found, sizeof(done.found), "%s", settling->row.found);
        snprintf(done.confirmed_by, sizeof(done.confirmed_by), "%s", settling->row.proposed_by);
        done.done_at = settling->row.proposed_at;
        settling->row = done;
        return settlement_save(db, &done, err) && apply(settling, db, err);
    }
    if (open) { /* said anew, or otherwise: the last word counts, and needs its own second */
        snprintf(open->state, sizeof(open->state), "replaced");
        if (!settlement_save(db, open, err))
            return false;
    }
    if (!settling->is_proven)
        return put(settling, db, "open", err);
    return put(settling, db, "done", err) && apply(settling, db, err);
}

/* ---- one request ---- */

static bool request_read(const struct settle_request *asked, struct settling *settling,
                         struct err *err)
{
    struct settlement_row *row = &settling->row;
    if (!settlement_outcome_find(asked->outcome, &settling->outcome))
        return err_set_key(err, ERR_INVALID, "blockchain.settlement.invalid_outcome",
                           "paid or unpaid");
    if (strlen(asked->evidence) >= sizeof(row->evidence))
        return err_set_key(err, ERR_INVALID, "blockchain.settlement.invalid_evidence",
                           "an evidence above %zu characters", sizeof(row->evidence) - 1);
    snprintf(row->payout_id, sizeof(row->payout_id), "%.64s", asked->payout_id);
    snprintf(row->outcome, sizeof(row->outcome), "%s", settlement_outcome_name(settling->outcome));
    snprintf(row->evidence, sizeof(row->evidence), "%s", asked->evidence);
    snprintf(row->proposed_by, sizeof(row->proposed_by), "%.64s", asked->operator_uid);
    row->note = asked->note;
    row->proposed_at = clock_now_us(settling->worker.app->clock);
    return true;
}

/* ret_done: the same was said before and is done. */
static bool case_find(struct settling *settling, bool *ret_done, struct err *err)
{
    const struct payout_worker *worker = &settling->worker;
    struct settlement_list list;
    struct safe_row safe;
    bool is_safe;
    *ret_done = false;
    settling->which = settlement_case_of(settling->payout.state, settling->payout.reason,
                                         worker->chain->client->is_custody);
    if (!settlements_of(worker->db, worker->arena, settling->payout.id, &list, err) ||
        !safe_tx_of_payout(worker->db, worker->arena, settling->payout.id, &safe, &is_safe, err))
        return false;
    for (size_t i = 0; i < list.count && settling->which == SETTLEMENT_NONE; i++)
        if (strcmp(list.rows[i].state, "done") == 0 && is_same(&list.rows[i], &settling->row)) {
            settling->row = list.rows[i];
            *ret_done = true;
            return true;
        }
    if (is_safe)
        return says_no(err, "blockchain.settlement.ends_by_itself",
                       "a Safe's payout ends by the log of its contract");
    return settling->which != SETTLEMENT_NONE ||
           says_no(err, "blockchain.settlement.ends_by_itself",
                   "nothing about it is for operators to say");
}

static bool settle(struct settling *settling, struct err *err)
{
    struct payout_worker *worker = &settling->worker;
    bool is_done;
    if (!payout_find(worker->db, worker->arena, settling->payout.id, &settling->payout, NULL,
                     err) ||
        !case_find(settling, &is_done, err))
        return false;
    return is_done ||
           (judge(settling, err) && db_transaction(worker->db, settle_unit, settling, err));
}

/* The executor of the chain does not look at the payout meanwhile. */
static bool settle_locked(struct settling *settling, struct err *err)
{
    struct payout_worker *worker = &settling->worker;
    AUTO_FREE(provider_session_close) struct provider_session *session = NULL;
    char name[LOCK_NAME_SIZE];
    struct err own;
    if (!chain_session(worker->chain, &session, err))
        return false;
    worker->session = session;
    snprintf(name, sizeof(name), "payouts.%s", worker->chain->key);
    if (!db_lock(worker->db, name, LOCK_WAIT_S, err))
        return false;
    bool ok = settle(settling, err);
    if (!db_unlock(worker->db, name, &own) && ok) {
        *err = own;
        ok = false;
    }
    worker->session = NULL;
    return ok;
}

bool payout_settle(struct blockchain *app, struct db *db, struct arena *arena,
                   const struct settle_request *asked, struct settlement_row *ret_row,
                   struct err *err)
{
    struct settling settling = {.worker = {.app = app, .db = db, .arena = arena}, .asked = asked};
    struct payout_worker *worker = &settling.worker;
    if (!request_read(asked, &settling, err) ||
        !payout_find(db, arena, asked->payout_id, &settling.payout, NULL, err))
        return false;
    const struct catalogue *catalogue = catalogue_take(app->catalogues);
    worker->chain = chains_find(app->chains, settling.payout.chain_key);
    worker->entry = catalogue_chain(catalogue, settling.payout.chain_key);
    bool ok = worker->chain && worker->entry
                  ? (chain_network(worker->chain, worker->network), true)
                  : err_set_key(err, ERR_STATE_CONFLICT, "blockchain.chain.not_found",
                                "its chain is not in the catalogue");
    if (ok) {
        worker->tip = worker->chain->height;
        ok = settle_locked(&settling, err);
    }
    catalogue_give_back(catalogue);
    if (!ok)
        return false;
    blockchain_outbox_wake(app);
    *ret_row = settling.row;
    return true;
}

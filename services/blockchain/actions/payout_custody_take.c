/* What follows from a custodian's word: one transaction each, in which the payout moves and the event is told. */
#include "blockchain/actions/payout_custody.h"

#include <string.h>

#include "blockchain/actions/fault.h"

enum { LOOK_US = 1000000, LOOK_DOUBLINGS_MAX = 12 };

struct word {
    struct custody_payment *payment;
    const struct custody_transfer *transfer; /* NULL: none */
    const char *reason, *approval_id;
    const struct custody_answer *answer;
    int64_t now_us;
};

/* ---- parts ---- */

static bool row_save(const struct word *word, struct db *db, struct custody_send_row row,
                     bool is_news, struct err *err)
{
    row.looks = is_news ? 0 : row.looks + 1;
    unsigned doublings = row.looks < LOOK_DOUBLINGS_MAX ? row.looks : LOOK_DOUBLINGS_MAX;
    int64_t pause_us = (int64_t)LOOK_US << doublings,
            pause_max_us =
                word->payment->worker->app->config->custody_look_max_s * INT64_C(1000000);
    row.next_look_us = word->now_us + (pause_us < pause_max_us ? pause_us : pause_max_us);
    return custody_send_save(db, &row, err);
}

/* A move that says something new; else nothing. */
static bool move(const struct word *word, struct payout *payout, enum payout_move move,
                 const char *reason, const struct payout_tx *tx, bool *ret_news, struct err *err)
{
    enum payout_state to;
    *ret_news = false;
    if (!payout_moved(payout->state, move, &to, err))
        return false;
    if (to == payout->state && strcmp(reason, payout->reason) == 0)
        return true;
    *ret_news = true;
    return payout_move(word->payment->worker, payout, move, reason, tx, err);
}

/* Behind `building` nothing is given back any more. */
static bool leave_building(const struct word *word, struct db *db, struct payout *payout,
                           const char *txid, struct payout_tx *ret_tx, struct err *err)
{
    struct payout_worker *worker = word->payment->worker;
    return custody_tx_taken(db, word->payment->tx.id, txid, err) &&
           payout_tx_find(db, worker->arena, word->payment->tx.id, ret_tx, err) &&
           (payout->state != PAYOUT_BUILDING ||
            payout_move(worker, payout, PAYOUT_MOVE_SIGN,
                        word->reason ? word->reason : payout->reason, ret_tx, err));
}

/* ---- no word, a hold ---- */

static bool lose_unit(struct db *db, void *arg, struct err *err)
{
    const struct word *word = arg;
    struct payout payout = word->payment->payout; /* it may run again */
    struct payout_tx tx;
    bool is_news;
    return leave_building(word, db, &payout, "", &tx, err) &&
           move(word, &payout, PAYOUT_MOVE_LOSE, word->reason, &tx, &is_news, err) &&
           row_save(word, db, word->payment->row, is_news, err);
}

bool custody_lose(struct custody_payment *payment, const char *reason, struct err *err)
{
    struct word word = {
        .payment = payment, .reason = reason, .now_us = clock_now_us(payment->worker->app->clock)};
    if (!db_transaction(payment->worker->db, lose_unit, &word, err))
        return false;
    fault_point(payment->worker->app, FAULT_SEEN);
    return true;
}

static bool hold_unit(struct db *db, void *arg, struct err *err)
{
    const struct word *word = arg;
    struct payout payout = word->payment->payout;
    struct custody_send_row row = word->payment->row;
    struct payout_tx tx;
    bool is_news;
    if (word->approval_id[0])
        snprintf(row.approval_id, sizeof(row.approval_id), "%s", word->approval_id);
    return leave_building(word, db, &payout, "", &tx, err) &&
           move(word, &payout, PAYOUT_MOVE_HOLD, word->reason, &tx, &is_news, err) &&
           row_save(word, db, row, is_news, err);
}

bool custody_hold(struct custody_payment *payment, const char *approval_id, struct err *err)
{
    struct word word = {.payment = payment,
                        .reason = PAYOUT_REASON_CUSTODIAN,
                        .approval_id = approval_id,
                        .now_us = clock_now_us(payment->worker->app->clock)};
    if (!db_transaction(payment->worker->db, hold_unit, &word, err))
        return false;
    fault_point(payment->worker->app, FAULT_SEEN);
    return true;
}

/* ---- he did nothing ---- */

static bool give_back_unit(struct db *db, void *arg, struct err *err)
{
    const struct word *word = arg;
    const struct custody_answer *answer = word->answer;
    struct payout payout = word->payment->payout;
    struct custody_send_row row = word->payment->row;
    struct payout_tx tx = word->payment->tx;
    char reason[PAYOUT_REASON_SIZE];
    bool is_news;
    snprintf(reason, sizeof(reason), "custodian: %.120s", answer->said);
    row.refused++;
    /* An earlier question has no answer yet: it may still be paid. */
    if (payout.state != PAYOUT_BUILDING || row.refused != row.asked)
        return leave_building(word, db, &payout, "", &tx, err) &&
               move(word, &payout, PAYOUT_MOVE_LOSE, reason, &tx, &is_news, err) &&
               row_save(word, db, row, is_news, err);
    tx.state = PAYOUT_TX_DROPPED;
    payout.not_before_us =
        word->now_us +
        (answer->is_short ? PAYOUT_WAIT_MS : PAYOUT_APPROVAL_WAIT_MS) * INT64_C(1000);
    return payout_tx_save(db, &tx, PAYOUT_TX_BUILDING, err) && row_save(word, db, row, true, err) &&
           payout_move(word->payment->worker, &payout, PAYOUT_MOVE_GIVE_BACK, "", NULL, err) &&
           payout_move(word->payment->worker, &payout, PAYOUT_MOVE_WAIT,
                       answer->is_short ? PAYOUT_REASON_LIQUIDITY : reason, NULL, err);
}

bool custody_give_back(struct custody_payment *payment, const struct custody_answer *answer,
                       struct err *err)
{
    struct word word = {
        .payment = payment, .answer = answer, .now_us = clock_now_us(payment->worker->app->clock)};
    return db_transaction(payment->worker->db, give_back_unit, &word, err);
}

/* ---- the transfer ---- */

static bool is_for_good(const struct word *word, struct custody_send_row *row)
{
    int64_t bound_us = word->payment->worker->app->config->custody_failed_s * INT64_C(1000000);
    if (!row->failed_since_us)
        row->failed_since_us = word->now_us;
    return word->now_us - row->failed_since_us >= bound_us;
}

static bool end(const struct word *word, struct db *db, struct payout *payout, struct payout_tx *tx,
                bool is_good, struct err *err)
{
    struct payout_worker *worker = word->payment->worker;
    const struct custody_transfer *transfer = word->transfer;
    struct payout_list paid = {.rows = payout, .count = 1};
    bool is_mined = is_good || (transfer && transfer->height && transfer->txid[0]);
    tx->mined_ok = is_good;
    tx->state = is_mined ? PAYOUT_TX_MINED : PAYOUT_TX_VOID;
    if (is_mined) {
        uint64_t deep =
            transfer->confirmations ? transfer->confirmations : worker->entry->min_confirmations;
        tx->mined_height = transfer->height ? transfer->height : 1;
        worker->tip = tx->mined_height + deep - 1; /* for the event alone */
        snprintf(tx->fee_units, sizeof(tx->fee_units), "%.65s",
                 transfer->fee_units[0] ? transfer->fee_units : "0");
    }
    bool ok = payout_move(worker, payout, is_good ? PAYOUT_MOVE_CONFIRM : PAYOUT_MOVE_FAIL,
                          is_good ? "" : word->reason, tx, err);
    worker->tip = 1;
    if (!ok || (is_mined && !payout_fee_tell(worker, tx, &paid, err)) ||
        !payout_tx_save(db, tx, PAYOUT_TX_SIGNED, err))
        return false;
    fault_point(worker->app, FAULT_CONFIRM);
    return true;
}

static bool is_deep(const struct word *word)
{
    const struct custody_transfer *transfer = word->transfer;
    return transfer->state == CUSTODY_CONFIRMED &&
           (!transfer->confirmations ||
            transfer->confirmations >= word->payment->worker->entry->min_confirmations);
}

static bool take_unit(struct db *db, void *arg, struct err *err)
{
    struct word *word = arg;
    const struct custody_transfer *transfer = word->transfer;
    struct payout payout = word->payment->payout;
    struct custody_send_row row = word->payment->row;
    struct payout_tx tx;
    bool is_news = strcmp(row.said, transfer->said) != 0, is_moved = false, ok;

    snprintf(row.transfer_id, sizeof(row.transfer_id), "%s", transfer->id);
    snprintf(row.said, sizeof(row.said), "%s", transfer->said);
    if (transfer->approval_id[0])
        snprintf(row.approval_id, sizeof(row.approval_id), "%s", transfer->approval_id);
    if (transfer->state != CUSTODY_FAILED)
        row.failed_since_us = 0;
    if (!leave_building(word, db, &payout, transfer->txid, &tx, err))
        return false;
    bool is_over = is_deep(word) || (transfer->state == CUSTODY_FAILED && is_for_good(word, &row));
    if (is_over)
        ok = end(word, db, &payout, &tx, transfer->state == CUSTODY_CONFIRMED, err);
    else if (transfer->state == CUSTODY_FAILED || transfer->state == CUSTODY_REMOVED)
        ok = move(word, &payout, PAYOUT_MOVE_LOSE, word->reason, &tx, &is_moved, err);
    else if (transfer->txid[0])
        ok = move(word, &payout, PAYOUT_MOVE_SEND, "", &tx, &is_moved, err);
    else if (payout.state == PAYOUT_BROADCAST)
        ok = move(word, &payout, PAYOUT_MOVE_LOSE, "custodian_removed", &tx, &is_moved, err);
    else
        ok = move(word, &payout, PAYOUT_MOVE_HOLD, word->reason, &tx, &is_moved, err);
    return ok && row_save(word, db, row, is_news || is_moved, err);
}

static const char *reason_of(const struct custody_transfer *transfer)
{
    switch (transfer->state) {
    case CUSTODY_FAILED:
        return strcmp(transfer->said, "rejected") == 0 ? "custodian_rejected" : "custodian_failed";
    case CUSTODY_REMOVED:
        return "custodian_removed";
    case CUSTODY_PENDING:
        return strcmp(transfer->said, "pendingApproval") == 0 ? PAYOUT_REASON_CUSTODIAN : "";
    case CUSTODY_UNCONFIRMED:
    case CUSTODY_CONFIRMED:
        break;
    }
    return "";
}

static struct word word_of(struct custody_payment *payment, const struct custody_transfer *transfer)
{
    return (struct word){.payment = payment,
                         .transfer = transfer,
                         .reason = reason_of(transfer),
                         .now_us = clock_now_us(payment->worker->app->clock)};
}

bool custody_take(struct custody_payment *payment, const struct custody_transfer *transfer,
                  struct err *err)
{
    struct word word = word_of(payment, transfer);
    if (!db_transaction(payment->worker->db, take_unit, &word, err))
        return false;
    fault_point(payment->worker->app, FAULT_SEEN);
    return true;
}

bool custody_take_within(struct db *db, struct custody_payment *payment,
                         const struct custody_transfer *transfer, struct err *err)
{
    struct word word = word_of(payment, transfer);
    return take_unit(db, &word, err);
}

static bool rejected_unit(struct db *db, void *arg, struct err *err)
{
    struct word *word = arg;
    struct payout payout = word->payment->payout;
    struct custody_send_row row = word->payment->row;
    struct payout_tx tx;
    bool is_moved = false;
    return leave_building(word, db, &payout, "", &tx, err) &&
           (is_for_good(word, &row)
                ? end(word, db, &payout, &tx, false, err)
                : move(word, &payout, PAYOUT_MOVE_LOSE, word->reason, &tx, &is_moved, err)) &&
           row_save(word, db, row, is_moved, err);
}

bool custody_rejected(struct custody_payment *payment, struct err *err)
{
    struct word word = {.payment = payment,
                        .reason = "custodian_rejected",
                        .now_us = clock_now_us(payment->worker->app->clock)};
    return db_transaction(payment->worker->db, rejected_unit, &word, err);
}

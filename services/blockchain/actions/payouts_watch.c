/*
 * Where the signed transactions are. Only two things end a payout: its transaction is mined as deep as
 * the chain wants it, or every transaction that was ever signed for it can't be mined any more, seen for
 * as many blocks. Until then the same bytes are sent again.
 */
#include "blockchain/actions/payout_worker.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/fault.h"
#include "blockchain/actions/payout_metrics.h"
#include "blockchain/actions/payout_safe.h"
#include "blockchain/store/chains.h"
#include "blockchain/store/coins.h"
#include "blockchain/store/events.h"
#include "json/field.h"

enum { SEND_AGAIN_BLOCKS = 3, LOOK_BACK_BLOCKS = 30 };

struct look {
    struct payout_worker *worker;
    struct payout_tx *tx;
    struct tx_status status;
};

bool payout_fee_tell(struct payout_worker *worker, struct payout_tx *tx,
                     const struct payout_list *payouts, struct err *err)
{
    AUTO(str_release) struct str members = STR_INIT(4096);
    if (tx->fee_told || payouts->count == 0)
        return true;
    tx->fee_told = true;
    payout_metric_fee(worker, tx->fee_units);
    str_add(&members, "\"chain\":");
    json_write_string(&members, tx->chain_key);
    str_add(&members, ",\"payout_id\":");
    json_write_string(&members, payouts->rows[0].id);
    str_add(&members, ",\"contract\":\"\",\"units\":");
    json_write_string(&members, tx->fee_units);
    str_add(&members, ",\"txid\":");
    json_write_string(&members, tx->txid);
    return event_add(worker->db, "network_fee.paid", members.data, clock_now_us(worker->app->clock),
                     err);
}

/* The others that were signed for the same payouts are void: it took their coins or their nonce. */
static bool void_others(struct payout_worker *worker, const struct payout_tx *tx,
                        const struct payout *payout, struct err *err)
{
    struct payout_tx_list all;
    if (!payout_txs_of(worker->db, worker->arena, payout->id, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        struct payout_tx *other = &all.rows[i];
        enum payout_tx_state from = other->state;
        if (other->id == tx->id || (from != PAYOUT_TX_SIGNED && from != PAYOUT_TX_BUILDING))
            continue;
        other->state = PAYOUT_TX_VOID;
        if (!payout_tx_save(worker->db, other, from, err))
            return false;
    }
    return true;
}

/* How a payout of a Safe ends only the contract says (payouts_safe_watch()): what its owners signed may go
 * through by another transaction, and be without effect in a good one. */
static bool safe_check(struct payout_worker *worker, const struct payout *payout,
                       enum payout_move *move, const char **reason, struct err *err)
{
    struct safe_row row;
    bool is_safe;
    if (!safe_tx_of_payout(worker->db, worker->arena, payout->id, &row, &is_safe, err))
        return false;
    if (is_safe && *move == PAYOUT_MOVE_CONFIRM)
        *move = PAYOUT_MOVE_SEND;
    if (is_safe && *move == PAYOUT_MOVE_FAIL) {
        *move = PAYOUT_MOVE_LOSE;
        *reason = PAYOUT_REASON_SAFE_OPEN;
    }
    return true;
}

static bool mined_unit(struct db *db, void *arg, struct err *err)
{
    const struct look *look = arg;
    struct payout_worker *worker = look->worker;
    struct payout_tx tx = *look->tx; /* it may run again */
    struct payout_list payouts;
    bool is_deep = look->status.confirmations >= worker->entry->min_confirmations;
    tx.mined_height = look->status.height;
    tx.mined_ok = !look->status.is_failed;
    tx.void_height = 0;
    if (look->status.fee_units[0])
        snprintf(tx.fee_units, sizeof(tx.fee_units), "%.65s", look->status.fee_units);
    if (is_deep)
        tx.state = PAYOUT_TX_MINED;
    if (!payouts_of_tx(db, worker->arena, tx.id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++) {
        struct payout *payout = &payouts.rows[i];
        if (payout_is_final(payout->state))
            continue;
        enum payout_move move = !is_deep      ? PAYOUT_MOVE_SEND
                                : tx.mined_ok ? PAYOUT_MOVE_CONFIRM
                                              : PAYOUT_MOVE_FAIL;
        const char *reason = move == PAYOUT_MOVE_FAIL ? "reverted" : "";
        if (!safe_check(worker, payout, &move, &reason, err) ||
            !payout_move(worker, payout, move, reason, &tx, err) ||
            (is_deep && !void_others(worker, &tx, payout, err)))
            return false;
    }
    if (is_deep && !payout_fee_tell(worker, &tx, &payouts, err))
        return false;
    if (!payout_tx_save(db, &tx, PAYOUT_TX_SIGNED, err))
        return false;
    if (is_deep)
        fault_point(worker->app, FAULT_CONFIRM);
    return true;
}

static bool is_news(const struct look *look)
{
    return look->tx->mined_height != look->status.height || look->tx->void_height ||
           look->status.confirmations >= look->worker->entry->min_confirmations;
}

/* A reorganisation took the block away: the bytes are on their way again. */
static bool unmined_unit(struct db *db, void *arg, struct err *err)
{
    struct look *look = arg;
    struct payout_tx tx = *look->tx;
    tx.mined_height = 0;
    return payout_tx_save(db, &tx, PAYOUT_TX_SIGNED, err);
}

/* ---- what can't be mined any more ---- */

static bool void_unit(struct db *db, void *arg, struct err *err)
{
    struct look *look = arg;
    struct payout_worker *worker = look->worker;
    struct payout_tx tx = *look->tx;
    struct payout_list payouts;
    uint64_t depth = worker->tip - tx.void_height + 1;
    bool is_proven = depth >= worker->app->config->void_confirmations &&
                     depth >= worker->entry->min_confirmations;
    if (is_proven)
        tx.state = PAYOUT_TX_VOID;
    if (!payout_tx_save(db, &tx, PAYOUT_TX_SIGNED, err))
        return false;
    if (!is_proven)
        return true;
    if (!coin_locks_drop(db, tx.id, err) || !payouts_of_tx(db, worker->arena, tx.id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++) {
        struct payout_tx_list all;
        bool is_hopeless = true;
        if (!payout_txs_of(db, worker->arena, payouts.rows[i].id, &all, err))
            return false;
        for (size_t k = 0; k < all.count; k++)
            is_hopeless = is_hopeless && (all.rows[k].state == PAYOUT_TX_VOID ||
                                          all.rows[k].state == PAYOUT_TX_DROPPED);
        enum payout_move move = PAYOUT_MOVE_FAIL;
        const char *reason = "inputs_spent_elsewhere";
        if (is_hopeless && !payout_is_final(payouts.rows[i].state) &&
            (!safe_check(worker, &payouts.rows[i], &move, &reason, err) ||
             !payout_move(worker, &payouts.rows[i], move, reason, &tx, err)))
            return false;
    }
    return true;
}

static bool judge(struct look *look, struct err *err)
{
    struct payout_worker *worker = look->worker;
    bool is_void = false, is_paid;
    /* A node that knows no transaction by its id (no index, another fork, behind) can't be asked who
     * spent the inputs. The blocks that we took in ourselves say it: one of ours did. */
    if (!payout_tx_is_paid(worker->db, look->tx->id, &is_paid, err) ||
        (!is_paid && !worker->family->is_void(worker, look->tx, &is_void, err)))
        return false;
    if (!is_void && !look->tx->void_height)
        return true;
    if (!is_void)
        look->tx->void_height = 0; /* a reorganisation: it may be mined after all */
    else if (!look->tx->void_height || look->tx->void_height > worker->tip)
        look->tx->void_height = worker->tip;
    if (!is_void)
        return payout_tx_save(worker->db, look->tx, PAYOUT_TX_SIGNED, err);
    return db_transaction(worker->db, void_unit, look, err);
}

/* ---- one transaction ---- */

static bool bump_if_old(struct payout_worker *worker, const struct payout_tx *tx, struct err *err)
{
    struct payout_tx made;
    uint64_t id;
    bool is_signed;
    char refusal[PAYOUT_REASON_SIZE];
    if (worker->tip < tx->stored_height + worker->app->config->bump_blocks)
        return true;
    if (!worker->family->bump(worker, tx, &id, err))
        return false;
    if (id == 0)
        return true;
    return payout_tx_find(worker->db, worker->arena, id, &made, err) &&
           payout_sign(worker, &made, &is_signed, err) &&
           (!is_signed || (payout_tx_find(worker->db, worker->arena, id, &made, err) &&
                           payout_send(worker, &made, refusal, err)));
}

/* It was replaced, or replaces another: what a node has of them, it says. */
static bool is_one_of_several(struct payout_worker *worker, const struct payout_tx *tx,
                              bool *ret_is_one, struct err *err)
{
    struct err own;
    uint64_t id;
    *ret_is_one = tx->replaces != 0 || payout_tx_replacement(worker->db, tx->id, &id, &own);
    if (*ret_is_one || own.code == ERR_NOT_FOUND)
        return true;
    *err = own;
    return false;
}

/* Those that a node has another one of are offered once a block, and not each round. */
static bool is_offered(struct payout_worker *worker, struct payout_tx *tx, bool *ret_is_offered,
                       struct err *err)
{
    bool is_one;
    *ret_is_offered = false;
    if (!is_one_of_several(worker, tx, &is_one, err))
        return false;
    if (!is_one)
        return true;
    *ret_is_offered = tx->sent_height >= worker->tip;
    if (*ret_is_offered)
        return true;
    tx->sent_height = worker->tip;
    return payout_tx_save(worker->db, tx, PAYOUT_TX_SIGNED, err);
}

static bool look_at(struct payout_worker *worker, struct payout_tx *tx, struct err *err)
{
    struct look look = {.worker = worker, .tx = tx};
    char refusal[PAYOUT_REASON_SIZE];
    bool offered = false;
    if (!providers_tx_status(worker->session, tx->txid, &look.status, err))
        return false;
    if (look.status.place == TX_MINED)
        return !is_news(&look) || db_transaction(worker->db, mined_unit, &look, err);
    if (tx->mined_height && !db_transaction(worker->db, unmined_unit, &look, err))
        return false;
    tx->mined_height = 0;
    if (look.status.place == TX_MEMPOOL && tx->sent_height &&
        worker->tip < tx->sent_height + SEND_AGAIN_BLOCKS)
        return payout_seen(worker, tx, err) && bump_if_old(worker, tx, err);
    if (look.status.place == TX_UNKNOWN && !is_offered(worker, tx, &offered, err))
        return false;
    if (offered)
        return true;
    if (!payout_send(worker, tx, refusal, err))
        return false;
    if (refusal[0])
        return judge(&look, err);
    return bump_if_old(worker, tx, err);
}

static bool ask_broadcast(struct node *node, void *arg, struct err *err)
{
    const struct payout_tx *tx = arg;
    return node->client->family->broadcast(node, tx->raw, err);
}

/* Those that it ended, and that nobody has settled. `reason` "": it is paid after all. ret_changed: how many
 * had another reason. */
static bool mark_paid(struct payout_worker *worker, const struct payout_tx *tx, const char *reason,
                      size_t *ret_changed, struct err *err)
{
    struct payout_list payouts;
    *ret_changed = 0;
    if (!payouts_of_tx(worker->db, worker->arena, tx->id, &payouts, err))
        return false;
    for (size_t i = 0; i < payouts.count; i++) {
        struct payout *payout = &payouts.rows[i];
        bool is_undone = strcmp(payout->reason, PAYOUT_REASON_UNDONE) == 0 ||
                         strcmp(payout->reason, PAYOUT_REASON_GONE) == 0;
        if (payout->state != PAYOUT_CONFIRMED || payout->paid_tx != tx->id ||
            (payout->reason[0] && !is_undone) || strcmp(payout->reason, reason) == 0)
            continue;
        snprintf(payout->reason, sizeof(payout->reason), "%s", reason);
        if (!payout_save(worker->db, payout, clock_now_us(worker->app->clock), err))
            return false;
        (*ret_changed)++;
    }
    return true;
}

/* What was told as paid was not. For people: the payout stays what it is. */
static bool alarm_undone(struct payout_worker *worker, const struct payout_tx *tx,
                         const char *reason, struct err *err)
{
    char members[512];
    size_t changed;
    if (!mark_paid(worker, tx, reason, &changed, err) || changed == 0)
        return changed == 0;
    snprintf(members, sizeof(members), "\"chain\":\"%s\",\"ready\":false,\"reason\":\"%s %.66s\"",
             tx->chain_key, reason, tx->txid);
    return event_add(worker->db, "chain.health", members, clock_now_us(worker->app->clock), err);
}

/* Mined again, and without effect. */
static bool undone_unit(struct db *db, void *arg, struct err *err)
{
    const struct look *look = arg;
    struct payout_tx tx = *look->tx;
    tx.mined_height = look->status.height;
    tx.mined_ok = false;
    return payout_tx_save(db, &tx, PAYOUT_TX_MINED, err) &&
           alarm_undone(look->worker, &tx, PAYOUT_REASON_UNDONE, err);
}

/* In no block, and something else has its coins or its nonce. */
static bool gone_unit(struct db *db, void *arg, struct err *err)
{
    const struct look *look = arg;
    (void)db;
    return alarm_undone(look->worker, look->tx, PAYOUT_REASON_GONE, err);
}

/* It is in another block, or in none for now. */
static bool moved_unit(struct db *db, void *arg, struct err *err)
{
    const struct look *look = arg;
    size_t changed;
    return payout_tx_save(db, look->tx, PAYOUT_TX_MINED, err) &&
           (!look->tx->mined_height || !look->tx->mined_ok ||
            mark_paid(look->worker, look->tx, "", &changed, err));
}

static bool gone_check(struct look *look, struct err *err)
{
    struct payout_worker *worker = look->worker;
    bool is_gone = false, is_paid;
    if (!payout_tx_is_paid(worker->db, look->tx->id, &is_paid, err) ||
        (!is_paid && !worker->family->is_void(worker, look->tx, &is_gone, err)))
        return false;
    return !is_gone || db_transaction(worker->db, gone_unit, look, err);
}

/* Where a confirmed transaction is now. One that is in no block is kept in sight, however long it takes. */
static bool look_back_at(struct look *look, struct err *err)
{
    struct payout_worker *worker = look->worker;
    struct payout_tx *tx = look->tx;
    bool is_mined = look->status.place == TX_MINED;
    if (is_mined && tx->mined_ok && look->status.is_failed) {
        if (!db_transaction(worker->db, undone_unit, look, err))
            return false;
        return err_set(err, ERR_CONFLICT,
                       "transaction %.66s was confirmed, was mined again and failed", tx->txid);
    }
    uint64_t height = is_mined ? look->status.height : 0;
    if (height != tx->mined_height) {
        tx->mined_height = height;
        if (!db_transaction(worker->db, moved_unit, look, err))
            return false;
    }
    if (look->status.place != TX_UNKNOWN)
        return true;
    struct err own;
    bool has_bytes = tx->raw && tx->raw[0]; /* not one that operators named */
    if (has_bytes && !providers_ask(worker->session, ask_broadcast, tx, &own))
        payout_trouble(worker, &own);
    if (!gone_check(look, err))
        return false;
    return err_set(err, ERR_CONFLICT, "transaction %.66s was confirmed and is in no block any more",
                   tx->txid);
}

/* One page; ret_after: where the next begins, 0: this was the last. ret_good false: one of them could not be
 * asked about, so that the height of this look is not kept. */
static bool look_back_page(struct payout_worker *worker, uint64_t above, uint64_t *after,
                           bool *ret_good, struct err *err)
{
    struct payout_tx_list list;
    if (!payout_txs_mined_above(worker->db, worker->arena, worker->chain->key, above, *after, &list,
                                err))
        return false;
    for (size_t i = 0; i < list.count && !worker->app->stopping; i++) {
        struct look look = {.worker = worker, .tx = &list.rows[i]};
        struct err own;
        if (!providers_tx_status(worker->session, look.tx->txid, &look.status, &own)) {
            payout_trouble(worker, &own);
            *ret_good = false;
        } else if (!look_back_at(&look, &own)) {
            payout_trouble(worker, &own);
        }
    }
    *after = list.count == PAYOUT_TXS_MAX ? list.rows[list.count - 1].id : 0;
    return true;
}

/* A reorganisation that is deeper than the chain's confirmations: the payout stays what it is, and the
 * same bytes are sent until they are in a block again. The look begins below where the last one ended, however
 * long ago that was: what happened while we were stopped is seen as well. */
static bool look_back(struct payout_worker *worker, struct err *err)
{
    uint64_t from, after = 0;
    bool is_good = true;
    if (!chain_looked_at(worker->db, worker->chain->key, &from, err))
        return false;
    from = from && from < worker->tip ? from : worker->tip;
    from = from > LOOK_BACK_BLOCKS ? from - LOOK_BACK_BLOCKS : 0;
    do
        if (!look_back_page(worker, from, &after, &is_good, err))
            return false;
    while (after && !worker->app->stopping);
    return !is_good || worker->app->stopping ||
           chain_looked_at_set(worker->db, worker->chain->key, worker->tip, err);
}

bool payouts_watch(struct payout_worker *worker, struct err *err)
{
    struct payout_tx_list list;
    struct err own;
    if (!payout_txs_in(worker->db, worker->arena, worker->chain->key, PAYOUT_TX_SIGNED, &list, err))
        return false;
    for (size_t i = 0; i < list.count && !worker->app->stopping; i++)
        if (!look_at(worker, &list.rows[i], &own) && own.code != ERR_STATE_CONFLICT)
            payout_trouble(worker, &own);
    if (!payouts_safe_watch(worker, err))
        return false;
    if (*worker->looked_back_at == worker->tip)
        return true;
    *worker->looked_back_at = worker->tip;
    if (worker->family->fill && !worker->family->fill(worker, &own))
        payout_trouble(worker, &own);
    return look_back(worker, err);
}

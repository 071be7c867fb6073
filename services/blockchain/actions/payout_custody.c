/*
 * One round with one custodian: first what he was asked before, then what is due, one payment after the
 * other. A payment is built when his wallet holds enough for it and the fee that he tells is not too much.
 */
#include "blockchain/actions/payout_custody.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/fault.h"
#include "blockchain/store/coins.h"
#include "chain/u256.h"
#include "json/field.h"

enum { REQUEST_BYTES_MAX = 4096 };

/* ---- build ---- */

struct draft {
    struct payout_worker *worker;
    const struct payout *payout;
    struct custody_wallet wallet;
    char fee_units[CHAIN_UNITS_SIZE]; /* "0": he can't say */
    bool has_fee;
    char units[U256_TEXT_SIZE]; /* what arrives */
    char request[REQUEST_BYTES_MAX];
    uint64_t tx_id;
};

static bool ask_wallet(struct node *node, void *arg, struct err *err)
{
    struct draft *draft = arg;
    return custody_wallet_read(node, &draft->wallet, err);
}

static bool ask_fee(struct node *node, void *arg, struct err *err)
{
    struct draft *draft = arg;
    return custody_fee_estimate(node, draft->payout->to, draft->payout->units, draft->fee_units,
                                err);
}

/* ret_why NULL: it can be paid now; else what it waits for. */
static bool judge(struct draft *draft, const char **ret_why, struct err *err)
{
    const struct payout *payout = draft->payout;
    struct u256 units, fee, cap, spendable, need;
    if (!u256_parse(payout->units, &units) || !u256_parse(draft->fee_units, &fee) ||
        !u256_parse(draft->wallet.spendable_units, &spendable))
        return err_set(err, ERR_INTERNAL, "payout %s: units that are none", payout->id);
    bool is_capped = payout->fee_cap_units[0] && u256_parse(payout->fee_cap_units, &cap);
    bool is_dear = (is_capped && u256_cmp(fee, cap) > 0) ||
                   (payout->subtract_fee && u256_cmp(fee, units) >= 0);
    need = units;
    if (payout->subtract_fee && !is_dear)
        (void)!u256_sub(units, fee, &units);
    else if (!u256_add(units, fee, &need))
        return err_set(err, ERR_PROTOCOL, "a fee above 256 bits");
    bool needs_fee = is_capped || payout->subtract_fee;
    *ret_why = u256_cmp(need, spendable) > 0               ? PAYOUT_REASON_LIQUIDITY
               : is_dear || (needs_fee && !draft->has_fee) ? PAYOUT_REASON_FEE
                                                           : NULL;
    u256_text(units, draft->units);
    return true;
}

static bool request_write(struct draft *draft, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(REQUEST_BYTES_MAX);
    str_add(&text, "{\"address\":");
    json_write_string(&text, draft->payout->to);
    str_add(&text, ",\"amount\":");
    json_write_string(&text, draft->units);
    str_add(&text, ",\"sequenceId\":");
    json_write_string(&text, draft->payout->id);
    str_add_char(&text, '}');
    if (!str_ok(&text))
        return err_set(err, ERR_INTERNAL, "a request above its limit");
    snprintf(draft->request, sizeof(draft->request), "%s", str_data(&text));
    return true;
}

static bool build_unit(struct db *db, void *arg, struct err *err)
{
    struct draft *draft = arg;
    struct payout_worker *worker = draft->worker;
    struct payout payout = *draft->payout; /* it may run again */
    struct payout_tx tx = {.state = PAYOUT_TX_BUILDING, .request = draft->request};
    snprintf(tx.chain_key, sizeof(tx.chain_key), "%s", payout.chain_key);
    snprintf(tx.from, sizeof(tx.from), "%s", draft->wallet.id);
    snprintf(tx.fee_units, sizeof(tx.fee_units), "%.65s", draft->fee_units);
    payout.not_before_us = 0;
    return payout_move(worker, &payout, PAYOUT_MOVE_TAKE, "", NULL, err) &&
           payout_tx_insert(db, &tx, clock_now_us(worker->app->clock), &draft->tx_id, err) &&
           payout_payment_insert(db, draft->tx_id, payout.id, draft->units, err) &&
           custody_send_put(db, payout.chain_key, payout.id, draft->tx_id, err);
}

/* A collection between addresses of one wallet moves nothing: it holds the coins already. */
static bool inside_unit(struct db *db, void *arg, struct err *err)
{
    const struct draft *draft = arg;
    struct payout payout = *draft->payout;
    (void)db;
    return payout_move(draft->worker, &payout, PAYOUT_MOVE_TAKE, "", NULL, err) &&
           payout_move(draft->worker, &payout, PAYOUT_MOVE_SIGN, "", NULL, err) &&
           payout_move(draft->worker, &payout, PAYOUT_MOVE_CONFIRM, "same_wallet", NULL, err);
}

static bool stays_inside(struct payout_worker *worker, const struct payout *payout,
                         bool *ret_inside, struct err *err)
{
    struct own_address own;
    *ret_inside = false;
    if (payout->purpose != PAYOUT_COLLECTION && payout->purpose != PAYOUT_OFFLOAD)
        return true;
    if (!own_address_find(worker->db, payout->chain_key, payout->to, &own, err))
        return false;
    *ret_inside = own.address[0] != '\0';
    return true;
}

/* ret_tx 0: nothing to ask. *is_short: who came before waits for coins, so nobody overtakes him. */
static bool build(struct payout_worker *worker, const struct payout *payout, bool *is_short,
                  uint64_t *ret_tx, struct err *err)
{
    struct draft draft = {.worker = worker, .payout = payout, .fee_units = "0"};
    char id[CUSTODY_ID_SIZE];
    const char *why = NULL;
    struct err own;
    bool is_inside;
    *ret_tx = 0;
    if (payout->contract[0])
        return payout_refuse(worker, payout, "custody: its wallet holds one coin", err);
    if (!custody_id_copy(payout->id, id, sizeof(id)))
        return payout_refuse(worker, payout, "custody: an id with a dot", err);
    if (!stays_inside(worker, payout, &is_inside, err))
        return false;
    if (is_inside)
        return db_transaction(worker->db, inside_unit, &draft, err);
    if (*is_short)
        return payout_wait(worker, payout, PAYOUT_REASON_LIQUIDITY, PAYOUT_WAIT_MS, err);
    if (!providers_ask(worker->session, ask_wallet, &draft, err))
        return false;
    draft.has_fee = providers_ask(worker->session, ask_fee, &draft, &own);
    if (!draft.has_fee && own.code != ERR_NODE_REFUSED) {
        *err = own;
        return false;
    }
    if (!judge(&draft, &why, err))
        return false;
    *is_short = why && strcmp(why, PAYOUT_REASON_LIQUIDITY) == 0;
    if (why)
        return payout_wait(worker, payout, why, PAYOUT_WAIT_MS, err);
    if (!request_write(&draft, err) || !db_transaction(worker->db, build_unit, &draft, err))
        return false;
    *ret_tx = draft.tx_id;
    return true;
}

/* ---- one round ---- */

static bool go_on_row(struct payout_worker *worker, const struct custody_send_row *row,
                      struct err *err)
{
    struct custody_payment payment;
    return custody_payment_load(worker, row, &payment, err) && custody_go_on(&payment, err);
}

static bool look_at_begun(struct payout_worker *worker, struct err *err)
{
    struct custody_send_row *rows;
    size_t count;
    if (!custody_sends_due(worker->db, worker->arena, worker->chain->key,
                           clock_now_us(worker->app->clock), &rows, &count, err))
        return false;
    for (size_t i = 0; i < count && !worker->app->stopping; i++) {
        struct err own;
        if (!go_on_row(worker, &rows[i], &own) && own.code != ERR_STATE_CONFLICT)
            payout_trouble(worker, &own);
    }
    return true;
}

static bool pay_due(struct payout_worker *worker, struct err *err)
{
    struct payout_list due;
    int64_t now_us = clock_now_us(worker->app->clock);
    uint64_t short_seq;
    bool is_short = false;
    if (!payouts_stop(worker, err) ||
        !payouts_due(worker->db, worker->arena, worker->chain->key, now_us, &due, err) ||
        !payouts_first_waiting(worker->db, worker->chain->key, PAYOUT_REASON_LIQUIDITY, now_us,
                               &short_seq, err))
        return false;
    for (size_t i = 0; i < due.count && i < PAYOUT_BUILDS_MAX && !worker->app->stopping; i++) {
        struct custody_send_row row;
        uint64_t tx_id;
        struct err own;
        is_short = is_short || (short_seq && short_seq < due.rows[i].seq);
        if (!build(worker, &due.rows[i], &is_short, &tx_id, &own)) {
            if (own.code == ERR_STATE_CONFLICT)
                continue; /* cancelled meanwhile */
            *err = own;
            return false;
        }
        if (tx_id == 0)
            continue;
        fault_point(worker->app, FAULT_RESERVE);
        if (!custody_send_find(worker->db, due.rows[i].id, &row, err))
            return false;
        if (!go_on_row(worker, &row, &own) && own.code != ERR_STATE_CONFLICT)
            payout_trouble(worker, &own);
    }
    return true;
}

static bool custody_payouts(struct payout_worker *worker, struct err *err)
{
    struct err own;
    worker->is_troubled = false;
    worker->tip = 1;
    if (!look_at_begun(worker, &own))
        payout_trouble(worker, &own);
    return pay_due(worker, err);
}

const struct payout_family payout_family_custody = {.name = "bitgo", .round = custody_payouts};

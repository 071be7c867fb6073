/* Transactions of Bitcoin-like chains behind their signature: void or not, and dearer ones in their place. */
#include "blockchain/actions/payout_coin.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/family/rpc.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

struct void_question {
    const struct coin_list *coins;
    bool is_void;
};

/* An input that is in no unspent set, the pool left aside: a mined transaction has spent it. */
static bool ask_void(struct node *node, void *arg, struct err *err)
{
    struct void_question *question = arg;
    question->is_void = false;
    for (size_t i = 0; i < question->coins->count && !question->is_void; i++) {
        AUTO_FREE(cJSON_Delete) cJSON *output = NULL;
        char params[96];
        snprintf(params, sizeof(params), "[\"%s\",%u,false]", question->coins->rows[i].txid,
                 question->coins->rows[i].vout);
        if (!rpc_call_tree(node->rpc, "gettxout", params, &output, err))
            return false;
        question->is_void = cJSON_IsNull(output);
    }
    return true;
}

/* Whether one of ours for the same payouts is the one that spent them. */
static bool is_sibling_alive(struct payout_worker *worker, const struct payout_tx *tx,
                             bool *ret_alive, struct err *err)
{
    struct payout_list payouts;
    struct payout_tx_list all;
    *ret_alive = false;
    if (!payouts_of_tx(worker->db, worker->arena, tx->id, &payouts, err))
        return false;
    if (payouts.count == 0)
        return true;
    if (!payout_txs_of(worker->db, worker->arena, payouts.rows[0].id, &all, err))
        return false;
    for (size_t i = 0; i < all.count && !*ret_alive; i++) {
        struct tx_status status;
        if (all.rows[i].txid[0] == '\0')
            continue;
        if (!providers_tx_status(worker->session, all.rows[i].txid, &status, err))
            return false;
        *ret_alive = status.place != TX_UNKNOWN;
    }
    return true;
}

bool coin_is_void(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_void,
                  struct err *err)
{
    struct payout_tx holder = *tx;
    struct coin_list coins;
    bool alive;
    *ret_void = false;
    if (!is_sibling_alive(worker, tx, &alive, err))
        return false;
    if (alive)
        return true;
    /* Replaced: its coins went over to the youngest. */
    for (unsigned i = 0; i <= PAYOUT_BUMPS_MAX; i++) {
        if (!coins_of_tx(worker->db, worker->arena, worker->chain->key, holder.id, &coins, err))
            return false;
        struct err own;
        if (coins.count > 0 || !payout_tx_replacement(worker->db, holder.id, &holder.id, &own))
            break;
    }
    /* A coin whose own transaction was reorganised away is unspent nowhere, and may come back. */
    bool may_return;
    if (!coins_may_return(worker->db, worker->chain->key, holder.id, &may_return, err))
        return false;
    if (may_return)
        return true;
    struct void_question question = {.coins = &coins};
    if (!providers_ask(worker->session, ask_void, &question, err))
        return false;
    *ret_void = question.is_void;
    return true;
}

/* The same coins and payments, less change (or less of a swept sum), more fee. */
static bool bump_plan(struct coin_plan *plan, const struct coin_list *coins, uint64_t new_fee,
                      bool *ret_fits, struct err *err)
{
    struct payout_worker *worker = plan->worker;
    const uint64_t dust = worker->app->config->coin_dust;
    uint64_t inputs = 0, paid = 0, old_fee;
    bool is_number = str_to_u64(plan->replaces->fee_units, &old_fee);
    assert(is_number && new_fee > old_fee);
    for (size_t i = 0; i < coins->count; i++) {
        plan->coins[i] = &coins->rows[i];
        inputs += coins->rows[i].units;
    }
    plan->coins_count = coins->count;
    for (size_t i = 0; i < plan->count; i++)
        paid += plan->payments[i].units;
    assert(inputs >= paid + old_fee);
    uint64_t change = inputs - paid - old_fee, more = new_fee - old_fee;
    bool is_borne = plan->payouts[0]->subtract_fee || plan->payouts[0]->from[0];
    struct psbt_payment *bearer = &plan->payments[coin_plan_bearer(plan)];
    *ret_fits = true;
    plan->fee = new_fee;
    plan->change_units = change;
    if (is_borne && bearer->units >= more + dust)
        bearer->units -= more;
    else if (change >= more + dust)
        plan->change_units = change - more;
    else if (change >= more) {
        plan->change_units = 0;
        plan->fee = old_fee + change;
    } else
        *ret_fits = false;
    if (plan->change_units == 0)
        return true;
    return own_address_first(worker->db, worker->chain->key, "hot", &plan->change, err);
}

bool coin_bump(struct payout_worker *worker, const struct payout_tx *tx, uint64_t *ret_tx,
               struct err *err)
{
    struct coin_rate_question question = {.speed = "fast"};
    const struct fee_bounds bounds = payout_fee_bounds(worker);
    struct coin_plan *plan = arena_alloc(worker->arena, sizeof(*plan));
    struct payout_list payouts;
    struct payout_tx_list all;
    struct coin_list coins;
    uint64_t units[PAYOUT_BATCH_MAX], old_fee, new_fee;
    size_t count;
    bool fits;
    struct err own;
    *ret_tx = 0;
    if (!plan)
        return err_set(err, ERR_INTERNAL, "no memory for a plan");
    *plan = (struct coin_plan){.worker = worker, .replaces = tx, .vsize = tx->vsize};
    if (!payouts_of_tx(worker->db, worker->arena, tx->id, &payouts, err) ||
        !payout_payments_of(worker->db, tx->id, units, ARRAY_LEN(units), &count, err) ||
        !coins_of_tx(worker->db, worker->arena, worker->chain->key, tx->id, &coins, err))
        return false;
    assert(count == payouts.count);
    if (count == 0 || coins.count == 0 || coins.count > COIN_INPUTS_MAX)
        return true; /* a younger one holds the coins */
    if (!payout_txs_of(worker->db, worker->arena, payouts.rows[0].id, &all, err))
        return false;
    if (!payout_may_bump(worker, &all, tx))
        return true;
    if (!providers_ask(worker->session, coin_ask_rate, &question, err))
        return false;
    bool is_number = str_to_u64(tx->fee_units, &old_fee);
    assert(is_number);
    if (!fee_bump(&bounds, old_fee, tx->vsize,
                  question.rate.is_estimated ? question.rate.per_unit : 0, bounds.least, &new_fee,
                  &own))
        return true; /* above the cap: it waits as it is */
    for (size_t i = 0; i < count; i++) {
        coin_plan_add(plan, &payouts.rows[i]);
        plan->payments[i].units = units[i];
    }
    if (!bump_plan(plan, &coins, new_fee, &fits, err))
        return false;
    return !fits || coin_plan_reserve(plan, ret_tx, err);
}

/*
 * Payouts on Bitcoin-like chains: many payments in one transaction, as many as are waiting for the same
 * purpose; it takes what is there and waits for nobody. Collections of one address go together, by the coins
 * that they are. A transaction
 * that is not mined is replaced by one with the same inputs and the same payments, and a higher fee.
 */
#include "blockchain/actions/payout_coin.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/family/rpc.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum {
    TX_VSIZE = 15, /* version, counts, lock time, marker */
    INPUT_VSIZE_WITNESS = 68,
    INPUT_VSIZE = 148,
    CHANGE_VSIZE_WITNESS = 31,
    CHANGE_VSIZE = 34
};

static bool is_witness(const struct payout_worker *worker)
{
    return worker->chain->client->purpose == 84;
}

static struct coin_need need_of(const struct payout_worker *worker, uint64_t rate)
{
    bool witness = is_witness(worker);
    return (struct coin_need){.rate = rate,
                              .dust = worker->app->config->coin_dust,
                              .base_vsize = TX_VSIZE,
                              .input_vsize = witness ? INPUT_VSIZE_WITNESS : INPUT_VSIZE,
                              .change_vsize = witness ? CHANGE_VSIZE_WITNESS : CHANGE_VSIZE};
}

/* ---- questions to the node ---- */

bool coin_ask_rate(struct node *node, void *arg, struct err *err)
{
    struct coin_rate_question *question = arg;
    return node->client->family->fee_rate(node, question->speed, &question->rate, err);
}

/* Whether the node has every coin as unspent: what we believe is compared before money depends on it. */
static bool ask_coins(struct node *node, void *arg, struct err *err)
{
    const struct coin_plan *plan = arg;
    for (size_t i = 0; i < plan->coins_count; i++) {
        AUTO_FREE(cJSON_Delete) cJSON *output = NULL;
        char params[96];
        snprintf(params, sizeof(params), "[\"%s\",%u,true]", plan->coins[i]->txid,
                 plan->coins[i]->vout);
        if (!rpc_call_tree(node->rpc, "gettxout", params, &output, err))
            return false;
        if (cJSON_IsNull(output))
            return err_set(err, ERR_STATE_CONFLICT, "coin %s:%u is spent, says the node",
                           plan->coins[i]->txid, plan->coins[i]->vout);
    }
    return true;
}

/* ---- choosing coins ---- */

static void take_choice(struct coin_plan *plan, const struct coin_list *list,
                        const struct coin_choice *choice)
{
    plan->coins_count = choice->count;
    for (size_t i = 0; i < choice->count; i++)
        plan->coins[i] = &list->rows[choice->index[i]];
    plan->fee = choice->fee;
    plan->vsize = choice->vsize;
}

static bool units_of(struct payout_worker *worker, const struct coin_list *list,
                     uint64_t **ret_units, struct err *err)
{
    uint64_t *units = arena_alloc(worker->arena, (list->count + 1) * sizeof(*units));
    if (!units)
        return err_set(err, ERR_INTERNAL, "no memory for coins");
    for (size_t i = 0; i < list->count; i++)
        units[i] = list->rows[i].units;
    *ret_units = units;
    return true;
}

/* Fits as many of the planned payments as the coins pay for, from the front. False in ret_fits: none. */
static bool fit(struct coin_plan *plan, uint64_t rate, bool *ret_fits, struct err *err)
{
    struct payout_worker *worker = plan->worker;
    struct coin_list list;
    uint64_t *units;
    *ret_fits = false;
    if (!coins_free_of(worker->db, worker->arena, worker->chain->key, "hot", "", &list, err) ||
        !units_of(worker, &list, &units, err))
        return false;
    for (; plan->count > 0; plan->count--) {
        struct coin_need need = need_of(worker, rate);
        struct coin_choice choice;
        struct err own;
        for (size_t i = 0; i < plan->count; i++) {
            uint32_t vsize;
            if (!payout_output_vsize(worker, plan->payments[i].to, &vsize, err))
                return false;
            need.outputs += plan->payments[i].units;
            need.base_vsize += vsize;
        }
        bool is_borne = plan->count == 1 && plan->payouts[0]->subtract_fee;
        if (is_borne) /* what arrives is the rest: any fee comes off it afterwards */
            need.rate = 0;
        if (!coins_choose(units, list.count, &need, &choice, &own))
            continue;
        take_choice(plan, &list, &choice);
        plan->change_units = choice.change;
        if (is_borne) {
            uint64_t fee = fee_of_size(rate, choice.vsize);
            if (plan->payments[0].units < fee + need.dust)
                continue;
            plan->payments[0].units -= fee;
            plan->fee += fee;
        }
        *ret_fits = true;
        return true;
    }
    return true;
}

/* The longest run of the planned collections, from the front, whose coins are there to the unit: deposits are
 * whole coins, and any other coin is another deposit's, whose own collection would find nothing. ret_count 0: none. */
static void collect_choose(const struct coin_plan *plan, const uint64_t *units, size_t coins,
                           struct coin_choice *ret_choice, size_t *ret_count)
{
    *ret_count = 0;
    for (size_t count = plan->count; count > 0; count--) {
        struct coin_need need = {.dust = 1};
        struct err own;
        for (size_t i = 0; i < count; i++)
            need.outputs += plan->payments[i].units;
        if (!coins_choose(units, coins, &need, ret_choice, &own) || ret_choice->change != 0)
            continue;
        *ret_count = count;
        return;
    }
}

/* Collections from one address: the coins that are what was collected, to the unit, and no others. */
static bool collect(struct coin_plan *plan, uint64_t rate, bool *ret_fits, struct err *err)
{
    struct payout_worker *worker = plan->worker;
    const struct coin_need real = need_of(worker, rate);
    struct coin_choice choice;
    struct coin_list list;
    uint64_t *units;
    uint32_t vsize, outputs_vsize = 0;
    *ret_fits = false;
    if (!coins_free_of(worker->db, worker->arena, worker->chain->key, "", plan->payouts[0]->from,
                       &list, err) ||
        !units_of(worker, &list, &units, err))
        return false;
    size_t count;
    collect_choose(plan, units, list.count, &choice, &count);
    plan->count = count;
    for (size_t i = 0; i < plan->count; i++) {
        if (!payout_output_vsize(worker, plan->payments[i].to, &vsize, err))
            return false;
        outputs_vsize += vsize;
    }
    if (plan->count == 0)
        return true;
    take_choice(plan, &list, &choice);
    plan->change_units = 0;
    plan->vsize = real.base_vsize + outputs_vsize + (uint32_t)choice.count * real.input_vsize;
    uint64_t fee = fee_of_size(rate, plan->vsize);
    struct psbt_payment *bearer = &plan->payments[coin_plan_bearer(plan)];
    if (bearer->units < fee + real.dust)
        return true; /* not worth its fee now */
    bearer->units -= fee;
    plan->fee = fee;
    *ret_fits = true;
    return true;
}

/* ---- build ---- */

/* Whether it may be paid at all on such a chain; refused if not. */
static bool is_payable(struct payout_worker *worker, const struct payout *payout, bool *ret_payable,
                       struct err *err)
{
    uint64_t units;
    *ret_payable = str_to_u64(payout->units, &units) && units >= worker->app->config->coin_dust;
    return *ret_payable || payout_refuse(worker, payout, "amount: dust", err);
}

static bool joins(const struct coin_plan *plan, const struct payout *payout)
{
    const struct payout *first = plan->payouts[0];
    bool is_outward = first->purpose == PAYOUT_WITHDRAWAL || first->purpose == PAYOUT_REFUND;
    return payout->from[0] == '\0' && payout->purpose == first->purpose && is_outward &&
           !payout->alone && !payout->subtract_fee && !first->alone && !first->subtract_fee &&
           plan->count < PAYOUT_BATCH_MAX;
}

static bool is_above_cap(const struct coin_plan *plan)
{
    uint64_t cap;
    const char *text = plan->payouts[0]->fee_cap_units;
    return plan->count == 1 && text[0] && str_to_u64(text, &cap) && plan->fee > cap;
}

static uint64_t distance(const struct payout *a, const struct payout *b)
{
    return a->seq > b->seq ? a->seq - b->seq : b->seq - a->seq;
}

/* The other parts, due or not: their coins are the same. Those that were asked for next to it come first, for
 * they are of the same deposit. */
static bool collect_add(struct coin_plan *plan, const struct payout *first, struct err *err)
{
    struct payout_worker *worker = plan->worker;
    struct payout_list list;
    if (!payouts_from(worker->db, worker->arena, worker->chain->key, first->from, &list, err))
        return false;
    size_t before = 0, after;
    while (before < list.count && list.rows[before].seq < first->seq)
        before++;
    for (after = before; (before > 0 || after < list.count) && plan->count < PAYOUT_BATCH_MAX;) {
        bool is_after =
            before == 0 || (after < list.count && distance(&list.rows[after], first) <=
                                                      distance(&list.rows[before - 1], first));
        const struct payout *other = is_after ? &list.rows[after++] : &list.rows[--before];
        bool is_payable = strlen(other->units) > 4; /* dust is refused in its turn */
        if (other->seq != first->seq && is_payable && other->purpose == first->purpose)
            coin_plan_add(plan, other);
    }
    return true;
}

static bool try_at(struct payout_worker *worker, const struct payout_list *due, size_t at,
                   uint64_t rate, struct coin_plan *plan, const char **ret_wait, struct err *err)
{
    const struct payout *payout = &due->rows[at];
    bool fits;
    *plan = (struct coin_plan){.worker = worker};
    coin_plan_add(plan, payout);
    *ret_wait = PAYOUT_REASON_LIQUIDITY;
    if (payout->from[0]) {
        if (!collect_add(plan, payout, err))
            return false;
        if (!own_address_first(worker->db, worker->chain->key, "hot", &plan->change, err) ||
            !collect(plan, rate, &fits, err))
            return false;
    } else {
        for (size_t i = at + 1; i < due->count; i++) {
            bool is_payable_too = strlen(due->rows[i].units) > 4; /* dust is refused in its turn */
            if (is_payable_too && joins(plan, &due->rows[i]))
                coin_plan_add(plan, &due->rows[i]);
            else if (due->rows[i].from[0] == '\0')
                break; /* nobody is overtaken */
        }
        if (!own_address_first(worker->db, worker->chain->key, "hot", &plan->change, err))
            return false;
        if (plan->change.address[0] == '\0')
            return true; /* nobody has asked for a hot address yet */
        if (!fit(plan, rate, &fits, err))
            return false;
    }
    if (!fits)
        return true;
    *ret_wait = is_above_cap(plan) ? PAYOUT_REASON_FEE : NULL;
    return true;
}

static bool build(struct payout_worker *worker, const struct payout_list *due, uint64_t *ret_tx,
                  struct err *err)
{
    struct coin_rate_question question = {.speed = worker->entry->gas_withdrawal};
    const struct fee_bounds bounds = payout_fee_bounds(worker);
    bool hot_is_short = false, is_dear;
    struct coin_plan *plan = arena_alloc(worker->arena, sizeof(*plan));
    struct err own;
    uint64_t rate = 0;
    *ret_tx = 0;
    if (!plan)
        return err_set(err, ERR_INTERNAL, "no memory for a plan");
    if (!providers_ask(worker->session, coin_ask_rate, &question, err))
        return false;
    is_dear = !fee_rate_choose(&bounds, question.rate.is_estimated ? question.rate.per_unit : 0,
                               &rate, &own);
    for (size_t i = 0; i < due->count; i++) {
        const struct payout *payout = &due->rows[i];
        const char *wait = NULL;
        bool payable;
        if (!is_payable(worker, payout, &payable, err))
            return false;
        if (!payable)
            continue;
        if (is_dear)
            wait = PAYOUT_REASON_FEE;
        else if (hot_is_short && payout->from[0] == '\0')
            wait = PAYOUT_REASON_LIQUIDITY;
        else if (!try_at(worker, due, i, rate, plan, &wait, err))
            return false;
        if (!wait)
            return providers_ask(worker->session, ask_coins, plan, err) &&
                   coin_plan_reserve(plan, ret_tx, err);
        bool is_short = strcmp(wait, PAYOUT_REASON_LIQUIDITY) == 0;
        hot_is_short = hot_is_short || (is_short && payout->from[0] == '\0');
        if (!payout_wait(worker, payout, wait,
                         is_short && payout->from[0] == '\0' ? 0 : PAYOUT_WAIT_MS, err))
            return false;
    }
    return true;
}

const struct payout_family payout_family_coin = {.name = "bitcoin",
                                                 .sign_path = "/internal/sign/psbt",
                                                 .build = build,
                                                 .is_void = coin_is_void,
                                                 .bump = coin_bump};

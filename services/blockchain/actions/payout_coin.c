/*
 * Payouts on Bitcoin-like chains: many payments in one transaction, as many as are waiting for the same
 * purpose; it takes what is there and waits for nobody. Collections sweep one address each. A transaction
 * that is not mined is replaced by one with the same inputs and the same payments, and a higher fee.
 */
#include "blockchain/actions/payout_worker.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/payout_psbt.h"
#include "blockchain/domain/coin_select.h"
#include "blockchain/family/rpc.h"
#include "blockchain/store/coins.h"
#include "json/field.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum {
    TX_VSIZE = 15, /* version, counts, lock time, marker */
    INPUT_VSIZE_WITNESS = 68,
    INPUT_VSIZE = 148,
    CHANGE_VSIZE_WITNESS = 31,
    CHANGE_VSIZE = 34
};

/* A transaction that is being made. */
struct plan {
    struct payout_worker *worker;
    const struct payout *payouts[PAYOUT_BATCH_MAX];
    struct psbt_payment payments[PAYOUT_BATCH_MAX];
    struct own_address receiver; /* of a collection or an offload, if it is ours */
    size_t count;
    const struct coin *coins[COIN_INPUTS_MAX];
    size_t coins_count;
    struct own_address change;
    uint64_t change_units, fee;
    uint32_t vsize;
    const struct payout_tx *replaces; /* NULL: it is a first one */
    struct str psbt;
    uint64_t tx_id;
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

struct rate_question {
    const char *speed;
    struct fee_rate rate;
};

static bool ask_rate(struct node *node, void *arg, struct err *err)
{
    struct rate_question *question = arg;
    return node->client->family->fee_rate(node, question->speed, &question->rate, err);
}

/* Whether the node has every coin as unspent: what we believe is compared before money depends on it. */
static bool ask_coins(struct node *node, void *arg, struct err *err)
{
    const struct plan *plan = arg;
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

/* ---- storing it ---- */

static void add_approvals(struct str *out, const char *array, bool *is_first)
{
    size_t length = strlen(array);
    while (length > 0 && (array[length - 1] == ' ' || array[length - 1] == ']'))
        length--;
    while (length > 0 && (*array == ' ' || *array == '['))
        array++, length--;
    if (length == 0)
        return;
    str_add(out, *is_first ? "" : ",");
    str_add_bytes(out, array, length);
    *is_first = false;
}

static void request_write(const struct plan *plan, struct str *out)
{
    const struct payout_worker *worker = plan->worker;
    bool is_first = true;
    str_add(out, "{\"payout_ids\":[");
    for (size_t i = 0; i < plan->count; i++) {
        str_add(out, i ? "," : "");
        json_write_string(out, plan->payouts[i]->id);
    }
    str_add_format(out, "],\"purpose\":\"%s\",\"client\":\"%s\",\"network\":\"%s\",\"psbt\":\"%s\"",
                   payout_purpose_name(plan->payouts[0]->purpose), worker->chain->client->name,
                   worker->network, plan->psbt.data);
    str_add(out, ",\"payments\":[");
    for (size_t i = 0; i < plan->count; i++) {
        str_add(out, i ? ",{\"payout_id\":" : "{\"payout_id\":");
        json_write_string(out, plan->payouts[i]->id);
        str_add(out, ",\"to\":");
        json_write_string(out, plan->payments[i].to);
        str_add_format(out, ",\"units\":\"%llu\"", (unsigned long long)plan->payments[i].units);
        if (plan->receiver.is_derived && strcmp(plan->receiver.address, plan->payments[i].to) == 0)
            str_add_format(out, ",\"account\":%u,\"index\":%u", plan->receiver.account,
                           plan->receiver.index);
        str_add(out, "}");
    }
    str_add(out, "],\"approvals\":[");
    for (size_t i = 0; i < plan->count; i++)
        add_approvals(out, plan->payouts[i]->approvals, &is_first);
    str_add(out, "]}");
}

static bool lock_coins(struct db *db, const struct plan *plan, struct err *err)
{
    const char *chain_key = plan->worker->chain->key;
    size_t held = 0;
    if (plan->replaces) { /* those of the old one come first in the plan */
        struct coin_list old;
        if (!coins_of_tx(db, plan->worker->arena, chain_key, plan->replaces->id, &old, err) ||
            !coin_locks_move(db, plan->replaces->id, plan->tx_id, err))
            return false;
        held = old.count;
    }
    for (size_t i = held; i < plan->coins_count; i++)
        if (!coin_lock(db, chain_key, plan->coins[i], plan->tx_id, err))
            return false;
    return true;
}

static bool reserve_unit(struct db *db, void *arg, struct err *err)
{
    struct plan *plan = arg;
    struct payout_worker *worker = plan->worker;
    AUTO(str_release) struct str request = STR_INIT(PAYOUT_REQUEST_BYTES_MAX);
    struct payout_tx tx = {.state = PAYOUT_TX_BUILDING,
                           .vsize = plan->vsize,
                           .replaces = plan->replaces ? plan->replaces->id : 0};
    char units[24];
    request_write(plan, &request);
    if (!str_ok(&request))
        return err_set(err, ERR_INTERNAL, "a question to the signer above its limit");
    snprintf(tx.chain_key, sizeof(tx.chain_key), "%s", worker->chain->key);
    snprintf(tx.from, sizeof(tx.from), "%s", plan->coins[0]->address);
    snprintf(tx.fee_units, sizeof(tx.fee_units), "%llu", (unsigned long long)plan->fee);
    tx.request = request.data;
    if (!payout_tx_insert(db, &tx, clock_now_us(worker->app->clock), &plan->tx_id, err) ||
        !lock_coins(db, plan, err))
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        struct payout payout = *plan->payouts[i];
        snprintf(units, sizeof(units), "%llu", (unsigned long long)plan->payments[i].units);
        if (!payout_payment_insert(db, plan->tx_id, payout.id, units, err) ||
            (!plan->replaces && !payout_move(worker, &payout, PAYOUT_MOVE_TAKE, "", NULL, err)))
            return false;
    }
    return true;
}

/* Coins, change and payments are decided: the PSBT, and the rows. ret_tx 0: somebody was faster. */
static bool reserve(struct plan *plan, uint64_t *ret_tx, struct err *err)
{
    struct payout_worker *worker = plan->worker;
    struct coin *coins = arena_alloc(worker->arena, plan->coins_count * sizeof(*coins));
    struct err own;
    if (!coins)
        return err_set(err, ERR_INTERNAL, "no memory for coins");
    for (size_t i = 0; i < plan->coins_count; i++)
        coins[i] = *plan->coins[i];
    const struct psbt_plan psbt = {.coins = coins,
                                   .coins_count = plan->coins_count,
                                   .payments = plan->payments,
                                   .payments_count = plan->count,
                                   .change = &plan->change,
                                   .change_units = plan->change_units};
    plan->psbt = STR_INIT(PAYOUT_REQUEST_BYTES_MAX);
    *ret_tx = 0;
    bool good = payout_psbt_write(worker, &psbt, &plan->psbt, err) &&
                own_address_find(worker->db, worker->chain->key, plan->payments[0].to,
                                 &plan->receiver, err);
    if (good && !str_ok(&plan->psbt))
        good = err_set(err, ERR_INTERNAL, "a PSBT above its limit");
    if (good && db_transaction(worker->db, reserve_unit, plan, &own))
        *ret_tx = plan->tx_id;
    else if (good && own.code != ERR_STATE_CONFLICT && own.code != ERR_CONFLICT) {
        *err = own;
        good = false;
    }
    str_release(&plan->psbt);
    return good;
}

/* ---- choosing coins ---- */

static void take_choice(struct plan *plan, const struct coin_list *list,
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
static bool fit(struct plan *plan, uint64_t rate, bool *ret_fits, struct err *err)
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

/* A collection: all coins of one address to one wallet. */
static bool sweep(struct plan *plan, uint64_t rate, bool *ret_fits, struct err *err)
{
    struct payout_worker *worker = plan->worker;
    struct coin_need need = need_of(worker, rate);
    struct coin_choice choice;
    struct coin_list list;
    uint64_t *units;
    uint32_t vsize;
    struct err own;
    *ret_fits = false;
    if (!coins_free_of(worker->db, worker->arena, worker->chain->key, "", plan->payouts[0]->from,
                       &list, err) ||
        !units_of(worker, &list, &units, err) ||
        !payout_output_vsize(worker, plan->payments[0].to, &vsize, err))
        return false;
    need.base_vsize += vsize;
    if (!coins_sweep(units, list.count, &need, &choice, &own))
        return true;
    take_choice(plan, &list, &choice);
    plan->payments[0].units = choice.change;
    *ret_fits = true;
    return true;
}

/* ---- build ---- */

static void plan_add(struct plan *plan, const struct payout *payout)
{
    uint64_t units;
    bool is_number = str_to_u64(payout->units, &units);
    assert(is_number);
    plan->payouts[plan->count] = payout;
    plan->payments[plan->count++] = (struct psbt_payment){.to = payout->to, .units = units};
}

/* Whether it may be paid at all on such a chain; refused if not. */
static bool is_payable(struct payout_worker *worker, const struct payout *payout, bool *ret_payable,
                       struct err *err)
{
    uint64_t units;
    *ret_payable = str_to_u64(payout->units, &units) && units >= worker->app->config->coin_dust;
    return *ret_payable || payout_refuse(worker, payout, "amount: dust", err);
}

static bool joins(const struct plan *plan, const struct payout *payout)
{
    const struct payout *first = plan->payouts[0];
    bool is_outward = first->purpose == PAYOUT_WITHDRAWAL || first->purpose == PAYOUT_REFUND;
    return payout->from[0] == '\0' && payout->purpose == first->purpose && is_outward &&
           !payout->alone && !payout->subtract_fee && !first->alone && !first->subtract_fee &&
           plan->count < PAYOUT_BATCH_MAX;
}

static bool is_above_cap(const struct plan *plan)
{
    uint64_t cap;
    const char *text = plan->payouts[0]->fee_cap_units;
    return plan->count == 1 && text[0] && str_to_u64(text, &cap) && plan->fee > cap;
}

static bool try_at(struct payout_worker *worker, const struct payout_list *due, size_t at,
                   uint64_t rate, struct plan *plan, const char **ret_wait, struct err *err)
{
    const struct payout *payout = &due->rows[at];
    bool fits;
    *plan = (struct plan){.worker = worker};
    plan_add(plan, payout);
    *ret_wait = PAYOUT_REASON_LIQUIDITY;
    if (payout->from[0]) {
        if (!sweep(plan, rate, &fits, err))
            return false;
    } else {
        for (size_t i = at + 1; i < due->count; i++) {
            bool is_payable_too = strlen(due->rows[i].units) > 4; /* dust is refused in its turn */
            if (is_payable_too && joins(plan, &due->rows[i]))
                plan_add(plan, &due->rows[i]);
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
    struct rate_question question = {.speed = worker->entry->gas_withdrawal};
    const struct fee_bounds bounds = payout_fee_bounds(worker);
    bool hot_is_short = false, is_dear;
    struct plan *plan = arena_alloc(worker->arena, sizeof(*plan));
    struct err own;
    uint64_t rate = 0;
    *ret_tx = 0;
    if (!plan)
        return err_set(err, ERR_INTERNAL, "no memory for a plan");
    if (!providers_ask(worker->session, ask_rate, &question, err))
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
                   reserve(plan, ret_tx, err);
        bool is_short = strcmp(wait, PAYOUT_REASON_LIQUIDITY) == 0;
        hot_is_short = hot_is_short || (is_short && payout->from[0] == '\0');
        if (!payout_wait(worker, payout, wait, is_short ? 0 : PAYOUT_WAIT_MS, err))
            return false;
    }
    return true;
}

/* ---- behind the signature ---- */

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

struct status_question {
    const char *txid;
    struct tx_status status;
};

static bool ask_status(struct node *node, void *arg, struct err *err)
{
    struct status_question *question = arg;
    return node->client->family->tx_status(node, question->txid, &question->status, err);
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
        struct status_question question = {.txid = all.rows[i].txid};
        if (all.rows[i].txid[0] == '\0')
            continue;
        if (!providers_ask(worker->session, ask_status, &question, err))
            return false;
        *ret_alive = question.status.place != TX_UNKNOWN;
    }
    return true;
}

static bool is_void(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_void,
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
    struct void_question question = {.coins = &coins};
    if (!providers_ask(worker->session, ask_void, &question, err))
        return false;
    *ret_void = question.is_void;
    return true;
}

/* The same coins and payments, less change (or less of a swept sum), more fee. */
static bool bump_plan(struct plan *plan, const struct coin_list *coins, uint64_t new_fee,
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
    bool is_borne =
        plan->count == 1 && (plan->payouts[0]->subtract_fee || plan->payouts[0]->from[0]);
    *ret_fits = true;
    plan->fee = new_fee;
    plan->change_units = change;
    if (is_borne && plan->payments[0].units >= more + dust)
        plan->payments[0].units -= more;
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

static bool bump(struct payout_worker *worker, const struct payout_tx *tx, uint64_t *ret_tx,
                 struct err *err)
{
    struct rate_question question = {.speed = "fast"};
    const struct fee_bounds bounds = payout_fee_bounds(worker);
    struct plan *plan = arena_alloc(worker->arena, sizeof(*plan));
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
    *plan = (struct plan){.worker = worker, .replaces = tx, .vsize = tx->vsize};
    if (!payouts_of_tx(worker->db, worker->arena, tx->id, &payouts, err) ||
        !payout_payments_of(worker->db, tx->id, units, ARRAY_LEN(units), &count, err) ||
        !coins_of_tx(worker->db, worker->arena, worker->chain->key, tx->id, &coins, err))
        return false;
    assert(count == payouts.count);
    if (count == 0 || coins.count == 0 || coins.count > COIN_INPUTS_MAX)
        return true; /* a younger one holds the coins */
    if (!payout_txs_of(worker->db, worker->arena, payouts.rows[0].id, &all, err))
        return false;
    if (all.count > PAYOUT_BUMPS_MAX || all.rows[all.count - 1].id != tx->id)
        return true;
    if (!providers_ask(worker->session, ask_rate, &question, err))
        return false;
    bool is_number = str_to_u64(tx->fee_units, &old_fee);
    assert(is_number);
    if (!fee_bump(&bounds, old_fee, tx->vsize,
                  question.rate.is_estimated ? question.rate.per_unit : 0, bounds.least, &new_fee,
                  &own))
        return true; /* above the cap: it waits as it is */
    for (size_t i = 0; i < count; i++) {
        plan_add(plan, &payouts.rows[i]);
        plan->payments[i].units = units[i];
    }
    if (!bump_plan(plan, &coins, new_fee, &fits, err))
        return false;
    return !fits || reserve(plan, ret_tx, err);
}

const struct payout_family payout_family_coin = {.name = "bitcoin",
                                                 .sign_path = "/internal/sign/psbt",
                                                 .build = build,
                                                 .is_void = is_void,
                                                 .bump = bump};

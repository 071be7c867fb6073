/* A planned transaction becomes rows: the question to the signer, the locks of its coins, its payments. */
#include "blockchain/actions/payout_coin.h"

#include <string.h>

#include "base/auto.h"
#include "json/field.h"

void coin_plan_add(struct coin_plan *plan, const struct payout *payout)
{
    uint64_t units;
    bool is_number = str_to_u64(payout->units, &units);
    assert(is_number);
    plan->payouts[plan->count] = payout;
    plan->payments[plan->count++] = (struct psbt_payment){.to = payout->to, .units = units};
}

size_t coin_plan_bearer(const struct coin_plan *plan)
{
    size_t bearer = 0;
    for (size_t i = 1; i < plan->count; i++)
        if (plan->payments[i].units > plan->payments[bearer].units)
            bearer = i;
    return bearer;
}

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

static void request_write(const struct coin_plan *plan, struct str *out)
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
        if (plan->receivers[i].is_derived)
            str_add_format(out, ",\"account\":%u,\"index\":%u", plan->receivers[i].account,
                           plan->receivers[i].index);
        str_add(out, "}");
    }
    str_add(out, "],\"approvals\":[");
    for (size_t i = 0; i < plan->count; i++)
        add_approvals(out, plan->payouts[i]->approvals, &is_first);
    str_add(out, "]}");
}

static bool lock_coins(struct db *db, const struct coin_plan *plan, struct err *err)
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
    struct coin_plan *plan = arg;
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

/* Only what stays with us goes to addresses of ours. */
static bool receivers_find(struct coin_plan *plan, struct err *err)
{
    enum payout_purpose purpose = plan->payouts[0]->purpose;
    if (purpose == PAYOUT_WITHDRAWAL || purpose == PAYOUT_REFUND)
        return true;
    for (size_t i = 0; i < plan->count; i++)
        if (!own_address_find(plan->worker->db, plan->worker->chain->key, plan->payments[i].to,
                              &plan->receivers[i], err))
            return false;
    return true;
}

/* Coins, change and payments are decided: the PSBT, and the rows. ret_tx 0: somebody was faster. */
bool coin_plan_reserve(struct coin_plan *plan, uint64_t *ret_tx, struct err *err)
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
    bool good = payout_psbt_write(worker, &psbt, &plan->psbt, err) && receivers_find(plan, err);
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

/* Transactions of Ethereum-like chains behind their signature: void or not, and dearer ones in their place. */
#include "blockchain/actions/payout_evm.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/family/ethereum.h"
#include "blockchain/store/events.h"
#include "chain/u256.h"

struct alarm {
    struct payout_worker *worker;
    const char *address;
    uint64_t chain_nonce;
};

static bool alarm_unit(struct db *db, void *arg, struct err *err)
{
    const struct alarm *alarm = arg;
    char reason[PAYOUT_REASON_SIZE], members[512];
    snprintf(reason, sizeof(reason), "foreign_nonce %.42s %llu", alarm->address,
             (unsigned long long)alarm->chain_nonce);
    snprintf(members, sizeof(members), "\"chain\":\"%s\",\"ready\":false,\"reason\":\"%s\"",
             alarm->worker->chain->key, reason);
    return nonce_stop(db, alarm->worker->chain->key, alarm->address, reason, err) &&
           event_add(db, "chain.health", members, clock_now_us(alarm->worker->app->clock), err);
}

bool evm_nonce_alarm(struct payout_worker *worker, const char *address, uint64_t chain_nonce,
                     struct err *err)
{
    struct alarm alarm = {.worker = worker, .address = address, .chain_nonce = chain_nonce};
    return db_transaction(worker->db, alarm_unit, &alarm, err);
}

struct nonce_question {
    const char *address;
    uint64_t nonce;
};

static bool ask_nonce(struct node *node, void *arg, struct err *err)
{
    struct nonce_question *question = arg;
    return ethereum_nonce(node, question->address, false, &question->nonce, err);
}

/* The nonce is used up, and by none of ours. */
bool evm_is_void(struct payout_worker *worker, const struct payout_tx *tx, bool *ret_void,
                 struct err *err)
{
    struct nonce_question nonce = {.address = tx->from};
    struct payout_tx_list all;
    if (!providers_ask(worker->session, ask_nonce, &nonce, err))
        return false;
    *ret_void = false;
    if (nonce.nonce <= tx->nonce)
        return true;
    if (!payout_txs_at_nonce(worker->db, worker->arena, tx, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        struct tx_status status;
        if (all.rows[i].txid[0] == '\0')
            continue;
        if (!providers_tx_status(worker->session, all.rows[i].txid, &status, err))
            return false;
        if (status.place == TX_MINED)
            return true; /* one of ours: its own row says the rest */
    }
    *ret_void = true;
    char stopped[PAYOUT_REASON_SIZE];
    uint64_t next;
    if (!nonce_find(worker->db, tx->chain_key, tx->from, &next, stopped, err))
        return false;
    return stopped[0] || evm_nonce_alarm(worker, tx->from, nonce.nonce, err);
}

struct bump {
    struct payout_worker *worker;
    const struct payout_tx *old;
    struct payout_tx made;
    uint64_t tx_id;
};

static bool bump_unit(struct db *db, void *arg, struct err *err)
{
    struct bump *bump = arg;
    return payout_tx_insert(db, &bump->made, clock_now_us(bump->worker->app->clock), &bump->tx_id,
                            err) &&
           payout_payments_copy(db, bump->old->id, bump->tx_id, err);
}

static bool ask_rate(struct node *node, void *arg, struct err *err)
{
    return node->client->family->fee_rate(node, "fast", arg, err);
}

bool evm_price_today(const struct fee_bounds *bounds, const struct fee_rate *rate,
                     struct gas_price *ret_price, struct err *err)
{
    if (rate->is_gas_price)
        return gas_price_plain(bounds, rate->per_unit, ret_price, err);
    /* A rate is twice the base fee and the tip. */
    uint64_t base_fee = rate->per_unit > rate->priority ? (rate->per_unit - rate->priority) / 2 : 0;
    return gas_price_choose(bounds, base_fee, rate->priority, ret_price, err);
}

void evm_price_write(struct gas_price price, bool is_gas_price, struct str *out)
{
    if (is_gas_price)
        str_add_format(out, ",\"gas_price\":\"%llu\"", (unsigned long long)price.max_fee);
    else
        str_add_format(out, ",\"max_fee\":\"%llu\",\"max_priority_fee\":\"%llu\"",
                       (unsigned long long)price.max_fee, (unsigned long long)price.tip);
}

/* The question of before with other prices: same kind, same nonce, same payment. */
static bool request_reprice(const struct payout_tx *old, struct gas_price price, struct str *out)
{
    const char *plain = strstr(old->request, ",\"gas_price\":");
    const char *from = plain ? plain : strstr(old->request, ",\"max_fee\":");
    const char *rest = strstr(old->request, ",\"payment\":");
    if (!from || !rest || rest < from)
        return false;
    str_add_bytes(out, old->request, (size_t)(from - old->request));
    evm_price_write(price, plain != NULL, out);
    str_add(out, rest);
    return str_ok(out);
}

bool evm_bump(struct payout_worker *worker, const struct payout_tx *tx, uint64_t *ret_tx,
              struct err *err)
{
    struct bump bump = {.worker = worker, .old = tx, .made = *tx};
    const struct fee_bounds bounds = payout_fee_bounds(worker);
    AUTO(str_release) struct str request = STR_INIT(PAYOUT_REQUEST_BYTES_MAX);
    struct payout_tx_list all;
    struct fee_rate rate;
    struct gas_price today, price;
    struct u256 fee, gas;
    char text[U256_TEXT_SIZE];
    struct err own;
    *ret_tx = 0;
    if (!payout_txs_at_nonce(worker->db, worker->arena, tx, &all, err))
        return false;
    if (!payout_may_bump(worker, &all, tx))
        return true;
    if (!providers_ask(worker->session, ask_rate, &rate, err))
        return false;
    if (!evm_price_today(&bounds, &rate, &today, &own) ||
        !gas_price_bump(&bounds, (struct gas_price){tx->max_fee, tx->tip}, today, &price, &own))
        return true; /* above the cap: it waits as it is */
    if (!request_reprice(tx, price, &request))
        return err_set(err, ERR_INTERNAL, "a stored question that can't be read");
    bump.made.state = PAYOUT_TX_BUILDING;
    bump.made.request = request.data;
    bump.made.replaces = tx->id;
    bump.made.max_fee = price.max_fee;
    bump.made.tip = price.tip;
    bool is_number = u256_parse(tx->fee_units, &fee);
    assert(is_number && tx->max_fee > 0);
    gas = u256_div_u64(fee, tx->max_fee, NULL);
    if (!u256_mul_u64(gas, price.max_fee, &fee))
        return err_set(err, ERR_OVERFLOW, "gas");
    snprintf(bump.made.fee_units, sizeof(bump.made.fee_units), "%.65s", u256_text(fee, text));
    if (!db_transaction(worker->db, bump_unit, &bump, err))
        return false;
    *ret_tx = bump.tx_id;
    return true;
}

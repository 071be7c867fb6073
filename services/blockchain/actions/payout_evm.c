/*
 * Payouts on Ethereum-like chains: one transaction a payout, one allocator of nonces an address. Before a
 * nonce is taken everything is asked that could make the transaction fail: balances less what is on its
 * way, the price of gas against its cap, the estimate. A nonce that nothing has is filled with a transfer of
 * nothing. A chain nonce above ours means that somebody else
 * uses the key: nothing goes out from there any more, and somebody is told.
 */
#include "blockchain/actions/payout_evm.h"
#include "blockchain/actions/payout_safe.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/family/ethereum.h"
#include "blockchain/store/coins.h"
#include "chain/erc20.h"
#include "chain/u256.h"
#include "json/field.h"

enum { SHORT_MAX = 64, GAS_FUND_PERCENT = 130, HOLES_MAX = 32, FILL_ROUNDS_MAX = 9 };

struct payment {
    struct payout_worker *worker;
    const struct payout *payout;
    struct own_address from, receiver; /* the latter empty unless it is ours */
    struct u256 units, value; /* what arrives; what the transaction carries of the native coin */
    const char *to;           /* of the transaction */
    const char *data;         /* "0x..." */
    char transfer[3 + 2 * ERC20_TRANSFER_SIZE];
    char safe[PAYOUT_CONTRACT_SIZE]; /* the contract that pays, if it is not `from`; else "" */
    struct safe_call inner;          /* what it is to do */
    struct safe_row safe_row;
    /* what the node says */
    uint64_t chain_nonce, pending_nonce, gas_estimate;
    struct u256 native, token;
    struct fee_rate rate;
    /* what follows */
    struct gas_price price;
    uint64_t gas;
    struct u256 cost; /* of gas, at most */
    uint64_t next_nonce;
    uint64_t tx_id;
};

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static bool is_token(const struct payout *payout)
{
    return payout->contract[0] != '\0';
}

static bool ask_balances(struct node *node, void *arg, struct err *err)
{
    struct payment *payment = arg;
    const struct payout *payout = payment->payout;
    char text[CHAIN_UNITS_SIZE];
    const struct family *family = node->client->family;
    const char *speed = payout->purpose == PAYOUT_COLLECTION
                            ? payment->worker->entry->gas_collection
                            : payment->worker->entry->gas_withdrawal;
    if (!ethereum_nonce(node, payment->from.address, false, &payment->chain_nonce, err) ||
        !ethereum_nonce(node, payment->from.address, true, &payment->pending_nonce, err) ||
        !family->balance(node, payment->from.address, "", text, err))
        return false;
    if (!u256_parse(text, &payment->native))
        return err_set(err, ERR_PROTOCOL, "a balance that is no number");
    if (is_token(payout)) {
        if (!family->balance(node, payment->from.address, payout->contract, text, err))
            return false;
        if (!u256_parse(text, &payment->token))
            return err_set(err, ERR_PROTOCOL, "a balance that is no number");
    }
    return family->fee_rate(node, speed, &payment->rate, err);
}

static bool ask_gas(struct node *node, void *arg, struct err *err)
{
    struct payment *payment = arg;
    char value[U256_TEXT_SIZE];
    const struct ethereum_call call = {.from = payment->from.address,
                                       .to = payment->to,
                                       .units = u256_text(payment->value, value),
                                       .data = payment->data};
    return ethereum_estimate_gas(node, &call, &payment->gas_estimate, err);
}

/* ret_stopped: nothing may be sent from there. */
static bool nonce_check(struct payment *payment, bool *ret_stopped, struct err *err)
{
    struct payout_worker *worker = payment->worker;
    char stopped[PAYOUT_REASON_SIZE];
    uint64_t next;
    if (!nonce_find(worker->db, worker->chain->key, payment->from.address, &next, stopped, err))
        return false;
    /* 0: it never sent for us. A deposit address that was used elsewhere starts where the chain is. */
    bool is_known = next > 0;
    payment->next_nonce = is_known ? next : payment->pending_nonce;
    *ret_stopped = stopped[0] != '\0';
    if (*ret_stopped || !is_known || payment->chain_nonce <= next)
        return true;
    *ret_stopped = true;
    return evm_nonce_alarm(worker, payment->from.address, payment->chain_nonce, err);
}

/* ---- one payout ---- */

/* Less what is on its way out already; false in ret_enough: it does not pay for `need`. */
static bool is_enough(struct payment *payment, const char *contract, struct u256 balance,
                      struct u256 need, bool *ret_enough, struct err *err)
{
    char text[PAYOUT_UNITS_SIZE];
    struct u256 outgoing, left;
    if (!payouts_outgoing(payment->worker->db, payment->worker->chain->key, payment->from.address,
                          contract, text, err))
        return false;
    if (!u256_parse(text, &outgoing))
        return err_set(err, ERR_INTERNAL, "a sum that is no number");
    *ret_enough = u256_sub(balance, outgoing, &left) && u256_cmp(left, need) >= 0;
    return true;
}

static struct u256 gas_cost(uint64_t gas, uint64_t max_fee)
{
    struct u256 cost;
    bool fits = u256_mul_u64(u256_from_u64(gas), max_fee, &cost);
    assert(fits);
    return cost;
}

/* Prices the transaction. A reason to wait, NULL: none. */
static bool price_it(struct payment *payment, const char **ret_wait, struct err *err)
{
    struct payout_worker *worker = payment->worker;
    const struct payout *payout = payment->payout;
    const struct fee_bounds bounds = payout_fee_bounds(worker);
    struct u256 cap;
    struct err own;
    *ret_wait = NULL;
    if (!evm_price_today(&bounds, &payment->rate, &payment->price, &own)) {
        *ret_wait = PAYOUT_REASON_FEE;
        return true;
    }
    if (!providers_ask(worker->session, ask_gas, payment, err)) {
        if (err->code != ERR_NODE_REFUSED)
            return false;
        /* It would be reverted now: a paused token. */
        *ret_wait = payment->safe[0] ? PAYOUT_REASON_SAFE_REFUSED : PAYOUT_REASON_FEE;
        return true;
    }
    if (!gas_limit_choose(payment->gas_estimate, worker->app->config->gas_limit_cap, &payment->gas,
                          &own)) {
        *ret_wait = PAYOUT_REASON_FEE;
        return true;
    }
    payment->cost = gas_cost(payment->gas, payment->price.max_fee);
    if (payout->fee_cap_units[0] && u256_parse(payout->fee_cap_units, &cap) &&
        u256_cmp(payment->cost, cap) > 0)
        *ret_wait = PAYOUT_REASON_FEE;
    return true;
}

/* The signer makes the call itself, from what the Safe is to do and the owners' signatures. */
static void safe_write(const struct payment *payment, struct str *out)
{
    if (payment->safe[0] == '\0')
        return;
    str_add_format(out,
                   ",\"safe\":{\"nonce\":%llu,\"to\":\"%s\",\"value\":\"%s\",\"data\":\"%s\","
                   "\"signatures\":\"%s\"}",
                   (unsigned long long)payment->safe_row.nonce, payment->inner.to,
                   payment->inner.value, payment->inner.data, payment->safe_row.signatures);
}

static void request_write(const struct payment *payment, uint64_t nonce, struct gas_price price,
                          struct str *out)
{
    const struct payout *payout = payment->payout;
    char value[U256_TEXT_SIZE], units[U256_TEXT_SIZE];
    str_add(out, "{\"payout_id\":");
    json_write_string(out, payout->id);
    str_add_format(out,
                   ",\"purpose\":\"%s\",\"client\":\"%s\",\"chain_id\":\"%s\",\"account\":%u,"
                   "\"index\":%u,\"nonce\":%llu",
                   payout_purpose_name(payout->purpose), payment->worker->chain->client->name,
                   payment->worker->network, payment->from.account, payment->from.index,
                   (unsigned long long)nonce);
    str_add_format(out, ",\"to\":\"%s\",\"value\":\"%s\",\"data\":\"%s\",\"gas\":%llu", payment->to,
                   u256_text(payment->value, value), payment->safe[0] ? "0x" : payment->data,
                   (unsigned long long)payment->gas);
    safe_write(payment, out);
    evm_price_write(price, payment->rate.is_gas_price, out);
    str_add_format(out, ",\"payment\":{\"contract\":\"%s\",\"to\":\"%s\",\"units\":\"%s\"",
                   payout->contract, payout->to, u256_text(payment->units, units));
    if (payment->receiver.is_derived)
        str_add_format(out, ",\"account\":%u,\"index\":%u", payment->receiver.account,
                       payment->receiver.index);
    str_add(out, "}");
    str_add_format(out, ",\"approvals\":%s}", payout->approvals);
}

/* The payout of a fill is made with its transaction, or not at all. */
static bool fill_insert(const struct payment *payment, struct payout *payout, struct err *err)
{
    struct payout_worker *worker = payment->worker;
    const uint8_t digest[32] = {0};
    return payout_insert(worker->db, payout, digest, clock_now_us(worker->app->clock), err) &&
           payout_find(worker->db, worker->arena, payout->id, payout, NULL, err);
}

static bool reserve_unit(struct db *db, void *arg, struct err *err)
{
    struct payment *payment = arg;
    struct payout_worker *worker = payment->worker;
    struct payout payout = *payment->payout;
    AUTO(str_release) struct str request = STR_INIT(PAYOUT_REQUEST_BYTES_MAX);
    struct payout_tx tx = {.state = PAYOUT_TX_BUILDING,
                           .has_nonce = true,
                           .max_fee = payment->price.max_fee,
                           .tip = payment->price.tip};
    char units[U256_TEXT_SIZE], fee[U256_TEXT_SIZE];
    memcpy(tx.chain_key, payout.chain_key, sizeof(tx.chain_key));
    snprintf(tx.from, sizeof(tx.from), "%s", payment->from.address);
    snprintf(tx.fee_units, sizeof(tx.fee_units), "%.65s", u256_text(payment->cost, fee));
    tx.nonce = payment->next_nonce;
    if (payout.purpose == PAYOUT_FILL
            ? !fill_insert(payment, &payout, err)
            : !nonce_take(db, tx.chain_key, tx.from, tx.nonce, &tx.nonce, err))
        return false;
    request_write(payment, tx.nonce, payment->price, &request);
    if (!str_ok(&request))
        return err_set(err, ERR_INTERNAL, "a question to the signer above its limit");
    tx.request = request.data;
    return payout_move(worker, &payout, PAYOUT_MOVE_TAKE, "", NULL, err) &&
           payout_tx_insert(db, &tx, clock_now_us(worker->app->clock), &payment->tx_id, err) &&
           payout_payment_insert(db, payment->tx_id, payout.id, u256_text(payment->units, units),
                                 err);
}

/* The way of a token from a deposit address: the fee account pays its gas first, as a payout of its own
 * whose id follows from the collection's, so that it is paid once however often we come here. */
static bool fund_gas(struct payment *payment, struct err *err)
{
    struct payout_worker *worker = payment->worker;
    const struct payout *payout = payment->payout;
    struct payout gas = {.purpose = PAYOUT_GAS, .state = PAYOUT_QUEUED, .approvals = "[]"};
    struct payout there;
    struct u256 lack;
    uint8_t digest[32] = {0};
    char text[U256_TEXT_SIZE];
    for (unsigned round = 1; round <= 9; round++) {
        int length = snprintf(gas.id, sizeof(gas.id), "gas-%s-%u", payout->id, round);
        if (length >= (int)sizeof(gas.id))
            return err_set(err, ERR_INVALID, "the id of a collection is too long");
        if (payout_find(worker->db, worker->arena, gas.id, &there, NULL, err)) {
            if (!payout_is_final(there.state))
                return true; /* on its way */
            continue;        /* it was not enough: the price rose */
        }
        if (err->code != ERR_NOT_FOUND)
            return false;
        struct u256 wanted = gas_cost(payment->gas, payment->price.max_fee);
        if (!u256_mul_u64(wanted, GAS_FUND_PERCENT, &wanted))
            return err_set(err, ERR_OVERFLOW, "gas");
        wanted = u256_div_u64(wanted, 100, NULL);
        if (!u256_sub(wanted, payment->native, &lack))
            return true;
        memcpy(gas.chain_key, payout->chain_key, sizeof(gas.chain_key));
        memcpy(gas.to, payment->from.address, sizeof(payment->from.address));
        snprintf(gas.units, sizeof(gas.units), "%.65s", u256_text(lack, text));
        return payout_insert(worker->db, &gas, digest, clock_now_us(worker->app->clock), err) ||
               err->code == ERR_CONFLICT;
    }
    return true; /* somebody has to look at it */
}

static bool from_find(struct payment *payment, struct err *err)
{
    struct payout_worker *worker = payment->worker;
    const struct payout *payout = payment->payout;
    if (payout->from[0])
        return own_address_find(worker->db, worker->chain->key, payout->from, &payment->from, err);
    return own_address_first(worker->db, worker->chain->key,
                             payout->purpose == PAYOUT_GAS ? "fee" : "hot", &payment->from, err);
}

/* What arrives and what the transaction says. */
static bool amounts(struct payment *payment, struct err *err)
{
    const struct payout *payout = payment->payout;
    struct u256 asked;
    bool is_number = u256_parse(payout->units, &asked);
    assert(is_number);
    payment->units = asked;
    if (is_token(payout)) {
        uint8_t data[ERC20_TRANSFER_SIZE];
        struct evm_address to;
        if (!evm_address_parse(payout->to, &to, err))
            return false;
        erc20_transfer_write(to, asked, data);
        snprintf(payment->transfer, sizeof(payment->transfer), "0x");
        hex_write(data, sizeof(data), payment->transfer + 2);
        payment->data = payment->transfer;
        payment->to = payout->contract;
        payment->value = U256_ZERO;
        return true;
    }
    payment->to = payout->to;
    payment->data = "0x";
    payment->value = asked;
    return true;
}

/* A payout that a Safe makes becomes a call of it, when enough owners have signed. */
static bool safe_prepare(struct payment *payment, const char **ret_wait, struct err *err)
{
    char value[U256_TEXT_SIZE];
    *ret_wait = NULL;
    if (!payout_safe_of(payment->worker, payment->payout, payment->safe, err))
        return false;
    if (payment->safe[0] == '\0')
        return true;
    payment->inner = (struct safe_call){.to = payment->to, .data = payment->data};
    snprintf(payment->inner.value, sizeof(payment->inner.value), "%.65s",
             u256_text(payment->value, value));
    if (!payout_safe_prepare(payment->worker, payment->payout, payment->safe, &payment->inner,
                             &payment->safe_row, ret_wait, err))
        return false;
    if (*ret_wait)
        return true;
    payment->to = payment->safe;
    payment->data = payment->safe_row.call;
    payment->value = U256_ZERO;
    return true;
}

/* ret_wait: why it can't be paid now; NULL: its transaction is reserved. */
static bool try_one(struct payment *payment, const char **ret_wait, struct err *err)
{
    struct payout_worker *worker = payment->worker;
    const struct payout *payout = payment->payout;
    bool is_stopped, enough;
    *ret_wait = PAYOUT_REASON_LIQUIDITY;
    if (!from_find(payment, err) ||
        !own_address_find(worker->db, worker->chain->key, payout->to, &payment->receiver, err))
        return false;
    if (!payment->from.is_derived)
        return true;
    if (!amounts(payment, err) || !safe_prepare(payment, ret_wait, err))
        return false;
    if (*ret_wait)
        return true;
    if (!providers_ask(worker->session, ask_balances, payment, err) ||
        !nonce_check(payment, &is_stopped, err))
        return false;
    *ret_wait = PAYOUT_REASON_APPROVAL;
    if (is_stopped)
        return true;
    *ret_wait = PAYOUT_REASON_LIQUIDITY;
    enough = payment->safe[0] != '\0'; /* it was looked at when its number was reserved */
    if (!enough &&
        !is_enough(payment, payout->contract, is_token(payout) ? payment->token : payment->native,
                   payment->units, &enough, err))
        return false;
    if (!enough)
        return true;
    if (!price_it(payment, ret_wait, err) || *ret_wait)
        return *ret_wait != NULL;
    struct u256 need = payment->cost;
    if (!is_token(payout) && payout->subtract_fee) {
        *ret_wait = PAYOUT_REASON_FEE;
        if (!u256_sub(payment->units, payment->cost, &payment->units) ||
            u256_is_zero(payment->units))
            return true;
        payment->value = payment->units;
        need = U256_ZERO;
    }
    if (!u256_add(need, is_token(payout) ? U256_ZERO : payment->value, &need) ||
        !is_enough(payment, "", payment->native, need, &enough, err))
        return false;
    if (!enough) {
        *ret_wait = is_token(payout) ? PAYOUT_REASON_FEE : PAYOUT_REASON_LIQUIDITY;
        return !is_token(payout) || !payout->from[0] || fund_gas(payment, err);
    }
    *ret_wait = NULL;
    return db_transaction(worker->db, reserve_unit, payment, err);
}

/* ---- nonces that nothing has ---- */

/* An id that was not used: the signer may have refused the ones before. "": often enough. */
static bool fill_name(struct payment *payment, struct payout *payout, struct err *err)
{
    struct payout_worker *worker = payment->worker;
    struct payout there;
    for (unsigned round = 1; round <= FILL_ROUNDS_MAX; round++) {
        int length = snprintf(payout->id, sizeof(payout->id), "gas-fill-%s-%u-%u-%llu-%u",
                              worker->chain->key, payment->from.account, payment->from.index,
                              (unsigned long long)payment->next_nonce, round);
        if (length >= (int)sizeof(payout->id))
            return err_set(err, ERR_INVALID, "the id of a fill is too long");
        if (payout_find(worker->db, worker->arena, payout->id, &there, NULL, err))
            continue;
        return err->code == ERR_NOT_FOUND;
    }
    payout->id[0] = '\0';
    return true;
}

/* Nothing, from the address to itself, with this nonce. */
static bool fill_reserve(struct payment *payment, struct payout *payout, struct err *err)
{
    struct payout_worker *worker = payment->worker;
    const char *wait = NULL;
    bool enough;
    memcpy(payout->chain_key, worker->chain->key, sizeof(payout->chain_key));
    snprintf(payout->to, sizeof(payout->to), "%s", payment->from.address);
    snprintf(payout->from, sizeof(payout->from), "%s", payment->from.address);
    snprintf(payout->units, sizeof(payout->units), "0");
    payment->payout = payout;
    payment->receiver = payment->from;
    if (!fill_name(payment, payout, err) || !amounts(payment, err) ||
        !price_it(payment, &wait, err) ||
        !is_enough(payment, "", payment->native, payment->cost, &enough, err))
        return false;
    if (wait || !enough || payout->id[0] == '\0')
        return err_set(err, ERR_FUNDS_INSUFFICIENT,
                       "nonce %llu of %.42s is missing and can't be filled: %s",
                       (unsigned long long)payment->next_nonce, payment->from.address,
                       wait      ? wait
                       : !enough ? "no coins for its gas"
                                 : "it was refused too often");
    if (!db_transaction(worker->db, reserve_unit, payment, err))
        return false;
    return err_set(err, ERR_CONFLICT, "nonce %llu of %.42s was missing: it is filled by %.64s",
                   (unsigned long long)payment->next_nonce, payment->from.address, payout->id);
}

/* The node's pool ends at a nonce that no transaction of ours has, and others wait behind it: somebody set the
 * next one too high, or what was signed for it is lost. False: what was done or can't be, for the log. */
static bool fill_one(struct payout_worker *worker, const struct payout_sender *sender,
                     struct err *err)
{
    struct payout payout = {.purpose = PAYOUT_FILL, .state = PAYOUT_QUEUED, .approvals = "[]"};
    struct payment payment = {.worker = worker, .payout = &payout};
    char stopped[PAYOUT_REASON_SIZE];
    uint64_t next, held;
    if (!own_address_find(worker->db, worker->chain->key, sender->address, &payment.from, err) ||
        !nonce_find(worker->db, worker->chain->key, sender->address, &next, stopped, err) ||
        !providers_ask(worker->session, ask_balances, &payment, err))
        return false;
    uint64_t hole = larger(payment.pending_nonce, payment.chain_nonce);
    if (stopped[0] || !payment.from.is_derived || hole >= sender->last_nonce)
        return true;
    if (!nonces_held(worker->db, worker->chain->key, sender->address, hole, hole, &held, err))
        return false;
    if (held > 0)
        return true; /* its own transaction is sent again */
    if (!nonces_held(worker->db, worker->chain->key, sender->address, hole, sender->last_nonce,
                     &held, err))
        return false;
    if (sender->last_nonce + 1 - hole - held > HOLES_MAX)
        return err_set(err, ERR_CONFLICT,
                       "%llu nonces of %.42s are missing: set its next_nonce right",
                       (unsigned long long)(sender->last_nonce + 1 - hole - held), sender->address);
    payment.next_nonce = hole;
    return fill_reserve(&payment, &payout, err);
}

/* One nonce of each address at a time: the next when the node has this one. */
static bool fill(struct payout_worker *worker, struct err *err)
{
    struct payout_sender *senders;
    size_t count;
    if (!payout_senders(worker->db, worker->arena, worker->chain->key, &senders, &count, err))
        return false;
    for (size_t i = 0; i < count && !worker->app->stopping; i++) {
        struct err own;
        if (!fill_one(worker, &senders[i], &own))
            payout_trouble(worker, &own);
    }
    return true;
}

struct shortage {
    const char *from, *contract;
};

static bool build(struct payout_worker *worker, const struct payout_list *due, uint64_t *ret_tx,
                  struct err *err)
{
    struct shortage shortages[SHORT_MAX];
    size_t count = 0;
    for (size_t i = 0; i < due->count; i++) {
        const struct payout *payout = &due->rows[i];
        struct payment payment = {.worker = worker, .payout = payout};
        struct err own;
        const char *wait = NULL;
        if (payout->purpose ==
            PAYOUT_FILL) { /* it was for that nonce; another one is made if need be */
            if (!payout_refuse(worker, payout, "too_late", err))
                return false;
            continue;
        }
        /* First come, first served: nobody overtakes who waits for the same money. */
        for (size_t k = 0; k < count && !wait; k++)
            if (strcmp(shortages[k].from, payout->from) == 0 &&
                strcmp(shortages[k].contract, payout->contract) == 0)
                wait = PAYOUT_REASON_LIQUIDITY;
        if (!wait && !try_one(&payment, &wait, &own)) {
            if (own.code == ERR_STATE_CONFLICT)
                continue; /* cancelled meanwhile */
            *err = own;
            return false;
        }
        if (!wait) {
            *ret_tx = payment.tx_id;
            return true;
        }
        bool is_short = strcmp(wait, PAYOUT_REASON_LIQUIDITY) == 0;
        if (is_short && count < SHORT_MAX)
            shortages[count++] = (struct shortage){payout->from, payout->contract};
        int64_t wait_ms = is_short && payout->from[0] == '\0'         ? 0
                          : strcmp(wait, PAYOUT_REASON_APPROVAL) == 0 ? PAYOUT_APPROVAL_WAIT_MS
                                                                      : PAYOUT_WAIT_MS;
        if (!payout_wait(worker, payout, wait, wait_ms, err))
            return false;
    }
    *ret_tx = 0;
    return true;
}

const struct payout_family payout_family_evm = {.name = "ethereum",
                                                .sign_path = "/internal/sign/evm",
                                                .is_ordered = true,
                                                .build = build,
                                                .fill = fill,
                                                .is_void = evm_is_void,
                                                .bump = evm_bump};

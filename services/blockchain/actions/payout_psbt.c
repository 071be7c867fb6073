#include "blockchain/actions/payout_psbt.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/payout_coin_read.h"
#include "blockchain/actions/service_call.h"
#include "chain/coin_address.h"
#include "chain/coin_tx.h"
#include "chain/key_path.h"
#include "chain/psbt.h"
#include "chain/xpub.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum {
    KEYS_MAX = 16,
    KEYS_ANSWER_BYTES_MAX = 4096,
};

/* ---- public keys of our accounts, asked for once ---- */

struct account_key {
    char client[CHAIN_KEY_SIZE], network[CHAIN_NETWORK_SIZE];
    uint32_t account;
    struct xpub chain; /* account / 0 */
    struct key_path path;
};

struct account_keys {
    struct account_key rows[KEYS_MAX];
    size_t count;
};

void account_keys_free(struct account_keys *keys)
{
    free(keys);
}

static bool key_ask(struct payout_worker *worker, const struct coin_params *params,
                    uint32_t account, struct account_key *ret_key, struct err *err)
{
    AUTO(str_release) struct str answer = STR_INIT(KEYS_ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct account_key key = {.account = account};
    struct xpub xpub;
    char path[128];
    long status;
    snprintf(path, sizeof(path), "/internal/keys/%s/%s/%u", params->client, params->network,
             account);
    if (!service_call_run(worker->signer, "GET", path, NULL, &status, &answer, err))
        return false;
    if (status != 200)
        return err_set(err, ERR_PEER_UNAVAILABLE, "the signer has no key for %s: %ld", path,
                       status);
    if (!json_read(str_data(&answer), answer.length, &root, err))
        return false;
    const char *text = json_member_text(root, "xpub"), *place = json_member_text(root, "path");
    if (!text || !place || !key_path_parse(place, &key.path))
        return err_set(err, ERR_PROTOCOL, "the signer answers no key");
    if (!xpub_parse(text, params->version_xpub, &xpub, err))
        return false;
    if (!xpub_child(&xpub, 0, &key.chain) || !key_path_add(&key.path, 0))
        return err_set(err, ERR_PROTOCOL, "no chain 0 below a key");
    snprintf(key.client, sizeof(key.client), "%s", params->client);
    snprintf(key.network, sizeof(key.network), "%s", params->network);
    *ret_key = key;
    return true;
}

static bool account_find(struct payout_worker *worker, const struct coin_params *params,
                         uint32_t account, const struct account_key **ret_key, struct err *err)
{
    if (!worker->keys && !(worker->keys = calloc(1, sizeof(*worker->keys))))
        return err_set(err, ERR_INTERNAL, "no memory for keys");
    struct account_keys *keys = worker->keys;
    for (size_t i = 0; i < keys->count; i++) {
        const struct account_key *key = &keys->rows[i];
        if (key->account == account && strcmp(key->client, params->client) == 0 &&
            strcmp(key->network, params->network) == 0) {
            *ret_key = key;
            return true;
        }
    }
    if (keys->count == KEYS_MAX)
        keys->count = 0; /* ask again: there are more chains than room */
    if (!key_ask(worker, params, account, &keys->rows[keys->count], err))
        return false;
    *ret_key = &keys->rows[keys->count++];
    return true;
}

/* ---- the document ---- */

/* "this key is ours, and there". */
static bool derivation_of(struct payout_worker *worker, const struct coin_params *params,
                          uint32_t account, uint32_t index, struct psbt_derivation *ret_derivation,
                          struct err *err)
{
    const struct account_key *key = NULL;
    struct xpub child;
    _Static_assert((int)COIN_PUBLIC_KEY_SIZE == (int)XPUB_KEY_SIZE, "the same key");
    if (!account_find(worker, params, account, &key, err))
        return false;
    *ret_derivation = (struct psbt_derivation){.path = key->path};
    if (!xpub_child(&key->chain, index, &child) || !key_path_add(&ret_derivation->path, index))
        return err_set(err, ERR_INVALID, "no key at index %u", index);
    memcpy(ret_derivation->key, child.key, COIN_PUBLIC_KEY_SIZE);
    return true;
}

/* What a coin without witness is signed with: the whole transaction that made it. */
static bool tell_previous(struct payout_worker *worker, const struct coin *coin, struct psbt *psbt,
                          size_t at, struct err *err)
{
    AUTO(str_release) struct str raw = STR_INIT(COIN_TX_BYTES_MAX);
    struct coin_raw_question question = {.txid = coin->txid, .out = &raw};
    if (!providers_ask(worker->session, coin_ask_raw, &question, err))
        return false;
    void *copy = arena_alloc(worker->arena, raw.length + 1);
    if (!copy)
        return err_set(err, ERR_INTERNAL, "no memory for a transaction");
    memcpy(copy, str_data(&raw), raw.length);
    return psbt_previous_set(psbt, at, span_of(copy, raw.length), err);
}

static bool tell_input(struct payout_worker *worker, const struct coin_params *params,
                       const struct coin *coin, struct psbt *psbt, size_t at, struct err *err)
{
    struct coin_address address;
    struct psbt_derivation derivation;
    return coin_address_parse(params, coin->address, &address, err) &&
           (address.kind == COIN_P2WPKH
                ? psbt_utxo_set(psbt, at, coin->units, coin_script_span(&address.script), err)
                : tell_previous(worker, coin, psbt, at, err)) &&
           derivation_of(worker, params, coin->account, coin->index, &derivation, err) &&
           psbt_derivation_add(psbt, at, &derivation, err);
}

static bool params_find(const struct payout_worker *worker, const struct coin_params **ret_params,
                        struct err *err)
{
    *ret_params = coin_params_find(worker->chain->client->name, worker->network);
    return *ret_params || err_set(err, ERR_CONFIG, "%s has no network %s",
                                  worker->chain->client->name, worker->network);
}

static bool tx_make(struct payout_worker *worker, const struct coin_params *params,
                    const struct psbt_plan *plan, struct coin_tx *ret_tx, struct err *err)
{
    size_t outputs = plan->payments_count + (plan->change_units > 0);
    struct coin_tx tx = {.version = 2, .inputs_count = plan->coins_count, .outputs_count = outputs};
    struct coin_address *addresses = arena_alloc(worker->arena, outputs * sizeof(*addresses));
    tx.inputs = arena_alloc(worker->arena, tx.inputs_count * sizeof(*tx.inputs));
    tx.outputs = arena_alloc(worker->arena, outputs * sizeof(*tx.outputs));
    if (!addresses || !tx.inputs || !tx.outputs)
        return err_set(err, ERR_INTERNAL, "no memory for a transaction");
    for (size_t i = 0; i < tx.inputs_count; i++) {
        tx.inputs[i] = (struct coin_input){.index = plan->coins[i].vout,
                                           .sequence = COIN_SEQUENCE_REPLACEABLE};
        if (!txid_parse(plan->coins[i].txid, tx.inputs[i].txid))
            return err_set(err, ERR_INTERNAL, "a coin with a broken id");
    }
    for (size_t i = 0; i < outputs; i++) {
        bool is_change = i == plan->payments_count;
        const char *to = is_change ? plan->change->address : plan->payments[i].to;
        if (!coin_address_parse(params, to, &addresses[i], err))
            return false;
        tx.outputs[i] =
            (struct coin_output){.value = is_change ? plan->change_units : plan->payments[i].units,
                                 .script = coin_script_span(&addresses[i].script)};
    }
    *ret_tx = tx;
    return true;
}

bool payout_psbt_write(struct payout_worker *worker, const struct psbt_plan *plan, struct str *out,
                       struct err *err)
{
    const struct coin_params *params;
    struct psbt_derivation derivation;
    struct coin_tx tx;
    struct psbt psbt;
    if (!params_find(worker, &params, err) || !tx_make(worker, params, plan, &tx, err) ||
        !psbt_create(&tx, worker->arena, &psbt, err))
        return false;
    for (size_t i = 0; i < plan->coins_count; i++)
        if (!tell_input(worker, params, &plan->coins[i], &psbt, i, err))
            return false;
    if (tx.outputs_count > plan->payments_count &&
        (!derivation_of(worker, params, plan->change->account, plan->change->index, &derivation,
                        err) ||
         !psbt_output_derivation_add(&psbt, plan->payments_count, &derivation, err)))
        return false;
    psbt_write_text(&psbt, out);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "a transaction above its limit");
}

bool payout_output_vsize(const struct payout_worker *worker, const char *address,
                         uint32_t *ret_vsize, struct err *err)
{
    const struct coin_params *params;
    struct coin_address form;
    if (!params_find(worker, &params, err) || !coin_address_parse(params, address, &form, err))
        return false;
    *ret_vsize = 8u + 1u + form.script.length;
    return true;
}

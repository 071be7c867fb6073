/* Files of cold wallets of Bitcoin-like chains: BIP-174, which bears its own proof of what is signed. */
#include "blockchain/actions/cold_family.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/auto.h"
#include "blockchain/actions/payout_worker.h"
#include "blockchain/domain/coin_select.h"
#include "blockchain/family/rpc.h"
#include "chain/coin_address.h"
#include "chain/psbt.h"
#include "chain/u256.h"
#include "chain/xpub.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);
DEFINE_AUTO(struct arena, arena_free);

enum { ARENA_BYTES_MAX = 64 << 20, COINS_MAX = 2000, COIN_DECIMALS = 8 };

static bool params_find(const char *client, const char *network,
                        const struct coin_params **ret_params, struct err *err)
{
    *ret_params = coin_params_find(client, network);
    return *ret_params || err_set(err, ERR_INVALID, "%.32s has no network %.24s", client, network);
}

/* ---- making ---- */

struct held_coin {
    uint8_t txid[TXID_SIZE];
    uint32_t index;
    uint64_t units;
};

static int larger_first(const void *a, const void *b)
{
    const struct held_coin *left = a, *right = b;
    return left->units < right->units ? 1 : left->units > right->units ? -1 : 0;
}

static bool coin_read(const cJSON *row, struct held_coin *ret_coin)
{
    char text[JSON_NUMBER_TEXT_SIZE];
    const char *txid = json_member_text(row, "txid");
    const cJSON *amount = json_member(row, "amount");
    struct u256 units;
    struct dec value;
    int64_t index;
    if (!txid || !txid_parse(txid, ret_coin->txid) || !json_member_i64(row, "vout", &index) ||
        index < 0 || index > UINT32_MAX || !amount || !json_number_text(amount, text) ||
        !dec_parse(text, &value) || !u256_from_dec(value, COIN_DECIMALS, &units))
        return false;
    ret_coin->index = (uint32_t)index;
    return u256_to_u64(units, &ret_coin->units);
}

/* All coins of an address; the node looks through its whole set of them, which takes its time. */
static bool coins_scan(struct node *node, const char *address, struct held_coin *coins,
                       size_t *ret_count, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *found = NULL;
    char params[CHAIN_ADDRESS_SIZE + 32];
    const cJSON *row;
    size_t count = 0;
    snprintf(params, sizeof(params), "[\"start\",[\"addr(%.90s)\"]]", address);
    if (!rpc_call_tree(node->rpc, "scantxoutset", params, &found, err))
        return false;
    cJSON_ArrayForEach(row, json_member(found, "unspents"))
    {
        if (count == COINS_MAX)
            break;
        if (!coin_read(row, &coins[count++]))
            return err_set(err, ERR_PROTOCOL, "the node lists a coin that can't be read");
    }
    qsort(coins, count, sizeof(*coins), larger_first);
    *ret_count = count;
    return true;
}

static bool key_derive(const struct cold_ask *ask, const struct coin_params *params,
                       struct psbt_derivation *ret_place, struct err *err)
{
    struct psbt_derivation place = {.fingerprint = {0}};
    struct xpub account, chain, key;
    struct coin_address address;
    if (!xpub_parse(ask->xpub, params->version_xpub, &account, err))
        return false;
    if (!key_path_parse(ask->path, &place.path) || !key_path_add(&place.path, 0) ||
        !key_path_add(&place.path, ask->index) || !xpub_child(&account, 0, &chain) ||
        !xpub_child(&chain, ask->index, &key))
        return err_set(err, ERR_INVALID, "%.60s is no path of an account", ask->path);
    coin_address_of_key(params, key.key, &address);
    if (strcmp(address.text, ask->from) != 0)
        return err_set(err, ERR_INVALID, "the key at this path has the address %s", address.text);
    memcpy(place.key, key.key, sizeof(place.key));
    *ret_place = place;
    return true;
}

static bool psbt_fill(const struct cold_ask *ask, const struct coin_params *params,
                      const struct coin_address *from, const struct held_coin *const *coins,
                      size_t count, bool has_change, struct psbt *psbt, struct err *err)
{
    struct psbt_derivation place;
    if (from->kind != COIN_P2WPKH && from->kind != COIN_P2WSH)
        return err_set(err, ERR_INVALID, "only witness addresses pay from cold");
    if (ask->xpub && !key_derive(ask, params, &place, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!psbt_utxo_set(psbt, i, coins[i]->units, coin_script_span(&from->script), err) ||
            (ask->xpub && !psbt_derivation_add(psbt, i, &place, err)))
            return false;
    return !ask->xpub || !has_change || psbt_output_derivation_add(psbt, 1, &place, err);
}

static bool choose(const struct blockchain_config *config, struct node *node,
                   const struct held_coin *coins, size_t count, uint64_t units,
                   struct coin_choice *ret_choice, struct err *err)
{
    const struct fee_bounds bounds = coin_fee_bounds(config);
    /* Room for two outputs of any kind; inputs as of p2wpkh, or 2 of 3. */
    struct coin_need need = {.outputs = units,
                             .dust = config->coin_dust,
                             .base_vsize = 15 + 43,
                             .input_vsize = 105,
                             .change_vsize = 43};
    uint64_t values[COINS_MAX];
    struct fee_rate rate;
    if (!node->client->family->fee_rate(node, "standard", &rate, err) ||
        !fee_rate_choose(&bounds, rate.is_estimated ? rate.per_unit : 0, &need.rate, err))
        return false;
    for (size_t i = 0; i < count; i++)
        values[i] = coins[i].units;
    return coins_choose(values, count, &need, ret_choice, err);
}

static bool make(struct cold_place *place, const struct cold_ask *ask, struct str *out,
                 struct err *err)
{
    const struct blockchain_config *config = place->config;
    const struct coin_params *params;
    struct node *node = &place->node;
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct held_coin *coins = arena ? arena_alloc(arena, COINS_MAX * sizeof(*coins)) : NULL;
    struct coin_input *inputs =
        coins ? arena_alloc(arena, COIN_INPUTS_MAX * sizeof(*inputs)) : NULL;
    const struct held_coin *picked[COIN_INPUTS_MAX];
    struct coin_output outputs[2];
    struct coin_tx tx = {.version = 2, .inputs = inputs, .outputs = outputs};
    struct coin_address from, to;
    struct coin_choice choice;
    struct psbt psbt;
    uint64_t units;
    size_t count = 0;
    if (!inputs)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (ask->asset || ask->payout_id || ask->has_nonce)
        return err_set(err, ERR_INVALID, "asset, for and nonce are words of Ethereum-like chains");
    if (!params_find(node->client->name, node->network, &params, err))
        return false;
    if (!coin_address_parse(params, ask->from, &from, err) ||
        !coin_address_parse(params, ask->to, &to, err))
        return false;
    if (!str_to_u64(ask->units, &units) || units < config->coin_dust)
        return err_set(err, ERR_INVALID, "%.30s is no amount above dust", ask->units);
    if (!coins_scan(node, from.text, coins, &count, err) ||
        !choose(config, node, coins, count, units, &choice, err))
        return false;
    for (size_t i = 0; i < choice.count; i++) {
        picked[i] = &coins[choice.index[i]];
        inputs[i] =
            (struct coin_input){.index = picked[i]->index, .sequence = COIN_SEQUENCE_REPLACEABLE};
        memcpy(inputs[i].txid, picked[i]->txid, TXID_SIZE);
    }
    outputs[0] = (struct coin_output){.value = units, .script = coin_script_span(&to.script)};
    outputs[1] =
        (struct coin_output){.value = choice.change, .script = coin_script_span(&from.script)};
    tx.inputs_count = choice.count;
    tx.outputs_count = choice.change > 0 ? 2 : 1;
    if (!psbt_create(&tx, arena, &psbt, err) ||
        !psbt_fill(ask, params, &from, picked, choice.count, choice.change > 0, &psbt, err))
        return false;
    psbt_write_text(&psbt, out);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "a transaction above its limit");
}

/* ---- showing and sending ---- */

static bool psbt_read(const struct str *file, struct arena *arena, struct psbt *ret_psbt,
                      struct err *err)
{
    struct span text = cold_trimmed(file);
    if (text.length > 5 && memcmp(text.bytes, "psbt\xff", 5) == 0)
        return psbt_parse(span_of_str(file), arena, ret_psbt, err);
    return psbt_parse_text((const char *)text.bytes, text.length, arena, ret_psbt, err);
}

static void show_output(const struct coin_params *params, const struct coin_output *output,
                        const char *word, const char *tail, struct str *out)
{
    struct coin_address address;
    bool has_address = coin_address_of_script(params, output->script, &address);
    str_add_format(out, "%s%llu units  %s%s\n", word, (unsigned long long)output->value,
                   has_address ? address.text : "a script without address", tail);
}

static bool show(const char *client, const char *network, const struct str *file, struct str *out,
                 struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    const struct coin_params *params;
    struct psbt psbt;
    uint64_t fee;
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!params_find(client, network, &params, err) || !psbt_read(file, arena, &psbt, err))
        return false;
    str_add_format(out, "%s\n", params->title);
    for (size_t i = 0; i < psbt.tx.inputs_count; i++) {
        struct coin_output spent;
        char tail[64];
        if (!psbt_spent(&psbt, i, &spent, NULL, err))
            return false;
        snprintf(tail, sizeof(tail), "  %s, %zu signatures",
                 psbt_is_final(&psbt, i) ? "final" : "open", psbt_signatures_count(&psbt, i));
        show_output(params, &spent, "  spends  ", tail, out);
    }
    for (size_t i = 0; i < psbt.tx.outputs_count; i++)
        show_output(params, &psbt.tx.outputs[i], "  pays    ", "", out);
    if (!psbt_fee(&psbt, &fee, err))
        return false;
    str_add_format(out, "  fee     %llu units\n", (unsigned long long)fee);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no memory");
}

static bool raw_read(const struct str *file, struct arena *arena, struct str *raw, struct err *err)
{
    struct span text = cold_trimmed(file);
    struct coin_tx tx;
    struct psbt psbt;
    bool is_complete;
    if (cold_is_hex(text))
        return hex_read((const char *)text.bytes, text.length, raw) ||
               err_set(err, ERR_INVALID, "no bytes in hexadecimal digits");
    if (!psbt_read(file, arena, &psbt, err) || !psbt_finalize(&psbt, &is_complete, err))
        return false;
    if (!is_complete)
        return err_set(err, ERR_INVALID, "signatures are missing");
    if (!psbt_extract(&psbt, &tx, err))
        return false;
    coin_tx_write(&tx, true, raw);
    return str_ok(raw) || err_set(err, ERR_INTERNAL, "a transaction above its limit");
}

static bool send(struct cold_place *place, const struct str *file, struct str *out, struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    AUTO(str_release) struct str raw = STR_INIT(COIN_TX_BYTES_MAX);
    AUTO(str_release) struct str hex = STR_INIT(2 * COIN_TX_BYTES_MAX);
    uint8_t txid[TXID_SIZE];
    char text[TXID_TEXT_SIZE];
    struct coin_tx tx;
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!raw_read(file, arena, &raw, err) || !coin_tx_parse(span_of_str(&raw), arena, &tx, err))
        return false;
    str_add_hex(&hex, raw.data, raw.length);
    if (!place->node.client->family->broadcast(&place->node, str_data(&hex), err))
        return false;
    coin_tx_id(&tx, txid);
    str_add(out, txid_text(txid, text));
    return true;
}

const struct cold_family cold_family_coin = {
    .name = "bitcoin", .make = make, .show = show, .send = send};

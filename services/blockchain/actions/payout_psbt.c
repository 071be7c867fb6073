#include "blockchain/actions/payout_psbt.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/service_call.h"
#include "blockchain/family/rpc.h"
#include "chain/coin_address.h"
#include "chain/coin_tx.h"
#include "chain/key_path.h"
#include "chain/xpub.h"
#include "crypto/crypto.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum {
    KEYS_MAX = 16,
    KEYS_ANSWER_BYTES_MAX = 4096,
    PSBT_BYTES_MAX = 4 << 20,
    /* BIP-174 */
    PSBT_GLOBAL_TX = 0x00,
    PSBT_IN_WHOLE_TX = 0x00,
    PSBT_IN_OUTPUT = 0x01,
    PSBT_IN_KEY_PATH = 0x06,
    PSBT_OUT_KEY_PATH = 0x02
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

static void add_record(struct str *out, struct span key, struct span value)
{
    bytes_add_compact(out, key.length);
    bytes_add_span(out, key);
    bytes_add_compact(out, value.length);
    bytes_add_span(out, value);
}

static void add_simple(struct str *out, uint8_t type, const struct str *value)
{
    add_record(out, span_of(&type, 1), span_of_str(value));
}

/* "this key is ours, and there": {type, public key} -> fingerprint, path. */
static bool add_key_path(struct payout_worker *worker, const struct coin_params *params,
                         uint8_t type, uint32_t account, uint32_t index, struct str *out,
                         struct err *err)
{
    static const uint8_t fingerprint[XPUB_FINGERPRINT_SIZE];
    AUTO(str_release) struct str value = STR_INIT(256);
    const struct account_key *key = NULL;
    uint8_t name[1 + XPUB_KEY_SIZE];
    struct xpub child;
    if (!account_find(worker, params, account, &key, err))
        return false;
    if (!xpub_child(&key->chain, index, &child))
        return err_set(err, ERR_INVALID, "no key at index %u", index);
    name[0] = type;
    memcpy(name + 1, child.key, XPUB_KEY_SIZE);
    str_add_bytes(&value, fingerprint, sizeof(fingerprint));
    for (size_t i = 0; i < key->path.count; i++)
        bytes_add_u32(&value, key->path.steps[i]);
    bytes_add_u32(&value, index);
    add_record(out, span_of(name, sizeof(name)), span_of_str(&value));
    return true;
}

struct raw_question {
    const char *txid;
    struct str *out; /* bytes */
};

/* What a coin without witness is signed with: the whole transaction that made it. */
static bool ask_raw(struct node *node, void *arg, struct err *err)
{
    const struct raw_question *question = arg;
    char params[96];
    const char *text;
    size_t length;
    snprintf(params, sizeof(params), "[\"%s\"]", question->txid);
    if (!rpc_call_text(node->rpc, "getrawtransaction", params, &text, &length, err))
        return false;
    str_clear(question->out);
    return hex_read(text, length, question->out) ||
           err_set(err, ERR_PROTOCOL, "getrawtransaction answers no bytes");
}

static bool add_input(struct payout_worker *worker, const struct coin_params *params,
                      const struct coin *coin, struct str *out, struct err *err)
{
    AUTO(str_release) struct str value = STR_INIT(COIN_TX_BYTES_MAX);
    struct coin_address address;
    if (!coin_address_parse(params, coin->address, &address, err))
        return false;
    if (address.kind == COIN_P2WPKH) {
        bytes_add_u64(&value, coin->units);
        bytes_add_compact(&value, address.script.length);
        bytes_add_span(&value, coin_script_span(&address.script));
        add_simple(out, PSBT_IN_OUTPUT, &value);
    } else {
        struct raw_question question = {.txid = coin->txid, .out = &value};
        if (!providers_ask(worker->session, ask_raw, &question, err))
            return false;
        add_simple(out, PSBT_IN_WHOLE_TX, &value);
    }
    if (!add_key_path(worker, params, PSBT_IN_KEY_PATH, coin->account, coin->index, out, err))
        return false;
    bytes_add_u8(out, 0);
    return true;
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
    AUTO(str_release) struct str bytes = STR_INIT(PSBT_BYTES_MAX);
    AUTO(str_release) struct str unsigned_tx = STR_INIT(COIN_TX_BYTES_MAX);
    const struct coin_params *params;
    struct coin_tx tx;
    if (!params_find(worker, &params, err) || !tx_make(worker, params, plan, &tx, err))
        return false;
    coin_tx_write(&tx, false, &unsigned_tx);
    str_add_bytes(&bytes, "psbt\xff", 5);
    add_simple(&bytes, PSBT_GLOBAL_TX, &unsigned_tx);
    bytes_add_u8(&bytes, 0);
    for (size_t i = 0; i < plan->coins_count; i++)
        if (!add_input(worker, params, &plan->coins[i], &bytes, err))
            return false;
    for (size_t i = 0; i < tx.outputs_count; i++) {
        if (i == plan->payments_count &&
            !add_key_path(worker, params, PSBT_OUT_KEY_PATH, plan->change->account,
                          plan->change->index, &bytes, err))
            return false;
        bytes_add_u8(&bytes, 0);
    }
    if (!str_ok(&bytes) || !str_ok(&unsigned_tx))
        return err_set(err, ERR_INTERNAL, "a transaction above its limit");
    base64_write(out, bytes.data, bytes.length);
    return true;
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

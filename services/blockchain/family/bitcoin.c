/*
 * bitcoin.c: the Bitcoin-like family, by the RPC of Bitcoin Core. Blocks are read raw (bitcoin_block.h):
 * a tree of JSON of a full block is many megabytes and has amounts as floating-point numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/bitcoin_block.h"
#include "blockchain/family/bitcoin_coins.h"
#include "blockchain/family/family.h"
#include "blockchain/family/rpc.h"
#include "chain/bytes.h"
#include "chain/coin_address.h"
#include "chain/coin_params.h"
#include "chain/coin_work.h"
#include "chain/hash.h"
#include "chain/xpub.h"
#include "json/field.h"
#include "json/read.h"

enum {
    PARAMS_SIZE = 256,
    RAW_HEX_MAX = 800000,
    RPC_INVALID_ADDRESS_OR_KEY = -5, /* also: no such block or transaction */
    RPC_INVALID_PARAMETER = -8,      /* a height above the tip */
    RPC_MISC = -1,                   /* pruned */
    RPC_VERIFY_ALREADY_IN_CHAIN = -27,
    RPC_METHOD_NOT_FOUND = -32601,
    PAYMENT_VBYTES = 141, /* one input and two outputs, p2wpkh */
    FALLBACK_PER_KVB = 10000,
    FEE_PER_KVB_MAX = 100000000
};

DEFINE_AUTO(cJSON, cJSON_Delete);

static bool nonsense(struct err *err, const struct node *node, const char *what)
{
    return err_set(err, ERR_PROTOCOL, "%s: %s", rpc_label(node->rpc), what);
}

static bool is_hash(const char *text, size_t length)
{
    if (length != TXID_TEXT_SIZE - 1)
        return false;
    return strspn(text, "0123456789abcdef") >= length;
}

/* ---- identity and tip ---- */

static bool hash_at(struct node *node, uint64_t height, char ret_hash[static CHAIN_HASH_SIZE],
                    struct err *err)
{
    char params[PARAMS_SIZE];
    const char *text;
    size_t length;
    snprintf(params, sizeof(params), "[%llu]", (unsigned long long)height);
    if (!rpc_call_text(node->rpc, "getblockhash", params, &text, &length, err)) {
        if (err->code == ERR_NODE_REFUSED && rpc_error_code(node->rpc) == RPC_INVALID_PARAMETER)
            err->code = ERR_NOT_FOUND;
        return false;
    }
    if (!is_hash(text, length))
        return nonsense(err, node, "getblockhash: no hash");
    memcpy(ret_hash, text, length);
    ret_hash[length] = '\0';
    return true;
}

static bool has_no_index(const struct node *node, struct err *err)
{
    return err_set(err, ERR_CONFIG, "%s has no index of transactions: start it with txindex=1",
                   rpc_label(node->rpc));
}

/* What became of a transaction of ours is asked by its id: that needs an index of the node. */
static bool index_check(struct node *node, bool *ret_is_building, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *indexes = NULL;
    *ret_is_building = false;
    if (node->has_index)
        return true;
    if (!rpc_call_tree(node->rpc, "getindexinfo", "[]", &indexes, err))
        /* Older nodes don't say: tx_status() finds out. */
        return err->code == ERR_NODE_REFUSED && rpc_error_code(node->rpc) == RPC_METHOD_NOT_FOUND;
    const cJSON *index = json_member(indexes, "txindex");
    if (!cJSON_IsObject(index))
        return has_no_index(node, err);
    node->has_index = cJSON_IsTrue(json_member(index, "synced"));
    *ret_is_building = !node->has_index;
    return true;
}

static bool identify(struct node *node, struct chain_identity *ret_identity, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *info = NULL;
    char genesis[CHAIN_HASH_SIZE];
    int64_t blocks, headers;
    bool is_building;
    if (!rpc_call_tree(node->rpc, "getblockchaininfo", "[]", &info, err) ||
        !hash_at(node, 0, genesis, err))
        return false;
    if (!json_member_i64(info, "blocks", &blocks) || !json_member_i64(info, "headers", &headers) ||
        blocks < 0 || headers < 0)
        return nonsense(err, node, "getblockchaininfo: no heights");
    const struct coin_params *params = coin_params_find_genesis(node->client->name, genesis);
    struct chain_identity identity = {.is_syncing = headers > blocks + 6};
    if (!params)
        return err_set(err, ERR_CONFIG, "%s: no network of %s begins with block %s",
                       rpc_label(node->rpc), node->client->name, genesis);
    if (!index_check(node, &is_building, err))
        return false;
    identity.is_syncing = identity.is_syncing || is_building;
    snprintf(identity.network, sizeof(identity.network), "%s", params->network);
    *ret_identity = identity;
    return true;
}

static bool tip(struct node *node, struct chain_tip *ret_tip, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *info = NULL;
    int64_t blocks;
    if (!rpc_call_tree(node->rpc, "getblockchaininfo", "[]", &info, err))
        return false;
    const char *hash = json_member_text(info, "bestblockhash");
    if (!json_member_i64(info, "blocks", &blocks) || blocks < 0 || !hash ||
        !is_hash(hash, strlen(hash)))
        return nonsense(err, node, "getblockchaininfo: no tip");
    ret_tip->height = (uint64_t)blocks;
    snprintf(ret_tip->hash, sizeof(ret_tip->hash), "%s", hash);
    return true;
}

/* ---- blocks ---- */

static bool block_missing(struct node *node, struct err *err)
{
    if (err->code != ERR_NODE_REFUSED)
        return false;
    if (rpc_error_code(node->rpc) == RPC_INVALID_ADDRESS_OR_KEY)
        err->code = ERR_NOT_FOUND;
    else if (rpc_error_code(node->rpc) == RPC_MISC)
        err->code = ERR_GONE; /* "Block not available (pruned data)" */
    return false;
}

static bool block_head(struct node *node, const char *hash, struct block_head *ret_head,
                       struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *header = NULL;
    char params[PARAMS_SIZE];
    int64_t height, time_s, transactions;
    snprintf(params, sizeof(params), "[\"%s\",true]", hash);
    if (!rpc_call_tree(node->rpc, "getblockheader", params, &header, err))
        return block_missing(node, err);
    const char *parent = json_member_text(header, "previousblockhash");
    const char *told = json_member_text(header, "hash");
    if (!json_member_i64(header, "height", &height) || !json_member_i64(header, "time", &time_s) ||
        !json_member_i64(header, "nTx", &transactions) || height < 0 || !told ||
        strcmp(told, hash) != 0 || (!parent && height > 0) ||
        (parent && !is_hash(parent, strlen(parent))))
        return nonsense(err, node, "getblockheader: not what was asked for");
    *ret_head = (struct block_head){
        .height = (uint64_t)height, .time_s = time_s, .transactions = (uint32_t)transactions};
    snprintf(ret_head->hash, sizeof(ret_head->hash), "%s", hash);
    snprintf(ret_head->parent, sizeof(ret_head->parent), "%s", parent ? parent : "");
    return true;
}

static bool header_copy(const char *hex, size_t length, uint8_t ret_header[static COIN_HEADER_SIZE])
{
    char digits[2 * COIN_HEADER_SIZE + 1];
    if (length < sizeof(digits) - 1)
        return false;
    memcpy(digits, hex, sizeof(digits) - 1);
    digits[sizeof(digits) - 1] = '\0';
    return hex_read_exact(digits, ret_header, COIN_HEADER_SIZE);
}

/* The bits of a block's parent, whose header must have the hash that the block names. */
static bool parent_bits(struct node *node, const char *parent, uint32_t *ret_bits, struct err *err)
{
    uint8_t header[COIN_HEADER_SIZE], digest[HASH256_SIZE];
    char params[PARAMS_SIZE], text[TXID_TEXT_SIZE];
    const char *hex;
    size_t length;
    snprintf(params, sizeof(params), "[\"%s\",false]", parent);
    if (!rpc_call_text(node->rpc, "getblockheader", params, &hex, &length, err))
        return block_missing(node, err);
    if (!header_copy(hex, length, header) || length != 2 * sizeof(header))
        return nonsense(err, node, "getblockheader: no header");
    hash256(header, sizeof(header), digest);
    if (strcmp(txid_text(digest, text), parent) != 0)
        return nonsense(err, node, "getblockheader: another header than the block's parent");
    *ret_bits = coin_header_bits(header);
    return true;
}

/* That the block follows its parent by the rules of work. Only main networks have a rule that is worth a
 * question; of Dash even the parent's hash can't be computed. */
static bool bits_check(struct node *node, const struct coin_params *params,
                       const struct block_head *head, uint32_t bits, struct err *err)
{
    uint32_t before = 0;
    if (strcmp(params->network, "main") != 0 || params->work == COIN_WORK_X11 || head->height == 0)
        return true;
    return parent_bits(node, head->parent, &before, err) &&
           coin_bits_follow(params, head->height, before, bits, err);
}

static bool block_read(struct node *node, const struct block_question *question,
                       const struct block_sink *sink, struct block_head *ret_head, struct err *err)
{
    const struct coin_params *chain_params = coin_params_find(node->client->name, node->network);
    uint8_t header[COIN_HEADER_SIZE];
    char params[PARAMS_SIZE];
    const char *hex;
    size_t length;
    if (!chain_params)
        return err_set(err, ERR_PEER_UNAVAILABLE, "%s: its network is not known yet",
                       rpc_label(node->rpc));
    snprintf(params, sizeof(params), "[\"%s\",0]", question->hash);
    if (!rpc_call_text(node->rpc, "getblock", params, &hex, &length, err))
        return block_missing(node, err);
    if (!header_copy(hex, length, header))
        return nonsense(err, node, "getblock: raw block: no header");
    if (!coin_work_check(chain_params, header, err) ||
        !bitcoin_block_read(node->client, question, hex, length, sink, ret_head, err)) {
        if (err->code == ERR_PROTOCOL)
            return err_wrap(err, "%s: getblock", rpc_label(node->rpc));
        return false;
    }
    return bits_check(node, chain_params, ret_head, coin_header_bits(header), err);
}

/* ---- transactions ---- */

static bool tx_status(struct node *node, const char *txid, struct tx_status *ret_status,
                      struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *tx = NULL;
    char params[PARAMS_SIZE];
    int64_t confirmations;
    struct tx_status status = {.place = TX_UNKNOWN};
    snprintf(params, sizeof(params), "[\"%s\",true]", txid);
    if (!rpc_call_tree(node->rpc, "getrawtransaction", params, &tx, err)) {
        if (err->code != ERR_NODE_REFUSED ||
            rpc_error_code(node->rpc) != RPC_INVALID_ADDRESS_OR_KEY)
            return false;
        /* "No such mempool transaction. Use -txindex ..." is no word about blocks. */
        if (strstr(rpc_error_message(node->rpc), "-txindex"))
            return has_no_index(node, err);
        if (strstr(rpc_error_message(node->rpc), "being indexed"))
            return err_set(err, ERR_PEER_UNAVAILABLE, "%s is still making its txindex",
                           rpc_label(node->rpc));
        *ret_status = status;
        return true;
    }
    const char *hash = json_member_text(tx, "blockhash");
    /* The pool is looked at first, and has no block to show. An index keeps what was in a block that a
     * reorganisation took away: that is neither in the pool nor in the chain. */
    if (!hash || !json_member_i64(tx, "confirmations", &confirmations) || confirmations < 1) {
        status.place = hash ? TX_UNKNOWN : TX_MEMPOOL;
        *ret_status = status;
        return true;
    }
    struct block_head head;
    if (!is_hash(hash, strlen(hash)))
        return nonsense(err, node, "getrawtransaction: no block hash");
    if (!block_head(node, hash, &head, err))
        return false;
    status.place = TX_MINED;
    status.height = head.height;
    status.confirmations = (uint64_t)confirmations;
    memcpy(status.block_hash, head.hash, sizeof(status.block_hash));
    *ret_status = status;
    return true;
}

/* The node may know it already, in its pool or in a block: that is what we want. */
static bool is_known_already(const struct node *node)
{
    const char *message = rpc_error_message(node->rpc);
    return rpc_error_code(node->rpc) == RPC_VERIFY_ALREADY_IN_CHAIN ||
           strstr(message, "already in mempool") || strstr(message, "already known") ||
           strstr(message, "already in block chain") || strstr(message, "already in utxo set");
}

static bool broadcast(struct node *node, const char *raw_hex, struct err *err)
{
    AUTO(str_release) struct str params = STR_INIT(RAW_HEX_MAX + 16);
    const char *txid;
    size_t length;
    if (raw_hex[strspn(raw_hex, "0123456789abcdef")] != '\0')
        return err_set(err, ERR_INVALID, "raw transaction: no hexadecimal digits");
    str_add_format(&params, "[\"%s\"]", raw_hex);
    if (!str_ok(&params))
        return err_set(err, ERR_INVALID, "raw transaction: above %d digits", RAW_HEX_MAX);
    if (rpc_call_text(node->rpc, "sendrawtransaction", str_data(&params), &txid, &length, err))
        return true;
    return err->code == ERR_NODE_REFUSED && is_known_already(node);
}

/* ---- fees ---- */

/* "0.00012345", coins a thousand virtual bytes, to the smallest unit; an exponent is handled too. */
static bool rate_parse(const cJSON *number, uint64_t *ret_units)
{
    char text[JSON_NUMBER_TEXT_SIZE];
    struct dec rate;
    if (!cJSON_IsNumber(number) || !json_number_text(number, text) || !dec_parse(text, &rate) ||
        !dec_is_positive(rate))
        return false;
    struct dec satoshi = {.units = rate.units / 100000000};
    if (satoshi.units > FEE_PER_KVB_MAX)
        satoshi.units = FEE_PER_KVB_MAX;
    if (satoshi.units == 0) /* less than the smallest unit: no rate */
        return false;
    *ret_units = (uint64_t)satoshi.units;
    return true;
}

static unsigned blocks_of_speed(const char *speed)
{
    return strcmp(speed, "fast") == 0 ? 2 : strcmp(speed, "safelow") == 0 ? 24 : 6;
}

static bool fee_rate(struct node *node, const char *speed, struct fee_rate *ret_rate,
                     struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *answer = NULL;
    char params[PARAMS_SIZE];
    struct fee_rate rate = {.per_unit = FALLBACK_PER_KVB};
    snprintf(params, sizeof(params), "[%u]", blocks_of_speed(speed));
    if (!rpc_call_tree(node->rpc, "estimatesmartfee", params, &answer, err))
        return false;
    rate.is_estimated = rate_parse(json_member(answer, "feerate"), &rate.per_unit);
    snprintf(rate.native_units, sizeof(rate.native_units), "%llu",
             (unsigned long long)((rate.per_unit * PAYMENT_VBYTES + 999) / 1000));
    *ret_rate = rate;
    return true;
}

/* ---- addresses ---- */

static enum watch_kind watch_kind_of(enum coin_script_kind kind)
{
    switch (kind) {
    case COIN_P2PKH:
        return WATCH_PKH;
    case COIN_P2SH:
        return WATCH_SH;
    case COIN_P2WPKH:
        return WATCH_WPKH;
    case COIN_P2WSH:
        return WATCH_WSH;
    case COIN_P2TR:
        return WATCH_TR;
    case COIN_P2PK:
    case COIN_BARE_MULTISIG:
    case COIN_DATA:
    case COIN_TIMELOCKED:
    case COIN_WITNESS_UNKNOWN:
    case COIN_NONSTANDARD:
        break;
    }
    return WATCH_NONE;
}

/* What a script pays to, if it pays exactly one address. */
bool bitcoin_script_key(struct span script, enum watch_kind *ret_kind, struct span *ret_key)
{
    struct span program;
    enum watch_kind kind = watch_kind_of(coin_script_classify(script, &program));
    if (kind == WATCH_NONE)
        return false;
    *ret_kind = kind;
    *ret_key = program;
    return true;
}

static bool key_of_script(const struct coin_script *script, enum watch_kind *ret_kind,
                          uint8_t ret_hash[static WATCH_KEY_BYTES_MAX], size_t *ret_length)
{
    struct span key;
    if (!bitcoin_script_key(coin_script_span(script), ret_kind, &key))
        return false;
    assert(key.length <= WATCH_KEY_BYTES_MAX);
    memcpy(ret_hash, key.bytes, key.length);
    *ret_length = key.length;
    return true;
}

static void address_form(const struct chain_client *client, const char *network, const char *text,
                         struct address_form *ret_form)
{
    const struct coin_params *params = coin_params_find(client->name, network);
    struct coin_address address;
    struct err err;
    *ret_form = (struct address_form){.is_valid = false};
    if (!params)
        snprintf(ret_form->reason, sizeof(ret_form->reason), "the network is not known yet");
    else if (!coin_address_parse(params, text, &address, &err))
        snprintf(ret_form->reason, sizeof(ret_form->reason), "%.150s", err.what);
    else if (key_of_script(&address.script, &ret_form->kind, ret_form->hash,
                           &ret_form->hash_length)) {
        ret_form->is_valid = true;
        snprintf(ret_form->canonical, sizeof(ret_form->canonical), "%s", address.text);
    }
}

static bool address_derive(const struct chain_client *client, const char *network, const char *xpub,
                           uint32_t index, struct derived_address *ret_address, struct err *err)
{
    const struct coin_params *params = coin_params_find(client->name, network);
    struct xpub account, external, key;
    struct coin_address address;
    if (!params)
        return err_set(err, ERR_CONFIG, "no network %s of %s", network, client->name);
    if (!xpub_parse(xpub, params->version_xpub, &account, err))
        return false;
    if (!xpub_child(&account, 0, &external) || !xpub_child(&external, index, &key))
        return err_set(err, ERR_NOT_FOUND, "there is no key of number %u", index);
    struct derived_address derived;
    coin_address_of_key(params, key.key, &address);
    if (!key_of_script(&address.script, &derived.kind, derived.hash, &derived.hash_length))
        return err_set(err, ERR_INTERNAL, "an address of ours that we would not recognise");
    snprintf(derived.address, sizeof(derived.address), "%s", address.text);
    *ret_address = derived;
    return true;
}

static bool is_main(const char *network)
{
    return strcmp(network, "main") == 0;
}

const struct family family_bitcoin = {
    .name = "bitcoin",
    .identify = identify,
    .tip = tip,
    .block_hash = hash_at,
    .block_head = block_head,
    .block_read = block_read,
    .tx_status = tx_status,
    .coins = bitcoin_coins,
    .broadcast = broadcast,
    .fee_rate = fee_rate,
    .address_form = address_form,
    .address_derive = address_derive,
    .is_main = is_main,
};

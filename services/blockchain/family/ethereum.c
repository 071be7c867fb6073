/*
 * The Ethereum-like family (family.h): geth, parity and the chains that speak as they do. Blocks are read
 * in ethereum_block.c; what only this family has is in ethereum_calls.c.
 */
#include "blockchain/family/ethereum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/ethereum_block.h"
#include "blockchain/family/ethereum_text.h"
#include "chain/bytes.h"
#include "chain/hash.h"
#include "chain/xpub.h"

/* ---- who are you ---- */

/* Chains for tests: there a node may hold keys. */
static bool is_test_chain(uint64_t chain_id)
{
    static const uint64_t tests[] = {1337, 31337, 11155111, 17000, 560048, 97, 256, 80001, 80002};
    for (size_t i = 0; i < ARRAY_LEN(tests); i++)
        if (tests[i] == chain_id)
            return true;
    return false;
}

static bool is_main(const char *network)
{
    uint64_t chain_id;
    return str_to_u64(network, &chain_id) && !is_test_chain(chain_id);
}

/* A node that signs for whoever reaches it is how exchanges were robbed (W-33). Not to offer the question
 * is as good as to have none. */
static bool check_accounts(struct node *node, struct err *err)
{
    struct json_pull pull;
    if (!ethereum_ask(node, "eth_accounts", "[]", &pull, err))
        return err->code == ERR_NODE_REFUSED;
    if (json_pull_null(&pull) || (json_pull_array(&pull) && !json_pull_item(&pull)))
        return true;
    return err_set(err, ERR_CONFIG, "the node has unlocked accounts: whoever reaches it can spend");
}

static bool ask_syncing(struct node *node, bool *ret_is_syncing, struct err *err)
{
    struct json_pull pull;
    bool value = false;
    if (!ethereum_ask(node, "eth_syncing", "[]", &pull, err))
        return false;
    *ret_is_syncing = json_pull_is_object(&pull) || (json_pull_bool(&pull, &value) && value);
    return true;
}

static void ask_software(struct node *node, char *ret_software, size_t size)
{
    struct json_slice text;
    struct err ignored;
    ret_software[0] = '\0';
    if (!ethereum_ask_text(node, "web3_clientVersion", "[]", &text, &ignored))
        return;
    size_t length = text.length < size - 1 ? text.length : size - 1;
    for (size_t i = 0; i < length; i++)
        ret_software[i] = text.chars[i] >= ' ' && text.chars[i] <= '~' ? text.chars[i] : '?';
    ret_software[length] = '\0';
}

static bool ethereum_identify(struct node *node, struct chain_identity *ret_identity,
                              struct err *err)
{
    struct chain_identity identity = {0};
    uint64_t chain_id;
    if (!ethereum_ask_u64(node, "eth_chainId", "[]", &chain_id, err))
        return false;
    if (chain_id == 0)
        return err_set(err, ERR_PROTOCOL, "the node says that its chain id is 0");
    if ((!is_test_chain(chain_id) && !check_accounts(node, err)) ||
        !ask_syncing(node, &identity.is_syncing, err))
        return false;
    snprintf(identity.network, sizeof(identity.network), "%llu", (unsigned long long)chain_id);
    ask_software(node, identity.software, sizeof(identity.software));
    *ret_identity = identity;
    return true;
}

/* ---- heads ---- */

static bool has_none(void *user, const struct evm_address *address)
{
    (void)user;
    (void)address;
    return false;
}

static bool ask_head(struct node *node, const char *method, const char *which,
                     struct block_head *ret_head, struct err *err)
{
    static const struct evm_watch nobody = {has_none, NULL};
    char params[CHAIN_HASH_SIZE + 16];
    struct json_pull pull;
    struct evm_block block;

    snprintf(params, sizeof(params), "[\"%s\",false]", which);
    if (!ethereum_ask(node, method, params, &pull, err) ||
        !evm_read_block(&pull, &nobody, &block, err))
        return false;
    struct block_head head = {.height = block.number,
                              .time_s = (int64_t)block.time,
                              .transactions = (uint32_t)block.transactions};
    ethereum_hash_text(&block.hash, head.hash);
    ethereum_hash_text(&block.parent, head.parent);
    evm_block_release(&block);
    *ret_head = head;
    return true;
}

static bool ethereum_tip(struct node *node, struct chain_tip *ret_tip, struct err *err)
{
    struct block_head head;
    if (!ask_head(node, "eth_getBlockByNumber", "latest", &head, err))
        return false;
    ret_tip->height = head.height;
    memcpy(ret_tip->hash, head.hash, sizeof(ret_tip->hash));
    return true;
}

static bool ethereum_block_hash(struct node *node, uint64_t height,
                                char ret_hash[static CHAIN_HASH_SIZE], struct err *err)
{
    struct block_head head;
    char which[24];
    snprintf(which, sizeof(which), "0x%llx", (unsigned long long)height);
    if (!ask_head(node, "eth_getBlockByNumber", which, &head, err))
        return false;
    if (head.height != height)
        return err_set(err, ERR_PROTOCOL, "asked for block %llu, got %llu",
                       (unsigned long long)height, (unsigned long long)head.height);
    memcpy(ret_hash, head.hash, sizeof(head.hash));
    return true;
}

static bool ethereum_block_head(struct node *node, const char *hash, struct block_head *ret_head,
                                struct err *err)
{
    struct evm_hash asked;
    struct block_head head;
    if (!ethereum_hash_parse(hash, &asked))
        return err_set(err, ERR_INVALID, "no hash of this chain");
    if (!ask_head(node, "eth_getBlockByHash", hash, &head, err))
        return false;
    if (strcmp(head.hash, hash) != 0)
        return err_set(err, ERR_PROTOCOL, "asked for block %s, got another", hash);
    *ret_head = head;
    return true;
}

/* ---- transactions ---- */

/* Where it is; the block's hash if it is in one. */
static bool ask_place(struct node *node, const char *txid, enum tx_place *ret_place,
                      struct err *err)
{
    char params[CHAIN_HASH_SIZE + 8];
    struct json_pull pull;
    struct json_slice key;
    struct evm_hash block;
    struct err ignored;
    bool has_block = false, is_sound = true;

    snprintf(params, sizeof(params), "[\"%s\"]", txid);
    if (!ethereum_ask(node, "eth_getTransactionByHash", params, &pull, err))
        return false;
    if (json_pull_null(&pull)) {
        *ret_place = TX_UNKNOWN;
        return true;
    }
    json_pull_object(&pull);
    while (json_pull_key(&pull, &key)) {
        struct json_slice text = {0};
        if (!json_slice_is(key, "blockHash"))
            json_pull_skip(&pull, NULL);
        else if (!json_pull_null(&pull)) {
            has_block = true;
            is_sound = json_pull_text(&pull, &text) && evm_read_hash(text, &block);
        }
    }
    if (!json_pull_end(&pull, &ignored) || !is_sound)
        return err_set(err, ERR_PROTOCOL, "eth_getTransactionByHash: no transaction");
    *ret_place = has_block ? TX_MINED : TX_MEMPOOL;
    return true;
}

static bool ethereum_tx_status(struct node *node, const char *txid, struct tx_status *ret_status,
                               struct err *err)
{
    struct tx_status status = {0};
    struct ethereum_receipt receipt;
    struct evm_hash hash;
    uint64_t tip;

    if (!ethereum_hash_parse(txid, &hash))
        return err_set(err, ERR_INVALID, "no transaction id of this chain");
    if (!ask_place(node, txid, &status.place, err))
        return false;
    if (status.place == TX_MINED) {
        if (!ethereum_receipt_read(node, txid, &receipt, err)) {
            if (err->code == ERR_NOT_FOUND)
                err->code = ERR_PEER_UNAVAILABLE; /* it is written in a moment */
            return false;
        }
        if (!ethereum_ask_u64(node, "eth_blockNumber", "[]", &tip, err))
            return false;
        status.is_failed = !receipt.is_success;
        status.height = receipt.height;
        status.confirmations = tip >= receipt.height ? tip - receipt.height + 1 : 1;
        memcpy(status.block_hash, receipt.block_hash, sizeof(status.block_hash));
        memcpy(status.fee_units, receipt.fee_units, sizeof(status.fee_units));
    }
    *ret_status = status;
    return true;
}

/* Whether the node knows the transaction of these bytes: what it refused as known, or as too late. */
static bool is_known(struct node *node, const char *raw_hex)
{
    AUTO(str_release) struct str raw = STR_INIT(ETHEREUM_PARAMS_MAX);
    struct evm_hash hash;
    struct err ignored;
    char txid[CHAIN_HASH_SIZE];
    enum tx_place place;

    if (!hex_read(raw_hex, strlen(raw_hex), &raw) || raw.length == 0)
        return false;
    keccak256(raw.data, raw.length, hash.bytes);
    ethereum_hash_text(&hash, txid);
    return ask_place(node, txid, &place, &ignored) && place != TX_UNKNOWN;
}

static bool ethereum_broadcast(struct node *node, const char *raw_hex, struct err *err)
{
    AUTO(str_release) struct str params = STR_INIT(ETHEREUM_PARAMS_MAX);
    struct json_slice text;
    const char *digits = strncmp(raw_hex, "0x", 2) == 0 ? raw_hex + 2 : raw_hex;

    str_add_format(&params, "[\"0x%s\"]", digits);
    if (!str_ok(&params))
        return err_set(err, ERR_INVALID, "a transaction above %d bytes", ETHEREUM_PARAMS_MAX / 2);
    if (ethereum_ask_text(node, "eth_sendRawTransaction", params.data, &text, err))
        return true;
    return err->code == ERR_NODE_REFUSED && is_known(node, digits);
}

/* ---- fees ---- */

/* In tenths: safelow 0.9, standard 1, fast 1.1. */
static uint64_t speed_tenths(const char *speed)
{
    if (speed && strcmp(speed, "safelow") == 0)
        return 9;
    return speed && strcmp(speed, "fast") == 0 ? 11 : 10;
}

static bool ask_base_fee(struct node *node, uint64_t *ret_base_fee, bool *ret_has_one,
                         struct err *err)
{
    static const struct evm_watch nobody = {has_none, NULL};
    struct json_pull pull;
    struct evm_block block;
    if (!ethereum_ask(node, "eth_getBlockByNumber", "[\"latest\",false]", &pull, err) ||
        !evm_read_block(&pull, &nobody, &block, err))
        return false;
    bool fits = u256_to_u64(block.base_fee, ret_base_fee);
    *ret_has_one = block.has_base_fee;
    evm_block_release(&block);
    return fits || err_set(err, ERR_PROTOCOL, "the base fee is above 64 bits");
}

static bool ethereum_fee_rate(struct node *node, const char *speed, struct fee_rate *ret_rate,
                              struct err *err)
{
    uint64_t base_fee, price, priority = 0, tenths = speed_tenths(speed), rate;
    char text[U256_TEXT_SIZE];
    struct u256 cost;
    bool has_base_fee;

    if (!ask_base_fee(node, &base_fee, &has_base_fee, err) ||
        !ethereum_ask_u64(node, "eth_gasPrice", "[]", &price, err))
        return false;
    if (base_fee > 0 && !ethereum_ask_u64(node, "eth_maxPriorityFeePerGas", "[]", &priority, err)) {
        if (err->code != ERR_NODE_REFUSED)
            return false;
        priority = price > base_fee ? price - base_fee : 0;
    }
    /* Room for two doublings of an eighth each block: the base fee is paid as it is, not as we allow. */
    bool fits = base_fee > 0 ? !__builtin_mul_overflow(base_fee, 2, &rate) &&
                                   !__builtin_add_overflow(rate, priority, &rate)
                             : (rate = price, true);
    if (!fits || __builtin_mul_overflow(rate, tenths, &rate) ||
        __builtin_mul_overflow(priority, tenths, &priority) ||
        !u256_mul_u64(u256_from_u64(rate / 10), ETHEREUM_PLAIN_GAS, &cost))
        return err_set(err, ERR_PROTOCOL, "the node's fees are absurd");
    *ret_rate = (struct fee_rate){.per_unit = rate / 10,
                                  .priority = priority / 10,
                                  .is_estimated = true,
                                  .is_gas_price = !has_base_fee};
    snprintf(ret_rate->native_units, sizeof(ret_rate->native_units), "%s", u256_text(cost, text));
    return true;
}

/* ---- addresses ---- */

static void ethereum_address_form(const struct chain_client *client, const char *network,
                                  const char *text, struct address_form *ret_form)
{
    struct address_form form = {0};
    struct evm_address address;
    struct err err;
    (void)client;
    (void)network;
    if (!evm_address_parse(text, &address, &err)) {
        snprintf(form.reason, sizeof(form.reason), "%s", err.what);
    } else if (evm_address_is_zero(address)) {
        snprintf(form.reason, sizeof(form.reason), "zero_address");
    } else {
        form.is_valid = true;
        form.kind = WATCH_ACCOUNT;
        form.hash_length = sizeof(address.bytes);
        memcpy(form.hash, address.bytes, sizeof(address.bytes));
        evm_address_text(address, form.canonical);
    }
    *ret_form = form;
}

static bool ethereum_address_derive(const struct chain_client *client, const char *network,
                                    const char *xpub, uint32_t index,
                                    struct derived_address *ret_address, struct err *err)
{
    struct derived_address derived = {.kind = WATCH_ACCOUNT, .hash_length = EVM_ADDRESS_SIZE};
    struct xpub account, change, key;
    struct evm_address address;

    (void)client;
    (void)network;
    if (!xpub_parse(xpub, XPUB_VERSION_MAIN, &account, err))
        return false;
    if (!xpub_child(&account, 0, &change) || !xpub_child(&change, index, &key) ||
        !evm_address_of_key(key.key, &address))
        return err_set(err, ERR_NOT_FOUND, "there is no address number %u", (unsigned)index);
    evm_address_text(address, derived.address);
    memcpy(derived.hash, address.bytes, sizeof(address.bytes));
    *ret_address = derived;
    return true;
}

const struct family family_ethereum = {
    .name = "ethereum",
    .identify = ethereum_identify,
    .tip = ethereum_tip,
    .block_hash = ethereum_block_hash,
    .block_head = ethereum_block_head,
    .block_read = ethereum_block_read,
    .tx_status = ethereum_tx_status,
    .balance = ethereum_balance,
    .balances = ethereum_balances,
    .asset_read = ethereum_asset_read,
    .is_contract = ethereum_is_contract,
    .broadcast = ethereum_broadcast,
    .fee_rate = ethereum_fee_rate,
    .address_form = ethereum_address_form,
    .is_main = is_main,
    .address_derive = ethereum_address_derive,
};

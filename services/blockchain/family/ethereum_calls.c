#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/ethereum.h"
#include "blockchain/family/ethereum_text.h"
#include "blockchain/family/ethereum_token.h"
#include "chain/bytes.h"
#include "chain/erc20.h"

/* Selectors: the first bytes of the hash of the signature. */
static const char balance_of[] = "0x70a08231000000000000000000000000";
static const char decimals[] = "0x313ce567", symbol[] = "0x95d89b41";

enum { DECIMALS_MAX = 77, ANSWER_BYTES_MAX = 4096 };

/* An address as the node wants it; ERR_INVALID. */
static bool read_address(const char *text, char ret_text[static CHAIN_CONTRACT_SIZE],
                         struct err *err)
{
    struct evm_address address;
    if (!evm_address_parse(text, &address, err))
        return err_wrap(err, "address %.64s", text);
    ethereum_contract_text(&address, ret_text);
    return true;
}

bool ethereum_nonce(struct node *node, const char *address, bool with_pool, uint64_t *ret_nonce,
                    struct err *err)
{
    char lower[CHAIN_CONTRACT_SIZE], params[CHAIN_CONTRACT_SIZE + 24];
    if (!read_address(address, lower, err))
        return false;
    snprintf(params, sizeof(params), "[\"%s\",\"%s\"]", lower, with_pool ? "pending" : "latest");
    return ethereum_ask_u64(node, "eth_getTransactionCount", params, ret_nonce, err);
}

/* ---- gas ---- */

bool ethereum_estimate_gas(struct node *node, const struct ethereum_call *call, uint64_t *ret_gas,
                           struct err *err)
{
    AUTO(str_release) struct str params = STR_INIT(ETHEREUM_DATA_HEX_MAX + 512);
    char from[CHAIN_CONTRACT_SIZE], to[CHAIN_CONTRACT_SIZE], value[U256_HEX_SIZE];
    struct u256 units = U256_ZERO;

    if (!read_address(call->from, from, err) || !read_address(call->to, to, err))
        return false;
    if (call->units && !u256_parse(call->units, &units))
        return err_set(err, ERR_INVALID, "no amount: %.80s", call->units);
    str_add_format(&params, "[{\"from\":\"%s\",\"to\":\"%s\",\"value\":\"%s\"", from, to,
                   u256_hex(units, value));
    if (call->data)
        str_add_format(&params, ",\"data\":\"%s\"", call->data);
    str_add(&params, "}]");
    if (!str_ok(&params))
        return err_set(err, ERR_INVALID, "the data of a call are too long");
    return ethereum_ask_u64(node, "eth_estimateGas", params.data, ret_gas, err);
}

/* ---- contracts ---- */

bool ethereum_is_contract(struct node *node, const char *address, bool *ret_is_contract,
                          struct err *err)
{
    char lower[CHAIN_CONTRACT_SIZE], params[CHAIN_CONTRACT_SIZE + 24];
    struct json_slice code;
    if (!read_address(address, lower, err))
        return false;
    snprintf(params, sizeof(params), "[\"%s\",\"latest\"]", lower);
    if (!ethereum_ask_text(node, "eth_getCode", params, &code, err))
        return false;
    /* "0xef0100" and an address: a person's account that lends itself code (EIP-7702). */
    *ret_is_contract =
        code.length > 2 && !(code.length == 48 && memcmp(code.chars, "0xef0100", 8) == 0);
    return true;
}

/* eth_call of a function without arguments. A call that fails is ERR_NODE_REFUSED. */
static bool call_plain(struct node *node, const char *contract, const char *data,
                       struct json_slice *ret_text, struct err *err)
{
    char params[CHAIN_CONTRACT_SIZE + 64];
    snprintf(params, sizeof(params), "[{\"to\":\"%s\",\"data\":\"%s\"},\"latest\"]", contract,
             data);
    return ethereum_ask_text(node, "eth_call", params, ret_text, err);
}

static void read_symbol(struct json_slice text, char ret_symbol[static CHAIN_SYMBOL_SIZE])
{
    AUTO(str_release) struct str bytes = STR_INIT(ANSWER_BYTES_MAX);
    _Static_assert((int)CHAIN_SYMBOL_SIZE == (int)ERC20_SYMBOL_SIZE, "the same symbol");
    ret_symbol[0] = '\0';
    if (text.length >= 2 && hex_read(text.chars + 2, text.length - 2, &bytes) &&
        !erc20_symbol_parse(span_of_str(&bytes), ret_symbol))
        ret_symbol[0] = '\0';
}

bool ethereum_asset_read(struct node *node, const char *contract, struct chain_asset_said *ret_said,
                         struct err *err)
{
    struct chain_asset_said asset = {0};
    char lower[CHAIN_CONTRACT_SIZE];
    struct json_slice text;
    struct u256 number;
    uint64_t count;
    bool is_contract;

    if (!read_address(contract, lower, err) ||
        !ethereum_is_contract(node, lower, &is_contract, err))
        return false;
    if (!is_contract)
        return err_set(err, ERR_INVALID, "no contract at %s", lower);
    if (!call_plain(node, lower, decimals, &text, err)) {
        if (err->code == ERR_NODE_REFUSED)
            err_set(err, ERR_INVALID, "%s does not tell its decimals", lower);
        return false;
    }
    if (!evm_read_word(text, &number))
        return err_set(err, ERR_INVALID, "%s does not tell its decimals", lower);
    if (!u256_to_u64(number, &count) || count > DECIMALS_MAX)
        return err_set(err, ERR_INVALID, "%s has an impossible number of decimals", lower);
    asset.decimals = (uint32_t)count;
    if (call_plain(node, lower, symbol, &text, err))
        read_symbol(text, asset.symbol);
    else if (err->code != ERR_NODE_REFUSED)
        return false;
    if (!ethereum_token_try(node, lower, &asset.samples, err))
        return false;
    *ret_said = asset;
    return true;
}

/* ---- balances ---- */

/* The question for one balance: method and params. `at`: "latest" or a height. */
static void ask_balance_params(const char *address, const char *contract, const char *at,
                               struct str *params)
{
    if (contract[0])
        str_add_format(params, "[{\"to\":\"%s\",\"data\":\"%s%s\"},\"%s\"]", contract, balance_of,
                       address + 2, at);
    else
        str_add_format(params, "[\"%s\",\"%s\"]", address, at);
}

static const char *balance_method(const char *contract)
{
    return contract[0] ? "eth_call" : "eth_getBalance";
}

/* A token answers 32 bytes; a node answers a quantity. */
static bool read_balance(struct json_slice text, const char *contract,
                         char ret_units[static CHAIN_UNITS_SIZE], struct err *err)
{
    struct u256 number;
    char units[U256_TEXT_SIZE];
    if (contract[0] ? !evm_read_word(text, &number) : !evm_read_quantity(text, &number))
        return err_set(err, ERR_PROTOCOL, "%s: no balance", balance_method(contract));
    snprintf(ret_units, CHAIN_UNITS_SIZE, "%s", u256_text(number, units));
    return true;
}

bool ethereum_balance(struct node *node, const char *address, const char *contract,
                      char ret_units[static CHAIN_UNITS_SIZE], struct err *err)
{
    AUTO(str_release) struct str params = STR_INIT(512);
    char holder[CHAIN_CONTRACT_SIZE], token[CHAIN_CONTRACT_SIZE] = "";
    struct json_slice text;
    if (!read_address(address, holder, err) || (contract[0] && !read_address(contract, token, err)))
        return false;
    ask_balance_params(holder, token, "latest", &params);
    return ethereum_ask_text(node, balance_method(token), params.data, &text, err) &&
           read_balance(text, token, ret_units, err);
}

bool ethereum_balances(struct node *node, const char *const *addresses, size_t count,
                       const char *contract, uint64_t height, char (*ret_units)[CHAIN_UNITS_SIZE],
                       struct err *err)
{
    AUTO(str_release) struct str params = STR_INIT(CHAIN_BALANCES_MAX * 256);
    char holder[CHAIN_CONTRACT_SIZE], token[CHAIN_CONTRACT_SIZE] = "", at[24];
    struct json_slice texts[CHAIN_BALANCES_MAX];

    assert(count <= CHAIN_BALANCES_MAX);
    if (count == 0)
        return true;
    if (contract[0] && !read_address(contract, token, err))
        return false;
    snprintf(at, sizeof(at), "0x%llx", (unsigned long long)height);
    str_add_char(&params, '[');
    for (size_t i = 0; i < count; i++) {
        if (!read_address(addresses[i], holder, err))
            return false;
        if (i > 0)
            str_add_char(&params, ',');
        ask_balance_params(holder, token, at, &params);
    }
    str_add_char(&params, ']');
    if (!str_ok(&params))
        return err_set(err, ERR_INVALID, "too many balances in one question");
    if (!ethereum_ask_many(node, balance_method(token), params.data, count, texts, err))
        return err->code == ERR_NODE_REFUSED && ethereum_is_state_gone(node)
                   ? err_set_key(err, ERR_GONE, "blockchain.node.state_gone",
                                 "the node keeps no state of block %llu",
                                 (unsigned long long)height)
                   : false;
    for (size_t i = 0; i < count; i++)
        if (!read_balance(texts[i], token, ret_units[i], err))
            return false;
    return true;
}

/* ---- receipts ---- */

bool ethereum_receipt_read(struct node *node, const char *txid,
                           struct ethereum_receipt *ret_receipt, struct err *err)
{
    char params[CHAIN_HASH_SIZE + 8], fee_text[U256_TEXT_SIZE];
    struct evm_receipt read;
    struct evm_hash hash;
    struct json_pull pull;
    struct u256 fee;

    if (!ethereum_hash_parse(txid, &hash))
        return err_set(err, ERR_INVALID, "no transaction id of this chain");
    snprintf(params, sizeof(params), "[\"%s\"]", txid);
    if (!ethereum_ask(node, "eth_getTransactionReceipt", params, &pull, err) ||
        !evm_read_receipt(&pull, &read, err))
        return false;
    if (!evm_hash_equal(&read.txid, &hash))
        return err_set(err, ERR_PROTOCOL, "the receipt of another transaction than %s", txid);
    if (!evm_receipt_fee(&read, &fee))
        return err_set(err, ERR_PROTOCOL, "the fee of a transaction is above 256 bits");
    struct ethereum_receipt receipt = {
        .is_success = read.is_success, .height = read.height, .gas_used = read.gas_used};
    ethereum_hash_text(&read.block, receipt.block_hash);
    snprintf(receipt.fee_units, sizeof(receipt.fee_units), "%s", u256_text(fee, fee_text));
    if (read.has_contract)
        ethereum_contract_text(&read.contract, receipt.contract);
    *ret_receipt = receipt;
    return true;
}

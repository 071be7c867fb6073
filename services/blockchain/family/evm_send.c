#include "blockchain/family/evm_send.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/family/rpc.h"

static bool call_number(struct node *node, const char *method, const char *params,
                        uint64_t *ret_number, struct err *err)
{
    char text[U256_HEX_SIZE];
    const char *chars;
    size_t length;
    struct u256 number;
    if (!rpc_call_text(node->rpc, method, params, &chars, &length, err))
        return false;
    snprintf(text, sizeof(text), "%.*s", (int)length, chars);
    if (length >= sizeof(text) || !u256_parse_hex(text, &number) ||
        !u256_to_u64(number, ret_number))
        return err_set(err, ERR_PROTOCOL, "%s answers no number", method);
    return true;
}

static bool nonce_at(struct node *node, const char *address, const char *block, uint64_t *ret_nonce,
                     struct err *err)
{
    char params[CHAIN_ADDRESS_SIZE + 32];
    snprintf(params, sizeof(params), "[\"%s\",\"%s\"]", address, block);
    return call_number(node, "eth_getTransactionCount", params, ret_nonce, err);
}

bool evm_nonce(struct node *node, const char *address, uint64_t *ret_nonce, struct err *err)
{
    return nonce_at(node, address, "latest", ret_nonce, err);
}

bool evm_nonce_pending(struct node *node, const char *address, uint64_t *ret_nonce, struct err *err)
{
    return nonce_at(node, address, "pending", ret_nonce, err);
}

bool evm_estimate_gas(struct node *node, const struct evm_call *call, uint64_t *ret_gas,
                      struct err *err)
{
    char params[1024], value[U256_HEX_SIZE];
    int length = snprintf(params, sizeof(params),
                          "[{\"from\":\"%s\",\"to\":\"%s\",\"value\":\"%s\",\"data\":\"%s\"}]",
                          call->from, call->to, u256_hex(call->value, value), call->data);
    assert(length > 0 && (size_t)length < sizeof(params));
    return call_number(node, "eth_estimateGas", params, ret_gas, err);
}

void evm_transfer_data(const char *to, struct u256 units,
                       char ret_data[static EVM_TRANSFER_DATA_SIZE])
{
    uint8_t bytes[U256_SIZE];
    char digits[2 * U256_SIZE + 1];
    assert(strlen(to) == 42);
    u256_to_bytes(units, bytes);
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(digits + 2 * i, 3, "%02x", bytes[i]);
    int length =
        snprintf(ret_data, EVM_TRANSFER_DATA_SIZE, "0xa9059cbb%024d%s%s", 0, to + 2, digits);
    assert(length == EVM_TRANSFER_DATA_SIZE - 1);
}

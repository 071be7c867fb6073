#include "chain/erc20.h"

#include <string.h>

#define SELECTOR_TRANSFER ((uint8_t[]){0xa9, 0x05, 0x9c, 0xbb})

enum { ADDRESS_AT = ABI_WORD_SIZE - EVM_ADDRESS_SIZE };

const uint8_t erc20_transfer_topic[ABI_WORD_SIZE] = {
    0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa,
    0x95, 0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef};

/* ---- words ---- */

void abi_address_write(struct evm_address address, uint8_t ret_word[static ABI_WORD_SIZE])
{
    memset(ret_word, 0, ADDRESS_AT);
    memcpy(ret_word + ADDRESS_AT, address.bytes, EVM_ADDRESS_SIZE);
}

bool abi_address_parse(const uint8_t word[static ABI_WORD_SIZE], struct evm_address *ret_address)
{
    static const uint8_t zeros[ADDRESS_AT];
    if (memcmp(word, zeros, sizeof(zeros)) != 0)
        return false;
    memcpy(ret_address->bytes, word + ADDRESS_AT, EVM_ADDRESS_SIZE);
    return true;
}

/* ---- calls ---- */

void erc20_transfer_write(struct evm_address to, struct u256 units,
                          uint8_t ret_data[static ERC20_TRANSFER_SIZE])
{
    memcpy(ret_data, SELECTOR_TRANSFER, ABI_SELECTOR_SIZE);
    abi_address_write(to, ret_data + ABI_SELECTOR_SIZE);
    u256_to_bytes(units, ret_data + ABI_SELECTOR_SIZE + ABI_WORD_SIZE);
}

bool erc20_transfer_parse(struct span data, struct evm_address *ret_to, struct u256 *ret_units)
{
    struct evm_address to;
    if (data.length != ERC20_TRANSFER_SIZE ||
        memcmp(data.bytes, SELECTOR_TRANSFER, ABI_SELECTOR_SIZE) != 0 ||
        !abi_address_parse(data.bytes + ABI_SELECTOR_SIZE, &to))
        return false;
    *ret_to = to;
    *ret_units = u256_from_bytes(data.bytes + ABI_SELECTOR_SIZE + ABI_WORD_SIZE, ABI_WORD_SIZE);
    return true;
}

/* ---- what they return ---- */

bool erc20_units_parse(struct span data, struct u256 *ret_units)
{
    if (data.length != ABI_WORD_SIZE)
        return false;
    *ret_units = u256_from_bytes(data.bytes, data.length);
    return true;
}

bool erc20_decimals_parse(struct span data, unsigned *ret_decimals)
{
    struct u256 units;
    uint64_t number;
    if (!erc20_units_parse(data, &units) || !u256_to_u64(units, &number) ||
        number > U256_POWER_OF_10_MAX)
        return false;
    *ret_decimals = (unsigned)number;
    return true;
}

static bool copy_symbol(struct span chars, char ret_symbol[static ERC20_SYMBOL_SIZE])
{
    if (chars.length == 0 || chars.length >= ERC20_SYMBOL_SIZE)
        return false;
    for (size_t i = 0; i < chars.length; i++)
        if (chars.bytes[i] <= ' ' || chars.bytes[i] > '~')
            return false;
    memcpy(ret_symbol, chars.bytes, chars.length);
    ret_symbol[chars.length] = '\0';
    return true;
}

bool erc20_symbol_parse(struct span data, char ret_symbol[static ERC20_SYMBOL_SIZE])
{
    uint64_t offset, length;
    if (data.length == ABI_WORD_SIZE) {
        const uint8_t *end = memchr(data.bytes, '\0', data.length);
        size_t used = end ? (size_t)(end - data.bytes) : data.length;
        for (size_t i = used; i < data.length; i++)
            if (data.bytes[i] != 0)
                return false;
        return copy_symbol(span_of(data.bytes, used), ret_symbol);
    }
    /* Where the string starts (behind this word), its length, its bytes. */
    if (data.length < 3 * ABI_WORD_SIZE ||
        !u256_to_u64(u256_from_bytes(data.bytes, ABI_WORD_SIZE), &offset) ||
        offset != ABI_WORD_SIZE ||
        !u256_to_u64(u256_from_bytes(data.bytes + ABI_WORD_SIZE, ABI_WORD_SIZE), &length))
        return false;
    if (length > data.length - (size_t)(2 * ABI_WORD_SIZE))
        return false;
    return copy_symbol(span_of(data.bytes + 2 * ABI_WORD_SIZE, (size_t)length), ret_symbol);
}

/* ---- logs ---- */

bool erc20_log_parse(const uint8_t (*topics)[ABI_WORD_SIZE], size_t topics_count, struct span data,
                     struct erc20_transfer *ret_transfer, struct err *err)
{
    struct erc20_transfer transfer;
    if (topics_count == 0 || memcmp(topics[0], erc20_transfer_topic, ABI_WORD_SIZE) != 0)
        return err_set(err, ERR_INVALID, "the log is no Transfer");
    /* Four topics are a Transfer of an ERC-721: its number is not an amount. */
    if (topics_count != ERC20_TRANSFER_TOPICS)
        return err_set(err, ERR_INVALID, "a Transfer with %zu topics in place of 3", topics_count);
    if (data.length != ABI_WORD_SIZE)
        return err_set(err, ERR_INVALID, "a Transfer with %zu bytes in place of 32", data.length);
    if (!abi_address_parse(topics[1], &transfer.from) ||
        !abi_address_parse(topics[2], &transfer.to))
        return err_set(err, ERR_INVALID, "a Transfer whose topics are no addresses");
    transfer.units = u256_from_bytes(data.bytes, data.length);
    *ret_transfer = transfer;
    return true;
}

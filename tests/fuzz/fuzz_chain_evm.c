/*
 * Bytes of Ethereum-like chains. The first byte says which door is tried:
 *   'r'  RLP; items lie within what was read, and are written the same
 *   't'  a raw transaction; what is taken is written the same
 *   'l'  a log: a byte with the number of topics, the topics, the data
 *   'c'  the data of a call
 *   'y'  a symbol, a number of decimals
 */
#include <string.h>

#include "base/auto.h"
#include "chain/erc20.h"
#include "chain/evm_tx.h"
#include "chain/rlp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_rlp(struct span bytes)
{
    struct span rest = bytes;
    struct rlp_item item;
    while (rest.length > 0) {
        AUTO(str_release) struct str out = STR_INIT(8 << 20);
        struct span before = rest;
        if (!rlp_read(&rest, &item))
            break;
        assert(rest.length < before.length);
        assert(item.content.bytes >= before.bytes);
        assert(item.content.bytes + item.content.length == rest.bytes);
        if (item.is_list)
            rlp_add_list(&out, item.content);
        else
            rlp_add_bytes(&out, item.content);
        assert(span_equal(span_of_str(&out), span_of(before.bytes, before.length - rest.length)));
    }
    (void)!rlp_check(bytes, 16);
}

static void try_tx(struct span raw)
{
    AUTO(str_release) struct str out = STR_INIT(EVM_TX_BYTES_MAX);
    struct evm_signature signature;
    struct evm_address sender;
    struct evm_tx tx;
    struct u256 cost;
    struct err err;
    if (!evm_tx_parse(raw, &tx, &signature, &err)) {
        assert(err.code == ERR_INVALID);
        return;
    }
    evm_tx_write(&tx, &signature, &out);
    assert(span_equal(span_of_str(&out), raw));
    (void)!evm_tx_sender(&tx, &signature, &sender);
    (void)!evm_tx_cost_max(&tx, &cost);
}

static void try_log(struct span bytes)
{
    uint8_t topics[5][ABI_WORD_SIZE] = {{0}};
    struct reader reader = reader_of(bytes.bytes, bytes.length);
    struct erc20_transfer transfer;
    struct err err;
    size_t count = reader_u8(&reader) % 6;
    for (size_t i = 0; i < count; i++) {
        struct span topic = reader_span(&reader, ABI_WORD_SIZE);
        if (topic.length > 0)
            memcpy(topics[i], topic.bytes, topic.length);
    }
    bool is_read =
        erc20_log_parse(topics, count, span_of(reader.next, reader.left), &transfer, &err);
    assert(!is_read || (count == ERC20_TRANSFER_TOPICS && reader.left == ABI_WORD_SIZE));
}

static void try_call(struct span data)
{
    uint8_t again[ERC20_TRANSFER_SIZE];
    struct evm_address to;
    struct u256 units;
    if (!erc20_transfer_parse(data, &to, &units))
        return;
    erc20_transfer_write(to, units, again);
    assert(span_equal(data, span_of(again, sizeof(again))));
}

static void try_answer(struct span data)
{
    char symbol[ERC20_SYMBOL_SIZE];
    unsigned decimals;
    if (erc20_symbol_parse(data, symbol))
        assert(strlen(symbol) > 0 && strspn(symbol, " \t\r\n") == 0);
    if (erc20_decimals_parse(data, &decimals))
        assert(decimals <= U256_POWER_OF_10_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        char door;
        void (*go)(struct span bytes);
    } doors[] = {{'r', try_rlp}, {'t', try_tx}, {'l', try_log}, {'c', try_call}, {'y', try_answer}};
    if (size == 0)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(doors); i++)
        if (data[0] == (uint8_t)doors[i].door)
            doors[i].go(span_of(data + 1, size - 1));
    return 0;
}

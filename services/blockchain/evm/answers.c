#include "blockchain/evm/answers.h"

#include <stdlib.h>
#include <string.h>

#include "blockchain/evm/rows.h"
#include "chain/bytes.h"

/* ---- single values ---- */

/* As text with an end, for the readers of libs/chain; false: too long, or escapes in it. */
static bool to_chars(struct json_slice text, char *ret_chars, size_t size)
{
    if (!json_slice_is_plain(text) || text.length >= size)
        return false;
    memcpy(ret_chars, text.chars, text.length);
    ret_chars[text.length] = '\0';
    return true;
}

bool evm_read_quantity(struct json_slice text, struct u256 *ret_number)
{
    char chars[U256_HEX_SIZE];
    return to_chars(text, chars, sizeof(chars)) && u256_parse_hex(chars, ret_number);
}

bool evm_read_u64(struct json_slice text, uint64_t *ret_number)
{
    struct u256 number;
    return evm_read_quantity(text, &number) && u256_to_u64(number, ret_number);
}

/* "0x" and exactly the digits of `size` bytes. */
static bool read_bytes(struct json_slice text, uint8_t *ret_bytes, size_t size)
{
    char chars[2 + 2 * U256_SIZE + 1];
    return text.length == 2 + 2 * size && to_chars(text, chars, sizeof(chars)) && chars[0] == '0' &&
           chars[1] == 'x' && hex_read_exact(chars, ret_bytes, size);
}

bool evm_read_hash(struct json_slice text, struct evm_hash *ret_hash)
{
    return read_bytes(text, ret_hash->bytes, sizeof(ret_hash->bytes));
}

bool evm_read_address(struct json_slice text, struct evm_address *ret_address)
{
    return read_bytes(text, ret_address->bytes, sizeof(ret_address->bytes));
}

bool evm_read_word(struct json_slice text, struct u256 *ret_number)
{
    uint8_t bytes[U256_SIZE];
    if (!read_bytes(text, bytes, sizeof(bytes)))
        return false;
    *ret_number = u256_from_bytes(bytes, sizeof(bytes));
    return true;
}

bool evm_hash_equal(const struct evm_hash *a, const struct evm_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* ---- what the readers share ---- */

bool evm_row_grow(void **rows, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity ? 2 * *capacity : 16;
    if (count >= EVM_ROWS_MAX)
        return false;
    void *larger = realloc(*rows, more * size);
    if (!larger)
        return false;
    *rows = larger;
    *capacity = more;
    return true;
}

void evm_pull_quantity(struct json_pull *pull, struct u256 *ret_number)
{
    struct json_slice text;
    if (json_pull_text(pull, &text) && !evm_read_quantity(text, ret_number))
        json_pull_fail(pull, "no quantity");
}

void evm_pull_u64(struct json_pull *pull, uint64_t *ret_number)
{
    struct json_slice text;
    if (json_pull_text(pull, &text) && !evm_read_u64(text, ret_number))
        json_pull_fail(pull, "no quantity of 64 bits");
}

void evm_pull_hash(struct json_pull *pull, struct evm_hash *ret_hash)
{
    struct json_slice text;
    if (json_pull_text(pull, &text) && !evm_read_hash(text, ret_hash))
        json_pull_fail(pull, "no hash");
}

void evm_pull_address(struct json_pull *pull, struct evm_address *ret_address)
{
    struct json_slice text;
    if (json_pull_text(pull, &text) && !evm_read_address(text, ret_address))
        json_pull_fail(pull, "no address");
}

bool evm_pull_verdict(const struct json_pull *pull, const char *what, struct err *err)
{
    if (!pull->problem)
        return true;
    return err_set(err, ERR_PROTOCOL, "%s: %s at byte %zu", what, pull->problem,
                   (size_t)(pull->at - pull->start));
}

/* ---- blocks ---- */

enum { HAS_HASH = 1, HAS_FROM = 2, HAS_VALUE = 4, HAS_TO = 8, HAS_NONCE = 16, HAS_ALL = 31 };
enum {
    HAS_NUMBER = 1,
    HAS_BLOCK_HASH = 2,
    HAS_PARENT = 4,
    HAS_TIME = 8,
    HAS_PAYMENTS = 16,
    HAS_WHOLE = 31
};

static bool keep_payment(struct evm_block *block, const struct evm_payment *payment)
{
    void *rows = block->payments;
    bool kept =
        evm_row_grow(&rows, block->payments_count, &block->payments_capacity, sizeof(*payment));
    block->payments = rows;
    if (kept)
        block->payments[block->payments_count++] = *payment;
    return kept;
}

static void read_transaction(struct json_pull *pull, const struct evm_watch *watch,
                             struct evm_block *block)
{
    struct evm_payment payment = {.position = (uint32_t)block->transactions};
    struct json_slice key;
    unsigned has = 0;

    if (!json_pull_object(pull))
        return;
    while (json_pull_key(pull, &key)) {
        if (json_slice_is(key, "hash")) {
            evm_pull_hash(pull, &payment.txid);
            has |= HAS_HASH;
        } else if (json_slice_is(key, "from")) {
            evm_pull_address(pull, &payment.from);
            has |= HAS_FROM;
        } else if (json_slice_is(key, "value")) {
            evm_pull_quantity(pull, &payment.value);
            has |= HAS_VALUE;
        } else if (json_slice_is(key, "nonce")) {
            evm_pull_u64(pull, &payment.nonce);
            has |= HAS_NONCE;
        } else if (json_slice_is(key, "to")) {
            payment.is_creation = json_pull_null(pull);
            if (!payment.is_creation)
                evm_pull_address(pull, &payment.to);
            has |= HAS_TO;
        } else {
            json_pull_skip(pull, NULL);
        }
    }
    if (pull->problem)
        return;
    if (has != HAS_ALL) {
        json_pull_fail(pull, "a transaction lacks a field");
        return;
    }
    payment.is_to_us = !payment.is_creation && watch->has(watch->user, &payment.to);
    payment.is_from_us = watch->has(watch->user, &payment.from);
    if ((payment.is_to_us || payment.is_from_us) && !keep_payment(block, &payment))
        json_pull_fail(pull, "too many payments in a block");
}

static void read_transactions(struct json_pull *pull, const struct evm_watch *watch,
                              struct evm_block *block)
{
    if (!json_pull_array(pull))
        return;
    for (; json_pull_item(pull); block->transactions++) {
        if (block->transactions == EVM_ROWS_MAX)
            json_pull_fail(pull, "too many transactions in a block");
        if (json_pull_is_text(pull))
            json_pull_skip(pull, NULL);
        else
            read_transaction(pull, watch, block);
    }
}

static unsigned read_member(struct json_pull *pull, struct json_slice key,
                            const struct evm_watch *watch, struct evm_block *block)
{
    if (json_slice_is(key, "number")) {
        evm_pull_u64(pull, &block->number);
        return HAS_NUMBER;
    }
    if (json_slice_is(key, "hash")) {
        evm_pull_hash(pull, &block->hash);
        return HAS_BLOCK_HASH;
    }
    if (json_slice_is(key, "parentHash")) {
        evm_pull_hash(pull, &block->parent);
        return HAS_PARENT;
    }
    if (json_slice_is(key, "timestamp")) {
        evm_pull_u64(pull, &block->time);
        return HAS_TIME;
    }
    if (json_slice_is(key, "transactions")) {
        read_transactions(pull, watch, block);
        return HAS_PAYMENTS;
    }
    if (json_slice_is(key, "gasUsed"))
        evm_pull_u64(pull, &block->gas_used);
    else if (json_slice_is(key, "baseFeePerGas") && !json_pull_null(pull)) {
        evm_pull_quantity(pull, &block->base_fee);
        block->has_base_fee = true;
    } else if (!json_slice_is(key, "baseFeePerGas"))
        json_pull_skip(pull, NULL);
    return 0;
}

bool evm_read_block(struct json_pull *result, const struct evm_watch *watch,
                    struct evm_block *ret_block, struct err *err)
{
    struct evm_block block = {0};
    struct json_slice key;
    unsigned has = 0;

    if (json_pull_null(result))
        return err_set(err, ERR_NOT_FOUND, "the node has no such block");
    if (json_pull_object(result))
        while (json_pull_key(result, &key))
            has |= read_member(result, key, watch, &block);
    if (!result->problem && has != HAS_WHOLE)
        json_pull_fail(result, "a block lacks a field");
    if (!evm_pull_verdict(result, "block", err)) {
        evm_block_release(&block);
        return false;
    }
    *ret_block = block;
    return true;
}

void evm_block_release(struct evm_block *block)
{
    free(block->payments);
    *block = (struct evm_block){0};
}

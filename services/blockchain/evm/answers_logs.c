#include <stdlib.h>
#include <string.h>

#include "blockchain/evm/answers.h"
#include "blockchain/evm/rows.h"
#include "chain/erc20.h"

enum { TOPICS_MAX = 8 };

/* ---- logs ---- */

struct log_text {
    struct json_slice topics[TOPICS_MAX], data;
    size_t topics_count;
    bool is_removed;
    unsigned has;
};

enum {
    HAS_TXID = 1,
    HAS_BLOCK = 2,
    HAS_CONTRACT = 4,
    HAS_INDEX = 8,
    HAS_TOPICS = 16,
    HAS_DATA = 32,
    HAS_ALL = 63
};

static void read_topics(struct json_pull *pull, struct log_text *text)
{
    if (!json_pull_array(pull))
        return;
    while (json_pull_item(pull)) {
        if (text->topics_count == TOPICS_MAX) {
            json_pull_fail(pull, "too many topics");
            return;
        }
        json_pull_text(pull, &text->topics[text->topics_count++]);
    }
}

static void read_log_member(struct json_pull *pull, struct json_slice key, struct evm_log *log,
                            struct log_text *text)
{
    if (json_slice_is(key, "transactionHash")) {
        evm_pull_hash(pull, &log->txid);
        text->has |= HAS_TXID;
    } else if (json_slice_is(key, "blockHash")) {
        evm_pull_hash(pull, &log->block);
        text->has |= HAS_BLOCK;
    } else if (json_slice_is(key, "address")) {
        evm_pull_address(pull, &log->contract);
        text->has |= HAS_CONTRACT;
    } else if (json_slice_is(key, "logIndex")) {
        evm_pull_u64(pull, &log->index);
        text->has |= HAS_INDEX;
    } else if (json_slice_is(key, "topics")) {
        read_topics(pull, text);
        text->has |= HAS_TOPICS;
    } else if (json_slice_is(key, "data")) {
        json_pull_text(pull, &text->data);
        text->has |= HAS_DATA;
    } else if (json_slice_is(key, "removed")) {
        json_pull_bool(pull, &text->is_removed);
    } else {
        json_pull_skip(pull, NULL);
    }
}

/* Exactly what the standard says: from and to in the topics, the value alone in the data. */
static bool is_transfer(const struct log_text *text, struct evm_log *log)
{
    uint8_t topics[TOPICS_MAX][ABI_WORD_SIZE];
    struct evm_hash word;
    struct erc20_transfer transfer;
    struct err odd;
    _Static_assert((int)EVM_HASH_SIZE == (int)ABI_WORD_SIZE, "a word");
    for (size_t i = 0; i < text->topics_count; i++) {
        if (!evm_read_hash(text->topics[i], &word))
            return false;
        memcpy(topics[i], word.bytes, sizeof(topics[i]));
    }
    if (!evm_read_hash(text->data, &word) ||
        !erc20_log_parse((const uint8_t(*)[ABI_WORD_SIZE])topics, text->topics_count,
                         span_of(word.bytes, sizeof(word.bytes)), &transfer, &odd))
        return false;
    log->from = transfer.from;
    log->to = transfer.to;
    log->value = transfer.units;
    return true;
}

static void read_log(struct json_pull *pull, const struct evm_hash *block,
                     const struct evm_watch *watch, struct evm_logs *logs)
{
    struct evm_log log = {0};
    struct log_text text = {0};
    struct json_slice key;

    if (!json_pull_object(pull))
        return;
    while (json_pull_key(pull, &key))
        read_log_member(pull, key, &log, &text);
    if (pull->problem)
        return;
    if (text.has != HAS_ALL) {
        json_pull_fail(pull, "a log lacks a field");
        return;
    }
    if (text.is_removed || !evm_hash_equal(&log.block, block)) {
        json_pull_fail(pull, "a log of another block");
        return;
    }
    if (!is_transfer(&text, &log)) {
        logs->odd++;
        return;
    }
    if (!watch->has(watch->user, &log.to) && !watch->has(watch->user, &log.from))
        return;
    void *rows = logs->rows;
    bool kept = evm_row_grow(&rows, logs->count, &logs->capacity, sizeof(log));
    logs->rows = rows;
    if (!kept) {
        json_pull_fail(pull, "too many logs in a block");
        return;
    }
    logs->rows[logs->count++] = log;
}

bool evm_read_logs(struct json_pull *result, const struct evm_hash *block,
                   const struct evm_watch *watch, struct evm_logs *ret_logs, struct err *err)
{
    struct evm_logs logs = {0};
    if (json_pull_null(result))
        return err_set(err, ERR_NOT_FOUND, "the node has no logs of that block");
    if (json_pull_array(result))
        while (json_pull_item(result))
            read_log(result, block, watch, &logs);
    if (!evm_pull_verdict(result, "logs", err)) {
        evm_logs_release(&logs);
        return false;
    }
    *ret_logs = logs;
    return true;
}

void evm_logs_release(struct evm_logs *logs)
{
    free(logs->rows);
    *logs = (struct evm_logs){0};
}

/* ---- receipts ---- */

enum {
    HAS_STATUS = 1,
    HAS_RECEIPT_TXID = 2,
    HAS_RECEIPT_BLOCK = 4,
    HAS_HEIGHT = 8,
    HAS_GAS = 16,
    HAS_LOGS = 32
};
enum { HAS_RECEIPT = 63 };

static void read_receipt_logs(struct json_pull *pull, struct evm_receipt *receipt)
{
    struct json_slice key;
    if (!json_pull_array(pull))
        return;
    for (; json_pull_item(pull); receipt->logs++) {
        uint64_t index = 0;
        bool has_index = false;
        if (!json_pull_object(pull))
            return;
        while (json_pull_key(pull, &key)) {
            if (!json_slice_is(key, "logIndex")) {
                json_pull_skip(pull, NULL);
                continue;
            }
            evm_pull_u64(pull, &index);
            has_index = true;
        }
        if (!has_index)
            json_pull_fail(pull, "a log lacks its index");
        if (receipt->logs == 0)
            receipt->first_log = index;
        else if (index != receipt->first_log + receipt->logs)
            json_pull_fail(pull, "the logs of a receipt are out of order");
    }
}

static unsigned read_receipt_member(struct json_pull *pull, struct json_slice key,
                                    struct evm_receipt *receipt)
{
    uint64_t status = 0;
    if (json_slice_is(key, "status")) {
        evm_pull_u64(pull, &status);
        if (status > 1)
            json_pull_fail(pull, "a status that there is not");
        receipt->is_success = status == 1;
        return HAS_STATUS;
    }
    if (json_slice_is(key, "transactionHash")) {
        evm_pull_hash(pull, &receipt->txid);
        return HAS_RECEIPT_TXID;
    }
    if (json_slice_is(key, "blockHash")) {
        evm_pull_hash(pull, &receipt->block);
        return HAS_RECEIPT_BLOCK;
    }
    if (json_slice_is(key, "blockNumber")) {
        evm_pull_u64(pull, &receipt->height);
        return HAS_HEIGHT;
    }
    if (json_slice_is(key, "gasUsed")) {
        evm_pull_u64(pull, &receipt->gas_used);
        return HAS_GAS;
    }
    if (json_slice_is(key, "logs")) {
        read_receipt_logs(pull, receipt);
        return HAS_LOGS;
    }
    if (json_slice_is(key, "contractAddress")) {
        receipt->has_contract = !json_pull_null(pull);
        if (receipt->has_contract)
            evm_pull_address(pull, &receipt->contract);
    } else if (json_slice_is(key, "effectiveGasPrice")) {
        evm_pull_quantity(pull, &receipt->gas_price);
    } else if (json_slice_is(key, "l1Fee")) {
        evm_pull_quantity(pull, &receipt->extra_fee);
    } else if (json_slice_is(key, "transactionIndex")) {
        evm_pull_u64(pull, &receipt->position);
    } else {
        json_pull_skip(pull, NULL);
    }
    return 0;
}

bool evm_read_receipt(struct json_pull *result, struct evm_receipt *ret_receipt, struct err *err)
{
    struct evm_receipt receipt = {0};
    struct json_slice key;
    unsigned has = 0;

    if (json_pull_null(result))
        return err_set(err, ERR_NOT_FOUND, "no receipt of that transaction yet");
    if (json_pull_object(result))
        while (json_pull_key(result, &key))
            has |= read_receipt_member(result, key, &receipt);
    if (!result->problem && has != HAS_RECEIPT)
        json_pull_fail(result, "a receipt lacks a field");
    if (!evm_pull_verdict(result, "receipt", err))
        return false;
    *ret_receipt = receipt;
    return true;
}

bool evm_receipt_fee(const struct evm_receipt *receipt, struct u256 *ret_fee)
{
    struct u256 gas;
    return u256_mul_u64(receipt->gas_price, receipt->gas_used, &gas) &&
           u256_add(gas, receipt->extra_fee, ret_fee);
}

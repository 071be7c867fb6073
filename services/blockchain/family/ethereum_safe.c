#include "blockchain/family/ethereum_safe.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/evm/rows.h"
#include "blockchain/family/ethereum_text.h"

/* Selectors and topics: of the hashes of the signatures. */
static const char nonce_call[] = "0xaffed0e0", threshold_call[] = "0xe75235b8";
static const char success_topic[] =
    "0x442e715f626346e8c54381002da614f62bee8d27386535b2521ec8540898556e";
static const char failure_topic[] =
    "0x23428b18acfb3ea64b08dc0c1d296ea9c09702c09083ca5272e64d115b687d23";

enum { PARAMS_MAX = 512, TOPICS_MAX = 4, LOGS_MAX = 10000, WORD_CHARS = 66 };

static bool ask_number(struct node *node, const char *safe, const char *call, uint64_t height,
                       uint64_t *ret_number, struct err *err)
{
    char params[PARAMS_MAX], at[24] = "latest";
    struct json_slice text;
    struct u256 number;
    if (height > 0)
        snprintf(at, sizeof(at), "0x%llx", (unsigned long long)height);
    snprintf(params, sizeof(params), "[{\"to\":\"%s\",\"data\":\"%s\"},\"%s\"]", safe, call, at);
    if (!ethereum_ask_text(node, "eth_call", params, &text, err))
        return false;
    return (evm_read_word(text, &number) && u256_to_u64(number, ret_number)) ||
           err_set(err, ERR_PROTOCOL, "%.42s is no Safe", safe);
}

bool ethereum_safe_nonce(struct node *node, const char *safe, uint64_t height, uint64_t *ret_nonce,
                         struct err *err)
{
    return ask_number(node, safe, nonce_call, height, ret_nonce, err);
}

bool ethereum_safe_threshold(struct node *node, const char *safe, uint64_t *ret_threshold,
                             struct err *err)
{
    return ask_number(node, safe, threshold_call, 0, ret_threshold, err) &&
           (*ret_threshold > 0 || err_set(err, ERR_PROTOCOL, "%.42s wants nobody", safe));
}

struct log {
    struct json_slice topics[TOPICS_MAX], data;
    size_t topics_count;
    struct evm_hash txid;
    struct evm_address contract;
    uint64_t height;
    bool is_removed;
};

static void read_member(struct json_pull *pull, struct json_slice key, struct log *log)
{
    if (json_slice_is(key, "transactionHash")) {
        evm_pull_hash(pull, &log->txid);
    } else if (json_slice_is(key, "address")) {
        evm_pull_address(pull, &log->contract);
    } else if (json_slice_is(key, "blockNumber")) {
        evm_pull_u64(pull, &log->height);
    } else if (json_slice_is(key, "data")) {
        json_pull_text(pull, &log->data);
    } else if (json_slice_is(key, "removed")) {
        json_pull_bool(pull, &log->is_removed);
    } else if (json_slice_is(key, "topics") && json_pull_array(pull)) {
        while (json_pull_item(pull)) {
            if (log->topics_count == TOPICS_MAX) {
                json_pull_fail(pull, "too many topics");
                return;
            }
            json_pull_text(pull, &log->topics[log->topics_count++]);
        }
    } else {
        json_pull_skip(pull, NULL);
    }
}

/* Version 1.4 has the hash in a topic, 1.3 as the first word of the data. */
static bool is_of(const struct log *log, const char *digest)
{
    if (log->topics_count > 1)
        return json_slice_is(log->topics[1], digest);
    struct json_slice word = {log->data.chars, WORD_CHARS};
    return log->data.length >= WORD_CHARS && json_slice_is(word, digest);
}

static void read_log(struct json_pull *pull, const struct evm_address *safe, const char *digest,
                     struct ethereum_safe_end *end)
{
    struct log log = {.topics_count = 0};
    struct json_slice key;
    if (!json_pull_object(pull))
        return;
    while (json_pull_key(pull, &key))
        read_member(pull, key, &log);
    if (pull->problem || log.is_removed || log.topics_count == 0 || log.height == 0 ||
        !evm_address_equal(log.contract, *safe))
        return;
    bool is_success = json_slice_is(log.topics[0], success_topic);
    if (!is_success && !json_slice_is(log.topics[0], failure_topic))
        return;
    end->taken++;
    if (!is_of(&log, digest))
        return;
    end->is_there = true;
    end->is_success = is_success;
    end->height = log.height;
    ethereum_hash_text(&log.txid, end->txid);
}

bool ethereum_safe_end_find(struct node *node, const char *safe, const char *digest,
                            uint64_t from_height, uint64_t to_height,
                            struct ethereum_safe_end *ret_end, struct err *err)
{
    struct ethereum_safe_end end = {.is_there = false};
    struct evm_address address;
    struct json_pull pull;
    char params[PARAMS_MAX];
    size_t count = 0;
    if (!evm_address_parse(safe, &address, err))
        return false;
    snprintf(params, sizeof(params),
             "[{\"address\":\"%s\",\"fromBlock\":\"0x%llx\",\"toBlock\":\"0x%llx\","
             "\"topics\":[[\"%s\",\"%s\"]]}]",
             safe, (unsigned long long)from_height, (unsigned long long)to_height, success_topic,
             failure_topic);
    if (!ethereum_ask(node, "eth_getLogs", params, &pull, err))
        return false;
    if (json_pull_array(&pull))
        while (json_pull_item(&pull)) {
            if (count++ == LOGS_MAX)
                json_pull_fail(&pull, "too many logs of a Safe");
            read_log(&pull, &address, digest, &end);
        }
    if (!evm_pull_verdict(&pull, "logs of a Safe", err))
        return false;
    if (end.is_there && (end.height < from_height || end.height > to_height))
        return err_set(err, ERR_PROTOCOL, "a log of other blocks than those that were asked for");
    *ret_end = end;
    return true;
}

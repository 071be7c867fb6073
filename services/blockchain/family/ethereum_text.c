#include "blockchain/family/ethereum_text.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/evm/rows.h"
#include "chain/bytes.h"

bool ethereum_ask(struct node *node, const char *method, const char *params,
                  struct json_pull *ret_result, struct err *err)
{
    struct rpc_answer answer;
    if (!rpc_call(node->rpc, method, params, &answer, err))
        return false;
    json_pull_init(ret_result, answer.result, answer.length);
    return true;
}

static bool odd(const char *method, const char *expected, struct err *err)
{
    return err_set(err, ERR_PROTOCOL, "%s: the result is no %s", method, expected);
}

bool ethereum_ask_text(struct node *node, const char *method, const char *params,
                       struct json_slice *ret_text, struct err *err)
{
    struct json_pull pull;
    struct json_slice text;
    struct err ignored;
    if (!ethereum_ask(node, method, params, &pull, err))
        return false;
    if (!json_pull_text(&pull, &text) || !json_pull_end(&pull, &ignored) ||
        !json_slice_is_plain(text))
        return odd(method, "plain string", err);
    *ret_text = text;
    return true;
}

bool ethereum_ask_u64(struct node *node, const char *method, const char *params,
                      uint64_t *ret_number, struct err *err)
{
    struct json_slice text;
    if (!ethereum_ask_text(node, method, params, &text, err))
        return false;
    return evm_read_u64(text, ret_number) || odd(method, "quantity of 64 bits", err);
}

/* ---- many at once ---- */

static bool many_request(const char *method, const char *params, size_t count, struct str *out)
{
    struct json_pull pull;
    struct json_slice each;
    size_t index = 0;
    json_pull_init(&pull, params, strlen(params));
    json_pull_array(&pull);
    str_add_char(out, '[');
    for (; json_pull_item(&pull) && json_pull_skip(&pull, &each); index++) {
        str_add_format(out, "%s{\"jsonrpc\":\"2.0\",\"id\":%zu,\"method\":\"%s\",\"params\":",
                       index ? "," : "", index, method);
        str_add_bytes(out, each.chars, each.length);
        str_add_char(out, '}');
    }
    str_add_char(out, ']');
    assert(index == count);
    return str_ok(out);
}

/* One answer of many: {"id": 3, "result": "0x..."}, in any order of its members. */
static void read_one(struct json_pull *pull, struct json_slice *texts, size_t count,
                     struct json_slice *ret_error)
{
    struct json_slice key, id = {0}, text = {0}, error = {0};
    uint64_t index;
    json_pull_object(pull);
    while (json_pull_key(pull, &key)) {
        if (json_slice_is(key, "id"))
            json_pull_number(pull, &id);
        else if (json_slice_is(key, "result"))
            json_pull_text(pull, &text);
        else if (json_slice_is(key, "error") && !json_pull_null(pull))
            json_pull_skip(pull, &error);
        else if (!json_slice_is(key, "error"))
            json_pull_skip(pull, NULL);
    }
    if (pull->problem)
        return;
    if (error.chars)
        *ret_error = error;
    else if (!json_slice_to_u64(id, &index) || index >= count || texts[index].chars ||
             !json_slice_is_plain(text))
        json_pull_fail(pull, "no answer to one of our questions");
    else
        texts[index] = text;
}

bool ethereum_ask_many(struct node *node, const char *method, const char *params, size_t count,
                       struct json_slice *ret_texts, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(2 * ETHEREUM_PARAMS_MAX);
    struct rpc_answer answer;
    struct json_slice error = {0};
    struct json_pull pull;
    size_t answers = 0;

    if (!many_request(method, params, count, &body))
        return err_set(err, ERR_INVALID, "%s: too many questions at once", method);
    if (!rpc_post(node->rpc, method, body.data, body.length, &answer, err))
        return false;
    memset(ret_texts, 0, count * sizeof(*ret_texts));
    json_pull_init(&pull, answer.result, answer.length);
    json_pull_array(&pull);
    for (; json_pull_item(&pull); answers++)
        read_one(&pull, ret_texts, count, &error);
    if (!pull.problem && error.chars)
        return rpc_refused(node->rpc, error, method, err);
    if (!pull.problem && answers != count)
        json_pull_fail(&pull, "not as many answers as questions");
    return evm_pull_verdict(&pull, method, err);
}

/* ---- ids ---- */

void ethereum_hash_text(const struct evm_hash *hash, char ret_text[static CHAIN_HASH_SIZE])
{
    _Static_assert(CHAIN_HASH_SIZE == 2 + 2 * EVM_HASH_SIZE + 1, "a hash fits exactly");
    memcpy(ret_text, "0x", 2);
    hex_write(hash->bytes, sizeof(hash->bytes), ret_text + 2);
}

bool ethereum_hash_parse(const char *text, struct evm_hash *ret_hash)
{
    return evm_read_hash((struct json_slice){text, strlen(text)}, ret_hash);
}

void ethereum_contract_text(const struct evm_address *address,
                            char ret_text[static CHAIN_CONTRACT_SIZE])
{
    _Static_assert(CHAIN_CONTRACT_SIZE >= 2 + 2 * EVM_ADDRESS_SIZE + 1, "an address fits");
    memcpy(ret_text, "0x", 2);
    hex_write(address->bytes, sizeof(address->bytes), ret_text + 2);
}

bool ethereum_is_state_gone(const struct node *node)
{
    static const char *const words[] = {"missing trie node",   "historical state",
                                        "state not available", "state is not available",
                                        "state unavailable",   "no state available",
                                        "header not found",    "unknown block",
                                        "block not found",     "pruned",
                                        "BlockOutOfRange",     "maximum proof window"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasestr(rpc_error_message(node->rpc), words[i]))
            return true;
    return false;
}

bool ethereum_is_not_offered(const struct node *node)
{
    enum { METHOD_NOT_FOUND = -32601, METHOD_NOT_SUPPORTED = -32004 };
    static const char *const words[] = {"does not exist", "not available",   "not supported",
                                        "not found",      "not whitelisted", "not allowed",
                                        "unsupported"};
    int64_t code = rpc_error_code(node->rpc);
    const char *message = rpc_error_message(node->rpc);
    if (code == METHOD_NOT_FOUND || code == METHOD_NOT_SUPPORTED)
        return true;
    /* Hosted nodes have numbers of their own. A block that is missing names itself. */
    if (strcasestr(message, "block") || strcasestr(message, "state") ||
        strcasestr(message, "transaction"))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasestr(message, words[i]))
            return true;
    return false;
}

#include "blockchain/family/ethereum_token.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/family/ethereum.h"
#include "blockchain/family/ethereum_text.h"
#include "chain/erc20.h"

static bool has_any(void *user, const struct evm_address *address)
{
    (void)user;
    (void)address;
    return true;
}

/* Its receiver is in no other transfer of the block, so that the whole change of its balance is this one. */
static bool is_lone(const struct evm_logs *logs, size_t at)
{
    const struct evm_log *log = &logs->rows[at];
    if (u256_is_zero(log->value) || evm_address_equal(log->from, log->to) ||
        evm_address_equal(log->to, log->contract) || evm_address_is_zero(log->to) ||
        evm_address_is_zero(
            log->from)) /* made: perhaps with the contract, which has no balance before */
        return false;
    for (size_t i = 0; i < logs->count; i++)
        if (i != at && (evm_address_equal(logs->rows[i].to, log->to) ||
                        evm_address_equal(logs->rows[i].from, log->to)))
            return false;
    return true;
}

static bool balance_at(struct node *node, const char *contract, const char *holder, uint64_t height,
                       struct u256 *ret_units, struct err *err)
{
    char units[1][CHAIN_UNITS_SIZE];
    if (!ethereum_balances(node, &holder, 1, contract, height, units, err))
        return false;
    return u256_parse(units[0], ret_units) ||
           err_set(err, ERR_PROTOCOL, "a balance that is no number");
}

/* A node that has not the balances of then tells nothing about the token. */
static bool compare(struct node *node, const char *contract, const struct evm_log *log,
                    uint64_t height, unsigned *samples, struct err *err)
{
    char holder[CHAIN_CONTRACT_SIZE], said[U256_TEXT_SIZE], arrived[U256_TEXT_SIZE];
    struct u256 before, after, change = U256_ZERO;
    ethereum_contract_text(&log->to, holder);
    if (!balance_at(node, contract, holder, height - 1, &before, err) ||
        !balance_at(node, contract, holder, height, &after, err))
        return err->code == ERR_NODE_REFUSED || err->code == ERR_GONE;
    ++*samples;
    if (u256_sub(after, before, &change) && u256_cmp(change, log->value) == 0)
        return true;
    return err_set(err, ERR_INVALID, "a transfer of %s units brought %s: it is no standard token",
                   u256_text(log->value, said), u256_text(change, arrived));
}

static bool block_try(struct node *node, const char *contract, uint64_t height, unsigned *samples,
                      struct err *err)
{
    AUTO(evm_logs_release) struct evm_logs logs = {0};
    static const struct evm_watch everybody = {has_any, NULL};
    char hash[CHAIN_HASH_SIZE], params[512];
    struct evm_hash block;
    struct json_pull pull;
    if (!family_ethereum.block_hash(node, height, hash, err))
        return false;
    if (!ethereum_hash_parse(hash, &block))
        return err_set(err, ERR_PROTOCOL, "a block without a hash");
    snprintf(params, sizeof(params),
             "[{\"blockHash\":\"%s\",\"topics\":[\"%s\"],\"address\":[\"%s\"]}]", hash,
             ERC20_TRANSFER_TOPIC_TEXT, contract);
    if (!ethereum_ask(node, "eth_getLogs", params, &pull, err) ||
        !evm_read_logs(&pull, &block, &everybody, &logs, err))
        return false;
    for (size_t i = 0; i < logs.count && *samples < TOKEN_SAMPLES_MAX; i++) {
        if (is_lone(&logs, i) && !compare(node, contract, &logs.rows[i], height, samples, err))
            return false;
    }
    return true;
}

bool ethereum_token_try(struct node *node, const char *contract, unsigned *ret_samples,
                        struct err *err)
{
    struct chain_tip tip;
    unsigned samples = 0;
    if (!family_ethereum.tip(node, &tip, err))
        return false;
    for (uint64_t i = 0; i < TOKEN_LOOK_BLOCKS && i < tip.height && samples < TOKEN_SAMPLES_MAX;
         i++)
        if (!block_try(node, contract, tip.height - i, &samples, err))
            return false;
    *ret_samples = samples;
    return true;
}

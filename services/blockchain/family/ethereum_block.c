/*
 * One block of an Ethereum-like chain: what it pays to us.
 *
 *   the block      coins that transactions pay to our addresses, and transactions of ours
 *   its logs       Transfer logs of the listed contracts; whoever called them (not by `to`); those of others
 *                  for people, if they are asked for. What they say is compared with balances (W-05)
 *   receipts       of every transaction that was found: only success counts (W-06)
 *   its traces     coins that inner calls pay, if the node traces; void frames are none (W-06, W-07)
 *
 * All of it is asked by the hash of the block, so that a reorganisation between two questions can't mix
 * two blocks. The place of a log is counted within its transaction: the number in the block changes when
 * the transaction moves to another one.
 */
#include "blockchain/family/ethereum_block.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/ethereum.h"
#include "blockchain/family/ethereum_brought.h"
#include "blockchain/family/ethereum_text.h"
#include "blockchain/state/catalogue.h"
#include "chain/erc20.h"

enum { UNITS_DIGITS_MAX = 65, UNLISTED_MAX = 500 /* of one block */ };

struct read {
    struct node *node;
    const struct block_question *question;
    const struct block_sink *sink;
    struct evm_hash block, only; /* only: one transaction, if `has_only` */
    bool has_only;
    struct evm_watch watch;
};

static bool watch_has(void *user, const struct evm_address *address)
{
    const struct watch_set *set = user;
    return watch_set_find(set, WATCH_ACCOUNT, address->bytes, sizeof(address->bytes)) != 0;
}

static uint64_t address_id(const struct read *read, const struct evm_address *address)
{
    return watch_set_find(read->question->watch, WATCH_ACCOUNT, address->bytes,
                          sizeof(address->bytes));
}

static bool is_asked(const struct read *read, const struct evm_hash *txid)
{
    return !read->has_only || evm_hash_equal(&read->only, txid);
}

/* ---- telling ---- */

static bool park(const struct read *read, const struct evm_hash *txid, uint32_t index,
                 const char *reason, struct err *err)
{
    struct found_parked parked = {.index = index, .reason = reason};
    if (txid)
        ethereum_hash_text(txid, parked.txid);
    return read->sink->parked(read->sink->arg, &parked, err);
}

static bool tell(const struct read *read, const struct evm_hash *txid, uint32_t index,
                 const struct evm_address *contract, const struct evm_address *from,
                 const struct evm_address *to, struct u256 value, struct err *err)
{
    struct found_transfer found = {.index = index, .address_id = address_id(read, to)};
    /* Nothing was paid: "address poisoning" is no deposit (W-15). An address may have gone meanwhile. */
    if (u256_is_zero(value) || found.address_id == 0)
        return true;
    ethereum_hash_text(txid, found.txid);
    if (contract)
        ethereum_contract_text(contract, found.contract);
    u256_text(value, found.units);
    /* More than there can be of anything, and than our tables hold: nobody is credited with it (W-04). */
    if (strlen(found.units) > UNITS_DIGITS_MAX)
        return park(read, txid, index, "amount_absurd", err);
    evm_address_text(*from, found.from);
    return read->sink->transfer(read->sink->arg, &found, err);
}

/* ---- receipts ---- */

enum receipt_answer { RECEIPT_FAILED, RECEIPT_MISSING, RECEIPT_READ };

/* Nodes write a receipt some moments after the block: without one nothing is judged. */
static enum receipt_answer find_receipt(const struct read *read, const struct evm_hash *txid,
                                        struct evm_receipt *ret_receipt, struct err *err)
{
    char text[CHAIN_HASH_SIZE], params[CHAIN_HASH_SIZE + 8];
    struct json_pull pull;
    ethereum_hash_text(txid, text);
    snprintf(params, sizeof(params), "[\"%s\"]", text);
    if (!ethereum_ask(read->node, "eth_getTransactionReceipt", params, &pull, err))
        return RECEIPT_FAILED;
    if (!evm_read_receipt(&pull, ret_receipt, err))
        return err->code == ERR_NOT_FOUND ? RECEIPT_MISSING : RECEIPT_FAILED;
    if (!evm_hash_equal(&ret_receipt->txid, txid)) {
        err_set(err, ERR_PROTOCOL, "the receipt of another transaction than %s", text);
        return RECEIPT_FAILED;
    }
    if (!evm_hash_equal(&ret_receipt->block, &read->block)) {
        err_set(err, ERR_PEER_UNAVAILABLE, "transaction %s has moved to another block meanwhile",
                text);
        return RECEIPT_FAILED;
    }
    return RECEIPT_READ;
}

/* ---- the block itself ---- */

static bool tell_spend(const struct read *read, const struct evm_payment *payment,
                       const struct evm_receipt *receipt, struct err *err)
{
    struct found_spend spend = {.address_id = address_id(read, &payment->from),
                                .nonce = payment->nonce,
                                .is_failed = !receipt->is_success};
    struct u256 fee;
    if (!evm_receipt_fee(receipt, &fee))
        return err_set(err, ERR_PROTOCOL, "the fee of a transaction is above 256 bits");
    ethereum_hash_text(&payment->txid, spend.txid);
    u256_text(fee, spend.fee_units);
    return read->sink->spend(read->sink->arg, &spend, err);
}

static bool judge_payment(const struct read *read, const struct evm_payment *payment,
                          struct err *err)
{
    struct evm_receipt receipt;
    bool pays_us = payment->is_to_us && !u256_is_zero(payment->value);
    if (!is_asked(read, &payment->txid) || (!pays_us && !payment->is_from_us))
        return true;
    enum receipt_answer answer = find_receipt(read, &payment->txid, &receipt, err);
    if (answer == RECEIPT_FAILED)
        return false;
    if (answer == RECEIPT_MISSING)
        return park(read, &payment->txid, ETHEREUM_INDEX_PAID, "receipt_missing", err);
    if (payment->is_from_us && !tell_spend(read, payment, &receipt, err))
        return false;
    if (!pays_us || !receipt.is_success)
        return true;
    return tell(read, &payment->txid, ETHEREUM_INDEX_PAID, NULL, &payment->from, &payment->to,
                payment->value, err);
}

/* ---- logs ---- */

static const struct chain_asset *find_asset(const struct block_question *question,
                                            const char *contract)
{
    for (size_t i = 0; i < question->assets_count; i++)
        if (strcmp(question->assets[i].contract, contract) == 0)
            return &question->assets[i];
    return NULL;
}

static bool add_contracts(const struct block_question *question, struct str *params)
{
    bool has_some = false;
    for (size_t i = 0; i < question->assets_count; i++) {
        if (!question->assets[i].contract[0])
            continue;
        str_add_format(params, "%s\"%s\"", has_some ? "," : "", question->assets[i].contract);
        has_some = true;
    }
    return has_some;
}

/* The node was asked for the listed contracts; it may have told more (W-04). */
static bool is_deposit(const struct read *read, const struct evm_log *log)
{
    char contract[CHAIN_CONTRACT_SIZE];
    ethereum_contract_text(&log->contract, contract);
    return is_asked(read, &log->txid) && !u256_is_zero(log->value) &&
           address_id(read, &log->to) != 0 && find_asset(read->question, contract);
}

/* More than there can be of anything is told, and parked for that. */
static bool tell_brought(const struct read *read, const struct evm_log *log, uint32_t index,
                         const struct brought *brought, struct err *err)
{
    struct found_transfer claim = {.index = index, .address_id = address_id(read, &log->to)};
    struct found_parked parked = {.index = index, .reason = "balance_unknown", .claim = &claim};
    char story[CHAIN_REASON_SIZE];
    enum brought_verdict verdict = brought ? brought->verdict : BROUGHT_UNKNOWN;
    u256_text(log->value, claim.units);
    if (strlen(claim.units) > UNITS_DIGITS_MAX || verdict == BROUGHT_AS_SAID ||
        read->question->believes_logs)
        return tell(read, &log->txid, index, &log->contract, &log->from, &log->to, log->value, err);
    if (verdict == BROUGHT_OTHERWISE) {
        brought_story(brought, story, sizeof(story));
        parked.reason = story;
        parked.is_refuted = true;
    }
    ethereum_hash_text(&log->txid, claim.txid);
    memcpy(parked.txid, claim.txid, sizeof(parked.txid));
    ethereum_contract_text(&log->contract, claim.contract);
    evm_address_text(log->from, claim.from);
    return read->sink->parked(read->sink->arg, &parked, err);
}

static bool judge_log(const struct read *read, const struct evm_log *log,
                      const struct brought_set *brought, struct err *err)
{
    struct evm_receipt receipt;
    if (!is_deposit(read, log))
        return true;
    enum receipt_answer answer = find_receipt(read, &log->txid, &receipt, err);
    if (answer == RECEIPT_FAILED)
        return false;
    if (answer == RECEIPT_MISSING)
        return park(read, &log->txid, 0, "receipt_missing", err);
    if (log->index < receipt.first_log || log->index - receipt.first_log >= receipt.logs)
        return err_set(err, ERR_PROTOCOL, "a log that its receipt does not have");
    if (!receipt.is_success)
        return err_set(err, ERR_PROTOCOL, "a log of a transaction that failed");
    return tell_brought(read, log, (uint32_t)(log->index - receipt.first_log),
                        brought_find(brought, log), err);
}

static bool judge_logs(const struct read *read, const struct evm_logs *logs, struct err *err)
{
    AUTO(brought_release) struct brought_set brought = {0};
    for (size_t i = 0; !read->question->believes_logs && i < logs->count; i++)
        if (is_deposit(read, &logs->rows[i]) && !brought_add(&brought, &logs->rows[i]))
            return err_set(err, ERR_BUSY, "no memory for the receivers of a block");
    if (!brought_judge(&brought, read->node, logs, read->question->height, read->question->hash,
                       err))
        return false;
    for (size_t i = 0; i < logs->count; i++)
        if (!judge_log(read, &logs->rows[i], &brought, err))
            return false;
    return true;
}

static bool read_logs(const struct read *read, struct err *err)
{
    AUTO(str_release) struct str params = STR_INIT(ETHEREUM_PARAMS_MAX);
    AUTO(evm_logs_release) struct evm_logs logs = {0};
    struct json_pull pull;

    str_add_format(&params, "[{\"blockHash\":\"%s\",\"topics\":[\"%s\"],\"address\":[",
                   read->question->hash, ERC20_TRANSFER_TOPIC_TEXT);
    bool has_contracts = add_contracts(read->question, &params);
    str_add(&params, "]}]");
    if (!has_contracts)
        return true;
    if (!str_ok(&params))
        return err_set(err, ERR_CONFIG, "too many contracts for one question");
    if (!ethereum_ask(read->node, "eth_getLogs", params.data, &pull, err) ||
        !evm_read_logs(&pull, &read->block, &read->watch, &logs, err))
        return false;
    return judge_logs(read, &logs, err);
}

/* ---- tokens that are not listed ---- */

/* Whether a block can hold inner calls at all: without a contract each transaction costs 21,000 gas. */
static bool may_have_calls(const struct evm_block *block)
{
    return block->gas_used > (uint64_t)ETHEREUM_PLAIN_GAS * block->transactions;
}

static bool tell_unlisted(const struct read *read, const struct evm_log *log, struct err *err)
{
    struct found_transfer found = {.index = (uint32_t)log->index,
                                   .address_id = address_id(read, &log->to),
                                   .is_unlisted = true};
    ethereum_contract_text(&log->contract, found.contract);
    if (!is_asked(read, &log->txid) || find_asset(read->question, found.contract) ||
        found.address_id == 0 || u256_is_zero(log->value))
        return true;
    ethereum_hash_text(&log->txid, found.txid);
    u256_text(log->value, found.units);
    evm_address_text(log->from, found.from);
    return strlen(found.units) > UNITS_DIGITS_MAX ||
           read->sink->transfer(read->sink->arg, &found, err);
}

/* Sent to us all the same (W-13). Nobody is credited by it, so a node that does not answer so wide a question
 * holds up nothing. */
static bool read_unlisted(const struct read *read, const struct evm_block *block, struct err *err)
{
    AUTO(evm_logs_release) struct evm_logs logs = {0};
    char params[CHAIN_HASH_SIZE + 128];
    struct json_pull pull;
    struct err ignored;
    if (!read->question->wants_unlisted || !may_have_calls(block))
        return true;
    snprintf(params, sizeof(params), "[{\"blockHash\":\"%s\",\"topics\":[\"%s\"]}]",
             read->question->hash, ERC20_TRANSFER_TOPIC_TEXT);
    if (!ethereum_ask(read->node, "eth_getLogs", params, &pull, &ignored) ||
        !evm_read_logs(&pull, &read->block, &read->watch, &logs, &ignored))
        return true;
    for (size_t i = 0; i < logs.count && i < UNLISTED_MAX; i++)
        if (!tell_unlisted(read, &logs.rows[i], err))
            return false;
    return true;
}

/* ---- traces ---- */

static bool read_traces(const struct read *read, const struct evm_block *block, struct err *err)
{
    AUTO(evm_inners_release) struct evm_inners inners = {0};
    char params[CHAIN_HASH_SIZE + 64];
    struct json_pull pull;

    if (!may_have_calls(block) || read->node->has_no_traces)
        return true;
    snprintf(params, sizeof(params), "[\"%s\",{\"tracer\":\"callTracer\"}]", read->question->hash);
    if (!ethereum_ask(read->node, "debug_traceBlockByHash", params, &pull, err)) {
        if (err->code != ERR_NODE_REFUSED)
            return false;
        /* It does not trace at all: then its operator knows of it by the metric and by the comparison of
         * balances. Or not this block: that one is kept, and tried again. */
        if (!ethereum_is_not_offered(read->node))
            return park(read, NULL, ETHEREUM_INDEX_INNER, "traces_missing", err);
        read->node->has_no_traces = true;
        return true;
    }
    if (!evm_read_traces(&pull, &read->watch, &inners, err))
        return err->code == ERR_NOT_FOUND &&
               park(read, NULL, ETHEREUM_INDEX_INNER, "traces_missing", err);
    if (inners.traced != block->transactions)
        return err_set(err, ERR_PROTOCOL, "%zu traces of %zu transactions", inners.traced,
                       block->transactions);
    for (size_t i = 0; i < inners.count; i++) {
        const struct evm_inner *inner = &inners.rows[i];
        if (is_asked(read, &inner->txid) && !tell(read, &inner->txid, ETHEREUM_INDEX_INNER, NULL,
                                                  &inner->from, &inner->to, inner->value, err))
            return false;
    }
    return inners.untraced == 0 || park(read, NULL, ETHEREUM_INDEX_INNER, "traces_missing", err);
}

/* ---- all of it ---- */

static bool read_block(const struct read *read, struct evm_block *ret_block, struct err *err)
{
    char params[CHAIN_HASH_SIZE + 16];
    struct json_pull pull;
    struct evm_block block;

    snprintf(params, sizeof(params), "[\"%s\",true]", read->question->hash);
    if (!ethereum_ask(read->node, "eth_getBlockByHash", params, &pull, err) ||
        !evm_read_block(&pull, &read->watch, &block, err))
        return false;
    if (!evm_hash_equal(&block.hash, &read->block) || block.number != read->question->height) {
        evm_block_release(&block);
        return err_set(err, ERR_PROTOCOL, "another block than %s at %llu", read->question->hash,
                       (unsigned long long)read->question->height);
    }
    *ret_block = block;
    return true;
}

bool ethereum_block_read(struct node *node, const struct block_question *question,
                         const struct block_sink *sink, struct block_head *ret_head,
                         struct err *err)
{
    AUTO(evm_block_release) struct evm_block block = {0};
    struct read read = {.node = node, .question = question, .sink = sink};
    struct evm_hash only = {0};

    /* The set is only asked; the interface of the readers is not const. */
    memcpy(&read.watch.user, &question->watch, sizeof(read.watch.user));
    read.watch.has = watch_has;
    if (!ethereum_hash_parse(question->hash, &read.block) ||
        (question->only_txid && question->only_txid[0] &&
         !ethereum_hash_parse(question->only_txid, &only)))
        return err_set(err, ERR_INVALID, "no hash of this chain");
    read.has_only = question->only_txid && question->only_txid[0];
    read.only = only;
    if (!read_block(&read, &block, err))
        return false;
    for (size_t i = 0; i < block.payments_count; i++)
        if (!judge_payment(&read, &block.payments[i], err))
            return false;
    if (!read_logs(&read, err) || !read_unlisted(&read, &block, err) ||
        !read_traces(&read, &block, err))
        return false;
    *ret_head = (struct block_head){.height = block.number,
                                    .time_s = (int64_t)block.time,
                                    .transactions = (uint32_t)block.transactions};
    ethereum_hash_text(&block.hash, ret_head->hash);
    ethereum_hash_text(&block.parent, ret_head->parent);
    return true;
}

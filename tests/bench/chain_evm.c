#include "tests/bench/chain_evm.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "blockchain/domain/watch_set.h"
#include "blockchain/evm/answers.h"
#include "chain/erc20.h"
#include "chain/evm_tx.h"
#include "chain/hash.h"

enum { TEXT_BYTES_MAX = 32 << 20, HASH_TEXT_SIZE = 67 };

struct answers {
    struct str block, logs;
    struct evm_hash hash;
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "bench_chain: %s\n", what);
    exit(1);
}

/* Spread like real ones; number 0 to `watched` - 1 are ours. */
static struct evm_address account(uint32_t number)
{
    struct evm_address address;
    hash160(&number, sizeof(number), address.bytes);
    return address;
}

static const char *hash_of(uint32_t number, char text[static HASH_TEXT_SIZE])
{
    uint8_t digest[HASH256_SIZE];
    hash256(&number, sizeof(number), digest);
    return evm_hash_text(digest, text);
}

static bool is_ours(void *user, const struct evm_address *address)
{
    return watch_set_find(user, WATCH_ACCOUNT, address->bytes, sizeof(address->bytes)) != 0;
}

static void add_transaction(struct str *text, uint32_t at, const struct evm_address *to)
{
    char id[HASH_TEXT_SIZE], block[HASH_TEXT_SIZE], from_text[EVM_ADDRESS_TEXT_SIZE],
        to_text[EVM_ADDRESS_TEXT_SIZE];
    str_add_format(
        text,
        "%s{\"type\":\"0x2\",\"chainId\":\"0x1\",\"nonce\":\"0x1f\",\"gas\":\"0x5208\","
        "\"maxFeePerGas\":\"0x6fc23ac00\",\"maxPriorityFeePerGas\":\"0x3b9aca00\",\"to\":\"%s\","
        "\"value\":\"0x16345785d8a0000\",\"accessList\":[],\"input\":\"0x\",\"r\":\"%s\","
        "\"s\":\"%s\",\"yParity\":\"0x0\",\"v\":\"0x0\",\"hash\":\"%s\",\"blockHash\":\"%s\","
        "\"blockNumber\":\"0x1\",\"transactionIndex\":\"0x%x\",\"from\":\"%s\","
        "\"gasPrice\":\"0x3b9aca07\"}",
        at == 0 ? "" : ",", evm_address_text(*to, to_text), hash_of(1, block), block,
        hash_of(at + 2, id), block, at, evm_address_text(account(UINT32_MAX - at), from_text));
}

static void add_log(struct str *text, uint32_t at, const struct evm_address *to)
{
    char id[HASH_TEXT_SIZE], block[HASH_TEXT_SIZE], hex[2][2 * ABI_WORD_SIZE + 1];
    uint8_t words[2][ABI_WORD_SIZE];
    abi_address_write(account(UINT32_MAX - at), words[0]);
    abi_address_write(*to, words[1]);
    str_add_format(
        text,
        "%s{\"address\":\"0xdac17f958d2ee523a2206206994597c13d831ec7\",\"topics\":[\"%s\","
        "\"0x%s\",\"0x%s\"],\"data\":\"0x%064x\",\"blockHash\":\"%s\",\"blockNumber\":\"0x1\","
        "\"transactionHash\":\"%s\",\"transactionIndex\":\"0x%x\",\"logIndex\":\"0x%x\","
        "\"removed\":false}",
        at == 0 ? "" : ",", ERC20_TRANSFER_TOPIC_TEXT, hex_write(words[0], ABI_WORD_SIZE, hex[0]),
        hex_write(words[1], ABI_WORD_SIZE, hex[1]), at + 1, hash_of(1, block), hash_of(at + 2, id),
        at, at);
}

/* As a node answers: the block with its transactions, and the Transfer logs of it. */
static void make_answers(struct answers *answers, uint32_t transactions, uint32_t watched,
                         uint32_t ours_every)
{
    char hash[HASH_TEXT_SIZE], parent[HASH_TEXT_SIZE];
    uint32_t number = 1;
    hash256(&number, sizeof(number), answers->hash.bytes);
    str_add_format(
        &answers->block,
        "{\"number\":\"0x1\",\"hash\":\"%s\",\"parentHash\":\"%s\",\"timestamp\":\"0x1\","
        "\"gasUsed\":\"0x1\",\"baseFeePerGas\":\"0x7\",\"transactions\":[",
        hash_of(1, hash), hash_of(0, parent));
    str_add(&answers->logs, "[");
    for (uint32_t i = 0; i < transactions; i++) {
        struct evm_address to = account(i % ours_every == 0 ? i : watched + i);
        add_transaction(&answers->block, i, &to);
        add_log(&answers->logs, i, &to);
    }
    str_add(&answers->block, "]}");
    str_add(&answers->logs, "]");
    must(str_ok(&answers->block) && str_ok(&answers->logs), "the answers are too long");
}

static size_t read_answers(const struct answers *answers, struct watch_set *set)
{
    const struct evm_watch watch = {is_ours, set};
    struct json_pull pull;
    struct evm_block block;
    struct evm_logs logs;
    struct err err;
    json_pull_init(&pull, str_data(&answers->block), answers->block.length);
    must(evm_read_block(&pull, &watch, &block, &err), err.what);
    json_pull_init(&pull, str_data(&answers->logs), answers->logs.length);
    must(evm_read_logs(&pull, &answers->hash, &watch, &logs, &err), err.what);
    size_t found = block.payments_count + logs.count;
    evm_block_release(&block);
    evm_logs_release(&logs);
    return found;
}

void chain_evm_block(uint32_t transactions, uint32_t watched, uint32_t ours_every, int64_t run_us)
{
    struct answers answers = {STR_INIT(TEXT_BYTES_MAX), STR_INIT(TEXT_BYTES_MAX), {{0}}};
    struct watch_set *set = watch_set_new();
    uint32_t blocks = 0;
    must(set != NULL, "no memory");
    for (uint32_t i = 0; i < watched; i++) {
        struct evm_address address = account(i);
        must(watch_set_add(set, WATCH_ACCOUNT, address.bytes, sizeof(address.bytes), i + 1),
             "no memory");
    }
    make_answers(&answers, transactions, watched, ours_every);
    int64_t begin = clock_monotonic_us(&clock_real), end;
    do {
        must(read_answers(&answers, set) == 2 * (transactions / ours_every),
             "transfers were missed");
        blocks++;
        end = clock_monotonic_us(&clock_real);
    } while (end - begin < run_us);
    printf("evm_block us=%.0f bytes=%zu\n", (double)(end - begin) / blocks,
           answers.block.length + answers.logs.length);
    watch_set_free(set);
    str_release(&answers.block);
    str_release(&answers.logs);
}

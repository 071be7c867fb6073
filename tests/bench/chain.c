/*
 * bench_chain [SECONDS]: what the chains cost us without any node: addresses derived from an account's
 * public key, withdrawals signed (from the unsigned transaction to the bytes for the network), and a
 * block of 2,000 transactions matched against 1,000,000 watched addresses, with the memory it takes;
 * of an Ethereum-like chain as well, with as many logs of tokens. One thread.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/auto.h"
#include "base/clock.h"
#include "blockchain/family/bitcoin_block.h"
#include "chain/coin_address.h"
#include "chain/erc20.h"
#include "chain/hash.h"
#include "hdkey/hdkey.h"
#include "tests/bench/chain_evm.h"

enum {
    WATCHED = 1000000,
    TRANSACTIONS = 2000,
    INPUTS = 2,
    OUTPUTS = 3,
    OURS_EVERY = 100, /* one transaction of so many pays us */
    SIGNATURE_BYTES = 71,
    BLOCK_BYTES_MAX = 8 << 20,
    ARENA_BYTES = 1 << 20
};

struct world {
    int64_t run_us;
    struct hdkey_context *keys;
    struct hdkey master;
    struct arena *arena;
    uint64_t found;
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "bench_chain: %s\n", what);
    exit(1);
}

static int64_t now_us(void)
{
    return clock_monotonic_us(&clock_real);
}

/* Runs `once` for the time, and gives how often it ran a second. */
static double per_second(struct world *w, void (*once)(struct world *w, uint32_t turn))
{
    int64_t begin = now_us(), end;
    uint32_t turn = 0;
    do {
        once(w, turn++);
        end = now_us();
    } while (end - begin < w->run_us);
    return (double)turn * 1e6 / (double)(end - begin);
}

static void key_at(struct world *w, const char *text, struct hdkey *ret_key)
{
    struct key_path path;
    must(key_path_parse(text, &path) && hdkey_derive(w->keys, &w->master, &path, ret_key),
         "no key");
}

static void chain_of(struct world *w, const char *account, struct xpub *ret_chain)
{
    AUTO(hdkey_wipe) struct hdkey key;
    struct xpub xpub;
    key_at(w, account, &key);
    hdkey_public(w->keys, &key, &xpub);
    must(xpub_child(&xpub, 0, ret_chain), "no chain");
}

/* ---- addresses ---- */

static void derive_coin(struct world *w, uint32_t turn)
{
    static struct xpub chain; /* made in the first turn */
    struct xpub key;
    struct coin_address address;
    if (chain.depth == 0)
        chain_of(w, "m/84'/2'/0'", &chain);
    must(xpub_child(&chain, turn, &key), "no child");
    coin_address_of_key(coin_params_find("litecoin", "main"), key.key, &address);
}

static void derive_evm(struct world *w, uint32_t turn)
{
    static struct xpub chain;
    struct xpub key;
    struct evm_address address = {{0}};
    char text[EVM_ADDRESS_TEXT_SIZE];
    if (chain.depth == 0)
        chain_of(w, "m/44'/60'/0'", &chain);
    must(xpub_child(&chain, turn, &key) && evm_address_of_key(key.key, &address), "no address");
    evm_address_text(address, text);
}

/* ---- signing ---- */

static void sign_coin(struct world *w, uint32_t turn)
{
    AUTO(hdkey_wipe) struct hdkey key;
    AUTO(str_release) struct str text = STR_INIT(1 << 16), raw = STR_INIT(1 << 16);
    struct coin_input inputs[INPUTS];
    struct coin_output outputs[2];
    struct psbt unsigned_psbt, psbt;
    struct coin_tx tx = {.version = 2, .inputs = inputs, .inputs_count = INPUTS};
    struct xpub xpub;
    struct err err;
    bool is_complete = false;

    memset(inputs, 0, sizeof(inputs));
    key_at(w, "m/84'/2'/1'/0/0", &key);
    hdkey_public(w->keys, &key, &xpub);
    struct coin_script script = coin_script_of_key(COIN_P2WPKH, xpub.key);
    for (size_t i = 0; i < 2; i++)
        outputs[i] = (struct coin_output){.value = 90000, .script = coin_script_span(&script)};
    tx.outputs = outputs;
    tx.outputs_count = 2;
    arena_reset(w->arena);
    bool ok = psbt_create(&tx, w->arena, &unsigned_psbt, &err);
    for (uint32_t i = 0; i < INPUTS; i++) {
        inputs[i].index = turn * INPUTS + i;
        ok = ok && psbt_utxo_set(&unsigned_psbt, i, 100000, coin_script_span(&script), &err);
    }
    psbt_write_text(&unsigned_psbt, &text);
    ok = ok && psbt_parse_text(str_data(&text), text.length, w->arena, &psbt, &err);
    for (size_t i = 0; ok && i < INPUTS; i++)
        ok = hdkey_sign_psbt(w->keys, &key, &psbt, i, &err);
    ok = ok && psbt_finalize(&psbt, &is_complete, &err) && is_complete &&
         psbt_extract(&psbt, &tx, &err);
    must(ok, err.what);
    coin_tx_write(&tx, true, &raw);
}

static void sign_evm(struct world *w, uint32_t turn)
{
    AUTO(hdkey_wipe) struct hdkey key;
    AUTO(str_release) struct str raw = STR_INIT(EVM_TX_BYTES_MAX);
    uint8_t data[ERC20_TRANSFER_SIZE], digest[EVM_TX_HASH_SIZE];
    struct evm_signature signature;
    struct evm_tx tx = {.chain_id = 1, .nonce = turn, .gas = 60000};
    key_at(w, "m/44'/60'/1'/0/0", &key);
    erc20_transfer_write((struct evm_address){{1}}, u256_from_u64(1000000), data);
    tx.data = span_of(data, sizeof(data));
    tx.max_fee = u256_from_u64(30000000000);
    evm_tx_digest(&tx, digest);
    must(hdkey_sign_evm(w->keys, &key, digest, &signature), "no signature");
    evm_tx_write(&tx, &signature, &raw);
    evm_tx_hash(span_of_str(&raw), digest);
}

/* ---- a block ---- */

/* Hashes that are spread like those of keys; number 0 to WATCHED - 1 are watched. */
static void program_of(uint32_t number, uint8_t program[static HASH160_SIZE])
{
    hash160(&number, sizeof(number), program);
}

static void add_transaction(uint32_t at, struct str *block, uint8_t txid[static TXID_SIZE])
{
    uint8_t signature[SIGNATURE_BYTES] = {0x30}, key[COIN_PUBLIC_KEY_SIZE] = {2};
    const struct span items[] = {span_of(signature, sizeof(signature)), span_of(key, sizeof(key))};
    AUTO(str_release) struct str stack = STR_INIT(1024);
    struct coin_script scripts[OUTPUTS];
    struct coin_output outputs[OUTPUTS];
    struct coin_input inputs[INPUTS];
    struct coin_tx tx = {.version = 2,
                         .inputs = inputs,
                         .inputs_count = INPUTS,
                         .outputs = outputs,
                         .outputs_count = OUTPUTS};
    coin_witness_write(items, ARRAY_LEN(items), &stack);
    memset(inputs, 0, sizeof(inputs));
    for (uint32_t i = 0; i < INPUTS; i++) {
        uint32_t number = at * INPUTS + i;
        hash256(&number, sizeof(number), inputs[i].txid);
        inputs[i].witness = span_of_str(&stack);
    }
    for (uint32_t i = 0; i < OUTPUTS; i++) {
        uint8_t program[HASH160_SIZE];
        bool is_ours = i == 0 && at % OURS_EVERY == 0;
        program_of(is_ours ? at : WATCHED + at * OUTPUTS + i, program);
        scripts[i] = coin_script_make(COIN_P2WPKH, program);
        outputs[i] =
            (struct coin_output){.value = 1000 + at, .script = coin_script_span(&scripts[i])};
    }
    coin_tx_write(&tx, true, block);
    coin_tx_id(&tx, txid);
}

static void merkle_root(uint8_t (*ids)[TXID_SIZE], size_t count)
{
    while (count > 1) {
        for (size_t i = 0; i < count; i += 2) {
            uint8_t pair[2 * TXID_SIZE];
            memcpy(pair, ids[i], TXID_SIZE);
            memcpy(pair + TXID_SIZE, ids[i + 1 < count ? i + 1 : i], TXID_SIZE);
            hash256(pair, sizeof(pair), ids[i / 2]);
        }
        count = (count + 1) / 2;
    }
}

/* As a node sends it: hexadecimal. */
static void make_block(struct str *hex, char hash[static CHAIN_HASH_SIZE])
{
    static uint8_t ids[TRANSACTIONS][TXID_SIZE];
    AUTO(str_release) struct str transactions = STR_INIT(BLOCK_BYTES_MAX), header = STR_INIT(128);
    uint8_t parent[TXID_SIZE] = {0}, digest[HASH256_SIZE];
    for (uint32_t i = 0; i < TRANSACTIONS; i++)
        add_transaction(i, &transactions, ids[i]);
    merkle_root(ids, TRANSACTIONS);
    bytes_add_u32(&header, 0x20000000);
    str_add_bytes(&header, parent, sizeof(parent));
    str_add_bytes(&header, ids[0], TXID_SIZE);
    for (int i = 0; i < 3; i++)
        bytes_add_u32(&header, 0);
    hash256(str_data(&header), header.length, digest);
    txid_text(digest, hash);
    bytes_add_compact(&header, TRANSACTIONS);
    str_add_hex(hex, str_data(&header), header.length);
    str_add_hex(hex, str_data(&transactions), transactions.length);
    must(str_ok(hex) && str_ok(&transactions), "the block is too long");
}

static bool count_transfer(void *arg, const struct found_transfer *transfer, struct err *err)
{
    struct world *w = arg;
    (void)transfer, (void)err;
    w->found++;
    return true;
}

static bool count_spend(void *arg, const struct found_spend *spend, struct err *err)
{
    (void)arg, (void)spend, (void)err;
    return true;
}

static bool count_parked(void *arg, const struct found_parked *parked, struct err *err)
{
    (void)arg, (void)parked, (void)err;
    return true;
}

static struct watch_set *watch_a_million(void)
{
    struct watch_set *watch = watch_set_new();
    must(watch != NULL, "no memory");
    for (uint32_t i = 0; i < WATCHED; i++) {
        uint8_t program[HASH160_SIZE];
        program_of(i, program);
        must(watch_set_add(watch, WATCH_WPKH, program, sizeof(program), i + 1), "no memory");
    }
    return watch;
}

static void block(struct world *w)
{
    AUTO(str_release) struct str hex = STR_INIT(2 * BLOCK_BYTES_MAX);
    struct watch_set *watch = watch_a_million();
    struct block_question question = {.height = 1, .watch = watch};
    const struct block_sink sink = {w, count_transfer, count_spend, count_parked};
    struct block_head head;
    struct rusage usage;
    struct err err;
    uint32_t blocks = 0;
    make_block(&hex, question.hash);
    int64_t begin = now_us(), end;
    do {
        must(bitcoin_block_read(chain_client_find("litecoin"), &question, str_data(&hex),
                                hex.length, &sink, &head, &err),
             err.what);
        blocks++;
        end = now_us();
    } while (end - begin < w->run_us);
    must(w->found == (uint64_t)blocks * (TRANSACTIONS / OURS_EVERY), "transfers were missed");
    getrusage(RUSAGE_SELF, &usage);
    printf("block us=%.0f transactions=%d watched=%zu bytes=%zu watch_bytes=%zu rss_kb=%ld\n",
           (double)(end - begin) / blocks, TRANSACTIONS, watch_set_count(watch), hex.length / 2,
           watch_set_bytes(watch), usage.ru_maxrss);
    watch_set_free(watch);
}

int main(int argc, char **argv)
{
    static const uint8_t seed[HDKEY_SEED_MAX] = {1};
    long seconds = argc == 2 ? strtol(argv[1], NULL, 10) : 2;
    struct world w = {
        .run_us = seconds * 1000000, .keys = hdkey_context_new(), .arena = arena_new(ARENA_BYTES)};
    if (seconds < 1 || seconds > 60) {
        fprintf(stderr, "usage: bench_chain [SECONDS]\n");
        return 2;
    }
    must(w.keys && w.arena && hdkey_master(seed, sizeof(seed), &w.master), "no memory");
    printf("derived coin=%.0f evm=%.0f\n", per_second(&w, derive_coin), per_second(&w, derive_evm));
    printf("signed coin=%.0f evm=%.0f\n", per_second(&w, sign_coin), per_second(&w, sign_evm));
    block(&w);
    chain_evm_block(TRANSACTIONS, WATCHED, OURS_EVERY, w.run_us);
    arena_free(w.arena);
    hdkey_context_free(w.keys);
    return 0;
}

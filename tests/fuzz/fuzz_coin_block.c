/*
 * Any bytes as a raw block of a Bitcoin-like chain. The hash that is asked for is the one it has, so that
 * the parser sees all of them; the Merkle root decides whether any of it counts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "blockchain/family/bitcoin_block.h"
#include "chain/hash.h"

enum { HEADER = 80, HEX_MAX = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool on_transfer(void *arg, const struct found_transfer *transfer, struct err *err)
{
    (void)arg;
    (void)err;
    assert(transfer->address_id == 1 && transfer->units[0] != '0' && transfer->units[0] != '\0');
    return true;
}

static bool on_spend(void *arg, const struct found_spend *spend, struct err *err)
{
    (void)arg;
    (void)err;
    assert(strlen(spend->prev_txid) == 2 * TXID_SIZE);
    return true;
}

static bool on_parked(void *arg, const struct found_parked *parked, struct err *err)
{
    (void)arg;
    (void)parked;
    (void)err;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing[32] = {0};
    const struct block_sink sink = {NULL, on_transfer, on_spend, on_parked};
    struct watch_set *watch = watch_set_new();
    struct block_question question = {.height = 1, .watch = watch};
    struct block_head head;
    struct str hex = STR_INIT(HEX_MAX);
    uint8_t digest[HASH256_SIZE];
    struct err err;
    if (!watch || !watch_set_add(watch, WATCH_WPKH, nothing, 20, 1) ||
        !watch_set_add(watch, WATCH_COIN_TX, nothing, TXID_SIZE, 1))
        abort();
    hash256(data, size < HEADER ? size : HEADER, digest);
    txid_text(digest, question.hash);
    str_add_hex(&hex, data, size);
    if (str_ok(&hex) && bitcoin_block_read(chain_client_find("bitcoin"), &question, str_data(&hex),
                                           hex.length, &sink, &head, &err))
        assert(head.transactions > 0);
    str_release(&hex);
    watch_set_free(watch);
    return 0;
}

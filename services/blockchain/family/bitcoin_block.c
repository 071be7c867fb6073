#include "blockchain/family/bitcoin_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "chain/hash.h"

enum {
    HEADER_SIZE = 80,
    BLOCK_HEX_MAX = 16 << 20,
    TX_BYTES_MIN = 60,
    FLAG_WITNESS = 0x01,
    FLAG_MWEB =
        0x08, /* Litecoin: only the last transaction of a block has it there, and it is empty */
};

struct block {
    const struct chain_client *client;
    const struct block_question *question;
    const struct block_sink *sink;
    struct str stripped; /* one transaction without its witness */
    uint8_t (*txids)[TXID_SIZE];
    size_t txids_count;
};

/* Where the parts of one transaction are. */
struct tx {
    struct span inputs, outputs; /* with their counts in front */
    uint8_t txid[TXID_SIZE];
    char text[CHAIN_HASH_SIZE]; /* "" : not needed yet */
    bool is_coinbase;
};

static bool broken(struct err *err, const char *what)
{
    return err_set(err, ERR_PROTOCOL, "raw block: %s", what);
}

/* ---- the shape of a transaction ---- */

static void skip_inputs(struct reader *reader)
{
    uint64_t count = reader_compact(reader);
    for (uint64_t i = 0; i < count && reader_ok(reader); i++) {
        reader_span(reader, TXID_SIZE + 4);
        reader_span(reader, reader_compact(reader));
        reader_u32(reader);
    }
}

static void skip_outputs(struct reader *reader)
{
    uint64_t count = reader_compact(reader);
    for (uint64_t i = 0; i < count && reader_ok(reader); i++) {
        reader_u64(reader);
        reader_span(reader, reader_compact(reader));
    }
}

static void skip_witness(struct reader *reader, uint64_t inputs)
{
    for (uint64_t i = 0; i < inputs && reader_ok(reader); i++) {
        uint64_t items = reader_compact(reader);
        for (uint64_t k = 0; k < items && reader_ok(reader); k++)
            reader_span(reader, reader_compact(reader));
    }
}

static struct span between(const uint8_t *begin, const struct reader *reader)
{
    return span_of(begin, (size_t)(reader->next - begin));
}

static bool is_dash(const struct chain_client *client)
{
    return strcmp(client->name, "dash") == 0;
}

/* Dash's special transactions (DIP-2), every coinbase among them, have a part of their own at the end. */
static struct span read_payload(const struct block *block, struct reader *reader, uint32_t version)
{
    const uint8_t *begin = reader->next;
    if (!is_dash(block->client) || (version & 0xffff) < 3 || version >> 16 == 0)
        return SPAN_NONE;
    reader_span(reader, reader_compact(reader));
    return between(begin, reader);
}

/* Reads one transaction and its id. */
static bool tx_read(struct block *block, struct reader *reader, struct tx *tx, struct err *err)
{
    const uint8_t *begin = reader->next;
    uint32_t version = reader_u32(reader);
    uint8_t flags = 0;
    /* Dash has no witnesses, and transactions without any input. */
    if (reader->left >= 2 && reader->next[0] == 0 && !is_dash(block->client)) {
        reader_u8(reader);
        flags = reader_u8(reader);
        if (flags == 0 || (flags & ~(FLAG_WITNESS | FLAG_MWEB)) != 0)
            return broken(err, "unknown flags of a transaction");
    }
    const uint8_t *inputs = reader->next;
    skip_inputs(reader);
    tx->inputs = between(inputs, reader);
    const uint8_t *outputs = reader->next;
    skip_outputs(reader);
    tx->outputs = between(outputs, reader);
    if (flags & FLAG_WITNESS) {
        struct reader count = reader_of(tx->inputs.bytes, tx->inputs.length);
        skip_witness(reader, reader_compact(&count));
    }
    if ((flags & FLAG_MWEB) && reader_u8(reader) != 0)
        return broken(err, "an extension block inside of a transaction");
    struct span lock_time = reader_span(reader, 4), payload = read_payload(block, reader, version);
    if (!reader_ok(reader))
        return broken(err, "a transaction ends early");
    str_clear(&block->stripped);
    str_add_bytes(&block->stripped, begin, 4);
    bytes_add_span(&block->stripped, tx->inputs);
    bytes_add_span(&block->stripped, tx->outputs);
    bytes_add_span(&block->stripped, lock_time);
    bytes_add_span(&block->stripped, payload);
    if (!str_ok(&block->stripped))
        return broken(err, "a transaction is too long");
    hash256(str_data(&block->stripped), block->stripped.length, tx->txid);
    tx->text[0] = '\0';
    tx->is_coinbase = block->txids_count == 0;
    return true;
}

static const char *text_of(struct tx *tx)
{
    if (tx->text[0] == '\0')
        txid_text(tx->txid, tx->text);
    return tx->text;
}

/* ---- what it means to us ---- */

static bool output_take(struct block *block, struct tx *tx, uint32_t index, uint64_t units,
                        struct span script, struct err *err)
{
    enum watch_kind kind;
    struct span key;
    if (units == 0 || !bitcoin_script_key(script, &kind, &key))
        return true;
    uint64_t address_id = watch_set_find(block->question->watch, kind, key.bytes, key.length);
    if (address_id == 0)
        return true;
    struct found_transfer transfer = {.index = index,
                                      .address_id = address_id,
                                      .maturity =
                                          tx->is_coinbase ? block->client->coinbase_maturity : 0};
    snprintf(transfer.txid, sizeof(transfer.txid), "%s", text_of(tx));
    snprintf(transfer.units, sizeof(transfer.units), "%llu", (unsigned long long)units);
    return block->sink->transfer(block->sink->arg, &transfer, err);
}

static bool outputs_take(struct block *block, struct tx *tx, struct err *err)
{
    struct reader reader = reader_of(tx->outputs.bytes, tx->outputs.length);
    uint64_t count = reader_compact(&reader);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t units = reader_u64(&reader);
        struct span script = reader_span(&reader, reader_compact(&reader));
        if (!output_take(block, tx, (uint32_t)i, units, script, err))
            return false;
    }
    return true;
}

static bool inputs_take(struct block *block, struct tx *tx, struct err *err)
{
    struct reader reader = reader_of(tx->inputs.bytes, tx->inputs.length);
    uint64_t count = reader_compact(&reader);
    for (uint64_t i = 0; i < count && !tx->is_coinbase; i++) {
        struct span prev = reader_span(&reader, TXID_SIZE);
        uint32_t prev_index = reader_u32(&reader);
        reader_span(&reader, reader_compact(&reader));
        reader_u32(&reader);
        if (watch_set_find(block->question->watch, WATCH_COIN_TX, prev.bytes, TXID_SIZE) == 0)
            continue;
        struct found_spend spend = {.prev_index = prev_index};
        snprintf(spend.txid, sizeof(spend.txid), "%s", text_of(tx));
        txid_text(prev.bytes, spend.prev_txid);
        if (!block->sink->spend(block->sink->arg, &spend, err))
            return false;
    }
    return true;
}

/* ---- the block ---- */

/* The root of the ids, in their own memory. CVE-2012-2459: a list whose end is doubled has the same
 * root; two equal neighbours are therefore refused. */
static bool merkle_is(struct block *block, const uint8_t root[static TXID_SIZE])
{
    uint8_t pair[2 * TXID_SIZE];
    size_t count = block->txids_count;
    while (count > 1) {
        size_t pairs = (count + 1) / 2;
        for (size_t i = 0; i < pairs; i++) {
            size_t right = 2 * i + 1 < count ? 2 * i + 1 : 2 * i;
            if (right != 2 * i && memcmp(block->txids[2 * i], block->txids[right], TXID_SIZE) == 0)
                return false;
            memcpy(pair, block->txids[2 * i], TXID_SIZE);
            memcpy(pair + TXID_SIZE, block->txids[right], TXID_SIZE);
            hash256(pair, sizeof(pair), block->txids[i]);
        }
        count = pairs;
    }
    return memcmp(block->txids[0], root, TXID_SIZE) == 0;
}

/* Every block is read twice: what it is before what it means, so that nothing of a wrong one counts. */
static bool txs_check(struct block *block, struct reader reader, uint64_t count,
                      const uint8_t *root, struct err *err)
{
    struct tx tx;
    block->txids_count = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (!tx_read(block, &reader, &tx, err))
            return false;
        memcpy(block->txids[block->txids_count++], tx.txid, TXID_SIZE);
    }
    return merkle_is(block, root) || broken(err, "the transactions are not those of its header");
}

static bool txs_take(struct block *block, struct reader reader, uint64_t count, struct err *err)
{
    const char *only = block->question->only_txid;
    struct tx tx;
    block->txids_count = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (!tx_read(block, &reader, &tx, err))
            return false;
        block->txids_count++;
        if (only && strcmp(text_of(&tx), only) != 0)
            continue;
        if (!inputs_take(block, &tx, err) || !outputs_take(block, &tx, err))
            return false;
    }
    return true;
}

/*
 * The id of a block is the double SHA-256 of its header on Bitcoin and Litecoin; Dash hashes it with
 * X11, which we don't have: there the node is believed.
 */
static bool header_is(const struct chain_client *client, const uint8_t *header, const char *hash)
{
    uint8_t digest[HASH256_SIZE];
    char text[TXID_TEXT_SIZE];
    if (is_dash(client))
        return true;
    hash256(header, HEADER_SIZE, digest);
    return strcmp(txid_text(digest, text), hash) == 0;
}

static bool bytes_take(struct block *block, struct span bytes, struct block_head *head,
                       struct err *err)
{
    struct reader reader = reader_of(bytes.bytes, bytes.length);
    struct span header = reader_span(&reader, HEADER_SIZE);
    if (!reader_ok(&reader) || !header_is(block->client, header.bytes, block->question->hash))
        return broken(err, "not the block that was asked for");
    uint64_t count = reader_compact(&reader);
    if (!reader_ok(&reader) || count == 0 || count > bytes.length / TX_BYTES_MIN)
        return broken(err, "its number of transactions");
    struct reader fields = reader_of(header.bytes, header.length);
    reader_u32(&fields); /* version */
    struct span parent = reader_span(&fields, TXID_SIZE), root = reader_span(&fields, TXID_SIZE);
    *head = (struct block_head){.height = block->question->height,
                                .time_s = reader_u32(&fields),
                                .transactions = (uint32_t)count};
    snprintf(head->hash, sizeof(head->hash), "%s", block->question->hash);
    txid_text(parent.bytes, head->parent);
    block->txids = calloc(count, TXID_SIZE);
    if (!block->txids)
        return err_set(err, ERR_INTERNAL, "no memory");
    return txs_check(block, reader, count, root.bytes, err) && txs_take(block, reader, count, err);
}

bool bitcoin_block_read(const struct chain_client *client, const struct block_question *question,
                        const char *hex, size_t hex_length, const struct block_sink *sink,
                        struct block_head *ret_head, struct err *err)
{
    AUTO(str_release) struct str bytes = STR_INIT(BLOCK_HEX_MAX / 2);
    struct block block = {.client = client,
                          .question = question,
                          .sink = sink,
                          .stripped = STR_INIT(BLOCK_HEX_MAX / 2)};
    if (hex_length > BLOCK_HEX_MAX || !hex_read(hex, hex_length, &bytes) || !str_ok(&bytes))
        return broken(err, "no hexadecimal digits, or too many");
    bool ok = bytes_take(&block, span_of_str(&bytes), ret_head, err);
    str_release(&block.stripped);
    free(block.txids);
    return ok;
}

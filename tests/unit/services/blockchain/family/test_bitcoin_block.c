/* Raw blocks: what they pay to us, exactly; and nothing of a block that is not what it says. */
#include "blockchain/family/bitcoin_block.h"
#include "base/auto.h"
#include "base/check.h"
#include "chain/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BYTES_MAX = 1 << 20, FOUND_MAX = 64, OURS_ID = 77 };

static const uint8_t OURS[20] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

struct found {
    struct found_transfer transfers[FOUND_MAX];
    struct found_spend spends[FOUND_MAX];
    size_t transfers_count, spends_count;
};

static bool on_transfer(void *arg, const struct found_transfer *transfer, struct err *err)
{
    struct found *found = arg;
    (void)err;
    assert_true(found->transfers_count < FOUND_MAX);
    found->transfers[found->transfers_count++] = *transfer;
    return true;
}

static bool on_spend(void *arg, const struct found_spend *spend, struct err *err)
{
    struct found *found = arg;
    (void)err;
    assert_true(found->spends_count < FOUND_MAX);
    found->spends[found->spends_count++] = *spend;
    return true;
}

static bool on_parked(void *arg, const struct found_parked *parked, struct err *err)
{
    (void)arg;
    (void)parked;
    (void)err;
    fail();
    return false;
}

/* ---- a block, by hand ---- */

struct draft {
    struct str bytes; /* of the transactions */
    uint8_t txids[FOUND_MAX][TXID_SIZE];
    size_t count;
    struct str block;
    char hash[CHAIN_HASH_SIZE];
};

static void output_add(struct str *tx, uint64_t units, const char *prefix, size_t prefix_length,
                       const char *tail, size_t tail_length)
{
    bytes_add_u64(tx, units);
    bytes_add_compact(tx, prefix_length + sizeof(OURS) + tail_length);
    str_add_bytes(tx, prefix, prefix_length);
    str_add_bytes(tx, OURS, sizeof(OURS));
    str_add_bytes(tx, tail, tail_length);
}

/* A transaction that spends output 3 of `prev` and pays twice to us. */
static void tx_add(struct draft *draft, uint8_t prev, bool has_witness)
{
    AUTO(str_release) struct str body = STR_INIT(BYTES_MAX);
    AUTO(str_release) struct str plain = STR_INIT(BYTES_MAX);
    uint8_t txid[TXID_SIZE];
    memset(txid, prev, sizeof(txid));
    bytes_add_compact(&body, 1);
    str_add_bytes(&body, txid, sizeof(txid));
    bytes_add_u32(&body, 3);
    bytes_add_compact(&body, 0);
    bytes_add_u32(&body, 0xffffffff);
    bytes_add_compact(&body, 4);
    output_add(&body, 5000000000u, "\x00\x14", 2, "", 0);
    output_add(&body, 546, "\x00\x14", 2, "", 0);
    output_add(&body, 1000, "\x6a\x14", 2, "", 0);
    output_add(&body, 1000, "\x00\x14", 2, "\x51", 1);
    bytes_add_u32(&plain, 2);
    bytes_add_span(&plain, span_of_str(&body));
    bytes_add_u32(&plain, 0);
    hash256(str_data(&plain), plain.length, draft->txids[draft->count++]);
    bytes_add_u32(&draft->bytes, 2);
    if (has_witness)
        str_add_bytes(&draft->bytes, "\x00\x01", 2);
    bytes_add_span(&draft->bytes, span_of_str(&body));
    if (has_witness)
        str_add_bytes(&draft->bytes, "\x02\x01\xaa\x02\xbb\xcc", 6);
    bytes_add_u32(&draft->bytes, 0);
}

static void merkle(struct draft *draft, uint8_t root[static TXID_SIZE])
{
    uint8_t level[FOUND_MAX][TXID_SIZE];
    size_t count = draft->count;
    memcpy(level, draft->txids, sizeof(level));
    for (; count > 1; count = (count + 1) / 2)
        for (size_t i = 0; i < (count + 1) / 2; i++) {
            uint8_t pair[2 * TXID_SIZE];
            size_t right = 2 * i + 1 < count ? 2 * i + 1 : 2 * i;
            memcpy(pair, level[2 * i], TXID_SIZE);
            memcpy(pair + TXID_SIZE, level[right], TXID_SIZE);
            hash256(pair, sizeof(pair), level[i]);
        }
    memcpy(root, level[0], TXID_SIZE);
}

static void block_make(struct draft *draft)
{
    uint8_t parent[TXID_SIZE] = {9}, root[TXID_SIZE], digest[HASH256_SIZE];
    merkle(draft, root);
    bytes_add_u32(&draft->block, 0x20000000);
    str_add_bytes(&draft->block, parent, sizeof(parent));
    str_add_bytes(&draft->block, root, sizeof(root));
    bytes_add_u32(&draft->block, 1700000000);
    bytes_add_u32(&draft->block, 0x207fffff);
    bytes_add_u32(&draft->block, 5);
    hash256(str_data(&draft->block), 80, digest);
    txid_text(digest, draft->hash);
    bytes_add_compact(&draft->block, draft->count);
    bytes_add_span(&draft->block, span_of_str(&draft->bytes));
}

static struct draft draft_of(size_t txs)
{
    struct draft draft = {.bytes = STR_INIT(BYTES_MAX), .block = STR_INIT(BYTES_MAX)};
    for (size_t i = 0; i < txs; i++)
        tx_add(&draft, (uint8_t)(i + 1), i % 2 == 0);
    block_make(&draft);
    return draft;
}

static void draft_release(struct draft *draft)
{
    str_release(&draft->bytes);
    str_release(&draft->block);
}

static bool read(const struct draft *draft, struct found *found, struct block_head *head,
                 const char *only)
{
    AUTO(str_release) struct str hex = STR_INIT(2 * BYTES_MAX);
    const struct block_sink sink = {found, on_transfer, on_spend, on_parked};
    struct watch_set *watch = watch_set_new();
    uint8_t coin[TXID_SIZE];
    struct err err;
    memset(coin, 2, sizeof(coin));
    assert_true(watch_set_add(watch, WATCH_WPKH, OURS, sizeof(OURS), OURS_ID));
    assert_true(watch_set_add(watch, WATCH_COIN_TX, coin, sizeof(coin), 1));
    struct block_question question = {.height = 12, .only_txid = only, .watch = watch};
    memcpy(question.hash, draft->hash, sizeof(question.hash));
    str_add_hex(&hex, str_data(&draft->block), draft->block.length);
    *found = (struct found){.transfers_count = 0};
    bool ok = bitcoin_block_read(chain_client_find("litecoin"), &question, str_data(&hex),
                                 hex.length, &sink, head, &err);
    watch_set_free(watch);
    return ok;
}

static void bitcoin_block_read__outputs_and_coins__each_counted_once(void **state)
{
    struct draft draft = draft_of(5);
    struct found *found = calloc(1, sizeof(*found));
    struct block_head head;
    char text[TXID_TEXT_SIZE];
    (void)state;
    assert_true(read(&draft, found, &head, NULL));
    assert_int_equal(found->transfers_count, 10);
    for (size_t i = 0; i < 10; i++) {
        const struct found_transfer *transfer = &found->transfers[i];
        assert_string_equal(transfer->txid, txid_text(draft.txids[i / 2], text));
        assert_int_equal(transfer->index, i % 2);
        assert_string_equal(transfer->units, i % 2 == 0 ? "5000000000" : "546");
        assert_int_equal(transfer->address_id, OURS_ID);
        assert_int_equal(transfer->maturity, i < 2 ? 100 : 0);
    }
    assert_int_equal(found->spends_count, 1);
    assert_string_equal(found->spends[0].txid, txid_text(draft.txids[1], text));
    assert_int_equal(found->spends[0].prev_index, 3);
    assert_int_equal(head.transactions, 5);
    assert_int_equal(head.height, 12);
    assert_true(read(&draft, found, &head, txid_text(draft.txids[3], text)));
    assert_int_equal(found->transfers_count, 2);
    free(found);
    draft_release(&draft);
}

static void bitcoin_block_read__any_byte_of_its_substance_changed__gives_nothing(void **state)
{
    struct draft draft = draft_of(3);
    struct found *found = calloc(1, sizeof(*found));
    struct block_head head;
    (void)state;
    for (size_t at = 0; at < draft.block.length; at++) {
        draft.block.data[at] = (char)(draft.block.data[at] ^ 1);
        if (read(&draft, found, &head, NULL)) /* the witness is no part of a transaction's id */
            assert_int_equal(found->transfers_count, 6);
        else
            assert_int_equal(found->transfers_count + found->spends_count, 0);
        draft.block.data[at] = (char)(draft.block.data[at] ^ 1);
    }
    free(found);
    draft_release(&draft);
}

static void bitcoin_block_read__cut_anywhere__gives_nothing(void **state)
{
    struct draft draft = draft_of(2);
    struct found *found = calloc(1, sizeof(*found));
    struct block_head head;
    size_t whole = draft.block.length;
    (void)state;
    for (draft.block.length = 0; draft.block.length < whole; draft.block.length++) {
        assert_false(read(&draft, found, &head, NULL));
        assert_int_equal(found->transfers_count, 0);
    }
    free(found);
    draft_release(&draft);
}

/* CVE-2012-2459: the same Merkle root with the last transactions twice. */
static void bitcoin_block_read__last_transaction_doubled__gives_nothing(void **state)
{
    struct draft three = draft_of(3),
                 four = {.bytes = STR_INIT(BYTES_MAX), .block = STR_INIT(BYTES_MAX)};
    struct found *found = calloc(1, sizeof(*found));
    struct block_head head;
    (void)state;
    for (size_t i = 0; i < 4; i++)
        tx_add(&four, (uint8_t)(i < 3 ? i + 1 : 3), i % 2 == 0 || i == 3);
    block_make(&four);
    assert_string_equal(four.hash, three.hash);
    assert_true(read(&three, found, &head, NULL));
    assert_false(read(&four, found, &head, NULL));
    assert_int_equal(found->transfers_count, 0);
    free(found);
    draft_release(&three);
    draft_release(&four);
}

/* A coinbase of Dash (DIP-2, DIP-4) and a quorum's commitment, which has no inputs: every block has some. */
static void bitcoin_block_read__special_transactions_of_dash__read(void **state)
{
    static const char *const transactions[] = {
        "03000500010000000000000000000000000000000000000000000000000000000000000000ffffffff0502fe07"
        "0101ffffffff022dc71a3d05000000232103ee68257f0a4b1d9cadaf24809b2dddcf557cd3f11db99430c3a682"
        "d003861891ac21c71a3d050000001976a914e1e24b11deb712819c7d0da193423bda1b47c25d88ac0000000024"
        "fe0700006c45528d7b8d4e7a33614a1c3806f4faf5c463f0b313aa0ece1ce12c34154a44",
        "0300060000000000000003aabbcc"};
    struct draft draft = {.bytes = STR_INIT(BYTES_MAX), .block = STR_INIT(BYTES_MAX)};
    AUTO(str_release) struct str hex = STR_INIT(2 * BYTES_MAX);
    struct found *found = calloc(1, sizeof(*found));
    const struct block_sink sink = {found, on_transfer, on_spend, on_parked};
    struct watch_set *watch = watch_set_new();
    struct block_head head;
    uint8_t key[20];
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(transactions); i++) {
        size_t begin = draft.bytes.length;
        assert_true(hex_read(transactions[i], strlen(transactions[i]), &draft.bytes));
        hash256(draft.bytes.data + begin, draft.bytes.length - begin, draft.txids[draft.count++]);
    }
    block_make(&draft);
    assert_true(hex_read_exact("e1e24b11deb712819c7d0da193423bda1b47c25d", key, sizeof(key)));
    assert_true(watch_set_add(watch, WATCH_PKH, key, sizeof(key), OURS_ID));
    struct block_question question = {.height = 2046, .watch = watch};
    memcpy(question.hash, draft.hash, sizeof(question.hash));
    str_add_hex(&hex, str_data(&draft.block), draft.block.length);
    if (!bitcoin_block_read(chain_client_find("dash"), &question, str_data(&hex), hex.length, &sink,
                            &head, &err))
        fail_msg("%s", err.what);
    assert_int_equal(found->transfers_count, 1);
    assert_string_equal(found->transfers[0].txid,
                        "afb7aeb1cb84049c7c81c980c996515dda91ec5c15c29398bad985e9a286d2dc");
    assert_int_equal(found->transfers[0].index, 1);
    assert_string_equal(found->transfers[0].units, "22500001569");
    watch_set_free(watch);
    free(found);
    draft_release(&draft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bitcoin_block_read__outputs_and_coins__each_counted_once),
        cmocka_unit_test(bitcoin_block_read__any_byte_of_its_substance_changed__gives_nothing),
        cmocka_unit_test(bitcoin_block_read__cut_anywhere__gives_nothing),
        cmocka_unit_test(bitcoin_block_read__last_transaction_doubled__gives_nothing),
        cmocka_unit_test(bitcoin_block_read__special_transactions_of_dash__read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

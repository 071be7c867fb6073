/* Transactions of Bitcoin: the examples of BIP-143, the first block's, and what is cut off or odd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "chain/coin_tx.h"

#define OUTPUTS_143                                                                                \
    "02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9" \
    "143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac"
#define UNSIGNED_143                                                                               \
    "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffff" \
    "ef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000fffffff"            \
    "f" OUTPUTS_143 "11000000"
#define SIGNED_143                                                                                 \
    "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830" \
    "450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f928" \
    "1a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e81" \
    "5b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff" OUTPUTS_143                                 \
    "000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c45" \
    "18331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafc" \
    "db3566bb0ad253f62fc70f07aeee635711000000"
#define P2SH_P2WPKH_143                                                                            \
    "0100000001db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a54770100000000feffffff" \
    "02b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac0008af2f000000001976a9" \
    "14fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c88ac92040000"
#define P2WSH_143                                                                                  \
    "0100000002fe3dc9208094f3ffd12645477b3dc56f60ec4fa8e6f5d67c565d1c6b9216b36e0000000000ffffffff" \
    "0815cf020f013ed6cf91d29f4202e8a58726b1ac6c79da47c23d1bee0a6925f80000000000ffffffff0100f2052a" \
    "010000001976a914a30741f8145e5acadf23f751864167f32e0963f788ac00000000"
#define COINBASE_1                                                                                 \
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff00" \
    "1d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b20" \
    "6f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afd" \
    "b0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c" \
    "384df7ba0b8d578a4c702b6bf11d5fac00000000"

struct world {
    struct arena *arena;
    struct str bytes;
    struct coin_tx tx;
};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    if (!w)
        return -1;
    w->arena = arena_new(1 << 20);
    w->bytes = STR_INIT(1 << 20);
    *state = w;
    return w->arena ? 0 : -1;
}

static int world_free(void **state)
{
    struct world *w = *state;
    arena_free(w->arena);
    str_release(&w->bytes);
    free(w);
    return 0;
}

static bool parse(struct world *w, const char *hex, struct err *err)
{
    str_clear(&w->bytes);
    assert_true(hex_read(hex, strlen(hex), &w->bytes));
    return coin_tx_parse(span_of_str(&w->bytes), w->arena, &w->tx, err);
}

static void must_parse(struct world *w, const char *hex)
{
    struct err err;
    if (!parse(w, hex, &err))
        fail_msg("%s", err.what);
}

static void assert_written(const struct coin_tx *tx, bool with_witness, const char *hex)
{
    AUTO(str_release) struct str out = STR_INIT(1 << 20), text = STR_INIT(1 << 20);
    coin_tx_write(tx, with_witness, &out);
    str_add_hex(&text, out.data, out.length);
    assert_string_equal(text.data, hex);
    assert_int_equal(out.length, coin_tx_size(tx, with_witness));
}

static void assert_digest(const uint8_t digest[static 32], const char *hex)
{
    char text[65];
    assert_string_equal(hex_write(digest, 32, text), hex);
}

static void coin_tx_parse__signed_and_unsigned__written_the_same(void **state)
{
    struct world *w = *state;
    uint8_t txid[TXID_SIZE];
    char text[TXID_TEXT_SIZE];
    must_parse(w, UNSIGNED_143);
    assert_written(&w->tx, true, UNSIGNED_143);
    assert_false(coin_tx_has_witness(&w->tx));
    assert_int_equal(coin_tx_weight(&w->tx), 4 * (strlen(UNSIGNED_143) / 2));
    must_parse(w, SIGNED_143);
    assert_written(&w->tx, true, SIGNED_143);
    assert_int_equal(w->tx.inputs_count, 2);
    assert_int_equal(w->tx.outputs_count, 2);
    assert_int_equal(w->tx.lock_time, 17);
    uint64_t value, count;
    assert_true(coin_tx_value(&w->tx, &value));
    assert_int_equal(value, 112340000 + 223450000);
    struct reader stack = coin_witness_reader(w->tx.inputs[1].witness, &count);
    assert_int_equal(count, 2);
    assert_int_equal(reader_span(&stack, reader_compact(&stack)).length, 71);
    assert_int_equal(reader_span(&stack, reader_compact(&stack)).length, 33);
    assert_true(reader_at_end(&stack));
    coin_tx_id(&w->tx, txid);
    assert_string_equal(txid_text(txid, text),
                        "e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609");
    size_t stripped = coin_tx_size(&w->tx, false), total = coin_tx_size(&w->tx, true);
    assert_int_equal(coin_tx_weight(&w->tx), 3 * stripped + total);
    assert_int_equal(coin_tx_vsize(&w->tx), (3 * stripped + total + 3) / 4);
}

static void coin_tx_id__first_coinbase__known(void **state)
{
    struct world *w = *state;
    uint8_t txid[TXID_SIZE];
    char text[TXID_TEXT_SIZE];
    must_parse(w, COINBASE_1);
    coin_tx_id(&w->tx, txid);
    assert_string_equal(txid_text(txid, text),
                        "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b");
    assert_true(coin_tx_is_coinbase(&w->tx));
    assert_int_equal(coin_script_classify(w->tx.outputs[0].script, NULL), COIN_P2PK);
}

static void coin_sighash_witness__examples_of_bip_143__known_digests(void **state)
{
    static const struct {
        const char *tx;
        size_t at;
        const char *script_code;
        uint64_t value;
        uint32_t type;
        const char *digest;
    } rows[] = {
        {UNSIGNED_143, 1, "76a9141d0f172a0ecb48aee1be1f2687d2963ae33f71a188ac", 600000000, 1,
         "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670"},
        {P2SH_P2WPKH_143, 0, "76a91479091972186c449eb1ded22b78e40d009bdf008988ac", 1000000000, 1,
         "64f3b0f4dd2bb3aa1ce8566d220cc74dda9df97d8490cc81d89d735c92e59fb6"},
        {P2WSH_143, 1,
         "21026dccc749adc2a9d0d89497ac511f760f45c47dc5ed9cf352a58ac706453880aeadab210255a9626aebf5"
         "e29c0e6538428ba0d1dcf6ca98ffdf086aa8ced5e0d0215ea465ac",
         4900000000, 3, "82dde6e4f1e94d02c2b7ad03d2115d691f48d064e9d52f58194a6637e4194391"},
        {P2WSH_143, 1, "210255a9626aebf5e29c0e6538428ba0d1dcf6ca98ffdf086aa8ced5e0d0215ea465ac",
         4900000000, 3, "fef7bd749cce710c5c052bd796df1af0d935e59cea63736268bcbe2d2134fc47"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str code = STR_INIT(1024);
        uint8_t digest[32];
        must_parse(w, rows[i].tx);
        assert_true(hex_read(rows[i].script_code, strlen(rows[i].script_code), &code));
        coin_sighash_witness(&w->tx, rows[i].at, span_of_str(&code), rows[i].value, rows[i].type,
                             digest);
        assert_digest(digest, rows[i].digest);
    }
    uint8_t hash[20];
    assert_true(hex_read_exact("1d0f172a0ecb48aee1be1f2687d2963ae33f71a1", hash, sizeof(hash)));
    struct coin_script code = coin_script_code(hash);
    char text[2 * COIN_OUTPUT_SCRIPT_MAX + 1];
    assert_string_equal(hex_write(code.bytes, code.length, text), rows[0].script_code);
}

static void coin_tx_parse__cut_off_anywhere__refused(void **state)
{
    struct world *w = *state;
    static const char *const whole[] = {UNSIGNED_143, SIGNED_143, COINBASE_1};
    for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
        str_clear(&w->bytes);
        assert_true(hex_read(whole[i], strlen(whole[i]), &w->bytes));
        for (size_t length = 0; length < w->bytes.length; length++) {
            struct err err;
            struct coin_tx tx;
            /* A copy of its own, so that a sanitizer sees a read behind the end. */
            uint8_t *copy = malloc(length + 1);
            assert_non_null(copy);
            memcpy(copy, w->bytes.data, length);
            assert_false(coin_tx_parse(span_of(copy, length), w->arena, &tx, &err));
            free(copy);
            arena_reset(w->arena);
        }
    }
}

static void coin_tx_parse__odd_ones__refused(void **state)
{
    static const struct {
        const char *hex, *reason;
    } rows[] = {
        {"", "inputs"},
        {UNSIGNED_143 "00", "behind"},
        {"01000000"
         "ffffffffffffffffff"
         "00",
         "inputs"},
        {"01000000"
         "feffffff7f"
         "00",
         "inputs"},
        {"01000000"
         "0002"
         "00",
         "flags"},
        /* Flag of witnesses, and no witness. */
        {"01000000"
         "0001"
         "01"
         "0000000000000000000000000000000000000000000000000000000000000001"
         "00000000"
         "00"
         "ffffffff"
         "01"
         "0100000000000000"
         "00"
         "00"
         "00000000",
         "and none"},
        /* 2^63 in one output; more than there is in two. */
        {"01000000"
         "01"
         "0000000000000000000000000000000000000000000000000000000000000001"
         "00000000"
         "00"
         "ffffffff"
         "01"
         "0000000000000080"
         "00"
         "00000000",
         "more than there is"},
        {"01000000"
         "01"
         "0000000000000000000000000000000000000000000000000000000000000001"
         "00000000"
         "00"
         "ffffffff"
         "02"
         "00001d68c1d71d00"
         "00"
         "0100000000000000"
         "00"
         "00000000",
         "more than there is"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err;
        if (parse(w, rows[i].hex, &err))
            fail_msg("row %zu was taken", i);
        if (!strstr(err.what, rows[i].reason))
            fail_msg("row %zu: %s", i, err.what);
    }
}

/* The last transaction of each block of Litecoin since MWEB: flag 8 and one byte. */
static void coin_tx_parse__litecoins_integrating_transaction__taken(void **state)
{
    struct world *w = *state;
    must_parse(w, "02000000"
                  "0008"
                  "01"
                  "0000000000000000000000000000000000000000000000000000000000000001"
                  "00000000"
                  "00"
                  "ffffffff"
                  "01"
                  "0100000000000000"
                  "0151"
                  "00"
                  "00000000");
    assert_int_equal(w->tx.inputs_count, 1);
    struct err err;
    assert_false(parse(w,
                       "02000000"
                       "0008"
                       "01"
                       "0000000000000000000000000000000000000000000000000000000000000001"
                       "00000000"
                       "00"
                       "ffffffff"
                       "01"
                       "0100000000000000"
                       "0151"
                       "01"
                       "00000000",
                       &err));
}

/* Dash: the part that a special transaction ends with is of its id (DIP-2). */
static void coin_tx_parse__special_transaction_of_dash__known_id(void **state)
{
    static const char *const coinbase =
        "03000500010000000000000000000000000000000000000000000000000000000000000000ffffffff0502fe07"
        "0101ffffffff022dc71a3d05000000232103ee68257f0a4b1d9cadaf24809b2dddcf557cd3f11db99430c3a682"
        "d003861891ac21c71a3d050000001976a914e1e24b11deb712819c7d0da193423bda1b47c25d88ac0000000024"
        "fe0700006c45528d7b8d4e7a33614a1c3806f4faf5c463f0b313aa0ece1ce12c34154a44";
    struct world *w = *state;
    uint8_t txid[TXID_SIZE];
    char text[TXID_TEXT_SIZE];
    must_parse(w, coinbase);
    assert_written(&w->tx, true, coinbase);
    assert_true(coin_tx_is_coinbase(&w->tx));
    coin_tx_id(&w->tx, txid);
    assert_string_equal(txid_text(txid, text),
                        "afb7aeb1cb84049c7c81c980c996515dda91ec5c15c29398bad985e9a286d2dc");
    /* A quorum's commitment has neither inputs nor outputs. */
    must_parse(w, "03000600"
                  "0000"
                  "00000000"
                  "03aabbcc");
    assert_int_equal(w->tx.payload.length, 4);
    struct err err;
    assert_false(parse(w,
                       "03000600"
                       "0000"
                       "00000000"
                       "03aabb",
                       &err));
    assert_false(parse(w,
                       "02000600"
                       "0000"
                       "00000000"
                       "03aabbcc",
                       &err));
}

static void coin_push_write__lengths__shortest_form(void **state)
{
    static const struct {
        size_t length, head;
    } rows[] = {{0, 1}, {1, 1}, {75, 1}, {76, 2}, {255, 2}, {256, 3}, {520, 3}};
    uint8_t data[520] = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(1024);
        coin_push_write(span_of(data, rows[i].length), &out);
        assert_int_equal(out.length, rows[i].head + rows[i].length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
        T(coin_tx_parse__signed_and_unsigned__written_the_same),
        T(coin_tx_id__first_coinbase__known),
        T(coin_sighash_witness__examples_of_bip_143__known_digests),
        T(coin_tx_parse__cut_off_anywhere__refused),
        T(coin_tx_parse__odd_ones__refused),
        T(coin_tx_parse__litecoins_integrating_transaction__taken),
        T(coin_tx_parse__special_transaction_of_dash__known_id),
        T(coin_push_write__lengths__shortest_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* RLP, transactions of Ethereum (published examples of EIP-155 and EIP-1559), tokens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "chain/erc20.h"
#include "chain/evm_tx.h"
#include "chain/rlp.h"

/* Appended: `out` is released by the caller. */
static struct span from_hex(const char *hex, struct str *out)
{
    str_clear(out);
    assert_true(hex_read(hex, strlen(hex), out));
    return span_of_str(out);
}

static struct u256 units(const char *text)
{
    struct u256 number;
    assert_true(u256_parse(text, &number));
    return number;
}

static struct evm_address account(const char *text)
{
    struct evm_address address;
    struct err err;
    assert_true(evm_address_parse(text, &address, &err));
    return address;
}

/* ---- RLP ---- */

static void rlp_add__examples_of_the_specification__known_bytes(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(4096), list = STR_INIT(4096), hex = STR_INIT(4096);
    (void)state;
    rlp_add_bytes(&out, span_of("dog", 3));
    rlp_add_bytes(&list, span_of("cat", 3));
    rlp_add_bytes(&list, span_of("dog", 3));
    rlp_add_list(&out, span_of_str(&list));
    rlp_add_bytes(&out, SPAN_NONE);
    rlp_add_list(&out, SPAN_NONE);
    rlp_add_u64(&out, 0);
    rlp_add_u64(&out, 15);
    rlp_add_u64(&out, 1024);
    rlp_add_bytes(&out, span_of("\x00", 1));
    const char *lorem = "Lorem ipsum dolor sit amet, consectetur adipisicing elit";
    rlp_add_bytes(&out, span_of(lorem, strlen(lorem)));
    str_add_hex(&hex, out.data, out.length);
    assert_string_equal(
        hex.data, "83646f67c88363617483646f6780c0800f82040000b8384c6f72656d20697073756d20646f"
                  "6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c"
                  "6974");
}

static void rlp_read__other_than_the_shortest_form__refused(void **state)
{
    static const char *const texts[] = {
        "",                 /* nothing */
        "8100",             /* a byte below 0x80 has no head */
        "817f",   "83646f", /* cut off */
        "b83700", "b80100", /* a long form of a short length */
        "b90038", "b900ff", "b8ff", "bfffffffffffffffff", "bf7fffffffffffffff00",
        "c1",     "f800",   "f837", "ffffffffffffffffff", "f90000"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        AUTO(str_release) struct str bytes = STR_INIT(256);
        struct span rest = from_hex(texts[i], &bytes), before = rest;
        struct rlp_item item;
        if (rlp_read(&rest, &item))
            fail_msg("%s was taken", texts[i]);
        assert_true(span_equal(rest, before));
    }
}

static void rlp_check__nesting__bounded(void **state)
{
    AUTO(str_release) struct str bytes = STR_INIT(256);
    (void)state;
    assert_true(rlp_check(from_hex("c7c0c1c0c3c0c1c0", &bytes), 4));
    assert_false(rlp_check(from_hex("c7c0c1c0c3c0c1c0", &bytes), 3));
    assert_true(rlp_check(from_hex("83646f67", &bytes), 0));
    assert_false(rlp_check(from_hex("c0", &bytes), 0));
    assert_false(rlp_check(from_hex("c000", &bytes), 3));
    assert_false(rlp_check(from_hex("c28100", &bytes), 3));
}

static void rlp_read_u256__zeros_in_front_or_too_long__refused(void **state)
{
    static const char *const texts[] = {
        "00", "820001", "c0",
        "a1010000000000000000000000000000000000000000000000000000000000000000"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        AUTO(str_release) struct str bytes = STR_INIT(256);
        struct span rest = from_hex(texts[i], &bytes);
        struct u256 number;
        assert_false(rlp_read_u256(&rest, &number));
    }
    AUTO(str_release) struct str bytes = STR_INIT(256);
    struct span rest = from_hex("80"
                                "7f"
                                "8180",
                                &bytes);
    uint64_t number;
    assert_true(rlp_read_u64(&rest, &number) && number == 0);
    assert_true(rlp_read_u64(&rest, &number) && number == 127);
    assert_true(rlp_read_u64(&rest, &number) && number == 128);
    assert_false(rlp_read_u64(&rest, &number));
    rest = from_hex("89010000000000000000", &bytes);
    assert_false(rlp_read_u64(&rest, &number));
}

/* ---- transactions ---- */

static void evm_tx_digest__example_of_eip_155__known(void **state)
{
    struct evm_tx tx = {.kind = EVM_TX_LEGACY,
                        .chain_id = 1,
                        .nonce = 9,
                        .gas = EVM_TX_GAS_PLAIN,
                        .to = account("0x3535353535353535353535353535353535353535")};
    AUTO(str_release) struct str raw = STR_INIT(4096);
    struct evm_signature signature;
    struct evm_tx parsed;
    struct evm_address sender;
    struct err err;
    uint8_t digest[32];
    char text[67];
    (void)state;
    tx.max_fee = units("20000000000");
    tx.value = units("1000000000000000000");
    evm_tx_digest(&tx, digest);
    assert_string_equal(evm_hash_text(digest, text),
                        "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
    const char *hex =
        "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0"
        "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb70330"
        "4b3800ccf555c9f3dc64214b297fb1966a3b6d83";
    assert_true(evm_tx_parse(from_hex(hex, &raw), &parsed, &signature, &err));
    assert_int_equal(parsed.chain_id, 1);
    assert_int_equal(signature.parity, 0);
    assert_true(evm_tx_sender(&parsed, &signature, &sender));
    assert_true(evm_address_equal(sender, account("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F")));
    AUTO(str_release) struct str again = STR_INIT(4096);
    evm_tx_write(&tx, &signature, &again);
    assert_true(span_equal(span_of_str(&again), span_of_str(&raw)));
}

/* Fields and raw transactions of Besu's test data (also in ethereumjs), all of one key. */
static void evm_tx__type_2_of_other_implementations__same_bytes_and_sender(void **state)
{
    static const struct {
        uint64_t nonce;
        const char *value;
        uint64_t gas;
        const char *priority, *max_fee, *raw;
    } rows[] = {
        {819, "43203529", 35552, "75853", "121212",
         "02f870821e8e8203338301284d8301d97c828ae094000000000000000000000000000000000000aaaa840293"
         "3bc980c080a0d067f2167008c59219652f91cbf8788dbca5f771f6e91e2b7657e85b78b472e0a01d305af9fe8"
         "1fdba43f0dfcd400ed24dcace0a7e30d4e85701dcaaf484cd079e"},
        {353, "61901619", 32593, "38850", "136295",
         "02f86f821e8e8201618297c283021467827f5194000000000000000000000000000000000000aaaa8403b08b"
         "3380c001a004205678f13fc1d7b10feea6513dfa76e24418b6e08097d95c6f93a3b64e536da01d45ad61bfece"
         "43862de2cce7d2575a8c1d08c26c87f3cb5f26d7b0be54a91b2"},
        {119, "65456115", 62341, "24721", "107729",
         "02f86d821e8e778260918301a4d182f38594000000000000000000000000000000000000aaaa8403e6c7f380"
         "c001a0e38e239770801eb995498c821e55ac9c19ae09184bb27b34be105e02fe3b7615a067c64ca6bd6d9107e"
         "85fd581ab2e70a14b637eb36505bb40861ef9d6e800cab6"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct evm_tx tx = {.chain_id = 7822, .nonce = rows[i].nonce, .gas = rows[i].gas}, parsed;
        AUTO(str_release) struct str raw = STR_INIT(4096), again = STR_INIT(4096);
        struct evm_signature signature;
        struct evm_address sender;
        struct err err;
        tx.to = account("0x000000000000000000000000000000000000aaaa");
        tx.value = units(rows[i].value);
        tx.max_priority_fee = units(rows[i].priority);
        tx.max_fee = units(rows[i].max_fee);
        assert_true(evm_tx_parse(from_hex(rows[i].raw, &raw), &parsed, &signature, &err));
        assert_int_equal(parsed.kind, EVM_TX_FEE_MARKET);
        evm_tx_write(&tx, &signature, &again);
        assert_true(span_equal(span_of_str(&again), span_of_str(&raw)));
        assert_true(evm_tx_sender(&tx, &signature, &sender));
        /* Of the private key 8f2a55949038a961...: of no other can all of them be. */
        assert_true(
            evm_address_equal(sender, account("0xFE3B557E8Fb62b89F4916B721be55cEb828dBd73")));
        struct u256 cost;
        assert_true(evm_tx_cost_max(&tx, &cost));
    }
}

#define ADDRESS "3535353535353535353535353535353535353535"

static void evm_tx_parse__not_ours_or_malformed__refused(void **state)
{
    static const struct {
        const char *hex, *reason;
    } rows[] = {
        {"", "empty"},
        {"01f8", "type 1"},
        {"02", "no list"},
        {"02c0", "missing"},
        {"02c000", "behind"},
        {"c0", "missing"},
        {"83646f67", "no list"},
        /* v = 27: not bound to a chain. */
        {"cc0901019400", "no list"},
        {"dd098080"
         "94" ADDRESS "8080"
         "1b0101",
         "missing"},
        {"dd098080"
         "94" ADDRESS "8080"
         "230101",
         "no chain"},
        {"dd098080"
         "94" ADDRESS "8080"
         "220101",
         "missing"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str raw = STR_INIT(4096);
        struct evm_signature signature;
        struct evm_tx tx;
        struct err err;
        if (evm_tx_parse(from_hex(rows[i].hex, &raw), &tx, &signature, &err))
            fail_msg("row %zu was taken", i);
        if (!strstr(err.what, rows[i].reason))
            fail_msg("row %zu: %s", i, err.what);
    }
}

static void evm_tx_cost_max__above_256_bits__refused(void **state)
{
    struct evm_tx tx = {.chain_id = 1, .gas = 2};
    struct u256 cost;
    (void)state;
    tx.max_fee = U256_MAX;
    assert_false(evm_tx_cost_max(&tx, &cost));
    tx.max_fee = u256_from_u64(1);
    tx.value = U256_MAX;
    assert_false(evm_tx_cost_max(&tx, &cost));
}

/* ---- tokens ---- */

static void erc20_transfer__written__parsed_strictly(void **state)
{
    uint8_t data[ERC20_TRANSFER_SIZE + 1] = {0};
    struct evm_address to = account("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), read;
    struct u256 amount;
    char hex[2 * ERC20_TRANSFER_SIZE + 1];
    (void)state;
    erc20_transfer_write(to, units("1000000"), data);
    assert_string_equal(hex_write(data, ERC20_TRANSFER_SIZE, hex),
                        "a9059cbb0000000000000000000000005aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
                        "00000000000000000000000000000000000000000000000000000000000f4240");
    assert_true(erc20_transfer_parse(span_of(data, ERC20_TRANSFER_SIZE), &read, &amount));
    assert_true(evm_address_equal(read, to));
    assert_int_equal(u256_cmp(amount, units("1000000")), 0);
    assert_false(erc20_transfer_parse(span_of(data, ERC20_TRANSFER_SIZE + 1), &read, &amount));
    assert_false(erc20_transfer_parse(span_of(data, ERC20_TRANSFER_SIZE - 1), &read, &amount));
    data[4] = 1;
    assert_false(erc20_transfer_parse(span_of(data, ERC20_TRANSFER_SIZE), &read, &amount));
    data[4] = 0;
    data[0] = 0x23;
    assert_false(erc20_transfer_parse(span_of(data, ERC20_TRANSFER_SIZE), &read, &amount));
}

static void erc20_log_parse__only_the_standard_form__taken(void **state)
{
    uint8_t topics[4][ABI_WORD_SIZE] = {{0}}, data[64] = {0};
    struct erc20_transfer transfer;
    struct err err;
    (void)state;
    memcpy(topics[0], erc20_transfer_topic, ABI_WORD_SIZE);
    memset(topics[1] + 12, 0xaa, EVM_ADDRESS_SIZE);
    memset(topics[2] + 12, 0xbb, EVM_ADDRESS_SIZE);
    memset(data, 0xff, ABI_WORD_SIZE);
    assert_true(erc20_log_parse(topics, 3, span_of(data, 32), &transfer, &err));
    assert_int_equal(u256_cmp(transfer.units, U256_MAX), 0);
    assert_int_equal(transfer.from.bytes[0], 0xaa);
    assert_int_equal(transfer.to.bytes[19], 0xbb);
    for (size_t count = 0; count <= 4; count++)
        assert_int_equal(erc20_log_parse(topics, count, span_of(data, 32), &transfer, &err),
                         count == 3);
    for (size_t length = 0; length <= 64; length++)
        assert_int_equal(erc20_log_parse(topics, 3, span_of(data, length), &transfer, &err),
                         length == 32);
    topics[1][11] = 1;
    assert_false(erc20_log_parse(topics, 3, span_of(data, 32), &transfer, &err));
    topics[1][11] = 0;
    topics[2][0] = 1;
    assert_false(erc20_log_parse(topics, 3, span_of(data, 32), &transfer, &err));
    topics[2][0] = 0;
    topics[0][31] ^= 1;
    assert_false(erc20_log_parse(topics, 3, span_of(data, 32), &transfer, &err));
}

static void erc20_symbol_parse__strings_and_words__taken_oddities_refused(void **state)
{
#define WORD_20 "0000000000000000000000000000000000000000000000000000000000000020"
#define ZEROS_28 "00000000000000000000000000000000000000000000000000000000"
    static const struct {
        const char *hex, *symbol;
    } rows[] = {
        {WORD_20 "00000000" ZEROS_28 "", NULL},
        {WORD_20 ZEROS_28 "00000004"
                          "55534454" ZEROS_28,
         "USDT"},
        {"4d4b5200" ZEROS_28, "MKR"},
        {WORD_20 ZEROS_28 "00000021"
                          "55534454" ZEROS_28,
         NULL},
        {WORD_20 ZEROS_28 "00000000"
                          "55534454" ZEROS_28,
         NULL},
        {WORD_20 ZEROS_28 "ffffffff"
                          "55534454" ZEROS_28,
         NULL},
        {ZEROS_28 "00000040" ZEROS_28 "00000004"
                  "55534454" ZEROS_28,
         NULL},
        {WORD_20 ZEROS_28 "00000004"
                          "5553440a" ZEROS_28,
         NULL}, /* a line feed */
        {WORD_20 ZEROS_28 "00000004"
                          "55c3a454" ZEROS_28,
         NULL}, /* not ASCII */
        {"4d004b52" ZEROS_28, NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str data = STR_INIT(4096);
        char symbol[ERC20_SYMBOL_SIZE];
        bool is_read = erc20_symbol_parse(from_hex(rows[i].hex, &data), symbol);
        assert_int_equal(is_read, rows[i].symbol != NULL);
        if (is_read)
            assert_string_equal(symbol, rows[i].symbol);
    }
}

static void erc20_decimals_parse__one_word_in_range__taken(void **state)
{
    uint8_t word[33] = {0};
    unsigned decimals;
    (void)state;
    word[31] = 18;
    assert_true(erc20_decimals_parse(span_of(word, 32), &decimals));
    assert_int_equal(decimals, 18);
    assert_false(erc20_decimals_parse(span_of(word, 33), &decimals));
    assert_false(erc20_decimals_parse(span_of(word, 0), &decimals));
    word[31] = 78;
    assert_false(erc20_decimals_parse(span_of(word, 32), &decimals));
    word[31] = 6;
    word[0] = 1;
    assert_false(erc20_decimals_parse(span_of(word, 32), &decimals));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rlp_add__examples_of_the_specification__known_bytes),
        cmocka_unit_test(rlp_read__other_than_the_shortest_form__refused),
        cmocka_unit_test(rlp_check__nesting__bounded),
        cmocka_unit_test(rlp_read_u256__zeros_in_front_or_too_long__refused),
        cmocka_unit_test(evm_tx_digest__example_of_eip_155__known),
        cmocka_unit_test(evm_tx__type_2_of_other_implementations__same_bytes_and_sender),
        cmocka_unit_test(evm_tx_parse__not_ours_or_malformed__refused),
        cmocka_unit_test(evm_tx_cost_max__above_256_bits__refused),
        cmocka_unit_test(erc20_transfer__written__parsed_strictly),
        cmocka_unit_test(erc20_log_parse__only_the_standard_form__taken),
        cmocka_unit_test(erc20_symbol_parse__strings_and_words__taken_oddities_refused),
        cmocka_unit_test(erc20_decimals_parse__one_word_in_range__taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

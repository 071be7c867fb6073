/* Addresses: vectors of BIP-173, BIP-350 and EIP-55, and what must be refused with its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "chain/base58.h"
#include "chain/bech32.h"
#include "chain/coin_address.h"
#include "chain/evm_address.h"

static const struct coin_params *chain_of(const char *name)
{
    char client[16];
    const char *slash = strchr(name, '/');
    assert_non_null(slash);
    snprintf(client, sizeof(client), "%.*s", (int)(slash - name), name);
    const struct coin_params *params = coin_params_find(client, slash + 1);
    assert_non_null(params);
    return params;
}

static void bech32_read__valid_of_bip_173_and_350__taken(void **state)
{
    static const struct {
        const char *text;
        enum bech32_variant variant;
    } rows[] = {
        {"A12UEL5L", BECH32_CLASSIC},
        {"a12uel5l", BECH32_CLASSIC},
        {"an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tg"
         "s",
         BECH32_CLASSIC},
        {"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", BECH32_CLASSIC},
        {"11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247"
         "j",
         BECH32_CLASSIC},
        {"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", BECH32_CLASSIC},
        {"?1ezyfcl", BECH32_CLASSIC},
        {"A1LQFN3A", BECH32_M},
        {"a1lqfn3a", BECH32_M},
        {"an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg"
         "6",
         BECH32_M},
        {"abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", BECH32_M},
        {"11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr"
         "8",
         BECH32_M},
        {"split1checkupstagehandshakeupstreamerranterredcaperredlc445v", BECH32_M},
        {"?1v759aa", BECH32_M},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char prefix[BECH32_PREFIX_SIZE];
        uint8_t groups[BECH32_TEXT_MAX];
        size_t count;
        enum bech32_variant variant;
        struct err err;
        assert_true(bech32_read(rows[i].text, prefix, groups, &count, &variant, &err));
        assert_int_equal(variant, rows[i].variant);
    }
}

static void bech32_read__invalid_of_bip_173_and_350__refused(void **state)
{
    static const char *const texts[] = {"\x20"
                                        "1nwldj5",
                                        "\x7f"
                                        "1axkwrx",
                                        "\x80"
                                        "1eym55h",
                                        "an84characterslonghumanreadablepartthatcontainsthenumber1a"
                                        "ndtheexcludedcharactersbio1569pvx",
                                        "pzry9x0s0muk",
                                        "1pzry9x0s0muk",
                                        "x1b4n0q5v",
                                        "li1dgmt3",
                                        "de1lg7wt\xff",
                                        "A1G7SGD8",
                                        "10a06t8",
                                        "1qzzfhee",
                                        "\x20"
                                        "1xj0phk",
                                        "\x7f"
                                        "1g6xzxy",
                                        "\x80"
                                        "1vctc34",
                                        "an84characterslonghumanreadablepartthatcontainsthetheexclu"
                                        "dedcharactersbioandnumber11d6pts4",
                                        "qyrz8wqd2c9m",
                                        "1qyrz8wqd2c9m",
                                        "y1b0jsk6g",
                                        "lt1igcx5c0",
                                        "in1muywd",
                                        "mm1crxm3i",
                                        "au1s5cgom",
                                        "M1VUXWEZ",
                                        "16plkw9",
                                        "1p2gdwpf"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        char prefix[BECH32_PREFIX_SIZE];
        uint8_t groups[BECH32_TEXT_MAX];
        size_t count;
        enum bech32_variant variant;
        struct err err;
        assert_false(bech32_read(texts[i], prefix, groups, &count, &variant, &err));
    }
}

static void segwit_read__valid_of_bip_350__written_back_in_lower_case(void **state)
{
    static const struct {
        const char *text, *script;
    } rows[] = {
        {"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
         "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
        {"tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
         "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"},
        {"bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
         "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6"},
        {"BC1SW50QGDZ25J", "6002751e"},
        {"bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"},
        {"tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
         "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
        {"tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
         "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
        {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
         "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct segwit segwit;
        struct err err;
        char text[BECH32_TEXT_SIZE], script[2 * 42 + 1];
        assert_true(segwit_read(rows[i].text, &segwit, &err));
        uint8_t bytes[42] = {(uint8_t)(segwit.version ? 0x50 + segwit.version : 0),
                             (uint8_t)segwit.program_length};
        memcpy(bytes + 2, segwit.program, segwit.program_length);
        assert_string_equal(hex_write(bytes, 2 + segwit.program_length, script), rows[i].script);
        segwit_write(&segwit, text);
        assert_int_equal(strcasecmp(text, rows[i].text), 0);
        assert_null(strpbrk(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    }
}

static void coin_address_parse__invalid_of_bip_350__refused_with_a_reason(void **state)
{
    static const struct {
        const char *chain, *text, *reason;
    } rows[] = {
        {"bitcoin/main", "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
         "checksum"},
        {"bitcoin/main", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
         "bech32 is used where bech32m"},
        {"bitcoin/test", "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
         "bech32 is used where bech32m"},
        {"bitcoin/main", "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
         "bech32 is used where bech32m"},
        {"bitcoin/main", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
         "bech32m is used where bech32"},
        {"bitcoin/test", "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
         "bech32m is used where bech32"},
        {"bitcoin/main", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
         "'o' is not"},
        {"bitcoin/main", "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
         "witness version 17"},
        {"bitcoin/main", "bc1pw5dgrnzv", "too short"},
        {"bitcoin/main",
         "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", "padding"},
        {"bitcoin/main", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "20 or 32"},
        {"bitcoin/test", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", "mixed"},
        {"bitcoin/main", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
         "padding"},
        {"bitcoin/test", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
         "padding"},
        {"bitcoin/main", "bc1gmk9yu", "no witness version"},
        /* Valid text of programs that nobody has defined yet. */
        {"bitcoin/main", "BC1SW50QGDZ25J", "not defined"},
        {"bitcoin/main",
         "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
         "not defined"},
        /* Of another chain or network. */
        {"bitcoin/main", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
         "Bitcoin (testnet), not of Bitcoin"},
        {"litecoin/main", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Bitcoin, not of Litecoin"},
        {"dash/main", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Bitcoin, not of Dash"},
        {"bitcoin/main", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "Bitcoin (testnet), not of Bitcoin"},
        {"litecoin/main", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "Bitcoin, not of Litecoin"},
        {"litecoin/main", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "starts with M or Q"},
        {"litecoin/main", "ltcmweb1qq0zq7zr3dwd9n0n8qcpmz8gw0nyk5vq0s4l4h3w", "MWEB"},
        {"bitcoin/main", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "Ethereum-like"},
        {"bitcoin/main", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMh", "checksum"},
        {"bitcoin/main", "", "empty"},
        {"bitcoin/main", " 1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "checksum"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct coin_address address;
        struct err err;
        if (coin_address_parse(chain_of(rows[i].chain), rows[i].text, &address, &err))
            fail_msg("%s was taken", rows[i].text);
        if (!strstr(err.what, rows[i].reason))
            fail_msg("%s: %s", rows[i].text, err.what);
        assert_int_equal(err.code, ERR_INVALID);
    }
}

static void coin_address_parse__every_kind_and_chain__script_and_back(void **state)
{
    static const struct {
        const char *chain, *text, *canonical;
        enum coin_script_kind kind;
        const char *script;
    } rows[] = {
        {"bitcoin/main", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", NULL, COIN_P2PKH,
         "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"},
        {"bitcoin/test", "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r", NULL, COIN_P2PKH,
         "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"},
        {"bitcoin/main", "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN", NULL, COIN_P2SH,
         "a914bcfeb728b584253d5f3f70bcb780e9ef218a68f487"},
        {"bitcoin/main", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
         "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", COIN_P2WPKH,
         "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
        {"bitcoin/test", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", NULL,
         COIN_P2WSH, "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"},
        {"bitcoin/main", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", NULL,
         COIN_P2TR, "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
        {"litecoin/main", "LVuDpNCSSj6pQ7t9Pv6d6sUkLKoqDEVUnJ", NULL, COIN_P2PKH,
         "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"},
        {"dash/main", "XmN7PQYWKn5MJFna5fRYgP6mxT2F7xpekE", NULL, COIN_P2PKH,
         "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct coin_params *params = chain_of(rows[i].chain);
        struct coin_address address, again;
        struct err err;
        char script[2 * COIN_OUTPUT_SCRIPT_MAX + 1];
        if (!coin_address_parse(params, rows[i].text, &address, &err))
            fail_msg("%s: %s", rows[i].text, err.what);
        assert_int_equal(address.kind, rows[i].kind);
        assert_string_equal(hex_write(address.script.bytes, address.script.length, script),
                            rows[i].script);
        assert_string_equal(address.text, rows[i].canonical ? rows[i].canonical : rows[i].text);
        assert_true(coin_address_of_script(params, coin_script_span(&address.script), &again));
        assert_string_equal(again.text, address.text);
    }
}

/* Each chain and network: the address of each kind is read by itself. */
static void coin_address_of_script__all_chains__read_again(void **state)
{
    size_t count;
    const struct coin_params *all = coin_params_all(&count);
    uint8_t program[32];
    (void)state;
    memset(program, 0x5a, sizeof(program));
    for (size_t i = 0; i < count; i++) {
        for (enum coin_script_kind kind = COIN_P2PKH; kind <= COIN_P2TR; kind++) {
            struct coin_script script = coin_script_make(kind, program);
            struct coin_address address, again;
            struct err err;
            bool is_witness = kind >= COIN_P2WPKH;
            bool has_address = coin_address_of_script(&all[i], coin_script_span(&script), &address);
            assert_int_equal(has_address, !is_witness || all[i].prefix);
            if (!has_address)
                continue;
            assert_true(coin_address_parse(&all[i], address.text, &again, &err));
            assert_memory_equal(&address, &again, sizeof(address));
        }
        assert_ptr_equal(coin_params_find(all[i].client, all[i].network), &all[i]);
        assert_ptr_equal(coin_params_find_genesis(all[i].client, all[i].genesis), &all[i]);
    }
    assert_null(coin_params_find("dogecoin", "main"));
    assert_null(coin_params_find_genesis("dash", all[0].genesis));
}

static void coin_script_classify__scripts_without_address__told_apart(void **state)
{
#define KEY "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define KEY_LONG                                                                                   \
    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e" \
    "1108a8fd17b448a68554199c47d08ffb10d4b8"
    static const struct {
        const char *script, *kind;
    } rows[] = {
        {"21" KEY "ac", "p2pk"},
        {"41" KEY_LONG "ac", "p2pk"},
        {"5121" KEY "21" KEY "52ae", "bare_multisig"},
        {"5121" KEY "41" KEY_LONG "52ae", "bare_multisig"},
        {"5321" KEY "21" KEY "52ae", "nonstandard"},
        {"5121" KEY "21" KEY "53ae", "nonstandard"},
        {"6a", "op_return"},
        {"6a0b68656c6c6f20776f726c64", "op_return"},
        {"03a08601b17576a914751e76e8199196d454941c45d1b3a323f1433bd688ac", "timelocked"},
        {"5ab27521" KEY "ac", "timelocked"},
        {"5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
         "witness_unknown"},
        {"6002751e", "witness_unknown"},
        {"0010751e76e8199196d454941c45d1b3a323", "witness_unknown"},
        {"", "nonstandard"},
        {"51", "nonstandard"},
        {"4effffffff", "nonstandard"},
        {"76a914751e76e8199196d454941c45d1b3a323f1433bd688", "nonstandard"},
        {"76a914751e76e8199196d454941c45d1b3a323f1433bd688ac51", "nonstandard"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str bytes = STR_INIT(1024);
        struct coin_address address;
        assert_true(hex_read(rows[i].script, strlen(rows[i].script), &bytes));
        struct span script = span_of_str(&bytes);
        assert_string_equal(coin_script_kind_text(coin_script_classify(script, NULL)),
                            rows[i].kind);
        assert_false(coin_address_of_script(chain_of("bitcoin/main"), script, &address));
    }
}

static void coin_multisig__written__parsed_again_and_sorted(void **state)
{
    struct coin_multisig multisig, again;
    AUTO(str_release) struct str script = STR_INIT(COIN_MULTISIG_SCRIPT_MAX);
    (void)state;
    memset(&multisig, 0, sizeof(multisig));
    multisig.threshold = 2;
    multisig.count = 3;
    for (unsigned i = 0; i < 3; i++) {
        memset(multisig.keys[i], (int)(9 - i), COIN_PUBLIC_KEY_SIZE);
        multisig.keys[i][0] = 2;
    }
    coin_multisig_sort(&multisig);
    assert_int_equal(multisig.keys[0][1], 7);
    coin_multisig_write(&multisig, &script);
    assert_true(str_ok(&script));
    assert_true(coin_multisig_parse(span_of_str(&script), &again));
    assert_int_equal(again.threshold, 2);
    assert_int_equal(again.count, 3);
    assert_memory_equal(again.keys, multisig.keys, 3 * sizeof(multisig.keys[0]));
    script.data[script.length - 2] = 0x54;
    assert_false(coin_multisig_parse(span_of_str(&script), &again));
}

static void base58check_read__broken_text__refused(void **state)
{
    static const char *const texts[] = {"",
                                        "1",
                                        "0",
                                        "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMHl",
                                        "OIl",
                                        "11111",
                                        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
                                        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
                                        "zzzzzzzzzzzzzzzzzzzzz",
                                        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
                                        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
                                        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};
    uint8_t payload[BASE58_PAYLOAD_MAX];
    char text[BASE58_TEXT_SIZE];
    size_t length;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_false(base58check_read(texts[i], payload, &length));
    /* Zeros and the longest payload come back. */
    for (size_t size = 0; size <= BASE58_PAYLOAD_MAX; size++) {
        uint8_t bytes[BASE58_PAYLOAD_MAX] = {0};
        memset(bytes + size / 2, 0xff, size - size / 2);
        base58check_write(bytes, size, text);
        assert_true(base58check_read(text, payload, &length));
        assert_int_equal(length, size);
        assert_memory_equal(bytes, payload, size);
    }
}

static void evm_address_parse__vectors_of_eip_55__taken_and_written_the_same(void **state)
{
    static const char *const texts[] = {
        "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct evm_address address, lower;
        char text[EVM_ADDRESS_TEXT_SIZE], folded[EVM_ADDRESS_TEXT_SIZE];
        struct err err;
        assert_true(evm_address_parse(texts[i], &address, &err));
        assert_string_equal(evm_address_text(address, text), texts[i]);
        for (size_t j = 0; j < sizeof(folded); j++)
            folded[j] =
                (char)(texts[i][j] >= 'A' && texts[i][j] <= 'Z' ? texts[i][j] + 32 : texts[i][j]);
        assert_true(evm_address_parse(folded, &lower, &err));
        assert_true(evm_address_equal(lower, address));
        /* One letter of a mixed text in the other case. */
        if (strcmp(folded, texts[i]) == 0 || i < 4)
            continue;
        size_t at = 2 + strcspn(text + 2, "abcdef");
        text[at] = (char)(text[at] - 32);
        assert_false(evm_address_parse(text, &lower, &err));
        assert_non_null(strstr(err.what, "checksum"));
    }
}

static void evm_address_parse__what_is_none__refused(void **state)
{
    static const char *const texts[] = {"",
                                        "0x",
                                        "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                                        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
                                        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0",
                                        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg",
                                        "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"};
    struct evm_address address;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_false(evm_address_parse(texts[i], &address, &err));
    assert_true(evm_address_parse("0x0000000000000000000000000000000000000000", &address, &err));
    assert_true(evm_address_is_zero(address));
}

static void evm_address_of_key__generator__known_address(void **state)
{
    uint8_t key[33];
    struct evm_address address;
    char text[EVM_ADDRESS_TEXT_SIZE];
    (void)state;
    assert_true(hex_read_exact(KEY, key, sizeof(key)));
    assert_true(evm_address_of_key(key, &address));
    assert_string_equal(evm_address_text(address, text),
                        "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
    memset(key + 1, 0xff, 32);
    assert_false(evm_address_of_key(key, &address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bech32_read__valid_of_bip_173_and_350__taken),
        cmocka_unit_test(bech32_read__invalid_of_bip_173_and_350__refused),
        cmocka_unit_test(segwit_read__valid_of_bip_350__written_back_in_lower_case),
        cmocka_unit_test(coin_address_parse__invalid_of_bip_350__refused_with_a_reason),
        cmocka_unit_test(coin_address_parse__every_kind_and_chain__script_and_back),
        cmocka_unit_test(coin_address_of_script__all_chains__read_again),
        cmocka_unit_test(coin_script_classify__scripts_without_address__told_apart),
        cmocka_unit_test(coin_multisig__written__parsed_again_and_sorted),
        cmocka_unit_test(base58check_read__broken_text__refused),
        cmocka_unit_test(evm_address_parse__vectors_of_eip_55__taken_and_written_the_same),
        cmocka_unit_test(evm_address_parse__what_is_none__refused),
        cmocka_unit_test(evm_address_of_key__generator__known_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

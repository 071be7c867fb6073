/* Private keys against BIP-32, BIP-84, BIP-143 and Ethereum's examples; PSBTs from making to network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "chain/base58.h"
#include "chain/coin_address.h"
#include "hdkey/hdkey.h"

struct world {
    struct hdkey_context *context;
    struct arena *arena;
    struct err err;
};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    if (!w)
        return -1;
    w->context = hdkey_context_new();
    w->arena = arena_new(4 << 20);
    *state = w;
    return w->context && w->arena ? 0 : -1;
}

static int world_free(void **state)
{
    struct world *w = *state;
    hdkey_context_free(w->context);
    arena_free(w->arena);
    free(w);
    return 0;
}

static struct hdkey key_at(struct world *w, const char *seed_hex, const char *path_text)
{
    uint8_t seed[HDKEY_SEED_MAX];
    struct hdkey master, key;
    struct key_path path;
    assert_true(hex_read_exact(seed_hex, seed, strlen(seed_hex) / 2));
    assert_true(hdkey_master(seed, strlen(seed_hex) / 2, &master));
    assert_true(key_path_parse(path_text, &path));
    assert_true(hdkey_derive(w->context, &master, &path, &key));
    return key;
}

static struct hdkey key_of_secret(const char *hex)
{
    struct hdkey key = {{0}, {0}, {0}, 0, 0};
    assert_true(hex_read_exact(hex, key.secret, sizeof(key.secret)));
    return key;
}

#define SEED_1 "000102030405060708090a0b0c0d0e0f"
#define SEED_2                                                                                     \
    "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b78" \
    "75726f6c696663605d5a5754514e4b484542"
#define SEED_ABANDON                                                                               \
    "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8a" \
    "a6c43daea6690f20ad3d8d48b2d2ce9e38e4"

static void hdkey_derive__vectors_of_bip_32__known_keys(void **state)
{
    static const struct {
        const char *seed, *path, *xpub, *xprv;
    } rows[] = {
        {SEED_1, "m",
         "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD26"
         "5TMg7usUDFdp6W1EGMcet8",
         "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU"
         "3TGtRBeJgk33yuGBxrMPHi"},
        {SEED_1, "m/0'",
         "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9"
         "xv5ski8PX9rL2dZXvgGDnw",
         "xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvUxt4cV1rGL5hj6KCesnDYUhd7oWgT11eZG"
         "7XnxHrnYeSvkzY7d2bhkJ7"},
        {SEED_1, "m/0'/1/2'/2/1000000000",
         "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasT"
         "vXEYBVPamhGW6cFJodrTHy",
         "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoU"
         "ihUZREPSL39UNdE3BBDu76"},
        {SEED_2, "m/0/2147483647'/1/2147483646'/2",
         "xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFbdpq8p9HmGsApME5hQTZ3emM2rnY5a"
         "gb9rXpVGyy3bdW6EEgAtqt",
         "xprvA2nrNbFZABcdryreWet9Ea4LvTJcGsqrMzxHx98MMrotbir7yrKCEXw7nadnHM8Dq38EGfSh6dqA9QWTyefML"
         "EcBYJUuekgW4BYPJcr9E7j"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct hdkey key = key_at(w, rows[i].seed, rows[i].path);
        struct xpub xpub;
        char text[XPUB_TEXT_SIZE];
        uint8_t xprv[BASE58_PAYLOAD_MAX];
        size_t length;
        hdkey_public(w->context, &key, &xpub);
        assert_string_equal(xpub_text(&xpub, XPUB_VERSION_MAIN, text), rows[i].xpub);
        assert_true(base58check_read(rows[i].xprv, xprv, &length));
        assert_memory_equal(xprv + 46, key.secret, 32);
        assert_memory_equal(xprv + 13, key.chain_code, 32);
    }
}

/* The same child by the private and by the public way: the gateway's addresses are the signer's. */
static void hdkey_child__not_hardened__public_derivation_agrees(void **state)
{
    struct world *w = *state;
    struct hdkey account = key_at(w, SEED_1, "m/84'/2'/0'");
    struct xpub account_public, by_public;
    char one[XPUB_TEXT_SIZE], two[XPUB_TEXT_SIZE];
    hdkey_public(w->context, &account, &account_public);
    for (uint32_t i = 0; i < 50; i++) {
        struct hdkey key;
        struct xpub by_private;
        assert_true(hdkey_child(w->context, &account, i, &key));
        hdkey_public(w->context, &key, &by_private);
        assert_true(xpub_child(&account_public, i, &by_public));
        assert_string_equal(xpub_text(&by_private, XPUB_VERSION_MAIN, one),
                            xpub_text(&by_public, XPUB_VERSION_MAIN, two));
    }
}

static void hdkey_derive__published_mnemonic__known_addresses(void **state)
{
    struct world *w = *state;
    struct hdkey key = key_at(w, SEED_ABANDON, "m/84'/0'/0'/0/0");
    struct xpub xpub;
    struct coin_address address;
    struct evm_address evm;
    char text[EVM_ADDRESS_TEXT_SIZE];
    hdkey_public(w->context, &key, &xpub);
    coin_address_of_key(coin_params_find("bitcoin", "main"), xpub.key, &address);
    assert_string_equal(address.text, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    key = key_at(w, SEED_ABANDON, "m/44'/60'/0'/0/0");
    hdkey_public(w->context, &key, &xpub);
    assert_true(evm_address_of_key(xpub.key, &evm));
    assert_string_equal(evm_address_text(evm, text), "0x9858EfFD232B4033E47d90003D41EC34EcaEda94");
}

static void hdkey_master__seed_of_wrong_length__refused_and_wiped(void **state)
{
    uint8_t seed[65] = {1};
    struct hdkey key, zeros = {{0}, {0}, {0}, 0, 0};
    (void)state;
    memset(&key, 0xaa, sizeof(key));
    assert_false(hdkey_master(seed, HDKEY_SEED_MIN - 1, &key));
    assert_memory_equal(key.secret, zeros.secret, sizeof(key.secret));
    assert_false(hdkey_master(seed, HDKEY_SEED_MAX + 1, &key));
    assert_true(hdkey_master(seed, HDKEY_SEED_MIN, &key));
    hdkey_wipe(&key);
    assert_memory_equal(key.secret, zeros.secret, sizeof(key.secret));
}

static void hdkey_sign_coin__example_of_bip_143__known_signature(void **state)
{
    struct world *w = *state;
    struct hdkey key =
        key_of_secret("619c335025c7f4012e556c2a58b2506e30b8511b53ade95ea316fd8c3286feb9");
    struct hdkey_signature signature;
    uint8_t digest[32];
    char text[2 * HDKEY_SIGNATURE_MAX + 1];
    assert_true(hex_read_exact("c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670",
                               digest, sizeof(digest)));
    assert_true(hdkey_sign_coin(w->context, &key, digest, &signature));
    assert_string_equal(hex_write(signature.der, signature.length, text),
                        "304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a02"
                        "20573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee");
}

static void hdkey_sign_coin__many__never_longer_than_70(void **state)
{
    struct world *w = *state;
    struct hdkey key = key_at(w, SEED_1, "m/1");
    for (uint8_t i = 0; i < 100; i++) {
        struct hdkey_signature signature, again;
        uint8_t digest[32] = {i};
        assert_true(hdkey_sign_coin(w->context, &key, digest, &signature));
        assert_true(signature.length <= 70);
        assert_true(hdkey_sign_coin(w->context, &key, digest, &again));
        assert_memory_equal(signature.der, again.der, signature.length);
    }
}

static void hdkey_sign_evm__examples_of_others__same_raw_transactions(void **state)
{
    static const struct {
        const char *secret, *raw;
    } rows[] = {
        {"4646464646464646464646464646464646464646464646464646464646464646",
         "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a"
         "0"
         "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb7033"
         "0"
         "4b3800ccf555c9f3dc64214b297fb1966a3b6d83"},
        {"8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63",
         "02f870821e8e8203338301284d8301d97c828ae094000000000000000000000000000000000000aaaa840293"
         "3bc980c080a0d067f2167008c59219652f91cbf8788dbca5f771f6e91e2b7657e85b78b472e0a01d305af9fe8"
         "1fdba43f0dfcd400ed24dcace0a7e30d4e85701dcaaf484cd079e"},
        {"8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63",
         "02f871821e8e8203d983010349830213a183010bbd94000000000000000000000000000000000000aaaa8401"
         "f0657180c001a0e6d23c5ecc0f388a4d41a9523c3ad171e98083a61288c340b968dfe0903a6741a07319e8d54"
         "a4fd8f0c081d3ce093d869f9df598481991c8534bfd8f2c163884b4"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str raw = STR_INIT(4096), again = STR_INIT(4096);
        struct hdkey key = key_of_secret(rows[i].secret);
        struct evm_signature theirs, ours;
        struct evm_tx tx;
        uint8_t digest[32];
        assert_true(hex_read(rows[i].raw, strlen(rows[i].raw), &raw));
        assert_true(evm_tx_parse(span_of_str(&raw), &tx, &theirs, &w->err));
        evm_tx_digest(&tx, digest);
        assert_true(hdkey_sign_evm(w->context, &key, digest, &ours));
        evm_tx_write(&tx, &ours, &again);
        assert_true(span_equal(span_of_str(&raw), span_of_str(&again)));
    }
}

/* ---- PSBT ---- */

enum { KEYS = 3 };

struct payment {
    struct hdkey keys[KEYS];
    struct xpub publics[KEYS];
    struct coin_multisig multisig;
    struct coin_input inputs[2];
    struct coin_output outputs[1];
    struct coin_script destination;
    struct coin_tx tx;
};

static void payment_make(struct world *w, struct payment *p)
{
    memset(p, 0, sizeof(*p));
    for (size_t i = 0; i < KEYS; i++) {
        static const char *const paths[KEYS] = {"m/84'/1'/1'/0/0", "m/84'/1'/1'/0/1", "m/5"};
        p->keys[i] = key_at(w, SEED_1, paths[i]);
        hdkey_public(w->context, &p->keys[i], &p->publics[i]);
        memcpy(p->multisig.keys[i], p->publics[i].key, COIN_PUBLIC_KEY_SIZE);
    }
    p->multisig.threshold = 2;
    p->multisig.count = KEYS;
    coin_multisig_sort(&p->multisig);
    p->destination = coin_script_of_key(COIN_P2WPKH, p->publics[2].key);
    p->outputs[0] =
        (struct coin_output){.value = 90000, .script = coin_script_span(&p->destination)};
    memset(p->inputs[0].txid, 1, TXID_SIZE);
    memset(p->inputs[1].txid, 2, TXID_SIZE);
    p->inputs[0].sequence = p->inputs[1].sequence = COIN_SEQUENCE_REPLACEABLE;
    p->tx = (struct coin_tx){.version = 2,
                             .inputs = p->inputs,
                             .inputs_count = 2,
                             .outputs = p->outputs,
                             .outputs_count = 1};
}

static void hdkey_sign_psbt__two_inputs_of_one_key_each__complete(void **state)
{
    struct world *w = *state;
    struct payment p;
    struct psbt psbt, received;
    AUTO(str_release) struct str text = STR_INIT(1 << 16), raw = STR_INIT(1 << 16);
    payment_make(w, &p);
    assert_true(psbt_create(&p.tx, w->arena, &psbt, &w->err));
    for (size_t i = 0; i < 2; i++) {
        struct coin_script script = coin_script_of_key(COIN_P2WPKH, p.publics[i].key);
        struct psbt_derivation derivation = {.fingerprint = {1, 2, 3, 4}}, read;
        memcpy(derivation.key, p.publics[i].key, sizeof(derivation.key));
        assert_true(key_path_parse("m/84'/1'/1'/0/7", &derivation.path));
        assert_true(psbt_utxo_set(&psbt, i, 50000, coin_script_span(&script), &w->err));
        assert_true(psbt_derivation_add(&psbt, i, &derivation, &w->err));
        assert_true(psbt_derivation_at(&psbt, i, 0, &read));
        assert_true(key_path_equal(&read.path, &derivation.path));
        assert_false(psbt_derivation_at(&psbt, i, 1, &read));
    }
    uint64_t fee;
    assert_true(psbt_fee(&psbt, &fee, &w->err));
    assert_int_equal(fee, 10000);
    psbt_write_text(&psbt, &text);
    assert_true(psbt_parse_text(text.data, text.length, w->arena, &received, &w->err));

    bool is_complete;
    assert_false(hdkey_sign_psbt(w->context, &p.keys[1], &received, 0, &w->err));
    assert_non_null(strstr(w->err.what, "not of this key"));
    assert_true(hdkey_sign_psbt(w->context, &p.keys[0], &received, 0, &w->err));
    assert_true(
        hdkey_sign_psbt(w->context, &p.keys[0], &received, 0, &w->err)); /* the same again */
    assert_true(psbt_finalize(&received, &is_complete, &w->err));
    assert_false(is_complete);
    struct coin_tx signed_tx;
    assert_false(psbt_extract(&received, &signed_tx, &w->err));
    assert_true(hdkey_sign_psbt(w->context, &p.keys[1], &received, 1, &w->err));
    assert_true(psbt_finalize(&received, &is_complete, &w->err));
    assert_true(is_complete);
    assert_true(psbt_extract(&received, &signed_tx, &w->err));
    coin_tx_write(&signed_tx, true, &raw);
    struct coin_tx again;
    assert_true(coin_tx_parse(span_of_str(&raw), w->arena, &again, &w->err));
    uint8_t before[TXID_SIZE], after[TXID_SIZE];
    coin_tx_id(&p.tx, before);
    coin_tx_id(&again, after);
    assert_memory_equal(before, after, TXID_SIZE); /* known before it was signed */
    /* 10 + 2 * 41 + 31 bytes, 2 + 2 * (1 + 1 + 71 + 1 + 33) of witness at most. */
    assert_true(coin_tx_vsize(&again) <= (4 * (10 + 2 * 41 + 31) + 2 + 2 * 107 + 3) / 4);
}

static void multisig_psbt(struct world *w, struct payment *p, struct psbt *psbt)
{
    AUTO(str_release) struct str script = STR_INIT(COIN_MULTISIG_SCRIPT_MAX);
    p->tx.inputs_count = 1;
    coin_multisig_write(&p->multisig, &script);
    struct coin_script output = coin_script_of_witness(span_of_str(&script));
    assert_true(psbt_create(&p->tx, w->arena, psbt, &w->err));
    assert_true(psbt_utxo_set(psbt, 0, 100000, coin_script_span(&output), &w->err));
    assert_true(psbt_witness_script_set(psbt, 0, span_of_str(&script), &w->err));
}

static void psbt_finalize__two_of_three_from_two_machines__complete(void **state)
{
    struct world *w = *state;
    for (size_t missing = 0; missing < KEYS; missing++) {
        struct payment p;
        struct psbt parts[KEYS];
        struct coin_tx signed_tx;
        bool is_complete;
        payment_make(w, &p);
        for (size_t i = 0; i < KEYS; i++) {
            multisig_psbt(w, &p, &parts[i]);
            if (i != missing)
                assert_true(hdkey_sign_psbt(w->context, &p.keys[i], &parts[i], 0, &w->err));
        }
        size_t first = missing == 0 ? 1 : 0;
        assert_true(psbt_finalize(&parts[first], &is_complete, &w->err));
        assert_false(is_complete);
        for (size_t i = first + 1; i < KEYS; i++)
            assert_true(psbt_combine(&parts[first], &parts[i], &w->err));
        assert_int_equal(psbt_signatures_count(&parts[first], 0), 2);
        assert_true(psbt_finalize(&parts[first], &is_complete, &w->err));
        assert_true(is_complete && psbt_is_final(&parts[first], 0));
        assert_true(psbt_extract(&parts[first], &signed_tx, &w->err));
        uint64_t count;
        struct reader stack = coin_witness_reader(signed_tx.inputs[0].witness, &count);
        assert_int_equal(count, 4);
        assert_int_equal(reader_span(&stack, reader_compact(&stack)).length, 0);
        arena_reset(w->arena);
    }
}

/* Another signer sends a signature of something else, one of a stranger, one of another type. */
static void psbt_finalize__signature_of_a_lying_signer__refused(void **state)
{
    struct world *w = *state;
    struct payment p, other;
    struct psbt good, lying;
    bool is_complete;
    AUTO(str_release) struct str bytes = STR_INIT(1 << 16);
    payment_make(w, &p);
    multisig_psbt(w, &p, &good);
    assert_true(hdkey_sign_psbt(w->context, &p.keys[0], &good, 0, &w->err));
    psbt_write(&good, &bytes);
    for (size_t i = 0; i + 1 < bytes.length; i++) { /* the type byte of the signature */
        if ((uint8_t)bytes.data[i] != 0x22 || bytes.data[i + 1] != 0x02 ||
            (uint8_t)bytes.data[i + 2] / 2 != 1)
            continue;
        size_t length_at = i + 1 + 34, length = (uint8_t)bytes.data[length_at];
        uint8_t *at = (uint8_t *)bytes.data + length_at + length;
        assert_int_equal(*at, COIN_SIGHASH_ALL);
        *at = 2;
        assert_true(psbt_parse(span_of_str(&bytes), w->arena, &lying, &w->err));
        assert_false(psbt_finalize(&lying, &is_complete, &w->err));
        assert_non_null(strstr(w->err.what, "another type"));
        *at = COIN_SIGHASH_ALL;
        at[-1] ^= 1; /* of s */
        assert_true(psbt_parse(span_of_str(&bytes), w->arena, &lying, &w->err));
        assert_false(psbt_finalize(&lying, &is_complete, &w->err));
        assert_non_null(strstr(w->err.what, "is wrong"));
        break;
    }
    /* A right signature of another transaction does not get in. */
    payment_make(w, &other);
    other.outputs[0].value -= 1;
    struct psbt different;
    uint8_t digest[32];
    struct hdkey_signature signature;
    multisig_psbt(w, &other, &different);
    assert_true(psbt_digest(&different, 0, digest, &w->err));
    assert_true(hdkey_sign_coin(w->context, &p.keys[1], digest, &signature));
    assert_false(psbt_signature_add(&good, 0, p.publics[1].key,
                                    span_of(signature.der, signature.length), &w->err));
    assert_false(psbt_combine(&good, &different, &w->err));
}

static void psbt_digest__what_we_do_not_sign__refused(void **state)
{
    struct world *w = *state;
    struct payment p;
    struct psbt psbt;
    uint8_t digest[32];
    payment_make(w, &p);
    /* A witness script that is not the one of the output. */
    AUTO(str_release) struct str script = STR_INIT(COIN_MULTISIG_SCRIPT_MAX);
    multisig_psbt(w, &p, &psbt);
    p.multisig.threshold = 1;
    coin_multisig_write(&p.multisig, &script);
    assert_false(psbt_witness_script_set(&psbt, 0, span_of_str(&script), &w->err));
    assert_true(psbt_create(&p.tx, w->arena, &psbt, &w->err));
    assert_false(psbt_digest(&psbt, 0, digest, &w->err));
    assert_non_null(strstr(w->err.what, "unknown"));
    uint8_t program[32] = {0};
    struct coin_script output = coin_script_make(COIN_P2WSH, program);
    assert_true(psbt_utxo_set(&psbt, 0, 1, coin_script_span(&output), &w->err));
    assert_true(psbt_witness_script_set(&psbt, 0, span_of_str(&script), &w->err));
    assert_false(psbt_digest(&psbt, 0, digest, &w->err));
    assert_non_null(strstr(w->err.what, "another one"));
    /* Taproot; p2pkh on somebody's word. */
    assert_true(psbt_create(&p.tx, w->arena, &psbt, &w->err));
    output = coin_script_make(COIN_P2TR, program);
    assert_true(psbt_utxo_set(&psbt, 0, 1, coin_script_span(&output), &w->err));
    assert_false(psbt_digest(&psbt, 0, digest, &w->err));
    assert_non_null(strstr(w->err.what, "p2tr"));
    assert_true(psbt_create(&p.tx, w->arena, &psbt, &w->err));
    output = coin_script_of_key(COIN_P2PKH, p.publics[0].key);
    assert_true(psbt_utxo_set(&psbt, 0, 1, coin_script_span(&output), &w->err));
    assert_false(psbt_digest(&psbt, 0, digest, &w->err));
    assert_non_null(strstr(w->err.what, "missing"));
}

static void psbt_finalize__p2pkh_with_its_previous_transaction__complete(void **state)
{
    struct world *w = *state;
    struct payment p, previous;
    struct psbt psbt;
    struct coin_tx signed_tx;
    bool is_complete;
    AUTO(str_release) struct str raw = STR_INIT(1 << 16);
    payment_make(w, &previous);
    struct coin_script output = coin_script_of_key(COIN_P2PKH, previous.publics[0].key);
    previous.outputs[0].script = coin_script_span(&output);
    coin_tx_write(&previous.tx, false, &raw);
    payment_make(w, &p);
    p.tx.inputs_count = 1;
    coin_tx_id(&previous.tx, p.inputs[0].txid);
    p.outputs[0].value = 80000;
    assert_true(psbt_create(&p.tx, w->arena, &psbt, &w->err));
    assert_true(psbt_previous_set(&psbt, 0, span_of_str(&raw), &w->err));
    assert_true(hdkey_sign_psbt(w->context, &p.keys[0], &psbt, 0, &w->err));
    assert_true(psbt_finalize(&psbt, &is_complete, &w->err));
    assert_true(is_complete);
    assert_true(psbt_extract(&psbt, &signed_tx, &w->err));
    assert_int_equal(signed_tx.inputs[0].witness.length, 0);
    assert_true(signed_tx.inputs[0].script.length > 100);
    uint64_t fee;
    assert_true(psbt_fee(&psbt, &fee, &w->err));
    assert_int_equal(fee, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
        T(hdkey_derive__vectors_of_bip_32__known_keys),
        T(hdkey_child__not_hardened__public_derivation_agrees),
        T(hdkey_derive__published_mnemonic__known_addresses),
        T(hdkey_master__seed_of_wrong_length__refused_and_wiped),
        T(hdkey_sign_coin__example_of_bip_143__known_signature),
        T(hdkey_sign_coin__many__never_longer_than_70),
        T(hdkey_sign_evm__examples_of_others__same_raw_transactions),
        T(hdkey_sign_psbt__two_inputs_of_one_key_each__complete),
        T(psbt_finalize__two_of_three_from_two_machines__complete),
        T(psbt_finalize__signature_of_a_lying_signer__refused),
        T(psbt_digest__what_we_do_not_sign__refused),
        T(psbt_finalize__p2pkh_with_its_previous_transaction__complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

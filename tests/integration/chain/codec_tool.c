/*
 * What libs/chain and libs/hdkey make of things, for a test that compares it with real nodes:
 *
 *     codec_tool address KIND INDEX               an address of ours on litecoin's regtest
 *     codec_tool script ADDRESS                   its canonical form, its kind, its script
 *     codec_tool coin TO UNITS COIN...            a payment; COIN: KIND:INDEX:TXID:OUTPUT:UNITS:RAW
 *     codec_tool psbt TEXT                        the same again, as we write it
 *     codec_tool account                          an address of ours on an Ethereum-like chain
 *     codec_tool evm KIND CHAIN NONCE TO UNITS FEE    a payment; KIND: fee_market or legacy
 *
 * The seed is fixed. KIND: p2pkh, p2wpkh, or p2wsh, which is 2 of 3 keys.
 */
#include <stdlib.h>
#include <string.h>

#include "chain/coin_address.h"
#include "hdkey/hdkey.h"

enum { KEYS = 3, COINS_MAX = 16, ARENA_BYTES = 16 << 20 };

static const char seed[] = "codec against the nodes of others";

struct tool {
    struct hdkey_context *context;
    struct arena *arena;
    const struct coin_params *params;
    struct err err;
};

static void must(bool ok, const struct tool *tool, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s: %s\n", what, tool->err.what);
    exit(1);
}

static uint64_t number(const char *text)
{
    uint64_t value = 0;
    if (!str_to_u64(text, &value)) {
        fprintf(stderr, "%s: no number\n", text);
        exit(1);
    }
    return value;
}

static struct hdkey key_of(struct tool *tool, const char *account, uint64_t index)
{
    struct hdkey master, key = {.depth = 0};
    struct key_path path;
    bool ok = hdkey_master(seed, sizeof(seed) - 1, &master) && key_path_parse(account, &path) &&
              key_path_add(&path, 0) && key_path_add(&path, (uint32_t)index) &&
              hdkey_derive(tool->context, &master, &path, &key);
    must(ok, tool, "key");
    return key;
}

static struct hdkey coin_key(struct tool *tool, uint64_t index)
{
    return key_of(tool, "m/84'/1'/0'", index);
}

/* ---- Bitcoin-like ---- */

static void multisig_of(struct tool *tool, uint64_t index, struct str *script)
{
    struct coin_multisig multisig = {.threshold = 2, .count = KEYS};
    for (size_t i = 0; i < KEYS; i++) {
        struct hdkey key = coin_key(tool, index + i);
        struct xpub xpub;
        hdkey_public(tool->context, &key, &xpub);
        memcpy(multisig.keys[i], xpub.key, COIN_PUBLIC_KEY_SIZE);
    }
    coin_multisig_sort(&multisig);
    coin_multisig_write(&multisig, script);
}

static struct coin_script script_of(struct tool *tool, const char *kind, uint64_t index)
{
    AUTO(str_release) struct str script = STR_INIT(COIN_MULTISIG_SCRIPT_MAX);
    struct hdkey key = coin_key(tool, index);
    struct xpub xpub;
    hdkey_public(tool->context, &key, &xpub);
    if (strcmp(kind, "p2wsh") != 0)
        return coin_script_of_key(strcmp(kind, "p2pkh") == 0 ? COIN_P2PKH : COIN_P2WPKH, xpub.key);
    multisig_of(tool, index, &script);
    return coin_script_of_witness(span_of_str(&script));
}

static void address(struct tool *tool, char **arguments)
{
    struct coin_script script = script_of(tool, arguments[0], number(arguments[1]));
    struct coin_address made;
    must(coin_address_of_script(tool->params, coin_script_span(&script), &made), tool, "address");
    puts(made.text);
}

static void script(struct tool *tool, char **arguments)
{
    struct coin_address made;
    char hex[2 * COIN_OUTPUT_SCRIPT_MAX + 1];
    must(coin_address_parse(tool->params, arguments[0], &made, &tool->err), tool, "address");
    printf("%s %s %s\n", made.text, coin_script_kind_text(made.kind),
           hex_write(made.script.bytes, made.script.length, hex));
}

/* KIND:INDEX:TXID:OUTPUT:UNITS:RAW */
struct coin {
    char *kind, *txid, *raw;
    uint64_t index, output, units;
};

static struct coin coin_read(char *text)
{
    char *fields[6], *rest = text;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        fields[i] = strsep(&rest, ":") ?: "";
    return (struct coin){.kind = fields[0],
                         .index = number(fields[1]),
                         .txid = fields[2],
                         .output = number(fields[3]),
                         .units = number(fields[4]),
                         .raw = fields[5]};
}

static bool tell(struct tool *tool, struct psbt *psbt, size_t at, const struct coin *coin)
{
    AUTO(str_release) struct str bytes = STR_INIT(1 << 20), multisig = STR_INIT(4096);
    struct coin_script script = script_of(tool, coin->kind, coin->index);
    if (strcmp(coin->kind, "p2pkh") == 0)
        return hex_read(coin->raw, strlen(coin->raw), &bytes) &&
               psbt_previous_set(psbt, at, span_of_str(&bytes), &tool->err);
    if (!psbt_utxo_set(psbt, at, coin->units, coin_script_span(&script), &tool->err))
        return false;
    if (strcmp(coin->kind, "p2wsh") != 0)
        return true;
    multisig_of(tool, coin->index, &multisig);
    return psbt_witness_script_set(psbt, at, span_of_str(&multisig), &tool->err);
}

/* Two of the three keys of p2wsh, the first not among them. */
static bool sign(struct tool *tool, struct psbt *psbt, size_t at, const struct coin *coin)
{
    bool is_shared = strcmp(coin->kind, "p2wsh") == 0;
    for (uint64_t i = is_shared ? 1 : 0; i < (is_shared ? KEYS : 1); i++) {
        struct hdkey key = coin_key(tool, coin->index + i);
        if (!hdkey_sign_psbt(tool->context, &key, psbt, at, &tool->err))
            return false;
    }
    return true;
}

static void show(struct tool *tool, const char *name, const struct psbt *psbt)
{
    AUTO(str_release) struct str text = STR_INIT(1 << 20);
    psbt_write_text(psbt, &text);
    must(str_ok(&text), tool, name);
    printf("%s %s\n", name, str_data(&text));
}

static void coin(struct tool *tool, char **arguments)
{
    AUTO(str_release) struct str raw = STR_INIT(1 << 20), hex = STR_INIT(2 << 20);
    struct coin coins[COINS_MAX];
    struct coin_input inputs[COINS_MAX];
    struct coin_address to;
    struct coin_output output;
    struct coin_tx tx = {.version = 2, .inputs = inputs, .outputs = &output, .outputs_count = 1};
    struct psbt psbt;
    bool is_complete = false;
    char txid[TXID_TEXT_SIZE];
    uint8_t id[TXID_SIZE];

    memset(inputs, 0, sizeof(inputs));
    must(coin_address_parse(tool->params, arguments[0], &to, &tool->err), tool, "to");
    output = (struct coin_output){number(arguments[1]), coin_script_span(&to.script)};
    for (; arguments[2 + tx.inputs_count] && tx.inputs_count < COINS_MAX; tx.inputs_count++) {
        struct coin_input *input = &inputs[tx.inputs_count];
        coins[tx.inputs_count] = coin_read(arguments[2 + tx.inputs_count]);
        must(txid_parse(coins[tx.inputs_count].txid, input->txid), tool, "txid");
        input->index = (uint32_t)coins[tx.inputs_count].output;
        input->sequence = COIN_SEQUENCE_REPLACEABLE;
    }
    must(psbt_create(&tx, tool->arena, &psbt, &tool->err), tool, "create");
    for (size_t i = 0; i < tx.inputs_count; i++)
        must(tell(tool, &psbt, i, &coins[i]), tool, "tell");
    show(tool, "unsigned", &psbt);
    for (size_t i = 0; i < tx.inputs_count; i++)
        must(sign(tool, &psbt, i, &coins[i]), tool, "sign");
    show(tool, "signed", &psbt);
    must(psbt_finalize(&psbt, &is_complete, &tool->err) && is_complete, tool, "finalize");
    show(tool, "final", &psbt);
    must(psbt_extract(&psbt, &tx, &tool->err), tool, "extract");
    coin_tx_write(&tx, true, &raw);
    str_add_hex(&hex, str_data(&raw), raw.length);
    coin_tx_id(&tx, id);
    printf("raw %s\ntxid %s\nvsize %zu\n", str_data(&hex), txid_text(id, txid), coin_tx_vsize(&tx));
}

static void psbt(struct tool *tool, char **arguments)
{
    struct psbt read;
    must(psbt_parse_text(arguments[0], strlen(arguments[0]), tool->arena, &read, &tool->err), tool,
         "psbt");
    show(tool, "again", &read);
}

/* ---- Ethereum-like ---- */

static void account(struct tool *tool, char **arguments)
{
    struct hdkey key = key_of(tool, "m/44'/60'/0'", 0);
    struct evm_address made;
    struct xpub xpub;
    char text[EVM_ADDRESS_TEXT_SIZE];
    (void)arguments;
    hdkey_public(tool->context, &key, &xpub);
    must(evm_address_of_key(xpub.key, &made), tool, "account");
    puts(evm_address_text(made, text));
}

static void evm(struct tool *tool, char **arguments)
{
    AUTO(str_release) struct str raw = STR_INIT(EVM_TX_BYTES_MAX), hex = STR_INIT(1 << 20);
    struct hdkey key = key_of(tool, "m/44'/60'/0'", 0);
    struct evm_tx tx = {.kind =
                            strcmp(arguments[0], "legacy") == 0 ? EVM_TX_LEGACY : EVM_TX_FEE_MARKET,
                        .chain_id = number(arguments[1]),
                        .nonce = number(arguments[2]),
                        .gas = EVM_TX_GAS_PLAIN};
    struct evm_signature signature;
    uint8_t digest[EVM_TX_HASH_SIZE];
    char text[67];
    must(evm_address_parse(arguments[3], &tx.to, &tool->err), tool, "to");
    must(u256_parse(arguments[4], &tx.value) && u256_parse(arguments[5], &tx.max_fee), tool,
         "units");
    tx.max_priority_fee = u256_from_u64(1);
    evm_tx_digest(&tx, digest);
    must(hdkey_sign_evm(tool->context, &key, digest, &signature), tool, "sign");
    evm_tx_write(&tx, &signature, &raw);
    evm_tx_hash(span_of_str(&raw), digest);
    str_add_hex(&hex, str_data(&raw), raw.length);
    printf("raw 0x%s\nhash %s\n", str_data(&hex), evm_hash_text(digest, text));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int arguments; /* at least */
        void (*run)(struct tool *tool, char **arguments);
    } commands[] = {{"address", 2, address}, {"script", 1, script},   {"coin", 3, coin},
                    {"psbt", 1, psbt},       {"account", 0, account}, {"evm", 6, evm}};
    struct tool tool = {.context = hdkey_context_new(),
                        .arena = arena_new(ARENA_BYTES),
                        .params = coin_params_find("litecoin", "regtest")};
    for (size_t i = 0; argc > 1 && i < ARRAY_LEN(commands); i++) {
        if (strcmp(argv[1], commands[i].name) != 0 || argc - 2 < commands[i].arguments)
            continue;
        commands[i].run(&tool, argv + 2);
        arena_free(tool.arena);
        hdkey_context_free(tool.context);
        return 0;
    }
    fprintf(stderr, "usage: see the head of codec_tool.c\n");
    return 2;
}

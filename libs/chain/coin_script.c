#include "chain/coin_script.h"

#include <string.h>

#include "chain/hash.h"
#include "crypto/crypto.h"

enum {
    OP_0 = 0x00,
    OP_PUSHDATA1 = 0x4c,
    OP_PUSHDATA2 = 0x4d,
    OP_PUSHDATA4 = 0x4e,
    OP_1 = 0x51,
    OP_16 = 0x60,
    OP_RETURN = 0x6a,
    OP_DUP = 0x76,
    OP_EQUAL = 0x87,
    OP_EQUALVERIFY = 0x88,
    OP_HASH160 = 0xa9,
    OP_CHECKSIG = 0xac,
    OP_CHECKMULTISIG = 0xae,
    OP_CHECKLOCKTIMEVERIFY = 0xb1,
    OP_CHECKSEQUENCEVERIFY = 0xb2,
    UNCOMPRESSED_KEY_SIZE = 65
};

const char *coin_script_kind_text(enum coin_script_kind kind)
{
    static const char *const texts[] = {
        [COIN_P2PKH] = "p2pkh",
        [COIN_P2SH] = "p2sh",
        [COIN_P2WPKH] = "p2wpkh",
        [COIN_P2WSH] = "p2wsh",
        [COIN_P2TR] = "p2tr",
        [COIN_P2PK] = "p2pk",
        [COIN_BARE_MULTISIG] = "bare_multisig",
        [COIN_DATA] = "op_return",
        [COIN_TIMELOCKED] = "timelocked",
        [COIN_WITNESS_UNKNOWN] = "witness_unknown",
        [COIN_NONSTANDARD] = "nonstandard",
    };
    assert((size_t)kind < ARRAY_LEN(texts));
    return texts[kind];
}

/* ---- operations, one by one ---- */

struct operation {
    uint8_t code;
    struct span data; /* of a push */
};

static bool read_operation(struct reader *reader, struct operation *ret)
{
    ret->code = reader_u8(reader);
    ret->data = SPAN_NONE;
    if (ret->code > OP_0 && ret->code < OP_PUSHDATA1)
        ret->data = reader_span(reader, ret->code);
    else if (ret->code == OP_PUSHDATA1)
        ret->data = reader_span(reader, reader_u8(reader));
    else if (ret->code == OP_PUSHDATA2)
        ret->data = reader_span(reader, reader_u16(reader));
    else if (ret->code == OP_PUSHDATA4)
        ret->data = reader_span(reader, reader_u32(reader));
    return reader_ok(reader);
}

static bool is_key(struct span data)
{
    if (data.length == COIN_PUBLIC_KEY_SIZE)
        return data.bytes[0] == 2 || data.bytes[0] == 3;
    return data.length == UNCOMPRESSED_KEY_SIZE && data.bytes[0] == 4;
}

static unsigned small_number(uint8_t code)
{
    return code >= OP_1 && code <= OP_16 ? code - OP_1 + 1u : 0;
}

/* m <key>... n OP_CHECKMULTISIG. The keys are kept if there is a place for them. */
static bool read_multisig(struct span script, struct coin_multisig *multisig)
{
    struct reader reader = reader_of(script.bytes, script.length);
    struct operation operation;
    unsigned count = 0;

    if (!read_operation(&reader, &operation))
        return false;
    unsigned threshold = small_number(operation.code);
    for (;;) {
        if (!read_operation(&reader, &operation))
            return false;
        if (!is_key(operation.data))
            break;
        if (count == COIN_MULTISIG_KEYS_MAX)
            return false;
        if (multisig && (operation.data.length != COIN_PUBLIC_KEY_SIZE ||
                         operation.code != COIN_PUBLIC_KEY_SIZE))
            return false;
        if (multisig)
            memcpy(multisig->keys[count], operation.data.bytes, COIN_PUBLIC_KEY_SIZE);
        count++;
    }
    if (threshold == 0 || threshold > count || small_number(operation.code) != count)
        return false;
    if (!read_operation(&reader, &operation) || operation.code != OP_CHECKMULTISIG ||
        !reader_at_end(&reader))
        return false;
    if (multisig) {
        multisig->threshold = threshold;
        multisig->count = count;
    }
    return true;
}

static bool has_timelock(struct span script)
{
    struct reader reader = reader_of(script.bytes, script.length);
    struct operation operation;
    while (reader.left > 0 && read_operation(&reader, &operation))
        if (operation.code == OP_CHECKLOCKTIMEVERIFY || operation.code == OP_CHECKSEQUENCEVERIFY)
            return true;
    return false;
}

/* ---- kinds ---- */

static bool is_witness(struct span script)
{
    return script.length >= 4 && script.length <= 42 && script.bytes[1] == script.length - 2 &&
           (script.bytes[0] == OP_0 || small_number(script.bytes[0]) > 0);
}

static enum coin_script_kind classify_witness(struct span script)
{
    unsigned version = small_number(script.bytes[0]);
    if (version == 0 && script.length == 22)
        return COIN_P2WPKH;
    if (version == 0 && script.length == 34)
        return COIN_P2WSH;
    if (version == 1 && script.length == 34)
        return COIN_P2TR;
    return COIN_WITNESS_UNKNOWN;
}

static bool is_p2pkh(struct span script)
{
    const uint8_t *b = script.bytes;
    return script.length == 25 && b[0] == OP_DUP && b[1] == OP_HASH160 && b[2] == HASH160_SIZE &&
           b[23] == OP_EQUALVERIFY && b[24] == OP_CHECKSIG;
}

static bool is_p2sh(struct span script)
{
    const uint8_t *b = script.bytes;
    return script.length == 23 && b[0] == OP_HASH160 && b[1] == HASH160_SIZE && b[22] == OP_EQUAL;
}

static bool is_p2pk(struct span script)
{
    return script.length > 2 && script.bytes[script.length - 1] == OP_CHECKSIG &&
           script.bytes[0] == script.length - 2 &&
           is_key(span_of(script.bytes + 1, script.length - 2));
}

static enum coin_script_kind classify(struct span script, struct span *ret_program)
{
    if (script.length == 0)
        return COIN_NONSTANDARD;
    if (is_p2pkh(script)) {
        *ret_program = span_of(script.bytes + 3, HASH160_SIZE);
        return COIN_P2PKH;
    }
    if (is_p2sh(script)) {
        *ret_program = span_of(script.bytes + 2, HASH160_SIZE);
        return COIN_P2SH;
    }
    if (is_witness(script)) {
        *ret_program = span_of(script.bytes + 2, script.length - 2);
        return classify_witness(script);
    }
    if (is_p2pk(script)) {
        *ret_program = span_of(script.bytes + 1, script.length - 2);
        return COIN_P2PK;
    }
    if (script.bytes[0] == OP_RETURN)
        return COIN_DATA;
    if (read_multisig(script, NULL))
        return COIN_BARE_MULTISIG;
    return has_timelock(script) ? COIN_TIMELOCKED : COIN_NONSTANDARD;
}

enum coin_script_kind coin_script_classify(struct span script, struct span *ret_program)
{
    struct span program = SPAN_NONE;
    enum coin_script_kind kind = classify(script, &program);
    if (ret_program)
        *ret_program = program;
    return kind;
}

/* ---- making ---- */

static void put(struct coin_script *script, const void *bytes, size_t length)
{
    assert(script->length + length <= sizeof(script->bytes));
    memcpy(script->bytes + script->length, bytes, length);
    script->length = (uint8_t)(script->length + length);
}

struct coin_script coin_script_make(enum coin_script_kind kind, const uint8_t *program)
{
    static const struct {
        uint8_t head[3], head_length, program_length, tail[2], tail_length;
    } rows[] = {
        [COIN_P2PKH] = {{OP_DUP, OP_HASH160, 20}, 3, 20, {OP_EQUALVERIFY, OP_CHECKSIG}, 2},
        [COIN_P2SH] = {{OP_HASH160, 20}, 2, 20, {OP_EQUAL}, 1},
        [COIN_P2WPKH] = {{OP_0, 20}, 2, 20, {0}, 0},
        [COIN_P2WSH] = {{OP_0, 32}, 2, 32, {0}, 0},
        [COIN_P2TR] = {{OP_1, 32}, 2, 32, {0}, 0},
    };
    struct coin_script script = {{0}, 0};
    assert(coin_script_has_address(kind));
    put(&script, rows[kind].head, rows[kind].head_length);
    put(&script, program, rows[kind].program_length);
    put(&script, rows[kind].tail, rows[kind].tail_length);
    return script;
}

struct coin_script coin_script_of_witness(struct span witness_script)
{
    uint8_t digest[SHA256_SIZE];
    sha256(witness_script.bytes, witness_script.length, digest);
    return coin_script_make(COIN_P2WSH, digest);
}

struct coin_script coin_script_of_key(enum coin_script_kind kind,
                                      const uint8_t key[static COIN_PUBLIC_KEY_SIZE])
{
    uint8_t digest[HASH160_SIZE];
    assert(kind == COIN_P2PKH || kind == COIN_P2WPKH);
    hash160(key, COIN_PUBLIC_KEY_SIZE, digest);
    return coin_script_make(kind, digest);
}

bool coin_multisig_parse(struct span script, struct coin_multisig *ret_multisig)
{
    struct coin_multisig multisig;
    if (!read_multisig(script, &multisig))
        return false;
    *ret_multisig = multisig;
    return true;
}

void coin_multisig_write(const struct coin_multisig *multisig, struct str *out)
{
    assert(multisig->threshold >= 1);
    assert(multisig->threshold <= multisig->count);
    assert(multisig->count <= COIN_MULTISIG_KEYS_MAX);
    bytes_add_u8(out, (uint8_t)(OP_1 - 1 + multisig->threshold));
    for (unsigned i = 0; i < multisig->count; i++) {
        bytes_add_u8(out, COIN_PUBLIC_KEY_SIZE);
        str_add_bytes(out, multisig->keys[i], COIN_PUBLIC_KEY_SIZE);
    }
    bytes_add_u8(out, (uint8_t)(OP_1 - 1 + multisig->count));
    bytes_add_u8(out, OP_CHECKMULTISIG);
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, COIN_PUBLIC_KEY_SIZE);
}

void coin_multisig_sort(struct coin_multisig *multisig)
{
    qsort(multisig->keys, multisig->count, COIN_PUBLIC_KEY_SIZE, compare_keys);
}

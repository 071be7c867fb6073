#include "chain/coin_tx.h"

#include <string.h>

#include "base/auto.h"
#include "chain/hash.h"

enum {
    INPUT_BYTES_MIN = 32 + 4 + 1 + 4,
    OUTPUT_BYTES_MIN = 8 + 1,
    FLAG_WITNESS = 1,
    /* Litecoin: a part in MimbleWimble's extension blocks follows the witnesses. */
    FLAG_MWEB = 8,
    WITNESS_ITEMS_MAX = 100000
};

/* ---- reading ---- */

static struct span read_witness(struct reader *reader)
{
    const uint8_t *start = reader->next;
    uint64_t count = reader_compact(reader);
    if (count > WITNESS_ITEMS_MAX)
        reader->failed = true;
    for (uint64_t i = 0; i < count && reader_ok(reader); i++)
        reader_span(reader, reader_compact(reader));
    return reader_ok(reader) ? span_of(start, (size_t)(reader->next - start)) : SPAN_NONE;
}

static bool read_inputs(struct reader *reader, struct arena *arena, uint64_t count,
                        struct coin_tx *tx, struct err *err)
{
    if (!reader_ok(reader) || count > reader->left / INPUT_BYTES_MIN)
        return err_set(err, ERR_INVALID, "transaction: more inputs than there are bytes for");
    tx->inputs_count = (size_t)count;
    tx->inputs = arena_alloc(arena, (tx->inputs_count + 1) * sizeof(tx->inputs[0]));
    if (!tx->inputs)
        return err_set(err, ERR_INTERNAL, "transaction: no memory for %zu inputs",
                       tx->inputs_count);
    for (size_t i = 0; i < tx->inputs_count; i++) {
        struct coin_input *input = &tx->inputs[i];
        struct span txid = reader_span(reader, TXID_SIZE);
        if (txid.length == TXID_SIZE)
            memcpy(input->txid, txid.bytes, TXID_SIZE);
        input->index = reader_u32(reader);
        input->script = reader_span(reader, reader_compact(reader));
        input->sequence = reader_u32(reader);
    }
    return reader_ok(reader) || err_set(err, ERR_INVALID, "transaction: an input is cut off");
}

static bool read_outputs(struct reader *reader, struct arena *arena, struct coin_tx *tx,
                         struct err *err)
{
    uint64_t count = reader_compact(reader), value;
    if (!reader_ok(reader) || count > reader->left / OUTPUT_BYTES_MIN)
        return err_set(err, ERR_INVALID, "transaction: more outputs than there are bytes for");
    tx->outputs_count = (size_t)count;
    tx->outputs = arena_alloc(arena, (tx->outputs_count + 1) * sizeof(tx->outputs[0]));
    if (!tx->outputs)
        return err_set(err, ERR_INTERNAL, "transaction: no memory for %zu outputs",
                       tx->outputs_count);
    for (size_t i = 0; i < tx->outputs_count; i++) {
        tx->outputs[i].value = reader_u64(reader);
        tx->outputs[i].script = reader_span(reader, reader_compact(reader));
    }
    if (!reader_ok(reader))
        return err_set(err, ERR_INVALID, "transaction: an output is cut off");
    return coin_tx_value(tx, &value) ||
           err_set(err, ERR_INVALID, "transaction: pays more than there is");
}

/* Version 3 and a type in the upper half: what follows the lock time has its length in front. */
static struct span read_payload(struct reader *reader, uint32_t version)
{
    const uint8_t *start = reader->next;
    if (reader->failed || reader->left == 0 || (version & 0xffff) < 3 || version >> 16 == 0)
        return SPAN_NONE;
    reader_span(reader, reader_compact(reader));
    return reader_ok(reader) ? span_of(start, (size_t)(reader->next - start)) : SPAN_NONE;
}

static bool parse(struct span bytes, bool may_have_witness, struct arena *arena,
                  struct coin_tx *ret_tx, struct err *err)
{
    struct reader reader = reader_of(bytes.bytes, bytes.length);
    struct coin_tx tx;
    uint8_t flags = 0;

    if (bytes.length > COIN_TX_BYTES_MAX)
        return err_set(err, ERR_INVALID, "transaction: above %d bytes", COIN_TX_BYTES_MAX);
    memset(&tx, 0, sizeof(tx));
    tx.version = reader_u32(&reader);
    /* No inputs, as it would seem, and then flags: the form with witnesses (BIP-144). */
    uint64_t count = reader_compact(&reader);
    if (may_have_witness && count == 0 && reader_ok(&reader) && reader.left > 0 &&
        reader.next[0] != 0) {
        flags = reader_u8(&reader);
        count = reader_compact(&reader);
        if ((flags & ~(FLAG_WITNESS | FLAG_MWEB)) != 0)
            return err_set(err, ERR_INVALID, "transaction: unknown flags %u", flags);
    }
    if (!read_inputs(&reader, arena, count, &tx, err) || !read_outputs(&reader, arena, &tx, err))
        return false;
    for (size_t i = 0; (flags & FLAG_WITNESS) && i < tx.inputs_count; i++)
        tx.inputs[i].witness = read_witness(&reader);
    if ((flags & FLAG_MWEB) && reader_u8(&reader) != 0)
        return err_set(err, ERR_INVALID, "transaction: has a part in an extension block");
    tx.lock_time = reader_u32(&reader);
    if (flags == 0)
        tx.payload = read_payload(&reader, tx.version);
    if (!reader_at_end(&reader))
        return err_set(err, ERR_INVALID, "transaction: cut off, or bytes behind its end");
    if (flags == FLAG_WITNESS && !coin_tx_has_witness(&tx))
        return err_set(err, ERR_INVALID, "transaction: the form with witnesses, and none");
    *ret_tx = tx;
    return true;
}

bool coin_tx_parse(struct span bytes, struct arena *arena, struct coin_tx *ret_tx, struct err *err)
{
    return parse(bytes, true, arena, ret_tx, err);
}

bool coin_tx_parse_stripped(struct span bytes, struct arena *arena, struct coin_tx *ret_tx,
                            struct err *err)
{
    return parse(bytes, false, arena, ret_tx, err);
}

/* ---- writing ---- */

static void write_input(const struct coin_input *input, struct span script, struct str *out)
{
    str_add_bytes(out, input->txid, TXID_SIZE);
    bytes_add_u32(out, input->index);
    bytes_add_compact(out, script.length);
    bytes_add_span(out, script);
    bytes_add_u32(out, input->sequence);
}

static void write_output(const struct coin_output *output, struct str *out)
{
    bytes_add_u64(out, output->value);
    bytes_add_compact(out, output->script.length);
    bytes_add_span(out, output->script);
}

/* An empty stack is not "no witness" on the wire, where it is one byte. */
static bool is_empty_stack(struct span witness)
{
    return witness.length == 0 || (witness.length == 1 && witness.bytes[0] == 0);
}

bool coin_tx_has_witness(const struct coin_tx *tx)
{
    for (size_t i = 0; i < tx->inputs_count; i++)
        if (!is_empty_stack(tx->inputs[i].witness))
            return true;
    return false;
}

void coin_tx_write(const struct coin_tx *tx, bool with_witness, struct str *out)
{
    bool has_witness = with_witness && coin_tx_has_witness(tx);
    bytes_add_u32(out, tx->version);
    if (has_witness) {
        bytes_add_u8(out, 0);
        bytes_add_u8(out, FLAG_WITNESS);
    }
    bytes_add_compact(out, tx->inputs_count);
    for (size_t i = 0; i < tx->inputs_count; i++)
        write_input(&tx->inputs[i], tx->inputs[i].script, out);
    bytes_add_compact(out, tx->outputs_count);
    for (size_t i = 0; i < tx->outputs_count; i++)
        write_output(&tx->outputs[i], out);
    for (size_t i = 0; has_witness && i < tx->inputs_count; i++) {
        if (tx->inputs[i].witness.length == 0)
            bytes_add_u8(out, 0);
        else
            bytes_add_span(out, tx->inputs[i].witness);
    }
    bytes_add_u32(out, tx->lock_time);
    bytes_add_span(out, tx->payload);
}

/* ---- asking ---- */

/* hash256 of what was written; a transaction within its limits is always written. */
static void digest_of(struct str *bytes, uint8_t ret_digest[static 32])
{
    assert(str_ok(bytes));
    hash256(str_data(bytes), bytes->length, ret_digest);
}

void coin_tx_id(const struct coin_tx *tx, uint8_t ret_txid[static TXID_SIZE])
{
    AUTO(str_release) struct str bytes = STR_INIT(COIN_TX_BYTES_MAX);
    coin_tx_write(tx, false, &bytes);
    digest_of(&bytes, ret_txid);
}

static size_t compact_size(uint64_t number)
{
    return number < 0xfd ? 1 : number <= 0xffff ? 3 : number <= 0xffffffff ? 5 : 9;
}

size_t coin_tx_size(const struct coin_tx *tx, bool with_witness)
{
    bool has_witness = with_witness && coin_tx_has_witness(tx);
    size_t size = 4 + 4 + compact_size(tx->inputs_count) + compact_size(tx->outputs_count) +
                  tx->payload.length;
    for (size_t i = 0; i < tx->inputs_count; i++) {
        struct span script = tx->inputs[i].script, witness = tx->inputs[i].witness;
        size += TXID_SIZE + 4 + 4 + compact_size(script.length) + script.length;
        if (has_witness)
            size += witness.length == 0 ? 1 : witness.length;
    }
    for (size_t i = 0; i < tx->outputs_count; i++) {
        size_t length = tx->outputs[i].script.length;
        size += 8 + compact_size(length) + length;
    }
    return has_witness ? size + 2 : size;
}

size_t coin_tx_weight(const struct coin_tx *tx)
{
    return (COIN_WITNESS_SCALE - 1) * coin_tx_size(tx, false) + coin_tx_size(tx, true);
}

size_t coin_tx_vsize(const struct coin_tx *tx)
{
    return (coin_tx_weight(tx) + COIN_WITNESS_SCALE - 1) / COIN_WITNESS_SCALE;
}

bool coin_tx_is_coinbase(const struct coin_tx *tx)
{
    static const uint8_t nothing[TXID_SIZE];
    return tx->inputs_count == 1 && tx->inputs[0].index == UINT32_MAX &&
           memcmp(tx->inputs[0].txid, nothing, TXID_SIZE) == 0;
}

bool coin_tx_value(const struct coin_tx *tx, uint64_t *ret_value)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < tx->outputs_count; i++) {
        if (tx->outputs[i].value > COIN_VALUE_MAX || sum > COIN_VALUE_MAX - tx->outputs[i].value)
            return false;
        sum += tx->outputs[i].value;
    }
    *ret_value = sum;
    return true;
}

/* ---- what is signed ---- */

void coin_sighash_legacy(const struct coin_tx *tx, size_t at, struct span script,
                         uint8_t ret_digest[static 32])
{
    AUTO(str_release) struct str bytes = STR_INIT(COIN_TX_BYTES_MAX);
    assert(at < tx->inputs_count);
    bytes_add_u32(&bytes, tx->version);
    bytes_add_compact(&bytes, tx->inputs_count);
    for (size_t i = 0; i < tx->inputs_count; i++)
        write_input(&tx->inputs[i], i == at ? script : SPAN_NONE, &bytes);
    bytes_add_compact(&bytes, tx->outputs_count);
    for (size_t i = 0; i < tx->outputs_count; i++)
        write_output(&tx->outputs[i], &bytes);
    bytes_add_u32(&bytes, tx->lock_time);
    bytes_add_u32(&bytes, COIN_SIGHASH_ALL);
    digest_of(&bytes, ret_digest);
}

enum { SIGHASH_NONE = 2, SIGHASH_SINGLE = 3, SIGHASH_BASE = 0x1f, SIGHASH_ANYONE_CAN_PAY = 0x80 };

static void hash_prevouts(const struct coin_tx *tx, uint8_t digest[static 32])
{
    AUTO(str_release) struct str bytes = STR_INIT(COIN_TX_BYTES_MAX);
    for (size_t i = 0; i < tx->inputs_count; i++) {
        str_add_bytes(&bytes, tx->inputs[i].txid, TXID_SIZE);
        bytes_add_u32(&bytes, tx->inputs[i].index);
    }
    digest_of(&bytes, digest);
}

static void hash_sequences(const struct coin_tx *tx, uint8_t digest[static 32])
{
    AUTO(str_release) struct str bytes = STR_INIT(COIN_TX_BYTES_MAX);
    for (size_t i = 0; i < tx->inputs_count; i++)
        bytes_add_u32(&bytes, tx->inputs[i].sequence);
    digest_of(&bytes, digest);
}

static void hash_outputs(const struct coin_tx *tx, size_t from, size_t to,
                         uint8_t digest[static 32])
{
    AUTO(str_release) struct str bytes = STR_INIT(COIN_TX_BYTES_MAX);
    for (size_t i = from; i < to; i++)
        write_output(&tx->outputs[i], &bytes);
    digest_of(&bytes, digest);
}

void coin_sighash_witness(const struct coin_tx *tx, size_t at, struct span script_code,
                          uint64_t value, uint32_t type, uint8_t ret_digest[static 32])
{
    AUTO(str_release) struct str bytes = STR_INIT(COIN_TX_BYTES_MAX);
    uint8_t prevouts[32] = {0}, sequences[32] = {0}, outputs[32] = {0};
    uint32_t base = type & SIGHASH_BASE;
    bool is_open = type & SIGHASH_ANYONE_CAN_PAY;

    assert(at < tx->inputs_count);
    if (!is_open)
        hash_prevouts(tx, prevouts);
    if (!is_open && base != SIGHASH_SINGLE && base != SIGHASH_NONE)
        hash_sequences(tx, sequences);
    if (base != SIGHASH_SINGLE && base != SIGHASH_NONE)
        hash_outputs(tx, 0, tx->outputs_count, outputs);
    else if (base == SIGHASH_SINGLE && at < tx->outputs_count)
        hash_outputs(tx, at, at + 1, outputs);

    const struct coin_input *input = &tx->inputs[at];
    bytes_add_u32(&bytes, tx->version);
    str_add_bytes(&bytes, prevouts, sizeof(prevouts));
    str_add_bytes(&bytes, sequences, sizeof(sequences));
    str_add_bytes(&bytes, input->txid, TXID_SIZE);
    bytes_add_u32(&bytes, input->index);
    bytes_add_compact(&bytes, script_code.length);
    bytes_add_span(&bytes, script_code);
    bytes_add_u64(&bytes, value);
    bytes_add_u32(&bytes, input->sequence);
    str_add_bytes(&bytes, outputs, sizeof(outputs));
    bytes_add_u32(&bytes, tx->lock_time);
    bytes_add_u32(&bytes, type);
    digest_of(&bytes, ret_digest);
}

struct coin_script coin_script_code(const uint8_t key_hash[static 20])
{
    return coin_script_make(COIN_P2PKH, key_hash);
}

/* ---- stacks and pushes ---- */

void coin_witness_write(const struct span *items, size_t count, struct str *out)
{
    bytes_add_compact(out, count);
    for (size_t i = 0; i < count; i++) {
        bytes_add_compact(out, items[i].length);
        bytes_add_span(out, items[i]);
    }
}

struct reader coin_witness_reader(struct span witness, uint64_t *ret_count)
{
    struct reader reader = reader_of(witness.bytes, witness.length);
    *ret_count = witness.length == 0 ? 0 : reader_compact(&reader);
    return reader;
}

void coin_push_write(struct span data, struct str *out)
{
    enum { OP_PUSHDATA1 = 0x4c, OP_PUSHDATA2 = 0x4d, PUSH_MAX = 520 };
    assert(data.length <= PUSH_MAX);
    if (data.length >= OP_PUSHDATA1 && data.length <= UINT8_MAX) {
        bytes_add_u8(out, OP_PUSHDATA1);
    } else if (data.length > UINT8_MAX) {
        bytes_add_u8(out, OP_PUSHDATA2);
        bytes_add_u16(out, (uint16_t)data.length);
        bytes_add_span(out, data);
        return;
    }
    bytes_add_u8(out, (uint8_t)data.length);
    bytes_add_span(out, data);
}

#include "chain/psbt.h"

#include <string.h>

#include "base/auto.h"
#include "chain/psbt_map.h"
#include "crypto/crypto.h"

static const uint8_t magic[] = {'p', 's', 'b', 't', 0xff};

static bool allocate_maps(struct psbt *psbt, struct err *err)
{
    psbt->inputs = arena_alloc(psbt->arena, (psbt->tx.inputs_count + 1) * sizeof(*psbt->inputs));
    psbt->outputs = arena_alloc(psbt->arena, (psbt->tx.outputs_count + 1) * sizeof(*psbt->outputs));
    return (psbt->inputs && psbt->outputs) ||
           err_set(err, ERR_INTERNAL, "psbt: no memory for maps");
}

static bool tx_is_unsigned(const struct coin_tx *tx)
{
    for (size_t i = 0; i < tx->inputs_count; i++)
        if (tx->inputs[i].script.length != 0 || tx->inputs[i].witness.length != 0)
            return false;
    return true;
}

bool psbt_create(const struct coin_tx *tx, struct arena *arena, struct psbt *ret_psbt,
                 struct err *err)
{
    struct psbt psbt = {.arena = arena, .tx = *tx};
    AUTO(str_release) struct str bytes = STR_INIT(PSBT_BYTES_MAX);
    if (!tx_is_unsigned(tx))
        return err_set(err, ERR_INVALID, "psbt: the transaction is signed already");
    coin_tx_write(tx, false, &bytes);
    if (!str_ok(&bytes))
        return err_set(err, ERR_INVALID, "psbt: above %d bytes", PSBT_BYTES_MAX);
    if (!allocate_maps(&psbt, err) ||
        !psbt_map_put(&psbt, &psbt.global, PSBT_GLOBAL_TX, SPAN_NONE, span_of_str(&bytes), err))
        return false;
    *ret_psbt = psbt;
    return true;
}

/* ---- reading ---- */

/* Up to the empty key that ends a map. */
static bool read_map(struct reader *reader, enum psbt_map_kind kind, struct psbt *psbt,
                     struct psbt_map *map, struct err *err)
{
    for (;;) {
        struct psbt_pair pair = {.key = reader_span(reader, reader_compact(reader))};
        if (!reader_ok(reader))
            return err_set(err, ERR_INVALID, "psbt: is cut off");
        if (pair.key.length == 0)
            return true;
        pair.value = reader_span(reader, reader_compact(reader));
        if (!reader_ok(reader))
            return err_set(err, ERR_INVALID, "psbt: a value is cut off");
        size_t before = map->count;
        if (!psbt_pair_check(kind, &pair, err) || !psbt_map_insert(psbt->arena, map, pair, err))
            return false;
        if (map->count == before)
            return err_set(err, ERR_INVALID, "psbt: a key is there twice");
    }
}

static bool read_tx(struct psbt *psbt, struct err *err)
{
    const struct psbt_pair *pair = psbt_map_find(&psbt->global, PSBT_GLOBAL_TX, SPAN_NONE);
    if (!pair)
        return err_set(err, ERR_INVALID, "psbt: there is no unsigned transaction");
    if (!coin_tx_parse_stripped(pair->value, psbt->arena, &psbt->tx, err))
        return err_wrap(err, "psbt");
    if (!tx_is_unsigned(&psbt->tx))
        return err_set(err, ERR_INVALID, "psbt: its transaction is signed");
    return true;
}

/* The previous transaction of an input, if it is there, must be the one that the input names. */
static bool check_previous(const struct psbt *psbt, size_t at, struct err *err)
{
    struct coin_output output;
    if (psbt_map_value(&psbt->inputs[at], PSBT_IN_PREVIOUS).length == 0)
        return true;
    return psbt_spent(psbt, at, &output, NULL, err);
}

bool psbt_parse(struct span bytes, struct arena *arena, struct psbt *ret_psbt, struct err *err)
{
    struct reader reader = reader_of(bytes.bytes, bytes.length);
    struct psbt psbt = {.arena = arena};
    if (bytes.length > PSBT_BYTES_MAX)
        return err_set(err, ERR_INVALID, "psbt: above %d bytes", PSBT_BYTES_MAX);
    if (!span_equal(reader_span(&reader, sizeof(magic)), span_of(magic, sizeof(magic))))
        return err_set(err, ERR_INVALID, "psbt: does not start like one");
    if (!read_map(&reader, PSBT_GLOBAL, &psbt, &psbt.global, err) || !read_tx(&psbt, err) ||
        !allocate_maps(&psbt, err))
        return false;
    for (size_t i = 0; i < psbt.tx.inputs_count; i++)
        if (!read_map(&reader, PSBT_INPUT, &psbt, &psbt.inputs[i], err) ||
            !check_previous(&psbt, i, err))
            return false;
    for (size_t i = 0; i < psbt.tx.outputs_count; i++)
        if (!read_map(&reader, PSBT_OUTPUT, &psbt, &psbt.outputs[i], err))
            return false;
    if (!reader_at_end(&reader))
        return err_set(err, ERR_INVALID, "psbt: bytes behind its end");
    *ret_psbt = psbt;
    return true;
}

bool psbt_parse_text(const char *text, size_t length, struct arena *arena, struct psbt *ret_psbt,
                     struct err *err)
{
    AUTO(str_release) struct str bytes = STR_INIT(PSBT_BYTES_MAX);
    if (!base64_read_any(text, length, &bytes))
        return err_set(err, ERR_INVALID, "psbt: is no base64");
    void *copy = arena_alloc(arena, bytes.length + 1);
    if (!copy)
        return err_set(err, ERR_INTERNAL, "psbt: no memory for %zu bytes", bytes.length);
    memcpy(copy, str_data(&bytes), bytes.length);
    return psbt_parse(span_of(copy, bytes.length), arena, ret_psbt, err);
}

/* ---- writing ---- */

static void write_map(const struct psbt_map *map, struct str *out)
{
    for (size_t i = 0; i < map->count; i++) {
        bytes_add_compact(out, map->pairs[i].key.length);
        bytes_add_span(out, map->pairs[i].key);
        bytes_add_compact(out, map->pairs[i].value.length);
        bytes_add_span(out, map->pairs[i].value);
    }
    bytes_add_u8(out, 0);
}

void psbt_write(const struct psbt *psbt, struct str *out)
{
    str_add_bytes(out, magic, sizeof(magic));
    write_map(&psbt->global, out);
    for (size_t i = 0; i < psbt->tx.inputs_count; i++)
        write_map(&psbt->inputs[i], out);
    for (size_t i = 0; i < psbt->tx.outputs_count; i++)
        write_map(&psbt->outputs[i], out);
}

void psbt_write_text(const struct psbt *psbt, struct str *out)
{
    AUTO(str_release) struct str bytes = STR_INIT(PSBT_BYTES_MAX);
    psbt_write(psbt, &bytes);
    if (!str_ok(&bytes))
        out->failed = true;
    else
        base64_write(out, str_data(&bytes), bytes.length);
}

/* ---- combining ---- */

static bool combine_map(struct psbt *into, struct psbt_map *map, const struct psbt_map *other,
                        struct err *err)
{
    for (size_t i = 0; i < other->count; i++)
        if (!psbt_map_insert(into->arena, map, other->pairs[i], err))
            return false;
    return true;
}

bool psbt_combine(struct psbt *into, const struct psbt *other, struct err *err)
{
    struct span ours = psbt_map_value(&into->global, PSBT_GLOBAL_TX);
    if (!span_equal(ours, psbt_map_value(&other->global, PSBT_GLOBAL_TX)))
        return err_set(err, ERR_INVALID, "psbt: they are of two transactions");
    if (!combine_map(into, &into->global, &other->global, err))
        return false;
    for (size_t i = 0; i < into->tx.inputs_count; i++)
        if (!combine_map(into, &into->inputs[i], &other->inputs[i], err))
            return false;
    for (size_t i = 0; i < into->tx.outputs_count; i++)
        if (!combine_map(into, &into->outputs[i], &other->outputs[i], err))
            return false;
    return true;
}

/* ---- telling ---- */

bool psbt_utxo_set(struct psbt *psbt, size_t at, uint64_t value, struct span script,
                   struct err *err)
{
    AUTO(str_release) struct str bytes = STR_INIT(COIN_SCRIPT_MAX + 16);
    assert(at < psbt->tx.inputs_count);
    bytes_add_u64(&bytes, value);
    bytes_add_compact(&bytes, script.length);
    bytes_add_span(&bytes, script);
    if (!str_ok(&bytes) || value > COIN_VALUE_MAX)
        return err_set(err, ERR_INVALID, "psbt: an output that can't be");
    return psbt_map_put(psbt, &psbt->inputs[at], PSBT_IN_UTXO, SPAN_NONE, span_of_str(&bytes), err);
}

bool psbt_previous_set(struct psbt *psbt, size_t at, struct span raw, struct err *err)
{
    assert(at < psbt->tx.inputs_count);
    return psbt_map_put(psbt, &psbt->inputs[at], PSBT_IN_PREVIOUS, SPAN_NONE, raw, err) &&
           check_previous(psbt, at, err);
}

bool psbt_witness_script_set(struct psbt *psbt, size_t at, struct span script, struct err *err)
{
    assert(at < psbt->tx.inputs_count);
    return psbt_map_put(psbt, &psbt->inputs[at], PSBT_IN_WITNESS_SCRIPT, SPAN_NONE, script, err);
}

static bool add_derivation(struct psbt *psbt, struct psbt_map *map, uint8_t type,
                           const struct psbt_derivation *derivation, struct err *err)
{
    AUTO(str_release) struct str value = STR_INIT(4 + 4 * KEY_PATH_STEPS_MAX);
    str_add_bytes(&value, derivation->fingerprint, sizeof(derivation->fingerprint));
    for (size_t i = 0; i < derivation->path.count; i++)
        bytes_add_u32(&value, derivation->path.steps[i]);
    assert(str_ok(&value));
    return psbt_map_put(psbt, map, type, span_of(derivation->key, sizeof(derivation->key)),
                        span_of_str(&value), err);
}

bool psbt_derivation_add(struct psbt *psbt, size_t at, const struct psbt_derivation *derivation,
                         struct err *err)
{
    assert(at < psbt->tx.inputs_count);
    return add_derivation(psbt, &psbt->inputs[at], PSBT_IN_DERIVATION, derivation, err);
}

bool psbt_output_derivation_add(struct psbt *psbt, size_t at,
                                const struct psbt_derivation *derivation, struct err *err)
{
    assert(at < psbt->tx.outputs_count);
    return add_derivation(psbt, &psbt->outputs[at], PSBT_OUT_DERIVATION, derivation, err);
}

/* ---- asking ---- */

static bool derivation_at(const struct psbt_map *map, uint8_t type, size_t n,
                          struct psbt_derivation *ret_derivation)
{
    const struct psbt_pair *pair;
    for (size_t i = 0; (pair = psbt_map_at(map, type, i)); i++) {
        struct reader reader = reader_of(pair->value.bytes, pair->value.length);
        struct psbt_derivation derivation = {.path = {{0}, 0}};
        /* Deeper paths than we walk, and uncompressed keys, are of other people's wallets. */
        if (pair->key.length != 1 + COIN_PUBLIC_KEY_SIZE ||
            pair->value.length > PSBT_FINGERPRINT_SIZE + 4 * KEY_PATH_STEPS_MAX || n-- != 0)
            continue;
        memcpy(derivation.key, pair->key.bytes + 1, COIN_PUBLIC_KEY_SIZE);
        memcpy(derivation.fingerprint, reader_span(&reader, PSBT_FINGERPRINT_SIZE).bytes,
               PSBT_FINGERPRINT_SIZE);
        while (reader.left > 0)
            derivation.path.steps[derivation.path.count++] = reader_u32(&reader);
        *ret_derivation = derivation;
        return true;
    }
    return false;
}

bool psbt_derivation_at(const struct psbt *psbt, size_t at, size_t n,
                        struct psbt_derivation *ret_derivation)
{
    assert(at < psbt->tx.inputs_count);
    return derivation_at(&psbt->inputs[at], PSBT_IN_DERIVATION, n, ret_derivation);
}

bool psbt_output_derivation_at(const struct psbt *psbt, size_t at, size_t n,
                               struct psbt_derivation *ret_derivation)
{
    assert(at < psbt->tx.outputs_count);
    return derivation_at(&psbt->outputs[at], PSBT_OUT_DERIVATION, n, ret_derivation);
}

struct span psbt_witness_script(const struct psbt *psbt, size_t at)
{
    assert(at < psbt->tx.inputs_count);
    return psbt_map_value(&psbt->inputs[at], PSBT_IN_WITNESS_SCRIPT);
}

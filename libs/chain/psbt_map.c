#include "chain/psbt_map.h"

#include <secp256k1.h>
#include <string.h>

enum { UNCOMPRESSED_SIZE = 65, XPUB_BYTES = 78, SIGNATURE_MIN = 9 };

static int compare(struct span a, struct span b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter > 0 ? memcmp(a.bytes, b.bytes, shorter) : 0;
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* Where the key is, or where it belongs. */
static size_t place_of(const struct psbt_map *map, struct span key, bool *ret_is_there)
{
    size_t at = 0;
    int order = 1;
    while (at < map->count && (order = compare(map->pairs[at].key, key)) < 0)
        at++;
    *ret_is_there = at < map->count && order == 0;
    return at;
}

static bool has_type(const struct psbt_pair *pair, uint8_t type)
{
    return pair->key.bytes[0] == type;
}

const struct psbt_pair *psbt_map_at(const struct psbt_map *map, uint8_t type, size_t n)
{
    for (size_t i = 0; i < map->count; i++)
        if (has_type(&map->pairs[i], type) && n-- == 0)
            return &map->pairs[i];
    return NULL;
}

const struct psbt_pair *psbt_map_find(const struct psbt_map *map, uint8_t type, struct span data)
{
    for (size_t i = 0; i < map->count; i++) {
        struct span key = map->pairs[i].key;
        if (has_type(&map->pairs[i], type) &&
            span_equal(span_of(key.bytes + 1, key.length - 1), data))
            return &map->pairs[i];
    }
    return NULL;
}

struct span psbt_map_value(const struct psbt_map *map, uint8_t type)
{
    const struct psbt_pair *pair = psbt_map_find(map, type, SPAN_NONE);
    return pair ? pair->value : SPAN_NONE;
}

static bool grow(struct arena *arena, struct psbt_map *map, struct err *err)
{
    if (map->count == PSBT_PAIRS_MAX)
        return err_set(err, ERR_INVALID, "psbt: more than %d pairs in a map", PSBT_PAIRS_MAX);
    size_t room = map->room == 0 ? 8 : 2 * map->room;
    struct psbt_pair *pairs = arena_alloc(arena, room * sizeof(*pairs));
    if (!pairs)
        return err_set(err, ERR_INTERNAL, "psbt: no memory for a map");
    if (map->count > 0)
        memcpy(pairs, map->pairs, map->count * sizeof(*pairs));
    map->pairs = pairs;
    map->room = room;
    return true;
}

bool psbt_map_insert(struct arena *arena, struct psbt_map *map, struct psbt_pair pair,
                     struct err *err)
{
    bool is_there;
    size_t at = place_of(map, pair.key, &is_there);
    if (is_there && span_equal(map->pairs[at].value, pair.value))
        return true;
    if (is_there)
        return err_set(err, ERR_INVALID, "psbt: two values for a key of type %u",
                       pair.key.bytes[0]);
    if (map->count == map->room && !grow(arena, map, err))
        return false;
    memmove(map->pairs + at + 1, map->pairs + at, (map->count - at) * sizeof(pair));
    map->pairs[at] = pair;
    map->count++;
    return true;
}

bool psbt_map_put(struct psbt *psbt, struct psbt_map *map, uint8_t type, struct span data,
                  struct span value, struct err *err)
{
    size_t length = 1 + data.length;
    uint8_t *copy = arena_alloc(psbt->arena, length + value.length);
    if (!copy)
        return err_set(err, ERR_INTERNAL, "psbt: no memory for a pair");
    copy[0] = type;
    if (data.length > 0)
        memcpy(copy + 1, data.bytes, data.length);
    if (value.length > 0)
        memcpy(copy + length, value.bytes, value.length);
    struct psbt_pair pair = {span_of(copy, length), span_of(copy + length, value.length)};
    return psbt_map_insert(psbt->arena, map, pair, err);
}

/* ---- forms ---- */

static bool is_point(struct span key)
{
    secp256k1_pubkey point;
    return (key.length == COIN_PUBLIC_KEY_SIZE || key.length == UNCOMPRESSED_SIZE) &&
           secp256k1_ec_pubkey_parse(secp256k1_context_static, &point, key.bytes, key.length);
}

static bool is_output(struct span value)
{
    struct reader reader = reader_of(value.bytes, value.length);
    uint64_t amount = reader_u64(&reader);
    reader_span(&reader, reader_compact(&reader));
    return reader_at_end(&reader) && amount <= COIN_VALUE_MAX;
}

static bool is_stack(struct span value)
{
    struct reader reader = reader_of(value.bytes, value.length);
    uint64_t count = reader_compact(&reader);
    for (uint64_t i = 0; i < count && reader_ok(&reader); i++)
        reader_span(&reader, reader_compact(&reader));
    return reader_at_end(&reader);
}

static bool is_path(struct span value)
{
    return value.length >= PSBT_FINGERPRINT_SIZE && value.length % 4 == 0;
}

static bool is_global(uint8_t type, struct span data, struct span value)
{
    if (type == PSBT_GLOBAL_TX)
        return data.length == 0;
    if (type == PSBT_GLOBAL_XPUB)
        return data.length == XPUB_BYTES && is_path(value);
    if (type == PSBT_GLOBAL_VERSION)
        return data.length == 0 && value.length == 4 && value.bytes[0] == 0 &&
               value.bytes[1] == 0 && value.bytes[2] == 0 && value.bytes[3] == 0;
    return true;
}

static bool is_input(uint8_t type, struct span data, struct span value)
{
    if (type == PSBT_IN_SIGNATURE)
        return is_point(data) && value.length >= SIGNATURE_MIN &&
               value.length <= COIN_SIGNATURE_MAX;
    if (type == PSBT_IN_DERIVATION)
        return is_point(data) && is_path(value);
    if (type > PSBT_IN_FINAL_WITNESS)
        return true;
    if (data.length != 0)
        return false;
    if (type == PSBT_IN_UTXO)
        return is_output(value);
    if (type == PSBT_IN_TYPE)
        return value.length == 4;
    if (type == PSBT_IN_FINAL_WITNESS)
        return is_stack(value);
    return value.length <= (type == PSBT_IN_PREVIOUS ? PSBT_BYTES_MAX : COIN_SCRIPT_MAX);
}

static bool is_of_output(uint8_t type, struct span data, struct span value)
{
    if (type == PSBT_OUT_DERIVATION)
        return is_point(data) && is_path(value);
    if (type == PSBT_OUT_REDEEM_SCRIPT || type == PSBT_OUT_WITNESS_SCRIPT)
        return data.length == 0 && value.length <= COIN_SCRIPT_MAX;
    return true;
}

bool psbt_pair_check(enum psbt_map_kind kind, const struct psbt_pair *pair, struct err *err)
{
    static bool (*const checks[])(uint8_t, struct span, struct span) = {
        [PSBT_GLOBAL] = is_global, [PSBT_INPUT] = is_input, [PSBT_OUTPUT] = is_of_output};
    static const char *const names[] = {
        [PSBT_GLOBAL] = "global map", [PSBT_INPUT] = "input", [PSBT_OUTPUT] = "output"};
    struct span data = span_of(pair->key.bytes + 1, pair->key.length - 1);
    if (!checks[kind](pair->key.bytes[0], data, pair->value))
        return err_set(err, ERR_INVALID, "psbt: %s: type %u is malformed", names[kind],
                       pair->key.bytes[0]);
    return true;
}

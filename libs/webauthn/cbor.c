#include "webauthn/cbor.h"

#include <string.h>

#include "base/utf8.h"

enum { INLINE_MAX = 23, ONE_BYTE = 24, EIGHT_BYTES = 27, SIMPLE_FALSE = 20, SIMPLE_NULL = 22 };

/* A value is read by its head: three bits of kind, five of length, then up to eight bytes. */
static bool head_read(struct cbor *rest, struct cbor_item *ret_item)
{
    if (rest->length == 0)
        return false;
    unsigned first = rest->bytes[0], size = first & 31;
    ret_item->kind = (enum cbor_kind)(first >> 5);
    size_t used = 1;
    uint64_t number = size;
    if (size > EIGHT_BYTES)
        return false; /* indefinite lengths and what is reserved */
    if (size > INLINE_MAX) {
        size_t bytes = (size_t)1 << (size - ONE_BYTE);
        if (rest->length < 1 + bytes)
            return false;
        number = 0;
        for (; used <= bytes; used++)
            number = number << 8 | rest->bytes[used];
        /* Below this a shorter form would have done. */
        uint64_t least = bytes == 1 ? INLINE_MAX + 1 : (uint64_t)1 << (bytes * 4);
        if (number < least)
            return false;
    }
    ret_item->number = number;
    rest->bytes += used;
    rest->length -= used;
    return true;
}

static bool value_check(struct cbor *rest, unsigned depth, unsigned *items);

/* Keys are numbers or texts, and none is there twice. */
static bool map_check(struct cbor *rest, uint64_t pairs, unsigned depth, unsigned *items)
{
    struct cbor keys[CBOR_PAIRS_MAX];
    if (pairs > CBOR_PAIRS_MAX)
        return false;
    for (size_t i = 0; i < pairs; i++) {
        struct cbor before = *rest;
        if (rest->length == 0 || (before.bytes[0] >> 5) > CBOR_TEXT ||
            !value_check(rest, depth, items))
            return false;
        keys[i] = (struct cbor){before.bytes, (size_t)(rest->bytes - before.bytes)};
        for (size_t other = 0; other < i; other++) {
            if (keys[other].length == keys[i].length &&
                memcmp(keys[other].bytes, keys[i].bytes, keys[i].length) == 0)
                return false;
        }
        if (!value_check(rest, depth, items))
            return false;
    }
    return true;
}

/* Recursion is bounded by CBOR_DEPTH_MAX. */
static bool value_check(struct cbor *rest, unsigned depth, unsigned *items)
{
    struct cbor_item item;
    if (depth > CBOR_DEPTH_MAX || ++*items > CBOR_ITEMS_MAX || !head_read(rest, &item))
        return false;
    switch (item.kind) {
    case CBOR_UNSIGNED:
    case CBOR_NEGATIVE:
        return true;
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (item.number > rest->length)
            return false;
        if (item.kind == CBOR_TEXT &&
            !utf8_is_valid((const char *)rest->bytes, (size_t)item.number))
            return false;
        rest->bytes += item.number;
        rest->length -= (size_t)item.number;
        return true;
    case CBOR_ARRAY:
        if (item.number > CBOR_ITEMS_MAX)
            return false;
        for (uint64_t i = 0; i < item.number; i++) {
            if (!value_check(rest, depth + 1, items))
                return false;
        }
        return true;
    case CBOR_MAP:
        return map_check(rest, item.number, depth + 1, items);
    case CBOR_SIMPLE:
        return item.number >= SIMPLE_FALSE && item.number <= SIMPLE_NULL;
    default: /* tags */
        return false;
    }
}

bool cbor_check(struct cbor value, size_t *ret_length)
{
    struct cbor rest = value;
    unsigned items = 0;
    if (!value_check(&rest, 0, &items))
        return false;
    *ret_length = value.length - rest.length;
    return true;
}

/* ---- of checked values ---- */

struct cbor_item cbor_item(struct cbor value)
{
    struct cbor_item item;
    struct cbor rest = value;
    bool is_good = head_read(&rest, &item);
    assert(is_good);
    item.whole = value;
    item.content = rest;
    if (item.kind == CBOR_BYTES || item.kind == CBOR_TEXT) {
        assert(item.number <= rest.length);
        item.content.length = (size_t)item.number;
    }
    return item;
}

static struct cbor after(struct cbor value)
{
    size_t length;
    bool is_good = cbor_check(value, &length);
    assert(is_good);
    return (struct cbor){value.bytes + length, value.length - length};
}

static bool find(struct cbor map, bool (*is_key)(const struct cbor_item *item, const void *key),
                 const void *key, struct cbor_item *ret_item)
{
    struct cbor_item item = cbor_item(map);
    struct cbor rest = item.content;
    if (item.kind != CBOR_MAP)
        return false;
    for (uint64_t i = 0; i < item.number; i++) {
        struct cbor_item name = cbor_item(rest);
        rest = after(rest);
        if (is_key(&name, key)) {
            *ret_item = cbor_item(rest);
            return true;
        }
        rest = after(rest);
    }
    return false;
}

static bool is_text_key(const struct cbor_item *item, const void *key)
{
    return cbor_is_text(item, key);
}

static bool is_number_key(const struct cbor_item *item, const void *key)
{
    int64_t number;
    return cbor_to_i64(item, &number) && number == *(const int64_t *)key;
}

bool cbor_find_text(struct cbor map, const char *key, struct cbor_item *ret_item)
{
    return find(map, is_text_key, key, ret_item);
}

bool cbor_find_number(struct cbor map, int64_t key, struct cbor_item *ret_item)
{
    return find(map, is_number_key, &key, ret_item);
}

bool cbor_find_bytes(struct cbor map, int64_t key, struct cbor *ret_bytes)
{
    struct cbor_item item;
    if (!cbor_find_number(map, key, &item) || item.kind != CBOR_BYTES)
        return false;
    *ret_bytes = item.content;
    return true;
}

bool cbor_to_i64(const struct cbor_item *item, int64_t *ret_number)
{
    if ((item->kind != CBOR_UNSIGNED && item->kind != CBOR_NEGATIVE) || item->number > INT64_MAX)
        return false;
    *ret_number = item->kind == CBOR_UNSIGNED ? (int64_t)item->number : -1 - (int64_t)item->number;
    return true;
}

bool cbor_is_text(const struct cbor_item *item, const char *text)
{
    return item->kind == CBOR_TEXT && item->content.length == strlen(text) &&
           memcmp(item->content.bytes, text, item->content.length) == 0;
}

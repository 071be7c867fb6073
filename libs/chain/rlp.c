#include "chain/rlp.h"

#include <string.h>

enum {
    SHORT_MAX = 55, /* a longer content has the length of its length in front */
    BYTES_SHORT = 0x80,
    BYTES_LONG = 0xb7,
    LIST_SHORT = 0xc0,
    LIST_LONG = 0xf7,
    DEPTH_MAX = 64
};

/* The length of a long form, big-endian, without zeros in front and above SHORT_MAX. */
static bool read_length(struct reader *reader, size_t size, uint64_t *ret_length)
{
    struct span bytes = reader_span(reader, size);
    uint64_t length = 0;
    if (!reader_ok(reader) || bytes.bytes[0] == 0)
        return false;
    for (size_t i = 0; i < size; i++)
        length = length << 8 | bytes.bytes[i];
    *ret_length = length;
    return length > SHORT_MAX;
}

bool rlp_read(struct span *rest, struct rlp_item *ret_item)
{
    struct reader reader = reader_of(rest->bytes, rest->length);
    struct rlp_item item = {false, SPAN_NONE};
    uint64_t length = 0;
    uint8_t first = reader_u8(&reader);

    if (!reader_ok(&reader))
        return false;
    if (first < BYTES_SHORT) {
        item.content = span_of(rest->bytes, 1);
    } else {
        item.is_list = first >= LIST_SHORT;
        unsigned base = item.is_list ? LIST_SHORT : BYTES_SHORT;
        unsigned size = first - base;
        if (size <= SHORT_MAX)
            length = size;
        else if (!read_length(&reader, size - SHORT_MAX, &length))
            return false;
        item.content = reader_span(&reader, length);
        if (!reader_ok(&reader))
            return false;
        /* A byte below 0x80 is its own form. */
        if (!item.is_list && length == 1 && item.content.bytes[0] < BYTES_SHORT)
            return false;
    }
    *rest = span_of(reader.next, reader.left);
    *ret_item = item;
    return true;
}

bool rlp_read_u256(struct span *rest, struct u256 *ret_number)
{
    struct span after = *rest;
    struct rlp_item item;
    if (!rlp_read(&after, &item) || item.is_list || item.content.length > U256_SIZE ||
        (item.content.length > 0 && item.content.bytes[0] == 0))
        return false;
    *ret_number = u256_from_bytes(item.content.bytes, item.content.length);
    *rest = after;
    return true;
}

bool rlp_read_u64(struct span *rest, uint64_t *ret_number)
{
    struct span after = *rest;
    struct u256 number;
    if (!rlp_read_u256(&after, &number) || !u256_to_u64(number, ret_number))
        return false;
    *rest = after;
    return true;
}

bool rlp_check(struct span bytes, unsigned depth_max)
{
    struct span levels[DEPTH_MAX + 1]; /* what is left to look at, list by list */
    unsigned depth = 0;
    struct rlp_item item;

    assert(depth_max <= DEPTH_MAX);
    if (!rlp_read(&bytes, &item) || bytes.length != 0)
        return false;
    if (!item.is_list)
        return true;
    if (depth_max == 0)
        return false;
    levels[depth] = item.content;
    for (;;) {
        if (levels[depth].length == 0) {
            if (depth == 0)
                return true;
            depth--;
        } else if (!rlp_read(&levels[depth], &item)) {
            return false;
        } else if (item.is_list) {
            if (depth + 1 >= depth_max)
                return false;
            levels[++depth] = item.content;
        }
    }
}

static void add_head(struct str *out, size_t length, unsigned base)
{
    if (length <= SHORT_MAX) {
        bytes_add_u8(out, (uint8_t)(base + length));
        return;
    }
    unsigned size = 1;
    while (length >> (8 * size) != 0)
        size++;
    bytes_add_u8(out, (uint8_t)(base + SHORT_MAX + size));
    while (size-- > 0)
        bytes_add_u8(out, (uint8_t)(length >> (8 * size)));
}

void rlp_add_bytes(struct str *out, struct span bytes)
{
    if (bytes.length != 1 || bytes.bytes[0] >= BYTES_SHORT)
        add_head(out, bytes.length, BYTES_SHORT);
    bytes_add_span(out, bytes);
}

void rlp_add_u256(struct str *out, struct u256 number)
{
    uint8_t bytes[U256_SIZE];
    size_t zeros = 0;
    u256_to_bytes(number, bytes);
    while (zeros < sizeof(bytes) && bytes[zeros] == 0)
        zeros++;
    rlp_add_bytes(out, span_of(bytes + zeros, sizeof(bytes) - zeros));
}

void rlp_add_u64(struct str *out, uint64_t number)
{
    rlp_add_u256(out, u256_from_u64(number));
}

void rlp_add_list(struct str *out, struct span content)
{
    add_head(out, content.length, LIST_SHORT);
    bytes_add_span(out, content);
}

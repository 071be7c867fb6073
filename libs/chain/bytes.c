#include "chain/bytes.h"

#include <string.h>

bool span_equal(struct span a, struct span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

/* ---- reading ---- */

struct span reader_span(struct reader *reader, uint64_t length)
{
    if (reader->failed || length > reader->left) {
        reader->failed = true;
        return SPAN_NONE;
    }
    struct span span = {reader->next, (size_t)length};
    if (length > 0)
        reader->next += length;
    reader->left -= (size_t)length;
    return span;
}

static uint64_t read_number(struct reader *reader, size_t size)
{
    struct span span = reader_span(reader, size);
    uint64_t number = 0;
    for (size_t i = 0; i < span.length; i++)
        number |= (uint64_t)span.bytes[i] << (8 * i);
    return number;
}

uint8_t reader_u8(struct reader *reader)
{
    return (uint8_t)read_number(reader, 1);
}

uint16_t reader_u16(struct reader *reader)
{
    return (uint16_t)read_number(reader, 2);
}

uint32_t reader_u32(struct reader *reader)
{
    return (uint32_t)read_number(reader, 4);
}

uint64_t reader_u64(struct reader *reader)
{
    return read_number(reader, 8);
}

uint64_t reader_compact(struct reader *reader)
{
    uint8_t first = reader_u8(reader);
    uint64_t number = first, least = 0;
    if (first == 0xfd) {
        number = reader_u16(reader);
        least = 0xfd;
    } else if (first == 0xfe) {
        number = reader_u32(reader);
        least = 0x10000;
    } else if (first == 0xff) {
        number = reader_u64(reader);
        least = 0x100000000;
    }
    /* A longer form than is due would be a second spelling of one transaction. */
    if (number < least)
        reader->failed = true;
    return reader->failed ? 0 : number;
}

/* ---- writing ---- */

static void add_number(struct str *out, uint64_t number, size_t size)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    str_add_bytes(out, bytes, size);
}

void bytes_add_u8(struct str *out, uint8_t number)
{
    add_number(out, number, 1);
}

void bytes_add_u16(struct str *out, uint16_t number)
{
    add_number(out, number, 2);
}

void bytes_add_u32(struct str *out, uint32_t number)
{
    add_number(out, number, 4);
}

void bytes_add_u64(struct str *out, uint64_t number)
{
    add_number(out, number, 8);
}

void bytes_add_compact(struct str *out, uint64_t number)
{
    if (number < 0xfd) {
        add_number(out, number, 1);
    } else if (number <= 0xffff) {
        add_number(out, 0xfd, 1);
        add_number(out, number, 2);
    } else if (number <= 0xffffffff) {
        add_number(out, 0xfe, 1);
        add_number(out, number, 4);
    } else {
        add_number(out, 0xff, 1);
        add_number(out, number, 8);
    }
}

void bytes_add_span(struct str *out, struct span span)
{
    if (span.length > 0)
        str_add_bytes(out, span.bytes, span.length);
}

/* ---- hexadecimal ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool read_pair(const char *text, uint8_t *ret_byte)
{
    int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);
    if (low < 0)
        return false;
    *ret_byte = (uint8_t)(high << 4 | low);
    return true;
}

bool hex_read(const char *text, size_t length, struct str *out)
{
    /* A raw block comes this way: room once, not byte by byte. */
    uint8_t *bytes = length % 2 == 0 ? (uint8_t *)str_reserve(out, length / 2) : NULL;
    if (!bytes)
        return false;
    for (size_t i = 0; i < length / 2; i++)
        if (!read_pair(text + 2 * i, bytes + i))
            return false;
    out->length += length / 2;
    out->data[out->length] = '\0';
    return true;
}

bool hex_read_exact(const char *text, uint8_t *ret_bytes, size_t size)
{
    if (text[0] == '0' && text[1] == 'x')
        text += 2;
    if (strnlen(text, 2 * size + 1) != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!read_pair(text + 2 * i, ret_bytes + i))
            return false;
    return true;
}

const char *hex_write(const void *bytes, size_t length, char *ret_text)
{
    const uint8_t *next = bytes;
    for (size_t i = 0; i < length; i++) {
        ret_text[2 * i] = "0123456789abcdef"[next[i] >> 4];
        ret_text[2 * i + 1] = "0123456789abcdef"[next[i] & 15];
    }
    ret_text[2 * length] = '\0';
    return ret_text;
}

static void reverse(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length / 2; i++) {
        uint8_t byte = bytes[i];
        bytes[i] = bytes[length - 1 - i];
        bytes[length - 1 - i] = byte;
    }
}

bool txid_parse(const char *text, uint8_t ret_txid[static TXID_SIZE])
{
    uint8_t txid[TXID_SIZE];
    if (!hex_read_exact(text, txid, sizeof(txid)) || text[1] == 'x')
        return false;
    reverse(txid, sizeof(txid));
    memcpy(ret_txid, txid, sizeof(txid));
    return true;
}

const char *txid_text(const uint8_t txid[static TXID_SIZE], char buffer[static TXID_TEXT_SIZE])
{
    uint8_t shown[TXID_SIZE];
    memcpy(shown, txid, sizeof(shown));
    reverse(shown, sizeof(shown));
    return hex_write(shown, sizeof(shown), buffer);
}

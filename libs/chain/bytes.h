/*
 * bytes.h: a piece of memory of somebody else, read strictly from its front; hexadecimal.
 *
 * A reader never passes its end: what is not there makes it fail, sticky, and gives zeros; one look
 * at reader_ok() or reader_at_end() after a record is enough. It owns nothing. Pure; any thread.
 *
 *     struct reader reader = reader_of(bytes, length);
 *     uint32_t version = reader_u32(&reader);
 *     struct span script = reader_span(&reader, reader_compact(&reader));
 *     if (!reader_at_end(&reader)) return err_set(err, ERR_INVALID, ...);
 */
#ifndef CHAIN_BYTES_H
#define CHAIN_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct span {
    const uint8_t *bytes;
    size_t length;
};

#define SPAN_NONE ((struct span){NULL, 0})
static inline struct span span_of(const void *bytes, size_t length)
{
    return (struct span){bytes, length};
}
static inline struct span span_of_str(const struct str *text)
{
    return (struct span){(const uint8_t *)str_data(text), text->length};
}
bool span_equal(struct span a, struct span b);

/* ---- reading; numbers are little-endian as in Bitcoin ---- */

struct reader {
    const uint8_t *next;
    size_t left;
    bool failed;
};

static inline struct reader reader_of(const void *bytes, size_t length)
{
    return (struct reader){bytes, length, false};
}
static inline bool reader_ok(const struct reader *reader)
{
    return !reader->failed;
}
static inline bool reader_at_end(const struct reader *reader)
{
    return !reader->failed && reader->left == 0;
}
uint8_t reader_u8(struct reader *reader);
uint16_t reader_u16(struct reader *reader);
uint32_t reader_u32(struct reader *reader);
uint64_t reader_u64(struct reader *reader);
uint64_t reader_compact(struct reader *reader); /* CompactSize; only its shortest form */
struct span reader_span(struct reader *reader, uint64_t length);

/* ---- writing ---- */

void bytes_add_u8(struct str *out, uint8_t number);
void bytes_add_u16(struct str *out, uint16_t number);
void bytes_add_u32(struct str *out, uint32_t number);
void bytes_add_u64(struct str *out, uint64_t number);
void bytes_add_compact(struct str *out, uint64_t number);
void bytes_add_span(struct str *out, struct span span);

/* ---- hexadecimal ---- */

/* Reads `length` digits of either case, an even number, no prefix. Appends to `out`, or leaves it. */
bool hex_read(const char *text, size_t length, struct str *out) MUST_CHECK;
/* Exactly `size` bytes; `text` may start with "0x" and ends after the digits. */
bool hex_read_exact(const char *text, uint8_t *ret_bytes, size_t size) MUST_CHECK;
/* Room for 2 * length + 1 characters in `ret_text`, lower case, no prefix. Returns `ret_text`. */
const char *hex_write(const void *bytes, size_t length, char *ret_text);

/* Transaction and block ids of Bitcoin are shown with their bytes reversed. */
enum { TXID_SIZE = 32, TXID_TEXT_SIZE = 65 };
bool txid_parse(const char *text, uint8_t ret_txid[static TXID_SIZE]) MUST_CHECK;
const char *txid_text(const uint8_t txid[static TXID_SIZE], char buffer[static TXID_TEXT_SIZE]);

#endif

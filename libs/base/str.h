/*
 * str.h: text that grows, up to a ceiling that is named when it is made.
 *
 * Overflow (ceiling or memory) is sticky: later appends do nothing, str_ok() tells once at the end.
 * `data` is always a C string. One thread at a time. The caller owns it: str_release() frees,
 * str_clear() empties and keeps the room.
 *
 *     AUTO(str_release) struct str text = STR_INIT(64 * 1024);
 *     str_add(&text, "{\"id\":");
 *     str_add_u64(&text, order->id);
 *     if (!str_ok(&text)) return err_set(err, ERR_INTERNAL, "reply above 64 KiB");
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

struct str {
    char *data;      /* "" before the first append; NUL-terminated */
    size_t length;   /* bytes in use, without the NUL */
    size_t capacity; /* bytes allocated */
    size_t max;      /* the ceiling of `length` */
    bool failed;     /* an append was dropped */
};

#define STR_INIT(ceiling) ((struct str){.data = NULL, .max = (ceiling)})

void str_release(struct str *text);
void str_clear(struct str *text);
static inline bool str_ok(const struct str *text)
{
    return !text->failed;
}
static inline const char *str_data(const struct str *text)
{
    return text->data ? text->data : "";
}

void str_add(struct str *text, const char *chars);
void str_add_bytes(struct str *text, const void *bytes, size_t length);
void str_add_char(struct str *text, char c);
void str_add_u64(struct str *text, uint64_t number);
void str_add_i64(struct str *text, int64_t number);
void str_add_format(struct str *text, const char *format, ...) PRINTF(2, 3);
void str_add_hex(struct str *text, const void *bytes, size_t length);

/* Room for `length` more bytes to be written by the caller, who then adds to `length`; or NULL. */
char *str_reserve(struct str *text, size_t length);

/* ---- checked reading of numbers from text: the whole text must be the number ---- */

bool str_to_u64(const char *chars, uint64_t *ret_number);
bool str_to_i64(const char *chars, int64_t *ret_number);

#endif

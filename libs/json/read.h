/*
 * read.h: JSON from outside. A strict scan (RFC 8259) comes first and says what is wrong where;
 * then cJSON builds the tree, which the caller owns.
 *
 *     AUTO_FREE(cJSON_Delete) cJSON *root = NULL;          // with DEFINE_AUTO of base/auto.h
 *     if (!json_read(text, length, &root, err)) return false;
 *     const char *market = json_member_text(root, "market");
 *
 * Refused: anything after the document, bad UTF-8, lone surrogates, \u0000, control characters,
 * duplicate keys, leading zeros, NaN, exponents of three digits, and what is above the limits.
 *
 * Numbers: cJSON keeps a double, and nothing here uses it. json_read() keeps the text of every
 * number beside it (in `valuestring` of the number). json_number_text() gives that text back up to
 * 15 significant digits, which every JSON writer gets right, and fails above: the caller answers
 * "send it as a string". It also fails for exponents. Only trees of json_read() have these texts.
 *
 * No state; any thread.
 */
#ifndef JSON_READ_H
#define JSON_READ_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
    JSON_DEPTH_MAX = 32,
    JSON_KEYS_MAX = 1000,     /* of one object */
    JSON_VALUES_MAX = 100000, /* of one document: bounds the memory of the tree */
    JSON_STRING_BYTES_MAX = 65536,
    JSON_NUMBER_CHARS_MAX = 40,
    JSON_NUMBER_TEXT_SIZE = 64
};

/* Whether the bytes are one valid document within the limits; ERR_BODY_INVALID with the offset. */
bool json_check(const char *text, size_t length, struct err *err) MUST_CHECK;

/* json_check(), then the tree. The caller frees it with cJSON_Delete(). */
bool json_read(const char *text, size_t length, cJSON **ret_root, struct err *err) MUST_CHECK;

/* The plain decimal text of a number; false above 15 significant digits, from 10^15 on, and for
 * an exponent. */
bool json_number_text(const cJSON *number, char text[static JSON_NUMBER_TEXT_SIZE]) MUST_CHECK;

/* Member `key`, exact case; NULL if absent (or if `object` is no object). */
const cJSON *json_member(const cJSON *object, const char *key);
/* Its string; NULL if absent or no string. */
const char *json_member_text(const cJSON *object, const char *key);
/* Its whole number, exact in all of int64_t; false for anything else. */
bool json_member_i64(const cJSON *object, const char *key, int64_t *ret_number) MUST_CHECK;

/* Appends a value of a tree of json_read() as it was written: numbers keep their digits, which cJSON's
 * printer would send through a double. A tree that was changed by cJSON's calls prints too. */
void json_write_tree(const cJSON *node, struct str *out);

#endif

/*
 * The strict scan. It goes over the bytes once, keeps no tree, and recurses at most JSON_DEPTH_MAX
 * deep. What it lets through, cJSON reads without surprises.
 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/read.h"

enum { KEYS_ON_STACK = 64, SMALL_OBJECT_KEYS = 24, EXPONENT_DIGITS_MAX = 2 };

/* Keys of the objects that are open right now, innermost last, as hashes of their decoded bytes. */
struct keys {
    uint64_t *hashes;
    size_t count, capacity;
    uint64_t first[KEYS_ON_STACK];
};

struct scan {
    const char *text;
    size_t at, length, values;
    unsigned depth;
    const char *wrong; /* what is wrong at `at`; NULL: nothing */
    struct keys keys;
};

static bool scan_value(struct scan *scan);

static bool fail(struct scan *scan, const char *wrong)
{
    if (!scan->wrong)
        scan->wrong = wrong;
    return false;
}

static char peek(const struct scan *scan)
{
    /* NUL is no token, so the end needs no case of its own. */
    return scan->at < scan->length ? scan->text[scan->at] : '\0';
}

static void skip_blanks(struct scan *scan)
{
    char c;
    while (c = peek(scan), c == ' ' || c == '\t' || c == '\n' || c == '\r')
        scan->at++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- strings ---- */

/* FNV-1a of the decoded text: "a" and "\u0061" are the same key. */
static uint64_t hash_add(uint64_t hash, unsigned byte)
{
    return (hash ^ byte) * UINT64_C(0x100000001b3);
}

static uint64_t hash_code_point(uint64_t hash, unsigned point)
{
    if (point < 0x80)
        return hash_add(hash, point);
    if (point < 0x800)
        return hash_add(hash_add(hash, 0xc0 | point >> 6), 0x80 | (point & 0x3f));
    if (point < 0x10000)
        hash = hash_add(hash, 0xe0 | point >> 12);
    else
        hash = hash_add(hash_add(hash, 0xf0 | point >> 18), 0x80 | (point >> 12 & 0x3f));
    return hash_add(hash_add(hash, 0x80 | (point >> 6 & 0x3f)), 0x80 | (point & 0x3f));
}

/* Reads the four digits of \uXXXX; `at` is behind the 'u'. */
static bool scan_hex4(struct scan *scan, unsigned *ret_unit)
{
    unsigned unit = 0;
    for (int i = 0; i < 4; i++, scan->at++) {
        char c = peek(scan);
        unsigned lower = (unsigned)(unsigned char)c | 0x20;
        if (is_digit(c))
            unit = unit * 16 + (unsigned)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            unit = unit * 16 + lower - 'a' + 10;
        else
            return fail(scan, "bad \\u escape");
    }
    *ret_unit = unit;
    return true;
}

static bool scan_unicode_escape(struct scan *scan, uint64_t *hash)
{
    unsigned unit, low;
    if (!scan_hex4(scan, &unit))
        return false;
    if (unit == 0)
        return fail(scan, "\\u0000");
    if (unit >= 0xdc00 && unit <= 0xdfff)
        return fail(scan, "lone surrogate");
    if (unit >= 0xd800 && unit <= 0xdbff) {
        if (scan->length - scan->at < 2 || memcmp(scan->text + scan->at, "\\u", 2) != 0)
            return fail(scan, "lone surrogate");
        scan->at += 2;
        if (!scan_hex4(scan, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return fail(scan, "lone surrogate");
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    *hash = hash_code_point(*hash, unit);
    return true;
}

static bool scan_escape(struct scan *scan, uint64_t *hash)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    scan->at++;
    char c = peek(scan);
    const char *letter = c ? strchr(letters, c) : NULL;
    if (c != 'u' && !letter)
        return fail(scan, "bad escape");
    scan->at++;
    if (c == 'u')
        return scan_unicode_escape(scan, hash);
    *hash = hash_add(*hash, (unsigned char)bytes[letter - letters]);
    return true;
}

static bool scan_string(struct scan *scan, uint64_t *ret_hash)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    if (peek(scan) != '"')
        return fail(scan, "a string was expected");
    size_t start = ++scan->at;
    while (peek(scan) != '"') {
        if (scan->at >= scan->length)
            return fail(scan, "unterminated string");
        if (scan->at - start >= JSON_STRING_BYTES_MAX)
            return fail(scan, "string too long");
        unsigned char c = (unsigned char)scan->text[scan->at];
        if (c == '\\') {
            if (!scan_escape(scan, &hash))
                return false;
            continue;
        }
        if (c < 0x20)
            return fail(scan, "control character in a string");
        if (c < 0x80) {
            hash = hash_add(hash, c);
            scan->at++;
            continue;
        }
        size_t step = utf8_length(scan->text + scan->at, scan->length - scan->at);
        if (step == 0)
            return fail(scan, "invalid UTF-8");
        for (; step > 0; step--)
            hash = hash_add(hash, (unsigned char)scan->text[scan->at++]);
    }
    scan->at++;
    *ret_hash = hash;
    return true;
}

/* ---- numbers and words ---- */

static size_t skip_digits(struct scan *scan)
{
    size_t start = scan->at;
    while (is_digit(peek(scan)))
        scan->at++;
    return scan->at - start;
}

static bool scan_exponent(struct scan *scan)
{
    scan->at++;
    if (peek(scan) == '+' || peek(scan) == '-')
        scan->at++;
    size_t digits = skip_digits(scan);
    if (digits == 0)
        return fail(scan, "bad number");
    /* Far outside of every amount, and inside of what a double holds: it never becomes 0 or inf. */
    if (digits > EXPONENT_DIGITS_MAX)
        return fail(scan, "exponent out of range");
    return true;
}

static bool scan_number(struct scan *scan)
{
    size_t start = scan->at;
    if (peek(scan) == '-')
        scan->at++;
    if (peek(scan) == '0')
        scan->at++;
    else if (skip_digits(scan) == 0)
        return fail(scan, "a value was expected");
    if (is_digit(peek(scan)))
        return fail(scan, "leading zero");
    if (peek(scan) == '.') {
        scan->at++;
        if (skip_digits(scan) == 0)
            return fail(scan, "bad number");
    }
    if ((peek(scan) == 'e' || peek(scan) == 'E') && !scan_exponent(scan))
        return false;
    if (scan->at - start > JSON_NUMBER_CHARS_MAX)
        return fail(scan, "number too long");
    return true;
}

static bool scan_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);
    if (scan->length - scan->at < length || memcmp(scan->text + scan->at, word, length) != 0)
        return fail(scan, "a value was expected");
    scan->at += length;
    return true;
}

/* ---- objects and arrays ---- */

static bool keys_push(struct scan *scan, uint64_t hash)
{
    struct keys *keys = &scan->keys;
    if (keys->count == keys->capacity) {
        size_t size = keys->capacity * sizeof(*keys->hashes);
        uint64_t *old = keys->hashes == keys->first ? NULL : keys->hashes;
        uint64_t *grown = realloc(old, size * 2);
        if (!grown)
            return fail(scan, "out of memory");
        if (!old)
            memcpy(grown, keys->first, size);
        keys->hashes = grown;
        keys->capacity *= 2;
    }
    keys->hashes[keys->count++] = hash;
    return true;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Most objects have a handful of keys: sorting those needs no machinery. */
static void sort_hashes(uint64_t *hashes, size_t count)
{
    if (count > SMALL_OBJECT_KEYS) {
        qsort(hashes, count, sizeof(*hashes), compare_hashes);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        uint64_t hash = hashes[i];
        size_t at = i;
        for (; at > 0 && hashes[at - 1] > hash; at--)
            hashes[at] = hashes[at - 1];
        hashes[at] = hash;
    }
}

/* Ends an object: forgets its keys. Two equal hashes are taken for a duplicate without looking at
 * the text: equal keys are never missed, and who builds a collision only refuses his own text. */
static bool keys_pop(struct scan *scan, size_t first)
{
    uint64_t *hashes = scan->keys.hashes + first;
    size_t count = scan->keys.count - first;
    scan->keys.count = first;
    sort_hashes(hashes, count);
    for (size_t i = 1; i < count; i++)
        if (hashes[i] == hashes[i - 1])
            return fail(scan, "duplicate key");
    return true;
}

/* After an element: true with `*more` set, or false. `close` ends the collection. */
static bool scan_next(struct scan *scan, char close, bool *more)
{
    skip_blanks(scan);
    char c = peek(scan);
    if (c != ',' && c != close)
        return fail(scan, "a comma or the end was expected");
    scan->at++;
    *more = c == ',';
    return true;
}

static bool scan_member(struct scan *scan, size_t keys_first)
{
    uint64_t hash;
    skip_blanks(scan);
    if (!scan_string(scan, &hash))
        return false;
    if (scan->keys.count - keys_first >= JSON_KEYS_MAX)
        return fail(scan, "too many keys");
    if (!keys_push(scan, hash))
        return false;
    skip_blanks(scan);
    if (peek(scan) != ':')
        return fail(scan, "a colon was expected");
    scan->at++;
    return scan_value(scan);
}

static bool scan_collection(struct scan *scan, bool is_object)
{
    char close = is_object ? '}' : ']';
    size_t keys_first = scan->keys.count;
    bool more = true;

    if (scan->depth >= JSON_DEPTH_MAX)
        return fail(scan, "nested too deep");
    scan->depth++;
    scan->at++;
    skip_blanks(scan);
    if (peek(scan) == close) {
        scan->at++;
        more = false;
    }
    while (more)
        if (!(is_object ? scan_member(scan, keys_first) : scan_value(scan)) ||
            !scan_next(scan, close, &more))
            return false;
    scan->depth--;
    return keys_pop(scan, keys_first);
}

static bool scan_value(struct scan *scan)
{
    uint64_t hash;
    skip_blanks(scan);
    if (++scan->values > JSON_VALUES_MAX)
        return fail(scan, "too many values");
    switch (peek(scan)) {
    case '{':
        return scan_collection(scan, true);
    case '[':
        return scan_collection(scan, false);
    case '"':
        return scan_string(scan, &hash);
    case 't':
        return scan_word(scan, "true");
    case 'f':
        return scan_word(scan, "false");
    case 'n':
        return scan_word(scan, "null");
    default:
        return scan_number(scan);
    }
}

bool json_check(const char *text, size_t length, struct err *err)
{
    struct scan scan = {.text = text, .length = length};
    scan.keys.hashes = scan.keys.first;
    scan.keys.capacity = KEYS_ON_STACK;

    bool valid = scan_value(&scan);
    if (valid) {
        skip_blanks(&scan);
        if (scan.at != length)
            valid = fail(&scan, "something after the document");
    }
    if (scan.keys.hashes != scan.keys.first)
        free(scan.keys.hashes);
    if (!valid)
        return err_set(err, ERR_BODY_INVALID, "JSON at byte %zu: %s", scan.at, scan.wrong);
    return true;
}

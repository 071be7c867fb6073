#include "json/pull.h"

#include <string.h>

void json_pull_init(struct json_pull *pull, const char *text, size_t length)
{
    *pull = (struct json_pull){.start = text, .at = text, .end = text + length};
}

void json_pull_fail(struct json_pull *pull, const char *problem)
{
    if (!pull->problem)
        pull->problem = problem;
}

/* The next byte that is no blank; NUL at the end and after a problem. */
static char peek(struct json_pull *pull)
{
    if (pull->problem)
        return '\0';
    while (pull->at < pull->end &&
           (*pull->at == ' ' || *pull->at == '\n' || *pull->at == '\r' || *pull->at == '\t'))
        pull->at++;
    return pull->at < pull->end ? *pull->at : '\0';
}

static bool fail(struct json_pull *pull, const char *problem)
{
    json_pull_fail(pull, problem);
    return false;
}

static bool expect(struct json_pull *pull, char c, const char *problem)
{
    if (peek(pull) != c || pull->at == pull->end)
        return fail(pull, problem);
    pull->at++;
    return true;
}

bool json_pull_end(struct json_pull *pull, struct err *err)
{
    if (!pull->problem) {
        peek(pull);
        if (pull->depth > 0 || pull->at != pull->end)
            json_pull_fail(pull, pull->depth > 0 ? "the document is not read to its end"
                                                 : "more after the document");
    }
    if (pull->problem)
        return err_set(err, ERR_BODY_INVALID, "JSON at byte %zu: %s",
                       (size_t)(pull->at - pull->start), pull->problem);
    return true;
}

bool json_pull_is_object(struct json_pull *pull)
{
    return peek(pull) == '{';
}

bool json_pull_is_array(struct json_pull *pull)
{
    return peek(pull) == '[';
}

bool json_pull_is_text(struct json_pull *pull)
{
    return peek(pull) == '"';
}

/* ---- what nests ---- */

static bool enter(struct json_pull *pull, char open, const char *problem)
{
    if (!expect(pull, open, problem))
        return false;
    if (pull->depth == JSON_PULL_DEPTH_MAX)
        return fail(pull, "nested too deep");
    pull->depth++;
    pull->is_first = true;
    return true;
}

/* Whether another member follows; steps over the comma, or over the bracket that closes. */
static bool has_more(struct json_pull *pull, char close)
{
    char c = peek(pull);
    if (pull->problem)
        return false;
    if (c == close) {
        assert(pull->depth > 0);
        pull->at++;
        pull->depth--;
        pull->is_first = false;
        return false;
    }
    if (!pull->is_first && !expect(pull, ',', "a comma is missing"))
        return false;
    pull->is_first = false;
    return true;
}

bool json_pull_object(struct json_pull *pull)
{
    return enter(pull, '{', "an object is expected");
}

bool json_pull_key(struct json_pull *pull, struct json_slice *ret_key)
{
    struct json_slice key;
    if (!has_more(pull, '}') || !json_pull_text(pull, &key) ||
        !expect(pull, ':', "a colon is missing"))
        return false;
    *ret_key = key;
    return true;
}

bool json_pull_array(struct json_pull *pull)
{
    return enter(pull, '[', "an array is expected");
}

bool json_pull_item(struct json_pull *pull)
{
    return has_more(pull, ']');
}

/* ---- scalars ---- */

bool json_pull_text(struct json_pull *pull, struct json_slice *ret_text)
{
    if (!expect(pull, '"', "a string is expected"))
        return false;
    const char *start = pull->at;
    for (; pull->at < pull->end; pull->at++) {
        char c = *pull->at;
        if (c == '"') {
            *ret_text = (struct json_slice){start, (size_t)(pull->at - start)};
            pull->at++;
            return true;
        }
        if ((unsigned char)c < 0x20)
            return fail(pull, "a control character in a string");
        if (c == '\\' && ++pull->at == pull->end)
            break;
    }
    return fail(pull, "a string does not end");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool json_pull_number(struct json_pull *pull, struct json_slice *ret_number)
{
    char c = peek(pull);
    if (c != '-' && !is_digit(c))
        return fail(pull, "a number is expected");
    const char *start = pull->at++;
    while (pull->at < pull->end &&
           (is_digit(*pull->at) || (*pull->at && strchr("+-.eE", *pull->at))))
        pull->at++;
    if (!is_digit(pull->at[-1]))
        return fail(pull, "half a number");
    *ret_number = (struct json_slice){start, (size_t)(pull->at - start)};
    return true;
}

static bool take_word(struct json_pull *pull, const char *word)
{
    size_t length = strlen(word);
    if (peek(pull) != word[0] || (size_t)(pull->end - pull->at) < length ||
        memcmp(pull->at, word, length) != 0)
        return false;
    pull->at += length;
    return true;
}

bool json_pull_bool(struct json_pull *pull, bool *ret_value)
{
    bool is_true = take_word(pull, "true");
    if (!is_true && !take_word(pull, "false"))
        return fail(pull, "true or false is expected");
    *ret_value = is_true;
    return true;
}

bool json_pull_null(struct json_pull *pull)
{
    return take_word(pull, "null");
}

/* ---- anything ---- */

static bool skip_scalar(struct json_pull *pull)
{
    struct json_slice ignored;
    bool value;
    char c = peek(pull);
    if (c == '"')
        return json_pull_text(pull, &ignored);
    if (c == 't' || c == 'f')
        return json_pull_bool(pull, &value);
    if (c == 'n')
        return json_pull_null(pull) || fail(pull, "no value");
    return json_pull_number(pull, &ignored);
}

/* Without recursion: `kinds` has a bit for each level below this one, set for an object. */
bool json_pull_skip(struct json_pull *pull, struct json_slice *ret_raw)
{
    uint8_t kinds[JSON_PULL_DEPTH_MAX / 8 + 1] = {0};
    struct json_slice key;
    unsigned outer = pull->depth;

    char c = peek(pull);
    const char *start = pull->at;
    for (;;) {
        if (c == '{' || c == '[') {
            if (!(c == '{' ? json_pull_object(pull) : json_pull_array(pull)))
                return false;
            unsigned bit = pull->depth % 8;
            uint8_t *byte = &kinds[pull->depth / 8];
            *byte = (uint8_t)(c == '{' ? *byte | 1U << bit : *byte & ~(1U << bit));
        } else if (!skip_scalar(pull)) {
            return false;
        }
        /* Up, over all that ends here, to the next member. */
        bool is_member = false;
        while (pull->depth > outer && !is_member) {
            bool is_object = kinds[pull->depth / 8] >> pull->depth % 8 & 1;
            is_member = is_object ? json_pull_key(pull, &key) : json_pull_item(pull);
            if (pull->problem)
                return false;
        }
        if (!is_member)
            break;
        c = peek(pull);
    }
    if (ret_raw)
        *ret_raw = (struct json_slice){start, (size_t)(pull->at - start)};
    return true;
}

/* ---- slices ---- */

bool json_slice_is(struct json_slice slice, const char *chars)
{
    return slice.chars && slice.length == strlen(chars) &&
           memcmp(slice.chars, chars, slice.length) == 0;
}

bool json_slice_is_plain(struct json_slice slice)
{
    return slice.chars && !memchr(slice.chars, '\\', slice.length);
}

bool json_slice_to_u64(struct json_slice slice, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (!slice.chars || slice.length == 0)
        return false;
    for (size_t i = 0; i < slice.length; i++)
        if (!is_digit(slice.chars[i]) || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(slice.chars[i] - '0'), &number))
            return false;
    *ret_number = number;
    return true;
}

#include "json/read.h"

#include <string.h>

#include "base/str.h"
#include "json/field.h"

enum { SIGNIFICANT_DIGITS_MAX = 15 };

/*
 * cJSON leaves `valuestring` of a number NULL, frees it if it is not, and never looks at it. There
 * we keep the text of the number as the client wrote it, so that no digit goes through a double.
 */

struct cursor {
    const char *at, *end;
};

static bool is_number_char(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* Moves to the next number of a valid document, over keys, strings, words and punctuation. */
static void find_number(struct cursor *cursor)
{
    for (; cursor->at < cursor->end; cursor->at++) {
        char c = *cursor->at;
        if (c == '-' || (c >= '0' && c <= '9'))
            return;
        if (c != '"')
            continue;
        for (cursor->at++; *cursor->at != '"'; cursor->at++)
            if (*cursor->at == '\\')
                cursor->at++;
    }
}

static bool keep_number(cJSON *number, struct cursor *cursor)
{
    find_number(cursor);
    const char *start = cursor->at;
    while (cursor->at < cursor->end && is_number_char(*cursor->at))
        cursor->at++;
    size_t length = (size_t)(cursor->at - start);
    assert(length > 0 && length <= JSON_NUMBER_CHARS_MAX);
    number->valuestring = cJSON_malloc(length + 1);
    if (!number->valuestring)
        return false;
    memcpy(number->valuestring, start, length);
    number->valuestring[length] = '\0';
    return true;
}

/* Goes through the tree in the order of the text. json_check() has bounded the depth. */
static bool keep_numbers(cJSON *item, struct cursor *cursor)
{
    if (cJSON_IsNumber(item))
        return keep_number(item, cursor);
    for (cJSON *child = item->child; child; child = child->next)
        if (!keep_numbers(child, cursor))
            return false;
    return true;
}

bool json_read(const char *text, size_t length, cJSON **ret_root, struct err *err)
{
    if (!json_check(text, length, err))
        return false;
    cJSON *root = cJSON_ParseWithLength(text, length);
    struct cursor cursor = {text, text + length};
    if (!root)
        return err_set(err, ERR_INTERNAL, "no memory for a JSON tree");
    if (!keep_numbers(root, &cursor)) {
        cJSON_Delete(root);
        return err_set(err, ERR_INTERNAL, "no memory for a JSON tree");
    }
    *ret_root = root;
    return true;
}

/* Digits of the integer part, and from the first to the last that is not zero. */
static void count_digits(const char *text, size_t *ret_integer, size_t *ret_significant)
{
    size_t integer = 0, significant = 0, zeros = 0;
    bool fraction = false;
    for (const char *at = text; *at; at++) {
        if (*at == '.')
            fraction = true;
        if (*at < '0' || *at > '9')
            continue;
        integer += !fraction;
        if (*at != '0') {
            significant += zeros + 1;
            zeros = 0;
        } else if (significant > 0) {
            zeros++;
        }
    }
    *ret_integer = integer;
    *ret_significant = significant;
}

bool json_number_text(const cJSON *number, char text[static JSON_NUMBER_TEXT_SIZE])
{
    size_t integer, significant;
    if (!cJSON_IsNumber(number) || !number->valuestring)
        return false;
    const char *source = number->valuestring;
    if (strlen(source) >= JSON_NUMBER_TEXT_SIZE || strpbrk(source, "eE"))
        return false;
    count_digits(source, &integer, &significant);
    if (integer > SIGNIFICANT_DIGITS_MAX || significant > SIGNIFICANT_DIGITS_MAX)
        return false;
    memcpy(text, source, strlen(source) + 1);
    return true;
}

const cJSON *json_member(const cJSON *object, const char *key)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

const char *json_member_text(const cJSON *object, const char *key)
{
    const cJSON *member = json_member(object, key);
    return cJSON_IsString(member) ? member->valuestring : NULL;
}

bool json_member_i64(const cJSON *object, const char *key, int64_t *ret_number)
{
    const cJSON *member = json_member(object, key);
    return cJSON_IsNumber(member) && member->valuestring &&
           str_to_i64(member->valuestring, ret_number);
}

static void write_scalar(const cJSON *node, struct str *out)
{
    if (cJSON_IsString(node))
        json_write_string(out, node->valuestring);
    else if (cJSON_IsNumber(node) && node->valuestring)
        str_add(out, node->valuestring);
    else if (cJSON_IsBool(node))
        str_add(out, cJSON_IsTrue(node) ? "true" : "false");
    else
        str_add(out, "null");
}

/* As deep as the reader lets a document be: JSON_DEPTH_MAX. */
void json_write_tree(const cJSON *node, struct str *out)
{
    if (!cJSON_IsObject(node) && !cJSON_IsArray(node)) {
        write_scalar(node, out);
        return;
    }
    bool is_object = cJSON_IsObject(node);
    str_add_char(out, is_object ? '{' : '[');
    for (const cJSON *child = node->child; child; child = child->next) {
        if (child != node->child)
            str_add_char(out, ',');
        if (is_object) {
            json_write_string(out, child->string);
            str_add_char(out, ':');
        }
        json_write_tree(child, out);
    }
    str_add_char(out, is_object ? '}' : ']');
}

/*
 * Any bytes to the strict JSON reader. What it accepts must come through the writer and the reader
 * once more unchanged, and every number text it gives must be a plain decimal.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/field.h"
#include "json/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_tree(const cJSON *node, struct str *out)
{
    if (cJSON_IsString(node)) {
        json_write_string(out, node->valuestring);
    } else if (cJSON_IsNumber(node)) {
        str_add(out, node->valuestring);
    } else if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
        str_add_char(out, cJSON_IsObject(node) ? '{' : '[');
        for (const cJSON *child = node->child; child; child = child->next) {
            if (child != node->child)
                str_add_char(out, ',');
            if (cJSON_IsObject(node)) {
                json_write_string(out, child->string);
                str_add_char(out, ':');
            }
            write_tree(child, out);
        }
        str_add_char(out, cJSON_IsObject(node) ? '}' : ']');
    } else {
        str_add(out, cJSON_IsNull(node) ? "null" : cJSON_IsTrue(node) ? "true" : "false");
    }
}

static void check_numbers(const cJSON *node)
{
    char text[JSON_NUMBER_TEXT_SIZE];
    if (json_number_text(node, text))
        assert(text[0] && text[strspn(text, "-.0123456789")] == '\0');
    for (const cJSON *child = node->child; child; child = child->next)
        check_numbers(child);
}

static bool trees_are_equal(const cJSON *a, const cJSON *b)
{
    bool same =
        a->type == b->type && !a->string == !b->string && !a->valuestring == !b->valuestring;
    if (!same || (a->string && strcmp(a->string, b->string) != 0) ||
        (a->valuestring && strcmp(a->valuestring, b->valuestring) != 0))
        return false;
    const cJSON *left = a->child, *right = b->child;
    for (; left && right; left = left->next, right = right->next)
        if (!trees_are_equal(left, right))
            return false;
    return !left && !right;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct str out = STR_INIT(16 * 1024 * 1024);
    struct err err;
    cJSON *root, *again;
    bool valid = json_check(text, size, &err);
    bool read = json_read(text, size, &root, &err);
    assert(valid == read);
    if (!read)
        return 0;
    check_numbers(root);
    write_tree(root, &out);
    assert(str_ok(&out));
    bool read_again = json_read(out.data, out.length, &again, &err);
    assert(read_again);
    assert(trees_are_equal(root, again));
    cJSON_Delete(again);
    cJSON_Delete(root);
    str_release(&out);
    return 0;
}

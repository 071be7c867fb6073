#include "api/row_sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

struct sorting {
    const struct json_field *first, *by;
    bool descending;
};

#define COMPARE(left, right) (((left) > (right)) - ((left) < (right)))

static int compare_fields(const struct json_field *field, const char *left, const char *right)
{
    left += field->offset;
    right += field->offset;
    switch (field->kind) {
    case JSON_CHARS:
        return strcmp(left, right);
    case JSON_TEXT: {
        const char *a = *(const char *const *)(const void *)left;
        const char *b = *(const char *const *)(const void *)right;
        return strcmp(a ? a : "", b ? b : "");
    }
    case JSON_DEC:
    case JSON_DEC_NUMBER:
        return dec_cmp(*(const struct dec *)(const void *)left,
                       *(const struct dec *)(const void *)right);
    case JSON_I32:
        return COMPARE(*(const int32_t *)(const void *)left, *(const int32_t *)(const void *)right);
    case JSON_I64:
    case JSON_TIME_ISO:
    case JSON_TIME_UNIX:
    case JSON_TIME_MS:
        return COMPARE(*(const int64_t *)(const void *)left, *(const int64_t *)(const void *)right);
    case JSON_U64:
        return COMPARE(*(const uint64_t *)(const void *)left,
                       *(const uint64_t *)(const void *)right);
    case JSON_BOOL:
        return COMPARE(*(const bool *)(const void *)left, *(const bool *)(const void *)right);
    case JSON_UUID:
    case JSON_RAW:
    case JSON_OBJECT:
    case JSON_OBJECT_REF:
    case JSON_ARRAY:
    case JSON_TEXT_ARRAY:
        break;
    }
    return 0;
}

static int compare_rows(const void *a, const void *b, void *arg)
{
    const struct sorting *sorting = arg;
    int order = compare_fields(sorting->by, a, b);
    if (order == 0)
        order = compare_fields(sorting->first, a, b);
    return sorting->descending ? -order : order;
}

void rows_sort(void *rows, size_t count, size_t size, const struct json_field *fields,
               const struct ordering *ordering)
{
    assert(fields[0].key != NULL);
    struct sorting sorting = {
        .first = fields, .by = fields, .descending = ordering_is_descending(ordering)};
    for (const struct json_field *field = fields; field->key; field++)
        if (strcmp(field->key, ordering->order_by) == 0)
            sorting.by = field;
    qsort_r(rows, count, size, compare_rows, &sorting);
}

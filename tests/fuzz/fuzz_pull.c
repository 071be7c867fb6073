/*
 * Any bytes to the JSON cursor. What the strict reader accepts, it must go through as well; what it gives
 * as the text of a value must lie within the bytes.
 */
#include <stdlib.h>

#include "json/pull.h"
#include "json/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As a reader does that takes every value by its kind. */
static void walk(struct json_pull *pull)
{
    struct json_slice slice = {0};
    bool value;
    if (json_pull_is_object(pull) && json_pull_object(pull)) {
        while (json_pull_key(pull, &slice))
            walk(pull);
    } else if (json_pull_is_array(pull) && json_pull_array(pull)) {
        while (json_pull_item(pull))
            walk(pull);
    } else if (json_pull_is_text(pull)) {
        json_pull_text(pull, &slice);
        assert(!slice.chars ||
               (slice.chars >= pull->start && slice.chars + slice.length <= pull->end));
    } else if (json_pull_null(pull)) {
        return;
    } else if (pull->at < pull->end && (*pull->at == 't' || *pull->at == 'f')) {
        json_pull_bool(pull, &value);
    } else {
        json_pull_skip(pull, &slice);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct json_pull pull;
    struct json_slice raw = {0};
    struct err err;

    json_pull_init(&pull, text, size);
    json_pull_skip(&pull, &raw);
    bool is_whole = json_pull_end(&pull, &err);
    assert(!raw.chars || (raw.chars >= text && raw.chars + raw.length <= text + size));
    if (json_check(text, size, &err))
        assert(is_whole);

    json_pull_init(&pull, text, size);
    walk(&pull);
    is_whole = json_pull_end(&pull, &err);
    return 0;
}

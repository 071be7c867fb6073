/*
 * Any text as a Cookie header. What is found must be a value that a Set-Cookie can carry, and must be
 * found again in a header that has nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "http/cookie.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"_barong_session", "a", "aa"};
    char *header = malloc(size + 1), value[COOKIE_VALUE_MAX], again[COOKIE_VALUE_MAX];
    assert(header);
    if (size > 0)
        memcpy(header, data, size);
    header[size] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!cookie_read(header, names[i], value, sizeof(value)))
            continue;
        struct str text = STR_INIT(4 * COOKIE_VALUE_MAX);
        struct cookie cookie = {.name = names[i], .value = value, .max_age_s = 60, .secure = true};
        cookie_write(&text, &cookie);
        assert(str_ok(&text) && !strpbrk(text.data, "\r\n"));
        bool found = cookie_read(text.data, names[i], again, sizeof(again));
        assert(found && strcmp(again, value) == 0);
        str_release(&text);
    }
    free(header);
    return 0;
}

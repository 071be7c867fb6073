#include "chain/key_path.h"

#include <stdio.h>
#include <string.h>

bool key_path_add(struct key_path *path, uint32_t step)
{
    if (path->count == KEY_PATH_STEPS_MAX)
        return false;
    path->steps[path->count++] = step;
    return true;
}

bool key_path_parse(const char *text, struct key_path *ret_path)
{
    struct key_path path = {{0}, 0};
    if (*text++ != 'm')
        return false;
    while (*text == '/') {
        uint64_t step = 0;
        const char *digits = ++text;
        for (; *text >= '0' && *text <= '9'; text++) {
            step = step * 10 + (uint64_t)(*text - '0');
            if (step >= KEY_HARDENED)
                return false;
        }
        if (text == digits || (digits[0] == '0' && text - digits > 1))
            return false;
        if (*text == '\'' || *text == 'h') {
            step |= KEY_HARDENED;
            text++;
        }
        if (!key_path_add(&path, (uint32_t)step))
            return false;
    }
    if (*text != '\0')
        return false;
    *ret_path = path;
    return true;
}

const char *key_path_text(const struct key_path *path, char buffer[static KEY_PATH_TEXT_SIZE])
{
    size_t length = 0;
    buffer[length++] = 'm';
    buffer[length] = '\0';
    for (size_t i = 0; i < path->count; i++) {
        int written =
            snprintf(buffer + length, KEY_PATH_TEXT_SIZE - length, "/%u%s",
                     path->steps[i] & ~KEY_HARDENED, path->steps[i] & KEY_HARDENED ? "'" : "");
        assert(written > 0);
        length += (size_t)written;
        assert(length < KEY_PATH_TEXT_SIZE);
    }
    return buffer;
}

bool key_path_equal(const struct key_path *a, const struct key_path *b)
{
    return a->count == b->count && memcmp(a->steps, b->steps, a->count * sizeof(a->steps[0])) == 0;
}

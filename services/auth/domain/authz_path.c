#include "auth/domain/authz_path.h"

#include <string.h>

static bool is_dot_segment(const char *segment, size_t length)
{
    return (length == 1 && segment[0] == '.') ||
           (length == 2 && segment[0] == '.' && segment[1] == '.');
}

bool authz_path_normalise(const char *path, char *buffer, size_t size)
{
    size_t used = 0;
    while (*path) {
        size_t length = strcspn(path, "/");
        if (is_dot_segment(path, length))
            return false;
        if (length > 0) {
            if (used + length + 2 > size)
                return false;
            if (used > 0)
                buffer[used++] = '/';
            for (size_t i = 0; i < length; i++) {
                unsigned char c = (unsigned char)path[i];
                if (c < ' ' || c == 0x7f || c == '\\')
                    return false;
                buffer[used++] = (char)c;
            }
        }
        path += length + (path[length] == '/');
    }
    if (size == 0)
        return false;
    buffer[used] = '\0';
    return true;
}

bool authz_path_has_prefix(const char *const *prefixes, const char *path)
{
    for (; *prefixes; prefixes++)
        if (strncmp(path, *prefixes, strlen(*prefixes)) == 0)
            return true;
    return false;
}

bool authz_method_needs_csrf(const char *method)
{
    /* What is known to change nothing needs none; an unknown verb does. */
    static const char *const harmless[] = {"GET", "HEAD", "OPTIONS"};
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
        if (strcmp(harmless[i], method) == 0)
            return false;
    return true;
}

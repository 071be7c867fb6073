/*
 * Any bytes as the body of a form with files; the first line is the Content-Type. What is accepted
 * must lie inside of the body, have valid names, and never hold the boundary.
 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES_MAX = 1 << 20 };

static void check_part(const struct multipart_part *part, const char *body, size_t length)
{
    assert(part->name && utf8_is_valid(part->name, strlen(part->name)));
    assert(strlen(part->name) <= MULTIPART_NAME_BYTES_MAX);
    assert(!part->filename || utf8_is_valid(part->filename, strlen(part->filename)));
    assert(part->bytes >= body && part->length <= length);
    assert(part->bytes + part->length <= body + length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size > 0 ? memchr(text, '\n', size) : NULL;
    size_t type_length = end ? (size_t)(end - text) : 0;
    if (!end || memchr(text, '\0', type_length))
        return 0;
    struct arena *arena = arena_new(ARENA_BYTES_MAX);
    assert(arena);
    char *type = arena_strndup(arena, text, type_length);
    assert(type);
    const char *body = end + 1;
    size_t length = size - type_length - 1;
    struct multipart form;
    struct err err;
    if (multipart_read(type, body, length, arena, &form, &err)) {
        assert(form.count <= MULTIPART_PARTS_MAX);
        for (size_t i = 0; i < form.count; i++)
            check_part(&form.parts[i], body, length);
    } else {
        assert(err.code == ERR_BODY_INVALID || err.code == ERR_BUSY);
    }
    arena_free(arena);
    return 0;
}

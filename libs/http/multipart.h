/*
 * multipart.h: bodies of multipart/form-data (RFC 7578) cut into their parts, in place.
 *
 * Strict where two readers could see two forms: the body begins with its boundary, every part has
 * exactly one Content-Disposition with a name, lines end with CRLF, nothing follows the last
 * boundary, no parameter is there twice, no nested multipart, no transfer encoding. Everything is
 * bounded. Contents are pointers into the body; names are copies in the arena. No state.
 *
 *     if (!multipart_read(content_type, body, length, arena, &form, err)) return false;
 *     for (size_t i = 0; i < form.count; i++) use(&form.parts[i]);
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum {
    MULTIPART_PARTS_MAX = 100,
    MULTIPART_BOUNDARY_MAX = 70, /* RFC 2046 */
    MULTIPART_HEADERS_MAX = 8,   /* of one part */
    MULTIPART_LINE_BYTES_MAX = 2048,
    MULTIPART_NAME_BYTES_MAX = 255
};

struct multipart_part {
    const char *name;
    const char *filename;   /* NULL: a text field. As the client says: never part of a path */
    const char *media_type; /* NULL: not said */
    const char *bytes;      /* not NUL-terminated */
    size_t length;
};

struct multipart {
    struct multipart_part *parts; /* in the arena */
    size_t count;
};

/* ERR_BODY_INVALID with the reason. */
bool multipart_read(const char *content_type, const char *body, size_t length, struct arena *arena,
                    struct multipart *ret_form, struct err *err) MUST_CHECK;

#endif

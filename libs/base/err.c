#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct err_row {
    int status;
    enum err_retry retry;
    const char *name, *key, *doc;
};

#define FINAL ERR_FINAL
#define RETRY ERR_RETRY
static const struct err_row rows[ERR_MAX] = {
#define E(name, status, key, retry, doc) [ERR_##name] = {status, retry, #name, key, doc},
#include "base/errors.def"
#undef E
};
#undef FINAL
#undef RETRY

static const struct err_row *row_get(enum err_code code)
{
    assert((unsigned)code < ERR_MAX);
    return &rows[code];
}

PRINTF(4, 0)
static bool set_text(struct err *err, enum err_code code, const char *key, const char *format,
                     va_list args)
{
    assert(err != NULL);
    assert(code != ERR_NONE);
    err->code = code;
    err->key = key;
    vsnprintf(err->what, sizeof(err->what), format, args);
    return false;
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_text(err, code, NULL, format, args);
    va_end(args);
    return false;
}

bool err_set_key(struct err *err, enum err_code code, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_text(err, code, key, format, args);
    va_end(args);
    return false;
}

bool err_wrap(struct err *err, const char *format, ...)
{
    char before[sizeof(err->what)];
    char context[sizeof(err->what)];
    va_list args;

    assert(err != NULL && err->code != ERR_NONE);
    memcpy(before, err->what, sizeof(before));
    va_start(args, format);
    vsnprintf(context, sizeof(context), format, args);
    va_end(args);
    /* A story that grows beyond the room loses its tail: the context is what the reader lacks. */
    size_t used = (size_t)snprintf(err->what, sizeof(err->what), "%.100s: ", context);
    size_t room = sizeof(err->what) - used;
    snprintf(err->what + used, room, "%.*s", (int)room - 1, before);
    return false;
}

int err_status(enum err_code code)
{
    return row_get(code)->status;
}

const char *err_key(const struct err *err)
{
    return err->key ? err->key : row_get(err->code)->key;
}

const char *err_name(enum err_code code)
{
    return row_get(code)->name;
}

const char *err_doc(enum err_code code)
{
    return row_get(code)->doc;
}

enum err_retry err_retry(enum err_code code)
{
    return row_get(code)->retry;
}

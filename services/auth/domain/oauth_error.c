#include "auth/domain/oauth_error.h"

#include <stdarg.h>
#include <string.h>

#include "json/field.h"

static const struct {
    const char *word;
    int status;
} errors[] = {
#define X(name, word, status) {word, status},
    OAUTH_ERRORS(X)
#undef X
};

const char *oauth_error_word(enum oauth_error error)
{
    assert(error < OAUTH_ERRORS_COUNT);
    return errors[error].word;
}

int oauth_error_status(enum oauth_error error)
{
    assert(error < OAUTH_ERRORS_COUNT);
    return errors[error].status;
}

/* The nearest code of the platform: it decides the status where a hook of the server answers. */
static enum err_code code_of(enum oauth_error error)
{
    switch (errors[error].status) {
    case 401:
        return ERR_UNAUTHENTICATED;
    case 403:
        return ERR_FORBIDDEN;
    case 500:
        return ERR_INTERNAL;
    case 503:
        return ERR_BUSY;
    default:
        return ERR_REQUEST_INVALID;
    }
}

bool oauth_refuse(struct err *err, enum oauth_error error, const char *format, ...)
{
    char text[sizeof(err->what)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return err_set_key(err, code_of(error), oauth_error_word(error), "%s", text);
}

static bool word_find(const char *word, enum oauth_error *ret_error)
{
    for (size_t i = 0; word && i < ARRAY_LEN(errors); i++)
        if (strcmp(errors[i].word, word) == 0) {
            *ret_error = (enum oauth_error)i;
            return true;
        }
    return false;
}

enum oauth_error oauth_error_of(const struct err *err)
{
    enum oauth_error error;
    if (word_find(err->key, &error))
        return error;
    if (err_retry(err->code) == ERR_RETRY)
        return OAUTH_TEMPORARILY_UNAVAILABLE;
    if (err_status(err->code) >= 500)
        return OAUTH_SERVER_ERROR;
    return OAUTH_INVALID_REQUEST;
}

bool oauth_is(const struct err *err, enum oauth_error error)
{
    return oauth_error_of(err) == error;
}

/* error_description may hold %x20-21, %x23-5B, %x5D-7E (RFC 6749 §5.2). */
static void description_write(struct str *out, const char *text)
{
    char clean[sizeof(((struct err *)0)->what)];
    size_t length = 0;
    for (; text[length] && length + 1 < sizeof(clean); length++) {
        char c = text[length];
        clean[length] = c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? '?' : c;
    }
    json_write_string_bytes(out, clean, length);
}

void oauth_error_write(struct str *out, const struct err *err)
{
    enum oauth_error error = oauth_error_of(err);
    bool is_ours = err->key && strcmp(err->key, oauth_error_word(error)) == 0;
    str_add(out, "{\"error\":");
    json_write_string(out, oauth_error_word(error));
    if (is_ours) {
        str_add(out, ",\"error_description\":");
        description_write(out, err->what);
    }
    str_add_char(out, '}');
}

#include "contract/scope.h"

#include <string.h>

static const struct {
    const char *word, *title;
} scopes[] = {
#define X(name, word, title) {word, title},
    SCOPES(X)
#undef X
};

static const char base[] = "api/v2/";

/* What a scope opens, below api/v2/SERVICE; "*" is any verb. */
static const struct opening {
    scope_set scope;
    const char *verb, *service, *prefix;
} openings[] = {
    {SCOPE_BIT(BARONG), "GET", "barong", "resource/users/me"},
    {SCOPE_BIT(BARONG), "GET", "barong", "resource/labels"},
    {SCOPE_BIT(PEATIO_READ), "GET", "peatio", "account"},
    {SCOPE_BIT(PEATIO_READ), "GET", "peatio", "market"},
    {SCOPE_BIT(PEATIO_READ), "GET", "ranger", "private"},
    {SCOPE_BIT(PEATIO_TRADE), "*", "peatio", "market"},
    {SCOPE_BIT(PEATIO), "*", "peatio", "account"},
    {SCOPE_BIT(PEATIO), "*", "peatio", "market"},
    {SCOPE_BIT(PEATIO), "GET", "ranger", "private"},
};

const char *scope_word(enum scope scope)
{
    assert(scope < SCOPES_COUNT);
    return scopes[scope].word;
}

const char *scope_title(enum scope scope)
{
    assert(scope < SCOPES_COUNT);
    return scopes[scope].title;
}

bool scope_find(const char *word, size_t length, enum scope *ret_scope)
{
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
        if (strlen(scopes[i].word) == length && memcmp(scopes[i].word, word, length) == 0) {
            *ret_scope = (enum scope)i;
            return true;
        }
    return false;
}

bool scopes_parse(const char *text, scope_set *ret_set)
{
    scope_set set = 0;
    enum scope scope;
    if (!text) {
        *ret_set = 0;
        return true;
    }
    if (strnlen(text, SCOPES_TEXT_MAX) == SCOPES_TEXT_MAX)
        return false;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (!scope_find(text, length, &scope))
            return false;
        set |= 1u << scope;
        text += length;
        if (*text == ' ' && *++text == '\0')
            return false;
    }
    *ret_set = set;
    return true;
}

void scopes_write(struct str *out, scope_set set)
{
    bool first = true;
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        if (!(set & 1u << i))
            continue;
        if (!first)
            str_add_char(out, ' ');
        str_add(out, scopes[i].word);
        first = false;
    }
}

const char *scopes_text(scope_set set, char buffer[static SCOPES_TEXT_MAX])
{
    struct str text = STR_INIT(SCOPES_TEXT_MAX - 1);
    scopes_write(&text, set);
    assert(str_ok(&text));
    memcpy(buffer, str_data(&text), text.length + 1);
    str_release(&text);
    return buffer;
}

/* By whole segments: "account" does not open "accounts". */
static bool is_below(const char *path, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(path, prefix, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* `service` and what is behind it, of a path. */
static bool permit(scope_set set, const char *verb, const char *service, size_t service_length,
                   const char *rest)
{
    if (strcmp(verb, "HEAD") == 0)
        verb = "GET";
    for (size_t i = 0; i < ARRAY_LEN(openings); i++) {
        const struct opening *row = &openings[i];
        if ((set & row->scope) && strlen(row->service) == service_length &&
            memcmp(row->service, service, service_length) == 0 && is_below(rest, row->prefix) &&
            (row->verb[0] == '*' || strcmp(row->verb, verb) == 0))
            return true;
    }
    return false;
}

bool scopes_permit(scope_set set, const char *verb, const char *path)
{
    if (set == SCOPES_UNLIMITED)
        return true;
    if (strncmp(path, base, strlen(base)) != 0)
        return false;
    const char *service = path + strlen(base);
    size_t length = strcspn(service, "/");
    return service[length] == '/' && permit(set, verb, service, length, service + length + 1);
}

bool scopes_permit_at(scope_set set, const char *verb, const char *service, const char *path)
{
    if (set == SCOPES_UNLIMITED)
        return true;
    return path[0] == '/' && strncmp(path + 1, base, strlen(base)) == 0 &&
           permit(set, verb, service, strlen(service), path + 1 + strlen(base));
}

scope_set scopes_of_machines(void)
{
    return SCOPE_BIT(BARONG) | SCOPE_BIT(PEATIO_READ) | SCOPE_BIT(PEATIO_TRADE) | SCOPE_BIT(PEATIO);
}

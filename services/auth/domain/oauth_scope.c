#include "auth/domain/oauth_scope.h"

#include <string.h>

static const struct {
    const char *word, *title;
} scopes[] = {
#define X(name, word, title) {word, title},
    OAUTH_SCOPES(X)
#undef X
};

/* What a scope opens; "*" is any verb. */
static const struct opening {
    scope_set scope;
    const char *verb, *prefix;
} openings[] = {
    {SCOPE_BIT(BARONG), "GET", "api/v2/barong/resource/users/me"},
    {SCOPE_BIT(BARONG), "GET", "api/v2/barong/resource/labels"},
    {SCOPE_BIT(PEATIO_READ), "GET", "api/v2/peatio/account"},
    {SCOPE_BIT(PEATIO_READ), "GET", "api/v2/peatio/market"},
    {SCOPE_BIT(PEATIO_READ), "GET", "api/v2/ranger/private"},
    {SCOPE_BIT(PEATIO_TRADE), "*", "api/v2/peatio/market"},
    {SCOPE_BIT(PEATIO), "*", "api/v2/peatio/account"},
    {SCOPE_BIT(PEATIO), "*", "api/v2/peatio/market"},
    {SCOPE_BIT(PEATIO), "GET", "api/v2/ranger/private"},
};

const char *scope_word(enum oauth_scope scope)
{
    assert(scope < SCOPES_COUNT);
    return scopes[scope].word;
}

const char *scope_title(enum oauth_scope scope)
{
    assert(scope < SCOPES_COUNT);
    return scopes[scope].title;
}

static bool word_find(const char *word, size_t length, scope_set *ret_bit)
{
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
        if (strlen(scopes[i].word) == length && memcmp(scopes[i].word, word, length) == 0) {
            *ret_bit = 1u << i;
            return true;
        }
    return false;
}

bool scopes_parse(const char *text, scope_set *ret_set)
{
    scope_set set = 0, bit;
    if (!text) {
        *ret_set = 0;
        return true;
    }
    if (strnlen(text, OAUTH_SCOPES_TEXT_MAX) == OAUTH_SCOPES_TEXT_MAX)
        return false;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (!word_find(text, length, &bit))
            return false;
        set |= bit;
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

const char *scopes_text(scope_set set, char buffer[static OAUTH_SCOPES_TEXT_MAX])
{
    struct str text = STR_INIT(OAUTH_SCOPES_TEXT_MAX - 1);
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

bool scopes_permit(scope_set set, const char *verb, const char *path)
{
    if (strcmp(verb, "HEAD") == 0)
        verb = "GET";
    for (size_t i = 0; i < ARRAY_LEN(openings); i++)
        if ((set & openings[i].scope) && is_below(path, openings[i].prefix) &&
            (openings[i].verb[0] == '*' || strcmp(openings[i].verb, verb) == 0))
            return true;
    return false;
}

scope_set scopes_of_machines(void)
{
    return SCOPE_BIT(BARONG) | SCOPE_BIT(PEATIO_READ) | SCOPE_BIT(PEATIO_TRADE) | SCOPE_BIT(PEATIO);
}

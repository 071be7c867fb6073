#include "auth/domain/api_key.h"

#include <string.h>

/* Barong knew no scopes, only words. `sell` is what its own examples send: sides of an order are not
 * told apart. Who trades looks at orders, balances and himself, so trading includes reading. */
#define READING (SCOPE_BIT(BARONG) | SCOPE_BIT(PEATIO_READ))
static const struct {
    const char *word;
    scope_set scopes;
} names[] = {
    {"read", READING},
    {"trade", READING | SCOPE_BIT(PEATIO_TRADE)},
    {"sell", READING | SCOPE_BIT(PEATIO_TRADE)},
};

static scope_set opened_by(const char *word, size_t length)
{
    enum scope scope;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strlen(names[i].word) == length && memcmp(names[i].word, word, length) == 0)
            return names[i].scopes;
    return scope_find(word, length, &scope) ? (1u << scope) & scopes_of_machines() : 0;
}

scope_set api_key_scopes(const char *list)
{
    scope_set scopes = 0;
    if (list[0] == '\0')
        return SCOPES_UNLIMITED;
    while (*list) {
        size_t length = strcspn(list, ",");
        scopes |= opened_by(list, length);
        list += length + (list[length] == ',');
    }
    return scopes;
}

enum api_key_words api_key_words_read(const char *text, char ret_list[static API_KEY_SCOPE_MAX + 1])
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/";
    static const char between[] = ", \t";
    enum api_key_words result = API_KEY_WORDS_GOOD;
    size_t length = 0;
    bool is_empty = text[0] == '\0';
    for (text += strspn(text, between); *text; text += strspn(text, between)) {
        size_t word = strspn(text, allowed);
        if ((text[word] != '\0' && !strchr(between, text[word])) ||
            length + 1 + word > API_KEY_SCOPE_MAX)
            return API_KEY_WORDS_MALFORMED;
        if (opened_by(text, word) == 0)
            result = API_KEY_WORDS_UNKNOWN;
        if (length > 0)
            ret_list[length++] = ',';
        memcpy(ret_list + length, text, word);
        length += word;
        text += word;
    }
    ret_list[length] = '\0';
    /* Commas alone are no way to say "everything". */
    return length > 0 || is_empty ? result : API_KEY_WORDS_MALFORMED;
}

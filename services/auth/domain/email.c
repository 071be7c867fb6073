#include "auth/domain/email.h"

#include <string.h>

#include "auth/domain/user.h"

enum { LOCAL_MAX = 64, LABEL_MAX = 63 };

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool local_is_valid(const char *local, size_t length)
{
    if (length == 0 || length > LOCAL_MAX || local[0] == '.' || local[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (local[i] == '.' && local[i + 1] == '.')
            return false;
        if (!strchr(LETTERS DIGITS ".+_!\"'#$%^&*{}/=?`|~-", local[i]))
            return false;
    }
    return true;
}

static bool label_is_valid(const char *label, size_t length, bool is_last)
{
    if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    return strspn(label, is_last ? LETTERS : LETTERS DIGITS "-") == length;
}

bool email_is_valid(const char *email)
{
    const char *at = strchr(email, '@');
    if (!at || strlen(email) >= USER_EMAIL_SIZE || !local_is_valid(email, (size_t)(at - email)))
        return false;
    const char *label = at + 1;
    if (!strchr(label, '.'))
        return false;
    for (;;) {
        size_t length = strcspn(label, ".");
        bool is_last = label[length] == '\0';
        if (!label_is_valid(label, length, is_last))
            return false;
        if (is_last)
            return true;
        label += length + 1;
    }
}

const char *email_trimmed(struct arena *arena, const char *text)
{
    static const char blanks[] = " \t\r\n\f\v";
    text += strspn(text, blanks);
    size_t length = strlen(text);
    while (length > 0 && strchr(blanks, text[length - 1]))
        length--;
    return arena_strndup(arena, text, length);
}

#include "auth/domain/user_rules.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "json/read.h"

/* Characters, not bytes; bytes of what is no UTF-8. */
static size_t count_characters(const char *text)
{
    size_t count = 0, left = strlen(text);
    while (left > 0) {
        size_t length = utf8_length(text, left);
        length = length ? length : 1;
        text += length;
        left -= length;
        count++;
    }
    return count;
}

size_t username_mistakes(const char *username, const char *ret_codes[static USER_MISTAKES_MAX])
{
    size_t count = 0, characters = count_characters(username);
    bool is_plain = username[0] != '\0';
    for (const char *c = username; *c; c++)
        is_plain = is_plain && isascii(*c) && isalnum((unsigned char)*c);
    if (characters < USERNAME_CHARS_MIN)
        ret_codes[count++] = "username.too_short";
    else if (characters > USERNAME_CHARS_MAX)
        ret_codes[count++] = "username.too_long";
    if (!is_plain)
        ret_codes[count++] = "username.invalid";
    return count;
}

size_t user_data_mistakes(const char *data, const char *ret_codes[static USER_MISTAKES_MAX])
{
    size_t count = 0;
    struct err ignored;
    if (!json_check(data, strlen(data), &ignored))
        ret_codes[count++] = "data.invalid_format";
    if (count_characters(data) > USER_DATA_CHARS_MAX)
        ret_codes[count++] = "data.too_long";
    return count;
}

bool referral_has_format(const char *referral, const char *uid_prefix)
{
    for (; *uid_prefix; uid_prefix++, referral++)
        if (*referral != toupper((unsigned char)*uid_prefix))
            return false;
    return true;
}

#include "crypto/strength.h"

#include <string.h>
#include <zxcvbn.h>

uint32_t password_strength(const char *password)
{
    char text[STRENGTH_CHARS_MAX + 1];
    size_t length = strnlen(password, STRENGTH_CHARS_MAX);
    memcpy(text, password, length);
    text[length] = '\0';
    double bits = ZxcvbnMatch(text, NULL, NULL);
    return bits > 0 ? (uint32_t)bits : 0;
}

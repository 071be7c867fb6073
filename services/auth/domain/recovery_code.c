#include "auth/domain/recovery_code.h"

#include <stdio.h>
#include <string.h>

#include "crypto/code.h"
#include "crypto/crypto.h"

enum { HASHED_SIZE = 80 };

void recovery_code_draw(char ret_text[static RECOVERY_TEXT_SIZE])
{
    char code[RECOVERY_CHARS + 1], *to = ret_text;
    code_letters(code, RECOVERY_CHARS);
    for (size_t i = 0; i < RECOVERY_CHARS; i++) {
        if (i > 0 && i % RECOVERY_GROUP == 0)
            *to++ = '-';
        *to++ = code[i];
    }
    *to = '\0';
    bytes_wipe(code, sizeof(code));
}

/* 0: none of the alphabet. */
static char letter_of(char typed)
{
    char c = typed >= 'a' && typed <= 'z' ? (char)(typed - 'a' + 'A') : typed;
    if (c == 'I' || c == 'L')
        return '1';
    if (c == 'O')
        return '0';
    bool is_letter = (c >= 'A' && c <= 'Z' && c != 'U') || (c >= '0' && c <= '9');
    return is_letter ? c : '\0';
}

bool recovery_code_parse(const char *typed, char ret_code[static RECOVERY_CHARS + 1])
{
    size_t count = 0;
    if (strlen(typed) > RECOVERY_TYPED_MAX)
        return false;
    for (const char *at = typed; *at; at++) {
        if (*at == '-' || *at == ' ')
            continue;
        char letter = letter_of(*at);
        if (letter == '\0' || count == RECOVERY_CHARS)
            return false;
        ret_code[count++] = letter;
    }
    ret_code[count] = '\0';
    return count == RECOVERY_CHARS;
}

void recovery_code_hash(uint64_t user_id, const char *code,
                        uint8_t ret_hash[static RECOVERY_HASH_SIZE])
{
    char text[HASHED_SIZE];
    int length =
        snprintf(text, sizeof(text), "recovery|%llu|%s", (unsigned long long)user_id, code);
    assert(length > 0 && (size_t)length < sizeof(text));
    sha256(text, (size_t)length, ret_hash);
    bytes_wipe(text, sizeof(text));
}

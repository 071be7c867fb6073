#include "auth/domain/oauth_code.h"

#include <ctype.h>
#include <string.h>

#include "base/auto.h"
#include "base/random.h"

enum { SECRET_BYTES = 32, ID_BYTES = 16, USER_CODE_CHARS = USER_CODE_SIZE - 1 };

static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
enum { LETTERS = sizeof(letters) - 1 };

static void secret_write(const char *prefix, const uint8_t bytes[static SECRET_BYTES],
                         char ret_secret[static OAUTH_SECRET_SIZE])
{
    AUTO(str_release) struct str text = STR_INIT(OAUTH_SECRET_SIZE - 1);
    str_add(&text, prefix);
    base64url_write(&text, bytes, SECRET_BYTES);
    assert(str_ok(&text));
    memcpy(ret_secret, text.data, text.length + 1);
}

void oauth_secret_make(const char *prefix, char ret_secret[static OAUTH_SECRET_SIZE])
{
    uint8_t bytes[SECRET_BYTES];
    random_bytes(bytes, sizeof(bytes));
    secret_write(prefix, bytes, ret_secret);
}

void oauth_hash(const char *secret, uint8_t ret_hash[static OAUTH_HASH_SIZE])
{
    sha256(secret, strlen(secret), ret_hash);
}

void oauth_id_make(char ret_id[static OAUTH_ID_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[ID_BYTES];
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        ret_id[2 * i] = digits[bytes[i] >> 4];
        ret_id[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_id[2 * ID_BYTES] = '\0';
}

void refresh_successor(const char *token, const uint8_t seed[static OAUTH_HASH_SIZE],
                       char ret_secret[static OAUTH_SECRET_SIZE])
{
    uint8_t bytes[SHA256_SIZE];
    _Static_assert((int)SHA256_SIZE == (int)SECRET_BYTES, "a digest makes a secret");
    hmac_sha256(seed, OAUTH_HASH_SIZE, token, strlen(token), bytes);
    secret_write(OAUTH_REFRESH_PREFIX, bytes, ret_secret);
}

void user_code_make(char ret_code[static USER_CODE_SIZE])
{
    for (size_t i = 0; i < USER_CODE_CHARS; i++) {
        uint8_t byte;
        do /* 240 is the last multiple of 20: every letter equally often */
            random_bytes(&byte, 1);
        while (byte >= 256 / LETTERS * LETTERS);
        ret_code[i] = letters[byte % LETTERS];
    }
    ret_code[USER_CODE_CHARS] = '\0';
}

bool user_code_parse(const char *text, char ret_code[static USER_CODE_SIZE])
{
    char code[USER_CODE_SIZE] = "";
    size_t length = 0;
    for (; *text; text++) {
        if (*text == '-' || *text == ' ')
            continue;
        char c = (char)toupper((unsigned char)*text);
        if (length == USER_CODE_CHARS || !memchr(letters, c, LETTERS))
            return false;
        code[length++] = c;
    }
    if (length != USER_CODE_CHARS)
        return false;
    memcpy(ret_code, code, sizeof(code));
    return true;
}

const char *user_code_shown(const char code[static USER_CODE_SIZE],
                            char ret_text[static USER_CODE_SHOWN_SIZE])
{
    snprintf(ret_text, USER_CODE_SHOWN_SIZE, "%.4s-%.4s", code, code + 4);
    return ret_text;
}

#include "auth/domain/api_key_signature.h"

#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "crypto/crypto.h"

enum { MESSAGE_BYTES_MAX = 512, NONCE_CHARS_MAX = 18, MS_US = 1000 };

bool api_key_is_offered(const struct api_key_headers *headers)
{
    return headers->kid || headers->nonce || headers->signature;
}

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t")] == '\0';
}

bool api_key_is_complete(const struct api_key_headers *headers)
{
    return !is_blank(headers->kid) && !is_blank(headers->nonce) && !is_blank(headers->signature);
}

bool api_key_nonce_parse(const char *nonce, int64_t *ret_ms)
{
    int64_t ms = 0;
    size_t length = strnlen(nonce, NONCE_CHARS_MAX + 1);
    if (length == 0 || length > NONCE_CHARS_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (nonce[i] < '0' || nonce[i] > '9')
            return false;
        ms = ms * 10 + (nonce[i] - '0');
    }
    if (ms == 0)
        return false;
    *ret_ms = ms;
    return true;
}

bool api_key_nonce_is_fresh(int64_t nonce_ms, int64_t now_us, int64_t lifetime_ms)
{
    int64_t apart = now_us / MS_US - nonce_ms;
    return (apart < 0 ? -apart : apart) < lifetime_ms;
}

bool api_key_signature_is_good(const struct api_key_headers *headers, const char *secret)
{
    uint8_t digest[SHA256_SIZE];
    AUTO(str_release) struct str message = STR_INIT(MESSAGE_BYTES_MAX);
    AUTO(str_release) struct str expected = STR_INIT(API_KEY_SIGNATURE_CHARS + 1);
    str_add(&message, headers->nonce);
    str_add(&message, headers->kid);
    if (!str_ok(&message) || strlen(headers->signature) != API_KEY_SIGNATURE_CHARS)
        return false;
    hmac_sha256(secret, strlen(secret), message.data, message.length, digest);
    str_add_hex(&expected, digest, sizeof(digest));
    return str_ok(&expected) &&
           bytes_equal(expected.data, headers->signature, API_KEY_SIGNATURE_CHARS);
}

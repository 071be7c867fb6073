#include "auth/domain/oauth_pkce.h"

#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"

bool pkce_challenge_is_valid(const char *challenge)
{
    AUTO(str_release) struct str bytes = STR_INIT(SHA256_SIZE);
    size_t length = strnlen(challenge, PKCE_CHALLENGE_CHARS + 1);
    return length == PKCE_CHALLENGE_CHARS && base64url_read(challenge, length, &bytes);
}

bool pkce_verifies(const char *verifier, const char *challenge)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    AUTO(str_release) struct str made = STR_INIT(PKCE_CHALLENGE_CHARS + 1);
    uint8_t digest[SHA256_SIZE];
    size_t length = strnlen(verifier, PKCE_VERIFIER_MAX + 1);
    if (length < PKCE_VERIFIER_MIN || length > PKCE_VERIFIER_MAX ||
        strspn(verifier, allowed) != length)
        return false;
    sha256(verifier, length, digest);
    base64url_write(&made, digest, sizeof(digest));
    return strlen(challenge) == made.length && bytes_equal(made.data, challenge, made.length);
}

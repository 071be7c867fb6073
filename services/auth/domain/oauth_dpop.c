#include "auth/domain/oauth_dpop.h"

#include <string.h>

#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_uri.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "json/read.h"

enum { SECOND_US = 1000000 };

static bool refuse(struct err *err, const char *what)
{
    return oauth_refuse(err, OAUTH_INVALID_DPOP_PROOF, "DPoP proof: %s", what);
}

static bool hash_fits(const char *ath, const char *token)
{
    AUTO(str_release) struct str wanted = STR_INIT(64);
    uint8_t digest[SHA256_SIZE];
    sha256(token, strlen(token), digest);
    base64url_write(&wanted, digest, sizeof(digest));
    return strlen(ath) == wanted.length && bytes_equal(ath, wanted.data, wanted.length);
}

static bool claims_check(const cJSON *claims, const struct dpop_request *request, int64_t now_us,
                         struct err *err)
{
    const char *method = json_member_text(claims, "htm"), *uri = json_member_text(claims, "htu");
    const char *jti = json_member_text(claims, "jti"), *ath = json_member_text(claims, "ath");
    int64_t issued_at, now_s = now_us / SECOND_US;
    if (!jti || jti[0] == '\0' || strlen(jti) > DPOP_JTI_MAX)
        return refuse(err, "jti is missing, empty or too long");
    if (!method || strcmp(method, request->method) != 0)
        return refuse(err, "htm is not the method of this request");
    if (!uri || !uri_same_place(uri, request->uri))
        return refuse(err, "htu is not the address of this request");
    if (!json_member_i64(claims, "iat", &issued_at))
        return refuse(err, "iat is missing");
    if (issued_at < now_s - DPOP_AGE_S_MAX || issued_at > now_s + DPOP_AGE_S_MAX)
        return refuse(err, "iat is too far from now");
    if (request->access_token && (!ath || !hash_fits(ath, request->access_token)))
        return refuse(err, "ath is not the hash of the access token");
    return true;
}

bool dpop_check(const char *claims_json, const struct dpop_request *request, int64_t now_us,
                char *ret_nonce, unsigned long nonce_size, struct err *err)
{
    cJSON *claims;
    if (!json_read(claims_json, strlen(claims_json), &claims, err))
        return refuse(err, "its claims are no object");
    bool good = claims_check(claims, request, now_us, err);
    const char *nonce = json_member_text(claims, "nonce");
    if (good && ret_nonce)
        snprintf(ret_nonce, nonce_size, "%s", nonce ? nonce : "");
    cJSON_Delete(claims);
    return good;
}

static void window_nonce(const void *key, unsigned long key_length, int64_t window,
                         char ret_nonce[static DPOP_NONCE_SIZE])
{
    AUTO(str_release) struct str text = STR_INIT(DPOP_NONCE_SIZE);
    uint8_t digest[SHA256_SIZE];
    char message[64];
    int length = snprintf(message, sizeof(message), "dpop-nonce %lld", (long long)window);
    hmac_sha256(key, key_length, message, (size_t)length, digest);
    base64url_write(&text, digest, sizeof(digest));
    memcpy(ret_nonce, text.data, DPOP_NONCE_SIZE);
}

void dpop_nonce_make(const void *key, unsigned long key_length, int64_t now_us,
                     char ret_nonce[static DPOP_NONCE_SIZE])
{
    window_nonce(key, key_length, now_us / SECOND_US / DPOP_NONCE_WINDOW_S, ret_nonce);
}

bool dpop_nonce_is_good(const void *key, unsigned long key_length, int64_t now_us,
                        const char *nonce)
{
    int64_t window = now_us / SECOND_US / DPOP_NONCE_WINDOW_S;
    char wanted[DPOP_NONCE_SIZE];
    if (strlen(nonce) != DPOP_NONCE_SIZE - 1)
        return false;
    for (int64_t each = window; each >= window - 1; each--) {
        window_nonce(key, key_length, each, wanted);
        if (bytes_equal(wanted, nonce, DPOP_NONCE_SIZE - 1))
            return true;
    }
    return false;
}

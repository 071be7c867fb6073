#include "storage/sigv4.h"

#include <string.h>
#include <time.h>

#include "base/auto.h"
#include "crypto/crypto.h"

static const char algorithm[] = "AWS4-HMAC-SHA256", service[] = "s3", terminator[] = "aws4_request";

enum { DAY_LENGTH = 8 }; /* of "20130524T000000Z" */

void sigv4_date(int64_t now_us, char ret_date[static SIGV4_DATE_SIZE])
{
    time_t seconds = (time_t)(now_us / 1000000);
    struct tm date;
    if (!gmtime_r(&seconds, &date) ||
        strftime(ret_date, SIGV4_DATE_SIZE, "%Y%m%dT%H%M%SZ", &date) != SIGV4_DATE_SIZE - 1)
        memcpy(ret_date, "19700101T000000Z", SIGV4_DATE_SIZE);
}

static void to_hex(const uint8_t digest[static SHA256_SIZE], char ret_hex[static SIGV4_HASH_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[SIGV4_HASH_SIZE - 1] = '\0';
}

void sigv4_hash(const void *bytes, size_t length, char ret_hex[static SIGV4_HASH_SIZE])
{
    uint8_t digest[SHA256_SIZE];
    sha256(bytes, length, digest);
    to_hex(digest, ret_hex);
}

void sigv4_encode(struct str *out, const char *text, bool keep_slash)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text; text++) {
        if (strchr(kept, *text) || (*text == '/' && keep_slash))
            str_add_char(out, *text);
        else
            str_add_format(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

/* "20130524/us-east-1/s3/aws4_request" */
static void add_scope(struct str *out, const struct sigv4_request *request, const char *date)
{
    str_add_bytes(out, date, DAY_LENGTH);
    str_add_format(out, "/%s/%s/%s", request->region, service, terminator);
}

static void add_signed_headers(struct str *out, const struct sigv4_request *request)
{
    for (size_t i = 0; i < request->headers_count; i++)
        str_add_format(out, "%s%s", i > 0 ? ";" : "", request->headers[i].name);
}

static void hash_canonical(const struct sigv4_request *request, const char *query,
                           char ret_hex[static SIGV4_HASH_SIZE])
{
    AUTO(str_release) struct str text = STR_INIT(SIGV4_BYTES_MAX);
    str_add_format(&text, "%s\n%s\n%s\n", request->method, request->path, query);
    for (size_t i = 0; i < request->headers_count; i++)
        str_add_format(&text, "%s:%s\n", request->headers[i].name, request->headers[i].value);
    str_add_char(&text, '\n');
    add_signed_headers(&text, request);
    str_add_format(&text, "\n%s", request->payload_hash);
    assert(str_ok(&text));
    sigv4_hash(text.data, text.length, ret_hex);
}

static void sign(const struct sigv4_request *request, const char *date, const char *query,
                 char ret_signature[static SIGV4_HASH_SIZE])
{
    AUTO(str_wipe) struct str text = STR_INIT(SIGV4_BYTES_MAX);
    uint8_t key[SHA256_SIZE], next[SHA256_SIZE];
    char canonical[SIGV4_HASH_SIZE];

    str_add_format(&text, "AWS4%s", request->secret_key);
    assert(str_ok(&text));
    hmac_sha256(text.data, text.length, date, DAY_LENGTH, key);
    const char *const steps[] = {request->region, service, terminator};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        hmac_sha256(key, sizeof(key), steps[i], strlen(steps[i]), next);
        memcpy(key, next, sizeof(key));
    }
    hash_canonical(request, query, canonical);
    str_clear(&text);
    str_add_format(&text, "%s\n%s\n", algorithm, date);
    add_scope(&text, request, date);
    str_add_format(&text, "\n%s", canonical);
    assert(str_ok(&text));
    hmac_sha256(key, sizeof(key), text.data, text.length, next);
    to_hex(next, ret_signature);
    bytes_wipe(key, sizeof(key));
}

void sigv4_authorization(struct str *out, const struct sigv4_request *request)
{
    char date[SIGV4_DATE_SIZE], signature[SIGV4_HASH_SIZE];
    sigv4_date(request->now_us, date);
    sign(request, date, request->query, signature);
    str_add_format(out, "%s Credential=%s/", algorithm, request->access_key);
    add_scope(out, request, date);
    str_add(out, ",SignedHeaders=");
    add_signed_headers(out, request);
    str_add_format(out, ",Signature=%s", signature);
}

void sigv4_presigned(struct str *out, const struct sigv4_request *request, int64_t lifetime_s)
{
    AUTO(str_release) struct str credential = STR_INIT(SIGV4_BYTES_MAX);
    AUTO(str_release) struct str query = STR_INIT(SIGV4_BYTES_MAX);
    char date[SIGV4_DATE_SIZE], signature[SIGV4_HASH_SIZE];
    sigv4_date(request->now_us, date);
    str_add_format(&credential, "%s/", request->access_key);
    add_scope(&credential, request, date);
    str_add_format(&query, "X-Amz-Algorithm=%s&X-Amz-Credential=", algorithm);
    sigv4_encode(&query, str_data(&credential), false);
    str_add_format(&query, "&X-Amz-Date=%s&X-Amz-Expires=%lld&X-Amz-SignedHeaders=", date,
                   (long long)lifetime_s);
    add_signed_headers(&query, request);
    assert(str_ok(&query) && str_ok(&credential));
    sign(request, date, query.data, signature);
    str_add_format(out, "%s&X-Amz-Signature=%s", query.data, signature);
}

/* Amazon S3's REST protocol: PUT, GET, DELETE of one object, and presigned links. */
#include <string.h>

#include "fetch/fetch.h"
#include "storage/internal.h"
#include "storage/sigv4.h"

enum { REPLY_BYTES_MAX = 64 * 1024 };

static bool is_name(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    return text[0] && text[strspn(text, allowed)] == '\0';
}

bool s3_open(struct storage *storage, struct err *err)
{
    struct str host = STR_INIT(STORAGE_URL_BYTES_MAX), prefix = STR_INIT(STORAGE_URL_BYTES_MAX);
    const char *scheme_end = strstr(storage->endpoint, "://");
    if (!scheme_end || !is_name(storage->bucket) || storage->region[0] == '\0' ||
        storage->access_key[0] == '\0' || storage->secret_key[0] == '\0')
        return err_set(err, ERR_CONFIG,
                       "storage: s3 needs an endpoint, a bucket, a region and keys");
    const char *authority = scheme_end + 3;
    size_t length = strcspn(authority, "/");
    if (authority[length] != '\0' && authority[length + 1] != '\0')
        return err_set(err, ERR_CONFIG, "storage: the endpoint of s3 has a path");
    if (!storage->path_style)
        str_add_format(&host, "%s.", storage->bucket);
    str_add_bytes(&host, authority, length);
    str_add_bytes(&prefix, storage->endpoint, (size_t)(authority - storage->endpoint));
    str_add(&prefix, str_data(&host));
    if (!str_ok(&host) || !str_ok(&prefix)) {
        str_release(&host);
        str_release(&prefix);
        return err_set(err, ERR_CONFIG, "storage: the endpoint of s3 is too long");
    }
    storage->host = host.data; /* freed with the storage */
    storage->url_prefix = prefix.data;
    return true;
}

static void add_path(const struct storage *storage, const char *key, struct str *out)
{
    str_add_char(out, '/');
    if (storage->path_style) {
        sigv4_encode(out, storage->bucket, false);
        str_add_char(out, '/');
    }
    sigv4_encode(out, key, true);
}

struct call {
    const char *method, *key, *media_type; /* media_type NULL: no body */
    const void *bytes;
    size_t length;
};

static bool run(struct storage *storage, const struct call *call, long *ret_status, struct str *out,
                struct err *err)
{
    AUTO(str_release) struct str path = STR_INIT(STORAGE_URL_BYTES_MAX);
    AUTO(str_release) struct str url = STR_INIT(STORAGE_URL_BYTES_MAX);
    AUTO(str_release) struct str authorization = STR_INIT(SIGV4_BYTES_MAX);
    char date[SIGV4_DATE_SIZE], hash[SIGV4_HASH_SIZE];
    struct sigv4_request sign = {.access_key = storage->access_key,
                                 .secret_key = storage->secret_key,
                                 .region = storage->region,
                                 .now_us = clock_now_us(storage->clock),
                                 .method = call->method,
                                 .query = "",
                                 .payload_hash = hash};
    add_path(storage, call->key, &path);
    str_add_format(&url, "%s%s", storage->url_prefix, str_data(&path));
    sigv4_date(sign.now_us, date);
    sigv4_hash(call->bytes ? call->bytes : "", call->length, hash);
    const struct sigv4_header signed_headers[] = {
        {"host", storage->host}, {"x-amz-content-sha256", hash}, {"x-amz-date", date}};
    sign.path = str_data(&path);
    sign.headers = signed_headers;
    sign.headers_count = ARRAY_LEN(signed_headers);
    sigv4_authorization(&authorization, &sign);
    if (!str_ok(&url) || !str_ok(&authorization))
        return err_set(err, ERR_INTERNAL, "storage: a request of s3 is too long");
    const struct fetch_header headers[] = {{"Authorization", authorization.data},
                                           {"x-amz-content-sha256", hash},
                                           {"x-amz-date", date}};
    const struct fetch_request request = {.method = call->method,
                                          .url = url.data,
                                          .headers = headers,
                                          .headers_count = ARRAY_LEN(headers),
                                          .content_type = call->media_type,
                                          .body = call->bytes,
                                          .body_length = call->length,
                                          .timeout_ms = STORAGE_TIMEOUT_MS};
    struct fetch *fetch = fetch_new();
    if (!fetch)
        return err_set(err, ERR_INTERNAL, "no memory for a request");
    bool ran = fetch_run(fetch, &request, ret_status, out, err);
    fetch_free(fetch);
    return ran;
}

static bool refused(const struct call *call, long status, struct err *err)
{
    return err_set(err, status == 404 ? ERR_NOT_FOUND : ERR_PEER_UNAVAILABLE,
                   "storage: %s answered %ld", call->method, status);
}

bool s3_put(struct storage *storage, const char *key, const char *media_type, const void *bytes,
            size_t length, struct err *err)
{
    AUTO(str_release) struct str reply = STR_INIT(REPLY_BYTES_MAX);
    const struct call call = {"PUT", key, media_type, bytes, length};
    long status;
    if (!run(storage, &call, &status, &reply, err))
        return false;
    if (status == 200)
        return true;
    /* No bucket is not "no such file". */
    return err_set(err, ERR_PEER_UNAVAILABLE, "storage: PUT answered %ld", status);
}

bool s3_get(struct storage *storage, const char *key, struct str *out, struct err *err)
{
    const struct call call = {.method = "GET", .key = key};
    long status;
    size_t before = out->length;
    if (!run(storage, &call, &status, out, err))
        return false;
    if (status == 200)
        return true;
    if (out->data)
        out->data[out->length = before] = '\0';
    return refused(&call, status, err);
}

bool s3_delete(struct storage *storage, const char *key, struct err *err)
{
    AUTO(str_release) struct str reply = STR_INIT(REPLY_BYTES_MAX);
    const struct call call = {.method = "DELETE", .key = key};
    long status;
    if (!run(storage, &call, &status, &reply, err))
        return false;
    return status == 204 || status == 200 || status == 404 ? true : refused(&call, status, err);
}

void s3_link(struct storage *storage, const char *key, int64_t lifetime_s, struct str *out)
{
    AUTO(str_release) struct str path = STR_INIT(STORAGE_URL_BYTES_MAX);
    const struct sigv4_header headers[] = {{"host", storage->host}};
    add_path(storage, key, &path);
    const struct sigv4_request sign = {.access_key = storage->access_key,
                                       .secret_key = storage->secret_key,
                                       .region = storage->region,
                                       .now_us = clock_now_us(storage->clock),
                                       .method = "GET",
                                       .path = str_data(&path),
                                       .query = "",
                                       .headers = headers,
                                       .headers_count = ARRAY_LEN(headers),
                                       .payload_hash = "UNSIGNED-PAYLOAD"};
    str_add_format(out, "%s%s?", storage->url_prefix, str_data(&path));
    sigv4_presigned(out, &sign, lifetime_s);
}

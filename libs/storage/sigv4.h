/*
 * sigv4.h: AWS Signature Version 4 for S3, as pure text. Headers come in the order of their
 * lower-case names, values trimmed; paths and queries come encoded (sigv4_encode).
 */
#ifndef STORAGE_SIGV4_H
#define STORAGE_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { SIGV4_DATE_SIZE = 17, SIGV4_HASH_SIZE = 65, SIGV4_BYTES_MAX = 16 * 1024 };

struct sigv4_header {
    const char *name, *value;
};

struct sigv4_request {
    const char *access_key, *secret_key, *region;
    int64_t now_us;
    const char *method, *path, *query; /* query "": none */
    const struct sigv4_header *headers;
    size_t headers_count;
    const char *payload_hash; /* hexadecimal SHA-256, or "UNSIGNED-PAYLOAD" */
};

/* "20130524T000000Z" */
void sigv4_date(int64_t now_us, char ret_date[static SIGV4_DATE_SIZE]);
void sigv4_hash(const void *bytes, size_t length, char ret_hex[static SIGV4_HASH_SIZE]);
/* Everything but A-Z a-z 0-9 - . _ ~ as %XX; '/' as it is where it separates segments. */
void sigv4_encode(struct str *out, const char *text, bool keep_slash);

/* Appends the value of the header Authorization. */
void sigv4_authorization(struct str *out, const struct sigv4_request *request);
/* Appends the query of a presigned URL; the request has no query of its own. */
void sigv4_presigned(struct str *out, const struct sigv4_request *request, int64_t lifetime_s);

#endif

/* internal.h: what the files of this folder share. */
#ifndef STORAGE_INTERNAL_H
#define STORAGE_INTERNAL_H

#include "storage/storage.h"

struct storage {
    const struct clock *clock;
    bool is_s3;
    char *folder, *link_base, *link_key;
    char *endpoint, *region, *bucket, *access_key, *secret_key;
    char *host;       /* of S3 requests: "bucket.s3.amazonaws.com" */
    char *url_prefix; /* "https://" host */
    bool path_style;
};

/* local.c */
bool local_open(struct storage *storage, struct err *err) MUST_CHECK;
bool local_put(struct storage *storage, const char *key, const void *bytes, size_t length,
               struct err *err) MUST_CHECK;
bool local_get(struct storage *storage, const char *key, struct str *out, struct err *err)
    MUST_CHECK;
bool local_delete(struct storage *storage, const char *key, struct err *err) MUST_CHECK;
void local_link(struct storage *storage, const char *key, int64_t lifetime_s, struct str *out);

/* s3.c */
bool s3_open(struct storage *storage, struct err *err) MUST_CHECK;
bool s3_put(struct storage *storage, const char *key, const char *media_type, const void *bytes,
            size_t length, struct err *err) MUST_CHECK;
bool s3_get(struct storage *storage, const char *key, struct str *out, struct err *err) MUST_CHECK;
bool s3_delete(struct storage *storage, const char *key, struct err *err) MUST_CHECK;
void s3_link(struct storage *storage, const char *key, int64_t lifetime_s, struct str *out);

#endif

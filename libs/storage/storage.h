/*
 * storage.h: where uploaded files are kept. Two stores behind one interface:
 *
 *     local  a folder of this machine (or one that all replicas mount)
 *     s3     Amazon S3 or what speaks its protocol (MinIO, Ceph, ...), requests signed with SigV4
 *
 * Files are private. The only way to one from outside is a link with a signature that ends soon:
 * S3's own presigned URL, or for the local store a link to the service, which checks it with
 * storage_link_is_good(). Keys are made by us: segments of [a-z0-9._-] that don't begin with a dot,
 * so a key can't leave the store, and nothing of what a client calls its file is a part of one.
 *
 * A file is written once: whole, then visible. Thread-safe: nothing is kept between calls.
 */
#ifndef STORAGE_STORAGE_H
#define STORAGE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

enum {
    STORAGE_KEY_MAX = 200,
    STORAGE_FILE_BYTES_MAX = 64 * 1024 * 1024,
    STORAGE_URL_BYTES_MAX = 2048,
    STORAGE_TIMEOUT_MS = 10000
};

struct storage_settings {
    const char *kind; /* "local" or "s3" */
    /* local */
    const char *folder;
    const char *link_base; /* links are LINK_BASE/KEY?expires=..&signature=.. */
    const char *link_key;  /* the secret that signs them, 16 bytes or more */
    /* s3 */
    const char *endpoint; /* "https://s3.eu-central-1.amazonaws.com" */
    const char *region, *bucket, *access_key, *secret_key;
    bool path_style; /* ENDPOINT/BUCKET/KEY instead of BUCKET.ENDPOINT/KEY */
};

struct storage;

/* Strings are copied. local: the folder is made. */
bool storage_open(const struct storage_settings *settings, const struct clock *clock,
                  struct storage **ret_storage, struct err *err) MUST_CHECK;
void storage_close(struct storage *storage); /* NULL is fine */
DEFINE_AUTO(struct storage, storage_close);

/* ERR_PEER_UNAVAILABLE when the store does not take it. */
bool storage_put(struct storage *storage, const char *key, const char *media_type,
                 const void *bytes, size_t length, struct err *err) MUST_CHECK;
/* Appends the file; ERR_NOT_FOUND. */
bool storage_get(struct storage *storage, const char *key, struct str *out, struct err *err)
    MUST_CHECK;
/* A file that is not there is fine. */
bool storage_delete(struct storage *storage, const char *key, struct err *err) MUST_CHECK;

/* Appends a link that anybody who has it can read the file with, for that many seconds. */
bool storage_link(struct storage *storage, const char *key, int64_t lifetime_s, struct str *out,
                  struct err *err) MUST_CHECK;
/* local: whether the link was made by us and still holds. */
bool storage_link_is_good(const struct storage *storage, const char *key, const char *expires,
                          const char *signature);

#endif

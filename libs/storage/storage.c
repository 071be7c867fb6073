#include "storage/storage.h"

#include <stdlib.h>
#include <string.h>

#include "storage/internal.h"

static bool copy(char **to, const char *text, struct err *err)
{
    *to = strdup(text ? text : "");
    return *to ? true : err_set(err, ERR_INTERNAL, "no memory for a storage");
}

static bool copy_settings(struct storage *storage, const struct storage_settings *from,
                          struct err *err)
{
    storage->path_style = from->path_style;
    return copy(&storage->folder, from->folder, err) &&
           copy(&storage->link_base, from->link_base, err) &&
           copy(&storage->link_key, from->link_key, err) &&
           copy(&storage->endpoint, from->endpoint, err) &&
           copy(&storage->region, from->region, err) && copy(&storage->bucket, from->bucket, err) &&
           copy(&storage->access_key, from->access_key, err) &&
           copy(&storage->secret_key, from->secret_key, err);
}

bool storage_open(const struct storage_settings *settings, const struct clock *clock,
                  struct storage **ret_storage, struct err *err)
{
    bool is_s3 = strcmp(settings->kind, "s3") == 0;
    if (!is_s3 && strcmp(settings->kind, "local") != 0)
        return err_set(err, ERR_CONFIG, "storage: there is no kind %s", settings->kind);
    AUTO_FREE(storage_close) struct storage *storage = calloc(1, sizeof(*storage));
    if (!storage)
        return err_set(err, ERR_INTERNAL, "no memory for a storage");
    storage->clock = clock;
    storage->is_s3 = is_s3;
    if (!copy_settings(storage, settings, err) ||
        !(is_s3 ? s3_open(storage, err) : local_open(storage, err)))
        return false;
    *ret_storage = TAKE(storage);
    return true;
}

void storage_close(struct storage *storage)
{
    if (!storage)
        return;
    char *const texts[] = {storage->folder,     storage->link_base,  storage->link_key,
                           storage->endpoint,   storage->region,     storage->bucket,
                           storage->access_key, storage->secret_key, storage->host,
                           storage->url_prefix};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        free(texts[i]);
    free(storage);
}

/* "documents/4f/4f9c.jpg": no empty segment, none that begins with a dot. */
static bool is_key(const char *key)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-/";
    size_t length = strlen(key);
    if (length == 0 || length > STORAGE_KEY_MAX || key[strspn(key, allowed)] != '\0' ||
        key[0] == '/' || key[0] == '.' || key[length - 1] == '/')
        return false;
    return !strstr(key, "//") && !strstr(key, "/.");
}

static bool check_key(const char *key, struct err *err)
{
    return is_key(key) ? true : err_set(err, ERR_NOT_FOUND, "storage: no such key");
}

bool storage_put(struct storage *storage, const char *key, const char *media_type,
                 const void *bytes, size_t length, struct err *err)
{
    if (!check_key(key, err))
        return false;
    return storage->is_s3 ? s3_put(storage, key, media_type, bytes, length, err)
                          : local_put(storage, key, bytes, length, err);
}

bool storage_get(struct storage *storage, const char *key, struct str *out, struct err *err)
{
    if (!check_key(key, err))
        return false;
    return storage->is_s3 ? s3_get(storage, key, out, err) : local_get(storage, key, out, err);
}

bool storage_delete(struct storage *storage, const char *key, struct err *err)
{
    if (!check_key(key, err))
        return false;
    return storage->is_s3 ? s3_delete(storage, key, err) : local_delete(storage, key, err);
}

bool storage_link(struct storage *storage, const char *key, int64_t lifetime_s, struct str *out,
                  struct err *err)
{
    if (!check_key(key, err))
        return false;
    if (storage->is_s3)
        s3_link(storage, key, lifetime_s, out);
    else
        local_link(storage, key, lifetime_s, out);
    return str_ok(out) ? true : err_set(err, ERR_INTERNAL, "storage: a link is too long");
}

/*
 * file.c: secrets in an encrypted file: a head line, then the base64url of a sealed JSON object of
 * names and texts. It is replaced as a whole (new file, fsync, rename) under a lock file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "crypto/crypto.h"
#include "json/field.h"
#include "json/read.h"
#include "secret/internal.h"

enum { PATH_BYTES_MAX = 1024, OWNER_ONLY = 0600 };

static const char head_line[] = "bourse-secrets 1\n";
static const char seal_context[] = "bourse-secrets";

struct file_store {
    char path[PATH_BYTES_MAX];
    char lock_path[PATH_BYTES_MAX];
    char new_path[PATH_BYTES_MAX];
    uint8_t key[AEAD_KEY_SIZE];
    pthread_mutex_t lock; /* one writer of this process; the lock file is for the others */
};

DEFINE_AUTO(cJSON, cJSON_Delete);

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool failed(struct err *err, const char *path, const char *what)
{
    return err_set(err, ERR_CONFIG, "%s: %s: %s", path, what, strerror(errno));
}

/* ---- files ---- */

static bool read_whole(const char *path, struct str *out, struct err *err)
{
    AUTO(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    char piece[4096];
    ssize_t got;
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "%s does not exist", path);
    if (fd < 0)
        return failed(err, path, "open");
    while ((got = read(fd, piece, sizeof(piece))) > 0)
        str_add_bytes(out, piece, (size_t)got);
    bytes_wipe(piece, sizeof(piece));
    if (got < 0)
        return failed(err, path, "read");
    return str_ok(out) || err_set(err, ERR_CONFIG, "%s: above %zu bytes", path, out->max);
}

static bool write_whole(int fd, const char *path, const struct str *text, struct err *err)
{
    for (size_t at = 0; at < text->length;) {
        ssize_t put = write(fd, text->data + at, text->length - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return failed(err, path, "write");
        at += (size_t)put;
    }
    return fsync(fd) == 0 || failed(err, path, "fsync");
}

static bool folder_sync(const char *path, struct err *err)
{
    char folder[PATH_BYTES_MAX];
    snprintf(folder, sizeof(folder), "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    AUTO(fd_close) int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return failed(err, path, "fsync of its folder");
    return true;
}

/* Replaces `path`: whoever reads it sees the old file or the new one. */
static bool replace(const char *path, const char *new_path, const struct str *text, struct err *err)
{
    AUTO(fd_close) int fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, OWNER_ONLY);
    if (fd < 0)
        return failed(err, new_path, "create");
    if (!write_whole(fd, new_path, text, err))
        return false;
    if (rename(new_path, path) != 0)
        return failed(err, path, "rename");
    return folder_sync(path, err);
}

/* ---- opening ---- */

static bool key_read(const char *path, uint8_t ret_key[static AEAD_KEY_SIZE], struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(256), key = STR_INIT(AEAD_KEY_SIZE);
    if (!read_whole(path, &text, err))
        return false;
    size_t length = strcspn(str_data(&text), "\r\n");
    if (!base64url_read(str_data(&text), length, &key) || key.length != AEAD_KEY_SIZE)
        return err_set(err, ERR_CONFIG, "%s: not the base64url of %d bytes", path, AEAD_KEY_SIZE);
    memcpy(ret_key, key.data, AEAD_KEY_SIZE);
    return true;
}

static bool key_make(const struct file_store *store, const char *path, struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(256);
    uint8_t key[AEAD_KEY_SIZE];
    struct stat status;
    /* Without its key the file is lost: that is said, not papered over. */
    if (stat(store->path, &status) == 0)
        return err_set(err, ERR_CONFIG, "%s: the key of %s is not there", path, store->path);
    AUTO(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, OWNER_ONLY);
    if (fd < 0)
        return failed(err, path, "create");
    random_bytes(key, sizeof(key));
    base64url_write(&text, key, sizeof(key));
    str_add_char(&text, '\n');
    bytes_wipe(key, sizeof(key));
    return write_whole(fd, path, &text, err) && folder_sync(path, err);
}

static bool lock_take(const struct file_store *store, int *ret_fd, struct err *err)
{
    int fd = open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, OWNER_ONLY);
    if (fd < 0)
        return failed(err, store->lock_path, "create");
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            failed(err, store->lock_path, "lock");
            close(fd);
            return false;
        }
    *ret_fd = fd;
    return true;
}

static void file_close(void *backend)
{
    struct file_store *store = backend;
    if (!store)
        return;
    pthread_mutex_destroy(&store->lock);
    bytes_wipe(store, sizeof(*store));
    free(store);
}
DEFINE_AUTO(struct file_store, file_close);

bool secret_file_open(const struct secret_settings *settings, void **ret_backend, struct err *err)
{
    AUTO_FREE(file_close) struct file_store *store = calloc(1, sizeof(*store));
    AUTO(fd_close) int lock = -1;
    if (!store)
        return err_set(err, ERR_INTERNAL, "secrets: no memory");
    pthread_mutex_init(&store->lock, NULL);
    if (!settings->file || !settings->key_file || strlen(settings->file) > PATH_BYTES_MAX - 8)
        return err_set(err, ERR_CONFIG, "secrets: the file and its key must be named");
    snprintf(store->path, sizeof(store->path), "%s", settings->file);
    snprintf(store->lock_path, sizeof(store->lock_path), "%s.lock", settings->file);
    snprintf(store->new_path, sizeof(store->new_path), "%s.new", settings->file);
    if (!lock_take(store, &lock, err))
        return false;
    if (!key_read(settings->key_file, store->key, err)) {
        if (err->code != ERR_NOT_FOUND || !key_make(store, settings->key_file, err) ||
            !key_read(settings->key_file, store->key, err))
            return err_wrap(err, "key of the secrets");
    }
    *ret_backend = TAKE(store);
    return true;
}

/* ---- the object in the file ---- */

static bool load(const struct file_store *store, cJSON **ret_root, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(2 * SECRET_STORE_BYTES_MAX);
    AUTO(str_release) struct str sealed = STR_INIT(2 * SECRET_STORE_BYTES_MAX);
    AUTO(str_wipe) struct str json = STR_INIT(SECRET_STORE_BYTES_MAX);
    size_t head = strlen(head_line);
    if (!read_whole(store->path, &text, err)) {
        if (err->code != ERR_NOT_FOUND)
            return false;
        *ret_root = cJSON_CreateObject();
        return *ret_root || err_set(err, ERR_INTERNAL, "secrets: no memory");
    }
    if (text.length < head || memcmp(text.data, head_line, head) != 0)
        return err_set(err, ERR_CONFIG, "%s: no file of secrets", store->path);
    size_t length = strcspn(text.data + head, "\r\n");
    if (!base64url_read(text.data + head, length, &sealed) ||
        !aead_open(store->key, seal_context, str_data(&sealed), sealed.length, &json))
        return err_set(err, ERR_CONFIG, "%s: damaged, or sealed with another key", store->path);
    return json_read(str_data(&json), json.length, ret_root, err) ||
           err_wrap(err, "%s", store->path);
}

static bool save(const struct file_store *store, const cJSON *root, struct err *err)
{
    AUTO(str_wipe) struct str json = STR_INIT(SECRET_STORE_BYTES_MAX);
    AUTO(str_release) struct str sealed = STR_INIT(2 * SECRET_STORE_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(2 * SECRET_STORE_BYTES_MAX);
    const cJSON *item;
    cJSON_ArrayForEach(item, root)
    {
        str_add_char(&json, json.length > 0 ? ',' : '{');
        json_write_string(&json, item->string);
        str_add_char(&json, ':');
        json_write_string(&json, item->valuestring);
    }
    str_add_char(&json, '}');
    if (!str_ok(&json) || !aead_seal(store->key, seal_context, json.data, json.length, &sealed))
        return err_set(err, ERR_INTERNAL, "%s: above %d bytes", store->path,
                       SECRET_STORE_BYTES_MAX);
    str_add(&text, head_line);
    base64url_write(&text, sealed.data, sealed.length);
    str_add_char(&text, '\n');
    return replace(store->path, store->new_path, &text, err);
}

static bool file_read(void *backend, const char *name, struct str *out, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (!load(backend, &root, err))
        return false;
    const char *text = json_member_text(root, name);
    if (!text)
        return err_set(err, ERR_NOT_FOUND, "secrets: there is no %s", name);
    str_add(out, text);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "secret %s: too long", name);
}

static bool write_locked(struct file_store *store, const char *name, const char *text,
                         const char *before, struct err *err)
{
    AUTO(fd_close) int lock = -1;
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (!lock_take(store, &lock, err) || !load(store, &root, err))
        return false;
    const char *now = json_member_text(root, name);
    if (before == secret_absent && now)
        return err_set(err, ERR_CONFLICT, "secrets: %s exists", name);
    if (before && before != secret_absent && (!now || strcmp(now, before) != 0))
        return err_set(err, ERR_CONFLICT, "secrets: %s was changed meanwhile", name);
    cJSON_DeleteItemFromObjectCaseSensitive(root, name);
    if (!cJSON_AddStringToObject(root, name, text))
        return err_set(err, ERR_INTERNAL, "secrets: no memory");
    return save(store, root, err);
}

static bool file_write(void *backend, const char *name, const char *text, const char *before,
                       struct err *err)
{
    struct file_store *store = backend;
    pthread_mutex_lock(&store->lock);
    bool done = write_locked(store, name, text, before, err);
    pthread_mutex_unlock(&store->lock);
    return done;
}

static bool file_upkeep(void *backend, struct err *err)
{
    const struct file_store *store = backend;
    return access(store->path, R_OK) == 0 || failed(err, store->path, "read");
}

const struct secret_backend secret_file_backend = {
    .write = file_write, .read = file_read, .upkeep = file_upkeep, .close = file_close};

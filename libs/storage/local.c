/* Files of a folder. Written beside their place, flushed, then moved there: whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "crypto/crypto.h"
#include "storage/internal.h"

enum { PATH_BYTES_MAX = 1024, LINK_KEY_MIN = 16 };

static bool failed(const char *what, const char *path, struct err *err)
{
    enum err_code code = errno == ENOENT ? ERR_NOT_FOUND : ERR_PEER_UNAVAILABLE;
    return err_set(err, code, "storage: can't %s %s: %s", what, path, strerror(errno));
}

static bool path_of(const struct storage *storage, const char *key,
                    char path[static PATH_BYTES_MAX], struct err *err)
{
    int length = snprintf(path, PATH_BYTES_MAX, "%s/%s", storage->folder, key);
    return length > 0 && length < PATH_BYTES_MAX
               ? true
               : err_set(err, ERR_CONFIG, "storage: the path of the folder is too long");
}

/* The folders above a file, readable by nobody else. */
static bool make_folders(char *path, struct err *err)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        if (!made)
            failed("make folder", path, err);
        *slash = '/';
        if (!made)
            return false;
    }
    return true;
}

bool local_open(struct storage *storage, struct err *err)
{
    char path[PATH_BYTES_MAX];
    if (storage->folder[0] == '\0' || strlen(storage->link_key) < LINK_KEY_MIN)
        return err_set(err, ERR_CONFIG, "storage: a folder and a key of %d bytes for links",
                       LINK_KEY_MIN);
    return path_of(storage, "x", path, err) && make_folders(path, err);
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return fsync(fd) == 0;
}

static void sync_folder(const char *path)
{
    char folder[PATH_BYTES_MAX];
    snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

bool local_put(struct storage *storage, const char *key, const void *bytes, size_t length,
               struct err *err)
{
    char path[PATH_BYTES_MAX], draft[PATH_BYTES_MAX + UUID_TEXT_SIZE + 2], id[UUID_TEXT_SIZE];
    if (!path_of(storage, key, path, err) || !make_folders(path, err))
        return false;
    snprintf(draft, sizeof(draft), "%s.%s", path, uuid_text(uuid_new(), id));
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return failed("write", draft, err);
    bool written = write_all(fd, bytes, length);
    if (!written)
        failed("write", draft, err);
    close(fd);
    if (written && rename(draft, path) != 0)
        written = failed("move to", path, err);
    if (written)
        sync_folder(path);
    else
        unlink(draft);
    return written;
}

static bool read_all(int fd, char *to, size_t length)
{
    while (length > 0) {
        ssize_t got = read(fd, to, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        length -= (size_t)got;
    }
    return true;
}

bool local_get(struct storage *storage, const char *key, struct str *out, struct err *err)
{
    char path[PATH_BYTES_MAX];
    struct stat status;
    if (!path_of(storage, key, path, err))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return failed("read", path, err);
    bool is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    size_t length = is_file ? (size_t)status.st_size : 0;
    char *room = is_file ? str_reserve(out, length) : NULL;
    bool got = room && read_all(fd, room, length);
    close(fd);
    if (!got)
        return err_set(err, is_file ? ERR_INTERNAL : ERR_NOT_FOUND,
                       "storage: can't read %s of %zu bytes", path, length);
    room[length] = '\0';
    out->length += length;
    return true;
}

bool local_delete(struct storage *storage, const char *key, struct err *err)
{
    char path[PATH_BYTES_MAX];
    if (!path_of(storage, key, path, err))
        return false;
    return unlink(path) == 0 || errno == ENOENT ? true : failed("delete", path, err);
}

/* ---- links ---- */

static void sign(const struct storage *storage, const char *key, const char *expires,
                 char ret_hex[static 2 * SHA256_SIZE + 1])
{
    struct str text = STR_INIT(STORAGE_URL_BYTES_MAX), hex = STR_INIT(2 * SHA256_SIZE);
    uint8_t mac[SHA256_SIZE];
    str_add_format(&text, "%s\n%s", key, expires);
    hmac_sha256(storage->link_key, strlen(storage->link_key), str_data(&text), text.length, mac);
    str_add_hex(&hex, mac, sizeof(mac));
    assert(str_ok(&hex) && hex.length == 2 * SHA256_SIZE);
    memcpy(ret_hex, hex.data, hex.length + 1);
    str_release(&text);
    str_release(&hex);
}

void local_link(struct storage *storage, const char *key, int64_t lifetime_s, struct str *out)
{
    char expires[24], signature[2 * SHA256_SIZE + 1];
    int64_t expires_s = clock_now_us(storage->clock) / 1000000 + lifetime_s;
    snprintf(expires, sizeof(expires), "%lld", (long long)expires_s);
    sign(storage, key, expires, signature);
    str_add_format(out, "%s/%s?expires=%s&signature=%s", storage->link_base, key, expires,
                   signature);
}

bool storage_link_is_good(const struct storage *storage, const char *key, const char *expires,
                          const char *signature)
{
    char wanted[2 * SHA256_SIZE + 1];
    int64_t expires_s;
    if (storage->is_s3 || strlen(key) > STORAGE_KEY_MAX || strlen(expires) > 20 ||
        strlen(signature) != 2 * SHA256_SIZE || !str_to_i64(expires, &expires_s))
        return false;
    sign(storage, key, expires, wanted);
    return bytes_equal(wanted, signature, 2 * SHA256_SIZE) &&
           clock_now_us(storage->clock) / 1000000 < expires_s;
}

#include "signer/store/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "base/str.h"
#include "json/read.h"
#include "signer/state/limits.h"

enum { OWNER_ONLY = 0600, PATH_BYTES_MAX = 1024 };

static const char no_digest[] = "0000000000000000000000000000000000000000000000000000000000000000";

struct audit {
    int fd;
    pthread_mutex_t lock;
    pthread_cond_t synced;
    struct audit_facts facts;
    struct str line;       /* the one that is written */
    uint64_t synced_lines; /* on the disk */
    bool syncing;          /* a thread is at it */
    bool broken;
};

DEFINE_AUTO(cJSON, cJSON_Delete);

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void digest_hex(const void *bytes, size_t length, char ret_hex[static AUDIT_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[SHA256_SIZE];
    sha256(bytes, length, digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[2 * sizeof(digest)] = '\0';
}

/* ---- reading ---- */

static bool line_read(const char *text, size_t length, struct audit_facts *facts,
                      audit_replay *replay, void *context, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    int64_t number, at_us;
    if (!json_read(text, length, &root, err))
        return false;
    const char *prev = json_member_text(root, "prev");
    if (!json_member_i64(root, "n", &number) || !json_member_i64(root, "at", &at_us) || !prev)
        return err_set(err, ERR_CONFIG, "n, at or prev is missing");
    if (number < 0 || (uint64_t)number != facts->lines)
        return err_set(err, ERR_CONFIG, "its number is %lld", (long long)number);
    if (strcmp(prev, facts->head) != 0)
        return err_set(err, ERR_CONFIG, "it does not follow the line before: one was changed");
    if (at_us < facts->last_us)
        return err_set(err, ERR_CONFIG, "it is older than the line before");
    if (number == 0) {
        const char *id = json_member_text(root, "id");
        if (!id || strlen(id) >= sizeof(facts->id))
            return err_set(err, ERR_CONFIG, "the first line has no id");
        memcpy(facts->id, id, strlen(id) + 1);
    }
    struct audit_line line = {.number = (uint64_t)number, .at_us = at_us, .root = root};
    if (replay && !replay(context, &line, err))
        return false;
    facts->lines++;
    facts->bytes += length + 1;
    facts->last_us = at_us;
    digest_hex(text, length, facts->head);
    return true;
}

static bool text_scan(const char *text, size_t size, struct audit_facts *facts,
                      audit_replay *replay, void *context, struct err *err)
{
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        if (!end) {
            facts->torn_bytes = size - at;
            break;
        }
        size_t length = (size_t)(end - (text + at));
        if (length > AUDIT_LINE_MAX)
            return err_set(err, ERR_CONFIG, "line %llu is too long",
                           (unsigned long long)facts->lines + 1);
        if (!line_read(text + at, length, facts, replay, context, err)) {
            err->code = ERR_CONFIG;
            return err_wrap(err, "line %llu", (unsigned long long)facts->lines + 1);
        }
        at += length + 1;
    }
    return true;
}

static bool file_scan(int fd, const char *path, struct audit_facts *facts, audit_replay *replay,
                      void *context, struct err *err)
{
    struct stat status;
    *facts = (struct audit_facts){.lines = 0};
    memcpy(facts->head, no_digest, sizeof(no_digest));
    if (fstat(fd, &status) != 0)
        return err_set(err, ERR_CONFIG, "%s: %m", path);
    if (status.st_size == 0)
        return true;
    size_t size = (size_t)status.st_size;
    char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (text == MAP_FAILED)
        return err_set(err, ERR_CONFIG, "%s: %m", path);
    bool done = text_scan(text, size, facts, replay, context, err);
    munmap(text, size);
    return done || err_wrap(err, "%s", path);
}

bool audit_verify(const char *path, audit_replay *replay, void *context,
                  struct audit_facts *ret_facts, struct err *err)
{
    struct audit_facts facts;
    AUTO(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_NOT_FOUND, "%s: %m", path);
    if (!file_scan(fd, path, &facts, replay, context, err))
        return false;
    *ret_facts = facts;
    return true;
}

/* ---- opening ---- */

static bool folder_sync(const char *path, struct err *err)
{
    char folder[PATH_BYTES_MAX];
    snprintf(folder, sizeof(folder), "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    AUTO(fd_close) int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return err_set(err, ERR_CONFIG, "%s: %m", folder);
    return true;
}

static bool tail_cut(struct audit *audit, const char *path, struct err *err)
{
    if (audit->facts.torn_bytes == 0)
        return true;
    if (ftruncate(audit->fd, (off_t)audit->facts.bytes) != 0 || fsync(audit->fd) != 0)
        return err_set(err, ERR_CONFIG, "%s: its torn end can't be cut off: %m", path);
    return true;
}

/* A file that is new, or whose first line a crash tore. */
static bool begin(struct audit *audit, const char *path, int64_t now_us, struct err *err)
{
    char members[128], id[UUID_TEXT_SIZE];
    uint64_t number;
    uuid_text(uuid_new(), id);
    snprintf(members, sizeof(members), "\"event\":\"opened\",\"id\":\"%s\"", id);
    if (!audit_append(audit, now_us, members, &number, err) || !audit_sync(audit, number, err) ||
        !folder_sync(path, err))
        return false;
    memcpy(audit->facts.id, id, sizeof(id));
    return true;
}

bool audit_open(const char *path, int64_t now_us, audit_replay *replay, void *context,
                struct audit **ret_audit, struct err *err)
{
    AUTO_FREE(audit_close) struct audit *audit = calloc(1, sizeof(*audit));
    if (!audit)
        return err_set(err, ERR_INTERNAL, "audit: no memory");
    pthread_mutex_init(&audit->lock, NULL);
    pthread_cond_init(&audit->synced, NULL);
    audit->line = STR_INIT(AUDIT_LINE_MAX);
    audit->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, OWNER_ONLY);
    if (audit->fd < 0)
        return err_set(err, ERR_CONFIG, "%s: %m", path);
    if (flock(audit->fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, ERR_CONFIG, "%s: another signer has it: %m", path);
    if (!file_scan(audit->fd, path, &audit->facts, replay, context, err) ||
        !tail_cut(audit, path, err))
        return false;
    audit->synced_lines = audit->facts.lines;
    /* What an older process wrote and did not sync is believed from here on. */
    if (fsync(audit->fd) != 0)
        return err_set(err, ERR_CONFIG, "%s: %m", path);
    if (audit->facts.lines == 0 && !begin(audit, path, now_us, err))
        return false;
    *ret_audit = TAKE(audit);
    return true;
}

void audit_close(struct audit *audit)
{
    if (!audit)
        return;
    fd_close(&audit->fd);
    str_release(&audit->line);
    pthread_cond_destroy(&audit->synced);
    pthread_mutex_destroy(&audit->lock);
    free(audit);
}

/* ---- writing ---- */

/* Puts the whole line, or nothing. */
static bool line_write_locked(struct audit *audit, struct err *err)
{
    const struct str *line = &audit->line;
    for (size_t at = 0; at < line->length;) {
        ssize_t put = write(audit->fd, line->data + at, line->length - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put > 0) {
            at += (size_t)put;
            continue;
        }
        int why = errno;
        if (at > 0 && ftruncate(audit->fd, (off_t)audit->facts.bytes) != 0)
            audit->broken = true;
        return err_set(err, ERR_BUSY, "the audit file takes no line: %s", strerror(why));
    }
    return true;
}

static bool append_locked(struct audit *audit, int64_t now_us, const char *members, struct err *err)
{
    struct audit_facts *facts = &audit->facts;
    if (audit->broken)
        return err_set(err, ERR_BUSY, "the audit file is broken");
    int64_t at_us = now_us > facts->last_us ? now_us : facts->last_us;
    str_clear(&audit->line);
    str_add_format(&audit->line, "{\"n\":%llu,\"at\":%lld,\"prev\":\"%s\",%s}",
                   (unsigned long long)facts->lines, (long long)at_us, facts->head, members);
    size_t length = audit->line.length;
    str_add_char(&audit->line, '\n');
    if (!str_ok(&audit->line))
        return err_set(err, ERR_INVALID, "a decision above %d bytes", AUDIT_LINE_MAX);
    assert(!memchr(audit->line.data, '\n', length));
    if (!line_write_locked(audit, err))
        return false;
    digest_hex(audit->line.data, length, facts->head);
    facts->lines++;
    facts->bytes += length + 1;
    facts->last_us = at_us;
    return true;
}

bool audit_append(struct audit *audit, int64_t now_us, const char *members, uint64_t *ret_number,
                  struct err *err)
{
    pthread_mutex_lock(&audit->lock);
    bool done = append_locked(audit, now_us, members, err);
    if (done)
        *ret_number = audit->facts.lines - 1;
    pthread_mutex_unlock(&audit->lock);
    return done;
}

/* One thread syncs, for all lines that are written when it begins; the others wait for it. */
static void sync_locked(struct audit *audit)
{
    uint64_t lines = audit->facts.lines;
    audit->syncing = true;
    pthread_mutex_unlock(&audit->lock);
    bool done = fdatasync(audit->fd) == 0;
    pthread_mutex_lock(&audit->lock);
    audit->syncing = false;
    if (done)
        audit->synced_lines = lines;
    else /* what the kernel could not write it may forget: no second try would tell */
        audit->broken = true;
    pthread_cond_broadcast(&audit->synced);
}

bool audit_sync(struct audit *audit, uint64_t number, struct err *err)
{
    pthread_mutex_lock(&audit->lock);
    while (audit->synced_lines <= number && !audit->broken) {
        if (audit->syncing)
            pthread_cond_wait(&audit->synced, &audit->lock);
        else
            sync_locked(audit);
    }
    bool done = audit->synced_lines > number;
    pthread_mutex_unlock(&audit->lock);
    return done || err_set(err, ERR_BUSY, "the audit file can't be synced");
}

bool audit_is_ok(struct audit *audit)
{
    pthread_mutex_lock(&audit->lock);
    bool is_ok = !audit->broken;
    pthread_mutex_unlock(&audit->lock);
    return is_ok;
}

void audit_look(struct audit *audit, struct audit_facts *ret_facts)
{
    pthread_mutex_lock(&audit->lock);
    *ret_facts = audit->facts;
    pthread_mutex_unlock(&audit->lock);
}

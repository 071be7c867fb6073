/* outbox.c: the way out that goes nowhere: a folder of .eml files, for a stack on one machine. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"
#include "mail/internal.h"

enum { LETTERS_LISTED_MAX = 4096 };

struct outbox {
    struct mail_sender sender;
    char folder[PATH_MAX - NAME_MAX - 16];
    size_t letters_max;
};

/* ---- the letters that are there ---- */

static int newest_first(const void *a, const void *b)
{
    const struct mail_outbox_entry *x = a, *y = b;
    return (x->written_us < y->written_us) - (x->written_us > y->written_us);
}

static bool is_letter(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot != name && name[0] != '.' && strcmp(dot, ".eml") == 0;
}

/* In no order, at most LETTERS_LISTED_MAX. */
static size_t list_letters(const char *folder, struct mail_outbox_entry *ret_letters)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        return 0;
    for (struct dirent *entry; count < LETTERS_LISTED_MAX && (entry = readdir(dir));) {
        struct stat facts;
        if (!is_letter(entry->d_name) || fstatat(dirfd(dir), entry->d_name, &facts, 0) != 0)
            continue;
        struct mail_outbox_entry *letter = &ret_letters[count++];
        snprintf(letter->name, sizeof(letter->name), "%s", entry->d_name);
        letter->written_us = (int64_t)facts.st_mtim.tv_sec * 1000000 + facts.st_mtim.tv_nsec / 1000;
    }
    closedir(dir);
    return count;
}

static struct mail_outbox_entry *list_sorted(const char *folder, size_t *ret_count)
{
    struct mail_outbox_entry *letters = calloc(LETTERS_LISTED_MAX, sizeof(*letters));
    *ret_count = letters ? list_letters(folder, letters) : 0;
    if (letters)
        qsort(letters, *ret_count, sizeof(*letters), newest_first);
    return letters;
}

size_t mail_outbox_list(const char *folder, struct mail_outbox_entry *ret_entries, size_t max)
{
    size_t count;
    struct mail_outbox_entry *letters = list_sorted(folder, &count);
    count = count < max ? count : max;
    if (count > 0)
        memcpy(ret_entries, letters, count * sizeof(*letters));
    free(letters);
    return count;
}

static void forget_oldest(const struct outbox *outbox)
{
    size_t count;
    struct mail_outbox_entry *letters = list_sorted(outbox->folder, &count);
    for (size_t i = outbox->letters_max; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof(path), "%s/%s", outbox->folder, letters[i].name);
        unlink(path);
    }
    free(letters); /* without memory the next letter tries again */
}

bool mail_outbox_read(const char *folder, const char *name, struct str *out, struct err *err)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (!is_letter(name) || strchr(name, '/') || length < 0 || (size_t)length >= sizeof(path))
        return err_set(err, ERR_NOT_FOUND, "no letter of that name");
    return file_read(path, out, err) || err_set(err, ERR_NOT_FOUND, "no letter of that name");
}

/* ---- writing one ---- */

static bool write_whole(int file, const struct str *message)
{
    for (size_t done = 0; done < message->length;) {
        ssize_t written = write(file, str_data(message) + done, message->length - done);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            done += (size_t)written;
    }
    return true;
}

/* The id becomes a name: what could lead out of the folder is replaced. */
static void path_of(const struct outbox *outbox, const char *id, const char *ending,
                    char path[static PATH_MAX])
{
    int length = snprintf(path, PATH_MAX, "%s/", outbox->folder);
    size_t at = (size_t)length, end = at + NAME_MAX - 8;
    for (; *id && at < end; id++) {
        bool is_safe = strchr("@-_+", *id) || (*id >= '0' && *id <= '9') ||
                       ((*id | 0x20) >= 'a' && (*id | 0x20) <= 'z') ||
                       (*id == '.' && at > (size_t)length);
        path[at++] = is_safe ? *id : '_';
    }
    snprintf(path + at, PATH_MAX - at, "%s", ending);
}

static bool outbox_send(struct mail_sender *sender, const struct mail *mail,
                        const struct str *message, struct err *err)
{
    struct outbox *outbox = (struct outbox *)sender;
    char half[PATH_MAX], path[PATH_MAX];
    path_of(outbox, mail->message_id, ".new", half);
    path_of(outbox, mail->message_id, ".eml", path);
    int file = open(half, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return err_set(err, ERR_INTERNAL, "outbox %s: %s", outbox->folder, strerror(errno));
    bool written = write_whole(file, message);
    if (close(file) != 0)
        written = false;
    if (!written || rename(half, path) != 0) {
        unlink(half);
        return err_set(err, ERR_INTERNAL, "outbox %s: %s", outbox->folder, strerror(errno));
    }
    forget_oldest(outbox);
    return true;
}

static void outbox_free(struct mail_sender *sender)
{
    free(sender);
}

bool mail_outbox_open(const char *folder, size_t letters_max, struct mail_sender **ret_sender,
                      struct err *err)
{
    struct outbox *outbox = calloc(1, sizeof(*outbox));
    assert(letters_max > 0 && letters_max < LETTERS_LISTED_MAX);
    if (!outbox)
        return err_set(err, ERR_INTERNAL, "outbox: no memory");
    int length = snprintf(outbox->folder, sizeof(outbox->folder), "%s", folder);
    bool fits = length > 0 && (size_t)length < sizeof(outbox->folder);
    if (!fits || (mkdir(folder, 0700) != 0 && errno != EEXIST)) {
        free(outbox);
        return err_set(err, ERR_CONFIG, "outbox %s: %s", folder,
                       fits ? strerror(errno) : "no such path is possible");
    }
    outbox->sender = (struct mail_sender){outbox_send, outbox_free};
    outbox->letters_max = letters_max;
    *ret_sender = &outbox->sender;
    return true;
}

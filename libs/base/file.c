#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 * 1024 };

/* Bytes that came; 0: the end; -1 with errno, EFBIG when there are more than `out` may have. */
static ssize_t piece_read(int file, struct str *out)
{
    size_t left = out->max - out->length;
    size_t wanted = left < PIECE_BYTES ? left : PIECE_BYTES;
    char more = 0;
    char *room = wanted > 0 ? str_reserve(out, wanted) : &more;
    ssize_t got;
    if (!room) {
        errno = ENOMEM;
        return -1;
    }
    do
        got = read(file, room, wanted > 0 ? wanted : 1);
    while (got < 0 && errno == EINTR);
    if (got > 0 && wanted == 0) {
        errno = EFBIG;
        return -1;
    }
    if (got >= 0 && wanted > 0) {
        out->length += (size_t)got;
        out->data[out->length] = '\0';
    }
    return got;
}

bool file_read(const char *path, struct str *out, struct err *err)
{
    struct stat status;
    ssize_t got = -1;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return err_set(err, ERR_CONFIG, "%.150s: %m", path);
    if (fstat(file, &status) == 0) {
        if (S_ISREG(status.st_mode) && (size_t)status.st_size <= out->max - out->length)
            (void)str_reserve(out, (size_t)status.st_size);
        while ((got = piece_read(file, out)) > 0)
            continue;
    }
    int reason = errno;
    close(file);
    errno = reason;
    return got == 0 || err_set(err, ERR_CONFIG, "%.150s: %m", path);
}

#include "scan/scan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024, REPLY_BYTES_MAX = 1024 };

static bool away(const char *what, struct err *err)
{
    return err_set(err, ERR_PEER_UNAVAILABLE, "scanner: %s: %s", what, strerror(errno));
}

/* ---- connecting ---- */

/* -1: errno says why. The timeout of sending is that of connecting, too. */
static int connect_to(int family, const struct sockaddr *address, socklen_t size)
{
    const struct timeval timeout = {.tv_sec = SCAN_TIMEOUT_S};
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) == 0 &&
        connect(fd, address, size) == 0)
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static bool open_unix(const char *path, int *ret_fd, struct err *err)
{
    union {
        struct sockaddr any;
        struct sockaddr_un local;
    } address = {.local = {.sun_family = AF_UNIX}};
    size_t length = strlen(path);
    if (length >= sizeof(address.local.sun_path))
        return err_set(err, ERR_CONFIG, "scanner: the path of its socket is too long");
    memcpy(address.local.sun_path, path, length + 1);
    int fd = connect_to(AF_UNIX, &address.any, sizeof(address.local));
    if (fd < 0)
        return away(path, err);
    *ret_fd = fd;
    return true;
}

static bool open_tcp(const char *address, int *ret_fd, struct err *err)
{
    const struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    char host[SCAN_ADDRESS_MAX];
    struct addrinfo *found;
    const char *colon = strrchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : 0;
    if (length == 0 || length >= sizeof(host))
        return err_set(err, ERR_CONFIG, "scanner: its address is host:port or a path");
    memcpy(host, address, length);
    host[length] = '\0';
    if (getaddrinfo(host, colon + 1, &wanted, &found) != 0)
        return err_set(err, ERR_PEER_UNAVAILABLE, "scanner: nobody knows %s", address);
    int fd = -1;
    for (const struct addrinfo *each = found; each && fd < 0; each = each->ai_next)
        fd = connect_to(each->ai_family, each->ai_addr, each->ai_addrlen);
    freeaddrinfo(found);
    if (fd < 0)
        return away(address, err);
    *ret_fd = fd;
    return true;
}

/* ---- asking ---- */

static bool send_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool send_file(int fd, const char *bytes, size_t length)
{
    static const char command[] = "zINSTREAM"; /* with its NUL */
    bool sent = send_all(fd, command, sizeof(command));
    while (sent && length > 0) {
        size_t chunk = length < CHUNK_BYTES ? length : CHUNK_BYTES;
        uint32_t size = htonl((uint32_t)chunk);
        sent = send_all(fd, &size, sizeof(size)) && send_all(fd, bytes, chunk);
        bytes += chunk;
        length -= chunk;
    }
    const uint32_t end = 0;
    return sent && send_all(fd, &end, sizeof(end));
}

static bool read_reply(int fd, char reply[static REPLY_BYTES_MAX])
{
    size_t length = 0;
    while (length < REPLY_BYTES_MAX - 1) {
        ssize_t got = recv(fd, reply + length, REPLY_BYTES_MAX - 1 - length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        length += (size_t)got;
        if (got == 0 || reply[length - 1] == '\0' || reply[length - 1] == '\n')
            break;
    }
    reply[length] = '\0';
    reply[strcspn(reply, "\r\n")] = '\0';
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

bool scan_bytes(const char *address, const void *bytes, size_t length, bool *ret_is_clean,
                struct err *err)
{
    char reply[REPLY_BYTES_MAX];
    int fd = -1;
    if (!(address[0] == '/' ? open_unix(address, &fd, err) : open_tcp(address, &fd, err)))
        return false;
    /* A scanner that has had enough answers before it has all: its reason is worth reading. */
    (void)!send_file(fd, bytes, length);
    bool got = read_reply(fd, reply);
    if (!got)
        away("no answer", err);
    close(fd);
    if (!got)
        return false;
    bool is_clean = strcmp(reply, "stream: OK") == 0;
    if (!is_clean && !ends_with(reply, " FOUND"))
        return err_set(err, ERR_PEER_UNAVAILABLE, "scanner: %.100s", reply);
    *ret_is_clean = is_clean;
    return true;
}

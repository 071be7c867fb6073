/*
 * The Unix socket of a server that also listens on TCP: an edge on the same machine asks here, and
 * spares the kernel the loopback's TCP. libmicrohttpd listens on one socket
 * only, so a thread accepts on this one and hands the connections over; from then on they are like the
 * others, with the same limits.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/private.h"
#include "log/log.h"

enum { LOCAL_BACKLOG = 1024, NO_FILES_PAUSE_US = 100000 };

static bool fill_address(const char *path, struct sockaddr_un *ret_address, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof(address.sun_path))
        return err_set(err, ERR_CONFIG, "HTTP_SOCKET: a path of %zu characters; at most %zu",
                       length, sizeof(address.sun_path) - 1);
    memcpy(address.sun_path, path, length);
    *ret_address = address;
    return true;
}

/* The file of a process that was killed is in the way; whoever still listens there would not be. */
static bool remove_old(const struct sockaddr_un *address, struct err *err)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_set(err, ERR_CONFIG, "no socket: %s", strerror(errno));
    bool taken = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
    close(fd);
    if (taken)
        return err_set(err, ERR_CONFIG, "HTTP_SOCKET: another process listens on %s",
                       address->sun_path);
    struct stat old;
    if (lstat(address->sun_path, &old) != 0)
        return true;
    if (!S_ISSOCK(old.st_mode))
        return err_set(err, ERR_CONFIG, "HTTP_SOCKET: %s is there and is no socket",
                       address->sun_path);
    unlink(address->sun_path);
    return true;
}

/* Whoever may enter its folder may ask, as anybody on this machine may on the loopback. */
static bool listen_there(struct http_server *server, const struct sockaddr_un *address,
                         struct err *err)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(err, ERR_CONFIG, "no socket: %s", strerror(errno));
    if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 ||
        chmod(address->sun_path, 0666) != 0 || listen(fd, LOCAL_BACKLOG) != 0) {
        err_set(err, ERR_CONFIG, "HTTP_SOCKET: can't listen on %s: %s", address->sun_path,
                strerror(errno));
        close(fd);
        return false;
    }
    server->local.fd = fd;
    return true;
}

static void accept_one(struct http_server *server)
{
    struct sockaddr_un address;
    socklen_t length = sizeof(address);
    int fd = accept4(server->local.fd, (struct sockaddr *)&address, &length,
                     SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            usleep(NO_FILES_PAUSE_US);
        return;
    }
    /* Above its limit of connections libmicrohttpd closes it, as it does with those of TCP. */
    if (MHD_add_connection(server->daemon, fd, (struct sockaddr *)&address, length) != MHD_YES)
        log_debug("connection refused", LOG_STR("socket", server->spec.local_socket));
}

static void *accept_loop(void *arg)
{
    struct http_server *server = arg;
    struct pollfd files[2] = {{.fd = server->local.fd, .events = POLLIN},
                              {.fd = server->local.stop_fd, .events = POLLIN}};
    pthread_setname_np(pthread_self(), "http-local");
    for (;;) {
        if (poll(files, 2, -1) < 0)
            continue; /* EINTR */
        if (files[1].revents)
            return NULL;
        accept_one(server);
    }
}

bool local_start(struct http_server *server, struct err *err)
{
    struct sockaddr_un address;
    if (!server->spec.local_socket || !server->spec.local_socket[0])
        return true;
    if (!fill_address(server->spec.local_socket, &address, err) || !remove_old(&address, err) ||
        !listen_there(server, &address, err))
        return false;
    server->local.stop_fd = eventfd(0, EFD_CLOEXEC);
    if (server->local.stop_fd < 0 ||
        pthread_create(&server->local.thread, NULL, accept_loop, server) != 0) {
        local_stop(server);
        return err_set(err, ERR_CONFIG, "no thread for %s", server->spec.local_socket);
    }
    server->local.runs = true;
    return true;
}

void local_stop(struct http_server *server)
{
    if (server->local.runs) {
        uint64_t one = 1;
        ssize_t told = write(server->local.stop_fd, &one, sizeof(one));
        assert(told == (ssize_t)sizeof(one));
        pthread_join(server->local.thread, NULL);
        unlink(server->spec.local_socket);
        server->local.runs = false;
    }
    if (server->local.fd >= 0)
        close(server->local.fd);
    if (server->local.stop_fd >= 0)
        close(server->local.stop_fd);
    server->local.fd = server->local.stop_fd = -1;
}

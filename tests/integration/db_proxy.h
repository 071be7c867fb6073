/*
 * db_proxy.h: a socket between client and server that cuts the line at a chosen moment: when a
 * client's packet holds a word, before the server gets it or after the server has answered it. One
 * connection at a time, served by one thread.
 */
#ifndef TESTS_DB_PROXY_H
#define TESTS_DB_PROXY_H

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/integration/db_world.h"

enum proxy_cut { PROXY_PASS, PROXY_CUT_BEFORE, PROXY_CUT_AFTER };

struct proxy {
    const char *word;
    _Atomic enum proxy_cut cut; /* done once, then PROXY_PASS */
    int listener;
    pthread_t thread;
    struct sockaddr_un server;
};

static inline struct sockaddr_un proxy_address(const char *file)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[512];
    snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", world_path(file, path));
    return address;
}

/* Forwards what is there; false at the end of the line or at the cut. */
static inline bool proxy_forward(struct proxy *proxy, int from, int to, bool is_client,
                                 bool *is_last)
{
    static char buffer[1 << 20];
    ssize_t count = recv(from, buffer, sizeof(buffer), 0);
    if (count <= 0)
        return false;
    if (is_client && proxy->cut != PROXY_PASS &&
        memmem(buffer, (size_t)count, proxy->word, strlen(proxy->word))) {
        if (proxy->cut == PROXY_CUT_BEFORE) {
            proxy->cut = PROXY_PASS;
            return false;
        }
        *is_last = true;
    } else if (!is_client && *is_last) {
        proxy->cut = PROXY_PASS;
        return false; /* the server has answered; nobody hears it */
    }
    return send(to, buffer, (size_t)count, MSG_NOSIGNAL) == count;
}

static inline void *proxy_run(void *arg)
{
    struct proxy *proxy = arg;
    for (;;) {
        int client = accept(proxy->listener, NULL, NULL);
        if (client < 0)
            return NULL;
        int server = socket(AF_UNIX, SOCK_STREAM, 0);
        bool is_on =
            connect(server, (const struct sockaddr *)&proxy->server, sizeof(proxy->server)) == 0;
        bool is_last = false;
        while (is_on) {
            struct pollfd fds[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
            poll(fds, 2, -1);
            if (fds[0].revents)
                is_on = proxy_forward(proxy, client, server, true, &is_last);
            if (is_on && fds[1].revents)
                is_on = proxy_forward(proxy, server, client, false, &is_last);
        }
        close(client);
        close(server);
    }
}

static inline void proxy_start(struct proxy *proxy, const char *word)
{
    struct sockaddr_un own = proxy_address("proxy.sock");
    proxy->word = word;
    proxy->cut = PROXY_PASS;
    proxy->server = proxy_address("mariadb.sock");
    unlink(own.sun_path);
    proxy->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(proxy->listener, (const struct sockaddr *)&own, sizeof(own)), 0);
    assert_int_equal(listen(proxy->listener, 8), 0);
    assert_int_equal(pthread_create(&proxy->thread, NULL, proxy_run, proxy), 0);
}

/* After the clients have closed. */
static inline void proxy_stop(struct proxy *proxy)
{
    shutdown(proxy->listener, SHUT_RDWR);
    pthread_join(proxy->thread, NULL);
    close(proxy->listener);
}

#endif

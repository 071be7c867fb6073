/*
 * http_client.h: a client for tests that sends exactly the bytes it is given, and reads one answer
 * at a time. Every wait is bounded; what does not come in time fails the test.
 */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

enum { CLIENT_WAIT_MS = 60000, CLIENT_TEXT_MAX = 4 * 1024 * 1024 };

struct client {
    int fd;
    struct str in; /* bytes that belong to the next answer */
};

struct answer {
    int status;
    char head[4096];
    char body[8192]; /* the beginning of it */
    size_t body_length;
};

static inline bool client_open(struct client *client, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *client = (struct client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    client->in = STR_INIT(CLIENT_TEXT_MAX);
    return client->fd >= 0 &&
           connect(client->fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
}

static inline void client_close(struct client *client)
{
    close(client->fd);
    str_release(&client->in);
}

static inline bool client_send(struct client *client, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(client->fd, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

static inline bool client_send_text(struct client *client, const char *text)
{
    return client_send(client, text, strlen(text));
}

/* Opens, and sends a request without a body. */
static inline bool client_begin(struct client *client, uint16_t port, const char *line)
{
    char text[256];
    int length = snprintf(text, sizeof(text), "%s HTTP/1.1\r\nHost: test\r\n\r\n", line);
    return client_open(client, port) && client_send(client, text, (size_t)length);
}

/* Bytes read; 0: the server closed; -1: nothing came in time. */
static inline int client_read(struct client *client, int wait_ms)
{
    char bytes[65536];
    struct pollfd wait = {.fd = client->fd, .events = POLLIN};
    if (poll(&wait, 1, wait_ms) <= 0)
        return -1;
    ssize_t got = recv(client->fd, bytes, sizeof(bytes), 0);
    if (got <= 0)
        return 0; /* a reset is closed, too */
    str_add_bytes(&client->in, bytes, (size_t)got);
    return (int)got;
}

/* Whether the server closes the connection without a further byte. */
static inline bool client_is_closed(struct client *client)
{
    return client->in.length == 0 && client_read(client, CLIENT_WAIT_MS) == 0;
}

static inline const char *answer_header(const struct answer *answer, const char *name)
{
    static char value[512];
    size_t length = strlen(name);
    for (const char *line = answer->head; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            snprintf(value, sizeof(value), "%.*s", (int)strcspn(line + length + 2, "\r\n"),
                     line + length + 2);
            return value;
        }
    }
    return NULL;
}

/* Reads one answer; false: closed or silent before it was complete. */
static inline bool client_answer(struct client *client, bool is_head, struct answer *answer)
{
    char *end;
    uint64_t length = 0;
    while (!(end = client->in.length > 0 ? strstr(client->in.data, "\r\n\r\n") : NULL))
        if (client_read(client, CLIENT_WAIT_MS) <= 0)
            return false;
    size_t head = (size_t)(end - client->in.data) + 4;
    snprintf(answer->head, sizeof(answer->head), "%.*s", (int)head, client->in.data);
    if (sscanf(answer->head, "HTTP/1.%*1d %d", &answer->status) != 1)
        return false;
    const char *announced = answer_header(answer, "Content-Length");
    if (announced && !is_head && !str_to_u64(announced, &length))
        return false;
    while (client->in.length < head + length)
        if (client_read(client, CLIENT_WAIT_MS) <= 0)
            return false;
    answer->body_length = length;
    size_t kept = length < sizeof(answer->body) ? length : sizeof(answer->body) - 1;
    memcpy(answer->body, client->in.data + head, kept);
    answer->body[kept] = '\0';
    size_t rest = client->in.length - head - length;
    memmove(client->in.data, client->in.data + head + length, rest);
    client->in.length = rest;
    client->in.data[rest] = '\0';
    return true;
}

/* Sends the bytes on a connection of its own, and reads one answer. */
static inline bool client_ask_bytes(uint16_t port, const char *bytes, size_t length,
                                    struct answer *answer)
{
    struct client client;
    bool answered = client_open(&client, port);
    if (answered) {
        client_send(&client, bytes, length);
        answered = client_answer(&client, strncmp(bytes, "HEAD", 4) == 0, answer);
    }
    client_close(&client);
    return answered;
}

/* `line` is "GET /path"; `headers` are whole lines; an empty body is none. */
static inline bool client_ask(uint16_t port, const char *line, const char *headers,
                              const char *body, struct answer *answer)
{
    struct str text = STR_INIT(CLIENT_TEXT_MAX);
    str_add_format(&text, "%s HTTP/1.1\r\nHost: test\r\n%s", line, headers);
    if (*body)
        str_add_format(&text, "Content-Length: %zu\r\n", strlen(body));
    str_add(&text, "\r\n");
    str_add(&text, body);
    bool answered = str_ok(&text) && client_ask_bytes(port, text.data, text.length, answer);
    str_release(&text);
    return answered;
}

#endif

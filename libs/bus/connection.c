/* connection.c: open, close, reopen; what the broker's errors mean to us. */
#include "bus/internal.h"

#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CONNECT_TIMEOUT_MS = 5000 };

static struct timeval milliseconds(int count)
{
    return (struct timeval){.tv_sec = count / 1000, .tv_usec = count % 1000 * 1000L};
}

/* ---- failures ---- */

bool bus_break(struct bus *bus, struct err *err, enum err_code code, const char *format, ...)
{
    char story[sizeof(err->what)];
    va_list args;
    va_start(args, format);
    vsnprintf(story, sizeof(story), format, args);
    va_end(args);
    if (bus->connection)
        amqp_destroy_connection(bus->connection);
    bus->connection = NULL;
    bus->is_blocked = false;
    err_set(err, code, "broker: %s", story);
    bus->failure = *err;
    return false;
}

bool bus_check_open(const struct bus *bus, struct err *err)
{
    if (bus->connection)
        return true;
    return err_set(err, ERR_BUS_UNAVAILABLE, "%s (and not reopened)", bus->failure.what);
}

bool bus_check_status(struct bus *bus, int status, const char *what, struct err *err)
{
    if (status >= 0)
        return true;
    return bus_break(bus, err, ERR_BUS_UNAVAILABLE, "%s: %s", what, amqp_error_string2(status));
}

/* While things are set up these codes mean that configuration and broker disagree, which time does
 * not heal. Later only missing rights do: the rest is put right by a reopen. */
static enum err_code code_of(int reply_code, bool is_setup)
{
    bool is_ours =
        reply_code == AMQP_ACCESS_REFUSED ||
        (is_setup && (reply_code == AMQP_PRECONDITION_FAILED || reply_code == AMQP_NOT_ALLOWED ||
                      reply_code == AMQP_INVALID_PATH || reply_code == AMQP_COMMAND_INVALID));
    return is_ours ? ERR_CONFIG : ERR_BUS_UNAVAILABLE;
}

bool bus_broker_closed(struct bus *bus, const amqp_method_t *method, const char *what,
                       bool is_setup, struct err *err)
{
    int code = 0;
    amqp_bytes_t text = amqp_empty_bytes;
    if (method->id == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *close = method->decoded;
        amqp_connection_close_ok_t ok = {0};
        code = close->reply_code;
        text = close->reply_text;
        amqp_send_method(bus->connection, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &ok);
    } else if (method->id == AMQP_CHANNEL_CLOSE_METHOD) {
        const amqp_channel_close_t *close = method->decoded;
        code = close->reply_code;
        text = close->reply_text;
    }
    return bus_break(bus, err, code_of(code, is_setup), "%s: %d %.*s", what, code, (int)text.len,
                     (const char *)text.bytes);
}

static bool check_reply(struct bus *bus, amqp_rpc_reply_t reply, const char *what, struct err *err)
{
    switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL:
        return true;
    case AMQP_RESPONSE_SERVER_EXCEPTION:
        return bus_broker_closed(bus, &reply.reply, what, true, err);
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
        return bus_break(bus, err, ERR_BUS_UNAVAILABLE, "%s: %s", what,
                         amqp_error_string2(reply.library_error));
    case AMQP_RESPONSE_NONE:
    default:
        return bus_break(bus, err, ERR_BUS_UNAVAILABLE, "%s: no reply", what);
    }
}

bool bus_check_reply(struct bus *bus, const char *what, struct err *err)
{
    return check_reply(bus, amqp_get_rpc_reply(bus->connection), what, err);
}

/* ---- opening ---- */

static amqp_table_entry_t entry_flag(const char *key)
{
    return (amqp_table_entry_t){
        .key = amqp_cstring_bytes(key),
        .value = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value = {.boolean = 1}},
    };
}

static amqp_table_entry_t entry_text(const char *key, const char *text)
{
    return (amqp_table_entry_t){
        .key = amqp_cstring_bytes(key),
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value = {.bytes = amqp_cstring_bytes(text)}},
    };
}

static bool login(struct bus *bus, struct err *err)
{
    const struct bus_config *config = &bus->config;
    amqp_table_entry_t capabilities[] = {
        entry_flag("connection.blocked"),
        entry_flag("consumer_cancel_notify"),
        entry_flag("publisher_confirms"),
        entry_flag("basic.nack"),
    };
    amqp_table_entry_t properties[] = {
        entry_text("connection_name", config->name),
        entry_text("product", "bourse"),
        {.key = amqp_cstring_bytes("capabilities"),
         .value = {.kind = AMQP_FIELD_KIND_TABLE,
                   .value = {.table = {ARRAY_LEN(capabilities), capabilities}}}},
    };
    amqp_table_t table = {ARRAY_LEN(properties), properties};
    amqp_rpc_reply_t reply = amqp_login_with_properties(
        bus->connection, config->vhost, BUS_CHANNEL_FEED, BUS_FRAME_BYTES_MAX, BUS_HEARTBEAT_S,
        &table, AMQP_SASL_METHOD_PLAIN, config->user, config->password);
    return check_reply(bus, reply, "login", err);
}

/*
 * The library's writes have no deadline. TCP_USER_TIMEOUT gives them one: the kernel ends a
 * connection whose peer takes no data for that long, be it dead, stopped or blocking.
 */
static void bound_writes(amqp_connection_state_t connection)
{
    unsigned timeout_ms = BUS_TIMEOUT_MS;
    setsockopt(amqp_get_sockfd(connection), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms,
               sizeof(timeout_ms));
}

static bool connect_socket(struct bus *bus, struct err *err)
{
    struct timeval connect_timeout = milliseconds(CONNECT_TIMEOUT_MS);
    struct timeval rpc_timeout = milliseconds(BUS_TIMEOUT_MS);
    amqp_connection_state_t connection = bus->connection = amqp_new_connection();
    amqp_socket_t *socket = connection ? amqp_tcp_socket_new(connection) : NULL;
    if (!socket)
        return bus_break(bus, err, ERR_INTERNAL, "no memory");
    if (amqp_set_handshake_timeout(connection, &rpc_timeout) != AMQP_STATUS_OK ||
        amqp_set_rpc_timeout(connection, &rpc_timeout) != AMQP_STATUS_OK)
        return bus_break(bus, err, ERR_INTERNAL, "no timeouts");
    int status =
        amqp_socket_open_noblock(socket, bus->config.host, bus->config.port, &connect_timeout);
    if (status != AMQP_STATUS_OK)
        return bus_break(bus, err, ERR_BUS_UNAVAILABLE, "%s:%u: %s", bus->config.host,
                         bus->config.port, amqp_error_string2(status));
    bound_writes(connection);
    return true;
}

static bool open_channel(struct bus *bus, struct err *err)
{
    amqp_channel_open(bus->connection, BUS_CHANNEL);
    if (!bus_check_reply(bus, "channel", err))
        return false;
    amqp_confirm_select(bus->connection, BUS_CHANNEL);
    return bus_check_reply(bus, "confirms", err);
}

/* What the last connection left behind. */
static void forget(struct bus *bus)
{
    bus->is_blocked = bus->is_corked = false;
    bus->published_tag = bus->confirmed_tag = 0;
    bus->open_count = 0;
    bus->has_feed = false;
    bus->feed_count = bus->barriers_open = 0;
    bus->is_returning = false;
    memset(bus->is_confirmed, 0, sizeof(bus->is_confirmed));
    bus->epoch++;
    bus_consume_forget(bus);
}

bool bus_reopen(struct bus *bus, struct err *err)
{
    if (bus->connection)
        amqp_destroy_connection(bus->connection);
    bus->connection = NULL;
    forget(bus);
    if (!connect_socket(bus, err) || !login(bus, err) || !open_channel(bus, err) ||
        !bus_declare(bus, err) || !bus_consume_again(bus, err))
        return false;
    amqp_maybe_release_buffers(bus->connection);
    return true;
}

static const char *keep(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = *at;
    memcpy(copy, text, size);
    *at += size;
    return copy;
}

static bool config_copy(struct bus *bus, const struct bus_config *config)
{
    size_t size = strlen(config->host) + strlen(config->user) + strlen(config->password) +
                  strlen(config->vhost) + strlen(config->name) + 5;
    char *at = bus->texts = malloc(size);
    if (!at)
        return false;
    bus->config = (struct bus_config){
        .host = keep(&at, config->host),
        .port = config->port,
        .user = keep(&at, config->user),
        .password = keep(&at, config->password),
        .vhost = keep(&at, config->vhost),
        .name = keep(&at, config->name),
    };
    return true;
}

bool bus_open(const struct bus_config *config, const struct bus_row *rows, struct bus **ret_bus,
              struct err *err)
{
    struct bus *bus = calloc(1, sizeof(*bus));
    if (!bus)
        return err_set(err, ERR_INTERNAL, "broker: no memory");
    bus->rows = rows;
    if (!config_copy(bus, config)) {
        bus_close(bus);
        return err_set(err, ERR_INTERNAL, "broker: no memory");
    }
    if (!bus_reopen(bus, err)) {
        bus_close(bus);
        return false;
    }
    *ret_bus = bus;
    return true;
}

void bus_close(struct bus *bus)
{
    if (!bus)
        return;
    struct err ignored;
    bus_flush(bus);
    if (bus->connection && bus_ack_waiting(bus, &ignored)) {
        struct timeval timeout = milliseconds(BUS_CLOSE_TIMEOUT_MS);
        /* A broker that blocks us does not read a farewell. */
        if (!bus->is_blocked && amqp_set_rpc_timeout(bus->connection, &timeout) == AMQP_STATUS_OK)
            amqp_connection_close(bus->connection, AMQP_REPLY_SUCCESS);
    }
    if (bus->connection)
        amqp_destroy_connection(bus->connection);
    bus_consume_release(bus);
    free(bus->texts);
    free(bus);
}

bool bus_is_open(const struct bus *bus)
{
    return bus->connection != NULL;
}

bool bus_is_blocked(const struct bus *bus)
{
    return bus->is_blocked;
}

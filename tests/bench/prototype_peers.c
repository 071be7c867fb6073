#include "tests/bench/prototype_peers.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <mysql.h>

enum {
    CHANNEL = 1,
    FRAME_BYTES_MAX = 131072,
    UNCONFIRMED_MAX = 4096,
    DEADLOCK = 1213,
    LOCK_TIMEOUT = 1205
};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench_prototype: %s: %s\n", what, why);
    exit(1);
}

static const char *need(const char *name)
{
    const char *value = getenv(name);
    if (!value)
        fail(name, "not in the environment");
    return value;
}

/* ---- MariaDB ---- */

struct proto_db {
    MYSQL *mysql;
};

struct proto_db *proto_db_open(const char *schema)
{
    static const char session[] =
        "SET NAMES ascii; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; "
        "SET autocommit = 0";
    struct proto_db *db = calloc(1, sizeof(*db));
    assert(db != NULL);
    db->mysql = mysql_init(NULL);
    if (!mysql_real_connect(db->mysql, NULL, need("DB_USER"), "", schema, 0, need("DB_SOCKET"),
                            CLIENT_MULTI_STATEMENTS))
        fail("database", mysql_error(db->mysql));
    proto_db_run(db, session, sizeof(session) - 1);
    return db;
}

bool proto_db_run(struct proto_db *db, const char *sql, size_t length)
{
    int more = mysql_real_query(db->mysql, sql, length);
    while (more == 0) {
        MYSQL_RES *rows = mysql_store_result(db->mysql);
        if (rows)
            mysql_free_result(rows);
        more = mysql_next_result(db->mysql);
    }
    unsigned code = mysql_errno(db->mysql);
    if (code == 0)
        return true;
    if (code != DEADLOCK && code != LOCK_TIMEOUT)
        fail("statement", mysql_error(db->mysql));
    mysql_rollback(db->mysql);
    return false;
}

/* ---- RabbitMQ ---- */

struct proto_bus {
    amqp_connection_state_t connection;
    uint64_t published, confirmed, first_open; /* tags from first_open on are open or in is_done */
    bool is_done[UNCONFIRMED_MAX];
};

static void check(struct proto_bus *bus, const char *what)
{
    if (amqp_get_rpc_reply(bus->connection).reply_type != AMQP_RESPONSE_NORMAL)
        fail(what, "the broker refused");
}

struct proto_bus *proto_bus_open(void)
{
    struct proto_bus *bus = calloc(1, sizeof(*bus));
    assert(bus != NULL);
    bus->first_open = 1;
    bus->connection = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(bus->connection);
    if (!socket ||
        amqp_socket_open(socket, need("AMQP_HOST"), (int)strtol(need("AMQP_PORT"), NULL, 10)) != 0)
        fail("broker", "can't connect");
    amqp_rpc_reply_t reply =
        amqp_login(bus->connection, "/", 0, FRAME_BYTES_MAX, 0, AMQP_SASL_METHOD_PLAIN,
                   need("AMQP_USER"), need("AMQP_PASSWORD"));
    if (reply.reply_type != AMQP_RESPONSE_NORMAL)
        fail("broker", "can't log in");
    amqp_channel_open(bus->connection, CHANNEL);
    check(bus, "channel");
    return bus;
}

void proto_bus_make_queue(struct proto_bus *bus, const char *queue)
{
    amqp_table_entry_t entry = {.key = amqp_cstring_bytes("x-queue-type")};
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes("quorum");
    amqp_table_t arguments = {1, &entry};
    amqp_queue_delete(bus->connection, CHANNEL, amqp_cstring_bytes(queue), 0, 0);
    check(bus, queue);
    amqp_queue_declare(bus->connection, CHANNEL, amqp_cstring_bytes(queue), 0, 1, 0, 0, arguments);
    check(bus, queue);
}

void proto_bus_confirm(struct proto_bus *bus)
{
    amqp_confirm_select(bus->connection, CHANNEL);
    check(bus, "confirms");
}

static void take_confirm(struct proto_bus *bus, const amqp_basic_ack_t *ack)
{
    uint64_t from = ack->multiple ? bus->first_open : ack->delivery_tag;
    for (uint64_t tag = from; tag <= ack->delivery_tag; tag++) {
        bus->confirmed += !bus->is_done[tag % UNCONFIRMED_MAX];
        bus->is_done[tag % UNCONFIRMED_MAX] = true;
    }
    while (bus->is_done[bus->first_open % UNCONFIRMED_MAX])
        bus->is_done[bus->first_open++ % UNCONFIRMED_MAX] = false;
}

void proto_bus_publish(struct proto_bus *bus, const char *queue, const void *body, size_t length,
                       size_t window)
{
    amqp_basic_properties_t properties = {._flags = AMQP_BASIC_DELIVERY_MODE_FLAG,
                                          .delivery_mode = AMQP_DELIVERY_PERSISTENT};
    amqp_bytes_t bytes = {length, (void *)(uintptr_t)body};
    assert(window <= UNCONFIRMED_MAX);
    if (amqp_basic_publish(bus->connection, CHANNEL, amqp_empty_bytes, amqp_cstring_bytes(queue), 0,
                           0, &properties, bytes) != 0)
        fail("publish", "the connection broke");
    bus->published++;
    while (bus->published - bus->confirmed >= window) {
        amqp_frame_t frame;
        amqp_maybe_release_buffers(bus->connection);
        if (amqp_simple_wait_frame(bus->connection, &frame) != 0 ||
            frame.frame_type != AMQP_FRAME_METHOD ||
            frame.payload.method.id != AMQP_BASIC_ACK_METHOD)
            fail("confirm", "something else came");
        take_confirm(bus, frame.payload.method.decoded);
    }
}

void proto_bus_consume(struct proto_bus *bus, const char *queue, uint16_t prefetch)
{
    amqp_basic_qos(bus->connection, CHANNEL, 0, prefetch, 0);
    check(bus, "prefetch");
    amqp_basic_consume(bus->connection, CHANNEL, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0,
                       0, amqp_empty_table);
    check(bus, "consume");
}

bool proto_bus_next(struct proto_bus *bus, int wait_ms, void *room, size_t room_bytes,
                    size_t *ret_length, uint64_t *ret_tag)
{
    amqp_envelope_t envelope;
    struct timeval wait = {0, wait_ms * 1000};
    amqp_maybe_release_buffers(bus->connection);
    amqp_rpc_reply_t reply = amqp_consume_message(bus->connection, &envelope, &wait, 0);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
        if (reply.library_error != AMQP_STATUS_TIMEOUT)
            fail("consume", amqp_error_string2(reply.library_error));
        return false;
    }
    assert(envelope.message.body.len <= room_bytes);
    memcpy(room, envelope.message.body.bytes, envelope.message.body.len);
    *ret_length = envelope.message.body.len;
    *ret_tag = envelope.delivery_tag;
    amqp_destroy_envelope(&envelope);
    return true;
}

void proto_bus_ack(struct proto_bus *bus, uint64_t tag)
{
    if (amqp_basic_ack(bus->connection, CHANNEL, tag, 1) != 0)
        fail("ack", "the connection broke");
}

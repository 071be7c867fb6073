/* topology.c: the owner's table of exchanges, queues and bindings, declared. */
#include "bus/internal.h"

#include <stdio.h>
#include <string.h>

enum { ARGUMENTS_MAX = 6 };

struct arguments {
    amqp_table_entry_t rows[ARGUMENTS_MAX];
    int count;
};

static void add_text(struct arguments *arguments, const char *key, const char *text)
{
    assert(arguments->count < ARGUMENTS_MAX);
    arguments->rows[arguments->count++] = (amqp_table_entry_t){
        .key = amqp_cstring_bytes(key),
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value = {.bytes = amqp_cstring_bytes(text)}},
    };
}

static void add_number(struct arguments *arguments, const char *key, int64_t number)
{
    assert(arguments->count < ARGUMENTS_MAX);
    arguments->rows[arguments->count++] = (amqp_table_entry_t){
        .key = amqp_cstring_bytes(key),
        .value = {.kind = AMQP_FIELD_KIND_I64, .value = {.i64 = number}},
    };
}

static void declare_queue(struct bus *bus, const struct bus_row *row)
{
    struct arguments arguments = {.count = 0};
    bool is_quorum = strcmp(row->type, "quorum") == 0;
    assert(is_quorum ? !row->is_transient : strcmp(row->type, "classic") == 0);

    add_text(&arguments, "x-queue-type", row->type);
    if (row->dead_letter) {
        add_text(&arguments, "x-dead-letter-exchange", "");
        add_text(&arguments, "x-dead-letter-routing-key", row->dead_letter);
    }
    if (row->length_max > 0)
        add_number(&arguments, "x-max-length", row->length_max);
    if (row->ttl_ms > 0)
        add_number(&arguments, "x-message-ttl", row->ttl_ms);
    if (row->length_max > 0 || (row->dead_letter && is_quorum))
        add_text(&arguments, "x-overflow", "reject-publish");
    /* A rejected message leaves its queue when the dead-letter queue has it, not before. The broker
     * does this for quorum queues, and asks for reject-publish. */
    if (row->dead_letter && is_quorum)
        add_text(&arguments, "x-dead-letter-strategy", "at-least-once");
    amqp_queue_declare(bus->connection, BUS_CHANNEL, amqp_cstring_bytes(row->name), 0,
                       !row->is_transient, 0, 0, (amqp_table_t){arguments.count, arguments.rows});
}

static bool declare_row(struct bus *bus, const struct bus_row *row, struct err *err)
{
    char what[128];
    static const char *const kinds[] = {"exchange", "queue", "binding of queue"};
    snprintf(what, sizeof(what), "%s %s", kinds[row->kind], row->name);

    switch (row->kind) {
    case BUS_EXCHANGE:
        amqp_exchange_declare(bus->connection, BUS_CHANNEL, amqp_cstring_bytes(row->name),
                              amqp_cstring_bytes(row->type), 0, !row->is_transient, 0, 0,
                              amqp_empty_table);
        break;
    case BUS_QUEUE:
        declare_queue(bus, row);
        break;
    case BUS_BINDING:
        amqp_queue_bind(bus->connection, BUS_CHANNEL, amqp_cstring_bytes(row->name),
                        amqp_cstring_bytes(row->exchange), amqp_cstring_bytes(row->routing_key),
                        amqp_empty_table);
        break;
    default:
        assert(false);
    }
    return bus_check_reply(bus, what, err);
}

bool bus_declare(struct bus *bus, struct err *err)
{
    for (const struct bus_row *row = bus->rows; row && row->name; row++)
        if (!declare_row(bus, row, err))
            return false;
    return true;
}

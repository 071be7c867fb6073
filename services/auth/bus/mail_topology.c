#include "auth/bus/mail_topology.h"

#include <string.h>

static const struct {
    const char *name;
    uint32_t ttl_ms;
    uint32_t attempts; /* that wait here */
} retry_queues[MAIL_RETRY_QUEUES] = {
    {QUEUE_MAIL ".retry.5s", 5 * 1000, 3},
    {QUEUE_MAIL ".retry.60s", 60 * 1000, 10},
    {QUEUE_MAIL ".retry.600s", 600 * 1000, UINT32_MAX},
};

const char *mail_retry_queue(uint32_t attempt)
{
    size_t i = 0;
    while (attempt > retry_queues[i].attempts)
        i++;
    return retry_queues[i].name;
}

static bool has_exchange(const struct bus_row *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == BUS_EXCHANGE && strcmp(rows[i].name, name) == 0)
            return true;
    return false;
}

static struct bus_row exchange_row(const char *name)
{
    return (struct bus_row){
        .kind = BUS_EXCHANGE, .name = name, .type = "direct", .is_transient = true};
}

void mail_topology_fill(struct mail_topology *topology, const struct mail_rules *rules)
{
    struct bus_row *rows = topology->rows;
    size_t count = 0, events_count = 0;
    rows[count++] = exchange_row(EXCHANGE_SYSTEM);
    rows[count++] = exchange_row(EXCHANGE_MODEL);
    const struct mail_event *events = rules ? mail_rules_events(rules, &events_count) : NULL;
    for (size_t i = 0; i < events_count; i++)
        if (!has_exchange(rows, count, events[i].exchange))
            rows[count++] = exchange_row(events[i].exchange);
    if (rules) {
        rows[count++] =
            (struct bus_row){.kind = BUS_QUEUE, .name = QUEUE_MAIL_DEAD, .type = "quorum"};
        rows[count++] = (struct bus_row){.kind = BUS_QUEUE,
                                         .name = QUEUE_MAIL,
                                         .type = "quorum",
                                         .dead_letter = QUEUE_MAIL_DEAD,
                                         .length_max = MAIL_QUEUE_MAX};
        for (size_t i = 0; i < MAIL_RETRY_QUEUES; i++)
            rows[count++] = (struct bus_row){.kind = BUS_QUEUE,
                                             .name = retry_queues[i].name,
                                             .type = "quorum",
                                             .dead_letter = QUEUE_MAIL,
                                             .ttl_ms = retry_queues[i].ttl_ms};
    }
    for (size_t i = 0; i < events_count; i++)
        rows[count++] = (struct bus_row){.kind = BUS_BINDING,
                                         .name = QUEUE_MAIL,
                                         .exchange = events[i].exchange,
                                         .routing_key = events[i].key};
    rows[count++] = (struct bus_row){.name = NULL};
    assert(count <= ARRAY_LEN(topology->rows));
}

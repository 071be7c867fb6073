#include "accounting/bus/topology.h"

#include <stdio.h>

#define QUEUE_RESULTS_DEAD QUEUE_RESULTS ".dead"

void matching_topology_fill(struct matching_topology *topology, uint32_t shards)
{
    size_t count = 0;
    assert(shards >= 1 && shards <= SHARDS_MAX);
    for (uint32_t shard = 0; shard < shards; shard++) {
        char *queue = topology->names[shard][0], *dead = topology->names[shard][1];
        snprintf(queue, QUEUE_NAME_SIZE, "bourse.commands.%u", shard);
        snprintf(dead, QUEUE_NAME_SIZE, "bourse.commands.%u.dead", shard);
        topology->rows[count++] =
            (struct bus_row){.kind = BUS_QUEUE, .name = dead, .type = "quorum"};
        topology->rows[count++] = (struct bus_row){.kind = BUS_QUEUE,
                                                   .name = queue,
                                                   .type = "classic",
                                                   .is_transient = true,
                                                   .dead_letter = dead};
    }
    topology->rows[count++] =
        (struct bus_row){.kind = BUS_QUEUE, .name = QUEUE_RESULTS_DEAD, .type = "quorum"};
    topology->rows[count++] = (struct bus_row){.kind = BUS_QUEUE,
                                               .name = QUEUE_RESULTS,
                                               .type = "classic",
                                               .is_transient = true,
                                               .dead_letter = QUEUE_RESULTS_DEAD};
    topology->rows[count] = (struct bus_row){.name = NULL};
}

const char *commands_queue(const char *market_id, uint32_t shards,
                           char buffer[static QUEUE_NAME_SIZE])
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *at = market_id; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 16777619u;
    snprintf(buffer, QUEUE_NAME_SIZE, "bourse.commands.%u", hash % shards);
    return buffer;
}

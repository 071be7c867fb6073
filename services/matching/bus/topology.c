#include "matching/bus/topology.h"

#include <stdio.h>

void matching_topology_fill(struct matching_topology *topology, uint32_t shard)
{
    snprintf(topology->commands, QUEUE_NAME_SIZE, "bourse.commands.%u", shard);
    snprintf(topology->dead, QUEUE_NAME_SIZE, "bourse.commands.%u.dead", shard);
    topology->rows[0] =
        (struct bus_row){.kind = BUS_QUEUE, .name = topology->dead, .type = "quorum"};
    topology->rows[1] = (struct bus_row){.kind = BUS_QUEUE,
                                         .name = topology->commands,
                                         .type = "classic",
                                         .is_transient = true,
                                         .dead_letter = topology->dead};
    topology->rows[2] = (struct bus_row){.name = NULL};
}

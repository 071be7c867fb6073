/*
 * topology.h: the queue that a worker reads. Accounting declares the same, and the results queue.
 */
#ifndef MATCHING_BUS_TOPOLOGY_H
#define MATCHING_BUS_TOPOLOGY_H

#include "bus/bus.h"
#include "matching/state/config.h"

enum { QUEUE_NAME_SIZE = 40 };

struct matching_topology {
    struct bus_row rows[3];
    char commands[QUEUE_NAME_SIZE], dead[QUEUE_NAME_SIZE];
};

/* Keep it while a bus uses its rows. */
void matching_topology_fill(struct matching_topology *topology, uint32_t shard);

#endif

/*
 * topology.h: exchanges and queues of accounting, declared by every connection that needs them.
 * Commands and results go through the default exchange to durable quorum queues of ours.
 */
#ifndef ACCOUNTING_BUS_TOPOLOGY_H
#define ACCOUNTING_BUS_TOPOLOGY_H

#include <stdint.h>

#include "accounting/state/config.h"
#include "bus/bus.h"

#define QUEUE_RESULTS "bourse.results"

enum { SHARDS_MAX = 16, QUEUE_NAME_SIZE = 40 };

/* The queues between accounting and the workers, for a number of shards. Keep it while in use. */
struct matching_topology {
    struct bus_row rows[2 * SHARDS_MAX + 3];
    char names[SHARDS_MAX][2][QUEUE_NAME_SIZE];
};
void matching_topology_fill(struct matching_topology *topology, uint32_t shards);

/* The queue of the shard that a market belongs to: "bourse.commands.0". */
const char *commands_queue(const char *market_id, uint32_t shards,
                           char buffer[static QUEUE_NAME_SIZE]);

struct bus_config bus_config_of(const struct accounting_config *config, const char *name);

#endif

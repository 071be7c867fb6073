/*
 * topology.h: exchanges and queues of accounting, declared by every connection that needs them.
 * Commands and results go through the default exchange to queues of ours.
 *
 * Those queues keep nothing on disk: the table command_batches is the journal of the commands, and a
 * worker computes results again. So a broker that restarts loses nothing that both sides don't send
 * again, an order costs the broker a third of what a replicated log would ask for, and settles some
 * milliseconds sooner. Dead letters are evidence and are kept: durable quorum queues.
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

#endif

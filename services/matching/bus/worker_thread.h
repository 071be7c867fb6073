/*
 * worker_thread.h: the thread that does everything: takes deliveries, applies, publishes, acks. One
 * round takes what waits, up to a maximum, and never waits for more.
 */
#ifndef MATCHING_BUS_WORKER_THREAD_H
#define MATCHING_BUS_WORKER_THREAD_H

#include "matching/actions/worker.h"
#include "matching/bus/consumer.h"
#include "matching/bus/topology.h"
#include "service/threads.h"

struct worker_thread {
    struct worker worker;
    struct service_threads *threads;
    const struct consumer *consumers;
    size_t consumers_count;
    struct matching_topology topology;
};

void worker_thread_run(void *arg); /* struct worker_thread */

#endif

/* consumers.h: all that can start work in the matching worker: its one queue. */
#ifndef MATCHING_CONSUMERS_H
#define MATCHING_CONSUMERS_H

#include <stddef.h>

struct worker;

struct consumer {
    const char *name; /* of the thread */
    void (*run)(struct worker *worker);
};

extern const struct consumer matching_consumers[];
extern const size_t matching_consumers_count;

#endif

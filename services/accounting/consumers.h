/*
 * consumers.h: the threads of accounting, as a table: beside the routes, all that can start work.
 * A new one is a row in consumers.c.
 */
#ifndef ACCOUNTING_CONSUMERS_H
#define ACCOUNTING_CONSUMERS_H

#include <stddef.h>

struct accounting;

struct consumer {
    const char *name; /* of the thread */
    void (*run)(struct accounting *app);
};

extern const struct consumer accounting_consumers[];
extern const size_t accounting_consumers_count;

#endif

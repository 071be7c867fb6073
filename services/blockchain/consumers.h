/*
 * consumers.h: the threads of the gateway, as a table: beside the routes, all that can start work. A
 * new one is a row in consumers.c. Each chain has a follower besides (bus/followers.h).
 */
#ifndef BLOCKCHAIN_CONSUMERS_H
#define BLOCKCHAIN_CONSUMERS_H

#include <stddef.h>

struct blockchain;

struct consumer {
    const char *name; /* of the thread */
    void (*run)(struct blockchain *app);
};

extern const struct consumer blockchain_consumers[];
extern const size_t blockchain_consumers_count;

#endif

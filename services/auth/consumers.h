/* consumers.h: the threads of auth that are no threads of the HTTP server. */
#ifndef AUTH_CONSUMERS_H
#define AUTH_CONSUMERS_H

#include <stddef.h>

struct auth;

struct consumer {
    const char *name;              /* at most 15 characters */
    void (*run)(struct auth *app); /* returns when app->stopping */
};

extern const struct consumer auth_consumers[];
extern const size_t auth_consumers_count;

#endif

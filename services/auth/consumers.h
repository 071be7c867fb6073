/* consumers.h: the threads of auth that are no threads of the HTTP server. */
#ifndef AUTH_CONSUMERS_H
#define AUTH_CONSUMERS_H

#include <stddef.h>

struct auth;

enum { ROLE_API = 1, ROLE_MAIL = 2 };

struct consumer {
    const char *name;              /* at most 15 characters */
    void (*run)(struct auth *app); /* returns when app->stopping */
    unsigned roles;                /* the processes that have it (AUTH_ROLE); 0: ROLE_API */
};

extern const struct consumer auth_consumers[];
extern const size_t auth_consumers_count;

#endif

/*
 * operations.h: inside the module. The operations port: /alive, /ready, /metrics.
 *
 * The gate makes spec.ready and spec.collect take turns with the end of the service: once it is
 * closed they are no longer called, so spec.stop may free what they look at.
 */
#ifndef SERVICE_OPERATIONS_H
#define SERVICE_OPERATIONS_H

#include <pthread.h>
#include <stdint.h>

#include "service/service.h"

struct http_server;

struct operations {
    struct service *service;
    struct http_server *server;
    pthread_mutex_t gate;
    bool closed;
};

bool operations_open(struct operations *operations, struct service *service, struct err *err)
    MUST_CHECK;
void operations_close_gate(struct operations *operations); /* waits for a call in progress */
void operations_close(struct operations *operations);      /* also after a failed open */

#endif

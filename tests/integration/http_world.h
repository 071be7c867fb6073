/*
 * http_world.h: the server that the http tests talk to. Its handlers wait and answer on demand:
 *
 *     GET  /inline              answers at once           GET /work[?hold=1]   on a worker
 *     POST /echo                what it understood        GET /defer[?hold=1]  from another thread
 *     POST /raw                 the length of the body    GET /private         needs a token
 *     GET  /header?value=x      a header of that value    GET /forget, /huge, /large
 *
 * "hold" keeps the request until world_release().
 */
#ifndef TESTS_HTTP_WORLD_H
#define TESTS_HTTP_WORLD_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/queue.h"
#include "http/http.h"

enum { WORLD_WORKERS = 2, WORLD_QUEUE = 3, WORLD_CONNECTIONS = 64, LARGE_BYTES = 2000000 };

struct world {
    struct http_server *server;
    uint16_t port;
    struct queue *deferred;
    pthread_t writer;
    pthread_mutex_t lock;
    pthread_cond_t released;
    bool is_held;
    atomic_int held;     /* requests that wait for world_release() */
    atomic_int observed; /* finished requests */
    atomic_int worker_states, finishes;
};

int world_open(void **state);
int world_close(void **state);
void world_hold(struct world *world);
void world_release(struct world *world);
void world_wait_held(struct world *world, int count);
void world_stop_server(struct world *world, int deadline_ms);

#endif

/*
 * threads.h: the threads of a service that are no thread of a library: named, told to stop, joined.
 *
 *     static void settle(void *app) { while (!service_threads_stopping(threads)) ... }
 *     if (!service_threads_add(threads, "settler", settle, app, err)) return false;
 *     ...
 *     queue_close(app->queue);           // wake what waits for something of its own
 *     service_threads_stop(threads);     // then say stop, wake sleepers, join all
 *
 * A thread's function returns when service_threads_stopping() is true; between tries it waits with
 * service_threads_sleep(), which ends at once when the service stops. A thread that can't go on
 * calls service_fail() and returns. At most SERVICE_THREADS_MAX. Adding and stopping belong to the
 * main thread; asking and sleeping are for any.
 */
#ifndef SERVICE_THREADS_H
#define SERVICE_THREADS_H

#include <stdbool.h>

#include "base/err.h"

enum { SERVICE_THREADS_MAX = 64 };

struct service_threads;

struct service_threads *service_threads_new(void);
void service_threads_free(struct service_threads *threads); /* stops first; NULL is fine */

/* The name is what `top -H` shows: 15 characters. ERR_INTERNAL. */
bool service_threads_add(struct service_threads *threads, const char *name, void (*run)(void *app),
                         void *app, struct err *err) MUST_CHECK;
void service_threads_stop(struct service_threads *threads); /* joins; may be called again */

bool service_threads_stopping(const struct service_threads *threads);
/* Sleeps; false: the service stops. */
bool service_threads_sleep(struct service_threads *threads, int milliseconds);

#endif

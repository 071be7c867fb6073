/*
 * worker.h: the database connection of a worker thread: opened when it is first asked for, opened
 * again when it broke, closed with the thread.
 *
 *     void *context_worker_open(void *app) { return worker_new(&((struct accounting *)app)->db_config); }
 *     ...
 *     struct db *db = worker_db_or_reply(request);
 *     if (!db)
 *         return;                                            // 503 is on its way
 */
#ifndef API_WORKER_H
#define API_WORKER_H

#include <stdbool.h>

#include "base/err.h"
#include "db/db.h"
#include "http/http.h"

/* `config` lives as long as the worker. NULL: no memory. */
void *worker_new(const struct db_config *config);
/* For struct http_server_spec. */
void worker_close(void *app, void *state);

/* Ready for work. HTTP_WORKER only. ERR_INTERNAL: not on a worker thread; else the database is away. */
bool worker_db(const struct http_request *request, struct db **ret_db, struct err *err) MUST_CHECK;
/* The same; NULL: the reply is made. */
struct db *worker_db_or_reply(struct http_request *request);

#endif

#include "api/worker.h"

#include <stdlib.h>

struct worker {
    const struct db_config *config;
    struct db *db; /* NULL until the database was there */
};

void *worker_new(const struct db_config *config)
{
    struct worker *worker = calloc(1, sizeof(*worker));
    if (worker)
        worker->config = config;
    return worker;
}

void worker_close(void *app, void *state)
{
    struct worker *worker = state;
    (void)app;
    if (worker)
        db_close(worker->db);
    free(worker);
}

bool worker_db(const struct http_request *request, struct db **ret_db, struct err *err)
{
    struct worker *worker = http_worker_state(request);
    if (!worker)
        return err_set(err, ERR_INTERNAL, "no worker thread, no database");
    if (worker->db ? !db_ready(worker->db, err) : !db_open(worker->config, &worker->db, err))
        return false;
    *ret_db = worker->db;
    return true;
}

struct db *worker_db_or_reply(struct http_request *request)
{
    struct err err;
    struct db *db;
    if (worker_db(request, &db, &err))
        return db;
    http_reply_err(request, &err);
    return NULL;
}

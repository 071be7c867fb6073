/* main.c: the matching worker, wired together. Read consumers.c next, then engine/book.h. */
#include <stddef.h>
#include <stdlib.h>

#include "matching/actions/worker.h"
#include "matching/config.h"
#include "matching/consumers.h"
#include "matching/flags.h"
#include "matching/state/config.h"
#include "matching/state/metrics.h"
#include "service/service.h"
#include "service/threads.h"

struct matching {
    struct worker *worker;
    struct service_threads *threads;
};

static bool matching_start(struct service *service, struct err *err)
{
    struct matching *matching = calloc(1, sizeof(*matching));
    service->app = matching;
    if (!matching || !(matching->threads = service_threads_new()))
        return err_set(err, ERR_INTERNAL, "no memory");
    matching->worker = worker_new(service->config, service->clock, service->metrics, err);
    if (!matching->worker)
        return false;
    for (size_t i = 0; i < matching_consumers_count; i++)
        if (!service_threads_add(matching->threads, matching_consumers[i].name,
                                 (void (*)(void *))matching_consumers[i].run, matching->worker,
                                 err))
            return false;
    return true;
}

static bool matching_ready(struct service *service, struct err *err)
{
    const struct matching *matching = service->app;
    return matching->worker->ready ||
           err_set(err, ERR_BUSY, "the broker or accounting is away, or markets are loading");
}

static void matching_stop(struct service *service)
{
    struct matching *matching = service->app;
    if (!matching)
        return;
    if (matching->worker)
        matching->worker->stopping = true;
    service_threads_free(matching->threads);
    worker_free(matching->worker);
    free(matching);
    service->app = NULL;
}

static const struct service_spec matching_spec = {
    .name = "matching",
    .summary = "The deterministic matching worker: commands in, results out, no disk.",
    .config = matching_config_rows,
    .config_size = sizeof(struct matching_config),
    .ops_port_offset = offsetof(struct matching_config, ops_port),
    .log_level_offset = offsetof(struct matching_config, log_level),
    .metrics = matching_metrics,
    .metrics_count = METRIC_MAX,
    .flags = matching_flags,
    .start = matching_start,
    .ready = matching_ready,
    .stop = matching_stop,
};

int main(int argc, char **argv)
{
    return service_main(&matching_spec, argc, argv);
}

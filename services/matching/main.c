/* main.c: matching, wired together. Read consumers.c next: all that can start work. */
#include <stddef.h>
#include <stdlib.h>

#include "matching/bus/worker_thread.h"
#include "matching/consumers.h"
#include "matching/flags.h"
#include "matching/state/config.h"
#include "service/service.h"

#define AT(member) offsetof(struct matching_config, member)
static const struct config_row config_rows[] = {
#include "matching/state/config.def"
    {NULL},
};
#undef AT

static bool start(struct service *service, struct err *err)
{
    const struct matching_config *config = service->config;
    struct worker_thread *thread = calloc(1, sizeof(*thread));
    if (!thread)
        return err_set(err, ERR_INTERNAL, "no memory");
    service->app = thread;
    if (config->shard >= config->shards)
        return err_set(err, ERR_CONFIG, "SHARD is %u, it must be below SHARDS, %u", config->shard,
                       config->shards);
    thread->consumers = matching_consumers;
    thread->consumers_count = matching_consumers_count;
    matching_topology_fill(&thread->topology, config->shard);
    thread->threads = service_threads_new();
    if (!thread->threads)
        return err_set(err, ERR_INTERNAL, "no memory");
    return worker_init(&thread->worker, config, service->clock, service->metrics, err) &&
           service_threads_add(thread->threads, "matching", worker_thread_run, thread, err);
}

static bool is_ready(struct service *service, struct err *err)
{
    struct worker_thread *thread = service->app;
    return status_get(&thread->worker.status, err);
}

static void stop(struct service *service)
{
    struct worker_thread *thread = service->app;
    if (!thread)
        return;
    if (thread->threads)
        service_threads_stop(thread->threads);
    service_threads_free(thread->threads);
    worker_release(&thread->worker);
    service->app = NULL;
    free(thread);
}

static const struct service_spec matching_spec = {
    .name = "matching",
    .summary = "The matching worker: order books in memory, a pure function of their commands.",
    .config = config_rows,
    .config_size = sizeof(struct matching_config),
    .ops_port_offset = offsetof(struct matching_config, ops_port),
    .log_level_offset = offsetof(struct matching_config, log_level),
    .metrics = matching_metrics,
    .metrics_count = METRIC_MAX,
    .flags = matching_flags,
    .start = start,
    .ready = is_ready,
    .stop = stop,
};

int main(int argc, char **argv)
{
    return service_main(&matching_spec, argc, argv);
}

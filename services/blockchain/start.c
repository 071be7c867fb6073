#include "blockchain/start.h"

#include <stdlib.h>

#include "api/worker.h"
#include "base/queue.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/actions/second_opinion.h"
#include "blockchain/bus/event_relay.h"
#include "blockchain/consumers.h"
#include "blockchain/http/context.h"
#include "blockchain/http/trust.h"
#include "blockchain/routes.h"
#include "http/http.h"
#include "service/requests.h"
#include "service/threads.h"

enum { HTTP_STOP_MS = 10000, IDLE_TIMEOUT_S = 75, WORKERS_QUEUE_MAX = 256 };

/* What the service is made of; `app` comes first, so that rooms see only that. */
struct process {
    struct blockchain app;
    struct service_threads *threads;
    struct http_server *server;
    struct http_route routes[ROUTES_MAX];
};

static void observe(void *app, const struct http_route *route, int status, int64_t us)
{
    struct blockchain *blockchain = app;
    (void)route;
    service_observe_reply(blockchain->metrics, METRIC_HTTP_REQUESTS, METRIC_HTTP_SECONDS, status,
                          us);
}

static bool make_memory(struct blockchain *app, struct err *err)
{
    app->catalogues = catalogues_new();
    app->chains = chains_new();
    app->outbox_signal = queue_new(1);
    return (app->catalogues && app->chains && app->outbox_signal) ||
           err_set(err, ERR_INTERNAL, "no memory");
}

static bool start_threads(struct process *process, struct err *err)
{
    process->threads = service_threads_new();
    if (!process->threads)
        return err_set(err, ERR_INTERNAL, "no memory");
    for (size_t i = 0; i < blockchain_consumers_count; i++)
        if (!service_threads_add(process->threads, blockchain_consumers[i].name,
                                 (void (*)(void *))blockchain_consumers[i].run, &process->app, err))
            return false;
    return true;
}

static bool start_http(struct process *process, struct err *err)
{
    const struct blockchain_config *config = process->app.config;
    struct http_server_spec spec = {
        .address = config->http_host,
        .port = config->http_port,
        .routes = process->routes,
        .limits = {.connections_max = config->connections_max,
                   .connection_bytes = 16 * 1024,
                   .body_bytes_max = 1024 * 1024,
                   .arena_bytes_max = 32 * 1024 * 1024,
                   .workers = config->workers,
                   .workers_queue_max = WORKERS_QUEUE_MAX,
                   .idle_timeout_s = IDLE_TIMEOUT_S},
        .clock = process->app.clock,
        .app = &process->app,
        .before = context_before,
        .permit = context_permit,
        .unknown = context_unknown,
        .observe = observe,
        .worker_open = context_worker_open,
        .worker_close = worker_close,
    };
    blockchain_routes(process->routes);
    return http_server_start(&spec, &process->server, err);
}

bool blockchain_start(struct service *service, struct err *err)
{
    struct process *process = calloc(1, sizeof(*process));
    if (!process)
        return err_set(err, ERR_INTERNAL, "no memory");
    service->app = process;
    struct blockchain *app = &process->app;
    app->config = service->config;
    app->clock = service->clock;
    app->metrics = service->metrics;
    app->db_config = app->config->db;
    /* What can be wrong in the configuration comes first, then memory, threads, and the door last. */
    return trust_open(app, err) && event_relay_check(app->config, err) &&
           second_opinion_check(app->config->second_opinion, err) && make_memory(app, err) &&
           start_threads(process, err) && start_http(process, err);
}

void blockchain_stop(struct service *service)
{
    struct process *process = service->app;
    if (!process)
        return;
    struct blockchain *app = &process->app;
    http_server_stop(process->server, HTTP_STOP_MS);
    app->stopping = true;
    if (process->threads)
        service_threads_stop(process->threads);
    service_threads_free(process->threads);
    trust_close(app);
    queue_free(app->outbox_signal);
    chains_free(app->chains);
    catalogues_free(app->catalogues);
    service->app = NULL;
    free(process);
}

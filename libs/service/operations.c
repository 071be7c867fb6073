#include "service/operations.h"

#include <string.h>

#include "base/auto.h"
#include "http/http.h"
#include "service/config.h"

enum {
    CONNECTIONS_MAX = 64,
    CONNECTION_BYTES = 8 * 1024,
    BODY_BYTES_MAX = 4 * 1024,
    REPLY_BYTES_MAX = 4 * 1024 * 1024, /* metrics with a child for each of many markets */
    WAITING_MAX = 16,
    IDLE_TIMEOUT_S = 15,
    STOP_DEADLINE_MS = 1000
};

static void handle_alive(struct http_request *request)
{
    static const char text[] = "alive\n";
    http_reply_header(request, "Content-Type", "text/plain");
    http_reply_text(request, 200, text, sizeof(text) - 1);
}

static bool ask_ready(struct operations *operations, struct err *err)
{
    struct service *service = operations->service;
    pthread_mutex_lock(&operations->gate);
    bool ready;
    if (operations->closed)
        ready = err_set(err, ERR_BUSY, "the service is stopping");
    else
        ready = !service->spec->ready || service->spec->ready(service, err);
    pthread_mutex_unlock(&operations->gate);
    return ready;
}

static void handle_ready(struct http_request *request)
{
    AUTO(str_release) struct str text = STR_INIT(sizeof(((struct err *)NULL)->what) + 2);
    struct err err = {.code = ERR_NONE};
    bool ready = ask_ready(http_app(request), &err);
    str_add(&text, ready ? "ready" : err.what);
    str_add_char(&text, '\n');
    http_reply_header(request, "Content-Type", "text/plain");
    http_reply_text(request, ready ? 200 : 503, str_data(&text), text.length);
}

static void handle_metrics(struct http_request *request)
{
    struct operations *operations = http_app(request);
    struct service *service = operations->service;
    pthread_mutex_lock(&operations->gate);
    if (!operations->closed && service->spec->collect)
        service->spec->collect(service);
    pthread_mutex_unlock(&operations->gate);
    http_reply_header(request, "Content-Type", "text/plain; version=0.0.4");
    metrics_print(service->metrics, http_reply_builder(request));
    http_reply_built(request, 200);
}

static const struct http_route routes[] = {
    {.method = "GET",
     .path = "/alive",
     .mode = HTTP_INLINE,
     .handler = handle_alive,
     .doc = "The process turns."},
    {.method = "GET",
     .path = "/ready",
     .mode = HTTP_WORKER,
     .handler = handle_ready,
     .doc = "The service can do its work; 503 says what is missing."},
    {.method = "GET",
     .path = "/metrics",
     .mode = HTTP_WORKER,
     .handler = handle_metrics,
     .doc = "Metrics in the text format of Prometheus."},
    {.method = NULL},
};

static const char *address_of(const struct service *service)
{
    const struct config_row *row = config_row_find(service->spec, "OPS_HOST");
    if (!row || row->kind != CONFIG_TEXT)
        return "127.0.0.1";
    return *(const char *const *)(const void *)((const char *)service->config + row->offset);
}

bool operations_open(struct operations *operations, struct service *service, struct err *err)
{
    uint16_t port;
    memcpy(&port, (const char *)service->config + service->spec->ops_port_offset, sizeof(port));
    *operations = (struct operations){.service = service};
    pthread_mutex_init(&operations->gate, NULL);
    const struct http_server_spec spec = {
        .address = address_of(service),
        .port = port,
        .routes = routes,
        .limits = {.connections_max = CONNECTIONS_MAX,
                   .connection_bytes = CONNECTION_BYTES,
                   .body_bytes_max = BODY_BYTES_MAX,
                   .arena_bytes_max = REPLY_BYTES_MAX,
                   .workers = 1,
                   .workers_queue_max = WAITING_MAX,
                   .idle_timeout_s = IDLE_TIMEOUT_S},
        .clock = service->clock,
        .app = operations,
    };
    return http_server_start(&spec, &operations->server, err) || err_wrap(err, "operations port");
}

void operations_close_gate(struct operations *operations)
{
    pthread_mutex_lock(&operations->gate);
    operations->closed = true;
    pthread_mutex_unlock(&operations->gate);
}

void operations_close(struct operations *operations)
{
    http_server_stop(operations->server, STOP_DEADLINE_MS);
    operations->server = NULL;
    pthread_mutex_destroy(&operations->gate);
}

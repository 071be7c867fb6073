#include "accounting/start.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/order_accept.h"
#include "accounting/actions/parcel.h"
#include "accounting/bus/event_relay.h"
#include "accounting/consumers.h"
#include "accounting/domain/conversion.h"
#include "accounting/domain/fiat_account.h"
#include "accounting/domain/price.h"
#include "api/abilities.h"
#include "accounting/http/book_cache.h"
#include "accounting/http/context.h"
#include "api/management.h"
#include "api/worker.h"
#include "accounting/http/trust.h"
#include "accounting/marketdata/market_data.h"
#include "accounting/peers/peers.h"
#include "accounting/routes.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "base/queue.h"
#include "http/http.h"
#include "log/log.h"
#include "payment/payment.h"
#include "secret/secret.h"
#include "service/requests.h"
#include "service/threads.h"

enum { HTTP_STOP_MS = 10000, OUTBOX_SIGNALS_MAX = 1, IDLE_TIMEOUT_S = 75, WORKERS_QUEUE_MAX = 512 };

/* What the service is made of; `app` comes first, so that rooms see only that. */
struct process {
    struct accounting app;
    struct service_threads *threads;
    struct http_server *server;
    struct http_route routes[ROUTES_MAX];
};

static void observe(void *app, const struct http_route *route, int status, int64_t us)
{
    struct accounting *accounting = app;
    (void)route;
    service_observe_reply(accounting->metrics, METRIC_HTTP_REQUESTS, METRIC_HTTP_SECONDS, status,
                          us);
}

static bool make_memory(struct accounting *app, struct err *err)
{
    struct dec protection;
    if (!dec_parse(app->config->market_protection, &protection))
        return err_set(err, ERR_CONFIG, "MARKET_PROTECTION is no decimal number: %s",
                       app->config->market_protection);
    app->conversions = calloc(1, sizeof(*app->conversions));
    if (!app->conversions)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!conversion_paths_parse(app->config->conversion_paths, app->conversions, err))
        return false;
    app->catalogs = catalogs_new();
    app->members = member_cache_new(MEMBER_CACHE_MAX);
    app->market_data = market_data_new();
    app->book_cache = book_cache_new();
    app->accept_queue = accept_queue_new();
    app->parcels = queue_new(PARCELS_MAX);
    app->outbox_signal = queue_new(OUTBOX_SIGNALS_MAX);
    if (!app->catalogs || !app->members || !app->market_data || !app->book_cache ||
        !app->accept_queue || !app->parcels || !app->outbox_signal)
        return err_set(err, ERR_INTERNAL, "no memory");
    catalogs_set_protection(app->catalogs, protection);
    return true;
}

bool accounting_open_peers(struct accounting *app, struct err *err)
{
    const struct accounting_config *config = app->config;
    return peers_open(
        &(struct peers_spec){
            .clock = app->clock,
            .service_key = config->service_key,
            .urls = {[PEER_AUTH] = config->auth_url, [PEER_BLOCKCHAIN] = config->blockchain_url}},
        &app->peers, err);
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

bool accounting_open_secrets(struct accounting *app, struct err *err)
{
    const struct accounting_config *config = app->config;
    bool is_file = strcmp(config->secret_store, "file") == 0;
    bool has_transit = strcmp(config->vault_transit, "none") != 0;
    if (is_file && !or_null(config->secret_file))
        return true;
    return secret_store_open(
        &(struct secret_settings){.kind = config->secret_store,
                                  .file = config->secret_file,
                                  .key_file = config->secret_key_file,
                                  .vault_url = config->vault_addr,
                                  .vault_token = config->vault_token,
                                  .vault_token_file = config->vault_token_file,
                                  .vault_role_id = config->vault_role_id,
                                  .vault_secret_id_file = config->vault_secret_id_file,
                                  .vault_app = config->vault_app_name,
                                  .vault_kv = config->vault_kv,
                                  .vault_transit = has_transit ? config->vault_transit : ""},
        app->clock, &app->secrets, err);
}

/* Where members pay to, and who tells that they did. */
static bool open_fiat(struct accounting *app, struct err *err)
{
    const struct accounting_config *config = app->config;
    struct dec above;
    app->fiat_accounts = calloc(1, sizeof(*app->fiat_accounts));
    if (!app->fiat_accounts)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (*config->fiat_approval_above && !dec_parse(config->fiat_approval_above, &above))
        return err_set(err, ERR_CONFIG, "FIAT_DEPOSIT_APPROVAL_ABOVE is no decimal number: %s",
                       config->fiat_approval_above);
    if (!fiat_accounts_parse(config->fiat_accounts, app->fiat_accounts, err))
        return err_wrap(err, "FIAT_ACCOUNTS");
    if (strlen(config->fiat_account_holder) > FIAT_HOLDER_MAX)
        return err_set(err, ERR_CONFIG, "FIAT_ACCOUNT_HOLDER has more than %d bytes",
                       (int)FIAT_HOLDER_MAX);
    if (strcmp(config->payment_gateway, "none") == 0)
        return true;
    return payment_open(&(struct payment_settings){.kind = config->payment_gateway,
                                                   .secret = config->payment_webhook_secret,
                                                   .url = config->payment_gateway_url,
                                                   .age_s_max = config->payment_webhook_age_s},
                        &app->payments, err) ||
           err_wrap(err, "PAYMENT_WEBHOOK_SECRET");
}

static bool check_prices(const struct accounting_config *config, struct err *err)
{
    struct price_rule rule; /* bus/price_job.h makes its own */
    return price_rule_parse(config->price_min_volume, config->price_max_change, &rule, err);
}

static bool start_threads(struct process *process, struct err *err)
{
    process->threads = service_threads_new();
    if (!process->threads)
        return err_set(err, ERR_INTERNAL, "no memory");
    for (size_t i = 0; i < accounting_consumers_count; i++)
        if (!service_threads_add(process->threads, accounting_consumers[i].name,
                                 (void (*)(void *))accounting_consumers[i].run, &process->app, err))
            return false;
    return true;
}

static bool start_http(struct process *process, struct err *err)
{
    const struct accounting_config *config = process->app.config;
    struct http_server_spec spec = {
        .address = config->http_host,
        .port = config->http_port,
        .local_socket = config->http_socket,
        .routes = process->routes,
        .limits = {.connections_max = config->connections_max,
                   .connection_bytes = 16 * 1024,
                   .body_bytes_max = 1024 * 1024,
                   .arena_bytes_max = 128 * 1024 * 1024, /* a snapshot of 1.6 million open orders */
                   .workers = config->workers,
                   .workers_queue_max = WORKERS_QUEUE_MAX,
                   .idle_timeout_s = IDLE_TIMEOUT_S},
        .clock = process->app.clock,
        .app = &process->app,
        .before = context_before,
        .permit = context_permit,
        .unknown = context_unknown,
        .error_body = context_error_body,
        .codes_body = management_codes_body,
        .observe = observe,
        .worker_open = context_worker_open,
        .worker_close = worker_close,
    };
    accounting_routes(process->routes);
    return http_server_start(&spec, &process->server, err);
}

bool accounting_start(struct service *service, struct err *err)
{
    struct process *process = calloc(1, sizeof(*process));
    if (!process)
        return err_set(err, ERR_INTERNAL, "no memory");
    service->app = process;
    struct accounting *app = &process->app;
    app->config = service->config;
    app->clock = service->clock;
    app->metrics = service->metrics;
    app->db_config = app->config->db;
    /* What can be wrong in the configuration comes first, then memory, threads, and the door last. */
    return abilities_open(app->config->abilities_file, &app->abilities, err) &&
           management_open(app->config->management_config, &app->management, err) &&
           trust_open(app, err) && accounting_open_peers(app, err) &&
           accounting_open_secrets(app, err) && open_fiat(app, err) &&
           check_prices(app->config, err) && event_relay_check(app->config, err) &&
           make_memory(app, err) && start_threads(process, err) && start_http(process, err);
}

void accounting_stop(struct service *service)
{
    struct process *process = service->app;
    if (!process)
        return;
    struct accounting *app = &process->app;
    http_server_stop(process->server, HTTP_STOP_MS); /* answers what is in flight: writer needed */
    app->stopping = true;
    if (process->threads)
        service_threads_stop(process->threads);
    service_threads_free(process->threads);
    payment_close(app->payments);
    free(app->fiat_accounts);
    secret_store_close(app->secrets);
    peers_close(app->peers);
    trust_close(app);
    management_close(app->management);
    abilities_free(app->abilities);
    queue_free(app->outbox_signal);
    queue_free(app->parcels);
    accept_queue_free(app->accept_queue);
    book_cache_free(app->book_cache);
    market_data_free(app->market_data);
    member_cache_free(app->members);
    catalogs_free(app->catalogs);
    free(app->conversions);
    service->app = NULL;
    free(process);
}

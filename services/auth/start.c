#include "auth/start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/abilities.h"
#include "api/management.h"
#include "api/worker.h"
#include "auth/actions/auth.h"
#include "auth/actions/oauth.h"
#include "auth/actions/providers.h"
#include "auth/bus/event_relay.h"
#include "auth/bus/mail_worker.h"
#include "auth/consumers.h"
#include "auth/domain/client_ip.h"
#include "auth/http/access.h"
#include "auth/http/context.h"
#include "auth/http/oauth_pages.h"
#include "auth/http/trust.h"
#include "auth/routes.h"
#include "auth/state/authz_rules.h"
#include "auth/state/config.h"
#include "auth/state/mail_rules.h"
#include "auth/state/gate.h"
#include "auth/state/metrics.h"
#include "auth/state/passkey_party.h"
#include "auth/state/password_rules.h"
#include "auth/state/rules.h"
#include "crypto/password.h"
#include "geo/geo.h"
#include "http/http.h"
#include "jwks/jwks.h"
#include "log/log.h"
#include "mail/mail.h"
#include "secret/secret.h"
#include "service/requests.h"
#include "service/threads.h"

enum { HTTP_STOP_MS = 10000, IDLE_TIMEOUT_S = 75, WORKERS_QUEUE_MAX = 512 };
enum { REPLY_BYTES_MORE = 8 << 20 /* beside the largest file that is shown */ };
enum { AUTH0_URL_SIZE = 320 };

/* What the service is made of; `app` comes first, so that rooms see only that. */
struct process {
    struct auth app;
    struct proxy_networks proxies;
    char auth0_url[AUTH0_URL_SIZE];
    struct http_server *server;
    struct http_route routes[ROUTES_MAX];
};

bool auth_open_secrets(struct auth *app, struct err *err)
{
    const struct auth_config *config = app->config;
    bool has_transit = strcmp(config->vault_transit, "none") != 0;
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

static void observe(void *app, const struct http_route *route, int status, int64_t us)
{
    struct auth *auth = app;
    /* What authz remembers may be older than what this request did. */
    if (route && route->access != ACCESS_AUTHZ && strcmp(route->method, "GET") != 0)
        auth->gate->changed_us = clock_monotonic_us(auth->clock);
    service_observe_reply(auth->metrics, METRIC_HTTP_REQUESTS, METRIC_HTTP_SECONDS, status, us);
}

static bool open_places(struct auth *app, struct err *err)
{
    const struct auth_config *config = app->config;
    if (config->maxminddb_path[0] == '\0')
        log_info("there is no MAXMINDDB_PATH: nobody's country is known");
    return geo_open(config->maxminddb_path, config->geoip_lang, &app->geo, err);
}

static bool open_auth0(struct process *process, struct err *err)
{
    const struct auth_config *config = process->app.config;
    if (config->auth0_domain[0] == '\0')
        return true;
    const char *url = config->auth0_keys_url;
    if (url[0] == '\0') {
        snprintf(process->auth0_url, sizeof(process->auth0_url), "https://%s/.well-known/jwks.json",
                 config->auth0_domain);
        url = process->auth0_url;
    }
    const struct jwks_spec spec = {.url = url, .algorithm = "RS256", .clock = process->app.clock};
    return jwks_new(&spec, &process->app.auth0, err);
}

/* Passwords are hashed by the threads of heavy routes; the gate counts those of other callers too. */
static bool make_memory(struct auth *app, struct err *err)
{
    app->gate = gate_new();
    if (!app->gate)
        return err_set(err, ERR_INTERNAL, "no memory");
    return password_gate_new(app->config->password_hashes_max, app->config->workers,
                             &app->passwords, err);
}

/* The mailer's configuration is the publisher's as well: it keeps the mailer's queue. */
static bool open_mail(struct auth *app, struct err *err)
{
    const struct auth_config *config = app->config;
    bool is_mailer = config_is_mailer(config);
    struct mail_sender *sender = NULL;
    if (config->mailer_config[0] &&
        !mail_rules_open(config->mailer_config, config->mail_templates_dir, &app->mail_rules, err))
        return err_wrap(err, "MAILER_CONFIG");
    if (is_mailer && !app->mail_rules)
        return err_set(err, ERR_CONFIG, "AUTH_ROLE=mail needs MAILER_CONFIG");
    if (is_mailer && !mail_sender_open(config, &sender, err))
        return false;
    mail_sender_free(sender); /* the thread has its own */
    return event_relay_check(config, err);
}

static bool start_threads(struct process *process, struct err *err)
{
    unsigned role = config_is_mailer(process->app.config) ? ROLE_MAIL : ROLE_API;
    process->app.threads = service_threads_new();
    if (!process->app.threads)
        return err_set(err, ERR_INTERNAL, "no memory");
    for (size_t i = 0; i < auth_consumers_count; i++) {
        unsigned roles = auth_consumers[i].roles ? auth_consumers[i].roles : ROLE_API;
        if (!(roles & role))
            continue;
        if (!service_threads_add(process->app.threads, auth_consumers[i].name,
                                 (void (*)(void *))auth_consumers[i].run, &process->app, err))
            return false;
    }
    return true;
}

static bool start_http(struct process *process, struct err *err)
{
    const struct auth_config *config = process->app.config;
    struct http_server_spec spec = {
        .address = config->http_host,
        .port = config->http_port,
        .local_socket = config->http_socket,
        .routes = process->routes,
        .limits = {.connections_max = config->connections_max,
                   .connection_bytes = 16 * 1024,
                   .body_bytes_max = 1024 * 1024,
                   .arena_bytes_max = ((size_t)config->upload_size_max_mb << 20) + REPLY_BYTES_MORE,
                   .workers = config->workers,
                   .heavy_workers = config->password_hashes_max,
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
    if (!config_is_mailer(config))
        auth_routes(process->routes);
    else if (strcmp(config->mail_provider, "outbox") == 0)
        auth_mail_routes(process->routes);
    else
        return true; /* a mailer has nothing to show */
    return http_server_start(&spec, &process->server, err);
}

bool auth_start(struct service *service, struct err *err)
{
    struct process *process = calloc(1, sizeof(*process));
    if (!process)
        return err_set(err, ERR_INTERNAL, "no memory");
    service->app = process;
    struct auth *app = &process->app;
    app->config = service->config;
    app->clock = service->clock;
    app->metrics = service->metrics;
    app->db_config = app->config->db;
    app->proxies = &process->proxies;
    /* What can be wrong in the configuration comes first, then memory, threads, and the door last. */
    return proxy_networks_parse(app->config->trusted_proxies, &process->proxies, err) &&
           rules_open(app->config->rules_file, &app->rules, err) &&
           password_rules_open(app->config, &app->password_rules, err) &&
           open_auth0(process, err) &&
           abilities_open(app->config->abilities_file, &app->abilities, err) &&
           management_open(app->config->management_config, &app->management, err) &&
           authz_rules_open(app->config->authz_rules_file, &app->authz_rules, err) &&
           open_places(app, err) && trust_open(app, err) &&
           passkey_party_open(app->config, &app->party, err) && oauth_open(app, err) &&
           oauth_pages_open(app, err) && open_mail(app, err) &&
           (config_is_mailer(app->config) || auth_open_secrets(app, err)) &&
           (config_is_mailer(app->config) || providers_open(app, err)) && make_memory(app, err) &&
           start_threads(process, err) && start_http(process, err);
}

void auth_stop(struct service *service)
{
    struct process *process = service->app;
    if (!process)
        return;
    struct auth *app = &process->app;
    http_server_stop(process->server, HTTP_STOP_MS);
    app->stopping = true;
    if (app->threads)
        service_threads_stop(app->threads);
    service_threads_free(app->threads);
    password_gate_free(app->passwords);
    providers_close(app);
    secret_store_close(app->secrets);
    oauth_pages_close(app);
    oauth_close(app);
    passkey_party_free(app->party);
    trust_close(app);
    management_close(app->management);
    abilities_free(app->abilities);
    mail_rules_free(app->mail_rules);
    jwks_free(app->auth0);
    password_rules_free(app->password_rules);
    rules_free(app->rules);
    gate_free(app->gate);
    authz_rules_free(app->authz_rules);
    geo_close(app->geo);
    service->app = NULL;
    free(process);
}

#include "signer/start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "api/service_keys.h"
#include "http/http.h"
#include "log/log.h"
#include "secret/secret.h"
#include "service/requests.h"
#include "signer/actions/desk.h"
#include "signer/actions/signer.h"
#include "signer/http/context.h"
#include "signer/keys/keys.h"
#include "signer/routes.h"
#include "signer/state/config.h"
#include "signer/state/limits.h"
#include "signer/state/metrics.h"

enum { HTTP_STOP_MS = 10000, IDLE_TIMEOUT_S = 75 };
enum { ARENA_BYTES_MAX = 16 * 1024 * 1024, CONNECTION_BYTES = 16 * 1024, AUDIT_SHOWN_SIZE = 384 };

/* Name of the secret that says which audit file belongs to the seeds. */
static const char audit_secret[] = "signer-audit";

struct process {
    struct signer app; /* first: rooms see only that */
    struct http_server *server;
    struct http_route routes[ROUTES_MAX];
};

bool signer_open_secrets(const struct signer_config *config, const struct clock *clock,
                         struct secret_store **ret_store, struct err *err)
{
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
                                  .vault_transit = ""},
        clock, ret_store, err);
}

/* Nobody of this user may look into our memory, and no core collector gets it. */
static bool shut_memory(struct err *err)
{
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ||
           err_set(err, ERR_INTERNAL, "PR_SET_DUMPABLE: %m");
}

static bool open_desk(struct signer *app, struct err *err)
{
    const struct desk_spec spec = {.audit_file = app->config->audit_file,
                                   .policy = app->policy,
                                   .clock = app->clock,
                                   .metrics = app->metrics};
    return desk_open(&spec, &app->desk, err);
}

/*
 * The sums and payout ids of before are in the audit file alone. Seeds beside an empty or another file
 * would be a signer that has forgotten what it signed: the store of secrets remembers which file it was.
 */
static bool check_audit(struct signer *app, struct secret_store *secrets, struct err *err)
{
    AUTO(str_release) struct str id = STR_INIT(SECRET_BYTES_MAX);
    struct audit_facts facts;
    desk_look(app->desk, &facts);
    if (!secret_read_or_make(secrets, audit_secret, facts.id, &id, err))
        return err_wrap(err, "the name of the audit file");
    return strcmp(str_data(&id), facts.id) == 0 ||
           err_set(
               err, ERR_CONFIG,
               "AUDIT_FILE: this is file %s, the seeds were used with %s: sums and payouts would "
               "be forgotten",
               facts.id, str_data(&id));
}

/* The store is closed again: what we need of it stands in locked memory then. In a file the seeds are made
 * with it; in Vault they are put there by a person, who has a copy. */
static bool open_keys(struct signer *app, struct err *err)
{
    AUTO_FREE(secret_store_close) struct secret_store *secrets = NULL;
    bool make = strcmp(app->config->secret_store, "file") == 0;
    if (!signer_open_secrets(app->config, app->clock, &secrets, err) ||
        !check_audit(app, secrets, err) || !keys_open(secrets, make, &app->keys, err))
        return false;
    if (!keys_are_locked(app->keys))
        log_warning("the seeds can't be locked into memory: RLIMIT_MEMLOCK, and swap, see to it");
    return true;
}

static bool note_start(struct signer *app, struct err *err)
{
    char members[AUDIT_SHOWN_SIZE];
    struct audit_facts facts;
    desk_look(app->desk, &facts);
    snprintf(members, sizeof(members),
             "\"event\":\"started\",\"version\":\"%s\",\"policy\":\"%s\",\"torn_bytes\":%llu",
             BOURSE_VERSION, app->policy->digest, (unsigned long long)facts.torn_bytes);
    if (facts.torn_bytes > 0)
        log_warning("the audit file ended with half a line, which is cut off",
                    LOG_U64("bytes", facts.torn_bytes));
    log_info("the audit file is read", LOG_STR("id", facts.id), LOG_U64("lines", facts.lines),
             LOG_STR("head", facts.head));
    return desk_note(app->desk, members, err);
}

static void observe(void *app, const struct http_route *route, int status, int64_t us)
{
    struct signer *signer = app;
    (void)route;
    service_observe_reply(signer->metrics, METRIC_HTTP_REQUESTS, METRIC_HTTP_SECONDS, status, us);
}

static bool start_http(struct process *process, struct err *err)
{
    const struct signer_config *config = process->app.config;
    const struct http_server_spec spec = {
        .address = config->http_host,
        .port = config->http_port,
        .routes = process->routes,
        .limits = {.connections_max = config->connections_max,
                   .connection_bytes = CONNECTION_BYTES,
                   .body_bytes_max = BODY_BYTES_MAX,
                   .arena_bytes_max = ARENA_BYTES_MAX,
                   .workers = config->workers,
                   .idle_timeout_s = IDLE_TIMEOUT_S},
        .clock = process->app.clock,
        .app = &process->app,
        .before = context_before,
        .observe = observe,
    };
    signer_routes(process->routes);
    return http_server_start(&spec, &process->server, err);
}

bool signer_start(struct service *service, struct err *err)
{
    struct process *process = calloc(1, sizeof(*process));
    if (!process)
        return err_set(err, ERR_INTERNAL, "no memory");
    service->app = process;
    struct signer *app = &process->app;
    app->config = service->config;
    app->clock = service->clock;
    app->metrics = service->metrics;
    /* The memory is shut before there is a secret in it. The file of decisions comes before the keys, and
     * the door last. */
    return shut_memory(err) && policy_open(app->config->policy_file, &app->policy, err) &&
           service_keys_open(app->config->service_keys, "signer", &app->services, err) &&
           open_desk(app, err) && open_keys(app, err) && note_start(app, err) &&
           start_http(process, err);
}

bool signer_is_ready(struct service *service, struct err *err)
{
    struct process *process = service->app;
    return desk_is_ok(process->app.desk) ||
           err_set(err, ERR_BUSY, "the audit file takes no lines: nothing is signed");
}

static void show_shares(struct signer *app)
{
    const struct policy *policy = app->policy;
    for (size_t i = 0; i < policy->chains_count; i++)
        for (size_t j = 0; j < policy->chains[i].rules_count; j++) {
            const struct policy_rule *rule = &policy->chains[i].rules[j];
            char name[AUDIT_SHOWN_SIZE];
            struct u256 hundredfold;
            uint64_t percent = 0;
            snprintf(name, sizeof(name), "%s %s %s", policy->chains[i].name,
                     purpose_text(rule->purpose), rule->contract);
            if (!u256_is_zero(rule->day_max) &&
                u256_mul_u64(desk_day_total(app->desk, rule), 100, &hundredfold))
                (void)!u256_to_u64(u256_div(hundredfold, rule->day_max, NULL), &percent);
            metric_set_labelled(app->metrics, METRIC_DAY_SHARE,
                                metric_label(app->metrics, METRIC_DAY_SHARE, name),
                                (int64_t)percent);
        }
}

void signer_collect(struct service *service)
{
    struct process *process = service->app;
    struct audit_facts facts;
    desk_look(process->app.desk, &facts);
    metric_set(service->metrics, METRIC_AUDIT_LINES, (int64_t)facts.lines);
    metric_set(service->metrics, METRIC_AUDIT_BYTES, (int64_t)facts.bytes);
    metric_set(service->metrics, METRIC_AUDIT_OK, desk_is_ok(process->app.desk));
    show_shares(&process->app);
}

void signer_stop(struct service *service)
{
    struct process *process = service->app;
    if (!process)
        return;
    struct signer *app = &process->app;
    http_server_stop(process->server, HTTP_STOP_MS);
    keys_close(app->keys);
    desk_close(app->desk);
    service_keys_close(app->services);
    policy_free(app->policy);
    service->app = NULL;
    free(process);
}

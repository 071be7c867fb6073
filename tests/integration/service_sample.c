/*
 * The smallest service, for tests/integration/service_life.py: its settings say how it behaves.
 * A file that starts a new service may look like this one.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "log/log.h"
#include "service/service.h"
#include "service/threads.h"

struct settings {
    const char *log_level, *name, *password, *key;
    uint16_t ops_port;
    uint32_t fail_after_ms, stop_ms;
    bool starts, ready;
};

static const struct config_row settings_rows[] = {
    {.name = "OPS_PORT",
     .kind = CONFIG_PORT,
     .offset = offsetof(struct settings, ops_port),
     .example = "18999",
     .doc = "Health and metrics."},
    {.name = "LOG_LEVEL",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct settings, log_level),
     .fallback = "info",
     .values = "debug info warning error",
     .doc = "Least level."},
    {.name = "SAMPLE_NAME",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct settings, name),
     .example = "anything",
     .doc = "A required text."},
    {.name = "SAMPLE_PASSWORD",
     .kind = CONFIG_SECRET,
     .offset = offsetof(struct settings, password),
     .fallback = "",
     .doc = "Never shown."},
    {.name = "SAMPLE_KEY",
     .kind = CONFIG_FILE,
     .offset = offsetof(struct settings, key),
     .fallback = "",
     .doc = "A file."},
    {.name = "SAMPLE_STARTS",
     .kind = CONFIG_BOOL,
     .offset = offsetof(struct settings, starts),
     .fallback = "true",
     .doc = "Whether start succeeds."},
    {.name = "SAMPLE_READY",
     .kind = CONFIG_BOOL,
     .offset = offsetof(struct settings, ready),
     .fallback = "true",
     .doc = "What /ready says."},
    {.name = "SAMPLE_FAIL_AFTER_MS",
     .kind = CONFIG_U32,
     .offset = offsetof(struct settings, fail_after_ms),
     .fallback = "0",
     .doc = "0: never."},
    {.name = "SAMPLE_STOP_MS",
     .kind = CONFIG_U32,
     .offset = offsetof(struct settings, stop_ms),
     .fallback = "0",
     .doc = "How long stopping takes."},
    {.name = NULL},
};

enum { METRIC_TURNS, METRIC_ASKED };
static const struct metric_row metric_rows[] = {
    {.name = "turns_total", .kind = METRIC_COUNTER, .doc = "Turns of the thread."},
    {.name = "asked", .kind = METRIC_GAUGE, .doc = "Times that metrics were collected."},
};

struct sample {
    struct service *service;
    struct service_threads *threads;
    atomic_int asked;
};

static void turn(void *app)
{
    struct sample *sample = app;
    const struct settings *settings = sample->service->config;
    int64_t start = clock_monotonic_us(sample->service->clock);
    while (service_threads_sleep(sample->threads, 10)) {
        metric_add(sample->service->metrics, METRIC_TURNS, 1);
        int64_t passed_us = clock_monotonic_us(sample->service->clock) - start;
        if (settings->fail_after_ms && passed_us > (int64_t)settings->fail_after_ms * 1000) {
            struct err err;
            err_set(&err, ERR_INTERNAL, "the sample fails as told");
            service_fail(sample->service, &err);
        }
    }
}

static bool start(struct service *service, struct err *err)
{
    const struct settings *settings = service->config;
    if (!settings->starts)
        return err_set(err, ERR_INTERNAL, "the sample does not start as told");
    struct sample *sample = calloc(1, sizeof(*sample));
    if (!sample)
        return err_set(err, ERR_INTERNAL, "out of memory");
    service->app = sample;
    sample->service = service;
    sample->threads = service_threads_new();
    return service_threads_add(sample->threads, "turner", turn, sample, err) &&
           service_threads_add(sample->threads, "turner2", turn, sample, err);
}

static bool ready(struct service *service, struct err *err)
{
    const struct settings *settings = service->config;
    return settings->ready || err_set(err, ERR_DB_UNAVAILABLE, "the database is away");
}

static void collect(struct service *service)
{
    struct sample *sample = service->app;
    metric_set(service->metrics, METRIC_ASKED, atomic_fetch_add(&sample->asked, 1) + 1);
}

static void stop(struct service *service)
{
    struct sample *sample = service->app;
    const struct settings *settings = service->config;
    if (!sample)
        return;
    service_threads_free(sample->threads);
    usleep(settings->stop_ms * 1000);
    free(sample);
    service->app = NULL;
}

static int run_echo(struct service *service, const char *argument)
{
    printf("%s %s\n", service->spec->name, argument);
    return service->config ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_show(struct service *service, const char *argument)
{
    const struct settings *settings = service->config;
    (void)argument;
    printf("%s %zu\n", settings->name, strlen(settings->password));
    return 3;
}

static const struct service_flag flags[] = {
    {.name = "--echo", .argument = "TEXT", .doc = "Print it.", .run = run_echo},
    {.name = "--show", .doc = "Print the name.", .needs_config = true, .run = run_show},
    {.name = NULL},
};

static const struct service_spec spec = {
    .name = "sample",
    .summary = "Does nothing, in order.",
    .config = settings_rows,
    .config_size = sizeof(struct settings),
    .ops_port_offset = offsetof(struct settings, ops_port),
    .log_level_offset = offsetof(struct settings, log_level),
    .metrics = metric_rows,
    .metrics_count = ARRAY_LEN(metric_rows),
    .flags = flags,
    .start = start,
    .ready = ready,
    .stop = stop,
    .collect = collect,
};

int main(int argc, char **argv)
{
    return service_main(&spec, argc, argv);
}

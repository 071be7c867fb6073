/*
 * The life of a service, once for all of them: see service.h for the order. The main thread does
 * nothing but wait for a signal while the service runs.
 */
#include "service/service.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "log/log.h"
#include "service/config.h"
#include "service/flags.h"
#include "service/operations.h"
#include "service/process.h"

enum { PRINT_BYTES_MAX = 4 * 1024 * 1024, PREFIX_BYTES = 64 };

/* The service comes first: service_fail() finds the life of its service by it. */
struct life {
    struct service service;
    void *config;
    pthread_t main_thread;
    atomic_bool failed;
};

static int run_choice(struct life *life, const struct flag_choice *choice);

static void write_all(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t count = write(file, text, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return;
        text += count;
        length -= (size_t)count;
    }
}

static const char *version_of(const struct service_spec *spec)
{
    return spec->version ? spec->version : BOURSE_VERSION;
}

static void metric_prefix(const struct service_spec *spec, char prefix[static PREFIX_BYTES])
{
    snprintf(prefix, PREFIX_BYTES, "bourse_%s", spec->name);
}

int service_main(const struct service_spec *spec, int argc, char **argv)
{
    AUTO(str_release) struct str problem = STR_INIT(SERVICE_TEXT_MAX);
    struct flag_choice choice;
    struct life life = {.service = {.spec = spec, .clock = &clock_real},
                        .main_thread = pthread_self()};
    if (!flags_parse(spec, argc, argv, &choice, &problem)) {
        write_all(STDERR_FILENO, str_data(&problem), problem.length);
        return EXIT_USAGE;
    }
    return run_choice(&life, &choice);
}

void service_fail(struct service *service, const struct err *err)
{
    struct life *life = (struct life *)service;
    log_error("the service can't go on", LOG_ERR(err));
    /* SIGUSR1 and not SIGTERM, which would count as the second signal that ends at once. */
    if (!atomic_exchange(&life->failed, true))
        pthread_kill(life->main_thread, SIGUSR1);
}

/* ---- flags ---- */

static int print_for(const struct service_spec *spec, enum flag_action action)
{
    AUTO(str_release) struct str text = STR_INIT(PRINT_BYTES_MAX);
    char prefix[PREFIX_BYTES];
    if (action == FLAG_HELP)
        flags_print_help(spec, &text);
    if (action == FLAG_VERSION)
        str_add_format(&text, "bourse-%s %s\n", spec->name, version_of(spec));
    if (action == FLAG_PRINT_CONFIG)
        config_print(spec, &text);
    if (action == FLAG_PRINT_METRICS) {
        metric_prefix(spec, prefix);
        metrics_print_docs(prefix, spec->metrics, spec->metrics_count, &text);
    }
    write_all(STDOUT_FILENO, str_data(&text), text.length);
    return str_ok(&text) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Reads the configuration, or reports all that is wrong with it in one piece. */
static bool life_configure(struct life *life)
{
    const struct service_spec *spec = life->service.spec;
    AUTO(str_release)
    struct str mistakes = STR_INIT(PRINT_BYTES_MAX), report = STR_INIT(PRINT_BYTES_MAX);
    size_t count;
    if (config_read(spec, &life->config, &mistakes, &count)) {
        life->service.config = life->config;
        return true;
    }
    str_add_format(&report, "bourse-%s: the configuration has %zu mistake%s:\n", spec->name, count,
                   count == 1 ? "" : "s");
    str_add_bytes(&report, str_data(&mistakes), mistakes.length);
    str_add_format(&report, "bourse-%s --print-config lists all settings.\n", spec->name);
    write_all(STDERR_FILENO, str_data(&report), report.length);
    return false;
}

static void life_open_log(const struct life *life)
{
    const struct service_spec *spec = life->service.spec;
    const char *name;
    enum log_level level = LOG_INFO;
    memcpy(&name, (const char *)life->config + spec->log_level_offset, sizeof(name));
    bool known = log_level_parse(name, &level);
    assert(known);
    log_open(spec->name, level);
}

static bool life_open_metrics(struct life *life)
{
    const struct service_spec *spec = life->service.spec;
    char prefix[PREFIX_BYTES];
    metric_prefix(spec, prefix);
    life->service.metrics = metrics_new(prefix, spec->metrics, spec->metrics_count);
    return life->service.metrics != NULL;
}

static int serve(struct life *life);

int service_flag_failed(const struct service *service, const char *what, const struct err *err)
{
    fprintf(stderr, "bourse-%s: %s: %s\n", service->spec->name, what, err->what);
    return EXIT_FAILURE;
}

void service_say(const char *line)
{
    printf("%s\n", line);
    fflush(stdout);
}

static int run_configured(struct life *life, const struct flag_choice *choice)
{
    if (!life_configure(life))
        return EXIT_CONFIG;
    int status = EXIT_SUCCESS;
    if (choice->action != FLAG_CHECK_CONFIG) {
        life_open_log(life);
        if (!life_open_metrics(life))
            status = EXIT_FAILURE;
        else if (choice->action == FLAG_OWN)
            status = choice->own->run(&life->service, choice->argument);
        else
            status = serve(life);
    }
    metrics_free(life->service.metrics);
    config_free(life->service.spec, life->config);
    return status;
}

static int run_choice(struct life *life, const struct flag_choice *choice)
{
    switch (choice->action) {
    case FLAG_HELP:
    case FLAG_VERSION:
    case FLAG_PRINT_CONFIG:
    case FLAG_PRINT_METRICS:
        return print_for(life->service.spec, choice->action);
    case FLAG_OWN:
        process_prepare();
        if (!choice->own->needs_config)
            return choice->own->run(&life->service, choice->argument);
        return run_configured(life, choice);
    case FLAG_SERVE:
    case FLAG_CHECK_CONFIG:
        process_prepare();
        return run_configured(life, choice);
    }
    return EXIT_FAILURE;
}

/* ---- serving ---- */

static void signals_to_wait_for(sigset_t *ret_signals)
{
    sigemptyset(ret_signals);
    sigaddset(ret_signals, SIGTERM);
    sigaddset(ret_signals, SIGINT);
    sigaddset(ret_signals, SIGUSR1);
}

/* Before the first thread: all of them inherit the mask, so signals come to sigwait() alone. */
static void signals_block(void)
{
    sigset_t signals;
    signals_to_wait_for(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

static void end_at_once(int number)
{
    (void)number;
    _exit(EXIT_FAILURE);
}

/* From now on a signal is the second one: whoever asks twice does not want to wait. */
static void signals_end_at_once(void)
{
    const struct sigaction action = {.sa_handler = end_at_once};
    sigset_t signals;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signals_to_wait_for(&signals);
    sigdelset(&signals, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

static void wait_for_end(const struct life *life)
{
    sigset_t signals;
    int number = 0;
    signals_to_wait_for(&signals);
    while (sigwait(&signals, &number) != 0)
        continue;
    if (!atomic_load(&life->failed))
        log_info("stopping", LOG_STR("signal", sigabbrev_np(number)));
}

static int serve(struct life *life)
{
    const struct service_spec *spec = life->service.spec;
    struct operations operations;
    struct err err = {.code = ERR_NONE};
    signals_block();
    if (!spec->start(&life->service, &err)) {
        log_error("not started", LOG_ERR(&err));
        signals_end_at_once();
        spec->stop(&life->service);
        /* What only start() can look into (keys, files of rules) is configuration all the same. */
        return err.code == ERR_CONFIG ? EXIT_CONFIG : EXIT_FAILURE;
    }
    if (operations_open(&operations, &life->service, &err)) {
        log_info("started", LOG_STR("version", version_of(spec)));
        wait_for_end(life);
    } else {
        log_error("not started", LOG_ERR(&err));
        atomic_store(&life->failed, true);
    }
    operations_close_gate(&operations);
    signals_end_at_once();
    spec->stop(&life->service);
    operations_close(&operations);
    log_info("stopped");
    return atomic_load(&life->failed) ? EXIT_FAILURE : EXIT_SUCCESS;
}

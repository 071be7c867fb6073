/*
 * service.h: what all services have in common, so that a main.c is a table and a column of
 * constructors. service_main() owns the rituals: command line, configuration, log, signals, the
 * operations port, and an orderly end.
 *
 *     static const struct service_spec spec = {.name = "accounting", ...};
 *     int main(int argc, char **argv) { return service_main(&spec, argc, argv); }
 *
 * Order: parse flags -> read configuration (all mistakes are listed at once, exit 78) -> log ->
 * block signals -> spec.start (db, bus, http: may return before peers are there) -> operations
 * port -> wait for SIGTERM or SIGINT -> spec.stop. A second signal ends at once.
 *
 * Operations port: GET /alive (200), /ready (spec.ready: 200 or 503 with the reason), /metrics. It
 * listens on loopback, or where a CONFIG_TEXT row named OPS_HOST says (containers). While the
 * service stops, /ready answers 503 and spec.ready and spec.collect are no longer called.
 *
 * Threads: spec.start, spec.stop and flags run on the main thread; spec.ready and spec.collect on a
 * thread of the operations port, never both at once. SIGTERM and SIGINT are blocked in all threads
 * (those started by spec.start inherit it), SIGPIPE is ignored.
 *
 * Flags of every service: --help, --version, --check-config, --print-config, --print-metrics and
 * those of spec.flags (--migrate, --print-openapi); a flag runs and exits.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "metrics/metrics.h"

#define BOURSE_VERSION "0.1.0"

enum { EXIT_USAGE = 64, EXIT_CONFIG = 78, SERVICE_TEXT_MAX = 4096, SERVICE_FILE_MAX = 64 * 1024 };

/* ---- configuration: a table over a struct; values come from the environment ---- */

enum config_kind {
    CONFIG_TEXT,  /* const char * */
    CONFIG_PORT,  /* uint16_t, 1..65535 */
    CONFIG_U32,   /* uint32_t, min..max */
    CONFIG_BOOL,  /* bool: true/false/1/0/yes/no */
    CONFIG_FILE,  /* const char *: the content of the file that the variable names (keys); the
                     fallback is a path as well, "" gives "" */
    CONFIG_SECRET /* const char *: text that --print-config never shows; NAME_FILE works too */
};

/*
 * An empty value of a number, port, bool or file counts as absent; an empty text is a text, but
 * does not satisfy a required row. Texts, files and secrets are copies that live until the service
 * ends.
 */
struct config_row {
    const char *name; /* "DB_HOST" */
    enum config_kind kind;
    size_t offset;
    const char *fallback; /* NULL: required */
    uint32_t min, max;    /* CONFIG_U32; max 0: no upper bound */
    const char *example;  /* shown with a mistake */
    const char *doc;
    const char *values; /* CONFIG_TEXT: allowed ones, "api settler"; NULL: any */
};

struct service;

struct service_flag {
    const char *name;     /* "--migrate" */
    const char *argument; /* "DIR"; NULL: none */
    const char *doc;
    bool needs_config; /* else it runs before configuration is read */
    int (*run)(struct service *service, const char *argument); /* exit status */
};

struct service_spec {
    const char *name;                /* "accounting" */
    const char *version;             /* NULL: BOURSE_VERSION */
    const char *summary;             /* one sentence for --help */
    const struct config_row *config; /* ends with name NULL; read rules: see config_row */
    size_t config_size;
    size_t ops_port_offset, log_level_offset; /* CONFIG_PORT and CONFIG_TEXT rows in the struct */
    const struct metric_row *metrics;
    size_t metrics_count;
    const struct service_flag *flags; /* ends with name NULL; may be NULL */
    bool (*start)(struct service *service, struct err *err);
    /* False with the reason in err: /ready answers 503. Called on the operations thread. */
    bool (*ready)(struct service *service, struct err *err);
    void (*stop)(struct service *service);    /* also after a failed start: NULL-safe */
    void (*collect)(struct service *service); /* before /metrics is printed; may be NULL */
};

struct service {
    const struct service_spec *spec;
    const void *config; /* the filled struct */
    struct metrics *metrics;
    const struct clock *clock;
    void *app; /* the service's own state, set by start */
};

int service_main(const struct service_spec *spec, int argc, char **argv);

/* For flags: the story on the standard error; gives the exit status. `what`: "--migrate". */
int service_flag_failed(const struct service *service, const char *what, const struct err *err);
/* A line of progress on the standard output, at once. */
void service_say(const char *line);

/* The file that the variable of a CONFIG_FILE row names, as it is now: a key that was replaced. The caller
 * frees it. ERR_CONFIG. */
bool config_file_again(const char *name, char **ret_text, struct err *err);

/* Asks the main thread to stop (a thread that can't go on); exit status 1. From any thread. */
void service_fail(struct service *service, const struct err *err);

#endif

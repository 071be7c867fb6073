#include "auth/bus/mail_worker.h"

#include <stdlib.h>
#include <string.h>

#include "auth/actions/mail_deliver.h"
#include "auth/bus/mail_topology.h"
#include "auth/state/config.h"
#include "auth/state/metrics.h"
#include "log/log.h"
#include "service/threads.h"

enum {
    PREFETCH = 8,
    WAIT_MS = 500,
    OUTBOX_LETTERS_MAX = 1000,
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 2000,
    MINUTE_US = 60 * 1000000
};

struct worker {
    struct auth *app;
    struct db *db;
    struct bus *events;  /* consuming */
    struct bus *returns; /* publishing: to the retry and dead-letter queues */
    struct mail_sender *sender;
    struct mail_topology topology;
    int64_t next_us; /* monotonic: when the next mail may go */
};

bool mail_sender_open(const struct auth_config *config, struct mail_sender **ret_sender,
                      struct err *err)
{
    if (!mail_address_is_valid(config->sender_email))
        return err_set(err, ERR_CONFIG, "SENDER_EMAIL is no address: %s", config->sender_email);
    if (strcmp(config->mail_provider, "outbox") == 0)
        return mail_outbox_open(config->mail_outbox_dir, OUTBOX_LETTERS_MAX, ret_sender, err);
    struct mail_smtp smtp = {
        .host = config->smtp_host,
        .port = config->smtp_port,
        .tls = strcmp(config->smtp_tls, "none") == 0       ? MAIL_TLS_NONE
               : strcmp(config->smtp_tls, "implicit") == 0 ? MAIL_TLS_IMPLICIT
                                                           : MAIL_TLS_REQUIRED,
        .user = config->smtp_user,
        .password = config->smtp_password,
        .ca_file = config->smtp_ca_file,
        .hello = config->smtp_hello,
    };
    return mail_smtp_open(&smtp, ret_sender, err);
}

/* ---- one message ---- */

static void tell(struct worker *worker, const struct mail_delivery *delivery)
{
    const char *outcome = mail_outcome_name(delivery->outcome);
    struct metrics *metrics = worker->app->metrics;
    metric_add_labelled(metrics, METRIC_MAILS, metric_label(metrics, METRIC_MAILS, outcome), 1);
    struct log_field fields[] = {
        LOG_STR("outcome", outcome),
        LOG_STR(delivery->why ? "why" : NULL, delivery->why),
        LOG_STR(delivery->event ? "event" : NULL, delivery->event),
        LOG_STR(delivery->id[0] ? "mail" : NULL, delivery->id),
        LOG_STR(delivery->uid[0] ? "uid" : NULL, delivery->uid),
        LOG_U64("attempts", delivery->attempts),
        LOG_STR(delivery->err.code ? "code" : NULL, err_name(delivery->err.code)),
        LOG_STR(delivery->err.code ? "error" : NULL, delivery->err.what),
    };
    enum log_level level = delivery->outcome == OUTCOME_DEAD    ? LOG_ERROR
                           : delivery->outcome == OUTCOME_LATER ? LOG_WARNING
                           : delivery->event                    ? LOG_INFO
                                                                : LOG_DEBUG;
    log_write(level, "mail", fields, ARRAY_LEN(fields));
}

/* Into another queue of ours, with the broker's word that it is there. */
static bool hand_on(struct worker *worker, const char *queue, const struct bus_delivery *message,
                    struct err *err)
{
    struct bus_message copy = {.exchange = "",
                               .routing_key = queue,
                               .body = message->body,
                               .length = message->length,
                               .message_id = message->message_id};
    return bus_publish(worker->returns, &copy, NULL, err) && bus_settle(worker->returns, 0, err);
}

static bool settle(struct worker *worker, const struct bus_delivery *message,
                   const struct mail_delivery *delivery, struct err *err)
{
    if (delivery->outcome == OUTCOME_LATER &&
        !hand_on(worker, mail_retry_queue(delivery->attempts), message, err))
        return false;
    if (delivery->outcome == OUTCOME_DEAD && !hand_on(worker, QUEUE_MAIL_DEAD, message, err))
        return false;
    tell(worker, delivery);
    return bus_ack(worker->events, message->tag, false, err);
}

/* No more mails a minute than the mail server likes. */
static void keep_pace(struct worker *worker)
{
    int64_t now_us = clock_monotonic_us(worker->app->clock);
    if (worker->next_us > now_us)
        service_threads_sleep(worker->app->threads, (int)((worker->next_us - now_us) / 1000) + 1);
    worker->next_us = clock_monotonic_us(worker->app->clock) +
                      MINUTE_US / (int64_t)worker->app->config->mails_per_minute;
}

static bool take(struct worker *worker, const struct bus_delivery *message, struct err *err)
{
    struct mail_delivery delivery;
    if (message->is_too_large)
        return bus_reject(worker->events, message->tag, err);
    int64_t begin_us = clock_monotonic_us(worker->app->clock);
    if (!mail_deliver(worker->app, worker->db, worker->sender, message->body, message->length,
                      &delivery, err))
        return false;
    if (delivery.outcome == OUTCOME_SENT) {
        metric_observe_us(worker->app->metrics, METRIC_MAIL_SECONDS,
                          clock_monotonic_us(worker->app->clock) - begin_us);
        keep_pace(worker);
    }
    return settle(worker, message, &delivery, err);
}

/* ---- the thread ---- */

static bool bus_of(struct worker *worker, struct bus **bus, const char *name, struct err *err)
{
    if (*bus)
        return bus_is_open(*bus) || bus_reopen(*bus, err);
    struct bus_config config = bus_named(worker->app->config->amqp, name);
    return bus_open(&config, worker->topology.rows, bus, err);
}

static bool connect_peers(struct worker *worker, struct err *err)
{
    struct auth *app = worker->app;
    if (worker->db ? !db_ready(worker->db, err) : !db_open(&app->db_config, &worker->db, err))
        return false;
    if (!worker->sender && !mail_sender_open(app->config, &worker->sender, err))
        return false;
    bool was_there = worker->events != NULL;
    if (!bus_of(worker, &worker->returns, "auth mail returns", err) ||
        !bus_of(worker, &worker->events, "auth mail", err))
        return false;
    return was_there || bus_consume(worker->events, QUEUE_MAIL, PREFETCH, err);
}

static bool work(struct worker *worker, struct err *err)
{
    struct bus_delivery message;
    bool got;
    if (!connect_peers(worker, err) || !bus_next(worker->events, WAIT_MS, &got, &message, err))
        return false;
    if (got && !take(worker, &message, err))
        return false;
    worker->app->mailer_works = true;
    return bus_idle(worker->returns, err);
}

/* What is unacknowledged comes again only on another connection. */
static void let_go(struct worker *worker)
{
    bus_close(worker->events);
    worker->events = NULL;
}

void mail_worker_run(struct auth *app)
{
    struct worker *worker = calloc(1, sizeof(*worker));
    int pause_ms = PAUSE_MIN_MS;
    assert(worker != NULL);
    worker->app = app;
    mail_topology_fill(&worker->topology, app->mail_rules);
    while (!service_threads_stopping(app->threads)) {
        struct err err;
        if (work(worker, &err)) {
            pause_ms = PAUSE_MIN_MS;
            continue;
        }
        app->mailer_works = false;
        log_warning("mailer waits", LOG_ERR(&err));
        let_go(worker);
        service_threads_sleep(app->threads, pause_ms);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    bus_close(worker->events);
    bus_close(worker->returns);
    db_close(worker->db);
    mail_sender_free(worker->sender);
    free(worker);
}

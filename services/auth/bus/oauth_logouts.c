#include "auth/bus/oauth_logouts.h"

#include <pthread.h>
#include <stdatomic.h>

#include "auth/actions/oauth.h"
#include "auth/actions/oauth_issue.h"
#include "auth/state/config.h"
#include "auth/store/oauth_clients.h"
#include "auth/store/oauth_flows.h"
#include "base/auto.h"
#include "fetch/fetch.h"
#include "log/log.h"
#include "service/threads.h"

enum {
    ROUND_MAX = 16,
    CALLERS = 8, /* clients that are called at the same time */
    ROUND_MS = 1000,
    CALL_MS = 5000,
    LEASE_S = 120, /* more than a round of calls takes, all of them to one slow client */
    SECOND_US = 1000000,
    ARENA_BYTES_MAX = 4 << 20,
    ANSWER_BYTES_MAX = 64 * 1024
};

/* One client is to hear of one session. */
struct notice {
    const struct oauth_logout *logout;
    struct oauth_client_row client;
    enum { NOTICE_WAITS, NOTICE_TOLD, NOTICE_FAILED } state;
    struct err why; /* NOTICE_FAILED */
};

struct worker {
    struct auth *app;
    struct db *db;
    struct arena *arena;
    struct fetch *fetches[CALLERS];
    struct notice notices[ROUND_MAX];
    size_t count;
    _Atomic size_t next; /* notice that a caller looks at next */
};

/* ---- the calls: many clients at once, no database ---- */

static bool tell(struct worker *worker, struct fetch *fetch, struct notice *notice, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(OAUTH_TOKEN_BYTES_MAX);
    AUTO(str_release) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    const struct oauth_client *client = &notice->client.client;
    long status = 0;
    str_add(&body, "logout_token=");
    if (!oauth_logout_token(worker->app, client->client_id, notice->logout->uid,
                            notice->logout->sid, clock_now_us(worker->app->clock), &body, err))
        return false;
    const struct fetch_request request = {.method = "POST",
                                          .url = client->logout_uri,
                                          .content_type = "application/x-www-form-urlencoded",
                                          .body = str_data(&body),
                                          .body_length = body.length,
                                          .timeout_ms = CALL_MS,
                                          .public_only =
                                              !worker->app->config->oauth_insecure_allowed};
    if (!fetch_run(fetch, &request, &status, &answer, err))
        return false;
    /* 400 says that the client can't; asking again would not change it. */
    return (status >= 200 && status < 300) || status == 400 ||
           err_set(err, ERR_PEER_UNAVAILABLE, "client %s answers %ld", client->client_id, status);
}

static bool is_first_of_its_client(const struct worker *worker, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (worker->notices[j].logout->client == worker->notices[i].logout->client)
            return false;
    return true;
}

/* A client hears of its sessions one by one, in their order. One that hangs costs one call in a round,
 * however many sessions it should hear of: the rest of its rows stay leased and come again when the
 * lease is over. */
static void tell_client(struct worker *worker, struct fetch *fetch, size_t first)
{
    for (size_t i = first; i < worker->count; i++) {
        struct notice *notice = &worker->notices[i];
        if (notice->logout->client != worker->notices[first].logout->client)
            continue;
        if (service_threads_stopping(worker->app->threads))
            return;
        bool told = !notice->client.client.logout_uri || tell(worker, fetch, notice, &notice->why);
        notice->state = told ? NOTICE_TOLD : NOTICE_FAILED;
        if (!told)
            return;
    }
}

struct caller {
    struct worker *worker;
    struct fetch *fetch;
    pthread_t thread;
};

static void *call_clients(void *arg)
{
    const struct caller *caller = arg;
    size_t i;
    while ((i = caller->worker->next++) < caller->worker->count)
        if (is_first_of_its_client(caller->worker, i))
            tell_client(caller->worker, caller->fetch, i);
    return NULL;
}

/* This thread calls too, so that without a further one all are called one after the other. */
static void call_all(struct worker *worker)
{
    struct caller callers[CALLERS];
    size_t count = 1, clients = 0;
    for (size_t i = 0; i < worker->count; i++)
        clients += is_first_of_its_client(worker, i);
    worker->next = 0;
    for (; count < CALLERS && count < clients; count++) {
        callers[count] = (struct caller){.worker = worker, .fetch = worker->fetches[count]};
        if (pthread_create(&callers[count].thread, NULL, call_clients, &callers[count]) != 0)
            break;
    }
    callers[0] = (struct caller){.worker = worker, .fetch = worker->fetches[0]};
    call_clients(&callers[0]);
    while (--count > 0)
        pthread_join(callers[count].thread, NULL);
}

/* ---- a round ---- */

static bool settle(struct worker *worker, const struct notice *notice, struct err *err)
{
    const struct oauth_logout *logout = notice->logout;
    if (notice->state == NOTICE_WAITS)
        return true;
    if (notice->state == NOTICE_TOLD)
        return oauth_logouts_delete(worker->db, logout->row, err);
    log_write(
        LOG_WARNING, "a client was not told of a logout",
        LOG_FIELDS(LOG_STR("client", notice->client.client.client_id), LOG_ERR(&notice->why)));
    if (logout->tries + 1 >= LOGOUT_TRIES_MAX)
        return oauth_logouts_delete(worker->db, logout->row, err);
    int64_t pause_us = ((int64_t)10 << logout->tries) * SECOND_US;
    return oauth_logouts_retry(worker->db, logout->row, clock_now_us(worker->app->clock) + pause_us,
                               err);
}

static bool prepare(struct worker *worker, const struct oauth_logout *logouts, size_t count,
                    struct err *err)
{
    worker->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct notice *notice = &worker->notices[worker->count];
        *notice = (struct notice){.logout = &logouts[i], .state = NOTICE_WAITS};
        if (oauth_clients_get(worker->db, worker->arena, logouts[i].client, &notice->client, err))
            worker->count++;
        else if (err->code != ERR_NOT_FOUND ||
                 !oauth_logouts_delete(worker->db, logouts[i].row, err))
            return false;
    }
    return true;
}

static bool one_round(struct worker *worker, struct err *err)
{
    struct oauth_logout *logouts;
    size_t count;
    int64_t now_us = clock_now_us(worker->app->clock);
    if (!(worker->db ? db_ready(worker->db, err)
                     : db_open(&worker->app->db_config, &worker->db, err)) ||
        !oauth_logouts_take(worker->db, worker->arena, now_us, (int64_t)LEASE_S * SECOND_US,
                            ROUND_MAX, &logouts, &count, err))
        return false;
    if (!prepare(worker, logouts, count, err))
        return false;
    call_all(worker);
    for (size_t i = 0; i < worker->count; i++)
        if (!settle(worker, &worker->notices[i], err))
            return false;
    return true;
}

void oauth_logouts_run(struct auth *app)
{
    struct worker worker = {.app = app, .arena = arena_new(ARENA_BYTES_MAX)};
    bool made = worker.arena;
    struct err err;
    for (size_t i = 0; i < CALLERS; i++)
        made = (worker.fetches[i] = fetch_new()) && made;
    while (made && service_threads_sleep(app->threads, ROUND_MS)) {
        arena_reset(worker.arena);
        /* Without a database the keeper says so; this thread just waits. */
        if (!one_round(&worker, &err))
            log_write(LOG_DEBUG, "logouts wait", LOG_FIELDS(LOG_ERR(&err)));
    }
    for (size_t i = 0; i < CALLERS; i++)
        fetch_free(worker.fetches[i]);
    arena_free(worker.arena);
    db_close(worker.db);
}

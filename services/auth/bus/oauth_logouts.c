#include "auth/bus/oauth_logouts.h"

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
    ROUND_MS = 1000,
    CALL_MS = 5000,
    LEASE_S = 120, /* more than a round of calls takes */
    SECOND_US = 1000000,
    ARENA_BYTES_MAX = 4 << 20,
    ANSWER_BYTES_MAX = 64 * 1024
};

struct worker {
    struct auth *app;
    struct db *db;
    struct arena *arena;
    struct fetch *fetch;
};

static bool tell(struct worker *worker, const struct oauth_client *client,
                 const struct oauth_logout *logout, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(OAUTH_TOKEN_BYTES_MAX);
    AUTO(str_release) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    long status = 0;
    str_add(&body, "logout_token=");
    if (!oauth_logout_token(worker->app, client->client_id, logout->uid, logout->sid,
                            clock_now_us(worker->app->clock), &body, err))
        return false;
    const struct fetch_request request = {.method = "POST",
                                          .url = client->logout_uri,
                                          .content_type = "application/x-www-form-urlencoded",
                                          .body = str_data(&body),
                                          .body_length = body.length,
                                          .timeout_ms = CALL_MS,
                                          .public_only =
                                              !worker->app->config->oauth_insecure_allowed};
    if (!fetch_run(worker->fetch, &request, &status, &answer, err))
        return false;
    /* 400 says that the client can't; asking again would not change it. */
    return (status >= 200 && status < 300) || status == 400 ||
           err_set(err, ERR_PEER_UNAVAILABLE, "client %s answers %ld", client->client_id, status);
}

/* *ret_told: whether the client is worth another call in this round. */
static bool settle(struct worker *worker, const struct oauth_logout *logout, bool *ret_told,
                   struct err *err)
{
    struct oauth_client_row row;
    *ret_told = true;
    if (!oauth_clients_get(worker->db, worker->arena, logout->client, &row, err))
        return err->code == ERR_NOT_FOUND ? oauth_logouts_delete(worker->db, logout->row, err)
                                          : false;
    if (!row.client.logout_uri || tell(worker, &row.client, logout, err))
        return oauth_logouts_delete(worker->db, logout->row, err);
    *ret_told = false;
    log_write(LOG_WARNING, "a client was not told of a logout",
              LOG_FIELDS(LOG_STR("client", row.client.client_id), LOG_ERR(err)));
    if (logout->tries + 1 >= LOGOUT_TRIES_MAX)
        return oauth_logouts_delete(worker->db, logout->row, err);
    int64_t pause_us = ((int64_t)10 << logout->tries) * SECOND_US;
    return oauth_logouts_retry(worker->db, logout->row, clock_now_us(worker->app->clock) + pause_us,
                               err);
}

/* A client that hangs holds up a round once, however many sessions it should hear of: the rest of its
 * rows stay leased and come again when the lease is over. */
static bool settle_all(struct worker *worker, const struct oauth_logout *logouts, size_t count,
                       struct err *err)
{
    uint64_t deaf[ROUND_MAX];
    size_t deaf_count = 0;
    for (size_t i = 0; i < count && !service_threads_stopping(worker->app->threads); i++) {
        bool is_deaf = false, told;
        for (size_t j = 0; j < deaf_count; j++)
            is_deaf |= deaf[j] == logouts[i].client;
        if (is_deaf)
            continue;
        if (!settle(worker, &logouts[i], &told, err))
            return false;
        if (!told)
            deaf[deaf_count++] = logouts[i].client;
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
    return settle_all(worker, logouts, count, err);
}

void oauth_logouts_run(struct auth *app)
{
    struct worker worker = {.app = app, .arena = arena_new(ARENA_BYTES_MAX), .fetch = fetch_new()};
    struct err err;
    while (worker.arena && worker.fetch && service_threads_sleep(app->threads, ROUND_MS)) {
        arena_reset(worker.arena);
        /* Without a database the keeper says so; this thread just waits. */
        if (!one_round(&worker, &err))
            log_write(LOG_DEBUG, "logouts wait", LOG_FIELDS(LOG_ERR(&err)));
    }
    fetch_free(worker.fetch);
    arena_free(worker.arena);
    db_close(worker.db);
}

#include "auth/bus/kyc_worker.h"

#include <string.h>

#include "auth/actions/kyc_job.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "log/log.h"
#include "secret/secret.h"
#include "service/threads.h"

enum { LOOK_EVERY_MS = 1000, ARENA_BYTES_MAX = 4 << 20, LATER_MAX_S = 3600, LATER_FIRST_S = 30 };

static const int64_t second_us = 1000000;
/* Longer than all calls of one job may take. */
static const int64_t lease_us = 300 * 1000000LL;

struct worker {
    struct auth *app;
    struct db *db;
    struct kycaid *kycaid;
    struct arena *arena;
};

/* 30 s, then twice as long each time, up to an hour; for ever, because nobody else will do it. */
static int64_t wait_of(uint64_t tries)
{
    int64_t wait_s = LATER_FIRST_S;
    for (uint64_t i = 1; i < tries && wait_s < LATER_MAX_S; i++)
        wait_s *= 2;
    return (wait_s < LATER_MAX_S ? wait_s : LATER_MAX_S) * second_us;
}

/* ret_worked: there was a job. */
static bool work(struct worker *worker, bool *ret_worked, struct err *err)
{
    struct auth *app = worker->app;
    struct call call = {
        .app = app, .db = worker->db, .arena = worker->arena, .now_us = clock_now_us(app->clock)};
    struct kyc_job job;
    *ret_worked = false;
    arena_reset(worker->arena);
    if (!kyc_jobs_take(worker->db, worker->arena, call.now_us, lease_us, &job, err))
        return err->code == ERR_NOT_FOUND;
    *ret_worked = true;
    if (kyc_job_run(&call, worker->kycaid, &job, err))
        return kyc_jobs_done(worker->db, job.id, err);
    log_warning("an identity check has to wait", LOG_U64("job", job.id),
                LOG_U64("tries", job.tries + 1), LOG_ERR(err));
    return db_ready(worker->db, err) &&
           kyc_jobs_later(worker->db, job.id, clock_now_us(app->clock) + wait_of(job.tries + 1),
                          err);
}

static bool look(struct worker *worker, struct err *err)
{
    bool worked = true, good = worker->db ? db_ready(worker->db, err)
                                          : db_open(&worker->app->db_config, &worker->db, err);
    while (good && worked && !service_threads_stopping(worker->app->threads))
        good = work(worker, &worked, err);
    return good;
}

void kyc_worker_run(struct auth *app)
{
    const struct auth_config *config = app->config;
    const struct kycaid_settings settings = {.url = config->kycaid_url,
                                             .token = config->kycaid_token,
                                             .sandbox = config->kycaid_sandbox_mode};
    struct worker worker = {.app = app};
    struct err err;
    bool failed = false;
    if (strcmp(config->kyc_provider, "kycaid") != 0)
        return;
    worker.arena = arena_new(ARENA_BYTES_MAX);
    if (!worker.arena || !kycaid_open(&settings, &worker.kycaid, &err)) {
        log_error("identity checks can't be done: see KYCAID_*");
        arena_free(worker.arena);
        return;
    }
    do {
        bool good = look(&worker, &err);
        if (!good && !failed)
            log_warning("identity checks have to wait", LOG_ERR(&err));
        failed = !good;
    } while (service_threads_sleep(app->threads, LOOK_EVERY_MS));
    kycaid_close(worker.kycaid);
    arena_free(worker.arena);
    db_close(worker.db);
}

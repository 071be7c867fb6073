#include "blockchain/bus/custody_job.h"

#include "base/arena.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/actions/custody.h"
#include "log/log.h"

enum { LOOK_MS = 200, PAUSE_MAX_MS = 5000, ARENA_BYTES_MAX = 4 << 20 };

struct job {
    struct blockchain *app;
    struct db *db;
    struct arena *arena;
    bool failed[CATALOGUE_CHAINS_MAX]; /* its last round: a failure is told once */
    int64_t webhooks_due_us[CATALOGUE_CHAINS_MAX], list_due_us[CATALOGUE_CHAINS_MAX];
};

static bool chain_run(struct job *job, struct chain *chain, size_t index,
                      const struct chain_entry *entry, bool *ret_more, struct err *err)
{
    struct provider_session *session;
    if (job->db ? !db_ready(job->db, err) : !db_open(&job->app->db_config, &job->db, err))
        return false;
    if (!chain_session(chain, &session, err))
        return false;
    arena_reset(job->arena);
    const struct custody_step step = {.app = job->app,
                                      .chain = chain,
                                      .entry = entry,
                                      .arena = job->arena,
                                      .db = job->db,
                                      .session = session,
                                      .webhooks_due_us = &job->webhooks_due_us[index],
                                      .list_due_us = &job->list_due_us[index]};
    bool ok = custody_round(&step, ret_more, err);
    provider_session_close(session);
    return ok;
}

/* False: something failed. */
static bool round_run(struct job *job, bool *ret_more)
{
    const struct catalogue *catalogue = catalogue_take(job->app->catalogues);
    bool good = true;
    *ret_more = false;
    for (size_t i = 0; i < chains_count(job->app->chains); i++) {
        struct chain *chain = chains_at(job->app->chains, i);
        const struct chain_entry *entry = catalogue_chain(catalogue, chain->key);
        struct err err;
        bool more = false;
        if (!chain->client->is_custody || !chain->is_active || chain->is_paused || !entry)
            continue;
        bool ok = chain_run(job, chain, i, entry, &more, &err);
        if (!ok && !job->failed[i])
            log_warning("custody can't be asked", LOG_STR("chain", chain->key), LOG_ERR(&err));
        job->failed[i] = !ok;
        good &= ok;
        *ret_more |= more;
    }
    catalogue_give_back(catalogue);
    return good;
}

void custody_job_run(struct blockchain *app)
{
    struct job job = {.app = app, .arena = arena_new(ARENA_BYTES_MAX)};
    int64_t pause_ms = LOOK_MS;
    bool more;
    if (!job.arena) {
        log_error("no memory for custody");
        return;
    }
    do {
        bool good = round_run(&job, &more);
        pause_ms = good ? LOOK_MS : 2 * pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
    } while (more ? !app->stopping : blockchain_sleep(app, pause_ms));
    db_close(job.db);
    arena_free(job.arena);
}

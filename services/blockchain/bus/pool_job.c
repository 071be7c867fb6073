#include "blockchain/bus/pool_job.h"

#include "blockchain/actions/address_pool.h"
#include "blockchain/actions/blockchain.h"
#include "log/log.h"

enum { LOOK_MS = 200, PAUSE_MAX_MS = 5000, CALL_TIMEOUT_MS = 5000 };

struct job {
    struct blockchain *app;
    struct service_call *signer;
    struct db *db;
    bool failed[CATALOGUE_CHAINS_MAX]; /* its last round: a failure is told once */
};

static bool connect_peers(struct job *job, struct err *err)
{
    const struct blockchain_config *config = job->app->config;
    const struct service_call_spec spec = {.audience = "signer",
                                           .base_url = config->signer_url,
                                           .private_key = config->service_key,
                                           .clock = job->app->clock,
                                           .timeout_ms = CALL_TIMEOUT_MS};
    if (job->db ? !db_ready(job->db, err) : !db_open(&job->app->db_config, &job->db, err))
        return false;
    return job->signer || service_call_open(&spec, &job->signer, err);
}

/* False: something failed. */
static bool round_run(struct job *job, bool *ret_more)
{
    bool good = true;
    *ret_more = false;
    for (size_t i = 0; i < chains_count(job->app->chains); i++) {
        struct chain *chain = chains_at(job->app->chains, i);
        struct err err;
        bool more = false;
        if (!chain->is_active || chain->client->is_custody)
            continue;
        bool ok = connect_peers(job, &err) &&
                  address_pool_fill(job->app, chain, job->db, job->signer, &more, &err);
        if (!ok && !job->failed[i])
            log_warning("addresses can't be derived", LOG_STR("chain", chain->key), LOG_ERR(&err));
        job->failed[i] = !ok;
        good &= ok;
        *ret_more |= more;
    }
    return good;
}

void pool_job_run(struct blockchain *app)
{
    struct job job = {.app = app};
    int64_t pause_ms = LOOK_MS;
    bool more;
    do {
        bool good = round_run(&job, &more);
        pause_ms = good ? LOOK_MS : 2 * pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
    } while (more ? !app->stopping : blockchain_sleep(app, pause_ms));
    service_call_close(job.signer);
    db_close(job.db);
}

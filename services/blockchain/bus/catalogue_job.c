#include "blockchain/bus/catalogue_job.h"

#include "blockchain/actions/blockchain.h"
#include "blockchain/actions/safe_watch.h"
#include "blockchain/actions/service_call.h"
#include "blockchain/store/catalogue_store.h"
#include "log/log.h"

enum { CALL_TIMEOUT_MS = 5000, PATH_SIZE = 64 };

struct job {
    struct blockchain *app;
    struct service_call *call;
    struct db *db;
    struct str answer;
    bool is_loaded;        /* the stored one was looked for */
    int64_t safes_version; /* whose Safes are watched */
};

static void apply(struct job *job)
{
    const struct catalogue *catalogue = catalogue_take(job->app->catalogues);
    if (catalogue->broken[0] != '\0')
        log_error("a chain of the catalogue is left out", LOG_STR("reason", catalogue->broken));
    chains_apply(job->app, catalogue);
    job->app->catalogue_known = catalogue->version != 0;
    catalogue_give_back(catalogue);
}

static bool db_connect(struct job *job, struct err *err)
{
    return job->db ? db_ready(job->db, err) : db_open(&job->app->db_config, &job->db, err);
}

/* At start, before accounting is asked: we follow what we followed. */
static bool load(struct job *job, struct err *err)
{
    if (job->is_loaded)
        return true;
    str_clear(&job->answer);
    if (!catalogue_load(job->db, job->app->config->service_key, &job->answer, err))
        return false;
    job->is_loaded = true;
    if (job->answer.length == 0)
        return true;
    if (!catalogues_read(job->app->catalogues, str_data(&job->answer), job->answer.length, err))
        return false;
    apply(job);
    return true;
}

static bool pull(struct job *job, struct err *err)
{
    const struct blockchain_config *config = job->app->config;
    const struct service_call_spec spec = {.audience = "accounting",
                                           .base_url = config->accounting_url,
                                           .private_key = config->service_key,
                                           .clock = job->app->clock,
                                           .timeout_ms = CALL_TIMEOUT_MS};
    if (!job->call && !service_call_open(&spec, &job->call, err))
        return false;
    const struct catalogue *catalogue = catalogue_take(job->app->catalogues);
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "/api/v2/internal/chains?version=%lld",
             (long long)catalogue->version);
    catalogue_give_back(catalogue);
    long status;
    if (!service_call_run(job->call, "GET", path, NULL, &status, &job->answer, err))
        return false;
    if (status == 304)
        return true;
    if (status != 200)
        return err_set(err, ERR_PEER_UNAVAILABLE, "accounting: HTTP status %ld", status);
    if (!catalogues_read(job->app->catalogues, str_data(&job->answer), job->answer.length, err))
        return false;
    apply(job);
    return catalogue_save(job->db, config->service_key, &job->answer, clock_now_us(job->app->clock),
                          err);
}

static bool watch_safes(struct job *job, struct err *err)
{
    const struct catalogue *catalogue = catalogue_take(job->app->catalogues);
    bool ok =
        catalogue->version == job->safes_version || safes_apply(job->app, job->db, catalogue, err);
    if (ok)
        job->safes_version = catalogue->version;
    catalogue_give_back(catalogue);
    return ok;
}

void catalogue_job_run(struct blockchain *app)
{
    struct job job = {.app = app, .answer = STR_INIT(CATALOGUE_BYTES_MAX)};
    bool failed = false;
    do {
        struct err err;
        bool good = db_connect(&job, &err) && load(&job, &err);
        bool is_watched = good && watch_safes(&job, &err); /* of the stored one at once */
        good = is_watched && pull(&job, &err) && watch_safes(&job, &err);
        if (!good && !failed)
            log_warning("the catalogue can't be asked for", LOG_ERR(&err));
        failed = !good;
    } while (blockchain_sleep(app, app->config->catalogue_poll_ms));
    service_call_close(job.call);
    db_close(job.db);
    str_release(&job.answer);
}

#include "blockchain/bus/payout_job.h"

#include <stdlib.h>
#include <string.h>

#include "blockchain/actions/main_network.h"
#include "blockchain/actions/payout_metrics.h"
#include "blockchain/actions/payout_psbt.h"
#include "blockchain/actions/payout_worker.h"
#include "blockchain/actions/service_call.h"
#include "blockchain/store/stopped_assets.h"
#include "log/log.h"

#define HOT_LOOK_US INT64_C(30000000)
/* Accounting says each second what is stopped: who was told before waits so long to hear it again. */
#define HEAR_US INT64_C(10000000)
enum { SIGNER_TIMEOUT_MS = 30000, LOCK_NAME_SIZE = 48, SESSION_ROUNDS_MAX = 100 };

struct session {
    struct provider_session *asked; /* NULL: none open */
    unsigned rounds;
    bool was_troubled;
    uint64_t looked_back_at;
    int64_t hot_due_us; /* when the hot account is looked at next; 0: now */
};

struct job {
    struct payout_worker worker;
    int64_t started_us;
    bool has_heard;                                /* what is stopped, since it started */
    struct session sessions[CATALOGUE_CHAINS_MAX]; /* as chains_at() counts */
};

static const struct payout_family *family_of(const struct chain *chain)
{
    static const struct payout_family *const families[] = {&payout_family_coin, &payout_family_evm,
                                                           &payout_family_custody};
    for (size_t i = 0; i < ARRAY_LEN(families); i++)
        if (strcmp(families[i]->name, chain->client->family->name) == 0)
            return families[i];
    return NULL;
}

/* The signers of the other owners of Safes. Their addresses live as long as the configuration. */
static bool owners_connect(struct payout_worker *worker, const struct service_call_spec *like,
                           struct err *err)
{
    struct service_call_spec spec = *like;
    const char *at = worker->app->config->safe_signer_urls;
    while (*at) {
        size_t length = strcspn(at, ",");
        char *url = strndup(at, length);
        if (!url || worker->owners_count == ARRAY_LEN(worker->owners)) {
            free(url);
            return err_set(err, ERR_CONFIG, "SAFE_SIGNER_URLS: too many");
        }
        spec.base_url = worker->owner_urls[worker->owners_count] = url;
        if (!service_call_open(&spec, &worker->owners[worker->owners_count], err))
            return false;
        worker->owners_count++;
        at += length + (at[length] == ',');
    }
    return true;
}

static bool connect(struct payout_worker *worker, struct err *err)
{
    const struct blockchain_config *config = worker->app->config;
    const struct service_call_spec spec = {.audience = "signer",
                                           .base_url = config->signer_url,
                                           .private_key = config->service_key,
                                           .clock = worker->app->clock,
                                           .timeout_ms = SIGNER_TIMEOUT_MS};
    if (!worker->signer &&
        (!service_call_open(&spec, &worker->signer, err) || !owners_connect(worker, &spec, err)))
        return false;
    return worker->db ? db_ready(worker->db, err)
                      : db_open(&worker->app->db_config, &worker->db, err);
}

/* Sessions are opened anew now and then: the catalogue may have named other servers. */
static bool session_ready(struct job *job, struct session *session, struct err *err)
{
    if (session->asked && session->rounds++ > SESSION_ROUNDS_MAX) {
        provider_session_close(session->asked);
        session->asked = NULL;
    }
    if (session->asked)
        return true;
    session->rounds = 0;
    return chain_session(job->worker.chain, &session->asked, err);
}

/* Test points and real money don't go together, nor real money and the word of one node. */
static bool network_is_fine(const struct payout_worker *worker, struct err *err)
{
    if (!main_network_check(worker->app, worker->chain, worker->network, err))
        return false;
    /* Of a custodian one provider is all that there is; his main network is one all the same. */
    bool is_custodians = worker->chain->client->is_custody && strcmp(worker->network, "test") != 0;
    return (!main_network_is(worker->chain->client, worker->network) && !is_custodians) ||
           worker->app->config->fault_file[0] == '\0' ||
           err_set(err, ERR_CONFIG, "FAULT_FILE is set: nothing is paid on a main network");
}

static void counts_show(struct payout_worker *worker)
{
    struct payout_counts counts;
    struct err err;
    struct metrics *metrics = worker->app->metrics;
    uint64_t stopped;
    if (!payouts_count(worker->db, worker->chain->key, &counts, &err) ||
        !stopped_payouts_count(worker->db, worker->chain->key, &stopped, &err))
        return;
    const struct {
        unsigned row;
        uint64_t value;
    } shown[] = {
        {METRIC_PAYOUTS_QUEUED, counts.queued},       {METRIC_PAYOUTS_WAITING, counts.waiting},
        {METRIC_PAYOUTS_UNDER_WAY, counts.under_way}, {METRIC_PAYOUTS_UNKNOWN, counts.unknown},
        {METRIC_PAYOUTS_UNDONE, counts.undone},       {METRIC_PAYOUTS_STOPPED, stopped}};
    for (size_t i = 0; i < ARRAY_LEN(shown); i++)
        metric_set_labelled(metrics, shown[i].row,
                            metric_label(metrics, shown[i].row, worker->chain->key),
                            (int64_t)shown[i].value);
}

/* For the metric: a question to a node, so not each round. */
static void hot_show(struct payout_worker *worker, struct session *session)
{
    int64_t now_us = clock_monotonic_us(worker->app->clock);
    if (now_us < session->hot_due_us)
        return;
    session->hot_due_us = now_us + HOT_LOOK_US;
    payout_metric_hot(worker);
}

static bool chain_work(struct job *job, struct session *session, const struct catalogue *catalogue,
                       struct err *err)
{
    struct payout_worker *worker = &job->worker;
    char name[LOCK_NAME_SIZE];
    struct err own;
    worker->entry = catalogue_chain(catalogue, worker->chain->key);
    worker->family = family_of(worker->chain);
    chain_network(worker->chain, worker->network);
    if (!worker->entry || !worker->family || worker->network[0] == '\0')
        return true; /* not ours to pay on, or not looked at yet */
    if (!network_is_fine(worker, err) || !session_ready(job, session, err))
        return false;
    worker->session = session->asked;
    worker->looked_back_at = &session->looked_back_at;
    snprintf(name, sizeof(name), "payouts.%s", worker->chain->key);
    if (!db_lock(worker->db, name, 0, &own)) {
        if (own.code != ERR_BUSY)
            *err = own;
        return own.code == ERR_BUSY; /* another executor is at it */
    }
    arena_reset(worker->arena);
    bool good = payouts_work(worker, err);
    if (good && worker->is_troubled)
        *err = worker->trouble;
    counts_show(worker);
    hot_show(worker, session);
    if (!db_unlock(worker->db, name, &own) && good)
        *err = own;
    blockchain_outbox_wake(worker->app);
    return good && !worker->is_troubled;
}

/* A stop may have been said while we were away. When accounting is away too, what is stored holds. */
static bool stops_heard(struct job *job)
{
    struct payout_worker *worker = &job->worker;
    int64_t heard_us, waited_us = clock_now_us(worker->app->clock) - job->started_us;
    struct err err;
    if (job->has_heard)
        return true;
    if (!connect(worker, &err) || !stopped_assets_heard(worker->db, &heard_us, &err))
        return false;
    bool is_over = waited_us >= HEAR_US || waited_us < 0;
    if (is_over && heard_us != 0 && heard_us < job->started_us)
        log_warning("accounting does not say what is stopped: what it said before holds");
    job->has_heard = heard_us == 0 || heard_us >= job->started_us || is_over;
    return job->has_heard;
}

static void round_run(struct job *job)
{
    struct payout_worker *worker = &job->worker;
    struct err err;
    if (!stops_heard(job))
        return;
    const struct catalogue *catalogue = catalogue_take(worker->app->catalogues);
    for (size_t i = 0; i < chains_count(worker->app->chains) && !worker->app->stopping; i++) {
        struct session *session = &job->sessions[i];
        worker->chain = chains_at(worker->app->chains, i);
        if (!worker->chain->is_active || worker->chain->is_paused)
            continue;
        bool good = connect(worker, &err) && chain_work(job, session, catalogue, &err);
        if (!good && !session->was_troubled)
            log_warning("payouts have trouble", LOG_STR("chain", worker->chain->key),
                        LOG_ERR(&err));
        session->was_troubled = !good;
    }
    catalogue_give_back(catalogue);
}

void payout_job_run(struct blockchain *app)
{
    struct job job = {.worker = {.app = app, .arena = arena_new(PAYOUT_ARENA_BYTES_MAX)},
                      .started_us = clock_now_us(app->clock)};
    if (!job.worker.arena)
        return;
    do
        round_run(&job);
    while (blockchain_sleep(app, app->config->payout_poll_ms));
    for (size_t i = 0; i < CATALOGUE_CHAINS_MAX; i++)
        provider_session_close(job.sessions[i].asked);
    account_keys_free(job.worker.keys);
    service_call_close(job.worker.signer);
    for (size_t i = 0; i < ARRAY_LEN(job.worker.owners); i++) {
        service_call_close(job.worker.owners[i]);
        free(job.worker.owner_urls[i]);
    }
    db_close(job.worker.db);
    arena_free(job.worker.arena);
}

#include "accounting/bus/reconcile_job.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/reconcile.h"
#include "accounting/actions/reconcile_ask.h"
#include "accounting/actions/reconcile_stops.h"
#include "accounting/bus/job_nap.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "base/auto.h"
#include "log/log.h"

enum {
    CHAINS_MAX = 64,
    ARENA_BYTES_MAX = 64 << 20,
    LOOK_MS = 1000,
    AGAIN_US = 5 * 1000000, /* without a verdict */
    SAY_AGAIN_US = 60 * 1000000,
    /* A check takes at most this part of the time: one in so many. */
    SHARE = 10,
    SHARE_US_MAX = 60 * 1000000
};
static const int64_t hour_us = 3600LL * 1000000;

/* What is remembered of a chain between two checks; a restart checks at once. */
struct place {
    char key[CHAIN_KEY_SIZE];
    int64_t height;          /* that was checked last; -1: none yet */
    int64_t told;            /* by the gateway; 0: nobody knows */
    int64_t done_us, due_us; /* monotonic; done_us: of the last verdict */
    int64_t said_us;
    bool has_no_blocks; /* custody */
};

struct reconciler {
    struct accounting *app;
    struct db *db;
    struct arena *arena;
    struct place places[CHAINS_MAX];
    size_t places_count;
    struct reconcile_outcome outcome;
    int64_t stops_said_us; /* that the gateway does not take them */
};

/* NULL: there are too many chains. */
static struct place *place_of(struct reconciler *job, const char *key)
{
    for (size_t i = 0; i < job->places_count; i++)
        if (strcmp(job->places[i].key, key) == 0)
            return &job->places[i];
    if (job->places_count == CHAINS_MAX || strlen(key) >= CHAIN_KEY_SIZE)
        return NULL;
    struct place *place = &job->places[job->places_count++];
    *place = (struct place){.height = -1, .said_us = INT64_MIN / 2};
    snprintf(place->key, sizeof(place->key), "%s", key);
    return place;
}

static int64_t custody_us(const struct accounting *app)
{
    return app->config->reconcile_custody_s * INT64_C(1000000);
}

/* A new block, or an hour; of a custodian, whose calls are counted, as often as we may; `height` 0: nobody knows, so the check says why there is none. */
static bool is_due(const struct accounting *app, const struct place *place, int64_t height,
                   int64_t now_us)
{
    if (place->has_no_blocks && now_us - place->done_us >= custody_us(app))
        return now_us >= place->due_us;
    return now_us >= place->due_us &&
           (height == 0 || height != place->height || now_us - place->done_us >= hour_us);
}

static void say(const struct place *place, const struct reconcile_outcome *outcome)
{
    for (size_t i = 0; i < outcome->news_count; i++) {
        const struct reconcile_news *news = &outcome->news[i];
        const char *to = reconcile_state_word(news->to);
        if (news->to == RECONCILE_STOPPED)
            log_error("COINS DIFFER FROM THE BOOKS: withdrawals are stopped",
                      LOG_STR("chain", place->key), LOG_STR("currency", news->currency_id),
                      LOG_STR("difference", news->difference), LOG_I64("height", outcome->height));
        else if (news->to == RECONCILE_DIFFERS)
            log_warning("coins differ from the books: the next block decides",
                        LOG_STR("chain", place->key), LOG_STR("currency", news->currency_id),
                        LOG_STR("difference", news->difference),
                        LOG_I64("height", outcome->height));
        else
            log_info("coins are those of the books again", LOG_STR("chain", place->key),
                     LOG_STR("currency", news->currency_id), LOG_STR("state", to));
    }
}

static void say_no_verdict(struct reconciler *job, struct place *place, int64_t now_us)
{
    if (!job->outcome.no_verdict[0] || now_us - place->said_us < SAY_AGAIN_US)
        return;
    place->said_us = now_us;
    log_warning("coins could not be compared with the books", LOG_STR("chain", place->key),
                LOG_STR("reason", job->outcome.no_verdict));
}

static void stops_tell(struct reconciler *job, const struct catalog *catalog)
{
    struct accounting *app = job->app;
    int64_t now_us = clock_monotonic_us(app->clock);
    struct err err;
    arena_reset(job->arena);
    const struct change change = {job->db, job->arena, clock_now_us(app->clock)};
    if (reconcile_stops_tell(app, &change, catalog, &err) ||
        now_us - job->stops_said_us < SAY_AGAIN_US)
        return;
    job->stops_said_us = now_us;
    log_warning("the gateway was not told which payments are stopped", LOG_ERR(&err));
}

static void check(struct reconciler *job, const struct catalog *catalog, struct place *place)
{
    struct accounting *app = job->app;
    int64_t begun_us = clock_monotonic_us(app->clock);
    struct err err;
    arena_reset(job->arena);
    const struct change change = {job->db, job->arena, clock_now_us(app->clock)};
    bool done = reconcile_chain(app, &change, catalog, place->key, &job->outcome, &err);
    int64_t now_us = clock_monotonic_us(app->clock);
    int64_t pause_us = (int64_t)app->config->reconcile_pause_ms * 1000;
    int64_t share_us = (now_us - begun_us) * (SHARE - 1);
    bool is_whole = done && job->outcome.not_judged == 0;
    /* A node that let us wait has not worked for us. */
    if (!is_whole)
        share_us = job->outcome.has_no_blocks ? custody_us(app) : AGAIN_US;
    if (share_us > SHARE_US_MAX)
        share_us = SHARE_US_MAX;
    place->due_us = now_us + (share_us > pause_us ? share_us : pause_us);
    metric_add(app->metrics, done ? METRIC_RECONCILE_RUNS : METRIC_RECONCILE_NO_VERDICT, 1);
    if (done) {
        place->height = job->outcome.height;
        place->has_no_blocks = job->outcome.has_no_blocks;
        place->done_us = is_whole ? now_us : now_us - hour_us + SAY_AGAIN_US;
        say(place, &job->outcome);
    }
    if (done && job->outcome.news_count > 0) {
        stops_tell(job, catalog);
        accounting_outbox_wake(app);
    }
    say_no_verdict(job, place, now_us);
}

static int64_t height_of(const struct chain_height *heights, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(heights[i].blockchain_key, key) == 0)
            return heights[i].height;
    return 0;
}

/* Copied: a check uses the arena for itself. */
static void heights_note(struct reconciler *job, const struct catalog *catalog)
{
    struct chain_height *heights = NULL;
    size_t count = 0;
    struct err ignored; /* away: the checks say it */
    arena_reset(job->arena);
    if (!heights_ask(job->app, job->arena, &heights, &count, &ignored))
        count = 0;
    for (size_t i = 0; i < catalog->blockchains_count; i++) {
        struct place *place = place_of(job, catalog->blockchains[i].key);
        if (place)
            place->told = height_of(heights, count, place->key);
    }
}

static bool round_run(struct reconciler *job, const struct catalog *catalog, struct err *err)
{
    struct accounting *app = job->app;
    if (job->db ? !db_ready(job->db, err) : !db_open(&app->db_config, &job->db, err))
        return false;
    if (!db_lock(job->db, "reconcile", 0, err))
        return err->code == ERR_BUSY; /* another process does it */
    stops_tell(job, catalog);
    heights_note(job, catalog);
    for (size_t i = 0; i < catalog->blockchains_count && !app->stopping; i++) {
        const struct blockchain *chain = &catalog->blockchains[i];
        struct place *place = place_of(job, chain->key);
        if (place && strcmp(chain->status, "active") == 0 &&
            is_due(app, place, place->told, clock_monotonic_us(app->clock)))
            check(job, catalog, place);
    }
    return db_unlock(job->db, "reconcile", err);
}

void reconcile_job_run(struct accounting *app)
{
    struct reconciler *job = calloc(1, sizeof(*job));
    int64_t said_us = INT64_MIN / 2;
    if (app->config->blockchain_url[0] == '\0') {
        free(job);
        return; /* an exchange without chains */
    }
    assert(job != NULL);
    job->app = app;
    job->stops_said_us = INT64_MIN / 2;
    job->arena = arena_new(ARENA_BYTES_MAX);
    assert(job->arena != NULL);
    while (!atomic_load(&app->stopping)) {
        const struct catalog *catalog = catalog_take(app->catalogs);
        struct err err;
        if (atomic_load(&app->books_loaded) && !round_run(job, catalog, &err) &&
            clock_monotonic_us(app->clock) - said_us >= SAY_AGAIN_US) {
            said_us = clock_monotonic_us(app->clock);
            log_warning("the comparison of coins and books waits", LOG_ERR(&err));
        }
        catalog_give_back(catalog);
        uint32_t pause_ms = app->config->reconcile_pause_ms;
        job_nap(app, pause_ms < LOOK_MS ? (int)pause_ms : LOOK_MS);
    }
    db_close(job->db);
    arena_free(job->arena);
    free(job);
}

#include "accounting/bus/collect_job.h"

#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/collect.h"
#include "accounting/actions/server_seal.h"
#include "accounting/bus/job_nap.h"
#include "accounting/state/config.h"
#include "log/log.h"

enum { ARENA_BYTES_MAX = 64 << 20, BALANCES_US = 30 * 1000000, SAY_AGAIN_US = 60 * 1000000 };

struct collector {
    struct accounting *app;
    struct db *db;
    struct arena *arena;
    int64_t balances_us, said_us; /* monotonic */
};

static bool round_run(struct collector *collector, struct err *err)
{
    struct accounting *app = collector->app;
    int64_t now_us = clock_monotonic_us(app->clock);
    bool with_balances = now_us - collector->balances_us > BALANCES_US;
    if (collector->db ? !db_ready(collector->db, err)
                      : !db_open(&app->db_config, &collector->db, err))
        return false;
    arena_reset(collector->arena);
    const struct change change = {collector->db, collector->arena, clock_now_us(app->clock)};
    if (with_balances)
        collector->balances_us = now_us;
    struct err unsealed;
    bool sealed = servers_seal(app, &change, &unsealed);
    if (!collect_round(app, &change, with_balances, err))
        return false;
    if (!sealed)
        *err = unsealed;
    return sealed;
}

static void say(struct collector *collector, const struct err *err)
{
    int64_t now_us = clock_monotonic_us(collector->app->clock);
    if (err->code == ERR_BUSY || now_us - collector->said_us < SAY_AGAIN_US)
        return;
    collector->said_us = now_us;
    log_warning("collection of deposits waits", LOG_ERR(err));
}

void collect_job_run(struct accounting *app)
{
    struct collector collector = {
        .app = app, .balances_us = INT64_MIN / 2, .said_us = INT64_MIN / 2};
    struct err err;
    if (app->config->blockchain_url[0] == '\0')
        return; /* an exchange without chains */
    collector.arena = arena_new(ARENA_BYTES_MAX);
    assert(collector.arena != NULL);
    while (!app->stopping) {
        if (!round_run(&collector, &err))
            say(&collector, &err);
        job_nap(app, (int)app->config->collect_poll_ms);
    }
    db_close(collector.db);
    arena_free(collector.arena);
}

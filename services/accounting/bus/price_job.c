#include "accounting/bus/price_job.h"

#include "accounting/actions/accounting.h"
#include "accounting/actions/price_follow.h"
#include "accounting/bus/job_nap.h"
#include "accounting/state/config.h"
#include "log/log.h"

enum { ARENA_BYTES_MAX = 16 << 20, SECOND_MS = 1000, SECOND_US = 1000000 };

static void say(const char *currency_id, struct dec was, struct dec price, enum price_step step)
{
    char before[DEC_TEXT_SIZE], after[DEC_TEXT_SIZE];
    const char *message = step == PRICE_BOUNDED ? "a price goes after its market, step by step"
                                                : "a price followed its market";
    log_write(step == PRICE_BOUNDED ? LOG_WARNING : LOG_INFO, message,
              LOG_FIELDS(LOG_STR("currency", currency_id), LOG_STR("was", dec_text(was, before)),
                         LOG_STR("price", dec_text(price, after))));
}

static bool round_run(struct accounting *app, struct db **db, struct arena *arena,
                      const struct price_rule *rule, struct err *err)
{
    if (*db ? !db_ready(*db, err) : !db_open(&app->db_config, db, err))
        return false;
    const struct change change = {*db, arena, clock_now_us(app->clock)};
    return prices_follow(app, &change, rule, app->config->price_interval_s * (int64_t)SECOND_US,
                         say, err);
}

void price_job_run(struct accounting *app)
{
    const struct accounting_config *config = app->config;
    struct price_rule rule;
    struct err err;
    struct db *db = NULL;
    if (config->price_interval_s == 0)
        return;
    /* accounting_start() has tried it. */
    bool parsed = price_rule_parse(config->price_min_volume, config->price_max_change, &rule, &err);
    struct arena *arena = arena_new(ARENA_BYTES_MAX);
    assert(parsed && arena != NULL);
    while (!atomic_load(&app->stopping)) {
        if (atomic_load(&app->books_loaded) && !round_run(app, &db, arena, &rule, &err))
            log_warning("prices wait", LOG_ERR(&err));
        job_nap(app, (int)config->price_interval_s * SECOND_MS);
    }
    db_close(db);
    arena_free(arena);
}

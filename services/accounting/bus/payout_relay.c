#include "accounting/bus/payout_relay.h"

#include "accounting/actions/outgoing.h"
#include "accounting/actions/payout_send.h"
#include "accounting/bus/job_nap.h"
#include "accounting/state/config.h"
#include "base/auto.h"
#include "log/log.h"

enum { PERIOD_MS = 200, WAIT_MS = 1000, ARENA_BYTES_MAX = 16 << 20 };

DEFINE_AUTO(struct arena, arena_free);

static void tell(const struct payout_round *round, bool *is_away)
{
    bool away = round->failures > 0;
    if (round->refused > 0 || round->conflicts > 0)
        log_error("the gateway does not take a payout", LOG_ERR(&round->last));
    if (away && !*is_away)
        log_warning("payouts wait for the gateway", LOG_ERR(&round->last));
    else if (!away && *is_away && round->accepted > 0)
        log_info("the gateway takes payouts again");
    if (away || round->accepted > 0)
        *is_away = away;
}

static bool round_run(struct accounting *app, struct db **db, struct arena *arena,
                      struct payout_round *ret_round, struct err *err)
{
    if (*db ? !db_ready(*db, err) : !db_open(&app->db_config, db, err))
        return false;
    const struct catalog *catalog = catalog_take(app->catalogs);
    const struct outgoing outgoing = {.app = app,
                                      .catalog = catalog,
                                      .db = *db,
                                      .arena = arena,
                                      .now_us = clock_now_us(app->clock),
                                      .actor = "gateway"};
    bool done = payouts_send(&outgoing, ret_round, err);
    catalog_give_back(catalog);
    if (done && ret_round->refused > 0)
        accounting_outbox_wake(app);
    return done;
}

void payout_relay_run(struct accounting *app)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct db *db = NULL;
    bool is_away = false, is_broken = false;
    while (arena && !atomic_load(&app->stopping)) {
        struct payout_round round = {.due = 0};
        struct err err;
        bool done = atomic_load(&app->books_loaded) && round_run(app, &db, arena, &round, &err);
        if (!done && !is_broken && atomic_load(&app->books_loaded))
            log_warning("the relay of payouts waits", LOG_ERR(&err));
        is_broken = !done;
        tell(&round, &is_away);
        arena_reset(arena);
        job_nap(app, done && round.failures == 0 ? PERIOD_MS : WAIT_MS);
    }
    db_close(db);
}

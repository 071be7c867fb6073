#include "accounting/bus/fiat_relay.h"

#include "accounting/actions/fiat_payout_send.h"
#include "accounting/bus/job_nap.h"
#include "base/auto.h"
#include "fetch/fetch.h"
#include "log/log.h"
#include "payment/payment.h"

enum { PERIOD_MS = 500, ARENA_BYTES_MAX = 4 << 20 };

DEFINE_AUTO(struct arena, arena_free);
DEFINE_AUTO(struct fetch, fetch_free);

static bool round_run(struct accounting *app, struct db **db, struct arena *arena,
                      struct fetch *fetch, struct fiat_payout_round *ret_round, struct err *err)
{
    if (*db ? !db_ready(*db, err) : !db_open(&app->db_config, db, err))
        return false;
    const struct outgoing outgoing = {.app = app,
                                      .db = *db,
                                      .arena = arena,
                                      .now_us = clock_now_us(app->clock),
                                      .actor = payment_name(app->payments)};
    return fiat_payouts_send(&outgoing, fetch, ret_round, err);
}

void fiat_relay_run(struct accounting *app)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    AUTO_FREE(fetch_free) struct fetch *fetch = fetch_new();
    struct db *db = NULL;
    bool is_broken = false;
    if (!app->payments || !payment_pays(app->payments))
        return;
    while (arena && fetch && !atomic_load(&app->stopping)) {
        struct fiat_payout_round round = {.ended = 0};
        struct err err;
        bool ready = atomic_load(&app->books_loaded);
        bool done = ready && round_run(app, &db, arena, fetch, &round, &err);
        if (ready && !done && !is_broken)
            log_warning("the relay of payments by bank waits", LOG_ERR(&err));
        is_broken = ready && !done;
        if (round.unknown > 0)
            log_warning("the payment gateway does not say", LOG_ERR(&round.last));
        arena_reset(arena);
        job_nap(app, PERIOD_MS);
    }
    db_close(db);
}

#include "accounting/bus/fiat_relay.h"

#include "accounting/actions/fiat_payout_send.h"
#include "accounting/bus/job_nap.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "accounting/store/fiat_batches.h"
#include "base/auto.h"
#include "fetch/fetch.h"
#include "log/log.h"
#include "payment/payment.h"

enum { PERIOD_MS = 500, ARENA_BYTES_MAX = 4 << 20 };
static const int64_t watch_us = 10LL * 1000000, alert_us = 3600LL * 1000000;

DEFINE_AUTO(struct arena, arena_free);
DEFINE_AUTO(struct fetch, fetch_free);

/* When to look next for what is silent, and to say so again at the earliest; wall clock. */
struct watch {
    int64_t due_us, alert_us;
};

static bool watch_silent(struct accounting *app, struct db *db, struct arena *arena,
                         struct watch *watch, struct err *err)
{
    int64_t now_us = clock_now_us(app->clock);
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .limit = 1};
    struct listed listed;
    if (now_us < watch->due_us)
        return true;
    int64_t before_us = now_us - (int64_t)app->config->payment_silent_s * 1000000;
    bool done = fiat_batch_items_silent(db, before_us, &listing, &listed, err);
    str_release(&listing.where);
    if (!done)
        return false;
    watch->due_us = now_us + watch_us;
    metric_set(app->metrics, METRIC_FIAT_SILENT, (int64_t)listed.total);
    if (listed.count == 0 || now_us < watch->alert_us)
        return true;
    watch->alert_us = now_us + alert_us;
    const struct fiat_batch_item *oldest = listed.rows;
    log_error("ALERT: the payment gateway does not say what became of payments",
              LOG_U64("payments", listed.total), LOG_STR("oldest", oldest->tid),
              LOG_U64("batch", oldest->batch_id));
    return true;
}

/* What a gateway was asked for that is configured no more is watched as well. */
static bool round_run(struct accounting *app, struct db **db, struct arena *arena,
                      struct fetch *fetch, struct watch *watch, struct fiat_payout_round *ret_round,
                      struct err *err)
{
    if (*db ? !db_ready(*db, err) : !db_open(&app->db_config, db, err))
        return false;
    if (!watch_silent(app, *db, arena, watch, err))
        return false;
    if (!app->payments || !payment_pays(app->payments))
        return true;
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
    struct watch watch = {.due_us = 0};
    bool is_broken = false;
    while (arena && fetch && !atomic_load(&app->stopping)) {
        struct fiat_payout_round round = {.ended = 0};
        struct err err;
        bool ready = atomic_load(&app->books_loaded);
        bool done = ready && round_run(app, &db, arena, fetch, &watch, &round, &err);
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

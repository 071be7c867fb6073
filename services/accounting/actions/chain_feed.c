#include "accounting/actions/chain_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounting/actions/chain_event.h"
#include "accounting/state/metrics.h"
#include "accounting/store/chain_feed.h"
#include "accounting/store/journal.h"
#include "base/auto.h"
#include "json/read.h"

enum { FEED_ARENA_BYTES_MAX = 16 << 20, REASON_SIZE = 160, PARKED_TOGETHER = 100 };

struct chain_feed {
    struct accounting *app;
    struct arena *arena; /* of one event */
    uint64_t journal_next, journal_end;
};

struct chain_feed *chain_feed_new(struct accounting *app)
{
    struct chain_feed *feed = calloc(1, sizeof(*feed));
    if (!feed)
        return NULL;
    feed->app = app;
    feed->arena = arena_new(FEED_ARENA_BYTES_MAX);
    if (feed->arena)
        return feed;
    free(feed);
    return NULL;
}

void chain_feed_free(struct chain_feed *feed)
{
    if (!feed)
        return;
    arena_free(feed->arena);
    free(feed);
}

bool chain_feed_position(struct chain_feed *feed, struct db *db, uint64_t *ret_seq, struct err *err)
{
    if (!chain_feed_read(db, ret_seq, err))
        return false;
    metric_set(feed->app->metrics, METRIC_CHAIN_SEQ, (int64_t)*ret_seq);
    return true;
}

/* ---- which event goes where ---- */

static bool on_payout(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    const char *id;
    if (!chain_event_text(event, "payout_id", &id, err))
        return false;
    return strncmp(id, "withdraw-", 9) == 0 ? withdraw_on_payout(tx, event, err)
                                            : deposit_on_payout(tx, event, err);
}

static bool on_tip(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    int64_t height;
    if (!json_member_i64(event->event, "height", &height) || !*event->chain ||
        strlen(event->chain) >= CHAIN_KEY_SIZE)
        return err_set(err, ERR_PROTOCOL, "%s without chain and height", event->name);
    return chain_head_set(tx->db, event->chain, height, tx->now_us, err);
}

static bool on_nothing(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    (void)tx, (void)event, (void)err;
    return true;
}

typedef bool chain_handler(struct chain_tx *tx, const struct chain_event *event, struct err *err);

static const struct {
    const char *name;
    chain_handler *handler;
} handlers[] = {
    {"transfer.seen", deposit_on_transfer},
    {"transfer.confirmed", deposit_on_transfer},
    {"transfer.reverted", deposit_on_transfer},
    {"payout.updated", on_payout},
    {"network_fee.paid", deposit_on_network_fee},
    {"block.tip", on_tip},
    {"block.reverted", on_nothing}, /* its transfers are told one by one */
    {"chain.health", on_nothing},
};

/* News of one transfer in their order, or not at all: "confirmed" that was parked and comes after
 * "reverted" would credit what is on no chain. */
static bool is_in_order(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    const char *id = json_member_text(event->event, "transfer_id");
    char text[24];
    int64_t number;
    bool is_overtaking;
    if (strncmp(event->name, "transfer.", 9) != 0)
        return true;
    if (!id && json_member_i64(event->event, "transfer_id", &number)) {
        snprintf(text, sizeof(text), "%lld", (long long)number);
        id = text;
    }
    if (!id)
        return true; /* whoever reads it says what is missing */
    if (!chain_parked_before(tx->db, event->seq, event->chain, id, &is_overtaking, err))
        return false;
    return !is_overtaking ||
           err_set(err, ERR_STATE_CONFLICT, "an earlier event of this transfer is parked");
}

static bool handle(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    if (!is_in_order(tx, event, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(handlers); i++)
        if (strcmp(handlers[i].name, event->name) == 0)
            return handlers[i].handler(tx, event, err);
    return err_set(err, ERR_PROTOCOL, "unknown event %.60s", event->name);
}

/* ---- one event ---- */

struct work {
    struct chain_feed *feed;
    struct chain_event event;
    uint64_t journal_used; /* the first id that it left */
    const char *reason;    /* park it for this */
    bool moved;
};

static struct chain_tx tx_of(const struct work *work, struct db *db)
{
    struct accounting *app = work->feed->app;
    return (struct chain_tx){
        .app = app,
        .db = db,
        .arena = work->feed->arena,
        .now_us = clock_now_us(app->clock),
        .journal_next = work->feed->journal_next,
        .journal_end = work->feed->journal_end,
    };
}

static bool apply_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct chain_tx tx = tx_of(work, db);
    if (!chain_feed_move(db, work->event.seq, tx.now_us, &work->moved, err))
        return false;
    if (work->moved && !handle(&tx, &work->event, err))
        return false;
    work->journal_used = tx.journal_next;
    return true;
}

static bool park_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    char *json = cJSON_PrintUnformatted(work->event.event);
    int64_t now_us = clock_now_us(work->feed->app->clock);
    bool ok = chain_feed_move(db, work->event.seq, now_us, &work->moved, err) &&
              (!work->moved || chain_park(db, work->event.seq, work->event.name, work->reason,
                                          json ? json : "", now_us, err));
    cJSON_free(json);
    return ok;
}

static bool retry_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct chain_tx tx = tx_of(work, db);
    if (!handle(&tx, &work->event, err))
        return false;
    work->journal_used = tx.journal_next;
    return chain_parked_done(db, work->event.seq, tx.now_us, err);
}

/* What the event before left is used first: most events book nothing. */
static bool run(struct work *work, struct db *db, db_unit *unit, struct err *err)
{
    struct chain_feed *feed = work->feed;
    if (feed->journal_end - feed->journal_next < CHAIN_JOURNAL_IDS) {
        if (!sequence_reserve(db, "journal", 2 * CHAIN_JOURNAL_IDS, &feed->journal_next, err))
            return false;
        feed->journal_end = feed->journal_next + 2 * CHAIN_JOURNAL_IDS;
    }
    if (db_transaction(db, unit, work, err)) {
        feed->journal_next = work->journal_used;
        return true;
    }
    /* Nobody knows whether the ids are in the books. */
    if (err->code == ERR_DB_UNKNOWN)
        feed->journal_next = feed->journal_end;
    return false;
}

static bool apply(struct work *work, struct db *db, enum chain_fed *ret_fed, struct err *err)
{
    char reason[REASON_SIZE];
    struct metrics *metrics = work->feed->app->metrics;
    *ret_fed = CHAIN_APPLIED;
    if (!run(work, db, apply_unit, err)) {
        if (err_retry(err->code) == ERR_RETRY)
            return false;
        snprintf(reason, sizeof(reason), "%.159s", err->what);
        work->reason = reason;
        if (!db_transaction(db, park_unit, work, err))
            return false;
        *ret_fed = CHAIN_PARKED;
        err_set(err, ERR_INVALID, "%s", reason);
        metric_add(metrics, METRIC_CHAIN_PARKED, 1);
    }
    if (!work->moved)
        *ret_fed = CHAIN_DUPLICATE;
    else
        metric_set(metrics, METRIC_CHAIN_SEQ, (int64_t)work->event.seq);
    accounting_outbox_wake(work->feed->app);
    return true;
}

static bool event_of(const cJSON *root, struct chain_event *ret_event, struct err *err)
{
    const cJSON *event = json_member(root, "event");
    const char *name = json_member_text(event, "name");
    const char *chain = json_member_text(event, "chain");
    int64_t seq;
    if (!json_member_i64(root, "seq", &seq) || seq <= 0)
        return err_set(err, ERR_PROTOCOL, "an event without seq");
    if (!name || strlen(name) > 60)
        return err_set(err, ERR_PROTOCOL, "event %lld without a name", (long long)seq);
    *ret_event = (struct chain_event){(uint64_t)seq, name, chain ? chain : "", event};
    return true;
}

bool chain_feed_apply(struct chain_feed *feed, struct db *db, const char *claims, size_t length,
                      enum chain_fed *ret_fed, struct err *err)
{
    struct work work = {.feed = feed};
    uint64_t position;
    cJSON *root = NULL;
    if (!chain_feed_position(feed, db, &position, err))
        return false;
    arena_reset(feed->arena);
    if (!json_read(claims, length, &root, err) || !event_of(root, &work.event, err)) {
        cJSON_Delete(root);
        *ret_fed = CHAIN_POISON;
        return true;
    }
    bool ok = true;
    if (work.event.seq <= position)
        *ret_fed = CHAIN_DUPLICATE;
    else if (work.event.seq != position + 1)
        *ret_fed = CHAIN_GAP;
    else
        ok = apply(&work, db, ret_fed, err);
    cJSON_Delete(root);
    return ok;
}

/* ---- what is parked ---- */

static bool retry_one(struct chain_feed *feed, struct db *db, const struct chain_parked *row,
                      struct err *err)
{
    struct work work = {.feed = feed};
    cJSON *event = NULL;
    bool ok = json_read(row->event, strlen(row->event), &event, err);
    if (ok) {
        const char *chain = json_member_text(event, "chain");
        work.event = (struct chain_event){row->seq, row->name, chain ? chain : "", event};
        ok = run(&work, db, retry_unit, err);
        cJSON_Delete(event);
        if (!ok && err_retry(err->code) == ERR_RETRY)
            return false;
    }
    char reason[REASON_SIZE];
    snprintf(reason, sizeof(reason), "%.159s", ok ? "" : err->what);
    return ok || chain_parked_failed(db, row->seq, reason, clock_now_us(feed->app->clock), err);
}

bool chain_feed_retry_parked(struct chain_feed *feed, struct db *db, struct err *err)
{
    struct listed listed;
    arena_reset(feed->arena);
    if (!chain_parked_due(db, feed->arena, PARKED_TOGETHER, clock_now_us(feed->app->clock), &listed,
                          err))
        return false;
    const struct chain_parked *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        if (!retry_one(feed, db, &rows[i], err))
            return false;
    return true;
}

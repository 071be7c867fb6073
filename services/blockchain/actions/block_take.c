#include "blockchain/actions/block_take.h"

#include <string.h>

#include "blockchain/actions/transfer_event.h"
#include "blockchain/store/chains.h"
#include "blockchain/store/events.h"
#include "blockchain/store/parked.h"
#include "blockchain/store/strays.h"
#include "blockchain/store/transfers.h"

enum { MEMBERS_BYTES_MAX = 1024 };

/* One transaction; it may run again. */
struct unit {
    const struct block_step *step;
    const struct block_haul *haul;
    struct chain_row before, after;
    uint64_t depth, parked_id;
    int64_t now_us;
    /* What is told at its end: event numbers are taken last. */
    struct transfer_row *news;
    size_t news_count;
    struct transfer_row *confirmed;
    size_t confirmed_count;
};

static const char *key_of(const struct unit *unit)
{
    return unit->step->chain->key;
}

/* ---- what was found ---- */

static bool park(struct unit *unit, struct db *db, const char *txid, uint32_t index,
                 const char *reason, struct err *err)
{
    struct found_parked parked = {.index = index, .reason = reason};
    snprintf(parked.txid, sizeof(parked.txid), "%s", txid);
    return parked_put(db, key_of(unit), &parked, &unit->haul->head, unit->now_us, err);
}

static uint32_t need_of(const struct unit *unit, const struct found_transfer *found)
{
    uint32_t need = unit->step->entry->min_confirmations;
    return found->maturity > need ? found->maturity : need;
}

static bool transfers_put(struct unit *unit, struct db *db, struct err *err)
{
    const struct block_haul *haul = unit->haul;
    unit->news_count = 0;
    for (size_t i = 0; i < haul->transfers_count; i++) {
        const struct found_transfer *found = &haul->transfers[i];
        struct err why;
        bool is_news = false;
        if (transfer_put(db, key_of(unit), found, &haul->head, need_of(unit, found), unit->now_us,
                         &unit->news[unit->news_count], &is_news, &why)) {
            unit->news_count += is_news;
            continue;
        }
        if (why.code != ERR_INVALID && why.code != ERR_NOT_FOUND) {
            *err = why;
            return false;
        }
        if (!park(unit, db, found->txid, found->index, why.what, err))
            return false;
    }
    return true;
}

static bool parked_put_all(struct unit *unit, struct db *db, struct err *err)
{
    const struct block_haul *haul = unit->haul;
    for (size_t i = 0; i < haul->parked_count; i++) {
        const struct found_parked *parked = &haul->parked[i];
        bool is_known = false;
        /* Credited when the node still knew the balances: a block that is read again changes nothing. */
        if (parked->claim && !parked->is_refuted &&
            !transfer_is_known(db, key_of(unit), parked->claim, haul->head.hash, &is_known, err))
            return false;
        if (!is_known && !park(unit, db, parked->txid, parked->index, parked->reason, err))
            return false;
    }
    return true;
}

static bool haul_put(struct unit *unit, struct db *db, struct err *err)
{
    const struct block_haul *haul = unit->haul;
    if (!transfers_put(unit, db, err))
        return false;
    for (size_t i = 0; i < haul->spends_count; i++)
        if (!spend_put(db, key_of(unit), &haul->spends[i], &haul->head, unit->now_us, err))
            return false;
    for (size_t i = 0; i < haul->strays_count; i++)
        if (!stray_put(db, key_of(unit), &haul->strays[i], &haul->head, unit->now_us, err))
            return false;
    return (haul->strays_count == 0 || strays_prune(db, key_of(unit), err)) &&
           parked_put_all(unit, db, err);
}

/* ---- what is told ---- */

static bool block_event(struct unit *unit, struct db *db, const char *name, uint64_t height,
                        const char *hash, uint64_t depth, struct err *err)
{
    char members[MEMBERS_BYTES_MAX];
    int length =
        snprintf(members, sizeof(members), "\"chain\":\"%s\",\"height\":%llu,\"hash\":\"%s\"",
                 key_of(unit), (unsigned long long)height, hash);
    if (depth > 0)
        snprintf(members + length, sizeof(members) - (size_t)length, ",\"depth\":%llu",
                 (unsigned long long)depth);
    return event_add(db, name, members, unit->now_us, err);
}

static bool rows_tell(struct unit *unit, struct db *db, const char *name,
                      const struct transfer_row *rows, size_t count, uint64_t height,
                      struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!transfer_event(unit->step, db, name, &rows[i], height, unit->now_us, err))
            return false;
    return true;
}

static bool confirm_and_tell(struct unit *unit, struct db *db, uint64_t height, struct err *err)
{
    return transfers_confirm(db, unit->step->arena, key_of(unit), height, unit->now_us,
                             &unit->confirmed, &unit->confirmed_count, err) &&
           rows_tell(unit, db, "transfer.seen", unit->news, unit->news_count, height, err) &&
           rows_tell(unit, db, "transfer.confirmed", unit->confirmed, unit->confirmed_count, height,
                     err);
}

/* ---- the transactions ---- */

static bool take_unit(struct db *db, void *arg, struct err *err)
{
    struct unit *unit = arg;
    struct blockchain *app = unit->step->app;
    const struct block_head *head = &unit->haul->head;
    if (!chain_advance(db, key_of(unit), &unit->before, head, app->config->blocks_kept,
                       unit->now_us, err) ||
        !haul_put(unit, db, err))
        return false;
    return confirm_and_tell(unit, db, head->height, err) &&
           (!unit->step->tells_tip ||
            block_event(unit, db, "block.tip", head->height, head->hash, 0, err));
}

static bool revert_unit(struct db *db, void *arg, struct err *err)
{
    struct unit *unit = arg;
    struct block_head head = {.height = unit->before.height};
    struct transfer_row *rows;
    size_t count;
    snprintf(head.hash, sizeof(head.hash), "%s", unit->before.hash);
    if (!chain_retreat(db, key_of(unit), &unit->before, unit->now_us, &unit->after, err) ||
        !transfers_revert(db, unit->step->arena, key_of(unit), head.height, head.hash, unit->now_us,
                          &rows, &count, err) ||
        !spends_revert(db, key_of(unit), head.height, head.hash, err) ||
        !strays_revert(db, key_of(unit), head.height, head.hash, err) ||
        !parked_revert(db, key_of(unit), head.hash, unit->now_us, err))
        return false;
    return block_event(unit, db, "block.reverted", head.height, head.hash, unit->depth, err) &&
           rows_tell(unit, db, "transfer.reverted", rows, count, head.height, err);
}

static bool add_unit(struct db *db, void *arg, struct err *err)
{
    struct unit *unit = arg;
    const struct block_head *head = &unit->haul->head;
    const struct chain *chain = unit->step->chain;
    char hash[CHAIN_HASH_SIZE];
    bool is_kept;
    /* As high as the chain is now, not when the look began: the follower may have taken blocks back
     * since, and what is told as confirmed must be. From here on it waits for us. */
    if (!chain_row_get(db, chain->key, chain->client->name, unit->now_us, &unit->before, err))
        return false;
    /* The block must be one of ours still. */
    if (!block_hash_find(db, key_of(unit), head->height, hash, &is_kept, err))
        return false;
    if (is_kept && strcmp(hash, head->hash) != 0)
        return err_set(err, ERR_STATE_CONFLICT, "block %llu was reorganised",
                       (unsigned long long)head->height);
    return haul_put(unit, db, err) &&
           (unit->parked_id == 0 || parked_done(db, unit->parked_id, unit->now_us, err)) &&
           confirm_and_tell(unit, db, unit->before.height, err);
}

static bool news_alloc(struct unit *unit, struct err *err)
{
    unit->news =
        arena_alloc(unit->step->arena, (unit->haul->transfers_count + 1) * sizeof(*unit->news));
    return unit->news || err_set(err, ERR_BUSY, "no memory for a block");
}

static void count_transfers(const struct unit *unit)
{
    struct metrics *metrics = unit->step->app->metrics;
    metric_add_labelled(metrics, METRIC_TRANSFERS,
                        metric_label(metrics, METRIC_TRANSFERS, key_of(unit)),
                        (int64_t)unit->news_count);
}

bool block_take(const struct block_step *step, struct db *db, const struct block_haul *haul,
                struct chain_row *row, struct err *err)
{
    struct unit unit = {
        .step = step, .haul = haul, .before = *row, .now_us = clock_now_us(step->app->clock)};
    if (!news_alloc(&unit, err) || !db_transaction(db, take_unit, &unit, err))
        return false;
    if (!row->has_height)
        row->first_height = row->first_height ? row->first_height : haul->head.height;
    row->has_height = true;
    row->height = haul->head.height;
    snprintf(row->hash, sizeof(row->hash), "%s", haul->head.hash);
    count_transfers(&unit);
    blockchain_outbox_wake(step->app);
    return true;
}

bool block_revert(const struct block_step *step, struct db *db, struct chain_row *row,
                  uint64_t depth, struct err *err)
{
    struct unit unit = {
        .step = step, .before = *row, .depth = depth, .now_us = clock_now_us(step->app->clock)};
    if (!db_transaction(db, revert_unit, &unit, err))
        return false;
    *row = unit.after;
    blockchain_outbox_wake(step->app);
    return true;
}

bool block_add(const struct block_step *step, struct db *db, const struct block_haul *haul,
               const struct chain_row *row, uint64_t parked_id, struct err *err)
{
    struct unit unit = {.step = step,
                        .haul = haul,
                        .before = *row,
                        .parked_id = parked_id,
                        .now_us = clock_now_us(step->app->clock)};
    if (!news_alloc(&unit, err) || !db_transaction(db, add_unit, &unit, err))
        return false;
    count_transfers(&unit);
    blockchain_outbox_wake(step->app);
    return true;
}

#include "blockchain/actions/parked_retry.h"

#include "blockchain/actions/block_opinion.h"
#include "blockchain/store/parked.h"

enum { AT_ONCE_MAX = 16, PAUSE_US = 5000000, PAUSE_DOUBLINGS_MAX = 9 }; /* up to 43 minutes */

static int64_t pause_of(uint32_t tries)
{
    return (int64_t)PAUSE_US << (tries < PAUSE_DOUBLINGS_MAX ? tries : PAUSE_DOUBLINGS_MAX);
}

/* Who waits for one transaction does not wait for what else of its block is missing: that has a row of its
 * own since the block was read. */
static const char *still_parked(struct block_haul *haul, const char *only)
{
    size_t kept = 0;
    for (size_t i = 0; i < haul->parked_count; i++)
        if (!only || haul->parked[i].txid[0] != '\0')
            haul->parked[kept++] = haul->parked[i];
    haul->parked_count = kept;
    return kept > 0 ? haul->parked[0].reason : NULL;
}

static bool retry(const struct block_step *step, struct db *db, struct provider_session *session,
                  struct block_haul *haul, const struct chain_row *row,
                  const struct parked_row *parked, struct err *err)
{
    int64_t now_us = clock_now_us(step->app->clock);
    struct err failure;
    const char *only = parked->txid[0] != '\0' ? parked->txid : NULL;
    bool ok = block_haul_read(haul, session, step->entry, parked->height, parked->block_hash, only,
                              &failure);
    const char *reason = ok ? still_parked(haul, only) : NULL;
    if (reason)
        ok = err_set(&failure, ERR_INVALID, "%s", reason);
    if (ok)
        ok = block_opinion(step, session, haul, only, &failure) &&
             block_add(step, db, haul, row, parked->id, &failure);
    return ok || parked_failed(db, parked->id, failure.what, now_us + pause_of(parked->tries),
                               now_us, err);
}

bool parked_retry(const struct block_step *step, struct db *db, struct provider_session *session,
                  struct block_haul *haul, const struct chain_row *row, struct err *err)
{
    struct parked_row *rows;
    size_t count;
    if (!parked_due(db, step->arena, step->chain->key, clock_now_us(step->app->clock), AT_ONCE_MAX,
                    &rows, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!retry(step, db, session, haul, row, &rows[i], err))
            return false;
    return true;
}

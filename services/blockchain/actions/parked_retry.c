#include "blockchain/actions/parked_retry.h"

#include "blockchain/actions/block_opinion.h"
#include "blockchain/store/parked.h"

enum { AT_ONCE_MAX = 16, PAUSE_US = 5000000, PAUSE_DOUBLINGS_MAX = 9 }; /* up to 43 minutes */

static int64_t pause_of(uint32_t tries)
{
    return (int64_t)PAUSE_US << (tries < PAUSE_DOUBLINGS_MAX ? tries : PAUSE_DOUBLINGS_MAX);
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
    if (ok && haul->parked_count > 0)
        ok = err_set(&failure, ERR_INVALID, "%s", haul->parked[0].reason);
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

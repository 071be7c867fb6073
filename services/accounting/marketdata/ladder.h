/*
 * ladder.h: one side of a book as the public sees it: price levels, best first.
 *
 * Levels live in blocks of LADDER_BLOCK_LEVELS, sorted, so that a change moves one block and not
 * the side: 50,000 levels cost as little to change as 300. Two neighbours always hold more than
 * half a block together, which bounds the memory.
 *
 * At most LADDER_LEVELS_MAX levels: above it the farthest are forgotten, and what happens behind
 * the last price that was kept is not noted any more. ladder_is_short() says when so few are left
 * that the side should be loaded again.
 *
 * One thread at a time. The owner calls ladder_release().
 *
 *     struct ladder asks = ladder_of(SIDE_SELL);
 *     ladder_set(&asks, price, volume);                       // volume 0: the level is gone
 *     for (struct ladder_cursor at = {0}; (level = ladder_next(&asks, &at));) ...
 */
#ifndef ACCOUNTING_MARKETDATA_LADDER_H
#define ACCOUNTING_MARKETDATA_LADDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"
#include "contract/protocol.h"
#include "decimal/dec.h"

enum { LADDER_BLOCK_LEVELS = 128, LADDER_LEVELS_MAX = 50000 };

struct depth_level {
    struct dec price, volume;
};

struct ladder_block;

struct ladder {
    enum side side;
    struct ladder_block **blocks;
    size_t blocks_count, blocks_capacity;
    size_t count; /* levels */
    bool is_cut;  /* levels behind `last_known` were forgotten */
    struct dec last_known;
    bool is_incomplete; /* a level was dropped for want of memory */
};

static inline struct ladder ladder_of(enum side side)
{
    return (struct ladder){.side = side};
}
void ladder_release(struct ladder *ladder); /* empty and usable again */

void ladder_set(struct ladder *ladder, struct dec price, struct dec volume);
struct dec ladder_get(const struct ladder *ladder, struct dec price); /* 0: no such level */

struct ladder_cursor {
    size_t block, level;
};
const struct depth_level *ladder_next(const struct ladder *ladder, struct ladder_cursor *cursor);

/* Copies the best `limit` levels; gives their number. */
size_t ladder_copy(const struct ladder *ladder, size_t limit, struct depth_level *ret_levels);

bool ladder_is_short(const struct ladder *ladder);

#endif

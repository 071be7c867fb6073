#include "accounting/marketdata/ladder.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCKS_CAPACITY = 8 };

struct ladder_block {
    size_t count;
    struct depth_level levels[LADDER_BLOCK_LEVELS];
};

void ladder_release(struct ladder *ladder)
{
    for (size_t i = 0; i < ladder->blocks_count; i++)
        free(ladder->blocks[i]);
    free(ladder->blocks);
    *ladder = ladder_of(ladder->side);
}

/* Whether `a` is a better price on this side than `b`. */
static bool is_better(const struct ladder *ladder, struct dec a, struct dec b)
{
    int order = dec_cmp(a, b);
    return ladder->side == SIDE_SELL ? order < 0 : order > 0;
}

/* The place of a price: the first block that does not end before it, and in that the first level
 * that is not better. blocks_count: behind everything. */
static struct ladder_cursor place_of(const struct ladder *ladder, struct dec price)
{
    size_t low = 0, high = ladder->blocks_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct ladder_block *block = ladder->blocks[middle];
        if (is_better(ladder, block->levels[block->count - 1].price, price))
            low = middle + 1;
        else
            high = middle;
    }
    struct ladder_cursor place = {.block = low};
    if (low == ladder->blocks_count)
        return place;
    const struct ladder_block *block = ladder->blocks[low];
    size_t first = 0, end = block->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (is_better(ladder, block->levels[middle].price, price))
            first = middle + 1;
        else
            end = middle;
    }
    place.level = first;
    return place;
}

static struct depth_level *level_at(const struct ladder *ladder, struct ladder_cursor place,
                                    struct dec price)
{
    if (place.block == ladder->blocks_count)
        return NULL;
    struct depth_level *level = &ladder->blocks[place.block]->levels[place.level];
    return dec_cmp(level->price, price) == 0 ? level : NULL;
}

struct dec ladder_get(const struct ladder *ladder, struct dec price)
{
    const struct depth_level *level = level_at(ladder, place_of(ladder, price), price);
    return level ? level->volume : DEC_ZERO;
}

/* ---- blocks ---- */

static bool block_insert(struct ladder *ladder, size_t at)
{
    if (ladder->blocks_count == ladder->blocks_capacity) {
        size_t capacity =
            ladder->blocks_capacity ? 2 * ladder->blocks_capacity : FIRST_BLOCKS_CAPACITY;
        struct ladder_block **blocks =
            realloc(ladder->blocks, capacity * sizeof(struct ladder_block *));
        if (!blocks)
            return false;
        ladder->blocks = blocks;
        ladder->blocks_capacity = capacity;
    }
    struct ladder_block *block = malloc(sizeof(*block));
    if (!block)
        return false;
    block->count = 0;
    memmove(&ladder->blocks[at + 1], &ladder->blocks[at],
            (ladder->blocks_count - at) * sizeof(struct ladder_block *));
    ladder->blocks[at] = block;
    ladder->blocks_count++;
    return true;
}

static void block_remove(struct ladder *ladder, size_t at)
{
    free(ladder->blocks[at]);
    ladder->blocks_count--;
    memmove(&ladder->blocks[at], &ladder->blocks[at + 1],
            (ladder->blocks_count - at) * sizeof(struct ladder_block *));
}

/* Moves the upper half of a full block into a new one behind it. */
static bool block_split(struct ladder *ladder, size_t at)
{
    if (!block_insert(ladder, at + 1))
        return false;
    struct ladder_block *block = ladder->blocks[at], *next = ladder->blocks[at + 1];
    size_t half = block->count / 2;
    next->count = block->count - half;
    memcpy(next->levels, &block->levels[half], next->count * sizeof(*next->levels));
    block->count = half;
    return true;
}

/* Keeps the promise about neighbours for `at` and the block behind it. */
static void blocks_join(struct ladder *ladder, size_t at)
{
    if (at + 1 >= ladder->blocks_count)
        return;
    struct ladder_block *block = ladder->blocks[at], *next = ladder->blocks[at + 1];
    if (block->count + next->count > LADDER_BLOCK_LEVELS / 2)
        return;
    memcpy(&block->levels[block->count], next->levels, next->count * sizeof(*next->levels));
    block->count += next->count;
    block_remove(ladder, at + 1);
}

/* ---- levels ---- */

static void level_remove(struct ladder *ladder, struct ladder_cursor place)
{
    struct ladder_block *block = ladder->blocks[place.block];
    block->count--;
    memmove(&block->levels[place.level], &block->levels[place.level + 1],
            (block->count - place.level) * sizeof(*block->levels));
    ladder->count--;
    if (block->count == 0) {
        block_remove(ladder, place.block);
        return;
    }
    blocks_join(ladder, place.block);
    if (place.block > 0)
        blocks_join(ladder, place.block - 1);
}

static bool level_insert(struct ladder *ladder, struct ladder_cursor place,
                         const struct depth_level *level)
{
    if (place.block == ladder->blocks_count) { /* behind all levels: into the last block */
        if (ladder->blocks_count == 0 && !block_insert(ladder, 0))
            return false;
        place.block = ladder->blocks_count - 1;
        place.level = ladder->blocks[place.block]->count;
    }
    if (ladder->blocks[place.block]->count == LADDER_BLOCK_LEVELS) {
        if (!block_split(ladder, place.block))
            return false;
        size_t half = ladder->blocks[place.block]->count;
        if (place.level > half) {
            place.block++;
            place.level -= half;
        }
    }
    struct ladder_block *block = ladder->blocks[place.block];
    memmove(&block->levels[place.level + 1], &block->levels[place.level],
            (block->count - place.level) * sizeof(*block->levels));
    block->levels[place.level] = *level;
    block->count++;
    ladder->count++;
    return true;
}

static struct ladder_cursor last_place(const struct ladder *ladder)
{
    size_t block = ladder->blocks_count - 1;
    return (struct ladder_cursor){.block = block, .level = ladder->blocks[block]->count - 1};
}

static void forget_last(struct ladder *ladder)
{
    level_remove(ladder, last_place(ladder));
    struct ladder_cursor last = last_place(ladder);
    ladder->is_cut = true;
    ladder->last_known = ladder->blocks[last.block]->levels[last.level].price;
}

void ladder_set(struct ladder *ladder, struct dec price, struct dec volume)
{
    assert(!dec_is_negative(volume));
    if (ladder->is_cut && is_better(ladder, ladder->last_known, price))
        return;
    struct ladder_cursor place = place_of(ladder, price);
    struct depth_level *level = level_at(ladder, place, price);
    if (level && dec_is_zero(volume)) {
        level_remove(ladder, place);
    } else if (level) {
        level->volume = volume;
    } else if (!dec_is_zero(volume)) {
        struct depth_level added = {.price = price, .volume = volume};
        if (!level_insert(ladder, place, &added))
            ladder->is_incomplete = true;
        if (ladder->count > LADDER_LEVELS_MAX)
            forget_last(ladder);
    }
}

const struct depth_level *ladder_next(const struct ladder *ladder, struct ladder_cursor *cursor)
{
    if (cursor->block == ladder->blocks_count)
        return NULL;
    const struct ladder_block *block = ladder->blocks[cursor->block];
    const struct depth_level *level = &block->levels[cursor->level++];
    if (cursor->level == block->count)
        *cursor = (struct ladder_cursor){.block = cursor->block + 1};
    return level;
}

size_t ladder_copy(const struct ladder *ladder, size_t limit, struct depth_level *ret_levels)
{
    size_t count = 0;
    for (size_t i = 0; i < ladder->blocks_count && count < limit; i++) {
        const struct ladder_block *block = ladder->blocks[i];
        size_t part = block->count < limit - count ? block->count : limit - count;
        memcpy(&ret_levels[count], block->levels, part * sizeof(*ret_levels));
        count += part;
    }
    return count;
}

bool ladder_is_short(const struct ladder *ladder)
{
    return ladder->is_incomplete || (ladder->is_cut && ladder->count < LADDER_LEVELS_MAX / 2);
}

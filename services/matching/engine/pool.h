/*
 * pool.h: numbered slots of one size in address space that was reserved at once, and the hash index
 * that finds a slot by its key. Slot 0 is nobody, so zeroed memory is a valid empty structure.
 *
 * Pages become resident when a slot is taken for the first time; slots that were given back are
 * taken again first. The index is a linear hash: it grows by one bucket per insertion, so there is
 * never a moment at which everything moves. Both only know the `struct link` that every slot starts
 * with. One thread.
 */
#ifndef MATCHING_ENGINE_POOL_H
#define MATCHING_ENGINE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

/* The first member of everything that is pooled. Packed to 12 bytes: an order is one cache line. */
struct link {
    uint64_t key;
    uint32_t chain; /* the next slot of the bucket, or of the free list */
} __attribute__((packed, aligned(4)));

struct pool {
    char *slots;
    uint32_t stride;
    uint32_t fresh; /* the first slot that was never taken */
    uint32_t free;  /* slots that were given back; 0: none */
    uint32_t taken, max;
    uint32_t warm; /* slots below this have their pages */
};

bool pool_open(struct pool *pool, uint32_t stride, uint32_t slots_max) MUST_CHECK;
void pool_close(struct pool *pool); /* zeroed is fine */

/* Touches the pages of the next `count` slots. */
void pool_warm(struct pool *pool, uint32_t count);

static inline bool pool_is_full(const struct pool *pool)
{
    return pool->taken == pool->max;
}

static inline struct link *pool_link(const struct pool *pool, uint32_t slot, uint32_t stride)
{
    return (struct link *)(void *)(pool->slots + (size_t)slot * stride);
}

/* The pool must not be full. What is in the slot is the caller's to set, all of it. */
static inline uint32_t pool_take(struct pool *pool, uint32_t stride)
{
    uint32_t slot = pool->free;
    if (slot != 0)
        pool->free = pool_link(pool, slot, stride)->chain;
    else
        slot = pool->fresh++;
    pool->taken++;
    return slot;
}

static inline void pool_give(struct pool *pool, uint32_t slot, uint32_t stride)
{
    pool_link(pool, slot, stride)->chain = pool->free;
    pool->free = slot;
    pool->taken--;
}

/* ---- the index of a pool by key ---- */

struct index {
    uint32_t *buckets;
    uint32_t mask;  /* buckets 0..mask are addressed by the hash... */
    uint32_t split; /* ...and those below this one were split by the next bit already */
    uint32_t count, buckets_max;
};

bool index_open(struct index *index, uint32_t keys_max) MUST_CHECK;
void index_close(struct index *index); /* zeroed is fine */
void index_split(struct index *index, const struct pool *pool, uint32_t stride);

static inline uint32_t index_hash(uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32);
}

static inline uint32_t *index_bucket(const struct index *index, uint64_t key)
{
    uint32_t hash = index_hash(key);
    uint32_t bucket = hash & index->mask;
    if (bucket < index->split)
        bucket = hash & (index->mask << 1 | 1);
    return &index->buckets[bucket];
}

/* The slot with this key, or 0. */
static inline uint32_t index_find(const struct index *index, const struct pool *pool,
                                  uint32_t stride, uint64_t key)
{
    uint32_t slot = *index_bucket(index, key);
    while (slot != 0) {
        const struct link *link = pool_link(pool, slot, stride);
        if (link->key == key)
            break;
        slot = link->chain;
    }
    return slot;
}

/* The key, which the slot holds already, must be new. */
static inline void index_add(struct index *index, const struct pool *pool, uint32_t stride,
                             uint32_t slot)
{
    struct link *link = pool_link(pool, slot, stride);
    uint32_t *bucket = index_bucket(index, link->key);
    link->chain = *bucket;
    *bucket = slot;
    index->count++;
    /* At most one key for two buckets: mostly the first slot of a chain is the right one. */
    while (index->mask + 1 + index->split < index->count * 2)
        index_split(index, pool, stride);
}

/* The slot must be in the index. */
static inline void index_remove(struct index *index, const struct pool *pool, uint32_t stride,
                                uint32_t slot)
{
    struct link *link = pool_link(pool, slot, stride);
    uint32_t *at = index_bucket(index, link->key);
    if (__builtin_expect(*at != slot, 0)) {
        struct link *before = pool_link(pool, *at, stride);
        while (before->chain != slot)
            before = pool_link(pool, before->chain, stride);
        before->chain = link->chain;
    } else {
        *at = link->chain;
    }
    index->count--;
}

#endif

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

/* Address space whose pages are zero and take no memory until they are written. NULL: none left. */
void *pages_reserve(size_t bytes) MUST_CHECK;
void pages_release(void *pages, size_t bytes); /* NULL is fine */

bool pool_open(struct pool *pool, uint32_t stride, uint32_t slots_max) MUST_CHECK;
void pool_close(struct pool *pool); /* zeroed is fine */

/* Touches the pages of the next `count` slots. */
void pool_warm(struct pool *pool, uint32_t count);

static inline bool pool_is_full(const struct pool *pool)
{
    return pool->taken == pool->max;
}

static inline void *pool_at(const struct pool *pool, uint32_t slot, uint32_t stride)
{
    return pool->slots + (size_t)slot * stride;
}

/* The pool must not be full. What is in the slot is the caller's to set, all of it. */
static inline uint32_t pool_take(struct pool *pool, uint32_t stride)
{
    uint32_t slot = pool->free;
    if (slot != 0)
        pool->free = ((struct link *)pool_at(pool, slot, stride))->chain;
    else
        slot = pool->fresh++;
    pool->taken++;
    return slot;
}

static inline void pool_give(struct pool *pool, uint32_t slot, uint32_t stride)
{
    ((struct link *)pool_at(pool, slot, stride))->chain = pool->free;
    pool->free = slot;
    pool->taken--;
}

/* ---- the index of a pool by key ---- */

/*
 * Slots with the same hash are chained through their links. A bucket knows the tag of its first
 * slot and whether there are more, so that looking for a key that is not there, as every new order
 * does, seldom touches a slot.
 */
struct bucket {
    uint32_t slot; /* 0: empty */
    uint32_t tag;  /* hash of the first slot; bit 0 is set when it is not alone */
};

struct index {
    struct bucket *buckets;
    uint64_t factor;
    uint32_t buckets_count; /* grows one by one... */
    uint32_t mask;          /* ...and this doubles when they pass it: the bits that may be used */
    uint32_t count, buckets_max;
};

enum { BUCKETS_PER_KEY = 4 }; /* at least: mostly a slot is alone in its bucket */

/*
 * Keys that are handed out one after the other, like order ids, want INDEX_DENSE: neighbours share
 * a cache line. INDEX_SPARSE spreads anything else (prices are multiples of something).
 */
#define INDEX_DENSE 1u
#define INDEX_SPARSE 0x9e3779b97f4a7c15u

bool index_open(struct index *index, uint32_t keys_max, uint64_t factor) MUST_CHECK;
void index_close(struct index *index); /* zeroed is fine */
void index_grow(struct index *index, const struct pool *pool, uint32_t stride);
/* Takes a slot out that is not alone in its bucket. */
void index_unchain(struct index *index, const struct pool *pool, uint32_t stride, uint32_t slot);

static inline uint32_t index_hash(const struct index *index, uint64_t key)
{
    key *= index->factor;
    return (uint32_t)(key ^ key >> 21);
}

static inline uint32_t index_tag(uint32_t hash)
{
    return hash & ~1u;
}

/* What would belong to a bucket that is not there yet is in the one that will be split for it. */
static inline struct bucket *index_bucket(const struct index *index, uint32_t hash)
{
    uint32_t at = hash & index->mask;
    return &index->buckets[at & index->mask >> (at >= index->buckets_count)];
}

/* The slot with this key, or 0. */
static inline uint32_t index_find(const struct index *index, const struct pool *pool,
                                  uint32_t stride, uint64_t key)
{
    uint32_t slot = index_bucket(index, index_hash(index, key))->slot;
    while (slot != 0) {
        const struct link *link = pool_at(pool, slot, stride);
        if (link->key == key)
            break;
        slot = link->chain;
    }
    return slot;
}

/* The same answer, fast when there is none. */
static inline bool index_has(const struct index *index, const struct pool *pool, uint32_t stride,
                             uint64_t key)
{
    uint32_t hash = index_hash(index, key);
    const struct bucket *bucket = index_bucket(index, hash);
    if ((bucket->tag & 1) == 0 && bucket->tag != index_tag(hash))
        return false;
    return index_find(index, pool, stride, key) != 0;
}

/* The key, which the slot holds already, must be new. */
static inline void index_add(struct index *index, const struct pool *pool, uint32_t stride,
                             uint32_t slot)
{
    struct link *link = pool_at(pool, slot, stride);
    uint32_t hash = index_hash(index, link->key);
    struct bucket *bucket = index_bucket(index, hash);
    link->chain = bucket->slot;
    bucket->tag = index_tag(hash) | (bucket->slot != 0);
    bucket->slot = slot;
    index->count++;
    if (__builtin_expect(index->buckets_count < index->count * BUCKETS_PER_KEY, 0))
        index_grow(index, pool, stride);
}

/* The slot must be in the index. */
static inline void index_remove(struct index *index, const struct pool *pool, uint32_t stride,
                                uint32_t slot)
{
    const struct link *link = pool_at(pool, slot, stride);
    struct bucket *bucket = index_bucket(index, index_hash(index, link->key));
    if ((bucket->tag & 1) == 0)
        *bucket = (struct bucket){.slot = 0};
    else
        index_unchain(index, pool, stride, slot);
    index->count--;
}

#endif

#include "matching/engine/pool.h"

#include <string.h>
#include <sys/mman.h>

enum { BUCKETS_FIRST = 1024, PAGE_BYTES = 4096 };

void *pages_reserve(size_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

void pages_release(void *pages, size_t bytes)
{
    if (pages)
        munmap(pages, bytes);
}

static size_t pool_bytes(uint32_t stride, uint32_t slots_max)
{
    return (size_t)stride * ((size_t)slots_max + 1);
}

bool pool_open(struct pool *pool, uint32_t stride, uint32_t slots_max)
{
    assert(stride >= sizeof(struct link) && slots_max > 0);
    *pool = (struct pool){
        .slots = pages_reserve(pool_bytes(stride, slots_max)),
        .stride = stride,
        .fresh = 1,
        .warm = 1,
        .max = slots_max,
    };
    return pool->slots != NULL;
}

void pool_close(struct pool *pool)
{
    pages_release(pool->slots, pool_bytes(pool->stride, pool->max));
    *pool = (struct pool){.slots = NULL};
}

void pool_warm(struct pool *pool, uint32_t count)
{
    uint32_t waiting = pool->fresh - 1 - pool->taken; /* given back: these have pages */
    if (count <= waiting)
        return;
    size_t until = (size_t)pool->fresh + (count - waiting);
    if (until > (size_t)pool->max + 1)
        until = (size_t)pool->max + 1;
    if (pool->warm < pool->fresh)
        pool->warm = pool->fresh;
    if (until <= pool->warm)
        return;
    for (size_t at = (size_t)pool->warm * pool->stride; at < until * pool->stride; at += PAGE_BYTES)
        pool->slots[at] = 0;
    pool->warm = (uint32_t)until;
}

bool index_open(struct index *index, uint32_t keys_max, uint64_t factor)
{
    *index = (struct index){
        .factor = factor,
        .buckets_count = BUCKETS_FIRST,
        .mask = BUCKETS_FIRST - 1,
        .buckets_max = keys_max * BUCKETS_PER_KEY,
    };
    if (index->buckets_max < BUCKETS_FIRST)
        index->buckets_max = BUCKETS_FIRST;
    index->buckets = pages_reserve((size_t)index->buckets_max * sizeof(*index->buckets));
    return index->buckets != NULL;
}

void index_close(struct index *index)
{
    pages_release(index->buckets, (size_t)index->buckets_max * sizeof(*index->buckets));
    *index = (struct index){.buckets = NULL};
}

static void bucket_push(const struct index *index, struct bucket *bucket, struct link *link,
                        uint32_t slot)
{
    link->chain = bucket->slot;
    bucket->tag = index_tag(index_hash(index, link->key)) | (bucket->slot != 0);
    bucket->slot = slot;
}

/* Adds a bucket, and deals the slots of the one that stood in for it out between the two. */
static void index_split(struct index *index, const struct pool *pool, uint32_t stride)
{
    assert(index->buckets_count < index->buckets_max);
    uint32_t upper = index->buckets_count++;
    if (upper > index->mask)
        index->mask = index->mask << 1 | 1;
    uint32_t bit = (index->mask + 1) >> 1, lower = upper - bit;
    uint32_t slot = index->buckets[lower].slot;
    index->buckets[lower] = (struct bucket){.slot = 0};
    while (slot != 0) {
        struct link *link = pool_at(pool, slot, stride);
        uint32_t after = link->chain;
        bool is_upper = (index_hash(index, link->key) & bit) != 0;
        bucket_push(index, &index->buckets[is_upper ? upper : lower], link, slot);
        slot = after;
    }
}

void index_grow(struct index *index, const struct pool *pool, uint32_t stride)
{
    while (index->buckets_count < index->count * BUCKETS_PER_KEY)
        index_split(index, pool, stride);
}

/* Chains are short: what stays is pushed again. */
void index_unchain(struct index *index, const struct pool *pool, uint32_t stride, uint32_t slot)
{
    const struct link *gone = pool_at(pool, slot, stride);
    struct bucket *bucket = index_bucket(index, index_hash(index, gone->key));
    uint32_t at = bucket->slot;
    *bucket = (struct bucket){.slot = 0};
    while (at != 0) {
        struct link *link = pool_at(pool, at, stride);
        uint32_t after = link->chain;
        if (at != slot)
            bucket_push(index, bucket, link, at);
        at = after;
    }
}

#include "matching/engine/pool.h"

#include <string.h>
#include <sys/mman.h>

enum { BUCKETS_FIRST = 64, PAGE_BYTES = 4096 };

/* Address space whose pages are zero and take no memory until they are written. */
static void *pages_reserve(size_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

static void pages_release(void *pages, size_t bytes)
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

bool index_open(struct index *index, uint32_t keys_max)
{
    *index = (struct index){.mask = BUCKETS_FIRST - 1, .buckets_max = keys_max * 2};
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

/* Deals the keys of bucket `split` out between it and a new last bucket. */
void index_split(struct index *index, const struct pool *pool, uint32_t stride)
{
    uint32_t bit = index->mask + 1;
    assert(bit + index->split < index->buckets_max);
    uint32_t slot = index->buckets[index->split];
    uint32_t dealt[2] = {0, 0};
    while (slot != 0) {
        struct link *link = pool_link(pool, slot, stride);
        uint32_t after = link->chain;
        uint32_t *hand = &dealt[(index_hash(link->key) & bit) != 0];
        link->chain = *hand;
        *hand = slot;
        slot = after;
    }
    index->buckets[index->split] = dealt[0];
    index->buckets[index->split + bit] = dealt[1];
    index->split++;
    if (index->split == bit) {
        index->mask = index->mask << 1 | 1;
        index->split = 0;
    }
}

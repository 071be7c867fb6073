#include "auth/state/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

enum { WAYS = 8, LOCKS = 32 };

struct place {
    uint64_t used; /* turn of the lock at the last use; 0: free */
};

struct lock {
    _Alignas(64) pthread_mutex_t mutex; /* a cache line each */
    uint64_t turn;
    uint64_t dropped; /* drops in the sets of this lock: what stamps are compared with */
};

struct cache {
    size_t sets, key_size, value_size;
    uint64_t seed[2];
    struct place *places; /* sets × WAYS */
    char *keys, *values;
    struct lock locks[LOCKS];
};

struct cache *cache_new(size_t entries_max, size_t key_size, size_t value_size)
{
    assert(entries_max > 0 && key_size > 0 && key_size <= CACHE_KEY_MAX);
    struct cache *cache = aligned_alloc(_Alignof(struct cache), sizeof(*cache));
    if (!cache)
        return NULL;
    memset(cache, 0, sizeof(*cache));
    cache->sets = (entries_max + WAYS - 1) / WAYS;
    cache->key_size = key_size;
    cache->value_size = value_size;
    random_bytes(cache->seed, sizeof(cache->seed));
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&cache->locks[i].mutex, NULL);
    /* calloc: large pieces come from the kernel as zero pages, and cost memory when they are used. */
    cache->places = calloc(cache->sets * WAYS, sizeof(*cache->places));
    cache->keys = calloc(cache->sets * WAYS, key_size);
    cache->values = calloc(cache->sets * WAYS, value_size);
    if (!cache->places || !cache->keys || !cache->values) {
        cache_free(cache);
        return NULL;
    }
    return cache;
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    if (cache->places && cache->keys && cache->values)
        cache_clear(cache);
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&cache->locks[i].mutex);
    free(cache->places);
    free(cache->keys);
    free(cache->values);
    free(cache);
}

/* ---- places ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static size_t set_of(const struct cache *cache, const void *key)
{
    uint64_t hash = cache->seed[0];
    for (size_t at = 0; at < cache->key_size; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        size_t left = cache->key_size - at;
        memcpy(&word, (const char *)key + at, left < sizeof(word) ? left : sizeof(word));
        hash = mix(hash ^ word, cache->seed[1] | 1);
    }
    hash = mix(hash, 0x9e3779b97f4a7c15U);
    return (size_t)(((unsigned __int128)hash * cache->sets) >> 64);
}

static struct lock *lock_take(struct cache *cache, size_t set)
{
    struct lock *lock = &cache->locks[set % LOCKS];
    pthread_mutex_lock(&lock->mutex);
    return lock;
}

static char *key_at(const struct cache *cache, size_t place)
{
    return cache->keys + place * cache->key_size;
}

static char *value_at(const struct cache *cache, size_t place)
{
    return cache->values + place * cache->value_size;
}

/* SIZE_MAX: not here. */
static size_t find_locked(const struct cache *cache, size_t set, const void *key)
{
    for (size_t place = set * WAYS; place < (set + 1) * WAYS; place++)
        if (cache->places[place].used > 0 &&
            memcmp(key_at(cache, place), key, cache->key_size) == 0)
            return place;
    return SIZE_MAX;
}

static size_t oldest_locked(const struct cache *cache, size_t set)
{
    size_t oldest = set * WAYS;
    for (size_t place = oldest; place < (set + 1) * WAYS; place++)
        if (cache->places[place].used < cache->places[oldest].used)
            oldest = place;
    return oldest;
}

static void wipe_locked(struct cache *cache, size_t place)
{
    if (cache->places[place].used == 0)
        return;
    cache->places[place].used = 0;
    explicit_bzero(value_at(cache, place), cache->value_size);
}

/* ---- the interface ---- */

bool cache_get(struct cache *cache, const void *key, void *ret_value)
{
    size_t set = set_of(cache, key);
    struct lock *lock = lock_take(cache, set);
    size_t place = find_locked(cache, set, key);
    if (place != SIZE_MAX) {
        cache->places[place].used = ++lock->turn;
        memcpy(ret_value, value_at(cache, place), cache->value_size);
    }
    pthread_mutex_unlock(&lock->mutex);
    return place != SIZE_MAX;
}

uint64_t cache_stamp(struct cache *cache, const void *key)
{
    struct lock *lock = lock_take(cache, set_of(cache, key));
    uint64_t stamp = lock->dropped;
    pthread_mutex_unlock(&lock->mutex);
    return stamp;
}

void cache_put(struct cache *cache, const void *key, const void *value, uint64_t stamp)
{
    size_t set = set_of(cache, key);
    struct lock *lock = lock_take(cache, set);
    if (lock->dropped == stamp) {
        size_t place = find_locked(cache, set, key);
        if (place == SIZE_MAX)
            place = oldest_locked(cache, set);
        memcpy(key_at(cache, place), key, cache->key_size);
        memcpy(value_at(cache, place), value, cache->value_size);
        cache->places[place].used = ++lock->turn;
    }
    pthread_mutex_unlock(&lock->mutex);
}

void cache_drop(struct cache *cache, const void *key)
{
    size_t set = set_of(cache, key);
    struct lock *lock = lock_take(cache, set);
    size_t place = find_locked(cache, set, key);
    if (place != SIZE_MAX)
        wipe_locked(cache, place);
    lock->dropped++;
    pthread_mutex_unlock(&lock->mutex);
}

static bool is_any(const void *value, void *arg)
{
    (void)value, (void)arg;
    return true;
}

void cache_clear(struct cache *cache)
{
    cache_drop_if(cache, is_any, NULL);
}

void cache_drop_if(struct cache *cache, bool (*is_one)(const void *value, void *arg), void *arg)
{
    for (size_t i = 0; i < LOCKS; i++) {
        struct lock *lock = lock_take(cache, i);
        for (size_t set = i; set < cache->sets; set += LOCKS)
            for (size_t place = set * WAYS; place < (set + 1) * WAYS; place++)
                if (cache->places[place].used > 0 && is_one(value_at(cache, place), arg))
                    wipe_locked(cache, place);
        lock->dropped++;
        pthread_mutex_unlock(&lock->mutex);
    }
}

bool cache_change(struct cache *cache, const void *key, void (*change)(void *value, void *arg),
                  void *arg)
{
    size_t set = set_of(cache, key);
    struct lock *lock = lock_take(cache, set);
    size_t place = find_locked(cache, set, key);
    if (place != SIZE_MAX)
        change(value_at(cache, place), arg);
    pthread_mutex_unlock(&lock->mutex);
    return place != SIZE_MAX;
}

bool cache_key_text(const char *text, char *key, size_t size)
{
    size_t length = strnlen(text, size);
    if (length == size)
        return false;
    memset(key, 0, size);
    memcpy(key, text, length);
    return true;
}

/*
 * The cache of verified tokens: sets of WAYS places, the place chosen by a hash, the longest unused
 * one of its set given up. So it never grows, and a lookup is a hash, a lock that is rarely
 * contended (LOCKS of them), at most WAYS comparisons of hashes and one of texts.
 *
 * The hash is keyed by random bits and taken of the end of the token, which is signature and as
 * good as random. It gates the comparison of texts: nobody learns a token of somebody else byte by
 * byte from the time that memcmp() takes, because he would have to know its end first.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "base/random.h"
#include "token/token.h"

enum {
    WAYS = 8,
    LOCKS = 16,
    HASHED_BYTES = 64,
    UNLIMITED_S = 300, /* a token without exp is verified again after this time */
    SECOND_US = 1000000
};

struct place {
    uint64_t hash;
    char *text; /* NULL: free */
    size_t length;
    int64_t until_s;
    uint64_t used; /* turn of the lock at the last use */
};

struct lock {
    _Alignas(64) pthread_mutex_t mutex; /* a cache line each */
    uint64_t turn;
};

struct token_cache {
    const struct token_keys *keys;
    struct token_rules rules;
    token_read *read;
    void *app;
    size_t sets, ways, value_size;
    uint64_t seed;
    struct place *places;     /* sets × ways */
    char *values;             /* value_size bytes for each place */
    _Atomic unsigned cleared; /* so often; what was verified before is not kept after */
    struct lock locks[LOCKS];
};

struct token_cache *token_cache_new(const struct token_keys *keys, const struct token_rules *rules,
                                    size_t entries_max, size_t value_size, token_read *read,
                                    void *app)
{
    assert(entries_max > 0);
    assert(value_size > 0);
    struct token_cache *cache = aligned_alloc(_Alignof(struct token_cache), sizeof(*cache));
    if (!cache)
        return NULL;
    *cache = (struct token_cache){.keys = keys,
                                  .rules = *rules,
                                  .read = read,
                                  .app = app,
                                  .sets = entries_max < WAYS ? 1 : entries_max / WAYS,
                                  .ways = entries_max < WAYS ? entries_max : WAYS,
                                  .value_size = value_size};
    random_bytes(&cache->seed, sizeof(cache->seed));
    /* calloc() of this size is untouched pages: a cache that is not used costs no memory. */
    cache->places = calloc(cache->sets * cache->ways, sizeof(cache->places[0]));
    cache->values = calloc(cache->sets * cache->ways, value_size);
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&cache->locks[i].mutex, NULL);
    if (!cache->places || !cache->values) {
        token_cache_free(cache);
        return NULL;
    }
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    if (!cache)
        return;
    if (cache->places)
        token_cache_clear(cache);
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&cache->locks[i].mutex);
    free(cache->places);
    free(cache->values);
    free(cache);
}

/* ---- places ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const struct token_cache *cache, const char *text, size_t length)
{
    char tail[HASHED_BYTES] = {0};
    size_t count = length < sizeof(tail) ? length : sizeof(tail);
    memcpy(tail, text + length - count, count);
    uint64_t hash = cache->seed ^ length;
    for (size_t at = 0; at < sizeof(tail); at += 16) {
        uint64_t words[2];
        memcpy(words, tail + at, sizeof(words));
        hash = mix(words[0] ^ 0x9e3779b97f4a7c15u ^ hash, words[1] ^ cache->seed);
    }
    return mix(hash, 0xd6e8feb86659fd93u);
}

static size_t set_of(const struct token_cache *cache, uint64_t hash)
{
    return (size_t)(((unsigned __int128)hash * cache->sets) >> 64);
}

static struct lock *lock_of(struct token_cache *cache, size_t set)
{
    return &cache->locks[set % LOCKS];
}

static char *value_of(const struct token_cache *cache, const struct place *place)
{
    return cache->values + (size_t)(place - cache->places) * cache->value_size;
}

static void place_clear(struct place *place)
{
    free(place->text);
    *place = (struct place){.text = NULL};
}

static struct place *place_find_locked(const struct token_cache *cache, size_t set, uint64_t hash,
                                       const char *text, size_t length)
{
    struct place *places = &cache->places[set * cache->ways];
    for (size_t i = 0; i < cache->ways; i++)
        if (places[i].hash == hash && places[i].text && places[i].length == length &&
            memcmp(places[i].text, text, length) == 0)
            return &places[i];
    return NULL;
}

static struct place *place_give_up_locked(const struct token_cache *cache, size_t set,
                                          int64_t now_s)
{
    struct place *places = &cache->places[set * cache->ways], *oldest = &places[0];
    for (size_t i = 0; i < cache->ways; i++) {
        if (!places[i].text || places[i].until_s <= now_s)
            return &places[i];
        if (places[i].used < oldest->used)
            oldest = &places[i];
    }
    return oldest;
}

static bool value_find(struct token_cache *cache, uint64_t hash, int64_t now_s, const char *text,
                       size_t length, void *ret_value)
{
    size_t set = set_of(cache, hash);
    struct lock *lock = lock_of(cache, set);
    pthread_mutex_lock(&lock->mutex);
    struct place *place = place_find_locked(cache, set, hash, text, length);
    bool found = place && now_s < place->until_s;
    if (found) {
        place->used = ++lock->turn;
        memcpy(ret_value, value_of(cache, place), cache->value_size);
    } else if (place) {
        place_clear(place);
    }
    pthread_mutex_unlock(&lock->mutex);
    return found;
}

/* Without memory the token is simply not remembered; nor when its key may have gone since `cleared`. */
static void value_keep(struct token_cache *cache, uint64_t hash, int64_t now_s, int64_t until_s,
                       const char *text, size_t length, const void *value, unsigned cleared)
{
    char *copy = malloc(length);
    if (!copy)
        return;
    memcpy(copy, text, length);
    size_t set = set_of(cache, hash);
    struct lock *lock = lock_of(cache, set);
    pthread_mutex_lock(&lock->mutex);
    bool keeps = cleared == cache->cleared;
    if (keeps) {
        struct place *place = place_find_locked(cache, set, hash, text, length);
        if (!place)
            place = place_give_up_locked(cache, set, now_s);
        place_clear(place);
        *place = (struct place){hash, copy, length, until_s, ++lock->turn};
        memcpy(value_of(cache, place), value, cache->value_size);
    }
    pthread_mutex_unlock(&lock->mutex);
    if (!keeps)
        free(copy);
}

void token_cache_clear(struct token_cache *cache)
{
    cache->cleared++; /* before the first place, so that no later keeper slips in behind us */
    for (size_t set = 0; set < cache->sets; set++) {
        struct lock *lock = lock_of(cache, set);
        pthread_mutex_lock(&lock->mutex);
        for (size_t i = 0; i < cache->ways; i++)
            place_clear(&cache->places[set * cache->ways + i]);
        pthread_mutex_unlock(&lock->mutex);
    }
}

/* ---- the question ---- */

/* "Bearer <token>"; the scheme in any case, one blank (RFC 6750). */
static const char *bearer_of(const char *header)
{
    static const char scheme[] = "Bearer ";
    bool bearer = header && strncasecmp(header, scheme, sizeof(scheme) - 1) == 0;
    return bearer ? header + sizeof(scheme) - 1 : NULL;
}

bool token_cache_get(struct token_cache *cache, const struct clock *clock, const char *header,
                     void *ret_value, struct err *err)
{
    const char *text = bearer_of(header);
    if (!text)
        return err_set(err, ERR_UNAUTHENTICATED, "no bearer token");
    size_t length = strnlen(text, TOKEN_BYTES_MAX + 1);
    if (length == 0 || length > TOKEN_BYTES_MAX)
        return err_set(err, ERR_UNAUTHENTICATED, "token: empty or too long");
    int64_t now_us = clock_now_us(clock), now_s = now_us / SECOND_US;
    uint64_t hash = hash_of(cache, text, length);
    if (value_find(cache, hash, now_s, text, length, ret_value))
        return true;
    unsigned cleared = cache->cleared;
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    struct token_claims claims;
    if (!token_verify(cache->keys, &cache->rules, now_us, text, length, &claims, &json, err) ||
        !cache->read(cache->app, &claims, ret_value, err))
        return false;
    int64_t until_s = now_s + UNLIMITED_S;
    if (claims.expires_at_s > 0)
        until_s = claims.expires_at_s + cache->rules.leeway_s;
    value_keep(cache, hash, now_s, until_s, text, length, ret_value, cleared);
    return true;
}

#include "blockchain/domain/watch_set.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 1024, KIND_BITS = 8 };

struct slot {
    uint8_t key[WATCH_KEY_BYTES_MAX]; /* shorter ones end with zeros */
    uint64_t id_and_kind;             /* 0: free */
};

struct watch_set {
    pthread_rwlock_t lock;
    struct slot *slots;
    size_t slots_count; /* a power of two */
    size_t count;
};

struct watch_set *watch_set_new(void)
{
    struct watch_set *set = calloc(1, sizeof(*set));
    if (!set)
        return NULL;
    set->slots = calloc(SLOTS_MIN, sizeof(*set->slots));
    if (!set->slots) {
        free(set);
        return NULL;
    }
    set->slots_count = SLOTS_MIN;
    pthread_rwlock_init(&set->lock, NULL);
    return set;
}

void watch_set_free(struct watch_set *set)
{
    if (!set)
        return;
    pthread_rwlock_destroy(&set->lock);
    free(set->slots);
    free(set);
}

/* Keys are hashes already, but short ids of an attacker's choice must not make long probes: all bytes
 * of the key take part. */
static uint64_t mix(const uint8_t key[static WATCH_KEY_BYTES_MAX], enum watch_kind kind)
{
    uint64_t hash = 0x9e3779b97f4a7c15u * (uint64_t)kind;
    for (size_t i = 0; i < WATCH_KEY_BYTES_MAX; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, key + i, sizeof(word));
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 33;
    }
    return hash;
}

static void key_make(const uint8_t *bytes, size_t length, uint8_t key[static WATCH_KEY_BYTES_MAX])
{
    assert(length > 0 && length <= WATCH_KEY_BYTES_MAX);
    memset(key, 0, WATCH_KEY_BYTES_MAX);
    memcpy(key, bytes, length);
}

/* The slot of the key, or the free one where it would be. */
static size_t probe(const struct slot *slots, size_t slots_count, enum watch_kind kind,
                    const uint8_t *key)
{
    size_t at = (size_t)mix(key, kind) & (slots_count - 1);
    while (slots[at].id_and_kind != 0 &&
           ((slots[at].id_and_kind & ((1u << KIND_BITS) - 1)) != (uint64_t)kind ||
            memcmp(slots[at].key, key, WATCH_KEY_BYTES_MAX) != 0))
        at = (at + 1) & (slots_count - 1);
    return at;
}

static enum watch_kind kind_of(const struct slot *slot)
{
    return (enum watch_kind)(slot->id_and_kind & ((1u << KIND_BITS) - 1));
}

static bool grow(struct watch_set *set)
{
    size_t wider = 2 * set->slots_count;
    struct slot *slots = calloc(wider, sizeof(*slots));
    if (!slots)
        return false;
    for (size_t i = 0; i < set->slots_count; i++) {
        const struct slot *slot = &set->slots[i];
        if (slot->id_and_kind != 0)
            slots[probe(slots, wider, kind_of(slot), slot->key)] = *slot;
    }
    free(set->slots);
    set->slots = slots;
    set->slots_count = wider;
    return true;
}

bool watch_set_add(struct watch_set *set, enum watch_kind kind, const uint8_t *bytes, size_t length,
                   uint64_t id)
{
    uint8_t key[WATCH_KEY_BYTES_MAX];
    bool ok = true;
    assert(kind != WATCH_NONE && id != 0 && id < UINT64_C(1) << (64 - KIND_BITS));
    key_make(bytes, length, key);
    pthread_rwlock_wrlock(&set->lock);
    /* At most two thirds full. */
    if (3 * (set->count + 1) > 2 * set->slots_count)
        ok = grow(set);
    if (ok) {
        struct slot *slot = &set->slots[probe(set->slots, set->slots_count, kind, key)];
        if (slot->id_and_kind == 0) {
            memcpy(slot->key, key, sizeof(key));
            slot->id_and_kind = id << KIND_BITS | (uint64_t)kind;
            set->count++;
        }
    }
    pthread_rwlock_unlock(&set->lock);
    return ok;
}

/* The lock is no part of what a reader of the set sees. */
static pthread_rwlock_t *lock_of(const struct watch_set *set)
{
    union {
        const pthread_rwlock_t *from;
        pthread_rwlock_t *to;
    } lock = {.from = &set->lock};
    return lock.to;
}

uint64_t watch_set_find(const struct watch_set *set, enum watch_kind kind, const uint8_t *bytes,
                        size_t length)
{
    uint8_t key[WATCH_KEY_BYTES_MAX];
    key_make(bytes, length, key);
    pthread_rwlock_rdlock(lock_of(set));
    uint64_t found =
        set->slots[probe(set->slots, set->slots_count, kind, key)].id_and_kind >> KIND_BITS;
    pthread_rwlock_unlock(lock_of(set));
    return found;
}

size_t watch_set_count(const struct watch_set *set)
{
    pthread_rwlock_rdlock(lock_of(set));
    size_t count = set->count;
    pthread_rwlock_unlock(lock_of(set));
    return count;
}

size_t watch_set_bytes(const struct watch_set *set)
{
    pthread_rwlock_rdlock(lock_of(set));
    size_t bytes = set->slots_count * sizeof(struct slot);
    pthread_rwlock_unlock(lock_of(set));
    return bytes;
}

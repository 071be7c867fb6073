/*
 * member_cache.c: two hash tables over one pool of nodes. When the pool is full the node that was
 * put in first makes room: a member that is still in use comes back with its next request.
 */
#include "accounting/state/member_cache.h"

#include "accounting/store/members.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { NOWHERE = UINT32_MAX, NODES_FIRST = 1024 };

struct node {
    struct member member;       /* id 0: the node is free */
    uint32_t next_id, next_uid; /* in the chains */
};

struct member_cache {
    pthread_mutex_t mutex;
    size_t members_max;
    struct node *nodes;
    size_t nodes_room, nodes_used; /* nodes below nodes_used were taken once */
    size_t hand;                   /* the next one to make room */
    uint32_t *by_id, *by_uid;      /* buckets_count chains each */
    size_t buckets_count;          /* a power of two */
};

struct member_cache *member_cache_new(size_t members_max)
{
    assert(members_max > 0 && members_max <= MEMBER_CACHE_MAX);
    struct member_cache *cache = calloc(1, sizeof(*cache));
    if (!cache)
        return NULL;
    size_t buckets = 1;
    while (buckets < members_max)
        buckets *= 2;
    cache->members_max = members_max;
    cache->buckets_count = buckets;
    cache->by_id = malloc(buckets * sizeof(*cache->by_id));
    cache->by_uid = malloc(buckets * sizeof(*cache->by_uid));
    pthread_mutex_init(&cache->mutex, NULL);
    if (!cache->by_id || !cache->by_uid) {
        member_cache_free(cache);
        return NULL;
    }
    memset(cache->by_id, 0xff, buckets * sizeof(*cache->by_id));
    memset(cache->by_uid, 0xff, buckets * sizeof(*cache->by_uid));
    return cache;
}

void member_cache_free(struct member_cache *cache)
{
    if (!cache)
        return;
    pthread_mutex_destroy(&cache->mutex);
    free(cache->nodes);
    free(cache->by_id);
    free(cache->by_uid);
    free(cache);
}

/* ---- the tables; the caller holds the mutex ---- */

static uint32_t *id_chain(struct member_cache *cache, uint64_t id)
{
    uint64_t hash = id * 0x9e3779b97f4a7c15u;
    return &cache->by_id[(hash >> 32) & (cache->buckets_count - 1)];
}

static uint32_t *uid_chain(struct member_cache *cache, const char *uid)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (const char *c = uid; *c; c++)
        hash = (hash ^ (uint8_t)*c) * 0x100000001b3u;
    return &cache->by_uid[(hash ^ hash >> 32) & (cache->buckets_count - 1)];
}

static uint32_t find_id_locked(struct member_cache *cache, uint64_t id)
{
    uint32_t at = *id_chain(cache, id);
    while (at != NOWHERE && cache->nodes[at].member.id != id)
        at = cache->nodes[at].next_id;
    return at;
}

static uint32_t find_uid_locked(struct member_cache *cache, const char *uid)
{
    uint32_t at = *uid_chain(cache, uid);
    while (at != NOWHERE && strcmp(cache->nodes[at].member.uid, uid) != 0)
        at = cache->nodes[at].next_uid;
    return at;
}

static void unlink_locked(struct member_cache *cache, uint32_t at)
{
    struct node *node = &cache->nodes[at];
    if (node->member.id == 0)
        return;
    uint32_t *link = id_chain(cache, node->member.id);
    while (*link != at)
        link = &cache->nodes[*link].next_id;
    *link = node->next_id;
    link = uid_chain(cache, node->member.uid);
    while (*link != at)
        link = &cache->nodes[*link].next_uid;
    *link = node->next_uid;
    node->member.id = 0;
}

/* Room for one more; NOWHERE without memory: then the member is simply not kept. */
static uint32_t node_take_locked(struct member_cache *cache)
{
    if (cache->nodes_used == cache->nodes_room && cache->nodes_room < cache->members_max) {
        size_t room = cache->nodes_room ? cache->nodes_room * 2 : NODES_FIRST;
        room = room < cache->members_max ? room : cache->members_max;
        struct node *nodes = realloc(cache->nodes, room * sizeof(*nodes));
        if (nodes) {
            cache->nodes = nodes;
            cache->nodes_room = room;
        }
    }
    if (cache->nodes_used < cache->nodes_room)
        return (uint32_t)cache->nodes_used++;
    if (cache->nodes_used == 0)
        return NOWHERE;
    uint32_t at = (uint32_t)cache->hand;
    cache->hand = (cache->hand + 1) % cache->nodes_used;
    unlink_locked(cache, at);
    return at;
}

static void put_locked(struct member_cache *cache, const struct member *member)
{
    uint32_t at = find_id_locked(cache, member->id);
    /* Two threads may read a row before and after a change, and come here in the other order. */
    if (at != NOWHERE && cache->nodes[at].member.updated_at > member->updated_at)
        return;
    if (at != NOWHERE)
        unlink_locked(cache, at);
    else
        at = node_take_locked(cache);
    if (at == NOWHERE)
        return;
    struct node *node = &cache->nodes[at];
    node->member = *member;
    uint32_t *by_id = id_chain(cache, member->id), *by_uid = uid_chain(cache, member->uid);
    node->next_id = *by_id;
    node->next_uid = *by_uid;
    *by_id = *by_uid = at;
}

/* ---- the interface ---- */

static bool copy_locked(struct member_cache *cache, uint32_t at, struct member *ret_member)
{
    if (at != NOWHERE)
        *ret_member = cache->nodes[at].member;
    return at != NOWHERE;
}

bool member_cache_by_id(struct member_cache *cache, uint64_t id, struct member *ret_member)
{
    pthread_mutex_lock(&cache->mutex);
    bool found = id != 0 && copy_locked(cache, find_id_locked(cache, id), ret_member);
    pthread_mutex_unlock(&cache->mutex);
    return found;
}

bool member_cache_by_uid(struct member_cache *cache, const char *uid, struct member *ret_member)
{
    pthread_mutex_lock(&cache->mutex);
    bool found = copy_locked(cache, find_uid_locked(cache, uid), ret_member);
    pthread_mutex_unlock(&cache->mutex);
    return found;
}

void member_cache_put(struct member_cache *cache, const struct member *member)
{
    assert(member->id != 0 && member->uid[0] != '\0');
    pthread_mutex_lock(&cache->mutex);
    put_locked(cache, member);
    pthread_mutex_unlock(&cache->mutex);
}

void member_cache_drop(struct member_cache *cache, uint64_t id)
{
    pthread_mutex_lock(&cache->mutex);
    uint32_t at = id != 0 ? find_id_locked(cache, id) : NOWHERE;
    if (at != NOWHERE)
        unlink_locked(cache, at);
    pthread_mutex_unlock(&cache->mutex);
}

bool member_get_by_id(struct member_cache *cache, struct db *db, uint64_t id,
                      struct member *ret_member, struct err *err)
{
    if (member_cache_by_id(cache, id, ret_member))
        return true;
    if (!members_by_id(db, id, ret_member, err))
        return false;
    member_cache_put(cache, ret_member);
    return true;
}

bool member_get_by_uid(struct member_cache *cache, struct db *db, const char *uid,
                       struct member *ret_member, struct err *err)
{
    if (member_cache_by_uid(cache, uid, ret_member))
        return true;
    if (!members_by_uid(db, uid, ret_member, err))
        return false;
    member_cache_put(cache, ret_member);
    return true;
}

static void take(void *arg, const struct member *member)
{
    member_cache_put(arg, member);
}

bool member_cache_load(struct member_cache *cache, struct db *db, const uint64_t *ids, size_t count,
                       struct err *err)
{
    if (count == 0)
        return true;
    uint64_t *missing = malloc(count * sizeof(*missing));
    if (!missing)
        return err_set(err, ERR_INTERNAL, "members: no memory");
    size_t missing_count = 0;
    pthread_mutex_lock(&cache->mutex);
    for (size_t i = 0; i < count; i++)
        if (ids[i] != 0 && find_id_locked(cache, ids[i]) == NOWHERE)
            missing[missing_count++] = ids[i];
    pthread_mutex_unlock(&cache->mutex);
    bool ok = members_by_ids(db, missing, missing_count, take, cache, err);
    free(missing);
    return ok;
}

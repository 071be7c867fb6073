#include "accounting/http/member_lookup.h"

#include "accounting/http/context.h"

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static int compare_members(const void *a, const void *b)
{
    const struct member *left = a, *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

static void take(void *arg, const struct member *member)
{
    struct member_lookup *lookup = arg;
    lookup->members[lookup->count++] = *member;
}

bool member_lookup_load(struct http_request *request, struct db *db, uint64_t *ids, size_t count,
                        struct member_lookup *ret_lookup, struct err *err)
{
    struct member_cache *cache = request_app(request)->members;
    size_t distinct = 0, missing = 0;
    qsort(ids, count, sizeof(*ids), compare_ids);
    for (size_t i = 0; i < count; i++)
        if (ids[i] != 0 && (distinct == 0 || ids[distinct - 1] != ids[i]))
            ids[distinct++] = ids[i];
    struct member_lookup lookup = {
        .members = arena_alloc(http_arena(request), (distinct + 1) * sizeof(struct member))};
    if (!lookup.members)
        return err_set(err, ERR_BUSY, "no memory for %zu members", distinct);
    for (size_t i = 0; i < distinct; i++) {
        if (member_cache_by_id(cache, ids[i], &lookup.members[lookup.count]))
            lookup.count++;
        else
            ids[missing++] = ids[i];
    }
    if (missing > 0 && !members_by_ids(db, ids, missing, take, &lookup, err))
        return false;
    qsort(lookup.members, lookup.count, sizeof(lookup.members[0]), compare_members);
    *ret_lookup = lookup;
    return true;
}

const struct member *member_lookup_get(const struct member_lookup *lookup, uint64_t id)
{
    const struct member key = {.id = id};
    return bsearch(&key, lookup->members, lookup->count, sizeof(key), compare_members);
}

bool member_by_uid_or_code(struct http_request *request, struct db *db, const char *uid,
                           struct member *ret_member, struct err *err)
{
    if (member_get_by_uid(request_app(request)->members, db, uid, ret_member, err))
        return true;
    if (err->code == ERR_NOT_FOUND)
        err_set_key(err, ERR_INVALID, "admin.user.doesnt_exist", "no member %.40s", uid);
    return false;
}

/*
 * member_cache.h: members by id and by uid, so that neither a request nor an event needs a query.
 * Filled from the tokens (provisioning, reference 6.2) and from the table; bounded; thread-safe.
 */
#ifndef ACCOUNTING_STATE_MEMBER_CACHE_H
#define ACCOUNTING_STATE_MEMBER_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/domain/member.h"
#include "base/err.h"
#include "db/db.h"

enum { MEMBER_CACHE_MAX = 100000 };

struct member_cache;

struct member_cache *member_cache_new(size_t members_max);
void member_cache_free(struct member_cache *cache); /* NULL is fine */

/* From memory only; false: not here. */
bool member_cache_by_id(struct member_cache *cache, uint64_t id, struct member *ret_member);
bool member_cache_by_uid(struct member_cache *cache, const char *uid, struct member *ret_member);

/* From memory, else from the table. ERR_NOT_FOUND. */
bool member_get_by_id(struct member_cache *cache, struct db *db, uint64_t id,
                      struct member *ret_member, struct err *err) MUST_CHECK;
bool member_get_by_uid(struct member_cache *cache, struct db *db, const char *uid,
                       struct member *ret_member, struct err *err) MUST_CHECK;
/* Loads many at once (the members of a batch) with one query for those that are missing. */
bool member_cache_load(struct member_cache *cache, struct db *db, const uint64_t *ids, size_t count,
                       struct err *err) MUST_CHECK;

void member_cache_put(struct member_cache *cache, const struct member *member);
void member_cache_drop(struct member_cache *cache, uint64_t id);

#endif

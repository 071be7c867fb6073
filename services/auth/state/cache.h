/*
 * cache.h: a bounded memory of rows, by a key of fixed size: sessions, users, API keys. Safe to use
 * from any thread.
 *
 * What is dropped while somebody reads it from the table must not come back by his hand. So whoever
 * is about to read takes a stamp first, and his row is kept only if nothing of its neighbourhood was
 * dropped since:
 *
 *     if (!cache_get(cache, &key, &session)) {
 *         uint64_t stamp = cache_stamp(cache, &key);
 *         if (!sessions_find(db, &key, &session, err)) return false;
 *         cache_put(cache, &key, &session, stamp);
 *     }
 *
 * Sets of a few places; in a full set the longest unused one makes room. Keys are compared as bytes:
 * texts are padded with zeros (cache_key_text()). Values are wiped when they are dropped.
 */
#ifndef AUTH_STATE_CACHE_H
#define AUTH_STATE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

enum { CACHE_KEY_MAX = 64 };

struct cache;

/* NULL: no memory. What is not used is not resident. */
struct cache *cache_new(size_t entries_max, size_t key_size, size_t value_size);
void cache_free(struct cache *cache); /* NULL is fine */

bool cache_get(struct cache *cache, const void *key, void *ret_value) MUST_CHECK;
uint64_t cache_stamp(struct cache *cache, const void *key);
void cache_put(struct cache *cache, const void *key, const void *value, uint64_t stamp);
void cache_drop(struct cache *cache, const void *key);
void cache_clear(struct cache *cache);

/* Changes a value where it lies, under the lock: `change` must be short, and must not come back
 * here. False: it is not in memory. */
bool cache_change(struct cache *cache, const void *key, void (*change)(void *value, void *arg),
                  void *arg);

/* Drops the entries for which `is_one` says so (all sessions of a user). Walks everything. */
void cache_drop_if(struct cache *cache, bool (*is_one)(const void *value, void *arg), void *arg);

/* The text, padded to `size` bytes. False: it does not fit, so nothing has this key. */
bool cache_key_text(const char *text, char *key, size_t size) MUST_CHECK;

#endif

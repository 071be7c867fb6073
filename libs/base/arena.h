/*
 * arena.h: memory that dies together. One arena per request; the server resets it after the reply.
 *
 * Nothing taken from an arena is freed alone, and nothing in it outlives arena_reset(). Foreign
 * objects join through arena_defer(). The ceiling is named at creation; above it, or without
 * memory, arena_alloc() gives NULL. One thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

struct arena;

struct arena *arena_new(size_t bytes_max);
void arena_free(struct arena *arena); /* NULL is fine */
void arena_reset(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK; /* zeroed, aligned to 16; or NULL */
char *arena_strdup(struct arena *arena, const char *chars) MUST_CHECK;
char *arena_strndup(struct arena *arena, const char *chars, size_t length) MUST_CHECK;

/* Calls release(object) at the next reset, last in first out. */
bool arena_defer(struct arena *arena, void (*release)(void *object), void *object) MUST_CHECK;

#endif

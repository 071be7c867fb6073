#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_ALIGN = 16, ARENA_BLOCK_BYTES = 8 * 1024 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ARENA_ALIGN) char data[];
};

struct deferred {
    struct deferred *next;
    void (*release)(void *object);
    void *object;
};

struct arena {
    struct block *blocks; /* the newest first; the oldest survives a reset */
    struct deferred *deferred;
    size_t bytes, bytes_max;
};

static struct block *block_new(struct arena *arena, size_t size)
{
    if (size > arena->bytes_max || arena->bytes > arena->bytes_max - size)
        return NULL;
    struct block *block = malloc(sizeof(*block) + size);
    if (!block)
        return NULL;
    *block = (struct block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    arena->bytes += size;
    return block;
}

struct arena *arena_new(size_t bytes_max)
{
    assert(bytes_max > 0);
    struct arena *arena = calloc(1, sizeof(*arena));
    if (arena)
        arena->bytes_max = bytes_max;
    return arena;
}

static void run_deferred(struct arena *arena)
{
    for (struct deferred *each = arena->deferred; each; each = each->next)
        each->release(each->object);
    arena->deferred = NULL;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    run_deferred(arena);
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void arena_reset(struct arena *arena)
{
    run_deferred(arena);
    while (arena->blocks && (arena->blocks->next || arena->blocks->size > ARENA_BLOCK_BYTES)) {
        struct block *next = arena->blocks->next;
        arena->bytes -= arena->blocks->size;
        free(arena->blocks);
        arena->blocks = next;
    }
    if (arena->blocks)
        arena->blocks->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - ARENA_ALIGN)
        return NULL;
    size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < size) {
        block = block_new(arena, size > ARENA_BLOCK_BYTES ? size : (size_t)ARENA_BLOCK_BYTES);
        if (!block)
            return NULL;
    }
    void *memory = block->data + block->used;
    block->used += size;
    return memset(memory, 0, size);
}

char *arena_strndup(struct arena *arena, const char *chars, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (copy)
        memcpy(copy, chars, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *chars)
{
    return arena_strndup(arena, chars, strlen(chars));
}

bool arena_defer(struct arena *arena, void (*release)(void *object), void *object)
{
    struct deferred *deferred = arena_alloc(arena, sizeof(*deferred));
    if (!deferred)
        return false;
    *deferred = (struct deferred){.next = arena->deferred, .release = release, .object = object};
    arena->deferred = deferred;
    return true;
}

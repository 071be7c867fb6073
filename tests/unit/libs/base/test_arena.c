/* The arena: alignment, zeroes, the ceiling, reuse after a reset, and deferred destructors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void arena_alloc__any_size__is_aligned_and_zeroed(void **state)
{
    struct arena *arena = arena_new(1024 * 1024);
    (void)state;
    assert_non_null(arena);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 300; size++) {
            unsigned char *memory = arena_alloc(arena, size);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % 16, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(memory[i], 0);
            memset(memory, 0xff, size);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void arena_alloc__above_the_ceiling__is_null_and_harmless(void **state)
{
    struct arena *arena = arena_new(64 * 1024);
    (void)state;
    assert_null(arena_alloc(arena, 64 * 1024 + 1));
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_alloc(arena, SIZE_MAX - 15));
    size_t taken = 0;
    while (arena_alloc(arena, 1000))
        taken++;
    assert_in_range(taken, 50, 65);
    arena_reset(arena);
    assert_non_null(arena_alloc(arena, 40 * 1024));
    arena_free(arena);
}

static void arena_strdup__texts__are_copies(void **state)
{
    struct arena *arena = arena_new(1024 * 1024);
    char text[] = "market";
    (void)state;
    char *copy = arena_strdup(arena, text), *part = arena_strndup(arena, text, 3);
    text[0] = 'x';
    assert_string_equal(copy, "market");
    assert_string_equal(part, "mar");
    assert_string_equal(arena_strdup(arena, ""), "");
    arena_free(arena);
    arena_free(NULL);
}

struct note {
    char *log;
    char letter;
};

static void write_note(void *object)
{
    struct note *note = object;
    size_t length = strlen(note->log);
    note->log[length] = note->letter;
    note->log[length + 1] = '\0';
}

static void arena_defer__objects__are_released_last_in_first_out(void **state)
{
    struct arena *arena = arena_new(1024 * 1024);
    char log[16] = "";
    struct note a = {log, 'a'}, b = {log, 'b'}, c = {log, 'c'};
    (void)state;
    assert_true(arena_defer(arena, write_note, &a));
    assert_true(arena_defer(arena, write_note, &b));
    arena_reset(arena);
    assert_string_equal(log, "ba");
    arena_reset(arena);
    assert_string_equal(log, "ba");
    assert_true(arena_defer(arena, write_note, &c));
    arena_free(arena);
    assert_string_equal(log, "bac");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_alloc__any_size__is_aligned_and_zeroed),
        cmocka_unit_test(arena_alloc__above_the_ceiling__is_null_and_harmless),
        cmocka_unit_test(arena_strdup__texts__are_copies),
        cmocka_unit_test(arena_defer__objects__are_released_last_in_first_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

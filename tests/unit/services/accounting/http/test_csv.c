/* Comma separated values: headers, quotes, line ends, and what a sheet must not run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/http/csv.h"

enum { ARENA_BYTES_MAX = 1 << 20 };

static void csv__rows__by_header(void **state)
{
    static const char text[] = "address,description\r\n0x1,\"a, \"\"b\"\"\"\n\n0x2\n\"0x3\",c";
    struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct csv csv;
    struct err err;
    (void)state;
    assert_true(csv_open(&csv, arena, text, strlen(text), &err));
    assert_true(csv_next(&csv));
    assert_string_equal(csv_get(&csv, "address"), "0x1");
    assert_string_equal(csv_get(&csv, "description"), "a, \"b\"");
    assert_null(csv_get(&csv, "no"));
    assert_true(csv_next(&csv));
    assert_string_equal(csv_get(&csv, "address"), "0x2");
    assert_null(csv_get(&csv, "description"));
    assert_true(csv_next(&csv));
    assert_string_equal(csv_get(&csv, "address"), "0x3");
    assert_string_equal(csv_get(&csv, "description"), "c");
    assert_false(csv_next(&csv));
    arena_free(arena);
}

static void csv__odd_bytes__end_without_a_step_outside(void **state)
{
    static const char *const texts[] = {"\"", "a,\"b", ",,,,", "\"\"\"", "a\r", "\n\n\n", "a\n\"x"};
    char wide[200];
    struct csv csv;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct arena *arena = arena_new(ARENA_BYTES_MAX);
        assert_true(csv_open(&csv, arena, texts[i], strlen(texts[i]), &err));
        while (csv_next(&csv))
            assert_true(csv.cells_count > 0);
        arena_free(arena);
    }
    memset(wide, ',', sizeof(wide)); /* more columns than there is room for */
    struct arena *arena = arena_new(ARENA_BYTES_MAX);
    assert_true(csv_open(&csv, arena, wide, sizeof(wide), &err));
    assert_int_equal(csv.headers_count, CSV_COLUMNS_MAX);
    assert_false(csv_open(&csv, arena, "", 0, &err));
    assert_false(csv_open(&csv, arena, "a\0b", 3, &err));
    arena_free(arena);
}

static void csv_write__quotes_and_formulas(void **state)
{
    struct str out = STR_INIT(1024);
    (void)state;
    csv_write(&out, "plain");
    str_add_char(&out, ',');
    csv_write(&out, "a,\"b\"");
    str_add_char(&out, ',');
    csv_write(&out, "=1+1");
    str_add_char(&out, ',');
    csv_write(&out, NULL);
    assert_string_equal(str_data(&out), "plain,\"a,\"\"b\"\"\",\"'=1+1\",");
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv__rows__by_header),
        cmocka_unit_test(csv__odd_bytes__end_without_a_step_outside),
        cmocka_unit_test(csv_write__quotes_and_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A whole file as a text: the ceiling of the text is the bound, and what can't be read says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/file.h"

static char path[64];

static int file_new(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "/tmp/test_file_XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "0123456789", 10), 10);
    return close(file);
}

static int file_remove(void **state)
{
    (void)state;
    return unlink(path);
}

static void file_read__to_the_ceiling__is_whole(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(12);
    struct err err;
    (void)state;
    str_add(&text, "a:");
    assert_true(file_read(path, &text, &err));
    assert_string_equal(text.data, "a:0123456789");
    assert_int_equal(text.length, 12);
}

static void file_read__above_the_ceiling__is_refused(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(9);
    struct err err;
    (void)state;
    assert_false(file_read(path, &text, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.what, path));
    assert_non_null(strstr(err.what, "too large"));
}

/* Its size is not known before its end. */
static void file_read__endless__is_refused(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(200 * 1024);
    struct err err;
    (void)state;
    assert_false(file_read("/dev/zero", &text, &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

static void file_read__nothing_in_it__is_an_empty_text(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(10);
    struct err err;
    (void)state;
    assert_true(file_read("/dev/null", &text, &err));
    assert_string_equal(str_data(&text), "");
}

static void file_read__what_is_no_file__says_why(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(10);
    struct err err;
    (void)state;
    assert_false(file_read("/nonexistent", &text, &err));
    assert_string_equal(err.what, "/nonexistent: No such file or directory");
    assert_false(file_read("/tmp", &text, &err));
    assert_string_equal(err.what, "/tmp: Is a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_read__to_the_ceiling__is_whole),
        cmocka_unit_test(file_read__above_the_ceiling__is_refused),
        cmocka_unit_test(file_read__endless__is_refused),
        cmocka_unit_test(file_read__nothing_in_it__is_an_empty_text),
        cmocka_unit_test(file_read__what_is_no_file__says_why),
    };
    return cmocka_run_group_tests(tests, file_new, file_remove);
}

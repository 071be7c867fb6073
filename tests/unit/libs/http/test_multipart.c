/* Forms with files: the parts, and everything that is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "http/private.h"

#define TYPE "multipart/form-data; boundary=xyz"
#define NAMED(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define OF_FILE(name, file) "Content-Disposition: form-data; name=\"" name "\"; " file "\r\n"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static bool reads(const char *type, const char *body, struct multipart *ret_form)
{
    struct err err;
    bool read = multipart_read(type, body, strlen(body), arena, ret_form, &err);
    if (!read)
        assert_int_equal(err.code, ERR_BODY_INVALID);
    return read;
}

static void assert_part(const struct multipart_part *part, const char *name, const char *filename,
                        const char *content)
{
    assert_string_equal(part->name, name);
    if (filename)
        assert_string_equal(part->filename, filename);
    else
        assert_null(part->filename);
    assert_int_equal(part->length, strlen(content));
    assert_memory_equal(part->bytes, content, part->length);
}

static void multipart_read__fields_and_files__are_parts(void **state)
{
    struct multipart form;
    (void)state;
    assert_true(reads(TYPE,
                      "--xyz\r\n" NAMED("doc_type") "\r\nIdentity card\r\n--xyz\r\n" OF_FILE(
                          "upload[]", "filename=\"a.jpg\"") "Content-Type: image/jpeg\r\n\r\n"
                                                            "\r\n--xy\r\n-\r\n\r\n--xyz--\r\n",
                      &form));
    assert_int_equal(form.count, 2);
    assert_part(&form.parts[0], "doc_type", NULL, "Identity card");
    assert_part(&form.parts[1], "upload[]", "a.jpg", "\r\n--xy\r\n-\r\n");
    assert_string_equal(form.parts[1].media_type, "image/jpeg");
}

static void multipart_read__empty_parts_and_no_last_line__are_fine(void **state)
{
    struct multipart form;
    (void)state;
    assert_true(reads(TYPE, "--xyz\r\n" NAMED("a") "\r\n\r\n--xyz--", &form));
    assert_part(&form.parts[0], "a", NULL, "");
    assert_true(reads(TYPE, "--xyz\r\n" NAMED("a") "\r\n--xyz--", &form));
    assert_part(&form.parts[0], "a", NULL, "");
    assert_true(reads(TYPE, "--xyz--\r\n", &form));
    assert_int_equal(form.count, 0);
}

static void multipart_read__names_of_files__come_in_three_spellings(void **state)
{
    static const struct {
        const char *file, *expected;
    } cases[] = {
        {"filename=plain.png", "plain.png"},
        {"filename=\"a \\\"b\\\".png\"", "a \"b\".png"},
        {"filename=\"C:\\dir\\f.jpg\"", "C:\\dir\\f.jpg"},
        {"filename*=UTF-8''na%C3%AFve%20.png", "na\xc3\xafve .png"},
        {"filename=\"old.png\"; filename*=utf-8'en'new.png", "new.png"},
        {"filename=\"../../etc/passwd\"", "../../etc/passwd"},
        {"filename=\"\"", ""},
    };
    struct multipart form;
    char body[512];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        snprintf(body, sizeof(body),
                 "--xyz\r\nContent-Disposition: form-data; name=\"f\"; %s\r\n\r\n1\r\n--xyz--",
                 cases[i].file);
        assert_true(reads(TYPE, body, &form));
        assert_part(&form.parts[0], "f", cases[i].expected, "1");
    }
}

static void multipart_read__what_two_readers_could_see_differently__is_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "preamble\r\n--xyz\r\n" NAMED("a") "\r\n1\r\n--xyz--",
        "--xyz\n" NAMED("a") "\r\n1\r\n--xyz--",
        "--xyz\r\n" NAMED("a") "\r\n1\r\n--xyz",
        "--xyz\r\n" NAMED("a") "\r\n1\r\n--xyz--epilogue",
        "--xyz\r\n" NAMED("a") "\r\n1\n--xyz--",
        "--xyz\r\n" NAMED("a") NAMED("b") "\r\n1\r\n--xyz--",
        "--xyz\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n1\r\n--xyz--",
        "--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xyz--",
        "--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--xyz--",
        "--xyz\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--xyz--",
        "--xyz\r\n\r\n1\r\n--xyz--",
        "--xyz\r\n" NAMED("a") "Content-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--xyz--",
        "--xyz\r\n" NAMED("a") "Content-Type: multipart/mixed; boundary=q\r\n\r\n1\r\n--xyz--",
        "--xyz\r\n" NAMED("\xff") "\r\n1\r\n--xyz--",
        "--xyz\r\n" OF_FILE("a", "filename*=UTF-8''%ff") "\r\n1\r\n--xyz--",
        "--xyz\r\n" OF_FILE("a", "filename*=latin1''x") "\r\n1\r\n--xyz--",
        "--xyz\r\n" OF_FILE("a", "filename*=UTF-8''a%0Db") "\r\n1\r\n--xyz--",
        "--xyz\r\nno colon\r\n" NAMED("a") "\r\n1\r\n--xyz--",
    };
    static const char *const types[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=xyz; boundary=abc",
        "multipart/form-data; boundary=\"xyz",
        "multipart/form-data; boundary=\"x\\\\z\"",
        "multipart/form-data boundary=xyz",
        "multipart/form-data; boundary=012345678901234567890123456789012345678901234567890123456789"
        "01234567890",
    };
    struct multipart form;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
        assert_false(reads(TYPE, bodies[i], &form));
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        assert_false(reads(types[i], "--xyz\r\n" NAMED("a") "\r\n1\r\n--xyz--", &form));
}

static void multipart_read__bounds__are_kept(void **state)
{
    AUTO(str_release) struct str body = STR_INIT(1 << 20);
    struct multipart form;
    (void)state;
    for (int i = 0; i < MULTIPART_PARTS_MAX; i++)
        str_add(&body, "--xyz\r\n" NAMED("a") "\r\n1\r\n");
    size_t all = body.length;
    str_add(&body, "--xyz--");
    assert_true(reads(TYPE, body.data, &form));
    assert_int_equal(form.count, MULTIPART_PARTS_MAX);
    body.length = all;
    str_add(&body, "--xyz\r\n" NAMED("a") "\r\n1\r\n--xyz--");
    assert_false(reads(TYPE, body.data, &form));

    str_clear(&body);
    str_add(&body, "--xyz\r\n" NAMED("a"));
    for (int i = 0; i < MULTIPART_HEADERS_MAX; i++)
        str_add(&body, "X: y\r\n");
    str_add(&body, "\r\n1\r\n--xyz--");
    assert_false(reads(TYPE, body.data, &form));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipart_read__fields_and_files__are_parts),
        cmocka_unit_test(multipart_read__empty_parts_and_no_last_line__are_fine),
        cmocka_unit_test(multipart_read__names_of_files__come_in_three_spellings),
        cmocka_unit_test(multipart_read__what_two_readers_could_see_differently__is_refused),
        cmocka_unit_test(multipart_read__bounds__are_kept),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Query, form and JSON as a list of named values: strict encodings, and bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "http/private.h"

static const struct http_route list_route = {.method = "GET", .path = "/orders"};

static struct http_server server = {
    .spec = {.clock = &clock_real},
    .limits = {.body_bytes_max = 1 << 20, .arena_bytes_max = 1 << 20},
};

static void values_add_pairs__encodings__are_strict(void **state)
{
    static const char *const wrong[] = {"a=%",   "a=%4",   "a=%zz",    "a=%00", "%00=a",
                                        "a=%ff", "a=\xff", "a=%c0%ae", "a%E0=b"};
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct http_request *request = request_new(&server);
        char *copy = arena_strdup(request->arena, wrong[i]);
        assert_false(values_add_pairs(&request->values, copy, 10, request->arena, &err));
        assert_int_equal(err.code, ERR_REQUEST_INVALID);
        request_free(request);
    }
    struct http_request *request = request_new(&server);
    char text[] = "a=1+2%2B%26&&b&=c&d==%3D";
    assert_true(values_add_pairs(&request->values, text, 4, request->arena, &err));
    assert_int_equal(request->values.count, 4);
    assert_string_equal(values_find(&request->values, "a")->text, "1 2+&");
    assert_string_equal(values_find(&request->values, "b")->text, "");
    assert_string_equal(values_find(&request->values, "")->text, "c");
    assert_string_equal(values_find(&request->values, "d")->text, "==");
    char more[] = "a&b&c&d&e";
    assert_false(values_add_pairs(&request->values, more, 4, request->arena, &err));
    request_free(request);
}

struct upload {
    const char *kind;
    struct param_files files;
};

static void params_read__a_form_with_files__fills_texts_and_files(void **state)
{
    static const struct param rows[] = {
        {.name = "kind",
         .kind = PARAM_TEXT,
         .offset = offsetof(struct upload, kind),
         .flags = PARAM_REQUIRED},
        {.name = "upload",
         .kind = PARAM_FILES,
         .offset = offsetof(struct upload, files),
         .flags = PARAM_REQUIRED},
        PARAM_END,
    };
    static const struct http_route route = {
        .method = "POST", .path = "/documents", .class_name = "resource.document", .params = rows};
    struct multipart_part parts[] = {
        {.name = "kind", .bytes = "Passport", .length = 8},
        {.name = "upload[]", .filename = "a.jpg", .bytes = "1", .length = 1},
        {.name = "upload", .filename = "b.jpg", .bytes = "22", .length = 2},
        {.name = "upload[]", .bytes = "text", .length = 4},
    };
    struct multipart form = {.parts = parts, .count = ARRAY_LEN(parts)};
    struct codes codes;
    struct err err;
    (void)state;
    struct http_request *request = request_new(&server);
    request->route = &route;
    struct upload upload = {.kind = NULL};
    request->params = &upload;
    params_read(request, &route, &codes);
    assert_int_equal(codes.count, 2);
    assert_string_equal(codes.items[1], "resource.document.missing_upload");
    assert_true(values_add_multipart(&request->values, &form, request->arena, &err));
    params_read(request, &route, &codes);
    assert_int_equal(codes.count, 0);
    assert_string_equal(upload.kind, "Passport");
    assert_int_equal(upload.files.count, 2);
    assert_int_equal(upload.files.others, 1);
    assert_string_equal(upload.files.items[1]->filename, "b.jpg");
    assert_int_equal(upload.files.items[1]->length, 2);
    parts[0].bytes = "a\0b";
    assert_false(values_add_multipart(&request->values, &form, request->arena, &err));
    assert_int_equal(err.code, ERR_BODY_INVALID);
    request_free(request);
}

static void http_set_params_json__anything_but_an_object__is_refused(void **state)
{
    struct http_request *request = request_new(&server);
    struct err err;
    (void)state;
    request->route = &list_route;
    assert_false(http_set_params_json(request, "[1]", 3, &err));
    assert_int_equal(err.code, ERR_BODY_INVALID);
    assert_false(http_set_params_json(request, "{", 1, &err));
    assert_true(http_set_params_json(request, "{\"a\":1}", 7, &err));
    assert_true(http_set_params_json(request, "{\"b\":1}", 7, &err));
    assert_false(http_param_given(request, "a"));
    assert_true(http_param_given(request, "b"));
    request_free(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_add_pairs__encodings__are_strict),
        cmocka_unit_test(params_read__a_form_with_files__fills_texts_and_files),
        cmocka_unit_test(http_set_params_json__anything_but_an_object__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

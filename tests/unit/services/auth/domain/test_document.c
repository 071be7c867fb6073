/* what an uploaded file may be is what its content says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "auth/domain/document.h"

#define PNG(width, height)                                                                         \
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0" width "\0\0" height "\x08\x02\0\0\0\0\0\0\0"
#define JPEG "\xff\xd8\xff\xe0\0\x04JF\xff\xc0\0\x11\x08\x01\0\x02\0\x03\x01\x11\0"

static const struct upload_limits limits = {
    .bytes_min = 1, .bytes_max = 1000, .extensions = "jpg, jpeg, png, pdf"};

static struct param_file file_of(const char *name, const void *bytes, size_t length)
{
    return (struct param_file){.filename = name, .bytes = bytes, .length = length};
}

static bool is_taken(struct param_file file, enum upload_kind *ret_kind)
{
    struct mistakes mistakes = {.count = 0};
    upload_check(&file, &limits, ret_kind, &mistakes);
    if (mistakes.count > 0)
        assert_string_equal(mistakes.codes[mistakes.count - 1], "upload.blank");
    return mistakes.count == 0;
}

#define FILE_OF(name, bytes) file_of(name, bytes, sizeof(bytes) - 1)

static void upload_check__pictures_and_pdf__are_taken(void **state)
{
    const struct {
        struct param_file file;
        enum upload_kind kind;
    } cases[] = {
        {FILE_OF("a.png", PNG("\1\0", "\1\0")), UPLOAD_PNG},
        {FILE_OF("A.PNG", PNG("\1\0", "\1\0")), UPLOAD_PNG},
        {FILE_OF("b.jpeg", JPEG), UPLOAD_JPEG},
        {FILE_OF("b.JPG", JPEG), UPLOAD_JPEG},
        {FILE_OF("../../etc/c.pdf", "%PDF-1.7\n"), UPLOAD_PDF},
    };
    enum upload_kind kind;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_true(is_taken(cases[i].file, &kind));
        assert_int_equal(kind, cases[i].kind);
    }
}

static void upload_check__what_is_no_picture__is_refused(void **state)
{
    static char large[1001] = "%PDF-";
    const struct param_file files[] = {
        FILE_OF("a.jpg", ""),
        FILE_OF("a.jpg", "<?php system($_GET['c']); ?>"),
        FILE_OF("a.PHP.jpg", "<?php"),
        FILE_OF("a.jpg.php", JPEG),
        FILE_OF("a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        FILE_OF("a.png", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        FILE_OF("a.png", JPEG),
        FILE_OF("a", JPEG),
        FILE_OF("a.", JPEG),
        FILE_OF("a.exe", "MZ"),
        FILE_OF("a.pdf", "PK\3\4"),
        FILE_OF("a.png", "\x89PNG\r\n\x1a\n"),         /* no head */
        FILE_OF("a.png", PNG("\x9c\x40", "\x9c\x40")), /* 40,000 x 40,000 */
        FILE_OF("a.png", PNG("\0\0", "\1\0")),
        FILE_OF("a.jpg", "\xff\xd8\xff\xe0\0\2"), /* no frame */
        FILE_OF("a.jpg", "\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\3\1\1"),
        {.filename = "a.pdf", .bytes = large, .length = sizeof(large)},
    };
    enum upload_kind kind;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        if (is_taken(files[i], &kind))
            fail_msg("%s (%zu) was taken", files[i].filename, i);
}

static void document_number_check__letters_digits_blanks__are_fine(void **state)
{
    struct mistakes mistakes = {.count = 0};
    char number[DOCUMENT_NUMBER_CHARS_MAX + 2];
    (void)state;
    document_number_check("AA 123-456", &mistakes);
    assert_int_equal(mistakes.count, 0);
    document_number_check("12/34", &mistakes);
    assert_string_equal(mistakes.codes[0], "doc_number.invalid");
    memset(number, '1', sizeof(number));
    number[DOCUMENT_NUMBER_CHARS_MAX + 1] = '\0';
    document_number_check(number, &mistakes);
    assert_string_equal(mistakes.codes[1], "doc_number.too_long");
}

static void upload_kind_of_key__our_names__tell_the_kind(void **state)
{
    enum upload_kind kind;
    (void)state;
    assert_true(upload_kind_of_key("documents/ab.png", &kind));
    assert_string_equal(upload_media_type(kind), "image/png");
    assert_false(upload_kind_of_key("documents/ab.html", &kind));
    assert_false(upload_kind_of_key("documents/ab", &kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upload_check__pictures_and_pdf__are_taken),
        cmocka_unit_test(upload_check__what_is_no_picture__is_refused),
        cmocka_unit_test(document_number_check__letters_digits_blanks__are_fine),
        cmocka_unit_test(upload_kind_of_key__our_names__tell_the_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The drawing of QR codes: the shape of both pictures. That they can be read is a browser's test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "qr/qr.h"

static const char url[] = "otpauth://totp/Bourse:admin%40barong.io?secret=GEZDGNBVGY3TQOJQGEZDGNBV"
                          "GY3TQOJQ&issuer=Bourse&algorithm=SHA1&digits=6&period=30";

static void qr_png__an_address__a_picture_of_the_asked_size(void **state)
{
    AUTO(str_release) struct str png = STR_INIT(64 * 1024);
    struct err err;
    (void)state;
    assert_true(qr_png(url, 300, &png, &err));
    assert_memory_equal(png.data, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    assert_memory_equal(png.data + png.length - 12, "\0\0\0\0IEND\xae\x42\x60\x82", 12);
    unsigned width = (unsigned)(uint8_t)png.data[18] << 8 | (uint8_t)png.data[19];
    assert_in_range(width, 200, 300);
    assert_memory_equal(png.data + 16, png.data + 20, 4);
}

static void qr_png__small__one_pixel_a_module_at_least(void **state)
{
    AUTO(str_release) struct str png = STR_INIT(64 * 1024);
    struct err err;
    (void)state;
    assert_true(qr_png("x", 0, &png, &err));
    assert_int_equal(png.data[19], 21 + 2 * QR_QUIET_MODULES);
}

static void qr_svg__an_address__one_element(void **state)
{
    AUTO(str_release) struct str svg = STR_INIT(64 * 1024);
    struct err err;
    (void)state;
    assert_true(qr_svg(url, &svg, &err));
    assert_memory_equal(svg.data, "<svg ", 5);
    assert_string_equal(svg.data + svg.length - 6, "</svg>");
}

static void qr_png__too_long_or_no_room__refused(void **state)
{
    AUTO(str_release) struct str png = STR_INIT(100), text = STR_INIT(QR_TEXT_MAX + 1);
    struct err err;
    (void)state;
    assert_false(qr_png(url, 300, &png, &err));
    assert_int_equal(err.code, ERR_INTERNAL);
    for (int i = 0; i <= QR_TEXT_MAX; i++)
        str_add_char(&text, 'a');
    assert_false(qr_svg(text.data, &png, &err));
    assert_int_equal(err.code, ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qr_png__an_address__a_picture_of_the_asked_size),
        cmocka_unit_test(qr_png__small__one_pixel_a_module_at_least),
        cmocka_unit_test(qr_svg__an_address__one_element),
        cmocka_unit_test(qr_png__too_long_or_no_room__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Cookies: one value out of a header, and a Set-Cookie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "http/cookie.h"

static void cookie_read__header__gives_the_value_or_nothing(void **state)
{
    static const struct {
        const char *header, *value; /* NULL: nothing */
    } cases[] = {
        {"s=1", "1"},         {"a=2; s=1; b=3", "1"},
        {"a=2;s=1", "1"},     {"s=\"1\"", "1"},
        {"s=a=b", "a=b"},     {"s=", ""},
        {" s=1 ; b", "1"},    {"s=1; s=1", "1"},
        {"s=1; s=2", NULL}, /* planted by a sibling domain? */
        {"ss=1", NULL},       {"S=1", NULL},
        {"s", NULL},          {"", NULL},
        {NULL, NULL},         {"s=a b", NULL},
        {"s=a,b", NULL},      {"s=\xc3\xa9", NULL},
        {"s=12345678", NULL}, /* no room */
    };
    char value[8];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool found = cookie_read(cases[i].header, "s", value, sizeof(value));
        assert_int_equal(found, cases[i].value != NULL);
        if (found)
            assert_string_equal(value, cases[i].value);
    }
}

static void cookie_write__session__has_its_attributes(void **state)
{
    struct str out = STR_INIT(1024);
    struct cookie cookie = {.name = "_barong_session",
                            .value = "0123",
                            .max_age_s = 86400,
                            .now_us = 1590994880000000,
                            .http_only = true,
                            .secure = true,
                            .same_site = "Lax"};
    (void)state;
    cookie_write(&out, &cookie);
    assert_string_equal(out.data, "_barong_session=0123; path=/; max-age=86400; "
                                  "expires=Tue, 02 Jun 2020 07:01:20 GMT; HttpOnly; Secure; "
                                  "SameSite=Lax");
    str_clear(&out);
    cookie = (struct cookie){.name = "s", .value = "", .max_age_s = -1, .path = "/oauth2"};
    cookie_write(&out, &cookie);
    assert_string_equal(out.data,
                        "s=; path=/oauth2; max-age=0; expires=Thu, 01 Jan 1970 00:00:00 GMT");
    str_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookie_read__header__gives_the_value_or_nothing),
        cmocka_unit_test(cookie_write__session__has_its_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Places of addresses, from a database that tests/support/mmdb.py wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "geo/geo.h"

static const char path[] = "tests/unit/libs/geo/places.mmdb";

static void geo_find__addresses__have_their_places(void **state)
{
    static const char *const rows[][5] = {
        {"203.0.113.0", "JP", "Japan", "AS", "Asia"},
        {"203.0.113.255", "JP", "Japan", "AS", "Asia"},
        {"203.0.114.0", "", "", "", ""},
        {"198.51.100.7", "GB", "United Kingdom", "EU", "Europe"},
        {"198.51.100.8", "", "", "", ""},
        {"2001:db8:7::1", "GB", "United Kingdom", "EU", "Europe"},
        {"2001:db9::", "", "", "", ""},
        {"127.0.0.1", "", "", "", ""},
        {"nowhere", "", "", "", ""},
        {"", "", "", "", ""},
    };
    struct geo *geo;
    struct err err;
    (void)state;
    assert_true(geo_open(path, "en", &geo, &err));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct geo_place place;
        geo_find(geo, rows[i][0], &place);
        assert_string_equal(place.country_code, rows[i][1]);
        assert_string_equal(place.country_name, rows[i][2]);
        assert_string_equal(place.continent_code, rows[i][3]);
        assert_string_equal(place.continent_name, rows[i][4]);
    }
    geo_close(geo);
}

static void geo_find__other_language__has_codes_only(void **state)
{
    struct geo *geo;
    struct geo_place place;
    struct err err;
    (void)state;
    assert_true(geo_open(path, "de", &geo, &err));
    geo_find(geo, "203.0.113.9", &place);
    assert_string_equal(place.country_code, "JP");
    assert_string_equal(place.country_name, "");
    geo_close(geo);
}

static void geo_open__no_file__is_nowhere_or_an_error(void **state)
{
    struct geo *geo;
    struct geo_place place;
    struct err err;
    (void)state;
    assert_true(geo_open("", "en", &geo, &err));
    geo_find(geo, "203.0.113.9", &place);
    assert_string_equal(place.country_code, "");
    geo_close(geo);
    geo_close(NULL);
    assert_false(geo_open("/nowhere.mmdb", "en", &geo, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_false(geo_open("Makefile", "en", &geo, &err));
    assert_false(geo_open(path, "a language", &geo, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(geo_find__addresses__have_their_places),
        cmocka_unit_test(geo_find__other_language__has_codes_only),
        cmocka_unit_test(geo_open__no_file__is_nowhere_or_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Profiles: names of all scripts, places, dates; masks; and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "auth/domain/calendar.h"
#include "auth/domain/mask.h"
#include "auth/domain/profile.h"

#define NOW_US 1590994880000000 /* 2020-06-01 */

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

/* The codes of a draft, with commas between them. */
static const char *codes_of(const struct profile_draft *draft, struct profile *profile)
{
    static char text[512];
    struct mistakes mistakes = {.count = 0};
    text[0] = '\0';
    profile_apply(profile, draft, NOW_US, arena, &mistakes);
    for (size_t i = 0; i < mistakes.count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof(text) - used, "%s%s", i > 0 ? "," : "", mistakes.codes[i]);
    }
    return text;
}

static void profile_apply__people_of_the_world__are_taken(void **state)
{
    static const struct profile_draft drafts[] = {
        {.first_name = "Jean-Luc", .last_name = "O'Neill", .city = "Saint-Denis"},
        {.first_name = "\xec\x9d\xb4", .last_name = "\xec\x88\x9c\xec\x8b\xa0"},
        {.first_name = "\xd0\x9e\xd0\xbb\xd1\x8f", .last_name = "\xd0\x84"},
        {.first_name = "\xe0\xa4\xb8\xe0\xa5\x80\xe0\xa4\xa4\xe0\xa4\xbe"}, /* vowel signs */
        {.first_name = "Zoe\xcc\x88"},                                      /* e and dots */
        {.address = "28~1/2 \"Kevin & Brook\": (Miami, USA)"},
        {.address = "Rue 5 \xe2\x80\x93 7, d'Or; #4"},
        {.postcode = "SW1A 2AA", .country = "GBR"},
        {.postcode = "12", .country = "de"},
        {.dob = "2007-05-31"},
        {.dob = "31/05/2007"},
        {.dob = "2020-06-01T00:00:00Z"},
        {.metadata = "{\"a\":1}"},
        {.metadata = ""},
        {.first_name = NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(drafts); i++) {
        struct profile profile = {.id = 0};
        assert_string_equal(codes_of(&drafts[i], &profile), "");
    }
}

static void profile_apply__broken_rules__are_named(void **state)
{
    static const struct {
        struct profile_draft draft;
        const char *codes;
    } cases[] = {
        {{.first_name = "J@ck"}, "first_name.invalid"},
        {{.first_name = "a<b", .last_name = ""}, "first_name.invalid,last_name.invalid"},
        {{.city = "London #1"}, "city.invalid"},
        {{.city = "a@b"}, "city.invalid"},
        {{.address = "me@home"}, "address.invalid"},
        {{.postcode = "1"}, "postcode.too_short"},
        {{.postcode = "1/2"}, "postcode.invalid"},
        {{.country = "XX"}, "country.must have alpha2 or alpha3 format"},
        {{.country = "Germany"}, "country.must have alpha2 or alpha3 format"},
        {{.dob = "2020-06-02"}, "dob.invalid"},
        {{.dob = "2019-02-29"}, "dob.invalid_format"},
        {{.dob = "tomorrow"}, "dob.invalid_format"},
        {{.metadata = "{ bar: baz }"}, "metadata.invalid_format"},
        {{.first_name = "\xff"}, "first_name.invalid"},
        {{.first_name = "\xf0\x9f\x98\x80"}, "first_name.invalid"}, /* a face is no name */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct profile profile = {.id = 0};
        assert_string_equal(codes_of(&cases[i].draft, &profile), cases[i].codes);
    }
}

static void profile_apply__blanks_and_dates__are_put_right(void **state)
{
    const struct profile_draft draft = {
        .first_name = "  Anna \t Maria ", .dob = "1/2/1990", .country = "fr"};
    struct profile profile = {.last_name = "kept"};
    (void)state;
    assert_string_equal(codes_of(&draft, &profile), "");
    assert_string_equal(profile.first_name, "Anna Maria");
    assert_string_equal(profile.last_name, "kept");
    assert_string_equal(profile.dob, "1990-02-01");
    assert_string_equal(profile.country, "FR");
}

static void date_parse__spellings__are_one_day_or_none(void **state)
{
    static const struct {
        const char *text, *date;
    } cases[] = {
        {"2024-02-29", "2024-02-29"},
        {"2024/2/9", "2024-02-09"},
        {"29.02.2024", "2024-02-29"},
        {"3020-01-22", "3020-01-22"},
        {" 2020-01-02 ", "2020-01-02"},
        {"2020-01-02 03:04", "2020-01-02"},
        {"2023-02-29", NULL},
        {"2020-13-01", NULL},
        {"2020-00-01", NULL},
        {"2020-01-32", NULL},
        {"2020-01/02", NULL},
        {"20200102", NULL},
        {"", NULL},
        {"blah", NULL},
        {"2020-01-02x", NULL},
        {"1200-01-01", NULL},
        {"12345-01-01", NULL},
    };
    char date[DATE_SIZE];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool found = date_parse(cases[i].text, date);
        assert_int_equal(found, cases[i].date != NULL);
        if (found)
            assert_string_equal(date, cases[i].date);
    }
}

static void mask__what_identifies__is_hidden(void **state)
{
    static const struct {
        void (*mask)(struct str *out, const char *text);
        const char *text, *masked;
    } cases[] = {
        {mask_name, "Oliver", "O*****"},
        {mask_name, "", ""},
        {mask_name, "\xd0\x9e\xd0\xbb\xd1\x8f", "\xd0\x9e**"},
        {mask_date, "2007-05-31", "2007-05-**"},
        {mask_document, "AA1234BB", "AA****BB"},
        {mask_document, "1234", "****"},
        {mask_document, "12345", "12*45"},
        {mask_phone, "380501232322", "380*****2322"},
        {mask_phone, "12015550123", "1******0123"},
        {mask_phone, "9991234567", "99****4567"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = STR_INIT(100);
        cases[i].mask(&out, cases[i].text);
        assert_string_equal(str_data(&out), cases[i].masked);
        str_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profile_apply__people_of_the_world__are_taken),
        cmocka_unit_test(profile_apply__broken_rules__are_named),
        cmocka_unit_test(profile_apply__blanks_and_dates__are_put_right),
        cmocka_unit_test(date_parse__spellings__are_one_day_or_none),
        cmocka_unit_test(mask__what_identifies__is_hidden),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

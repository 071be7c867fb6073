/* Columns that Barong sealed: vectors of an independent writer (Python), and what is none of Barong's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/barong_sealed.h"
#include "base/auto.h"

#define NAME "202023.V7g1jZxANG64toi/j6w=--AAECAwQFBgcICQoL--HjTOYW9VoOcW2ZITmankuw=="
#define DATE                                                                                       \
    "202123.Iw/D0QGGD1hZif4gwdJzAgR6BgOKM/"                                                        \
    "jYOSvqSVwqIoJN--AAECAwQFBgcICQoL--rrz7tjqhwN6qmDYe9r1KFQ=="
#define NUMBER "202123.Iw//7Q==--AAECAwQFBgcICQoL--3LIe3bABAA/0dYHPuKUBgw=="

static void barong_unseal__texts_and_dates__are_opened(void **state)
{
    struct barong_keys keys = {.secret = "secret-key-base"};
    AUTO(str_release) struct str name = STR_INIT(100), date = STR_INIT(100);
    struct err err;
    (void)state;
    assert_true(barong_unseal(&keys, NAME, &name, &err));
    assert_string_equal(name.data, "Zo\xc3\xab");
    assert_true(barong_unseal(&keys, DATE, &date, &err));
    assert_string_equal(date.data, "1985-12-10");
    assert_int_equal(keys.count, 2); /* a key for each week */
    str_clear(&name);
    assert_true(barong_unseal(&keys, NAME, &name, &err));
    assert_int_equal(keys.count, 2);
}

static void barong_unseal__what_does_not_open__is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "x",
        "202023",
        "202023.",
        "202023.a--b",
        "2020231.V7g1--AAEC--HjTO",
        ".V7g1--AA--HH",
        "202023.V7g1jZxANG64toi/j6w=--AAECAwQFBgcICQoL--HjTOYW9VoOcW2ZITmankuQ==", /* a bit */
        "202024.V7g1jZxANG64toi/j6w=--AAECAwQFBgcICQoL--HjTOYW9VoOcW2ZITmankuw==", /* a week */
        "202023.V7g1jZxANG64toi/j6w=--AAEC--HjTOYW9VoOcW2ZITmankuw==",
        NUMBER,
    };
    struct barong_keys keys = {.secret = "secret-key-base"}, others = {.secret = "another"};
    AUTO(str_release) struct str out = STR_INIT(100);
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (barong_unseal(&keys, rows[i], &out, &err))
            fail_msg("row %zu", i);
        assert_int_equal(err.code, ERR_INVALID);
    }
    assert_false(barong_unseal(&others, NAME, &out, &err));
    assert_int_equal(out.length, 0);
}

static void barong_unmarshal__cut_anywhere__never_reads_beyond(void **state)
{
    static const uint8_t text[] = "\x04\x08I\"\x08"
                                  "abc\x06:\x06"
                                  "ET",
                         long_text[] = "\x04\x08\"\x01\xff"
                                       "x";
    (void)state;
    for (size_t length = 0; length < sizeof(text) - 1; length++) {
        AUTO(str_release) struct str out = STR_INIT(100);
        bool read = barong_unmarshal(text, length, &out);
        assert_int_equal(read, length >= 8);
        assert_true(!read || strcmp(out.data, "abc") == 0);
    }
    AUTO(str_release) struct str out = STR_INIT(100);
    assert_false(barong_unmarshal(long_text, sizeof(long_text) - 1, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(barong_unseal__texts_and_dates__are_opened),
        cmocka_unit_test(barong_unseal__what_does_not_open__is_refused),
        cmocka_unit_test(barong_unmarshal__cut_anywhere__never_reads_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Addresses: one spelling for both families, networks, and how far a session may wander. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/address.h"

static struct address at(const char *text)
{
    struct address address;
    assert_true(address_parse(text, &address));
    return address;
}

static void address_parse__both_families__mapped_is_equal(void **state)
{
    (void)state;
    struct address a = at("192.0.2.1"), b = at("::ffff:192.0.2.1"), c = at("2001:DB8::1");
    assert_true(address_equal(&a, &b));
    assert_true(address_is_v4(&b));
    assert_false(address_equal(&a, &c));
    assert_false(address_is_v4(&c));
}

static void address_parse__no_address__is_refused(void **state)
{
    static const char *const rows[] = {
        "",           "1.2.3",        "1.2.3.4.5", "1.2.3.256", "1.2.3.4 ",  " 1.2.3.4",
        "1.2.3.4:80", "fe80::1%eth0", ":::",       "unknown",   "0x1.2.3.4", "1.2.3.4,5.6.7.8",
    };
    struct address address;
    (void)state;
    assert_false(address_parse(NULL, &address));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (address_parse(rows[i], &address))
            fail_msg("taken: %s", rows[i]);
}

static void subnet_has__prefixes__decide(void **state)
{
    static const struct {
        const char *subnet, *address;
        bool inside;
    } rows[] = {
        {"192.0.2.0/24", "192.0.2.255", true},      {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.77/24", "192.0.2.1", true},       {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.128", true},    {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},        {"::/0", "8.8.8.8", true},
        {"192.0.2.1/32", "192.0.2.1", true},        {"192.0.2.1/32", "192.0.2.2", false},
        {"2001:db8::/32", "2001:db8:1::", true},    {"2001:db8::/32", "2001:db9::", false},
        {"192.0.2.0/24", "::ffff:192.0.2.9", true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct subnet subnet;
        struct address address = at(rows[i].address);
        assert_true(subnet_parse(rows[i].subnet, &subnet));
        if (subnet_has(&subnet, &address) != rows[i].inside)
            fail_msg("%s in %s", rows[i].address, rows[i].subnet);
    }
}

static void subnet_parse__no_subnet__is_refused(void **state)
{
    static const char *const rows[] = {"192.0.2.0",  "192.0.2.0/",     "192.0.2.0/33",
                                       "/24",        "2001:db8::/129", "1.2.3/24",
                                       "1.2.3.4/-1", "1.2.3.4/8x"};
    struct subnet subnet;
    (void)state;
    assert_false(subnet_parse(NULL, &subnet));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (subnet_parse(rows[i], &subnet))
            fail_msg("taken: %s", rows[i]);
}

static void address_is_near__same_16_or_96__only(void **state)
{
    static const struct {
        const char *a, *b;
        bool near;
    } rows[] = {
        {"168.238.57.64", "168.238.1.1", true},   {"168.238.57.64", "168.27.3.225", false},
        {"2001:db8::1:1", "2001:db8::2:2", true}, {"2001:db8::1", "2001:db8:0:0:0:1::1", false},
        {"1.2.3.4", "::ffff:1.2.9.9", true},      {"1.2.3.4", "2001:db8::1", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct address a = at(rows[i].a), b = at(rows[i].b);
        assert_int_equal(address_is_near(&a, &b), rows[i].near);
        assert_int_equal(address_is_near(&b, &a), rows[i].near);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_parse__both_families__mapped_is_equal),
        cmocka_unit_test(address_parse__no_address__is_refused),
        cmocka_unit_test(subnet_has__prefixes__decide),
        cmocka_unit_test(subnet_parse__no_subnet__is_refused),
        cmocka_unit_test(address_is_near__same_16_or_96__only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Whose address a request has, behind proxies (reference barong.md §0.7; catalogue A-16). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/domain/client_ip.h"

static struct proxy_networks proxies_of(const char *list)
{
    struct proxy_networks networks;
    struct err err;
    assert_true(proxy_networks_parse(list, &networks, &err));
    return networks;
}

static void client__is_the_last_that_is_no_proxy(void **state)
{
    static const struct {
        const char *forwarded, *ip;
    } cases[] = {
        {"203.0.113.7", "203.0.113.7"},
        {"203.0.113.7, 10.0.0.1", "203.0.113.7"},
        {"198.51.100.1, 203.0.113.7, 10.0.0.1, 127.0.0.1", "203.0.113.7"},
        {"10.0.0.9, 10.0.0.1", "10.0.0.9"}, /* all are ours: the farthest */
        {" 203.0.113.7 ", "203.0.113.7"},
        {"::ffff:203.0.113.7", "203.0.113.7"},
        {"2001:DB8::7, ::1", "2001:db8::7"},
        {"203.0.113.7, unknown, 10.0.0.1", "10.0.0.1"}, /* nothing behind what we can't read */
        {"203.0.113.7,", ""},
        {"x", ""},
        {"", ""},
        {NULL, ""},
    };
    struct proxy_networks proxies = proxies_of("127.0.0.0/8,10.0.0.0/8,::1/128");
    char ip[VISITOR_IP_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        client_ip_find(&proxies, cases[i].forwarded, ip);
        assert_string_equal(ip, cases[i].ip);
    }
}

static void networks__mistakes_are_refused(void **state)
{
    static const char *const wrong[] = {"10.0.0.0/33", "10.0.0/8", "x", "::1/129",
                                        "127.0.0.0/8,,x"};
    struct proxy_networks networks;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(proxy_networks_parse(wrong[i], &networks, &err));
    assert_int_equal(proxies_of("").count, 0);
    networks = proxies_of("192.168.4.0/22");
    assert_true(proxy_networks_have(&networks, "192.168.7.255"));
    assert_false(proxy_networks_have(&networks, "192.168.8.0"));
    assert_false(proxy_networks_have(&networks, "::1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client__is_the_last_that_is_no_proxy),
        cmocka_unit_test(networks__mistakes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

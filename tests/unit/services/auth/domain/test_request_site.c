/* Which page sent a request: login CSRF is refused, front ends and programs are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "auth/domain/request_site.h"
#include "base/check.h"

static const char *const origins[] = {"https://www.example.com", "https://app.example.org", NULL};

static void request_site_is_ours__each_case(void **state)
{
    static const struct {
        struct request_site site;
        bool ours;
    } rows[] = {
        {{NULL, NULL, "www.example.com"}, true}, /* no browser */
        {{"same-origin", NULL, "x"}, true},
        {{"same-origin", "http://localhost:3000", "www.example.com"},
         true}, /* a proxy in between */
        {{"none", NULL, "x"}, true},
        {{"cross-site", NULL, "www.example.com"}, false},
        {{"same-site", NULL, "www.example.com"}, false},
        {{"cross-site", "https://evil.example", "www.example.com"}, false},
        {{"cross-site", "http://www.example.com", "www.example.com"}, false},
        {{"cross-site", "https://app.example.org", "www.example.com"}, true}, /* listed */
        {{"same-site", "https://forum.example.com", "www.example.com"}, false},
        {{"same-site", "http://localhost:3000", "localhost:8080"}, true},
        {{"", "https://evil.example", "www.example.com"}, false},
        {{NULL, "https://evil.example", "www.example.com"}, false},
        {{NULL, "null", "www.example.com"}, false},
        {{NULL, "null", "null"}, false},
        {{NULL, "", "www.example.com"}, false},
        {{NULL, "http://10.0.0.7:8080", "10.0.0.7"}, true},
        {{NULL, "http://10.0.0.7:8080", "10.0.0.70"}, false},
        {{NULL, "http://10.0.0.7.evil.example", "10.0.0.7"}, false},
        {{NULL, "http://10.0.0.7@evil.example", "10.0.0.7"}, false},
        {{NULL, "http://[::1]:8080", "[::1]"}, true},
        {{NULL, "http://[::1]:8080", "[::2]"}, false},
        {{NULL, "HTTPS://WWW.example.com", "api.example.com"}, true},
        {{NULL, "https://www.example.com:444", "api.example.com"}, false},
        {{NULL, "http://x", NULL}, false},
        {{NULL, "http://", ""}, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (request_site_is_ours(&rows[i].site, origins) != rows[i].ours)
            fail_msg("row %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(request_site_is_ours__each_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

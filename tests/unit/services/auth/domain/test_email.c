/* What is an e-mail address, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "auth/domain/email.h"
#include "base/check.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void email_is_valid__addresses__as_listed(void **state)
{
    static const struct {
        const char *email;
        bool valid;
    } rows[] = {
        {"admin@barong.io", true},
        {"a.b+c_d@x-y.example.com", true},
        {"o'neil!#$%^&*{}/=?`|~-@example.com", true},
        {"A@B.Co", true},
        {A64 "@example.com", true},
        {A64 "a@example.com", false},
        {"", false},
        {"bad_format", false},
        {"@example.com", false},
        {"a@", false},
        {"a@example", false},
        {"a@example.c0m", false},
        {"a@.com", false},
        {"a@example..com", false},
        {"a@-x.com", false},
        {"a@x-.com", false},
        {"a@x_y.com", false},
        {".a@example.com", false},
        {"a.@example.com", false},
        {"a..b@example.com", false},
        {"a b@example.com", false},
        {" a@example.com", false},
        {"a@example.com ", false},
        {"a@example.com\n", false},
        {"a@b@example.com", false},
        {"a@example.com\r\nBcc: x@y.zz", false},
        {"a@" A64 ".com", false},
        {"\xc3\xa4@example.com", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (email_is_valid(rows[i].email) != rows[i].valid)
            fail_msg("\"%s\"", rows[i].email);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(email_is_valid__addresses__as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

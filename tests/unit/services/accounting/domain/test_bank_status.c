/* What a bank says of a payment: it goes forward only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "accounting/domain/bank_status.h"
#include "base/check.h"

static void bank_step_of__forward_alone(void **state)
{
    static const struct {
        const char *was, *now;
        enum bank_step step;
    } rows[] = {
        {NULL, "PDNG", BANK_FORWARD},    {NULL, "RJCT", BANK_FORWARD},
        {NULL, "ACSC", BANK_FORWARD},    {"PDNG", "ACCP", BANK_FORWARD},
        {"ACCP", "ACWC", BANK_FORWARD},  {"ACCP", "ACSP", BANK_FORWARD},
        {"ACSP", "ACSC", BANK_FORWARD},  {"ACSP", "RJCT", BANK_FORWARD},
        {"ACSP", "ACSP", BANK_SAME},     {"RJCT", "RJCT", BANK_SAME},
        {"ACSP", "PDNG", BANK_BACKWARD}, {"ACSC", "ACSP", BANK_BACKWARD},
        {"RJCT", "ACSC", BANK_BACKWARD}, {"ACSC", "RJCT", BANK_BACKWARD},
        {"ACCC", "RJCT", BANK_BACKWARD}, {NULL, "PART", BANK_UNKNOWN},
        {"ACSP", "", BANK_UNKNOWN},      {"ACSP", "XXXX", BANK_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(bank_step_of(rows[i].was, rows[i].now), rows[i].step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bank_step_of__forward_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "accounting/domain/bank_status.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"

enum { RANK_NONE, RANK_SETTLED = 6, RANK_REJECTED = 9 };

static const struct {
    const char *status;
    int rank;
} ranks[] = {
    {"RCVD", 1},
    {"ACTC", 2},
    {"PDNG", 3},
    {"ACFC", 4},
    {"ACCP", 4},
    {"ACWC", 4},
    {"ACWP", 5},
    {"ACSP", 5},
    {"ACSC", RANK_SETTLED},
    {"ACCC", 7},
    {BANK_REJECTED, RANK_REJECTED},
};

static int rank_of(const char *status)
{
    for (size_t i = 0; status && i < ARRAY_LEN(ranks); i++)
        if (strcmp(ranks[i].status, status) == 0)
            return ranks[i].rank;
    return RANK_NONE;
}

enum bank_step bank_step_of(const char *was, const char *now)
{
    int before = rank_of(was), after = rank_of(now);
    if (after == RANK_NONE)
        return BANK_UNKNOWN;
    if (was && strcmp(was, now) == 0)
        return BANK_SAME;
    if (after == RANK_REJECTED && before >= RANK_SETTLED)
        return BANK_BACKWARD;
    return after >= before ? BANK_FORWARD : BANK_BACKWARD;
}

/*
 * withdraw_limit.h: how much a member may withdraw in 24 hours and in a month without an operator
 * (reference 2.4). Pure.
 *
 * The sums hold every withdrawal of the window, the new one too: each counts exactly once.
 */
#ifndef ACCOUNTING_DOMAIN_WITHDRAW_LIMIT_H
#define ACCOUNTING_DOMAIN_WITHDRAW_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "decimal/dec.h"

struct withdraw_limit_rule {
    const char *group, *kyc_level; /* "any": everybody */
    struct dec limit_24_hour, limit_1_month;
};

/* In the platform currency. */
struct withdraw_sums {
    struct dec last_24_hours, last_1_month;
    bool price_unknown; /* of a currency in it: then the sums say too little */
};

enum withdraw_verdict {
    VERDICT_WITHIN,
    VERDICT_ABOVE_24_HOURS,
    VERDICT_ABOVE_1_MONTH,
    VERDICT_PRICE_UNKNOWN
};

/* How well the rule fits a member: exact level 10, exact group 1, "any" 0; -1: it does not. */
int withdraw_limit_weight(const struct withdraw_limit_rule *rule, const char *group, int level);

/* NULL, or both limits zero: no limit. One zero limit beside another is a limit of nothing. */
enum withdraw_verdict withdraw_limit_judge(const struct withdraw_limit_rule *rule,
                                           const struct withdraw_sums *sums);
/* "limit_24_hour", ...; NULL: within. */
const char *withdraw_verdict_word(enum withdraw_verdict verdict);

/* Adds `sum` × `price`, rounded up, so that nothing is above a limit by a rest. False: the sums leave
 * the range of decimals. A price that is not above zero makes them unknown. */
bool withdraw_sums_add(struct withdraw_sums *sums, struct dec price, struct dec sum_24_hours,
                       struct dec sum_1_month);

#endif

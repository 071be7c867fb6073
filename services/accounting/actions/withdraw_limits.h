/* withdraw_limits.h: what a member has withdrawn, and whether it is within the limits of his level and
 * group. domain/withdraw_limit.h judges. */
#ifndef ACCOUNTING_ACTIONS_WITHDRAW_LIMITS_H
#define ACCOUNTING_ACTIONS_WITHDRAW_LIMITS_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/member.h"
#include "accounting/domain/withdraw_limit.h"
#include "base/err.h"

/* Withdrawals of the last 24 hours and the last month, at today's prices. */
bool withdraw_sums_of(const struct outgoing *outgoing, uint64_t member_id,
                      struct withdraw_sums *ret_sums, struct err *err) MUST_CHECK;

/* The rule that fits best; false: there is none. */
bool withdraw_limit_of(const struct outgoing *outgoing, const struct member *member,
                       struct withdraw_limit_rule *ret_rule);

#endif

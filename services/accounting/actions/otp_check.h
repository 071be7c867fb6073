/* otp_check.h: whether a one-time code of a member is right. Auth knows, and uses it up. */
#ifndef ACCOUNTING_ACTIONS_OTP_CHECK_H
#define ACCOUNTING_ACTIONS_OTP_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/actions/accounting.h"
#include "base/err.h"

/* policy: "verify", "refuse" or "ignore" (every code is right: for tests). ERR_PEER_UNAVAILABLE: auth
 * does not answer; then nothing may go on. Not inside a transaction. */
bool otp_check(struct accounting *app, const char *policy, const char *uid, int64_t code,
               bool *ret_right, struct err *err) MUST_CHECK;

#endif

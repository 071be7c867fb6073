/*
 * phone_prove.h: telephone numbers are added and proven by the code that is sent to them (reference
 * barong.md §2.5).
 *
 * A code is good for PHONE_CODE_LIFETIME_S and PHONE_CODE_TRIES_MAX guesses; sending another one makes
 * it void. How many are sent is limited for the number, the user, the address and in all (LIMIT_SMS_*):
 * what a message costs, nobody can make us pay without end. None of these may be called inside of a
 * transaction.
 */
#ifndef AUTH_ACTIONS_PHONE_PROVE_H
#define AUTH_ACTIONS_PHONE_PROVE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "sms/sms.h"

enum { PHONES_MAX = 20 /* of one user */ };

/* ERR_REQUEST_INVALID, key resource.phone.invalid_num, .number_exist, .exists; ERR_TOO_MANY; what the
 * provider says. */
bool phone_add(struct call *call, const struct user *user, const char *number,
               enum sms_channel channel, struct err *err) MUST_CHECK;
/* The same; ERR_NOT_FOUND, key resource.phone.doesnt_exist. */
bool phone_send_code(struct call *call, const struct user *user, const char *number,
                     enum sms_channel channel, struct err *err) MUST_CHECK;
/* The number is the user's: label phone:verified. `user` is as he is afterwards. ERR_NOT_FOUND, key
 * resource.phone.doesnt_exist or .verification_invalid. */
bool phone_verify(struct call *call, struct user *user, const char *number, const char *code,
                  struct err *err) MUST_CHECK;

#endif

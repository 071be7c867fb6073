/* managed_phone.h: telephone numbers that other servers know to be a user's: verified at once, without
 * a code and without a label. */
#ifndef AUTH_ACTIONS_MANAGED_PHONE_H
#define AUTH_ACTIONS_MANAGED_PHONE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/phone.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* ERR_REQUEST_INVALID, key management.phone.invalid_num, .number_exist, .exists. */
bool managed_phone_create(struct call *call, const struct user *user, const char *number,
                          struct phone *ret_phone, struct err *err) MUST_CHECK;
/* Gives the row that is gone. ERR_NOT_FOUND. */
bool managed_phone_remove(struct call *call, const struct user *user, const char *number,
                          struct phone *ret_phone, struct err *err) MUST_CHECK;

#endif

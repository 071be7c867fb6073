/* service_account_save.h: accounts of programs, as other servers make them (reference barong.md §2.13).
 * One transaction each; authz is told. */
#ifndef AUTH_ACTIONS_SERVICE_ACCOUNT_SAVE_H
#define AUTH_ACTIONS_SERVICE_ACCOUNT_SAVE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/service_account.h"
#include "base/err.h"
#include "contract/param_value.h"

enum { SERVICE_LEVEL_MAX = 100 };

struct service_account_draft {
    const char *role;
    const char *owner_uid;           /* NULL: nobody's */
    const char *uid, *email, *state; /* NULL: made, made, the owner's or pending */
    struct param_i64 level;
};

/* Mistakes "role.doesnt_exist", "uid.not_uniq", "email.invalid"; true with mistakes: nothing was done.
 * ERR_NOT_FOUND: no such owner. */
bool service_account_create(struct call *call, const struct service_account_draft *draft,
                            struct mistakes *mistakes, struct service_account *ret_account,
                            struct err *err) MUST_CHECK;
/* Takes the level and the state of the owner; owner_uid NULL: nobody's. ERR_NOT_FOUND, key
 * "account" when it is the account that is not there. */
bool service_account_give(struct call *call, const char *uid, const char *owner_uid,
                          struct service_account *ret_account, struct err *err) MUST_CHECK;
/* State `disabled`; its API keys become inactive. ERR_NOT_FOUND. */
bool service_account_disable(struct call *call, const char *uid,
                             struct service_account *ret_account, struct err *err) MUST_CHECK;

#endif

/*
 * api_key.h: keys that sign requests are made, changed and removed (reference barong.md §2.12). Each is
 * one transaction, and tells the caches of all processes.
 *
 * Who may do it (the second factor of the owner, the signers of the management API) is the caller's to
 * check. True with mistakes: nothing was done.
 */
#ifndef AUTH_ACTIONS_API_KEY_H
#define AUTH_ACTIONS_API_KEY_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/api_key.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/service_account.h"
#include "auth/domain/user.h"
#include "auth/store/api_keys.h"
#include "base/err.h"

struct api_key_draft {
    const char *algorithm; /* of new keys: HS256 */
    const char *scope;     /* "trade, read"; NULL: none, or unchanged */
    const char *state;     /* NULL: active, or unchanged */
};

/* Whose keys they are, and in which state he is: one of the two is not NULL. */
struct api_key_owner {
    const struct user *user;
    const struct service_account *account;
};
struct key_holder api_key_holder(const struct api_key_owner *owner);

/* Mistakes: kid.blank, algorithm.inclusion, scope.invalid, scope.inclusion, key_holder_account.invalid,
 * api_key.limit_reached, and api_key.could_not_save_secret when the store of secrets is away. The secret
 * is shown once: wipe it. */
bool api_key_create(struct call *call, const struct api_key_owner *owner,
                    const struct api_key_draft *draft, struct mistakes *mistakes,
                    struct api_key *ret_key, char ret_secret[static API_KEY_SECRET_SIZE],
                    struct err *err) MUST_CHECK;
/* Mistakes: scope.invalid, scope.inclusion (a word that opens nothing), state.invalid. ERR_NOT_FOUND: no key of this owner. */
bool api_key_change(struct call *call, const struct api_key_owner *owner, const char *kid,
                    const struct api_key_draft *draft, struct mistakes *mistakes,
                    struct api_key *ret_key, struct err *err) MUST_CHECK;
bool api_key_remove(struct call *call, const struct api_key_owner *owner, const char *kid,
                    struct err *err) MUST_CHECK;

#endif

/* label_own.h: the public labels of a user, which he may change himself. Private ones are the platform's:
 * ERR_REQUEST_INVALID, key resource.labels.private. */
#ifndef AUTH_ACTIONS_LABEL_OWN_H
#define AUTH_ACTIONS_LABEL_OWN_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/label.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/user.h"
#include "base/err.h"

enum { LABELS_PUBLIC_MAX = 100 }; /* of one user */

/* The public one of this key, or the private one. ERR_NOT_FOUND. */
bool label_own_find(struct call *call, const struct user *user, const char *key,
                    struct label *ret_label, struct err *err) MUST_CHECK;

/* Errors of actions/label_set.h, all of them in `mistakes`; ERR_INVALID, key
 * resource.labels.limit_reached. */
bool label_own_add(struct call *call, const struct user *user, const char *key, const char *value,
                   struct mistakes *mistakes, struct label *ret_label, struct err *err) MUST_CHECK;
bool label_own_change(struct call *call, const struct user *user, const char *key,
                      const char *value, struct mistakes *mistakes, struct label *ret_label,
                      struct err *err) MUST_CHECK;
bool label_own_remove(struct call *call, const struct user *user, const char *key, struct err *err)
    MUST_CHECK;

#endif

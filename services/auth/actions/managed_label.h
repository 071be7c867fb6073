/* managed_label.h: private labels as other servers set them; one transaction each. Rules, and what
 * follows, are in label_set.h. */
#ifndef AUTH_ACTIONS_MANAGED_LABEL_H
#define AUTH_ACTIONS_MANAGED_LABEL_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/actions/label_set.h"
#include "base/err.h"

/* ERR_NOT_FOUND: no such user. */
bool managed_label_add(struct call *call, const char *uid, const struct label_change *change,
                       struct label *ret_label, struct err *err) MUST_CHECK;
/* `may_create`: a label that is not there is made; else ERR_NOT_FOUND, key "label doesnt exist". */
bool managed_label_change(struct call *call, const char *uid, const struct label_change *change,
                          bool may_create, struct label *ret_label, struct err *err) MUST_CHECK;
bool managed_label_remove(struct call *call, const char *uid, const char *key, struct err *err)
    MUST_CHECK;

#endif

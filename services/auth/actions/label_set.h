/*
 * label_set.h: how labels are set, by the system, by administrators and by the user himself.
 *
 *     static bool unit(struct db *db, void *arg, struct err *err)      // of db_transaction()
 *     {
 *         return users_lock_by_id(db, call->arena, id, &user, err) &&
 *                label_set(call, &user, &(struct label_change){.key = "phone", .value = "verified",
 *                                                              .scope = LABEL_PRIVATE}, err);
 *     }
 *
 * All of these belong into a transaction that holds the lock of the user's row. They write the label,
 * its event, and, when a private label moved, the level and the state that follow from it (user_save()
 * of actions/user_save.h, with its event, its sessions and keys). `user` is as it is afterwards.
 * Key and value are normalised here; a rule that they break is ERR_INVALID with the key
 * "key.too_short", "value.invalid", ...; `mistakes` gets all of them.
 */
#ifndef AUTH_ACTIONS_LABEL_SET_H
#define AUTH_ACTIONS_LABEL_SET_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/label.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/user.h"
#include "base/err.h"

struct label_change {
    const char *key, *value;
    enum label_scope scope;
    const char *description;   /* NULL: none (an existing one is kept by label_set) */
    struct mistakes *mistakes; /* all that is wrong with a label; NULL: the first is enough */
};

/* Creates it, or gives an existing one the value; the same value again changes nothing. */
bool label_set(struct call *call, struct user *user, const struct label_change *change,
               struct err *err) MUST_CHECK;
/* Creates it. ERR_CONFLICT, key "key.taken": it is there. */
bool label_add(struct call *call, struct user *user, const struct label_change *change,
               struct label *ret_label, struct err *err) MUST_CHECK;
/* Changes value and description (NULL removes it), by key and scope. ERR_NOT_FOUND. */
bool label_change(struct call *call, struct user *user, const struct label_change *change,
                  struct label *ret_label, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool label_remove(struct call *call, struct user *user, const char *key, enum label_scope scope,
                  struct err *err) MUST_CHECK;

/* Level and state as the private labels have them; the others call it. */
bool label_apply(struct call *call, struct user *user, struct err *err) MUST_CHECK;

#endif

/*
 * profile_save.h: profiles are filed, changed, submitted and judged (reference barong.md §2.6). Each of
 * these is one transaction: the row, its event, and the private label `profile` that says its state.
 *
 *     struct mistakes mistakes = {.count = 0};
 *     if (!profile_create(&call, user.id, &filing, &mistakes, &profile, &err)) ...
 *
 * True with mistakes means that nothing was done.
 */
#ifndef AUTH_ACTIONS_PROFILE_SAVE_H
#define AUTH_ACTIONS_PROFILE_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/actions/call.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/profile.h"
#include "auth/domain/user.h"
#include "base/err.h"

struct profile_filing {
    struct profile_draft draft;
    enum profile_state state; /* drafted or submitted; management: any */
    const char *author;       /* uid of the administrator who files it; NULL: the user himself */
    const struct user *admin; /* that one, for the audit row; NULL: there is none */
};

/* Mistake "state.exists": one is drafted or submitted already. */
bool profile_create(struct call *call, uint64_t user_id, const struct profile_filing *filing,
                    struct mistakes *mistakes, struct profile *ret_profile, struct err *err)
    MUST_CHECK;
/* The same inside a transaction that holds the lock of the user's row, which is as it is afterwards. */
bool profile_file(struct call *call, struct user *user, const struct profile_filing *filing,
                  struct mistakes *mistakes, struct profile *ret_profile, struct err *err)
    MUST_CHECK;
/* The drafted one. ERR_NOT_FOUND, key resource.profile.doesnt_exist_or_not_editable. */
bool profile_change(struct call *call, uint64_t user_id, const struct profile_filing *filing,
                    struct mistakes *mistakes, struct profile *ret_profile, struct err *err)
    MUST_CHECK;

/* Inside a transaction that holds the lock of the user's row: the profile gets the state. */
bool profile_judge(struct call *call, struct user *user, struct profile *profile,
                   enum profile_state state, struct err *err) MUST_CHECK;

#endif

/*
 * member_save.h: a member is created without a token of theirs: by the management API and by the
 * seeds. A broken rule is ERR_INVALID; its story is the sentence that the API shows.
 */
#ifndef ACCOUNTING_ACTIONS_MEMBER_SAVE_H
#define ACCOUNTING_ACTIONS_MEMBER_SAVE_H

#include <stdbool.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/domain/member.h"
#include "base/err.h"

struct member_draft {
    const char *uid, *email, *username, *role, *group, *state; /* username, group: may be NULL */
    struct param_i64 level;
};

bool member_create(const struct change *change, const struct member_draft *draft,
                   struct member *ret_member, struct err *err) MUST_CHECK;

/* Puts a member into a group of the fee table; the text is trimmed and lower-cased. */
bool member_set_group(const struct change *change, const char *uid, const char *group,
                      struct member *ret_member, struct err *err) MUST_CHECK;

#endif

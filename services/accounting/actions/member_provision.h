/*
 * member_provision.h: makes the row of a member what the token says (reference 6.2): the member is
 * found by uid or created, and e-mail, user name, role, level and state are overwritten if they
 * changed, in one write. Members whose row is known to be current never come here.
 */
#ifndef ACCOUNTING_ACTIONS_MEMBER_PROVISION_H
#define ACCOUNTING_ACTIONS_MEMBER_PROVISION_H

#include <stdbool.h>

#include "accounting/domain/member.h"
#include "base/err.h"
#include "db/db.h"

struct accounting;

/* Whether the row already is what the claims say; id, group and times are no claims. */
bool member_is_current(const struct member *row, const struct member *claims);

/* `claims` has no id. Puts the row into the cache of members as well. ERR_CONFLICT: the e-mail or
 * the user name belongs to another uid. */
bool member_provision(struct accounting *app, struct db *db, const struct member *claims,
                      struct member *ret_member, struct err *err) MUST_CHECK;

#endif
